"""A check of how bad a rater called each failure mode: only modes that were ticked, only the five harm levels.

May import terms, typed columns and the collector of problems. Which modes a rubric has is not known here; a mode that
it does not have is refused where it was ticked.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from dualtrack.errors import Place, Problem
from dualtrack.records.problems import Notes, shown
from dualtrack.records.refuse import rows_of
from dualtrack.records.typed import Typed
from dualtrack.terms import HarmLevel

__all__ = ["check_severities"]

_Said = Mapping[str, Any]


def check_severities(ratings: Typed, notes: Notes) -> None:
    """Note harm levels of failure modes that were not ticked, and what is no harm level.

    Args:
        ratings: the ratings as typed.
        notes: takes REC042 a failure mode that was not ticked, REC041 no harm level.
    """
    cells = ratings.objects("severities").cells
    said = [row for row, cell in enumerate(cells) if cell]
    if not said:
        return
    ticked = ratings.objects("failure_modes").cells
    levels = frozenset(HarmLevel)
    for problem, wrong in (
        (
            Problem(
                "REC042",
                "a harm level is given to a failure mode that was not ticked",
                Place(column="severities"),
                expected="failure modes of the column failure_modes of the same row",
                fix="tick the failure mode, or remove its harm level",
            ),
            lambda row: [mode for mode in cells[row] if mode not in (ticked[row] or ())],
        ),
        (
            Problem(
                "REC041",
                "this is no harm level",
                Place(column="severities"),
                expected=f"one of {', '.join(HarmLevel)} for each failure mode",
                fix="give the id of a harm level, or remove the entry",
            ),
            lambda row: _no_levels(cells[row], levels),
        ),
    ):
        _note(ratings, problem, said, wrong=wrong, notes=notes)


def _no_levels(cell: _Said, levels: frozenset[str]) -> list[str]:
    return [f"{mode}: {level}" for mode, level in cell.items() if not isinstance(level, str) or level not in levels]


def _note(
    ratings: Typed, problem: Problem, rows: Iterable[int], *, wrong: Callable[[int], list[str]], notes: Notes
) -> None:
    found = {row: each for row in rows for each in [wrong(row)] if each}
    bad = np.zeros(ratings.n_rows, dtype=np.bool_)
    bad[list(found)] = True
    notes.add_rows(ratings, problem, rows_of(bad), found=lambda row: shown(found[row][0]))
