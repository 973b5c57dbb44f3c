"""Limits of a mean of single ratings that hold for other cases and for other raters.

An interval that lets only the cases vary holds for the panel that rated, and no further. Not for gates.
May import numpy, ``dualtrack.terms`` and its own package.
"""

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Integers, as_integers, as_sums_and_counts
from dualtrack.stats._linear import check_floor, exact_deviations, sum_of_squares, t_interval
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.terms import Reason

__all__ = ["LEAST_CROSSED", "are_crossed", "two_way_mean"]

LEAST_CROSSED = 3
"""Least number of raters from which anything can be said of raters in general."""


def are_crossed(raters: npt.ArrayLike, things: npt.ArrayLike) -> bool:
    """Whether every two raters rated a thing in common.

    Definition: no pair of raters without a common thing. Raters who each rate cases of their own are nested in them,
    and what is the raters' cannot be told from what is the cases'.

    Args:
        raters: number of the rater of each rating, from 0, shape (ratings,).
        things: number of what was rated, from 0, shape (ratings,).

    Returns:
        Whether they are crossed; with fewer than two raters they are.

    Raises:
        ValueError: arrays that are not whole numbers, or differ in length.

    Example:
        >>> are_crossed([0, 1, 1, 2, 0, 2], [0, 0, 1, 1, 2, 2]), are_crossed([0, 1, 2, 0], [0, 0, 1, 1])
        (True, False)

    Source: definition.
    """
    who = as_integers("raters", raters, n_dimensions=1)
    what = as_integers("things", things, n_dimensions=1)
    if who.shape != what.shape:
        raise ValueError("raters and things differ in length")
    if not who.size:
        return True
    who, what = (np.unique(each, return_inverse=True)[1] for each in (who, what))
    n_raters = int(who.max()) + 1
    pairs = np.unique(what * n_raters + who)
    seen = np.zeros((int(what.max()) + 1, n_raters), dtype=np.float32)
    seen[pairs // n_raters, pairs % n_raters] = 1.0
    return bool((seen.T @ seen > 0).all())


def two_way_mean(
    values: npt.ArrayLike,
    clusters: npt.ArrayLike,
    raters: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    floor: int = 8,
    scale: int = 1,
    bounds: tuple[float, float] | None = (0.0, 1.0),
) -> Interval:
    """Mean of single ratings with an interval that allows for which cases and which raters were drawn.

    Definition: v = sum y / n; with e_c and e_r the sums of y - v over a cluster and over a rater,
    se^2 = (C / (C - 1) sum e_c^2 + R / (R - 1) sum e_r^2) / n^2; limits v -+ t se with min(R, C) - 1 degrees of
    freedom. The term of single cells, which the general formula takes away because both sums hold it, is left in: with
    few raters it takes away more than that, and what stays too much is at most the variance of a single rating over n.

    Args:
        values: single ratings, whole numbers in units of 1 / scale, shape (ratings,).
        clusters: cluster of the case of each, from 0, shape (ratings,).
        raters: number of the rater of each, from 0, shape (ratings,).
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for limits, at least 2.
        scale: units per 1.0 in values; 1_000_000 for millionths.
        bounds: range of a single value; None for quantities without bounds.

    Returns:
        Interval with value, standard error, degrees of freedom and number of clusters.

    Raises:
        ValueError: arrays that are not whole numbers or differ in length, a value out of bounds.

    Undefined when: no rating (no_evidence, no value); fewer than three raters (too_few_raters), fewer clusters than
        floor (too_few_clusters) or no variation (one_level_only): the value stands.

    Example:
        >>> y = [0, 1, 2, 1, 2, 3, 2, 3, 4]
        >>> found = two_way_mean(y, [0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2] * 3, floor=2, scale=4, bounds=None)
        >>> found.value, round(found.standard_error, 4), found.degrees_of_freedom
        (0.5, 0.2041, 2.0)

    Source: Cameron, Gelbach and Miller 2011, J Bus Econ Stat 29:238-249, doi:10.1198/jbes.2010.07136, without the term
    of the cells as discussed by MacKinnon, Nielsen and Webb 2021, J Bus Econ Stat 39:505-519,
    doi:10.1080/07350015.2019.1677473; crossed random effects Owen 2007, Ann Appl Stat 1:386-411,
    doi:10.1214/07-AOAS122.
    """
    rating = as_integers("values", values, n_dimensions=1)
    cluster, rater = (as_integers("clusters and raters", each, n_dimensions=1) for each in (clusters, raters))
    if not rating.shape == cluster.shape == rater.shape:
        raise ValueError("values, clusters and raters differ in length")
    check_floor(floor)
    tail_probability(confidence)
    if not rating.size:
        return Interval(method=Method.two_way, confidence=confidence, reason=Reason.no_evidence)
    total, n = int(rating.sum()), rating.size
    value = total / (scale * n)
    variances = [_variance(rating, of, scale=scale, bounds=bounds) for of in (cluster, rater)]
    n_clusters, n_raters = (np.unique(each).size for each in (cluster, rater))
    reason = _too_few(n_raters, n_clusters, floor)
    if reason is None and sum(variances) == 0:
        reason = Reason.one_level_only
    if reason is not None:
        return Interval(method=Method.two_way, confidence=confidence, value=value, reason=reason, n_clusters=n_clusters)
    return t_interval(
        value,
        variance=sum(variances),
        n_clusters=n_clusters,
        degrees_of_freedom=float(min(n_raters, n_clusters) - 1),
        method=Method.two_way,
        confidence=confidence,
        bounds=bounds,
    )


def _too_few(n_raters: int, n_clusters: int, floor: int) -> Reason | None:
    if n_raters < LEAST_CROSSED:
        return Reason.too_few_raters
    return Reason.too_few_clusters if n_clusters < floor else None


def _variance(rating: Integers, of: Integers, *, scale: int, bounds: tuple[float, float] | None) -> float:
    """Variance of the mean between the groups of one kind, from exact deviations."""
    place = np.unique(of, return_inverse=True)[1]
    sums, counts = np.zeros((2, int(place.max()) + 1), dtype=np.int64)
    np.add.at(sums, place, rating)
    np.add.at(counts, place, 1)
    as_sums_and_counts(sums, counts, n_dimensions=1, scale=scale, bounds=bounds)
    if counts.size == 1:
        return 0.0
    n = rating.size
    influences = exact_deviations(sums, counts) / float(scale * n * n)
    return counts.size / (counts.size - 1) * sum_of_squares(influences.tolist())
