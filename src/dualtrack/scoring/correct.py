"""P values and claims corrected within their families.

May import terms, stats and the scoring ground. The pairs of one track are one family, corrected by Holm or, where the
plan chose it, by the resampled maximum. Looking around (metrics, strata, groups) is corrected by Benjamini and Hochberg
and its family is called exploratory. The common basis is a sensitivity analysis and belongs to no family.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dualtrack.scoring.decide import Claim, holds_in_family
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.pair_tests import Judged
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.sides import PLANNED
from dualtrack.stats.multiple import benjamini_hochberg, holm, step_down_max
from dualtrack.terms import Reason, Track

__all__ = ["Tested", "corrected"]

HOLM, MAX_T, BH = "holm", "max_t", "benjamini_hochberg"


@dataclass(frozen=True, slots=True)
class Tested:
    """A row, what it is about (track, metrics, strata; "" for no family), and how it was judged."""

    row: Row
    about: str
    judged: Judged | None = None


def corrected(plan: Plan, track: Track, tested: Sequence[Tested]) -> Iterator[Row]:
    """All rows, with corrected p values, families and the claims of the track that stand.

    Args:
        plan: the plan.
        track: the track.
        tested: the rows of the track.
    """
    families: dict[str, list[int]] = {}
    for place, each in enumerate(tested):
        family = _family(track, each)
        if family is not None:
            families.setdefault(family, []).append(place)
    changes: dict[int, Row] = {}
    for family, places in families.items():
        mine = [tested[place] for place in places]
        p_values, how = _confirm(plan, mine) if family == track.value else _explore(mine)
        for place, p in zip(places, p_values, strict=True):
            changes[place] = {"p_adjusted": p, "family": family, "adjustment": how}
        if family == track.value:
            for place, claim in _claims(mine, places):
                changes[place] |= {"decision": claim.word, "reasons": [reason.value for reason in claim.reasons]}
    for place, each in enumerate(tested):
        yield each.row | changes.get(place, {})


def _family(track: Track, each: Tested) -> str | None:
    """The family of a row; None where it has no test, or stands beside the primary analysis."""
    if not each.about or each.row["basis"] != PLANNED or each.row.get("p") is None:
        return None
    if each.row["comparison_kind"] == "group":
        return f"{track.value}.groups.exploratory"
    return track.value if each.about == "track" else f"{track.value}.{each.about}.exploratory"


def _explore(mine: Sequence[Tested]) -> tuple[list[float], str]:
    return benjamini_hochberg([each.row["p"] for each in mine]), BH


def _confirm(plan: Plan, mine: Sequence[Tested]) -> tuple[list[float], str]:
    """Holm, or the resampled maximum where the plan chose it and every pair has draws."""
    judged = [each.judged for each in mine if each.judged is not None]
    draws = [each.draws for each in judged if each.draws is not None]
    if plan.study.plan.comparisons.multiplicity != MAX_T or len(draws) < len(mine):
        return holm([each.row["p"] for each in mine]), HOLM
    errors = np.array([each.linear.standard_error or 1.0 for each in judged])
    observed = np.array([abs(each.linear.value or 0.0) for each in judged]) / errors
    return step_down_max(observed, np.abs(np.array(draws).T) / errors), MAX_T


def _claims(mine: Sequence[Tested], places: Sequence[int]) -> Iterator[tuple[int, Claim]]:
    """The claims of the track's pairs after correction; there are none without a margin."""
    stated = [
        (place, each, each.judged)
        for place, each in zip(places, mine, strict=True)
        if each.row["margin"] is not None and each.judged is not None
    ]
    if not stated:
        return
    claims = [
        Claim(each.row["decision"], tuple(Reason(reason) for reason in each.row["reasons"])) for _, each, _ in stated
    ]
    margin = stated[0][1].row["margin"]
    standing = holds_in_family(claims, [judged.linear for *_, judged in stated], margin)
    for (place, *_), claim in zip(stated, standing, strict=True):
        yield place, claim
