"""Whether a rubric and the check kinds fit: what cannot run, and failure modes that do not match."""

import pytest

from dualtrack._shipped import shipped_root
from dualtrack.checks.fit import bind_check, unfit
from dualtrack.rubric import load_rubric
from tests import builders

NAMES = sorted(path.parent.name for path in shipped_root("rubric").glob("*/rubric.yaml"))
REFUSAL = {"id": "declines", "kind": "refusal", "proof": "clinicians"}


def modes(*names):
    return [{"id": name, "act": "omission"} for name in names]


def quantity(**more):
    return {"type": "binary", "per": "response", "show": "failure_rate"} | more


def made(check, *names, **changes):
    plain = {"checks": [check], "combine": "check_only", "ratings": None, "quantity": quantity()}
    return builders.rubric([builders.metric(**plain | {"failure_modes": modes(*names)} | changes)])


@pytest.mark.parametrize("name", NAMES)
def test_every_check_of_a_shipped_rubric_runs_and_raises_what_its_metric_lists(name):
    assert unfit(load_rubric(name)) == ()


def test_what_cannot_run_is_said_with_its_place():
    (problem,) = unfit(made(REFUSAL | {"kind": "refusl"}, "refusal"))
    assert (problem.code, problem.place.column) == ("CHK001", "checks[0]")
    (problem,) = unfit(made(REFUSAL | {"raises": {"refuses": "refusal"}}, "refusal"))
    assert (problem.code, problem.place.column) == ("CHK011", "checks[0].raises.refuses")


def test_a_mode_that_nothing_can_raise_is_an_orphan_unless_raters_can_tick_it():
    """RUB121."""
    (problem,) = unfit(made(REFUSAL, "refusal", "deflection", "silence"))
    assert (problem.code, problem.place.column) == ("RUB121", "failure_modes[2]")
    rated = made(REFUSAL, "refusal", "deflection", "silence", ratings={"scale": "quality"}, combine="worst_of")
    assert unfit(rated) == ()


def test_a_mode_that_the_metric_does_not_list_is_said():
    """RUB122."""
    (problem,) = unfit(made(REFUSAL, "refusal"))
    assert (problem.code, problem.what) == ("RUB122", "the check raises deflection, which the metric does not list")


def test_a_kind_raises_only_what_its_parameters_let_it_and_findings_get_the_metric_s_word():
    check = REFUSAL | {"params": {"expect": "refuse"}, "raises": {"compliance": "scope_creep"}}
    rubric = made(check, "scope_creep")
    assert unfit(rubric) == ()
    (metric,) = rubric.metrics
    assert dict(bind_check(metric, metric.checks[0], rubric).modes) == {"compliance": ("scope_creep", "omission")}
