"""The plan: what is owed, where a metric applies, and what is refused before anything is computed."""

import json

import numpy as np
import pytest

from dualtrack.errors import CheckError, ScoringError
from dualtrack.records.study import StudyFile
from dualtrack.scoring.engine import bound_checks
from dualtrack.scoring.plan import STATUSES, make_plan
from tests import builders


def plan_of(metric=None, *, study=None, **rows):
    rows = {"items": builders.items(3), "responses": builders.responses(("a", "b"), 3)} | rows
    rubric = builders.rubric([metric or builders.metric()])
    return make_plan(rubric, study or builders.study(), builders.tables(**rows))


def test_every_system_owes_every_item_and_every_response_its_ratings():
    plan = plan_of()
    assert plan.planned.all()
    assert plan.n_responses == 6
    assert plan.metrics[0].owed.tolist() == [2] * 6


def test_as_listed_the_rows_of_responses_are_the_plan():
    rows = builders.responses(("a", "b"), 3)[:4]
    plan = plan_of(study=builders.study(responses="as_listed"), responses=rows)
    assert plan.planned.tolist() == [True, True, True, True, False, False]


def test_without_responses_all_count_as_withheld_and_stay_owed():
    plan = plan_of(responses=[])
    assert plan.planned.all()
    assert {STATUSES[code] for code in plan.status} == {"withheld"}
    assert plan.metrics[0].cells.all()


def test_a_missing_row_of_responses_was_not_run_and_stays_owed():
    plan = plan_of(responses=builders.responses(("a",), 3))
    assert plan.planned.all()
    assert [STATUSES[code] for code in plan.status] == ["answered"] * 3 + ["not_run"] * 3


@pytest.mark.parametrize(
    ("condition", "applies"),
    [
        ({"reference.avoid.severity": ["absolute"]}, [True, False, False]),
        ({"reference.avoid.severity": ["absolute", "relative"]}, [True, True, False]),
        ({"reference.avoid": "present"}, [True, True, False]),
        ({"language": ["en"]}, [True, True, True]),
        ({"tags": ["x"]}, [False, True, False]),
        ({"strata.age": ["child"], "language": ["en"]}, [False, False, True]),
        ({"reference.elements.critical": [False]}, [False, True, False]),
        ({"reference.elements.critical": [0]}, [False, False, False]),  # 0 is a number, not false
    ],
)
def test_a_metric_applies_where_the_item_says_so(condition, applies):
    items = builders.items(3, language="en")
    items[0] |= {"reference": {"avoid": [{"id": "a1", "severity": "absolute"}]}}
    items[1] |= {"reference": {"avoid": [{"severity": "relative"}], "elements": [{"critical": False}]}, "tags": ["x"]}
    items[2] |= {"strata": {"age": "child"}}
    plan = plan_of(builders.metric(applies_when=condition), items=items)
    assert plan.metrics[0].applies.tolist() == applies
    assert plan.metrics[0].cells.tolist() == applies * 2


def test_assignments_replace_the_number_owed_and_what_they_leave_out_is_not_missing():
    owed = [{"system_id": "a", "item_id": "i000", "scale_id": "quality", "rater_id": f"r{k}"} for k in range(3)]
    mp = plan_of(assignments=owed).metrics[0]
    assert mp.owed.tolist() == [3, 0, 0, 0, 0, 0]
    assert mp.cells.sum() == 1
    assert mp.n_sampled_out == 5


@pytest.mark.parametrize(("rule", "n"), [("item_id", 4), ("family_id", 2), ("conversation_id", 4), ("strata.topic", 2)])
def test_clusters_follow_the_plan_and_an_item_without_one_stands_alone(rule, n):
    items = builders.items(4, family_id=lambda k: f"f{k % 2}", strata=lambda k: {"topic": f"t{k % 2}"})
    assert len(plan_of(study=builders.study(cluster=rule), items=items).clusters) == n


def test_overrides_change_the_value_used_and_leave_the_rubric_alone():
    metric = builders.metric(
        ratings={"scale": "quality", "fail_when": {"at_most": "2"}},
        gates=[{"id": "rate", "kind": "failure_at_most", "limit": 0.1}],
    )
    study = changed(overrides=[override("weight.value", 4), override("gates.rate.limit", 0.2)])
    used = plan_of(metric, study=study).metrics[0].metric
    assert (used.weight.value, used.gates[0].limit) == (4, 0.2)
    assert (metric.weight.value, metric.gates[0].limit) == (1, 0.1)


