"""The rating form for eyes, ears and fingers: axe, narrow screens, two schemes, pairs, hostile text, print."""

import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.forms import begin, downloaded, press, written
from tests.unit.panel import packs

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def cover(_):
    """As it opens."""


def modes_open(page):
    begin(page)
    press(page, "4 Enter Space c")
    page.keyboard.type("why")
    press(page, "Escape")


def marked(page):
    modes_open(page)
    page.locator("#begin-marking").focus()
    press(page, "Enter Shift+ArrowRight Enter")


def ended(page):
    begin(page)
    press(page, " ".join(["1 Enter 1 Enter 1 Enter"] * 10))
    press(page, "Enter 0 Enter 0 Enter")
    downloaded(page)


def guess(page):
    begin(page)
    press(page, " ".join(["1 Enter 1 Enter 1 Enter"] * 10))
    press(page, "Enter 1")


def dialog(key):
    def open_dialog(page):
        begin(page)
        press(page, key)

    return open_dialog


def agreed(page):
    begin(page)
    press(page, "3 Enter Enter 2 Enter 4 Enter Enter")


STATES = {
    "cover": (packs.pack, cover),
    "modes": (packs.pack, modes_open),
    "marked": (packs.pack, marked),
    "end": (packs.pack, ended),
    "guess": (packs.pack, guess),
    "list": (packs.pack, dialog("l")),
    "help": (packs.pack, dialog("?")),
    "stop": (packs.pack, dialog("s")),
    "skip": (packs.pack, dialog("x")),
    "pair": (packs.pairs, dialog("2")),
    "practice": (packs.practice, agreed),
    "calibration": (packs.calibration, agreed),
    "hostile": (packs.hostile, dialog("1")),
}


@pytest.fixture(params=STATES)
def state(request, visit, tmp_path):
    """Opens the form in one state, with the options of a browser."""
    make, lead = STATES[request.param]

    def open_state(**options):
        page = visit(written(tmp_path, make()), **options)
        lead(page)
        return page

    return open_state


def violations(page):
    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
    found = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    assert len(found["passes"]) > 10
    return [(each["id"], [node["html"][:120] for node in each["nodes"]][:3]) for each in found["violations"]]


