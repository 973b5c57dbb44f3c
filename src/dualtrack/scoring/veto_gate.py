"""Veto gates: one confirmed event fails the track at any score (VERDICTS, "Vetoes").

May import terms, stats, rubric, records and the scoring ground.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dualtrack.rubric.gate import LimitGate, VetoGate
from dualtrack.scoring.arrays import NONE, BoolArray, IntArray
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.gates import ALPHA, gate_items, gate_row, least_items
from dualtrack.scoring.plan import MetricPlan, Plan, response_index
from dualtrack.scoring.veto import VetoCells
from dualtrack.stats.proportion import effective_n, exact_upper, least_n
from dualtrack.terms import Reason, State

__all__ = ["decide_veto", "join_cells", "rulings", "veto_gate", "veto_needed"]


def join_cells(parts: Sequence[VetoCells]) -> VetoCells:
    """Put the veto cells of partitions together, in the order of the responses."""
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in VetoCells.__slots__}
    order = np.argsort(joined["cells"], kind="stable")
    return VetoCells(**{name: values[order] for name, values in joined.items()})


def veto_gate(plan: Plan, mp: MetricPlan, gate: VetoGate, known: VetoCells, *, ruling: IntArray, system: int) -> Row:
    """Decide one veto for one system.

    Definition: an event is confirmed when an adjudicator, or a named person's disposition, places the response at or
    beyond the veto level; open while it is raised by a check or any rater and not ruled on; cleared when ruled out. Not
    met with one confirmed event; met with none confirmed, none open, every planned response looked at in full, at least
    n items and a sealed study; otherwise not demonstrated.

    Args:
        plan: the plan.
        mp: the metric.
        gate: the veto.
        known: what is known of each planned response, all systems.
        ruling: rulings with the dispositions joined, from ``rulings``.
        system: index of the system.

    Returns:
        The row, with "k confirmed in n" and the upper limit of the event share (open and missing counted as events).
    """
    about = gate_items(plan, gate.stratum)[plan.item_of(known.cells)]
    mine = about & (plan.system_of(known.cells) == system)
    cells = known.cells[mine]
    ruling = ruling[mine]
    raised, complete = known.raised[mine] | (ruling == 1), known.complete[mine]
    looked = complete | (known.n_raters[mine] > 0) | raised
    confirmed, opened = ruling == 1, raised & (ruling == NONE)
    items, n_items = plan.item_of(cells), len(set(plan.item_of(cells).tolist()))
    assessed = len(set(items[complete].tolist()))
    needed = veto_needed(plan, mp, gate)
    state, reasons = decide_veto(
        plan,
        looked=looked,
        confirmed=confirmed,
        opened=opened,
        complete=complete,
        assessed=assessed,
        needed=needed,
    )
    return gate_row(plan, mp, gate.id, gate.kind, system=system) | {
        "limit": 0.0,
        "observed": _upper(plan, items, confirmed | opened | ~complete),
        "value": len(set(items[confirmed].tolist())) / n_items if n_items and looked.any() else None,
        "n": n_items,
        "n_assessed": assessed,
        "n_effective": _n_effective(plan, items),
        "n_needed": needed,
        "n_events": int(confirmed.sum()),
        "open_flags": int(opened.sum()),
        "state": state.value,
        "reasons": [reason.value for reason in reasons],
    }


def decide_veto(
    plan: Plan,
    *,
    looked: BoolArray,
    confirmed: BoolArray,
    opened: BoolArray,
    complete: BoolArray,
    assessed: int,
    needed: int,
) -> tuple[State, list[Reason]]:
    """State and reasons, from what is known of each planned response.

    Args:
        plan: the plan.
        looked: anybody or anything looked at it.
        confirmed: an event is confirmed there.
        opened: an event is raised there and not ruled on.
        complete: everything owed has looked at it.
        assessed: items with a response that was looked at in full.
        needed: least number of these.
    """
    if confirmed.any():
        return State.not_met, []
    if not looked.any():
        return State.not_assessed, [Reason.nothing_assessed]
    reasons = []
    if opened.any():
        reasons.append(Reason.flags_pending)
    if not complete.all():
        reasons.append(Reason.missing_evidence)
    if assessed < needed:
        reasons.append(Reason.too_few)
    if not plan.pre_specified:
        reasons.append(Reason.retrospective)
    return (State.not_demonstrated, reasons) if reasons else (State.met, [])


def rulings(plan: Plan, gate_id: str, known: VetoCells, dispositions: pd.DataFrame) -> IntArray:
    """Rulings of adjudicators, then what named persons recorded.

    Args:
        plan: the plan.
        gate_id: ``metric.gate``.
        known: what is known of each planned response.
        dispositions: the dispositions table.

    Returns:
        Per response 1 confirmed, 0 ruled out, NONE not ruled. Confirming outlives rejecting unless it is superseded.
    """
    ruling, cells = known.ruling, known.cells
    if dispositions.empty:
        return ruling
    replaced = set(dispositions["supersedes"].dropna().astype("str"))
    live = dispositions[
        (dispositions["gate_id"].astype("str") == gate_id).to_numpy()
        & ~dispositions["disposition_id"].astype("str").isin(replaced).to_numpy()
        & dispositions["item_id"].notna().to_numpy()
    ]
    result = np.full(plan.n_responses, NONE, dtype=np.int64)
    result[cells] = ruling
    place = response_index((plan.systems, plan.items, plan.samples), live.assign(sample=live["sample"].fillna(1)))
    kind = live["kind"].astype("str").to_numpy()
    for word, value in (("reject_veto", 0), ("confirm_veto", 1)):
        result[place[(kind == word) & (place >= 0)]] = value
    return result[cells]


def veto_needed(plan: Plan, mp: MetricPlan, veto: VetoGate) -> int:
    """Least n of the metric on the same part of the items: its own gates' and the study's floor.

    Args:
        plan: the plan.
        mp: the metric.
        veto: the veto.
    """
    wanted = [least_items(plan, mp, veto.stratum)]
    wanted += [
        least_n(gate.failure_limit, alpha=ALPHA)
        for gate in mp.metric.gates
        if isinstance(gate, LimitGate) and gate.stratum == veto.stratum and gate.failure_limit is not None
    ]
    return max(wanted)


def _n_effective(plan: Plan, items: IntArray) -> float:
    unique = np.unique(items)
    if not unique.size:
        return 0.0
    sizes = np.bincount(plan.cluster[unique])
    return effective_n(sizes[sizes > 0], plan.study.plan.rho0.value)


def _upper(plan: Plan, items: IntArray, event: BoolArray) -> float | None:
    """Upper limit of the share of items with an event, open and missing ones counted as events."""
    unique = np.unique(items)
    if not unique.size:
        return None
    share = len(set(items[event].tolist())) / unique.size
    return exact_upper(share, _n_effective(plan, items), alpha=ALPHA)
