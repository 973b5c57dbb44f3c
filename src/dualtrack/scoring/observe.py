"""From findings to observations: one partition in, one value per response, metric and basis out.

May import terms, stats, rubric and the scoring ground. Pure: a partition holds whole clusters, so partitions can be
observed in any order, on any machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dualtrack.scoring.arrays import NONE, BoolArray, IntArray
from dualtrack.scoring.bases import CHECK_ONLY, CLINICIAN_ONLY, PRIMARY, UNADJUDICATED, Said, bases
from dualtrack.scoring.calibrate import Statements, calibration_evidence, confident_from, statements_of
from dualtrack.scoring.evidence import (
    Evidence,
    Judgements,
    about_metric,
    check_evidence,
    fails_below,
    metric_values,
    rating_evidence,
)
from dualtrack.scoring.pair_evidence import native_values, places_of
from dualtrack.scoring.plan import MetricPlan, Plan, response_index
from dualtrack.scoring.veto import VetoCells, veto_cells
from dualtrack.terms import SourceKind

__all__ = ["CHECK_ONLY", "CLINICIAN_ONLY", "PRIMARY", "UNADJUDICATED", "Observed", "RaterCounts", "observe"]


@dataclass(frozen=True, slots=True)
class RaterCounts:
    """Who rated what: one entry per system, item and rater, with the number of ratings used.

    Raters are numbered by the words of the findings' ``source_id``, the same in all partitions of a run.
    """

    system: IntArray
    item: IntArray
    rater: IntArray
    n: IntArray

    def of(self, system: int, items: BoolArray) -> "RaterCounts":
        """The entries of one system on some items."""
        chosen = (self.system == system) & items[self.item]
        return RaterCounts(self.system[chosen], self.item[chosen], self.rater[chosen], self.n[chosen])


_NOBODY = np.zeros(0, dtype=np.int64)
NO_RATERS = RaterCounts(_NOBODY, _NOBODY, _NOBODY, _NOBODY)


@dataclass(frozen=True, slots=True)
class Observed:
    """What one partition gives for one metric.

    Attributes:
        metric_id: the metric.
        by_basis: evidence per planned response for each basis (``primary`` always).
        vetoes: per veto gate, what is known of each planned response.
        raters: who rated what, of every rating that was used.
        levels: system and level of every rating, with its count: rows (system, level, n).
        names: what observations call each pair, for a metric of pairs.
        repeats: pairs of repeats of the same response, beside a metric of variants.
        statements: confidence and correctness of each response, for a calibration metric.
    """

    metric_id: str
    by_basis: dict[str, Evidence]
    vetoes: dict[str, VetoCells]
    raters: RaterCounts
    levels: pd.DataFrame
    names: tuple[str, ...] | None = None
    repeats: Evidence | None = None
    statements: Statements | None = None


def observe(plan: Plan, items: BoolArray, findings: pd.DataFrame) -> tuple[Observed, ...]:
    """Join the findings of one partition into observations.

    Args:
        plan: the plan.
        items: which items the partition holds (whole clusters).
        findings: findings about those items, as the findings table specifies.

    Returns:
        One entry per metric in scope, in the plan's order.
    """
    ids = (plan.systems, plan.items, plan.samples)
    response = response_index(ids, findings)
    inside = response >= 0
    findings, response = findings[inside], response[inside]
    everywhere = items[plan.item_of(np.arange(plan.n_responses, dtype=np.int64))]
    probe = findings["probe_id"].astype("category")
    rows = _Rows(
        findings,
        response,
        {str(name): code for code, name in enumerate(probe.cat.categories)},
        probe.cat.codes.to_numpy(),
    )
    found = [_observe_metric(plan, mp, np.flatnonzero(mp.judged & everywhere), rows) for mp in plan.metrics]
    for place, mp in enumerate(plan.metrics):
        if mp.correct is not None:
            passes_from = fails_below(plan.metrics[mp.correct])
            found[place] = _derive(plan, mp, found[place], found[mp.correct], passes_from=passes_from)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Findings with the number of their response, found by probe."""

    findings: pd.DataFrame
    response: IntArray
    probes: dict[str, int]
    codes: np.ndarray

    def of(self, probe: str) -> tuple[pd.DataFrame, IntArray]:
        chosen = np.flatnonzero(self.codes == self.probes.get(probe, -2))
        return self.findings.iloc[chosen], self.response[chosen]


