"""Ranks with their uncertainty: sets that hold all true ranks, groups that are not told apart, shares of resamples.

How often a system came first among resamples is no confidence set: near ties it claims too much. The set stands beside.
May import numpy, scipy and its own package.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from dualtrack.stats._arrays import Floats
from dualtrack.stats.interval import Method, tail_probability

__all__ = ["RankSets", "rank_sets", "rank_shares", "tie_groups"]

Truths = npt.NDArray[np.bool_]

tie_decimals = 12  # scores that agree to here differ by rounding alone


@dataclass(frozen=True, slots=True, eq=False)
class RankSets:
    """Confidence sets for the ranks of all systems at once.

    ``best`` and ``worst``: limits of the set of each system, 1 is the front. ``ahead``: shape (systems, systems), true
    where the row is shown to be better than the column. ``lower`` and ``upper``: simultaneous limits of the difference
    row minus column, 0 on the diagonal. ``method``: max_t or holm.
    """

    best: tuple[int, ...]
    worst: tuple[int, ...]
    ahead: Truths
    lower: Floats
    upper: Floats
    method: Method


def rank_sets(
    values: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    degrees_of_freedom: npt.ArrayLike,
    *,
    drawn: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> RankSets:
    """Sets that hold the true ranks of all systems together.

    Definition: T_jk = (v_j - v_k) / s_jk for every ordered pair; j is shown to be better than k where T_jk exceeds a
    critical value c that holds for all pairs at once, in steps: pairs that were shown leave, c is taken anew over those
    that are left, until none is added. With draws, c is the quantile, at the confidence, of the largest
    (e_j - e_k) / s_jk over the pairs, e the draw minus the value, times sqrt((f + 1) / f) for f degrees of freedom,
    as resampling makes variances too small by that much; c is then widened from the normal distribution to that of t
    with the fewest degrees of freedom. Without draws, c is that of Holm: the share 1 - confidence divided by the number
    of ordered pairs that are left. What follows (j before k, k before l) is added. Then best = 1 + number of systems
    shown to be better, worst = number of systems minus those shown to be worse.

    Args:
        values: score of each system, 1 best, shape (systems,); at least two.
        standard_errors: of the difference of each pair, symmetric and above 0 beside the diagonal, which is not read.
        degrees_of_freedom: of each pair, above 0 (infinite for the normal distribution), symmetric.
        drawn: scores of all systems in each resample, from one matrix of weights, shape (resamples, systems).
        confidence: that all sets hold their true rank, above 0 and below 1.

    Returns:
        RankSets; systems in another order give the same sets, to the bit.

    Raises:
        ValueError: fewer than two systems, arrays that do not fit together, values that are not finite, no draw, a
            standard error or degrees of freedom not above 0, confidence out of range.

    Example:
        >>> sets = rank_sets([0.9, 0.5, 0.45], np.full((3, 3), 0.1), np.full((3, 3), 40.0))
        >>> sets.best, sets.worst
        ((1, 2, 2), (1, 3, 3))

    Source: Mogstad, Romano, Shaikh and Wilhelm 2024, Rev Econ Stud 91:476-518, doi:10.1093/restud/rdad006; steps
    Romano and Wolf 2005, Econometrica 73:1237-1282, doi:10.1111/j.1468-0262.2005.00615.x; Holm 1979, Scand J
    Stat 6:65-70.
    """
    scores, errors, freedom = _checked(values, standard_errors, degrees_of_freedom)
    statistic = (scores[:, None] - scores[None, :]) / errors
    if drawn is None:
        ahead, reach = _by_holm(statistic, freedom, 2 * tail_probability(confidence))
        half = reach * errors
    else:
        tail_probability(confidence)
        in_draws = _statistics_drawn(drawn, scores, errors, freedom)
        ahead, critical = _by_draws(statistic, in_draws, freedom, confidence)
        half = critical * errors
    ahead = _with_what_follows(ahead)
    np.fill_diagonal(half, 0.0)
    difference = scores[:, None] - scores[None, :]
    n_systems = len(scores)
    return RankSets(
        best=tuple(1 + int(n) for n in ahead.sum(axis=0)),
        worst=tuple(n_systems - int(n) for n in ahead.sum(axis=1)),
        ahead=ahead,
        lower=difference - half,
        upper=difference + half,
        method=Method.holm if drawn is None else Method.max_t,
    )


def tie_groups(ahead: npt.ArrayLike) -> tuple[int, ...]:
    """Groups of systems that cannot be put in order, counted from the front.

    Definition: two systems are linked where neither is shown to be better. A group is a largest set of systems that are
    linked directly or through others. Every system of group 1 is then shown to be better than every one of group 2, and
    so on. Within a group, some pairs may still be in order.

    Args:
        ahead: shape (systems, systems), true where the row is shown to be better than the column, as in ``RankSets``.

    Returns:
        The group of each system, from 1.

    Raises:
        ValueError: not square, or a pair is in order both ways.

    Example:
        >>> tie_groups([[False, False, True], [False, False, True], [False, False, False]])
        (1, 1, 2)

    Source: definition; the groups are the components of the incomparability graph of a partial order, which follow one
    another: Trotter 1992, Combinatorics and Partially Ordered Sets.
    """
    order = np.asarray(ahead, dtype=np.bool_)
    if order.ndim != 2 or order.shape[0] != order.shape[1] or (order & order.T).any():  # noqa: PLR2004 -- rows, columns
        raise ValueError("an order of systems is square and holds no pair both ways")
    order = _with_what_follows(order)
    reached = _with_what_follows(~(order | order.T))  # nobody is before itself, so everybody is linked to itself
    before = (order & ~reached).sum(axis=0)  # systems of earlier groups
    numbers = {int(n): place + 1 for place, n in enumerate(sorted(set(before.tolist())))}
    return tuple(numbers[int(n)] for n in before)


def rank_shares(drawn: npt.ArrayLike) -> Floats:
    """How often each system came to each rank among the draws.

    Definition: in each draw the systems are ordered by score, the highest first. Systems whose scores agree share the
    ranks that they take up in equal parts.

    Args:
        drawn: scores, shape (resamples, systems).

    Returns:
        Shares in 0..1, shape (systems, ranks); rows and columns sum to 1.

    Raises:
        ValueError: no draws, or another number of dimensions, or a score that is not finite.

    Example:
        >>> rank_shares([[0.9, 0.8, 0.1], [0.7, 0.7, 0.2]])
        array([[0.75, 0.25, 0.  ],
               [0.25, 0.75, 0.  ],
               [0.  , 0.  , 1.  ]])

    Source: rank acceptability, Lahdelma, Hokkanen and Salminen 1998, Eur J Oper Res 106:137-143,
    doi:10.1016/S0377-2217(97)00163-X.
    """
    scores = np.round(_as_draws(drawn), tie_decimals)
    n_draws, n_systems = scores.shape
    better = (scores[:, :, None] < scores[:, None, :]).sum(axis=2)
    alike = (scores[:, :, None] == scores[:, None, :]).sum(axis=2)
    shares = np.zeros((n_systems, n_systems))
    for system in range(n_systems):
        place = better[:, system] * (n_systems + 1) + alike[:, system]
        times = np.bincount(place, minlength=n_systems * (n_systems + 1)).reshape(n_systems, n_systems + 1)
        for first, n_alike in zip(*(each.tolist() for each in np.nonzero(times)), strict=True):
            shares[system, first : first + n_alike] += int(times[first, n_alike]) / n_alike
    shares /= n_draws
    return shares


def _as_draws(drawn: npt.ArrayLike) -> Floats:
    scores = np.asarray(drawn, dtype=np.float64)
    if scores.ndim != 2 or scores.size == 0 or not np.isfinite(scores).all():  # noqa: PLR2004 -- draws and systems
        raise ValueError(f"draws of scores are finite, of shape (resamples, systems): {scores.shape}")
    return scores


def _checked(
    values: npt.ArrayLike, standard_errors: npt.ArrayLike, degrees_of_freedom: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Values, and standard errors and degrees of freedom with a harmless diagonal."""
    scores = np.asarray(values, dtype=np.float64)
    n_systems = scores.size
    if scores.ndim != 1 or n_systems < 2 or not np.isfinite(scores).all():  # noqa: PLR2004 -- one system has no rank
        raise ValueError("ranks need finite scores of at least two systems")
    pairs = [np.array(each, dtype=np.float64) for each in (standard_errors, degrees_of_freedom)]
    beside = ~np.eye(n_systems, dtype=np.bool_)
    for each in pairs:
        if each.shape != (n_systems, n_systems) or not (each[beside] > 0).all() or (each != each.T)[beside].any():
            raise ValueError("standard errors and degrees of freedom are symmetric and above 0 for every pair")
        np.fill_diagonal(each, 1.0)
    if not np.isfinite(pairs[0]).all():
        raise ValueError("standard errors must be finite")
    return scores, pairs[0], pairs[1]