def test_axe_finds_no_violation_wide_and_light_nor_narrow_and_dark(state):
    page = state(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.evaluate(AXE_SCRIPT)
    for scheme, width in (("light", 1280), ("dark", 320)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == [], (scheme, width)
    assert [url for url in page.asked if not url.startswith("blob:")] == [page.url]
    assert page.said == []


def test_every_state_fits_every_width(state):
    page = state(viewport={"width": 1280, "height": 860})
    # 640 x 430 is what 200 % leaves of 1280 x 860.
    for width, height in ((1280, 860), (820, 1100), (640, 430), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        outside = page.evaluate(
            """width => [...document.querySelectorAll(
                    'h1, h2, h3, h4, p, li, dd, dt, legend, label, button, input, textarea')]
                .filter(each => !each.closest('.skip, .aloud') && each.getClientRects().length
                    && each.getBoundingClientRect().right > width + 1)
                .map(each => each.textContent.slice(0, 40))""",
            width,
        )
        assert outside == [], width


def test_no_hostile_text_runs_or_becomes_markup_in_any_task(visit, tmp_path):
    pack = packs.hostile()
    page = visit(written(tmp_path, pack))
    begin(page)
    for t in range(len(pack.tasks)):
        press(page, "3")
        assert page.title().startswith("Ratings for ")
        assert page.locator("img, iframe, form, object, embed, base, link, meta[http-equiv=refresh]").count() == 0
        assert (
            page.locator("body svg, body style, body [onerror], body [onload], body [onmouseover], [style]").count()
            == 0
        )
        assert page.locator("a[href^=javascript]").count() == 0
        assert page.evaluate("document.scripts.length") == 3
        assert "\u202e" not in page.inner_text("body")
        press(page, "l")
        page.locator(".row").nth(min(t + 1, len(pack.tasks) - 1)).click()
    assert page.locator("body").is_visible()
    assert page.said == []


def test_the_policy_stops_scripts_styles_and_requests_that_get_in_all_the_same(visit, tmp_path):
    page = visit(written(tmp_path, packs.pack()))
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = "document.title = 'PWNED'";
            document.body.append(script);
            const image = document.createElement('img');
            image.src = 'https://attacker.example/x.png';
            document.body.append(image);
        }"""
    )
    page.wait_for_timeout(200)
    assert "PWNED" not in page.title()
    assert page.stopped == {"https://attacker.example/x.png": "csp"}


def test_a_pair_stands_side_by_side_and_one_under_the_other_on_a_narrow_screen(visit, tmp_path):
    address = written(tmp_path, packs.pairs())
    for width, beside in ((1280, True), (820, True), (400, False)):
        page = visit(address, viewport={"width": width, "height": 800})
        begin(page)
        one, two = (page.locator(".scrolled").nth(i).bounding_box() for i in range(2))
        assert (abs(one["y"] - two["y"]) < 2) is beside
        assert (two["x"] > one["x"]) is beside


@pytest.mark.parametrize("width", [1280, 400])
def test_both_sides_of_a_pair_scroll_by_keyboard(visit, tmp_path, width):
    page = visit(written(tmp_path, packs.pairs()), viewport={"width": width, "height": 600})
    begin(page)
    for i in range(2):
        side = page.locator(".scrolled").nth(i)
        side.focus()
        assert side.evaluate("each => each.scrollHeight > each.clientHeight")
        for _ in range(5):
            page.keyboard.press("ArrowDown")
        page.wait_for_function("i => document.querySelectorAll('.scrolled')[i].scrollTop > 0", arg=i)
        top = side.evaluate("each => each.scrollTop")
        page.keyboard.press("PageDown")
        page.wait_for_function("([i, top]) => document.querySelectorAll('.scrolled')[i].scrollTop > top", arg=[i, top])


def test_guesses_about_a_pair_name_the_side(visit, tmp_path):
    page = visit(written(tmp_path, packs.pairs()))
    begin(page)
    press(page, "1 Enter 2 Enter 5 Enter Enter")
    assert "Answer A" in page.inner_text("#case")
    press(page, "1 Enter Tab Space Enter")
    page.locator("#sure-0").check()
    press(page, "Enter")
    assert "Answer B" in page.inner_text("#case")
    press(page, "0 Enter")
    text, _ = downloaded(page)
    assert [(each["side"], each["system"]) for each in json.loads(text)["guesses"]] == [
        ("a", "Aster Health"),
        ("b", None),
    ]


def test_screen_readers_get_groups_names_and_the_progress(visit, tmp_path):
    page = visit(written(tmp_path, packs.pack()))
    begin(page)
    group = page.get_by_role("group", name="Are the medical statements of the answer right? Judge what matters most")
    assert group.get_by_role("radio").count() == 5
    assert page.get_by_role("progressbar", name="Responses done").count() == 1
    page.wait_for_function("() => document.getElementById('aloud').textContent.includes('Response 1 of 10.')")
    press(page, "1 Enter 1 Enter 1 Enter")
    page.wait_for_function(
        "() => document.getElementById('aloud').textContent.includes('Response 2 of 10. 1 of 10 done')"
    )
    assert page.get_by_role("button", name="Correctness").get_attribute("aria-expanded") == "true"
    assert page.get_by_role("button", name="Completeness").get_attribute("aria-expanded") == "false"


def test_the_first_stops_of_the_keyboard_skip_to_the_text_and_to_the_questions(visit, tmp_path):
    page = visit(written(tmp_path, packs.pack()))
    begin(page)
    for target in ("case", "asked"):
        link = page.locator(f"a.skip[href='#{target}']")
        link.focus()
        assert link.is_visible()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == target


def test_levels_stand_in_one_direction_without_numbers(visit, tmp_path):
    pack = packs.pack()
    page = visit(written(tmp_path, pack))
    begin(page)
    shown = page.locator(".question.open .levels label > span").all_inner_texts()
    assert [text.strip() for text in shown] == [
        *(choice.anchor for choice in pack.questions[0].choices),
        pack.questions[0].cannot_judge.anchor,
    ]
    tops = [box.bounding_box()["y"] for box in page.locator(".question.open .levels label").all()]
    assert tops == sorted(tops)


def test_a_thread_shows_who_spoke(visit, tmp_path):
    page = visit(written(tmp_path, packs.pack()))
    begin(page)
    press(page, "b l End")
    page.locator(".row").last.click()
    assert page.locator(".thread li").all_inner_texts() == [
        f"{turn['role']}\n\n{turn['text']}" for turn in packs.THREAD
    ]


def test_where_there_is_room_text_and_questions_stay_in_sight_together(visit, tmp_path):
    long = "\n\n".join(packs.CASES[0][1] for _ in range(30))
    task = packs.plain()["tasks"][0] | {"sides": [{"text": long}]}
    page = visit(written(tmp_path, packs.pack(tasks=[task], guesses=[])), viewport={"width": 1280, "height": 800})
    begin(page)
    assert page.evaluate("document.documentElement.scrollHeight") <= 800
    press(page, "1 PageDown")
    page.wait_for_function("() => document.getElementById('case').scrollTop > 100")
    assert page.locator("#go-on").is_visible()
    assert page.locator("#q0-0").is_visible()


def test_the_end_prints_with_pack_and_digest(visit, tmp_path):
    page = visit(written(tmp_path, packs.pack()))
    ended(page)
    page.emulate_media(media="print")
    assert page.locator("#sealed").is_visible()
    assert not page.locator("#bar").is_visible()
    assert "k7m2x9" in page.inner_text("#sealed")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")


def test_nothing_moves_for_those_who_asked_for_less_motion(visit, tmp_path):
    address = written(tmp_path, packs.pack())
    for wish, moves in (("reduce", False), ("no-preference", True)):
        page = visit(address, reduced_motion=wish)
        length = page.evaluate("() => getComputedStyle(document.getElementById('start')).transitionDuration")
        assert (length not in {"0s", ""}) is moves
