"""Mean squares, intraclass correlations and their F limits, for many tables at once.

May import numpy, scipy and its own package.
"""

import math

import numpy as np
from scipy import special

from dualtrack.stats._arrays import Floats, Integers
from dualtrack.stats._jackknife import ratio

__all__ = ["FORMS", "f_limits", "icc_of", "one_way", "two_way"]

FORMS = ("1_1", "2_1", "3_1", "1_k", "2_k", "3_k")


def one_way(sums: Floats, *, sizes: Integers) -> dict[str, Floats]:
    """Return n, k (adjusted for unequal numbers), degrees of freedom within, and mean squares of a one-way table."""
    n = sizes.size
    units, total, squares, squared = (sums[:, place * n : (place + 1) * n] for place in range(4))
    n_units, n_ratings = units.sum(axis=1), (units * sizes).sum(axis=1)
    between = (squared / sizes).sum(axis=1)
    mean = total.sum(axis=1) ** 2 / np.maximum(n_ratings, 1)
    above = np.maximum(n_units - 1, 1)
    within = np.maximum(n_ratings - n_units, 1)
    return {
        "n": n_units,
        "k": (n_ratings - (units * sizes**2).sum(axis=1) / np.maximum(n_ratings, 1)) / above,
        "within": within,
        "rows": _nothing((between - mean) / above, mean),
        "error": _nothing((squares.sum(axis=1) - between) / within, between),
    }


def two_way(sums: Floats, *, n_raters: int) -> dict[str, Floats]:
    """Return n, k and mean squares of rows, columns and error of a complete two-way table."""
    n, k = np.maximum(sums[:, 0], 1), float(n_raters)
    rows, columns = sums[:, 2] / k, (sums[:, 3:] ** 2).sum(axis=1) / n
    mean = sums[:, 3:].sum(axis=1) ** 2 / (n * k)
    above = np.maximum(n - 1, 1)
    return {
        "n": sums[:, 0],
        "k": np.full(len(sums), k),
        "rows": _nothing((rows - mean) / above, mean),
        "columns": _nothing((columns - mean) / (k - 1), mean),
        "error": _nothing((sums[:, 1] - rows - columns + mean) / (above * (k - 1)), mean),
    }


def _nothing(squares: Floats, whole: Floats) -> Floats:
    """Return the mean squares with what is rounding alone set to 0."""
    return np.where(squares <= 1e-12 * np.abs(whole), 0.0, squares)


def icc_of(form: str, table: dict[str, Floats]) -> Floats:
    """Return one form of the intraclass correlation; NaN where nothing varies."""
    n, k, rows, error = (table[name] for name in ("n", "k", "rows", "error"))
    raters = 0.0 if form[0] != "2" else (table["columns"] - error) / np.maximum(n, 1)
    below = rows + raters if form[-1] == "k" else rows + (k - 1) * error + k * raters
    return ratio(rows - error, below)


def f_limits(form: str, table: dict[str, float], tail: float) -> tuple[float, float] | None:
    """Return the limits of one form for independent units with equal numbers; None where raters agree wholly."""
    n, k, rows, error = (table[name] for name in ("n", "k", "rows", "error"))
    if error <= 0:
        return None
    if form[0] == "2":
        single = _absolute(n, k, rows, table["columns"], error=error, tail=tail)
    else:
        freedom = table["within"] if form[0] == "1" else (n - 1) * (k - 1)
        low = rows / error / _f(tail, n - 1, freedom)
        high = rows / error * _f(tail, freedom, n - 1)
        single = (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)
    if form[-1] == "1":
        return single
    lower, upper = (_stepped_up(each, k) for each in single)
    return lower, upper


def _absolute(n: float, k: float, rows: float, columns: float, *, error: float, tail: float) -> tuple[float, float]:
    """Limits of form 2_1 with Satterthwaite's degrees of freedom (Shrout and Fleiss 1979, p. 424)."""
    rho = (rows - error) / (rows + (k - 1) * error + k * (columns - error) / n)
    ratio = columns / error
    spread = n * (1 + (k - 1) * rho) - k * rho
    freedom = (k - 1) * (n - 1) * (k * rho * ratio + spread) ** 2
    freedom /= (n - 1) * (k * rho * ratio) ** 2 + spread**2
    high, low = _f(tail, n - 1, freedom), _f(tail, freedom, n - 1)
    rest = k * columns + (k * n - k - n) * error
    return n * (rows - high * error) / (high * rest + n * rows), n * (low * rows - error) / (rest + n * low * rows)


def _stepped_up(single: float, k: float) -> float:
    """Spearman and Brown: reliability of the mean of k; minus infinity where a single one cannot be."""
    below = 1 + (k - 1) * single
    return k * single / below if below > 0 else -math.inf


def _f(tail: float, first: float, second: float) -> float:
    """Upper quantile of F."""
    return float(special.fdtri(first, second, 1 - tail))
