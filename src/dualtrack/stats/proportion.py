"""Limits of a share that hold at zero events: exact limits on an effective number of cases.

Gates rest on these limits, so they are closed form (beta quantiles), never resampled, and move only one way:
a worse value never improves a limit. Clustering enters through a frozen intra-cluster correlation, because a
correlation estimated from few events is worth nothing.
May import numpy, scipy, ``dualtrack.terms`` and its own package.
"""

import math
import sys

import numpy as np
import numpy.typing as npt
from scipy import special

from dualtrack.stats._arrays import as_integers, snapped
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.terms import Reason

__all__ = [
    "cases_needed",
    "effective_n",
    "exact_interval",
    "exact_lower",
    "exact_upper",
    "intraclass_correlation",
    "least_n",
]


def effective_n(cluster_sizes: npt.ArrayLike, rho0: float) -> float:
    """Number of independent cases that clustered cases are worth.

    Definition: n / (1 + (sum m_c^2 / n - 1) rho0) with n = sum m_c: Kish's design effect of unequal clusters.
    It equals n at rho0 = 0, and n^2 / sum m_c^2 (the number of clusters when all are of one size) at rho0 =
    1.

    Args:
        cluster_sizes: number of cases in each cluster, whole numbers, shape (clusters,). Zeros count for
            nothing.
        rho0: intra-cluster correlation fixed beforehand, in 0..1; 1 for identical repeats.

    Returns:
        Effective number of cases, at most n; 0.0 when there are no cases.

    Raises:
        ValueError: a negative or fractional size, or rho0 outside 0..1.

    Example:
        >>> effective_n([2, 2, 2], 1.0), effective_n([2, 2, 2], 0.0), effective_n([5, 1], 0.5)
        (3.0, 6.0, 2.25)

    Source: design effect Kish 1965, Survey Sampling, chapter 8; clusters of unequal size Donner, Birkett and
    Buck 1981, Am J Epidemiol 114:906-914, doi:10.1093/oxfordjournals.aje.a113261.
    """
    sizes = as_integers("cluster sizes", cluster_sizes, n_dimensions=1).tolist()
    if any(size < 0 for size in sizes):
        raise ValueError("cluster sizes must not be negative")
    if not 0 <= rho0 <= 1:
        raise ValueError(f"rho0 must lie in 0..1, got {rho0!r}")
    n_cases = sum(sizes)
    if n_cases == 0:
        return 0.0
    squares = sum(size * size for size in sizes)
    return float(n_cases * n_cases / (n_cases + (squares - n_cases) * float(rho0)))


def exact_upper(p: float, n_eff: float, *, alpha: float = 0.025) -> float:
    """One-sided exact upper limit of a share.

    Definition: the 1 - alpha quantile of the beta distribution with parameters x + 1 and n_eff - x, x = p
    n_eff, for real n_eff; 1 when all fail. Never falls when p rises. The failures of a gate enter as p with
    what is missing filled as failing.

    Args:
        p: observed share, in 0..1.
        n_eff: effective number of cases (``effective_n``), at least 0.
        alpha: error allowed on this side, above 0 and below 1. Within strata h = 1..H use alpha / H each.

    Returns:
        The limit, in 0..1; 1.0 when n_eff is 0, as no case excludes nothing.

    Raises:
        ValueError: p outside 0..1, n_eff negative or not finite, alpha not between 0 and 1.

    Example:
        >>> round(exact_upper(0.0, 40), 4)  # no failure among 40 cases still allows 8.8 %
        0.0881

    Source: Clopper and Pearson 1934, Biometrika 26:404-413, doi:10.1093/biomet/26.4.404; with an effective
    number of cases Korn and Graubard 1998, Survey Methodology 24:193-201.
    """
    n_failures = _failures(p, n_eff, alpha)
    if n_failures >= n_eff:
        return 1.0
    return float(special.betainccinv(n_failures + 1.0, n_eff - n_failures, alpha))


