"""Gathering records block by block into columns, so that a large file is never held as Python objects.

May import the column specification, the raw columns and the collector of problems.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from dualtrack.errors import Place, Problem
from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.problems import MOST_PLACES, Notes, nearest, shown, some
from dualtrack.records.raw import CODED, Native, RawColumn, Written, code_words, column_of, is_prose

__all__ = ["Gathered", "unknown_column"]

_NATIVE: Mapping[Kind, frozenset[type]] = {
    Kind.level: frozenset({str, int, float}),
    Kind.integer: frozenset({str, int, float}),
    Kind.number: frozenset({str, int, float}),
    Kind.boolean: frozenset({str, bool}),
    Kind.list: frozenset({list}),
    Kind.object: frozenset({dict}),
    Kind.names: frozenset({list}),
}
_TEXT = frozenset({str})
_NUMERIC = frozenset({Kind.integer, Kind.number, Kind.level})
_NAMES = {str: "text", int: "a number", float: "a number", bool: "true or false", list: "a list", dict: "an object"}
_ANY = frozenset(_NAMES)


@dataclass(slots=True)
class Gathered:
    """The columns of one table while its records arrive in blocks.

    A value of the wrong JSON type is noted and read as its text, so that one run can go on to find the rest.
    ``native`` says whether lists and objects arrive as such (JSONL) or as JSON text (CSV).
    """

    table: Table
    native: bool
    n_rows: int = 0
    parts: dict[str, list[Any]] = field(default_factory=dict)
    wrong: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    values: dict[tuple[str, int], object] = field(default_factory=dict)
    numerals: Counter[str] = field(default_factory=Counter)

    def add(self, columns: Mapping[str, Sequence[object]], n_rows: int) -> None:
        """Take one block: column name -> one value per record."""
        for name, cells in columns.items():
            column = column_of(self.table, name)
            chunks = self.parts.setdefault(name, [])
            if column is None:
                continue
            if not chunks and self.n_rows:
                chunks.append(self._blank(column, self.n_rows))
            chunks.append(self._chunk(column, cells))
        for name in self.parts.keys() - columns.keys():
            column = column_of(self.table, name)
            if column is not None:
                self.parts[name].append(self._blank(column, n_rows))
        self.n_rows += n_rows

    def finish(self) -> dict[str, RawColumn]:
        """The columns as read; unknown ones are left out (see ``report``)."""
        finished: dict[str, RawColumn] = {}
        for name, chunks in self.parts.items():
            column = column_of(self.table, name)
            if column is not None:
                finished[name] = self._finished(column, chunks)
        return finished

    def report(self, source: Any, notes: Notes) -> None:  # noqa: ANN401 -- whatever can locate rows
        """Hand over what was wrong: unknown columns and values of the wrong type."""
        for name in self.parts:
            if column_of(self.table, name) is None:
                notes.add(unknown_column(self.table, source.file, name))
        for (name, belongs), rows in self.wrong.items():
            values = {row: self.values[name, row] for row in rows[:MOST_PLACES]}
            notes.add_rows(
                source,
                Problem(
                    "REC019",
                    f"{belongs} where {_belongs(self.table, name)} belongs",
                    Place(column=name),
                    expected=_belongs(self.table, name),
                ),
                np.array(rows, dtype=np.int64),
                found={row: shown(value) for row, value in values.items()}.__getitem__,
                fix={row: _mended(self.table, name, value) for row, value in values.items()}.__getitem__,
            )

    def counts(self) -> dict[str, int]:
        """Column -> JSON numbers that were read as the id of a level."""
        return dict(self.numerals)

    def _chunk(self, column: Column, cells: Sequence[object]) -> Any:  # noqa: ANN401 -- Arrow array or list
        kinds = set(map(type, cells))
        kinds.discard(type(None))
        allowed = self._allowed(column)
        if not kinds <= allowed:
            self._note(column, cells, allowed)
        if self._is_nested(column):
            fits = (dict,) if column.kind is Kind.object else (list,)
            return [cell if isinstance(cell, fits) else None for cell in cells]
        if column.kind is Kind.level and not kinds <= _TEXT:
            self.numerals[column.name] += sum(isinstance(cell, int | float) for cell in cells)
        if kinds <= _TEXT:
            array = pa.array(cells, pa.string())
        elif kinds <= {int, float} and column.kind in _NUMERIC:
            array = _numbers(cells, exact=kinds == {int})
        else:
            array = pa.array([_as_text(cell) for cell in cells], pa.string())
        return array if is_prose(column) else array.dictionary_encode()

    def _is_nested(self, column: Column) -> bool:
        return self.native and column.nested

    def _allowed(self, column: Column) -> frozenset[type]:
        if not self.native:
            return _TEXT
        return _ANY if column.name.startswith("x_") else _NATIVE.get(column.kind, _TEXT)

    def _blank(self, column: Column, n_rows: int) -> Any:  # noqa: ANN401 -- Arrow array or list
        if self._is_nested(column):
            return [None] * n_rows
        return pa.nulls(n_rows, pa.string() if is_prose(column) else CODED)

    def _finished(self, column: Column, chunks: list[Any]) -> RawColumn:
        if self._is_nested(column):
            return Native(list(chain.from_iterable(chunks)))
        if is_prose(column):
            return Written(pa.chunked_array(chunks, pa.string()))
        return code_words(pa.chunked_array(chunks, CODED))

    def _note(self, column: Column, cells: Sequence[object], allowed: frozenset[type]) -> None:
        for place, cell in enumerate(cells, start=self.n_rows):
            if cell is not None and type(cell) not in allowed:
                self.wrong.setdefault((column.name, _NAMES[type(cell)]), []).append(place)
                if len(self.wrong[column.name, _NAMES[type(cell)]]) <= MOST_PLACES:
                    self.values[column.name, place] = cell


def unknown_column(table: Table, file: str, name: str) -> Problem:
    """The problem of a column that the table does not have."""
    families = [f"{prefix}NAME" for prefix in table.prefixes] + ["x_NAME"]
    return Problem(
        "REC016",
        "unknown column",
        Place(file, column=name),
        found=shown(name),
        expected=f"columns of {table.name}: {some(table.names, most=30)}; or {', '.join(families)}",
        fix=nearest(name, table.names, otherwise=f"remove it, or name it x_{name} to carry it along"),
    )


def _belongs(table: Table, name: str) -> str:
    column = column_of(table, name)
    kind = Kind.text if column is None else column.kind
    words = {Kind.list: "a list", Kind.object: "an object", Kind.boolean: "true or false"}
    words |= {Kind.integer: "a number", Kind.number: "a number", Kind.names: "a list"}
    return words.get(kind, "text")


def _mended(table: Table, name: str, value: object) -> str:
    if _belongs(table, name) == "text" and isinstance(value, int | float):
        return f'write it in quotes: "{_as_text(value)}"'
    return f"write {_belongs(table, name)}"


def _as_text(cell: object) -> str | None:
    """A native value as the text that a CSV cell would hold."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return repr(cell)
    return orjson.dumps(cell).decode()


def _numbers(cells: Sequence[object], *, exact: bool) -> Any:  # noqa: ANN401 -- Arrow array
    """The shortest text that reads back as the same number, made in one go where the numbers fit a machine word."""
    try:
        return pc.cast(pa.array(cells, pa.int64() if exact else pa.float64()), pa.string())
    except (OverflowError, pa.ArrowInvalid):
        return pa.array([_as_text(cell) for cell in cells], pa.string())
