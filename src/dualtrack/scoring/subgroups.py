"""Beside the estimates of subgroups: shrunken ones, the worst first, high-risk cases against the rest.

May import terms, stats and the scoring ground. Small strata are shown with all others; a shrunken estimate says how
much of what a small stratum shows its size explains. All is exploratory; a stratum that a gate names is its own gate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dualtrack.scoring.arrays import NONE, TOP
from dualtrack.scoring.estimate import (
    Row,
    Slice,
    cluster_sums,
    common_columns,
    how,
    of_track,
    plain_row,
    shown_reversed,
    slices,
)
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.strata import HIGH_RISK, TASK_SOURCE
from dualtrack.scoring.sums import MetricSums
from dualtrack.scoring.track import track_columns, track_sums
from dualtrack.stats.difference import linearised_difference
from dualtrack.stats.interval import Interval, Method
from dualtrack.stats.proportion import effective_n
from dualtrack.stats.shrinkage import shrunken_means
from dualtrack.terms import Fill, Reason, Role, Track

__all__ = ["source_rows", "subgroup_rows", "track_risk_rows"]


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a stratum that has items with a value: mean, items, effective items."""

    part: Slice
    mean: float
    n_items: int
    n_effective: float


def subgroup_rows(plan: Plan, mp: MetricPlan, sums: MetricSums) -> Iterator[Row]:
    """Rows of the estimates table about the strata of one metric.

    Args:
        plan: the plan.
        mp: the metric.
        sums: its item sums.

    Yields:
        Per system, stratum and level ``shrunken`` (the mean of the level pulled towards that of all levels)
        and ``worst_first`` (its place from the worst, by shrunken mean, then by its own; 1 is the worst, equal levels
        share a place). Per system ``high_risk_difference`` where the plan names high-risk levels: of all high-risk
        cases, and of each such level, against all other cases. Nothing for a metric of pairs.
    """
    if mp.pairs is not None:
        return
    parts = slices(plan)[1:]
    for system in range(len(plan.systems)):
        for stratum in dict.fromkeys(part.stratum for part in parts):
            mine = tuple(part for part in parts if part.stratum == stratum)
            yield from _stratum(plan, mp, sums, mine, system=system)
        for part in _risk_parts(plan):
            yield _against_others(plan, mp, sums, part, system=system)


def _risk_parts(plan: Plan) -> tuple[Slice, ...]:
    """Which cases are set against all others: all high-risk cases, then each high-risk level that is reported.

    Args:
        plan: the plan.

    Returns:
        The cases of each; the first has no level. Nothing where the plan names no high-risk level.
    """
    if HIGH_RISK not in plan.strata:
        return ()
    named = {name.removeprefix("strata."): levels for name, levels in plan.study.plan.strata.high_risk.items()}
    together = Slice(HIGH_RISK, "", np.array([level == HIGH_RISK for level in plan.strata[HIGH_RISK]], dtype=np.bool_))
    return (together, *(part for part in slices(plan)[1:] if part.level in named.get(part.stratum, ())))


def _stratum(plan: Plan, mp: MetricPlan, sums: MetricSums, parts: tuple[Slice, ...], *, system: int) -> Iterator[Row]:
    levels = [each for part in parts if (each := _level(plan, mp, sums, part, system=system)) is not None]
    variance = _within(sums, levels, system)
    reason = Reason.sampled if _uneven(mp, system) else Reason.too_few_items if levels else Reason.no_evidence
    means: dict[str, float] = {}
    order: dict[str, int] = {}
    if variance is not None and reason is not Reason.sampled:
        shrunken = shrunken_means([each.mean for each in levels], [each.n_effective for each in levels], variance)
        means = {each.part.level: mean for each, mean in zip(levels, shrunken.means, strict=True)}
        keys = {each.part.level: (round(means[each.part.level], 12), round(each.mean, 12)) for each in levels}
        order = {level: 1 + sum(other < key for other in keys.values()) for level, key in keys.items()}
    for part in parts:
        common = common_columns(plan, mp, sums.by_basis[PRIMARY], system=system, part=part, basis=PRIMARY, sums=sums)
        common |= {"missing": Fill.observed.value, "role": Role.exploratory.value}
        nothing = (
            reason if reason is Reason.sampled or any(each.part is part for each in levels) else Reason.no_evidence
        )
        mean = means.get(part.level)
        yield common | shown_reversed(mp, _described("shrunken", mean, nothing)) | {"score": mean}
        yield common | _described("worst_first", order.get(part.level), nothing)


