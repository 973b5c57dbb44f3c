"""Plain CSV back: one row per answer, for panels that work in tools of their own.

May import errors and the panel's own ground.
"""

import csv
import datetime as dt
import io
import json
import math
import re
from collections.abc import Mapping, Sequence

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.codes import is_calibration
from dualtrack.panel.foreign import foreign_pack
from dualtrack.panel.pack import Pack
from dualtrack.panel.received import Incoming, Said, refuse

__all__ = ["from_csv", "looks_like_a_date", "seconds_of", "severities_in", "time_of", "words_of"]

NEEDED = ("code", "scale_id", "level")
KNOWN = (*NEEDED, "comment", "failure_modes", "seconds", "rated_at", "rater_id", "state", "reason", "pack_id",
         "severities")  # fmt: skip
STATES = ("done", "draft", "cancelled")
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d( 00:00:00)?|\d\d?[-/. ]({_MONTH})[a-z]*|({_MONTH})[a-z]*[-/. ]\d\d", re.IGNORECASE
)
_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?")


def from_csv(name: str, text: str, packs: Mapping[str, Pack]) -> tuple[list[Incoming], list[Problem]]:
    """Read answers from a table.

    Args:
        name: name of the file.
        text: its text; comma, semicolon or tab between the cells.
        packs: every pack of the study by id.

    Returns:
        What it says for each pack, and problems of rows whose pack cannot be told.

    Raises:
        PanelError: PAN101 a column that is needed is not there, or the table cannot be read.
    """
    table = _table(name, text)
    by_code: dict[str, list[Pack]] = {}
    for pack in packs.values():
        for task in pack.tasks:
            by_code.setdefault(task.code, []).append(pack)
    found: dict[str, list[Said]] = {}
    problems: list[Problem] = []
    for number, (line, row) in enumerate(table, start=1):
        try:
            pack = _pack_of(name, (number, line), row, by_code.get(row["code"], []))
        except PanelError as error:
            problems += error.problems
            continue
        found.setdefault(pack.pack_id, []).append(_said(name, (number, line), row))
    incoming = [
        Incoming(name, "csv", packs[pack_id], packs[pack_id].rater_id, tuple(said), notes=_unread(name, table))
        for pack_id, said in found.items()
    ]
    return incoming, problems


def looks_like_a_date(text: str) -> bool:
    """Whether a spreadsheet may have made this of a level such as 1-2.

    Args:
        text: text of the cell.

    Example:
        >>> looks_like_a_date("02-Jan"), looks_like_a_date("1-2")
        (True, False)
    """
    return _DATE.fullmatch(text.strip()) is not None


def seconds_of(text: str) -> float | None:
    """Seconds as a number from 0; None for an empty cell.

    Args:
        text: text of the cell.

    Raises:
        ValueError: it is no such number.
    """
    if not text.strip():
        return None
    seconds = float(text)
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError("seconds are a number from 0")
    return seconds


def time_of(text: str) -> str | None:
    """A date or a time in ISO 8601 as it stands; None for an empty cell.

    Args:
        text: text of the cell.

    Raises:
        ValueError: it is no such time.
    """
    text = text.strip()
    if not text:
        return None
    if _TIME.fullmatch(text) is None:
        raise ValueError("a time is written as 2026-11-24 or 2026-11-24T19:30:00Z")
    dt.datetime.fromisoformat(text)
    return text


def words_of(text: str) -> tuple[str, ...]:
    """Ids in one cell, with blanks, commas or semicolons between.

    Args:
        text: text of the cell.
    """
    return tuple(dict.fromkeys(re.split(r"[\s,;]+", text.strip()))) if text.strip() else ()


