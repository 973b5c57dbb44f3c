"""Reading what the clinical pages need beside scorecards.json: the long tables, the script, and nothing else.

One of the places where files are read. May import errors, the specification of the result tables and report. Of the
judgements only those about listed responses are kept, so that memory follows the failures and not the study.
"""

import functools
from importlib import resources
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from dualtrack.errors import Place, Problem, ReportError
from dualtrack.records.columns import Column, Kind
from dualtrack.records.results import RESULT_TABLES
from dualtrack.report.clinical.cases import RESPONSE, Cases

__all__ = ["load_cases", "script"]

_TABLES = {table.name: table for table in RESULT_TABLES}
_OPTIONAL = ("discordances", "texts", "comments", "rulings")
_NUMBERS = (Kind.integer, Kind.number, Kind.boolean)
_SCRIPTS = ("text", "data", "facets", "state", "list", "detail", "start")
"""Parts of the script in the order in which they stand in the page; all share one scope."""


def load_cases(folder: Path, *, redact: bool = False) -> Cases | None:
    """The long tables of a results folder.

    Args:
        folder: a results folder.
        redact: whether prompts, answers, comments and rulings are left out.

    Returns:
        None where the folder holds no list of failures: it was written by an earlier version, or without its tables.

    Raises:
        ReportError: REP007 a table is there and cannot be read as its specification says.
    """
    place = folder / "tables"
    if not (place / "failures.parquet").is_file():
        return None
    failures = _frame(place, "failures")
    extra = {name: _frame(place, name) if (place / f"{name}.parquet").is_file() else _empty(name) for name in _OPTIONAL}
    if redact:
        extra |= {name: _empty(name) for name in ("texts", "comments", "rulings")}
    listed = failures[RESPONSE].drop_duplicates()
    findings = _frame(place, "findings").merge(listed, on=RESPONSE) if len(listed) else _empty("findings")
    return Cases(failures=failures, findings=findings, **extra)


def _frame(place: Path, name: str) -> pd.DataFrame:
    table, path = _TABLES[name], place / f"{name}.parquet"
    try:
        held = parquet.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise ReportError(_problem(path, "it cannot be read as Parquet")) from error
    there = [each for each in held.column_names if each in table.names or each.startswith("strata.")]
    missing = [column for column in table.columns if column.name not in there]
    wrong = [column.name for column in missing if not column.null]
    wrong += [column.name for column in table.columns if column not in missing and not _fits(held, column)]
    if wrong:
        raise ReportError(_problem(path, f"column {', '.join(wrong)}"))
    frame: pd.DataFrame = held.select(there).to_pandas()
    return frame.reindex(columns=[*there, *(column.name for column in missing)])


def _fits(held: "pa.Table", column: Column) -> bool:
    """Whether a column holds numbers where numbers are specified, and texts elsewhere."""
    kind = held.schema.field(column.name).type
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return bool(text) is (column.kind not in _NUMBERS)


def _problem(path: Path, found: str) -> Problem:
    return Problem(
        "REP007",
        "a table of the results cannot be read",
        Place(f"tables/{path.name}"),
        found=ascii(found)[:80],
        fix="score the study again with this version of dualtrack",
    )


def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype="object") for column in _TABLES[name].names})


@functools.cache
def script() -> str:
    """The script of the failure browser.

    Raises:
        ValueError: a part of it holds a closing tag.
    """
    folder = resources.files("dualtrack.report").joinpath("static", "failures")
    parts = "".join(folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS)
    text = f"'use strict';\n(() => {{\n{parts}}})();\n"
    if "</" in text:
        raise ValueError("the script must not hold a closing tag")
    return text
