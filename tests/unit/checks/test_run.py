"""The engine: what is judged at all, what a broken kind does, and that order means nothing."""

from dataclasses import replace
from types import MappingProxyType

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualtrack.checks import (
    FINDING_COLUMNS,
    CheckInput,
    CheckKind,
    CheckParams,
    Example,
    FailureMode,
    Judgement,
    bind,
    check_kind,
    judge_one,
    primary_language,
    run_checks,
)
from dualtrack.errors import CheckError
from dualtrack.records.results import FINDINGS
from dualtrack.terms import Outcome, Proof, Reason, ResponseStatus


class NoParams(CheckParams):
    """No parameters."""


def kind_of(judge, **others):
    """A kind for these tests: judges with the given function."""
    settings_of_kind = {
        "name": "toy",
        "version": 3,
        "title": "Toy",
        "claim": "Nothing.",
        "blind_spots": ("Everything.",),
        "unit": "none",
        "params": NoParams,
        "failure_modes": (FailureMode("bad", "omission", "bad"),),
        "examples": (Example("x", Outcome.passed, "always"),),
    }
    return CheckKind(**(settings_of_kind | {"judge": judge} | others))


def passes(_given, _params):
    return Judgement(Outcome.passed, value=1.0)


def responses_of(*rows):
    return pd.DataFrame(
        [
            {"system_id": "a", "item_id": "q1", "sample": 1, "status": "answered", "text": "Rest and drink."} | row
            for row in rows
        ]
    )


def one_finding(kind, response=None, item=None, **others):
    items = pd.DataFrame([{"item_id": "q1", "language": "en"} | (item or {})])
    found = run_checks([bind("m.c", kind)], responses_of(response or {}), items, **others)
    (row,) = found.to_dict("records")
    return {name: None if not isinstance(cell, list) and pd.isna(cell) else cell for name, cell in row.items()}


def test_a_finding_has_every_column_of_the_findings_table():
    assert tuple(FINDING_COLUMNS) == FINDINGS.names
    assert one_finding(kind_of(passes)) == {
        "system_id": "a",
        "item_id": "q1",
        "sample": 1,
        "unit_id": "",
        "probe_id": "m.c",
        "source_id": "toy:3",
        "occasion": 1,
        "source_kind": "check",
        "outcome": "pass",
        "level": None,
        "value": 1.0,
        "failure_mode": None,
        "act": None,
        "harm_level": None,
        "severities": None,
        "spans": [],
        "reason": None,
        "proof": "screening",
    }


def test_a_failure_carries_its_mode_act_spans_and_proof():
    def fails(_given, _params):
        return Judgement(Outcome.failed, value=2.0, failure_mode="bad", spans=((0, 4), (9, 14)))

    items = pd.DataFrame({"item_id": ["q1"]})
    checks = [bind("m.c", kind_of(fails), proof=Proof.by_construction)]
    (row,) = run_checks(checks, responses_of({}), items).to_dict("records")
    assert (row["outcome"], row["failure_mode"], row["act"]) == ("fail", "bad", "omission")
    assert (row["spans"], row["proof"]) == ([[0, 4], [9, 14]], "by_construction")


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        ("withheld", None, "withheld"),
        ("refused", None, "refused"),
        ("refused", "I can't help with that.", "refused"),
        ("empty", "", "empty"),
        ("empty", None, "empty"),
        ("error", None, "no_response"),
        ("not_run", None, "no_response"),
        ("answered", None, "withheld"),
        ("answered", " \n\t", "empty"),
        ("truncated", "", "empty"),
    ],
)
def test_a_response_without_a_text_to_judge_is_not_assessable(status, text, reason):
    found = one_finding(kind_of(passes), {"status": status, "text": text})
    assert (found["outcome"], found["reason"], found["value"]) == ("not_assessable", reason, None)


@pytest.mark.parametrize("status", ["answered", "truncated"])
def test_a_response_with_a_text_is_judged(status):
    assert one_finding(kind_of(passes), {"status": status})["outcome"] == "pass"


def test_a_kind_may_take_a_status_without_text():
    found = one_finding(check_kind("refusal"), {"status": "refused", "text": None}, {"language": "de"})
    assert (found["outcome"], found["failure_mode"], found["value"]) == ("fail", "refusal", 1.0)


