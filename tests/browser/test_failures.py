"""The clinical pages in a real browser: facets, search, detail, links, the saved list; nothing runs or leaves."""

import csv
import html
import json
import re
from urllib.parse import quote, unquote

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from dualtrack.report import write_pages
from tests.browser.test_pages import AXE_TAGS
from tests.unit.report import cases as made
from tests.unit.report import hostile, results
from tests.unit.report.test_clinical import LADDER, MATRIX

MOST_LINKS = 10


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Results folders with tables: ordinary ones, and ones with hostile texts."""
    texts = [each.encode("utf-8", "replace").decode() for each in hostile.TEXTS]
    turn = iter(range(10**6))
    kinds = {
        "plain": (results.document(), made.cases(n=60)),
        "hostile": (hostile.document(), made.cases(lambda text: f"{texts[next(turn) % len(texts)]}{text}", n=30)),
    }
    kinds["plain"][0]["risk"] = {"matrices": [MATRIX], "ladders": [LADDER], "high_risk": {}}
    folders = {}
    for kind, (document, held) in kinds.items():
        folders[kind] = made.write(results.write(tmp_path_factory.mktemp(kind) / "out", document), held)
        write_pages(folders[kind])
    return folders


@pytest.fixture
def browse(visit, folders):
    """Opens the failure browser and waits for its list."""

    def open_it(kind="plain", at="", **options):
        page = visit((folders[kind] / "failures.html").as_uri() + at, **options)
        page.wait_for_selector("html[data-ready=yes]")
        return page

    return open_it


def status(page):
    return page.inner_text("#status")


def axe(page):
    page.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
    found = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    return [(each["id"], [node["html"][:120] for node in each["nodes"]][:3]) for each in found["violations"]]


def test_nothing_is_asked_for_and_nothing_complains(browse, folders, visit):
    for scheme in ("light", "dark"):
        page = browse(color_scheme=scheme)
        assert page.asked == [(folders["plain"] / "failures.html").as_uri()]
        assert page.said == []
    report = visit((folders["plain"] / "clinical-safety.html").as_uri())
    assert report.said == []
    assert report.evaluate("document.scripts.length") == 0


def test_facets_count_and_narrow_and_the_address_opens_the_same_view_again(browse):
    page = browse()
    assert status(page) == "67 failures"
    page.get_by_label("confirmed", exact=False).first.check()
    assert status(page) == "1 of 67 failures"
    address = page.url
    assert "state=confirmed" in address
    page.click("#clear")
    assert status(page) == "67 failures"
    again = browse(at="#" + address.split("#")[1])
    assert status(again) == "1 of 67 failures"


def test_a_search_reads_prompts_answers_and_comments(browse):
    page = browse()
    for text, expected in (("question case_open", "1 of 67"), ("TOO LATE", "2 of 67"), ("nothing has this", "0 of 67")):
        page.fill("#search", text)
        page.wait_for_timeout(900)
        assert status(page) == f"{expected} failures"
    assert page.locator("#nothing").is_visible()
    assert "q=nothing" in page.url


def test_the_keyboard_opens_a_case_reads_it_and_comes_back(browse):
    page = browse()
    link = page.locator("#rows a").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#detail-title:focus")
    assert page.locator("#detail mark").inner_text() == made.MARKED
    detail = page.inner_text("#detail")
    for expected in ("Question of case_confirmed?", "Earlier words.", "A record.", "Call an ambulance", "Too late.",
                     "r3", "It delays care.", "People confirmed a veto event"):  # fmt: skip
        assert expected in detail
    assert "case=" in page.url
    page.keyboard.press("Escape")
    assert not page.locator("#detail").is_visible()
    assert page.evaluate("document.activeElement.closest('tbody').id") == "rows"
    page.go_back()
    page.wait_for_selector("#detail-title")


def test_a_link_of_the_report_opens_the_case_and_an_unknown_one_says_so(browse, folders, visit):
    report = visit((folders["plain"] / "clinical-safety.html").as_uri())
    report.locator("#critical article a").first.click()
    report.wait_for_selector("#detail-title:focus")
    lost = browse(at=f"#case={quote('a/b/1/c', safe='')}")
    assert lost.locator("#lost").is_visible()


def test_pages_turn_and_the_list_is_saved_so_that_no_spreadsheet_runs_it(browse):
    page = browse()
    page.click("#next")
    assert "Page 2 of 3" in page.inner_text("#page")
    assert "page=2" in page.url
    for kind, n in (("plain", 67), ("hostile", 37)):
        page = browse(kind)
        with page.expect_download() as waiting:
            page.click("#csv")
        rows = list(csv.reader(waiting.value.path().read_text(encoding="utf-8-sig").splitlines(keepends=True)))
        assert len(rows) == n + 1
        assert not [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r")]


def test_hostile_text_stays_text_in_the_list_and_in_the_detail(browse, folders, visit):
    page = browse("hostile")
    before = page.title()
    for place in range(4):
        page.locator("#rows a").nth(place).click()
        page.wait_for_selector("#detail-title")
        page.wait_for_timeout(100)
    assert page.title() == before
    for at in (page, visit((folders["hostile"] / "clinical-safety.html").as_uri())):
        assert at.locator("img, iframe, object, embed, base, link, [style], [onerror], [onload]").count() == 0
        assert at.said == []
    assert "\u202e" not in page.inner_text("body")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_nothing_in_the_list_the_filtered_list_and_the_detail_and_all_of_it_reflows(browse, scheme, width):
    page = browse(color_scheme=scheme, viewport={"width": width, "height": 900})
    assert axe(page) == []
    if not page.locator("#facets").is_visible():  # on a narrow screen the list comes first
        page.click("#choices > summary")
    page.get_by_label("failing", exact=False).first.check()
    assert axe(page) == []
    page.locator("#rows a").first.click()
    page.wait_for_selector("#detail-title")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_the_report_reflows_and_axe_finds_nothing(visit, folders, scheme, width):
    page = visit(
        (folders["plain"] / "clinical-safety.html").as_uri(),
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []


def test_without_scripts_the_gravest_failures_stand_in_a_table(visit, folders):
    page = visit((folders["plain"] / "failures.html").as_uri(), java_script_enabled=False)
    text = page.inner_text("#plain")
    assert "The gravest failures: 50 of 67" in text
    assert made.MARKED in text
    assert not page.locator("#browser").is_visible()


def test_the_pages_print_without_their_controls(browse, folders, visit):
    page = browse(color_scheme="dark")
    page.locator("#rows a").first.click()
    page.wait_for_selector("#detail-title")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
    page.emulate_media(media="print")
    assert not page.locator("#facets").is_visible()
    assert not page.locator("#close").is_visible()
    assert page.locator("#detail-title").is_visible()
    report = visit((folders["plain"] / "clinical-safety.html").as_uri())
    assert report.pdf(prefer_css_page_size=True, tagged=True).startswith(b"%PDF-")


def press_until(page, key, selector, most=150):
    """Press a key until the focus is on what a selector names, as somebody without a mouse would."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{key} never reached {selector}")


