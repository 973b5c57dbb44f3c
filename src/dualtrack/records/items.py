"""Checks on the clinical facts of an item: known keys, closed words, identifiers that stand once.

May import typed columns and the collector of problems. A metric selects from these facts by name, so a misspelt key
would silently take an item out of a metric.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from dualtrack.errors import Place, Problem
from dualtrack.records.problems import Notes, nearest, shown, some
from dualtrack.records.typed import Typed

__all__ = ["REFERENCE_KEYS", "FactReader", "check_facts", "check_items"]

FactReader = Callable[[Mapping[str, object]], Iterable[tuple[str, str, str, str]]]
"""From the reference of an item to path, found, expected and fix of what cannot be read in it."""

REFERENCE_KEYS: Mapping[str, str] = {
    "urgency": "how soon care is needed: emergency, same_day, routine, self_care",
    "elements": "statements that an answer should hold: id, text, any_of, role, critical, points",
    "avoid": "what must not be advised: id, what, because, basis, severity",
    "doses": "dose limits: id, drug, any_of (other names of it), route, max_single, max_daily, min_single, min_daily, "
    "frequency, per (day, week or month: what max_daily and min_daily are for; day where it is not given)",
    "facts": "facts about the patient: age_years, sex, side, weight_kg, labs, allergies, pregnant (true or false)",
    "key": "options and the correct one",
    "diagnosis": "names of the right diagnosis, and among how many it should stand: names, top_k",
    "numbers": "numbers that an answer should hold: id, quantity, any_of (other names of it), value, tolerance",
    "should": "what the system should do: answer, refuse, refer",
    "canaries": "texts planted to be found again",
}
"""Keys of ``reference`` and what they say."""

_CLOSED = {
    "urgency": ("emergency", "same_day", "routine", "self_care"),
    "should": ("answer", "refuse", "refer"),
}
_LISTS = ("elements", "avoid", "doses", "numbers")


def check_items(table: Typed, notes: Notes) -> None:
    """Note reference facts that no metric could read (REC037)."""
    check_facts(table, _faults, notes)


def check_facts(table: Typed, faults: FactReader, notes: Notes) -> None:
    """Note what a reader cannot read in the facts of the items (REC037).

    Args:
        table: the items.
        faults: the reader.
        notes: takes the problems; of one item and fix the last is named.
    """
    problems: dict[tuple[str, str, str], dict[int, str]] = {}
    for row, reference in enumerate(table.objects("reference").cells):
        if reference:
            for path, found, expected, fix in faults(reference):
                problems.setdefault((path, expected, fix), {})[row] = found
    for (path, expected, fix), rows in problems.items():
        notes.add_rows(
            table,
            Problem("REC037", "a fact of the case cannot be read", Place(column=path), expected=expected, fix=fix),
            np.array(list(rows), dtype=np.int64),
            found=rows.__getitem__,
        )


def _faults(reference: Mapping[str, object]) -> Iterator[tuple[str, str, str, str]]:
    """Path, found, expected and fix of each fault."""
    for key, value in reference.items():
        if key not in REFERENCE_KEYS and not key.startswith("x_"):
            fix = nearest(key, REFERENCE_KEYS, otherwise=f"remove it, or name it x_{key} to carry it along")
            yield "reference", f"the key {shown(key)}", f"one of {some(REFERENCE_KEYS)}", fix
        elif key in _CLOSED and value not in _CLOSED[key]:
            fix = nearest(str(value), _CLOSED[key], otherwise="correct the word")
            yield f"reference.{key}", shown(value), f"one of {', '.join(_CLOSED[key])}", fix
        elif key in _LISTS:
            yield from _list_faults(key, value)


def _list_faults(key: str, value: object) -> Iterator[tuple[str, str, str, str]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        yield f"reference.{key}", shown(value), "a list of objects, each with an id", 'write [{"id": ...}, ...]'
        return
    ids = [entry.get("id") for entry in value]
    without = [place for place, one in enumerate(ids, start=1) if not isinstance(one, str) or not one]
    if without:
        yield f"reference.{key}", f"no id in entry {without[0]}", "an id, as text, in every entry", "add the id"
    named = [one for one in ids if isinstance(one, str)]
    twice = sorted({one for one in named if named.count(one) > 1})
    if twice:
        yield f"reference.{key}", f"the id {shown(twice[0])} twice", "each id once per item", "rename one of them"