def _statistics_drawn(drawn: npt.ArrayLike, scores: Floats, errors: Floats, freedom: Floats) -> Floats:
    """The statistic of every ordered pair in every draw, shape (resamples, systems, systems)."""
    draws = _as_draws(drawn)
    if draws.shape[1] != scores.size:
        raise ValueError(f"draws of {draws.shape[1]} systems for {scores.size}")
    off = draws - scores
    widened: Floats = np.sqrt(1.0 + 1.0 / freedom) / errors
    return (off[:, :, None] - off[:, None, :]) * widened


def _by_draws(statistic: Floats, drawn: Floats, freedom: Floats, confidence: float) -> tuple[Truths, float]:
    """Which pairs are in order, and the critical value of the first step, which holds for all pairs."""
    beside = ~np.eye(len(statistic), dtype=np.bool_)
    fewest = float(freedom[beside].min())
    left, first = beside.copy(), math.inf
    while left.any():
        largest = np.sort(drawn[:, left].max(axis=1))
        place = min(math.ceil((len(largest) + 1) * confidence) - 1, len(largest) - 1)
        critical = _as_t(float(largest[place]), fewest)
        first = critical if math.isinf(first) else first
        shown = left & (statistic > critical)
        if not shown.any():
            break
        left &= ~shown
    return beside & ~left, first


