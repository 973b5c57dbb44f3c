"""From text to types, column by column, with a note for every cell that does not fit.

May import the column specification, raw and typed columns and the collector of problems. Only the distinct words of a
column are looked at; the rows that hold a bad word are found through their codes.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dualtrack.errors import Place, Problem
from dualtrack.records.columns import Column, Kind
from dualtrack.records.figures import BLANK, DTYPES, type_instants, type_numbers
from dualtrack.records.json_keys import key_twice
from dualtrack.records.problems import Notes, shown, some
from dualtrack.records.raw import MAX_RECORD, Coded, Native, Raw, RawColumn, column_of
from dualtrack.records.refuse import expected, rows_of
from dualtrack.records.typed import Codes, Numbers, Objects, Texts, Typed, TypedColumn
from dualtrack.records.words import NAME, type_words

__all__ = ["type_table"]

_NAME = re.compile(NAME)


def type_table(raw: Raw, notes: Notes) -> Typed:
    """Type every column of a table.

    Args:
        raw: the table as read.
        notes: takes what is wrong: REC010 cell too long, REC017 column absent, REC018 cell empty, REC019 wrong
            type, REC020 word not in the list, REC021 number out of bounds, REC022 malformed identifier.

    Returns:
        The table with all declared columns; cells that do not fit are empty in it.
    """
    columns: dict[str, TypedColumn] = {}
    for column in raw.table.columns:
        given = raw.columns.get(column.name)
        if given is None:
            if column.required:
                notes.add(_absent(raw, column))
            columns[column.name] = _filled(column, raw.n_rows)
        else:
            columns[column.name] = _typed(raw, column, given, notes)
    _join_families(raw, columns, notes)
    for name, given in raw.columns.items():
        own = column_of(raw.table, name)
        if own is not None and name.startswith("x_"):
            columns[name] = _typed(raw, own, given, notes)
    for name, number in raw.counts.items():
        notes.counts[f"{raw.table.name}.{name}"] += number
    return Typed(raw.table, raw.file, raw.n_rows, columns, raw.locate)


def _absent(raw: Raw, column: Column) -> Problem:
    given = [name for name in raw.columns if column_of(raw.table, name) is not None]
    return Problem(
        "REC017",
        "a required column is missing",
        Place(raw.file, column=column.name),
        found=some(given, most=30),
        expected=f"{column.name}: {column.meaning}",
        fix=f"add the column {column.name}",
    )


def _filled(column: Column, n_rows: int) -> TypedColumn:
    """A column that the file does not have: its default in every row, or empty."""
    if column.categorical:
        if isinstance(column.default, str):
            return Codes(np.zeros(n_rows, dtype=np.int32), (column.default,) if n_rows else ())
        return Codes(np.full(n_rows, -1, dtype=np.int32), ())
    if column.kind in DTYPES:
        missing = column.default is None
        values = np.full(n_rows, BLANK[column.kind] if missing else column.default, dtype=DTYPES[column.kind])
        return Numbers(values, np.full(n_rows, missing))
    if column.nested:
        return Objects([None] * n_rows)
    default = column.default if isinstance(column.default, str) else None
    return Texts(pa.chunked_array([pa.array([default] * n_rows, pa.string())]))


def _typed(raw: Raw, column: Column, given: RawColumn, notes: Notes) -> TypedColumn:
    if isinstance(given, Coded):
        _refuse_empty(raw, column, given.codes < 0, notes)
        if column.categorical:
            return type_words(raw, column, given, notes)
        if column.kind is Kind.instant:
            return type_instants(raw, column, given, notes)
        return type_numbers(raw, column, given, notes)
    if isinstance(given, Native):
        empty = np.fromiter((cell is None for cell in given.cells), dtype=np.bool_, count=raw.n_rows)
        _refuse_empty(raw, column, empty, notes)
        return _names_alone(raw, column, Objects(given.cells), notes)
    cells = pc.if_else(pc.equal(given.cells, ""), pa.scalar(None, pa.string()), given.cells)
    _refuse_empty(raw, column, _mask(pc.is_null(cells)), notes)
    _refuse_long(raw, column, cells, notes)
    if column.nested:
        return _names_alone(raw, column, _objects(raw, column, cells, notes), notes)
    if isinstance(column.default, str):
        cells = pc.fill_null(cells, column.default)
    return Texts(cells)


def _mask(cells: Any) -> NDArray[np.bool_]:  # noqa: ANN401 -- Arrow chunked array
    mask: NDArray[np.bool_] = cells.to_numpy().astype(np.bool_, copy=False)
    return mask


def _refuse_empty(raw: Raw, column: Column, empty: NDArray[np.bool_], notes: Notes) -> None:
    if column.null or column.default is not None:
        return
    notes.add_rows(
        raw,
        Problem(
            "REC018",
            "a required cell is empty",
            Place(column=column.name),
            found="nothing",
            expected=expected(column),
            fix="fill the cell, or remove the row if it is not a record",
        ),
        rows_of(empty),
    )


def _refuse_long(raw: Raw, column: Column, cells: Any, notes: Notes) -> None:  # noqa: ANN401 -- Arrow chunked array
    longest = pc.max(pc.binary_length(cells)).as_py()
    if longest is None or longest <= MAX_RECORD:
        return
    lengths = pc.fill_null(pc.binary_length(cells), 0).to_numpy()
    notes.add_rows(
        raw,
        Problem(
            "REC010",
            "a cell is too long",
            Place(column=column.name),
            expected=f"at most {MAX_RECORD:,} bytes",
            fix="look for a quote that is not closed; shorten the text",
        ),
        rows_of(lengths > MAX_RECORD),
        found=lambda row: f"{lengths[row]:,} bytes",
    )


def _objects(raw: Raw, column: Column, cells: Any, notes: Notes) -> Objects:  # noqa: ANN401 -- Arrow chunked array
    """Lists and objects that stand as JSON text."""
    wanted = dict if column.kind is Kind.object else list
    values: list[Any] = []
    bad: dict[int, str] = {}
    for row, text in enumerate(cells.to_pylist()):
        value, wrong = (None, None) if text is None else _parsed(text, wanted)
        if wrong is not None:
            bad[row] = wrong
        values.append(value)
    notes.add_rows(
        raw,
        Problem(
            "REC019",
            f"the cell is not {expected(column)}",
            Place(column=column.name),
            expected=expected(column),
            fix="write JSON, with double quotes; in CSV each of them is doubled",
        ),
        np.array(list(bad), dtype=np.int64),
        found=lambda row: bad[row],
    )
    return Objects(values)


def _names_alone(raw: Raw, column: Column, objects: Objects, notes: Notes) -> Objects:
    """The same, with a note for every list of names that holds something else."""
    if column.kind is not Kind.names:
        return objects
    bad = {row: shown(wrong[0]) for row, cell in enumerate(objects.cells) if (wrong := _no_names(cell))}
    notes.add_rows(
        raw,
        Problem(
            "REC019",
            f"the cell is not {expected(column)}",
            Place(column=column.name),
            expected=expected(column),
            fix='write a list of names, such as ["overdose"]',
        ),
        np.array(list(bad), dtype=np.int64),
        found=lambda row: bad[row],
    )
    return objects


def _no_names(cell: list[object] | None) -> list[object]:
    return [entry for entry in cell or () if not (isinstance(entry, str) and _NAME.fullmatch(entry))]


def _parsed(text: str, wanted: type) -> tuple[Any, str | None]:
    """The value of a JSON text, or what is wrong with it."""
    try:
        value = orjson.loads(text)
        twice = key_twice(text.encode(), value)
    except orjson.JSONDecodeError as error:
        return None, f"{shown(text)}: {error.msg}"
    except RecursionError:
        return None, "objects or lists nested too deeply"
    if twice is not None:
        return None, f"{shown(text)}: the key {shown(twice)} stands twice"
    return (value, None) if isinstance(value, wanted) else (None, shown(text))


def _join_families(raw: Raw, columns: dict[str, TypedColumn], notes: Notes) -> None:
    """``strata.NAME`` columns become one object per row; the levels of an object are text."""
    for prefix in raw.table.prefixes:
        whole = prefix.rstrip(".")
        members = {name: given for name, given in raw.columns.items() if name.startswith(prefix)}
        if members and whole in raw.columns:
            notes.add(
                Problem(
                    "REC012",
                    "two columns say the same",
                    Place(raw.file, column=whole),
                    found=some([whole, *members]),
                    expected=f"{whole}, or columns {prefix}NAME",
                    fix=f"keep either {whole} or the columns {prefix}NAME",
                )
            )
        elif members:
            columns[whole] = _joined(members, prefix, raw.n_rows)
        elif isinstance(objects := columns[whole], Objects):
            _refuse_other_levels(raw, whole, objects, notes)


def _joined(members: Mapping[str, RawColumn], prefix: str, n_rows: int) -> Objects:
    cells: list[Any] = [None] * n_rows
    for name, given in sorted(members.items()):
        if not isinstance(given, Coded):
            continue
        for row in np.flatnonzero(given.codes >= 0).tolist():
            if cells[row] is None:
                cells[row] = {}
            cells[row][name.removeprefix(prefix)] = given.words[given.codes[row]]
    return Objects(cells)


def _refuse_other_levels(raw: Raw, name: str, objects: Objects, notes: Notes) -> None:
    bad = {
        row: f"{key}: {shown(level)}"
        for row, cell in enumerate(objects.cells)
        for key, level in (cell or {}).items()
        if not isinstance(level, str)
    }
    notes.add_rows(
        raw,
        Problem(
            "REC019",
            "a level is not text",
            Place(column=name),
            expected='text, such as {"age_band": "65+"}',
            fix="write the level in quotes; leave the key out where there is none",
        ),
        np.array(list(bad), dtype=np.int64),
        found=lambda row: bad[row],
    )
