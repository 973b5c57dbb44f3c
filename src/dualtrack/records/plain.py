"""Numbers and plain data as they stand in files: ten significant digits, never an endless number.

May import errors. Undefined is null in a file; NaN exists in memory only.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualtrack.errors import OutputError, Place, Problem

__all__ = ["plain", "rounded", "ten_digits"]


def ten_digits(number: float) -> float:
    """The number with ten significant digits; minus zero becomes zero.

    >>> ten_digits(1 / 3), ten_digits(-0.0), ten_digits(123456789012.0)
    (0.3333333333, 0.0, 123456789000.0)
    """
    return float(f"{number:.10g}") + 0.0


def rounded(numbers: NDArray[np.float64], where: str) -> NDArray[np.float64]:
    """A column of numbers with ten significant digits; NaN, which stands for null, stays.

    Args:
        numbers: shape (rows,).
        where: table and column, for messages.

    Returns:
        The same shape.

    Raises:
        OutputError: OUT004 a number is infinite.
    """
    distinct, place = np.unique(numbers, return_inverse=True)
    if np.isinf(distinct).any():
        raise _endless(where)
    short = np.array([ten_digits(number) for number in distinct.tolist()], dtype=np.float64)
    return short[place]


def plain(value: Any, where: str) -> Any:  # noqa: ANN401 -- any JSON value
    """A value as JSON holds it: numbers with ten digits, tuples as lists, words as text.

    Args:
        value: mappings, lists, tuples, text, numbers, truth values and None, nested.
        where: its place, for messages.

    Returns:
        Dicts with text keys, lists, text, int, float, bool and None.

    Raises:
        OutputError: OUT004 a number is NaN or infinite, or the value is of another kind.
    """
    if value is None or isinstance(value, bool | np.bool_):
        return None if value is None else bool(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            raise _endless(where)
        return ten_digits(float(value))
    if isinstance(value, Mapping):
        return {str(key): plain(inner, f"{where}.{key}") for key, inner in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(inner, f"{where}[{place}]") for place, inner in enumerate(value)]
    raise OutputError(
        Problem(
            "OUT004",
            "results contradict their specification",
            Place(column=where),
            found=type(value).__name__,
            expected="text, number, true, false, null, list or object",
            fix="this is our fault: please report it",
        )
    )


def _endless(where: str) -> OutputError:
    return OutputError(
        Problem(
            "OUT004",
            "results contradict their specification",
            Place(column=where),
            found="a number without end",
            expected="a finite number, or null with a reason",
            fix="this is our fault: please report it",
        )
    )
