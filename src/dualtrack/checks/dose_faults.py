"""Names what cannot be read in the dose bounds of an item, before any response is judged by them.

Why it exists: a slip in a bound would leave every response to the item without a judgement. May import the checks' own
ground floor.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dualtrack.checks.base import Fault
from dualtrack.checks.dose_bounds import PERIODS, as_list
from dualtrack.checks.dose_words import known_routes, route_of
from dualtrack.checks.quantities import quantity
from dualtrack.checks.schedule import times_of

__all__ = ["bound_faults"]

_DOSES = "reference.doses"
_BOUNDS = ("max_single", "max_daily", "min_single", "min_daily")


def bound_faults(reference: Mapping[str, Any]) -> Iterator[Fault]:
    """What cannot be read in the bounds of an item.

    Args:
        reference: the clinical facts of the item.

    Example:
        >>> [found for _, found, _, _ in bound_faults({"doses": [{"id": "d1", "drug": "x", "max_daily": "lots"}]})]
        ["max_daily 'lots' of d1"]
    """
    stated = reference.get("doses")
    entries = [each for each in stated if isinstance(each, Mapping)] if isinstance(stated, list) else []
    for entry in entries:
        for what, expected, fix in (*_of_amounts(entry), *_of_words(entry)):
            yield _DOSES, f"{what} of {entry.get('id')}", expected, fix
    facts = reference.get("facts")
    weight = facts.get("weight_kg") if isinstance(facts, Mapping) else None
    if entries and weight is not None and not (isinstance(weight, int | float) and weight > 0):
        yield "reference.facts", f"weight_kg {weight!r}", "a number of kilograms above 0", "write the number alone"


def _of_amounts(entry: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if not entry.get("drug"):
        yield "no drug", "the name of the medicine", "add the drug"
    for key in _BOUNDS:
        if entry.get(key) is not None and not _is_amount(str(entry[key])):
            yield (
                f"{key} {entry[key]!r}",
                "an amount with its unit, such as 4 g, 15 mg/kg or 2 puffs",
                "write it as one",
            )


def _of_words(entry: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for each in as_list(entry.get("frequency")):
        if not _is_frequency(each):
            yield f"frequency {each!r}", "how often, such as every 6 hours or weekly", "say it in other words"
    per = entry.get("per")
    if per is not None and per not in PERIODS:
        yield f"per {per!r}", f"one of {', '.join(PERIODS)}", "correct the word"
    for each in as_list(entry.get("route")):
        if route_of(each) not in known_routes():
            routes = ", ".join(sorted(known_routes()))
            yield f"route {each!r}", f"one of {routes}, or an abbreviation such as iv", "correct the word"


def _is_amount(stated: str) -> bool:
    """Whether a text is one amount with a unit; a bare number could not be compared with any dose."""
    try:
        return quantity(stated).unit != ""
    except ValueError:
        return False


def _is_frequency(stated: str) -> bool:
    try:
        times_of(stated)
    except ValueError:
        return False
    return True
