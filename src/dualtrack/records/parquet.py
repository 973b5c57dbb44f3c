"""Reading a table from Parquet: one file, or a folder of parts.

May import the column specification, the raw columns and the collector of problems. Columns may have native numbers
and true/false; lists and objects are JSON text, because Parquet would give every row the keys of all rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from dualtrack.errors import Place, Problem
from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.gather import unknown_column
from dualtrack.records.problems import Located, Notes
from dualtrack.records.raw import CODED, Raw, RawColumn, Written, code_words, column_of, is_prose

__all__ = ["read_parquet"]

_NUMERIC = frozenset({Kind.integer, Kind.number, Kind.level})


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of one table and how many rows each has."""

    files: tuple[str, ...]
    sizes: tuple[int, ...]
    file: str

    def locate(self, rows: Sequence[int]) -> list[Located]:
        """Part and row from 1 inside the part."""
        ends = list(accumulate(self.sizes))
        parts = np.searchsorted(ends, rows, side="right").tolist()
        starts = [0, *ends]
        return [Located(self.files[part], row - starts[part] + 1) for part, row in zip(parts, rows, strict=True)]


def read_parquet(paths: Mapping[str, Path], table: Table, notes: Notes, *, file: str) -> Raw | None:
    """Read the parts of one table, in the order of their names.

    Args:
        paths: name for messages, relative to the study folder -> part.
        table: what the parts should hold.
        notes: takes what is wrong: REC016 unknown column, REC019 type that does not fit, REC036 unreadable part.
        file: name of the whole for messages.

    Returns:
        The table as read; None when no part can be read.
    """
    parts: dict[str, dict[str, Any]] = {}
    sizes: list[int] = []
    for name, path in paths.items():
        try:
            read = parquet.ParquetFile(path).read()
            read.validate(full=True)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            notes.add(_unreadable(name, error))
            continue
        parts[name] = _columns(read, table, notes, name)
        sizes.append(read.num_rows)
    if not parts:
        return None
    columns: dict[str, RawColumn] = {}
    for column_name in dict.fromkeys(name for part in parts.values() for name in part):
        column = column_of(table, column_name)
        if column is None:
            continue
        kind = pa.string() if is_prose(column) else CODED
        chunks = [
            chunk
            for part, size in zip(parts.values(), sizes, strict=True)
            for chunk in (part[column_name].chunks if column_name in part else [pa.nulls(size, kind)])
        ]
        whole = pa.chunked_array(chunks, kind)
        columns[column_name] = Written(whole) if is_prose(column) else code_words(whole)
    return Raw(table, file, sum(sizes), columns, _Parts(tuple(parts), tuple(sizes), file).locate)


def _columns(read: Any, table: Table, notes: Notes, file: str) -> dict[str, Any]:  # noqa: ANN401 -- pyarrow publishes no types
    """The known columns of one part as text; the others and those of a wrong type are noted."""
    columns: dict[str, Any] = {}
    for name, cells in zip(read.column_names, read.columns, strict=True):
        column = column_of(table, name)
        if column is None:
            notes.add(unknown_column(table, file, name))
            continue
        if name in columns:
            notes.add(
                Problem(
                    "REC012",
                    "two columns have the same name",
                    Place(file, column=name),
                    found="the name twice",
                    expected="each name once",
                    fix="rename or remove one of them",
                )
            )
            continue
        text = _text(cells, column)
        if text is None:
            notes.add(_wrong_type(file, column, cells.type))
            text = pa.chunked_array([pa.nulls(len(cells), pa.string())], pa.string())
        columns[name] = text if is_prose(column) else text.dictionary_encode().cast(CODED)
    return columns


def _text(cells: Any, column: Column) -> Any:  # noqa: ANN401 -- Arrow chunked arrays
    """The column as text, None when its type does not fit."""
    kind = cells.type
    if pa.types.is_dictionary(kind):
        cells = cells.cast(kind.value_type)
        kind = kind.value_type
    free = column.name.startswith("x_")
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    fits = (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
        or (numeric and (free or column.kind in _NUMERIC))
        or (pa.types.is_boolean(kind) and (free or column.kind is Kind.boolean))
    )
    if fits:
        return cells.cast(pa.string())
    if column.kind is Kind.instant and pa.types.is_timestamp(kind) and kind.tz is not None:
        utc = cells.cast(pa.timestamp("us", "UTC"))
        return pc.strftime(utc, format="%Y-%m-%dT%H:%M:%SZ")
    return None


def _wrong_type(file: str, column: Column, kind: Any) -> Problem:  # noqa: ANN401 -- Arrow type
    expected = {
        Kind.list: "text that holds a JSON list",
        Kind.object: "text that holds a JSON object",
        Kind.names: "text that holds a JSON list",
        Kind.instant: "text, or a timestamp with a time zone",
        Kind.boolean: "true/false, or text",
    }
    wanted = expected.get(column.kind, "numbers, or text" if column.kind in _NUMERIC else "text")
    return Problem(
        "REC019",
        "the column has a type that does not fit",
        Place(file, column=column.name),
        found=str(kind),
        expected=wanted,
        fix=f"write the column as {wanted}",
    )


def _unreadable(file: str, error: Exception) -> Problem:
    opened = isinstance(error, pa.ArrowException)
    reason = "a file that is damaged, cut off or not Parquet" if opened else "a file that cannot be opened"
    return Problem(
        "REC036",
        "the Parquet file cannot be read",
        Place(file),
        found=reason,
        expected="a whole Parquet file",
        fix="write the file again",
    )
