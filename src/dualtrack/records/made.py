"""Typed input tables from rows in memory, in the form in which reading a study gives them.

For studies that are made and never lie in a folder: rehearsals of a rubric, and tests. Rows are trusted; what a folder
holds is read and checked elsewhere. May import the table specifications.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from dualtrack.records.columns import Kind, Table
from dualtrack.records.inputs import INPUT_TABLES

__all__ = ["made_tables"]

_DTYPES = {
    Kind.name: "category",
    Kind.word: "category",
    Kind.level: "category",
    Kind.integer: "Int64",
    Kind.number: "float64",
    Kind.boolean: "boolean",
    Kind.text: "str",
    Kind.instant: "str",
}


def made_tables(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, pd.DataFrame]:
    """All input tables, typed and sorted by key, with defaults filled in; those not given are empty.

    Args:
        rows: table name -> rows, each a mapping of column to value.

    Raises:
        KeyError: there is no table of a name.

    Example:
        >>> made = made_tables({"items": [{"item_id": "b", "prompt": "?"}, {"item_id": "a", "prompt": "?"}]})
        >>> made["items"]["item_id"].tolist(), len(made["ratings"])
        (['a', 'b'], 0)
    """
    known = {table.name: table for table in INPUT_TABLES}
    unknown = sorted(set(rows) - set(known))
    if unknown:
        raise KeyError(f"no input table is called {', '.join(unknown)}")
    return {name: _frame(table, list(rows.get(name, ()))) for name, table in known.items()}


def _frame(table: Table, rows: list[Mapping[str, Any]]) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for column in table.columns:
        values = [row.get(column.name, column.default) for row in rows]
        if column.categorical:
            columns[column.name] = pd.Series(pd.Categorical(values))
        elif column.kind is Kind.integer and not column.null:
            columns[column.name] = pd.Series(values, dtype="int64")
        else:
            columns[column.name] = pd.Series(values, dtype=_DTYPES.get(column.kind, "object"))
    return pd.DataFrame(columns).sort_values(list(table.key), kind="stable", ignore_index=True)
