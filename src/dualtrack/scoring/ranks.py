"""Ranks of the systems of one track: sets that the evidence leaves open, never a bare rank.

May import terms, stats and the scoring ground.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from dualtrack.scoring.estimate import Row
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.track_evidence import TrackEvidence
from dualtrack.stats.rank_sets import RankSets, rank_sets, rank_shares, tie_groups
from dualtrack.terms import Fill, Reason, Role, Track

__all__ = ["rank_rows"]


def rank_rows(
    plan: Plan,
    evidence: TrackEvidence,
    track: Track,
    estimates: Sequence[Row] = (),
    *,
    late_margins: frozenset[str] = frozenset(),
) -> Iterator[Row]:
    """Rows of the ranks table for one track.

    Definition: the set of a system runs from 1 + the number of systems that are shown to be better to the number of
    systems less those that are shown to be worse, all sets holding the true ranks at once with the confidence of the
    study. From 30 clusters on the critical value comes from the resamples; below, it is that of Holm with t limits.

    Args:
        plan: the plan.
        evidence: scores on common ground.
        track: the track.
        estimates: rows of the estimates table, for the ranks that no missing evidence can change.
        late_margins: tracks whose margin was set or changed after the plan was sealed; it makes nobody equivalent.

    Yields:
        One row for each system; those that are not compared say why. None where the plan asks for no comparison.

    Source: ``rank_sets``, ``rank_shares``, ``tie_groups``.
    """
    if plan.study.plan.comparisons.pairs == "none":
        return
    ground = evidence.ground
    frozen = plan.pre_specified and track.value not in late_margins
    sets, reason = _sets(plan, evidence)
    groups = tie_groups(sets.ahead) if sets else ()
    shares = rank_shares(evidence.drawn_scores) if sets and evidence.drawn_scores is not None else None
    filled = _filled(estimates, track)
    for system, name in enumerate(plan.systems):
        row: Row = {"track": track.value, "system_id": name, "role": Role.exploratory.value} | filled.get(name, {})
        row["margin"] = plan.study.plan.comparisons.margin(track.value)
        place = evidence.place(system)
        if place is None:
            yield row | {"state": "undefined", "reason": ground.refused[system].value}
            continue
        row |= _counts(evidence) | {"score": float(evidence.scores[place])}
        if sets is None:
            yield row | {"state": "undefined", "reason": (reason or Reason.no_evidence).value}
            continue
        row |= {"state": "defined", "tie_group": groups[place], "method": sets.method.value}
        row |= {"rank_best": sets.best[place], "rank_worst": sets.worst[place]}
        row |= _neighbours(plan, evidence, sets, place=place, margin=row["margin"] if frozen else None)
        if shares is not None:
            row |= {"shares": shares[place].tolist(), "share_first": float(shares[place, 0])}
        yield row | {"confidence": plan.study.plan.interval.confidence}


def _filled(estimates: Sequence[Row], track: Track) -> dict[str, Row]:
    """Ranks by the bounds of the scores over all that was planned: withholding anything can only widen them."""
    bounds: dict[str, dict[str, float]] = {}
    scores = [row for row in estimates if (row["subject_id"], row["show"], row["stratum"]) == (track, "score", "")]
    for row in scores:
        if row["value"] is not None:
            bounds.setdefault(row["system_id"], {})[row["missing"]] = row["value"]
    known = {name: each for name, each in bounds.items() if {Fill.worst.value, Fill.best.value} <= set(each)}
    return {
        name: {
            "missing_best": 1 + sum(other["worst"] > own["best"] for other in known.values()),
            "missing_worst": len(known) - sum(other["best"] < own["worst"] for other in known.values()),
        }
        for name, own in known.items()
    }


def _sets(plan: Plan, evidence: TrackEvidence) -> tuple[RankSets | None, Reason | None]:
    """The sets, or why there are none."""
    n_systems = len(evidence.ground.systems)
    if not n_systems:
        return None, None
    errors, freedom = np.ones((n_systems, n_systems)), np.ones((n_systems, n_systems))
    for a in range(n_systems):
        for b in range(a + 1, n_systems):
            found = evidence.linearised(plan, a, b)
            if not found.standard_error or found.degrees_of_freedom is None:
                return None, found.reason or Reason.no_variation
            errors[a, b] = errors[b, a] = found.standard_error
            freedom[a, b] = freedom[b, a] = found.degrees_of_freedom
    confidence = plan.study.plan.interval.confidence
    return rank_sets(evidence.scores, errors, freedom, drawn=evidence.drawn_scores, confidence=confidence), None


def _counts(evidence: TrackEvidence) -> Row:
    ground = evidence.ground
    return {
        "n_systems": len(ground.systems),
        "n_metrics": len(ground.metrics),
        "n_items": int(ground.items.sum()),
        "n_clusters": ground.n_clusters,
    }


def _neighbours(plan: Plan, evidence: TrackEvidence, sets: RankSets, *, place: int, margin: float | None) -> Row:
    """The other systems by what is shown: better, worse, equivalent within the margin, or none of these."""
    named: dict[str, list[str]] = {"ahead_of": [], "behind": [], "tied_with": [], "open_with": []}
    for other, system in enumerate(evidence.ground.systems):
        if other == place:
            continue
        tied = margin is not None and max(-sets.lower[place, other], sets.upper[place, other]) < margin
        shown = {"ahead_of": sets.ahead[place, other], "behind": sets.ahead[other, place], "tied_with": tied}
        shown["open_with"] = not any(shown.values())
        for what, holds in shown.items():
            if holds:
                named[what].append(plan.systems[system])
    return dict(named)
