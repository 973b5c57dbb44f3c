"""Bang's blinding index: whether raters could tell the systems apart, system by system.

May import numpy and its own package.
"""

import math

from scipy.stats import norm

from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.terms import Reason

__all__ = ["blinding_index"]


def blinding_index(correct: int, wrong: int, unknown: int, *, n_systems: int = 2, confidence: float = 0.95) -> Interval:
    """How much oftener than by chance raters recognised one system, from their guesses about its answers.

    Definition: p_c - p_w / (K - 1), p_c and p_w the shares of right and wrong guesses among all n, "I do not know"
    included, K the number of systems to choose from. 0 is what blind guessing gives, 1 everybody right; below 0 the
    system was taken for others, at least -1 / (K - 1). With K = 2 it is Bang's index. Variance, of a multinomial:
    (p_c (1 - p_c) + p_w (1 - p_w) / (K - 1)^2 + 2 p_c p_w / (K - 1)) / n; limits are value -+ z se, cut to the bounds.
    Guesses count as independent, so the limits are too narrow where one rater makes many.

    Args:
        correct: guesses that named this system, of its own answers.
        wrong: guesses that named another.
        unknown: "I do not know".
        n_systems: number of systems to choose from, K, at least 2.
        confidence: two-sided confidence, above 0 and below 1.

    Returns:
        Interval, -1 / (K - 1)..1, with its standard error.

    Raises:
        ValueError: counts below 0, fewer than two systems, confidence out of range.

    Undefined when: no guesses (no_evidence, no value); all guesses alike, which leaves no variance (one_level_only, the
        value stands).

    Example:
        >>> index = blinding_index(48, 4, 330)
        >>> round(index.value, 3), round(index.lower, 3), round(index.upper, 3)
        (0.115, 0.08, 0.15)

    Source: Bang, Ni and Davis 2004, Control Clin Trials 25:143-156, doi:10.1016/j.cct.2003.10.016, with two arms; for
    more than two, wrong guesses are weighted so that blind guessing gives 0, which is ours.
    """
    tail = tail_probability(confidence)
    if min(correct, wrong, unknown) < 0 or n_systems < 2:  # noqa: PLR2004 -- one system cannot be told from others
        raise ValueError("counts are numbers from 0, and there are two systems or more to choose from")
    n, others = correct + wrong + unknown, n_systems - 1
    if n == 0:
        return Interval(method=Method.linearised, confidence=confidence, reason=Reason.no_evidence)
    right, false = correct / n, wrong / n
    value = right - false / others
    variance = (right * (1 - right) + false * (1 - false) / others**2 + 2 * right * false / others) / n
    if max(correct, wrong, unknown) == n:
        return Interval(method=Method.linearised, confidence=confidence, value=value, reason=Reason.one_level_only)
    error = math.sqrt(variance)
    reach = float(norm.isf(tail)) * error
    return Interval(
        method=Method.linearised,
        confidence=confidence,
        value=value,
        lower=max(-1 / others, value - reach),
        upper=min(1.0, value + reach),
        standard_error=error,
    )
