"""What a metric of pairs shows: the mean signed gap with its interval and fills, and shares of discordant pairs.

May import terms, stats and the scoring ground. Repeats of a pair are averaged within it before pairs are.
"""

from dataclasses import dataclass, replace

import numpy as np

from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray, group_sum, rounded_ratio
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.sums import ItemSums
from dualtrack.stats.cluster import linearised_ratio
from dualtrack.stats.interval import Interval
from dualtrack.stats.paired import tango_interval
from dualtrack.stats.proportion import effective_n, exact_interval
from dualtrack.terms import Fill

__all__ = ["HIGHEST", "LOWEST", "OBSERVED", "PairGaps", "discordant_share", "gap_bound", "gap_interval", "pair_gaps"]

OBSERVED, LOWEST, HIGHEST = 0, 1, 2


@dataclass(frozen=True, slots=True)
class PairGaps:
    """Mean gap of each pair, split into what lies above and below 0, millionths; one entry per pair."""

    up: IntArray
    down: IntArray
    cluster: IntArray

    @property
    def mean(self) -> float | None:
        """Mean gap over the pairs; None without a pair."""
        return int((self.up - self.down).sum()) / (self.up.size * TOP) if self.up.size else None

    def sums(self, n_effective: float) -> tuple[float, float]:
        """What goes up and down, in effective pairs."""
        share = n_effective / (max(self.up.size, 1) * TOP)
        return int(self.up.sum()) * share, int(self.down.sum()) * share

    def n_effective(self, rho0: float) -> float:
        """Effective number of pairs."""
        sizes = np.bincount(self.cluster)
        return effective_n(sizes[sizes > 0], rho0)


def pair_gaps(plan: Plan, by_item: ItemSums, fill: int, *, system: int, items: BoolArray) -> PairGaps:
    """Gaps of the pairs that stand at some items, observed or with every missing pair at one end.

    Args:
        plan: the plan.
        by_item: item sums of a metric of pairs.
        fill: OBSERVED (pairs with a value alone), LOWEST or HIGHEST (all planned pairs).
        system: index of the system.
        items: items whose pairs count.
    """
    n = (by_item.assessed if fill == OBSERVED else by_item.planned)[system]
    chosen = items & (n > 0)
    up, down = (rounded_ratio(each[fill][system][chosen], n[chosen]) for each in (by_item.gap_up, by_item.gap_down))
    return PairGaps(up, down, plan.cluster[chosen])


def gap_interval(plan: Plan, by_item: ItemSums, *, system: int, items: BoolArray) -> Interval:
    """Mean gap of the pairs that were assessed, with its interval.

    Score limits on the effective number of pairs where every gap of the metric is 0 or a whole unit; t limits by
    cluster otherwise.
    """
    gaps = pair_gaps(plan, by_item, OBSERVED, system=system, items=items)
    planned = plan.study.plan
    n_eff = gaps.n_effective(planned.rho0.value)
    if gaps.up.size and not by_item.n_partial.any():
        up, down = gaps.sums(n_eff)
        return replace(tango_interval(up, down, n_eff, confidence=planned.interval.confidence), value=gaps.mean)
    n_clusters = len(plan.clusters)
    return linearised_ratio(
        group_sum(gaps.cluster, gaps.up - gaps.down, n_clusters),
        np.bincount(gaps.cluster, minlength=n_clusters).astype(np.int64),
        confidence=planned.interval.confidence,
        floor=plan.cluster_floor,
        n_eff=n_eff or None,
        scale=TOP,
        bounds=(-1.0, 1.0),
    )


def gap_bound(plan: Plan, by_item: ItemSums, fill: Fill, *, system: int, items: BoolArray) -> float | None:
    """Mean gap of all planned pairs, missing ones one unit up (worst) or one unit down (best).

    A gap has no better side, so the two fills are the two ends of what the mean could be.
    """
    end = HIGHEST if fill is Fill.worst else LOWEST
    return pair_gaps(plan, by_item, end, system=system, items=items).mean


def discordant_share(plan: Plan, by_item: ItemSums, *, system: int, items: BoolArray) -> Interval:
    """Share of pairs whose two sides differ, with exact limits on the effective number of pairs.

    Args:
        plan: the plan.
        by_item: item sums of pairs.
        system: index of the system.
        items: items whose pairs count.

    Undefined when: no pair has a value (no_evidence).
    """
    value = by_item.value[system]
    seen = items & (value != NONE)
    sizes = np.bincount(plan.cluster[seen])
    n_eff = effective_n(sizes[sizes > 0], plan.study.plan.rho0.value)
    share = int((TOP - value[seen]).sum()) / (int(seen.sum()) * TOP) if seen.any() else 0.0
    return exact_interval(share, n_eff, confidence=plan.study.plan.interval.confidence)
