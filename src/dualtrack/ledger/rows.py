"""Rows of an input table as they stand in its file, to be changed and written back in the same form.

May import errors and records' words for problems. Cells stay the text that they were; nothing is typed here.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dualtrack.errors import LedgerError, Place, Problem

__all__ = ["FileRows", "rows_in"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileRows:
    """The rows of one CSV or JSONL file, with the columns of its heading (none for JSONL)."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def text(self) -> bytes:
        """The bytes of the file."""
        if not self.columns:
            return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in self.rows).encode("utf-8")
        stream = io.StringIO()
        writer = csv.DictWriter(stream, self.columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows({name: _cell(cell) for name, cell in row.items()} for row in self.rows)
        return stream.getvalue().encode("utf-8")

    def with_rows(self, rows: Sequence[Mapping[str, Any]]) -> "FileRows":
        """The same file with other rows; columns that are new come last."""
        named = dict.fromkeys((*self.columns, *(name for row in rows for name in row))) if self.columns else ()
        return FileRows(self.file, tuple(named), tuple(dict(row) for row in rows))


def rows_in(data: bytes, file: str) -> FileRows:
    """Rows of a file by its ending.

    Args:
        data: its bytes.
        file: its name; .csv or .jsonl.

    Returns:
        The rows; cells of CSV are text, those of JSONL JSON values.

    Raises:
        LedgerError: LED014 the file has another form, or cannot be read in it.
    """
    try:
        text = data.decode("utf-8-sig")
        if file.endswith(".jsonl"):
            lines = [json.loads(line) for line in text.splitlines() if line.strip()]
            return FileRows(file, (), tuple(dict(line) for line in lines))
        if file.endswith(".csv"):
            reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
            rows = tuple(dict(row) for row in reader)
            return FileRows(file, tuple(reader.fieldnames or ()), rows)
    except (ValueError, TypeError, csv.Error) as error:
        raise LedgerError(_unreadable(file, type(error).__name__)) from error
    raise LedgerError(_unreadable(file, "another form"))


def _cell(cell: Any) -> Any:  # noqa: ANN401 -- any JSON value
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, list | dict) else cell


def _unreadable(file: str, found: str) -> Problem:
    return Problem(
        "LED014",
        "the rows of the file cannot be changed",
        Place(file),
        found=found,
        expected="a CSV file with a heading, or one JSON object a line",
        fix="give the table in one of these two forms",
    )
