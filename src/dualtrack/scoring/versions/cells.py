"""Observations of one metric of two versions, side by side: cell by cell, and item by item.

May import terms, rubric and the scoring ground. A cell is one response, or one pair of a metric of pairs. Values are
integer millionths; NONE marks a value that does not exist.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.rubric.gate import LimitGate
from dualtrack.rubric.metric import Metric
from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray, rounded_ratio
from dualtrack.scoring.evidence import level_threshold
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.versions.run import Run
from dualtrack.terms import QuantityType

__all__ = ["Items", "cells_of", "items_of", "pass_line", "pools_units"]

KEY = ["item_id", "sample"]
_NUMBERS = ("value", "worst", "best")


@dataclass(frozen=True, slots=True)
class Items:
    """One metric of one version by item, in the order of the item ids that both versions are laid out over.

    Attributes:
        planned: whether the item was planned at all.
        value: mean over its assessed repeats; NONE without one.
        worst, best: the same with missing repeats at their worst and at their best; NONE where not planned.
        units, failed: units judged and failing.
        fails: whether any assessed repeat fails; meaningful where there is a value and the metric has a pass line.
    """

    planned: BoolArray
    value: IntArray
    worst: IntArray
    best: IntArray
    units: IntArray
    failed: IntArray
    fails: BoolArray

    @property
    def assessed(self) -> BoolArray:
        """Items with a value."""
        seen: BoolArray = self.value != NONE
        return seen


def pass_line(run: Run, metric_id: str) -> int | None:
    """Value in millionths below which one response fails a metric; None where no rule says what failing is.

    Args:
        run: the run.
        metric_id: the metric. An ordered one fails by its own rule, or else by that of its first gate on a rate.
    """
    metric = run.metrics[metric_id]
    if metric.quantity.type != QuantityType.ordinal:
        return TOP
    rules = [metric.ratings.fail_when if metric.ratings else None]
    rules += [gate.fails for gate in metric.gates if isinstance(gate, LimitGate)]
    rule = next((each for each in rules if each is not None), None)
    scale = run.scales.get(metric.ratings.scale) if metric.ratings else None
    return None if rule is None or scale is None else level_threshold(rule, scale)


def pools_units(metric: Metric) -> bool:
    """Whether a metric is a ratio over all units rather than a mean over items."""
    return getattr(metric.quantity, "pool", "items") == "units"


def cells_of(run: Run, system: str, metric_id: str) -> pd.DataFrame:
    """Primary observations of one metric of one system, in millionths, with whether each fails.

    Args:
        run: the run.
        system: the system.
        metric_id: the metric.

    Returns:
        Columns item_id, sample, value, worst, best, n_units, n_failed, cluster, reason, fails; sorted by item, sample.
    """
    rows = run.rows("observations", system)
    chosen = (rows["metric_id"].astype("str") == metric_id) & (rows["basis"].astype("str") == PRIMARY)
    rows = rows[chosen.to_numpy()].sort_values(KEY, kind="stable", ignore_index=True)
    found = rows[[*KEY, "cluster", "reason"]].copy()
    for name in _NUMBERS:
        exact = np.nan_to_num(rows[name].to_numpy(dtype=np.float64), nan=NONE / TOP)
        found[name] = np.rint(exact * TOP).astype(np.int64)
    for name in ("n_units", "n_failed"):
        found[name] = rows[name].fillna(0).astype("int64")
    line = pass_line(run, metric_id)
    below = (found["value"] < (TOP if line is None else line)) & (found["value"] != NONE)
    wrong = found["n_failed"] > 0  # of a stated confidence, the score is no pass or fail: being confidently wrong is
    calibrated = run.metrics[metric_id].quantity.type == QuantityType.calibration
    found["fails"] = (wrong & (found["value"] != NONE)) if calibrated else below
    return found


def items_of(cells: pd.DataFrame, names: pd.Index) -> Items:
    """Cells joined within items.

    Args:
        cells: as ``cells_of`` gives them.
        names: item ids to lay them out over.
    """
    seen = (cells["value"] != NONE).astype("int64")
    sums = pd.DataFrame(
        {
            "item_id": cells["item_id"].astype("str"),
            "planned": 1,
            "assessed": seen,
            "value": cells["value"] * seen,
            "worst": cells["worst"],
            "best": cells["best"],
            "units": cells["n_units"] * seen,
            "failed": cells["n_failed"] * seen,
            "fails": cells["fails"].astype("int64"),
        }
    )
    by_item = sums.groupby("item_id", sort=True).sum().reindex(names, fill_value=0)
    column = {name: by_item[name].to_numpy(dtype=np.int64) for name in by_item.columns}
    return Items(
        planned=column["planned"] > 0,
        value=rounded_ratio(column["value"], column["assessed"]),
        worst=rounded_ratio(column["worst"], column["planned"]),
        best=rounded_ratio(column["best"], column["planned"]),
        units=column["units"],
        failed=column["failed"],
        fails=column["fails"] > 0,
    )
