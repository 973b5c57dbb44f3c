"""Differences between two systems on the same clusters: resampled, or linearised where clusters are few.

Both systems met the same cases, so their errors go up and down together; taking differences inside each draw,
or inside each cluster, keeps what they share out of the interval.
May import numpy, ``dualtrack.terms`` and its own package.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats, as_fractions, as_sums_and_counts, per_metric
from dualtrack.stats._linear import Parts, check_floor, effective_clusters_of, parts_of, score_interval
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.terms import Reason

__all__ = ["difference_interval", "linearised_difference"]

undefined_share_limit = 0.01  # beyond it the draws that are left no longer stand for all
rounding = 1e-12  # relative size below which a difference of influences is rounding


def difference_interval(
    draws_a: npt.ArrayLike,
    draws_b: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    defined: npt.ArrayLike | None = None,
    value: float | None = None,
) -> Interval:
    """Percentile limits of a difference a - b from paired draws.

    Definition: with d = a - b in each draw, the quantiles of d at the two tail probabilities, interpolated
    linearly. The upper one is taken as minus the lower one of -d, so that swapping the systems swaps the
    limits and changes their signs, to the bit.

    Args:
        draws_a: scores or metric values of system a, one per resample, finite where defined, shape
            (resamples,).
        draws_b: the same for system b, from the same resampling weights.
        confidence: two-sided confidence, above 0 and below 1.
        defined: which draws count, shape (resamples,), as in ``ResampledScores``; all where None.
        value: difference in the data, carried into the result; it is not computed from draws.

    Returns:
        Interval with method resampled.

    Raises:
        ValueError: shapes differ, no draws at all, a defined draw that is not finite, confidence out of
            range.

    Undefined when: no draw is defined (no_evidence); more than 1 % of the draws are not (too_few_clusters).
        The caller may then fall back to ``linearised_difference`` and say so.

    Example:
        >>> interval = difference_interval([0.5, 0.6, 0.7], [0.4, 0.4, 0.4], confidence=0.5)
        >>> round(interval.lower, 3), round(interval.upper, 3)
        (0.15, 0.25)

    Source: Efron 1979, Ann Stat 7:1-26, doi:10.1214/aos/1176344552; Davison and Hinkley 1997, section 5.3.
    """
    first, second = np.asarray(draws_a, dtype=np.float64), np.asarray(draws_b, dtype=np.float64)
    counted = np.ones(first.shape, dtype=np.bool_) if defined is None else np.asarray(defined, dtype=np.bool_)
    if first.ndim != 1 or first.size == 0 or first.shape != second.shape or first.shape != counted.shape:
        raise ValueError(f"draws must be lists of one length: {first.shape}, {second.shape}, {counted.shape}")
    tail = tail_probability(confidence)
    differences = np.sort(first[counted] - second[counted])
    if not np.all(np.isfinite(differences)):
        raise ValueError("defined draws must be finite")
    n_undefined = first.size - differences.size
    if differences.size == 0 or n_undefined > undefined_share_limit * first.size:
        reason = Reason.too_few_clusters if differences.size else Reason.no_evidence
        return Interval(method=Method.resampled, confidence=confidence, value=value, reason=reason)
    lower, upper = _low_quantile(differences, tail), -_low_quantile(-differences[::-1], tail)
    return Interval(method=Method.resampled, confidence=confidence, value=value, lower=lower, upper=upper)


def linearised_difference(
    sums: npt.ArrayLike,
    counts: npt.ArrayLike,
    metric_weights: Sequence[float],
    *,
    confidence: float = 0.95,
    floor: int = 8,
    n_eff: Sequence[float | None] | None = None,
    scale: int = 1,
) -> Interval:
    """Difference of the track scores of two systems, with an interval from the variation between clusters.

    Definition: score a - score b, both as in ``weighted_score``; u_c is the difference of their cluster
    terms, q_c the sum; G = (sum q_c)^2 / sum q_c^2; se^2 = G / (G - 1) sum u_c^2; t with G - 1. A metric
    without variation in a system adds that system's pseudo-case variance; one whose variation is the same in
    both adds those of both, as no difference seen is not no difference. Limits are cut to -1..1. One metric
    with weight 1 gives the difference of that metric.

    Args:
        sums: sum of the values (0..1) of each system, metric and cluster, whole numbers in units of 1 /
            scale, shape (2, metrics, clusters); system a first.
        counts: number of cases behind each sum, same shape.
        metric_weights: weight of each metric, at least 0, shape (metrics,).
        confidence: two-sided confidence, above 0 and below 1.
        floor: least effective number of clusters for which limits are given, at least 2.
        n_eff: effective number of cases of each metric for pseudo-cases; None, for all or for one, stands for
            ``effective_n(counts, 1.0)``.
        scale: units per 1.0 in sums; 1_000_000 for millionths.

    Returns:
        Interval with value, standard error, degrees of freedom and number of clusters. Swapping the systems
        changes signs and places, to the bit.

    Raises:
        ValueError: arrays that are not whole numbers, do not fit together or are impossible for values in
            0..1; a weight that is negative or not finite; confidence, floor, scale or n_eff out of range.

    Undefined when: no metric has a count in either system (no_evidence); a metric with weight has one in only
        one of them (no_overlap); none has weight (no_weight); all these without a value. Fewer effective
        clusters than floor (too_few_clusters, the value stands).

    Example:
        >>> a, b, n = [1, 1, 1, 0, 1, 1, 1, 0], [0, 1, 0, 0, 1, 0, 1, 0], [1] * 8
        >>> interval = linearised_difference([[a], [b]], [[n], [n]], [1])
        >>> interval.value, round(interval.lower, 4), round(interval.upper, 4)
        (0.375, -0.0577, 0.8077)

    Source: Miller 2024, arXiv:2411.00640 (paired differences, clustered errors); Liang and Zeger 1986,
    Biometrika 73:13-22, doi:10.1093/biomet/73.1.13; pseudo-cases as in ``linearised_ratio``.
    """
    sums, counts = as_sums_and_counts(sums, counts, n_dimensions=3, scale=scale)
    if len(counts) != 2:  # noqa: PLR2004 - a difference has two sides
        raise ValueError(f"a difference needs two systems, got {len(counts)}")
    weights = as_fractions(metric_weights, n_metrics=counts.shape[1])
    given = per_metric(n_eff, n_metrics=counts.shape[1])
    check_floor(floor)
    tail_probability(confidence)
    has_count = counts.max(axis=2, initial=0) > 0
    needed = [m for m, weight in enumerate(weights) if weight > 0 and np.any(has_count[:, m])]
    reason = _no_difference(has_count, needed, weighted=any(weights))
    if reason is not None:
        return Interval(method=Method.linearised, confidence=confidence, reason=reason)
    total = sum(weights[m] for m in needed)
    shares, n_effs = [weights[m] / total for m in needed], [given[m] for m in needed]
    a, b = (parts_of(sums[s, needed], counts[s, needed], shares, n_eff=n_effs, scale=scale) for s in (0, 1))
    influences = _paired_influences(a, b)
    return score_interval(
        float(a.value - b.value),
        influences=influences,
        added_variances=_added_variances(a, b, influences),
        effective_clusters=effective_clusters_of(a.spreads + b.spreads),
        n_clusters=int(np.count_nonzero(counts[:, needed].max(axis=(0, 1)))),
        floor=floor,
        confidence=confidence,
        bounds=(-1.0, 1.0),
    )


def _low_quantile(ordered: Floats, tail: float) -> float:
    """Return the tail quantile of ordered values, interpolated linearly."""
    place = tail * (len(ordered) - 1)
    below = int(place)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    return low + (place - below) * (high - low)


def _no_difference(has_count: npt.NDArray[np.bool_], needed: list[int], *, weighted: bool) -> Reason | None:
    """Return why the two systems cannot be compared, or None."""
    if not needed:
        return Reason.no_evidence if weighted and not has_count.any() else Reason.no_weight
    return None if has_count[:, needed].all() else Reason.no_overlap


def _paired_influences(a: Parts, b: Parts) -> Floats:
    """Return the influences on a - b, with rows that differ by rounding alone set to 0."""
    difference: Floats = a.influences - b.influences
    size = np.maximum(np.abs(a.influences), np.abs(b.influences)).max(axis=1)
    difference[np.abs(difference).max(axis=1) <= rounding * size] = 0.0
    return difference


def _added_variances(a: Parts, b: Parts, influences: Floats) -> list[float]:
    """Return the pseudo-case variances of every system and metric without variation, own or paired."""
    same = [not row.any() for row in influences]
    return [
        variance
        for parts in (a, b)
        for variance, without, alike in zip(parts.pseudo_variances, parts.without_variation, same, strict=True)
        if without or alike
    ]
