"""Which cases changed from one version to the next, the gravest first; and which failure modes are new or gone.

May import terms, records and the scoring ground. Harm is read from the metric's own evidence alone, so that nothing of
one track reaches the other.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from dualtrack.records.result_versions import REGRESSIONS
from dualtrack.rubric.metric import Metric
from dualtrack.scoring.arrays import NONE, TOP
from dualtrack.scoring.versions.cells import KEY, cells_of, pass_line
from dualtrack.scoring.versions.run import Run, Versions
from dualtrack.scoring.versions.same import Shared
from dualtrack.terms import HarmLevel, Outcome, SourceKind, Track

__all__ = ["case_rows", "gate_standing", "mode_rows"]

Row = dict[str, Any]
Cell = tuple[str, int]
_GRAVITY = ("confirmed", "open", "failing", "missing", "cleared")
_HARM = tuple(level.value for level in reversed(HarmLevel))
_ORDER = (*REGRESSIONS, "lost", "newly_passing", "better")
_PEOPLE = (SourceKind.rater, SourceKind.tie_break, SourceKind.adjudicator)


def case_rows(versions: Versions, *, shared: Shared, track: Track) -> list[Row]:
    """Cases of one track that changed, with their place in the order of gravity.

    Definition: regressions come first; among them confirmed events before open ones before other failures behind a
    gate, then greater harm before less, then the heavier metric.

    Args:
        versions: the earlier version and the new one.
        shared: what both runs share.
        track: the track.
    """
    found: list[tuple[tuple[Any, ...], Row]] = []
    for metric_id in shared.of_track(versions.new, track):
        metric = versions.new.metrics[metric_id]
        for row in _changed(versions, shared=shared, metric=metric):
            row |= {"system_id": versions.pair[1], "track": track.value, "metric_id": metric_id}
            found.append((_gravity(row, metric), row))
    found.sort(key=lambda each: each[0])
    return [row | {"place": place} for place, (_, row) in enumerate(found, start=1)]


def gate_standing(run: Run, system: str, gate_id: str) -> dict[Cell, str]:
    """What stands behind one gate: response -> confirmed, open, failing, missing or cleared."""
    rows = run.rows("gate_cases", system)
    mine = rows[(rows["gate_id"].astype("str") == gate_id).to_numpy()]
    cells = zip(mine["item_id"].astype("str"), mine["sample"].astype("int64"), mine["why"], strict=True)
    return {(item, int(sample)): str(why) for item, sample, why in cells}


def mode_rows(versions: Versions, *, shared: Shared, track: Track) -> list[Row]:
    """Failure modes of one track in both versions, on the items that both have.

    Args:
        versions: as for ``case_rows``.
        shared: as for ``case_rows``.
        track: the track.
    """
    of_old, of_new = (set(_items(run, system)) for run, system in versions.sides)
    common = (of_old & of_new) - shared.changed_items
    before, after = (_modes(run, system, common) for run, system in versions.sides)
    rows = []
    for metric_id in shared.of_track(versions.new, track):
        for mode in sorted({name for each, name in (*before, *after) if each == metric_id}):
            was, now = before.get((metric_id, mode), {}), after.get((metric_id, mode), {})
            rows.append(
                {
                    "system_id": versions.pair[1],
                    "metric_id": metric_id,
                    "failure_mode": mode,
                    "track": track.value,
                    "change": _more_or_fewer(len(was), len(now)),
                    "n_before": len(was),
                    "n_after": len(now),
                    "n_by_people": sum(now.values()),
                }
            )
    return rows


def _changed(versions: Versions, *, shared: Shared, metric: Metric) -> Iterable[Row]:
    sides = [cells_of(run, system, metric.id) for run, system in versions.sides]
    for side in sides:
        side["item_id"] = side["item_id"].astype("str")
    both = sides[0].merge(sides[1], on=KEY, how="outer", suffixes=("_before", "_after"))
    both = both[~both["item_id"].isin(shared.changed_items)]
    standing = [_standing(run, system, metric) for run, system in versions.sides]
    harm = _harms(versions.new, versions.pair[1], metric)
    lined = pass_line(versions.new, metric.id) is not None
    of_old, of_new = (set(_items(run, system)) for run, system in versions.sides)
    for row in both.to_dict("records"):
        cell = (str(row["item_id"]), int(row["sample"]))
        gates = [each.get(cell, (None, None)) for each in standing]
        if "@" not in cell[0] and not (cell[0] in of_old and cell[0] in of_new):
            continue  # an item that only one run has is left out, and named there
        change = _change(row, gates[0][0], gates[1][0], lined=lined)
        if change is not None:
            yield {
                "item_id": cell[0],
                "sample": cell[1],
                "change": change,
                "gate_before": gates[0][0],
                "gate_after": gates[1][0],
                "gate_id": gates[1][1],
                "harm_level": harm.get(cell),
                "value_before": _fraction(row["value_before"]),
                "value_after": _fraction(row["value_after"]),
                "reason": None if pd.isna(row["reason_after"]) else row["reason_after"],
                "cluster": row["cluster_before"] if pd.isna(row["cluster_after"]) else row["cluster_after"],
            }


def _change(row: Mapping[Any, Any], gate_before: str | None, gate_after: str | None, *, lined: bool) -> str | None:
    """What became of one cell; None where nothing did."""
    was, now = _value(row["value_before"]), _value(row["value_after"])
    change = _value_change(row, was, now, lined=lined)
    confirmed = gate_after == "confirmed" and gate_before != "confirmed"
    opened = gate_after == "open" and gate_before not in ("confirmed", "open")
    return "new_event" if (confirmed or opened) and change != "newly_failing" else change


def _value_change(row: Mapping[Any, Any], was: int, now: int, *, lined: bool) -> str | None:
    if was == NONE:
        return "failing_only_now" if now != NONE and lined and row["fails_after"] else None
    if now == NONE:
        return "lost"
    fails = (bool(row["fails_before"]), bool(row["fails_after"])) if lined else (False, False)
    if fails == (False, True):
        return "newly_failing"
    if fails == (True, False):
        return "newly_passing"
    return "worse" if now < was else "better" if now > was else None


def _gravity(row: Row, metric: Metric) -> tuple[Any, ...]:
    gate, harm = row["gate_after"], row["harm_level"]
    return (
        0 if row["change"] in REGRESSIONS else 1 if row["change"] == "lost" else 2,
        _GRAVITY.index(gate) if gate in _GRAVITY else len(_GRAVITY),
        _HARM.index(harm) if harm in _HARM else len(_HARM),
        _ORDER.index(row["change"]),
        -metric.weight.value,
        metric.code,
        row["item_id"],
        row["sample"],
    )


def _standing(run: Run, system: str, metric: Metric) -> dict[Cell, tuple[str, str]]:
    """The gravest that stands behind any gate of a metric, with the gate."""
    found: dict[Cell, tuple[str, str]] = {}
    for gate in run.metrics[metric.id].gates:
        gate_id = f"{metric.id}.{gate.id}"
        for cell, why in gate_standing(run, system, gate_id).items():
            held = found.get(cell)
            if held is None or _GRAVITY.index(why) < _GRAVITY.index(held[0]):
                found[cell] = (why, gate_id)
    return found


def _harms(run: Run, system: str, metric: Metric) -> dict[Cell, str]:
    """Greatest harm that the evidence of one metric names on each response; an adjudicator's word stands for all."""
    rows = _of_metric(run.rows("findings", system), metric)
    ruled: dict[Cell, str] = {}
    named: dict[Cell, str] = {}
    for row in rows.to_dict("records"):
        level = row["level"] if row["level"] in _HARM else row["harm_level"]
        if level not in _HARM:
            continue
        held = ruled if row["source_kind"] == SourceKind.adjudicator else named
        cell = (str(row["item_id"]), int(row["sample"]))
        held[cell] = max(held.get(cell, _HARM[-1]), str(level))
    return named | ruled


