"""Columns after typing, still in the order of the file, in the form in which checks are fast.

May import the column specification. Checks work on codes and numbers of whole columns; rows are sorted and frames
built only when nothing is wrong.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualtrack.records.columns import Table
from dualtrack.records.problems import Located

__all__ = ["Codes", "Numbers", "Objects", "Texts", "Typed", "TypedColumn"]


@dataclass(frozen=True, slots=True)
class Codes:
    """Identifiers, words or levels: ``codes`` int32 of shape (rows,), -1 where empty; ``words`` are sorted."""

    codes: NDArray[np.int32]
    words: tuple[str, ...]

    def word(self, row: int) -> str | None:
        """What the row holds."""
        code = int(self.codes[row])
        return None if code < 0 else self.words[code]

    def positions_in(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Position of the word of each row in another list of words, -1 where it is not there or the cell is empty."""
        index = {word: place for place, word in enumerate(words)}
        place = np.array([*(index.get(word, -1) for word in self.words), -1], dtype=np.int64)
        return place[self.codes]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Integers (int64), numbers (float64) or truth values (bool), shape (rows,); ``null`` says where there is none."""

    values: NDArray[Any]
    null: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Texts:
    """Prose: an Arrow chunked array of text, null where empty."""

    cells: Any


@dataclass(frozen=True, slots=True)
class Objects:
    """Lists or objects, None where empty."""

    cells: list[Any]


TypedColumn = Codes | Numbers | Texts | Objects


@dataclass(frozen=True, slots=True)
class Typed:
    """One table after typing: all declared columns, those that the file did not have filled with their default."""

    table: Table
    file: str
    n_rows: int
    columns: Mapping[str, TypedColumn]
    locate: Callable[[Sequence[int]], list[Located]]

    def codes(self, name: str) -> Codes:
        """A column of identifiers, words or levels.

        Raises:
            TypeError: the column is of another form.
        """
        column = self.columns[name]
        if not isinstance(column, Codes):
            raise TypeError(f"{name} holds no words")
        return column

    def numbers(self, name: str) -> Numbers:
        """A column of numbers or truth values.

        Raises:
            TypeError: the column is of another form.
        """
        column = self.columns[name]
        if not isinstance(column, Numbers):
            raise TypeError(f"{name} holds no numbers")
        return column

    def texts(self, name: str) -> Texts:
        """A column of prose.

        Raises:
            TypeError: the column is of another form.
        """
        column = self.columns[name]
        if not isinstance(column, Texts):
            raise TypeError(f"{name} holds no prose")
        return column

    def objects(self, name: str) -> Objects:
        """A column of lists or objects.

        Raises:
            TypeError: the column is of another form.
        """
        column = self.columns[name]
        if not isinstance(column, Objects):
            raise TypeError(f"{name} holds no lists or objects")
        return column

    def given(self, name: str) -> NDArray[np.bool_]:
        """Which rows of a column hold something.

        Raises:
            TypeError: the column holds lists or objects.
        """
        column = self.columns[name]
        if isinstance(column, Codes):
            return column.codes >= 0
        if isinstance(column, Numbers):
            return ~column.null
        return np.asarray(self.texts(name).cells.is_valid().to_numpy(), dtype=np.bool_)
