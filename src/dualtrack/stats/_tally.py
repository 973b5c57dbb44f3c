"""Ratings counted by level: the whole numbers that every coefficient of agreement is a function of.

A unit with m ratings enters by how many ratings it has on each level, and by products of these; units are gathered by
m, so that the fractions 1 / (m - 1) and 1 / m wait for the last step. Who rated plays no part except in
``rater_sums``.
May import numpy and its own package.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats, Integers, as_integers
from dualtrack.stats._jackknife import ClusterSums

__all__ = ["MISSING", "LevelTally", "as_clusters", "as_tally", "gathered", "numbered", "rater_sums"]

MISSING = -1
_LARGEST_KEY = 2**62
_LARGEST_TABLE = 2**22
_EXACT = 2**53  # whole numbers up to here are exact in double precision, in any order of addition


@dataclass(frozen=True, slots=True, eq=False)
class LevelTally:
    """Ratings of one scale, counted.

    ``codes``: level of each rating, shape (units, raters), -1 where there is none. ``clusters``: of each unit.
    ``sizes``: the different numbers of ratings that units have, ascending, without 0. ``by_cluster``: per cluster and
    size the number of units, of ratings by level, and of ordered pairs of ratings by their two levels.
    """

    codes: Integers
    clusters: Integers
    n_levels: int
    sizes: Integers
    by_cluster: ClusterSums

    def units(self, sums: Floats) -> Floats:
        """Number of units of each size, shape (rows, sizes)."""
        return sums[:, : self.sizes.size]

    def ratings(self, sums: Floats) -> Floats:
        """Ratings on each level of units of each size, shape (rows, sizes, levels)."""
        n, q = self.sizes.size, self.n_levels
        return sums[:, n : n + n * q].reshape(-1, n, q)

    def pairs(self, sums: Floats) -> Floats:
        """Ordered pairs of ratings of one unit by level, shape (rows, sizes, levels, levels)."""
        n, q = self.sizes.size, self.n_levels
        return sums[:, n + n * q :].reshape(-1, n, q, q)

    @property
    def paired_clusters(self) -> ClusterSums:
        """The clusters in which some unit has two ratings: the others play no part in what compares pairs."""
        several = self.by_cluster.sums[:, : self.sizes.size][:, self.sizes > 1].any(axis=1)
        return ClusterSums(self.by_cluster.sums[several], self.by_cluster.times[several])

    @property
    def n_raters(self) -> int:
        """Raters with at least one rating."""
        return int((self.codes != MISSING).any(axis=0).sum())

    @property
    def paired(self) -> bool:
        """Whether any unit has two ratings."""
        return bool(self.sizes.size) and int(self.sizes[-1]) > 1


def as_tally(ratings: npt.ArrayLike | LevelTally, clusters: npt.ArrayLike | None, n_levels: int) -> LevelTally:
    """Return the tally of a table of level codes; refuse codes that are no level and clusters that do not fit."""
    if isinstance(ratings, LevelTally):
        return ratings
    codes = as_integers("ratings", ratings, n_dimensions=2)
    if n_levels < 2 or codes.min(initial=0) < MISSING or codes.max(initial=0) >= n_levels:  # noqa: PLR2004
        raise ValueError(f"ratings must be levels 0..n_levels-1 or -1 for none, with at least two levels: {n_levels!r}")
    place = as_clusters(clusters, len(codes))
    rated = (codes != MISSING).any(axis=1)
    codes, place = codes[rated], place[rated]
    n_units, n_raters = codes.shape
    given = codes != MISSING
    flat = (codes + np.arange(n_units, dtype=np.int64)[:, None] * n_levels)[given]
    counts = np.bincount(flat, minlength=n_units * n_levels).reshape(n_units, n_levels).astype(np.int64)
    patterns, pattern = _kinds(counts, n_raters)
    of_pattern = patterns.sum(axis=1)
    sizes = np.unique(of_pattern)
    return LevelTally(codes, place, n_levels, sizes, gathered(_products(patterns, of_pattern, sizes), pattern, place))


def as_clusters(clusters: npt.ArrayLike | None, n_units: int) -> Integers:
    """Return the cluster of each unit; each its own where none are given."""
    if clusters is None:
        return np.arange(n_units, dtype=np.int64)
    place = as_integers("clusters", clusters, n_dimensions=1)
    if place.size != n_units:
        raise ValueError(f"{n_units} units need as many clusters, got {place.size}")
    return place


def gathered(of_kinds: Integers, kind: Integers, clusters: Integers) -> ClusterSums:
    """Return the sums of each cluster, from sums of each kind of unit and the kind of each unit."""
    n_clusters, place = numbered(clusters)
    if n_clusters == clusters.size:  # every unit is a cluster of its own: one row for each kind
        return ClusterSums(of_kinds, np.bincount(kind, minlength=len(of_kinds)).astype(np.int64))
    once = np.ones(n_clusters, dtype=np.int64)
    exact = int(np.abs(of_kinds).max(initial=0)) * clusters.size < _EXACT
    if exact and len(of_kinds) < clusters.size and n_clusters * len(of_kinds) <= _LARGEST_TABLE:
        often = np.bincount(place * len(of_kinds) + kind, minlength=n_clusters * len(of_kinds))
        products = often.reshape(n_clusters, -1).astype(np.float64) @ of_kinds.astype(np.float64)
        return ClusterSums(products.astype(np.int64), once)
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(n_clusters))
    return ClusterSums(np.add.reduceat(of_kinds[kind[order]], starts, axis=0), once)


def numbered(names: Integers) -> tuple[int, Integers]:
    """Return how many different whole numbers there are, and the place of each among them, in order."""
    low, high = (int(names.min()), int(names.max())) if names.size else (0, -1)
    if high - low < 4 * names.size:  # counting is quicker than sorting
        seen = np.bincount(names - low, minlength=1) > 0
        return int(seen.sum()), (np.cumsum(seen) - 1)[names - low].astype(np.int64)
    distinct, place = np.unique(names, return_inverse=True)
    return distinct.size, place.astype(np.int64)


def rater_sums(tally: LevelTally) -> ClusterSums:
    """Return the sums of the tally, followed by each rater's ratings on each level, by cluster."""
    codes, n_levels = tally.codes, tally.n_levels
    kinds, kind = _kinds(codes + 1, n_levels)
    who = (kinds[:, :, None] - 1 == np.arange(n_levels, dtype=np.int64)).astype(np.int64)
    counts = who.sum(axis=1)
    own = _products(counts, counts.sum(axis=1), tally.sizes)
    return gathered(np.hstack([own, who.reshape(len(kinds), -1)]), kind, tally.clusters)


