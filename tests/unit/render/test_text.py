"""Text from outside, made visible; names of places in a page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.render import anchor, listed, sentence, visible

anything = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("nul \x00 bell \x07", "nul ␀ bell ␇"),
        ("delete \x7f", "delete ␡"),
        ("turned \u202e round", "turned [U+202E] round"),
        ("isolate \u2066x\u2069", "isolate [U+2066]x[U+2069]"),
        ("zero width \u200b space", "zero width [U+200B] space"),
        ("mark \ufeff", "mark [U+FEFF]"),
        ("paragraph \u2029", "paragraph [U+2029]"),
        ("half \ud83d", "half �"),
        ("ümläute 漢字 عربى", "ümläute 漢字 عربى"),
        ("family 👩\u200d⚕️", "family 👩\u200d⚕️"),
    ],
)
def test_what_steers_without_being_seen_is_shown(text, expected):
    assert visible(text) == expected


@given(anything)
def test_visible_text_always_encodes_and_holds_no_direction_mark(text):
    shown = visible(text)
    shown.encode("utf-8")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f]", shown)
    assert visible(shown) == shown


@given(st.lists(anything, min_size=1, max_size=3))
def test_an_anchor_needs_no_escaping_and_names_its_parts_the_same_way(parts):
    assert re.fullmatch(r"[A-Za-z0-9_-]+", anchor(*parts))
    assert anchor(*parts) == anchor(*parts)


@given(anything, anything)
def test_different_parts_have_different_anchors(one, other):
    assert (anchor("metric", one) == anchor("metric", other)) == (one == other)


def test_words_are_listed_as_a_reader_would():
    assert listed(("a", "b", "c"), last="or") == "a, b or c"
    assert listed(("a", "b")) == "a and b"
    assert sentence("too few cases") == "Too few cases."
    assert sentence("Really?") == "Really?"
