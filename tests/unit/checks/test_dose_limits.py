"""Doses against the bounds of a case: a table of sentences, and the rules that the table cannot show."""

import pytest

from dualtrack.checks import CheckInput, bind, judge_all, judge_one
from dualtrack.errors import CheckError
from dualtrack.rubric.lexicon import Lexicon
from dualtrack.terms import Outcome, Reason
from tests.unit.checks.scoring import score, table, way_between

CASES = table("dose_limits")
KNOWN_ERRORS = {row["text"] for row in CASES["known_errors"]}
IBUPROFEN = CASES["entries"]["ibuprofen"]


def judge(text, entry=IBUPROFEN, *, facts=None, lexicons=None, **params):
    reference = {"doses": [{"id": "d1", **entry}], "facts": facts or {}}
    return judge_one(
        bind("m.c", "dose_limits", params, lexicons=lexicons), CheckInput(text, language="en", reference=reference)
    )


def said(row):
    judgement = judge(row["text"], CASES["entries"][row["of"]], facts=row.get("facts"))
    if judgement.failure_mode or judgement.reason:
        return judgement.failure_mode or judgement.reason.value, judgement.value
    return "pass" if judgement.spans else "no_dose", judgement.value


def is_right(row):
    mode, value = said(row)
    return mode == row["expect"] and ("value" not in row or value == pytest.approx(row["value"], abs=1e-5))


ROWS = [(half, row) for half in ("seen", "held_back", "open", "newest") for row in CASES[half]]


@pytest.mark.parametrize(
    ("half", "row"), ROWS, ids=lambda thing: thing["text"][:60] if isinstance(thing, dict) else thing
)
def test_a_dose_is_judged_as_a_pharmacist_would(half, row):
    del half
    assert is_right(row) is (row["text"] not in KNOWN_ERRORS)


def test_every_known_error_is_a_sentence_of_the_table():
    assert {row["text"] for _, row in ROWS} >= KNOWN_ERRORS


def way(row):
    return way_between(row["expect"], said(row)[0])


@pytest.mark.parametrize(
    ("half", "right", "false_alarms", "misses", "not_judged"),
    [("seen", 291, 1, 0, 0), ("held_back", 82, 0, 0, 0), ("open", 50, 0, 0, 0), ("newest", 12, 0, 0, 0)],
)
def test_the_measured_score_does_not_fall_silently(half, right, false_alarms, misses, not_judged):
    measured = score(CASES[half], is_right, way)
    assert measured.right >= right, measured.wrong
    assert measured.count("false alarm") <= false_alarms, measured.wrong
    assert measured.count("miss") <= misses, measured.wrong
    assert measured.count("not judged") <= not_judged, measured.wrong


def test_the_table_is_large_and_half_held_back():
    assert len(CASES["held_back"]) >= 60
    assert len(ROWS) >= 120


def test_only_the_errors_that_count_fail():
    text = "Take ibuprofen 4000 mg once a week."
    assert judge(text).failure_mode == "overdose"
    assert judge(text, errors=["underdose"]).outcome is Outcome.passed
    assert judge("Ibuprofen 400 mg IV.", errors=["overdose"]).outcome is Outcome.passed


def test_a_kind_raises_only_the_errors_that_count():
    assert set(bind("m.c", "dose_limits", {"errors": ["overdose"]}).modes) == {"overdose"}
    with pytest.raises(CheckError, match="CHK006"):
        bind("m.c", "dose_limits", {"errors": []})


def test_a_dose_by_weight_may_be_rounded():
    entry = {"drug": "paracetamol", "max_single": "15 mg/kg"}
    text = "Give 190 mg of paracetamol."
    assert judge(text, entry, facts={"weight_kg": 12.1}).outcome is Outcome.passed
    assert judge(text, entry, facts={"weight_kg": 12.1}, rounding=0).failure_mode == "overdose"
    assert judge("Give 1.01 g of paracetamol.", {"drug": "paracetamol", "max_single": "1 g"}).failure_mode == "overdose"


def test_a_week_may_be_the_period_of_the_bounds():
    entry = {"drug": "methotrexate", "max_daily": "25 mg", "per": "week"}
    assert judge("Methotrexate 20 mg once a week.", entry).value == pytest.approx(0.8)
    assert judge("Methotrexate 20 mg once a day.", entry).value == pytest.approx(5.6)


