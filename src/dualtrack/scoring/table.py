"""Rows to typed frames, as the table specifications say.

May import records and the scoring ground.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dualtrack.records.columns import Kind, Table
from dualtrack.scoring.arrays import NONE, TOP, IntArray
from dualtrack.scoring.bases import GATED
from dualtrack.scoring.evidence import REASONS, Evidence
from dualtrack.scoring.observe import Observed
from dualtrack.scoring.plan import Plan

__all__ = ["observation_frame", "to_frame"]

_DTYPE = {
    Kind.name: "str",
    Kind.text: "str",
    Kind.word: "str",
    Kind.instant: "str",
    Kind.integer: "Int64",
    Kind.number: "float64",
    Kind.boolean: "boolean",
}


def to_frame(table: Table, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Make the frame of a result table from rows, sorted by key.

    Args:
        table: the specification; every declared column is made.
        rows: one mapping per row; a column that is not named is empty.

    Returns:
        The frame. Undefined numbers are NaN in memory only.

    Raises:
        KeyError: a row names a column that the specification does not.
    """
    for row in rows:
        unknown = set(row) - set(table.names)
        if unknown:
            raise KeyError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    frame = pd.DataFrame(
        {
            column.name: pd.Series([row.get(column.name) for row in rows], dtype=_DTYPE.get(column.kind, "object"))
            for column in table.columns
        }
    )
    numbers = [column.name for column in table.columns if column.kind is Kind.number]
    frame[numbers] += 0.0  # no minus zero: it would print as a sign without a meaning
    return frame.sort_values(list(table.key), kind="stable", ignore_index=True)


def observation_frame(plan: Plan, observed: Sequence[tuple[Observed, ...]]) -> pd.DataFrame:
    """The observations table: one row per planned response, metric and basis.

    Args:
        plan: the plan.
        observed: what each partition gave.

    Returns:
        The frame, sorted by key, with the strata that the study reports as columns.
    """
    frames = [
        _frame(plan, each, basis, evidence)
        for part in observed
        for each in part
        for basis, evidence in each.by_basis.items()
        if basis != GATED
    ]
    merged = pd.concat(frames, ignore_index=True)
    key = ["system_id", "item_id", "sample", "metric_id", "basis"]
    return merged.sort_values(key, kind="stable", ignore_index=True)


def _frame(plan: Plan, observed: Observed, basis: str, evidence: Evidence) -> pd.DataFrame:
    item = plan.item_of(evidence.cells)
    names = np.array(plan.items, dtype=object)[item]
    if observed.names is not None:
        names = np.array(observed.names, dtype=object)
    native = np.where(evidence.has_raw, evidence.raw / TOP, np.nan)
    nothing = np.full(item.size, np.nan)
    size = item.size
    words = np.array([*(reason.value for reason in REASONS), None], dtype=object)
    columns: dict[str, Any] = {
        "system_id": np.array(plan.systems, dtype=object)[plan.system_of(evidence.cells)],
        "item_id": names,
        "sample": plan.sample_of(evidence.cells),
        "metric_id": np.full(size, observed.metric_id, dtype=object),
        "basis": np.full(size, basis, dtype=object),
        "value": _fraction(evidence.observed),
        "worst": _fraction(evidence.worst),
        "best": _fraction(evidence.best),
        "raw": native if observed.statements is None else nothing,
        "x": nothing if observed.statements is None else native,
        "n_units": evidence.n_units,
        "n_failed": evidence.n_failed,
        "n_raters": evidence.n_ratings,
        "cluster": np.array(plan.clusters, dtype=object)[plan.cluster[item]],
        "reason": words[np.where(evidence.observed == NONE, evidence.reason, len(REASONS))],
    }
    for name in plan.study.plan.strata.report:
        columns[f"strata.{name}"] = np.array(plan.strata[name], dtype=object)[item]
    return pd.DataFrame(columns)


def _fraction(millionths: IntArray) -> np.ndarray:
    return np.where(millionths == NONE, np.nan, millionths / TOP)