def exact_lower(p: float, n_eff: float, *, alpha: float = 0.025) -> float:
    """One-sided exact lower limit of a share.

    Definition: the alpha quantile of the beta distribution with parameters x and n_eff - x + 1, x = p n_eff,
    for real n_eff; 0 when none fails. Never falls when p rises. The failures of a gate enter as p with what
    is missing filled as succeeding.

    Args:
        p: observed share, in 0..1.
        n_eff: effective number of cases (``effective_n``), at least 0.
        alpha: error allowed on this side, above 0 and below 1. Within strata h = 1..H use alpha / H each.

    Returns:
        The limit, in 0..1; 0.0 when n_eff is 0.

    Raises:
        ValueError: p outside 0..1, n_eff negative or not finite, alpha not between 0 and 1.

    Example:
        >>> exact_lower(0.0, 40), round(exact_lower(0.25, 40), 4)
        (0.0, 0.1269)

    Source: Clopper and Pearson 1934, Biometrika 26:404-413, doi:10.1093/biomet/26.4.404; with an effective
    number of cases Korn and Graubard 1998, Survey Methodology 24:193-201.
    """
    n_failures = _failures(p, n_eff, alpha)
    if n_failures <= 0:
        return 0.0
    return float(special.betaincinv(n_failures, n_eff - n_failures + 1.0, alpha))


def exact_interval(p: float, n_eff: float, *, confidence: float = 0.95) -> Interval:
    """Two-sided exact interval of a share.

    Definition: ``exact_lower`` and ``exact_upper``, each with half of 1 - confidence.

    Args:
        p: observed share, in 0..1.
        n_eff: effective number of cases (``effective_n``), at least 0.
        confidence: two-sided confidence, above 0 and below 1.

    Returns:
        Interval in 0..1 with value p.

    Raises:
        ValueError: p outside 0..1, n_eff negative or not finite, confidence not between 0 and 1.

    Undefined when: n_eff is 0 (reason no_evidence; no value either).

    Example:
        >>> interval = exact_interval(81 / 263, 263)
        >>> round(interval.lower, 4), round(interval.upper, 4)
        (0.2527, 0.3676)

    Source: Newcombe 1998, Stat Med 17:857-872, method 5,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E.
    """
    alpha = tail_probability(confidence)
    lower, upper = exact_lower(p, n_eff, alpha=alpha), exact_upper(p, n_eff, alpha=alpha)
    if n_eff == 0:
        return Interval(method=Method.exact, confidence=confidence, reason=Reason.no_evidence)
    return Interval(method=Method.exact, confidence=confidence, value=float(p), lower=lower, upper=upper)


def least_n(limit: float, *, alpha: float = 0.025) -> int:
    """Least number of cases at which no failure shows that the share is at most limit.

    Definition: the smallest n with (1 - limit)^n <= alpha, that is n >= ln alpha / ln(1 - limit).

    Args:
        limit: greatest acceptable share, above 0 and below 1.
        alpha: error allowed, above 0 and below 1.

    Returns:
        Number of cases, at least 1.

    Raises:
        ValueError: limit or alpha not between 0 and 1.

    Example:
        >>> [least_n(limit) for limit in (0.10, 0.05, 0.03, 0.02, 0.01)]
        [36, 72, 122, 183, 368]

    Source: Hanley and Lippman-Hand 1983, JAMA 249:1743-1745, doi:10.1001/jama.1983.03330370053031 (exact
    form).
    """
    return cases_needed(0, limit, alpha=alpha)


def cases_needed(n_failures: int, limit: float, *, alpha: float = 0.025) -> int:
    """Least number of cases at which so many failures still show that the share is at most limit.

    Definition: the smallest n with ``exact_upper(n_failures / n, n, alpha=alpha) <= limit``, that is with
    binomial probability of at most n_failures events among n at share limit not above alpha. It uses the
    limit of the gates itself, so that plan and gate cannot disagree by a rounding.

    Args:
        n_failures: number of failures, at least 0.
        limit: greatest acceptable share, above 0 and below 1.
        alpha: error allowed, above 0 and below 1.

    Returns:
        Number of cases, above n_failures.

    Raises:
        ValueError: n_failures negative or fractional, limit or alpha not between 0 and 1.

    Example:
        >>> [cases_needed(n_failures, 0.02) for n_failures in (0, 1, 2, 3)]
        [183, 277, 359, 436]

    Source: Clopper and Pearson 1934, Biometrika 26:404-413, doi:10.1093/biomet/26.4.404 (inverted).
    """
    if n_failures != int(n_failures) or n_failures < 0:
        raise ValueError(f"the number of failures must be a whole number, at least 0, got {n_failures!r}")
    if not 0 < limit < 1:
        raise ValueError(f"limit must lie between 0 and 1, got {limit!r}")

    def shown(n_cases: int) -> bool:
        return exact_upper(n_failures / n_cases, n_cases, alpha=alpha) <= limit

    too_few, enough = int(n_failures), int(n_failures) + 1
    while not shown(enough):
        too_few, enough = enough, 2 * enough
    while enough - too_few > 1:  # the limit falls as cases are added
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if shown(middle) else (middle, enough)
    return enough


