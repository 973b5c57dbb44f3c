"""The engine: from rubric and study tables to the tables of results.

May import everything up to scoring. Pure: no file is opened, no clock is read; what maps the stages over partitions
is an argument.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dualtrack.checks.memory import Store
from dualtrack.errors import Problem
from dualtrack.records.results import RESULT_TABLES
from dualtrack.records.study import StudyFile
from dualtrack.rubric.gate import VetoGate
from dualtrack.rubric.header import Rubric
from dualtrack.scoring.account import accountability_rows
from dualtrack.scoring.arrays import BoolArray
from dualtrack.scoring.assay import with_assay
from dualtrack.scoring.beside import beside_rows
from dualtrack.scoring.cases import limit_cases, veto_cases
from dualtrack.scoring.check_jobs import Map, check_findings
from dualtrack.scoring.check_proof import proof_rows, shown_metrics, with_shown
from dualtrack.scoring.compare import comparison_rows
from dualtrack.scoring.controls import with_detection, without_controls
from dualtrack.scoring.estimate import Row, metric_rows
from dualtrack.scoring.failure_modes import failure_tables, with_strata
from dualtrack.scoring.findings import all_findings, imported_findings, rating_findings
from dualtrack.scoring.first_ratings import FirstRatings
from dualtrack.scoring.missingness import missing_comparisons, missing_rows
from dualtrack.scoring.observe import Observed, observe
from dualtrack.scoring.operating import veto_curve_rows
from dualtrack.scoring.panel_tables import panel_tables
from dualtrack.scoring.plan import Plan, make_plan
from dualtrack.scoring.ranks import rank_rows
from dualtrack.scoring.rater_tables import Clinicians, clinicians_of, rater_tables
from dualtrack.scoring.refusal_rows import refusal_rows
from dualtrack.scoring.repeat_rows import repeat_rows
from dualtrack.scoring.robustness import robustness_rows
from dualtrack.scoring.standing import UNCHANGED, Changed, standing_of_gates, standing_of_proofs, standing_of_rows
from dualtrack.scoring.subgroups import source_rows, subgroup_rows, track_risk_rows
from dualtrack.scoring.sums import MetricSums, merge, reduce
from dualtrack.scoring.table import observation_frame, to_frame
from dualtrack.scoring.track import track_rows
from dualtrack.scoring.track_evidence import track_draws, track_evidence
from dualtrack.scoring.two_way import two_way_rows
from dualtrack.scoring.verdicts import Veto, gate_rows, verdict_rows
from dualtrack.scoring.veto_gate import join_cells, rulings
from dualtrack.terms import Proof, Track

__all__ = ["Scored", "partitions", "score_findings", "score_tables"]


ROWS_PER_PARTITION = 500_000


@dataclass(frozen=True, slots=True)
class Scored:
    """What scoring gives.

    Attributes:
        plan: the plan.
        tables: every result table except ``texts``, by name.
        broken: a problem for each response on which a check broke; its finding says ``error``.
    """

    plan: Plan
    tables: Mapping[str, pd.DataFrame]
    broken: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One partition: which items, and the findings about them."""

    items: BoolArray
    findings: pd.DataFrame


def score_tables(
    rubric: Rubric,
    study: StudyFile,
    tables: Mapping[str, pd.DataFrame],
    *,
    pre_specified: bool = False,
    late_margins: frozenset[str] = frozenset(),
    changed: Changed = UNCHANGED,
    map_: Map[Any, Any] = map,
    store: Store | None = None,
    progress: Callable[[str], None] = lambda _stage: None,
) -> Scored:
    """Score a study: plan, findings, observations, estimates, gates, verdicts, comparisons, accountability.

    Args:
        rubric: the loaded rubric.
        study: the study file.
        tables: the input tables by name, typed as the specification says.
        pre_specified: whether rubric, plan and thresholds were sealed before the responses were seen; without it
            no gate and no track is met.
        late_margins: metrics and tracks whose margin was set or changed after that; it decides nothing.
        changed: what was changed after the seal, or looked at before; it is not pre-specified.
        map_: maps a pure function over partitions; the built-in ``map`` by default. Any order and any executor gives
            the same bytes.
        store: keeps what the checks said for the next run; with it and without it, the bytes are the same.
        progress: told the name of each stage as it begins.

    Returns:
        The plan and the result tables.

    Raises:
        ScoringError: rubric and study do not fit together (SCO001...).
        CheckError: a check kind is unknown or wrongly set up (CHK...).
    """
    progress("plan")
    clinicians = clinicians_of(rubric, study, tables)
    study, tables = without_controls(study, tables)
    plan = replace(make_plan(rubric, study, tables, pre_specified=pre_specified), changed=changed)
    progress("checks")
    checked, broken = check_findings(plan, tables, map_, store)
    findings = all_findings(
        [
            *checked,
            rating_findings(tables["ratings"], rubric.scales),
            imported_findings(tables["scores"], rubric.scales),
        ]
    )
    first, decided = clinicians.first, tables["dispositions"]
    scored = score_findings(
        plan,
        findings,
        decided,
        first=first,
        clinicians=clinicians,
        late_margins=late_margins | changed.differences,
        map_=map_,
        progress=progress,
    )
    return replace(scored, broken=broken, tables={**scored.tables, **panel_tables(plan, tables, first)})


