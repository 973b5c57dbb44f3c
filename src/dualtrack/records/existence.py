"""Checks across tables: does the response, the unit, the passage that is judged exist.

May import typed columns and the collector of problems.
"""

from collections.abc import Collection, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from dualtrack.errors import Place, Problem
from dualtrack.records.keys import match
from dualtrack.records.problems import Notes, shown
from dualtrack.records.references import Known
from dualtrack.records.refuse import rows_of
from dualtrack.records.typed import Codes, Typed

__all__ = ["check_existence"]

_RESPONSE = ("system_id", "item_id", "sample")
_UNIT = (*_RESPONSE, "unit_id")
_NOTHING_TO_JUDGE = ("error", "not_run", "empty")


def check_existence(tables: Mapping[str, Typed], known: Known, notes: Notes, *, unread: Collection[str] = ()) -> None:
    """Note what is judged and is not there. Rows with an unknown identifier have a message of their own.

    Args:
        tables: the tables that could be typed, by name. Without ``responses`` any response may be judged; its text
            then counts as withheld.
        known: what may be named.
        unread: tables that are there and could not be read; nothing is missed in them.
        notes: takes REC026 response that does not exist, REC027 unit that does not exist, REC034 passage that is not
            in the text.
    """
    responses = tables.get("responses")
    for name, table in tables.items():
        for columns in _naming(name):
            if responses is not None:
                _response(table, columns, responses, known=known, notes=notes)
        if name in {"ratings", "assignments", "scores"} and "units" not in unread:
            _unit(table, tables.get("units"), notes)
    if responses is not None and "units" in tables:
        _passages(tables["units"], responses, notes)


def _naming(name: str) -> Iterator[tuple[str, str, str]]:
    """Columns of a table that together name a response."""
    if name in {"units", "ratings", "assignments", "scores", "dispositions"}:
        yield _RESPONSE
    if name == "preferences":
        yield ("system_a", "item_id", "sample_a")
        yield ("system_b", "item_id", "sample_b")


def _response(table: Typed, columns: tuple[str, str, str], responses: Typed, *, known: Known, notes: Notes) -> None:
    system, item, sample = columns
    place = match(table, columns, responses, _RESPONSE)
    named = known.rows(table, system, "systems") & known.rows(table, item, "items") & ~table.numbers(sample).null
    notes.add_rows(
        table,
        Problem(
            "REC026",
            "the response does not exist",
            Place(column=system),
            expected="a row of responses with this system, item and sample",
            fix="add the response (status withheld if its text is kept elsewhere), or correct the row",
        ),
        rows_of((place < 0) & named),
        found=lambda row: _say(table, columns, row),
    )
    if table.table.name in {"assignments", "dispositions"}:
        return
    status = responses.codes("status")
    silent = np.append(_among(status.words, _NOTHING_TO_JUDGE), False)[status.codes]
    notes.add_rows(
        table,
        Problem(
            "REC026",
            "there is nothing to judge",
            Place(column=system),
            expected="a response that was answered, refused, truncated or withheld",
            fix="correct the status of the response, or remove the row",
        ),
        rows_of((place >= 0) & silent[place]),
        found=lambda row: f"{_say(table, columns, row)}: status {status.word(int(place[row]))}",
    )


def _among(words: tuple[str, ...], some: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([word in some for word in words], dtype=np.bool_)


def _say(table: Typed, columns: tuple[str, ...], row: int) -> str:
    cells = []
    for name in columns:
        column = table.columns[name]
        cells.append(shown(column.word(row)) if isinstance(column, Codes) else f"sample {_number(table, name, row)}")
    return ", ".join(cells)


def _number(table: Typed, name: str, row: int) -> int:
    return int(table.numbers(name).values[row])


def _unit(table: Typed, units: Typed | None, notes: Notes) -> None:
    codes = table.codes("unit_id")
    part = np.array([*(word != "" for word in codes.words), False], dtype=np.bool_)[codes.codes]
    if not part.any():
        return
    problem = Problem(
        "REC027",
        "the unit does not exist",
        Place(column="unit_id"),
        expected="a row of units with this system, item, sample and unit",
        fix="add the unit, correct it, or leave unit_id empty for the whole response",
    )
    bad = part if units is None else part & (match(table, _UNIT, units, _UNIT) < 0)
    notes.add_rows(table, problem, rows_of(bad), found=lambda row: _say(table, _UNIT, row))


def _passages(units: Typed, responses: Typed, notes: Notes) -> None:
    """A unit that says where it stands must be found there, or a page would mark the wrong words."""
    start, end = units.numbers("start"), units.numbers("end")
    given = ~start.null & ~end.null & (start.values < end.values)
    place = match(units, _RESPONSE, responses, _RESPONSE)
    texts = responses.texts("text").cells.to_pylist()
    words = units.texts("text").cells.to_pylist()
    outside: dict[int, str] = {}
    other: dict[int, str] = {}
    for row in np.flatnonzero(given & (place >= 0)).tolist():
        text = texts[place[row]]
        if text is None:
            continue
        if end.values[row] > len(text):
            outside[row] = f"end {end.values[row]} of {len(text)}"
        elif words[row] is not None and text[start.values[row] : end.values[row]] != words[row]:
            other[row] = shown(text[start.values[row] : end.values[row]])
    for problems, what, expected in (
        (outside, "the passage ends after the text", "a passage inside the text"),
        (other, "the passage is not the text of the unit", "the words of the unit between start and end"),
    ):
        notes.add_rows(
            units,
            Problem(
                "REC034",
                what,
                Place(column="end"),
                expected=expected,
                fix="count code points from 0, not bytes; or leave start and end empty",
            ),
            np.array(list(problems), dtype=np.int64),
            found=problems.__getitem__,
        )
