"""Which systems are compared with which, and what one metric says of both sides on the same cases.

May import terms, rubric and the scoring ground. A side is one system, or a group of systems that share a kind or a
layer. The design decides whether two sides can be compared at all, before any number is looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from dualtrack.records.study import System
from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray, group_sum, rounded_ratio
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import STATUSES, MetricPlan, Plan
from dualtrack.scoring.sums import ItemSums, MetricSums
from dualtrack.terms import Combine, Fill, Reason, ResponseStatus

__all__ = ["COMMON", "PLANNED", "Held", "Match", "hold", "matches", "refusal", "shared_items"]

PLANNED, COMMON = "planned", "common"
"""All cases planned for both sides, what is missing counting as failed; or the cases on which both have a value."""

_OWN = (ResponseStatus.refused, ResponseStatus.empty, ResponseStatus.error)
"""What a system answered with, where that is no answer: its own failure, and nobody's missing judgement."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two sides that are compared.

    Attributes:
        kind: ``pair`` or ``group``.
        a, b: places of the systems in the plan.
        name_a, name_b: how the table calls them.
        against_baseline: whether b is the study's baseline.
    """

    kind: str
    a: tuple[int, ...]
    b: tuple[int, ...]
    name_a: str
    name_b: str
    against_baseline: bool = False

    @property
    def systems(self) -> tuple[int, ...]:
        """Places of all systems."""
        return (*self.a, *self.b)


@dataclass(frozen=True, slots=True)
class Held:
    """One metric of both sides on the same items.

    Attributes:
        place: of the metric in the plan; ``weight``: its weight.
        items: which items.
        total, count: sums in millionths and counts by cluster, shape (2, clusters).
        values: value of each of these items on either side in millionths, shape (2, items); None for groups and where
            items weigh unequally.
    """

    place: int
    weight: float
    items: BoolArray
    total: IntArray
    count: IntArray
    values: IntArray | None


def matches(plan: Plan) -> Iterator[Match]:
    """The pairs of a study, those with the baseline first and it as second side, then the groups.

    A group of one against a group of one is the pair itself and is not repeated.

    Args:
        plan: the plan.
    """
    yield from _pairs(plan)
    if plan.study.plan.comparisons.pairs != "none":
        yield from _groups(plan)


def _pairs(plan: Plan) -> Iterator[Match]:
    rule, baseline, names = plan.study.plan.comparisons.pairs, plan.study.baseline, plan.systems
    if rule == "none":
        return
    if baseline in names:
        b = names.index(baseline)
        for a, name in enumerate(names):
            if a != b:
                yield Match("pair", (a,), (b,), name, baseline, against_baseline=True)
    if rule == "all":
        for a, b in combinations([place for place, name in enumerate(names) if name != baseline], 2):
            yield Match("pair", (a,), (b,), names[a], names[b])


def _groups(plan: Plan) -> Iterator[Match]:
    stated = {system.id: system for system in plan.study.systems}
    systems = [stated[name] for name in plan.systems]
    kinds = sorted({system.kind for system in systems})
    for first, second in combinations(kinds, 2):
        a, b = _places(systems, kind=first), _places(systems, kind=second)
        yield from _group(a, b, f"kind:{first}", f"kind:{second}")
    known = [place for place, system in enumerate(systems) if system.layers is not None]
    for layer in sorted({each for system in systems for each in system.layers or ()}):
        a = tuple(place for place in known if layer in (systems[place].layers or ()))
        b = tuple(place for place in known if place not in a)
        yield from _group(a, b, f"layer:{layer}", f"without:{layer}")


def _places(systems: Sequence[System], *, kind: str) -> tuple[int, ...]:
    return tuple(place for place, system in enumerate(systems) if system.kind == kind)


def _group(a: tuple[int, ...], b: tuple[int, ...], name_a: str, name_b: str) -> Iterator[Match]:
    if a and b and len(a) + len(b) > 2:  # noqa: PLR2004 -- one against one is a pair
        yield Match("group", a, b, name_a, name_b)


def shared_items(sums: MetricSums, systems: Sequence[int], basis: str) -> BoolArray:
    """Items of one basis: planned for every one of some systems, or with a value of every one.

    Args:
        sums: the metric's sums.
        systems: places of the systems.
        basis: planned or common.
    """
    by_item, places = sums.by_basis[PRIMARY], list(systems)
    there = by_item.planned[places] > 0 if basis == PLANNED else by_item.value[places] != NONE
    return np.asarray(there.all(axis=0), dtype=np.bool_)


def refusal(plan: Plan, sums: MetricSums, place: int, *, systems: Sequence[int], basis: str) -> Reason | None:
    """Why the design carries no comparison of some systems on one metric, None when it does.

    Args:
        plan: the plan.
        sums: the metric's sums.
        place: the metric's place in the plan.
        systems: places of the systems.
        basis: planned or common.
    """
    both = shared_items(sums, systems, COMMON)
    if not both.any():
        return Reason.no_overlap
    mp = plan.metrics[place]
    if mp.draw is not None and not all(mp.draw.even(system) for system in systems):
        return Reason.sampled  # the shared rated cases were drawn with different chances and stand for nothing
    if basis == PLANNED and mp.metric.checks and mp.n_sampled_out:
        return Reason.sampled  # what was left out on purpose is not missing, and may not count as failed
    return None if _judged_alike(plan, sums, place, systems=systems, items=both) else Reason.raters_differ


def _judged_alike(plan: Plan, sums: MetricSums, place: int, *, systems: Sequence[int], items: BoolArray) -> bool:
    """Whether any two of the systems had the same raters on each item, or each rater as often on both."""
    mp = plan.metrics[place]
    judged = mp if mp.correct is None else plan.metrics[mp.correct]  # whose raters say what is right
    if judged.scale is None or judged.metric.combine is Combine.check_only:
        return True
    rated = [sums.raters.planned().of(system, items) for system in systems]
    n_raters = max(int(each.rater.max(initial=0)) for each in rated) + 1
    totals = [group_sum(each.rater, each.n, n_raters) for each in rated]
    return all(
        (np.array_equal(rated[a].item, rated[b].item) and np.array_equal(rated[a].rater, rated[b].rater))
        or np.array_equal(totals[a], totals[b])
        for a, b in combinations(range(len(rated)), 2)
    )


def hold(
    plan: Plan,
    sums: tuple[MetricSums, ...],
    place: int,
    match: Match,
    *,
    items: BoolArray,
    fills: tuple[Fill, Fill],
) -> Held:
    """What one metric says of both sides on some items.

    Args:
        plan: the plan.
        sums: item sums per metric.
        place: the metric's place in the plan.
        match: the two sides.
        items: the items.
        fills: how missing values of either side are filled; ``best`` leaves what a system failed to answer failed.
    """
    mp, by_item = plan.metrics[place], sums[place].by_basis[PRIMARY]
    n_clusters, cluster = len(plan.clusters), plan.cluster[items]
    total, count = np.zeros((2, n_clusters), dtype=np.int64), np.zeros((2, n_clusters), dtype=np.int64)
    values = []
    for side, (systems, fill) in enumerate(zip((match.a, match.b), fills, strict=True)):
        for system in systems:
            value, weight = (each[items] for each in _filled(plan, mp, by_item, fill, system=system))
            total[side] += group_sum(cluster, value, n_clusters)
            count[side] += group_sum(cluster, weight, n_clusters)
            values.append(value)
    single = match.kind == "pair" and not _pools_units(mp)
    both = np.array(values, dtype=np.int64) if single else None
    return Held(place, float(mp.metric.weight.value), items, total, count, both)


def _pools_units(mp: MetricPlan) -> bool:
    return getattr(mp.metric.quantity, "pool", "items") == "units"


def _filled(plan: Plan, mp: MetricPlan, by_item: ItemSums, fill: Fill, *, system: int) -> tuple[IntArray, IntArray]:
    """Value of each item in millionths with missing filled, times what it weighs, and the weight."""
    pools, one = _pools_units(mp), np.ones(plan.n_items, dtype=np.int64)
    if fill is Fill.observed:
        units = by_item.units[system]
        return ((units - by_item.failed[system]) * TOP, units) if pools else (by_item.value[system], one)
    weight = by_item.units_planned[system] if pools else one
    if fill is Fill.worst:
        return by_item.worst_value[system] * weight, weight
    # Ratings of a response that gave no answer may have lowered its best below 1 already: it cannot fall below 0.
    best = np.maximum(by_item.best[system] - TOP * _lost(plan, mp, by_item, system), 0)
    return rounded_ratio(best, by_item.planned[system]) * weight, weight


def _lost(plan: Plan, mp: MetricPlan, by_item: ItemSums, system: int) -> IntArray:
    """Responses to each item, at least, that have no value because the system gave no answer."""
    if mp.pairs is not None:
        return np.zeros(plan.n_items, dtype=np.int64)
    own = np.isin(plan.status, [STATUSES.index(each) for each in _OWN]) & mp.cells
    by_system = own.reshape(len(plan.systems), plan.n_items, plan.samples)[system].sum(axis=1)
    lost: IntArray = np.maximum(by_system - by_item.assessed[system], 0)
    return lost