def score_findings(
    plan: Plan,
    findings: pd.DataFrame,
    dispositions: pd.DataFrame,
    *,
    first: FirstRatings | None = None,
    clinicians: Clinicians | None = None,
    late_margins: frozenset[str] = frozenset(),
    map_: Map[Any, Any] = map,
    progress: Callable[[str], None] = lambda _stage: None,
) -> Scored:
    """Score judgements that are there already: observations, estimates, gates, verdicts and what follows.

    Args:
        plan: the plan.
        findings: one row per judgement, as the findings table specifies.
        dispositions: what named persons decided.
        first: the clinicians' first ratings, which checks are measured against; without them none is shown.
        clinicians: who rated, and what they were given; without it nothing is said of raters.
        late_margins: as in ``score_tables``.
        map_: maps a pure function over partitions.
        progress: told the name of each stage as it begins.

    Returns:
        The plan and the result tables.
    """
    proofs = [] if first is None else standing_of_proofs(plan.changed, proof_rows(plan, findings, first))
    plan, findings = _promoted(plan, findings, shown_metrics(proofs))
    progress("observations")
    parts = [_Part(items, _rows_of(plan, findings, items)) for items in partitions(plan, len(findings))]
    observed = list(map_(_Observe(plan), parts))
    sums = merge(reduce(plan, each) for each in observed)
    progress("estimates")
    tables = _result_tables(
        plan,
        findings,
        observed,
        sums,
        dispositions=dispositions,
        proofs=proofs,
        clinicians=clinicians,
        late_margins=late_margins,
    )
    return Scored(plan, tables)


def _promoted(plan: Plan, findings: pd.DataFrame, shown: frozenset[str]) -> tuple[Plan, pd.DataFrame]:
    """Plan and findings with the checks that proved themselves marked as shown."""
    if not shown:
        return plan, findings
    probe = findings["probe_id"].astype("str")
    proven = probe.str.partition(".")[0].isin(shown) & probe.str.contains(".", regex=False)
    screening = (findings["proof"].astype("str") == Proof.screening.value).to_numpy()
    proof = findings["proof"].astype("object").where(~(proven.to_numpy() & screening), Proof.shown.value)
    return with_shown(plan, shown), findings.assign(proof=proof.astype("category"))


