"""How far raters agree on the levels of one scale: raw, and beyond chance by Krippendorff and by Gwet.

All coefficients, those of ``kappa`` too, take the same table, units by raters, in which ratings may be missing, and are
functions of whole numbers that add up over clusters; so they share their counts, and intervals come from leaving out
clusters. Numbers instead of levels stand in ``icc``.
May import numpy, ``dualtrack.terms`` and its own package.
"""

from functools import partial

import numpy as np
import numpy.typing as npt

from dualtrack.stats._agreement import Ratings, agreement_weights, observed, pooled, prepared, tally_interval
from dualtrack.stats._arrays import Floats
from dualtrack.stats._chance import gwet_chance
from dualtrack.stats._jackknife import ratio
from dualtrack.stats._tally import LevelTally, as_tally
from dualtrack.stats.interval import Interval
from dualtrack.stats.proportion import exact_interval

__all__ = ["gwet_ac", "krippendorff_alpha", "level_tally", "raw_agreement"]


def level_tally(ratings: Ratings, *, n_levels: int, clusters: npt.ArrayLike | None = None) -> LevelTally:
    """Count a table of ratings once, so that several coefficients can be computed from it.

    Definition: a unit with m ratings, r_l of them on level l, adds r_l and r_l r_k (r_l (r_l - 1) for k = l) to the
    sums of its cluster and of its m.

    Args:
        ratings: level of each rating, 0..n_levels-1 in the order of the scale, -1 for none, shape (units, raters).
        n_levels: number of levels of the scale, whether or not they occur.
        clusters: cluster of each unit, whole numbers, shape (units,); None: each unit is its own.

    Returns:
        The tally, which every function here takes in place of the table; units without a rating are left out.

    Raises:
        ValueError: another number than a level or -1, fewer than two levels, or clusters of another length.

    Example:
        >>> level_tally([[0, 0], [0, 1], [1, -1]], n_levels=2).sizes
        array([1, 2])

    Source: reliability data as in Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, University of
    Pennsylvania, section C.
    """
    return as_tally(ratings, clusters, n_levels)


def raw_agreement(
    ratings: Ratings,
    *,
    n_levels: int,
    weights: str = "nominal",
    clusters: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    floor: int = 8,
) -> Interval:
    """Share of pairs of ratings of one unit that agree, averaged over units with at least two ratings.

    Definition: mean over units of sum_lk w_lk r_l (r_k - [l = k]) / (m (m - 1)). Limits: t by leaving out
    clusters, on the scale of log(1 - value); where at most one cluster holds a pair that differs, exact limits with
    clusters as cases.

    Args:
        ratings: as in ``level_tally``, or a tally.
        n_levels: number of levels of the scale.
        weights: as in ``agreement_weights``.
        clusters: cluster of each unit.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for which limits are given, at least 2.

    Returns:
        Interval in 0..1.

    Undefined when: there is no rating (no_evidence), one rater (one_rater), no unit with two ratings (no_overlap).

    Example:
        >>> raw_agreement([[0, 0, 0], [0, 0, 1], [1, 1, -1]], n_levels=2).value
        0.7777777777777777

    Source: Gwet 2014, Handbook of Inter-Rater Reliability, 4th ed., equation 2.13.
    """
    tally = as_tally(ratings, clusters, n_levels)
    table = agreement_weights(weights, tally.n_levels)
    interval = tally_interval(
        tally,
        partial(observed, tally, table),
        steady=True,
        pairs_only=True,
        confidence=confidence,
        floor=floor,
        bounds=(0.0, 1.0),
    )
    if interval.value is None or interval.defined or (interval.n_clusters or 0) < floor:
        return interval
    return exact_interval(interval.value, float(interval.n_clusters or 0), confidence=confidence)


