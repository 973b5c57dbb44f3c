"""Merging records of named persons into the table that holds them: never two that contradict each other.

May import errors and its own package.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dualtrack.errors import LedgerError, Place, Problem

__all__ = ["Merged", "merged"]

Row = Mapping[str, Any]
DISPOSITION = "disposition_id"
_ABOUT = ("system_id", "gate_id", "item_id", "sample")
_OPPOSITE = {"confirm_veto": "reject_veto", "reject_veto": "confirm_veto"}


@dataclass(frozen=True, slots=True)
class Merged:
    """All rows after merging, and how many of them are new."""

    rows: tuple[Row, ...]
    n_new: int


def merged(held: Sequence[Row], given: Sequence[Row], file: str, *, key: str = DISPOSITION) -> Merged:
    """Put records of a file beside those that are held.

    Args:
        held: rows of the table of the study.
        given: rows of the file.
        file: its name, for messages.
        key: what identifies a record: ``disposition_id`` or ``dispute_id``.

    Returns:
        The rows held, then the new ones; a record that is held already, word for word, is not added again.

    Raises:
        LedgerError: LED015 a record of that id says something else, two live dispositions rule against each other on
            the same case, or two disputes replace the same record; all conflicts at once, and nothing is merged.

    Example:
        >>> one = {"disposition_id": "d1", "kind": "waive_gate", "system_id": "a", "gate_id": "m.g"}
        >>> merged([one], [one, one | {"disposition_id": "d2"}], "more.csv").n_new
        1
    """
    by_id = {_plain(row)[key]: _plain(row) for row in held if key in _plain(row)}
    new: list[Row] = []
    problems: list[Problem] = []
    for number, row in enumerate(given, start=1):
        plain = _plain(row)
        name = plain.get(key, "")
        if name in by_id and by_id[name] != plain:
            found = f"{name}: {_differing(by_id[name], plain)}"
            problems.append(_conflict(file, number, found, f"the record {name} as held"))
        elif name not in by_id:
            by_id[name] = plain
            new.append(row)
    together = _against_each_other if key == DISPOSITION else _replaced_twice
    problems += together([*held, *new], file)
    if problems:
        raise LedgerError(problems)
    return Merged((*held, *new), len(new))


def _against_each_other(rows: Sequence[Row], file: str) -> Iterator[Problem]:
    """Live rulings on the same case of which one confirms and one rejects."""
    plain = [_plain(row) for row in rows]
    replaced = {row.get("supersedes") for row in plain}
    live = [row for row in plain if row.get("disposition_id") not in replaced]
    said: dict[tuple[str, ...], dict[str, str]] = {}
    for row in live:
        about = tuple(row.get(name, "1" if name == "sample" else "") for name in _ABOUT)
        kind = row.get("kind", "")
        other = said.get(about, {}).get(_OPPOSITE.get(kind, ""))
        if other is not None:
            found = f"{row.get('disposition_id')} and {other} on {', '.join(each for each in about if each)}"
            yield _conflict(file, None, found, "one ruling on a case; a later one names the earlier under supersedes")
        said.setdefault(about, {})[kind] = row.get("disposition_id", "")


def _replaced_twice(rows: Sequence[Row], file: str) -> Iterator[Problem]:
    """Disputes that replace the same record, so that two decisions would stand side by side."""
    first: dict[str, str] = {}
    for row in map(_plain, rows):
        old, name = row.get("supersedes"), row.get("dispute_id", "")
        if old is not None and first.setdefault(old, name) != name:
            yield _conflict(
                file, None, f"{first[old]} and {name} both replace {old}", "one record that replaces another"
            )


def _plain(row: Row) -> dict[str, str]:
    """A row with its cells as text and without empty ones, so that CSV and JSONL say the same."""
    return {name: str(cell) for name, cell in row.items() if cell is not None and cell != ""}


def _differing(one: dict[str, str], other: dict[str, str]) -> str:
    names = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    return f"another {', '.join(names)}"


def _conflict(file: str, row: int | None, found: str, expected: str) -> Problem:
    return Problem(
        "LED015",
        "a record contradicts another one",
        Place(file, row=row),
        found=found,
        expected=expected,
        fix="give it an id of its own, or name under supersedes the record that it replaces",
    )
