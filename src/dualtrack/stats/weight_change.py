"""How far an order of two systems rests on the weights: drawn weights, the smallest change that turns it, dominance.

May import numpy and its own package. Weights here are shares of the weight of one track; tracks are never joined.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats, as_fractions

__all__ = ["TurningShift", "dirichlet_weights", "dominance_share", "smallest_shift", "turning_factors"]

no_difference = 1e-12  # a difference of two means that is smaller is rounding
least_concentration = 1.0


@dataclass(frozen=True, slots=True)
class TurningShift:
    """The smallest change of the weights after which two systems are level.

    ``total``: sum of the sizes of all changes, in shares of the whole weight, 0..2 (L1).
    ``shares``: the weights after the change, which sum to 1.
    """

    total: float
    shares: tuple[float, ...]

    @property
    def moved(self) -> float:
        """The share of the weight that moves from one metric to another, 0..1."""
        return self.total / 2


def smallest_shift(differences: Sequence[float], weights: Sequence[float]) -> TurningShift | None:
    """The change of the weights, smallest in all, that makes the leader of two systems lead no more.

    Definition: with shares s = w / sum w and D = sum s d, find shares s' >= 0 with sum s' = 1 that minimise
    sum |s' - s| under sum s' d = 0. This linear programme has a closed solution: weight is taken from the metrics on
    which the leader leads most, one after the other, and given to the metric on which it leads least. A tie needs no
    change.

    Args:
        differences: of each metric, system a less system b, -1..1; sizes below 1e-12 count as none.
        weights: of each metric, at least 0.

    Returns:
        The change, or None where no weights at all would turn the order: the leader is ahead on every metric.

    Raises:
        ValueError: lengths differ, no weight above 0, a weight that is negative or a number that is not finite.

    Example:
        >>> shift = smallest_shift([0.2, -0.1], [3, 1])
        >>> round(shift.total, 4), [round(share, 4) for share in shift.shares]
        (0.8333, [0.3333, 0.6667])

    Source: the linear programme of weight sensitivity in Triantaphyllou and Sanchez 1997, Decis Sci 28:151-194,
    doi:10.1111/j.1540-5915.1997.tb01306.x (changes of one weight are ``turning_factors``); its solution is that of
    a fractional knapsack, Dantzig 1957, Oper Res 5:266-288, doi:10.1287/opre.5.2.266.
    """
    gaps, shares = _as_gaps(differences, weights)
    lead = sum((share * gap for share, gap in zip(shares, gaps, strict=True)), Fraction(0))
    if lead < 0:
        gaps, lead = [-gap for gap in gaps], -lead
    if lead <= no_difference:
        return TurningShift(0.0, tuple(float(share) for share in shares))
    to = min(range(len(gaps)), key=lambda place: gaps[place])
    if gaps[to] > 0:
        return None
    after, moved = list(shares), Fraction(0)
    for place in sorted(range(len(gaps)), key=lambda place: -gaps[place]):
        if lead <= 0:
            break
        step = min(shares[place], lead / (gaps[place] - gaps[to])) if gaps[place] > gaps[to] else Fraction(0)
        after[place] -= step
        after[to] += step
        moved += step
        lead -= step * (gaps[place] - gaps[to])
    return TurningShift(float(2 * moved), tuple(float(share) for share in after))


def turning_factors(differences: Sequence[float], weights: Sequence[float]) -> tuple[float | None, ...]:
    """What each weight must be multiplied by, the others left as they are, for two systems to be level.

    Definition: f = 1 - D / (w d) for the metric in question, D = sum w d over all metrics.

    Args:
        differences: of each metric, system a less system b, -1..1; sizes below 1e-12 count as none.
        weights: of each metric, at least 0.

    Returns:
        The factor for each metric, at least 0, below 1 where less weight turns the order; 1 where the two are level
        already; None where no factor does it, or only one that leaves no weight at all.

    Raises:
        ValueError: as ``smallest_shift``.

    Example:
        >>> turning_factors([0.5, -0.25], [1, 1]), turning_factors([0.5, 0.25], [1, 1])
        ((0.5, 2.0), (None, None))

    Source: Triantaphyllou and Sanchez 1997, Decis Sci 28:151-194, doi:10.1111/j.1540-5915.1997.tb01306.x.
    """
    gaps, shares = _as_gaps(differences, weights)
    parts = [share * gap for share, gap in zip(shares, gaps, strict=True)]
    lead = sum(parts, Fraction(0))
    if abs(lead) <= no_difference:
        return tuple(1.0 for _ in parts)
    return tuple(_factor(lead, part, share) for part, share in zip(parts, shares, strict=True))


def _factor(lead: Fraction, part: Fraction, share: Fraction) -> float | None:
    factor = Fraction(-1) if part == 0 else 1 - lead / part
    possible = factor > 0 or (factor == 0 and share < 1)
    return float(factor) if possible else None


def dirichlet_weights(
    weights: Sequence[float], *, concentration: float | None, resamples: int, seed: int | Sequence[int]
) -> Floats:
    """Random weights around those that are given, or without regard to them.

    Definition: Dirichlet with parameters concentration times share of the weight, whose mean are the shares; the
    variance of a share s is s (1 - s) / (concentration + 1). Without a concentration all parameters are 1: every set of
    weights is as likely as any other. Drawn as gamma variates from PCG64, divided by their sum.

    Args:
        weights: of each metric, above 0.
        concentration: at least 1, the greater, the closer to the given weights; None for weights without regard to
            them.
        resamples: number of draws, at least 1.
        seed: one whole number or several.

    Returns:
        Shares, shape (resamples, metrics); rows sum to 1.

    Raises:
        ValueError: no weight, a weight not above 0, a concentration below 1, no draw.

    Example:
        >>> dirichlet_weights([3, 1], concentration=1e6, resamples=1, seed=[1, 2]).round(2)
        array([[0.75, 0.25]])

    Source: stochastic multicriteria acceptability analysis, Tervonen and Figueira 2008, J Multi-Crit Decis Anal
    15:1-14, doi:10.1002/mcda.407.
    """
    shares = as_fractions(weights, n_metrics=len(weights))
    if not shares or min(shares) <= 0 or resamples < 1:
        raise ValueError("drawn weights need weights above 0 and at least one draw")
    if concentration is not None and not least_concentration <= concentration < math.inf:
        raise ValueError(f"a concentration is at least {least_concentration}, got {concentration!r}")
    total = sum(shares)
    shape = [1.0 if concentration is None else concentration * float(share / total) for share in shares]
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    drawn = generator.standard_gamma(np.array(shape), size=(resamples, len(shape)))
    sums = drawn[:, 0].copy()
    for place in range(1, len(shape)):  # one after another: the order of additions is ours
        sums += drawn[:, place]
    return np.asarray(drawn / sums[:, None], dtype=np.float64)


def dominance_share(differences: npt.ArrayLike) -> tuple[float, float]:
    """How often one of two systems is at least as good on every metric and better on one.

    Args:
        differences: of each draw and metric, system a less system b, shape (draws, metrics); one draw may be the data.
            Sizes below 1e-12 count as none.

    Returns:
        Share of the draws in which a dominates b, and in which b dominates a, 0..1.

    Raises:
        ValueError: no draws or no metrics, or a difference that is not finite.

    Example:
        >>> dominance_share([[0.1, 0.0], [0.1, -0.2], [0.0, 0.0], [-0.1, -0.1]])
        (0.25, 0.25)

    Source: definition of Pareto dominance.
    """
    gaps = np.asarray(differences, dtype=np.float64)
    if gaps.ndim != 2 or gaps.size == 0 or not np.isfinite(gaps).all():  # noqa: PLR2004 -- draws and metrics
        raise ValueError(f"differences are finite, of shape (draws, metrics): {gaps.shape}")
    more, less = (gaps > no_difference).any(axis=1), (gaps < -no_difference).any(axis=1)
    return float(np.mean(more & ~less)), float(np.mean(less & ~more))


def _as_gaps(differences: Sequence[float], weights: Sequence[float]) -> tuple[list[Fraction], list[Fraction]]:
    """Differences and shares of the weight, exact."""
    numbers = [float(gap) for gap in differences]
    if not all(math.isfinite(gap) for gap in numbers):
        raise ValueError("differences must be finite")
    given = as_fractions(weights, n_metrics=len(numbers))
    total = sum(given)
    if not total:
        raise ValueError("no metric has a weight")
    gaps = [Fraction(gap) if abs(gap) > no_difference else Fraction(0) for gap in numbers]
    return gaps, [weight / total for weight in given]
