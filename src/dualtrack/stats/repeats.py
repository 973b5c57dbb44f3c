"""Repeats of the same case: the worst of k of them, how often they are alike, how far they spread within a case.

Values are whole numbers, such as millionths, in a table of cases by repeats, -1 where a repeat has none.
May import the standard library, numpy and its own package.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats, Integers, as_integers

__all__ = ["MISSING", "Alike", "repeats_alike", "worst_of_repeats"]

MISSING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """What the repeats of each case say of each other, one entry per case.

    ``n`` repeats with a value; ``pairs`` of them and how many are ``same``; ``squares``: n times the sum of squared
    deviations from the mean of the case, a whole number in squared units of the values.
    """

    n: Integers
    pairs: Integers
    same: Integers
    squares: Integers


def worst_of_repeats(values: npt.ArrayLike, k: int) -> Floats:
    """Expected worst of k repeats of each case: the least value, averaged over all subsets of k.

    Definition: with the n values of a case in ascending order, sum_j v_(j) C(n - j, k - 1) / C(n, k): of the C(n, k)
    subsets C(n - j, k - 1) have v_(j) as their least value. Never rises with k; k = 1 is the mean of the case.

    Args:
        values: whole numbers of at least 0, or -1 for none, shape (cases, repeats).
        k: number of repeats drawn, at least 1.

    Returns:
        One number per case, in the unit of the values; -1 where fewer than k repeats have a value.

    Raises:
        ValueError: another number than a value or -1, or k below 1.

    Example:
        >>> worst_of_repeats([[1, 0, 1], [1, 1, -1]], 2).tolist()
        [0.3333333333333333, 1.0]

    Source: worst-at-k as in Arora and others 2025, arXiv:2505.08775 (HealthBench), in closed form: weights of the least
    order statistic of a sample without replacement, David and Nagaraja 2003, Order Statistics, 3rd ed., section 3.7.
    """
    table = _as_table(values)
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k!r}")
    known = (table != MISSING).sum(axis=1)
    worst = np.full(len(table), float(MISSING))
    ordered = np.sort(np.where(table == MISSING, np.iinfo(np.int64).max, table), axis=1)
    for n in sorted(set(known[known >= k].tolist())):
        rows = known == n
        total = np.zeros(int(rows.sum()))
        for place in range(n - k + 1):  # one after another: the order of additions is ours
            total += ordered[rows, place] * (math.comb(n - place - 1, k - 1) / math.comb(n, k))
        worst[rows] = total
    return worst


def repeats_alike(values: npt.ArrayLike) -> Alike:
    """How many pairs of repeats of each case are the same, and how far its repeats spread.

    Definition: n values with counts c of each distinct one: n (n - 1) / 2 pairs, sum c (c - 1) / 2 of them the same;
    squares = n sum v^2 - (sum v)^2, so that squares / n is the sum of squared deviations.

    Args:
        values: whole numbers of at least 0, or -1 for none, shape (cases, repeats).

    Returns:
        Counts and squares per case; 0 pairs where fewer than two repeats have a value.

    Raises:
        ValueError: another number than a value or -1; values too large for exact squares.

    Example:
        >>> alike = repeats_alike([[1, 0, 1], [1, 1, -1]])
        >>> alike.pairs.tolist(), alike.same.tolist(), alike.squares.tolist()
        ([3, 1], [1, 1], [2, 0])

    Source: definition; share of repeats that agree as in Bland and Altman 1986, Lancet 327:307-310,
    doi:10.1016/S0140-6736(86)90837-8, and within-subject standard deviation as in Bland and Altman 1996, BMJ 313:744.
    """
    table = _as_table(values)
    seen = table != MISSING
    n = seen.sum(axis=1).astype(np.int64)
    filled = np.where(seen, table, 0)
    if float(filled.max(initial=0)) * table.shape[1] > 2**31:
        raise ValueError("values are too large for exact squares")
    same = np.zeros(len(table), dtype=np.int64)
    for later in range(1, table.shape[1]):
        here = seen[:, later]
        same += ((table[:, :later] == table[:, [later]]) & seen[:, :later] & here[:, None]).sum(axis=1)
    squares = n * (filled * filled).sum(axis=1) - filled.sum(axis=1) ** 2
    return Alike(n=n, pairs=n * (n - 1) // 2, same=same, squares=squares)


def _as_table(values: npt.ArrayLike) -> Integers:
    table = as_integers("values", values, n_dimensions=2)
    if table.min(initial=0) < MISSING:
        raise ValueError("values must be at least 0, or -1 for none")
    return table
