"""How many items a gate needs, and which change of a design settles it for the fewest hours.

May import terms, stats, rubric and the scoring ground.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from dualtrack.rubric.gate import LimitGate, MinNGate
from dualtrack.scoring.arrays import IntArray
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.power.design import Basis, GateDesign, Part
from dualtrack.scoring.power.states import Cases, Truth, gate_chances, limit_decision, missing_of, needed_of
from dualtrack.scoring.power.wishes import TARGETS
from dualtrack.stats.chances import count_chances
from dualtrack.terms import State

__all__ = ["Cost", "change_rows", "hours_of", "items_needed", "needed_rows", "same_mix"]

MOST_ITEMS = 50_000
"""Beyond so many items a search is given up: no study of this kind has them."""
RHO0_STEPS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.0)


@dataclass(frozen=True, slots=True)
class Cost:
    """Hours of rating that one item takes, and one more rating of every item would."""

    per_item: float
    per_rating: float


def same_mix(sizes: IntArray, n: int) -> IntArray:
    """Cluster sizes of n cases in the same mix: the sizes in turn, the last one cut.

    >>> same_mix(np.array([3, 2]), 9).tolist()
    [3, 2, 3, 1]
    """
    rounds = np.tile(sizes, n // int(sizes.sum()) + 1)
    kept = int(np.searchsorted(np.cumsum(rounds), n))
    result = rounds[: kept + 1].copy()
    result[-1] -= int(result.sum()) - n
    return result[result > 0]


def items_needed(basis: Basis, design: GateDesign, truth: Truth, target: float) -> int | None:
    """Number of items, clustered as planned, from which on a limit gate is met with a stated chance.

    Definition: with every further failure that a gate can bear, its chance of ``met`` rises by a step and falls from
    there as items are added; so the least number is taken at which the chance just before the next step is enough too.

    Args:
        basis: plan and assumptions.
        design: a limit gate with a threshold.
        truth: the true rate and correlation.
        target: wanted chance.

    Returns:
        The number; None where none up to ``MOST_ITEMS`` is enough, as when the true rate is not below the limit.
    """
    bears = _Bears(basis, design)

    def enough(n_failures: int) -> bool:
        last = bears.least_items(n_failures + 1)
        last = MOST_ITEMS if last is None else last - 1
        counts = count_chances(bears.cases(last).seen, truth.rate, truth.icc)
        return float(counts[: n_failures + 1].sum()) >= target

    high = 1
    while bears.least_items(high) is not None and not enough(high):
        high *= 2
    if bears.least_items(high) is None:
        return None
    low = 0
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return bears.least_items(low)


class _Bears:
    """How many failing items a gate bears at each number of items; the design effect stays that of the plan."""

    def __init__(self, basis: Basis, design: GateDesign) -> None:
        self._basis, self._part = basis, design.parts[0]
        self._decide = limit_decision(basis.plan, design)
        self._least = max(64, needed_of(basis.plan, design) or 0)
        self._share = self._part.n_effective(basis.rho0) / self._part.n
        self._known: dict[int, int | None] = {}

    def cases(self, n: int) -> Cases:
        """So many items in the mix of clusters of the plan."""
        sizes, missing = same_mix(self._part.sizes, n), self._basis.wishes.missing
        return Cases.of(sizes, missing=missing, rho0=self._basis.rho0, n_effective=n * self._share)

    def least_items(self, n_failures: int) -> int | None:
        """The least number of items at which so many failures are borne; None beyond ``MOST_ITEMS``."""
        if n_failures not in self._known:
            self._known[n_failures] = self._search(n_failures)
        return self._known[n_failures]

    def _search(self, n_failures: int) -> int | None:
        def borne(n: int) -> bool:
            n_seen = n - missing_of(n, self._basis.wishes.missing)
            return n_seen >= n_failures and self._decide(n_failures, n, n_seen, n * self._share) is State.met

        high = max(self._least, n_failures)
        while not borne(high):
            high *= 2
            if high > MOST_ITEMS:
                return None
        low = 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if borne(middle) else (middle + 1, high)
        return low


def needed_rows(basis: Basis, design: GateDesign, truth: Truth) -> Iterator[Row]:
    """Items that a limit gate needs, one row for each wanted chance.

    Args:
        basis: plan and assumptions.
        design: the gate.
        truth: the first scenario.
    """
    if not _computable(design):
        return
    for target in TARGETS:
        yield {
            "gate_id": design.gate_id,
            "target": target,
            "track": design.mp.metric.track.value,
            "rate": truth.rate,
            "n_items": items_needed(basis, design, truth, target),
            "n_planned": design.parts[0].n,
        }


def change_rows(basis: Basis, design: GateDesign, truth: Truth, cost: Cost) -> Iterator[Row]:
    """What could be changed for the gate that binds a track, with the chance of ``met`` and the hours of each.

    Args:
        basis: plan and assumptions.
        design: the binding gate.
        truth: the first scenario.
        cost: hours of rating.
    """
    if not _computable(design) and not (isinstance(design.gate, MinNGate) and design.parts and design.parts[0].n):
        return
    for target in TARGETS:
        wanted = _Wanted(basis, design, truth, cost, target)
        rows = [row for change in _CHANGES for row in change(wanted)]
        reached = [row for row in rows if row["reached"]]
        cheapest = min(reached, key=lambda row: float(row["extra_hours"]), default=None)
        for row in rows:
            yield row | {"cheapest": row is cheapest}


def _computable(design: GateDesign) -> bool:
    return (
        isinstance(design.gate, LimitGate)
        and design.unknown is None
        and design.evidence is None
        and design.parts[0].n > 0
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A gate, what is true, what ratings cost, and the chance that is wanted."""

    basis: Basis
    design: GateDesign
    truth: Truth
    cost: Cost
    target: float

    @property
    def sizes(self) -> IntArray:
        """Cluster sizes as planned."""
        return self.design.parts[0].sizes

    @property
    def grouped(self) -> bool:
        """Whether items share clusters, and that costs effective cases."""
        return self.basis.rho0 > 0 and int(self.sizes.max()) > 1

    def row(
        self,
        change: str,
        sizes: IntArray,
        *,
        missing: float | None = None,
        rho0: float | None = None,
        hours: float = 0.0,
    ) -> Row:
        """The row of a change, with the chance that the gate is met after it."""
        missing = self.basis.wishes.missing if missing is None else missing
        rho0 = self.basis.rho0 if rho0 is None else rho0
        truth = replace(self.truth, icc=min(self.truth.icc, rho0)) if rho0 < self.basis.rho0 else self.truth
        chances = gate_chances(self.basis.plan, self.design, (Cases.of(sizes, missing=missing, rho0=rho0),), truth)
        chance = 0.0 if chances is None else chances[State.met]
        return {
            "gate_id": self.design.gate_id,
            "target": self.target,
            "change": change,
            "track": self.design.mp.metric.track.value,
            "n_items": int(sizes.sum()),
            "n_clusters": int(sizes.size),
            "rho0": rho0,
            "chance": chance,
            "extra_hours": hours,
            "reached": chance >= self.target,
        }


