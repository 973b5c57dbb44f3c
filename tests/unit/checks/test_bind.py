"""Parameters are checked before any response is read, and all their problems are told at once."""

from dataclasses import replace
from datetime import date

import pytest

from dualtrack.checks import bind, check_kind
from dualtrack.checks.selection import select_reference
from dualtrack.errors import CheckError, Place
from dualtrack.terms import Proof

AT = Place("metrics/effectiveness/clarity.yaml", column="checks[0]")


def test_defaults_stand_where_nothing_is_given():
    check = bind("clarity.grade", "readability")
    assert (check.params.formula, check.params.max_grade, check.params.min_words) == ("ari", 8.0, 100)
    assert check.proof is Proof.screening


def test_lists_as_yaml_gives_them_are_accepted():
    assert bind("a.b", "identifiers", {"phone_regions": ["DE", "FR"]}).params.phone_regions == ("DE", "FR")


@pytest.mark.parametrize(
    ("kind", "params", "code", "column", "said"),
    [
        ("readability", {"max_grad": 9}, "CHK005", "params.max_grad", "did you mean 'max_grade'?"),
        ("readability", {"zzz": 9}, "CHK005", "params.zzz", "fix: remove it"),
        ("readability", {"max_grade": "9"}, "CHK006", "params.max_grade", "valid number"),
        ("readability", {"max_grade": 99}, "CHK006", "params.max_grade", "less than or equal to 20"),
        ("readability", {"min_words": True}, "CHK006", "params.min_words", "valid integer"),
        ("readability", {"formula": "smog"}, "CHK006", "params.formula", "'ari' or 'coleman_liau'"),
        ("refusal", {"expect": "maybe"}, "CHK006", "params.expect", "'answer' or 'refuse'"),
        ("identifiers", {"phone_regions": ["UK"]}, "CHK006", "params.phone_regions", "no numbering plan for UK"),
        ("identifiers", {"detect": []}, "CHK006", "params.detect", "at least 1"),
        ("identifiers", {"detect": ["email", "phone"]}, "CHK006", "params.detect.1", "'telephone'"),
        ("identifiers", {"allow": date(2025, 1, 1)}, "CHK006", "params.allow", "valid"),
        ("identifiers", {"allow": {1, 2}}, "CHK006", "params", "not plain data"),
    ],
)
def test_a_wrong_parameter_is_refused_at_its_dotted_path(kind, params, code, column, said):
    with pytest.raises(CheckError) as caught:
        bind("a.b", kind, params, place=AT)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.place == Place(AT.file, column=f"checks[0].{column}")
    assert said in str(problem)


def test_all_problems_are_told_at_once():
    with pytest.raises(CheckError) as caught:
        bind("a.b", "readability", {"max_grade": 0, "formula": 1, "floor": 2}, select={"doses": {}}, place=AT)
    assert [problem.code for problem in caught.value.problems] == ["CHK007", "CHK006", "CHK006", "CHK005"]


def test_an_unknown_kind_is_named_where_it_stands():
    with pytest.raises(CheckError, match=r"CHK001 .*clarity\.yaml, column checks\[0\]; found 'readabilty'"):
        bind("a.b", "readabilty", place=AT)


def test_a_selection_must_be_of_facts_that_the_kind_reads():
    kind = replace(check_kind("refusal"), needs=("avoid", "doses"))
    assert bind("a.b", kind, select={"avoid": {"severity": "absolute"}}).facts({}) is None
    for select, said in [({"labs": {}}, "one of avoid, doses"), ({"avoid": "absolute"}, "not a mapping")]:
        with pytest.raises(CheckError, match=f"CHK007 .*{said}"):
            bind("a.b", kind, select=select)


def test_facts_that_a_kind_reads_beside_never_make_it_apply():
    kind = replace(check_kind("refusal"), needs=("doses",), reads_also=("facts",))
    bound = bind("a.b", kind, select={"facts": {"sex": "female"}})
    assert bound.facts({"facts": {"sex": "female"}}) is None
    assert bound.facts({"doses": [{"id": "d1"}]}) == {"doses": [{"id": "d1"}]}
    both = {"doses": [{"id": "d1"}], "facts": {"sex": "female"}}
    assert bound.facts(both) == both
    assert bound.facts({**both, "facts": {"sex": "male"}}) == {"doses": [{"id": "d1"}]}


FACTS = {
    "avoid": [
        {"id": "a1", "severity": "absolute", "basis": "allergy"},
        {"id": "a2", "severity": "relative", "basis": "condition"},
        {"id": "a3", "severity": "absolute", "basis": "condition"},
        "loose text",
    ],
    "facts": {"sex": "female"},
    "urgency": "emergency",
    "doses": [],
}


@pytest.mark.parametrize(
    ("select", "needs", "expected"),
    [
        ({}, ("urgency",), {"urgency": "emergency"}),
        ({}, ("urgency", "labs"), {"urgency": "emergency"}),
        ({}, ("doses",), None),
        ({}, ("labs",), None),
        ({"avoid": {"severity": "relative"}}, ("avoid",), {"avoid": [FACTS["avoid"][1]]}),
        ({"avoid": {"basis": ["allergy", "action"]}}, ("avoid",), {"avoid": [FACTS["avoid"][0]]}),
        ({"avoid": {"severity": "absolute", "basis": "condition"}}, ("avoid",), {"avoid": [FACTS["avoid"][2]]}),
        ({}, ("avoid",), {"avoid": FACTS["avoid"]}),
        ({"avoid": {"points": 1}}, ("avoid",), None),
        ({"facts": {"sex": "male"}}, ("facts",), None),
        ({"facts": {"sex": "female"}}, ("facts",), {"facts": {"sex": "female"}}),
    ],
)
def test_a_selection_narrows_the_facts_of_an_item(select, needs, expected):
    assert select_reference(FACTS, select, needs=needs) == expected
