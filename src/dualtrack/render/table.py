"""What a table is before it is drawn: plain frozen data that any writer of pages or files can take.

Knows nothing of the domain; may import ``render.chart`` and ``render.numbers``. Every cell holds finished text.
"""

from dataclasses import dataclass
from typing import Literal

from dualtrack.render.chart import Axis, Bar
from dualtrack.render.numbers import numeral

__all__ = ["Cell", "Column", "Group", "Mark", "Row", "Shape", "Table", "Tone"]

Tone = Literal["good", "open", "bad", "none"]
Shape = Literal["check", "triangle", "cross", "ring"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A state: shape, word and colour together, so that no one of them is needed alone."""

    shape: Shape
    word: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text, smaller lines under it, and perhaps a mark, a bar or a shade of one hue (``0`` to ``4``).

    ``target`` makes a link of the text: a place in this page or a page of the same set.
    """

    text: str = ""
    lines: tuple[str, ...] = ()
    mark: Mark | None = None
    bar: Bar | None = None
    shade: str = ""
    muted: bool = False
    target: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, how it is aligned, whether its cells head their rows, and the axis of its bars.

    ``wide`` text wraps in a column of readable width; other cells stay on one line where they can.
    """

    title: str
    align: Literal["text", "number", "plot", "code"] = "text"
    head: bool = False
    wide: bool = False
    axis: Axis | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row, with as many cells as the table has columns; hatched where it counts for nothing, said in words too."""

    cells: tuple[Cell, ...]
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading of their own."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption and the notes under it. ``anchor`` names it within its page; groups follow the rows.

    ``even`` gives the columns beside the first one the same width on paper, for tables that compare like with like.

    Raises:
        ValueError: a row has another number of cells than there are columns.
    """

    anchor: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = ()
    groups: tuple[Group, ...] = ()
    notes: tuple[str, ...] = ()
    even: bool = False

    def __post_init__(self) -> None:
        every = (*self.rows, *(row for group in self.groups for row in group.rows))
        if any(len(row.cells) != len(self.columns) for row in every):
            raise ValueError(f"table {self.anchor}: a row has another number of cells than there are columns")

    @property
    def span(self) -> str:
        """How many columns a heading over all of them spans, as text for the page."""
        return numeral(len(self.columns))
