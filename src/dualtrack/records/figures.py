"""Typing columns of numbers, truth values and times.

May import the column specification, raw and typed columns and the collector of problems.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dualtrack.records.columns import Column, Kind
from dualtrack.records.problems import Notes
from dualtrack.records.raw import Coded, Raw
from dualtrack.records.refuse import expected, matches, refuse_words
from dualtrack.records.typed import Numbers, Texts

__all__ = ["BLANK", "DTYPES", "type_instants", "type_numbers"]

_INTEGER = r"^-?[0-9]{1,18}(\.0+)?$"
_NUMBER = r"^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_TRUTH = {"true": True, "false": False}
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")

DTYPES: Mapping[Kind, Any] = {Kind.integer: np.int64, Kind.number: np.float64, Kind.boolean: np.bool_}
"""How numbers and truth values are held."""

BLANK: Mapping[Kind, Any] = {Kind.integer: 0, Kind.number: np.nan, Kind.boolean: False}
"""What stands where there is none; never read without the mask beside it."""


def type_instants(raw: Raw, column: Column, given: Coded, notes: Notes) -> Texts:
    """Check a column of ISO 8601 times with zone; they stay text, as written.

    Args:
        raw: the table.
        column: what the column should hold.
        given: the column as read.
        notes: takes REC019 for each cell that is not such a time.
    """
    bad = np.array([not _is_instant(word) for word in given.words], dtype=np.bool_)
    refuse_words(raw, column, given, bad, notes=notes, code="REC019", what="the cell is not a time with zone")
    indices = pa.array(given.codes, pa.int32(), mask=given.codes < 0)
    whole = pa.DictionaryArray.from_arrays(indices, pa.array(given.words, pa.string()))
    return Texts(pa.chunked_array([whole.cast(pa.string())]))


def _is_instant(word: str) -> bool:
    if _INSTANT.fullmatch(word) is None:
        return False
    try:
        datetime.fromisoformat(word)
    except ValueError:
        return False
    return True


def type_numbers(raw: Raw, column: Column, given: Coded, notes: Notes) -> Numbers:
    """Type a column of whole numbers, numbers or truth values; empty cells take the default.

    Args:
        raw: the table.
        column: what the column should hold, with its bounds.
        given: the column as read.
        notes: takes REC019 not a number, REC021 out of bounds, and the count of whole numbers written as 5.0.
    """
    typers: Mapping[Kind, Callable[[tuple[str, ...]], tuple[NDArray[Any], NDArray[np.bool_]]]] = {
        Kind.integer: _as_integers,
        Kind.number: _as_numbers,
        Kind.boolean: _as_truth,
    }
    values, bad = typers[column.kind](given.words)
    refuse_words(raw, column, given, bad, notes=notes, code="REC019", what=f"the cell is not {expected(column)}")
    if column.kind is Kind.integer:
        pointed = np.array([*("." in word for word in given.words), False], dtype=np.bool_)
        if pointed.any():
            notes.counts[f"{raw.table.name}.{column.name}"] += int(pointed[given.codes].sum())
    outside = np.zeros(len(values), dtype=np.bool_)
    if column.low is not None:
        outside |= ~bad & (values < column.low)
    if column.high is not None:
        outside |= ~bad & (values > column.high)
    refuse_words(raw, column, given, outside, notes=notes, code="REC021", what="the number is out of bounds")
    null = np.append(bad | outside, column.default is None)[given.codes]
    blank = BLANK[column.kind] if column.default is None else column.default
    spread = np.append(values, np.array([blank], dtype=values.dtype))[given.codes]
    return Numbers(spread, null)


def _as_integers(words: tuple[str, ...]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    bad = ~matches(words, _INTEGER)
    whole = [0 if wrong else int(word.partition(".")[0]) for word, wrong in zip(words, bad.tolist(), strict=True)]
    return np.array(whole, dtype=np.int64), bad


def _as_numbers(words: tuple[str, ...]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    bad = ~matches(words, _NUMBER)
    read = [0.0 if wrong else float(word) for word, wrong in zip(words, bad.tolist(), strict=True)]
    values = np.array(read, dtype=np.float64)
    endless = ~np.isfinite(values)
    return np.where(endless, 0.0, values), bad | endless


def _as_truth(words: tuple[str, ...]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    read = [_TRUTH.get(word.casefold()) for word in words]
    bad = np.array([value is None for value in read], dtype=np.bool_)
    return np.array([bool(value) for value in read], dtype=np.bool_), bad
