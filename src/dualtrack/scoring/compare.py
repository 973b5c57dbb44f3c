"""Differences between two systems on what both share, per metric and per track.

May import terms, stats and the scoring ground. One matrix of integer resampling weights per track serves all systems, so
that differences stay paired; below 30 clusters the linearised interval takes its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray
from dualtrack.scoring.estimate import Row, cluster_sums, of_track
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.sums import MetricSums
from dualtrack.stats.difference import difference_interval, linearised_difference
from dualtrack.stats.interval import Interval
from dualtrack.stats.resample import resampled_scores, resampling_weights
from dualtrack.terms import Reason, Role, Track

__all__ = ["comparison_rows"]

LEAST_CLUSTERS = 30
"""Percentile limits under-cover below this number of clusters (reference simulation); t limits take over."""


def comparison_rows(plan: Plan, sums: tuple[MetricSums, ...], track: Track) -> Iterator[Row]:
    """Rows of the comparisons table for one track.

    Definition: mean of A minus mean of B (scores, 1 best) over the items on which both have a value; for the track, the
    weighted mean over the metrics that both share, each on its shared items. A metric whose ratings come from different
    raters, or from an unequal number of them, is refused.

    Args:
        plan: the plan.
        sums: item sums per metric.
        track: the track; its random stream is its own.

    Yields:
        One row per pair and metric, then one for the track.
    """
    planned = plan.study.plan.interval
    draws = resampling_weights(
        len(plan.clusters), resamples=planned.resamples, seed=[planned.seed, list(Track).index(track)]
    )
    for a, b in _pairs(plan):
        shared: list[_Shared] = []
        for place in of_track(plan, track):
            both = _shared_items(sums[place], a, b)
            refused = _refusal(plan, sums[place], place, a, b, both)
            total, count = _pair_sums(plan, sums, place, a, b, both)
            interval = None if refused else _difference(plan, draws, total[:, None], count[:, None], [1.0])
            if not refused and plan.metrics[place].metric.weight.value > 0:
                shared.append(_Shared(float(plan.metrics[place].metric.weight.value), both, total, count))
            yield _row(plan, sums, place, a, b, both, interval, refused)
        yield _track_row(plan, draws, shared, track, a, b)


@dataclass(frozen=True, slots=True)
class _Shared:
    """One metric that two systems share: weight, shared items, cluster sums and counts of shape (2, clusters)."""

    weight: float
    items: BoolArray
    total: IntArray
    count: IntArray


def _pairs(plan: Plan) -> Iterator[tuple[int, int]]:
    rule, baseline = plan.study.plan.comparisons.pairs, plan.study.baseline
    if rule == "none":
        return
    for a, b in combinations(range(len(plan.systems)), 2):
        if rule == "all" or baseline in (plan.systems[a], plan.systems[b]):
            yield a, b


def _shared_items(sums: MetricSums, a: int, b: int) -> BoolArray:
    value = sums.by_basis[PRIMARY].value
    both: BoolArray = (value[a] != NONE) & (value[b] != NONE)
    return both


def _refusal(plan: Plan, sums: MetricSums, place: int, a: int, b: int, both: BoolArray) -> Reason | None:
    """Why the design does not carry a paired difference, None when it does."""
    if not both.any():
        return Reason.no_overlap
    if plan.metrics[place].scale is None or plan.metrics[place].metric.combine == "check_only":
        return None
    raters = sums.raters[both[sums.raters["item"].to_numpy()]]
    table = [
        raters[raters["system"] == system].set_index(["item", "rater"])["n"].sort_index() for system in (a, b)
    ]
    if table[0].equals(table[1]):
        return None
    totals = [each.groupby(level="rater").sum() for each in table]
    return None if totals[0].equals(totals[1]) else Reason.raters_differ


def _pair_sums(
    plan: Plan, sums: tuple[MetricSums, ...], place: int, a: int, b: int, both: BoolArray
) -> tuple[IntArray, IntArray]:
    """Cluster sums and counts of both systems on the shared items, shape (2, clusters)."""
    pairs = [
        cluster_sums(plan, plan.metrics[place], sums[place].by_basis[PRIMARY], system=system, items=both)
        for system in (a, b)
    ]
    return np.array([total for total, _ in pairs]), np.array([count for _, count in pairs])


def _difference(
    plan: Plan, draws: IntArray, total: IntArray, count: IntArray, weights: list[float]
) -> Interval:
    """Resampled limits from 30 clusters on; linearised ones below, or where too many draws are undefined."""
    planned = plan.study.plan
    linear = linearised_difference(
        total, count, weights, confidence=planned.interval.confidence, floor=planned.floors.clusters, scale=TOP
    )
    if int((count.sum(axis=(0, 1)) > 0).sum()) < LEAST_CLUSTERS or linear.value is None:
        return linear
    drawn = resampled_scores(draws, total, count, weights, scale=TOP)
    resampled = difference_interval(
        drawn.scores[:, 0],
        drawn.scores[:, 1],
        confidence=planned.interval.confidence,
        defined=drawn.score_defined,
        value=linear.value,
    )
    flat = resampled.lower == resampled.upper
    return resampled if resampled.defined and not flat else linear


def _row(
    plan: Plan,
    sums: tuple[MetricSums, ...],
    place: int,
    a: int,
    b: int,
    both: BoolArray,
    interval: Interval | None,
    refused: Reason | None,
) -> Row:
    metric = plan.metrics[place].metric
    value = sums[place].by_basis[PRIMARY].value
    common = _names(plan, metric.track, metric.id, a, b)
    return common | _numbers(interval, refused) | {
        "show": metric.quantity.show,
        "n_items": int(both.sum()),
        "n_clusters": len(set(plan.cluster[both].tolist())),
        "n_a": int((value[a] != NONE).sum()),
        "n_b": int((value[b] != NONE).sum()),
        "margin": plan.study.plan.comparisons.margins.get(metric.id),
    }


def _track_row(plan: Plan, draws: IntArray, shared: list[_Shared], track: Track, a: int, b: int) -> Row:
    interval = None
    items = np.zeros(plan.n_items, dtype=np.bool_)
    if shared:
        total = np.array([each.total for each in shared]).swapaxes(0, 1)
        count = np.array([each.count for each in shared]).swapaxes(0, 1)
        interval = _difference(plan, draws, total, count, [each.weight for each in shared])
        items = np.logical_or.reduce([each.items for each in shared])
    return _names(plan, track, track.value, a, b) | _numbers(interval, Reason.no_overlap) | {
        "show": "score",
        "n_items": int(items.sum()),
        "n_clusters": len(set(plan.cluster[items].tolist())),
        "n_a": int(items.sum()),
        "n_b": int(items.sum()),
        "margin": plan.study.plan.comparisons.margins.get(track.value),
    }


def _names(plan: Plan, track: Track, subject: str, a: int, b: int) -> Row:
    return {
        "track": track.value,
        "subject_id": subject,
        "system_a": plan.systems[a],
        "system_b": plan.systems[b],
        "stratum": "",
        "stratum_level": "",
        "p": None,
        "p_adjusted": None,
        "family": None,
        "decision": None,
        "role": Role.exploratory.value,
    }


def _numbers(interval: Interval | None, refused: Reason | None) -> Row:
    if interval is None or interval.value is None:
        reason = refused or (interval.reason if interval else None) or Reason.no_evidence
        return {
            "state": "undefined", "reason": reason.value, "value": None, "lower": None, "upper": None, "method": None,
        }  # fmt: skip
    return {
        "state": "defined",
        "reason": interval.reason.value if interval.reason else None,
        "value": interval.value,
        "lower": interval.lower,
        "upper": interval.upper,
        "method": interval.method.value,
    }
