"""Check kinds that exist in tests alone: synthetic, and named so."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dualtrack.checks import CheckInput, CheckKind, CheckParams, Judgement
from dualtrack.checks.registry import check_kind
from dualtrack.terms import Outcome, Reason


class NoParams(CheckParams):
    """Nothing to set."""


def judge(given: CheckInput, _params: NoParams) -> Judgement:
    """The confidence as stated; nothing else."""
    if given.confidence is None:
        return Judgement.undecided(Reason.not_stated)
    return Judgement(Outcome.passed, value=given.confidence)


STATED = CheckKind(
    name="made_up_confidence",
    version=1,
    title="Confidence as stated",
    claim="The value is the confidence that the response states.",
    blind_spots=("Everything else.",),
    unit="confidence, 0..1",
    params=NoParams,
    judge=judge,
    failure_modes=(),
    examples=(),
)


@contextmanager
def made_up_kinds() -> Iterator[None]:
    """Let rubrics use the made-up kinds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            sys.modules["dualtrack.checks.bind"],  # the package shows the function of this name
            "check_kind",
            lambda name, **where: STATED if name == STATED.name else check_kind(name, **where),
        )
        yield
