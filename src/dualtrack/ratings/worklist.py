"""The work list of an adjudicator: discordant ratings, with concordant ones mixed in.

May import terms, rubric and its own package. Being asked must tell an adjudicator nothing, so for every three
discordant ones there is a decoy, drawn by a hash of its ids: the same study gives the same list, and nobody chooses.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pandas as pd

from dualtrack.ratings.rows import PANEL, Row, number_columns
from dualtrack.rubric.scale import Scale
from dualtrack.terms import RatingRole, Reason

__all__ = ["WorkList", "work_list"]

RESPONSE = ["system_id", "item_id", "sample"]
THING = [*RESPONSE, "unit_id"]
APART = 2
"""Levels by which first ratings must differ to be discordant."""
PER_DECOY = 3
"""Discordant ones for each decoy."""
Key = tuple[str, str, int, str]


@dataclass(frozen=True, slots=True)
class WorkList:
    """Rows of the discordances table, and those of the rater_effects table that sum them up."""

    rows: list[Row]
    effects: list[Row]


@dataclass(frozen=True, slots=True)
class _Given:
    """First ratings of one thing: places of the lowest and the highest level, and who gave them."""

    low: int
    high: int
    raters: tuple[str, ...]


def work_list(
    ratings: pd.DataFrame,
    raters: pd.DataFrame,
    harm_scales: Mapping[str, Scale],
    *,
    disputed: Mapping[str, tuple[Scale, Collection[Key]]],
    study_id: str,
) -> WorkList:
    """List what first ratings leave open on harm scales, and where a check and the clinicians differ on any.

    Args:
        ratings: the ratings table without controls.
        raters: the raters table; where it is empty, those who rated stand for it.
        harm_scales: ordinal scales that a veto or a safety gate reads, by id.
        disputed: scale id -> the scale, and what a check and the joined first ratings call differently: system, item,
            sample and part ("" is the whole response).
        study_id: goes into the hash that draws decoys.

    Returns:
        The rows, in no order. A response that somebody has settled stays in, marked.
    """
    rated = ratings[(ratings["role"].astype("str") != RatingRole.training.value).to_numpy()]
    people = _Candidates.of(rated, raters)
    scales = dict(harm_scales) | {name: scale for name, (scale, _) in disputed.items()}
    rows: list[Row] = []
    effects: list[Row] = []
    for scale_id, scale in sorted(scales.items()):
        mine = rated[(rated["scale_id"].astype("str") == scale_id).to_numpy()]
        doubted = set(disputed[scale_id][1]) if scale_id in disputed else set()
        found = _found(mine, scale, doubted)
        listed = [
            _row(found, people, scale_id, scale, key=key, why=why)
            for key, why in _chosen(found, doubted, scale_id=scale_id, study_id=study_id, apart=scale_id in harm_scales)
        ]
        rows += listed
        if scale_id in harm_scales:
            effects += _summed_up(listed, found, scale_id)
    return WorkList(rows, effects)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was given on one scale, and what is settled."""

    given: Mapping[Key, _Given]
    settled: Collection[Key]


def _found(mine: pd.DataFrame, scale: Scale, doubted: Collection[Key]) -> _Found:
    role = mine["role"].astype("str")
    first = (role == RatingRole.primary.value).to_numpy() & (mine["occasion"].to_numpy(dtype=np.int64) == 1)
    primary = mine[first]
    given = _summary(primary, scale)
    wholes = {key for key in doubted if key not in given}
    if wholes:  # a check spoke of whole responses where raters judged parts
        given |= {key: each for key, each in _summary(primary.assign(unit_id=""), scale).items() if key in wholes}
    later = mine[role.isin([RatingRole.adjudication.value, RatingRole.tie_break.value]).to_numpy()]
    return _Found(given, set(_keys(later)))


def _summary(primary: pd.DataFrame, scale: Scale) -> dict[Key, _Given]:
    order = {level.id: place for place, level in enumerate(each for each in scale.levels if each.value is not None)}
    place = primary["level"].astype("str").map(order)
    valued = primary[place.notna().to_numpy()]
    frame = pd.DataFrame(
        {name: valued[name].astype("str" if name != "sample" else "int64").to_numpy() for name in THING}
        | {"rater": valued["rater_id"].astype("str").to_numpy(), "place": place.dropna().to_numpy(dtype=np.int64)}
    ).sort_values([*THING, "rater"], kind="stable")
    if frame.empty:
        return {}
    starts = np.flatnonzero(np.append(True, ~frame[THING].eq(frame[THING].shift()).all(axis=1).to_numpy()[1:]))
    low = np.minimum.reduceat(frame["place"].to_numpy(), starts)
    high = np.maximum.reduceat(frame["place"].to_numpy(), starts)
    who = np.split(frame["rater"].to_numpy(), starts[1:])
    keys = _keys(frame.iloc[starts])
    return {
        key: _Given(int(a), int(b), tuple(sorted(set(raters))))
        for key, a, b, raters in zip(keys, low, high, who, strict=True)
    }


