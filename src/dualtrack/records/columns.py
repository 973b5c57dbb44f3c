"""What a table is: its columns, their types, keys, words and null rules, as frozen data.

May import errors and terms. One specification drives reading, validation, empty frames, writing and the reference
page; nothing about a column is written anywhere else.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

__all__ = ["Column", "Kind", "Table"]


class Kind(StrEnum):
    """How the text of a cell is typed.

    ``name`` is a study identifier, ``word`` one of a closed list, ``level`` the id of a level of a scale (text in
    which an integral decimal such as 5.0 reads as 5), ``instant`` an ISO 8601 time with zone, ``names`` a list of study
    identifiers.
    """

    name = "name"
    text = "text"
    word = "word"
    level = "level"
    integer = "integer"
    number = "number"
    boolean = "boolean"
    instant = "instant"
    names = "names"
    object = "object"
    list = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    ``key`` columns identify a row. ``required`` columns must be present; ``null`` allows an empty cell. ``default``
    fills an absent column or an empty cell. ``words`` closes a ``word`` column. ``low`` and ``high`` bound numbers,
    inclusive; a list that has them holds numbers. ``refers`` names the table and column in which a name must exist.
    """

    name: str
    kind: Kind
    meaning: str
    key: bool = False
    required: bool = False
    null: bool = True
    default: str | int | float | bool | None = None
    words: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    refers: tuple[str, str] | None = None

    @property
    def categorical(self) -> bool:
        """Whether frames hold the column as codes of sorted words: identifiers, words, levels and textual keys."""
        return self.kind in {Kind.name, Kind.word, Kind.level} or (self.key and self.kind is Kind.text)

    @property
    def nested(self) -> bool:
        """Whether a cell holds a list or an object: native in JSON, JSON text in CSV and Parquet."""
        return self.kind in {Kind.list, Kind.object, Kind.names}


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, its columns, and on which side of the engine it stands.

    ``prefixes`` are open families of columns (``strata.``); ``x_`` columns are always carried and ignored.
    ``in_document`` says whether the rows also stand in scorecards.json.
    """

    name: str
    side: Literal["input", "result"]
    meaning: str
    columns: tuple[Column, ...]
    prefixes: tuple[str, ...] = ()
    in_document: bool = True

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns, in order."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all declared columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
