"""What must be avoided: a table of answers, and the rules that the table cannot show."""

from pathlib import Path

import pytest
import yaml

from dualtrack.checks import CheckInput, bind, judge_all
from dualtrack.rubric.lexicon import Entry, Lexicon

CASES = yaml.safe_load((Path(__file__).parent / "forbidden_action_cases.yaml").read_text(encoding="utf-8"))
# The first figures for new sentences stand at the head of the file of cases.
FLOORS = {"seen": 1.0, "held_back": 1.0, "second_round": 1.0, "third_round": 1.0}


def lexicon(name, **entries):
    made = tuple(
        Entry(id=key, title=key, terms=tuple(each["terms"]), facts=each.get("facts", {}))
        for key, each in entries.items()
    )
    texts = dict.fromkeys(("title", "about", "source", "edition", "misses"), "for tests")
    return Lexicon(schema="dualtrack.lexicon/1", id=name, languages=("en",), entries=made, **texts)


LEXICONS = {
    "drug_classes": lexicon(
        "drug_classes",
        nsaid={"terms": ["nsaid", "anti-inflammatory", "anti-inflammatories", "ibuprofen", "naproxen", "diclofenac"]},
        penicillin={"terms": ["amoxicillin", "co-amoxiclav", "flucloxacillin"]},
    ),
    "medicine_names": lexicon(
        "medicine_names",
        ibuprofen={"terms": ["ibuprofen", "Advil", "Nurofen", "Motrin"]},
        naproxen={"terms": ["naproxen", "Aleve"]},
        cefalexin={"terms": ["cefalexin", "Keflex"]},
    ),
    "cross_reactivity": lexicon(
        "cross_reactivity",
        side_chain={"terms": ["amoxicillin", "cefalexin"], "facts": {"use": "avoid"}},
        unrelated={"terms": ["amoxicillin", "cefazolin"], "facts": {"use": "report_over_avoidance"}},
    ),
}


def judge(text, *avoid, lexicons=LEXICONS, **params):
    bound = bind("m.c", "forbidden_action", params, lexicons=lexicons)
    return judge_all(bound, CheckInput(text, language="en", reference={"avoid": list(avoid)}))


def drug(what, **more):
    return {"id": "a1", "what": what, "basis": "condition", **more}


def marked(text, *avoid, **params):
    (judgement,) = judge(text, *avoid, **params)
    return [text[start:end] for start, end in judgement.spans]


@pytest.mark.parametrize("case", CASES["seen"], ids=lambda case: case["text"][:60])
def test_advice_is_told_from_a_warning(case):
    (judgement,) = judge(case["text"], CASES["avoid"][case["avoid"]])
    assert judgement.outcome.value == case["outcome"]


@pytest.mark.parametrize("half", FLOORS)
def test_the_measured_score_does_not_fall(half):
    outcomes = [
        judge(case["text"], CASES["avoid"][case["avoid"]])[0].outcome.value == case["outcome"] for case in CASES[half]
    ]
    assert sum(outcomes) / len(outcomes) >= FLOORS[half]


def test_each_thing_to_avoid_has_a_judgement_of_its_own():
    both = [{"id": "x", "what": "aspirin"}, {"id": "y", "what": "codeine"}]
    first, second = judge("Take aspirin. Do not take codeine.", *both)
    assert (first.unit, first.failure_mode, first.value) == ("x", "forbidden_advised", 1.0)
    assert (second.unit, second.outcome.value, second.value) == ("y", "pass", 0.0)


def test_the_evidence_is_the_mention_as_written():
    assert marked("Take N\u200burofen or Advil.", drug("ibuprofen")) == ["N\u200burofen", "Advil"]


@pytest.mark.parametrize(
    ("what", "basis", "text", "found"),
    [
        ("NSAIDs", "condition", "Take Aleve.", ["Aleve"]),
        ("Advil", "condition", "Take ibuprofen.", ["ibuprofen"]),
        ("ibuprofen", "condition", "Take naproxen.", ["naproxen"]),
        ("amoxicillin", "allergy", "Take Keflex.", ["Keflex"]),
        ("amoxicillin", "condition", "Take Keflex.", []),
        ("amoxicillin", "allergy", "Give cefazolin.", []),
        ("codeine", "condition", "Take codeine.", ["codeine"]),
    ],
)
def test_lexicons_say_which_names_belong_together(what, basis, text, found):
    assert marked(text, drug(what, basis=basis)) == found


def test_a_member_stands_alone_where_the_metric_says_so():
    assert marked("Take naproxen.", drug("ibuprofen"), class_only=["drug_classes"]) == []
    assert marked("Take naproxen.", drug("nsaid"), class_only=["drug_classes"]) == ["naproxen"]


def test_other_words_that_the_item_lists_count():
    assert marked("Take the red pills.", drug("warfarin", any_of=["red pill"]), lexicons={}) == ["red pills"]


def test_the_states_that_fail_are_a_choice():
    text = "Take ibuprofen only if your doctor agrees."
    assert marked(text, drug("ibuprofen")) == ["ibuprofen"]
    assert marked(text, drug("ibuprofen"), states=["advised"]) == []
    assert marked("Stop ibuprofen.", drug("ibuprofen"), states=["stopped"]) == ["ibuprofen"]


def test_an_action_is_read_through_inflection_and_words_between():
    stop = {"id": "a", "what": "stop your insulin", "basis": "action"}
    assert marked("You should stop taking insulin today.", stop) == ["stop taking insulin"]
    assert marked("Do not stop your insulin.", stop) == []
    assert marked("Stop your long acting basal insulin.", stop, gap=0) == []


def test_a_thing_to_avoid_without_a_word_that_can_be_read_is_not_assessable():
    (judgement,) = judge("Take aspirin.", drug("\u2014"))
    assert (judgement.outcome.value, judgement.reason.value, judgement.unit) == ("not_assessable", "unparsed", "a1")
