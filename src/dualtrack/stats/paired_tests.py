"""Tests of no difference within independent pairs: exact McNemar for passes, signed ranks for ordered values.

Both take every pair as independent. Where several pairs belong to one cluster they say too much, and the difference by
cluster takes their place.
May import numpy, scipy, ``dualtrack.terms`` and its own package.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from dualtrack.stats._arrays import Integers, as_integers
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.terms import Reason

__all__ = ["SignedRank", "mcnemar_exact", "signed_rank"]

EXACT_UP_TO = 50
"""Number of pairs up to which the distribution of the signed ranks is counted; beyond it the normal one stands."""


def mcnemar_exact(n_up: int, n_down: int) -> float:
    """Two-sided exact p value that discordant pairs go either way equally often.

    Definition: twice the smaller tail of a binomial with n_up + n_down trials and chance one half, at most 1.

    Args:
        n_up: pairs in which the first passes and the second fails.
        n_down: pairs in which it is the other way round.

    Returns:
        The p value; 1.0 without a discordant pair.

    Raises:
        ValueError: a negative number of pairs.

    Example:
        >>> round(mcnemar_exact(59, 121), 9), mcnemar_exact(0, 0)
        (4.434e-06, 1.0)

    Source: McNemar 1947, Psychometrika 12:153-157, doi:10.1007/BF02295996, in its exact form.
    """
    if n_up < 0 or n_down < 0:
        raise ValueError(f"a number of pairs is at least 0, got {n_up!r} and {n_down!r}")
    n_discordant = n_up + n_down
    return min(1.0, 2.0 * float(special.bdtr(min(n_up, n_down), n_discordant, 0.5))) if n_discordant else 1.0


@dataclass(frozen=True, slots=True)
class SignedRank:
    """What signed ranks say of differences within pairs.

    ``interval``: the Hodges-Lehmann estimate with its limits. ``p``: two-sided p value of no difference. ``n_nonzero``:
    pairs that differ.
    """

    interval: Interval
    p: float | None
    n_nonzero: int


def signed_rank(differences: npt.ArrayLike, *, confidence: float = 0.95, scale: int = 1) -> SignedRank:
    """Hodges-Lehmann estimate of a difference within pairs, with the test and the limits of its signed ranks.

    Definition: the estimate is the median of all n (n + 1) / 2 means of two differences, each with itself included.
    The limits are the k-th least and the k-th greatest of these means, k from the null distribution of the signed-rank
    sum: counted up to 50 pairs, normal beyond. The test ranks zeros and drops them (Pratt); without zeros and ties, up
    to 50 pairs, it is exact. Ties make the limits a little wider than they need be.

    Args:
        differences: difference of each pair, whole numbers in units of 1 / scale, shape (pairs,).
        confidence: two-sided confidence, above 0 and below 1.
        scale: units per 1.0; 1_000_000 for millionths.

    Returns:
        The estimate with limits, and the p value: 1.0 where no pair differs, None without any pair.

    Raises:
        ValueError: differences that are not whole numbers, confidence out of range.

    Undefined when: there is no pair (no_evidence, no value); so few pairs that no limit reaches the confidence
        (too_few_items, the value stands).

    Example:
        >>> darwin = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
        >>> found = signed_rank(darwin)
        >>> round(found.p, 5), found.interval.value, found.interval.lower, found.interval.upper
        (0.04126, 25.0, 4.0, 41.5)

    Source: Wilcoxon 1945, Biometrics Bull 1:80-83, doi:10.2307/3001968; Pratt 1959, J Am Stat Assoc 54:655-667,
    doi:10.1080/01621459.1959.10501526; Hodges and Lehmann 1963, Ann Math Stat 34:598-611; limits Hollander and Wolfe
    1999, Nonparametric Statistical Methods, section 3.3.
    """
    moved = as_integers("differences", differences, n_dimensions=1)
    tail = tail_probability(confidence)
    if moved.size == 0:
        nothing = Interval(method=Method.signed_rank, confidence=confidence, reason=Reason.no_evidence)
        return SignedRank(nothing, None, 0)
    doubled, count = _walsh(moved)
    n = moved.size
    half = 2.0 * scale
    total = n * (n + 1) // 2
    value = (_ranked(doubled, count, (total - 1) // 2) + _ranked(doubled, count, total // 2)) / (2.0 * half)
    place = _limit_place(n, tail)
    n_nonzero = int(np.count_nonzero(moved))
    if place < 1:
        reason = Reason.too_few_items
        short = Interval(method=Method.signed_rank, confidence=confidence, value=value, reason=reason)
        return SignedRank(short, _p(moved), n_nonzero)
    interval = Interval(
        method=Method.signed_rank,
        confidence=confidence,
        value=value,
        lower=_ranked(doubled, count, place - 1) / half,
        upper=_ranked(doubled, count, total - place) / half,
    )
    return SignedRank(interval, _p(moved), n_nonzero)


def _walsh(moved: Integers) -> tuple[Integers, Integers]:
    """Sums of every two differences, each with itself included, in order, and how often each occurs."""
    values, times = np.unique(moved, return_counts=True)
    first, second = np.triu_indices(len(values))
    sums = values[first] + values[second]
    weight = np.where(first == second, times[first] * (times[first] + 1) // 2, times[first] * times[second])
    order = np.argsort(sums, kind="stable")
    return sums[order], np.cumsum(weight[order])


def _ranked(sums: Integers, cumulated: Integers, rank: int) -> int:
    return int(sums[np.searchsorted(cumulated, rank, side="right")])


def _limit_place(n: int, tail: float) -> int:
    """Greatest k with P(signed-rank sum < k) <= tail; 0 where there is none."""
    if n > EXACT_UP_TO:
        mean, variance = n * (n + 1) / 4.0, n * (n + 1) * (2 * n + 1) / 24.0
        return math.floor(mean + float(special.ndtri(tail)) * math.sqrt(variance))
    ways = np.ones(1)
    for rank in range(1, n + 1):
        longer = np.zeros(ways.size + rank)
        longer[: ways.size] += ways
        longer[rank:] += ways
        ways = longer
    below = np.cumsum(ways) / 2.0**n
    return int(np.searchsorted(below, tail, side="right"))


def _p(moved: Integers) -> float:
    if not moved.any():
        return 1.0
    sizes = np.abs(moved)
    exact = moved.size <= EXACT_UP_TO and bool(sizes.all()) and np.unique(sizes).size == sizes.size
    values = moved.astype(np.float64)
    if exact:
        return float(stats.wilcoxon(values, method="exact").pvalue)
    return float(stats.wilcoxon(values, zero_method="pratt", method="approx").pvalue)
