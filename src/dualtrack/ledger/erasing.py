"""Taking cells out of an input table, and the tombstone that says so.

May import errors and its own package. What was there leaves the file; its place and the digests of the file before and
after stay in the chain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dualtrack.errors import LedgerError, Place, Problem
from dualtrack.ledger.rows import FileRows
from dualtrack.records.inputs import INPUT_TABLES
from dualtrack.terms import ResponseStatus

__all__ = ["Erased", "without_cells"]

_TABLES = {table.name: table for table in INPUT_TABLES}


@dataclass(frozen=True, slots=True)
class Erased:
    """The file without the cells, and which cells they were: ``{row: key of the row, column}`` each."""

    rows: FileRows
    cells: tuple[Mapping[str, Any], ...]


def without_cells(table: FileRows, column: str, where: Mapping[str, str]) -> Erased:
    """Empty the cells of one column in the rows that are meant.

    A response whose text is taken out has the status ``withheld`` from then on.

    Args:
        table: the rows of a file of a study.
        column: whose cells are emptied.
        where: column -> text; every one has to agree.

    Returns:
        The rows without the cells, and which they were.

    Raises:
        LedgerError: LED017 the column belongs to the key or must not be empty, or no row that is meant has anything
            there.
    """
    name = table.file.partition(".")[0]
    known = _TABLES.get(name)
    fixed = () if known is None else (*known.key, *(each.name for each in known.columns if not each.null))
    if known is None or column in fixed:
        raise LedgerError(_nothing(table.file, column, "a column that must not be empty", "a column that may be empty"))
    rows: list[dict[str, Any]] = []
    cells: list[Mapping[str, Any]] = []
    for row in table.rows:
        meant = all(str(row.get(each, "")) == text for each, text in where.items())
        if meant and row.get(column) not in (None, ""):
            key = {each: str(row[each]) for each in known.key if row.get(each) not in (None, "")}
            cells.append({"row": key, "column": column})
            row = _emptied(name, row, column)  # noqa: PLW2901 -- the same row without the cell
        rows.append(row)
    if not cells:
        said = ", ".join(f"{each}={text}" for each, text in where.items()) or "every row"
        raise LedgerError(_nothing(table.file, column, f"nothing there in {said}", "a cell that holds something"))
    return Erased(table.with_rows(rows), tuple(cells))


def _emptied(name: str, row: Mapping[str, Any], column: str) -> dict[str, Any]:
    emptied = {**row, column: "" if isinstance(row[column], str) else None}
    if name == "responses" and column == "text":
        emptied["status"] = ResponseStatus.withheld.value
    return emptied


def _nothing(file: str, column: str, found: str, expected: str) -> Problem:
    fix = "check file, column and --where; a whole file is removed without --column"
    return Problem("LED017", "there is nothing to erase", Place(file, column=column), found, expected, fix)