def partitions(plan: Plan, n_rows: int, *, rows_per_partition: int = ROWS_PER_PARTITION) -> Iterator[BoolArray]:
    """Split the items into groups of whole clusters; how many depends on the data alone.

    Args:
        plan: the plan.
        n_rows: number of findings.
        rows_per_partition: about how many findings a partition holds.

    Yields:
        One boolean per item for each partition; together they hold every item once.
    """
    n_parts = max(1, min(len(plan.clusters), -(-n_rows // rows_per_partition)))
    part_of_cluster = np.arange(len(plan.clusters), dtype=np.int64) * n_parts // max(1, len(plan.clusters))
    for part in range(n_parts):
        yield part_of_cluster[plan.cluster] == part


@dataclass(frozen=True, slots=True)
class _Observe:
    """The observe stage with its plan, so that any executor can send it to another process."""

    plan: Plan

    def __call__(self, part: _Part) -> tuple[Observed, ...]:
        return observe(self.plan, part.items, part.findings)


def _rows_of(plan: Plan, findings: pd.DataFrame, items: BoolArray) -> pd.DataFrame:
    if items.all():
        return findings
    category = findings["item_id"].cat
    place = {name: index for index, name in enumerate(plan.items)}
    wanted = np.array([items[place[str(name)]] if str(name) in place else False for name in category.categories])
    return findings[wanted[category.codes.to_numpy()]]


def _result_tables(
    plan: Plan,
    findings: pd.DataFrame,
    observed: Sequence[tuple[Observed, ...]],
    sums: tuple[MetricSums, ...],
    *,
    dispositions: pd.DataFrame,
    proofs: list[Row],
    clinicians: Clinicians | None,
    late_margins: frozenset[str],
) -> dict[str, pd.DataFrame]:
    vetoes = _vetoes(plan, observed, dispositions)
    gates = list(gate_rows(plan, sums, vetoes, dispositions))
    if clinicians is not None:
        gates = with_detection(gates, clinicians.controls)
    gates = standing_of_gates(plan.changed, gates)
    tracks = [track for track in Track if any(mp.metric.track is track for mp in plan.metrics)]
    estimates = _estimate_rows(plan, sums, tracks, clinicians)
    about_raters = rater_tables(plan, findings, clinicians)
    cases = list(_cases(plan, observed, vetoes))
    between = [_between_systems(plan, sums, track, estimates, late_margins=late_margins) for track in tracks]
    differences = [with_assay(each.differences, about_raters["rater_effects"]) for each in between]
    missing = [missing_comparisons(plan, sums, track) for track in tracks]
    rows: dict[str, list[Row]] = {
        "estimates": standing_of_rows(plan.changed, estimates),
        "gates": gates,
        "gate_cases": cases,
        "verdicts": list(verdict_rows(plan, sums, gates)),
        "veto_curves": list(veto_curve_rows(plan, gates)),
        "comparisons": [row for pair in zip(differences, missing, strict=True) for each in pair for row in each],
        "ranks": [row for each in between for row in each.ranks],
        "robustness": [row for each in between for row in each.robustness],
        "accountability": list(accountability_rows(plan, findings, sums)),
        "check_proof": proofs,
        **about_raters,
        **failure_tables(plan, observed, findings, cases),
    }
    by_name = {table.name: table for table in RESULT_TABLES}
    frames = {name: to_frame(by_name[name], each) for name, each in rows.items()}
    frames["failures"] = with_strata(plan, frames["failures"])
    return {"findings": findings, "observations": observation_frame(plan, observed), **frames}


def _estimate_rows(
    plan: Plan, sums: tuple[MetricSums, ...], tracks: Sequence[Track], clinicians: Clinicians | None
) -> list[Row]:
    rows: list[Row] = []
    for mp, each in zip(plan.metrics, sums, strict=True):
        rows += [*metric_rows(plan, mp, each), *beside_rows(plan, mp, each)]
        rows += [*repeat_rows(plan, mp, each), *refusal_rows(plan, mp, each), *subgroup_rows(plan, mp, each)]
    if clinicians is not None:
        rows += two_way_rows(plan, clinicians.first, clinicians.tables["raters"])
    for track in tracks:
        rows += [*track_rows(plan, sums, track), *track_risk_rows(plan, sums, track)]
        rows += [*source_rows(plan, sums, track), *missing_rows(plan, sums, track)]
    return rows


@dataclass(frozen=True, slots=True)
class _Between:
    """What one track says between systems, all of it from the same resamples."""

    differences: list[Row]
    ranks: list[Row]
    robustness: list[Row]


def _between_systems(
    plan: Plan,
    sums: tuple[MetricSums, ...],
    track: Track,
    estimates: Sequence[Row],
    *,
    late_margins: frozenset[str],
) -> _Between:
    draws = track_draws(plan, track)
    evidence = track_evidence(plan, sums, track, draws)
    differences = comparison_rows(plan, sums, track, draws, late_margins=late_margins)
    return _Between(
        standing_of_rows(plan.changed, list(differences)),
        list(rank_rows(plan, evidence, track, estimates)),
        list(robustness_rows(plan, evidence, track)),
    )


def _vetoes(plan: Plan, observed: Sequence[tuple[Observed, ...]], dispositions: pd.DataFrame) -> list[dict[str, Veto]]:
    """Per metric in the plan, its veto gates with the cells of all partitions and the rulings on them."""
    result: list[dict[str, Veto]] = []
    for place, mp in enumerate(plan.metrics):
        joined = {
            gate: join_cells([part[place].vetoes[gate] for part in observed]) for gate in observed[0][place].vetoes
        }
        result.append(
            {
                gate: (known, rulings(plan, f"{mp.metric.id}.{gate}", known, dispositions))
                for gate, known in joined.items()
            }
        )
    return result


def _cases(plan: Plan, observed: Sequence[tuple[Observed, ...]], vetoes: Sequence[Mapping[str, Veto]]) -> Iterator[Row]:
    for place, mp in enumerate(plan.metrics):
        for gate in mp.metric.gates:
            if not isinstance(gate, VetoGate):
                for part in observed:
                    yield from limit_cases(plan, mp, gate, part[place].gated)
            else:
                known, ruling = vetoes[place][gate.id]
                yield from veto_cases(plan, mp, gate, known, ruling=ruling)
