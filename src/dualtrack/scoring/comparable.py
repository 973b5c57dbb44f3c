"""What several systems of one track can be compared on: the metrics and items that they share.

May import terms and the scoring ground. An order needs one yardstick, so that a better than b and b better than c make
a better than c; differences of single pairs may each rest on what the two share.
"""

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

import numpy as np

from dualtrack.scoring.arrays import NONE, BoolArray, IntArray
from dualtrack.scoring.estimate import cluster_sums, of_track
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.sides import COMMON, refusal, shared_items
from dualtrack.scoring.sums import MetricSums
from dualtrack.terms import Reason, Track

__all__ = ["Ground", "common_ground"]

LEAST_SHARE = Fraction(1, 2)
"""A system that costs the others more than half of the weight that they could share is left out, and named."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What systems of one track share.

    Attributes:
        systems: places of the systems that are compared, in the order of the plan; fewer than two: nothing is.
        refused: why each of the others is not.
        metrics: places of the metrics with weight that all of them share; ``weights`` are theirs.
        sums, counts: per system, metric and cluster, over the shared items of each metric.
        items: items shared on at least one metric.
    """

    systems: tuple[int, ...]
    refused: dict[int, Reason]
    metrics: tuple[int, ...]
    weights: tuple[float, ...]
    sums: IntArray
    counts: IntArray
    items: BoolArray

    @property
    def n_clusters(self) -> int:
        """Clusters with a shared case."""
        return int((self.counts.sum(axis=(0, 1)) > 0).sum()) if self.metrics else 0


def common_ground(plan: Plan, sums: tuple[MetricSums, ...], track: Track) -> Ground:
    """The systems of a track that can be put in one order, and what they share.

    Definition: a metric is shared where every system has a value on some common items and the same raters, or evenly
    many ratings of each, stand behind them. Systems without any value are left out. Where the rest share too little,
    the system that shares least weight with the others leaves, and so on; of these sets the largest is taken that
    shares at least half of the most weight that any of them shares.

    Args:
        plan: the plan.
        sums: item sums per metric.
        track: the track.

    Returns:
        The ground; the names and the order of the systems have no part in it.
    """
    weighted = [place for place in of_track(plan, track) if plan.metrics[place].metric.weight.value > 0]
    everyone = tuple(range(len(plan.systems)))
    refused = {system: _why_empty(plan, sums, track, system=system) for system in everyone}
    present = tuple(system for system in everyone if refused[system] is None)
    why: dict[int, Reason] = {system: reason for system, reason in refused.items() if reason is not None}
    if len(present) < 2:  # noqa: PLR2004 -- one system has no order
        return _nothing(plan, why | dict.fromkeys(present, Reason.one_system))
    kept, shared, left = _largest_set(plan, sums, weighted, present)
    if not shared:
        return _nothing(plan, why | left)
    why |= {system: left[system] for system in present if system not in kept}
    return _summed(plan, sums, _Chosen(kept, why, tuple(shared)))


@dataclass(frozen=True, slots=True)
class _Chosen:
    systems: tuple[int, ...]
    refused: dict[int, Reason]
    metrics: tuple[int, ...]


def _why_empty(plan: Plan, sums: tuple[MetricSums, ...], track: Track, *, system: int) -> Reason | None:
    """Why a system has no value on any metric with weight, None when it has."""
    places = of_track(plan, track)
    weighted = [place for place in places if plan.metrics[place].metric.weight.value > 0]
    if not weighted:
        return Reason.no_weight
    if any((sums[place].by_basis[PRIMARY].value[system] != NONE).any() for place in weighted):
        return None
    planned = any((sums[place].by_basis[PRIMARY].planned[system] > 0).any() for place in weighted)
    return Reason.no_evidence if planned else Reason.not_planned


