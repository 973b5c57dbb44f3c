"""What a reader hands over: every cell as text, columns of few distinct words as codes.

May import the column specification and the collector of problems. Each format has its own reader; from here on
nothing depends on the format.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.problems import Located

__all__ = [
    "CODED",
    "MAX_RECORD",
    "Coded",
    "Native",
    "Raw",
    "RawColumn",
    "Written",
    "code_words",
    "column_of",
    "is_prose",
]

MAX_RECORD = 16 * 1024 * 1024
"""Longest record and longest cell that is read, in bytes (16 MiB)."""

CODED = pa.dictionary(pa.int32(), pa.string())
"""Arrow type of a column that is kept as codes of distinct words."""

_PROSE = frozenset({Kind.text, Kind.list, Kind.object, Kind.names})


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as codes of distinct words: ``codes`` int32 of shape (rows,), -1 for an empty cell."""

    codes: NDArray[np.int32]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A column of prose: an Arrow chunked array of text, null for an empty cell."""

    cells: Any


@dataclass(frozen=True, slots=True)
class Native:
    """A column of lists or objects as JSON gives them; None for an absent one."""

    cells: list[object]


RawColumn = Coded | Written | Native


@dataclass(frozen=True, slots=True)
class Raw:
    """One table as read: its columns before typing, and how to say where a row stands.

    ``counts`` is the number of cells of each column that were read in another spelling than the stored one.
    ``complete`` is false when reading stopped early, so that nothing may be concluded from what is not there.
    """

    table: Table
    file: str
    n_rows: int
    columns: Mapping[str, RawColumn]
    locate: Callable[[Sequence[int]], list[Located]]
    counts: Mapping[str, int] = field(default_factory=dict)
    complete: bool = True


def column_of(table: Table, name: str) -> Column | None:
    """The specification that governs a column: declared, a member of an open family, or ``x_``; None when unknown.

    >>> from dualtrack.records.inputs import INPUT_TABLES
    >>> column_of(INPUT_TABLES[0], "strata.age").kind.value, column_of(INPUT_TABLES[0], "colour")
    ('word', None)
    """
    if name in table.names:
        return table.column(name)
    if name.startswith("x_") and len(name) > len("x_"):
        return Column(name, Kind.text, "carried, not read")
    for prefix in table.prefixes:
        if name.startswith(prefix) and len(name) > len(prefix):
            return Column(name, Kind.word, f"one level of {prefix.rstrip('.')}")
    return None


def is_prose(column: Column) -> bool:
    """Whether the column is kept cell by cell: long text, lists and objects, whose cells seldom repeat."""
    return column.kind in _PROSE and not column.categorical


def code_words(cells: Any) -> Coded:  # noqa: ANN401 -- pyarrow publishes no types
    """Codes of an Arrow chunked array of dictionary type; an empty text is an empty cell."""
    array = cells.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.array([], CODED)
    words = tuple(array.dictionary.to_pylist())
    codes = pc.fill_null(array.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    if "" in words:
        empty = words.index("")
        keep = np.arange(len(words) + 1, dtype=np.int32)
        keep[empty] = -1
        keep[empty + 1 :] -= 1
        keep[-1] = -1
        codes = keep[codes]
        words = words[:empty] + words[empty + 1 :]
    return Coded(codes, words)
