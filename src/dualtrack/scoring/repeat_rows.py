"""What the repeats of an item say: the worst of k of them, how often they are alike, how far they spread.

May import terms, stats and the scoring ground. None of it drives anything; a veto looks at every sample by itself.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dualtrack.scoring.again import Again
from dualtrack.scoring.arrays import NONE, TOP, IntArray, group_sum
from dualtrack.scoring.estimate import Row, common_columns, interval_of, plain_row, shown_reversed, slices
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.sums import MetricSums
from dualtrack.stats.cluster import linearised_ratio
from dualtrack.stats.interval import Interval, Method
from dualtrack.stats.proportion import effective_n, exact_interval
from dualtrack.stats.repeats import Alike, repeats_alike, worst_of_repeats
from dualtrack.terms import Fill, QuantityType, Reason, Role

__all__ = ["repeat_rows", "sizes_of_worst"]

_SPREAD = (QuantityType.ordinal, QuantityType.proportion)
"""Types whose value is a mean of levels or shares, so that a standard deviation within an item says something."""
_ALL_UP_TO = 10
_STEPS = (1, 2, 5)


def sizes_of_worst(samples: int) -> tuple[int, ...]:
    """For which k the worst of k is reported: all up to ten, then 20, 50, 100 and so on, and all samples.

    Args:
        samples: planned repeats.

    Example:
        >>> sizes_of_worst(3), sizes_of_worst(60)[9:]
        ((1, 2, 3), (10, 20, 50, 60))
    """
    sizes = set(range(1, min(samples, _ALL_UP_TO) + 1)) | {samples}
    power = _ALL_UP_TO
    while power < samples:
        sizes |= {step * power for step in _STEPS if step * power < samples}
        power *= 10
    return tuple(sorted(sizes))


def repeat_rows(plan: Plan, mp: MetricPlan, sums: MetricSums) -> Iterator[Row]:
    """Rows of the estimates table about repeats, over all items.

    Args:
        plan: the plan.
        mp: the metric.
        sums: its item sums.

    Yields:
        Per system ``worst_at:K`` with three fills (items with at least K and at
        least two repeats, so that one answer and two are those of the same items), ``same_on_repeat`` (share of pairs
        of repeats with the same value) and, of a mean, ``within_item_sd``. Nothing in a study without repeats.
    """
    if sums.again is None:
        return
    everything = slices(plan)[0]
    for system in range(len(plan.systems)):
        common = common_columns(
            plan, mp, sums.by_basis[PRIMARY], system=system, part=everything, basis=PRIMARY, sums=sums
        )
        common |= {"role": Role.exploratory.value, "missing": Fill.observed.value}
        tables = _tables(plan, sums.again, system)
        uneven = mp.draw is not None and not mp.draw.even(system)
        for k in sizes_of_worst(plan.samples):
            for fill, table in tables.items():
                yield common | _worst(plan, mp, table, k, fill=fill, uneven=uneven)
        alike = repeats_alike(tables[Fill.observed])
        yield common | _uneven(_same(plan, alike), uneven=uneven)
        if mp.metric.quantity.type in _SPREAD:
            yield common | _uneven(_spread(plan, alike), uneven=uneven)


def _tables(plan: Plan, again: Again, system: int) -> dict[Fill, IntArray]:
    """Values by item and repeat, NONE where there is none or the repeat is not planned."""
    mine = plan.system_of(again.cells) == system
    cells = again.cells[mine]
    tables = {}
    for fill, values in ((Fill.worst, again.worst), (Fill.observed, again.observed), (Fill.best, again.best)):
        table = np.full((plan.n_items, plan.samples), NONE, dtype=np.int64)
        table[plan.item_of(cells), plan.sample_of(cells) - 1] = values[mine]
        tables[fill] = table
    return tables


def _worst(plan: Plan, mp: MetricPlan, table: IntArray, k: int, *, fill: Fill, uneven: bool) -> Row:
    """The worst of k repeats, averaged over items; limits as those of the metric itself."""
    worst = worst_of_repeats(table, k)
    counted = (worst >= 0) & ((table != NONE).sum(axis=1) > 1)
    cluster = plan.cluster[counted]
    count = np.bincount(cluster, minlength=len(plan.clusters)).astype(np.int64)
    total = group_sum(cluster, np.rint(worst[counted]).astype(np.int64), len(plan.clusters))
    show = f"worst_at:{k}"
    numbers = {"n_items": int(counted.sum()), "n_clusters": int((count > 0).sum()), "n_events": None}
    if uneven or not counted.any():
        reason = Reason.sampled if uneven else Reason.too_few_repeats
        return _without(show, reason) | numbers | {"missing": fill.value}
    interval = interval_of(plan, mp, total, count)
    if fill is not Fill.observed:
        row = plain_row(show, interval) | dict.fromkeys(
            ("lower", "upper", "method", "confidence", "covers", "interval_reason")
        )
        return shown_reversed(mp, row) | numbers | {"missing": fill.value, "score": interval.value}
    scores = {"score": interval.value, "score_lower": interval.lower, "score_upper": interval.upper}
    n_eff = effective_n(count[count > 0], plan.study.plan.rho0.value)
    return shown_reversed(mp, plain_row(show, interval)) | scores | numbers | {"n_effective": n_eff}


def _without(show: str, reason: Reason) -> Row:
    return plain_row(show, Interval(method=Method.exact, confidence=0.95, reason=Reason.no_evidence)) | {
        "reason": reason.value
    }


def _uneven(row: Row, *, uneven: bool) -> Row:
    """No number where responses were drawn with different chances: the repeats that were rated stand for no others."""
    return _without(row["show"], Reason.sampled) if uneven else row


def _same(plan: Plan, alike: Alike) -> Row:
    """Share of pairs of repeats that have the same value, each item counting once; exact limits."""
    several = alike.pairs > 0
    numbers = _numbers(plan, alike) | {
        "n_units": int(alike.pairs.sum()),
        "n_events": int((alike.pairs - alike.same).sum()),
    }
    if not several.any():
        return _without("same_on_repeat", Reason.too_few_repeats) | numbers
    sizes = np.bincount(plan.cluster[several])
    n_eff = effective_n(sizes[sizes > 0], plan.study.plan.rho0.value)
    shares = (2 * TOP * alike.same[several] + alike.pairs[several]) // (2 * alike.pairs[several])
    share = int(shares.sum()) / (int(several.sum()) * TOP)
    interval = exact_interval(share, n_eff, confidence=plan.study.plan.interval.confidence)
    return plain_row("same_on_repeat", interval) | numbers | {"n_effective": n_eff}


def _spread(plan: Plan, alike: Alike) -> Row:
    """Standard deviation within an item, pooled over items; limits of the variance by cluster, brought to its root."""
    several = alike.pairs > 0
    numbers = _numbers(plan, alike) | {"n_units": int(alike.n[several].sum()), "n_events": None}
    if not several.any():
        return _without("within_item_sd", Reason.too_few_repeats) | numbers
    n, cluster = alike.n[several], plan.cluster[several]
    deviations = (2 * alike.squares[several] + n * TOP) // (2 * n * TOP)  # sum of squares per item, in millionths
    variance = linearised_ratio(
        group_sum(cluster, deviations, len(plan.clusters)),
        group_sum(cluster, n - 1, len(plan.clusters)),
        confidence=plan.study.plan.interval.confidence,
        floor=plan.cluster_floor,
        scale=TOP,
        bounds=None,
    )
    rooted = replace(
        variance,
        value=_root(variance.value),
        lower=_root(variance.lower),
        upper=_root(variance.upper),
        reason=Reason.no_variation if variance.reason is Reason.one_level_only else variance.reason,
    )
    return plain_row("within_item_sd", rooted) | numbers


def _root(value: float | None) -> float | None:
    return None if value is None else max(0.0, value) ** 0.5


def _numbers(plan: Plan, alike: Alike) -> Row:
    several = alike.pairs > 0
    return {"n_items": int(several.sum()), "n_clusters": len(set(plan.cluster[several].tolist()))}
