"""Means where only a sample was rated, with known chances: each rated response speaks for 1 / chance of them.

May import terms, stats, rubric and the scoring ground. With ``combine: prediction_powered`` the check speaks on every
response and the ratings correct it. How its bounds are made, so that withholding never raises the worst one:

- Y is the mean of the ratings of the drawn responses weighted by 1 / chance, D the mean of the check over all responses
  plus the weighted mean of rating minus check over the drawn ones. The estimate lies between them: (1 - L) Y + L D.
- L is chosen from the evidence, so a bound at the chosen L could rise when evidence goes. The worst bound is therefore
  the lesser of Y and D with all that is missing at its worst: a rating 0, the difference of a response without a rating
  -1, a check that says nothing 0 in the mean and 1 in the difference. The best bound is the mirror of it.
- Weights and the responses that count are those of the plan. So each of both can only fall, whatever is withheld, and
  the same bounds hold where the check is not admitted: losing ratings until it is not admitted gains nothing.
"""

import math
from dataclasses import dataclass

import numpy as np

from dualtrack.scoring.arrays import NONE, TOP, BoolArray, FloatArray, IntArray
from dualtrack.scoring.evidence import fails_below
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.sums import MetricSums
from dualtrack.stats.prediction import PoweredMean, prediction_powered_mean
from dualtrack.terms import Combine, Fill, Reason

__all__ = ["LEAST_CLUSTERS", "LEAST_EACH", "Chosen", "chosen", "pseudo_sums", "weighted_bound", "weighted_mean"]

LEAST_EACH = 50
"""Least number of rated items that fail, and that pass, for a check to enter (VERDICTS, Joins)."""
LEAST_CLUSTERS = 30


@dataclass(frozen=True, slots=True)
class Chosen:
    """Responses of one system to some items: those that were drawn and, where checks speak, all others.

    Attributes:
        item, cluster: of each response.
        drawn: whether it was drawn; chance: with which chance, NaN where it was not.
        observed, worst, best, said: as in ``Sampled``.
    """

    item: IntArray
    cluster: IntArray
    drawn: BoolArray
    chance: FloatArray
    observed: IntArray
    worst: IntArray
    best: IntArray
    said: IntArray

    @property
    def rated(self) -> BoolArray:
        """Which responses have a joined rating."""
        result: BoolArray = self.observed != NONE
        return result

    def why_not_powered(self, threshold: int) -> Reason | None:
        """Why the check may not enter, None where it may.

        Args:
            threshold: value in millionths below which a response fails.
        """
        rated = self.rated
        failing = np.unique(self.item[rated & (self.observed < threshold)])
        n_passing = np.unique(self.item[rated]).size - failing.size
        if not rated.any():
            return Reason.no_evidence
        if min(failing.size, n_passing) < LEAST_EACH:
            return Reason.too_few
        return Reason.too_few_clusters if np.unique(self.cluster[rated]).size < LEAST_CLUSTERS else None


def chosen(plan: Plan, mp: MetricPlan, sums: MetricSums, *, system: int, items: BoolArray) -> Chosen | None:
    """The responses of one system to some items, where the drawn ones stand for all.

    Args:
        plan: the plan.
        mp: the metric.
        sums: its sums.
        system: index of the system.
        items: which items.

    Returns:
        The responses; None where nothing was left out, a chance is not known, nothing was drawn there, or items have
        different numbers of responses (a response would then not weigh as its item does).
    """
    kept, draw = sums.sampled, mp.draw
    if kept is None or draw is None or not draw.all_known:
        return None
    mine = (plan.system_of(kept.cells) == system) & items[plan.item_of(kept.cells)]
    cells = kept.cells[mine]
    drawn = draw.drawn[cells]
    of_plan = (draw.drawn | draw.left_out) & (draw.system == system)
    repeats = np.bincount(plan.item_of(np.flatnonzero(of_plan)))
    if not drawn.any() or np.unique(repeats[repeats > 0]).size != 1:
        return None
    item = plan.item_of(cells)
    return Chosen(
        item=item,
        cluster=plan.cluster[item],
        drawn=drawn,
        chance=draw.chance[cells],
        observed=kept.observed[mine],
        worst=kept.worst[mine],
        best=kept.best[mine],
        said=kept.said[mine],
    )


