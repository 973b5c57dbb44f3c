"""What stands beside a Brier score: errors stated with confidence, and the binned error with its value by chance.

May import terms, stats and the scoring ground. None of it has a weight. A gate reads the share of all planned cases
that are confidently wrong, not the share of confident ones, since a system chooses how often it is confident.
"""

from collections.abc import Iterator

import numpy as np

from dualtrack.scoring.arrays import TOP, rounded_ratio
from dualtrack.scoring.calibrate import Statements
from dualtrack.scoring.estimate import Row, plain_row
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.stats.calibration import binned_calibration_error, calibration_error_by_chance
from dualtrack.stats.interval import Interval, Method
from dualtrack.stats.proportion import effective_n, exact_interval
from dualtrack.terms import Reason

__all__ = ["calibration_rows"]


def calibration_rows(plan: Plan, mp: MetricPlan, said: Statements) -> Iterator[Row]:
    """Rows for one system, without the columns that all its rows share.

    Args:
        plan: the plan.
        mp: the calibration metric.
        said: the statements of the system.

    Yields:
        For each threshold under ``also`` the share wrong among the responses that state at least so much, averaged
        within the item first, with exact limits; ``n_units`` counts these responses and ``n_events`` the wrong ones.
        For each number of bins the binned error, and what perfect calibration would show on the same statements;
        neither has limits.
    """
    for also in mp.metric.quantity.also:
        if also.show == "overconfident_wrong":
            yield _overconfident(plan, said, also.above)
        elif also.show == "ece":
            found = binned_calibration_error(said.confidence, said.right, bins=also.bins, top=TOP)
            yield _without_limits(plan, f"ece:{also.bins}", found, Reason.biased)
            chance = calibration_error_by_chance(said.confidence, bins=also.bins, top=TOP)
            yield _without_limits(plan, f"ece_by_chance:{also.bins}", chance, Reason.reference_value)


def _overconfident(plan: Plan, said: Statements, above: float) -> Row:
    loud = said.confidence >= round(above * TOP)
    n_loud = np.bincount(said.item[loud], minlength=plan.n_items)
    n_wrong = np.bincount(said.item[loud & (said.right == 0)], minlength=plan.n_items)
    seen = n_loud > 0
    share = rounded_ratio(n_wrong[seen] * TOP, n_loud[seen])
    sizes = np.bincount(plan.cluster[seen])
    n_eff = effective_n(sizes[sizes > 0], plan.study.plan.rho0.value)
    mean = int(share.sum()) / (share.size * TOP) if share.size else 0.0
    interval = exact_interval(mean, n_eff, confidence=plan.study.plan.interval.confidence)
    return plain_row(f"overconfident_wrong:{above:g}", interval) | {
        "n_items": int(seen.sum()),
        "n_clusters": int((sizes > 0).sum()),
        "n_units": int(loud.sum()),
        "n_events": int(n_wrong.sum()),
    }


def _without_limits(plan: Plan, show: str, value: float | None, reason: Reason) -> Row:
    why = Reason.no_evidence if value is None else reason
    confidence = plan.study.plan.interval.confidence
    row = plain_row(show, Interval(method=Method.exact, confidence=confidence, value=value, reason=why))
    return row | {"method": None, "confidence": None, "n_events": None}
