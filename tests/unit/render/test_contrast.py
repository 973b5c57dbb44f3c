"""Colours of the style sheet: enough contrast for text and marks, in light and in dark.

Source: WCAG 2.2, success criteria 1.4.3 (text 4.5) and 1.4.11 (marks 3); relative luminance as defined there.
"""

import re
from importlib import resources

import pytest

from tests.unit.render.palette import DARK, LIGHT, SHEET, contrast

TEXT = [
    ("text", "page"),
    ("muted", "page"),
    ("link", "page"),
    ("text", "panel"),
    ("muted", "panel"),
    ("link", "panel"),
    ("good", "good-tint"),
    ("open", "open-tint"),
    ("bad", "bad-tint"),
    ("none", "none-tint"),
    *((f"on-shade-{step}", f"shade-{step}") for step in range(5)),
]
MARKS = [
    ("rule", "page"),
    ("rule", "panel"),
    ("good", "page"),
    ("open", "page"),
    ("bad", "page"),
    ("none", "page"),
    ("link", "page"),
    ("text", "extent"),
    ("bad", "extent"),
]


def test_black_on_white_has_the_greatest_contrast():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_can_be_read(tokens, ink, paper):
    assert contrast(tokens[ink], tokens[paper]) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), MARKS)
def test_marks_can_be_seen(tokens, ink, paper):
    assert contrast(tokens[ink], tokens[paper]) >= 3


def test_dark_replaces_every_colour_and_no_rule_has_a_colour_of_its_own():
    assert LIGHT.keys() == DARK.keys()
    rules = re.sub(r":root \{.*?\}", "", SHEET, flags=re.DOTALL)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules)


def test_every_token_that_is_used_exists_and_every_token_is_used():
    rules = re.sub(r":root \{.*?\}", "", SHEET, flags=re.DOTALL)
    assert set(re.findall(r"var\(--([\w-]+)\)", rules)) == set(LIGHT)


def test_the_style_sheet_fetches_nothing():
    assert not re.search(r"url\(|@import|@font-face|https?:", SHEET)


@pytest.mark.parametrize("name", ["reading.css", "failures.css"])
def test_no_other_sheet_brings_a_colour_of_its_own(name):
    """Every colour is a token of the common sheet, whose contrast the tests above compute."""
    more = resources.files("dualtrack.render").joinpath("static", name).read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgb|hsl", more) == []
    assert set(re.findall(r"var\(--([\w-]+)\)", more)) <= set(LIGHT)
