"""What the coefficients of agreement share: weights, observed agreement, shares of levels, and their interval.

May import numpy, ``dualtrack.terms`` and its own package.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats
from dualtrack.stats._chance import beyond_chance
from dualtrack.stats._jackknife import Statistic, jackknife_interval, ratio, withheld
from dualtrack.stats._tally import MISSING, LevelTally, as_tally, rater_sums
from dualtrack.stats.interval import Interval, Method
from dualtrack.terms import Reason

__all__ = ["Ratings", "agreement_weights", "observed", "pooled", "prepared", "tally_interval"]

Ratings = npt.ArrayLike | LevelTally
Chance = Callable[[Floats, Floats], Floats]
WHOLE = (-1.0, 1.0)
LEAST_OTHER = 20
"""Units with a rating off the commonest level, below which limits of alpha and the kappas cover too rarely."""
PREVAILING = 0.7
"""Share of all ratings from which a level is taken to prevail (both from benchmarks/agreement_coverage.py)."""


def agreement_weights(weights: str, n_levels: int) -> Floats:
    """How far two levels agree, 1 for the same level.

    Definition: with d = |l - k| of q levels. nominal: 1 where d = 0, else 0. linear: 1 - d / (q - 1). quadratic:
    1 - d^2 / (q - 1)^2. ordinal: 1 - d (d + 1) / (q (q - 1)), the ordinal weights of Gwet, which are not
    Krippendorff's ordinal metric.

    Args:
        weights: nominal, linear, quadratic or ordinal.
        n_levels: number of levels, at least 2.

    Returns:
        Array of shape (n_levels, n_levels).

    Raises:
        ValueError: another word.

    Example:
        >>> agreement_weights("quadratic", 3)[0].tolist()
        [1.0, 0.75, 0.0]

    Source: Gwet 2014, Handbook of Inter-Rater Reliability, 4th ed., chapter 3; quadratic: Fleiss and Cohen 1973, Educ
    Psychol Meas 33:613-619, doi:10.1177/001316447303300309.
    """
    distance = np.abs(np.subtract.outer(np.arange(n_levels), np.arange(n_levels)))
    lost = {
        "nominal": (distance > 0, 1),
        "linear": (distance, n_levels - 1),
        "quadratic": (distance**2, (n_levels - 1) ** 2),
        "ordinal": (distance * (distance + 1), n_levels * (n_levels - 1)),
    }
    if weights not in lost:
        raise ValueError(f"weights must be one of {', '.join(lost)}, got {weights!r}")
    numerator, denominator = lost[weights]
    table: Floats = 1.0 - numerator / denominator
    return table


def prepared(
    ratings: Ratings, clusters: npt.ArrayLike | None, n_levels: int, *, weights: str
) -> tuple[LevelTally, Floats]:
    tally = as_tally(ratings, clusters, n_levels)
    return tally, agreement_weights(weights, tally.n_levels)


def _why_undefined(tally: LevelTally) -> Reason | None:
    """Why no pair of ratings can be compared; None where one can."""
    if tally.paired:
        return None
    if not tally.n_raters:
        return Reason.no_evidence
    return Reason.one_rater if tally.n_raters == 1 else Reason.no_overlap


def tally_interval(
    tally: LevelTally,
    statistic: Statistic,
    *,
    confidence: float,
    floor: int,
    bounds: tuple[float, float] = WHOLE,
    steady: bool = False,
    pairs_only: bool = False,
    by_rater: bool = False,
) -> Interval:
    """The value with limits; what collapses where one level prevails (not ``steady``) needs ``LEAST_OTHER`` units.

    ``pairs_only``: a unit with one rating plays no part, so its cluster counts for nothing. ``by_rater``: the statistic
    reads the ratings of each rater as well.
    """
    undefined = _why_undefined(tally)
    if undefined is not None:
        return Interval(method=Method.jackknife, confidence=confidence, reason=undefined, n_clusters=0)
    interval = jackknife_interval(
        rater_sums(tally) if by_rater else tally.paired_clusters if pairs_only else tally.by_cluster,
        statistic,
        undefined=Reason.one_level_only,
        confidence=confidence,
        floor=floor,
        bounds=bounds,
        distance_from_one=steady,
    )
    if steady or not interval.defined or not _prevails(tally):
        return interval
    return withheld(interval)


def _prevails(tally: LevelTally) -> bool:
    """Whether one level holds most ratings and too few units have a rating on any other."""
    given = tally.codes != MISSING
    levels = np.bincount(tally.codes[given], minlength=tally.n_levels)
    if levels.max() < PREVAILING * levels.sum():
        return False
    return int((given & (tally.codes != levels.argmax())).any(axis=1).sum()) < LEAST_OTHER


def observed(tally: LevelTally, weights: Floats, sums: Floats) -> Floats:
    """Mean over units with at least two ratings of the weighted share of pairs that agree."""
    several = tally.sizes > 1
    sizes = tally.sizes[several]
    agreeing = (tally.pairs(sums)[:, several] * weights).sum(axis=(2, 3)) / (sizes * (sizes - 1))
    units = tally.units(sums)[:, several].sum(axis=1)
    return ratio(agreeing.sum(axis=1), units)


def _shares(tally: LevelTally, sums: Floats) -> Floats:
    """Mean over units of the share of a unit's ratings on each level, shape (rows, levels)."""
    units = tally.units(sums).sum(axis=1)[:, None]
    ratings: Floats = (tally.ratings(sums) / tally.sizes[:, None]).sum(axis=1)
    return ratio(ratings, np.broadcast_to(units, ratings.shape))


def pooled(tally: LevelTally, weights: Floats, chance: Chance, sums: Floats) -> Floats:
    return beyond_chance(observed(tally, weights, sums), chance(_shares(tally, sums), weights))