def _none_missing(wanted: _Wanted) -> Iterator[Row]:
    if wanted.basis.wishes.missing:
        yield wanted.row("none_missing", wanted.sizes, missing=0.0)


def _own_clusters(wanted: _Wanted) -> Iterator[Row]:
    if wanted.grouped:
        yield wanted.row("own_clusters", _alone(wanted.sizes))


def _smaller_rho0(wanted: _Wanted) -> Iterator[Row]:
    """The greatest smaller rho0 that would do, the truth being no more alike than that."""
    smaller = [rho0 for rho0 in RHO0_STEPS if rho0 < wanted.basis.rho0]
    if not wanted.grouped:
        return
    rows = [wanted.row("smaller_rho0", wanted.sizes, rho0=rho0) for rho0 in smaller]
    yield next((row for row in rows if row["reached"]), rows[-1])


def _more_items(wanted: _Wanted) -> Iterator[Row]:
    yield from _more(wanted, "more_items")
    if wanted.grouped:
        alone = replace(wanted.design, parts=(Part("", _alone(wanted.sizes)),))
        yield from _more(replace(wanted, design=alone), "more_own_clusters")


def _more(wanted: _Wanted, change: str) -> Iterator[Row]:
    gate, n_now = wanted.design.gate, int(wanted.sizes.sum())
    if isinstance(gate, MinNGate):
        n: int | None = math.ceil(gate.n * n_now / wanted.design.parts[0].n_effective(wanted.basis.rho0))
    else:
        n = items_needed(wanted.basis, wanted.design, wanted.truth, wanted.target)
    if n is not None and n > n_now:
        hours = (n - n_now) * wanted.cost.per_item
        yield wanted.row(change, same_mix(wanted.sizes, n), hours=hours)


def _more_raters(wanted: _Wanted) -> Iterator[Row]:
    """One more rating of every response: it narrows no limit, since intervals cover cases."""
    if wanted.design.mp.scale is not None:
        hours = int(wanted.sizes.sum()) * wanted.cost.per_rating
        yield wanted.row("more_raters", wanted.sizes, hours=hours)


def _alone(sizes: IntArray) -> IntArray:
    return np.ones(int(sizes.sum()), dtype=np.int64)


_CHANGES: tuple[Callable[[_Wanted], Iterator[Row]], ...] = (
    _none_missing,
    _own_clusters,
    _smaller_rho0,
    _more_items,
    _more_raters,
)


def hours_of(plan: Plan, hours: float, n_items: int, *, seconds: float) -> Cost:
    """Hours that an item takes: those of all ratings over all items; one more rating for every system and sample.

    Args:
        plan: the plan.
        hours: of all ratings.
        n_items: items that they are about.
        seconds: that one rating takes.
    """
    return Cost(hours / max(n_items, 1), len(plan.systems) * plan.samples * seconds / 3600)
