"""The proportional-odds likelihood on grouped counts: value, gradient, Hessian, maximum, separation, sandwich.

Parameters stand in the order thresholds, qualities of groups, severities of raters; qualities and severities sum to 0,
which is kept by working with one fewer of each. May import numpy, scipy and its own package.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from dualtrack.stats._arrays import Floats, Integers

__all__ = ["Cells", "Coefficients", "is_separated", "level_probabilities", "maximum"]

STEPS = 100
SMALL = 1e-10
NOISE = 1e-12
"""Relative size of what rounding alone may take off a log-likelihood near its maximum."""


@dataclass(frozen=True)
class Cells:
    """Counts of ratings by level, rater and group, and by cluster beside: everything numbered from 0, none empty.

    ``n`` counts each combination (level, rater, group) that occurs; ``in_cluster`` holds for each combination and
    cluster that occur together the places of both and the count.
    """

    level: Integers
    rater: Integers
    group: Integers
    n: Integers
    in_cluster: tuple[Integers, Integers, Integers]

    @classmethod
    def counted(cls, level: Integers, rater: Integers, group: Integers, cluster: Integers) -> "Cells":
        """Count single ratings."""
        sizes = int(rater.max()) + 1, int(group.max()) + 1
        key = (level * sizes[0] + rater) * sizes[1] + group
        keys, place, n = np.unique(key, return_inverse=True, return_counts=True)
        at = np.unique(cluster, return_inverse=True)[1]
        pairs, count = np.unique(at * keys.size + place, return_counts=True)
        return cls(
            keys // (sizes[0] * sizes[1]),
            keys // sizes[1] % sizes[0],
            keys % sizes[1],
            n.astype(np.int64),
            (pairs % keys.size, pairs // keys.size, count.astype(np.int64)),
        )

    @cached_property
    def shape(self) -> tuple[int, int, int]:
        """Number of levels, groups and raters."""
        return int(self.level.max()) + 1, int(self.group.max()) + 1, int(self.rater.max()) + 1

    @cached_property
    def n_clusters(self) -> int:
        """Number of clusters with a rating."""
        return int(self.in_cluster[1].max()) + 1

    @cached_property
    def rows(self) -> tuple[Floats, Floats]:
        """How the upper and the lower limit of each cell move with the free parameters, shape (cells, parameters).

        Below the lowest level and above the highest the limits are infinite and move with nothing.
        """
        n_levels, n_groups, n_raters = self.shape
        thresholds = np.eye(n_levels - 1)
        linear = np.hstack((-_sum_to_zero(n_groups)[self.group], _sum_to_zero(n_raters)[self.rater]))
        upper, lower = (np.zeros((self.n.size, n_levels - 1 + linear.shape[1])) for _ in range(2))
        has_upper, has_lower = self.level < n_levels - 1, self.level > 0
        upper[has_upper] = np.hstack((thresholds[self.level[has_upper]], linear[has_upper]))
        lower[has_lower] = np.hstack((thresholds[self.level[has_lower] - 1], linear[has_lower]))
        return upper, lower


@dataclass(frozen=True, slots=True)
class Coefficients:
    """The maximum: thresholds, qualities, severities, and the sandwich covariance of the free parameters.

    ``shape`` holds the numbers of levels, groups and raters.
    """

    thresholds: Floats
    quality: Floats
    severity: Floats
    covariance: Floats
    shape: tuple[int, int, int]

    @property
    def severity_covariance(self) -> Floats:
        """Covariance of the severities, shape (raters, raters)."""
        n_levels, n_groups, n_raters = self.shape
        start = n_levels - 1 + n_groups - 1
        contrast = _sum_to_zero(n_raters)
        result: Floats = contrast @ self.covariance[start:, start:] @ contrast.T
        return result


def _sum_to_zero(n: int) -> Floats:
    """Rows of n effects as functions of the first n - 1: the last is minus the sum of the others."""
    return np.vstack((np.eye(n - 1), -np.ones((1, n - 1))))


def is_separated(cells: Cells) -> bool:
    """Whether the likelihood has no maximum: some direction makes no observed level less likely, and one more likely.

    Args:
        cells: the counts.
    """
    upper, lower = cells.rows
    rows = np.vstack((upper[upper.any(axis=1)], -lower[lower.any(axis=1)]))
    rows = np.unique(np.round(rows), axis=0)
    gain = rows.sum(axis=0)
    found = optimize.linprog(-gain, A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1.0, 1.0), method="highs")
    return bool(found.x @ gain > SMALL)


def maximum(cells: Cells) -> Coefficients:
    """Find the maximum by Newton's method with halved steps, then the sandwich covariance.

    Args:
        cells: counts whose likelihood has a maximum.
    """
    n_levels, n_groups, n_raters = cells.shape
    at_level = np.bincount(cells.level, weights=cells.n)
    start = np.zeros(n_levels - 1 + n_groups - 1 + n_raters - 1)
    start[: n_levels - 1] = special.logit(np.cumsum(at_level)[:-1] / at_level.sum())
    at = start
    value, gradient, hessian = _likelihood(cells, at)
    for _ in range(STEPS):
        step = np.linalg.solve(-hessian, gradient)
        if float(gradient @ step) < SMALL * SMALL * cells.n.sum():
            break
        size = 1.0
        while (tried := _likelihood(cells, at + size * step))[0] < value - NOISE * abs(value) and size > SMALL:
            size /= 2
        at, (value, gradient, hessian) = at + size * step, tried
    quality = _sum_to_zero(n_groups) @ at[n_levels - 1 : n_levels + n_groups - 2]
    severity = _sum_to_zero(n_raters) @ at[n_levels + n_groups - 2 :]
    return Coefficients(at[: n_levels - 1], quality, severity, _sandwich(cells, at, hessian), cells.shape)


def level_probabilities(fit: Coefficients, group: int) -> tuple[Floats, Floats]:
    """Chance of each level in one group at mean severity, and how it moves with the free parameters.

    Args:
        fit: the maximum.
        group: number of the group.

    Returns:
        Arrays of shape (levels,) and (levels, parameters).
    """
    n_levels, n_groups, n_raters = fit.shape
    below = special.expit(fit.thresholds - fit.quality[group])
    rows = np.hstack(
        (
            np.eye(n_levels - 1),
            np.tile(-_sum_to_zero(n_groups)[group], (n_levels - 1, 1)),
            np.zeros((n_levels - 1, n_raters - 1)),
        )
    )
    slopes = (below * (1 - below))[:, None] * rows
    nothing = np.zeros((1, rows.shape[1]))
    gradient = np.vstack((slopes, nothing)) - np.vstack((nothing, slopes))
    return np.diff(np.concatenate(([0.0], below, [1.0]))), gradient


def _parts(cells: Cells, at: Floats) -> tuple[npt.NDArray[np.float64], ...]:
    """Chance of each cell's level, and the densities and their slopes at its two limits."""
    upper, lower = cells.rows
    n_levels = cells.shape[0]
    above = np.where(cells.level < n_levels - 1, upper @ at, np.inf)
    below = np.where(cells.level > 0, lower @ at, -np.inf)
    high, low = special.expit(above), special.expit(below)
    # the difference of two numbers near 1 is taken from the other end, where it keeps its digits
    chance = np.where(below > 0, special.expit(-below) - special.expit(-above), high - low)
    high_density, low_density = high * special.expit(-above), low * special.expit(-below)
    return chance, high_density, low_density, high_density * (1 - 2 * high), low_density * (1 - 2 * low)


