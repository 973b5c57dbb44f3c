"""Agreement that chance alone would give, by the models of the published coefficients, for many tables at once.

It exists so that the coefficients of two sources and those of any number of raters share one arithmetic.
May import numpy and its own package.
"""

import numpy as np

from dualtrack.stats._arrays import Floats
from dualtrack.stats._jackknife import ratio

__all__ = ["beyond_chance", "conger_chance", "gwet_chance", "same_shares_chance", "two_way_chance", "uniform_chance"]


def beyond_chance(observed: Floats, expected: Floats) -> Floats:
    """Return (p_o - p_e) / (1 - p_e); NaN where chance alone agrees always."""
    return ratio(observed - expected, 1.0 - expected)


def gwet_chance(shares: Floats, weights: Floats) -> Floats:
    """Return T / (q (q - 1)) sum_l pi_l (1 - pi_l), T the sum of all weights, q the number of levels."""
    n_levels = shares.shape[-1]
    spread: Floats = (shares * (1.0 - shares)).sum(axis=-1)
    chance: Floats = weights.sum() / (n_levels * (n_levels - 1)) * spread
    return chance


def same_shares_chance(shares: Floats, weights: Floats) -> Floats:
    """Return sum_lk w_lk pi_l pi_k: all raters draw from one distribution (Scott, Fleiss)."""
    return two_way_chance(shares, shares, weights)


def two_way_chance(first: Floats, second: Floats, weights: Floats) -> Floats:
    """Return sum_lk w_lk p_l q_k: each of two raters draws from a distribution of their own (Cohen)."""
    product: Floats = (first[..., :, None] * second[..., None, :] * weights).sum(axis=(-2, -1))
    return product


def conger_chance(of_raters: Floats, weights: Floats) -> Floats:
    """Return the mean of Cohen's chance agreement over all pairs of raters; shares have shape (..., raters, levels)."""
    n_raters = of_raters.shape[-2]
    everyone = of_raters.sum(axis=-2)
    alone = two_way_chance(of_raters, of_raters, weights).sum(axis=-1)
    pairs: Floats = (two_way_chance(everyone, everyone, weights) - alone) / (n_raters * (n_raters - 1))
    return pairs


def uniform_chance(shares: Floats, weights: Floats) -> Floats:
    """Return T / q^2: every level is as likely as any other (Brennan and Prediger)."""
    return np.full(shares.shape[:-1], weights.sum() / weights.size)