def _as_t(critical: float, freedom: float) -> float:
    """The critical value of t with the tail that a normal one has."""
    tail = float(ndtr(-critical))
    if math.isinf(freedom) or tail == 0.0:
        return critical
    return max(critical, -float(stdtrit(freedom, tail)))


def _by_holm(statistic: Floats, freedom: Floats, alpha: float) -> tuple[Truths, Floats]:
    """Which pairs are in order, and the critical value of each pair in the first step."""
    beside = ~np.eye(len(statistic), dtype=np.bool_)
    normal = np.isinf(freedom)
    tails = np.where(normal, ndtr(-statistic), stdtr(np.where(normal, 1.0, freedom), -statistic))
    left = beside.copy()
    while True:
        shown = left & (tails <= alpha / int(left.sum()))
        if not shown.any():
            break
        left &= ~shown
    tail = alpha / int(beside.sum())
    reach = -np.where(normal, ndtri(tail), stdtrit(np.where(normal, 1.0, freedom), tail))
    return beside & ~left, reach


def _with_what_follows(ahead: Truths) -> Truths:
    """The order with everything that follows from it: before one that is before another."""
    closed = ahead.copy()
    for middle in range(len(closed)):
        closed |= closed[:, [middle]] & closed[[middle], :]
    return closed
