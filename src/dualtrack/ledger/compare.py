"""Naming the first difference between two versions of a result file: table, row, column, was, is.

May import records and its own package.
"""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from dualtrack.records.results import RESULT_TABLES

__all__ = ["Found", "first_difference", "rows_of_file"]

_TABLES = {table.name: table for table in RESULT_TABLES}
_VERSIONS = ("engine", "versions")  # what may differ in another environment
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Found:
    """Where two versions differ first: ``where`` in words, what was and what is there."""

    where: str
    was: str
    now: str


def first_difference(name: str, was: bytes, now: bytes, *, exact: bool = True) -> Found | None:
    """The first difference of two versions of one file of a results folder.

    Args:
        name: ``scorecards.json``, ``tables/NAME.csv`` or ``tables/NAME.parquet``.
        was: the bytes as they should be.
        now: the bytes as they are.
        exact: whether numbers must be equal; else to 1e-9, and versions of programs may differ.

    Returns:
        Where; None when nothing that the file says differs.
    """
    if was == now:
        return None
    try:
        if name.endswith(".json"):
            return next(_walk(json.loads(was), json.loads(now), "", exact), None)
        table = name.rpartition("/")[2].partition(".")[0]
        return next(_rows(table, rows_of_file(name, was), rows_of_file(name, now), exact=exact), None)
    except (ValueError, RecursionError, KeyError, OSError, csv.Error, pa.ArrowException):
        return Found(name, "a file that can be read", "a file that cannot be read")


def rows_of_file(name: str, data: bytes) -> list[dict[str, Any]]:
    """Rows of a table from the bytes of its file.

    Args:
        name: ends in .csv or .parquet.
        data: the bytes.

    Raises:
        ValueError, OSError, csv.Error, pa.ArrowException: the file cannot be read.
    """
    if name.endswith(".csv"):
        return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))
    rows: list[dict[str, Any]] = parquet.read_table(pa.BufferReader(data)).to_pylist()
    return rows


def _rows(
    table: str, was: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], *, exact: bool
) -> Iterator[Found]:
    """Differences of two lists of rows, matched by the key of the table."""
    names = _TABLES[table].key if table in _TABLES else ()
    old = {_key(row, names, place): row for place, row in enumerate(was)}
    new = {_key(row, names, place): row for place, row in enumerate(now)}
    for key, row in old.items():
        where = f"{table}, row {_said(names, key)}"
        if key not in new:
            yield Found(where, "a row", "no such row")
            continue
        for column in dict.fromkeys([*row, *new[key]]):
            if not _equal(row.get(column), new[key].get(column), exact):
                yield Found(f"{where}, column {column}", _shown(row.get(column)), _shown(new[key].get(column)))
    for key in new:
        if key not in old:
            yield Found(f"{table}, row {_said(names, key)}", "no such row", "a row")
    if [*old] != [*new] or len(was) != len(now):
        yield Found(table, "rows in the order of their key, each once", "another order, or a row twice")


def _key(row: Mapping[str, Any], names: tuple[str, ...], place: int) -> tuple[str, ...]:
    return tuple(str(row.get(name)) for name in names) or (str(place),)


def _said(names: tuple[str, ...], key: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {value or repr('')}" for name, value in zip(names, key, strict=False)) or key[0]


def _walk(was: Any, now: Any, path: str, exact: bool) -> Iterator[Found]:  # noqa: ANN401, FBT001 -- JSON values, handed on
    if isinstance(was, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*was, *now]):
            if not exact and key in _VERSIONS:
                continue
            here = f"{path}.{key}" if path else str(key)
            if path == "tables" and isinstance(was.get(key), list) and isinstance(now.get(key), list):
                yield from _rows(key, was[key], now[key], exact=exact)
            elif (key in was) is not (key in now):
                yield Found(here, "there" if key in was else "nothing", "there" if key in now else "nothing")
            else:
                yield from _walk(was[key], now[key], here, exact)
    elif isinstance(was, list) and isinstance(now, list):
        for place, (one, other) in enumerate(zip_longest(was, now)):
            yield from _walk(one, other, f"{path}[{place}]", exact)
    elif not _equal(was, now, exact):
        yield Found(path, _shown(was), _shown(now))


def _equal(was: Any, now: Any, exact: bool) -> bool:  # noqa: ANN401, FBT001 -- JSON values
    if was == now and type(was) is type(now):
        return True
    if exact:
        return False
    try:
        one, other = float(was), float(now)
    except (TypeError, ValueError):
        return bool(was == now)
    return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=_CLOSE)


def _shown(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    text = "nothing" if value is None or value == "" else value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 80 else f"{text[:79]}…"  # noqa: PLR2004 -- a line of a terminal