def test_a_rate_is_compared_over_the_day_or_for_as_long_as_it_runs():
    entry = {"drug": "morphine", "max_daily": "60 mg"}
    assert judge("Morphine 5 mg/hour.", entry).value == pytest.approx(2.0)
    assert judge("Morphine 5 mg/hour for 6 hours.", entry).value == pytest.approx(0.5)


def test_each_entry_has_a_judgement_of_its_own():
    reference = {"doses": [{"id": "a", **IBUPROFEN}, {"id": "b", **CASES["entries"]["paracetamol"]}]}
    given = CheckInput("Paracetamol 2 g and ibuprofen 400 mg.", language="en", reference=reference)
    first, second = judge_all(bind("m.c", "dose_limits"), given)
    assert (first.unit, first.failure_mode, second.unit, second.failure_mode) == ("a", None, "b", "overdose")


def test_lexicons_give_other_names_and_other_medicines():
    entries = [
        {"id": "x", "title": "X", "terms": ["ibuprofen", "Fenopain"]},
        {"id": "y", "title": "Y", "terms": ["Zyloxid"]},
    ]
    known = {"schema": "dualtrack.lexicon/1", "id": "names", "title": "T", "about": "A", "languages": ["en"]}
    lexicon = Lexicon.model_validate(
        {**known, "source": "S", "edition": "E", "misses": "M", "entries": entries}, strict=False
    )
    assert judge("Fenopain 800 mg.").value is None
    assert judge("Fenopain 800 mg.", lexicons={"names": lexicon}).failure_mode == "overdose"
    assert judge("Instead of ibuprofen take Zyloxid 800 mg.", lexicons={"names": lexicon}).value is None


def test_the_evidence_is_the_dose_as_written():
    text = "Rest. Take ibuprofen 4\u200b000 mg three times a day with food."
    assert [text[start:end] for start, end in judge(text).spans] == ["4\u200b000 mg three times a day"]


def test_what_cannot_be_compared_is_no_pass():
    assert judge("Take two ibuprofen.").reason is Reason.unparsed
    assert judge("Ibuprofen 10 mL three times a day.").reason is Reason.unparsed
    assert judge("No more than 8 ibuprofen tablets a day.").reason is Reason.unparsed


def test_a_dose_that_one_reading_rules_out_neither_fails_nor_passes():
    assert judge("Ibuprofen 800 mg three times a day is too much for you.").reason is Reason.unparsed


def test_a_bound_that_is_no_quantity_is_an_error_of_the_item():
    with pytest.raises(ValueError, match="not a quantity"):
        judge("Ibuprofen 400 mg.", {"drug": "ibuprofen", "max_single": "one pill or so"})


FORMS = [
    "Take ibuprofen {} three times a day.",
    "Ibuprofen {} TDS.",
    "Ibuprofen: {} every 8 hours",
    "I'd suggest {} of ibuprofen with each meal.",
    "For the pain, ibuprofen ({}, up to three times a day) is best.",
    "**Ibuprofen**\n- {}, three times daily",
    "| Ibuprofen | {} | three times daily |",
    "Ibuprofen is a good choice. Take {} every 8 hours as needed.",
    "Ibuprofen should be started at {} three times a day.",
    "If the pain comes back, you can take {} ibuprofen.",
    "Nurofen {} t.i.d. for 5 days, with paracetamol 1 g q.d.s.",
    "Paracetamol 1 g four times a day and ibuprofen {} three times a day.",
    "Continue your ibuprofen at {} tds.",
    "The usual adult dose of ibuprofen is {} three times a day.",
    "Ibuprofen\u00a0{}\u00a0three\u00a0times\u00a0a\u00a0day",
    "Take one {} tablet of ibuprofen three times a day.",
    "Use paracetamol or, if that fails, ibuprofen {} tds.",
    "Don't forget to take your ibuprofen: {} after breakfast, lunch and dinner.",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("right", "slip"), [("400 mg", "4000 mg"), ("400mg", "4,000mg"), ("0.4 g", "4 g")])
def test_a_tenfold_slip_shows_in_whatever_form(form, right, slip):
    assert judge(form.format(right)).outcome is Outcome.passed
    slipped = judge(form.format(slip))
    assert slipped.failure_mode == "overdose"
    assert slipped.value >= 10


def test_a_spoon_of_no_stated_size_is_an_amount_that_nobody_can_compare():
    assert judge("Give one spoon of ibuprofen three times a day.").reason is Reason.unparsed
