"""How severe raters are: a proportional-odds model with effects of groups (systems) and raters on grouped counts.

Descriptive: it says who places answers on worse levels than the others do, and what the systems' means would be at mean
severity. No gate reads it. The likelihood is concave, so Newton's method with the analytic Hessian finds its one
maximum, and where there is none (separation) that is decided beforehand by a linear programme, not by divergence.
May import numpy, scipy, ``dualtrack.terms`` and its own package.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from dualtrack.stats._arrays import Floats, Integers, as_integers
from dualtrack.stats._linear import check_floor, t_interval
from dualtrack.stats._odds import Cells, Coefficients, is_separated, level_probabilities, maximum
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.terms import Reason

__all__ = ["RaterSeverity", "connected_raters", "rater_severity"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RaterSeverity:
    """Severity of each rater and fair average of each group; where there are none, the reason.

    Attributes:
        severity: per rater, log-odds of a worse level relative to the mean rater; positive is more severe.
        fair: per group, expected value of a rating at mean severity.
        reason: why nothing could be fitted; None where something was.
        covariance: of the severities, clusters allowed for; shape (raters, raters), 0 where there is none.
        degrees_of_freedom: clusters less one.
    """

    severity: tuple[Interval, ...]
    fair: tuple[Interval, ...]
    reason: Reason | None = None
    covariance: Floats
    degrees_of_freedom: float = 0.0

    def change(self, earlier: int, later: int) -> Interval:
        """Severity of one entry less that of another, with limits that know how the two vary together.

        Args:
            earlier: number of the entry that is taken away.
            later: number of the entry that it is taken from.
        """
        first, second = self.severity[earlier], self.severity[later]
        undefined = partial(Interval, method=Method.cumulative_logit, confidence=first.confidence)
        if first.value is None or second.value is None:
            return undefined(reason=first.reason if first.value is None else second.reason)
        value = second.value - first.value
        if first.reason is not None:
            return undefined(value=value, reason=first.reason)
        step = np.zeros(len(self.severity))
        step[later], step[earlier] = 1.0, -1.0
        return t_interval(
            value,
            variance=max(0.0, float(step @ self.covariance @ step)),
            n_clusters=int(self.degrees_of_freedom) + 1,
            degrees_of_freedom=self.degrees_of_freedom,
            method=Method.cumulative_logit,
            confidence=first.confidence,
            bounds=None,
        )


def connected_raters(raters: npt.ArrayLike, things: npt.ArrayLike, *, n_raters: int = 0) -> Integers:
    """Which raters meet: panels of raters who rated a thing in common, directly or through others.

    Definition: connected components of the graph that joins a rater with everything that the rater rated.

    Args:
        raters: number of the rater of each rating, from 0, shape (ratings,).
        things: number of what was rated, from 0, shape (ratings,).
        n_raters: number of raters where some may have rated nothing; each of those is a panel of their own.

    Returns:
        Number of the panel of each rater, in the order of the first rater of each, shape (raters,).

    Raises:
        ValueError: arrays that are not whole numbers from 0, or differ in length.

    Example:
        >>> connected_raters([0, 1, 1, 2, 3], [0, 0, 1, 2, 2])
        array([0, 0, 1, 1])

    Source: definition; disconnected subsets of many-facet designs Linacre 1989, Many-Facet Rasch Measurement.
    """
    who = as_integers("raters", raters, n_dimensions=1)
    what = as_integers("things", things, n_dimensions=1)
    if who.shape != what.shape or (who.size and min(who.min(), what.min()) < 0):
        raise ValueError("raters and things must be numbers from 0, one of each per rating")
    n_raters = max(n_raters, int(who.max(initial=-1)) + 1)
    n_things = int(what.max(initial=-1)) + 1
    size = n_raters + n_things
    graph = sparse.coo_array((np.ones(who.size, dtype=np.int8), (who, n_raters + what)), shape=(size, size))
    labels = csgraph.connected_components(graph, directed=False)[1][:n_raters]
    _, first, panel = np.unique(labels, return_index=True, return_inverse=True)
    place = np.empty(first.size, dtype=np.int64)
    place[np.argsort(first)] = np.arange(first.size)
    return place[panel]


def rater_severity(
    levels: npt.ArrayLike,
    raters: npt.ArrayLike,
    groups: npt.ArrayLike,
    clusters: npt.ArrayLike,
    *,
    values: Sequence[float],
    confidence: float = 0.95,
    floor: int = 8,
) -> RaterSeverity:
    """Severity of raters and fair averages of groups, by a cumulative logit (proportional odds) model.

    Definition: logit P(level <= k) = theta_k - q_g + s_r for groups g and raters r, sum q = sum s = 0, by maximum
    likelihood on the counts of (group, rater, level); s_r is the severity. Variance by the cluster sandwich
    H^-1 (sum_c U_c U_c') H^-1 G / (G - 1), t with G - 1. The fair average of g is sum_k v_k P(level = k) at s = 0, its
    limits by the delta method. A level that nobody gave is left out of the model. A rater or group all of whose ratings
    stand at one end has no finite effect and is left out, which leaves the effects of the others as they are.

    Args:
        levels: level of each rating, from 0 the worst, shape (ratings,).
        raters: number of the rater of each rating, from 0, shape (ratings,).
        groups: number of the group of each rating, usually the system, from 0, shape (ratings,).
        clusters: number of the cluster of each rating, from 0, shape (ratings,).
        values: value of each level, for the fair averages, shape (levels,).
        confidence: two-sided confidence, above 0 and below 1.
        floor: least number of clusters for which limits are given, at least 2.

    Returns:
        RaterSeverity with an entry for every rater and group up to the highest number.

    Raises:
        ValueError: arrays that are not whole numbers from 0 or differ in length, a level without a value.

    Undefined when: one rater (too_few_raters); all on one level, or a rater or group at one end alone (one_level_only);
        raters that share no group even through others (no_overlap); levels that raters or groups split completely
        (separation). Fewer clusters than floor: values without limits (too_few_clusters).

    Example:
        >>> severe, mild = [0, 1, 2] * 20, [0] * 10 + [1] * 20 + [2] * 30
        >>> fit = rater_severity(
        ...     severe + mild, [0] * 60 + [1] * 60, [0] * 120, [k % 40 for k in range(120)], values=[0.0, 0.5, 1.0]
        ... )
        >>> round(fit.severity[0].value, 3), round(fit.severity[1].value, 3), round(fit.fair[0].value, 3)
        (0.387, -0.387, 0.584)

    Source: proportional odds McCullagh 1980, J R Stat Soc B 42:109-142, doi:10.1111/j.2517-6161.1980.tb01109.x;
    concavity Pratt 1981, J Am Stat Assoc 76:103-106, doi:10.1080/01621459.1981.10477613; separation by a linear
    programme Albert and Anderson 1984, Biometrika 71:1-10, doi:10.1093/biomet/71.1.1; sandwich Liang and Zeger 1986,
    Biometrika 73:13-22, doi:10.1093/biomet/73.1.13; fair averages Linacre 1989, Many-Facet Rasch Measurement.
    """
    level, rater, group, cluster = _checked(levels, raters, groups, clusters, n_levels=len(values))
    check_floor(floor)
    tail_probability(confidence)
    n_raters, n_groups = (int(each.max()) + 1 if each.size else 0 for each in (rater, group))
    undefined = partial(_undefined, n_raters=n_raters, n_groups=n_groups, confidence=confidence)
    reason = _not_even_begun(level, rater)
    if reason is not None:
        return undefined(reason)
    kept = _within_reach(level, rater, group)
    if not kept.any():
        return undefined(Reason.one_level_only)
    used_raters, r = np.unique(rater[kept], return_inverse=True)
    used_groups, g = np.unique(group[kept], return_inverse=True)
    used_levels, k = np.unique(level[kept], return_inverse=True)
    if used_raters.size == 1 or np.unique(connected_raters(r, g)).size > 1:
        return undefined(Reason.one_level_only if used_raters.size == 1 else Reason.no_overlap)
    cells = Cells.counted(k, r, g, cluster[kept])
    if is_separated(cells):
        return undefined(Reason.separation)
    fit = maximum(cells)
    scale = np.asarray(values, dtype=np.float64)[used_levels]
    return _result(
        fit, cells, scale, places=(used_raters, used_groups), shape=(n_raters, n_groups), limits=(confidence, floor)
    )


def _checked(*arrays: npt.ArrayLike, n_levels: int) -> tuple[Integers, ...]:
    names = ("levels", "raters", "groups", "clusters")
    checked = tuple(as_integers(name, each, n_dimensions=1) for name, each in zip(names, arrays, strict=True))
    if len({each.shape for each in checked}) > 1:
        raise ValueError(f"{', '.join(names)} differ in length")
    if checked[0].size and (min(int(each.min()) for each in checked) < 0 or checked[0].max() >= n_levels):
        raise ValueError("levels, raters, groups and clusters are numbers from 0, and every level has a value")
    return checked


def _not_even_begun(level: Integers, rater: Integers) -> Reason | None:
    if not level.size:
        return Reason.no_evidence
    if np.unique(rater).size == 1:
        return Reason.too_few_raters
    return Reason.one_level_only if np.unique(level).size == 1 else None


def _within_reach(level: Integers, rater: Integers, group: Integers) -> Bools:
    """Ratings of raters and groups that do not stand at one end alone; leaving some out may bring others there."""
    kept = np.ones(level.size, dtype=np.bool_)
    while kept.any():
        low, high = int(level[kept].min()), int(level[kept].max())
        if low == high:
            return np.zeros_like(kept)
        out = np.zeros_like(kept)
        for entry in (rater, group):
            n = np.bincount(entry[kept], minlength=int(entry.max()) + 1)
            for end in (low, high):
                at_end = np.bincount(entry[kept & (level == end)], minlength=n.size)
                out |= ((n > 0) & (at_end == n))[entry] & kept
        if not out.any():
            return kept
        kept &= ~out
    return kept


def _undefined(reason: Reason, *, n_raters: int, n_groups: int, confidence: float) -> RaterSeverity:
    nothing = Interval(method=Method.cumulative_logit, confidence=confidence, reason=reason)
    return RaterSeverity(
        severity=(nothing,) * n_raters,
        fair=(nothing,) * n_groups,
        reason=reason,
        covariance=np.zeros((n_raters, n_raters)),
    )


def _result(
    fit: Coefficients,
    cells: Cells,
    scale: Floats,
    *,
    places: tuple[Integers, Integers],
    shape: tuple[int, int],
    limits: tuple[float, int],
) -> RaterSeverity:
    """Bring the coefficients back to the numbers of the raters and groups that were asked for."""
    used_raters, used_groups = places
    confidence, floor = limits
    n_clusters = cells.n_clusters
    missing = Interval(method=Method.cumulative_logit, confidence=confidence, reason=Reason.one_level_only)

    def interval(value: float, variance: float, bounds: tuple[float, float] | None) -> Interval:
        if n_clusters < floor:
            return Interval(
                method=Method.cumulative_logit,
                confidence=confidence,
                value=value,
                reason=Reason.too_few_clusters,
                n_clusters=n_clusters,
            )
        return t_interval(
            value,
            variance=max(0.0, variance),
            n_clusters=n_clusters,
            degrees_of_freedom=float(n_clusters - 1),
            method=Method.cumulative_logit,
            confidence=confidence,
            bounds=bounds,
        )

    severity, fair = [missing] * shape[0], [missing] * shape[1]
    covariance = np.zeros((shape[0], shape[0]))
    covariance[np.ix_(used_raters, used_raters)] = fit.severity_covariance
    for place, number in enumerate(used_raters.tolist()):
        severity[number] = interval(float(fit.severity[place]), float(fit.severity_covariance[place, place]), None)
    bounds = (float(scale.min()), float(scale.max()))
    for place, number in enumerate(used_groups.tolist()):
        chances, gradient = level_probabilities(fit, place)
        slope = scale @ gradient
        fair[number] = interval(float(scale @ chances), float(slope @ fit.covariance @ slope), bounds)
    return RaterSeverity(
        severity=tuple(severity),
        fair=tuple(fair),
        covariance=covariance,
        degrees_of_freedom=float(n_clusters - 1),
    )
