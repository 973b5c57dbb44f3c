"""Accountability: how many responses reached each stage, and why the others did not.

May import terms and the scoring ground.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dualtrack.scoring.arrays import BoolArray, IntArray
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import STATUSES, Plan, response_index
from dualtrack.scoring.sums import MetricSums
from dualtrack.terms import Outcome, Reason, ResponseStatus

__all__ = ["accountability_rows"]

_RAN = (ResponseStatus.answered, ResponseStatus.withheld, ResponseStatus.truncated)
_LOST = {
    ResponseStatus.refused: Reason.refused,
    ResponseStatus.empty: Reason.empty,
    ResponseStatus.error: Reason.no_response,
    ResponseStatus.not_run: Reason.no_response,
}


def accountability_rows(plan: Plan, findings: pd.DataFrame, sums: tuple[MetricSums, ...]) -> Iterator[Row]:
    """Rows of the accountability table.

    Stages: planned; run (a response came back, even an empty or refusing one); answered (it holds an answer, whole
    or cut off, in this copy or withheld); scored (at least one judgement passes or fails it or places it on a
    scale); analysed (at least one metric has a value). Each stage counts what reached it and, by reason, what was
    lost on the way from the stage before.

    Args:
        plan: the plan.
        findings: all findings.
        sums: item sums per metric.

    Yields:
        Per system and stage one row with ``reason`` "" that counts the stage, then one per reason for losses.
    """
    scored = _scored(plan, findings)
    every = np.arange(plan.n_responses, dtype=np.int64)
    status = plan.status
    ran = plan.planned & ~np.isin(
        status, [STATUSES.index(ResponseStatus.not_run), STATUSES.index(ResponseStatus.error)]
    )
    answered = ran & np.isin(status, [STATUSES.index(word) for word in _RAN])
    for system, system_id in enumerate(plan.systems):
        mine = plan.system_of(every) == system
        reached = plan.planned & mine
        yield _count(system_id, "planned", reached)
        for stage, there in (("run", ran), ("answered", answered), ("scored", scored & plan.planned)):
            now = there & mine
            yield _count(system_id, stage, now)
            yield from _losses(plan, system_id, stage, reached & ~now)
            reached = now
        by_item = np.bincount(plan.item_of(every[reached]), minlength=plan.n_items).astype(np.int64)
        analysed = _analysed(sums, system, by_item)
        yield {"system_id": system_id, "stage": "analysed", "n": analysed, "reason": "", "n_lost": 0}
        lost = int(reached.sum()) - analysed
        if lost > 0:
            yield _lost(system_id, "analysed", Reason.no_evidence, lost)


def _count(system_id: str, stage: str, reached: BoolArray) -> Row:
    return {"system_id": system_id, "stage": stage, "n": int(reached.sum()), "reason": "", "n_lost": 0}


def _lost(system_id: str, stage: str, reason: Reason, n_lost: int) -> Row:
    return {"system_id": system_id, "stage": stage, "n": 0, "reason": reason.value, "n_lost": n_lost}


def _losses(plan: Plan, system_id: str, stage: str, lost: BoolArray) -> Iterator[Row]:
    reasons = [
        Reason.no_evidence if stage == "scored" else _LOST.get(STATUSES[code], Reason.no_evidence)
        for code in plan.status[lost]
    ]
    for reason in sorted(set(reasons)):
        yield _lost(system_id, stage, reason, reasons.count(reason))


def _scored(plan: Plan, findings: pd.DataFrame) -> BoolArray:
    result = np.zeros(plan.n_responses, dtype=np.bool_)
    outcome = findings["outcome"].astype("object")
    heard = (outcome.isna() | outcome.isin([Outcome.passed.value, Outcome.failed.value])).to_numpy()
    place = response_index((plan.systems, plan.items, plan.samples), findings[heard])
    result[place[place >= 0]] = True
    return result


def _analysed(sums: tuple[MetricSums, ...], system: int, reached: IntArray) -> int:
    """Responses of one system with a value on at least one metric, on any basis that is the primary one."""
    if not sums:
        return 0
    most = np.max([each.by_basis[PRIMARY].assessed[system] for each in sums], axis=0)
    return int(np.minimum(most, reached).sum())
