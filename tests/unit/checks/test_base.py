"""A judgement cannot contradict itself, nor can a kind."""

from dataclasses import replace

import pytest

from dualtrack.checks import FailureMode, Judgement, check_kind
from dualtrack.terms import Outcome, Reason


@pytest.mark.parametrize(
    ("outcome", "others"),
    [
        (Outcome.passed, {"failure_mode": "refusal"}),
        (Outcome.failed, {}),
        (Outcome.passed, {"reason": Reason.empty}),
        (Outcome.not_assessable, {}),
        (Outcome.error, {"failure_mode": "refusal", "reason": Reason.check_error}),
        (Outcome.not_assessable, {"reason": Reason.empty, "value": 0.0}),
        (Outcome.passed, {"value": float("nan")}),
        (Outcome.failed, {"failure_mode": "refusal", "value": float("inf")}),
    ],
)
def test_a_judgement_that_contradicts_itself_is_refused(outcome, others):
    with pytest.raises(ValueError, match="belongs"):
        Judgement(outcome, **others)


@pytest.mark.parametrize("name", ["Refusal", "re-fusal", "", "9lives", "a" * 65])
def test_the_name_of_a_kind_is_snake_case(name):
    with pytest.raises(ValueError, match="snake_case"):
        replace(check_kind("refusal"), name=name)


def test_two_failure_modes_of_one_id_are_refused():
    mode = FailureMode("refusal", "omission", "declines")
    with pytest.raises(ValueError, match="one id"):
        replace(check_kind("refusal"), failure_modes=(mode, mode))


def test_the_act_comes_from_the_declared_failure_mode():
    kind = check_kind("refusal")
    assert kind.act_of("refusal") == "omission"
    assert kind.act_of("compliance") == "commission"
    assert kind.act_of(None) is None
    with pytest.raises(KeyError):
        kind.act_of("rudeness")