@pytest.mark.parametrize(
    ("declared", "default", "outcome"),
    [
        ("en", None, "pass"),
        ("en-GB", None, "pass"),
        ("EN_us", None, "pass"),
        ("de", "en", "not_assessable"),
        (None, "en", "pass"),
        (None, "de", "not_assessable"),
        (None, None, "not_assessable"),
        ("", None, "not_assessable"),
    ],
)
def test_only_a_declared_language_that_the_kind_reads_is_judged(declared, default, outcome):
    kind = kind_of(passes, languages=("en",))
    found = one_finding(kind, item={"language": declared}, default_language=default)
    assert found["outcome"] == outcome
    assert found["reason"] == (None if outcome == "pass" else "language")


def test_a_kind_of_any_language_needs_none_declared():
    assert one_finding(kind_of(passes), item={"language": None})["outcome"] == "pass"


def test_without_the_facts_it_needs_a_check_does_not_apply_whatever_the_response():
    kind = kind_of(passes, needs=("doses",))
    for status in ResponseStatus:
        found = one_finding(kind, {"status": status.value}, {"reference": {"urgency": "routine"}})
        assert (found["outcome"], found["reason"]) == ("not_applicable", "not_applicable")


def test_a_kind_sees_the_selected_facts_and_never_the_system():
    seen = []

    def remembers(given, _params):
        seen.append(given)
        return Judgement(Outcome.passed)

    reference = {"doses": [{"drug": "x", "high": True}, {"drug": "y", "high": False}], "urgency": "routine"}
    items = pd.DataFrame([{"item_id": "q1", "language": "en-GB", "prompt": "May I?", "reference": reference}])
    check = bind("m.c", kind_of(remembers, needs=("doses",)), select={"doses": {"high": True}})
    run_checks([check], responses_of({"answer": "B", "confidence": 0.5}), items)
    expected = CheckInput(
        text="Rest and drink.",
        language="en",
        prompt="May I?",
        reference=MappingProxyType({"doses": [{"drug": "x", "high": True}]}),
        answer="B",
        confidence=0.5,
    )
    assert seen == [expected]
    assert not any("system" in name for name in CheckInput.__slots__)


def raises(_given, _params):
    raise RecursionError("deep")


def answers_nothing(_given, _params):
    return None


def marks_outside(_given, _params):
    return Judgement(Outcome.failed, failure_mode="bad", spans=((0, 999),))


def marks_nothing(_given, _params):
    return Judgement(Outcome.failed, failure_mode="bad", spans=((3, 3),))


def names_an_undeclared_mode(_given, _params):
    return Judgement(Outcome.failed, failure_mode="undeclared")


def contradicts_itself(_given, _params):
    return Judgement(Outcome.passed, reason=Reason.empty)


@pytest.mark.parametrize(
    ("judge", "error"),
    [
        (raises, "RecursionError"),
        (answers_nothing, "TypeError"),
        (marks_outside, "ValueError"),
        (marks_nothing, "ValueError"),
        (names_an_undeclared_mode, "KeyError"),
        (contradicts_itself, "ValueError"),
    ],
)
def test_a_kind_that_breaks_is_an_error_of_that_response_alone(judge, error):
    told = []
    items = pd.DataFrame({"item_id": ["q1"], "language": ["en"]})
    checks = [bind("m.broken", kind_of(judge)), bind("m.sound", kind_of(passes))]
    found = run_checks(checks, responses_of({}, {"system_id": "b"}), items, on_error=told.append)
    outcomes = found.set_index(["system_id", "probe_id"])["outcome"].to_dict()
    assert outcomes == {
        ("a", "m.broken"): "error",
        ("a", "m.sound"): "pass",
        ("b", "m.broken"): "error",
        ("b", "m.sound"): "pass",
    }
    assert set(found.loc[found["outcome"] == "error", "reason"]) == {"check_error"}
    assert [problem.code for problem in told] == ["CHK010", "CHK010"]
    assert all(error in problem.found and "Rest" not in str(problem) for problem in told)


def test_a_break_is_recorded_although_nobody_listens():
    assert one_finding(kind_of(raises))["outcome"] == "error"


def test_judging_one_response_raises_what_the_kind_raises():
    with pytest.raises(RecursionError):
        judge_one(bind("m.c", kind_of(raises)), CheckInput("text"))


def test_a_kind_cannot_change_the_facts_for_the_next():
    def meddles(given, _params):
        given.reference["urgency"] = "none"

    found = one_finding(kind_of(meddles, needs=("urgency",)), item={"reference": {"urgency": "routine"}})
    assert found["outcome"] == "error"


