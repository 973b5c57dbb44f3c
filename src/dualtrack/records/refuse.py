"""Saying what a cell should hold, and noting the rows that hold something else.

May import the column specification, raw columns and the collector of problems.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dualtrack.errors import Place, Problem
from dualtrack.records.columns import Column, Kind
from dualtrack.records.problems import Notes, Rows, nearest, shown
from dualtrack.records.raw import Coded, Raw

__all__ = ["expected", "matches", "refuse_words", "rows_of"]


def rows_of(mask: NDArray[np.bool_]) -> Rows:
    """Positions of the true entries."""
    return np.flatnonzero(mask).astype(np.int64, copy=False)


def expected(column: Column) -> str:
    """What a cell of the column should hold, in words."""
    if column.kind is Kind.word and column.words:
        return f"one of {', '.join(column.words)}"
    words = {
        Kind.name: "an identifier: letters, digits and . _ : - only, at most 128",
        Kind.integer: "a whole number",
        Kind.number: "a number",
        Kind.boolean: "true or false",
        Kind.instant: "a time with zone, such as 2025-01-31T09:30:00Z",
        Kind.level: "the id of a level",
        Kind.list: "a JSON list",
        Kind.object: "a JSON object",
        Kind.names: "a JSON list of identifiers",
    }
    text = words.get(column.kind, "text")
    if column.low is not None and column.high is not None:
        return f"{text} from {column.low:g} to {column.high:g}"
    return text if column.low is None else f"{text} of at least {column.low:g}"


def refuse_words(
    raw: Raw, column: Column, given: Coded, bad: NDArray[np.bool_], *, notes: Notes, code: str, what: str
) -> None:
    """Note the rows whose word is bad; ``bad`` has one entry per word."""
    if not bad.any():
        return
    rows = rows_of(np.append(bad, False)[given.codes])

    def mended(row: int) -> str:
        word = given.words[given.codes[row]]
        return nearest(word, column.words, otherwise=_fix(column, word))

    notes.add_rows(
        raw,
        Problem(code, what, Place(column=column.name), expected=expected(column)),
        rows,
        found=lambda row: _quoted(column, given.words[given.codes[row]]),
        fix=mended,
    )


def _quoted(column: Column, word: str) -> str:
    """Identifiers with every foreign letter spelt out: some of them look like ours."""
    return shown(word).encode("ascii", "backslashreplace").decode() if column.kind is Kind.name else shown(word)


def _fix(column: Column, word: str) -> str:
    if word != word.strip():
        return "remove the blanks before and after"
    if column.kind in {Kind.integer, Kind.number} and re.fullmatch(r"-?\d+,\d+", word):
        return "write the decimal point as a point"
    if word.casefold() in {"na", "nan", "none", "null", "n/a", "-"}:
        return "leave the cell empty where there is no value"
    if column.kind is Kind.instant:
        return "write date, T, time and zone (Z or +01:00)"
    return "correct the cell"


def matches(words: tuple[str, ...], pattern: str) -> NDArray[np.bool_]:
    """Whether each word matches a regular expression (RE2)."""
    found: NDArray[np.bool_] = (
        pc.match_substring_regex(pa.array(words, pa.string()), pattern)
        .to_numpy(zero_copy_only=False)
        .astype(np.bool_, copy=False)
    )
    return found
