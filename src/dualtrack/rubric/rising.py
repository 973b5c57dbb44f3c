"""Searches for a set of ratings whose joined result falls when one rating rises.

A law of the product is that a better answer is never punished, and it rests on the joining rules. It is tried on the
function that joins, not on its description. May import stats and the scale.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt

from dualtrack.rubric.scale import Scale, ScaleKind
from dualtrack.stats.ordered import aggregate
from dualtrack.terms import Aggregate

__all__ = ["counter_example", "level_values"]

Ratings = tuple[int, ...]

TOP = 1_000_000  # value of the best level in millionths, as the engine counts
SIZES = (1, 2, 3, 4)  # ratings of one response; a rule that fails at all fails here


def counter_example(scale: Scale, rule: Aggregate) -> str | None:
    """A set of ratings whose result falls when one of them rises, in words; null when there is none.

    Args:
        scale: gives the values that a rating may have.
        rule: how the ratings of one response are joined.
    """
    raised = [pair for size in SIZES for pair in _raises(level_values(scale), size)]
    if not raised:
        return None
    before, after = (_joined([pair[side] for pair in raised], rule) for side in (0, 1))
    falls = np.flatnonzero(after < before)
    if not falls.size:
        return None
    first = int(falls[0])
    old, new = (", ".join(f"{rating / TOP:g}" for rating in ratings) for ratings in raised[first])
    return f"{old} gives {before[first] / TOP:g}, {new} gives {after[first] / TOP:g}"


def level_values(scale: Scale) -> list[int]:
    """Distinct values of a scale in millionths, rising; both ends and the middle of a number scale."""
    if scale.kind is ScaleKind.number:
        return [0, TOP // 2, TOP]
    return sorted({round(value * TOP) for value in scale.values.values() if value is not None})


def _raises(levels: list[int], size: int) -> Iterator[tuple[Ratings, Ratings]]:
    """Every set of so many ratings, with every set that has one of them a level higher."""
    for ratings in combinations_with_replacement(levels, size):
        for place, rating in enumerate(ratings):
            if rating != levels[-1]:
                higher = levels[levels.index(rating) + 1]
                yield ratings, (*ratings[:place], higher, *ratings[place + 1 :])


def _joined(sets: Sequence[Ratings], rule: Aggregate) -> npt.NDArray[np.int64]:
    sizes = [len(ratings) for ratings in sets]
    return aggregate(np.concatenate(sets), np.repeat(np.arange(len(sets)), sizes), sizes, rule, top=TOP).observed
