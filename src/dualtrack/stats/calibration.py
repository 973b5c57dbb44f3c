"""Calibration of stated confidence: the binned error, and what it would be by chance alone.

The binned error is never 0 in a finite sample, however good the confidence, so it means nothing without the value that
a perfectly calibrated system would show on the same statements. Both are computed from whole millionths, sorted, so
that the order of responses cannot change a bit.
May import the standard library, numpy and its own package.
"""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats, Integers, as_integers

__all__ = ["binned_calibration_error", "calibration_error_by_chance"]

EXACT_SIZE = 2000
"""Beyond this number of statements in a bin the normal distribution stands in; it is then right to 1 part in 10,000."""


def binned_calibration_error(
    confidence: npt.ArrayLike, correct: npt.ArrayLike, *, bins: int = 10, top: int = 1_000_000
) -> float | None:
    """Expected calibration error with fixed bins of equal width.

    Definition: sum over bins of |sum of correct - sum of confidence| / N. Bin k holds confidence from k / bins to
    below (k + 1) / bins; the last one holds 1 as well.

    Args:
        confidence: stated confidence, whole numbers in 0..top, shape (statements,).
        correct: whether each was right, 0 or 1, shape (statements,).
        bins: number of bins, at least 1.
        top: value of certainty; millionths by default.

    Returns:
        The error, in 0..1; None without a statement.

    Raises:
        ValueError: arrays that are not whole numbers, differ in length or are out of range.

    Example:
        >>> binned_calibration_error([9, 9, 9, 9, 2], [1, 1, 1, 0, 0], bins=10, top=10)
        0.16

    Source: Naeini, Cooper and Hauskrecht 2015, Proc AAAI 29:2901-2907 (equal-width bins).
    """
    stated, right = _statements(confidence, correct, bins, top)
    if not stated.size:
        return None
    place = np.minimum(stated * bins // top, bins - 1)
    gap = np.bincount(place, weights=(right * top - stated).astype(np.float64), minlength=bins)
    return float(np.abs(np.rint(gap)).sum()) / (top * stated.size)


def calibration_error_by_chance(confidence: npt.ArrayLike, *, bins: int = 10, top: int = 1_000_000) -> float | None:
    """Mean of ``binned_calibration_error`` if every statement were right as often as it says.

    Definition: sum over bins of E|S - sum of confidence| / N, where S is the number right of independent statements,
    each right with the probability it states. The distribution of S is computed exactly, one statement after the
    other; in a bin of more than 2,000 the mean deviation of the normal distribution, sqrt(2 / pi) times the standard
    deviation, takes its place.

    Args:
        confidence: stated confidence, whole numbers in 0..top, shape (statements,).
        bins: number of bins, at least 1.
        top: value of certainty; millionths by default.

    Returns:
        The expected error, in 0..1; None without a statement.

    Raises:
        ValueError: values that are not whole numbers or out of range.

    Example:
        >>> calibration_error_by_chance([5, 5], bins=10, top=10)  # two coins: (1 + 0 + 0 + 1) / 4 / 2
        0.25

    Source: Brocker 2012, Clim Dyn 39:655-667, doi:10.1007/s00382-011-1191-1 (bias of binned scores); exact distribution
    of the number right: Wang 1993, Stat Sinica 3:295-312.
    """
    stated, _ = _statements(confidence, np.zeros(np.size(confidence), dtype=np.int64), bins, top)
    if not stated.size:
        return None
    return math.fsum(_mean_deviation(each) for each in _binned(stated, bins, top)) / stated.size


def _binned(stated: Integers, bins: int, top: int) -> Iterator[Floats]:
    """Probabilities of each bin that holds any, sorted."""
    ordered = np.sort(stated)
    place = np.minimum(ordered * bins // top, bins - 1)
    for each in range(bins):
        inside = ordered[place == each]
        if inside.size:
            yield inside / top


def _mean_deviation(probabilities: Floats) -> float:
    """Return E|S - E S| of a sum of independent events."""
    mean = math.fsum(probabilities.tolist())
    if probabilities.size > EXACT_SIZE:
        variance = math.fsum((probabilities * (1.0 - probabilities)).tolist())
        return math.sqrt(2.0 / math.pi * variance)
    chance = np.zeros(probabilities.size + 1, dtype=np.float64)
    chance[0] = 1.0
    for n, probability in enumerate(probabilities.tolist(), start=1):
        chance[1 : n + 1] = chance[1 : n + 1] * (1.0 - probability) + chance[:n] * probability
        chance[0] *= 1.0 - probability
    return math.fsum((chance * np.abs(np.arange(chance.size) - mean)).tolist())


def _statements(confidence: npt.ArrayLike, correct: npt.ArrayLike, bins: int, top: int) -> tuple[Integers, Integers]:
    stated = as_integers("confidence", confidence, n_dimensions=1)
    right = as_integers("correct", correct, n_dimensions=1)
    if stated.shape != right.shape:
        raise ValueError(f"confidence and correct differ in length: {stated.size} and {right.size}")
    if bins < 1 or top < 1:
        raise ValueError(f"bins and top must be at least 1, got {bins!r} and {top!r}")
    if stated.size and not (stated.min() >= 0 and stated.max() <= top):
        raise ValueError(f"confidence must lie in 0..{top}")
    if right.size and not np.isin(right, (0, 1)).all():
        raise ValueError("correct must be 0 or 1")
    return stated, right
