"""Whether a paired difference and the systems' own estimates put them in opposite orders.

May import terms and the scoring ground. Each system's estimate rests on the items that it has a value for; where these
differ, or where the parts of the cases differ, the order of the estimates may not be that of the paired difference.
"""

from collections.abc import Sequence

import numpy as np

from dualtrack.scoring.arrays import TOP
from dualtrack.scoring.estimate import Row, cluster_sums
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.sides import Held, Match
from dualtrack.scoring.sums import MetricSums

__all__ = ["marginal_difference", "reversals"]

SIZE = 1e-9
"""A difference smaller than this has no sign."""


def marginal_difference(plan: Plan, sums: tuple[MetricSums, ...], held: Sequence[Held], match: Match) -> float | None:
    """Difference of the two sides' own estimates, each over its own items; None where one has no value.

    Args:
        plan: the plan.
        sums: item sums per metric.
        held: the metrics, with their weights.
        match: the two sides; a group is the mean of its systems.
    """
    a, b = (_mean(plan, sums, held, side) for side in (match.a, match.b))
    return None if a is None or b is None else a - b


def _mean(plan: Plan, sums: tuple[MetricSums, ...], held: Sequence[Held], side: tuple[int, ...]) -> float | None:
    scores = [_score(plan, sums, held, system) for system in side]
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if len(known) == len(scores) else None


def _score(plan: Plan, sums: tuple[MetricSums, ...], held: Sequence[Held], system: int) -> float | None:
    everything = np.ones(plan.n_items, dtype=np.bool_)
    total = weight = 0.0
    for each in held:
        by_item = sums[each.place].by_basis[PRIMARY]
        mine, count = cluster_sums(plan, plan.metrics[each.place], by_item, system=system, items=everything)
        if count.any():
            share = each.weight if len(held) > 1 else 1.0
            total += share * int(mine.sum()) / (int(count.sum()) * TOP)
            weight += share
    return total / weight if weight else None


def reversals(value: float | None, marginal: float | None, levels: Sequence[Row] = ()) -> str | None:
    """Where the order is the other way round: marginal, strata, both, or None.

    Args:
        value: the paired difference.
        marginal: the difference of the systems' own estimates.
        levels: rows of the levels of strata; of one stratum all have to point the other way, and at least two.
    """
    if value is None or abs(value) < SIZE:
        return None
    marginally = marginal is not None and abs(marginal) >= SIZE and (marginal > 0) != (value > 0)
    in_strata = any(_all_opposite(value, levels, name) for name in {row["stratum"] for row in levels})
    return {(True, True): "both", (True, False): "marginal", (False, True): "strata"}.get((marginally, in_strata))


def _all_opposite(value: float, levels: Sequence[Row], stratum: str) -> bool:
    values = [row.get("value") for row in levels if row["stratum"] == stratum]
    known = [each for each in values if each is not None]
    return len(known) > 1 and all(each * value < 0 and abs(each) >= SIZE for each in known)
