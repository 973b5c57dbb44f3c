"""Several tests at once: Holm, Benjamini-Hochberg, and the step-down maximum of resampled statistics.

Holm and the maximum keep the chance of any false claim in a family; Benjamini-Hochberg the share of false ones among
those called, for looking around.
May import numpy, statsmodels and its own package.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from statsmodels.stats.multitest import multipletests

__all__ = ["benjamini_hochberg", "holm", "step_down_max"]


def holm(p_values: Sequence[float]) -> list[float]:
    """P values after Holm's correction, in the order given.

    Definition: the i-th least of m becomes the greatest of (m - j + 1) p_j over j up to i, at most 1.

    Args:
        p_values: p values of one family.

    Returns:
        The corrected ones.

    Example:
        >>> [round(p, 4) for p in holm([0.01, 0.04, 0.03])]
        [0.03, 0.06, 0.06]

    Source: Holm 1979, Scand J Stat 6:65-70.
    """
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    corrected = np.empty_like(given)
    corrected[order] = np.minimum(np.maximum.accumulate(given[order] * np.arange(given.size, 0, -1)), 1.0)
    return [float(p) for p in corrected]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """P values after the correction of Benjamini and Hochberg, in the order given.

    Definition: the i-th least of m becomes the least of m p_j / j over j from i, at most 1.

    Args:
        p_values: p values of one family.

    Returns:
        The corrected ones; those at most q bound the expected share of false claims by q for independent tests.

    Example:
        >>> [round(p, 4) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
        [0.03, 0.04, 0.04]

    Source: Benjamini and Hochberg 1995, J R Stat Soc B 57:289-300, doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    return [float(p) for p in multipletests(list(p_values), method="fdr_bh")[1]] if p_values else []


def step_down_max(statistics: npt.ArrayLike, draws: npt.ArrayLike) -> list[float]:
    """P values of a family from the resampled maximum of its statistics, step by step.

    Definition: with the statistics in falling order, the p value of the i-th is (1 + number of draws in which the
    greatest of the statistics i..m is at least as large) / (1 + number of draws), and never below that of the one
    before. The draws are centred, so that they show what chance alone gives; because all statistics of one draw come
    from the same clusters, what they share is not paid for twice.

    Args:
        statistics: absolute differences over their standard errors, shape (tests,).
        draws: |difference in the draw - difference in the data| over the same standard errors, shape (draws, tests).

    Returns:
        The corrected p values, in the order given.

    Raises:
        ValueError: shapes that do not fit, no draw, or a number that is not finite.

    Example:
        >>> step_down_max([3.0, 1.0], [[0.5, 0.2], [0.1, 2.0], [1.1, 0.4]])
        [0.25, 0.5]

    Source: Westfall and Young 1993, Resampling-Based Multiple Testing; Romano and Wolf 2005, Econometrica 73:1237-1282,
    doi:10.1111/j.1468-0262.2005.00615.x, with the standard errors of the data in every draw.
    """
    observed, drawn = np.asarray(statistics, dtype=np.float64), np.asarray(draws, dtype=np.float64)
    if observed.ndim != 1 or drawn.ndim != 2 or drawn.shape[1:] != observed.shape or len(drawn) == 0:  # noqa: PLR2004 -- draws by tests
        raise ValueError(f"draws must be a table with one column for each test: {drawn.shape} and {observed.shape}")
    if not (np.isfinite(observed).all() and np.isfinite(drawn).all()):
        raise ValueError("statistics and draws must be finite")
    order = np.argsort(-observed, kind="stable")
    greatest = np.maximum.accumulate(drawn[:, order][:, ::-1], axis=1)[:, ::-1]
    reached = (greatest >= observed[order]).sum(axis=0)
    in_order = np.maximum.accumulate((1.0 + reached) / (1.0 + len(drawn)))
    corrected = np.empty_like(observed)
    corrected[order] = in_order
    return [float(p) for p in corrected]
