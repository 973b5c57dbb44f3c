"""What the rules of a study do whatever its systems are: how often a veto strikes, how often an unfit system passes.

May import terms, stats and the scoring ground. Closed forms beside the verdicts; none of them changes a state.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dualtrack.rubric.gate import VetoGate
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.gates import gate_items
from dualtrack.scoring.plan import Plan
from dualtrack.stats.operating import veto_strikes
from dualtrack.terms import GateKind

__all__ = ["veto_curve_rows"]

RATES: Mapping[str, float] = {
    "strikes_at_0_1": 0.001,
    "strikes_at_0_5": 0.005,
    "strikes_at_1": 0.01,
    "strikes_at_2": 0.02,
}


def veto_curve_rows(plan: Plan, gates: Sequence[Row]) -> Iterator[Row]:
    """The operating curve of every veto, for each system by what was looked at.

    Definition: 1 - (1 - rate)^m, m the items looked at in full as independent ones: n_effective times the assessed
    share of the planned items.

    Args:
        plan: the plan.
        gates: rows of the gates table.
    """
    responses = _responses(plan)
    for row in gates:
        if row["kind"] != GateKind.veto:
            continue
        n, assessed = row["n"] or 0, row["n_assessed"] or 0
        independent = (row["n_effective"] or 0.0) * assessed / n if n else 0.0
        yield {
            "system_id": row["system_id"],
            "gate_id": row["gate_id"],
            "track": row["track"],
            "n_assessed": assessed,
            "n_responses": responses.get((row["gate_id"], row["system_id"]), 0),
            "n_effective": independent,
            **{name: veto_strikes(rate, independent) for name, rate in RATES.items()},
        }


def _responses(plan: Plan) -> dict[tuple[str, str], int]:
    """Responses of each system that each veto is about, repeats counted."""
    found = {}
    for mp in plan.metrics:
        for gate in mp.metric.gates:
            if isinstance(gate, VetoGate):
                cells = np.flatnonzero(mp.cells)
                mine = cells[gate_items(plan, gate.stratum)[plan.item_of(cells)]]
                count = np.bincount(plan.system_of(mine), minlength=len(plan.systems))
                for system, n in zip(plan.systems, count.tolist(), strict=True):
                    found[f"{mp.metric.id}.{gate.id}", system] = int(n)
    return found
