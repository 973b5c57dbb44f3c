"""Agreement of numbers, and of levels that stand for numbers: Krippendorff's interval alpha and intraclass correlation.

Everything is a function of sums of whole numbers and of their squares, by cluster. A scale's levels enter by their
values, since these are what scores average.
May import numpy, scipy, ``dualtrack.terms`` and its own package.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from dualtrack.stats._anova import FORMS, f_limits, icc_of, one_way, two_way
from dualtrack.stats._arrays import Floats
from dualtrack.stats._jackknife import ClusterSums, jackknife_interval, ratio, withheld
from dualtrack.stats._numbers import NumberTally, as_numbers
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.stats.proportion import exact_interval
from dualtrack.terms import Reason

__all__ = ["interval_alpha", "intraclass", "number_tally", "same_number"]

Numbers = npt.ArrayLike | NumberTally


def number_tally(
    values: Numbers, *, present: npt.ArrayLike | None = None, clusters: npt.ArrayLike | None = None
) -> NumberTally:
    """Sum a table of numbers once, so that several coefficients can be computed from it.

    Definition: a unit with m numbers adds m, its sum S, its sum of squares, S^2 and the ordered pairs of equal numbers
    to the sums of its cluster and of its m.

    Args:
        values: whole numbers in any unit, shape (units, raters).
        present: whether each number was given, same shape; None: all were.
        clusters: cluster of each unit, whole numbers, shape (units,); None: each unit is its own.

    Returns:
        The tally, which every function here takes in place of the table; units with fewer than two numbers are left
        out.

    Raises:
        ValueError: fractions, shapes that do not fit, or numbers so large that their squares overflow.

    Example:
        >>> number_tally([[1, 2], [3, 3]]).values.tolist()
        [[1, 2], [3, 3]]

    Source: sums of squares as in Shrout and Fleiss 1979, Psychol Bull 86:420-428, doi:10.1037/0033-2909.86.2.420.
    """
    return as_numbers(values, present, clusters)


def same_number(
    values: Numbers,
    *,
    present: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    floor: int = 8,
) -> Interval:
    """Share of pairs of numbers of one unit that are equal, averaged over units: ``raw_agreement`` for numbers.

    Definition: mean over units of the equal pairs over all pairs; limits as ``raw_agreement``.

    Args:
        values: as in ``number_tally``, or a tally.
        present: whether each number was given.
        clusters: cluster of each unit.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for which limits are given, at least 2.

    Returns:
        Interval in 0..1.

    Undefined when: there is no number (no_evidence), one rater (one_rater), no unit with two numbers (no_overlap).

    Example:
        >>> same_number([[1, 1], [2, 3], [4, 4], [5, 5]]).value
        0.75

    Source: Gwet 2014, Handbook of Inter-Rater Reliability, 4th ed., equation 2.13.
    """
    tally = as_numbers(values, present, clusters)
    interval = _interval(
        tally, partial(_equal, tally), confidence=confidence, floor=floor, bounds=(0.0, 1.0), from_one=True
    )
    if interval.value is None or interval.defined or (interval.n_clusters or 0) < floor:
        return interval
    return exact_interval(interval.value, float(interval.n_clusters or 0), confidence=confidence)


def interval_alpha(
    values: Numbers,
    *,
    present: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    floor: int = 8,
) -> Interval:
    """Krippendorff's alpha with the squared difference of two numbers as their distance.

    Definition: alpha = 1 - (n - 1) sum_u 2 (m Q - S^2) / (m - 1) / (2 (n sum Q - (sum S)^2)), S and Q the sum and the
    sum of squares of the m numbers of a unit, over units with at least two; the same as the table of coincidences with
    d_lk = (l - k)^2.

    Args:
        values: as in ``number_tally``, or a tally.
        present: whether each number was given.
        clusters: cluster of each unit.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for which limits are given, at least 2.

    Returns:
        Interval, at most 1; the same in any unit of the numbers.

    Undefined when: as ``same_number``, and where all numbers are the same (one_level_only). No limits where one number
        makes up most ratings and fewer than 50 units have another (too_few).

    Example:
        >>> round(interval_alpha([[1, 2], [2, 2], [4, 5], [5, 5]]).value, 4)
        0.9103

    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, University of Pennsylvania, section D.
    """
    tally = as_numbers(values, present, clusters)
    interval = _interval(tally, partial(_alpha, tally), confidence=confidence, floor=floor)
    return withheld(interval) if interval.defined and tally.prevails else interval


def intraclass(
    values: Numbers,
    *,
    form: str,
    present: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    floor: int = 8,
) -> Interval:
    """Intraclass correlation: share of the variance of numbers that lies between units.

    Definition, with mean squares MSB and MSW of a one-way table, or MSR, MSC and MSE of a two-way table of n units and
    k raters: 1_1 (MSB - MSW) / (MSB + (k0 - 1) MSW), k0 the mean number of ratings as adjusted for unequal numbers;
    2_1 (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n); 3_1 (MSR - MSE) / (MSR + (k - 1) MSE); 1_k
    (MSB - MSW) / MSB; 2_k (MSR - MSE) / (MSR + (MSC - MSE) / n); 3_k (MSR - MSE) / MSR. 1: raters differ from unit to
    unit. 2: the same raters, a sample of raters, and their severity counts as disagreement. 3: these raters alone, and
    severity does not count. k: reliability of their mean.

    Args:
        values: as in ``number_tally``, or a tally.
        form: 1_1, 2_1, 3_1, 1_k, 2_k or 3_k. Forms 2 and 3 use the units that every rater rated; a column must be one
            person.
        present: whether each number was given.
        clusters: cluster of each unit. Where each unit is its own and all have as many numbers, limits are those of F;
            else t by leaving out clusters.
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for which t limits are given, at least 2.

    Returns:
        Interval, at most 1.

    Raises:
        ValueError: another form.

    Undefined when: as ``interval_alpha``; forms 2 and 3 where no unit was rated by all (raters_differ); fewer than two
        units (too_few_items). No limits as there.

    Example:
        >>> table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
        >>> round(intraclass(table, form="2_1").value, 4), round(intraclass(table, form="2_1").lower, 4)
        (0.2898, 0.0188)

    Source: Shrout and Fleiss 1979, Psychol Bull 86:420-428, doi:10.1037/0033-2909.86.2.420; McGraw and Wong 1996,
    Psychol Methods 1:30-46, doi:10.1037/1082-989X.1.1.30; unequal numbers: Donner 1986, Int Stat Rev 54:67-82,
    doi:10.2307/1403259.
    """
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}, got {form!r}")
    tally = as_numbers(values, present, clusters)
    interval = _intraclass(tally, form, confidence=confidence, floor=floor)
    return withheld(interval) if interval.defined and tally.prevails else interval


def _intraclass(tally: NumberTally, form: str, *, confidence: float, floor: int) -> Interval:
    bare = partial(Interval, method=Method.f, confidence=confidence, n_clusters=0)
    undefined = tally.why_undefined
    crossed = form[0] != "1"
    sums = tally.crossed() if crossed else tally.by_cluster
    if undefined is not None or not sums.n_clusters:
        return bare(reason=undefined or Reason.raters_differ)
    table: Callable[[Floats], dict[str, Floats]] = (
        partial(two_way, n_raters=tally.n_raters) if crossed else partial(one_way, sizes=tally.sizes)
    )
    squares = table(sums.total[None, :].astype(np.float64))
    if squares["n"][0] < 2:  # noqa: PLR2004 -- variance needs two
        return bare(reason=Reason.too_few_items, n_clusters=sums.n_clusters)
    if not tally.alone(crossed=crossed):
        return jackknife_interval(
            sums, lambda rows: icc_of(form, table(rows)), undefined=Reason.one_level_only,
            confidence=confidence, floor=floor, bounds=(-1.0, 1.0),
        )  # fmt: skip
    return _by_f(form, {name: float(each[0]) for name, each in squares.items()}, bare, confidence=confidence)


def _by_f(form: str, squares: dict[str, float], bare: Callable[..., Interval], *, confidence: float) -> Interval:
    """The value with its F limits; each unit is a cluster of its own."""
    n = int(squares["n"])
    value = float(icc_of(form, {name: np.array([each]) for name, each in squares.items()})[0])
    if np.isnan(value):
        return bare(reason=Reason.one_level_only, n_clusters=n)
    limits = f_limits(form, squares, tail_probability(confidence))
    if limits is None:
        return bare(value=value, reason=Reason.no_variation, n_clusters=n)
    return bare(value=value, lower=max(-1.0, limits[0]), upper=min(1.0, limits[1]), n_clusters=n)


def _interval(
    tally: NumberTally,
    statistic: Callable[[Floats], Floats],
    *,
    confidence: float,
    floor: int,
    bounds: tuple[float, float] = (-1.0, 1.0),
    from_one: bool = False,
) -> Interval:
    undefined = tally.why_undefined
    if undefined is not None:
        return Interval(method=Method.jackknife, confidence=confidence, reason=undefined, n_clusters=0)
    sums: ClusterSums = tally.by_cluster
    return jackknife_interval(
        sums, statistic, undefined=Reason.one_level_only, confidence=confidence, floor=floor, bounds=bounds,
        distance_from_one=from_one,
    )  # fmt: skip


def _equal(tally: NumberTally, sums: Floats) -> Floats:
    part = tally.parts(sums)
    shares: Floats = (part["equal"] / (tally.sizes * (tally.sizes - 1))).sum(axis=1)
    units = part["units"].sum(axis=1)
    return ratio(shares, units)


def _alpha(tally: NumberTally, sums: Floats) -> Floats:
    part = tally.parts(sums)
    n = (part["units"] * tally.sizes).sum(axis=1)
    apart = (tally.sizes * part["squares"] - part["squared_sums"]) / (tally.sizes - 1)
    expected = n * part["squares"].sum(axis=1) - part["sums"].sum(axis=1) ** 2
    observed = apart.sum(axis=1) * (n - 1)
    return 1.0 - ratio(observed, expected)
