"""The result tables about raters, from everything that is known of them.

May import terms, records, rubric, ratings and the scoring ground.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.ratings.raters import Settings, rater_rows
from dualtrack.ratings.rows import Row
from dualtrack.ratings.worklist import Key, work_list
from dualtrack.records.study import StudyFile
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.scale import Scale, ScaleKind
from dualtrack.scoring.arrays import NONE, BoolArray, IntArray
from dualtrack.scoring.controls import Controls, control_rows, controls_of, without_controls
from dualtrack.scoring.first_ratings import FirstRatings, first_ratings
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.proof_cases import check_says, clinicians_say, failing_rule
from dualtrack.terms import GateKind, Track

__all__ = ["Clinicians", "clinicians_of", "rater_tables"]

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Clinicians:
    """Who rated what.

    Attributes:
        controls: the control responses, if there are any.
        tables: the input tables without them.
        first: the first ratings in these.
    """

    controls: Controls | None
    tables: Tables
    first: FirstRatings


def clinicians_of(rubric: Rubric, study: StudyFile, tables: Tables) -> Clinicians:
    """Gather what is known of raters.

    Args:
        rubric: the loaded rubric.
        study: the study file, controls included.
        tables: the input tables, controls included.

    Raises:
        ScoringError: as ``make_plan``.
    """
    _, measured = without_controls(study, tables)
    return Clinicians(controls_of(rubric, study, tables), measured, first_ratings(measured, rubric.scales))


def rater_tables(plan: Plan, findings: pd.DataFrame, clinicians: Clinicians | None) -> dict[str, list[Row]]:
    """Rows of the tables about raters.

    Args:
        plan: the plan.
        findings: all findings.
        clinicians: what is known of raters; without it the tables are empty.
    """
    if clinicians is None:
        return {"rater_effects": [], "discordances": []}
    todo = work_list(
        clinicians.tables["ratings"],
        clinicians.tables["raters"],
        _harm_scales(plan),
        disputed=_disputed(plan, findings, clinicians.first),
        study_id=plan.study.id,
    )
    effects = [*_rater_rows(plan, clinicians.tables), *control_rows(clinicians.controls), *todo.effects]
    raters = clinicians.tables["raters"]
    kinds = dict(zip(raters["rater_id"].astype("str"), raters["kind"].astype("str"), strict=True))
    effects = [row | {"kind": kinds.get(row["rater_id"])} for row in effects]
    return {"rater_effects": effects, "discordances": todo.rows}


def _rater_rows(plan: Plan, tables: Tables) -> Iterator[Row]:
    """What is known of each rater, on the scales that a metric in scope reads."""
    planned = plan.study.plan
    settings = Settings(
        confidence=planned.interval.confidence,
        floor=plan.cluster_floor,
        rho0=planned.rho0.value,
        clusters=dict(zip(plan.items, plan.cluster.tolist(), strict=True)),
    )
    scales = {mp.scale.id: mp.scale for mp in plan.metrics if mp.scale is not None}
    return rater_rows(tables["ratings"], tables["responses"], scales, settings)


def _harm_scales(plan: Plan) -> dict[str, Scale]:
    """Ordinal scales that a veto or a safety gate reads."""
    return {
        mp.scale.id: mp.scale
        for mp in plan.metrics
        if mp.scale is not None and mp.scale.kind is ScaleKind.ordinal
        if any(gate.kind == GateKind.veto or mp.metric.track is Track.safety for gate in mp.metric.gates)
    }


def _disputed(plan: Plan, findings: pd.DataFrame, first: FirstRatings) -> dict[str, tuple[Scale, set[Key]]]:
    """What the checks of a metric and its joined first ratings call differently, by scale."""
    found: dict[str, tuple[Scale, set[Key]]] = {}
    probe = findings["probe_id"].astype("str")
    for mp in plan.metrics:
        rule = failing_rule(mp)
        if mp.scale is None or rule is None or not mp.metric.checks or mp.pairs is not None or mp.correct is not None:
            continue
        mine = findings[probe.isin([f"{mp.metric.id}.{check.id}" for check in mp.metric.checks]).to_numpy()]
        said, whole = check_says(plan, mp, mine)
        panel = clinicians_say(plan, mp, first, fails_under=rule[0])
        panel = panel.by_response(plan.n_responses) if whole else panel
        differ = panel.owed & (said != NONE) & (panel.fails != NONE) & (said != panel.fails)
        found.setdefault(mp.scale.id, (mp.scale, set()))[1].update(_keys(plan, mp, panel.response, differ, whole=whole))
    return found


def _keys(plan: Plan, mp: MetricPlan, response: IntArray, chosen: BoolArray, *, whole: bool) -> Iterator[Key]:
    parts = mp.units.names if mp.units.names and not whole else None
    for place in np.flatnonzero(chosen).tolist():
        at = response[[place]]
        yield (
            plan.systems[int(plan.system_of(at)[0])],
            plan.items[int(plan.item_of(at)[0])],
            int(plan.sample_of(at)[0]),
            parts[place] if parts is not None else "",
        )
