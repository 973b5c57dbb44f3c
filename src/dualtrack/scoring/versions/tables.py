"""All tables of a comparison of two runs.

May import terms, records and the scoring ground. Each track is worked out from its own metrics and gates alone; one
verdict per track, none across.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dualtrack.records.result_versions import REGRESSIONS, VERSION_TABLES
from dualtrack.scoring.table import to_frame
from dualtrack.scoring.versions.cases import case_rows, gate_standing, mode_rows
from dualtrack.scoring.versions.criteria import Criterion, declared_rows, gate_criteria
from dualtrack.scoring.versions.differences import compared_metrics, difference_rows
from dualtrack.scoring.versions.run import Run, Versions, changed_gate
from dualtrack.scoring.versions.same import Shared
from dualtrack.terms import GateKind, Reason, State, Track

__all__ = ["Pairing", "retest_verdict", "version_tables"]

Row = dict[str, Any]
_BESIDE_GATES = {Reason.low_coverage.value, Reason.retrospective.value, Reason.amended.value}


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two runs, what they share, what is asked of the new one, and whether its items were looked at before."""

    old: Run
    new: Run
    shared: Shared
    criteria: tuple[Criterion, ...] = ()
    seen: bool = True


def version_tables(pairing: Pairing) -> dict[str, pd.DataFrame]:
    """Compare two runs.

    Args:
        pairing: the runs, what they share, and the criteria.

    Returns:
        Every table of ``VERSION_TABLES`` by name.
    """
    rows: dict[str, list[Row]] = {table.name: [] for table in VERSION_TABLES}
    rows["version_left_out"] += pairing.shared.left_out
    for pair in pairing.shared.pairs:
        for track in Track:
            for name, found in _of_track(pairing, Versions(pairing.old, pairing.new, pair), track).items():
                rows[name] += found
    return {table.name: to_frame(table, rows[table.name]) for table in VERSION_TABLES}


def retest_verdict(criteria: Sequence[Row], *, more: Sequence[Reason] = ()) -> tuple[State, list[str], list[str]]:
    """Decide the re-test of one track from its criteria alone.

    Args:
        criteria: rows of the criteria of one system and track.
        more: reasons for which the new version's own verdict is not met, beside its gates.

    Returns:
        State, ids of the criteria that decided, and the reasons.

    >>> retest_verdict([])[0].value
    'not_assessed'
    """
    by_state = {state: [str(row["criterion_id"]) for row in criteria if row["state"] == state.value] for state in State}
    if by_state[State.not_met]:
        return State.not_met, by_state[State.not_met], []
    if len(by_state[State.not_assessed]) == len(criteria):
        reason = Reason.nothing_assessed if criteria else Reason.no_gate
        return State.not_assessed, by_state[State.not_assessed], [reason.value]
    words = {Reason(word) for row in criteria for word in row["reasons"]} | set(more)
    reasons = [reason.value for reason in Reason if reason in words]
    if len(by_state[State.met]) == len(criteria) and not reasons:
        return State.met, by_state[State.met], []
    return State.not_demonstrated, by_state[State.not_demonstrated] + by_state[State.not_assessed], reasons


def _of_track(pairing: Pairing, versions: Versions, track: Track) -> dict[str, list[Row]]:
    shared = pairing.shared
    metrics = compared_metrics(versions, shared=shared, track=track)
    differences = list(difference_rows(versions, track=track, metrics=metrics))
    cases = case_rows(versions, shared=shared, track=track)
    criteria = [
        *gate_criteria(versions, track, seen=pairing.seen),
        *declared_rows(
            versions,
            track,
            criteria=pairing.criteria,
            metrics=metrics,
            differences={row["subject_id"]: row for row in differences},
            seen=pairing.seen,
        ),
    ]
    gates = list(_gates(versions, track))
    verdicts = (
        []
        if not differences[1:] and not criteria
        else [_verdict(versions, track, shared, cases) | _retest(versions, track, criteria)]
    )
    return {
        "version_verdicts": verdicts,
        "version_cases": cases,
        "version_differences": differences if len(differences) > 1 else [],
        "version_gates": gates,
        "version_modes": mode_rows(versions, shared=shared, track=track),
        "version_criteria": criteria,
    }


