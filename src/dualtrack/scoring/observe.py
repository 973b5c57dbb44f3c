"""From findings to observations: one partition in, one value per response, metric and basis out.

May import terms, stats, rubric and the scoring ground. Pure: a partition holds whole clusters, so partitions can be
observed in any order, on any machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.scoring.arrays import NONE, BoolArray, IntArray
from dualtrack.scoring.evidence import (
    Evidence,
    Judgements,
    about_metric,
    check_evidence,
    fails_below,
    metric_values,
    rating_evidence,
)
from dualtrack.scoring.joins import Sources, join
from dualtrack.scoring.plan import MetricPlan, Plan, response_index
from dualtrack.scoring.veto import VetoCells, veto_cells
from dualtrack.terms import Combine, SourceKind

__all__ = ["CHECK_ONLY", "CLINICIAN_ONLY", "PRIMARY", "UNADJUDICATED", "Observed", "RaterCounts", "observe"]

PRIMARY, UNADJUDICATED, CLINICIAN_ONLY, CHECK_ONLY = (
    "primary",
    "unadjudicated",
    "clinician_only",
    "check_only",
)


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
        level_names: names of the levels that ``levels`` counts by number.
    """

    metric_id: str
    by_basis: dict[str, Evidence]
    vetoes: dict[str, VetoCells]
    raters: RaterCounts
    levels: pd.DataFrame


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
    return tuple(_observe_metric(plan, mp, np.flatnonzero(mp.cells & everywhere), rows) for mp in plan.metrics)


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
    raters, levels = NO_RATERS, _no_levels()
    ratings = unadjudicated = None
    imported: dict[str, Evidence] = {}
    answers = None
    if mp.scale is not None:
        answers = _answers(mp, *rows.of(mp.scale.id))
        unadjudicated = rating_evidence(plan, mp, cells, answers.of(SourceKind.rater))
        ratings = unadjudicated
        if answers.has(SourceKind.adjudicator):
            ratings = rating_evidence(
                plan, mp, cells, answers.of(SourceKind.rater), ruling=answers.of(SourceKind.adjudicator)
            )
        raters, levels = answers.raters(plan, mp), answers.level_counts(plan, mp)
        imported = dict(_imported(plan, mp, cells, answers))
    checks = None
    found = [rows.of(f"{mp.metric.id}.{check.id}") for check in mp.metric.checks]
    if found:
        frame = pd.concat([frame for frame, _ in found])
        checks = check_evidence(plan, mp, cells, findings=frame, response=np.concatenate([place for _, place in found]))
    ruled = answers.ruled(plan.n_responses, cells) if answers is not None else np.zeros(cells.size, dtype=np.bool_)
    drive = all(check.proof == "by_construction" for check in mp.metric.checks)
    primary = join(mp.metric.combine, Sources(ratings, checks, ruled, fails_below(mp), drive))
    by_basis = {PRIMARY: primary}
    if ruled.any() and unadjudicated is not None:
        by_basis[UNADJUDICATED] = unadjudicated
    if ratings is not None and checks is not None:
        by_basis[CLINICIAN_ONLY] = ratings
    if checks is not None and not (mp.metric.combine is Combine.check_only and drive):
        by_basis[CHECK_ONLY] = checks
    vetoes = {
        gate.id: veto_cells(
            plan, mp, gate, cells=cells, answers=answers.veto_rows() if answers else None, checks=checks
        )
        for gate in mp.metric.gates
        if gate.kind == "veto"
    }
    return Observed(mp.metric.id, by_basis | imported, vetoes, raters, levels)


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
        owed = np.where(mp.cells[mp.units.response], np.maximum(given, 1), 0)
        alone = MetricPlan(mp.metric, mp.scale, mp.units, mp.applies, owed, mp.cells)
        yield f"score:{answers.sources[code]}", rating_evidence(plan, alone, cells, scored)


def _no_levels() -> pd.DataFrame:
    empty = np.zeros(0, dtype=np.int64)
    return pd.DataFrame({"system": empty, "level": pd.Series(dtype="str"), "n": empty})
