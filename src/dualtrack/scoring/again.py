"""What is kept of single responses for repeats, and what is counted of responses that are no answer.

May import numpy, terms and the scoring ground. Sums by item do not say how the repeats of an item differ, nor which
values belong to a refusal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dualtrack.scoring.arrays import NONE, BoolArray, IntArray
from dualtrack.scoring.evidence import REASONS, Evidence
from dualtrack.scoring.plan import STATUSES, MetricPlan, Plan
from dualtrack.terms import Reason, ResponseStatus

__all__ = ["NON_ANSWERS", "Again", "NonAnswers", "again_of", "merge_again", "merge_non_answers", "non_answers_of"]

NON_ANSWERS = (Reason.refused, Reason.empty, Reason.unparsed)
"""Reasons for which a response is no answer: the system refused, said nothing, or nothing could be read in it."""
_STATUS = (ResponseStatus.refused, ResponseStatus.empty)


@dataclass(frozen=True, slots=True)
class Again:
    """The primary evidence of single responses (``cells``), where items were put to a system more than once.

    Values in millionths; ``observed`` is NONE where there is none, ``worst`` and ``best`` are always there.
    """

    cells: IntArray
    observed: IntArray
    worst: IntArray
    best: IntArray


@dataclass(frozen=True, slots=True)
class NonAnswers:
    """Responses that are no answer, counted by system and item.

    Attributes:
        silent, silent_units: those without a value, and their units, at least one each.
        judged, judged_units: those that were judged all the same, and their units.
        value, failed, below: of the judged ones the sum of values in millionths, failing units, and how many fail.
    """

    silent: IntArray
    silent_units: IntArray
    judged: IntArray
    judged_units: IntArray
    value: IntArray
    failed: IntArray
    below: IntArray


def again_of(plan: Plan, mp: MetricPlan, evidence: Evidence) -> Again | None:
    """What to keep of single responses; None where a study has no repeats, or the metric compares pairs.

    Args:
        plan: the plan.
        mp: the metric.
        evidence: its primary evidence.
    """
    if plan.samples == 1 or mp.pairs is not None:
        return None
    return Again(evidence.cells, evidence.observed, evidence.worst, evidence.best)


def non_answers_of(plan: Plan, mp: MetricPlan, evidence: Evidence, *, fails_under: int) -> NonAnswers | None:
    """Count the responses that are no answer; None for a metric of pairs, where a response stands in several.

    Args:
        plan: the plan.
        mp: the metric.
        evidence: its primary evidence.
        fails_under: value in millionths below which a response fails.
    """
    if mp.pairs is not None:
        return None
    seen = evidence.observed != NONE
    said = np.isin(plan.status[evidence.cells], [STATUSES.index(word) for word in _STATUS])
    silent = ~seen & (said | np.isin(evidence.reason, [REASONS.index(reason) for reason in NON_ANSWERS]))
    judged = seen & said
    total = _adder(plan, evidence.cells)
    return NonAnswers(
        silent=total(silent),
        silent_units=total(np.where(silent, np.maximum(evidence.n_units, 1), 0)),
        judged=total(judged),
        judged_units=total(np.where(judged, evidence.n_units, 0)),
        value=total(np.where(judged, evidence.observed, 0)),
        failed=total(np.where(judged, evidence.n_failed, 0)),
        below=total(judged & evidence.failing(fails_under).observed),
    )


def _adder(plan: Plan, cells: IntArray) -> Callable[[IntArray | BoolArray], IntArray]:
    shape = (len(plan.systems), plan.n_items)
    place = plan.system_of(cells) * plan.n_items + plan.item_of(cells)

    def total(values: IntArray | BoolArray) -> IntArray:
        summed = np.bincount(place, weights=values, minlength=shape[0] * shape[1])
        return np.rint(summed).astype(np.int64).reshape(shape)

    return total


def merge_again(parts: Sequence[Again]) -> Again | None:
    """Put the responses of partitions together, in their order; None without any part.

    Args:
        parts: what the partitions kept.
    """
    if not parts:
        return None
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Again.__slots__}
    order = np.argsort(joined["cells"], kind="stable")
    return replace(parts[0], **{name: values[order] for name, values in joined.items()})


def merge_non_answers(parts: Sequence[NonAnswers]) -> NonAnswers | None:
    """Add the counts of partitions; None without any part.

    Args:
        parts: what the partitions counted.
    """
    if not parts:
        return None
    return NonAnswers(
        **{name: np.sum([getattr(part, name) for part in parts], axis=0) for name in NonAnswers.__slots__}
    )