def _keys(frame: pd.DataFrame) -> Iterator[Key]:
    columns = [frame[name].astype("str") for name in ("system_id", "item_id")]
    yield from zip(
        *columns, frame["sample"].astype("int64").tolist(), frame["unit_id"].astype("str"), strict=True
    )  # fmt: skip


def _chosen(
    found: _Found, doubted: Collection[Key], *, scale_id: str, study_id: str, apart: bool
) -> Iterator[tuple[Key, str]]:
    """What is listed, and why: the levels first, then a check, then decoys among what nobody doubts."""
    why: dict[Key, str] = {}
    for key, given in found.given.items():
        if apart and given.high - given.low >= APART:
            why[key] = "levels_apart"
        elif key in doubted:
            why[key] = "check_against_clinicians"
    yield from why.items()
    calm = [key for key, given in found.given.items() if key not in why and len(given.raters) > 1]
    drawn = sorted(calm, key=lambda key: _draw(study_id, scale_id, key))
    for key in drawn[: -(-len(why) // PER_DECOY)]:
        yield key, "decoy"


def _draw(study_id: str, scale_id: str, key: Key) -> str:
    return sha256("\x1f".join((study_id, scale_id, *map(str, key))).encode()).hexdigest()


def _row(found: _Found, people: "_Candidates", scale_id: str, scale: Scale, *, key: Key, why: str) -> Row:
    levels = [level.id for level in scale.levels if level.value is not None]
    given, left = found.given[key], people.left(key)
    return {
        **dict(zip(THING, key, strict=True)),
        "scale_id": scale_id,
        "why": why,
        "lowest": levels[given.low],
        "highest": levels[given.high],
        "raters": list(given.raters),
        "may_adjudicate": left,
        "n_may_adjudicate": len(left),
        "settled": key in found.settled,
    }


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Persons of the study, and who rated anything of each response."""

    persons: tuple[str, ...]
    seen: Mapping[tuple[str, str, int], Collection[str]]

    @classmethod
    def of(cls, rated: pd.DataFrame, raters: pd.DataFrame) -> "_Candidates":
        """A position may be several people, so nobody knows what whoever holds it has seen: positions are left out."""
        seen: dict[tuple[str, str, int], set[str]] = {}
        distinct = rated[[*RESPONSE, "rater_id"]].drop_duplicates()
        columns = [distinct[name].astype("str").tolist() for name in ("system_id", "item_id", "rater_id")]
        for system, item, rater, sample in zip(*columns, distinct["sample"].tolist(), strict=True):
            seen.setdefault((system, item, int(sample)), set()).add(rater)
        if raters.empty:
            return cls(tuple(sorted({rater for each in seen.values() for rater in each})), seen)
        persons = raters[(raters["kind"].astype("str") == "person").to_numpy()]
        return cls(tuple(sorted(persons["rater_id"].astype("str"))), seen)

    def left(self, key: Key) -> list[str]:
        """Persons who rated nothing of a response."""
        seen = self.seen.get(key[:3], ())
        return [person for person in self.persons if person not in seen]


def _summed_up(listed: list[Row], found: _Found, scale_id: str) -> Iterator[Row]:
    """How many were discordant among those rated at least twice, and how many of these nobody is left to settle."""
    names = {"scale_id": scale_id, "metric_id": "", "rater_id": PANEL, "system_id": ""}
    twice = sum(len(given.raters) > 1 for given in found.given.values())
    discordant = [row for row in listed if row["why"] == "levels_apart"]
    waiting = [row for row in discordant if not row["settled"] and not row["n_may_adjudicate"]]
    share = len(discordant) / twice if twice else None
    yield names | {"show": "discordant_share"} | number_columns(share, twice, reason=Reason.too_few_ratings)
    left = len(waiting) / len(discordant) if discordant else None
    yield names | {"show": "unsettled_share"} | number_columns(left, len(discordant))
