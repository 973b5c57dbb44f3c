"""Checks of those who settle a disagreement: nobody who is a part of it, and on the first occasion.

May import typed columns and the collector of problems.
"""

import numpy as np

from dualtrack.errors import Place, Problem
from dualtrack.records.keys import combine, ranks
from dualtrack.records.problems import Notes, shown
from dualtrack.records.refuse import rows_of
from dualtrack.records.typed import Typed

__all__ = ["check_adjudicators"]

_THING = ("system_id", "item_id", "sample", "unit_id", "scale_id", "rater_id")
_SETTLING = ("tie_break", "adjudication")


def check_adjudicators(ratings: Typed, notes: Notes) -> None:
    """Note rulings and tie-breaks by someone who gave a first rating of the same thing, or that nothing would read.

    Args:
        ratings: the ratings as typed.
        notes: takes REC039, and REC045 a ruling or tie-break on a further occasion, which settles nothing.
    """
    role = ratings.codes("role")
    settling = np.array([*(word in _SETTLING for word in role.words), False], dtype=np.bool_)[role.codes]
    if not settling.any():
        return
    primary = np.array([*(word == "primary" for word in role.words), False], dtype=np.bool_)[role.codes]
    who = combine([ranks(ratings, name) for name in _THING])[0]
    bad = settling & np.isin(who, who[primary])
    raters, items = ratings.codes("rater_id"), ratings.codes("item_id")
    notes.add_rows(
        ratings,
        Problem(
            "REC039",
            "a rater settles a disagreement of which they are a part",
            Place(column="rater_id"),
            expected="a tie-break or an adjudication by someone who gave no first rating of the same thing",
            fix="let somebody else rule; a second look by the same rater is a primary rating of occasion 2",
        ),
        rows_of(bad),
        found=lambda row: f"{shown(raters.word(row))} on {shown(items.word(row))}, {role.word(row)}",
    )
    again = settling & ~bad & (ratings.numbers("occasion").values != 1)
    notes.add_rows(
        ratings,
        Problem(
            "REC045",
            "a ruling stands on a further occasion, where nothing reads it",
            Place(column="occasion"),
            expected="1: a tie-break or an adjudication is given once",
            fix="write occasion 1; to replace an earlier ruling, replace its row",
        ),
        rows_of(again),
        found=lambda row: f"occasion {int(ratings.numbers('occasion').values[row])} of {shown(raters.word(row))}",
    )
