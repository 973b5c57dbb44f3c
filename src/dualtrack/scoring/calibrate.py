"""Calibration: stated confidence held against another metric's verdict on the same response.

May import terms and the scoring ground. The two metrics belong to one track and share their partition, so the value is
made right after the one it derives from.
"""

from dataclasses import dataclass

import numpy as np

from dualtrack.rubric.metric import Metric
from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray
from dualtrack.scoring.evidence import REASONS, Evidence
from dualtrack.scoring.fills import Fails
from dualtrack.terms import Reason

__all__ = ["Statements", "calibration_evidence", "confident_from", "statements_of"]


@dataclass(frozen=True, slots=True)
class Statements:
    """Every response with a stated confidence that is known to be right or wrong, sorted by all columns."""

    system: IntArray
    item: IntArray
    confidence: IntArray
    right: IntArray

    @classmethod
    def sorted(cls, system: IntArray, item: IntArray, confidence: IntArray, right: IntArray) -> "Statements":
        """The statements in an order that depends on nothing but them."""
        order = np.lexsort((right, confidence, item, system))
        return cls(system[order], item[order], confidence[order], right[order])

    def of(self, system: int) -> "Statements":
        """Those of one system."""
        mine = self.system == system
        return Statements(self.system[mine], self.item[mine], self.confidence[mine], self.right[mine])


def confident_from(metric: Metric) -> int | None:
    """Confidence in millionths from which an error counts as confidently wrong; None where the metric names none."""
    stated = [also.above for also in metric.quantity.also if also.show == "overconfident_wrong"]
    return round(stated[0] * TOP) if stated else None


def calibration_evidence(stated: Evidence, correct: Evidence, *, passes_from: int, confident: int | None) -> Evidence:
    """Join stated confidence x and correctness c of each response: 1 - (x - c)^2.

    Args:
        stated: what the check says over the cells of the calibration metric; ``raw`` is the confidence.
        correct: what the other metric says; its cells hold those of ``stated``.
        passes_from: value in millionths from which a response counts as right.
        confident: confidence in millionths from which an error is confidently wrong; None where nothing is asked.

    Returns:
        Evidence for the cells of ``stated``. Where only one of both is known the bounds keep to what it allows.
        Missing: without a confidence (the check's reason, not_stated where it has none), outside 0..1 (unparsed), or
        without correctness (the other metric's reason).
    """
    at = np.searchsorted(correct.cells, stated.cells)
    known = correct.observed[at] != NONE
    right = correct.observed[at] >= passes_from
    may_be_right, may_be_wrong = correct.best[at] >= passes_from, correct.worst[at] < passes_from
    said = (stated.observed != NONE) & stated.has_raw
    inside = said & (stated.raw >= 0) & (stated.raw <= TOP)
    confidence = np.where(inside, stated.raw, 0)
    if_right, if_wrong = _score(TOP - confidence), _score(confidence)
    worst = np.minimum(np.where(may_be_right, if_right, TOP), np.where(may_be_wrong, if_wrong, TOP))
    best = np.maximum(np.where(may_be_right, if_right, 0), np.where(may_be_wrong, if_wrong, 0))
    seen = inside & known
    return Evidence(
        cells=stated.cells,
        observed=np.where(seen, np.where(right, if_right, if_wrong), NONE),
        worst=np.where(inside, worst, 0),
        best=np.where(inside, best, TOP),
        n_units=np.ones(seen.size, dtype=np.int64),
        n_failed=(seen & ~right).astype(np.int64),
        n_ratings=correct.n_ratings[at],
        raw=confidence,
        has_raw=inside,
        reason=np.where(seen, NONE, _reasons(stated, correct.reason[at], said=said, inside=inside)),
        fails=_confidently_wrong(
            confidence, inside, seen & ~right, surely=~may_be_right, possibly=may_be_wrong, confident=confident
        ),
    )


def statements_of(system: IntArray, item: IntArray, evidence: Evidence) -> Statements:
    """The statements behind the observed values of a calibration metric.

    Args:
        system: system of each response.
        item: item of each response.
        evidence: of the metric.
    """
    seen = evidence.observed != NONE
    right = (evidence.n_failed[seen] == 0).astype(np.int64)
    return Statements.sorted(system[seen], item[seen], evidence.raw[seen], right)


def _score(error: IntArray) -> IntArray:
    """1 - error^2 in millionths, rounded half up."""
    squared: IntArray = (error * error + TOP // 2) // TOP
    return TOP - squared


def _reasons(stated: Evidence, why_not: IntArray, *, said: BoolArray, inside: BoolArray) -> IntArray:
    nothing, unread = REASONS.index(Reason.not_stated), REASONS.index(Reason.unparsed)
    unknown = np.where(why_not == NONE, REASONS.index(Reason.no_evidence), why_not)
    unsaid = np.where(stated.reason == NONE, nothing, stated.reason)
    return np.where(~said, unsaid, np.where(~inside, unread, unknown))


def _confidently_wrong(
    confidence: IntArray,
    inside: BoolArray,
    wrong: BoolArray,
    *,
    surely: BoolArray,
    possibly: BoolArray,
    confident: int | None,
) -> Fails:
    """What a limit gate counts: an error stated with at least so much confidence."""
    if confident is None:
        nowhere = np.zeros(inside.size, dtype=np.bool_)
        return Fails(nowhere, nowhere, nowhere)
    loud = inside & (confidence >= confident)
    return Fails(loud & wrong, (loud | ~inside) & possibly, loud & surely)
