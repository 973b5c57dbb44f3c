"""What the linearised intervals share: exact deviations, pseudo-cases, effective clusters, t limits.

Sums over clusters are taken with ``math.fsum``, which is correctly rounded and so does not depend on the
order or the names of clusters.
May import the standard library, numpy, scipy, ``dualtrack.terms`` and its own package.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import special

from dualtrack.stats._arrays import Floats, Integers, int64_limit, snapped
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.stats.proportion import effective_n
from dualtrack.terms import Reason

__all__ = [
    "Parts",
    "check_floor",
    "effective_clusters_of",
    "exact_deviations",
    "n_eff_of",
    "parts_of",
    "pseudo_case_variance",
    "score_interval",
    "sum_of_squares",
    "t_interval",
]


def check_floor(floor: int) -> None:
    """Refuse a least number of clusters that leaves no degree of freedom."""
    if floor < 2:  # noqa: PLR2004 - one cluster has no variation between clusters
        raise ValueError(f"the least number of clusters must be at least 2, got {floor!r}")


def exact_deviations(sums: Integers, counts: Integers) -> Floats:
    """Return S_c n - S n_c along the last axis, exact but for one rounding; 0 only when S_c/n_c = S/n."""
    total_sums, total_counts = sums.sum(axis=-1, keepdims=True), counts.sum(axis=-1, keepdims=True)
    greatest = [int(np.abs(part).max(initial=0)) for part in (sums, total_counts, total_sums, counts)]
    if greatest[0] * greatest[1] + greatest[2] * greatest[3] > int64_limit:
        sums, counts = sums.astype(object), counts.astype(object)  # whole numbers of any size, slowly
    deviations: npt.NDArray[np.generic] = sums * total_counts - total_sums * counts
    return deviations.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Parts:
    """One score taken apart, for the metrics that have counts and weight.

    ``value``: the score. ``influences``: share_m (S_mc - v_m n_mc) / n_m, what cluster c adds to the error of
    the score through metric m. ``spreads``: (share_m n_mc / n_m)^2. Both of shape (metrics, clusters).
    ``pseudo_variances``: what each metric would add to the variance by its pseudo-cases.
    """

    value: Fraction
    influences: Floats
    spreads: Floats
    pseudo_variances: tuple[float, ...]

    @property
    def without_variation(self) -> tuple[bool, ...]:
        """Which metrics have the same value in every cluster."""
        return tuple(not row.any() for row in self.influences)


def parts_of(
    sums: Integers, counts: Integers, shares: Sequence[Fraction], *, n_eff: Sequence[float | None], scale: int
) -> Parts:
    """Take a score apart; every metric has a count and a share of the weight above 0."""
    totals = [int(total) for total in counts.sum(axis=1)]
    values = [Fraction(int(part), scale * total) for part, total in zip(sums.sum(axis=1), totals, strict=True)]
    factors = [float(share / (scale * total * total)) for share, total in zip(shares, totals, strict=True)]
    of_cases = [float(share / total) for share, total in zip(shares, totals, strict=True)]
    return Parts(
        value=sum((share * value for share, value in zip(shares, values, strict=True)), Fraction(0)),
        influences=np.array(factors)[:, None] * exact_deviations(sums, counts),
        spreads=(np.array(of_cases)[:, None] * counts.astype(np.float64)) ** 2,
        pseudo_variances=tuple(
            float(share) ** 2 * pseudo_case_variance(float(value), n_eff_of(row, given))
            for share, value, row, given in zip(shares, values, counts, n_eff, strict=True)
        ),
    )


def score_interval(
    value: float,
    *,
    influences: Floats,
    added_variances: Sequence[float],
    effective_clusters: float,
    n_clusters: int,
    floor: int,
    confidence: float,
    bounds: tuple[float, float],
) -> Interval:
    """Return the interval of a score (or difference) from its influences, shape (metrics, clusters)."""
    method = Method.linearised_pseudo_cases if added_variances else Method.linearised
    if effective_clusters < floor:
        reason = Reason.too_few_clusters
        return Interval(method=method, confidence=confidence, value=value, reason=reason, n_clusters=n_clusters)
    between = sum_of_squares(sums_over_rows(influences))
    return t_interval(
        value,
        variance=effective_clusters / (effective_clusters - 1.0) * between + math.fsum(added_variances),
        n_clusters=n_clusters,
        degrees_of_freedom=effective_clusters - 1.0,
        method=method,
        confidence=confidence,
        bounds=bounds,
    )


def sums_over_rows(contributions: Floats) -> list[float]:
    """Return the correctly rounded sum of each column."""
    return [math.fsum(column) for column in contributions.T.tolist()]


def sum_of_squares(values: list[float]) -> float:
    """Return the correctly rounded sum of squares."""
    return math.fsum(value * value for value in values)


def n_eff_of(counts: Integers, n_eff: float | None) -> float:
    """Return n_eff, or where none is given the one of fully correlated clusters (rho0 = 1)."""
    if n_eff is None:
        return effective_n(counts, 1.0)
    if not 0 < n_eff < math.inf:
        raise ValueError(f"the effective number of cases must be finite and above 0, got {n_eff!r}")
    return float(n_eff)


def pseudo_case_variance(value: float, n_eff: float, bounds: tuple[float, float] = (0.0, 1.0)) -> float:
    """Return p (1 - p) / (n_eff + 4), p = (x + 2) / (n_eff + 4): two cases more at each end of the range."""
    low, high = bounds
    p = ((value - low) / (high - low) * n_eff + 2.0) / (n_eff + 4.0)
    return (high - low) ** 2 * p * (1.0 - p) / (n_eff + 4.0)


def effective_clusters_of(spreads: Floats) -> float:
    """Return (sum q_c)^2 / sum q_c^2, q_c the column sums, on a whole number where only rounding moved it."""
    shares = sums_over_rows(spreads)
    number = math.fsum(shares) ** 2 / sum_of_squares(shares)
    return snapped(number, 1e-9 * number)


def t_interval(
    value: float,
    *,
    variance: float,
    n_clusters: int,
    degrees_of_freedom: float,
    method: Method,
    confidence: float,
    bounds: tuple[float, float] | None,
) -> Interval:
    """Return value -+ t sqrt(variance), its limits (never the value) cut to the bounds."""
    standard_error = math.sqrt(variance)
    half = -float(special.stdtrit(degrees_of_freedom, tail_probability(confidence))) * standard_error
    low, high = bounds if bounds is not None else (-math.inf, math.inf)
    return Interval(
        method=method,
        confidence=confidence,
        value=value,
        lower=max(low, value - half),
        upper=min(high, value + half),
        standard_error=standard_error,
        degrees_of_freedom=degrees_of_freedom,
        n_clusters=n_clusters,
    )
