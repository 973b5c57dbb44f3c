"""Doses as a text states them: amounts, states, routes, frequencies, and any text at all."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dualtrack.checks.dose_words import route_of
from dualtrack.checks.dosing import doses
from dualtrack.checks.folding import fold

OWN, OTHERS = ("ibuprofen", "Nurofen"), ("paracetamol",)


def read(text):
    return doses(fold(text), OWN, OTHERS)


def amounts(text):
    return [[(each.high, each.unit) for each in dose.amounts] for dose in read(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Take ibuprofen 400 mg.", [[(400, "milligram")]]),
        ("Take 400 mg of Nurofen.", [[(400, "milligram")]]),
        ("Take 400 mg ibuprofen and 1 g paracetamol.", [[(400, "milligram")]]),
        ("Paracetamol 1 g and ibuprofen 400 mg.", [[(400, "milligram")]]),
        ("Two 200 mg tablets of ibuprofen.", [[(2, "tablet"), (400, "milligram")]]),
        ("Ibuprofen 2 x 200 mg tablets.", [[(2, "tablet"), (400, "milligram")]]),
        ("Ibuprofen 200 mg tablets: take two.", [[(200, "milligram")]]),
        ("Ibuprofen 200 mg tablets: take two three times a day.", [[(2, "tablet"), (400, "milligram")]]),
        ("Ibuprofen 100 mg/5 mL: 10 mL three times a day.", [[(10, "milliliter"), (200, "milligram")]]),
        ("Ibuprofen 10 mL of 100 mg/5 mL.", [[(10, "milliliter"), (200, "milligram")]]),
        ("Ibuprofen 400 mg (two tablets).", [[(400, "milligram"), (2, "tablet")]]),
        ("Ibuprofen 10 mg/kg, that is 200 mg.", [[(10, "milligram/bodykg"), (200, "milligram")]]),
        ("At 71 years and 70 kg, potassium 5.8 mmol/L, take ibuprofen 200 mg.", [[(200, "milligram")]]),
        ("On 12/03/2024 your eGFR was 28 mL/min; ibuprofen is out.", []),
        ("Take ibuprofen for 5 days.", []),
    ],
)
def test_amounts_belong_to_their_medicine(text, expected):
    assert amounts(text) == expected


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Take ibuprofen 400 mg.", "advised"),
        ("If it hurts, take ibuprofen 400 mg.", "advised"),
        ("Do not take ibuprofen 400 mg.", "negated"),
        ("Take no more than 400 mg of ibuprofen.", "ceiling"),
        ("The maximum of ibuprofen is 1200 mg a day.", "ceiling"),
        ("Avoid going over 1200 mg of ibuprofen.", "ceiling"),
        ("More than 1200 mg of ibuprofen is dangerous.", "informational"),
        ("Ibuprofen comes as 200 mg and 400 mg tablets.", "informational"),
        ("You took 800 mg of ibuprofen.", "historical"),
        ("Is ibuprofen 800 mg too much?", "informational"),
        ("Ibuprofen 800 mg is too much for you.", "doubtful"),
    ],
)
def test_how_a_dose_is_meant(text, state):
    assert {dose.state for dose in read(text)} == {state}


def test_a_medicine_that_is_not_named_has_no_doses():
    assert read("Take paracetamol 1 g.") is None
    assert read("") is None


def test_what_belongs_to_a_dose_is_found_around_it():
    (dose,) = read("Loading dose: ibuprofen 400 mg orally every 6 to 8 hours when needed for 5 days.")
    assert (dose.role, dose.routes, dose.as_needed, dose.duration) == ("loading", {"oral"}, True, 5)
    assert (dose.times.low, dose.times.high) == (3, 4)


def test_a_list_goes_on_about_the_medicine_of_its_heading():
    (dose,) = read("**Ibuprofen**\n- Dose: 400 mg\n- Frequency: three times a day")
    assert dose.times.high == 3


def test_another_medicine_ends_what_goes_on():
    assert len(read("Take ibuprofen 200 mg. Paracetamol helps too. Take 1 g four times a day.")) == 1


def test_doses_of_the_day_add_up():
    *_, whole = read("Take ibuprofen 200 mg in the morning and 400 mg at night.")
    assert (whole.total_over, whole.amounts[0].high, whole.times.high) == (1, 600, 2)


def test_a_route_has_one_name():
    assert [route_of(name) for name in ("IV", "po", "by mouth", "oral")] == ["intravenous", "oral", "oral", "oral"]


def test_hidden_and_look_alike_characters_hide_no_dose():
    assert amounts("Take ibu\u200bpr\u043efen 4\u200b00\u00a0mg.") == [[(400, "milligram")]]


PIECES = [
    "ibuprofen", " paracetamol", " 400 mg", " two", " tablets", " of", " (", ")", " every 6 hours", " tds", " up to",
    " no more than", " in the morning", " and", ". ", "\n- ", "| ", "/5 mL", "/kg", " IV", " do not take", "?", ";",
    "\u00bd", "\u202e",
]  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=40).map("".join))


@given(TEXTS)
@example("ibuprofen \u0130 400 mg")
@example("| ibuprofen | 1 mg |\n|---|\n| 2 mg ibuprofen")
def test_any_text_is_read_and_what_is_read_lies_in_it(text):
    folded = fold(text)
    for dose in doses(folded, OWN, OTHERS) or ():
        assert 0 <= dose.span[0] < dose.span[1] <= len(folded.text)
        assert all(0 <= each.low <= each.high for each in dose.amounts)
        assert dose.times is None or 0 <= dose.times.low <= dose.times.high
        assert dose.duration is None or dose.duration > 0


@pytest.mark.parametrize(
    "piece", ["ibuprofen ", "ibuprofen 5 mg ", "5 mg ", "ibuprofen (", "ibuprofen 5 mg. ", "two ", "no more than "]
)
def test_reading_takes_time_in_proportion_to_the_text(piece):
    folded = fold("ibuprofen " + (piece * 40_000)[:40_000])
    began = time.process_time()
    doses(folded, OWN, OTHERS)
    assert time.process_time() - began < 10
