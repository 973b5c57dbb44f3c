"""Estimates: one number per system, metric, stratum and basis, with everything needed to read it.

May import terms, stats, rubric and the scoring ground. The observed value never stands alone: its worst and best fill,
counts and coverage are rows and columns beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray, group_sum
from dualtrack.scoring.bases import GATED
from dualtrack.scoring.calibrate import confident_from
from dualtrack.scoring.evidence import REASONS, fails_below
from dualtrack.scoring.gap_rows import gap_bound, gap_interval
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.strata import reported_strata
from dualtrack.scoring.sums import ItemSums, MetricSums
from dualtrack.scoring.weighted import weighted_bound, weighted_mean
from dualtrack.stats.cluster import linearised_ratio
from dualtrack.stats.interval import Interval
from dualtrack.stats.proportion import effective_n, exact_interval
from dualtrack.terms import Fill, Proof, QuantityType, Reason, Role, Track

__all__ = [
    "Row",
    "Slice",
    "cluster_sums",
    "common_columns",
    "filled_mean",
    "how",
    "interval_of",
    "metric_rows",
    "of_track",
    "plain_row",
    "pools_units",
    "shown_reversed",
    "slices",
]

Row = dict[str, Any]
_EXACT = (QuantityType.binary, QuantityType.numeric, QuantityType.paired_difference)
_REVERSED = ("failure_rate", "brier")
_TURNED = {"value": "value", "lower": "upper", "upper": "lower"}


@dataclass(frozen=True, slots=True)
class Slice:
    """A stratum level and which items belong to it; empty names mean all items."""

    stratum: str
    level: str
    items: BoolArray


def slices(plan: Plan) -> tuple[Slice, ...]:
    """All items first, then every level of every reported stratum, however small."""
    everything = Slice("", "", np.ones(plan.n_items, dtype=np.bool_))
    levels = [
        Slice(name, level, np.array([each == level for each in plan.strata[name]], dtype=np.bool_))
        for name in reported_strata(plan.strata, plan.study)
        for level in sorted(set(plan.strata[name]))
        if level
    ]
    return (everything, *levels)


def cluster_sums(
    plan: Plan, mp: MetricPlan, sums: ItemSums, *, system: int, items: BoolArray
) -> tuple[IntArray, IntArray]:
    """Sum (millionths) and count per cluster of one metric of one system, over the items that have a value.

    Items count once each, or with the units judged when the metric pools units. Shape of both: (clusters,).
    """
    value = sums.value[system]
    chosen = items & (value != NONE)
    cluster = plan.cluster[chosen]
    if pools_units(mp):
        units = sums.units[system][chosen]
        passed = (units - sums.failed[system][chosen]) * TOP
        return group_sum(cluster, passed, len(plan.clusters)), group_sum(cluster, units, len(plan.clusters))
    count = np.bincount(cluster, minlength=len(plan.clusters)).astype(np.int64)
    return group_sum(cluster, value[chosen], len(plan.clusters)), count


def filled_mean(mp: MetricPlan, by_item: ItemSums, fill: Fill, *, system: int, items: BoolArray) -> float | None:
    """Score of one metric with every missing response filled the same way, 0..1; None where it is planned nowhere."""
    filled = (by_item.worst_value if fill is Fill.worst else by_item.best_value)[system]
    chosen = items & (filled != NONE)
    if not chosen.any():
        return None
    weight = by_item.units_planned[system][chosen] if pools_units(mp) else np.ones(int(chosen.sum()), dtype=np.int64)
    return int((filled[chosen] * weight).sum()) / (int(weight.sum()) * TOP)


def pools_units(mp: MetricPlan) -> bool:
    """Whether the metric is a share of all units, so that an item counts with the units judged in it."""
    return getattr(mp.metric.quantity, "pool", "items") == "units"


def metric_rows(plan: Plan, mp: MetricPlan, sums: MetricSums) -> Iterator[Row]:
    """Rows of the estimates table for one metric: each basis, system and slice, three fills, and what stands beside."""
    for basis, by_item in sorted(sums.by_basis.items()):
        if basis == GATED:
            continue
        for system in range(len(plan.systems)):
            for part in slices(plan):
                yield from _fills(plan, mp, by_item, system=system, part=part, basis=basis, sums=sums)


def _fills(
    plan: Plan, mp: MetricPlan, by_item: ItemSums, *, system: int, part: Slice, basis: str, sums: MetricSums
) -> Iterator[Row]:
    common = common_columns(plan, mp, by_item, system=system, part=part, basis=basis, sums=sums)
    total, count = cluster_sums(plan, mp, by_item, system=system, items=part.items)
    common["n_effective"] = effective_n(count[count > 0], plan.study.plan.rho0.value)
    weighted = basis == PRIMARY and sums.sampled is not None
    mean = weighted_mean(plan, mp, sums, system=system, items=part.items)[0] if weighted else None
    interval = interval_of(plan, mp, total, count) if mean is None else mean.interval
    for fill in Fill:
        row = {**common, "show": mp.metric.quantity.show, "missing": fill.value}
        if fill is Fill.observed:
            row |= _scored(mp, interval) | _state(interval.value, by_item, system, planned=common["n_planned"])
            yield row | _gap(plan, mp, by_item, system=system, items=part.items)
        else:
            bound = weighted_bound(plan, mp, sums, fill, system=system, items=part.items) if weighted else None
            value = filled_mean(mp, by_item, fill, system=system, items=part.items) if bound is None else bound
            row |= _shown(mp, value) | {"method": None, "confidence": None, "covers": None}
            if mp.pairs is not None:
                row["value"] = gap_bound(plan, by_item, fill, system=system, items=part.items)
            yield row | _state(value, by_item, system, planned=common["n_planned"])


def _gap(plan: Plan, mp: MetricPlan, by_item: ItemSums, *, system: int, items: BoolArray) -> Row:
    """The signed gap in place of the score, for a metric of pairs."""
    if mp.pairs is None:
        return {}
    interval = gap_interval(plan, by_item, system=system, items=items)
    return {"value": interval.value, "lower": interval.lower, "upper": interval.upper, **how(interval)}


def interval_of(plan: Plan, mp: MetricPlan, total: IntArray, count: IntArray) -> Interval:
    """Exact on the effective n for shares of items, linearised by cluster for means and ratios.

    Args:
        plan: the plan.
        mp: the metric.
        total: sum of values per cluster, millionths.
        count: number of cases per cluster.
    """
    plan_interval = plan.study.plan.interval
    n_eff = effective_n(count[count > 0], plan.study.plan.rho0.value) if count.any() else 0.0
    if mp.metric.quantity.type in _EXACT and count.any():
        return exact_interval(int(total.sum()) / (int(count.sum()) * TOP), n_eff, confidence=plan_interval.confidence)
    return linearised_ratio(
        total,
        count,
        confidence=plan_interval.confidence,
        floor=plan.cluster_floor,
        n_eff=n_eff or None,
        scale=TOP,
    )


def common_columns(
    plan: Plan, mp: MetricPlan, by_item: ItemSums, *, system: int, part: Slice, basis: str, sums: MetricSums
) -> Row:
    """Names, denominators and standing: what all fills share."""
    assessed = by_item.assessed[system][part.items]
    planned = int(by_item.planned[system][part.items].sum())
    value = by_item.value[system]
    below, _, _ = by_item.below[fails_below(mp)]
    return {
        "subject": "metric",
        "subject_id": mp.metric.id,
        "system_id": plan.systems[system],
        "stratum": part.stratum,
        "stratum_level": part.level,
        "basis": basis,
        "track": mp.metric.track.value,
        "n_planned": planned,
        "n_items": int((assessed > 0).sum()),
        "n_clusters": len(set(plan.cluster[part.items & (value != NONE)].tolist())),
        "n_units": int(by_item.units[system][part.items].sum()),
        "n_events": None if _without_failing(mp) else int((below[system][part.items] > 0).sum()),
        "n_raters": _n_raters(basis, sums.raters.of(system, part.items).rater),
        "coverage": int(assessed.sum()) / planned if planned else None,
        "role": _role(plan, mp, part, basis).value,
        "proof": _proof(mp, basis),
    }


def _n_raters(basis: str, raters: IntArray) -> int:
    if basis == "check_only":
        return 0
    return 1 if basis.startswith("score:") else int(np.unique(raters).size)


def _without_failing(mp: MetricPlan) -> bool:
    rule = mp.metric.ratings.fail_when if mp.metric.ratings else None
    if mp.metric.quantity.type == QuantityType.calibration:
        return confident_from(mp.metric) is None
    return mp.metric.quantity.type == QuantityType.ordinal and rule is None


def _role(plan: Plan, mp: MetricPlan, part: Slice, basis: str) -> Role:
    """Standing: nothing is primary in a study whose plan was not sealed beforehand."""
    if not plan.pre_specified or part.stratum or basis != PRIMARY:
        return Role.exploratory
    return Role.primary if mp.metric.weight.value > 0 or mp.metric.gates else Role.secondary


def _proof(mp: MetricPlan, basis: str) -> str | None:
    if not mp.metric.checks or basis.startswith("score:") or basis == "clinician_only":
        return None
    if mp.checks_define:
        return Proof.by_construction.value
    return (Proof.shown if mp.checks_shown else Proof.screening).value


def _shown(mp: MetricPlan, score: float | None) -> Row:
    """Value as the metric shows it beside the score, without limits."""
    reverse = mp.metric.quantity.show in _REVERSED
    value = None if score is None else (1 - score if reverse else score)
    empty = {"lower": None, "upper": None, "score_lower": None, "score_upper": None, "interval_reason": None}
    return {"value": value, "score": score, **empty}


def _scored(mp: MetricPlan, interval: Interval) -> Row:
    row = _shown(mp, interval.value)
    row |= {
        "score_lower": interval.lower,
        "score_upper": interval.upper,
        "lower": interval.lower,
        "upper": interval.upper,
        **how(interval),
    }
    if mp.metric.quantity.show in _REVERSED and interval.lower is not None and interval.upper is not None:
        row |= {"lower": 1 - interval.upper, "upper": 1 - interval.lower}
    return row


def how(interval: Interval) -> Row:
    """How an interval was made, or why a value has none; all empty where there is no value."""
    if interval.value is None:
        return dict.fromkeys(("method", "confidence", "covers", "interval_reason"))
    return {
        "method": interval.method.value,
        "confidence": interval.confidence,
        "covers": "cases" if interval.defined else None,
        "interval_reason": interval.reason.value if interval.reason else None,
    }


def _state(value: float | None, by_item: ItemSums, system: int, *, planned: int) -> Row:
    if value is not None:
        return {"state": "defined", "reason": None}
    return {"state": "undefined", "reason": _main_reason(by_item, system, planned).value}


def _main_reason(by_item: ItemSums, system: int, planned: int) -> Reason:
    """The reason that took away most values; ties by name."""
    if not planned:
        return Reason.not_planned
    count = by_item.reasons[system]
    ranked = sorted(range(len(REASONS)), key=lambda place: (-int(count[place]), REASONS[place].value))
    return REASONS[ranked[0]] if count[ranked[0]] else Reason.no_evidence


def of_track(plan: Plan, track: Track) -> tuple[int, ...]:
    """Places of a track's metrics in the plan."""
    return tuple(place for place, mp in enumerate(plan.metrics) if mp.metric.track is track)


def plain_row(show: str, interval: Interval) -> Row:
    """A row beside the primary quantity, without a score.

    Args:
        show: what it shows.
        interval: value and limits, or the reason for none.
    """
    reason = Reason.no_evidence if interval.value is None else None
    return {
        "show": show,
        "value": interval.value,
        "lower": interval.lower,
        "upper": interval.upper,
        "score": None,
        "score_lower": None,
        "score_upper": None,
        **how(interval),
        "state": "undefined" if reason else "defined",
        "reason": reason.value if reason else None,
    }


def shown_reversed(mp: MetricPlan, row: Row) -> Row:
    """A row whose numbers are scores, turned round where the metric shows failures.

    Args:
        mp: the metric.
        row: a row with value and limits, 1 best.
    """
    if mp.metric.quantity.show not in _REVERSED:
        return row
    turned = {to: None if row[of] is None else 1 - row[of] for to, of in _TURNED.items()}
    return row | turned