def test_all_of_it_works_without_a_mouse(browse):
    page = browse()
    press_until(page, "Tab", "#search")
    page.keyboard.type("question")
    page.wait_for_timeout(900)
    assert status(page) == "67 failures"
    press_until(page, "Tab", ".choice input")
    page.keyboard.press("Space")
    assert status(page) == "1 of 67 failures"
    page.keyboard.press("Space")
    assert status(page) == "67 failures"
    press_until(page, "Tab", "#csv")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "failures.csv"
    press_until(page, "Tab", "#rows a")
    before = page.url
    page.keyboard.press("Enter")
    page.wait_for_selector("#detail-title:focus")
    press_until(page, "Tab", "#close")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('#rows a')")
    press_until(page, "Tab", "#next")
    page.keyboard.press("Enter")
    assert "Page 2 of 3" in page.inner_text("#page")
    page.go_back()
    page.wait_for_selector("#detail-title")
    page.go_back()
    page.wait_for_selector("#detail", state="hidden")
    assert page.url == before
    press_until(page, "Shift+Tab", "#clear")


def test_links_of_every_page_into_the_browser_open_what_they_name(everything, visit):
    """A sample of the links of all pages of the largest example: cases, and lists that a state opens."""
    folder = everything / "thirty"
    found = set()
    for path in folder.glob("*.html"):
        found |= set(re.findall(r'href="failures\.html(#[^"]+)"', path.read_text(encoding="utf-8")))
    cases = sorted(html.unescape(each) for each in found if "case=" in each)
    lists = sorted(html.unescape(each) for each in found if "case=" not in each and "=" in each)
    assert len(cases) > 50
    page = visit((folder / "failures.html").as_uri() + cases[0])
    page.wait_for_selector("#detail-title:focus")
    for target in cases[:: len(cases) // MOST_LINKS] + lists[:: len(lists) // MOST_LINKS + 1]:
        page.evaluate("(target) => { window.location.hash = target; }", target)
        if "case=" in target:
            item = unquote(unquote(target.split("case=")[1])).split("/")[1]
            expect(page.locator("#detail")).to_contain_text(item)
        else:
            expect(page.locator("#detail")).to_be_hidden()
            expect(page.locator("#status")).not_to_have_text(re.compile("^0 of"))
        assert not page.locator("#lost").is_visible(), target
    assert page.said == []


def test_at_1280_pixels_every_column_of_the_list_is_seen(visit, everything):
    page = visit((everything / "thirty" / "failures.html").as_uri(), viewport={"width": 1280, "height": 900})
    page.wait_for_selector("html[data-ready=yes]")
    assert page.eval_on_selector("#list", "list => list.scrollWidth - list.clientWidth") == 0
