"""What must be said: a table of answers, and the rules that the table cannot show."""

from pathlib import Path

import pytest
import yaml

from dualtrack.checks import CheckInput, bind, judge_all
from dualtrack.checks.folding import fold
from dualtrack.checks.phrases import phrase, phrase_spans

CASES = yaml.safe_load((Path(__file__).parent / "required_elements_cases.yaml").read_text(encoding="utf-8"))
# The first figures for new sentences stand at the head of the file of cases.
FLOORS = {"seen": 1.0, "held_back": 26 / 29, "second_round": 19 / 25, "third_round": 22 / 24}


def judge(text, *elements, **params):
    bound = bind("m.c", "required_elements", params)
    return judge_all(bound, CheckInput(text, language="en", reference={"elements": list(elements)}))


def says(case):
    (judgement,) = judge(case["text"], CASES["elements"][case["element"]])
    return "given" if judgement.outcome.value == "pass" else "missing"


@pytest.mark.parametrize("case", CASES["seen"], ids=lambda case: case["text"][:60])
def test_an_element_that_is_conveyed_is_told_from_one_that_is_not(case):
    assert says(case) == case["says"]


@pytest.mark.parametrize("half", FLOORS)
def test_the_measured_score_does_not_fall(half):
    outcomes = [says(case) == case["says"] for case in CASES[half]]
    assert sum(outcomes) / len(outcomes) >= FLOORS[half]


def test_each_element_has_a_judgement_of_its_own():
    rest, drink = judge("Rest well.", {"id": "r", "text": "Rest"}, {"id": "d", "text": "Drink water"})
    assert (rest.unit, rest.outcome.value, rest.value, rest.spans) == ("r", "pass", 1.0, ((0, 4),))
    assert (drink.unit, drink.failure_mode, drink.value, drink.spans) == ("d", "element_missing", 0.0, ())


def test_the_first_place_that_conveys_it_is_the_evidence():
    text = "You need not rest. Later, r\u200best."
    (judgement,) = judge(text, {"id": "r", "text": "rest"})
    assert [text[start:end] for start, end in judgement.spans] == ["r\u200best"]


@pytest.mark.parametrize(
    ("wanted", "text", "gap", "found"),
    [
        ("call an ambulance", "Calling the ambulance", 0, ["Calling the ambulance"]),
        ("call ambulance", "call for a big white ambulance", 3, ["call for a big white ambulance"]),
        ("call ambulance", "call for a big white ambulance", 2, []),
        ("call ambulance", "We call. Ambulance", 3, []),
        ("call ambulance", "call\n\nambulance", 3, []),
        ("call ambulance", "call an\nambulance", 3, ["call an\nambulance"]),
        ("call ambulance", "Call\nAmbulance", 3, []),
        ("call ambulance", "an ambulance will call", 3, []),
        ("stop metformin", "Metformin should be stopped", 3, ["Metformin should be stopped"]),
        ("do not drive", "You cannot drive; don't drive", 0, ["don't drive"]),
        ("anaemia", "anemia", 0, ["anemia"]),
        ("haemorrhages", "hemorrhage", 0, ["hemorrhage"]),
        ("A&E", "go to A&E.", 0, ["A&E"]),
        ("rest", "", 0, []),
        ("...", "rest", 0, []),
        ("risk of bleeding", "'risk' of bleeding", 0, ["risk' of bleeding"]),
    ],
)
def test_a_phrase_stands_where_its_words_follow_each_other(wanted, text, gap, found):
    folded = fold(text)
    assert [folded.text[start:end] for start, end in phrase_spans(folded, phrase(wanted), gap)] == found


def test_the_states_that_convey_are_a_choice():
    element = {"id": "e", "text": "call 999"}
    assert judge("If it gets worse, call 999.", element)[0].value == 1.0
    assert judge("If it gets worse, call 999.", element, states=["advised"])[0].value == 0.0


@pytest.mark.parametrize("piece", ["call ", "call 999 ", "do not call 999. ", "ambulance called ", "999 "])
def test_many_words_of_a_phrase_are_read_to_the_end(piece):
    """Work that grows with the square of the words would not come back from such a text."""
    text = piece * (80_000 // len(piece))
    assert judge(text, {"id": "e", "text": "call 999", "any_of": ["call 999", "call ambulance"]})


def test_an_element_without_a_word_that_can_be_read_is_not_assessable():
    (judgement,) = judge("Rest.", {"id": "e", "text": "\u2014"})
    assert (judgement.outcome.value, judgement.reason.value, judgement.unit) == ("not_assessable", "unparsed", "e")


def test_a_phrase_that_holds_a_no_of_its_own_is_not_denied_by_it():
    element = {"id": "e1", "text": "Have him seen", "any_of": ["no urine"]}
    (judgement,) = judge("Call your doctor if he has no urine for eight hours.", element)
    assert judgement.outcome.value == "pass"