def intraclass_correlation(values: npt.ArrayLike, clusters: npt.ArrayLike) -> float | None:
    """Correlation between cases of one cluster, estimated by analysis of variance.

    Definition: (MSB - MSW) / (MSB + (n0 - 1) MSW) with the mean squares between and within k clusters and
    n0 = (N - sum m_c^2 / N) / (k - 1). 1 when cases of a cluster never differ; negative, down to -1 / (n0 -
    1), when they differ more than cases of different clusters. Shown beside the frozen rho0; never used in
    its place.

    Args:
        values: value of each case, usually in 0..1 (its unit does not matter), finite, shape (cases,).
        clusters: cluster of each case, labels of one sortable type, shape (cases,).

    Returns:
        The estimate, the same whatever the order of rows and the names of clusters; None when undefined.

    Raises:
        ValueError: shapes differ, more than one dimension, or a value that is not finite.

    Undefined when: fewer than two clusters, no cluster with two cases, or all values equal.

    Example:
        >>> intraclass_correlation([0.0, 0.0, 1.0, 1.0], ["a", "a", "b", "b"])
        1.0
        >>> intraclass_correlation([1.0, 1.0, 1.0], [1, 1, 2]) is None
        True

    Source: Donner 1986, Int Stat Rev 54:67-82, doi:10.2307/1403259; for shares Ridout, Demetrio and Firth
    1999, Biometrics 55:137-148, doi:10.1111/j.0006-341X.1999.00137.x.
    """
    numbers, labels = np.asarray(values, dtype=np.float64), np.asarray(clusters)
    if numbers.ndim != 1 or numbers.shape != labels.shape:
        raise ValueError(f"values and clusters must be two lists of one length: {numbers.shape}, {labels.shape}")
    if not np.all(np.isfinite(numbers)):
        raise ValueError("values must be finite")
    codes = np.unique(labels, return_inverse=True)[1]
    n_cases, n_clusters = numbers.size, int(codes.max(initial=-1)) + 1
    if n_clusters <= 1 or n_cases == n_clusters or numbers.min() == numbers.max():
        return None
    # Sorted within clusters, so that each cluster's sum is a function of its values and not of the order of
    # rows.
    order = np.lexsort((numbers, codes))
    numbers, codes = numbers[order], codes[order]
    sizes = np.bincount(codes)
    means = np.add.reduceat(numbers, np.concatenate(([0], np.cumsum(sizes)[:-1]))) / sizes
    overall = math.fsum(numbers.tolist()) / n_cases
    between = math.fsum((sizes * (means - overall) ** 2).tolist()) / (n_clusters - 1)
    within = math.fsum(((numbers - means[codes]) ** 2).tolist()) / (n_cases - n_clusters)
    squares = sum(size * size for size in sizes.tolist())
    typical_size = (n_cases - squares / n_cases) / (n_clusters - 1)
    return float((between - within) / (between + (typical_size - 1.0) * within))


def _failures(p: float, n_eff: float, alpha: float) -> float:
    """Return p n_eff, put back on a whole number that only rounding has moved it from; order is kept."""
    if not 0 <= p <= 1:
        raise ValueError(f"p must lie in 0..1, got {p!r}")
    if not 0 <= n_eff < math.inf:
        raise ValueError(f"the effective number of cases must be finite and not negative, got {n_eff!r}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, got {alpha!r}")
    # p and n_eff carry one rounding each and the product a third: 4 units in the last place of n_eff cover
    # them.
    return snapped(p * n_eff, 4.0 * sys.float_info.epsilon * n_eff)
