"""Track scores: the weighted mean of a track's metrics with its bounds, interval and coverage.

May import terms, stats and the scoring ground. An index of priorities over different sets of items: no verdict uses it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray
from dualtrack.scoring.estimate import Row, Slice, cluster_sums, filled_mean, how, of_track, slices
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.sums import MetricSums
from dualtrack.scoring.weighted import pseudo_sums, weighted_bound, weighted_mean
from dualtrack.stats.cluster import ScoreInterval, weighted_score
from dualtrack.stats.interval import Interval
from dualtrack.stats.proportion import effective_n
from dualtrack.terms import Fill, Reason, Role, Track

__all__ = ["TrackSums", "coverage", "track_columns", "track_rows", "track_sums"]


@dataclass(frozen=True, slots=True)
class TrackSums:
    """Cluster sums and counts of the metrics of one track, shape (metrics, clusters), with their weights."""

    metrics: tuple[int, ...]
    weights: tuple[float, ...]
    sums: IntArray
    counts: IntArray


def track_sums(plan: Plan, sums: tuple[MetricSums, ...], track: Track, *, system: int, items: BoolArray) -> TrackSums:
    """Cluster sums of all metrics of a track that apply to some of the items."""
    chosen = tuple(
        place for place in of_track(plan, track) if (sums[place].by_basis[PRIMARY].planned[system][items] > 0).any()
    )
    pairs = [_sums(plan, sums, place, system=system, items=items) for place in chosen]
    shape = (0, len(plan.clusters))
    return TrackSums(
        chosen,
        tuple(float(plan.metrics[place].metric.weight.value) for place in chosen),
        np.array([total for total, _ in pairs], dtype=np.int64).reshape(-1, shape[1]),
        np.array([count for _, count in pairs], dtype=np.int64).reshape(-1, shape[1]),
    )


def _sums(
    plan: Plan, sums: tuple[MetricSums, ...], place: int, *, system: int, items: BoolArray
) -> tuple[IntArray, IntArray]:
    """Cluster sums and counts of one metric; where only a sample was rated, those that give its weighted mean."""
    mp = plan.metrics[place]
    mean, _ = weighted_mean(plan, mp, sums[place], system=system, items=items)
    if mean is not None and mean.interval.value is not None:
        return pseudo_sums(mean, len(plan.clusters))
    return cluster_sums(plan, mp, sums[place].by_basis[PRIMARY], system=system, items=items)


def coverage(
    plan: Plan, sums: tuple[MetricSums, ...], track: Track, *, system: int, items: BoolArray | None = None
) -> float | None:
    """Share of the weight of a track that was assessed, 0..1; None when nothing in scope has weight."""
    items = np.ones(plan.n_items, dtype=np.bool_) if items is None else items
    assessed = weight = 0.0
    for place in of_track(plan, track):
        by_item = sums[place].by_basis[PRIMARY]
        planned = int(by_item.planned[system][items].sum())
        if planned:
            value = float(plan.metrics[place].metric.weight.value)
            weight += value
            assessed += value * int(by_item.assessed[system][items].sum()) / planned
    return assessed / weight if weight else None


def track_rows(plan: Plan, sums: tuple[MetricSums, ...], track: Track) -> Iterator[Row]:
    """Rows of the estimates table for one track: score with three fills, and the unweighted mean."""
    for system in range(len(plan.systems)):
        for part in slices(plan):
            yield from _rows(plan, sums, track, system=system, part=part)


def _rows(plan: Plan, sums: tuple[MetricSums, ...], track: Track, *, system: int, part: Slice) -> Iterator[Row]:
    each = track_sums(plan, sums, track, system=system, items=part.items)
    common = track_columns(plan, sums, each, track, system=system, part=part)
    score = _score(plan, each)
    interval = score.interval if score else None
    reason = Reason.not_planned if interval is None else (interval.reason or Reason.no_evidence)
    common["n_effective"] = score.effective_clusters if score else None
    yield common | _observed(interval, reason)
    for fill in (Fill.worst, Fill.best):
        bound = _bound(plan, sums, each, fill, system=system, items=part.items)
        yield common | _bare("score", fill) | _value(bound, Reason.no_weight)
    values = zip(score.metric_values, each.weights, strict=True) if score else ()
    means = [value for value, weight in values if value is not None and weight > 0]
    plain = sum(means) / len(means) if means else None
    yield common | _bare("unweighted_mean", Fill.observed) | _value(plain, reason)


def _score(plan: Plan, each: TrackSums) -> ScoreInterval | None:
    """The weighted score with its interval; None when no metric of the track is planned."""
    if not each.metrics:
        return None
    planned = plan.study.plan
    n_eff = [effective_n(count[count > 0], planned.rho0.value) if count.any() else None for count in each.counts]
    return weighted_score(
        each.sums,
        each.counts,
        each.weights,
        confidence=planned.interval.confidence,
        floor=plan.cluster_floor,
        n_eff=n_eff,
        scale=TOP,
        bounds=None if any(plan.metrics[place].draw is not None for place in each.metrics) else (0.0, 1.0),
    )


def _observed(interval: Interval | None, reason: Reason) -> Row:
    """The row of the score as observed, with its limits or the reason for none."""
    if interval is None:
        return _bare("score", Fill.observed) | _value(None, reason)
    limits = {"lower": interval.lower, "upper": interval.upper}
    scores = {"score_lower": interval.lower, "score_upper": interval.upper}
    return {
        "show": "score",
        "missing": Fill.observed.value,
        **_value(interval.value, reason),
        **limits,
        **scores,
        **how(interval),
    }


def _value(value: float | None, reason: Reason) -> Row:
    return {
        "value": value,
        "score": value,
        "state": "undefined" if value is None else "defined",
        "reason": reason.value if value is None else None,
    }


def _bare(show: str, fill: Fill) -> Row:
    names = (
        "lower",
        "upper",
        "score_lower",
        "score_upper",
        "method",
        "confidence",
        "covers",
        "interval_reason",
    )
    return {"show": show, "missing": fill.value, **dict.fromkeys(names)}


def _bound(
    plan: Plan, sums: tuple[MetricSums, ...], each: TrackSums, fill: Fill, *, system: int, items: BoolArray
) -> float | None:
    """Score over all metrics in scope with every missing response filled the same way."""
    total = weight = 0.0
    for place, share in zip(each.metrics, each.weights, strict=True):
        value = weighted_bound(plan, plan.metrics[place], sums[place], fill, system=system, items=items)
        if value is None:
            by_item = sums[place].by_basis[PRIMARY]
            value = filled_mean(plan.metrics[place], by_item, fill, system=system, items=items)
        total += share * (value or 0.0)
        weight += share
    return total / weight if weight else None


def track_columns(
    plan: Plan, sums: tuple[MetricSums, ...], each: TrackSums, track: Track, *, system: int, part: Slice
) -> Row:
    """Names, denominators and standing: what all rows about a track share.

    Args:
        plan: the plan.
        sums: item sums per metric.
        each: cluster sums of the track's metrics on these items.
        track: the track.
        system: index of the system.
        part: which items.
    """
    weighted = [place for place, weight in zip(each.metrics, each.weights, strict=True) if weight > 0]
    primary = [sums[place].by_basis[PRIMARY] for place in weighted]
    raters = [sums[place].raters.of(system, part.items).rater for place in weighted]
    seen = np.zeros(plan.n_items, dtype=np.bool_)
    for by_item in primary:
        seen |= part.items & (by_item.value[system] != NONE)
    return {
        "subject": "track",
        "subject_id": track.value,
        "system_id": plan.systems[system],
        "stratum": part.stratum,
        "stratum_level": part.level,
        "basis": PRIMARY,
        "track": track.value,
        "n_planned": sum(int(by_item.planned[system][part.items].sum()) for by_item in primary),
        "n_items": int(seen.sum()),
        "n_clusters": len(set(plan.cluster[seen].tolist())),
        "n_units": sum(int(by_item.units[system][part.items].sum()) for by_item in primary),
        "n_events": None,
        "n_raters": int(np.unique(np.concatenate(raters)).size) if raters else 0,
        "coverage": coverage(plan, sums, track, system=system, items=part.items),
        "role": (Role.primary if plan.pre_specified and not part.stratum else Role.exploratory).value,
        "proof": None,
    }
