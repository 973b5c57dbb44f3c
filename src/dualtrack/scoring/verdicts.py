"""Gates of all metrics and the verdict of each track (VERDICTS, "Track verdict"). No score enters.

May import terms, rubric and the scoring ground.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from dualtrack.rubric.gate import LimitGate, MarginGate, MinNGate, VetoGate
from dualtrack.scoring.arrays import IntArray
from dualtrack.scoring.drawn_gate import drawn_gate
from dualtrack.scoring.estimate import Row, of_track
from dualtrack.scoring.gap_gates import margin_gate
from dualtrack.scoring.gates import limit_gate, min_n_gate
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.relative_gate import relative_gate
from dualtrack.scoring.standing import standing_of_verdict
from dualtrack.scoring.sums import MetricSums
from dualtrack.scoring.track import coverage
from dualtrack.scoring.veto import VetoCells
from dualtrack.scoring.veto_gate import veto_gate
from dualtrack.terms import Reason, State, Track

__all__ = ["Veto", "gate_rows", "track_verdict", "verdict_rows"]

Veto = tuple[VetoCells, IntArray]
"""What is known of each response, and the rulings with dispositions joined."""


def gate_rows(
    plan: Plan,
    sums: tuple[MetricSums, ...],
    vetoes: Sequence[Mapping[str, Veto]],
    dispositions: pd.DataFrame,
) -> Iterator[Row]:
    """Decide every gate of every metric in scope for every system.

    Args:
        plan: the plan.
        sums: item sums per metric.
        vetoes: per metric, each of its veto gates with what is known of the responses and the rulings.
        dispositions: what named persons decided.

    Yields:
        One row per gate and system, with the records of named persons beside the state: a waiver, which never changes
        it, or what was ruled on the events of a veto; none for a gate against a comparator and the comparator itself.
    """
    for place, mp in enumerate(plan.metrics):
        for gate in mp.metric.gates:
            for system in range(len(plan.systems)):
                row: Row | None
                if isinstance(gate, VetoGate):
                    known, ruling = vetoes[place][gate.id]
                    row = veto_gate(plan, mp, gate, known, ruling=ruling, system=system)
                elif isinstance(gate, LimitGate):
                    row = drawn_gate(plan, mp, sums[place], gate, system=system)
                    row = row or limit_gate(plan, mp, sums[place], gate, system=system)
                elif isinstance(gate, MinNGate):
                    row = min_n_gate(plan, mp, sums[place], gate, system=system)
                elif isinstance(gate, MarginGate):
                    row = margin_gate(plan, mp, sums[place], gate, system=system)
                else:
                    row = relative_gate(plan, place, sums, gate, system=system)
                if row is not None:
                    yield row | _records(row, dispositions)


def verdict_rows(plan: Plan, sums: tuple[MetricSums, ...], gates: Sequence[Row]) -> Iterator[Row]:
    """One verdict per system and track; with weights changed after the seal, the lesser coverage counts."""
    sealed = _with_sealed_weights(plan)
    for system, system_id in enumerate(plan.systems):
        for track in Track:
            if not of_track(plan, track):
                continue
            mine = [row for row in gates if row["system_id"] == system_id and row["track"] == track.value]
            covered = coverage(plan, sums, track, system=system)
            state, decided, reasons = track_verdict(
                mine,
                coverage=_least(covered, coverage(sealed, sums, track, system=system)),
                floor=plan.coverage_floor,
                pre_specified=plan.pre_specified,
            )
            row = {
                "system_id": system_id,
                "track": track.value,
                "state": state.value,
                "decided_by": decided,
                "reasons": [reason.value for reason in reasons],
                "coverage": covered,
            }
            yield standing_of_verdict(plan.changed, row)


def _least(present: float | None, sealed: float | None) -> float | None:
    """Coverage by the weights in force or the sealed ones, whichever is less."""
    return None if present is None or sealed is None else min(present, sealed)


def _with_sealed_weights(plan: Plan) -> Plan:
    """The plan with the weights that were sealed, where they were changed afterwards."""
    return replace(plan, metrics=tuple(_with_sealed_weight(plan, mp) for mp in plan.metrics))


def _with_sealed_weight(plan: Plan, mp: MetricPlan) -> MetricPlan:
    value = plan.changed.weights.get(mp.metric.id)
    if value is None:
        return mp
    weight = mp.metric.weight.model_copy(update={"value": value})
    return replace(mp, metric=mp.metric.model_copy(update={"weight": weight}))


def track_verdict(
    gates: Sequence[Row], *, coverage: float | None, floor: float, pre_specified: bool
) -> tuple[State, list[str], list[Reason]]:
    """Decide one track from its gates alone.

    Args:
        gates: rows of the gates table of one system and track.
        coverage: share of the track's weight that was assessed; None counts as below the floor.
        floor: least coverage.
        pre_specified: whether the study was sealed beforehand.

    Returns:
        State, ids of the gates that decided, and the reasons.

    >>> track_verdict([], coverage=1.0, floor=0.8, pre_specified=True)[0].value
    'not_assessed'
    """
    by_state = {state: [str(row["gate_id"]) for row in gates if row["state"] == state.value] for state in State}
    if by_state[State.not_met]:
        return State.not_met, by_state[State.not_met], []
    if len(by_state[State.not_assessed]) == len(gates):
        reason = Reason.nothing_assessed if gates else Reason.no_gate
        return State.not_assessed, by_state[State.not_assessed], [reason]
    reasons = _reasons(gates, coverage=coverage, floor=floor, pre_specified=pre_specified)
    if len(by_state[State.met]) == len(gates) and not reasons:
        return State.met, by_state[State.met], []
    decided = by_state[State.not_demonstrated] + by_state[State.not_assessed]
    return State.not_demonstrated, decided, reasons


def _reasons(gates: Sequence[Row], *, coverage: float | None, floor: float, pre_specified: bool) -> list[Reason]:
    found = [Reason(word) for row in gates for word in row["reasons"]]
    if coverage is None or coverage < floor:
        found.append(Reason.low_coverage)
    if not pre_specified:
        found.append(Reason.retrospective)
    return sorted(set(found), key=list(Reason).index)


def _records(row: Row, dispositions: pd.DataFrame) -> Row:
    """Live records about this gate and system, by id, with spaces between."""
    if dispositions.empty:
        return {}
    replaced = set(dispositions["supersedes"].dropna().astype("str"))
    mine = dispositions[
        (dispositions["gate_id"].astype("str") == row["gate_id"]).to_numpy()
        & (dispositions["system_id"].astype("str") == row["system_id"]).to_numpy()
        & ~dispositions["disposition_id"].astype("str").isin(replaced).to_numpy()
    ]
    return {"disposition_id": " ".join(sorted(mine["disposition_id"].astype("str")))} if len(mine) else {}