def _observe_metric(plan: Plan, mp: MetricPlan, cells: IntArray, rows: _Rows) -> Observed:
    answers = _answers(mp, *rows.of(mp.scale.id)) if mp.scale is not None else None
    said = _said(plan, mp, cells, rows=rows, answers=answers)
    vetoes = {
        gate.id: veto_cells(
            plan, mp, gate, cells=cells, answers=answers.veto_rows() if answers else None, checks=said.checks
        )
        for gate in mp.metric.gates
        if gate.kind == "veto"
    }
    observed = Observed(
        mp.metric.id,
        {} if mp.pairs is not None else bases(mp, said),
        vetoes,
        answers.raters(plan, mp) if answers else NO_RATERS,
        answers.level_counts(plan, mp) if answers else _no_levels(),
    )
    return observed if mp.pairs is None else _in_pairs(plan, mp, said, observed, rows=rows)


def _in_pairs(plan: Plan, mp: MetricPlan, said: Said, observed: Observed, *, rows: _Rows) -> Observed:
    """The same metric with its evidence brought to pairs."""
    compared = getattr(mp.metric.quantity, "of", None)
    native = None
    if compared is not None and compared.check is not None:
        native = native_values(*rows.of(f"{mp.metric.id}.{compared.check}"), said.cells, plan.n_responses)
    places, again = (
        None if pairs is None else places_of(pairs, said.cells, plan.n_responses) for pairs in (mp.pairs, mp.repeats)
    )
    return replace(
        observed,
        by_basis={} if places is None else bases(mp, said.in_pairs(places, native)),
        names=None if places is None else places.names,
        repeats=None if again is None else bases(mp, said.in_pairs(again, native))[PRIMARY],
    )


def _said(plan: Plan, mp: MetricPlan, cells: IntArray, *, rows: _Rows, answers: "_Answers | None") -> Said:
    ratings = unadjudicated = checks = None
    imported: dict[str, Evidence] = {}
    ruled = np.zeros(cells.size, dtype=np.bool_)
    if answers is not None:
        unadjudicated = rating_evidence(plan, mp, cells, answers.of(SourceKind.rater))
        ratings = unadjudicated
        if answers.has(SourceKind.adjudicator):
            ratings = rating_evidence(
                plan, mp, cells, answers.of(SourceKind.rater), ruling=answers.of(SourceKind.adjudicator)
            )
        imported = dict(_imported(plan, mp, cells, answers))
        ruled = answers.ruled(plan.n_responses, cells)
    found = [rows.of(f"{mp.metric.id}.{check.id}") for check in mp.metric.checks]
    if found:
        frame = pd.concat([frame for frame, _ in found])
        checks = check_evidence(plan, mp, cells, findings=frame, response=np.concatenate([place for _, place in found]))
    return Said(cells, ratings, unadjudicated, checks, imported, ruled)


def _derive(plan: Plan, mp: MetricPlan, own: Observed, other: Observed, *, passes_from: int) -> Observed:
    """A calibration metric: its own check's confidence against the other metric's verdict."""
    correct, confident = other.by_basis[PRIMARY], confident_from(mp.metric)
    by_basis = {
        basis: calibration_evidence(stated, correct, passes_from=passes_from, confident=confident)
        for basis, stated in own.by_basis.items()
    }
    primary = by_basis[PRIMARY]
    statements = statements_of(plan.system_of(primary.cells), plan.item_of(primary.cells), primary)
    return replace(own, by_basis=by_basis, statements=statements, raters=other.raters)


