"""Bradley-Terry strengths from wins and ties by pair, in the data and in many resamples at once.

A tie counts as half a win for each side. The fitted model then gives every system exactly the wins minus losses that
it has, so strengths are the win difference corrected for who met whom, and nothing has to be assumed about where ties
fall; the model of Davidson has one tie parameter for all pairs, which four products with different tie shares do not
obey. The price: the likelihood is no longer that of the choices, so intervals come from clusters, not from it.
May import numpy and its own package.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats, as_integers
from dualtrack.stats.preference import DrawnDifferences, as_comparisons, resampled_preferences

__all__ = ["Strengths", "bradley_terry", "resampled_strengths", "strength_influences"]

MOST_STEPS = 200
MOST_LOG = 300.0  # beyond it the odds of two systems leave double precision
NEAR = 0.5  # range of a step below which Newton's own step is taken whole
TOLERANCE = 1e-10  # greatest change of a difference of log strengths at which the search ends


@dataclass(frozen=True, slots=True, eq=False)
class Strengths:
    """Log strengths of mean 0 and the covariance that independent comparisons would give them.

    ``connected`` is False where no finite strengths exist; the numbers are then zeros without meaning. The difference
    of two log strengths is the log odds that the first is preferred.
    """

    log_strengths: Floats
    covariance: Floats
    connected: bool


def bradley_terry(wins: npt.ArrayLike, ties: npt.ArrayLike) -> Strengths:
    """Maximum-likelihood log strengths of systems from one table of wins and ties.

    Definition: P(i preferred to j) = 1 / (1 + exp(t_j - t_i)), a tie counting as half a win for each; sum t = 0.
    Newton's method on the table, with the damped step log(1 + d) / d, d the range of the step, which cannot overshoot.

    Args:
        wins: how often the row was preferred to the column, whole numbers, shape (systems, systems).
        ties: how often neither was, symmetric.

    Returns:
        Strengths.

    Raises:
        ValueError: arrays that are not whole numbers, not square, negative, or ties that are not symmetric.

    Undefined when: the systems cannot be parted into two groups without a win or tie of the weaker group against the
        stronger (connected is False): the likelihood then has no maximum.

    Example:
        >>> fitted = bradley_terry([[0, 3], [1, 0]], [[0, 0], [0, 0]])
        >>> round(float(fitted.log_strengths[0] - fitted.log_strengths[1]), 6)  # log(3 / 1)
        1.098612

    Source: Bradley and Terry 1952, Biometrika 39:324-345, doi:10.1093/biomet/39.3-4.324; existence: Ford 1957, Am Math
    Mon 64(8):28-33; step: Sun and Tran-Dinh 2019, Math Program 178:145-213, generalised self-concordant functions.
    """
    points = _points(np.asarray(wins)[None], np.asarray(ties)[None])
    size = points.shape[1]
    if not _connected(points)[0]:
        return Strengths(np.zeros(size), np.zeros((size, size)), connected=False)
    strengths = _fitted(points, np.zeros((1, size)))
    _, information = _derivatives(points, points + points.swapaxes(1, 2), strengths)
    covariance = np.linalg.inv(information[0] + 1 / size) - 1 / size
    return Strengths(strengths[0], covariance, connected=True)


def resampled_strengths(wins: npt.ArrayLike, ties: npt.ArrayLike) -> DrawnDifferences:
    """Log strengths in every draw, all draws solved together.

    Definition: as ``bradley_terry`` for each table of a stack, beginning at the strengths of their sum.

    Args:
        wins: whole numbers, shape (draws, systems, systems), as ``resampled_preferences`` gives them.
        ties: the same shape.

    Returns:
        DrawnDifferences with log strengths of mean 0.

    Raises:
        ValueError: as ``bradley_terry``.

    Undefined when: the systems of a draw are not connected (marked in ``defined``).

    Example:
        >>> drawn = resampled_strengths([[[0, 3], [1, 0]], [[0, 2], [0, 0]]], [[[0, 0], [0, 0]], [[0, 0], [0, 0]]])
        >>> drawn.values.round(3).tolist(), drawn.defined[:, 0].tolist()
        ([[0.549, -0.549], [0.0, 0.0]], [True, False])

    Source: as ``bradley_terry``; resampling of clusters: Davison and Hinkley 1997, section 3.8.
    """
    points = _points(wins, ties)
    connected = _connected(points)
    strengths = np.zeros(points.shape[:2])
    if connected.any():
        chosen = points[connected]
        start = _fitted(chosen.sum(axis=0)[None], np.zeros((1, points.shape[1])))
        strengths[connected] = _fitted(chosen, np.repeat(start, len(chosen), axis=0))
    return DrawnDifferences(strengths, np.repeat(connected[:, None], points.shape[1], axis=1))


def strength_influences(
    first: npt.ArrayLike, second: npt.ArrayLike, outcome: npt.ArrayLike, *, n_systems: int
) -> Floats:
    """How far each comparison moves each log strength.

    Definition: (V_a - V_b)(x - p), V the model's covariance, x = 1, 1/2 or 0 for a preferred, tied or rejected a, p the
    fitted chance. The sums over clusters give the variance (``clustered_interval``).

    Args:
        first: index of one system of each comparison, from 0, shape (comparisons,).
        second: index of the other.
        outcome: 1 where the first was preferred, -1 where the second was, 0 for a tie.
        n_systems: number of systems.

    Returns:
        float64, shape (comparisons, systems).

    Raises:
        ValueError: as ``as_comparisons``, or systems that are not connected.

    Example:
        >>> moved = strength_influences([0, 0, 0], [1, 1, 1], [1, 1, -1], n_systems=2)
        >>> moved[:, 0].round(3).tolist()
        [0.25, 0.25, -0.5]

    Source: White 1982, Econometrica 50:1-25, doi:10.2307/1912526 (scores and the inverse of the information).
    """
    a, b, result = as_comparisons(first, second, outcome, n_systems=n_systems)
    counted = resampled_preferences([[1]], a, b, result, clusters=np.zeros(a.size, dtype=np.int64), n_systems=n_systems)
    fitted = bradley_terry(counted.wins[0], counted.ties[0])
    if not fitted.connected:
        raise ValueError("the systems are not connected, so no strengths exist")
    chance = _chance(fitted.log_strengths[a] - fitted.log_strengths[b])
    moved: Floats = (fitted.covariance[a] - fitted.covariance[b]) * ((result + 1) / 2 - chance)[:, None]
    return moved


def _points(wins: npt.ArrayLike, ties: npt.ArrayLike) -> Floats:
    """Wins plus half the ties, shape (draws, systems, systems)."""
    won, drawn = as_integers("wins", wins, n_dimensions=3), as_integers("ties", ties, n_dimensions=3)
    if won.shape != drawn.shape or won.shape[1] != won.shape[2]:
        raise ValueError(f"wins and ties need one square per draw, got {won.shape} and {drawn.shape}")
    if np.any(won < 0) or np.any(drawn < 0) or np.any(drawn != drawn.swapaxes(1, 2)):
        raise ValueError("wins and ties must not be negative, and ties are the same from both sides")
    points: Floats = won + drawn / 2
    return points * (1 - np.eye(won.shape[1]))


def _connected(points: Floats) -> npt.NDArray[np.bool_]:
    """Whether every system reaches every other over wins and ties, for each draw."""
    n_draws, size, _ = points.shape
    if size == 0:
        return np.zeros(n_draws, dtype=np.bool_)
    reach = ((points > 0) | np.eye(size, dtype=np.bool_)).astype(np.float32)
    for _ in range(max(1, (size - 1).bit_length())):
        if reach.all():
            break
        reach = (reach @ reach > 0).astype(np.float32)
    return np.asarray(reach.all(axis=(1, 2)), dtype=np.bool_)


def _chance(difference: Floats) -> Floats:
    """Logistic function, without overflow."""
    small = np.exp(-np.abs(difference))
    chance: Floats = np.where(difference >= 0, 1.0, small) / (1 + small)
    return chance


def _derivatives(points: Floats, n: Floats, strengths: Floats) -> tuple[Floats, Floats]:
    """Gradient and information of the log likelihood, for each draw."""
    odds = np.exp(np.clip(strengths, -MOST_LOG, MOST_LOG))
    chance = odds[:, :, None] / (odds[:, :, None] + odds[:, None, :])
    expected = n * chance
    gradient = points.sum(axis=2) - expected.sum(axis=2)
    information = expected * -chance.swapaxes(1, 2)
    place = np.arange(points.shape[1])
    information[:, place, place] = 0.0
    information[:, place, place] = -information.sum(axis=2)
    return gradient, information


def _fitted(points: Floats, start: Floats) -> Floats:
    """Log strengths of mean 0 of connected draws; draws that have settled are left alone."""
    strengths = start.copy()
    n = points + points.swapaxes(1, 2)
    open_draws = np.arange(len(points))
    for _ in range(MOST_STEPS):
        gradient, information = _derivatives(points, n, strengths[open_draws])
        # Adding 1 to every cell fixes the sum of the step at 0 and makes the matrix invertible.
        step = np.linalg.solve(information + 1.0, gradient[:, :, None])[:, :, 0]
        width = np.ptp(step, axis=1)
        damping = np.divide(np.log1p(width), width, out=np.ones(width.shape), where=width > NEAR)
        strengths[open_draws] += step * damping[:, None]
        still = width > TOLERANCE
        if not still.any():
            break
        if not still.all():
            open_draws, points, n = open_draws[still], points[still], n[still]
    centred: Floats = strengths - strengths.mean(axis=1, keepdims=True)
    return centred
