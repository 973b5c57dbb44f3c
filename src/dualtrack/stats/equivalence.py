"""Limits from the sums of clusters that cross, a claim of parity, and the comparisons that such a claim needs.

"No difference was found" is no parity; parity is an interval inside a margin that was fixed beforehand.
May import numpy, scipy, ``dualtrack.terms`` and its own package.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import norm
from scipy.stats import t as student_t

from dualtrack.stats._arrays import Floats, Integers, as_integers
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.terms import Reason

__all__ = ["clustered_interval", "comparisons_needed", "equivalence"]

ROUNDING = 1e-12


def clustered_interval(
    value: float,
    influences: npt.ArrayLike,
    clusters: Sequence[npt.ArrayLike],
    *,
    confidence: float = 0.95,
    floor: int = 8,
    bounds: tuple[float, float] | None = None,
) -> Interval:
    """Limits of a statistic from what each comparison contributes, for clusters of one or of two kinds.

    Definition: V_g = G / (G - 1) sum over clusters of (sum of influences)^2 for clusters g. One kind (questions):
    se^2 = V. Two kinds that cross (questions and raters): se^2 = V_1 + V_2 - V_12, V_12 over the cells of both, never
    less than the greater of V_1 and V_2. Limits value +- t(G - 1) se, G the least number of clusters of a kind, cut to
    the bounds. Resampling both kinds at once would count what is left within a cell three times (Owen 2007).

    Args:
        value: the statistic.
        influences: what each comparison moves it by, shape (comparisons,); their sum is 0.
        clusters: one or two arrays with the cluster of each comparison, whole numbers.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters of each kind for which limits are given, at least 2.
        bounds: least and greatest value that can exist.

    Returns:
        Interval with method linearised or linearised_two_way.

    Raises:
        ValueError: no or more than two kinds of clusters, arrays of different length, floor below 2.

    Undefined when: a kind has fewer clusters than floor (too_few_clusters); nothing varies (one_level_only). The value
        stands.

    Example:
        >>> moved = [0.05, -0.05] * 5
        >>> interval = clustered_interval(0.2, moved, [range(10)], bounds=(-1, 1))
        >>> round(interval.lower, 4), round(interval.upper, 4)
        (-0.177, 0.577)

    Source: Cameron, Gelbach and Miller 2011, J Bus Econ Stat 29:238-249, doi:10.1198/jbes.2010.07136; Owen 2007, Ann
    Appl Stat 1:386-411, doi:10.1214/07-AOAS122.
    """
    moved = np.asarray(influences, dtype=np.float64)
    kinds = [as_integers("clusters", np.asarray(each), n_dimensions=1) for each in clusters]
    if not 1 <= len(kinds) <= 2 or any(kind.shape != moved.shape for kind in kinds) or floor < 2:  # noqa: PLR2004 - a kind or two
        raise ValueError("one or two kinds of clusters, as long as the influences, and a floor of at least 2")
    method = Method.linearised if len(kinds) == 1 else Method.linearised_two_way
    n_clusters = min(len(np.unique(kind)) for kind in kinds)
    if n_clusters < floor:
        reason = Reason.too_few_clusters
        return Interval(method=method, confidence=confidence, value=value, reason=reason, n_clusters=n_clusters)
    parts = [_variance(moved, kind) for kind in kinds]
    variance = max(parts)
    if len(kinds) == 2:  # noqa: PLR2004 - questions and raters
        cells = np.unique(np.stack(kinds), axis=1, return_inverse=True)[1].reshape(-1)
        variance = max(variance, sum(parts) - _variance(moved, cells))
    if variance <= ROUNDING**2:
        reason = Reason.one_level_only
        return Interval(method=method, confidence=confidence, value=value, reason=reason, n_clusters=n_clusters)
    half = math.sqrt(variance) * float(student_t.isf(tail_probability(confidence), n_clusters - 1))
    low, high = (-math.inf, math.inf) if bounds is None else bounds
    return Interval(
        method=method,
        confidence=confidence,
        value=value,
        lower=max(value - half, low),
        upper=min(value + half, high),
        standard_error=math.sqrt(variance),
        degrees_of_freedom=float(n_clusters - 1),
        n_clusters=n_clusters,
    )


def equivalence(lower: float | None, upper: float | None, margin: float) -> str:
    """What an interval of a difference says about a margin: two one-sided tests at once.

    Definition: equivalent where -margin < lower and upper < margin; superior where lower > margin; inferior where
    upper < -margin; otherwise not_demonstrated. With a 95 % interval each side has 2.5 % of error.

    Args:
        lower: lower limit of the difference, None where there is none.
        upper: upper limit.
        margin: greatest difference that counts as parity, above 0, in the unit of the difference.

    Returns:
        equivalent, superior, inferior or not_demonstrated.

    Raises:
        ValueError: margin is not above 0.

    Example:
        >>> equivalence(-0.02, 0.04, 0.05), equivalence(-0.02, 0.06, 0.05), equivalence(0.06, 0.1, 0.05)
        ('equivalent', 'not_demonstrated', 'superior')

    Source: Schuirmann 1987, J Pharmacokinet Biopharm 15:657-680, doi:10.1007/BF01068419.
    """
    if not margin > 0:
        raise ValueError(f"a margin lies above 0, got {margin!r}")
    if lower is None or upper is None:
        return "not_demonstrated"
    if -margin < lower and upper < margin:
        return "equivalent"
    if lower > margin:
        return "superior"
    return "inferior" if upper < -margin else "not_demonstrated"


def comparisons_needed(
    margin: float, *, tie_share: float = 0.0, design_effect: float = 1.0, confidence: float = 0.95
) -> int:
    """Least number of comparisons with which a win difference of exactly 0 would show parity.

    Definition: ceil(z^2 (1 - tie_share) design_effect / margin^2): at parity a choice is +1 or -1 half the time each, a
    tie 0, so one comparison has the variance 1 - tie_share. A margin on the share of wins is half the margin on the
    win difference: +-3 points of wins are 0.06 here. A true difference of 0 is seen as 0 only by luck, so a study that
    wants to show parity with 80 % probability needs more than this.

    Args:
        margin: greatest win difference that counts as parity, above 0.
        tie_share: share of ties, at least 0 and below 1.
        design_effect: variance over that of independent comparisons, above 0.
        confidence: two-sided confidence of the interval.

    Returns:
        The number of comparisons.

    Raises:
        ValueError: an argument outside its range.

    Example:
        >>> comparisons_needed(0.06), comparisons_needed(0.10)
        (1068, 385)

    Source: Schuirmann 1987, as ``equivalence``; half width of a proportion at one half.
    """
    if not margin > 0 or not 0 <= tie_share < 1 or not design_effect > 0:
        raise ValueError(f"margin, tie share or design effect out of range: {margin}, {tie_share}, {design_effect}")
    z = float(norm.isf(tail_probability(confidence)))
    return math.ceil(z * z * (1 - tie_share) * design_effect / (margin * margin) - ROUNDING)


def _variance(influences: Floats, clusters: Integers) -> float:
    """Between-cluster variance of a sum of influences."""
    names, place = np.unique(clusters, return_inverse=True)
    sums = np.bincount(place.reshape(-1), weights=influences, minlength=len(names))
    return float(len(names) / max(1, len(names) - 1) * (sums * sums).sum())