def severities_in(text: str) -> dict[str, str]:
    """How serious each failure mode is, in one cell: pairs with a colon or an equals sign, or a JSON object.

    Args:
        text: text of the cell.

    Raises:
        ValueError: it is neither, or names a failure mode twice.

    Example:
        >>> severities_in("overdose: H3, no_safety_net=H1")
        {'overdose': 'H3', 'no_safety_net': 'H1'}
        >>> severities_in('{"overdose": "H3"}')
        {'overdose': 'H3'}
    """
    try:
        said = _pairs(text)
        found = {mode.strip(): level.strip() for mode, level in said}
        whole = len(found) == len(said) and all((*found, *found.values()))
    except (ValueError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise ValueError("failure modes of the pack, each with a level, as in overdose: H3, no_safety_net: H1")
    return found


def _pairs(text: str) -> list[list[str]]:
    if text.lstrip().startswith("{"):
        return [list(pair) for pair in json.loads(text, object_pairs_hook=list)]
    return [re.split(r"[:=]", part, maxsplit=1) for part in re.split(r"[,;\n]", text) if part.strip()]


def _table(name: str, text: str) -> list[tuple[int, dict[str, str]]]:
    first = text.split("\n", 1)[0]
    between = max(",;\t", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
        head = [cell.strip() for cell in next(reader, [])]
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise refuse("PAN101", "the table cannot be read", Place(name), found=str(error), fix="save as CSV") from error
    missing = [column for column in NEEDED if column not in head]
    doubled = sorted({column for column in head if head.count(column) > 1})
    if missing or doubled:
        raise refuse(
            "PAN101",
            "a column is missing or stands there twice",
            Place(name, line=1, column=(missing or doubled)[0]),
            found=", ".join(head),
            expected=", ".join(KNOWN[:8]),
            fix="name the columns in the first line",
        )
    ragged = [
        Problem("PAN101", "more cells than columns", Place(name, row=number, line=line), found=str(len(row)),
                expected=str(len(head)), fix="put quotes around text that holds a separator")
        for number, (line, row) in enumerate(rows, start=1)
        if len(row) > len(head)
    ]  # fmt: skip
    if ragged:
        raise PanelError(ragged)
    return [(line, dict.fromkeys(KNOWN, "") | dict(zip(head, row, strict=False))) for line, row in rows]


def _unread(name: str, table: Sequence[tuple[int, Mapping[str, str]]]) -> tuple[Problem, ...]:
    others = sorted({column for _, row in table for column in row} - set(KNOWN))
    return tuple(
        Problem("PAN117", "this was not read", Place(name, column=column), expected="a known column",
                fix=f"known columns are {', '.join(KNOWN)}")
        for column in others
    )  # fmt: skip


def _pack_of(name: str, at: tuple[int, int], row: Mapping[str, str], having: Sequence[Pack]) -> Pack:
    """The one pack that has the code, and is of the rater where one is named."""
    rater, pack_id = row["rater_id"].strip(), row["pack_id"].strip()
    if not having and is_calibration(row["code"]):
        raise foreign_pack(row["code"], Place(name, row=at[0], line=at[1], column="code"), {})
    if not having:
        raise refuse(
            "PAN105",
            "no pack has this code",
            Place(name, row=at[0], line=at[1], column="code"),
            found=row["code"],
            expected="a code of a pack of this study",
            fix="copy the code from the pack; codes of other studies are not read",
        )
    fitting = [pack for pack in having if pack_id in ("", pack.pack_id) and rater in ("", pack.rater_id)]
    if len(fitting) != 1:
        raise refuse(
            "PAN112",
            "the code is not of a pack of this rater",
            Place(name, row=at[0], line=at[1], column="rater_id"),
            found=rater or pack_id,
            expected=" or ".join(sorted({pack.rater_id for pack in having})),
            fix="correct the rater",
        )
    return fitting[0]


def _said(name: str, at: tuple[int, int], row: Mapping[str, str]) -> Said:
    place = Place(name, row=at[0], line=at[1])
    level, state, problem = row["level"].strip() or None, row["state"].strip() or "done", None
    if level is None and state == "done":
        state = "draft"
    if state not in STATES:
        problem = _cannot_read(place, "state", state, "one of done, draft, cancelled")
        state = "draft"
    seconds = rated_at = None
    severities: dict[str, str] = {}
    try:
        seconds = seconds_of(row["seconds"])
    except ValueError as error:
        problem = _cannot_read(place, "seconds", row["seconds"], str(error))
    try:
        rated_at = time_of(row["rated_at"])
    except ValueError as error:
        problem = _cannot_read(place, "rated_at", row["rated_at"], str(error))
    try:
        severities = severities_in(row["severities"])
    except ValueError as error:
        problem = _cannot_read(place, "severities", row["severities"], str(error))
    return Said(
        place,
        row["code"],
        row["scale_id"].strip(),
        level,
        state,
        comment=row["comment"],
        reason=row["reason"],
        modes=words_of(row["failure_modes"]),
        severities=severities,
        seconds=seconds,
        rated_at=rated_at,
        problem=problem,
    )


def _cannot_read(place: Place, column: str, found: str, expected: str) -> Problem:
    here = Place(place.file, place.row, place.line, column)
    return refuse(
        "PAN119", "this cannot be read", here, found=found, expected=expected, fix="correct or empty the cell"
    ).problems[0]
