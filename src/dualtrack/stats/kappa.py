"""The kappas of several raters: agreement beyond what each model of chance gives.

They are printed because readers know them; where raters change, ratings are missing or one level prevails, read
``agreement`` first.
May import numpy and its own package.
"""

from functools import partial

import numpy as np
import numpy.typing as npt

from dualtrack.stats._agreement import Ratings, observed, pooled, prepared, tally_interval
from dualtrack.stats._arrays import Floats
from dualtrack.stats._chance import beyond_chance, conger_chance, same_shares_chance, uniform_chance
from dualtrack.stats._tally import MISSING, LevelTally
from dualtrack.stats.interval import Interval

__all__ = ["brennan_prediger", "conger_kappa", "fleiss_kappa"]


def fleiss_kappa(
    ratings: Ratings,
    *,
    n_levels: int,
    weights: str = "nominal",
    clusters: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    floor: int = 8,
) -> Interval:
    """Agreement beyond chance of raters who all draw from one distribution; of two raters Scott's pi.

    Definition: (p_a - p_e) / (1 - p_e), p_a as ``raw_agreement``, p_e = sum_lk w_lk pi_l pi_k, pi_l as ``gwet_ac``.
    Fleiss's own form where all units have the same number of ratings.

    Args:
        ratings: as in ``level_tally``, or a tally.
        n_levels: number of levels of the scale.
        weights: as in ``agreement_weights``.
        clusters: cluster of each unit.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for which limits are given, at least 2.

    Returns:
        Interval, -1..1.

    Undefined when: as ``krippendorff_alpha``.

    Example:
        >>> round(fleiss_kappa([[0, 0], [1, 1], [0, 1], [0, 0], [1, 1]], n_levels=2).value, 4)
        0.6

    Source: Fleiss 1971, Psychol Bull 76:378-382, doi:10.1037/h0031619; missing ratings: Gwet 2014, Handbook of
    Inter-Rater Reliability, 4th ed., chapter 2. Its own asymptotic limits cover too rarely: Zapf and others 2016, BMC
    Med Res Methodol 16:93, doi:10.1186/s12874-016-0200-9.
    """
    tally, table = prepared(ratings, clusters, n_levels, weights=weights)
    return tally_interval(tally, partial(pooled, tally, table, same_shares_chance), confidence=confidence, floor=floor)


def brennan_prediger(
    ratings: Ratings,
    *,
    n_levels: int,
    weights: str = "nominal",
    clusters: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    floor: int = 8,
) -> Interval:
    """Agreement beyond chance where chance takes every level equally often (also Randolph's kappa).

    Definition: (p_a - p_e) / (1 - p_e), p_a as ``raw_agreement``, p_e the mean of the weights.

    Args:
        ratings: as in ``level_tally``, or a tally.
        n_levels: number of levels of the scale, whether or not they occur.
        weights: as in ``agreement_weights``.
        clusters: cluster of each unit.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for which limits are given, at least 2.

    Returns:
        Interval, -1..1.

    Undefined when: as ``raw_agreement``.

    Example:
        >>> round(brennan_prediger([[0, 0], [1, 1], [0, 1], [0, 0], [1, 1]], n_levels=2).value, 4)
        0.6

    Source: Brennan and Prediger 1981, Educ Psychol Meas 41:687-699, doi:10.1177/001316448104100307.
    """
    tally, table = prepared(ratings, clusters, n_levels, weights=weights)
    return tally_interval(
        tally, partial(pooled, tally, table, uniform_chance), steady=True, confidence=confidence, floor=floor
    )


def conger_kappa(
    ratings: Ratings,
    *,
    n_levels: int,
    weights: str = "nominal",
    clusters: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    floor: int = 8,
) -> Interval:
    """Agreement beyond chance of fixed raters, each with a distribution of their own; of two raters Cohen's kappa.

    Definition: (p_a - p_e) / (1 - p_e), p_a as ``raw_agreement``; p_e is the mean over pairs of raters of
    sum_lk w_lk p_l q_k, p and q the shares of all their ratings on each level. A column of the
    table must be one person.

    Args:
        ratings: as in ``level_tally``, or a tally.
        n_levels: number of levels of the scale.
        weights: as in ``agreement_weights``; quadratic gives the usual weighted kappa.
        clusters: cluster of each unit.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for which limits are given, at least 2.

    Returns:
        Interval, -1..1.

    Undefined when: as ``krippendorff_alpha``.

    Example:
        >>> table = [[0, 0]] * 20 + [[0, 1]] * 5 + [[1, 0]] * 10 + [[1, 1]] * 15
        >>> round(conger_kappa(table, n_levels=2).value, 4)
        0.4

    Source: Cohen 1960, Educ Psychol Meas 20:37-46, doi:10.1177/001316446002000104; weighted: Fleiss, Cohen and Everitt
    1969, Psychol Bull 72:323-327, doi:10.1037/h0028106; several raters: Conger 1980, Psychol Bull 88:322-328,
    doi:10.1037/0033-2909.88.2.322.
    """
    tally, table = prepared(ratings, clusters, n_levels, weights=weights)
    statistic = partial(_fixed, tally, table)
    return tally_interval(tally, statistic, by_rater=True, confidence=confidence, floor=floor)


def _fixed(tally: LevelTally, weights: Floats, sums: Floats) -> Floats:
    n_raters, n_levels = tally.codes.shape[1], tally.n_levels
    of_raters = sums[:, -n_raters * n_levels :].reshape(-1, n_raters, n_levels)
    of_raters = of_raters[:, (tally.codes != MISSING).any(axis=0)]
    given = of_raters.sum(axis=2, keepdims=True)
    shares = np.divide(of_raters, given, out=np.full_like(of_raters, np.nan), where=given > 0)
    agreed = observed(tally, weights, sums[:, : -n_raters * n_levels])
    return beyond_chance(agreed, conger_chance(shares, weights))