def _largest_set(
    plan: Plan, sums: tuple[MetricSums, ...], weighted: list[int], present: tuple[int, ...]
) -> tuple[tuple[int, ...], list[int], dict[int, Reason]]:
    """The systems to compare, the metrics that they share, and why each of the others was left out."""
    first = _shared(plan, sums, weighted, present)
    most = _weight(plan, [place for place in weighted if _n_with_values(sums[place], present) > 1])
    if first and _weight(plan, first) >= LEAST_SHARE * most:
        return present, first, {}
    refusals = {
        (place, a, b): refusal(plan, sums[place], place, systems=(a, b), basis=COMMON)
        for place in weighted
        for a, b in combinations(present, 2)
    }
    chain = [(present, first)]
    while len(chain[-1][0]) > 2:  # noqa: PLR2004 -- of two, neither is the one too many
        systems = chain[-1][0]
        own = {system: _own_weight(plan, refusals, system, systems) for system in systems}
        left = tuple(system for system in systems if own[system] > min(own.values()))
        if len(left) < 2:  # noqa: PLR2004 -- one system has no order
            break
        chain.append((left, _shared(plan, sums, weighted, left)))
    best = max(_weight(plan, shared) for _, shared in chain)
    kept, shared = next(each for each in chain if _weight(plan, each[1]) >= LEAST_SHARE * best)
    gone = present if not shared else [system for system in present if system not in kept]
    return kept, shared, {system: _commonest(refusals, system) for system in gone}


def _shared(plan: Plan, sums: tuple[MetricSums, ...], weighted: list[int], systems: tuple[int, ...]) -> list[int]:
    return [place for place in weighted if refusal(plan, sums[place], place, systems=systems, basis=COMMON) is None]


def _n_with_values(sums: MetricSums, systems: tuple[int, ...]) -> int:
    value = sums.by_basis[PRIMARY].value
    return sum(bool((value[system] != NONE).any()) for system in systems)


def _weight(plan: Plan, places: list[int]) -> Fraction:
    """Exact, so that the order of the systems has no part in it."""
    return sum((Fraction(plan.metrics[place].metric.weight.value) for place in places), Fraction(0))


_Refusals = dict[tuple[int, int, int], Reason | None]


def _own_weight(plan: Plan, refusals: _Refusals, system: int, systems: tuple[int, ...]) -> Fraction:
    """Weight of the metrics that a system shares with each of the others, summed over them."""
    return _weight(
        plan,
        [
            place
            for (place, a, b), reason in refusals.items()
            if reason is None and system in (a, b) and a in systems and b in systems
        ],
    )


def _commonest(refusals: _Refusals, system: int) -> Reason:
    """The reason that most often refuses a system; of equally frequent ones the first in the list of reasons."""
    found = Counter(reason for (_, a, b), reason in refusals.items() if system in (a, b) and reason is not None)
    order = list(Reason)
    return min(found, key=lambda reason: (-found[reason], order.index(reason)), default=Reason.no_overlap)


def _nothing(plan: Plan, refused: dict[int, Reason]) -> Ground:
    none = np.zeros((0, 0, len(plan.clusters)), dtype=np.int64)
    return Ground((), refused, (), (), none, none, np.zeros(plan.n_items, dtype=np.bool_))


def _summed(plan: Plan, sums: tuple[MetricSums, ...], chosen: _Chosen) -> Ground:
    shape = (len(chosen.systems), len(chosen.metrics), len(plan.clusters))
    ground = replace(
        _nothing(plan, chosen.refused),
        systems=chosen.systems,
        metrics=chosen.metrics,
        weights=tuple(float(plan.metrics[place].metric.weight.value) for place in chosen.metrics),
        sums=np.zeros(shape, dtype=np.int64),
        counts=np.zeros(shape, dtype=np.int64),
    )
    for m, place in enumerate(chosen.metrics):
        items = shared_items(sums[place], chosen.systems, COMMON)
        ground.items[:] |= items
        for s, system in enumerate(chosen.systems):
            by_item = sums[place].by_basis[PRIMARY]
            ground.sums[s, m], ground.counts[s, m] = cluster_sums(
                plan, plan.metrics[place], by_item, system=system, items=items
            )
    return ground
