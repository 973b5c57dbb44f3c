"""Differences between two systems, or two groups of them, per metric and per track.

May import terms, stats and the scoring ground. The primary analysis takes every case planned for both, with what is
missing counting as failed; the cases on which both have a value stand beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dualtrack.records.study import ComparisonsPlan
from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray
from dualtrack.scoring.correct import Tested, corrected
from dualtrack.scoring.decide import decide
from dualtrack.scoring.estimate import Row, of_track, slices
from dualtrack.scoring.marginal import marginal_difference, reversals
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.pair_tests import Drawn, Judged, judge, signed_ranks
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.sides import COMMON, PLANNED, Held, Match, hold, matches, refusal, shared_items
from dualtrack.scoring.sums import MetricSums
from dualtrack.stats.interval import Interval
from dualtrack.stats.resample import ResampledScores, resampled_scores
from dualtrack.terms import Fill, QuantityType, Reason, Role, Track

__all__ = ["comparison_rows"]

_FILLS = {PLANNED: (Fill.worst, Fill.worst), COMMON: (Fill.observed, Fill.observed)}
_ADVERSE = ((Fill.worst, Fill.best), (Fill.best, Fill.worst))
_UNDECIDED = "not_comparable"


def comparison_rows(
    plan: Plan,
    sums: tuple[MetricSums, ...],
    track: Track,
    draws: IntArray,
    *,
    late_margins: frozenset[str] = frozenset(),
) -> Iterator[Row]:
    """Rows of the comparisons table for one track.

    Definition: mean of A minus mean of B (scores, 1 best); for the track, the weighted mean over the metrics that both
    share. On the planned basis over all items planned for both, a missing value counting as failed (primary); on the
    common basis over the items on which both have a value (sensitivity). A metric whose ratings come from different
    raters, or from an unequal number of them, is refused. Levels of reported strata follow for the score of the track,
    and groups of systems by kind and by layer.

    Args:
        plan: the plan.
        sums: item sums per metric.
        track: the track.
        draws: resampling weights of the clusters, as ``track_draws`` gives them.
        late_margins: metrics and tracks whose margin was set or changed after the plan was sealed; it decides nothing.

    Yields:
        Rows of pairs, then of groups, with p values corrected within their families.

    Source: Miller 2024, arXiv:2411.00640 (paired differences, clustered errors).
    """
    work = _Work(plan, sums, track, late_margins, _draws(plan, sums, track, draws))
    tested: list[Tested] = []
    for match in matches(plan):
        for basis in (PLANNED, COMMON):
            tested += work.rows(match, basis)
    yield from corrected(plan, track, tested)


@dataclass(frozen=True, slots=True)
class _Draws:
    """The resampling weights of a track, and what they give for all systems where these were planned alike."""

    matrix: IntArray
    places: tuple[int, ...]
    of_all: ResampledScores | None


def _draws(plan: Plan, sums: tuple[MetricSums, ...], track: Track, matrix: IntArray) -> _Draws:
    places = of_track(plan, track)
    there = [sums[place].by_basis[PRIMARY].planned > 0 for place in places]
    of_all = None
    if places and len(plan.systems) > 1 and all((each == each[:1]).all() for each in there):
        held = [_each_alone(plan, sums, place, items) for place, items in zip(places, there, strict=True)]
        total, count = (np.array([pair[k] for pair in held]).swapaxes(0, 1) for k in (0, 1))
        of_all = resampled_scores(matrix, total, count, [1.0] * len(places), scale=TOP)
    return _Draws(matrix, places, of_all)


def _each_alone(plan: Plan, sums: tuple[MetricSums, ...], place: int, there: BoolArray) -> tuple[IntArray, IntArray]:
    """Cluster sums and counts of every system, missing at its worst, shape (systems, clusters)."""
    rows = []
    for system in range(len(plan.systems)):
        alone = Match("pair", (system,), (system,), "", "")
        rows.append(hold(plan, sums, place, alone, items=there[system], fills=_FILLS[PLANNED]))
    return np.array([row.total[0] for row in rows]), np.array([row.count[0] for row in rows])


@dataclass(frozen=True, slots=True)
class _Work:
    """What all rows of one track read."""

    plan: Plan
    sums: tuple[MetricSums, ...]
    track: Track
    late_margins: frozenset[str]
    draws: _Draws

    def rows(self, match: Match, basis: str) -> Iterator[Tested]:
        """Rows of one match on one basis: each metric, the track, and the strata of the track."""
        held: list[Held] = []
        refused: dict[int, Reason | None] = {}
        for place in of_track(self.plan, self.track):
            refused[place] = refusal(self.plan, self.sums[place], place, systems=match.systems, basis=basis)
            items = shared_items(self.sums[place], match.systems, basis)
            held.append(hold(self.plan, self.sums, place, match, items=items, fills=_FILLS[basis]))
        usable = [each for each in held if refused[each.place] is None]
        drawn = self._drawn(match, usable) if basis == PLANNED and usable else None
        for each in held:
            yield from self._metric(match, basis, each, refused=refused[each.place], drawn=drawn)
        weighted = [each for each in usable if each.weight > 0]
        levels = list(self._levels(match, weighted)) if basis == PLANNED and match.kind == "pair" else []
        yield self._track(match, basis, weighted, drawn=drawn, levels=levels)
        yield from levels

    def _drawn(self, match: Match, held: list[Held]) -> Drawn:
        """Differences in every draw: read off those of all systems, or drawn for these two sides alone."""
        places, found = tuple(each.place for each in held), self.draws.of_all
        if found is not None:
            columns = [self.draws.places.index(place) for place in places]
            a, b = (found.metric_values[:, list(side)].mean(axis=1)[:, columns] for side in (match.a, match.b))
            return Drawn(places, a - b, found.metric_defined[:, columns])
        total, count = (np.array([getattr(each, name) for each in held]).swapaxes(0, 1) for name in ("total", "count"))
        alone = resampled_scores(self.draws.matrix, total, count, [1.0] * len(held), scale=TOP)
        return Drawn(places, alone.metric_values[:, 0] - alone.metric_values[:, 1], alone.metric_defined)

    def _metric(
        self, match: Match, basis: str, held: Held, *, refused: Reason | None, drawn: Drawn | None
    ) -> Iterator[Tested]:
        metric = self.plan.metrics[held.place].metric
        row = self._names(match, basis, metric.id) | self._counts(match, [held])
        row["show"] = metric.quantity.show
        if refused is not None:
            yield Tested(row | _undefined(refused) | {"decision": _UNDECIDED}, "metrics")
            return
        judged = judge(self.plan, [held], drawn=drawn)
        adverse = self._adverse(match, basis, [held])
        row |= _numbers(judged) | self._decision(row, judged, adverse)
        row["reversal"] = reversals(judged.interval.value, marginal_difference(self.plan, self.sums, [held], match))
        yield Tested(row, "metrics", judged)
        if metric.quantity.type == QuantityType.ordinal and match.kind == "pair":
            yield Tested(self._ranked(row, held), "")

    def _ranked(self, row: Row, held: Held) -> Row:
        """The Hodges-Lehmann row beside the mean difference of an ordered metric."""
        kept = ("value", "lower", "upper", "method", "p", "p_method", "margin", "decision", "reversal", "reasons")
        plain = row | dict.fromkeys((*kept, "lower_missing", "upper_missing", "margin_pre_specified"))
        plain |= {"show": "hodges_lehmann", "estimator": "hodges_lehmann"}
        found = signed_ranks(self.plan, held)
        if isinstance(found, Reason):
            return plain | _undefined(found)
        return plain | _of_interval(found.interval) | {"p": found.p, "p_method": "signed_rank"}

    def _track(
        self, match: Match, basis: str, held: list[Held], *, drawn: Drawn | None, levels: list[Tested]
    ) -> Tested:
        row = self._names(match, basis, self.track.value) | self._counts(match, held)
        if not held:
            return Tested(row | _undefined(Reason.no_overlap) | {"decision": _UNDECIDED}, "track")
        judged = judge(self.plan, held, drawn=drawn)
        row |= _numbers(judged) | self._decision(row, judged, self._adverse(match, basis, held))
        marginal = marginal_difference(self.plan, self.sums, held, match)
        row["reversal"] = reversals(judged.interval.value, marginal, [level.row for level in levels])
        if self.plan.pre_specified and basis == PLANNED and match.kind == "pair":
            row["role"] = Role.primary.value
        return Tested(row, "track", judged)

    def _levels(self, match: Match, held: list[Held]) -> Iterator[Tested]:
        """The score of the track in every level of the reported strata; small ones are shown and never dropped."""
        for part in slices(self.plan)[1:]:
            mine = [
                hold(
                    self.plan, self.sums, each.place, match, items=each.items & part.items, fills=_FILLS[PLANNED]
                )
                for each in held
                if (each.items & part.items).any()
            ]  # fmt: skip
            row = self._names(match, PLANNED, self.track.value) | self._counts(match, mine, part.items)
            row |= {"stratum": part.stratum, "stratum_level": part.level, "margin": None, "margin_pre_specified": None}
            if not mine:
                yield Tested(row | _undefined(Reason.no_overlap), "strata")
                continue
            judged = judge(self.plan, mine)
            yield Tested(row | _numbers(judged), "strata", judged)

    def _adverse(self, match: Match, basis: str, held: list[Held]) -> tuple[float | None, float | None]:
        """Lower limit with what is missing hurting A most, and upper limit with it helping A most."""
        if basis != PLANNED:
            return None, None
        fills = []
        for fill in _ADVERSE:
            other = [hold(self.plan, self.sums, e.place, match, items=e.items, fills=fill) for e in held]
            alike = all(np.array_equal(one.total, two.total) for one, two in zip(held, other, strict=True))
            fills.append(None if alike else judge(self.plan, other).interval)
        low, high = fills
        return (low.lower if low else None), (high.upper if high else None)

    def _decision(self, row: Row, judged: Judged, adverse: tuple[float | None, float | None]) -> Row:
        if row["basis"] != PLANNED:
            return {}
        limits = judged.interval.lower, judged.interval.upper
        low, high = adverse
        shown = {
            "lower_missing": limits[0] if low is None or limits[0] is None else min(low, limits[0]),
            "upper_missing": limits[1] if high is None or limits[1] is None else max(high, limits[1]),
        }
        if judged.interval.value is None:
            return shown | {"decision": _UNDECIDED}
        if row["margin"] is None:
            return shown
        claim = decide(limits, adverse, row["margin"], frozen=bool(row["margin_pre_specified"]))
        return shown | {"decision": claim.word, "reasons": [reason.value for reason in claim.reasons]}

    def _names(self, match: Match, basis: str, subject: str) -> Row:
        margin = self._planned.margin(subject) if basis == PLANNED and match.kind == "pair" else None
        frozen = self.plan.pre_specified and subject not in self.late_margins
        group = match.kind == "group"
        return {
            "track": self.track.value,
            "subject_id": subject,
            "system_a": match.name_a,
            "system_b": match.name_b,
            "comparison_kind": match.kind,
            "basis": basis,
            "missing": _FILLS[basis][0].value,
            "estimator": "mean_difference",
            "stratum": "",
            "stratum_level": "",
            "show": "score",
            "margin": margin,
            "margin_pre_specified": None if margin is None else frozen,
            "role": Role.exploratory.value,
            "against_baseline": match.against_baseline,
            "n_systems_a": len(match.a) if group else 1,
            "n_systems_b": len(match.b) if group else 1,
        }

    @property
    def _planned(self) -> ComparisonsPlan:
        return self.plan.study.plan.comparisons

    def _counts(self, match: Match, held: Sequence[Held], part: BoolArray | None = None) -> Row:
        """Items and clusters compared, and of the items of either side those with a value in all its systems."""
        nothing = np.zeros(self.plan.n_items, dtype=np.bool_)
        items = np.logical_or.reduce([nothing, *(each.items for each in held)])
        by_item = [self.sums[each.place].by_basis[PRIMARY] for each in held]
        n_a, n_b = (
            np.logical_or.reduce([nothing, *((each.value[list(side)] != NONE).all(axis=0) for each in by_item)])
            for side in (match.a, match.b)
        )
        return {
            "n_items": int(items.sum()),
            "n_clusters": int(np.unique(self.plan.cluster[items]).size),
            "n_a": int((n_a if part is None else n_a & part).sum()),
            "n_b": int((n_b if part is None else n_b & part).sum()),
        }


def _undefined(reason: Reason) -> Row:
    return {"state": "undefined", "reason": reason.value}


def _of_interval(interval: Interval) -> Row:
    if interval.value is None:
        return _undefined(interval.reason or Reason.no_evidence)
    return {
        "state": "defined",
        "reason": interval.reason.value if interval.reason else None,
        "value": interval.value,
        "lower": interval.lower,
        "upper": interval.upper,
        "method": interval.method.value,
    }


def _numbers(judged: Judged) -> Row:
    row = _of_interval(judged.interval)
    if judged.interval.value is None:
        return row
    return row | {"p": judged.p, "p_method": judged.p_method, "n_discordant": judged.n_discordant}
