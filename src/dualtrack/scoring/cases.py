"""The exact responses behind each gate.

May import rubric and the scoring ground.
"""

from collections.abc import Iterator

import numpy as np

from dualtrack.rubric.gate import LimitGate, MarginGate, MinNGate, RelativeGate, VetoGate
from dualtrack.scoring.arrays import NONE, TOP
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.evidence import Evidence
from dualtrack.scoring.gates import gate_items
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.sums import gate_threshold
from dualtrack.scoring.veto import VetoCells

__all__ = ["limit_cases", "veto_cases"]


def limit_cases(
    plan: Plan, mp: MetricPlan, gate: LimitGate | MarginGate | RelativeGate | MinNGate, evidence: Evidence
) -> Iterator[Row]:
    """Responses of one partition that fail a gate, or whose owed and missing judgement could make them fail.

    Of a gate on a difference within pairs the pairs that differ, at their second response; of one against a comparator
    the failing responses of every system, the comparator's among them; of a least number those without a value alone.

    Args:
        plan: the plan.
        mp: the metric.
        gate: the gate.
        evidence: the primary evidence of the partition.

    Yields:
        Rows of the gate_cases table with ``why`` failing or missing.
    """
    about = gate_items(plan, getattr(gate, "stratum", None))[plan.item_of(evidence.cells)]
    if isinstance(gate, MinNGate):
        rank = np.where(about & (evidence.observed == NONE), 1, 2)
    else:
        threshold = TOP if isinstance(gate, MarginGate) else gate_threshold(mp, gate)
        fails = evidence.failing(threshold)
        rank = np.select([about & fails.observed, about & fails.worst & ~fails.best], [0, 1], default=2)
    order = np.lexsort((rank, evidence.cells))  # a repeat may stand in several pairs; the worst of them is told
    cells, first = np.unique(evidence.cells[order], return_index=True)
    why = np.array(["failing", "missing", ""], dtype=object)[rank[order][first]]
    yield from _rows(plan, f"{mp.metric.id}.{gate.id}", cells, why)


def veto_cases(plan: Plan, mp: MetricPlan, gate: VetoGate, known: VetoCells, *, ruling: np.ndarray) -> Iterator[Row]:
    """Responses behind a veto: confirmed, open, cleared, or not looked at in full.

    Args:
        plan: the plan.
        mp: the metric.
        gate: the veto.
        known: what is known of each planned response.
        ruling: rulings with the dispositions joined, from ``rulings``.

    Yields:
        Rows of the gate_cases table.
    """
    about = gate_items(plan, gate.stratum)[plan.item_of(known.cells)]
    raised = known.raised | (ruling == 1)
    why = np.select(
        [~about, ruling == 1, raised & (ruling != 0), raised, ~known.complete],
        ["", "confirmed", "open", "cleared", "missing"],
        default="",
    )
    yield from _rows(plan, f"{mp.metric.id}.{gate.id}", known.cells, why)


def _rows(plan: Plan, gate_id: str, cells: np.ndarray, why: np.ndarray) -> Iterator[Row]:
    chosen = cells[why != ""]
    names = zip(plan.system_of(chosen), plan.item_of(chosen), plan.sample_of(chosen), why[why != ""], strict=True)
    for system, item, sample, word in names:
        yield {
            "system_id": plan.systems[system],
            "gate_id": gate_id,
            "item_id": plan.items[item],
            "sample": int(sample),
            "why": str(word),
        }
