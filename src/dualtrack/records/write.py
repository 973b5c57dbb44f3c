"""Writing and reading the results folder: scorecards.json and the tables, all or nothing.

One of the places where files are read and written. May import errors and the rest of this package.

``scorecards.json`` and the Parquet files are exact. The CSV files are for spreadsheets: a text that a spreadsheet
would run as a formula gets an apostrophe in front, and so does a text that begins with an apostrophe, so that taking
one away restores every text.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv, parquet

from dualtrack.errors import OutputError, Place, Problem
from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.keys import combine
from dualtrack.records.plain import plain, rounded
from dualtrack.records.problems import nearest, shown, some
from dualtrack.records.raw import column_of
from dualtrack.records.results import RESULT_TABLES
from dualtrack.records.staging import recover, staged

__all__ = ["DOCUMENT", "read_results", "write_results"]

DOCUMENT = "scorecards.json"
"""The file that makes a folder a results folder."""

_SCHEMA = "dualtrack.results/"
_TABLES = "tables"
_FORMULA = "^[=+\\-@\t\r\n'\uff1d\uff0b\uff0d\uff20]"  # the last four are full-width signs
_NESTED = frozenset({Kind.list, Kind.object, Kind.names})
_BY_NAME = {table.name: table for table in RESULT_TABLES}


def write_results(
    tables: Mapping[str, pd.DataFrame],
    document: Mapping[str, Any],
    folder: str | Path,
    *,
    beside: Mapping[str, bytes] | None = None,
    finish: Callable[[Path], None] = lambda _staging: None,
) -> None:
    """Write a results folder: ``scorecards.json``, ``tables/NAME.csv`` and ``tables/NAME.parquet``.

    Rows are sorted by key, numbers have ten significant digits, undefined is null, text is UTF-8 with LF. Equal results
    give equal bytes. Whatever else the folder holds stays as it is.

    Args:
        tables: result tables by name; NaN, NA and None are null, lists and objects are Python values.
        document: what stands beside the tables in ``scorecards.json``: plain data with ``schema``
            ``dualtrack.results/...``.
        folder: a new or empty folder, or one that holds earlier results, which are replaced.
        beside: further files of the folder, by name, such as what people state about the study.
        finish: called with the folder in which the results lie complete, before they take their places; what it writes
            there takes its place with them.

    Raises:
        OutputError: OUT001 the folder is a file; OUT002 it holds something else than results; OUT003 it cannot be
            written; OUT004 a table contradicts its specification. What was there is then unchanged.
    """
    ready = {name: _arrow(_specified(name), frame) for name, frame in sorted(tables.items())}
    rows = {
        table.name: _rows(table, ready[table.name])
        for table in RESULT_TABLES
        if table.in_document and table.name in ready
    }
    text = _document(document, rows)
    with staged(Path(folder), refuse=_refuse_others) as staging:
        (staging / DOCUMENT).write_bytes(text)
        for name, data in (beside or {}).items():
            (staging / name).write_bytes(data)
        (staging / _TABLES).mkdir()
        for name, held in ready.items():
            place = staging / _TABLES / name
            parquet.write_table(held, place.with_suffix(".parquet"), compression="zstd", store_schema=False)
            with place.with_suffix(".csv").open("wb") as stream:
                _write_csv(held, stream)
        finish(staging)


def read_results(folder: str | Path) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Read a results folder.

    Args:
        folder: a folder that ``write_results`` has written. What a killed run left beside it is cleared up first.

    Returns:
        The document without its tables, and every table as a frame: text as ``str``, whole numbers as ``Int64``,
        numbers as ``float64`` with NaN for null, truth values as ``boolean``, lists and objects as Python values.

    Raises:
        OutputError: OUT005 the folder holds no results; OUT006 a table is missing or cannot be read.
    """
    target = Path(folder)
    recover(target)
    document = _loaded(target / DOCUMENT)
    if document is None:
        raise OutputError(
            Problem(
                "OUT005",
                "the folder holds no results",
                Place(DOCUMENT),
                found="no such file" if not (target / DOCUMENT).is_file() else "a file of another kind",
                expected=f"{DOCUMENT} with schema {_SCHEMA}1",
                fix="score the study into this folder",
            )
        )
    expected = set(document.pop("tables", {}))
    frames = {}
    for table in RESULT_TABLES:
        path = target / _TABLES / f"{table.name}.parquet"
        if path.is_file() or table.name in expected:
            frames[table.name] = _frame(table, path)
    return document, frames