def _likelihood(cells: Cells, at: Floats) -> tuple[float, Floats, Floats]:
    """Log-likelihood with gradient and Hessian; minus infinity where thresholds have changed places."""
    n_levels = cells.shape[0]
    size = at.size
    if np.any(np.diff(at[: n_levels - 1]) <= 0):
        return -np.inf, np.zeros(size), np.zeros((size, size))
    upper, lower = cells.rows
    chance, high, low, high_slope, low_slope = _parts(cells, at)
    if np.any(chance <= 0):
        return -np.inf, np.zeros(size), np.zeros((size, size))
    n, up, down = cells.n.astype(np.float64), high / chance, low / chance
    gradient = upper.T @ (n * up) - lower.T @ (n * down)
    mixed = upper.T @ ((n * up * down)[:, None] * lower)
    hessian = (
        upper.T @ ((n * (high_slope / chance - up * up))[:, None] * upper)
        - lower.T @ ((n * (low_slope / chance + down * down))[:, None] * lower)
        + mixed
        + mixed.T
    )
    return float(n @ np.log(chance)), gradient, hessian


def _sandwich(cells: Cells, at: Floats, hessian: Floats) -> Floats:
    upper, lower = cells.rows
    chance, high, low, _, _ = _parts(cells, at)
    scores = (high / chance)[:, None] * upper - (low / chance)[:, None] * lower
    place, cluster, count = cells.in_cluster
    sums = np.zeros((cells.n_clusters, at.size))
    for column in range(at.size):
        sums[:, column] = np.bincount(cluster, weights=count * scores[place, column], minlength=cells.n_clusters)
    bread = np.linalg.inv(-hessian)
    factor = cells.n_clusters / max(cells.n_clusters - 1, 1)
    covariance: Floats = factor * bread @ (sums.T @ sums) @ bread
    return (covariance + covariance.T) / 2
