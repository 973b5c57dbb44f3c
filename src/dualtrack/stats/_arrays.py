"""Entry control for arrays: whole numbers stay whole, and wrong shapes stop at the door.

May import the standard library and numpy.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

__all__ = [
    "Floats",
    "Integers",
    "as_fractions",
    "as_integers",
    "as_sums_and_counts",
    "int64_limit",
    "per_metric",
    "snapped",
]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

int64_limit = np.iinfo(np.int64).max


def as_integers(name: str, values: npt.ArrayLike, *, n_dimensions: int) -> Integers:
    """Return values as int64; refuse fractions, booleans, what int64 cannot hold, a wrong shape."""
    array = np.asarray(values)
    if array.size == 0 and array.dtype.kind == "f":  # an empty list carries no type
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu" or (array.dtype == np.uint64 and array.size and array.max() > int64_limit):
        raise ValueError(f"{name} must be whole numbers within int64, got {array.dtype}")
    if array.ndim != n_dimensions:
        raise ValueError(f"{name} must have {n_dimensions} dimension(s), got shape {array.shape}")
    return array.astype(np.int64, copy=False)


def as_sums_and_counts(
    sums: npt.ArrayLike,
    counts: npt.ArrayLike,
    *,
    n_dimensions: int,
    scale: int,
    bounds: tuple[float, float] | None = (0.0, 1.0),
) -> tuple[Integers, Integers]:
    """Return sums and counts as int64; refuse sums that values within bounds cannot add up to."""
    sums = as_integers("sums", sums, n_dimensions=n_dimensions)
    counts = as_integers("counts", counts, n_dimensions=n_dimensions)
    if sums.shape != counts.shape:
        raise ValueError(f"sums and counts differ in shape: {sums.shape} and {counts.shape}")
    if scale < 1:
        raise ValueError(f"scale must be at least 1, got {scale!r}")
    if np.abs(sums.astype(np.float64)).sum() + np.abs(counts.astype(np.float64)).sum() > int64_limit / 2:
        raise ValueError("sums and counts are too large to be added within int64")
    if np.any(counts < 0):
        raise ValueError("counts must not be negative")
    if np.any((counts == 0) & (sums != 0)):
        raise ValueError("a sum without a count")
    if bounds is not None:
        low, high = bounds
        if np.any(sums < low * scale * counts) or np.any(sums > high * scale * counts):
            raise ValueError(f"sums lie outside {low!r}..{high!r} times scale {scale} times counts")
    return sums, counts


def as_fractions(weights: Sequence[float] | npt.NDArray[np.generic], *, n_metrics: int) -> tuple[Fraction, ...]:
    """Return one exact weight per metric; refuse a wrong number of them, negative and infinite ones."""
    numbers = [float(weight) for weight in np.asarray(weights).ravel()]
    if len(numbers) != n_metrics:
        raise ValueError(f"{n_metrics} metric(s) need as many weights, got {len(numbers)}")
    if not all(math.isfinite(number) and number >= 0 for number in numbers):
        raise ValueError("weights must be finite and not negative")
    return tuple(Fraction(number) for number in numbers)


def per_metric(n_eff: Sequence[float | None] | None, *, n_metrics: int) -> list[float | None]:
    """Return one effective number of cases, or None, per metric; refuse a wrong number of them."""
    given: list[float | None] = [None] * n_metrics if n_eff is None else list(n_eff)
    if len(given) != n_metrics:
        raise ValueError(f"{n_metrics} metric(s) need as many effective numbers of cases, got {len(given)}")
    return given


def snapped(value: float, tolerance: float) -> float:
    """Return the whole number within tolerance of value, else value; never reverses an order."""
    nearest = float(round(value))
    return nearest if abs(value - nearest) <= tolerance else value