def _refuse_others(target: Path) -> None:
    """Results are written over results only."""
    held = [entry.name for entry in target.iterdir() if not entry.name.startswith(".")] if target.is_dir() else []
    if held and _loaded(target / DOCUMENT) is None:
        raise OutputError(
            Problem(
                "OUT002",
                "the folder holds something else than results",
                Place(target.name),
                found=some(held),
                expected=f"nothing, or earlier results with {DOCUMENT}",
                fix="name a new folder",
            )
        )


def _loaded(path: Path) -> dict[str, Any] | None:
    """The content of scorecards.json, None when it is not there or something else."""
    try:
        content = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    known = isinstance(content, dict) and str(content.get("schema", "")).startswith(_SCHEMA)
    return content if known else None


def _specified(name: str) -> Table:
    if name not in _BY_NAME:
        raise _contradiction(name, None, "an unknown table", nearest(name, _BY_NAME, otherwise="add it"))
    return _BY_NAME[name]


def _contradiction(table: str, column: str | None, found: str, fix: str) -> OutputError:
    return OutputError(
        Problem(
            "OUT004",
            "results contradict their specification",
            Place(table, column=column),
            found=found,
            expected="rows as the table specification says",
            fix=fix,
        )
    )


def _arrow(table: Table, frame: pd.DataFrame) -> Any:  # noqa: ANN401 -- pyarrow publishes no types
    """The table as Arrow columns in the order of the specification, rows in the order of the key."""
    extra = [name for name in frame.columns if name not in table.names]
    for name in extra:
        if column_of(table, name) is None:
            raise _contradiction(table.name, str(name), shown(name), "declare the column first")
    columns = [*table.columns, *(Column(name, Kind.text, "") for name in sorted(extra))]
    arrays = {column.name: _array(table, column, frame) for column in columns}
    for column in table.columns:
        if not column.null and arrays[column.name].null_count:
            raise _contradiction(table.name, column.name, "an empty cell", "give a value in every row")
    whole = pa.table(arrays)
    order = _order(table, whole)
    return whole if order is None else whole.take(pa.array(order))


