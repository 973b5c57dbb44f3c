"""Numbers against their tolerance: a table of sentences, and the rules that the table cannot show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks import CheckInput, bind, judge_all, judge_one
from dualtrack.terms import Outcome
from tests.unit.checks.scoring import score, table, way_between

CASES = table("numbers")
KNOWN_ERRORS = {row["text"] for row in CASES["known_errors"]}
CRCL = CASES["entries"]["crcl"]
ROWS = [(half, row) for half in ("seen", "held_back", "open") for row in CASES[half]]


def judge(text, entry=CRCL, **changes):
    reference = {"numbers": [{"id": "n1", **entry, **changes}]}
    return judge_one(bind("m.c", "numbers"), CheckInput(text, language="en", reference=reference))


def said(row):
    judgement = judge(row["text"], CASES["entries"][row["of"]])
    return judgement.failure_mode or (judgement.reason.value if judgement.reason else "pass"), judgement


def is_right(row):
    mode, judgement = said(row)
    return mode == row["expect"] and ("value" not in row or judgement.value == pytest.approx(row["value"], abs=1e-5))


@pytest.mark.parametrize(
    ("half", "row"), ROWS, ids=lambda thing: thing["text"][:60] if isinstance(thing, dict) else thing
)
def test_a_number_is_judged_as_a_clinician_would(half, row):
    del half
    assert is_right(row) is (row["text"] not in KNOWN_ERRORS)


def way(row):
    return way_between(row["expect"], said(row)[0])


@pytest.mark.parametrize(
    ("half", "right", "false_alarms", "misses", "not_judged"),
    [("seen", 44, 0, 0, 0), ("held_back", 22, 0, 0, 0), ("open", 16, 0, 0, 0)],
)
def test_the_measured_score_does_not_fall_silently(half, right, false_alarms, misses, not_judged):
    measured = score(CASES[half], is_right, way)
    assert measured.right >= right, measured.wrong
    assert measured.count("false alarm") <= false_alarms, measured.wrong
    assert measured.count("miss") <= misses, measured.wrong
    assert measured.count("not judged") <= not_judged, measured.wrong


def test_the_table_is_large_and_half_held_back():
    assert len(CASES["held_back"]) >= 20
    assert len(ROWS) >= 40


@pytest.mark.parametrize(
    ("tolerance", "stated", "outcome"),
    [
        ("5 %", "32.5", Outcome.passed),
        ("5 %", "32.6", Outcome.failed),
        ("2 mL/min", "33", Outcome.passed),
        ("2 mL/min", "33.1", Outcome.failed),
        ("0.02 mL/s", "32.2", Outcome.passed),
        ("2", "29", Outcome.passed),
        (None, "31.4", Outcome.passed),
        (None, "31.6", Outcome.failed),
    ],
)
def test_a_tolerance_is_relative_absolute_or_half_the_last_digit(tolerance, stated, outcome):
    assert judge(f"The CrCl is {stated} mL/min.", tolerance=tolerance).outcome is outcome


def test_the_last_result_counts_and_what_is_called_the_result_goes_first():
    assert judge("CrCl 45 mL/min. CrCl 31 mL/min.").value == 0
    assert judge("CrCl is 31 mL/min. CrCl 45 mL/min.").value == 0
    assert judge("CrCl is 45 mL/min. CrCl is 31 mL/min.").value == 0


def test_mass_and_amount_are_converted_where_the_molar_mass_is_known():
    entry = CASES["entries"]["glucose"]
    assert judge("The glucose is 180 mg/dL.", entry).outcome is Outcome.passed
    back = {"quantity": "creatinine", "value": "1.1 mg/dL", "tolerance": "2 %"}
    assert judge("Her creatinine is 97 micromol/L.", back).outcome is Outcome.passed


def test_hba1c_is_converted_by_its_own_equation():
    assert judge("HbA1c is 7.0 %.", CASES["entries"]["hba1c"]).outcome is Outcome.passed
    assert judge("HbA1c is 53 mmol/mol.", {"quantity": "HbA1c", "value": "7.0 %"}).outcome is Outcome.passed


def test_a_range_counts_by_its_worse_end():
    assert judge("CrCl is 30-32 mL/min.").outcome is Outcome.passed
    assert judge("CrCl is 25-37 mL/min.").failure_mode == "wrong_number"


def test_each_entry_has_a_judgement_of_its_own():
    reference = {"numbers": [{"id": "a", **CRCL}, {"id": "b", **CASES["entries"]["bmi"]}]}
    given_ = CheckInput("CrCl is 31 mL/min.", language="en", reference=reference)
    first, second = judge_all(bind("m.c", "numbers"), given_)
    assert (first.unit, first.failure_mode, second.unit, second.failure_mode) == ("a", None, "b", "number_missing")


def test_a_zero_has_an_absolute_error():
    assert judge("The score is 0.", {"quantity": "score", "value": "0"}).value == 0
    assert judge("The score is 2.", {"quantity": "score", "value": "0"}).value == 2


def test_a_tolerance_in_another_unit_is_an_error_of_the_item():
    with pytest.raises(ValueError, match="another unit"):
        judge("CrCl is 31 mL/min.", tolerance="2 mmol/L")


PIECES = [
    "CrCl",
    " is",
    " = ",
    "31",
    " mL/min",
    " + ",
    "(",
    ")",
    " below ",
    ": ",
    "|",
    "\n",
    ". ",
    " to ",
    "%",
    "mmol/mol",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=40).map("".join))
def test_any_text_is_judged_and_the_evidence_lies_in_it(text):
    judgement = judge(f"CrCl {text}")
    assert all(0 <= start < end <= len(text) + 5 for start, end in judgement.spans)
