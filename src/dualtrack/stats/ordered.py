"""The ratings of one response joined into one value, with every missing rating at its worst and at its best.

Works on whole columns: one sort of all ratings, then order statistics by place. Fills are never written out;
a missing rating at its worst only shifts the place that is read.
May import numpy, ``dualtrack.terms`` and its own package.
"""

from dataclasses import dataclass
from typing import assert_never

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Integers, as_integers, int64_limit
from dualtrack.terms import Aggregate

__all__ = ["Aggregated", "aggregate"]

no_rating = -1


@dataclass(frozen=True, slots=True, eq=False)
class Aggregated:
    """Joined values of every cell, int64, shape (cells,), in units of the ratings.

    ``observed``: what is there, -1 without a rating. ``worst``, ``best``: owed and missing ratings at 0, at
    the top; -1 where nothing is owed. ``n``: number of ratings that are there.
    """

    observed: Integers
    worst: Integers
    best: Integers
    n: Integers


@dataclass(frozen=True, slots=True)
class _Cells:
    """Ratings sorted by cell and value, with where each cell starts, how many it has and the sum of them."""

    values: Integers
    starts: Integers
    n: Integers
    sums: Integers


def aggregate(
    values: npt.ArrayLike,
    cells: npt.ArrayLike,
    owed: npt.ArrayLike,
    rule: Aggregate,
    *,
    top: int = 1_000_000,
) -> Aggregated:
    """Join the ratings of each cell (one response on one scale) into one value, with worst and best fill.

    Definition: median is the middle rating, or the mean of the two middle ones rounded half up to a whole
    number; majority the lower of the two middle ones (a tie counts as the worse; of two levels the more
    frequent); worst the lowest; mean the mean rounded half up. ``worst`` applies the rule after filling owed
    and missing ratings with 0, ``best`` with top. No rule falls when a rating rises, so worst <= observed <=
    best, and removing a rating never raises worst nor lowers best.

    Args:
        values: ratings, whole numbers in 0..top, top best (millionths by default), shape (ratings,).
        cells: cell of each rating, in 0..n_cells - 1, any order, shape (ratings,).
        owed: number of ratings planned in each cell, at least those present, shape (n_cells,).
        rule: how the ratings become one value.
        top: value of the best level.

    Returns:
        Aggregated, four int64 arrays of shape (n_cells,).

    Raises:
        ValueError: arrays that are not whole numbers or differ in length, a value or a cell out of range,
            more ratings in a cell than owed, or more cells than a composite key of 64 bits holds.

    Undefined when: a cell has no rating (observed is -1); nothing is owed in it (all three are -1).

    Example:
        >>> joined = aggregate([4, 2, 3], [0, 0, 1], [3, 2], Aggregate.median, top=4)
        >>> joined.observed, joined.worst, joined.best, joined.n
        (array([3, 3]), array([2, 2]), array([4, 4]), array([2, 1]))

    Source: definitions; worst and best fill as bounds: Manski 1989, J Hum Resour 24:343-360,
    doi:10.2307/145818.
    """
    owed = as_integers("owed", owed, n_dimensions=1)
    sorted_cells = _sorted_cells(
        as_integers("values", values, n_dimensions=1),
        as_integers("cells", cells, n_dimensions=1),
        len(owed),
        top,
    )
    missing = owed - sorted_cells.n
    if np.any(missing < 0):
        cell = int(np.argmax(missing < 0))
        raise ValueError(f"cell {cell} has {sorted_cells.n[cell]} ratings and is owed {owed[cell]}")
    nothing_missing = np.zeros_like(missing)
    return Aggregated(
        observed=_joined(sorted_cells, rule, n_low=nothing_missing, n_high=nothing_missing, top=top),
        worst=_joined(sorted_cells, rule, n_low=missing, n_high=nothing_missing, top=top),
        best=_joined(sorted_cells, rule, n_low=nothing_missing, n_high=missing, top=top),
        n=sorted_cells.n,
    )


def _sorted_cells(values: Integers, cells: Integers, n_cells: int, top: int) -> _Cells:
    """Sort all ratings by cell and value through one composite key."""
    if values.shape != cells.shape:
        raise ValueError(f"values and cells differ in length: {len(values)} and {len(cells)}")
    if top < 1 or (n_cells + 1) * (top + 1) > int64_limit:
        raise ValueError(f"top must be at least 1 and fit with {n_cells} cells into 64 bits, got {top!r}")
    if values.size and not (values.min() >= 0 and values.max() <= top):
        raise ValueError(f"values must lie in 0..{top}")
    if cells.size and not (cells.min() >= 0 and cells.max() < n_cells):
        raise ValueError(f"cells must lie in 0..{n_cells - 1}")
    keys = cells * (top + 1) + values
    keys.sort()
    n = np.bincount(cells, minlength=n_cells).astype(np.int64, copy=False)
    ends = np.cumsum(n)
    ordered = keys - np.repeat(np.arange(n_cells, dtype=np.int64) * (top + 1), n)
    running = np.concatenate(([0], np.cumsum(ordered)))
    return _Cells(values=ordered, starts=ends - n, n=n, sums=running[ends] - running[ends - n])


def _joined(cells: _Cells, rule: Aggregate, *, n_low: Integers, n_high: Integers, top: int) -> Integers:
    """Apply the rule to each cell's ratings with n_low zeros before and n_high tops behind them."""
    n_filled = n_low + cells.n + n_high
    match rule:
        case Aggregate.median:
            low = _ranked(cells, (n_filled - 1) // 2, n_low=n_low, top=top)
            result = (low + _ranked(cells, n_filled // 2, n_low=n_low, top=top) + 1) // 2
        case Aggregate.majority:
            result = _ranked(cells, (n_filled - 1) // 2, n_low=n_low, top=top)
        case Aggregate.worst:
            result = _ranked(cells, np.zeros_like(n_filled), n_low=n_low, top=top)
        case Aggregate.mean:
            divisor = np.maximum(n_filled, 1)
            result = (2 * (cells.sums + top * n_high) + divisor) // (2 * divisor)
        case _:
            assert_never(rule)
    result[n_filled == 0] = no_rating
    return result


def _ranked(cells: _Cells, rank: Integers, *, n_low: Integers, top: int) -> Integers:
    """Return the value at each cell's rank (from 0): a zero below n_low, a top beyond the ratings."""
    place = rank - n_low
    present = (place >= 0) & (place < cells.n)
    result = np.where(place < 0, 0, top).astype(np.int64, copy=False)
    result[present] = cells.values[(cells.starts + place)[present]]
    return result
