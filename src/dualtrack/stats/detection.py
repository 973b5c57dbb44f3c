"""How well a yes-or-no source finds what a reference panel calls failing.

Kept apart from gates: a share of the failing cases that a source flags is described by an interval, and whether the
source may speak is decided on a lower limit that only falls when evidence is taken away.
May import the standard library, numpy, ``dualtrack.terms`` and its own package.
"""

import math

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats, as_integers
from dualtrack.stats._chance import beyond_chance, gwet_chance, two_way_chance
from dualtrack.stats.cluster import linearised_ratio
from dualtrack.stats.interval import Interval, Method
from dualtrack.stats.proportion import effective_n, exact_interval, exact_lower
from dualtrack.terms import Reason

__all__ = ["cohen_kappa", "detection_interval", "detection_lower", "gwet_ac1"]

WEIGHT_UNITS = 1_000_000
SAME = np.eye(2)
"""Weights of two answers that agree only when they are the same."""


def detection_interval(
    found: npt.ArrayLike,
    weights: npt.ArrayLike,
    clusters: npt.ArrayLike,
    *,
    rho0: float = 1.0,
    confidence: float = 0.95,
    floor: int = 8,
) -> Interval:
    """Share of cases that were found: sensitivity over failing cases, specificity over passing ones.

    Definition: sum of the weights of the found cases over the sum of all weights. Equal weights: exact limits on
    n / (1 + (sum m_c^2 / n - 1) rho0) cases. Unequal weights (1 / inclusion probability): the ratio of weighted totals
    with limits linearised by cluster.

    Args:
        found: whether each case was found, 0 or 1, shape (cases,).
        weights: weight of each case, finite and above 0, shape (cases,).
        clusters: cluster of each case, whole numbers from 0, shape (cases,).
        rho0: intra-cluster correlation fixed beforehand, in 0..1; used with equal weights only.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for linearised limits.

    Returns:
        Interval in 0..1; the same whatever the order of cases and the names of clusters.

    Raises:
        ValueError: arrays that differ in length, a weight that is not above 0, or a value other than 0 and 1.

    Undefined when: there is no case (no_evidence, no value); unequal weights and fewer clusters than floor
        (too_few_clusters, the value stands).

    Example:
        >>> interval = detection_interval([1] * 36 + [0] * 4, [1.0] * 40, list(range(40)))
        >>> interval.value, round(interval.lower, 4), round(interval.upper, 4)
        (0.9, 0.7634, 0.9721)

    Source: sensitivity and specificity with exact limits: Altman and Bland 1994, BMJ 308:1552,
    doi:10.1136/bmj.308.6943.1552; weighting by inclusion probability against verification of a sample: Begg and Greenes
    1983, Biometrics 39:207-215, doi:10.2307/2530820; limits as in ``exact_interval`` and ``linearised_ratio``.
    """
    hit = as_integers("found", found, n_dimensions=1)
    place = as_integers("clusters", clusters, n_dimensions=1)
    weight = np.asarray(weights, dtype=np.float64)
    if not hit.shape == weight.shape == place.shape:
        raise ValueError(f"found, weights and clusters differ in length: {hit.size}, {weight.size}, {place.size}")
    if hit.size and (not np.isin(hit, (0, 1)).all() or not (weight > 0).all() or not np.isfinite(weight).all()):
        raise ValueError("found must be 0 or 1, and weights finite and above 0")
    if not hit.size:
        return Interval(method=Method.exact, confidence=confidence, reason=Reason.no_evidence)
    if weight.min() == weight.max():
        sizes = np.bincount(place)
        n_eff = effective_n(sizes[sizes > 0], rho0)
        return exact_interval(int(hit.sum()) / hit.size, n_eff, confidence=confidence)
    whole = np.rint(weight / weight.min() * WEIGHT_UNITS).astype(np.int64)
    totals = np.zeros(int(place.max()) + 1, dtype=np.int64)
    sums = totals.copy()
    np.add.at(totals, place, whole)
    np.add.at(sums, place, whole * hit)
    return linearised_ratio(sums, totals, confidence=confidence, floor=floor)


