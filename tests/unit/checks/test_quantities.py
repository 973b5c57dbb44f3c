"""Numbers and units as written, and what one unit is in another."""

import subprocess
import sys
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dualtrack.checks.folding import fold
from dualtrack.checks.quantities import Quantity, conversion, quantities, quantity

READ = [
    ("1,000 mg", 1000, 1000, "milligram"),
    ("12,500 units", 12500, 12500, "iu"),
    ("0,5 mg", 0.5, 0.5, "milligram"),
    ("1.5 g", 1.5, 1.5, "gram"),
    ("1\u00b75 g", 1.5, 1.5, "gram"),
    (".5 mg", 0.5, 0.5, "milligram"),
    ("5.0 mg", 5, 5, "milligram"),
    ("\u00bd tablet", 0.5, 0.5, "tablet"),
    ("1\u00bd tablets", 1.5, 1.5, "tablet"),
    ("1 1/2 tablets", 1.5, 1.5, "tablet"),
    ("1/2 tablet", 0.5, 0.5, "tablet"),
    ("half a tablet", 0.5, 0.5, "tablet"),
    ("one and a half tablets", 1.5, 1.5, "tablet"),
    ("a couple of tablets", 2, 2, "tablet"),
    ("two puffs", 2, 2, "puff"),
    ("thirty-one mL/min", 31, 31, "milliliter/minute"),
    ("five hundred mg", 500, 500, "milligram"),
    ("one hundred and fifty micrograms", 150, 150, "microgram"),
    ("500-1000 mg", 500, 1000, "milligram"),
    ("500\u20131,000 mg", 500, 1000, "milligram"),
    ("500 mg to 1 g", 500, 1000, "milligram"),
    ("1 to 2 g", 1, 2, "gram"),
    ("one or two tablets", 1, 2, "tablet"),
    ("500/125 mg", 625, 625, "milligram"),
    ("500 mg/125 mg", 625, 625, "milligram"),
    ("400mg", 400, 400, "milligram"),
    ("500-mg", 500, 500, "milligram"),
    ("50 \u00b5g", 50, 50, "microgram"),
    ("50 \u03bcg", 50, 50, "microgram"),
    ("50 mcg", 50, 50, "microgram"),
    ("800 I.U.", 800, 800, "iu"),
    ("10U", 10, 10, "iu"),
    ("40 mmol", 40, 40, "millimole"),
    ("20 mEq", 20, 20, "milliequivalent"),
    ("15 mg/kg", 15, 15, "milligram/bodykg"),
    ("15 mg per kg", 15, 15, "milligram/bodykg"),
    ("90 mg/kg/day", 90, 90, "milligram/bodykg/day"),
    ("15 mg/kg/dose", 15, 15, "milligram/bodykg/dose"),
    ("120 mg/5 mL", 24, 24, "milligram/milliliter"),
    ("0.1 units/kg/hr", 0.1, 0.1, "iu/bodykg/hour"),
    ("4 g/24 h", 4, 4, "gram/day"),
    ("31 mL/min/1.73 m\u00b2", 31, 31, "milliliter/minute"),
    ("27.4 kg/m\u00b2", 27.4, 27.4, "kilogram/meter**2"),
    ("150 \u00d7 10\u2079/L", 150, 150, "gigacell/liter"),
    ("18 %", 18, 18, "percent"),
    ("\u0661\u0660 mg", 10, 10, "milligram"),
    ("1\u200b0 m\u200bg", 10, 10, "milligram"),
    ("4.5", 4.5, 4.5, ""),
]


@pytest.mark.parametrize(("text", "low", "high", "unit"), READ)
def test_a_quantity_is_read_as_written(text, low, high, unit):
    read = quantity(text)
    assert (read.low, read.high) == pytest.approx((low, high))
    assert read.unit == unit


def test_the_parts_of_a_combination_are_kept():
    assert quantity("500/125 mg").parts == (500, 125)
    assert quantity("160 mg/800 mg").parts == (160, 800)


@pytest.mark.parametrize("text", ["", "mg", "some", "500 mg and more", "two 500 mg tablets", "1" * 40])
def test_what_is_not_one_quantity_is_refused(text):
    with pytest.raises(ValueError, match="not a quantity"):
        quantity(text)


@pytest.mark.parametrize(
    ("unit", "other", "factor"),
    [
        ("gram", "milligram", 1000),
        ("milligram", "microgram", 1000),
        ("milliliter/minute", "milliliter/second", 1 / 60),
        ("microgram/hour", "milligram/day", 0.024),
        ("teaspoon", "milliliter", 5),
        ("kilogram", "gram", 1000),
        ("megaiu", "iu", 1e6),
        ("week", "day", 7),
        ("mmhg", "kilopascal", 0.133322),
    ],
)
def test_units_of_one_kind_are_converted(unit, other, factor):
    assert conversion(unit, other) == pytest.approx(factor, rel=1e-5)


@pytest.mark.parametrize(
    ("unit", "other"),
    [
        ("milligram", "milligram/bodykg"),  # a dose by weight is no dose
        ("milligram/bodykg", "percent"),
        ("tablet", "puff"),
        ("iu", "milligram"),
        ("millimole", "milliequivalent"),
        ("millimole/liter", "milligram/deciliter"),
        ("", "milligram"),
    ],
)
def test_units_of_different_kinds_are_not(unit, other):
    assert conversion(unit, other) is None
    assert Quantity(1, 1, unit).within(other) is None


def test_a_number_in_a_longer_word_or_number_is_none():
    assert quantities(fold("vitamin B12, COVID-19x, 1.2.3.4.5")) != ()
    assert [each.unit for each in quantities(fold("B12mg A4g"))] == []


@pytest.mark.parametrize("text", ["4,908,3 mg", "1,00,000,5 mg", "4,908,3/2 mg"])
def test_signs_between_digits_that_have_no_one_meaning_are_no_number(text):
    assert [each for each in quantities(fold(text)) if each.unit == "milligram"] == []


PIECES = [
    "1",
    "1,000",
    "\u00bd",
    "1/2",
    "/",
    "-",
    " to ",
    " mg",
    "g",
    "/kg",
    "/day",
    " per ",
    "half",
    "two",
    " a ",
    ".",
    "\n",
    " ",
]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES) | st.text(max_size=2)).map("".join))


@given(TEXTS)
@example("0,\u00bc mg")
def test_any_text_is_read_and_what_is_read_lies_in_it(text):
    folded = fold(text)
    found = quantities(folded)
    ends = [0]
    for each in found:
        assert each.low <= each.high
        assert ends[-1] <= each.span[0] < each.span[1] <= len(folded.text)
        ends.append(each.span[1])


@pytest.mark.parametrize(
    "piece", ["1", "1,", "1/", "1 ", "1-", "1 to ", "one ", "one hundred ", "1 mg/", "1.", "\u00bd", "a "]
)
def test_reading_takes_time_in_proportion_to_the_text(piece):
    folded = fold((piece * 60_000)[:60_000])
    began = time.perf_counter()
    quantities(folded)
    assert time.perf_counter() - began < 5


def test_help_does_not_wait_for_the_units():
    code = "import sys, dualtrack.cli, dualtrack.checks.registry as r; r.check_kinds(); print('pint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
