"""What stands beside a metric's primary quantity: shares, distributions, native means; no weight, no gate.

May import terms, stats, rubric and the scoring ground.
"""

from collections.abc import Iterator

import numpy as np

from dualtrack.scoring.arrays import NONE, TOP, BoolArray, group_sum, rounded_ratio
from dualtrack.scoring.beside_calibration import calibration_rows
from dualtrack.scoring.estimate import Row, common_columns, plain_row, slices
from dualtrack.scoring.gap_rows import discordant_share
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.sums import ItemSums, MetricSums, share_threshold
from dualtrack.scoring.weighted import weighted_mean
from dualtrack.stats.cluster import linearised_ratio
from dualtrack.stats.interval import Interval, Method
from dualtrack.stats.proportion import effective_n, exact_interval
from dualtrack.terms import Combine, Fill, QuantityType, Reason, Role

__all__ = ["beside_rows"]

QUANTILES = (10, 50, 90)
"""Of the native quantity of a numeric metric, in per cent of the items."""


def beside_rows(plan: Plan, mp: MetricPlan, sums: MetricSums) -> Iterator[Row]:
    """Rows of the estimates table for what a metric prints beside its primary quantity, over all items.

    Args:
        plan: the plan.
        mp: the metric.
        sums: its item sums.

    Yields:
        Per system: share of items at or above a level (exact limits), mean of the native quantity (linearised) and,
        where it is measured, its quantiles, share of ratings on each level (no limits: ratings of one item are not
        independent). Of a metric of pairs the share of discordant pairs, and of repeats that differ where the plan has
        repeats; of a calibration metric the share confidently wrong and the binned error with its value by chance.
    """
    everything = slices(plan)[0]
    by_item = sums.by_basis[PRIMARY]
    for system in range(len(plan.systems)):
        common = common_columns(plan, mp, by_item, system=system, part=everything, basis=PRIMARY, sums=sums)
        common |= {"missing": Fill.observed.value, "role": Role.exploratory.value}
        for also in mp.metric.quantity.also:
            if also.show == "share_at_least":
                yield common | _share_at_least(plan, mp, by_item, system=system, level=also.level)
            elif also.show == "mean_raw":
                yield from (common | row for row in _native(plan, mp, by_item, system))
            elif also.show == "distribution":
                yield from (common | row for row in _distribution(mp, sums, system))
        if mp.metric.combine is Combine.prediction_powered:
            yield common | _check_say(plan, mp, sums, system=system, items=everything.items)
        if mp.pairs is not None:
            yield common | _discordant(plan, by_item, system=system, items=everything.items)
        if sums.repeats is not None:
            yield common | _repeats(plan, sums.repeats, system=system, items=everything.items)
        if sums.statements is not None:
            yield from (common | row for row in calibration_rows(plan, mp, sums.statements.of(system)))


def _check_say(plan: Plan, mp: MetricPlan, sums: MetricSums, *, system: int, items: BoolArray) -> Row:
    """How much the check counts in a prediction-powered mean; without a value, why the clinicians stand alone.

    Where the plan leaves nothing unrated there is nothing to predict, and the check counts for nothing.
    """
    mean, why_not = weighted_mean(plan, mp, sums, system=system, items=items)
    tuning = None if why_not is not None else 0.0 if mean is None else mean.tuning
    row = plain_row("check_say", Interval(method=Method.prediction_powered, confidence=0.95, reason=Reason.no_evidence))
    if tuning is None:
        return row | {"reason": (why_not or Reason.no_evidence).value}
    return row | {
        "value": tuning,
        "state": "defined",
        "reason": None,
        "interval_reason": Reason.reference_value.value,  # it is chosen from the data and estimates nothing
    }


def _discordant(plan: Plan, by_item: ItemSums, *, system: int, items: BoolArray) -> Row:
    """Share of pairs that differ; events are counted in pairs, as units are."""
    row = plain_row("discordant", discordant_share(plan, by_item, system=system, items=items))
    return row | {"n_events": int(by_item.failed[system].sum())}


