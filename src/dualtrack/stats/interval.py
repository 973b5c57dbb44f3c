"""The shared result of every interval method: limits, or the reason why there are none.

It exists so that an undefined interval is a state that callers cannot overlook, the same for every method.
May import the standard library and ``dualtrack.terms``.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dualtrack.terms import Reason

__all__ = ["Interval", "Method", "tail_probability"]


class Method(StrEnum):
    """How limits were computed; the words that stand in result files."""

    exact = "exact"
    f = "f"
    jackknife = "jackknife"
    linearised = "linearised"
    linearised_pseudo_cases = "linearised_pseudo_cases"
    linearised_two_way = "linearised_two_way"
    resampled = "resampled"
    prediction_powered = "prediction_powered"
    tango = "tango"
    cumulative_logit = "cumulative_logit"
    two_way = "two_way"
    signed_rank = "signed_rank"
    max_t = "max_t"
    holm = "holm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A point estimate with its two limits, or the reason why limits are undefined.

    ``lower`` and ``upper`` are both numbers (``reason`` is None) or both None (``reason`` says why).
    ``value`` may be defined without limits, and is None only where nothing was assessed. No field ever holds
    NaN or infinity. ``method`` names what was computed, or what would have been. Standard error, degrees of
    freedom and the number of clusters are given where the method has them; degrees of freedom may be
    fractional.

    Raises:
        ValueError: limits without order, a limit or value that is not finite, limits beside a reason, or
            neither.

    Example:
        >>> Interval(value=0.0, lower=0.0, upper=0.0881, method=Method.exact, confidence=0.95).upper
        0.0881
        >>> Interval(value=0.5, method=Method.linearised, confidence=0.95, reason=Reason.too_few_clusters).defined
        False
    """

    method: Method
    confidence: float
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    reason: Reason | None = None
    standard_error: float | None = None
    degrees_of_freedom: float | None = None
    n_clusters: int | None = None

    def __post_init__(self) -> None:
        numbers = (self.value, self.lower, self.upper, self.standard_error, self.degrees_of_freedom)
        if not all(number is None or math.isfinite(number) for number in numbers):
            raise ValueError("an interval holds finite numbers or None")
        if (self.lower is None) != (self.upper is None) or (self.lower is None) != (self.reason is not None):
            raise ValueError("an interval has two limits and no reason, or a reason and no limits")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError(f"lower limit {self.lower!r} above upper limit {self.upper!r}")

    @property
    def defined(self) -> bool:
        """Whether there are limits."""
        return self.reason is None


def tail_probability(confidence: float) -> float:
    """Probability left outside on each side of a two-sided interval.

    Definition: (1 - confidence) / 2, computed in decimal so that 0.95 gives exactly 0.025 and a two-sided 95
    % interval ends exactly at the one-sided 2.5 % limits of a gate.

    Args:
        confidence: two-sided confidence, above 0 and below 1.

    Returns:
        The tail probability, in 0..0.5.

    Raises:
        ValueError: confidence is not above 0 and below 1.

    Example:
        >>> tail_probability(0.95), (1 - 0.95) / 2
        (0.025, 0.025000000000000022)

    Source: definition.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence!r}")
    return float((1 - Decimal(repr(float(confidence)))) / 2)
