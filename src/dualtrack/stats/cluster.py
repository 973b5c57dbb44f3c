"""Intervals of means, ratios and track scores whose cases come in clusters.

Cases of one cluster (a topic, a family of variants, the repeats of an item) are not independent, so the
cluster is the unit of variation: estimates are linearised and their variance is taken between cluster sums.
Not for gates: there a linearised limit could move the wrong way (see ``proportion``).
May import numpy, ``dualtrack.terms`` and its own package.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import as_fractions, as_sums_and_counts, per_metric
from dualtrack.stats._linear import (
    check_floor,
    effective_clusters_of,
    exact_deviations,
    n_eff_of,
    parts_of,
    pseudo_case_variance,
    score_interval,
    sum_of_squares,
    t_interval,
)
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.terms import Reason

__all__ = ["ScoreInterval", "linearised_ratio", "weighted_score"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreInterval:
    """A track score with its interval and what it was made of.

    ``interval`` holds value, limits and reason; ``metric_values`` the value of each metric in 0..1, None
    where it has no count; ``effective_clusters`` the G behind the degrees of freedom (None where no score is
    defined); ``without_variation`` the places of the metrics whose variance came from pseudo-cases.
    """

    interval: Interval
    metric_values: tuple[float | None, ...]
    effective_clusters: float | None = None
    without_variation: tuple[int, ...] = ()


def linearised_ratio(
    sums: npt.ArrayLike,
    counts: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    floor: int = 8,
    n_eff: float | None = None,
    scale: int = 1,
    bounds: tuple[float, float] | None = (0.0, 1.0),
) -> Interval:
    """Mean over cases, or ratio of totals, with an interval from the variation between clusters.

    Definition: v = sum S_c / sum n_c; u_c = (S_c - v n_c) / n; se^2 = G / (G - 1) sum u_c^2 over the G
    clusters with a count; limits v -+ t se with G - 1 degrees of freedom, cut to the bounds. Where all
    clusters have the same ratio, se^2 = p (1 - p) / (n_eff + 4) with p = (v n_eff + 2) / (n_eff + 4), and the
    method says so.

    Args:
        sums: sum of the values in each cluster, whole numbers in units of 1 / scale, shape (clusters,).
        counts: number of cases (or opportunities) in each cluster, shape (clusters,). Clusters with 0 are
            left out.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for which limits are given, at least 2.
        n_eff: effective number of cases for pseudo-cases; ``effective_n(counts, 1.0)`` where None.
        scale: units per 1.0 in sums; 1_000_000 for millionths.
        bounds: range of a single value; (-1, 1) for signed gaps, None for quantities without bounds.

    Returns:
        Interval with value, standard error, degrees of freedom and number of clusters with a count.

    Raises:
        ValueError: arrays that are not whole numbers, differ in shape or are impossible within bounds;
            confidence, floor, scale or n_eff out of range.

    Undefined when: no cases (no_evidence, no value); fewer clusters than floor (too_few_clusters, the value
        stands); no variation and no bounds (one_level_only, the value stands).

    Example:
        >>> interval = linearised_ratio([1, 0, 2, 1, 0, 1, 2, 1], [2] * 8)
        >>> round(interval.value, 4), round(interval.lower, 4), round(interval.upper, 4)
        (0.5, 0.184, 0.816)

    Source: ratio of cluster totals Cochran 1977, Sampling Techniques, 3rd ed., chapters 6 and 9A; Liang and
    Zeger 1986, Biometrika 73:13-22, doi:10.1093/biomet/73.1.13; pseudo-cases Agresti and Coull 1998, Am Stat
    52:119-126, doi:10.1080/00031305.1998.10480550.
    """
    sums, counts = as_sums_and_counts(sums, counts, n_dimensions=1, scale=scale, bounds=bounds)
    check_floor(floor)
    tail_probability(confidence)
    n_cases, n_clusters = int(counts.sum()), int(np.count_nonzero(counts))
    undefined = partial(Interval, method=Method.linearised, confidence=confidence, n_clusters=n_clusters)
    if n_cases == 0:
        return undefined(reason=Reason.no_evidence)
    value, n_eff = int(sums.sum()) / (scale * n_cases), n_eff_of(counts, n_eff)
    influences = exact_deviations(sums, counts) / float(scale * n_cases * n_cases)
    if n_clusters < floor:
        return undefined(value=value, reason=Reason.too_few_clusters)
    if influences.any():
        method = Method.linearised
        variance = n_clusters / (n_clusters - 1) * sum_of_squares(influences.tolist())
    elif bounds is not None:
        method = Method.linearised_pseudo_cases
        variance = pseudo_case_variance(value, n_eff, bounds)
    else:
        return undefined(value=value, reason=Reason.one_level_only)
    return t_interval(
        value,
        variance=variance,
        n_clusters=n_clusters,
        degrees_of_freedom=float(n_clusters - 1),
        method=method,
        confidence=confidence,
        bounds=bounds,
    )


def weighted_score(
    sums: npt.ArrayLike,
    counts: npt.ArrayLike,
    weights: Sequence[float],
    *,
    confidence: float = 0.95,
    floor: int = 8,
    n_eff: Sequence[float | None] | None = None,
    scale: int = 1,
    bounds: tuple[float, float] | None = (0.0, 1.0),
) -> ScoreInterval:
    """Track score: weighted mean of metric values, with an interval from the variation between clusters.

    Definition: v_m = S_m / n_m; score = sum w_m v_m / W, W the weight of the metrics that have a count;
    u_c = sum_m w_m (S_mc - v_m n_mc) / (W n_m); q_c = sum_m (w_m n_mc / (W n_m))^2; the effective number of
    clusters G = (sum q_c)^2 / sum q_c^2 stands, fractional as it is, in se^2 = G / (G - 1) sum u_c^2, in the
    floor and in the G - 1 degrees of freedom. Each weighted metric without variation between clusters adds
    (w_m / W)^2 p (1 - p) / (n_eff + 4), p = (v_m n_eff + 2) / (n_eff + 4), to se^2 (outside the factor), and
    the method says so. Limits are cut to 0..1. An index of priorities over different sets of items, not a
    probability.

    Args:
        sums: sum of the values (0..1, 1 best) of each metric in each cluster, whole numbers in units of 1 /
            scale, shape (metrics, clusters).
        counts: number of cases behind each sum, same shape. A metric without any is not assessed and leaves
            both numerator and denominator.
        weights: weight of each metric, at least 0, shape (metrics,).
        confidence: two-sided confidence, above 0 and below 1.
        floor: least effective number of clusters for which limits are given, at least 2.
        n_eff: effective number of cases of each metric for pseudo-cases; None, for all or for one, stands for
            ``effective_n(counts, 1.0)``.
        scale: units per 1.0 in sums; 1_000_000 for millionths.
        bounds: range of a single value, which the sums are held to; None where some were made from a weighted mean and
            its influences. The limits are cut to 0..1 all the same.

    Returns:
        ScoreInterval; its numbers do not depend on the order of clusters or metrics.

    Raises:
        ValueError: arrays that are not whole numbers, differ in shape or are impossible for values in 0..1; a
            weight that is negative or not finite; confidence, floor, scale or n_eff out of range.

    Undefined when: no metric has a count (no_evidence); those that have one weigh nothing (no_weight); fewer
        effective clusters than floor (too_few_clusters, the value stands).

    Example:
        >>> score = weighted_score([[1, 0, 1, 1, 0, 1, 1, 1], [1] * 8], [[1] * 8, [1] * 8], [3, 1])
        >>> round(score.interval.value, 4), round(score.interval.lower, 4), score.interval.upper
        (0.8125, 0.5154, 1.0)
        >>> score.effective_clusters, score.without_variation
        (8.0, (1,))

    Source: linearisation as in ``linearised_ratio``; t with few clusters Cameron, Gelbach and Miller 2008,
    Rev Econ Stat 90:414-427, doi:10.1162/rest.90.3.414; effective number of clusters as the degrees of
    freedom of a sum of unequal variances, Satterthwaite 1946, Biometrics Bull 2:110-114, doi:10.2307/3002019.
    """
    sums, counts = as_sums_and_counts(sums, counts, n_dimensions=2, scale=scale, bounds=bounds)
    all_weights = as_fractions(weights, n_metrics=len(counts))
    given = per_metric(n_eff, n_metrics=len(counts))
    check_floor(floor)
    tail_probability(confidence)
    totals = zip(sums.sum(axis=1).tolist(), counts.sum(axis=1).tolist(), strict=True)
    metric_values = tuple(total / (scale * n_cases) if n_cases else None for total, n_cases in totals)
    weighted = [m for m, value in enumerate(metric_values) if value is not None and all_weights[m] > 0]
    if not weighted:
        nothing = any(all_weights) and all(value is None for value in metric_values)
        reason = Reason.no_evidence if nothing else Reason.no_weight
        undefined = Interval(method=Method.linearised, confidence=confidence, reason=reason, n_clusters=0)
        return ScoreInterval(interval=undefined, metric_values=metric_values)
    sums, counts = sums[weighted], counts[weighted]
    assessed_weight = sum(all_weights[m] for m in weighted)
    shares = [all_weights[m] / assessed_weight for m in weighted]
    parts = parts_of(sums, counts, shares, n_eff=[given[m] for m in weighted], scale=scale)
    without = parts.without_variation
    n_effective = effective_clusters_of(parts.spreads)
    interval = score_interval(
        float(parts.value),
        influences=parts.influences,
        added_variances=list(compress(parts.pseudo_variances, without)),
        effective_clusters=n_effective,
        n_clusters=int(np.count_nonzero(counts.any(axis=0))),
        floor=floor,
        confidence=confidence,
        bounds=(0.0, 1.0),
    )
    return ScoreInterval(
        interval=interval,
        metric_values=metric_values,
        effective_clusters=n_effective,
        without_variation=tuple(compress(weighted, without)),
    )