def _repeats(plan: Plan, repeats: ItemSums, *, system: int, items: BoolArray) -> Row:
    """Share of repeats of the same response that differ, with its own denominators."""
    planned, assessed = (int(each[system].sum()) for each in (repeats.planned, repeats.assessed))
    return plain_row("discordant_repeats", discordant_share(plan, repeats, system=system, items=items)) | {
        "n_planned": planned,
        "n_items": int((repeats.assessed[system] > 0).sum()),
        "n_clusters": len(set(plan.cluster[repeats.assessed[system] > 0].tolist())),
        "n_units": assessed,
        "n_events": int(repeats.failed[system].sum()),
        "coverage": assessed / planned if planned else None,
    }


def _share_at_least(plan: Plan, mp: MetricPlan, by_item: ItemSums, *, system: int, level: str) -> Row:
    observed, _, _ = by_item.failing(share_threshold(mp, level))
    failing = observed[system]
    seen = failing != NONE
    count = np.bincount(plan.cluster[seen], minlength=len(plan.clusters)).astype(np.int64)
    total = group_sum(plan.cluster[seen], TOP - failing[seen], len(plan.clusters))
    confidence = plan.study.plan.interval.confidence
    if not count.any():
        return plain_row(f"share_at_least:{level}", linearised_ratio(total, count, confidence=confidence, scale=TOP))
    n_eff = effective_n(count[count > 0], plan.study.plan.rho0.value)
    share = int(total.sum()) / (int(count.sum()) * TOP)
    return plain_row(f"share_at_least:{level}", exact_interval(share, n_eff, confidence=confidence))


def _native(plan: Plan, mp: MetricPlan, by_item: ItemSums, system: int) -> Iterator[Row]:
    """The mean in the metric's own unit; of a measured quantity with its quantiles."""
    yield _mean_raw(plan, by_item, system)
    if mp.metric.quantity.type == QuantityType.numeric:
        yield from (_quantile_raw(by_item, system, percent) for percent in QUANTILES)


def _mean_raw(plan: Plan, by_item: ItemSums, system: int) -> Row:
    number = by_item.n_raw[system]
    total = group_sum(plan.cluster, by_item.raw[system], len(plan.clusters))
    count = group_sum(plan.cluster, number, len(plan.clusters))
    planned = plan.study.plan
    interval = linearised_ratio(
        total,
        count,
        confidence=planned.interval.confidence,
        floor=plan.cluster_floor,
        scale=TOP,
        bounds=None,
    )
    return plain_row("mean_raw", interval)


def _quantile_raw(by_item: ItemSums, system: int, percent: int) -> Row:
    """A quantile of the native quantity over items, repeats averaged within them; where two values qualify, their mean.

    It stays what it is when all cases are doubled. Source: Hyndman and Fan 1996, Am Stat 50:361-365, definition 2.
    """
    n = by_item.n_raw[system]
    values = sorted(rounded_ratio(by_item.raw[system], n)[n > 0].tolist())
    row = plain_row(
        f"quantile_raw:{percent}", Interval(method=Method.exact, confidence=0.95, reason=Reason.no_evidence)
    )
    if not values:
        return row
    place, rest = divmod(len(values) * percent, 100)
    value = values[place] if rest else (values[place - 1] + values[place]) / 2
    return row | {
        "value": value / TOP,
        "state": "defined",
        "reason": None,
        "interval_reason": Reason.description.value,
    }


def _distribution(mp: MetricPlan, sums: MetricSums, system: int) -> Iterator[Row]:
    """Share of ratings on each level of the scale, all levels, also those that nobody chose."""
    mine = sums.levels[sums.levels["system"] == system]
    count = dict(zip(mine["level"].astype("str"), mine["n"].astype("int64"), strict=True))
    total = sum(count.values())
    for level in mp.scale.levels if mp.scale is not None else ():
        n = int(count.get(level.id, 0))
        yield {
            "show": f"level:{level.id}",
            "value": n / total if total else None,
            "lower": None,
            "upper": None,
            "score": None,
            "score_lower": None,
            "score_upper": None,
            "n_units": total,
            "n_events": n,
            "method": None,
            "confidence": None,
            "covers": None,
            "interval_reason": None,
            "state": "defined" if total else "undefined",
            "reason": None if total else Reason.no_evidence.value,
        }
