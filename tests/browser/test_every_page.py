"""Every page of a results folder and of a rubric: quiet, legible, reached by the keyboard, linked, narrow, quick.

Each page is opened once and kept open for all tests of this file. Looks under several states and the accessibility
rules are in the files beside this one, on smaller documents.
"""

import functools
import time
from pathlib import Path
from urllib.parse import unquote

import pytest

from dualtrack.report import write_pages
from tests.browser.conftest import recorded

THIRTY = (
    "index", "safety", "effectiveness", "procurement", "feedback-alder", "feedback-birch", "feedback-cedar",
    "clinical-safety", "failures", "regulatory",
)  # fmt: skip
PAGES = (
    *(f"thirty/{name}" for name in THIRTY),
    "real-pocqi/preferences",
    "rubric/rubric",
    "rubric/rater-guide",
)
LARGEST = 2_000_000
"""Bytes of one page of an example; what a mail carries and an old laptop draws."""
SLOWEST = 8.0
"""Seconds until a page of an example is drawn: about one in quiet, with room for busy machines."""
LOOKING = Path(__file__).with_name("looking.js").read_text(encoding="utf-8")


def ask(page, name):
    """What a function of looking.js finds on a page."""
    return page.evaluate(f"{LOOKING}.{name}()")


@pytest.fixture(scope="module", params=PAGES)
def place(request, everything):
    return everything / f"{request.param}.html"


@pytest.fixture(scope="module")
def opened(chromium, place):
    """The page as it stands in a wide window; tests put back what they change."""
    page = recorded(chromium, color_scheme="light", viewport={"width": 1280, "height": 900})
    begun = time.perf_counter()
    page.goto(place.as_uri())
    if place.name == "failures.html":
        page.wait_for_selector("html[data-ready=yes]")
    page.took = time.perf_counter() - begun
    yield page
    page.context.close()


@functools.cache
def ids_of(place):
    """Every id of a page, read from its text: quicker than opening it once more for each link to it."""
    return frozenset(part.split('"')[0] for part in place.read_text(encoding="utf-8").split(' id="')[1:])


def test_the_list_of_this_file_names_every_page(everything):
    assert {f"thirty/{path.stem}" for path in (everything / "thirty").glob("*.html")} == {
        page for page in PAGES if page.startswith("thirty/")
    }


def test_it_asks_for_nothing_but_itself_and_opens_soon(opened, place):
    assert opened.asked == [place.as_uri()]
    assert opened.said == []
    assert place.stat().st_size < LARGEST
    assert opened.took < SLOWEST


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_that_can_be_seen_has_contrast(opened, scheme):
    opened.emulate_media(color_scheme=scheme)
    pairs = ask(opened, "contrast")
    opened.emulate_media(color_scheme="light")
    assert len(pairs) >= 3
    assert {pair: ratio for pair, ratio in pairs.items() if ratio < 4.5} == {}
    assert opened.said == []


def test_every_link_and_label_leads_somewhere_and_no_place_is_named_twice(opened, place):
    found = ask(opened, "places")
    assert len(found["ids"]) == len(set(found["ids"]))
    assert {name for label in found["labels"] for name in label.split()} <= set(found["ids"])
    twice = [name for name in found["regions"] if found["regions"].count(name) > 1]
    assert twice == []  # who moves from region to region hears nothing but their names
    lost = []
    for target in found["targets"]:
        name, _, anchor = target.partition("#")
        to = place.parent / unquote(name) if name else place
        if not to.is_file() or not (
            not anchor
            or "=" in anchor  # a state of the failure browser: see the tests of its links
            or anchor in (found["ids"] if to == place else ids_of(to))
        ):
            lost.append(target)
    assert lost == []


def test_the_keyboard_reaches_everything_in_the_order_of_reading_sees_where_it_is_and_gets_out(opened):
    opened.evaluate("window.scrollTo(0, 0)")
    n = ask(opened, "follow")
    for _ in range(n):
        opened.keyboard.press("Tab")
    reached = ask(opened, "reached")
    assert [number for number, _, _ in reached] == list(range(n))
    assert [text for _, is_seen, text in reached if not is_seen] == []
    opened.keyboard.press("Tab")  # out of the page, or round to its beginning
    assert opened.evaluate("document.activeElement === document.body") or ask(opened, "reached")[-1][0] == 0


def test_it_fits_a_window_of_320_pixels(opened):
    opened.set_viewport_size({"width": 320, "height": 640})
    beyond = ask(opened, "beyond")
    opened.set_viewport_size({"width": 1280, "height": 900})
    assert beyond == []


def test_made_again_every_page_has_the_same_bytes(everything):
    before = {path.name: path.read_bytes() for path in (everything / "thirty").glob("*.html")}
    write_pages(everything / "thirty")
    assert [name for name, data in before.items() if (everything / "thirty" / name).read_bytes() != data] == []