def _of_metric(findings: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    probe = findings["probe_id"].astype("str")
    mine = probe.str.startswith(f"{metric.id}.")
    if metric.ratings is not None:
        mine |= probe == metric.ratings.scale
    return findings[mine.to_numpy()]


def _items(run: Run, system: str) -> list[str]:
    return list(dict.fromkeys(run.rows("observations", system)["item_id"].astype("str")))


def _modes(run: Run, system: str, items: set[str]) -> dict[tuple[str, str], dict[Cell, bool]]:
    """Metric and mode -> responses on which it was named, with whether people did."""
    rows = run.rows("findings", system)
    named = rows["failure_mode"].notna() & (rows["failure_mode"].astype("str") != "")
    rows = rows[named.to_numpy() & rows["item_id"].astype("str").isin(items).to_numpy()]
    readers: dict[str, list[Metric]] = {}
    for metric in run.metrics.values():
        if metric.ratings is not None:
            readers.setdefault(metric.ratings.scale, []).append(metric)
    found: dict[tuple[str, str], dict[Cell, bool]] = {}
    for row in rows.to_dict("records"):
        people = row["source_kind"] in _PEOPLE
        if not people and row["outcome"] != Outcome.failed.value:
            continue
        probe, cell = str(row["probe_id"]), (str(row["item_id"]), int(row["sample"]))
        for mode in str(row["failure_mode"]).split():
            for metric_id in _owners(probe, mode, readers):
                held = found.setdefault((metric_id, mode), {})
                held[cell] = held.get(cell, False) or people
    return found


def _owners(probe: str, mode: str, readers: dict[str, list[Metric]]) -> list[str]:
    """The metrics that a named mode counts for: the one of a check, or those that read the scale and have the mode."""
    metric_id, dot, _ = probe.partition(".")
    if dot:
        return [metric_id]
    return [metric.id for metric in readers.get(probe, ()) if mode in {each.id for each in metric.failure_modes}]


def _more_or_fewer(before: int, after: int) -> str:
    if not before:
        return "new"
    if not after:
        return "gone"
    return "more" if after > before else "fewer" if after < before else "same"


def _value(cell: Any) -> int:  # noqa: ANN401 -- a cell of a frame that was joined
    return NONE if pd.isna(cell) else int(cell)


def _fraction(cell: Any) -> float | None:  # noqa: ANN401 -- a cell of a frame that was joined
    value = _value(cell)
    return None if value == NONE else value / TOP
