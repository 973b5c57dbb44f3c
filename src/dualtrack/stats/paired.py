"""Limits of a mean difference within pairs, by the score method of Tango, on an effective number of pairs.

A pair adds to one of two sums: how far it goes up and how far it goes down. For gaps of one step (a pass against a
failure) these are the numbers of discordant pairs of either kind. For smaller gaps the same limits hold and are wider
than they need to be, since a gap within -1..1 varies no more than a step with the same two means. Gates rest on these
limits, so they are closed form but for one root, and they move one way: a pair that goes up more, or down less, never
lowers either limit (a test walks through every table).
May import the standard library, scipy, ``dualtrack.terms`` and its own package.
"""

import math

from scipy import special

from dualtrack.stats._arrays import snapped
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.terms import Reason

__all__ = ["least_pairs", "tango_interval", "tango_lower", "tango_upper"]

HALVINGS = 60
"""Each halves the bracket, which is at most 2 wide: the root is then exact to the last place of a double."""


def tango_upper(n_up: float, n_down: float, n_pairs: float, *, alpha: float = 0.025) -> float:
    """One-sided upper limit of the mean difference within pairs.

    Definition: the largest d for which the score statistic (n_up - n_down - n d) / sqrt(n (2 q + d (1 - d))) is at
    least the alpha quantile of the normal distribution; q is the most likely share of pairs going down, given d:
    q = (sqrt(B^2 - 4 A C) - B) / (2 A) with A = 2 n, B = -n_up - n_down + (2 n - n_up + n_down) d and
    C = -n_down d (1 - d). Without any discordant pair it is z^2 / (n + z^2).

    Args:
        n_up: sum of the differences above 0, in pairs; at least 0.
        n_down: sum of the differences below 0, without sign; at least 0, and n_up + n_down at most n_pairs.
        n_pairs: effective number of pairs (``effective_n``), at least 0.
        alpha: error allowed on this side, above 0 and below 1 / 2.

    Returns:
        The limit, in -1..1; 1.0 when there is no pair.

    Raises:
        ValueError: sums that no pairs can have, or alpha out of range.

    Example:
        >>> round(tango_upper(1, 7, 21), 4), round(tango_upper(0, 0, 73), 4)
        (-0.026, 0.05)

    Source: Tango 1998, Stat Med 17:891-908, doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B.
    """
    _check(n_up, n_down, n_pairs, alpha)
    if n_pairs == 0:
        return 1.0
    n_up, n_down = (snapped(each, 1e-9 * n_pairs) for each in (n_up, n_down))
    least = float(special.ndtri(alpha))
    if _score(n_up, n_down, n_pairs, 1.0) >= least:
        return 1.0
    low, high = max(-1.0, (n_up - n_down) / n_pairs), 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        if _score(n_up, n_down, n_pairs, middle) >= least:
            low = middle
        else:
            high = middle
    return high


def tango_lower(n_up: float, n_down: float, n_pairs: float, *, alpha: float = 0.025) -> float:
    """One-sided lower limit of the mean difference within pairs: the upper one with the two sums exchanged.

    Definition: minus ``tango_upper`` of (n_down, n_up), so that exchanging both members of every pair mirrors the
    limits to the bit.

    Args:
        n_up: sum of the differences above 0, in pairs; at least 0.
        n_down: sum of the differences below 0, without sign; at least 0, and n_up + n_down at most n_pairs.
        n_pairs: effective number of pairs (``effective_n``), at least 0.
        alpha: error allowed on this side, above 0 and below 1 / 2.

    Returns:
        The limit, in -1..1; -1.0 when there is no pair.

    Raises:
        ValueError: sums that no pairs can have, or alpha out of range.

    Example:
        >>> round(tango_lower(1, 7, 21), 4)
        -0.5172

    Source: Tango 1998, Stat Med 17:891-908, doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B.
    """
    return -tango_upper(n_down, n_up, n_pairs, alpha=alpha)


