"""Chances at a margin where a comparison is of cases that differ by a whole unit or not at all.

May import the scoring ground. The limits of a comparison rest on the totals of clusters and on their squares. With few
clusters both sums are enumerated together, with clusters of one size. With many, their mean and the estimate of their
variance are joined by the third moment of a total, and the estimate spreads as the fourth moment says; a normal total
would overstate or understate the chance by some points.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from dualtrack.scoring.arrays import IntArray
from dualtrack.scoring.pair_tests import LEAST_CLUSTERS

__all__ = ["Totals", "shown_above", "shown_within", "totals_of"]

POINTS = 400
LEAST_FREEDOM = 0.5
MOST_CELLS = 4_000_000
"""Pairs of sums that are enumerated at most: half a second."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Mean difference of a case, and the distribution of its estimate and of the estimated variance.

    Attributes:
        mean: true difference.
        error: true standard error of the estimate.
        skew: skewness of the estimate.
        shared: standard errors by which the estimated variance, relative to the true one, moves with the estimate.
        spread: variance of the estimated variance, relative to the true one, that does not.
        sums: clusters, their size, and the chance of each sum of totals and of their squares, where they are few.
    """

    mean: float
    error: float
    skew: float
    shared: float
    spread: float
    sums: tuple[int, int, np.ndarray] | None = None


def totals_of(sizes: IntArray, difference: float, discordant: float, icc: float) -> Totals:
    """The distribution of cluster totals.

    Definition: each cluster has shares of its own for up, down and no difference, drawn from the Dirichlet
    distribution, so that the differences of any two of its cases are correlated by ``icc``. With k clusters and central
    moments m2, m3 and m4 of a total: the covariance of mean and estimated variance is m3 / k, the variance of the
    latter (m4 - m2^2 (k - 3) / (k - 1)) / k.

    Args:
        sizes: cases in each cluster.
        difference: true mean difference.
        discordant: share of cases that differ, at least the difference.
        icc: correlation inside a cluster.
    """
    share = max(discordant, abs(difference))
    shares = ((share + difference) / 2, (share - difference) / 2)
    k = sizes.size
    moments = np.zeros(3)
    for size, count in zip(*np.unique(sizes, return_counts=True), strict=True):
        moments += _moments(int(size), shares, icc) * int(count) / k
    second, third, fourth = moments.tolist()
    spread = (fourth / second**2 - (k - 3) / (k - 1)) / k
    skew = third / second**1.5 / math.sqrt(k)
    error = math.sqrt(k * second) / int(sizes.sum())
    sums = _sums(sizes, shares, icc)
    return Totals(difference, error, skew, skew, max(spread - skew**2, 0.0), sums)


def shown_above(totals: Totals, margin: float, critical: float) -> float:
    """Chance that the lower limit lies above a margin.

    Args:
        totals: the distribution.
        margin: what the limit is held against.
        critical: factor of the standard error in the limit.
    """
    if totals.sums is not None:
        chance, value, error = _limits(totals.sums)
        return float(chance[(value - critical * error > margin) & (error > 0)].sum())
    estimate, variance = _joint(totals)
    room = (totals.mean - margin) / totals.error + estimate
    return _narrow(room, variance, totals, critical)


def shown_within(totals: Totals, margin: float, critical: float) -> float:
    """Chance that both limits lie inside plus and minus a margin.

    Args:
        totals: the distribution.
        margin: greatest difference that counts as parity.
        critical: factor of the standard error in the limits.
    """
    if totals.sums is not None:
        chance, value, error = _limits(totals.sums)
        return float(chance[(np.abs(value) + critical * error < margin) & (error > 0)].sum())
    estimate, variance = _joint(totals)
    room = (margin - np.abs(totals.mean + totals.error * estimate)) / totals.error
    return _narrow(room, variance, totals, critical)


def _joint(totals: Totals) -> tuple[np.ndarray, np.ndarray]:
    """Estimates in standard errors around the truth, and the mean of the relative estimated variance at each."""
    normal = special.ndtri((np.arange(POINTS) + 0.5) / POINTS)
    estimate = normal + totals.skew / 6 * (normal**2 - 1)
    return estimate, np.maximum(1 + totals.shared * estimate, 0.05)


def _narrow(room: np.ndarray, variance: np.ndarray, totals: Totals, critical: float) -> float:
    """Mean chance that the estimated error is small enough; the variance spreads as a chi-square would."""
    if totals.spread == 0:
        return float(np.mean(room > critical * np.sqrt(variance)))
    freedom = np.maximum(2 * variance**2 / totals.spread, LEAST_FREEDOM)
    largest = np.where(room > 0, room / critical, 0.0) ** 2 / variance
    return float(np.mean(special.chdtr(freedom, freedom * largest)))


def _sums(sizes: IntArray, shares: tuple[float, float], icc: float) -> tuple[int, int, np.ndarray] | None:
    """Chance of each sum of totals (by its distance from the least) and each sum of their squares; None for many."""
    k = int(float((sizes.astype(np.float64) ** 2).sum()) ** 2 / float((sizes.astype(np.float64) ** 4).sum()))
    size = max(1, round(int(sizes.sum()) / max(k, 1)))
    shape = (2 * k * size + 1, k * size * size + 2 - k * size * size % 2)
    if not 1 < k < LEAST_CLUSTERS or shape[0] * shape[1] > MOST_CELLS:
        return None
    up, down, chance = _of_one(size, shares, icc)
    one = np.zeros((2 * size + 1, size * size + 1))
    np.add.at(one, (up - down + size, (up - down) ** 2), chance)
    joined = np.fft.irfft2(np.fft.rfft2(one, shape) ** k, shape)
    return k, size, np.maximum(joined, 0.0)


def _limits(sums: tuple[int, int, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chance, value and standard error of every pair of sums."""
    k, size, chance = sums
    total = np.arange(chance.shape[0])[:, None] - k * size
    squares = np.arange(chance.shape[1])[None, :]
    error = np.sqrt(np.maximum(squares - total**2 / k, 0.0) * k / (k - 1)) / (k * size)
    return chance, np.broadcast_to(total / (k * size), chance.shape), error


