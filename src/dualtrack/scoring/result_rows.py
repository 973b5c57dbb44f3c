"""From item sums to the result tables: estimates, gates, verdicts, differences, orders, and the cases behind them.

May import everything below the engine. One function for each group of tables; nothing is observed or summed here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dualtrack.records.results import RESULT_TABLES
from dualtrack.rubric.gate import VetoGate
from dualtrack.scoring.account import accountability_rows
from dualtrack.scoring.assay import with_assay
from dualtrack.scoring.beside import beside_rows
from dualtrack.scoring.cases import limit_cases, veto_cases
from dualtrack.scoring.compare import comparison_rows
from dualtrack.scoring.controls import with_detection
from dualtrack.scoring.estimate import Row, metric_rows
from dualtrack.scoring.failure_modes import failure_tables, with_strata
from dualtrack.scoring.missingness import missing_comparisons, missing_rows
from dualtrack.scoring.observe import Observed
from dualtrack.scoring.operating import veto_curve_rows
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.ranks import rank_rows
from dualtrack.scoring.rater_tables import Clinicians, rater_tables
from dualtrack.scoring.refusal_rows import refusal_rows
from dualtrack.scoring.repeat_rows import repeat_rows
from dualtrack.scoring.robustness import robustness_rows
from dualtrack.scoring.standing import standing_of_gates, standing_of_rows
from dualtrack.scoring.subgroups import source_rows, subgroup_rows, track_risk_rows
from dualtrack.scoring.sums import MetricSums
from dualtrack.scoring.table import observation_frame, to_frame
from dualtrack.scoring.track import track_rows
from dualtrack.scoring.track_evidence import track_draws, track_evidence
from dualtrack.scoring.two_way import two_way_rows
from dualtrack.scoring.verdicts import Veto, gate_rows, verdict_rows
from dualtrack.scoring.veto_gate import join_cells, rulings
from dualtrack.terms import Track

__all__ = ["result_tables"]


def result_tables(
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
    """Every result table that follows from what was observed.

    Args:
        plan: the plan.
        findings: one row per judgement.
        observed: per partition and metric, what is known of each response.
        sums: item sums per metric.
        dispositions: what named persons decided.
        proofs: rows of the check_proof table.
        clinicians: who rated, and what they were given.
        late_margins: metrics and tracks whose margin decides nothing.

    Returns:
        The frames by name.
    """
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
        list(rank_rows(plan, evidence, track, estimates, late_margins=late_margins)),
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