def tango_interval(n_up: float, n_down: float, n_pairs: float, *, confidence: float = 0.95) -> Interval:
    """Two-sided interval of the mean difference within pairs.

    Definition: value (n_up - n_down) / n_pairs with ``tango_lower`` and ``tango_upper``, each with half of 1 -
    confidence.

    Args:
        n_up: sum of the differences above 0, in pairs; at least 0.
        n_down: sum of the differences below 0, without sign; at least 0, and n_up + n_down at most n_pairs.
        n_pairs: effective number of pairs (``effective_n``), at least 0.
        confidence: two-sided confidence, above 0 and below 1.

    Returns:
        Interval in -1..1.

    Raises:
        ValueError: sums that no pairs can have, or confidence out of range.

    Undefined when: there is no pair (no_evidence, no value).

    Example:
        >>> interval = tango_interval(1, 7, 21)
        >>> round(interval.lower, 4), round(interval.value, 4), round(interval.upper, 4)
        (-0.5172, -0.2857, -0.026)

    Source: Tango 1998, Stat Med 17:891-908, doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B.
    """
    alpha = tail_probability(confidence)
    lower = tango_lower(n_up, n_down, n_pairs, alpha=alpha)
    upper = tango_upper(n_up, n_down, n_pairs, alpha=alpha)
    if n_pairs == 0:
        return Interval(method=Method.tango, confidence=confidence, reason=Reason.no_evidence)
    value = (n_up - n_down) / n_pairs
    return Interval(
        method=Method.tango,
        confidence=confidence,
        value=value,
        lower=min(lower, value),
        upper=max(upper, value),
    )


def least_pairs(margin: float, *, alpha: float = 0.025) -> int:
    """Least number of pairs at which no discordant pair shows that the mean difference stays within the margin.

    Definition: the smallest n with z^2 / (n + z^2) <= margin, that is ``tango_upper(0, 0, n)`` <= margin.

    Args:
        margin: greatest acceptable difference, above 0 and below 1.
        alpha: error allowed on one side, above 0 and below 1 / 2.

    Returns:
        Number of pairs, at least 1.

    Raises:
        ValueError: margin or alpha out of range.

    Example:
        >>> [least_pairs(margin) for margin in (0.10, 0.05, 0.02)]
        [35, 73, 189]

    Source: Tango 1998, Stat Med 17:891-908, doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B
    (without discordant pairs).
    """
    if not 0 < margin < 1:
        raise ValueError(f"the margin must lie between 0 and 1, got {margin!r}")
    _check(0.0, 0.0, 1.0, alpha)
    n_pairs = max(1, math.ceil(float(special.ndtri(alpha)) ** 2 * (1.0 - margin) / margin))
    while tango_upper(0.0, 0.0, n_pairs, alpha=alpha) > margin:
        n_pairs += 1
    return n_pairs


def _score(n_up: float, n_down: float, n_pairs: float, difference: float) -> float:
    """Return the score statistic of one difference; falls as the difference rises."""
    surplus = n_up - n_down - n_pairs * difference
    spread = difference * (1.0 - difference)
    a, c = 2.0 * n_pairs, -n_down * spread
    b = -n_up - n_down + (2.0 * n_pairs - n_up + n_down) * difference
    down = (math.sqrt(max(b * b - 4.0 * a * c, 0.0)) - b) / (2.0 * a)
    variance = n_pairs * (2.0 * down + spread)
    if variance > 0:
        return surplus / math.sqrt(variance)
    return 0.0 if surplus == 0 else math.copysign(math.inf, surplus)


def _check(n_up: float, n_down: float, n_pairs: float, alpha: float) -> None:
    if not 0 <= n_pairs < math.inf:
        raise ValueError(f"the effective number of pairs must be finite and not negative, got {n_pairs!r}")
    if not (n_up >= 0 and n_down >= 0 and n_up + n_down <= n_pairs * (1 + 1e-9)):
        raise ValueError(f"{n_pairs!r} pairs cannot go up by {n_up!r} and down by {n_down!r}")
    if not 0 < alpha < 1 / 2:
        raise ValueError(f"alpha must lie between 0 and 1 / 2, got {alpha!r}")
