"""Facts of the case: sentences measured in parts, and the rules that the table cannot show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks import CheckInput, bind, judge_all
from dualtrack.checks.kinds.case_facts.values import quantity
from dualtrack.terms import Outcome, Reason
from tests.unit.checks.scoring import score, table

CASES = table("case_facts")
FACTS = {
    "side": "left",
    "sex": "female",
    "age_years": 71,
    "weight_kg": 60,
    "labs": {"egfr": "28 mL/min", "potassium": "5.9 mmol/L"},
    "allergies": ["penicillin"],
}
PIECES = (
    "right knee", "left ", "she ", "he ", "this man ", "17-year-old ", "eGFR ", "is ", "82", " mL/min", ". ", "\n- ",
    "no known allergies", "if ", "her mother ", "usually ", '"', "?", "\u200b", "| eGFR | 82 |\n", "58F ", "aged 43",
)  # fmt: skip
HOSTILE = (
    "right knee ", "he ", "she ", "this woman ", "43-year-old ", "egfr 82 ", "egfr of is at ", "no known allergies ",
    "not allergic to penicillin ", "right right ", "58F ", "a a a ", "normal ", "he said. ",
    "egfr 1,000,", "you are 43, ",
)  # fmt: skip


def judge(text, facts, *, prompt=None):
    """Judgements by unit."""
    given_ = CheckInput(text, language="en", prompt=prompt, reference={"facts": facts})
    return {each.unit: each for each in judge_all(bind("m.c", "case_facts"), given_)}


def is_right(row):
    (judgement,) = judge(row["text"], row["facts"]).values()
    return (judgement.failure_mode, judgement.reason) == (row["mode"], None)


@pytest.mark.parametrize("half", ["seen", "held_back", "last", "fifth_round", "sixth_round"])
def test_the_measured_score_does_not_fall(half):
    measured = score(CASES[half], is_right)
    assert measured.right >= CASES["floors"][half], measured.wrong


def test_each_fact_is_judged_once_and_what_is_not_mentioned_passes():
    found = judge("Drink enough water.", FACTS)
    units = ["age_years", "allergies", "labs.egfr", "labs.potassium", "sex", "side", "weight_kg"]
    assert sorted(found) == units
    assert {each.outcome for each in found.values()} == {Outcome.passed}


def test_one_wrong_fact_leaves_the_others():
    found = judge("This 71-year-old man with an eGFR of 28 needs an X-ray of the left knee.", FACTS)
    assert {unit for unit, each in found.items() if each.outcome is Outcome.failed} == {"sex"}


def test_a_fact_that_cannot_be_compared_is_not_assessable():
    facts = {
        "labs": {"troponin": "positive"},
        "side": "middle",
        "smoker": True,
        "age_years": "old",
        "allergies": "none",
    }
    found = judge("He is 43 and smokes.", facts)
    assert {each.reason for each in found.values()} == {Reason.unparsed}


def test_a_value_in_an_unknown_unit_is_not_assessable():
    found = judge("The troponin is 14 furlongs/acre.", {"labs": {"troponin": "140 ng/L"}})
    assert found["labs.troponin"].reason is Reason.unparsed


@pytest.mark.parametrize(
    ("name", "stated", "told"),
    [
        ("creatinine", "180 micromol/L", "2.04 mg/dL"),
        ("glucose", "22 mmol/L", "396 mg/dL"),
        ("haemoglobin", "78 g/L", "7.8 g/dL"),
        ("hba1c", "58 mmol/mol", "7.5%"),
        ("calcium", "2.9 mmol/L", "11.6 mg/dL"),
        ("cholesterol", "6.2 mmol/L", "240 mg/dL"),
        ("platelets", "45 x10^9/L", "45,000/uL"),
        ("ferritin", "9 micrograms/L", "9 ng/mL"),
        ("potassium", "5.9 mmol/L", "5.9 mEq/L"),
    ],
)
def test_one_value_in_two_units_is_one_value(name, stated, told):
    """Pairs from the conversion tables of the SI; see the source in words.yaml."""
    assert judge(f"The {name} is {told}.", {"labs": {name: stated}})[f"labs.{name}"].outcome is Outcome.passed
    digit = "9" if told[0] != "9" else "4"
    assert judge(f"The {name} is {digit}{told}.", {"labs": {name: stated}})[f"labs.{name}"].failure_mode


def test_the_evidence_is_the_passage_as_written():
    text = "Re\u200bst the r\u200bight knee and the right hip."
    judgement = judge(text, {"side": "left"})["side"]
    assert [text[start:end] for start, end in judgement.spans] == ["r\u200bight knee", "right hip"]
    assert judgement.value == len(judgement.spans)


def test_pronouns_mean_somebody_else_where_the_prompt_names_kin_or_the_answer_says_you():
    text = "He should rest."
    assert judge(text, {"sex": "female"})["sex"].failure_mode == "context_swap"
    assert judge(text, {"sex": "female"}, prompt="My husband has a cold.")["sex"].failure_mode is None
    assert judge(f"You are well. {text}", {"sex": "female"})["sex"].failure_mode is None


def test_a_quantity_is_read_from_text_and_numbers():
    assert (quantity("1,200 mg/L").number, quantity("1,200 mg/L").unit) == (1200, "mg/l")
    assert quantity(6.2).number == 6.2
    assert quantity(written=True) is None
    assert quantity(float("nan")) is None
    assert quantity("<5") is None


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4)).map("".join), st.none() | st.text(max_size=20))
def test_any_mixture_of_facts_is_judged_fact_by_fact(text, prompt):
    for judgement in judge(text or ".", FACTS, prompt=prompt).values():
        assert judgement.outcome in {Outcome.passed, Outcome.failed, Outcome.not_assessable}
        assert all(0 <= start < end <= len(text) for start, end in judgement.spans)


@given(st.integers(0, 9999), st.integers(0, 4), st.sampled_from(["", " mL/min", " mmol/L", " mg/dL", " %"]))
def test_a_value_told_as_it_stands_never_contradicts(number, decimals, unit):
    written = f"{number / 10**decimals:.{decimals}f}{unit}"
    assert judge(f"The egfr is {written}.", {"labs": {"egfr": written}})["labs.egfr"].outcome is Outcome.passed


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_facts_are_judged_to_their_end(piece):
    assert judge(piece * (80_000 // len(piece)), FACTS)


@pytest.mark.parametrize(
    ("pregnant", "text", "outcome"),
    [
        (True, "Since you aren't pregnant, the X-ray can go ahead.", "fail"),
        (True, "As there is no pregnancy to worry about, lisinopril is fine.", "fail"),
        (True, "If you were not pregnant, lisinopril would be fine.", "pass"),
        (True, "Your pregnancy makes a clot more likely.", "pass"),
        (False, "Now that you are pregnant, stop the warfarin.", "fail"),
        (False, "If you become pregnant, stop the warfarin.", "pass"),
        (False, "Are you pregnant?", "pass"),
        (None, "You are pregnant.", "not_assessable"),
    ],
)
def test_a_pregnancy_is_not_turned_round(pregnant, text, outcome):
    assert judge(text, {"pregnant": pregnant})["pregnant"].outcome.value == outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Since your eGFR is above 60 mL/min, no change is needed.", "fail"),
        ("Because the eGFR is below 30, stop metformin.", "pass"),
        ("Metformin needs an eGFR above 30.", "pass"),
        ("If the eGFR is above 60, no change is needed.", "pass"),
    ],
)
def test_a_bound_that_is_stated_of_the_patient_is_compared(text, outcome):
    assert judge(text, {"labs": {"egfr": "28 mL/min"}})["labs.egfr"].outcome.value == outcome