def _kinds(rows: Integers, greatest: int) -> tuple[Integers, Integers]:
    """Return the different rows, and the place of each row among them; numbers lie in 0..greatest."""
    base, n_columns = greatest + 1, rows.shape[1]
    if base**n_columns >= _LARGEST_KEY:
        distinct, place = np.unique(rows, axis=0, return_inverse=True)
        return distinct, place.astype(np.int64).ravel()
    powers = base ** np.arange(n_columns, dtype=np.int64)
    keys = rows @ powers
    n_kinds, place = numbered(keys)
    distinct = np.zeros((n_kinds, n_columns), dtype=np.int64)
    distinct[place] = rows
    return distinct, place


def _products(counts: Integers, of_unit: Integers, sizes: Integers) -> Integers:
    """Return one row per unit: number of units, ratings by level and pairs by levels, in the columns of its size."""
    n_units, n_levels = counts.shape
    pairs = counts[:, :, None] * counts[:, None, :]
    diagonal = np.arange(n_levels)
    pairs[:, diagonal, diagonal] -= counts
    mine = (of_unit[:, None] == sizes).astype(np.int64)
    return np.hstack(
        [
            mine,
            (mine[:, :, None] * counts[:, None, :]).reshape(n_units, sizes.size * n_levels),
            (mine[:, :, None] * pairs.reshape(n_units, 1, n_levels**2)).reshape(n_units, sizes.size * n_levels**2),
        ]
    )
