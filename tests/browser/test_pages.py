"""The pages in a real browser: nothing is fetched, nothing runs, all of it can be reached, read, reflowed, printed."""

import json
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from dualtrack.report import write_pages
from tests.unit.report import hostile, results

NAMES = ("index", "safety", "effectiveness")
KINDS = {
    "everything": results.document,
    "no gate": lambda: results.without_gates(results.document(), "safety"),
    "hostile": hostile.document,
}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A results folder with pages for each kind of document."""
    made = {}
    for kind, document in KINDS.items():
        made[kind] = results.write(tmp_path_factory.mktemp("results") / "out", document())
        write_pages(made[kind])
    return made


@pytest.fixture(params=[(kind, name) for kind in KINDS for name in NAMES], ids=" ".join)
def address(request, folders):
    """The address of one page on disk."""
    kind, name = request.param
    return (folders[kind] / f"{name}.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_asks_for_nothing_but_itself_and_nothing_complains(visit, address, scheme):
    page = visit(address, color_scheme=scheme)
    assert page.asked == [address]
    assert page.said == []


def test_no_hostile_text_runs_or_becomes_markup(visit, folders):
    for name in NAMES:
        page = visit((folders["hostile"] / f"{name}.html").as_uri())
        assert "PWNED" in page.title()  # as text, since the title is hostile too
        assert page.evaluate("document.scripts.length") == 0
        assert page.locator("img, iframe, form, object, embed, base, link, meta[http-equiv=refresh]").count() == 0
        assert page.locator("[onerror], [onload], [onmouseover], [style], a[href^='javascript']").count() == 0
        assert page.locator("body").is_visible()
        assert "<script>document.title='PWNED'</script>" in page.inner_text("body")


def test_the_policy_stops_scripts_styles_and_requests_that_get_in_all_the_same(visit, folders):
    page = visit((folders["everything"] / "index.html").as_uri())
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = "document.title = 'PWNED'";
            document.body.append(script);
            const image = document.createElement('img');
            image.src = 'https://attacker.example/x.png';
            document.body.append(image);
            document.body.setAttribute('style', 'display: none');
            document.body.insertAdjacentHTML('beforeend', '<p onclick="1" style="color: red" id="late">late</p>');
        }"""
    )
    page.wait_for_timeout(200)
    assert "PWNED" not in page.title()
    assert page.stopped == {"https://attacker.example/x.png": "csp"}  # by the policy, before there is a network to miss
    assert page.evaluate("getComputedStyle(document.getElementById('late')).color") != "rgb(255, 0, 0)"
    assert len([line for line in page.said if "Content Security Policy" in line]) >= 3


def test_the_style_is_applied(visit, folders):
    page = visit((folders["everything"] / "safety.html").as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('.mark-good')).color") == "rgb(0, 99, 76)"
    dark = visit((folders["everything"] / "safety.html").as_uri(), color_scheme="dark")
    assert dark.evaluate("getComputedStyle(document.querySelector('.mark-good')).color") == "rgb(95, 211, 176)"


@pytest.mark.parametrize("width", [320, 768])
def test_a_narrow_page_reflows_and_only_tables_scroll(visit, address, width):
    page = visit(address, viewport={"width": width, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        """width => [...document.querySelectorAll('h1, h2, h3, p, li, dd, dt, caption > span')]
            .filter(each => !each.closest('.skip') && each.getBoundingClientRect().right > width + 1)
            .map(each => each.textContent.slice(0, 40))""",
        width,
    )
    assert outside == []


def test_every_link_leads_to_a_place_or_a_page(visit, folders):
    for name in NAMES:
        address = (folders["everything"] / f"{name}.html").as_uri()
        page = visit(address)
        targets = page.eval_on_selector_all("a", "links => links.map(link => link.getAttribute('href'))")
        assert targets
        for target in targets:
            if target.startswith("#"):
                assert page.locator(target).count() == 1
            else:
                assert (folders["everything"] / target).is_file()
    page.goto((folders["everything"] / "index.html").as_uri())
    page.get_by_role("link", name="Safety scorecard").first.click()
    assert page.url.endswith("safety.html")
    page.get_by_role("link", name="Gates").click()
    assert page.url.endswith("safety.html#gates")


def test_a_keyboard_reaches_the_skip_link_first_and_every_table_that_scrolls(visit, folders):
    page = visit((folders["everything"] / "safety.html").as_uri(), viewport={"width": 360, "height": 640})
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('aria-labelledby')"))
    tables = page.eval_on_selector_all(".scroll", "all => all.map(each => each.getAttribute('aria-labelledby'))")
    assert set(tables) <= reached


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_no_violation(visit, address, scheme, width):
    page = visit(address, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
    found = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    assert len(found["passes"]) > 10
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]][:3]) for each in found["violations"]] == []


def test_a_page_without_scripts_is_the_same_page(visit, folders):
    address = (folders["everything"] / "effectiveness.html").as_uri()
    assert visit(address, java_script_enabled=False).inner_text("body") == visit(address).inner_text("body")


def test_a_page_prints_on_sheets_with_its_name_and_page_numbers_in_light_colours(visit, folders):
    page = visit((folders["everything"] / "safety.html").as_uri(), color_scheme="dark")
    printed = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    assert printed.startswith(b"%PDF-")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 20
    sizes = {
        tuple(round(float(side)) for side in found)
        for found in re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    }
    assert sizes == {(595, 842)}
    assert b"/StructTreeRoot" in printed
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 36, 48)"
    assert not page.locator(".contents").is_visible()
    style = page.inner_text("style", timeout=1000) if page.locator("style").count() else ""
    assert 'content: "dualtrack - made-up - Safety scorecard"' in style