def _array(table: Table, column: Column, frame: pd.DataFrame) -> Any:  # noqa: ANN401 -- Arrow array
    if column.name not in frame.columns:
        return pa.nulls(len(frame), _arrow_type(column))
    cells = frame[column.name]
    try:
        if column.kind in _NESTED:
            return pa.array(_texts_of(cells, f"{table.name}.{column.name}"), pa.string())
        if column.kind is Kind.number:
            numbers = np.asarray(cells.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
            return pa.array(rounded(numbers, f"{table.name}.{column.name}"), pa.float64(), from_pandas=True)
        if column.kind is Kind.integer:
            return pa.array(cells.astype("Int64"), pa.int64(), from_pandas=True)
        if column.kind is Kind.boolean:
            return pa.array(cells.astype("boolean"), pa.bool_(), from_pandas=True)
        return pa.array(cells.astype("str"), pa.string(), from_pandas=True)
    except (TypeError, ValueError, pa.ArrowException) as error:
        raise _contradiction(table.name, column.name, f"cells that are not {column.kind}", "mend the cells") from error


def _arrow_type(column: Column) -> Any:  # noqa: ANN401 -- Arrow type
    types = {Kind.integer: pa.int64(), Kind.number: pa.float64(), Kind.boolean: pa.bool_()}
    return types.get(column.kind, pa.string())


def _texts_of(cells: pd.Series, where: str) -> list[str | None]:
    """Lists and objects as JSON text; equal values are written once."""
    empty = cells.isna().to_numpy()
    return [
        None if missing else orjson.dumps(plain(cell, where)).decode()
        for cell, missing in zip(cells.tolist(), empty.tolist(), strict=True)
    ]


def _order(table: Table, whole: Any) -> NDArray[np.int64] | None:  # noqa: ANN401 -- Arrow table
    """Row positions in the order of the key; None when they are in order."""
    if whole.num_rows == 0:
        return None
    key = combine([_ranks(whole[name]) for name in table.key])[0]
    order = np.argsort(key, kind="stable")
    if (key[order[1:]] == key[order[:-1]]).any():
        raise _contradiction(table.name, ", ".join(table.key), "two rows with the same key", "merge the rows")
    return None if bool((key[1:] > key[:-1]).all()) else order


def _ranks(cells: Any) -> tuple[NDArray[np.int64], int]:  # noqa: ANN401 -- Arrow chunked array
    """Distinct values numbered in their order."""
    coded = cells.combine_chunks().dictionary_encode()
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    order = pc.sort_indices(coded.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[coded.indices.to_numpy(zero_copy_only=False)], max(len(order), 1)


def _rows(table: Table, held: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- Arrow table
    """The rows of a table for the document; lists and objects as such."""
    columns = []
    for name in held.column_names:
        cells = held[name].to_pylist()
        column = column_of(table, name)
        if column is not None and column.kind in _NESTED:
            cells = [None if cell is None else orjson.loads(cell) for cell in cells]
        columns.append(cells)
    return [dict(zip(held.column_names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _document(document: Mapping[str, Any], rows: Mapping[str, list[dict[str, Any]]]) -> bytes:
    """scorecards.json: keys in order, one row of a table per line."""
    parts = {str(key): _indented(plain(value, str(key))) for key, value in document.items() if key != "tables"}
    lines = [
        orjson.dumps(name) + b": [" + b",".join(b"\n   " + orjson.dumps(row) for row in table) + b"]"
        for name, table in sorted(rows.items())
    ]
    parts["tables"] = b"{\n  " + b",\n  ".join(lines) + b"}"
    body = b",\n".join(b" " + orjson.dumps(key) + b": " + parts[key] for key in sorted(parts))
    return b"{\n" + body + b"\n}\n"


def _indented(value: Any) -> bytes:  # noqa: ANN401 -- any JSON value
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).replace(b"\n", b"\n ")


def _write_csv(held: Any, stream: BinaryIO) -> None:  # noqa: ANN401 -- Arrow table
    """One CSV table: text in quotes, numbers without, nothing for null, no text that would run as a formula."""
    stream.write(",".join(held.column_names).encode() + b"\n")
    harmless = [_harmless(cells) if pa.types.is_string(cells.type) else cells for cells in held.columns]
    options = csv.WriteOptions(include_header=False, eol="\n")
    csv.write_csv(pa.table(harmless, names=held.column_names), stream, options)


def _harmless(cells: Any) -> Any:  # noqa: ANN401 -- Arrow chunked array
    starts = pc.fill_null(pc.match_substring_regex(cells, _FORMULA), False)  # noqa: FBT003 -- the value that fills
    if not pc.any(starts).as_py():
        return cells
    return pc.if_else(starts, pc.binary_join_element_wise("'", cells, ""), cells)


def _frame(table: Table, path: Path) -> pd.DataFrame:
    try:
        held = parquet.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        raise OutputError(
            Problem(
                "OUT006",
                "a table of the results cannot be read",
                Place(f"{_TABLES}/{path.name}"),
                found="no such file" if not path.is_file() else "a damaged file",
                expected="the table as written",
                fix="score the study again",
            )
        ) from error
    columns = {}
    for name in held.column_names:
        column = column_of(table, name)
        kind = Kind.text if column is None else column.kind
        columns[name] = _series(held[name], kind)
    return pd.DataFrame(columns)


def _series(cells: Any, kind: Kind) -> pd.Series:  # noqa: ANN401 -- Arrow chunked array
    if kind in _NESTED:
        values = [None if cell is None else orjson.loads(cell) for cell in cells.to_pylist()]
        held = np.empty(len(values), dtype=object)
        held[:] = values
        return pd.Series(held, dtype=object)
    if kind is Kind.number:
        return pd.Series(cells.to_numpy().astype(np.float64))
    dtypes = {Kind.integer: "Int64", Kind.boolean: "boolean"}
    return pd.Series(pd.array(cells.combine_chunks(), dtype=dtypes.get(kind, "str")))
