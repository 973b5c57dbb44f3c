"""Typing columns of identifiers, words and levels.

May import the column specification, raw and typed columns and the collector of problems.
"""

import re

import numpy as np
from numpy.typing import NDArray

from dualtrack.records.columns import Column, Kind
from dualtrack.records.problems import Notes
from dualtrack.records.raw import Coded, Raw
from dualtrack.records.refuse import matches, refuse_words
from dualtrack.records.typed import Codes

__all__ = ["NAME", "type_words"]

NAME = r"^[A-Za-z0-9._:-]{1,128}$"
"""What a study identifier looks like."""

_INTEGRAL_LEVEL = re.compile(r"(-?[0-9]{1,18})\.0+")


def type_words(raw: Raw, column: Column, given: Coded, notes: Notes) -> Codes:
    """Check identifiers and words, read 5.0 as 5 in levels, and sort the words.

    Args:
        raw: the table.
        column: what the column should hold.
        given: the column as read.
        notes: takes REC020 word not in the list, REC022 malformed identifier, and the count of changed levels.
    """
    words = given.words
    if column.kind is Kind.name:
        bad = ~matches(words, NAME)
        refuse_words(
            raw, column, given, bad, notes=notes, code="REC022", what="the identifier has forbidden characters"
        )
    elif column.kind is Kind.word and column.words:
        bad = np.array([word not in column.words for word in words], dtype=np.bool_)
        refuse_words(raw, column, given, bad, notes=notes, code="REC020", what="the word is not one of the list")
    else:
        bad = np.zeros(len(words), dtype=np.bool_)
    if column.kind is Kind.level:
        words = _plain_levels(raw, column, given, notes)
    return _sorted_codes(given.codes, words, bad, column.default)


def _plain_levels(raw: Raw, column: Column, given: Coded, notes: Notes) -> tuple[str, ...]:
    """5.0 reads as 5, and is counted."""
    plain = [_INTEGRAL_LEVEL.fullmatch(word) for word in given.words]
    changed = np.array([*(match is not None for match in plain), False], dtype=np.bool_)
    if changed.any():
        notes.counts[f"{raw.table.name}.{column.name}"] += int(changed[given.codes].sum())
    return tuple(word if match is None else match[1] for word, match in zip(given.words, plain, strict=True))


def _sorted_codes(codes: NDArray[np.int32], words: tuple[str, ...], bad: NDArray[np.bool_], default: object) -> Codes:
    """Codes over sorted distinct words; bad words become empty, empty cells take the default."""
    kept = {word for word, wrong in zip(words, bad.tolist(), strict=True) if not wrong}
    fill = default if isinstance(default, str) and bool((codes < 0).any()) else None
    ordered = tuple(sorted(kept | ({fill} if fill is not None else set())))
    place = {word: code for code, word in enumerate(ordered)}
    moved = [-1 if wrong else place[word] for word, wrong in zip(words, bad.tolist(), strict=True)]
    table = np.array([*moved, -1 if fill is None else place[fill]], dtype=np.int32)
    return Codes(table[codes], ordered)
