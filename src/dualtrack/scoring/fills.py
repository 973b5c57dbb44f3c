"""What an observation carries beside its value in 0..1: the signed gap of a pair, or what a gate counts.

May import the array idioms only. Each stands with its two fills, as the value does, so that taking evidence away can
only widen it.
"""

from dataclasses import dataclass

import numpy as np

from dualtrack.scoring.arrays import TOP, BoolArray, IntArray

__all__ = ["Fails", "Gaps"]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Signed gap of each pair in millionths, -TOP..TOP: observed (0 where there is none), lowest and highest."""

    observed: IntArray
    low: IntArray
    high: IntArray

    def missing(self, where: BoolArray) -> "Gaps":
        """The same with the gap taken away at some pairs: it could be anything there."""
        return Gaps(np.where(where, 0, self.observed), np.where(where, -TOP, self.low), np.where(where, TOP, self.high))

    def taking(self, where: BoolArray, other: "Gaps") -> "Gaps":
        """The observed gaps of another source at some pairs, inside the limits of this one."""
        return Gaps(np.where(where, other.observed, self.observed), self.low, self.high)


@dataclass(frozen=True, slots=True)
class Fails:
    """What a limit gate counts, where the value alone does not say it: observed, and with missing filled."""

    observed: BoolArray
    worst: BoolArray
    best: BoolArray

    def missing(self, where: BoolArray) -> "Fails":
        """The same with the judgement taken away at some responses."""
        return Fails(self.observed & ~where, self.worst | where, self.best & ~where)
