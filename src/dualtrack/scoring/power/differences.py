"""What the comparison of two systems can show: the least difference that is found, and the chances at the margins.

May import terms, stats, rubric and the scoring ground. The limits are those of the comparisons: t by cluster below 30
clusters, resampled ones above, which behave like normal limits on a spread that is not corrected for its one estimate.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student_t

from dualtrack.scoring.arrays import BoolArray, IntArray
from dualtrack.scoring.estimate import Row, of_track
from dualtrack.scoring.pair_tests import LEAST_CLUSTERS
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.power.design import Basis, cells_at
from dualtrack.scoring.power.totals import shown_above, shown_within, totals_of
from dualtrack.scoring.power.wishes import TARGETS
from dualtrack.stats.chances import detectable_difference, difference_chance, equivalence_chance
from dualtrack.stats.proportion import effective_n
from dualtrack.terms import Reason, Track

__all__ = ["SeenErrors", "critical_value", "difference_rows", "planned_pairs"]

ALPHA = 0.025
Subject = tuple[str, str, str, str]
SeenErrors = Mapping[Subject, tuple[float, int]]
"""(track, subject, system A, system B) -> standard error that the study's own data show, and the items behind it."""


@dataclass(frozen=True, slots=True)
class _Compared:
    """One difference: what it is about, its cases and its standard error."""

    track: str
    subject: str
    pair: tuple[str, str]
    sizes: IntArray
    error: float
    source: str


def planned_pairs(plan: Plan) -> list[tuple[str, str]]:
    """Pairs of systems that the study compares."""
    rule, baseline = plan.study.plan.comparisons.pairs, plan.study.baseline
    if rule == "none":
        return []
    return [pair for pair in combinations(plan.systems, 2) if rule == "all" or baseline in pair]


def critical_value(n_clusters: int, alpha: float) -> float:
    """Factor of the standard error in the limits of a comparison.

    Args:
        n_clusters: clusters of one size that the cases are worth.
        alpha: error on each side.
    """
    if n_clusters < LEAST_CLUSTERS:
        return float(student_t.isf(alpha, n_clusters - 1))
    return float(norm.isf(alpha)) * math.sqrt((n_clusters - 1) / n_clusters)


def difference_rows(basis: Basis, seen: SeenErrors) -> Iterator[Row]:
    """Rows of the differences: each track, and each metric with a margin.

    Definition: without data the standard error is sqrt(discordant share x design effect / n), the design effect at the
    assumed correlation; for the score of a track this is wider than it will be, as its metrics average out.

    Args:
        basis: plan and assumptions.
        seen: standard errors from data.
    """
    pairs = planned_pairs(basis.plan)
    if not pairs:
        return
    for track in Track:
        places = of_track(basis.plan, track)
        if not places:
            continue
        margins = basis.plan.study.plan.comparisons.margin_values
        subjects = [track.value, *(basis.plan.metrics[place].metric.id for place in places)]
        for subject in subjects:
            if subject != track.value and subject not in margins:
                continue
            for each in _compared(basis, track, subject, pairs=pairs, seen=seen):
                yield from _rows(basis, each, len(pairs))


def _compared(
    basis: Basis, track: Track, subject: str, *, pairs: list[tuple[str, str]], seen: SeenErrors
) -> Iterator[_Compared]:
    known = {pair: seen[(track.value, subject, *pair)] for pair in pairs if (track.value, subject, *pair) in seen}
    for pair, (error, n_items) in known.items():
        sizes = _sizes(basis, track, subject, [pair])
        grown = math.sqrt(n_items / max(int(sizes.sum()), 1))
        yield _Compared(track.value, subject, pair, sizes, error * grown, "data")
    rest = [pair for pair in pairs if pair not in known]
    if rest:
        sizes = _sizes(basis, track, subject, rest)
        n = effective_n(sizes, basis.icc)
        error = math.sqrt(basis.wishes.discordant / n) if n else 0.0
        yield _Compared(track.value, subject, rest[0] if known else ("", ""), sizes, error, "assumed")


