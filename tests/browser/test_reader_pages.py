"""The pages for buyers, inspectors and vendors in a real browser, and all pages split from their style and script."""

import json
import re
from urllib.parse import urlparse

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from dualtrack.report import write_pages
from tests.browser.test_pages import AXE_TAGS
from tests.unit.report import cases as made
from tests.unit.report import hostile, results

NAMES = ("procurement", "regulatory", "feedback-aster", "clinical-safety")
LOOKS = {"wide light": ("light", 1280), "narrow dark": ("dark", 360)}


def folder_of(place, document):
    return made.write(results.write(place / "out", document), made.cases(n=20))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = folder_of(tmp_path_factory.mktemp("plain"), results.document())
    write_pages(place)
    return place


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_quiet_reflows_and_axe_finds_nothing(visit, folder, name, look):
    scheme, width = LOOKS[look]
    address = (folder / f"{name}.html").as_uri()
    page = visit(address, color_scheme=scheme, viewport={"width": width, "height": 900})
    assert page.asked == [address]
    assert page.said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
    found = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]][:3]) for each in found["violations"]] == []


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere_and_no_place_is_named_twice(visit, folder, name):
    page = visit((folder / f"{name}.html").as_uri(), viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    ids = page.eval_on_selector_all("[id]", "all => all.map(each => each.id)")
    assert len(ids) == len(set(ids))
    for target in page.eval_on_selector_all("a", "all => all.map(each => each.getAttribute('href'))"):
        file, _, place = target.partition("#")
        assert (folder / file).is_file() if file else place in ids, target


@pytest.mark.parametrize("name", ["procurement", "regulatory"])
def test_a_page_prints_with_heads_repeated_and_no_row_over_two_sheets(visit, folder, name):
    page = visit((folder / f"{name}.html").as_uri(), color_scheme="dark")
    for sheet, size in (("A4", (595, 842)), ("Letter", (612, 792))):
        printed = page.pdf(format=sheet, tagged=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 3
        boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)
        assert boxes
        assert all(abs(float(side) - want) < 2 for box in boxes for side, want in zip(box, size, strict=True))
    page.emulate_media(media="print")
    styles = "all => [...new Set(all.map(each => getComputedStyle(each)[{}]))]"
    assert page.eval_on_selector_all("thead", styles.format("'display'")) == ["table-header-group"]
    assert page.eval_on_selector_all("tr", styles.format("'breakInside'")) == ["avoid"]


def test_hostile_text_stays_text(visit, tmp_path):
    place = results.write(tmp_path / "out", hostile.document())
    write_pages(place)
    for name in ("procurement", "regulatory"):
        page = visit((place / f"{name}.html").as_uri())
        assert page.evaluate("document.scripts.length") == 0
        assert page.locator("img, iframe, form, object, embed, base, link").count() == 0
        assert page.locator("[onerror], [onload], [onmouseover], [style], a[href^='javascript']").count() == 0


def test_split_pages_say_the_same_and_run_from_a_server_under_self_alone(visit, folder, tmp_path):
    place = folder_of(tmp_path, results.document())
    written = {path.name for path in write_pages(place, split=True)}
    assert {"safety.css", "failures.css", "failures.js"} <= written
    assert "safety.js" not in written

    def hand_out(route):
        route.fulfill(path=place / urlparse(route.request.url).path.lstrip("/"))

    for name in ("safety", "failures"):
        page = visit("about:blank")
        page.route("https://reports.example/**", hand_out)
        page.goto(f"https://reports.example/{name}.html")
        text = (place / f"{name}.html").read_text(encoding="utf-8")
        assert "<style" not in text
        assert "sha256-" in text
        assert "script-src &#39;self&#39;" in text or name == "safety"
        assert page.said == []
        assert page.evaluate("getComputedStyle(document.body).maxWidth") == "1280px"
    page.wait_for_selector("html[data-ready=yes]")
    single = visit((folder / "safety.html").as_uri()).inner_text("body")
    page.goto("https://reports.example/safety.html")
    assert page.inner_text("body") == single
