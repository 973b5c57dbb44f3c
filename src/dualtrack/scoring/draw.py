"""The draw: which responses a plan drew for rating, and with which chance.

May import numpy, pandas, terms and the array idioms. The draw is read from the assignments alone, so that no rating
and no check that is withheld can move it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.scoring.arrays import BoolArray, FloatArray, IntArray
from dualtrack.terms import Combine

__all__ = ["JOINED_ON_DRAWN", "Draw", "chance_of_units", "make_draw"]

JOINED_ON_DRAWN = (
    Combine.clinician_only,
    Combine.either_flags_then_adjudicate,
    Combine.worst_of,
    Combine.prediction_powered,
)
"""Rules whose value rests on a clinician: what was not drawn is spoken for by what was, weighted by 1 / chance."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Which responses were drawn, of a metric of which some were left out on purpose.

    Attributes:
        system: per response, the system that gave it.
        drawn, left_out: per response, whether ratings are owed to it, and whether none is on purpose.
        chance: per response, the chance with which it was drawn; NaN where none is stated for all its ratings alike. Of
            a system of which nothing was left out it is 1: everything was looked at.
        known: per system, whether every drawn response has a stated chance above 0, and one of them below 1 where some
            were left out: the drawn ones then stand for all.
        one_rest: per system, whether exactly one chance below 1 is stated, so that it is the chance of every response
            that was left out, and how many there are of each chance is known.
    """

    system: IntArray
    drawn: BoolArray
    left_out: BoolArray
    chance: FloatArray
    known: BoolArray
    one_rest: BoolArray

    @property
    def all_known(self) -> bool:
        """Whether the drawn responses of every system stand for all of that system."""
        return bool(self.known.all())

    def even(self, system: int) -> bool:
        """Whether every response of a system that was drawn had the same chance."""
        chances = self.chance[self.drawn & (self.system == system)]
        return chances.size == 0 or bool(chances.min() == chances.max())


def chance_of_units(unit: IntArray, assignments: pd.DataFrame, n_units: int) -> FloatArray:
    """Chance stated for each unit.

    Args:
        unit: the unit of each assignment.
        assignments: the assignments.
        n_units: number of units.

    Returns:
        One chance per unit; NaN where an assignment states none, or two state different ones.
    """
    if "inclusion_probability" not in assignments.columns:
        return np.full(n_units, np.nan)
    stated = assignments["inclusion_probability"].to_numpy(dtype=np.float64, na_value=np.nan)
    return _alike(unit, stated, n_units)


def make_draw(
    response: IntArray, owed: IntArray, chance: FloatArray, *, judged: BoolArray, system: IntArray
) -> Draw | None:
    """Read the draw of one metric.

    Args:
        response: the response of each unit that may be rated.
        owed: ratings owed to each unit.
        chance: chance stated for each unit, NaN where none is, or where its assignments state different ones.
        judged: per response, whether it is planned and the metric applies.
        system: per response, its system.

    Returns:
        The draw; None where nothing was left out, or where a response was drawn in part: the chance of a part is not
        that of the response.
    """
    size = judged.size
    due = np.bincount(response[owed > 0], minlength=size)
    units = np.bincount(response, minlength=size)
    drawn, left_out = judged & (due > 0), judged & (due == 0) & (units > 0)
    if not left_out.any() or (drawn & (due < units)).any():
        return None
    asked = owed > 0
    of_response = np.where(drawn, _alike(response[asked], chance[asked], size), np.nan)
    n_systems = int(system.max(initial=-1)) + 1
    known, one_rest = np.zeros(n_systems, dtype=np.bool_), np.zeros(n_systems, dtype=np.bool_)
    for each in range(n_systems):
        mine = drawn & (system == each)
        if not (left_out & (system == each)).any():
            of_response[mine] = 1.0
            known[each] = one_rest[each] = True
            continue
        stated = of_response[mine]
        known[each] = bool(stated.size and (stated > 0).all() and (stated < 1).any())
        one_rest[each] = bool(known[each] and np.unique(stated[stated < 1]).size == 1)
    return Draw(system, drawn, left_out, of_response, known, one_rest)


def _alike(place: IntArray, stated: FloatArray, n_places: int) -> FloatArray:
    """The one number stated for each place; NaN where none is, one is not above 0, or two differ."""
    known = np.where(np.isnan(stated), 0.0, stated)
    low, high = np.full(n_places, np.inf), np.full(n_places, -np.inf)
    np.minimum.at(low, place, known)
    np.maximum.at(high, place, known)
    return np.where((low == high) & (low > 0), low, np.nan)