@dataclass(frozen=True, slots=True)
class _Answers:
    """Every answer to the metric's scale: who gave it, about which unit, with which level."""

    judged: Judgements
    kind: np.ndarray
    sources: tuple[str, ...]
    level_names: tuple[str, ...]

    def has(self, kind: SourceKind) -> bool:
        return bool((self.kind == kind.value).any())

    def of(self, kind: SourceKind, source: int | None = None) -> Judgements:
        chosen = self.kind == kind.value
        if source is not None:
            chosen &= self.judged.source == source
        return self.judged.chosen(chosen)

    def ruled(self, n_responses: int, cells: IntArray) -> BoolArray:
        ruling = self.of(SourceKind.adjudicator)
        where = np.zeros(n_responses, dtype=np.bool_)
        where[ruling.response[(ruling.unit >= 0) & (ruling.value != NONE)]] = True
        return where[cells]

    def raters(self, plan: Plan, mp: MetricPlan) -> RaterCounts:
        """System, item and rater of each rating used, each combination once."""
        given = self.of(SourceKind.rater)
        used = (given.unit >= 0) & (given.value != NONE)
        used &= mp.owed[np.maximum(given.unit, 0)] > 0
        place = plan.system_of(given.response[used]) * plan.n_items + plan.item_of(given.response[used])
        n_sources = max(len(self.sources), 1)
        both, count = np.unique(place * n_sources + given.source[used], return_counts=True)
        place = both // n_sources
        return RaterCounts(place // plan.n_items, place % plan.n_items, both % n_sources, count.astype(np.int64))

    def level_counts(self, plan: Plan, mp: MetricPlan) -> pd.DataFrame:
        """How often each level was given, by system."""
        given = self.of(SourceKind.rater)
        used = (given.unit >= 0) & (given.level >= 0) & (mp.owed[np.maximum(given.unit, 0)] > 0)
        n_levels = max(len(self.level_names), 1)
        key, count = np.unique(plan.system_of(given.response[used]) * n_levels + given.level[used], return_counts=True)
        return pd.DataFrame(
            {
                "system": key // n_levels,
                "level": [self.level_names[each] for each in key % n_levels],
                "n": count,
            }
        )

    def veto_rows(self) -> tuple[Judgements, Judgements, tuple[str, ...]]:
        return self.of(SourceKind.rater), self.of(SourceKind.adjudicator), self.level_names


def _answers(mp: MetricPlan, frame: pd.DataFrame, response: IntArray) -> _Answers:
    """Answers of the first occasion; a rater's later ones show self-agreement and enter no value."""
    first = frame["occasion"].to_numpy(dtype=np.int64) == 1
    frame, response = frame[first], response[first]
    unit = mp.units.find(response, frame["unit_id"])
    source = frame["source_id"].astype("category")
    level = frame["level"].astype("category").cat.remove_unused_categories()
    about = about_metric(frame["failure_mode"], mp)
    value = metric_values(frame["value"].to_numpy(dtype=np.float64), frame["level"], mp, about)
    judged = Judgements(
        response,
        unit,
        value,
        source.cat.codes.to_numpy().astype(np.int64),
        level.cat.codes.to_numpy().astype(np.int64),
        about,
    )
    names = tuple(str(each) for each in source.cat.categories)
    return _Answers(
        judged,
        frame["source_kind"].astype("str").to_numpy(),
        names,
        tuple(str(each) for each in level.cat.categories),
    )


def _imported(plan: Plan, mp: MetricPlan, cells: IntArray, answers: _Answers) -> Iterator[tuple[str, Evidence]]:
    """Evidence of each imported source by itself, one score owed per unit."""
    for code in np.unique(answers.of(SourceKind.score).source):
        scored = answers.of(SourceKind.score, code)
        given = np.bincount(scored.unit[scored.unit >= 0], minlength=mp.owed.size).astype(np.int64)
        owed = np.where(mp.judged[mp.units.response], np.maximum(given, 1), 0)
        alone = replace(mp, owed=owed)
        yield f"score:{answers.sources[code]}", rating_evidence(plan, alone, cells, scored)


def _no_levels() -> pd.DataFrame:
    empty = np.zeros(0, dtype=np.int64)
    return pd.DataFrame({"system": empty, "level": pd.Series(dtype="str"), "n": empty})
