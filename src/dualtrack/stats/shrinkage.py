"""Estimates of many small groups, each pulled towards the mean of all as far as chance explains it.

A description: it shows which of several strata is low for more than its size, and has no interval of its own.
May import the standard library and its own package.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Shrunken", "shrunken_means"]


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Means of groups after shrinkage.

    ``means``: one for each group, in its order; ``centre``: what they are pulled towards; ``between_variance``: how
    much the groups differ beyond chance, 0 where they do not.
    """

    means: tuple[float, ...]
    centre: float
    between_variance: float


def shrunken_means(means: Sequence[float], sizes: Sequence[float], within_variance: float) -> Shrunken:
    """Empirical Bayes means of groups of unequal size.

    Definition: with N = sum n_g, m = sum n_g m_g / N and G groups, the variance between groups is that of the analysis
    of variance, t2 = max(0, (sum n_g (m_g - m)^2 - (G - 1) s2) / (N - sum n_g^2 / N)); the centre is the mean weighted
    by 1 / (t2 + s2 / n_g); each mean becomes centre + t2 / (t2 + s2 / n_g) (m_g - centre). Where t2 is 0 all are m.

    Args:
        means: mean of each group.
        sizes: number of independent cases in each group, above 0, fractional where cases are clustered.
        within_variance: variance s2 of a case within its group, at least 0.

    Returns:
        The shrunken means; a single group keeps its own.

    Raises:
        ValueError: no group, lists of different length, a size that is not above 0, a number that is not finite.

    Example:
        >>> [round(mean, 3) for mean in shrunken_means([0.9, 0.9, 0.3], [50, 50, 5], 0.1).means]
        [0.89, 0.89, 0.498]

    Source: Searle, Casella and McCulloch 1992, Variance Components, sections 3.6 and 7.2; Efron and Morris 1975, J Am
    Stat Assoc 70:311-319, doi:10.1080/01621459.1975.10479864.
    """
    numbers = [*means, *sizes, within_variance]
    if not means or len(means) != len(sizes) or not all(math.isfinite(number) for number in numbers):
        raise ValueError(f"{len(means)} means need as many sizes, and all of them finite: {len(sizes)}")
    if min(sizes) <= 0 or within_variance < 0:
        raise ValueError("sizes must be above 0 and the variance not below 0")
    total = math.fsum(sizes)
    pooled = math.fsum(size * mean for size, mean in zip(sizes, means, strict=True)) / total
    spread = math.fsum(size * (mean - pooled) ** 2 for size, mean in zip(sizes, means, strict=True))
    freedom = total - math.fsum(size * size for size in sizes) / total
    between = 0.0
    if freedom > 0 and len(means) > 1:
        between = max(0.0, (spread - (len(means) - 1) * within_variance) / freedom)
    if between == 0:
        kept = tuple(pooled for _ in means) if len(means) > 1 else (float(means[0]),)
        return Shrunken(kept, kept[0], 0.0)
    precision = [1 / (between + within_variance / size) for size in sizes]
    centre = math.fsum(each * mean for each, mean in zip(precision, means, strict=True)) / math.fsum(precision)
    moved = tuple(centre + between * each * (mean - centre) for each, mean in zip(precision, means, strict=True))
    return Shrunken(moved, centre, between)
