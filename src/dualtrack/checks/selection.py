"""Picks from an item's facts those that a check reads.

Why it exists: the item states the facts, the metric selects from them, and whether a check applies is decided here,
from the item alone, before any response is read. Imports nothing of dualtrack.
"""

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["select_reference"]


def select_reference(
    reference: Mapping[str, Any],
    select: Mapping[str, Mapping[str, Any]],
    *,
    needs: Iterable[str],
    also: Iterable[str] = (),
) -> dict[str, Any] | None:
    """The needed facts of an item, with lists narrowed to the entries that a metric selects.

    Definition: of the needed keys, those the item states and that are not empty. A list keeps the entries whose every
    selected field equals the wanted value, or is among the wanted values when a list is given; an entry without the
    field is left out. A mapping is kept whole or left out by the same rule.

    Args:
        reference: the item's facts.
        select: per key, field -> value or list of values; keys without an entry are not narrowed.
        needs: keys of which the check needs at least one.
        also: keys that it reads beside them where the item states them.

    Returns:
        The facts, or None when none of the needed ones is left: the check does not apply to this item.

    Example:
        >>> facts = {"avoid": [{"id": "a1", "severity": "absolute"}, {"id": "a2", "severity": "relative"}]}
        >>> select_reference(facts, {"avoid": {"severity": "absolute"}}, needs=("avoid",))
        {'avoid': [{'id': 'a1', 'severity': 'absolute'}]}
        >>> select_reference(facts, {}, needs=("doses",)) is None
        True
    """
    needed = tuple(needs)
    kept: dict[str, Any] = {}
    for key in (*needed, *also):
        fact = reference.get(key)
        wanted = select.get(key)
        if not wanted:
            pass
        elif isinstance(fact, list):
            fact = [entry for entry in fact if _fits(entry, wanted)]
        elif isinstance(fact, Mapping) and not _fits(fact, wanted):
            fact = None
        if fact is not None and fact not in ("", [], {}):
            kept[key] = fact
    return kept if any(key in kept for key in needed) else None


def _fits(entry: object, wanted: Mapping[str, Any]) -> bool:
    if not isinstance(entry, Mapping):
        return False
    return all(
        field in entry and (entry[field] in value if isinstance(value, list | tuple) else entry[field] == value)
        for field, value in wanted.items()
    )