def _sizes(basis: Basis, track: Track, subject: str, pairs: list[tuple[str, str]]) -> IntArray:
    """Cluster sizes of the items that both systems of a pair share, for the pair that shares fewest."""
    plan = basis.plan
    every = np.ones(plan.n_items, dtype=np.bool_)
    if not basis.items_known:
        return basis.sizes(every)
    places = [place for place in of_track(plan, track) if subject in (track.value, plan.metrics[place].metric.id)]
    shared: list[BoolArray] = []
    for pair in pairs:
        a, b = (plan.systems.index(name) for name in pair)
        both = [cells_at(plan, plan.metrics[place], a) & cells_at(plan, plan.metrics[place], b) for place in places]
        shared.append(np.logical_or.reduce(both))
    return basis.sizes(min(shared, key=lambda items: int(items.sum())))


def _rows(basis: Basis, each: _Compared, n_pairs: int) -> Iterator[Row]:
    family = each.subject == each.track and n_pairs > 1
    steps = [("single", ALPHA), *([("holm_first", ALPHA / n_pairs)] if family else [])]
    for step, alpha in steps:
        yield _names(basis, each, step, alpha) | _numbers(basis, each, alpha)


def _names(basis: Basis, each: _Compared, step: str, alpha: float) -> Row:
    return {
        "track": each.track,
        "subject_id": each.subject,
        "system_a": each.pair[0],
        "system_b": each.pair[1],
        "step": step,
        "n_items": int(each.sizes.sum()),
        "n_clusters": int(each.sizes.size),
        "alpha": alpha,
        "source": each.source,
        "margin": basis.plan.study.plan.comparisons.margin_values.get(each.subject),
    }


def _numbers(basis: Basis, each: _Compared, alpha: float) -> Row:
    weights = each.sizes.astype(np.float64) ** 2
    n_even = float(weights.sum() ** 2 / (weights**2).sum()) if weights.size else 0.0
    if n_even < basis.plan.cluster_floor:
        reason = Reason.too_few_clusters if each.sizes.size else Reason.no_overlap
        return {"reason": reason.value}
    if not each.error > 0:
        return {"reason": Reason.no_variation.value}
    freedom, critical = n_even - 1, critical_value(int(n_even), alpha)
    least = {
        f"detectable_{round(target * 100)}": detectable_difference(each.error, freedom, power=target, critical=critical)
        for target in TARGETS
    }
    margin = basis.plan.study.plan.comparisons.margin_values.get(each.subject)
    row: Row = {"standard_error": each.error, **least}
    return row | _at_margin(basis, each, margin, freedom=freedom, critical=critical, alpha=alpha) if margin else row


def _at_margin(basis: Basis, each: _Compared, margin: float, *, freedom: float, critical: float, alpha: float) -> Row:
    error = each.error
    needed = {
        f"n_needed_{round(target * 100)}": math.ceil(
            int(each.sizes.sum()) * (error * float(norm.isf(alpha) + norm.ppf(target)) / margin) ** 2
        )
        for target in TARGETS
    }
    if each.source == "assumed":
        same, better = (totals_of(each.sizes, truth, basis.wishes.discordant, basis.icc) for truth in (0.0, margin))
        return {
            "p_not_inferior": shown_above(same, -margin, critical),
            "p_equivalent": shown_within(same, margin, critical),
            "p_superior": shown_above(better, 0.0, critical),
            **needed,
        }
    return {
        "p_not_inferior": difference_chance(0.0, error, freedom, margin=-margin, critical=critical),
        "p_equivalent": equivalence_chance(0.0, error, freedom, margin=margin, critical=critical),
        "p_superior": difference_chance(margin, error, freedom, critical=critical),
        **needed,
    }