def changed(plan=None, **keys):
    """The synthetic study with some keys replaced."""
    plain = builders.study().model_dump(mode="json", by_alias=True)
    plain["plan"] |= plan or {}
    return StudyFile.model_validate_json(json.dumps(plain | keys))


def override(field, value, metric="accuracy"):
    return {"metric": metric, "field": field, "value": value, "reason": "r", "by": "b", "at": "2026-01-05"}


def out(metric):
    return {"out": [{"metric": metric, "reason": "r", "by": "b", "at": "2026-01-05"}]}


@pytest.mark.parametrize(
    ("code", "study", "rows", "found"),
    [
        ("SCO001", {"scope": out("acuracy")}, {}, "'acuracy'"),
        ("SCO001", {"overrides": [override("weight.value", 1, "nothing")]}, {}, "'nothing'"),
        ("SCO001", {"plan": {"comparisons": {"margins": {"x": 0.1}}}}, {}, "'x'"),
        ("SCO002", {"overrides": [override("title", 1)]}, {}, "accuracy: title = 1"),
        ("SCO002", {"overrides": [override("weight.value", 6)]}, {}, "accuracy: weight.value = 6"),
        ("SCO003", {"plan": {"strata": {"report": ["age"]}}}, {}, "'age'"),
        ("SCO003", {"plan": {"cluster": "strata.topic"}}, {}, "'topic'"),
        ("SCO004", {"plan": {"responses": "as_listed"}}, {"responses": []}, "as_listed without a table of responses"),
        (
            "SCO005", {}, {"responses": [{**builders.responses("a", 1)[0], "sample": 2}]}, "1 rows, highest sample 2",
        ),
        ("SCO006", {"plan": {"ratings_per_unit": {"qualty": 3}}}, {}, "'qualty'"),
    ],
)  # fmt: skip
def test_a_study_that_does_not_fit_its_rubric_is_refused(code, study, rows, found):
    with pytest.raises(ScoringError) as caught:
        plan_of(study=changed(**study), **rows)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert caught.value.problems[0].found == found
    assert caught.value.problems[0].expected
    assert caught.value.problems[0].fix


@pytest.mark.parametrize(
    "changes",
    [
        {
            "quantity": {"type": "proportion", "per": "element", "pool": "items", "show": "success_rate"},
            "combine": "prediction_powered", "checks": [{"id": "c", "kind": "refusal", "proof": "clinicians"}],
        },
        {"quantity": {"type": "calibration", "per": "response", "show": "brier"}},
        {
            "quantity": {
                "type": "paired_difference", "per": "pair", "show": "difference", "of": {"ratings": True},
                "pairs": {"within": "item_id", "by": "sample"},
            },
            "combine": "worst_of", "checks": [{"id": "c", "kind": "refusal", "proof": "clinicians"}],
        },
    ],
)  # fmt: skip
def test_a_rule_that_this_version_cannot_compute_is_refused_and_may_be_taken_out_of_scope(changes):
    metric = builders.metric(**changes)
    with pytest.raises(ScoringError) as caught:
        plan_of(metric)
    assert caught.value.code == "SCO007"
    assert plan_of(metric, study=changed(scope=out("accuracy"))).metrics == ()


def test_all_contradictions_are_named_at_once():
    with pytest.raises(ScoringError) as caught:
        plan_of(study=changed(scope=out("x"), plan={"strata": {"report": ["y"]}, "ratings_per_unit": {"z": 1}}))
    assert [problem.code for problem in caught.value.problems] == ["SCO001", "SCO003", "SCO006"]


def test_the_plan_never_looks_at_a_judgement():
    with_ratings = plan_of(ratings=builders.ratings({("a", 0): ["5", "5"]}))
    without = plan_of()
    assert np.array_equal(with_ratings.metrics[0].owed, without.metrics[0].owed)
    assert np.array_equal(with_ratings.metrics[0].cells, without.metrics[0].cells)


def test_all_checks_that_cannot_run_are_named_before_any_runs():
    checks = [{"id": "one", "kind": "refusl", "proof": "clinicians"}]
    two = [{"id": "two", "kind": "readability", "proof": "clinicians", "params": {"max_grad": 8}}]
    metrics = [
        builders.metric("first", code="E01", checks=checks, combine="worst_of"),
        builders.metric("second", code="E02", checks=two, combine="worst_of"),
    ]
    tables = builders.tables(items=builders.items(1))
    plan = make_plan(builders.rubric(metrics), builders.study(), tables)
    with pytest.raises(CheckError) as caught:
        bound_checks(plan)
    assert [problem.place.column for problem in caught.value.problems] == ["checks[0]", "checks[0].params.max_grad"]
