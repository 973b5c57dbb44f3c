"""The pages of a rubric in a real browser: light, dark, narrow, printed, without scripts, and for axe."""

import json
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from dualtrack.report import write_rubric_pages
from dualtrack.rubric import load_rubric
from tests.unit.report.test_rubric_pages import DECISIONS, hostile
from tests.unit.rubric.specimen import specimen

NAMES = ("rubric", "rater-guide")
KINDS = {"core": lambda: load_rubric("core"), "specimen": specimen, "hostile": hostile}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Both pages of each kind of rubric."""
    made = {kind: tmp_path_factory.mktemp("rubric") for kind in KINDS}
    for kind, folder in made.items():
        write_rubric_pages(KINDS[kind](), DECISIONS, folder)
    return made


@pytest.fixture(params=[(kind, name) for kind in KINDS for name in NAMES], ids=" ".join)
def address(request, folders):
    kind, name = request.param
    return (folders[kind] / f"{name}.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_asks_for_nothing_but_itself_and_nothing_complains(visit, address, scheme):
    page = visit(address, color_scheme=scheme)
    assert page.asked == [address]
    assert page.said == []


@pytest.mark.parametrize(("scheme", "width", "folded"), [("light", 1280, True), ("dark", 360, False)])
def test_axe_finds_no_violation(visit, address, scheme, width, folded):
    page = visit(address, color_scheme=scheme, viewport={"width": width, "height": 900})
    if not folded:
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
    found = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    assert len(found["passes"]) > 10
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]][:3]) for each in found["violations"]] == []


@pytest.mark.parametrize("width", [320, 768])
def test_a_narrow_page_reflows_and_only_tables_scroll(visit, address, width):
    page = visit(address, viewport={"width": width, "height": 640})
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        """width => [...document.querySelectorAll('h1, h2, h3, h4, h5, p, li, dd, dt, caption > span, summary')]
            .filter(each => !each.closest('.skip') && each.getBoundingClientRect().right > width + 1)
            .map(each => each.textContent.slice(0, 40))""",
        width,
    )
    assert outside == []


def test_a_folded_list_opens_with_the_keyboard_and_needs_no_script(visit, folders):
    page = visit((folders["specimen"] / "rubric.html").as_uri(), java_script_enabled=False)
    entry = page.get_by_text("alpha term")
    assert not entry.is_visible()
    page.get_by_text("1 entry with its terms").focus()
    page.keyboard.press("Enter")
    assert entry.is_visible()


def test_a_link_of_the_list_leads_to_its_metric(visit, folders):
    page = visit((folders["core"] / "rubric.html").as_uri())
    page.get_by_role("link", name="Dose, unit, route and frequency right").click()
    assert page.url.endswith("#metric-dose_error")
    assert page.locator("#metric-dose_error").bounding_box()["y"] < 100


def test_no_hostile_text_runs_or_becomes_markup(visit, folders):
    for name in NAMES:
        page = visit((folders["hostile"] / f"{name}.html").as_uri())
        assert page.evaluate("document.scripts.length") == 0
        assert page.locator("img, iframe, form, object, embed, base, link, meta[http-equiv=refresh]").count() == 0
        assert page.locator("[onerror], [onload], [onmouseover], [style], a[href^='javascript']").count() == 0
        assert "<script>document.title='PWNED'</script>" in page.inner_text("body")


@pytest.mark.parametrize("name", NAMES)
def test_a_printed_page_is_a4_tagged_light_and_shows_what_is_folded(visit, folders, name):
    page = visit((folders["specimen"] / f"{name}.html").as_uri(), color_scheme="dark")
    printed = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    sizes = {
        tuple(round(float(side)) for side in found)
        for found in re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    }
    assert sizes == {(595, 842)}
    assert b"/StructTreeRoot" in printed
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 36, 48)"
    assert not page.locator(".contents").is_visible()
    if name == "rubric":
        height = page.locator(".entries li").first.evaluate("each => each.getBoundingClientRect().height")
        assert height > 0


def test_the_head_of_a_metric_is_never_alone_at_the_foot_of_a_sheet(visit, folders):
    page = visit((folders["core"] / "rubric.html").as_uri())
    page.emulate_media(media="print")
    rules = page.evaluate(
        """() => [...document.querySelectorAll('.metric .head')].map(each => {
            const style = getComputedStyle(each);
            return [style.breakInside, style.breakAfter, getComputedStyle(each.nextElementSibling).breakInside];
        })"""
    )
    assert len(rules) == 30
    assert {tuple(each) for each in rules} == {("avoid", "avoid", "avoid")}