def weighted_mean(
    plan: Plan, mp: MetricPlan, sums: MetricSums, *, system: int, items: BoolArray
) -> tuple[PoweredMean | None, Reason | None]:
    """The mean over all responses from the drawn ones, with the check's help where that is admitted.

    Args:
        plan: the plan.
        mp: the metric.
        sums: its sums.
        system: index of the system.
        items: which items.

    Returns:
        The mean, None where the plain mean over the rated items is the same (equal chances, no help); and why the check
        does not help, None where it does or where the metric does not ask for it.
    """
    asks = mp.metric.combine is Combine.prediction_powered
    found = chosen(plan, mp, sums, system=system, items=items)
    if found is None or mp.draw is None:
        return None, Reason.sampled if asks and mp.draw is not None else None
    why_not = found.why_not_powered(fails_below(mp)) if asks else None
    if (why_not is not None or not asks) and (mp.draw.even(system) or not found.rated.any()):
        return None, why_not
    mean = prediction_powered_mean(
        np.maximum(found.said, 0) / TOP,
        np.where(found.rated, found.observed / TOP, np.nan),
        found.chance,
        found.cluster,
        confidence=plan.study.plan.interval.confidence,
        floor=plan.cluster_floor,
        tuning=None if asks and why_not is None else 0.0,
    )
    return mean, why_not


def pseudo_sums(mean: PoweredMean, n_clusters: int) -> tuple[IntArray, IntArray]:
    """Sums (millionths) and counts per cluster that give a track score the mean and its variation between clusters.

    Definition: n_c cases and n_c v + n u_c, v the mean, u_c the influence of cluster c, n = sum n_c. Their ratio is v
    and their linearised influences are u_c; a single sum may lie outside 0..n_c.

    Args:
        mean: the mean.
        n_clusters: number of clusters in the plan.
    """
    counts, total = np.zeros(n_clusters, dtype=np.int64), np.zeros(n_clusters, dtype=np.float64)
    counts[: len(mean.cases)] = mean.cases
    total[: len(mean.cases)] = mean.influences
    whole = np.rint(TOP * (counts * (mean.interval.value or 0.0) + counts.sum() * total)).astype(np.int64)
    return np.where(counts > 0, whole, 0), counts


def weighted_bound(
    plan: Plan, mp: MetricPlan, sums: MetricSums, fill: Fill, *, system: int, items: BoolArray
) -> float | None:
    """Bound of the mean with everything missing filled the same way, 0..1; None where the plain bound is right.

    Args:
        plan: the plan.
        mp: the metric.
        sums: its sums.
        fill: worst or best.
        system: index of the system.
        items: which items.
    """
    found = chosen(plan, mp, sums, system=system, items=items)
    asks = mp.metric.combine is Combine.prediction_powered
    if found is None or mp.draw is None or (mp.draw.even(system) and not asks):
        return None
    worst = fill is Fill.worst
    weight = 1.0 / found.chance[found.drawn]
    filled = (found.worst if worst else found.best)[found.drawn] / TOP
    alone = _mean(filled, weight)
    if not asks:
        return alone
    nothing = found.said == NONE
    said = np.maximum(found.said, 0)
    of_all = np.where(nothing, 0 if worst else TOP, said) / TOP
    of_drawn = np.where(nothing, TOP if worst else 0, said)[found.drawn] / TOP
    gap = np.where(found.rated[found.drawn], filled - of_drawn, -1.0 if worst else 1.0)
    both = alone, _mean(of_all, np.ones(of_all.size)) + _mean(gap, weight)
    return min(1.0, max(0.0, min(both) if worst else max(both)))


def _mean(values: FloatArray, weight: FloatArray) -> float:
    return math.fsum((values * weight).tolist()) / math.fsum(weight.tolist())
