"""Keys of several columns as single numbers, so that millions of rows are compared and sorted at once.

May import typed columns.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dualtrack.records.typed import Codes, Typed

__all__ = ["combine", "match", "ranks", "row_keys"]

_ROOM = 2**62

Ranks = tuple[NDArray[np.int64], int]
"""Non-negative integers of shape (rows,) and an exclusive bound on them."""


def ranks(table: Typed, name: str) -> Ranks:
    """A key column as integers from 0 that sort like its values; an empty cell comes first."""
    column = table.columns[name]
    if isinstance(column, Codes):
        return column.codes.astype(np.int64) + 1, len(column.words) + 1
    values = table.numbers(name).values
    if len(values) == 0:
        return np.zeros(0, dtype=np.int64), 1
    low = int(values.min())
    spread = int(values.max()) - low + 1
    if spread < _ROOM // 2**20:
        return values.astype(np.int64) - low, spread
    distinct, place = np.unique(values, return_inverse=True)
    return place.astype(np.int64), len(distinct)


def combine(columns: Sequence[Ranks]) -> Ranks:
    """Several columns of integers as one that sorts like the columns in order.

    >>> combine([(np.array([1, 0]), 2), (np.array([2, 3]), 4)])
    (array([6, 3]), 8)
    """
    key, size = columns[0]
    for values, bound in columns[1:]:
        if size > _ROOM // max(bound, 1):
            distinct, place = np.unique(key, return_inverse=True)
            key, size = place.astype(np.int64), len(distinct)
        key = key * bound + values
        size *= bound
    return key, size


def row_keys(table: Typed) -> NDArray[np.int64]:
    """The key of each row as one integer; equal keys are equal integers and the order is that of the columns."""
    return combine([ranks(table, name) for name in table.table.key])[0]


def match(rows: Typed, names: Sequence[str], target: Typed, target_names: Sequence[str]) -> NDArray[np.int64]:
    """For each row the position of the row of another table with the same values, -1 where there is none.

    Args:
        rows: the table whose rows are looked up.
        names: its columns, of words or integers.
        target: the table in which they are looked up; its rows have distinct values in ``target_names``.
        target_names: the columns to compare with, in the same order.

    Returns:
        Row positions in ``target``, shape (rows,). An empty cell matches nothing.
    """
    target_key = np.zeros(target.n_rows, dtype=np.int64)
    key = np.zeros(rows.n_rows, dtype=np.int64)
    found = np.ones(rows.n_rows, dtype=np.bool_)
    for name, target_name in zip(names, target_names, strict=True):
        ours, theirs = _aligned(rows, name, target, target_name)
        found &= ours >= 0
        bound = int(theirs.max(initial=0)) + 1
        joined = target_key * bound + np.maximum(theirs, 0)
        distinct, target_key = np.unique(joined, return_inverse=True)
        wanted = key * bound + np.maximum(ours, 0)
        key, hit = _places(distinct, wanted)
        found &= hit
    first = np.zeros(len(np.unique(target_key)), dtype=np.int64)
    first[target_key[::-1]] = np.arange(target.n_rows, dtype=np.int64)[::-1]
    if len(first) == 0:
        return np.full(rows.n_rows, -1, dtype=np.int64)
    return np.where(found, first[np.minimum(key, len(first) - 1)], -1)


def _aligned(rows: Typed, name: str, target: Typed, target_name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two columns on one numbering: position in the target's distinct values, -1 where it has no such value."""
    theirs = target.columns[target_name]
    if isinstance(theirs, Codes):
        return rows.codes(name).positions_in(theirs.words), theirs.codes.astype(np.int64)
    distinct, place = np.unique(target.numbers(target_name).values, return_inverse=True)
    own = rows.numbers(name)
    position, hit = _places(distinct, own.values)
    return np.where(hit & ~own.null, position, -1), place.astype(np.int64)


def _places(distinct: NDArray[np.int64], wanted: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Position of each value among sorted distinct ones, and whether it is there."""
    if len(distinct) == 0:
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
    place = np.minimum(np.searchsorted(distinct, wanted), len(distinct) - 1)
    return place.astype(np.int64), distinct[place] == wanted
