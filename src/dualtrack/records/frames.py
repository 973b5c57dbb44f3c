"""Data frames of the tables: the forms in which the rest of the product sees them.

May import the column specification and typed columns. Identifiers, words, levels and textual keys are categories of
sorted text; whole numbers are int64, or Int64 where a cell may be empty; numbers are float64 with NaN for an empty
cell (in memory only); truth values are boolean; prose is str; lists and objects are Python values.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.keys import row_keys
from dualtrack.records.typed import Codes, Numbers, Texts, Typed, TypedColumn

__all__ = ["empty_frame", "frame_of"]

_STR = pd.StringDtype("pyarrow", na_value=np.nan)


def empty_frame(table: Table) -> pd.DataFrame:
    """The frame of a table that a study does not have: all columns, typed, no rows.

    Example:
        >>> from dualtrack.records.inputs import INPUT_TABLES
        >>> frame = empty_frame(INPUT_TABLES[0])
        >>> len(frame), str(frame["item_id"].dtype), str(frame["turn"].dtype)
        (0, 'category', 'Int64')
    """
    return pd.DataFrame({column.name: _empty(column) for column in table.columns})


def frame_of(typed: Typed) -> pd.DataFrame:
    """The frame of a table, rows in the order of its key, index from 0."""
    key = row_keys(typed)
    order = None if bool((key[1:] >= key[:-1]).all()) else np.argsort(key, kind="stable")
    columns = {column.name: column for column in typed.table.columns}
    return pd.DataFrame({name: _series(columns.get(name), cells, order) for name, cells in typed.columns.items()})


def _empty(column: Column) -> pd.Series:
    if column.categorical:
        return pd.Series(_categorical(np.zeros(0, dtype=np.int32), ()))
    if column.nested:
        return pd.Series([], dtype=object)
    dtypes = {
        Kind.integer: "Int64" if _may_be_empty(column) else "int64",
        Kind.number: "float64",
        Kind.boolean: "boolean",
    }
    return pd.Series([], dtype=dtypes.get(column.kind, _STR))


def _may_be_empty(column: Column) -> bool:
    return column.null and column.default is None


def _series(column: Column | None, cells: TypedColumn, order: NDArray[np.int64] | None) -> pd.Series:
    if isinstance(cells, Codes):
        return pd.Series(_categorical(cells.codes if order is None else cells.codes[order], cells.words))
    if isinstance(cells, Texts):
        array = cells.cells if order is None else cells.cells.take(pa.array(order))
        return pd.Series(pd.array(pa.chunked_array(array, pa.string()), dtype=_STR))
    if isinstance(cells, Numbers):
        values = cells.values if order is None else cells.values[order]
        null = cells.null if order is None else cells.null[order]
        return _numbers(column, values, null)
    ordered: Sequence[object] = cells.cells if order is None else [cells.cells[row] for row in order.tolist()]
    held = np.empty(len(ordered), dtype=object)
    held[:] = ordered
    return pd.Series(held, dtype=object)


def _numbers(column: Column | None, values: NDArray[np.generic], null: NDArray[np.bool_]) -> pd.Series:
    if values.dtype == np.float64:
        return pd.Series(np.where(null, np.nan, values))
    if values.dtype == np.bool_:
        return pd.Series(pd.arrays.BooleanArray(values.astype(np.bool_), null))
    if column is not None and not _may_be_empty(column):
        return pd.Series(values)
    return pd.Series(pd.arrays.IntegerArray(values.astype(np.int64), null))


def _categorical(codes: NDArray[np.int32], words: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(words), dtype="str"))
