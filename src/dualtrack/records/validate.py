"""Checks inside one table: keys, spelling of identifiers, and what its columns say about each other.

May import typed columns and the collector of problems. References to other tables are checked elsewhere.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from dualtrack.errors import Place, Problem
from dualtrack.records.columns import Kind
from dualtrack.records.disputes import check_disputes
from dualtrack.records.items import check_items
from dualtrack.records.keys import row_keys
from dualtrack.records.mode_severities import check_severities
from dualtrack.records.problems import MOST_PLACES, Notes, shown
from dualtrack.records.refuse import rows_of
from dualtrack.records.typed import Codes, Numbers, Typed

__all__ = ["check_table"]

_UNHEARD = frozenset({"error", "not_run", "empty", "withheld"})


def check_table(table: Typed, notes: Notes) -> None:
    """Note what is wrong inside one table.

    Args:
        table: the table after typing.
        notes: takes REC008 no records, REC023 identifiers that differ only in case, REC024 the same key twice,
            REC033 text and status that contradict each other, REC034 passages, REC035 contradictory cells, REC037
            malformed reference facts, REC041 and REC042 harm levels of failure modes.
    """
    if table.n_rows == 0:
        notes.add(
            Problem(
                "REC008",
                "the table holds no records",
                Place(table.file),
                found="no record",
                expected=f"at least one row: {table.table.meaning}",
                fix="fill the table" if table.table.name == "items" else "fill the table, or delete the file",
            )
        )
        return
    _same_key(table, notes)
    _same_but_for_case(table, notes)
    rule = _RULES.get(table.table.name)
    if rule is not None:
        rule(table, notes)


def _same_key(table: Typed, notes: Notes) -> None:
    key = row_keys(table)
    order = np.argsort(key, kind="stable")
    again = np.append(False, key[order[1:]] == key[order[:-1]]) & _is_complete(table)[order]
    if not again.any():
        return
    starts = np.flatnonzero(~again)
    first = order[starts[np.searchsorted(starts, np.flatnonzero(again), side="right") - 1]]
    earlier = dict(zip(order[again].tolist(), first.tolist(), strict=True))
    named = [name for name in table.table.key if not _is_constant(table, name)] or [table.table.key[0]]
    notes.add_rows(
        table,
        Problem(
            "REC024",
            "the same key twice",
            Place(column=", ".join(named)),
            expected=f"one row per {', '.join(table.table.key)}",
            fix="remove one of the rows, or tell them apart"
            + (" by occasion" if "occasion" in table.table.key else ""),
        ),
        np.sort(order[again]).astype(np.int64),
        found=lambda row: f"{', '.join(_cell(table, name, row) for name in named)}: as row {earlier[row] + 1}",
    )


def _is_constant(table: Typed, name: str) -> bool:
    """Whether a key column says the same in every row, so that a message can leave it out."""
    column = table.columns[name]
    if isinstance(column, Codes):
        return len(column.words) <= 1
    values = table.numbers(name).values
    return bool((values == values[0]).all())


def _cell(table: Typed, name: str, row: int) -> str:
    column = table.columns[name]
    if isinstance(column, Codes):
        return f"{name} {shown(column.word(row) or '')}"
    return f"{name} {table.numbers(name).values[row]}"


def _is_complete(table: Typed) -> NDArray[np.bool_]:
    """Rows whose key has no empty cell; the others have a message of their own."""
    complete = np.ones(table.n_rows, dtype=np.bool_)
    for name in table.table.key:
        complete &= table.given(name)
    return complete


def _same_but_for_case(table: Typed, notes: Notes) -> None:
    """Identifiers that the table itself defines; those that refer elsewhere are compared there."""
    for column in table.table.columns:
        if column.kind is not Kind.name or column.refers is not None:
            continue
        codes = table.codes(column.name)
        spellings: dict[str, list[int]] = {}
        for place, word in enumerate(codes.words):
            spellings.setdefault(word.casefold(), []).append(place)
        others = {place: same[0] for same in spellings.values() if len(same) > 1 for place in same[1:]}
        if not others:
            continue
        twin = np.full(len(codes.words) + 1, -1, dtype=np.int64)
        twin[list(others)] = list(others.values())
        rows = rows_of(twin[codes.codes] >= 0)
        found = {
            row: f"{shown(codes.word(row))}, elsewhere {shown(codes.words[twin[codes.codes[row]]])}"
            for row in rows[:MOST_PLACES].tolist()
        }
        notes.add_rows(
            table,
            Problem(
                "REC023",
                "two identifiers differ only in case",
                Place(column=column.name),
                expected="identifiers that differ in more than case",
                fix="spell one thing one way",
            ),
            rows,
            found=found.__getitem__,
        )


def _is_word(table: Typed, name: str, *words: str) -> NDArray[np.bool_]:
    codes = table.codes(name)
    wanted = np.array([*(word in words for word in codes.words), False], dtype=np.bool_)
    return wanted[codes.codes]


def _check_responses(table: Typed, notes: Notes) -> None:
    has_text = table.given("text")
    status = table.codes("status")
    lost = "add the text; status withheld says that it is kept elsewhere, status empty that there was none"
    for bad, fix in (
        (_is_word(table, "status", "answered") & ~has_text, lost),
        (_is_word(table, "status", *_UNHEARD) & has_text, "remove the text or correct the status"),
    ):
        notes.add_rows(
            table,
            Problem(
                "REC033",
                "text and status contradict each other",
                Place(column="text"),
                fix=fix,
                expected="a text when answered; none when withheld, empty, error or not_run",
            ),
            rows_of(bad),
            found=lambda row: f"status {status.word(row)} and {'a' if has_text[row] else 'no'} text",
        )


def _check_units(table: Typed, notes: Notes) -> None:
    start, end = table.numbers("start"), table.numbers("end")
    halved = start.null != end.null
    reversed_ = ~start.null & ~end.null & (start.values >= end.values)
    notes.add_rows(
        table,
        Problem(
            "REC034",
            "start and end do not mark a passage",
            Place(column="start"),
            expected="both, with start before end, or neither",
            fix="count code points from 0; end is one past the last",
        ),
        rows_of(halved | reversed_),
        found=lambda row: f"start {_side(start, row)}, end {_side(end, row)}",
    )


def _side(numbers: Numbers, row: int) -> str:
    return "empty" if numbers.null[row] else str(numbers.values[row])


def _check_scores(table: Typed, notes: Notes) -> None:
    given = {name: table.given(name) for name in ("level", "value", "outcome")}
    n_given = np.sum(list(given.values()), axis=0)

    def found(row: int) -> str:
        return " and ".join(name for name, column in given.items() if column[row]) or "none of the three"

    notes.add_rows(
        table,
        Problem(
            "REC035",
            "a score says too much or nothing",
            Place(column="level"),
            expected="one of level, value and outcome",
            fix="keep the one that was measured",
        ),
        rows_of(n_given != 1),
        found=found,
    )
    notes.add_rows(
        table,
        Problem(
            "REC035",
            "an outcome without a reason",
            Place(column="reason"),
            found="nothing",
            expected="a reason",
            fix="say why there is neither level nor value",
        ),
        rows_of(given["outcome"] & ~table.given("reason")),
    )


def _check_preferences(table: Typed, notes: Notes) -> None:
    a, b = table.codes("system_a"), table.codes("system_b")
    same = (b.positions_in(a.words) == a.codes) & (a.codes >= 0)
    same &= table.numbers("sample_a").values == table.numbers("sample_b").values
    notes.add_rows(
        table,
        Problem(
            "REC035",
            "a response is compared with itself",
            Place(column="system_b"),
            expected="two different responses",
            fix="correct one of the systems or samples",
        ),
        rows_of(same),
        found=lambda row: f"{shown(a.word(row))} on both sides",
    )
    notes.add_rows(
        table,
        Problem(
            "REC035",
            "a preference has two authors",
            Place(column="source_id"),
            found="rater_id and source_id",
            expected="one of the two, or neither for an anonymous person",
            fix="keep the one who chose",
        ),
        rows_of(table.given("rater_id") & table.given("source_id")),
    )


def _check_dispositions(table: Typed, notes: Notes) -> None:
    notes.add_rows(
        table,
        Problem(
            "REC035",
            "a ruling on a veto names no case",
            Place(column="item_id"),
            found="nothing",
            expected="the item that was ruled on",
            fix="name the item; only a waiver has none",
        ),
        rows_of(~_is_word(table, "kind", "waive_gate") & ~table.given("item_id")),
    )


_RULES: Mapping[str, Callable[[Typed, Notes], None]] = {
    "items": check_items,
    "responses": _check_responses,
    "units": _check_units,
    "ratings": check_severities,
    "scores": _check_scores,
    "preferences": _check_preferences,
    "dispositions": _check_dispositions,
    "disputes": check_disputes,
}
