"""How two first ratings of one thing fall on the levels of a scale, and how much of what was rated was settled.

May import numpy, pandas, rubric, terms and its own package. Whose a rating is plays no part: with several raters for
one thing, every pair of them counts once. "Cannot judge" is no level, and a ruling that says so settles nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dualtrack.ratings.rows import DIGITS, Row
from dualtrack.ratings.scale_table import grains_of
from dualtrack.rubric.scale import Scale, ScaleKind
from dualtrack.terms import RatingRole

__all__ = ["pair_rows"]

THING = ["system_id", "item_id", "sample", "unit_id"]
LEVELLED = (ScaleKind.binary, ScaleKind.nominal, ScaleKind.ordinal)
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Rated:
    """What was rated on one scale: per thing its first ratings by level, and whether anybody settled it."""

    counts: IntArray
    adjudicated: BoolArray
    tie_broken: BoolArray


def pair_rows(ratings: pd.DataFrame, units: pd.DataFrame, asked: Mapping[tuple[str, str], Scale]) -> Iterator[Row]:
    """Cross table of pairs of first ratings, and what was settled, for each scale that has levels.

    Definition: of a thing with c_l first ratings on level l, c_l (c_l - 1) / 2 pairs stand on l twice and c_l c_m on l
    and m.

    Args:
        ratings: the ratings table without controls.
        units: the units table, for what each rating is about.
        asked: the scales to report, by id and grain.

    Yields:
        Rows of the rating_pairs table; none for what nobody rated.
    """
    rated = ratings[(ratings["role"].astype("str") != RatingRole.training.value).to_numpy()]
    scale_of, grain_of = rated["scale_id"].astype("str").to_numpy(), grains_of(rated, units)
    for (scale_id, grain), scale in sorted(asked.items(), key=lambda each: each[0]):
        if scale.kind not in LEVELLED:
            continue
        levels = tuple(level.id for level in scale.levels if level.value is not None)
        found = _rated(rated[(scale_of == scale_id) & (grain_of == grain)], levels)
        if len(found.counts):
            names = {"scale_id": scale_id, "grain": grain}
            yield from (names | row for row in (*_pairs(found, levels), *_settled(found)))


def _rated(mine: pd.DataFrame, levels: tuple[str, ...]) -> _Rated:
    place = mine["level"].astype("object").map({level: number for number, level in enumerate(levels)})
    mine = mine[place.notna().to_numpy()]
    code = place.dropna().to_numpy(dtype=np.int64)
    thing = mine[THING].astype({name: "str" for name in THING if name != "sample"}).groupby(THING).ngroup().to_numpy()
    role = mine["role"].astype("str").to_numpy()
    first = (role == RatingRole.primary.value) & (mine["occasion"].to_numpy(dtype=np.int64) == 1)
    n_things = int(thing.max(initial=-1)) + 1
    counts = np.zeros((n_things, len(levels)), dtype=np.int64)
    np.add.at(counts, (thing[first], code[first]), 1)
    has = {
        name: np.bincount(thing[role == name.value], minlength=n_things) > 0
        for name in (RatingRole.adjudication, RatingRole.tie_break)
    }
    known = counts.sum(axis=1) > 0
    return _Rated(counts[known], has[RatingRole.adjudication][known], has[RatingRole.tie_break][known])


def _pairs(found: _Rated, levels: tuple[str, ...]) -> Iterator[Row]:
    """Every pair of levels once, the earlier level of the scale first; nothing where no thing was rated twice."""
    products = found.counts.T @ found.counts
    alone = found.counts.sum(axis=0)
    table = np.triu(products, 1) + np.diag((np.diag(products) - alone) // 2)
    total = int(table.sum())
    if not total:
        return
    for one, level in enumerate(levels):
        for other in range(one, len(levels)):
            yield _count("pair", int(table[one, other]), total) | {"level": level, "other_level": levels[other]}


def _settled(found: _Rated) -> Iterator[Row]:
    """How many things were rated twice, differ, and were settled by whom."""
    n_first = found.counts.sum(axis=1)
    twice = n_first > 1
    differing = twice & (found.counts.max(axis=1) < n_first)
    settled = found.adjudicated | found.tie_broken
    yield _count("rated_twice", int(twice.sum()), len(n_first))
    yield _count("differing", int(differing.sum()), int(twice.sum()))
    yield _count("adjudicated", int(found.adjudicated.sum()), len(n_first))
    yield _count("tie_broken", int(found.tie_broken.sum()), len(n_first))
    yield _count("differing_settled", int((differing & settled).sum()), int(differing.sum()))


def _count(show: str, n: int, of: int) -> Row:
    share = round(n / of, DIGITS) if of else None
    return {"show": show, "level": "", "other_level": "", "n": n, "n_of": of, "share": share}
