"""Small array idioms that every stage of scoring shares.

May import numpy only. Values are integer millionths (``TOP`` is 1.0); ``NONE`` marks a value that does not exist, so
that no stage needs NaN and every sum is exact.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["NONE", "TOP", "BoolArray", "FloatArray", "IntArray", "group_sum", "rounded_ratio"]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

TOP: Final = 1_000_000
NONE: Final = -1


def group_sum(groups: IntArray, values: IntArray, n_groups: int) -> IntArray:
    """Sum integers by group, exactly.

    Args:
        groups: group of each value, 0..n_groups-1.
        values: integers whose sums stay below 2**53.
        n_groups: number of groups.

    Returns:
        int64 array of length ``n_groups``.

    >>> group_sum(np.array([0, 0, 2]), np.array([1, 2, 5]), 3).tolist()
    [3, 0, 5]
    """
    return np.rint(np.bincount(groups, weights=values, minlength=n_groups)).astype(np.int64)


def rounded_ratio(numerator: IntArray, denominator: IntArray) -> IntArray:
    """Divide and round half up to an integer; ``NONE`` where the denominator is 0.

    >>> rounded_ratio(np.array([5, 4, 1]), np.array([2, 2, 0])).tolist()
    [3, 2, -1]
    """
    safe = np.maximum(denominator, 1)
    result: IntArray = (2 * numerator + safe) // (2 * safe)
    return np.where(denominator > 0, result, NONE)
