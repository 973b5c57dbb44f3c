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

MOST_ITEMS = 200_000
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
        rows = [row for change in _CHANGES for row in change(basis, design, truth, cost, target)]
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


_Change = Callable[[Basis, GateDesign, Truth, Cost, float], Iterator[Row]]


def _met(basis: Basis, design: GateDesign, sizes: IntArray, truth: Truth, *, missing: float, rho0: float) -> float:
    chances = gate_chances(basis.plan, design, (Cases.of(sizes, missing=missing, rho0=rho0),), truth)
    return 0.0 if chances is None else chances[State.met]


def _row(design: GateDesign, change: str, sizes: IntArray, *, target: float, rho0: float, chance: float) -> Row:
    return {
        "gate_id": design.gate_id,
        "target": target,
        "change": change,
        "track": design.mp.metric.track.value,
        "n_items": int(sizes.sum()),
        "n_clusters": int(sizes.size),
        "rho0": rho0,
        "chance": chance,
        "extra_hours": 0.0,
        "reached": chance >= target,
    }


def _none_missing(basis: Basis, design: GateDesign, truth: Truth, _cost: Cost, target: float) -> Iterator[Row]:
    if basis.wishes.missing:
        sizes = design.parts[0].sizes
        chance = _met(basis, design, sizes, truth, missing=0.0, rho0=basis.rho0)
        yield _row(design, "none_missing", sizes, target=target, rho0=basis.rho0, chance=chance)


def _own_clusters(basis: Basis, design: GateDesign, truth: Truth, _cost: Cost, target: float) -> Iterator[Row]:
    sizes = design.parts[0].sizes
    if basis.rho0 > 0 and sizes.max() > 1:
        alone = np.ones(int(sizes.sum()), dtype=np.int64)
        chance = _met(basis, design, alone, truth, missing=basis.wishes.missing, rho0=basis.rho0)
        yield _row(design, "own_clusters", alone, target=target, rho0=basis.rho0, chance=chance)


def _smaller_rho0(basis: Basis, design: GateDesign, truth: Truth, _cost: Cost, target: float) -> Iterator[Row]:
    """The greatest smaller rho0 that would do, the truth being no more alike than that."""
    sizes = design.parts[0].sizes
    smaller = [rho0 for rho0 in RHO0_STEPS if rho0 < basis.rho0]
    if not smaller or sizes.max() == 1:
        return
    for rho0 in smaller:
        alike = replace(truth, icc=min(truth.icc, rho0))
        chance = _met(basis, design, sizes, alike, missing=basis.wishes.missing, rho0=rho0)
        if chance >= target or rho0 == smaller[-1]:
            yield _row(design, "smaller_rho0", sizes, target=target, rho0=rho0, chance=chance)
            return


def _more_items(basis: Basis, design: GateDesign, truth: Truth, cost: Cost, target: float) -> Iterator[Row]:
    sizes = design.parts[0].sizes
    yield from _more(basis, design, truth, target=target, cost=cost, change="more_items")
    if basis.rho0 > 0 and sizes.max() > 1:
        alone = replace(design, parts=(Part("", np.ones(int(sizes.sum()), dtype=np.int64)),))
        yield from _more(basis, alone, truth, target=target, cost=cost, change="more_own_clusters")


def _more(basis: Basis, design: GateDesign, truth: Truth, *, target: float, cost: Cost, change: str) -> Iterator[Row]:
    sizes = design.parts[0].sizes
    n_now = int(sizes.sum())
    if isinstance(design.gate, MinNGate):
        n: int | None = math.ceil(design.gate.n * n_now / design.parts[0].n_effective(basis.rho0))
    else:
        n = items_needed(basis, design, truth, target)
    if n is None or n <= n_now:
        return
    larger = same_mix(sizes, n)
    chance = _met(basis, design, larger, truth, missing=basis.wishes.missing, rho0=basis.rho0)
    row = _row(design, change, larger, target=target, rho0=basis.rho0, chance=chance)
    yield row | {"extra_hours": (n - n_now) * cost.per_item}


def _more_raters(basis: Basis, design: GateDesign, truth: Truth, cost: Cost, target: float) -> Iterator[Row]:
    """One more rating of every response: it narrows no limit, since intervals cover cases."""
    if design.mp.scale is not None:
        sizes = design.parts[0].sizes
        chance = _met(basis, design, sizes, truth, missing=basis.wishes.missing, rho0=basis.rho0)
        row = _row(design, "more_raters", sizes, target=target, rho0=basis.rho0, chance=chance)
        yield row | {"extra_hours": int(sizes.sum()) * cost.per_rating}


_CHANGES: tuple[_Change, ...] = (_none_missing, _own_clusters, _smaller_rho0, _more_items, _more_raters)


def hours_of(plan: Plan, hours: float, n_items: int, *, seconds: float) -> Cost:
    """Hours that an item takes: those of all ratings over all items; one more rating for every system and sample.

    Args:
        plan: the plan.
        hours: of all ratings.
        n_items: items that they are about.
        seconds: that one rating takes.
    """
    return Cost(hours / max(n_items, 1), len(plan.systems) * plan.samples * seconds / 3600)
