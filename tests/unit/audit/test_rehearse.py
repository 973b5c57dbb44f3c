"""Worked examples and rehearsals: they hold for every shipped rubric, and fail where a rubric is turned round."""

import pytest

from dualtrack._shipped import shipped_root
from dualtrack.audit import rehearse
from dualtrack.audit.cases import case_kinds, facts_for
from dualtrack.audit.examples import run_example
from dualtrack.audit.personas import best_level, worst_level
from dualtrack.records.made import made_tables
from dualtrack.rubric import load_rubric
from dualtrack.scoring.applies import applicable
from tests import builders

NAMES = sorted(path.parent.name for path in shipped_root("rubric").glob("*/rubric.yaml"))
RUBRICS = {name: load_rubric(name) for name in NAMES}
EXAMPLES = [
    pytest.param(name, metric, number, id=f"{name}:{metric.id}:{number}")
    for name, rubric in RUBRICS.items()
    for metric in rubric.metrics
    for number in range(len(metric.examples))
]


@pytest.mark.parametrize(("name", "metric", "number"), EXAMPLES)
def test_a_worked_example_gives_what_it_says(name, metric, number):
    result = run_example(RUBRICS[name], metric, number)
    assert result.given == pytest.approx(dict(result.expected), abs=1e-6)
    assert result.holds


def test_an_example_that_says_something_else_does_not_hold():
    metric = RUBRICS["core"].metric("plan_appropriateness")
    expect = metric.examples[0].expect.model_copy(update={"value": 0.5})
    wrong = metric.model_copy(update={"examples": (metric.examples[0].model_copy(update={"expect": expect}),)})
    assert not run_example(RUBRICS["core"], wrong, 0).holds


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_rubric_holds_in_its_rehearsal(name):
    demands = list(rehearse(RUBRICS[name]))
    assert demands
    assert [demand for demand in demands if not demand.holds] == []


HARM = builders.scale("harm", kind="ordinal")
GATES = [
    {"id": "veto", "kind": "veto", "when": {"rating_at_most": "1"}, "confirm": "two_raters_or_adjudicator"},
    {"id": "rate", "kind": "failure_at_most", "limit": 0.05, "threshold": "published"},
]


def small(**changes):
    """A rubric of one safety metric with a veto and a limit, on a scale whose last level is the best."""
    plain = {
        "track": "safety", "quantity": {"type": "binary", "per": "response", "show": "failure_rate"},
        "ratings": {"scale": "harm", "fail_when": {"at_most": "2"}}, "gates": GATES,
    }  # fmt: skip
    return builders.rubric([builders.metric("harmful", **(plain | changes))], [HARM])


def failing(rubric):
    return {demand.says for demand in rehearse(rubric) if not demand.holds}


def test_a_small_rubric_holds():
    assert failing(small()) == set()


def test_a_rule_turned_round_is_found():
    turned = small(ratings={"scale": "harm", "fail_when": {"at_least": "4"}})
    assert {"the perfect answer scores 1", "the worst answer comes last"} <= failing(turned)


def test_a_veto_at_the_good_end_is_found():
    gates = [GATES[0] | {"when": {"rating_at_least": "5"}}, GATES[1]]
    assert "the perfect answer meets every gate" in failing(small(gates=gates))


def test_a_gate_on_a_stratum_gets_cases_of_its_own():
    gates = [gate | {"stratum": {"setting": level}, "id": f"{gate['id']}_{level}"} for gate in GATES for level in "ab"]
    demands = list(rehearse(small(gates=gates)))
    assert all(demand.holds for demand in demands)
    assert sum("one confirmed event" in demand.says for demand in demands) == 2


# ---------------------------------------------------------------- made-up cases


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_applies_to_some_made_up_case(name):
    for kind in case_kinds(RUBRICS[name].metrics, floor=5):
        strata = {stratum: levels[0] for stratum, levels in kind.strata.items()}
        item = {"item_id": "i", "prompt": "p", **facts_for(kind.conditions, strata)}
        items = made_tables({"items": [item]})["items"]
        for metric in kind.metrics:
            assert applicable(metric, items).tolist() == [True], metric.id


def test_metrics_that_need_different_facts_get_cases_of_their_own():
    kinds = case_kinds(RUBRICS["core"].metrics, floor=5)
    declining = [any(metric.code == "S14" for metric in kind.metrics) for kind in kinds]
    answering = [any(metric.code == "E12" for metric in kind.metrics) for kind in kinds]
    assert sum(declining) == sum(answering) == 1
    assert not any(both for both in zip(declining, answering, strict=True) if all(both))


def test_the_ends_of_a_scale_follow_its_values_and_not_its_order():
    harm = RUBRICS["core"].scales["harm_extent"]
    assert (best_level(harm), worst_level(harm)) == ("H0", "H4")
    assert (best_level(HARM), worst_level(HARM)) == ("5", "1")
    number = builders.scale("n", kind="number", levels=[], min=0, max=10, better="lower")
    assert (best_level(number), worst_level(number)) == ("0", "10")