def _moments(size: int, shares: tuple[float, float], icc: float) -> np.ndarray:
    """Second to fourth central moments of the total of one cluster."""
    up, down, chance = _of_one(size, shares, icc)
    total = up - down - float((chance * (up - down)).sum())
    return np.array([float((chance * total**power).sum()) for power in (2, 3, 4)])


def _of_one(size: int, shares: tuple[float, float], icc: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of cases of one cluster that go up and down, with the chance of each."""
    up, down = (each.ravel() for each in np.indices((size + 1, size + 1)))
    kept = up + down <= size
    up, down = up[kept], down[kept]
    counts = np.stack([up, down, size - up - down]).astype(np.float64)
    return up, down, _chances(counts, np.array([*shares, max(0.0, 1 - sum(shares))]), icc)


def _chances(counts: np.ndarray, shares: np.ndarray, icc: float) -> np.ndarray:
    """Multinomial or Dirichlet-multinomial chances of the counts of up, down and same."""
    size = counts[:, 0].sum()
    if icc >= 1 and size > 0:
        return np.asarray((shares[:, None] * (counts == size)).sum(axis=0))
    ways = special.gammaln(size + 1) - special.gammaln(counts + 1).sum(axis=0)
    if icc == 0:
        return np.asarray(np.exp(ways + special.xlogy(counts, shares[:, None]).sum(axis=0)))
    strength = (1 - icc) / icc
    own = np.maximum(shares * strength, 1e-300)[:, None]
    each = np.where(counts > 0, special.gammaln(counts + own) - special.gammaln(own), 0.0).sum(axis=0)
    return np.asarray(np.exp(ways + each - special.gammaln(size + strength) + special.gammaln(strength)))
