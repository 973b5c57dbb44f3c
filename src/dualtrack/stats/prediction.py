"""A mean that a check predicts on every case and clinicians correct on a sample: prediction-powered inference.

The check may be as wrong as it likes: its error is measured on the rated cases and taken off, so the estimate has no
bias as long as every case had a known chance of being rated. A check that says nothing gets no say.
Never for limits on rare events: there the interval is too short.
May import the standard library, numpy, ``dualtrack.terms`` and its own package.
"""

import math
from dataclasses import dataclass
from itertools import starmap

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats, Integers, as_integers
from dualtrack.stats._linear import (
    check_floor,
    effective_clusters_of,
    pseudo_case_variance,
    sum_of_squares,
    t_interval,
)
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.stats.proportion import effective_n
from dualtrack.terms import Reason

__all__ = ["PoweredMean", "prediction_powered_mean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoweredMean:
    """A prediction-powered mean.

    Attributes:
        interval: value and limits, or the reason for none.
        tuning: how much the predictions count, 0 (ratings alone) to 1; None where nothing was rated.
        cases: number of cases of each cluster that count, shape (clusters,): the rated ones where the predictions do
            not count, all of them otherwise.
        influences: what each cluster adds to the error of the value, shape (clusters,); they add up to 0.
    """

    interval: Interval
    tuning: float | None = None
    cases: tuple[int, ...] = ()
    influences: tuple[float, ...] = ()


def prediction_powered_mean(
    predictions: npt.ArrayLike,
    ratings: npt.ArrayLike,
    chances: npt.ArrayLike,
    clusters: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    floor: int = 8,
    tuning: float | None = None,
) -> PoweredMean:
    """Mean over all cases from predictions of all and ratings of some, with limits from the variation of clusters.

    Definition: with F the prediction of each of N cases, Y and f rating and prediction of the rated ones, w = 1 /
    chance and means of rated cases weighted by w: theta = mean(Y) + L (mean(F) - mean(f)). L = cov(Y, f) / var(F), cut
    to 0..1 (cov weighted over the rated cases, var over all), and 0 wherever that does not make the estimated variance
    smaller than that of the ratings alone. Influence of a case: {L (F - mean F) + r w N / sum(w) [(Y - mean Y) - L (f -
    mean f)]} / N, r whether it is rated; se^2 = G / (G - 1) sum over clusters of their squared sums; t with G - 1, G
    the effective number of clusters, (sum q_c)^2 / sum q_c^2 with q_c the square of the weight rated in cluster c, as
    in ``weighted_score`` (with the plain number of 30 unequal clusters the interval covers 92 to 94 %). Value and
    limits are cut to 0..1. At L = 0 without variation the variance is that of pseudo-cases, as in ``linearised_ratio``.

    Args:
        predictions: what the check says of each case, 0..1, any number where it says nothing (such as 0, for all such
            cases alike), shape (cases,).
        ratings: rating of each case, 0..1; NaN where it was not rated, shape (cases,).
        chances: chance with which each case was drawn for rating, above 0; read at rated cases only, shape (cases,).
        clusters: cluster of each case, whole numbers from 0, shape (cases,).
        confidence: two-sided confidence, above 0 and below 1.
        floor: least effective number of clusters for which limits are given, at least 2.
        tuning: L, where it is fixed beforehand; 0 gives the ratings alone.

    Returns:
        PoweredMean, the same to the bit in any order of the cases and whatever the numbers of the clusters.

    Raises:
        ValueError: arrays that differ in length, a value outside 0..1, a chance above 1 or not above 0, confidence,
            floor or tuning out of range.

    Undefined when: no case is rated (no_evidence); the chance of a rated case is not known, NaN (sampled); both without
        a value. Fewer effective clusters than floor (too_few_clusters, the value stands).

    Example:
        >>> nan = float("nan")
        >>> found = prediction_powered_mean(
        ...     [1, 0, 1, 0], [1, 0, nan, nan], [0.5] * 4, [0, 1, 2, 3], floor=2, tuning=0.5
        ... )
        >>> found.interval.value, round(found.interval.standard_error, 4)
        (0.5, 0.3953)

    Source: Angelopoulos, Duchi and Zrnic 2023, arXiv:2311.01453 (power tuning, mean of the predictions over all cases);
    weighting by 1 / chance Hajek 1971, in Godambe and Sprott, Foundations of Statistical Inference; clusters as in
    ``linearised_ratio``.
    """
    cases = _checked(predictions, ratings, chances, clusters)
    check_floor(floor)
    tail_probability(confidence)
    if tuning is not None and not 0 <= tuning <= 1:
        raise ValueError(f"tuning must lie in 0..1, got {tuning!r}")
    method = Method.prediction_powered
    if not cases.rated.any():
        return PoweredMean(interval=Interval(method=method, confidence=confidence, reason=Reason.no_evidence))
    if not np.isfinite(cases.weight[cases.rated]).all():
        return PoweredMean(interval=Interval(method=method, confidence=confidence, reason=Reason.sampled))
    parts = _parts(cases)
    chosen = parts.tuning() if tuning is None else tuning
    return _result(cases, parts, chosen, confidence=confidence, floor=floor)


@dataclass(frozen=True, slots=True)
class _Cases:
    """Cases in an order that depends on their values alone; weight is 0 where a case is not rated."""

    said: Floats
    rating: Floats
    weight: Floats
    rated: npt.NDArray[np.bool_]
    cluster: Integers


@dataclass(frozen=True, slots=True)
class _Parts:
    """The estimate taken apart: theta(L) = rated + L difference, influences by cluster of both terms."""

    rated: float
    difference: float
    of_rated: list[float]
    of_difference: list[float]
    covariance: float
    variance: float
    effective_clusters: float

    def influences(self, tuning: float) -> list[float]:
        """Influence of each cluster at one L."""
        pairs = zip(self.of_rated, self.of_difference, strict=True)
        return list(starmap(lambda rated, other: rated + tuning * other, pairs))

    def tuning(self) -> float:
        """The L to use: 0 unless the predictions make the estimated variance smaller."""
        if self.variance == 0 or self.covariance <= 0:
            return 0.0
        tuning = min(1.0, self.covariance / self.variance)
        better = sum_of_squares(self.influences(tuning)) < sum_of_squares(self.of_rated)
        return tuning if better else 0.0


def _checked(
    predictions: npt.ArrayLike, ratings: npt.ArrayLike, chances: npt.ArrayLike, clusters: npt.ArrayLike
) -> _Cases:
    said, rating, chance = (np.asarray(each, dtype=np.float64) for each in (predictions, ratings, chances))
    cluster = as_integers("clusters", clusters, n_dimensions=1)
    if not said.shape == rating.shape == chance.shape == cluster.shape:
        raise ValueError(f"lists differ in length: {said.shape}, {rating.shape}, {chance.shape}, {cluster.shape}")
    rated = ~np.isnan(rating)
    if not ((said >= 0) & (said <= 1)).all() or not ((rating[rated] >= 0) & (rating[rated] <= 1)).all():
        raise ValueError("predictions and ratings must lie in 0..1")
    known = chance[rated & ~np.isnan(chance)]
    if not ((known > 0) & (known <= 1)).all() or (cluster < 0).any():
        raise ValueError("chances of rated cases must lie above 0 and not above 1, clusters not below 0")
    weight = np.zeros(said.size, dtype=np.float64)
    weight[rated] = 1.0 / chance[rated]
    rating = np.where(rated, rating, 0.0)
    order = np.lexsort((weight, rating, said, cluster))
    return _Cases(said[order], rating[order], weight[order], rated[order], cluster[order])


def _parts(cases: _Cases) -> _Parts:
    weight, total = cases.weight, _total(cases.weight)
    n = float(cases.said.size)
    mean_rating, mean_said = _total(weight * cases.rating) / total, _total(weight * cases.said) / total
    mean_all = _total(cases.said) / n
    off_rating, off_said, off_all = cases.rating - mean_rating, cases.said - mean_said, cases.said - mean_all
    by_cluster = weight * off_said / total
    shares = np.array(_clustered(weight, cases.cluster)) / total
    return _Parts(
        rated=mean_rating,
        difference=mean_all - mean_said,
        of_rated=_clustered(weight * off_rating / total, cases.cluster),
        of_difference=_clustered(off_all / n - by_cluster, cases.cluster),
        covariance=_total(weight * off_rating * off_said) / total,
        variance=_total(off_all * off_all) / n,
        effective_clusters=effective_clusters_of((shares**2)[None, :]),
    )


def _result(cases: _Cases, parts: _Parts, tuning: float, *, confidence: float, floor: int) -> PoweredMean:
    influences = parts.influences(tuning)
    n_clusters = int(np.unique(cases.cluster[cases.rated]).size)
    value = min(1.0, max(0.0, parts.rated + tuning * parts.difference))
    counted = cases.cluster if tuning > 0 else cases.cluster[cases.rated]
    counts = np.bincount(counted, minlength=len(influences))
    method = Method.prediction_powered if tuning > 0 else Method.linearised
    n_effective = parts.effective_clusters
    if n_effective < floor:
        interval = Interval(
            method=method,
            confidence=confidence,
            value=value,
            reason=Reason.too_few_clusters,
            n_clusters=n_clusters,
        )
    else:
        variance = n_effective / (n_effective - 1.0) * sum_of_squares(influences)
        if tuning == 0 and np.ptp(cases.rating[cases.rated]) == 0:
            method, n_eff = Method.linearised_pseudo_cases, effective_n(counts, 1.0)
            variance = pseudo_case_variance(value, n_eff)
        interval = t_interval(
            value,
            variance=variance,
            n_clusters=n_clusters,
            degrees_of_freedom=n_effective - 1.0,
            method=method,
            confidence=confidence,
            bounds=(0.0, 1.0),
        )
    return PoweredMean(interval=interval, tuning=tuning, cases=tuple(counts.tolist()), influences=tuple(influences))


def _total(values: Floats) -> float:
    return math.fsum(values.tolist())


def _clustered(values: Floats, cluster: Integers) -> list[float]:
    """Sum of each cluster; the cases come sorted by cluster and, within it, by value."""
    sums = np.zeros(int(cluster.max()) + 1, dtype=np.float64)
    np.add.at(sums, cluster, values)
    return sums.tolist()
