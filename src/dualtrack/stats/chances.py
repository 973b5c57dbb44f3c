"""Chances of what a study may see before it is done: counts of failing cases, several rules at once, differences.

For planning alone: nothing here looks at data. Counts are exact (binomial or beta-binomial), never simulated, so that
the same plan always gives the same chances.
May import the standard library, numpy, scipy and its own package.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import optimize, special
from scipy.stats import binom, nct, norm

from dualtrack.stats._arrays import Floats, as_integers

__all__ = ["count_chances", "detectable_difference", "difference_chance", "equivalence_chance", "joint_chance"]

NODES = 64
"""Points of the integral over a common cause; the integrand is smooth."""
SPREADS = 400
"""Points of the integral over the standard error that a study will see."""
WITHOUT_LIMIT = 1e6
"""Degrees of freedom from which the normal distribution stands in for t."""
ONE = 1 - 1e-12


def count_chances(cluster_sizes: npt.ArrayLike, rate: float, icc: float = 0.0) -> Floats:
    """Chance of each number of failing cases among cases that come in clusters.

    Definition: each cluster has a failing rate of its own, drawn from the beta distribution with mean ``rate`` and
    parameters rate (1 - icc) / icc and (1 - rate) (1 - icc) / icc, so that its count is beta-binomial and any two of
    its cases are correlated by ``icc``; clusters are independent, and their counts add up (a convolution, made by fast
    Fourier transform). icc 0 is the binomial distribution; at icc 1 the cases of a cluster all fail or none does.

    Args:
        cluster_sizes: number of cases in each cluster, whole numbers, shape (clusters,). Zeros count for nothing.
        rate: true failing share, in 0..1.
        icc: true intra-cluster correlation, in 0..1.

    Returns:
        Chances of 0, 1, ..., n failing cases, shape (n + 1,); they add up to 1.

    Raises:
        ValueError: a negative or fractional size, rate or icc outside 0..1.

    Example:
        >>> count_chances([1, 1], 0.5).round(4).tolist(), count_chances([2], 0.5, 1.0).round(4).tolist()
        ([0.25, 0.5, 0.25], [0.5, 0.0, 0.5])

    Source: beta-binomial counts of a cluster: Skellam 1948, J R Stat Soc B 10:257-261,
    doi:10.1111/j.2517-6161.1948.tb00014.x; Griffiths 1973, Biometrics 29:637-648, doi:10.2307/2529131.
    """
    sizes = as_integers("cluster sizes", cluster_sizes, n_dimensions=1)
    if sizes.size and sizes.min() < 0:
        raise ValueError("cluster sizes must not be negative")
    if not 0 <= rate <= 1 or not 0 <= icc <= 1:
        raise ValueError(f"rate and icc must lie in 0..1, got {rate!r} and {icc!r}")
    n = int(sizes.sum())
    if icc == 0 or sizes.max(initial=0) <= 1 or rate in (0.0, 1.0):
        return np.asarray(binom.pmf(np.arange(n + 1), n, rate), dtype=np.float64)
    length = 2 * (n // 2 + 1)  # even, and room for n + 1 counts, so that nothing wraps around
    turned = np.ones(length // 2 + 1, dtype=np.complex128)
    for size, count in zip(*np.unique(sizes[sizes > 0], return_counts=True), strict=True):
        turned = turned * np.fft.rfft(_one_cluster(int(size), rate, icc), length) ** int(count)
    chances = np.maximum(np.fft.irfft(turned, length)[: n + 1], 0.0)
    return np.asarray(chances / chances.sum(), dtype=np.float64)


def joint_chance(chances: Sequence[float], correlation: float = 0.0) -> tuple[float, float, float]:
    """Chance that several events happen together, with the bounds that hold whatever their dependence.

    Definition: event i happens when sqrt(rho) Z + sqrt(1 - rho) E_i is at most the p_i quantile of the normal
    distribution, Z and all E_i independent standard normal; rho 0 is independence, the product. Bounds (Frechet): from
    max(0, sum p_i - (k - 1)) to min p_i.

    Args:
        chances: chance of each event, in 0..1.
        correlation: rho, correlation of the causes of any two events, at least 0 and below 1.

    Returns:
        The chance, the least and the greatest that any dependence allows; (1, 1, 1) for no event.

    Raises:
        ValueError: a chance outside 0..1, or a correlation below 0 or not below 1.

    Example:
        >>> [round(each, 3) for each in joint_chance([0.9, 0.8])], round(joint_chance([0.9, 0.8], 0.5)[0], 3)
        ([0.72, 0.7, 0.8], 0.751)

    Source: bounds Frechet 1935, Fund Math 25:379-387; one common cause: Dunnett and Sobel 1955, Biometrika 42:258-260,
    doi:10.1093/biomet/42.1-2.258.
    """
    if not all(0 <= each <= 1 for each in chances):
        raise ValueError(f"chances must lie in 0..1, got {list(chances)!r}")
    if not 0 <= correlation < 1:
        raise ValueError(f"the correlation must be at least 0 and below 1, got {correlation!r}")
    if not chances:
        return 1.0, 1.0, 1.0
    low, high = max(0.0, math.fsum(chances) - (len(chances) - 1)), min(chances)
    if correlation == 0 or low == high:
        return min(max(math.prod(chances), low), high), low, high
    places, weights = np.polynomial.hermite_e.hermegauss(NODES)
    limits = special.ndtri(np.array(chances))[:, None]
    each = special.ndtr((limits - math.sqrt(correlation) * places) / math.sqrt(1 - correlation))
    together = float((weights * each.prod(axis=0)).sum() / weights.sum())
    return min(max(together, low), high), low, high


def difference_chance(
    difference: float, standard_error: float, degrees_of_freedom: float, *, margin: float = 0.0, critical: float
) -> float:
    """Chance that the lower limit of a difference comes to lie above a margin.

    Definition: with an estimate that is normal around the true difference, and an estimated standard error s, the lower
    limit is estimate - critical s; it exceeds the margin with the chance that a t value with non-centrality
    (difference - margin) / standard_error exceeds ``critical``. Margin 0 is superiority; -m is non-inferiority.

    Args:
        difference: the true difference.
        standard_error: true standard error of its estimate, above 0.
        degrees_of_freedom: of the estimated standard error, above 0.
        margin: what the lower limit is held against.
        critical: factor of the standard error in the limit: a quantile of t or of the normal distribution.

    Returns:
        The chance, in 0..1.

    Raises:
        ValueError: standard error, degrees of freedom or critical value not above 0.

    Example:
        >>> round(difference_chance(0.5, 1 / 34**0.5, 33, critical=2.0345), 3)
        0.808

    Source: Miller 2024, arXiv:2411.00640, section 5 (paired evaluations); non-central t: Johnson and Welch 1940,
    Biometrika 31:362-389, doi:10.1093/biomet/31.3-4.362.
    """
    _check_error(standard_error, degrees_of_freedom, critical)
    shift = (difference - margin) / standard_error
    if degrees_of_freedom >= WITHOUT_LIMIT:
        return float(norm.sf(critical - shift))
    chance = float(nct.sf(critical, degrees_of_freedom, shift))
    return min(max(chance, 0.0), 1.0) if math.isfinite(chance) else float(norm.sf(critical - shift))


def equivalence_chance(
    difference: float, standard_error: float, degrees_of_freedom: float, *, margin: float, critical: float
) -> float:
    """Chance that both limits of a difference come to lie inside plus and minus a margin.

    Definition: as ``difference_chance``; given the standard error s that the study sees, the estimate must lie within
    margin - critical s of 0, and s^2 over its true value is chi-square over its degrees of freedom.

    Args:
        difference: the true difference.
        standard_error: true standard error of its estimate, above 0.
        degrees_of_freedom: of the estimated standard error, above 0.
        margin: greatest difference that counts as parity, above 0.
        critical: factor of the standard error in the limits.

    Returns:
        The chance, in 0..1.

    Raises:
        ValueError: standard error, degrees of freedom, critical value or margin not above 0.

    Example:
        >>> round(equivalence_chance(0.0, 0.01, 59, margin=0.05, critical=2.0), 3)
        0.997

    Source: Schuirmann 1987, J Pharmacokinet Biopharm 15:657-680, doi:10.1007/BF01068419; Phillips 1990, J Pharmacokinet
    Biopharm 18:137-144, doi:10.1007/BF01063556.
    """
    _check_error(standard_error, degrees_of_freedom, critical)
    if not margin > 0:
        raise ValueError(f"a margin lies above 0, got {margin!r}")
    places = (np.arange(SPREADS) + 0.5) / SPREADS
    freedom = min(degrees_of_freedom, WITHOUT_LIMIT)
    spread = standard_error * np.sqrt(special.chdtri(freedom, 1 - places) / freedom)
    room = np.maximum(margin - critical * spread, 0.0) / standard_error
    shift = difference / standard_error
    return float(np.mean(special.ndtr(room - shift) - special.ndtr(-room - shift)))


def detectable_difference(
    standard_error: float, degrees_of_freedom: float, *, power: float = 0.8, critical: float
) -> float:
    """Least true difference that a study shows to be above 0 with a stated chance.

    Definition: the difference at which ``difference_chance`` equals ``power``; near (critical + quantile of power)
    times the standard error.

    Args:
        standard_error: true standard error of the estimate, above 0.
        degrees_of_freedom: of the estimated standard error, above 0.
        power: wanted chance, above 0.5 and below 1.
        critical: factor of the standard error in the limit.

    Returns:
        The difference, in the unit of the standard error.

    Raises:
        ValueError: an argument outside its range.

    Example:
        >>> round(detectable_difference(0.02, 59, critical=2.001), 4)
        0.057

    Source: Bloom 1995, Eval Rev 19:547-556, doi:10.1177/0193841X9501900504 (minimum detectable effect).
    """
    _check_error(standard_error, degrees_of_freedom, critical)
    if not 0.5 < power < 1:  # noqa: PLR2004 -- less than an even chance is no plan
        raise ValueError(f"power must lie between 0.5 and 1, got {power!r}")

    def short_of(shift: float) -> float:
        return difference_chance(shift, 1.0, degrees_of_freedom, critical=critical) - power

    top = critical + 10.0
    while short_of(top) < 0:
        top *= 2
    return float(optimize.brentq(short_of, 0.0, top, xtol=1e-10)) * standard_error


def _one_cluster(size: int, rate: float, icc: float) -> Floats:
    """Chances of 0..size failing cases of one cluster."""
    count = np.arange(size + 1, dtype=np.float64)
    if icc >= ONE:
        chances = np.zeros(size + 1)
        chances[0], chances[-1] = 1 - rate, rate
        return chances
    strength = (1 - icc) / icc
    a, b = rate * strength, (1 - rate) * strength
    ways = -np.log1p(size) - special.betaln(size - count + 1, count + 1)
    return np.asarray(np.exp(ways + special.betaln(count + a, size - count + b) - special.betaln(a, b)))


def _check_error(standard_error: float, degrees_of_freedom: float, critical: float) -> None:
    if not (standard_error > 0 and degrees_of_freedom > 0 and critical > 0):
        given = f"{standard_error!r}, {degrees_of_freedom!r}, {critical!r}"
        raise ValueError(f"standard error, degrees of freedom and critical value must be above 0, got {given}")