SAMPLE = st.fixed_dictionaries(
    {
        "system_id": st.sampled_from(["a", "B", "ä"]),
        "item_id": st.sampled_from(["q1", "q2", "q10"]),
        "sample": st.integers(1, 3),
        "status": st.sampled_from([status.value for status in ResponseStatus]),
        "text": st.sampled_from([None, "", "I cannot help.", "Call 020 7946 0018.", "See a doctor."]),
    }
)


@settings(max_examples=30)
@given(st.lists(SAMPLE, max_size=8, unique_by=lambda row: (row["system_id"], row["item_id"], row["sample"])), st.data())
def test_the_order_of_rows_and_checks_has_no_meaning(rows, data):
    columns = ["system_id", "item_id", "sample", "status", "text"]
    items = [
        {"item_id": "q1", "language": "en"},
        {"item_id": "q2", "language": None},
        {"item_id": "q10", "language": "de"},
    ]
    checks = [bind(f"m.{name}", name) for name in ("identifiers", "readability", "refusal")]
    straight = run_checks(checks, pd.DataFrame(rows, columns=columns), pd.DataFrame(items))
    mixed = run_checks(
        data.draw(st.permutations(checks)),
        pd.DataFrame(data.draw(st.permutations(rows)), columns=columns),
        pd.DataFrame(data.draw(st.permutations(items))),
    )
    pd.testing.assert_frame_equal(straight, mixed)
    key = list(FINDINGS.key)
    assert len(straight) == len(rows) * len(checks)
    assert straight[key].to_records(index=False).tolist() == sorted(straight[key].to_records(index=False).tolist())


def test_partitions_of_the_responses_give_the_findings_of_the_whole():
    items = pd.DataFrame({"item_id": ["q1"], "language": ["en"]})
    rows = responses_of({}, {"system_id": "b", "text": "I cannot help."}, {"sample": 2, "status": "empty"})
    checks = [bind("m.refusal", "refusal"), bind("m.grade", "readability")]
    parts = pd.concat([run_checks(checks, rows.iloc[[index]], items) for index in (2, 0, 1)])
    whole = run_checks(checks, rows, items)
    plain = {name: "str" if dtype == "category" else dtype for name, dtype in FINDING_COLUMNS.items()}
    in_order = parts.astype(plain).sort_values(list(FINDINGS.key), ignore_index=True)
    pd.testing.assert_frame_equal(in_order, whole.astype(plain))


def test_no_responses_or_no_checks_give_an_empty_table_of_the_same_form():
    items = pd.DataFrame({"item_id": ["q1"]})
    for found in (
        run_checks([bind("m.c", "refusal")], responses_of({}).iloc[:0], items),
        run_checks([], responses_of({}), items),
    ):
        assert len(found) == 0
        assert {name: str(dtype) for name, dtype in found.dtypes.items()} == dict(FINDING_COLUMNS)


@pytest.mark.parametrize(
    ("probes", "rows", "items", "said"),
    [
        (["m.c", "m.c"], [{}], ["q1"], "CHK008 two checks have one probe id; found 'm.c'"),
        (["m.c"], [{}, {}], ["q1"], "CHK009 a key occurs twice; responses; found a, q1, 1"),
        (["m.c"], [{}], ["q1", "q1"], "CHK009 a key occurs twice; items; found q1"),
        (
            ["m.c"],
            [{"item_id": "q9"}],
            ["q1"],
            "a response names an item that is not there; responses, column item_id; found q9",
        ),
        (["m.c"], [{"status": "fine"}], ["q1"], "CHK009 a status is not known; responses, column status; found fine"),
    ],
)
def test_tables_that_do_not_fit_are_refused(probes, rows, items, said):
    checks = [bind(probe, "refusal") for probe in probes]
    with pytest.raises(CheckError) as caught:
        run_checks(checks, responses_of(*rows), pd.DataFrame({"item_id": items}))
    assert said in str(caught.value)


def test_every_missing_column_is_named_at_once():
    with pytest.raises(CheckError) as caught:
        run_checks([], responses_of({}).drop(columns=["status", "text"]), pd.DataFrame({"x": [1]}))
    places = [(problem.place.file, problem.place.column) for problem in caught.value.problems]
    assert places == [("responses", "status"), ("responses", "text"), ("items", "item_id")]


@pytest.mark.parametrize(
    ("tag", "code"), [("en", "en"), ("pt-BR", "pt"), ("zh_Hant_TW", "zh"), (" ", None), (None, None)]
)
def test_the_language_is_the_head_of_the_tag(tag, code):
    assert primary_language(tag) == code


def test_the_version_of_a_kind_is_part_of_its_source():
    assert bind("m.c", replace(check_kind("refusal"), version=7)).kind.source_id == "refusal:7"