def _verdict(versions: Versions, track: Track, shared: Shared, cases: Sequence[Row]) -> Row:
    """What became of one track, without the re-test."""
    states = [_own_verdict(run, system, track)[0] for run, system in versions.sides]
    worse = {row["item_id"] for row in cases if row["change"] in REGRESSIONS}
    better = {row["item_id"] for row in cases if row["change"] in ("newly_passing", "better")}
    return {
        "system_id": versions.pair[1],
        "track": track.value,
        "n_items_worse": len(worse),
        "n_items_better": len(better - worse),
        "state_before": states[0],
        "state_after": states[1],
        "n_worse": sum(row["change"] in REGRESSIONS for row in cases),
        "n_better": sum(row["change"] in ("newly_passing", "better") for row in cases),
        "n_lost": sum(row["change"] == "lost" for row in cases),
        "n_new_confirmed": _events(versions, track, shared, "confirmed"),
        "n_new_open": _events(versions, track, shared, "open"),
    }


def _retest(versions: Versions, track: Track, criteria: Sequence[Row]) -> Row:
    own = set(_own_verdict(versions.new, versions.pair[1], track)[1]) & _BESIDE_GATES
    state, decided, reasons = retest_verdict(criteria, more=[Reason(word) for word in own])
    return {"state": state.value, "decided_by": decided, "reasons": reasons}


def _events(versions: Versions, track: Track, shared: Shared, why: str) -> int:
    """Responses behind a veto that stand so now and stood neither so nor worse before."""
    before = {"confirmed"} if why == "confirmed" else {"confirmed", "open"}
    found = set()
    for metric_id in shared.of_track(versions.new, track):
        for gate in versions.new.metrics[metric_id].gates:
            was, now = (gate_standing(run, system, f"{metric_id}.{gate.id}") for run, system in versions.sides)
            found |= {cell for cell, each in now.items() if each == why and was.get(cell) not in before}
    return len(found)


def _own_verdict(run: Run, system: str, track: Track) -> tuple[str | None, list[str]]:
    rows = run.rows("verdicts", system)
    mine = rows[(rows["track"].astype("str") == track.value).to_numpy()].to_dict("records")
    return (str(mine[0]["state"]), list(mine[0]["reasons"] or ())) if mine else (None, [])


_SIDES = ("limit", "observed", "n_assessed", "n_events", "open_flags")


def _gates(versions: Versions, track: Track) -> Iterator[Row]:
    was, now = (_gates_of(run, system, track) for run, system in versions.sides)
    for gate_id in dict.fromkeys([*now, *was]):
        before, after = was.get(gate_id), now.get(gate_id)
        known: Mapping[str, Any] = after or before or {}
        row: Row = {
            "system_id": versions.pair[1],
            "gate_id": gate_id,
            "track": track.value,
            "kind": GateKind(known["kind"]).value,
            "change": _gate_change(versions, gate_id, before, after),
            "reasons": list(after["reasons"] or ()) if after else [],
        }
        for side, each in (("before", before), ("after", after)):
            row[f"state_{side}"] = str(each["state"]) if each else None
            row |= {f"{name}_{side}": each[name] if each else None for name in _SIDES}
        yield row


def _gates_of(run: Run, system: str, track: Track) -> dict[str, Row]:
    rows = run.rows("gates", system)
    rows = rows[(rows["track"].astype("str") == track.value).to_numpy()]
    return {str(row["gate_id"]): {str(name): cell for name, cell in row.items()} for row in rows.to_dict("records")}


def _gate_change(versions: Versions, gate_id: str, before: Row | None, after: Row | None) -> str:
    if before is None or after is None:
        return "new" if before is None else "gone"
    metric_id, _, name = gate_id.partition(".")
    if changed_gate(versions.old, versions.new, metric_id, name):
        return "rule_changed"
    return "same" if before["state"] == after["state"] else "changed"
