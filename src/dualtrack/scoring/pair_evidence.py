"""Evidence on pairs: the gap between what two responses got, with its fills.

May import terms and the scoring ground. The gap is second minus first (variant minus base), so below zero is worse for
the variant. A pair is discordant when its gap is not zero. Gates and means take at most one unit, up or down: a missing
pair is filled with one unit, and nothing that was seen may be worse than what was not.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray, group_sum, rounded_ratio
from dualtrack.scoring.evidence import REASONS, Evidence
from dualtrack.scoring.fills import Gaps
from dualtrack.scoring.pairing import PairList
from dualtrack.terms import Outcome, Reason

__all__ = ["Native", "PairPlaces", "native_values", "pair_checks", "pair_ratings", "places_of"]


@dataclass(frozen=True, slots=True)
class PairPlaces:
    """The pairs of one partition: where both sides stand among its cells, and what observations call them."""

    cells: IntArray
    first: IntArray
    second: IntArray
    names: tuple[str, ...]


def places_of(pairs: PairList, cells: IntArray, n_responses: int) -> PairPlaces:
    """The pairs whose responses are among the cells of a partition, which holds whole families."""
    place = np.full(n_responses, NONE, dtype=np.int64)
    place[cells] = np.arange(cells.size, dtype=np.int64)
    here = pairs.chosen(place[pairs.second] != NONE)
    return PairPlaces(here.second, place[here.first], place[here.second], here.names)


@dataclass(frozen=True, slots=True)
class Native:
    """What one check says of each cell: value in millionths, whether it is the kind's own, and whether it is known."""

    value: IntArray
    own: BoolArray
    known: BoolArray


def native_values(findings: pd.DataFrame, response: IntArray, cells: IntArray, n_responses: int) -> Native:
    """Native value of a check per cell: the mean of its judgements, or their passing share where it has no value.

    Args:
        findings: findings of the check.
        response: number of the response of each.
        cells: responses of the partition.
        n_responses: number of places for responses.

    Returns:
        The values; unknown where a judgement is missing, or where only some of them have a value.
    """
    outcome = findings["outcome"].astype("str").to_numpy()
    passed = outcome == Outcome.passed.value
    decided = passed | (outcome == Outcome.failed.value)
    undecided = (outcome == Outcome.not_assessable.value) | (outcome == Outcome.error.value)
    value = findings["value"].to_numpy(dtype=np.float64)
    told = decided & ~np.isnan(value)
    millionths = np.rint(np.where(told, value, 0.0) * TOP).astype(np.int64)
    n_decided = np.bincount(response[decided], minlength=n_responses)
    n_told = np.bincount(response[told], minlength=n_responses)
    n_undecided = np.bincount(response[undecided], minlength=n_responses)
    own = (n_told > 0) & (n_told == n_decided)
    total = np.where(
        own,
        group_sum(response, millionths, n_responses),
        np.bincount(response[passed], minlength=n_responses) * TOP,
    )
    known = (n_decided > 0) & (n_undecided == 0) & (own | (n_told == 0))
    return Native(rounded_ratio(total, n_decided)[cells], own[cells], known[cells])


def pair_ratings(places: PairPlaces, evidence: Evidence) -> Evidence:
    """Pairs of joined ratings: values are mapped levels, or failing and passing where the metric says which fail.

    Where both sides have a value the fills keep to what the ratings that are owed and missing could still do to it.
    """
    first, second = places.first, places.second
    known = (evidence.observed[first] != NONE) & (evidence.observed[second] != NONE)
    return _paired(
        places,
        evidence,
        known=known,
        gap=evidence.observed[second] - evidence.observed[first],
        low=evidence.worst[second] - evidence.best[first],
        high=evidence.best[second] - evidence.worst[first],
    )


def pair_checks(places: PairPlaces, evidence: Evidence, native: Native) -> Evidence:
    """Pairs of a check's native values."""
    first, second = places.first, places.second
    known = native.known[first] & native.known[second] & (native.own[first] == native.own[second])
    gap = native.value[second] - native.value[first]
    return _paired(places, evidence, known=known, gap=gap, low=gap, high=gap)


def _paired(
    places: PairPlaces, evidence: Evidence, *, known: BoolArray, gap: IntArray, low: IntArray, high: IntArray
) -> Evidence:
    low, high = np.where(known, low, -TOP), np.where(known, high, TOP)
    discordant = known & (gap != 0)
    nothing = REASONS.index(Reason.no_evidence)
    of_first, of_second = evidence.reason[places.first], evidence.reason[places.second]
    reason = np.where(of_second != NONE, of_second, np.where(of_first != NONE, of_first, nothing))
    return Evidence(
        cells=places.cells,
        observed=np.where(known, np.where(discordant, 0, TOP), NONE),
        worst=np.where((low == 0) & (high == 0), TOP, 0),
        best=np.where((low <= 0) & (high >= 0), TOP, 0),
        n_units=np.ones(known.size, dtype=np.int64),
        n_failed=discordant.astype(np.int64),
        n_ratings=evidence.n_ratings[places.first] + evidence.n_ratings[places.second],
        raw=np.where(known, gap, 0),
        has_raw=known,
        reason=np.where(known, NONE, reason),
        gaps=Gaps(np.where(known, np.clip(gap, -TOP, TOP), 0), np.clip(low, -TOP, TOP), np.clip(high, -TOP, TOP)),
    )
