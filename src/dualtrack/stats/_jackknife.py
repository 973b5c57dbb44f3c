"""Intervals of any smooth function of sums over clusters, by leaving out one cluster at a time.

Chosen over the percentile bootstrap because it needs no draws, gives the same bytes everywhere and covers better with
few clusters (benchmarks/README.md). Sums are whole numbers; only the function itself rounds.
May import the standard library, numpy, scipy, ``dualtrack.terms`` and its own package.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy import special

from dualtrack.stats._arrays import Floats, Integers
from dualtrack.stats._linear import check_floor
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.terms import Reason

__all__ = ["ClusterSums", "Statistic", "jackknife_interval", "ratio", "withheld"]

Statistic = Callable[[Floats], Floats]
"""Value of a coefficient for each row of sums, shape (rows, sums) to (rows,); NaN where it is undefined."""

BLOCK = 2**22
"""Numbers converted at a time."""
NOTHING = 1e-12
"""Distances between values without each cluster that are rounding and nothing else."""


@dataclass(frozen=True, slots=True, eq=False)
class ClusterSums:
    """Sums of each cluster, whole numbers; equal rows may stand once. ``sums``: (rows, sums), ``times``: (rows,)."""

    sums: Integers
    times: Integers

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.times.sum())

    @property
    def total(self) -> Integers:
        """Sums over all clusters, shape (sums,)."""
        total: Integers = (self.sums * self.times[:, None]).sum(axis=0)
        return total


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return numerator / denominator; NaN where the denominator is not above 0."""
    empty = np.full(np.shape(denominator), np.nan)
    found: Floats = np.divide(numerator, denominator, out=empty, where=denominator > 0)
    return found


def jackknife_interval(
    clusters: ClusterSums,
    statistic: Statistic,
    *,
    undefined: Reason,
    confidence: float,
    floor: int,
    bounds: tuple[float, float],
    distance_from_one: bool = False,
) -> Interval:
    """Return the value of a statistic with t limits from the values without each cluster.

    With d_c the deviation of the value without cluster c from the mean of these values, se^2 = (G - 1) / G sum d_c^2
    over the G clusters. Degrees of freedom are the lesser of G - 1 and 2 G / (k - 1), k = G sum d_c^4 / (sum d_c^2)^2:
    where a few clusters carry the variance, it is known as poorly as from few clusters. Limits are cut to the bounds.
    ``distance_from_one`` does all this on the scale of log(1 - value). ``undefined`` is the reason given where the
    statistic has no value.
    """
    check_floor(floor)
    tail = tail_probability(confidence)
    total, n = clusters.total, clusters.n_clusters
    value = float(statistic(total[None, :].astype(np.float64))[0])
    bare = partial(Interval, method=Method.jackknife, confidence=confidence, n_clusters=n)
    if math.isnan(value):
        return bare(reason=undefined)
    if n < floor:
        return bare(value=value, reason=Reason.too_few_clusters)
    without = _without_each(clusters, total, statistic)
    if np.isnan(without).any():  # the value rests on one cluster: without it there is none
        return bare(value=value, reason=Reason.too_few_clusters)
    if np.ptp(without) <= NOTHING:
        return bare(value=value, reason=Reason.no_variation)
    if distance_from_one:
        if value >= 1 or without.max() >= 1:  # one cluster holds all that separates the value from 1
            return bare(value=value, reason=Reason.too_few_clusters)
        without = np.log1p(-without)
    se, freedom = _spread(without, clusters.times)
    half = -float(special.stdtrit(freedom, tail)) * se
    lower, upper = value - half, value + half
    if distance_from_one:
        lower, upper = 1 - (1 - value) * math.exp(half), 1 - (1 - value) * math.exp(-half)
        se = (1 - value) * se
    low, high = bounds
    return bare(
        value=value,
        lower=max(low, lower),
        upper=min(high, upper),
        standard_error=se,
        degrees_of_freedom=freedom,
    )


def withheld(interval: Interval) -> Interval:
    """Return the value without its limits: one level prevails, and too few units have a rating off it."""
    return replace(
        interval, lower=None, upper=None, reason=Reason.too_few, standard_error=None, degrees_of_freedom=None
    )


def _spread(without: Floats, times: Integers) -> tuple[float, float]:
    """Return the standard error and the degrees of freedom."""
    n, often, values = int(times.sum()), times.tolist(), without.tolist()
    mean = math.fsum(time * each for time, each in zip(often, values, strict=True)) / n
    squares = [(each - mean) ** 2 for each in values]
    second = math.fsum(time * each for time, each in zip(often, squares, strict=True))
    fourth = math.fsum(time * each * each for time, each in zip(often, squares, strict=True))
    beyond = n * fourth / (second * second) - 1
    freedom = n - 1 if beyond <= 0 else min(n - 1, 2 * n / beyond)
    return math.sqrt((n - 1) / n * second), float(freedom)


def _without_each(clusters: ClusterSums, total: Integers, statistic: Statistic) -> Floats:
    """Return the statistic without each row's cluster, block by block, so that memory stays small."""
    step = max(1, BLOCK // max(1, total.size))
    rows = range(0, len(clusters.sums), step)
    parts = [statistic((total - clusters.sums[row : row + step]).astype(np.float64)) for row in rows]
    return np.concatenate(parts)
