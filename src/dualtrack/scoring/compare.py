"""Differences between two systems on what both share, per metric and per track.

May import terms, stats and the scoring ground. One matrix of integer resampling weights per track serves all
systems, so that differences stay paired; below 30 clusters the linearised interval takes its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import t as student_t
from statsmodels.stats.multitest import multipletests

from dualtrack.rubric.metric import Metric
from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray, group_sum
from dualtrack.scoring.estimate import Row, cluster_sums, of_track
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.sums import MetricSums
from dualtrack.stats.difference import difference_interval, linearised_difference
from dualtrack.stats.interval import Interval
from dualtrack.stats.resample import resampled_scores, resampling_weights
from dualtrack.terms import Combine, Reason, Role, Track

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
        One row per pair and metric, then one per pair for the track, with p values corrected over the pairs.

    Source: Miller 2024, arXiv:2411.00640 (paired differences, clustered errors); Holm 1979, Scand J Stat 6:65-70.
    """
    planned = plan.study.plan.interval
    draws = resampling_weights(
        len(plan.clusters), resamples=planned.resamples, seed=[planned.seed, list(Track).index(track)]
    )
    tests: list[Row] = []
    for pair in _pairs(plan):
        shared: list[_Shared] = []
        for place in of_track(plan, track):
            metric = plan.metrics[place].metric
            both = _shared_items(sums[place], pair)
            refused = _refusal(plan, sums[place], place, pair=pair, both=both)
            each = _Shared(float(metric.weight.value), both, *_pair_sums(plan, sums, place, pair=pair, both=both))
            interval = None if refused else _difference(plan, draws, [each], weights=[1.0])
            if not refused and each.weight > 0:
                shared.append(each)
            yield _metric_row(plan, sums[place], metric, pair=pair, both=both) | _numbers(interval, refused)
        weights = [each.weight for each in shared]
        interval = _difference(plan, draws, shared, weights=weights) if shared else None
        row = _track_row(plan, track, shared, pair=pair) | _numbers(interval, None if shared else Reason.no_overlap)
        tests.append(row | {"p": _p_value(plan, shared, weights)})
    yield from _adjusted(plan, track, tests)


_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Shared:
    """One metric that two systems share: weight, shared items, cluster sums and counts of shape (2, clusters)."""

    weight: float
    items: BoolArray
    total: IntArray
    count: IntArray


def _pairs(plan: Plan) -> Iterator[_Pair]:
    rule, baseline = plan.study.plan.comparisons.pairs, plan.study.baseline
    if rule == "none":
        return
    for a, b in combinations(range(len(plan.systems)), 2):
        if rule == "all" or baseline in (plan.systems[a], plan.systems[b]):
            yield a, b


def _shared_items(sums: MetricSums, pair: _Pair) -> BoolArray:
    value = sums.by_basis[PRIMARY].value
    both: BoolArray = (value[pair[0]] != NONE) & (value[pair[1]] != NONE)
    return both


def _refusal(plan: Plan, sums: MetricSums, place: int, *, pair: _Pair, both: BoolArray) -> Reason | None:
    """Why the design does not carry a paired difference, None when it does."""
    if not both.any():
        return Reason.no_overlap
    mp = plan.metrics[place]
    if mp.draw is not None and not all(mp.draw.even(system) for system in pair):
        return Reason.sampled  # the shared rated cases were drawn with different chances and stand for nothing
    judged = mp if mp.correct is None else plan.metrics[mp.correct]  # whose raters say what is right
    if judged.scale is None or judged.metric.combine is Combine.check_only:
        return None
    a, b = (sums.raters.of(system, both) for system in pair)
    if np.array_equal(a.item, b.item) and np.array_equal(a.rater, b.rater):
        return None
    n_raters = int(max(a.rater.max(initial=0), b.rater.max(initial=0))) + 1
    of_a, of_b = group_sum(a.rater, a.n, n_raters), group_sum(b.rater, b.n, n_raters)
    return None if np.array_equal(of_a, of_b) else Reason.raters_differ


