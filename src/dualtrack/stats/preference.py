"""Choices between two systems on the same case: how often one is preferred, in the data and in resamples.

Every number here is a function of whole-number counts of wins and ties by pair, so a resample of whole clusters is an
exact sum. A preference says which of two answers somebody would rather have; it gives neither of them a value.
May import numpy, scipy and its own package.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from dualtrack.stats._arrays import Floats, Integers, as_integers

__all__ = [
    "DrawnDifferences",
    "Tallies",
    "as_comparisons",
    "difference_influences",
    "resampled_preferences",
    "win_differences",
]

exact_limit = 2**53


@dataclass(frozen=True, slots=True, eq=False)
class Tallies:
    """Wins and ties by pair in every draw, shape (draws, systems, systems), whole numbers.

    ``wins[b, i, j]``: how often i was preferred to j in draw b. ``ties[b, i, j]``: how often neither was, the same for
    (i, j) and (j, i).
    """

    wins: Integers
    ties: Integers


@dataclass(frozen=True, slots=True, eq=False)
class DrawnDifferences:
    """One number per system and draw, shape (draws, systems), and where it is defined; elsewhere a meaningless 0."""

    values: Floats
    defined: npt.NDArray[np.bool_]


def as_comparisons(
    first: npt.ArrayLike, second: npt.ArrayLike, outcome: npt.ArrayLike, *, n_systems: int
) -> tuple[Integers, Integers, Integers]:
    """Comparisons as whole numbers, refused where they are none.

    Args:
        first: index of one system of each comparison, from 0, shape (comparisons,).
        second: index of the other.
        outcome: 1 where the first was preferred, -1 where the second was, 0 for a tie.
        n_systems: number of systems.

    Returns:
        The three as int64.

    Raises:
        ValueError: arrays of different length, an index beyond the systems, a system compared with itself, another
            outcome than -1, 0 and 1.

    Example:
        >>> as_comparisons([0], [1], [1], n_systems=2)
        (array([0]), array([1]), array([1]))

    Source: definition.
    """
    a, b = as_integers("first", first, n_dimensions=1), as_integers("second", second, n_dimensions=1)
    result = as_integers("outcome", outcome, n_dimensions=1)
    if not a.shape == b.shape == result.shape:
        raise ValueError(f"first, second and outcome differ in length: {a.size}, {b.size}, {result.size}")
    if a.size and (min(a.min(), b.min()) < 0 or max(a.max(), b.max()) >= n_systems):
        raise ValueError(f"a system outside 0..{n_systems - 1}")
    if np.any(a == b):
        raise ValueError("a system is compared with itself")
    if np.any(np.abs(result) > 1):
        raise ValueError("an outcome is 1, 0 or -1")
    return a, b, result


def resampled_preferences(
    weights_matrix: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    clusters: npt.ArrayLike,
    n_systems: int,
) -> Tallies:
    """Wins and ties by pair when whole clusters are drawn again.

    Definition: wins[b, i, j] = sum over the comparisons of i and j in which i was preferred of C[b, cluster]; ties
    likewise. One row of ones gives the counts of the data.

    Args:
        weights_matrix: whole numbers, at least 0, shape (draws, clusters), from ``resampling_weights``.
        first: index of one system of each comparison, from 0, shape (comparisons,).
        second: index of the other.
        outcome: 1 where the first was preferred, -1 where the second was, 0 for a tie.
        clusters: index of the cluster of each comparison, from 0.
        n_systems: number of systems.

    Returns:
        Tallies, exact.

    Raises:
        ValueError: arrays that do not fit together, a system compared with itself, a negative weight, sums beyond 2^53.

    Example:
        >>> drawn = resampled_preferences([[1, 1], [2, 0]], [0, 0], [1, 1], [1, 0], clusters=[0, 1], n_systems=2)
        >>> drawn.wins[:, 0, 1], drawn.ties[:, 0, 1]
        (array([1, 2]), array([1, 0]))

    Source: Feng and others 2026, arXiv:2606.28960 (questions as clusters); as ``resampling_weights``.
    """
    matrix = as_integers("resampling weights", weights_matrix, n_dimensions=2)
    a, b, result = as_comparisons(first, second, outcome, n_systems=n_systems)
    cluster = as_integers("clusters", clusters, n_dimensions=1)
    n_clusters, cells = matrix.shape[1], n_systems * n_systems
    if cluster.shape != a.shape or (cluster.size and not 0 <= cluster.min() <= cluster.max() < n_clusters):
        raise ValueError(f"each comparison needs a cluster of 0..{n_clusters - 1}")
    if np.any(matrix < 0) or int(matrix.max(initial=0)) * max(1, a.size) >= exact_limit:
        raise ValueError("resampling weights are negative, or their sums reach 2^53")
    winner, loser = np.where(result < 0, b, a), np.where(result < 0, a, b)
    cell = winner * n_systems + loser + np.where(result == 0, cells, 0)
    counted = csr_matrix((np.ones(a.size, dtype=np.int64), (cell, cluster)), shape=(2 * cells, n_clusters))
    sums = np.ascontiguousarray((counted @ matrix.T).T)
    shape = (len(matrix), n_systems, n_systems)
    ties = sums[:, cells:].reshape(shape)
    return Tallies(sums[:, :cells].reshape(shape), ties + ties.swapaxes(1, 2))


def win_differences(wins: npt.ArrayLike, ties: npt.ArrayLike, *, equal_pairs: bool = False) -> DrawnDifferences:
    """How much more often each system is preferred than not, against all the others, in every draw.

    Definition: (wins - losses) / comparisons of the system, a tie counting 0; range -1..1, 0 is parity. With
    equal_pairs the mean over its opponents of the same within each pair, so that nobody gains by meeting a weak
    opponent more often. Opponents never met, in any draw, are left out.

    Args:
        wins: whole numbers, shape (draws, systems, systems), as in ``Tallies``.
        ties: the same shape.
        equal_pairs: whether every opponent has the same weight.

    Returns:
        DrawnDifferences.

    Raises:
        ValueError: arrays that are not whole numbers or not of that shape, ties that are not symmetric.

    Undefined when: the system has no comparison in the draw; with equal_pairs, none with an opponent that it meets in
        another draw.

    Example:
        >>> wins = [[[0, 3, 1], [1, 0, 0], [0, 0, 0]]]
        >>> ties = [[[0, 0, 1], [0, 0, 0], [1, 0, 0]]]
        >>> win_differences(wins, ties).values.round(3).tolist()
        [[0.5, -0.5, -0.5]]
        >>> win_differences(wins, ties, equal_pairs=True).values.tolist()
        [[0.5, -0.5, -0.5]]

    Source: Feng and others 2026, arXiv:2606.28960 (one against the rest, ties 0; equal weight per pair).
    """
    won, drawn = _tables(wins, ties)
    margin = (won - won.swapaxes(1, 2)).astype(np.float64)
    n = won + won.swapaxes(1, 2) + drawn
    if not equal_pairs:
        total = n.sum(axis=2)
        values = np.divide(margin.sum(axis=2), total, out=np.zeros(total.shape), where=total > 0)
        return DrawnDifferences(values, total > 0)
    met = n.max(axis=0, initial=0) > 0
    within = np.divide(margin, n, out=np.zeros(margin.shape), where=n > 0)
    n_opponents = met.sum(axis=1)
    defined = ((n > 0) | ~met).all(axis=2) & (n_opponents > 0)
    values = within.sum(axis=2) / np.maximum(n_opponents, 1)
    return DrawnDifferences(np.where(defined, values, 0.0), defined)


def difference_influences(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    n_systems: int,
    equal_pairs: bool = False,
) -> Floats:
    """How far each comparison moves the win difference of each system.

    Definition: (s - v) / n for the n comparisons of a system, s its outcome there and v its win difference; with
    equal_pairs (s - v_j) / (n_j J) for the n_j comparisons with opponent j of J. Elsewhere 0. The sums over clusters
    give the variance (``clustered_interval``).

    Args:
        first: index of one system of each comparison, from 0, shape (comparisons,).
        second: index of the other.
        outcome: 1 where the first was preferred, -1 where the second was, 0 for a tie.
        n_systems: number of systems.
        equal_pairs: whether every opponent has the same weight.

    Returns:
        float64, shape (comparisons, systems); each column sums to 0.

    Raises:
        ValueError: as ``as_comparisons``.

    Example:
        >>> difference_influences([0, 0], [1, 1], [1, 0], n_systems=2).tolist()
        [[0.25, -0.25], [-0.25, 0.25]]

    Source: linearisation of a ratio: Cochran 1977, Sampling Techniques, section 6.3.
    """
    a, b, result = as_comparisons(first, second, outcome, n_systems=n_systems)
    counted = resampled_preferences([[1]], a, b, result, clusters=np.zeros(a.size, dtype=np.int64), n_systems=n_systems)
    n = (counted.wins + counted.wins.swapaxes(1, 2) + counted.ties)[0]
    margin = (counted.wins - counted.wins.swapaxes(1, 2))[0]
    rows = np.arange(a.size)
    moved = np.zeros((a.size, n_systems))
    if equal_pairs:
        n_opponents = np.maximum((n > 0).sum(axis=1), 1)
        within = np.divide(margin, n, out=np.zeros(n.shape), where=n > 0)
        for one, other, sign in ((a, b, 1), (b, a, -1)):
            moved[rows, one] = (sign * result - within[one, other]) / (n[one, other] * n_opponents[one])
        return moved
    total = np.maximum(n.sum(axis=1), 1)
    value = margin.sum(axis=1) / total
    for one, sign in ((a, 1), (b, -1)):
        moved[rows, one] = (sign * result - value[one]) / total[one]
    return moved


def _tables(wins: npt.ArrayLike, ties: npt.ArrayLike) -> tuple[Integers, Integers]:
    """Wins and ties as int64 of one shape (draws, systems, systems)."""
    won, drawn = as_integers("wins", wins, n_dimensions=3), as_integers("ties", ties, n_dimensions=3)
    if won.shape != drawn.shape or won.shape[1] != won.shape[2]:
        raise ValueError(f"wins and ties need one square per draw, got {won.shape} and {drawn.shape}")
    if np.any(won < 0) or np.any(drawn < 0) or np.any(drawn != drawn.swapaxes(1, 2)):
        raise ValueError("wins and ties must not be negative, and ties are the same from both sides")
    return won, drawn
