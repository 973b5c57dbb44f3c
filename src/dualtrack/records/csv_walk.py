"""Walking a CSV file with Python's parser: slower than Arrow, but it knows physical lines and says what is broken.

May import errors and the constants of the raw columns. Memory is bounded: a line or record longer than ``MAX_RECORD``
ends the walk.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from dualtrack.errors import Place, Problem
from dualtrack.records.raw import MAX_RECORD

__all__ = ["Broken", "Walk"]


_SURROGATES = 0xDC00
_FIRST, _LAST = "\udc80", "\udcff"


class Broken(Exception):  # noqa: N818 -- it ends a walk; the caller turns it into a Problem
    """The walk cannot go on: where, and why."""

    def __init__(self, code: str, line: int, what: str) -> None:
        super().__init__(what)
        self.code = code
        self.line = line
        self.what = what

    def problem(self, file: str) -> Problem:
        """The problem to report; reading stopped at its line."""
        place = Place(file, line=self.line)
        if self.code == "REC010":
            return Problem(
                "REC010",
                "a record is too long; reading stopped there",
                place,
                found=f"more than {MAX_RECORD:,} bytes",
                expected="one record per line, texts of ordinary length",
                fix="look for a quote that is not closed, or for missing line breaks",
            )
        return Problem(
            "REC013",
            "a quoted cell is broken; reading stopped there",
            place,
            found=self.what,
            expected="a quote at the start and at the end of the cell, quotes inside it doubled",
            fix='close the quote, or write "" for a quote inside a quoted cell',
        )


class Walk:
    """One pass over a CSV file, record by record.

    Args:
        path: the file; a byte order mark is skipped and bytes that are not UTF-8 are kept as surrogates.
        strict: whether a badly quoted cell ends the walk.
    """

    def __init__(self, path: Path, *, strict: bool) -> None:
        self.path = path
        self.strict = strict
        self.foreign = False
        self._start = 1
        self._line = 0
        self._length = 0

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Physical line of the start of each record, from 1, and its cells; blank lines are skipped.

        Raises:
            Broken: REC010 a line or record is too long; REC013 a quote is misplaced or never closed.
        """
        before = csv.field_size_limit(MAX_RECORD)
        try:
            with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
                reader = csv.reader(self._lines(stream), strict=self.strict)
                for cells in reader:
                    if cells:
                        yield self._start, cells
                    self._length = 0
                    self._start = self._line + 1
        except csv.Error as error:
            raise Broken("REC013", self._start, str(error)) from error
        finally:
            csv.field_size_limit(before)

    def stray(self, cell: str) -> int | None:
        """The first byte of a cell that is not UTF-8, None when there is none."""
        if not self.foreign or _is_text(cell):
            return None
        return next(ord(letter) - _SURROGATES for letter in cell if _FIRST <= letter <= _LAST)

    def _lines(self, stream: TextIO) -> Iterator[str]:
        while line := stream.readline(MAX_RECORD + 1):
            self._line += 1
            self._length += len(line)
            if self._length > MAX_RECORD:
                raise Broken("REC010", self._start, "too long")
            if not self.foreign and not line.isascii():
                self.foreign = not _is_text(line)
            yield line


def _is_text(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