def _pair_sums(
    plan: Plan, sums: tuple[MetricSums, ...], place: int, *, pair: _Pair, both: BoolArray
) -> tuple[IntArray, IntArray]:
    """Cluster sums and counts of both systems on the shared items, shape (2, clusters)."""
    of_both = [
        cluster_sums(plan, plan.metrics[place], sums[place].by_basis[PRIMARY], system=system, items=both)
        for system in pair
    ]
    return np.array([total for total, _ in of_both]), np.array([count for _, count in of_both])


def _difference(plan: Plan, draws: IntArray, shared: list[_Shared], *, weights: list[float]) -> Interval:
    """Resampled limits from 30 clusters on; linearised ones below, or where too many draws are undefined."""
    planned = plan.study.plan
    total, count = _stacked(shared)
    linear = linearised_difference(
        total, count, weights, confidence=planned.interval.confidence, floor=plan.cluster_floor, scale=TOP
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


def _p_value(plan: Plan, shared: list[_Shared], weights: list[float]) -> float | None:
    """Two-sided p of no difference, from the linearised difference and its t distribution; None without limits."""
    if not shared:
        return None
    total, count = _stacked(shared)
    floor = plan.cluster_floor
    found = linearised_difference(total, count, weights, floor=floor, scale=TOP)
    if found.value is None or not found.standard_error or found.degrees_of_freedom is None:
        return None
    return float(2 * student_t.sf(abs(found.value) / found.standard_error, found.degrees_of_freedom))


def _adjusted(plan: Plan, track: Track, rows: list[Row]) -> Iterator[Row]:
    """The rows of one family, all pairs of one track, with Holm's correction over those that have a p value."""
    tested = [row["p"] for row in rows if row["p"] is not None]
    adjusted = iter(multipletests(tested, method=plan.study.plan.comparisons.multiplicity)[1] if tested else ())
    for row in rows:
        corrected = None if row["p"] is None else float(next(adjusted))
        yield row | {"p_adjusted": corrected, "family": None if row["p"] is None else track.value}


def _stacked(shared: list[_Shared]) -> tuple[IntArray, IntArray]:
    """Sums and counts of several metrics, shape (2, metrics, clusters)."""
    total = np.array([each.total for each in shared]).swapaxes(0, 1)
    return total, np.array([each.count for each in shared]).swapaxes(0, 1)


def _metric_row(plan: Plan, sums: MetricSums, metric: Metric, *, pair: _Pair, both: BoolArray) -> Row:
    value = sums.by_basis[PRIMARY].value
    return _names(plan, metric.track, metric.id, pair=pair) | {
        "show": metric.quantity.show,
        "n_items": int(both.sum()),
        "n_clusters": len(set(plan.cluster[both].tolist())),
        "n_a": int((value[pair[0]] != NONE).sum()),
        "n_b": int((value[pair[1]] != NONE).sum()),
    }


def _track_row(plan: Plan, track: Track, shared: list[_Shared], *, pair: _Pair) -> Row:
    items = np.logical_or.reduce([np.zeros(plan.n_items, dtype=np.bool_), *(each.items for each in shared)])
    return _names(plan, track, track.value, pair=pair) | {
        "show": "score",
        "n_items": int(items.sum()),
        "n_clusters": len(set(plan.cluster[items].tolist())),
        "n_a": int(items.sum()),
        "n_b": int(items.sum()),
    }


def _names(plan: Plan, track: Track, subject: str, *, pair: _Pair) -> Row:
    return {
        "track": track.value,
        "subject_id": subject,
        "system_a": plan.systems[pair[0]],
        "system_b": plan.systems[pair[1]],
        "stratum": "",
        "stratum_level": "",
        "margin": plan.study.plan.comparisons.margins.get(subject),
        "role": Role.exploratory.value,
    }


def _numbers(interval: Interval | None, refused: Reason | None) -> Row:
    if interval is None or interval.value is None:
        reason = refused or (interval.reason if interval else None) or Reason.no_evidence
        return {"state": "undefined", "reason": reason.value}
    return {
        "state": "defined",
        "reason": interval.reason.value if interval.reason else None,
        "value": interval.value,
        "lower": interval.lower,
        "upper": interval.upper,
        "method": interval.method.value,
    }