def _described(show: str, value: float | None, reason: Reason) -> Row:
    """A row that describes and has no limits."""
    stated = Interval(method=Method.exact, confidence=0.95, value=value, reason=Reason.description)
    row = plain_row(show, stated) | {"method": None, "confidence": None}
    return row if value is not None else row | {"reason": reason.value}


def _level(plan: Plan, mp: MetricPlan, sums: MetricSums, part: Slice, *, system: int) -> _Level | None:
    total, count = cluster_sums(plan, mp, sums.by_basis[PRIMARY], system=system, items=part.items)
    n = int(count.sum())
    if not n:
        return None
    n_items = int((part.items & (sums.by_basis[PRIMARY].value[system] != NONE)).sum())
    share = effective_n(count[count > 0], plan.study.plan.rho0.value) / n
    return _Level(part, int(total.sum()) / (n * TOP), n_items, max(1.0, share * n_items))


def _within(sums: MetricSums, levels: list[_Level], system: int) -> float | None:
    """Variance of an item within its level, pooled over levels; None where every level has a single item."""
    value = sums.by_basis[PRIMARY].value[system]
    freedom = sum(each.n_items - 1 for each in levels)
    if freedom < 1:
        return None
    return sum(_deviations(value[each.part.items & (value != NONE)].tolist()) for each in levels) / freedom


def _deviations(values: list[int]) -> float:
    """Sum of squared deviations from the mean, exact until the last division."""
    return (len(values) * sum(one * one for one in values) - sum(values) ** 2) / (len(values) * TOP * TOP)


def _uneven(mp: MetricPlan, system: int) -> bool:
    return mp.draw is not None and not mp.draw.even(system)


def _against_others(plan: Plan, mp: MetricPlan, sums: MetricSums, chosen: Slice, *, system: int) -> Row:
    """Chosen cases minus all others, as the metric shows it, with limits that respect clusters which hold both."""
    part = Slice(chosen.stratum, chosen.level, np.ones(plan.n_items, dtype=np.bool_))
    common = common_columns(plan, mp, sums.by_basis[PRIMARY], system=system, part=part, basis=PRIMARY, sums=sums)
    common |= {"missing": Fill.observed.value, "role": Role.exploratory.value, "n_events": None}
    sides = (chosen.items, ~chosen.items)
    both = [cluster_sums(plan, mp, sums.by_basis[PRIMARY], system=system, items=items) for items in sides]
    interval = linearised_difference(
        np.array([[total] for total, _ in both]),
        np.array([[count] for _, count in both]),
        [1.0],
        confidence=plan.study.plan.interval.confidence,
        floor=plan.cluster_floor,
        scale=TOP,
    )
    if interval.value is None or _uneven(mp, system):
        reason = Reason.sampled if _uneven(mp, system) else Reason.no_evidence
        interval = Interval(method=interval.method, confidence=interval.confidence, reason=reason)
    return common | _signed(interval, turned=mp.metric.quantity.show in ("failure_rate", "brier"))


def _signed(interval: Interval, *, turned: bool) -> Row:
    """The row of a difference, turned round where failures are shown."""
    lower, upper, sign = interval.lower, interval.upper, -1.0 if turned else 1.0
    if turned:
        lower, upper = upper, lower
    reason = interval.reason if interval.value is None else None
    return {
        "show": "high_risk_difference",
        "value": None if interval.value is None else sign * interval.value,
        "lower": None if lower is None else sign * lower,
        "upper": None if upper is None else sign * upper,
        "score": None,
        "score_lower": None,
        "score_upper": None,
        **how(interval),
        "state": "undefined" if interval.value is None else "defined",
        "reason": (reason or Reason.no_evidence).value if interval.value is None else None,
    }