def detection_lower(found: float, missed: float, *, design_effect: float = 1.0, alpha: float = 0.025) -> float | None:
    """Lower limit of the share found, with everything doubtful counted as missed beforehand by the caller.

    Definition: the alpha quantile of the beta distribution with parameters found / D and missed / D + 1, D the design
    effect of the planned cases. It rises with every case found and falls with every case missed, so turning a found
    case into a doubtful or a missed one never raises it. With unequal weights the caller divides each by the
    greatest: no case counts more than once, which is never more than Kish's effective number (sum w)^2 / sum w^2.

    Args:
        found: number (or scaled weight) of failing cases surely found, at least 0.
        missed: number (or scaled weight) of cases that may be failing and were not flagged, at least 0.
        design_effect: n / n_eff of the planned cases, at least 1, fixed by the plan.
        alpha: error allowed on this side.

    Returns:
        The limit, in 0..1; None without any case.

    Raises:
        ValueError: a negative number, or a design effect below 1.

    Example:
        >>> round(detection_lower(36, 4), 4), round(detection_lower(35, 4), 4), round(detection_lower(35, 5), 4)
        (0.7634, 0.7578, 0.732)

    Source: Clopper and Pearson 1934, Biometrika 26:404-413, doi:10.1093/biomet/26.4.404; Kish 1965, Survey Sampling,
    sections 8.2 and 11.7.
    """
    if found < 0 or missed < 0 or design_effect < 1:
        raise ValueError(f"found, missed and design effect out of range: {found!r}, {missed!r}, {design_effect!r}")
    total = found + missed
    return None if total == 0 else exact_lower(found / total, total / design_effect, alpha=alpha)


def cohen_kappa(both: float, first_only: float, second_only: float, neither: float) -> float | None:
    """Agreement of two yes-or-no sources corrected for chance.

    Definition: (p_o - p_e) / (1 - p_e), p_o the share of cases on which they agree, p_e what the two would agree on if
    each kept its own share of yes and neither looked at the other.

    Args:
        both: cases (or weight of cases) on which both say yes.
        first_only: on which only the first does.
        second_only: on which only the second does.
        neither: on which neither does.

    Returns:
        The coefficient, -1..1.

    Raises:
        ValueError: a negative or infinite number.

    Undefined when: there is no case, or both always say the same one thing (None).

    Example:
        >>> round(cohen_kappa(20, 5, 10, 15), 4)
        0.4

    Source: Cohen 1960, Educ Psychol Meas 20:37-46, doi:10.1177/001316446002000104.
    """
    total = _total(both, first_only, second_only, neither)
    if total == 0:
        return None
    first, second = (both + first_only) / total, (both + second_only) / total
    return _beyond((both + neither) / total, two_way_chance(_shares(first), _shares(second), SAME))


def gwet_ac1(both: float, first_only: float, second_only: float, neither: float) -> float | None:
    """Agreement of two yes-or-no sources corrected for chance, steady where nearly all cases are alike.

    Definition: (p_o - p_e) / (1 - p_e) with p_e = 2 q (1 - q), q the mean share of yes of the two. It stands beside
    ``cohen_kappa``, never alone: kappa falls to 0 and below when yes is rare, and AC1 is generous.

    Args:
        both: cases (or weight of cases) on which both say yes.
        first_only: on which only the first does.
        second_only: on which only the second does.
        neither: on which neither does.

    Returns:
        The coefficient, -1..1.

    Raises:
        ValueError: a negative or infinite number.

    Undefined when: there is no case (None).

    Example:
        >>> round(gwet_ac1(118, 5, 2, 0), 3), round(cohen_kappa(118, 5, 2, 0), 3)
        (0.941, -0.023)

    Source: Gwet 2008, Br J Math Stat Psychol 61:29-48, doi:10.1348/000711006X126600.
    """
    total = _total(both, first_only, second_only, neither)
    if total == 0:
        return None
    share = (2 * both + first_only + second_only) / (2 * total)
    return _beyond((both + neither) / total, gwet_chance(_shares(share), SAME))


def _shares(yes: float) -> Floats:
    return np.array([yes, 1 - yes])


def _beyond(observed: float, expected: Floats) -> float | None:
    value = float(beyond_chance(np.asarray(observed), expected))
    return None if math.isnan(value) else value


def _total(*cells: float) -> float:
    if not all(math.isfinite(cell) and cell >= 0 for cell in cells):
        raise ValueError(f"the cells of the table must be finite and not negative, got {cells!r}")
    return math.fsum(cells)
