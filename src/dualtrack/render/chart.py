"""Where the marks of a small chart stand: coordinates for the interval bars of a forest table.

It exists so that templates draw and never compute. Knows nothing of the domain; may import ``render.numbers`` and the
standard library. Coordinates are text, ready to be printed; x runs from ``LEFT`` to ``LEFT + SPAN``.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dualtrack.render.numbers import numeral

__all__ = ["HEIGHT", "WIDTH", "Axis", "Bar", "Tick", "axis_over", "interval_bar", "rank_axis"]

LEFT = 18.0
SPAN = 184.0
WIDTH = "220"
HEIGHT = "22"
MOST_STEPS = 4
MOST_RANKS = 10
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
FUZZ = 1e-9


@dataclass(frozen=True, slots=True)
class Tick:
    """One labelled place on an axis."""

    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The scale that all rows of a table share: data limits and labelled ticks."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    width: str = WIDTH
    height: str = HEIGHT

    def place(self, value: float) -> str:
        """The place of a value, as x; what lies outside the axis is drawn at its end.

        Args:
            value: in the unit of the data.
        """
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return _coordinate(LEFT + share * SPAN)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a forest table, as x coordinates; what does not exist is "".

    ``point`` is the estimate, ``lower`` and ``upper`` its interval; a band begins at ``floor`` and is ``extent``
    wide, the value with what is missing filled both ways; ``limit`` is a limit that the value is read against, ``zero``
    the line of no difference.
    """

    axis: Axis
    point: str
    lower: str
    upper: str
    floor: str
    extent: str
    limit: str
    zero: str


def axis_over(values: Iterable[float], label: Callable[[float], str], *, within: tuple[float, float]) -> Axis:
    """An axis with round ends that covers the values.

    Args:
        values: everything that will be drawn; may be empty, then the axis is ``within``.
        label: text of a tick.
        within: least and greatest value that can exist; the axis never goes beyond them.

    Returns:
        An axis with at most ``MOST_STEPS`` steps of a round size, never of no width.

    Example:
        >>> axis = axis_over([0.82, 0.93], lambda value: f"{value * 100:.0f}", within=(0, 1))
        >>> [tick.label for tick in axis.ticks]
        ['80', '85', '90', '95']
    """
    floor, ceiling = within
    inside = [min(max(value, floor), ceiling) for value in values]
    lowest, highest = (min(inside), max(inside)) if inside else (floor, ceiling)
    for step in STEPS:
        first, last = math.floor(lowest / step + FUZZ), math.ceil(highest / step - FUZZ)
        if first == last:
            first, last = (first, first + 1) if first * step < ceiling else (first - 1, last)
        if last - first <= MOST_STEPS:
            break
    low, high = first * step, last * step
    places = [round(number * step, 6) for number in range(first, last + 1)]
    bare = Axis(low, high, ())
    return Axis(low, high, tuple(Tick(bare.place(place), label(place)) for place in places))


def rank_axis(n: int) -> Axis:
    """An axis of ranks: whole numbers from 1, the front on the left.

    Args:
        n: how many are ranked; at least 1.

    Returns:
        An axis with a tick at every rank, or at the two ends where there would be more than ``MOST_RANKS``.

    Example:
        >>> [tick.label for tick in rank_axis(3).ticks]
        ['1', '2', '3']
    """
    bare = Axis(1.0, float(max(n, 2)), ())
    ranks = range(1, n + 1) if n <= MOST_RANKS else (1, n)
    return Axis(bare.low, bare.high, tuple(Tick(bare.place(rank), numeral(rank)) for rank in ranks))


def interval_bar(
    axis: Axis,
    value: float | None,
    *,
    interval: tuple[float, float] | None = None,
    bounds: tuple[float, float] | None = None,
    limit: float | None = None,
    zero: float | None = None,
) -> Bar:
    """The coordinates of one row.

    Args:
        axis: the axis of the table.
        value: the estimate; None draws an empty row.
        interval: its limits.
        bounds: the value with missing values filled as failing and as succeeding.
        limit: a limit that the value is read against.
        zero: the line of no difference.

    Example:
        >>> axis = axis_over([0, 1], str, within=(0, 1))
        >>> bar = interval_bar(axis, 0.5, interval=(0.25, 0.75))
        >>> bar.point, bar.lower, bar.upper, bar.floor
        ('110', '64', '156', '')
    """

    def at(number: float | None) -> str:
        return "" if number is None else axis.place(number)

    lower, upper = interval or (None, None)
    worst, best = sorted(bounds) if bounds else (None, None)
    floor, ceiling = at(worst), at(best)
    extent = _coordinate(float(ceiling) - float(floor)) if floor and ceiling else ""
    return Bar(axis, at(value), at(lower), at(upper), floor, extent, at(limit), at(zero))


def _coordinate(x: float) -> str:
    return f"{x:.1f}".rstrip("0").rstrip(".")
