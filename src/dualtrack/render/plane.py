"""Two numbers of each of several things as crosses in a plane: coordinates, ready to be drawn.

It exists so that templates draw and never compute. Knows nothing of the domain; may import ``render.chart``. The
numbers themselves belong in a table beside the picture.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Cross", "Plane", "Point", "plane"]

WIDTH, HEIGHT = 560.0, 420.0
LEFT, RIGHT, TOP, BOTTOM = 56.0, 16.0, 32.0, 52.0
LINE = 15.0  # height of a label
LETTER = 7.0  # width of a letter, rounded up


@dataclass(frozen=True, slots=True)
class Point:
    """One thing before it is placed: both values and the intervals that are known, all within the axes' range."""

    name: str
    x: float
    y: float
    x_interval: tuple[float, float] | None = None
    y_interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Cross:
    """One thing as coordinates; an interval that is not known is ""."""

    x: str
    y: str
    x_low: str
    x_high: str
    y_low: str
    y_high: str
    label: str
    label_x: str
    label_y: str
    label_end: bool


@dataclass(frozen=True, slots=True)
class Plane:
    """The whole picture: title and description for those who do not see it, axes, crosses."""

    anchor: str
    title: str
    description: str
    x_title: str
    y_title: str
    x_ticks: tuple[tuple[str, str], ...]
    y_ticks: tuple[tuple[str, str], ...]
    crosses: tuple[Cross, ...]
    width: str = f"{WIDTH:.0f}"
    height: str = f"{HEIGHT:.0f}"
    left: str = f"{LEFT:.0f}"
    right: str = f"{WIDTH - RIGHT:.0f}"
    top: str = f"{TOP:.0f}"
    bottom: str = f"{HEIGHT - BOTTOM:.0f}"
    middle_x: str = f"{(LEFT + WIDTH - RIGHT) / 2:.0f}"
    middle_y: str = f"{(TOP + HEIGHT - BOTTOM) / 2:.0f}"


def plane(
    anchor: str,
    points: Sequence[Point],
    *,
    words: tuple[str, str, str, str],
    ticks: Iterable[tuple[float, str]],
) -> Plane:
    """Place things in a square of two axes that run alike.

    Args:
        anchor: name of the picture within its page.
        points: what is drawn.
        words: title, description, title of the x axis, title of the y axis.
        ticks: places on both axes with their text, at least two, in order; the first and the last are the ends.

    Example:
        >>> made = plane("p", [Point("A", 0.5, 1.0)], words=("t", "d", "x", "y"), ticks=[(0, "0"), (1, "1")])
        >>> made.crosses[0].x, made.crosses[0].y
        ('300', '32')
    """
    marked = list(ticks)
    low, high = marked[0][0], marked[-1][0]

    def x_of(value: float) -> float:
        return LEFT + (_within(value, low, high) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y_of(value: float) -> float:
        return HEIGHT - BOTTOM - (_within(value, low, high) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    taken: list[tuple[float, float, float]] = []
    crosses = []
    for point in sorted(points, key=lambda each: (-each.y, each.x, each.name)):
        x, y = x_of(point.x), y_of(point.y)
        label_x, label_y, at_end = _label(point.name, x, y, taken)
        x_low, x_high = _ends(point.x_interval, x_of)
        y_low, y_high = _ends(point.y_interval, y_of)
        crosses.append(
            Cross(
                x=_text(x),
                y=_text(y),
                x_low=x_low,
                x_high=x_high,
                y_low=y_low,
                y_high=y_high,
                label=point.name,
                label_x=_text(label_x),
                label_y=_text(label_y),
                label_end=at_end,
            )
        )
    return Plane(
        anchor,
        *words,
        x_ticks=tuple((_text(x_of(place)), text) for place, text in marked),
        y_ticks=tuple((_text(y_of(place)), text) for place, text in marked),
        crosses=tuple(crosses),
    )


def _ends(interval: tuple[float, float] | None, place: Callable[[float], float]) -> tuple[str, str]:
    return ("", "") if interval is None else (_text(place(interval[0])), _text(place(interval[1])))


def _label(name: str, x: float, y: float, taken: list[tuple[float, float, float]]) -> tuple[float, float, bool]:
    """Where a name stands: right above its cross, at the left where it would run out, lower where another stands."""
    width = LETTER * len(name)
    at_end = x + 10 + width > WIDTH - RIGHT
    left = x - 10 - width if at_end else x + 10
    place = max(y - 8, LINE)
    while any(abs(place - other) < LINE and left < end and begin < left + width for begin, end, other in taken):
        place += LINE
    taken.append((left, left + width, place))
    return (x - 10 if at_end else x + 10), place, at_end


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _text(coordinate: float) -> str:
    return f"{coordinate:.1f}".rstrip("0").rstrip(".")
