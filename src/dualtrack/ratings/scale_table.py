"""The first ratings of one scale as a table of numbers: what was rated, by whom, on which level, in which cluster.

May import numpy, pandas, rubric and terms.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dualtrack.ratings.panels import IntArray
from dualtrack.rubric.scale import Grain, Scale, ScaleKind

__all__ = ["STEPS", "ScaleTable", "grains_of", "scale_table"]

STEPS = 10_000
"""Whole numbers that the range of a scale is divided into, so that sums of values are exact."""
_UNIT = ("system_id", "item_id", "sample", "unit_id")
NONE = -1


@dataclass(frozen=True, slots=True)
class ScaleTable:
    """Ratings of one scale that say something, one entry for each.

    Attributes:
        unit: what was rated, 0..n_units-1; ``cluster`` is its cluster.
        rater: number of the rater; ``raters`` are their ids, in lexical order.
        code: place of the level among those of ``levels``; of a number scale, of the number among those given.
        value: what the level stands for, in ``STEPS`` of the scale's range.
    """

    scale: Scale
    unit: IntArray
    cluster: IntArray
    rater: IntArray
    raters: tuple[str, ...]
    code: IntArray
    levels: tuple[str, ...]
    value: IntArray

    def of_raters(self, raters: tuple[int, ...]) -> "ScaleTable":
        """The ratings of some raters, on what at least two of them rated."""
        mine = np.isin(self.rater, np.array(raters, dtype=np.int64))
        several = np.bincount(self.unit[mine], minlength=self.cluster.size) > 1
        mine &= several[self.unit]
        unit, place = np.unique(self.unit[mine], return_inverse=True)
        return ScaleTable(
            self.scale,
            place.astype(np.int64),
            self.cluster[unit],
            np.searchsorted(np.array(sorted(raters), dtype=np.int64), self.rater[mine]).astype(np.int64),
            tuple(self.raters[rater] for rater in sorted(raters)),
            self.code[mine],
            self.levels,
            self.value[mine],
        )

    @property
    def n_units(self) -> int:
        """Number of units."""
        return self.cluster.size

    def crossed(self) -> bool:
        """Whether at least half of the units were rated by every rater, so that raters can be told apart."""
        return 2 * int((np.bincount(self.unit, minlength=self.n_units) == len(self.raters)).sum()) >= self.n_units > 0

    def by_rater(self, what: IntArray) -> IntArray:
        """One column for each rater; -1 where there is no rating."""
        table = np.full((self.n_units, len(self.raters)), NONE, dtype=np.int64)
        table[self.unit, self.rater] = what
        return table

    def packed(self, what: IntArray) -> IntArray:
        """As few columns as the most ratings of one unit; which is whose is lost, and plays no part."""
        order = np.lexsort((self.rater, self.unit))
        unit = self.unit[order]
        counts = np.bincount(unit, minlength=self.n_units)
        place = np.arange(unit.size) - (np.cumsum(counts) - counts)[unit]
        table = np.full((self.n_units, int(counts.max(initial=0))), NONE, dtype=np.int64)
        table[unit, place] = what[order]
        return table


def grains_of(first: pd.DataFrame, units: pd.DataFrame) -> npt.NDArray[np.object_]:
    """What each rating is about: a response, or the kind of its unit.

    The same question asked of a whole response and of one sentence is another question, so grains are not pooled.

    Args:
        first: first ratings as findings.
        units: the units table.

    Returns:
        The grain of each row; "" where the unit is not in the table.
    """
    grains = np.full(len(first), Grain.response.value, dtype=object)
    part = (first["unit_id"].astype("str") != "").to_numpy()
    if not part.any():
        return grains
    names = list(_UNIT)
    asked = first.loc[part, names].astype({name: "str" for name in names if name != "sample"})
    known = units[[*names, "kind"]].astype({name: "str" for name in (*names, "kind") if name != "sample"})
    grains[part] = asked.merge(known, on=names, how="left")["kind"].fillna("").to_numpy(dtype=object)
    return grains


def scale_table(first: pd.DataFrame, scale: Scale, cluster_of: Mapping[str, int]) -> ScaleTable:
    """Turn the first ratings on one scale into numbers.

    Args:
        first: first ratings on this scale as findings: ``system_id``, ``item_id``, ``sample``, ``unit_id``,
            ``source_id`` (the rater), ``level`` and ``value`` (empty where the level is no judgement).
        scale: the scale.
        cluster_of: item id -> number of its cluster; what is about another item is left out.

    Returns:
        The table; a rating without a value (cannot judge) is no rating here.
    """
    rows = first[first["value"].notna().to_numpy()]
    cluster = _looked_up(rows["item_id"], cluster_of)
    rows, cluster = rows[cluster >= 0], cluster[cluster >= 0]
    key = np.zeros(len(rows), dtype=np.int64)
    for name in _UNIT:
        codes, words = pd.factorize(rows[name], sort=True)
        _, key = np.unique(key * (len(words) + 1) + codes, return_inverse=True)
    of_unit = np.zeros(int(key.max(initial=-1)) + 1, dtype=np.int64)
    of_unit[key] = cluster
    rater, raters = pd.factorize(rows["source_id"].astype("str"), sort=True)
    code, levels, value = _levels(rows, scale)
    return ScaleTable(
        scale, key.astype(np.int64), of_unit, rater.astype(np.int64), tuple(map(str, raters)), code, levels, value
    )


def _levels(rows: pd.DataFrame, scale: Scale) -> tuple[IntArray, tuple[str, ...], IntArray]:
    value = rows["value"].to_numpy(dtype=np.float64)
    if scale.kind is ScaleKind.number:
        low, high = scale.min or 0.0, scale.max or 1.0
        distinct, code = np.unique(value, return_inverse=True)
        steps = np.rint((value - low) / (high - low) * STEPS)
        return code.astype(np.int64), tuple(f"{each:g}" for each in distinct), steps.astype(np.int64)
    levels = tuple(level.id for level in scale.levels if level.value is not None)
    code = _looked_up(rows["level"], {level: place for place, level in enumerate(levels)})
    return code, levels, np.rint(value * STEPS).astype(np.int64)


def _looked_up(column: pd.Series, numbers: Mapping[str, int]) -> npt.NDArray[np.int64]:
    """The number of each word, -1 where it has none."""
    category = column.astype("category").cat
    known = np.array([*(numbers.get(str(word), NONE) for word in category.categories), NONE], dtype=np.int64)
    return known[category.codes.to_numpy()]
