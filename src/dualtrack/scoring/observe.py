"""From findings to observations: one partition in, one value per response, metric and basis out.

May import terms, stats, rubric and the scoring ground. Pure: a partition holds whole clusters, so partitions can be
observed in any order, on any machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dualtrack.scoring.answers import Answers, RaterCounts, answers_of
from dualtrack.scoring.arrays import BoolArray, IntArray
from dualtrack.scoring.bases import CHECK_ONLY, CLINICIAN_ONLY, GATED, PRIMARY, UNADJUDICATED, Said, bases
from dualtrack.scoring.calibrate import Statements, calibration_evidence, confident_from, statements_of
from dualtrack.scoring.evidence import (
    Evidence,
    check_evidence,
    fails_below,
    rating_evidence,
)
from dualtrack.scoring.pair_evidence import native_values, places_of
from dualtrack.scoring.plan import MetricPlan, Plan, response_index
from dualtrack.scoring.sampled import Sampled, on_drawn, sampled_of
from dualtrack.scoring.veto import VetoCells, veto_cells
from dualtrack.terms import SourceKind

__all__ = ["CHECK_ONLY", "CLINICIAN_ONLY", "PRIMARY", "UNADJUDICATED", "Observed", "RaterCounts", "observe"]


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
        sampled: evidence of single responses, where some were left unrated on purpose.
    """

    metric_id: str
    by_basis: dict[str, Evidence]
    vetoes: dict[str, VetoCells]
    raters: RaterCounts
    levels: pd.DataFrame
    names: tuple[str, ...] | None = None
    repeats: Evidence | None = None
    statements: Statements | None = None
    sampled: Sampled | None = None

    @property
    def gated(self) -> Evidence:
        """What gates read: the primary evidence, or that without checks that give a value and drive no gate."""
        return self.by_basis.get(GATED, self.by_basis[PRIMARY])


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
    return tuple(_where_drawn(mp, each) for mp, each in zip(plan.metrics, found, strict=True))


def _where_drawn(mp: MetricPlan, observed: Observed) -> Observed:
    """The same with what the plan left out on purpose kept apart."""
    sampled = sampled_of(mp, observed.by_basis)
    if sampled is None:
        return observed
    return replace(observed, by_basis=on_drawn(mp, observed.by_basis), sampled=sampled)


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
    answers = answers_of(mp, *rows.of(mp.scale.id)) if mp.scale is not None else None
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


def _said(plan: Plan, mp: MetricPlan, cells: IntArray, *, rows: _Rows, answers: Answers | None) -> Said:
    ratings = unadjudicated = checks = None
    imported: dict[str, Evidence] = {}
    third = False
    ruled = np.zeros(cells.size, dtype=np.bool_)
    if answers is not None:
        unadjudicated = rating_evidence(plan, mp, cells, answers.first())
        ratings, third = unadjudicated, answers.has(SourceKind.tie_break)
        if third or answers.has(SourceKind.adjudicator):
            ratings = rating_evidence(
                plan, mp, cells, answers.of(SourceKind.rater), ruling=answers.of(SourceKind.adjudicator)
            )
        imported = dict(_imported(plan, mp, cells, answers))
        ruled = answers.ruled(plan.n_responses, cells)
    found = [rows.of(f"{mp.metric.id}.{check.id}") for check in mp.metric.checks]
    if found:
        frame = pd.concat([frame for frame, _ in found])
        checks = check_evidence(plan, mp, cells, findings=frame, response=np.concatenate([place for _, place in found]))
    return Said(cells, ratings, unadjudicated, checks, imported, ruled, third)


def _derive(plan: Plan, mp: MetricPlan, own: Observed, other: Observed, *, passes_from: int) -> Observed:
    """A calibration metric: its own check's confidence against the other metric's verdict."""
    correct, confident = other.by_basis[PRIMARY], confident_from(mp.metric)
    by_basis = {
        basis: calibration_evidence(stated, correct, passes_from=passes_from, confident=confident)
        for basis, stated in own.by_basis.items()
    }
    if GATED in other.by_basis:
        by_basis[GATED] = calibration_evidence(own.gated, other.gated, passes_from=passes_from, confident=confident)
    primary = by_basis[PRIMARY]
    statements = statements_of(plan.system_of(primary.cells), plan.item_of(primary.cells), primary)
    return replace(own, by_basis=by_basis, statements=statements, raters=other.raters)


def _imported(plan: Plan, mp: MetricPlan, cells: IntArray, answers: Answers) -> Iterator[tuple[str, Evidence]]:
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
