"""What rules do over many studies: how often a veto strikes, how often an unfit system passes.

Closed forms for planning and for reading a result; no verdict rests on them.
May import the standard library.
"""

import math

__all__ = ["any_unfit_passes", "veto_strikes"]


def veto_strikes(rate: float, n: float) -> float:
    """Chance that a veto strikes: at least one event in n independent cases.

    Definition: 1 - (1 - rate)^n. It holds for events that raters and adjudicator find whenever they occur; a panel that
    finds a share s of them strikes as at the rate s times rate.

    Args:
        rate: true share of cases with an event, 0..1.
        n: number of cases looked at, as independent ones, at least 0; clusters make it a fraction.

    Returns:
        The chance, 0..1.

    Raises:
        ValueError: a rate outside 0..1 or a negative number of cases.

    Example:
        >>> round(veto_strikes(0.001, 183), 2), round(veto_strikes(0.001, 2069), 2)
        (0.17, 0.87)

    Source: binomial distribution without an event.
    """
    if not 0 <= rate <= 1 or n < 0:
        raise ValueError(f"a rate lies in 0..1 and a number of cases is at least 0, got {rate!r} and {n!r}")
    if rate == 1:
        return 1.0 if n > 0 else 0.0
    return -math.expm1(n * math.log1p(-rate))


def any_unfit_passes(n_systems: int, *, alpha: float = 0.025) -> float:
    """Upper bound of the chance that at least one of several unfit systems passes a track.

    Definition: the smaller of 1 and n_systems times alpha (Bonferroni), whatever the systems share.

    Args:
        n_systems: number of systems that are unfit.
        alpha: chance that one unfit system passes.

    Returns:
        The bound, 0..1.

    Raises:
        ValueError: a negative number of systems or alpha outside 0..1.

    Example:
        >>> any_unfit_passes(3), any_unfit_passes(60)
        (0.075, 1.0)

    Source: Boole's inequality.
    """
    if n_systems < 0 or not 0 <= alpha <= 1:
        raise ValueError(f"number of systems or alpha out of range: {n_systems!r}, {alpha!r}")
    return min(1.0, round(n_systems * alpha, 12))
