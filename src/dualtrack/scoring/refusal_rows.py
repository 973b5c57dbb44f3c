"""Refusals and answers that cannot be read, counted twice: as failures, and left out of the denominator.

May import terms, stats and the scoring ground. The estimate itself rests on what was judged; a system that refuses what
it finds hard looks better there than it is, so both countings stand beside it with their denominators.
"""

from collections.abc import Iterator

import numpy as np

from dualtrack.scoring.again import NonAnswers
from dualtrack.scoring.arrays import TOP, IntArray, group_sum, rounded_ratio
from dualtrack.scoring.estimate import Row, common_columns, interval_of, plain_row, pools_units, shown_reversed, slices
from dualtrack.scoring.evidence import REASONS, fails_below
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.sums import ItemSums, MetricSums
from dualtrack.stats.interval import Interval, Method
from dualtrack.stats.proportion import effective_n
from dualtrack.terms import Fill, Reason, Role

__all__ = ["refusal_rows"]


def refusal_rows(plan: Plan, mp: MetricPlan, sums: MetricSums) -> Iterator[Row]:
    """Rows of the estimates table for both ways to count a response that is no answer.

    Definition: ``refusals_failing`` gives every refused, empty or unreadable response without a judgement the worst
    value and counts it in the denominator; one that was judged keeps its judgement, as refusing can be right.
    ``refusals_left_out`` leaves all of them out, judged or not. What is missing for another reason is in neither.

    Args:
        plan: the plan.
        mp: the metric.
        sums: its item sums.

    Yields:
        Two rows per system, over all items; nothing for a metric of pairs.
    """
    counted = sums.non_answers
    if counted is None:
        return
    by_item, everything = sums.by_basis[PRIMARY], slices(plan)[0]
    for system in range(len(plan.systems)):
        common = common_columns(plan, mp, by_item, system=system, part=everything, basis=PRIMARY, sums=sums)
        common |= {"role": Role.exploratory.value, "missing": Fill.observed.value}
        without = _without(mp, by_item, system)
        for show, cases in (
            ("refusals_failing", _failing(mp, by_item, counted, system)),
            ("refusals_left_out", _left_out(mp, by_item, counted, system)),
        ):
            yield common | (_row(plan, mp, show, cases) if without is None else _nothing(show, without))


_Cases = tuple[IntArray, IntArray, IntArray, IntArray]


def _failing(mp: MetricPlan, by_item: ItemSums, counted: NonAnswers, system: int) -> _Cases:
    """Value, weight, responses and failing responses of each item, with what is no answer at its worst."""
    n = by_item.assessed[system] + counted.silent[system]
    below = by_item.below[fails_below(mp)][0][system] + counted.silent[system]
    if not pools_units(mp):
        return rounded_ratio(by_item.observed[system], n), (n > 0).astype(np.int64), n, below
    units = by_item.units[system]
    return (units - by_item.failed[system]) * TOP, units + counted.silent_units[system], n, below


def _left_out(mp: MetricPlan, by_item: ItemSums, counted: NonAnswers, system: int) -> _Cases:
    """The same with what is no answer in neither numerator nor denominator."""
    n = by_item.assessed[system] - counted.judged[system]
    below = by_item.below[fails_below(mp)][0][system] - counted.below[system]
    if not pools_units(mp):
        value = by_item.observed[system] - counted.value[system]
        return rounded_ratio(value, n), (n > 0).astype(np.int64), n, below
    units = by_item.units[system] - counted.judged_units[system]
    failed = by_item.failed[system] - counted.failed[system]
    return (units - failed) * TOP, units, n, below


def _without(mp: MetricPlan, by_item: ItemSums, system: int) -> Reason | None:
    """Why neither counting says anything: checks alone screen, or what was rated stands for nothing else."""
    if mp.draw is not None and not mp.draw.even(system):
        return Reason.sampled
    screened = by_item.reasons[system][REASONS.index(Reason.screening_only)] > 0
    return Reason.screening_only if screened else None


def _nothing(show: str, reason: Reason) -> Row:
    row = plain_row(show, Interval(method=Method.exact, confidence=0.95, reason=Reason.no_evidence))
    return row | {"reason": reason.value}


def _row(plan: Plan, mp: MetricPlan, show: str, cases: _Cases) -> Row:
    value, weight, responses, below = cases
    chosen = weight > 0
    cluster = plan.cluster[chosen]
    total = group_sum(cluster, value[chosen], len(plan.clusters))
    count = group_sum(cluster, weight[chosen], len(plan.clusters))
    interval = interval_of(plan, mp, total, count)
    return shown_reversed(mp, plain_row(show, interval)) | {
        "score": interval.value,
        "score_lower": interval.lower,
        "score_upper": interval.upper,
        "n_items": int((responses > 0).sum()),
        "n_clusters": int((count > 0).sum()),
        "n_effective": effective_n(count[count > 0], plan.study.plan.rho0.value),
        "n_units": int(responses.sum()),
        "n_events": int((below > 0).sum()),
    }
