"""Whom a page does not show one by one: people of panels so small that a pseudonym hides nobody.

May import report. Of two raters each knows which row is the other's, and severities of two are the same number with
another sign. From three on a reader who is one of them cannot tell the others apart.
"""

from collections import Counter
from collections.abc import Iterable

from dualtrack.report.rows import RaterEffect

__all__ = ["FEWEST_SHOWN", "grouped_raters"]

FEWEST_SHOWN = 3
"""People that a panel must have before each of them has a row of their own."""
_POSITION = "position"


def grouped_raters(effects: Iterable[RaterEffect]) -> frozenset[str]:
    """Raters of one question who are shown together.

    Args:
        effects: rows of one question.

    Returns:
        Pseudonyms of the people whose panel has fewer than ``FEWEST_SHOWN`` of them. Panels are those of the
        severities; people without a severity are a panel together. Positions, which several people may have held, are
        never among them.
    """
    people: dict[str, int | None] = {}
    for row in effects:
        if row.rater_id and row.kind != _POSITION:
            people[row.rater_id] = people.get(row.rater_id) or row.panel
    sizes = Counter(people.values())
    return frozenset(rater for rater, panel in people.items() if sizes[panel] < FEWEST_SHOWN)
