"""Numbers given by raters, summed: the whole numbers behind interval alpha and the intraclass correlations.

May import numpy, ``dualtrack.terms`` and its own package.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats, Integers, as_integers
from dualtrack.stats._jackknife import ClusterSums
from dualtrack.stats._tally import as_clusters, gathered, numbered
from dualtrack.terms import Reason

__all__ = ["PARTS", "NumberTally", "as_numbers"]

PARTS = ("units", "sums", "squares", "squared_sums", "equal")
PREVAILING = 0.7
"""Share of all ratings from which a number is taken to prevail."""
LEAST_OTHER_NUMBERS = 50
"""Units with another number below which there are no limits; squares weigh rare numbers heavily, so it is more than for
levels (both from benchmarks/agreement_coverage.py)."""
_ROOM = 2**62  # sums of squares stay within int64


@dataclass(frozen=True, eq=False)
class NumberTally:
    """Numbers of units with at least two of them.

    ``values``, ``present``: shape (units, raters). ``clusters``: of each unit. ``sizes``: the different numbers of
    ratings, ascending. ``why_undefined``: why no pair can be compared, None where one can.
    """

    values: Integers
    present: npt.NDArray[np.bool_]
    clusters: Integers
    sizes: Integers
    why_undefined: Reason | None

    @cached_property
    def by_cluster(self) -> ClusterSums:
        """Per cluster, for each of ``PARTS``, one sum for each size."""
        table, given = self.values, self.present
        mine = (given.sum(axis=1)[:, None] == self.sizes).astype(np.int64)
        sums, squares = np.einsum("ij->i", table), np.einsum("ij,ij->i", table, table)
        columns = (np.ones(len(table), dtype=np.int64), sums, squares, sums**2, _equal_pairs(table, given))
        rows = np.hstack([mine * column[:, None] for column in columns])
        return gathered(rows, np.arange(len(table), dtype=np.int64), self.clusters)

    @property
    def prevails(self) -> bool:
        """Whether one number makes up most ratings and too few units have another: then limits cover too rarely."""
        given = self.values[self.present]
        n_numbers, place = numbered(given)
        often = np.bincount(place, minlength=n_numbers)
        if not given.size or often.max() < PREVAILING * given.size:
            return False
        other = self.present & (self.values != given[place == often.argmax()][0])
        return int(other.any(axis=1).sum()) < LEAST_OTHER_NUMBERS

    @property
    def n_raters(self) -> int:
        """Number of columns."""
        return int(self.values.shape[1])

    def parts(self, sums: Floats) -> dict[str, Floats]:
        """The sums by name, each of shape (rows, sizes)."""
        n = self.sizes.size
        return {name: sums[:, place * n : (place + 1) * n] for place, name in enumerate(PARTS)}

    def crossed(self) -> ClusterSums:
        """Per cluster, of the units that every rater rated: units, squares, squared sums, and the sum of each rater."""
        whole = self.present.all(axis=1)
        if not whole.any():
            return ClusterSums(np.zeros((0, 3 + self.n_raters), dtype=np.int64), np.zeros(0, dtype=np.int64))
        rows = self.values if whole.all() else self.values[whole]
        sums, squares = np.einsum("ij->i", rows), np.einsum("ij,ij->i", rows, rows)
        of_units = np.column_stack([np.ones(len(rows), dtype=np.int64), squares, sums**2, rows])
        return gathered(of_units, np.arange(len(rows), dtype=np.int64), self.clusters[whole])

    def alone(self, *, crossed: bool) -> bool:
        """Whether each unit is a cluster of its own and all have as many numbers, as limits by F suppose."""
        place = self.clusters[self.present.all(axis=1)] if crossed else self.clusters
        return numbered(place)[0] == place.size and (crossed or self.sizes.size == 1)


def as_numbers(
    values: npt.ArrayLike | NumberTally, present: npt.ArrayLike | None, clusters: npt.ArrayLike | None
) -> NumberTally:
    """Return the tally of a table of whole numbers; refuse fractions and what does not fit."""
    if isinstance(values, NumberTally):
        return values
    table = as_integers("values", values, n_dimensions=2)
    given = np.ones(table.shape, dtype=np.bool_) if present is None else np.asarray(present, dtype=np.bool_)
    if given.shape != table.shape:
        raise ValueError(f"present must have the shape of values, {table.shape}, got {given.shape}")
    place = as_clusters(clusters, len(table))
    seen = given.any(axis=0)
    if not given.all():
        table, given = np.where(given, table, 0)[:, seen], given[:, seen]
    several = np.einsum("ij->i", given.astype(np.int64)) > 1
    why = None if several.any() else _why(int(seen.sum()))
    if not several.all():
        table, given, place = table[several], given[several], place[several]
    greatest = int(np.abs(table).max(initial=0)) * max(1, table.shape[1])
    if greatest * greatest * max(1, len(table)) >= _ROOM:
        raise ValueError("values are too large for their squares to be summed; give them in a coarser unit")
    sizes = np.flatnonzero(np.bincount(given.sum(axis=1))).astype(np.int64)
    return NumberTally(table, given, place, sizes, why)


def _why(n_raters: int) -> Reason:
    if not n_raters:
        return Reason.no_evidence
    return Reason.one_rater if n_raters == 1 else Reason.no_overlap


def _equal_pairs(table: Integers, given: npt.NDArray[np.bool_]) -> Integers:
    """Return the ordered pairs of equal numbers of each unit."""
    equal = np.zeros(len(table), dtype=np.int64)
    for rater in range(1, table.shape[1]):
        both = given[:, rater:] & given[:, :-rater]
        equal += 2 * (both & (table[:, rater:] == table[:, :-rater])).sum(axis=1)
    return equal
