"""Interval and test of one difference: by cluster in general, exact ones where every case is a cluster of its own.

May import terms, stats and the scoring ground. One matrix of resampling weights per track serves all systems, so that
differences stay paired; below 100 effective clusters the linearised interval takes its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import t as student_t

from dualtrack.scoring.arrays import TOP, BoolArray, FloatArray, IntArray
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.sides import Held
from dualtrack.stats.difference import difference_interval, linearised_difference
from dualtrack.stats.interval import Interval
from dualtrack.stats.paired import tango_interval
from dualtrack.stats.paired_tests import SignedRank, mcnemar_exact, signed_rank
from dualtrack.terms import QuantityType, Reason

__all__ = ["Drawn", "Judged", "alone_in_clusters", "judge", "signed_ranks"]

LEAST_CLUSTERS = 100
"""Effective clusters below which t limits take over: with 30 and 60 clusters percentile limits of nominal 95 % hold 90
to 94.5 %, and the resampled maximum claims falsely in 6 to 9 % of families (benchmarks/score_coverage.py)."""

_YES_OR_NO = (QuantityType.binary, QuantityType.numeric)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Differences a - b of each metric of a track in every draw, 0 where not defined; shape (draws, metrics).

    Attributes:
        places: places of the metrics in the plan, in the order of the columns.
        difference, defined: the differences, and whether both sides had a count in the draw.
    """

    places: tuple[int, ...]
    difference: FloatArray
    defined: BoolArray

    def score(self, held: Sequence[Held]) -> tuple[FloatArray, BoolArray]:
        """Weighted difference over some metrics, and in which draws it is defined.

        Args:
            held: the metrics with their weights.
        """
        total = np.zeros(len(self.difference))
        defined = np.ones(len(self.difference), dtype=np.bool_)
        for each in held:  # one metric after another: the order of additions is ours
            column = self.places.index(each.place)
            total += each.weight * self.difference[:, column]
            defined &= self.defined[:, column]
        return total / (sum(each.weight for each in held) or 1.0), defined


@dataclass(frozen=True, slots=True)
class Judged:
    """One difference with its interval and test.

    Attributes:
        interval: value and limits as printed.
        linear: the linearised one, from which p values are taken.
        p, p_method: the test of no difference.
        n_discordant: items on which two systems differ; None for groups and where items weigh unequally.
        draws: difference less that in the data, in draws where it is defined; None without draws.
    """

    interval: Interval
    linear: Interval
    p: float | None
    p_method: str | None
    n_discordant: int | None = None
    draws: FloatArray | None = None


def judge(plan: Plan, held: Sequence[Held], *, drawn: Drawn | None = None) -> Judged:
    """Interval and test of a difference in one metric, or in the weighted mean of several.

    Definition: passes and failures of two systems on cases of which each is a cluster of its own: Tango's limits and
    the exact McNemar test. Anything else: the difference by cluster, with resampled limits where there are draws and
    100 effective clusters, and p from the linearised difference and its t distribution.

    Args:
        plan: the plan.
        held: the metrics; one stands for itself, whatever its weight.
        drawn: what the resamples gave for these two sides; linearised limits without it.

    Source: Miller 2024, arXiv:2411.00640; Tango 1998 and McNemar 1947 as in ``stats.paired``, ``stats.paired_tests``.
    """
    weights = [each.weight for each in held] if len(held) > 1 else [1.0]
    total = np.array([each.total for each in held]).swapaxes(0, 1)
    count = np.array([each.count for each in held]).swapaxes(0, 1)
    planned = plan.study.plan.interval
    linear = linearised_difference(
        total, count, weights, confidence=planned.confidence, floor=plan.cluster_floor, scale=TOP
    )
    found = Judged(linear, linear, _p(linear), "clustered_t")
    found = found if found.p is not None else replace(found, p_method=None)
    if len(held) == 1 and (values := held[0].values) is not None:
        found = replace(found, n_discordant=int((values[0] != values[1]).sum()))
        if _is_yes_or_no(plan, held[0], values):
            return _exact(found, values, confidence=planned.confidence)
    if drawn is None:
        return found
    alone = [replace(each, weight=1.0) for each in held] if len(held) == 1 else held
    return _resampled(found, *drawn.score(alone), confidence=planned.confidence)


def _p(linear: Interval) -> float | None:
    """Two-sided p of no difference; None without limits."""
    if linear.value is None or not linear.standard_error or linear.degrees_of_freedom is None:
        return None
    return float(2 * student_t.sf(abs(linear.value) / linear.standard_error, linear.degrees_of_freedom))


def alone_in_clusters(plan: Plan, items: BoolArray) -> bool:
    """Whether each of some items is a cluster of its own.

    Args:
        plan: the plan.
        items: which items.
    """
    cluster = plan.cluster[items]
    return np.unique(cluster).size == cluster.size


def _is_yes_or_no(plan: Plan, held: Held, values: IntArray) -> bool:
    exact = plan.metrics[held.place].metric.quantity.type in _YES_OR_NO
    return exact and bool(np.isin(values, (0, TOP)).all()) and alone_in_clusters(plan, held.items)


def _exact(found: Judged, values: IntArray, *, confidence: float) -> Judged:
    n_up, n_down = int((values[0] > values[1]).sum()), int((values[0] < values[1]).sum())
    interval = tango_interval(n_up, n_down, values.shape[1], confidence=confidence)
    return replace(found, interval=interval, p=mcnemar_exact(n_up, n_down), p_method="mcnemar_exact")


def _resampled(found: Judged, drawn: FloatArray, defined: BoolArray, *, confidence: float) -> Judged:
    """Resampled limits from 100 effective clusters on; linearised ones where draws are undefined or none varies."""
    value, freedom = found.linear.value, found.linear.degrees_of_freedom
    if value is None or freedom is None or freedom + 1.0 < LEAST_CLUSTERS:
        return found
    nothing = np.zeros_like(drawn)
    limits = difference_interval(drawn, nothing, confidence=confidence, defined=defined, value=value)
    if not limits.defined or limits.lower == limits.upper:
        return found
    return replace(found, interval=limits, draws=np.where(defined, drawn - value, 0.0))


def signed_ranks(plan: Plan, held: Held) -> SignedRank | Reason:
    """Hodges-Lehmann estimate and signed-rank test of an ordered metric, or why they are not given.

    Args:
        plan: the plan.
        held: the metric of two systems.
    """
    if held.values is None or not alone_in_clusters(plan, held.items):
        return Reason.clustered
    return signed_rank(held.values[0] - held.values[1], confidence=plan.study.plan.interval.confidence, scale=TOP)