def krippendorff_alpha(
    ratings: Ratings,
    *,
    n_levels: int,
    metric: str = "nominal",
    clusters: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    floor: int = 8,
) -> Interval:
    """Agreement beyond chance of any number of raters, with any ratings missing.

    Definition: alpha = 1 - (n - 1) sum o_lk d_lk / sum n_l n_k d_lk over units with at least two ratings; o_lk sums
    r_l (r_k - [l = k]) / (m - 1), n_l are the ratings on level l, n all of them. d_lk is 1 for different levels
    (nominal), or the square of the number of ratings between the middles of the two levels (ordinal). 1 is perfect, 0
    is chance. For numbers, and for levels with values, see ``interval_alpha``.

    Args:
        ratings: as in ``level_tally``, or a tally.
        n_levels: number of levels of the scale, in its order.
        metric: nominal or ordinal.
        clusters: cluster of each unit.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for which limits are given, at least 2.

    Returns:
        Interval, at most 1; unchanged by the order of raters and by units with a single rating.

    Raises:
        ValueError: another metric.

    Undefined when: as ``raw_agreement``, and where all ratings are on one level (one_level_only). No limits where one
        level has most ratings and fewer than 20 units have a rating off it (too_few).

    Example:
        >>> round(krippendorff_alpha([[0, 0], [1, 1], [0, 1], [0, 0], [1, 1]], n_levels=2).value, 4)
        0.64

    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability; Hayes and Krippendorff 2007, Commun Methods
    Meas 1:77-89, doi:10.1080/19312450709336664. Limits by the jackknife: Hughes 2022, arXiv:2210.13265.
    """
    if metric not in ("nominal", "ordinal"):
        raise ValueError(f"metric must be nominal or ordinal, got {metric!r}")
    tally = as_tally(ratings, clusters, n_levels)
    return tally_interval(
        tally, partial(_alpha, tally, metric == "ordinal"), pairs_only=True, confidence=confidence, floor=floor
    )


def gwet_ac(
    ratings: Ratings,
    *,
    n_levels: int,
    weights: str = "nominal",
    clusters: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    floor: int = 8,
) -> Interval:
    """Agreement beyond chance that stays steady where nearly all ratings are on one level: AC1, weighted AC2.

    Definition: (p_a - p_e) / (1 - p_e); p_a as ``raw_agreement``; p_e = T / (q (q - 1)) sum pi_l (1 - pi_l), T the sum
    of the weights, pi_l the mean over all units of the share of a unit's ratings on level l. It stands beside alpha and
    raw agreement, never alone: it is generous where the others are harsh.

    Args:
        ratings: as in ``level_tally``, or a tally. Units with one rating count in pi_l.
        n_levels: number q of levels of the scale, whether or not they occur.
        weights: as in ``agreement_weights``; nominal gives AC1.
        clusters: cluster of each unit.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for which limits are given, at least 2.

    Returns:
        Interval, -1..1.

    Undefined when: as ``raw_agreement``.

    Example:
        >>> table = [[0, 0]] * 118 + [[0, 1]] * 5 + [[1, 0]] * 2
        >>> round(gwet_ac(table, n_levels=2).value, 5), round(krippendorff_alpha(table, n_levels=2).value, 3)
        (0.94078, -0.025)

    Source: Gwet 2008, Br J Math Stat Psychol 61:29-48, doi:10.1348/000711006X126600; weights and missing ratings: Gwet
    2014, Handbook of Inter-Rater Reliability, 4th ed., chapters 2 and 3.
    """
    tally, table = prepared(ratings, clusters, n_levels, weights=weights)
    return tally_interval(
        tally, partial(pooled, tally, table, gwet_chance), steady=True, confidence=confidence, floor=floor
    )


def _alpha(tally: LevelTally, ordinal: bool, sums: Floats) -> Floats:  # noqa: FBT001 -- bound by partial
    several = tally.sizes > 1
    seen = (tally.pairs(sums)[:, several] / (tally.sizes[several] - 1)[:, None, None]).sum(axis=1)
    levels: Floats = tally.ratings(sums)[:, several].sum(axis=1)
    apart = np.broadcast_to(1.0 - np.eye(tally.n_levels), seen.shape)
    if ordinal:
        middle = levels.cumsum(axis=1) - levels / 2
        apart = (middle[:, :, None] - middle[:, None, :]) ** 2
    expected = (levels[:, :, None] * levels[:, None, :] * apart).sum(axis=(1, 2))
    observed = (seen * apart).sum(axis=(1, 2)) * (levels.sum(axis=1) - 1)
    return 1.0 - ratio(observed, expected)
