"""Colours of the style sheet: enough contrast for text and marks, in light and in dark.

Source: WCAG 2.2, success criteria 1.4.3 (text 4.5) and 1.4.11 (marks 3); relative luminance as defined there.
"""

import re
from importlib import resources

import pytest

SHEET = resources.files("dualtrack.render").joinpath("static", "report.css").read_text(encoding="utf-8")
ROOTS = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
LIGHT, DARK = (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", root)) for root in ROOTS)
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
    ("text", "extent"),
    ("bad", "extent"),
]


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


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


def test_the_sheet_for_long_texts_brings_no_colour_of_its_own():
    """Every colour is a token of the common sheet, whose contrast the tests above compute."""
    more = resources.files("dualtrack.render").joinpath("static", "reading.css").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgb|hsl", more) == []
    assert set(re.findall(r"var\(--([\w-]+)\)", more)) <= set(LIGHT)
