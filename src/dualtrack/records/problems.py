"""Collecting problems so that one run names them all, without drowning the reader.

May import errors. A problem that many rows share is printed with its first places and then as one line that says how
many more there are; places are looked up once per file, at the end, because finding a physical line needs a scan.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dualtrack.errors import Place, Problem

__all__ = ["MOST_PLACES", "Located", "Notes", "Rows", "nearest", "shown", "some"]

MOST_PLACES = 20
"""How many places one problem of one column is printed with."""

_LONGEST = 60

Rows = NDArray[np.int64]
"""Positions of rows, from 0, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where a row stands: file relative to the study folder, row from 1, physical line where the format has one."""

    file: str
    row: int
    line: int | None = None


class _Source(Protocol):
    """Whatever rows come from: it has a name and can say where a row stands."""

    @property
    def file(self) -> str: ...

    def locate(self, rows: Sequence[int]) -> list[Located]: ...


@dataclass(frozen=True, slots=True)
class _Pending:
    source: _Source
    row: int
    problem: Problem


@dataclass(slots=True)
class Notes:
    """What one reading noticed: problems, in the order in which they were found, and quiet conversions.

    ``counts`` is the number of cells per ``table.column`` that were read in another spelling than the stored one.
    """

    entries: list[Problem | _Pending] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        """Whether anything was found."""
        return bool(self.entries)

    def add(self, problem: Problem) -> None:
        """Keep one problem whose place is known."""
        self.entries.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Keep several problems whose places are known."""
        self.entries.extend(problems)

    def add_rows(
        self,
        source: _Source,
        problem: Problem,
        rows: Rows,
        *,
        found: Callable[[int], str] | None = None,
        fix: Callable[[int], str] | None = None,
    ) -> None:
        """Keep one problem of many rows: the first places one by one, the rest as a count.

        Args:
            source: what the rows come from.
            problem: code, what, expected and fix; its place names the column only.
            rows: positions of the rows from 0, ascending; nothing happens when there is none.
            found: says what one row holds; the ``found`` of the problem is used when it is absent.
            fix: says how to mend one row; the ``fix`` of the problem is used when it is absent.
        """
        for row in rows[:MOST_PLACES].tolist():
            own = replace(
                problem,
                found=problem.found if found is None else found(row),
                fix=problem.fix if fix is None else fix(row),
            )
            self.entries.append(_Pending(source, row, own))
        if len(rows) > MOST_PLACES:
            self.entries.append(
                replace(
                    problem,
                    what=f"{problem.what} (and {len(rows) - MOST_PLACES:,} more like this)",
                    place=replace(problem.place, file=source.file),
                    found=f"{len(rows):,} rows in all",
                )
            )

    def located(self) -> tuple[Problem, ...]:
        """All problems with their places filled in, in the order in which they were found."""
        wanted: dict[int, tuple[_Source, set[int]]] = {}
        for entry in self.entries:
            if isinstance(entry, _Pending):
                wanted.setdefault(id(entry.source), (entry.source, set()))[1].add(entry.row)
        places: dict[tuple[int, int], Located] = {}
        for key, (source, rows) in wanted.items():
            ordered = sorted(rows)
            places |= {(key, row): place for row, place in zip(ordered, source.locate(ordered), strict=True)}
        return tuple(
            entry if isinstance(entry, Problem) else _filled(entry, places[id(entry.source), entry.row])
            for entry in self.entries
        )


def _filled(entry: _Pending, at: Located) -> Problem:
    place = Place(at.file, row=at.row, line=at.line, column=entry.problem.place.column)
    return replace(entry.problem, place=place)


def shown(value: object) -> str:
    """A value as it may stand in a message: quoted, harmless and short.

    >>> shown("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' and 40 more characters"
    """
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[:_LONGEST]!r} and {len(value) - _LONGEST:,} more characters"
    text = repr(value)
    return text if len(text) <= 2 * _LONGEST else f"{text[:_LONGEST]}... ({len(text):,} characters)"


def nearest(word: str, known: Iterable[str], *, otherwise: str) -> str:
    """A fix that names the nearest known word, or the general fix when nothing is near.

    >>> nearest("sytem_id", ["system_id", "item_id"], otherwise="remove it")
    "did you mean 'system_id'?"
    """
    choices = sorted(str(word) for word in known)
    folded = {choice.casefold(): choice for choice in choices}
    if word.casefold() in folded:
        return f"did you mean {folded[word.casefold()]!r}?"
    close = get_close_matches(word, choices, n=1)
    return f"did you mean {close[0]!r}?" if close else otherwise


def some(words: Iterable[str], *, most: int = 12) -> str:
    """A list of words for a message, cut when it is long.

    >>> some(["b", "a"])
    'a, b'
    >>> some("abcdef", most=3)
    'a, b, c and 3 more'
    """
    ordered = sorted(words)
    if not ordered:
        return "nothing"
    rest = len(ordered) - most
    return ", ".join(ordered[:most]) + (f" and {rest:,} more" if rest > 0 else "")