def track_risk_rows(plan: Plan, sums: tuple[MetricSums, ...], track: Track) -> Iterator[Row]:
    """The difference in the score of a track between high-risk and other cases, per system: of all, then of each level.

    The metrics that both have a value on enter, so that the two scores weigh the same things.

    Args:
        plan: the plan.
        sums: item sums per metric.
        track: the track.
    """
    for part in _risk_parts(plan):
        for system in range(len(plan.systems)):
            yield _track_difference(plan, sums, track, part, system=system)


def _track_difference(plan: Plan, sums: tuple[MetricSums, ...], track: Track, part: Slice, *, system: int) -> Row:
    sides = (part.items, ~part.items)
    each = [track_sums(plan, sums, track, system=system, items=items) for items in sides]
    held = [
        {place: row for row, place in enumerate(part.metrics) if part.counts[row].any() and part.weights[row] > 0}
        for part in each
    ]
    shared = [place for place in held[0] if place in held[1] and not _uneven(plan.metrics[place], system)]
    interval = Interval(method=Method.linearised, confidence=0.95, reason=Reason.no_evidence)
    count = np.zeros((2, 0, len(plan.clusters)), dtype=np.int64)
    if shared:
        rows = [[held[side][place] for place in shared] for side in (0, 1)]
        count = np.array([each[side].counts[rows[side]] for side in (0, 1)])
        interval = linearised_difference(
            np.array([each[side].sums[rows[side]] for side in (0, 1)]),
            count,
            [each[0].weights[row] for row in rows[0]],
            confidence=plan.study.plan.interval.confidence,
            floor=plan.cluster_floor,
            scale=TOP,
        )
    n_clusters = int((count.sum(axis=(0, 1)) > 0).sum())
    every = Slice(part.stratum, part.level, np.ones(plan.n_items, dtype=np.bool_))
    common = _of_track(plan, sums, track, every, system=system)
    return common | _signed(interval, turned=False) | {"n_clusters": n_clusters}


def _of_track(plan: Plan, sums: tuple[MetricSums, ...], track: Track, part: Slice, *, system: int) -> Row:
    each = track_sums(plan, sums, track, system=system, items=part.items)
    row = track_columns(plan, sums, each, track, system=system, part=part)
    return row | {"missing": Fill.observed.value, "role": Role.exploratory.value}


def source_rows(plan: Plan, sums: tuple[MetricSums, ...], track: Track) -> Iterator[Row]:
    """The share of each source of tasks behind the verdict of a track.

    Definition: of the planned cells of the metrics with a gate, as these decide the verdict, the share that stands on
    items of the source; of all metrics of the track where none has a gate.

    Args:
        plan: the plan.
        sums: item sums per metric.
        track: the track.

    Yields:
        One row per system and source.
    """
    every = of_track(plan, track)
    gated = tuple(place for place in every if plan.metrics[place].metric.gates) or every
    parts = [part for part in slices(plan) if part.stratum == TASK_SOURCE]
    for system in range(len(plan.systems)):
        by_item = [sums[place].by_basis[PRIMARY] for place in gated]
        planned = np.sum([each.planned[system] for each in by_item], axis=0)
        assessed = np.sum([each.assessed[system] for each in by_item], axis=0)
        total = int(planned.sum())
        for part in parts:
            n = int(planned[part.items].sum())
            row = _described("share_of_cells", n / total if total else None, Reason.not_planned)
            counts = {
                "n_planned": n,
                "n_items": int((planned[part.items] > 0).sum()),
                "coverage": int(assessed[part.items].sum()) / n if n else None,
            }
            yield _of_track(plan, sums, track, part, system=system) | row | counts
