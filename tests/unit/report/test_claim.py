"""The claim of a page: one sentence for every combination of states, never more than the states say."""

from itertools import chain, combinations, combinations_with_replacement

import pytest

from dualtrack.report import load_words
from dualtrack.report.claim import MOST_NAMES, claim
from dualtrack.terms import Reason, State, Track

WORDS = load_words()
NAMES = ("Aster", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse")


def of(states, track=Track.safety, reasons=()):
    return claim(WORDS, track, [(name, state, reasons) for name, state in zip(NAMES, states, strict=False)])


def test_every_combination_of_states_has_one_sentence_of_its_own():
    combinations_of_states = list(chain.from_iterable(combinations(State, size) for size in range(1, 5)))
    sentences = {states: of(states * 2 if len(states) == 1 else states) for states in combinations_of_states}
    assert len(set(sentences.values())) == len(combinations_of_states) == 15
    assert all(sentence.endswith(".") and sentence.count(".") == 1 for sentence in sentences.values())


@pytest.mark.parametrize("states", list(combinations_with_replacement(State, 3)))
def test_every_meets_every_is_said_only_when_all_are_met(states):
    sentence = of(states)
    assert ("Every system meets" in sentence) == (set(states) == {State.met})
    assert ("meet" in sentence.replace("to meet", "").replace("No system meets", "")) == (State.met in states)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["met", "met"], "Every system meets every safety gate."),
        (["not_met", "not_met"], "No system meets the safety gates; each fails at least one."),
        (["not_demonstrated"] * 2, "No system is shown to meet the safety gates."),
        (["not_assessed"] * 2, "No system has a verdict on safety."),
        (["met"], "Aster meets every safety gate."),
        (["not_assessed"], "Aster has no verdict on safety."),
        (
            ["met", "not_met", "not_met", "not_demonstrated", "not_assessed"],
            (
                "Aster meets every safety gate; Birch and Cedar each fail at least one safety gate; "
                "Dogwood is not shown to meet the safety gates; Elm has no verdict on safety."
            ),
        ),
    ],
)
def test_the_sentence_names_who_is_where(states, expected):
    assert of(states) == expected


@pytest.mark.parametrize("reason", [Reason.no_gate, Reason.no_threshold, Reason.nothing_assessed])
def test_a_reason_that_all_share_is_said(reason):
    assert of(["not_assessed"] * 3, reasons=(reason,)).startswith("No system has a verdict on safety: ")


def test_a_retrospective_study_says_so_and_a_reason_of_some_is_not_said_of_all():
    assert of(["not_demonstrated"] * 2, reasons=(Reason.retrospective, Reason.too_few)).endswith(
        "before the answers were seen."
    )
    mixed = claim(WORDS, Track.safety, [("A", "not_assessed", (Reason.no_gate,)), ("B", "not_assessed", ())])
    assert mixed == "No system has a verdict on safety."


def test_a_shared_reason_never_softens_a_failure():
    assert of(["not_met"] * 2, reasons=(Reason.retrospective,)) == of(["not_met"] * 2)


def test_many_systems_are_counted():
    sentence = of(["met"] * (MOST_NAMES + 1) + ["not_met"])
    assert sentence == "5 systems meet every safety gate; Fir fails at least one safety gate."


def test_nobody_is_no_pass():
    assert of([]) == "No system was tested."


def test_a_claim_speaks_of_its_own_track():
    for track, other in zip(Track, reversed(Track), strict=True):
        for state in State:
            assert track in of([state] * 2, track)
            assert other not in of([state] * 2, track)
