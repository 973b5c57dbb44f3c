"""Control responses: taken out of everything that is measured, and what raters found in them.

May import terms, stats, rubric, records and the scoring ground. A control was seeded with a known harm, or is known to
be good. Controls are in no plan, estimate, comparison, scorecard or count. Their first ratings give the share of seeded
harms that the panel finds, which stands beside gates on harm and changes no state.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from dualtrack.ratings.rows import PANEL, Row, share_columns
from dualtrack.records.study import StudyFile
from dualtrack.rubric.gate import FailWhen, Gate, LimitGate, VetoGate
from dualtrack.rubric.header import Rubric
from dualtrack.scoring.arrays import NONE, TOP, IntArray
from dualtrack.scoring.evidence import level_threshold
from dualtrack.scoring.first_ratings import FirstRatings, first_ratings
from dualtrack.scoring.plan import MetricPlan, Plan, make_plan, response_index
from dualtrack.scoring.proof_cases import clinicians_say, failing_rule
from dualtrack.scoring.sums import gate_threshold
from dualtrack.stats.detection import detection_interval
from dualtrack.terms import Combine, QuantityType, Track

__all__ = ["Controls", "control_rows", "controls_of", "with_detection", "without_controls"]

HARM, GOOD = "known_harm", "known_good"
_NAMING = ("system_id", "system_a", "system_b")
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Controls:
    """The control responses of a study as a plan of their own, with their first ratings.

    Attributes:
        plan: what raters were owed on controls.
        first: the first ratings of them.
        kind: per response of the plan, known_harm, known_good or "".
    """

    plan: Plan
    first: FirstRatings
    kind: np.ndarray

    @cached_property
    def metrics(self) -> Mapping[str, MetricPlan]:
        """Metrics of the safety track that raters decide, by id, with every failing rating counting for each.

        A seeded harm shows one thing; a rater who calls it harmful has found it, whichever failure mode was ticked.
        """
        return {mp.metric.id: _unattributed(mp) for mp in self.plan.metrics if _is_rated_harm(mp)}


def without_controls(study: StudyFile, tables: Tables) -> tuple[StudyFile, Tables]:
    """Study and tables as if no control had been seeded.

    Args:
        study: the study file.
        tables: the input tables by name.

    Returns:
        The same objects where there is no control.
    """
    if not study.controls:
        return study, tables
    return _of_systems(study, tables, [system.id for system in study.systems if system.id not in study.controls])


def controls_of(rubric: Rubric, study: StudyFile, tables: Tables) -> Controls | None:
    """The controls of a study; None where there is none.

    Args:
        rubric: the loaded rubric.
        study: the study file.
        tables: the input tables by name.

    Raises:
        ScoringError: as ``make_plan``.
    """
    if not study.controls:
        return None
    alone, mine = _of_systems(study, tables, list(study.controls))
    if mine["responses"].empty:
        return None
    as_listed = alone.plan.model_copy(update={"responses": "as_listed"})
    plan = make_plan(rubric, alone.model_copy(update={"plan": as_listed}), mine)
    kind = np.full(plan.n_responses, "", dtype=object)
    place = response_index((plan.systems, plan.items, plan.samples), mine["responses"])
    kind[place] = mine["responses"]["control"].astype("str").to_numpy()
    return Controls(plan, first_ratings(mine, rubric.scales), kind)


def with_detection(gates: Sequence[Row], controls: Controls | None) -> list[Row]:
    """The rows of gates with the share of seeded harms that the panel found, where they are about harm.

    Args:
        gates: rows of the gates table.
        controls: the controls of the study.

    Returns:
        The same rows in every other column: the share changes no state.
    """
    if controls is None:
        return list(gates)
    shares = {
        f"{mp.metric.id}.{gate.id}": share
        for mp in controls.metrics.values()
        for gate in mp.metric.gates
        if (share := _panel_detection(controls, mp, gate)) is not None
    }
    return [row | _beside(row, shares.get(str(row["gate_id"]))) for row in gates]


def _beside(row: Row, share: float | None) -> Row:
    """The share found, and the limit divided by it: what it would be, had the panel found only that share of harms."""
    limit = row["observed"]
    divided = min(1.0, limit / share) if share and limit is not None else None
    return {"panel_detection": share, "panel_limit": divided}


def _panel_detection(controls: Controls, mp: MetricPlan, gate: Gate) -> float | None:
    """Share of the seeded harms whose joined rating stands at or beyond what a limit or a veto calls failing."""
    read: tuple[MetricPlan, int] | None = None
    if isinstance(gate, LimitGate):
        read = mp, gate_threshold(mp, gate)
    elif isinstance(gate, VetoGate):
        read = _at_level(mp, gate)
    if read is None:
        return None
    found = _found(controls, *read)
    heard = (controls.kind == HARM) & (found != NONE)
    return int((found[heard] == 1).sum()) / int(heard.sum()) if heard.any() else None


def control_rows(controls: Controls | None) -> Iterator[Row]:
    """Rows of the rater_effects table: harms found and false alarms, of the panel and of each rater.

    Args:
        controls: the controls of the study.
    """
    if controls is None:
        return
    for mp in controls.metrics.values():
        rule = failing_rule(mp)
        if rule is None or mp.scale is None:
            continue
        names = {"scale_id": mp.scale.id, "metric_id": mp.metric.id, "system_id": ""}
        for rater in (PANEL, *_raters(controls, mp.scale.id)):
            found = _found(controls, mp, rule[0], rater=rater)
            for show, kind in (("control_detection", HARM), ("control_false_alarm", GOOD)):
                yield names | {"rater_id": rater, "show": show} | _share(controls, found, kind)


def _of_systems(study: StudyFile, tables: Tables, kept: list[str]) -> tuple[StudyFile, Tables]:
    frames = {}
    for name, frame in tables.items():
        for column in _NAMING:
            if column in frame.columns and len(frame):
                frame = frame[frame[column].astype("str").isin(kept).to_numpy()]  # noqa: PLW2901 -- the same table
        frames[name] = frame.reset_index(drop=True)
    systems = tuple(system for system in study.systems if system.id in kept)
    return study.model_copy(update={"systems": systems}), frames


def _is_rated_harm(mp: MetricPlan) -> bool:
    one_response = mp.pairs is None and mp.correct is None
    rated = mp.scale is not None and mp.metric.combine is not Combine.check_only
    return mp.metric.track is Track.safety and one_response and rated


def _unattributed(mp: MetricPlan) -> MetricPlan:
    if mp.metric.ratings is None or not mp.metric.ratings.attributed:
        return mp
    ratings = mp.metric.ratings.model_copy(update={"attributed": False})
    return replace(mp, metric=mp.metric.model_copy(update={"ratings": ratings}))


def _raters(controls: Controls, scale_id: str) -> list[str]:
    findings = controls.first.findings
    mine = findings[(findings["probe_id"].astype("str") == scale_id).to_numpy()]
    return sorted(set(mine["source_id"].astype("str")))


def _found(controls: Controls, mp: MetricPlan, fails_under: int, *, rater: str = PANEL) -> IntArray:
    """Per control 1 called failing, 0 not, NONE without enough ratings; one rater alone is owed one rating of each."""
    first = controls.first
    if rater:
        only = first.findings[(first.findings["source_id"].astype("str") == rater).to_numpy()]
        first, mp = replace(first, findings=only), replace(mp, owed=np.minimum(mp.owed, 1))
    panel = clinicians_say(controls.plan, mp, first, fails_under=fails_under)
    whole = panel.by_response(controls.plan.n_responses)
    return np.where(whole.owed, whole.fails, NONE)


def _at_level(mp: MetricPlan, gate: VetoGate) -> tuple[MetricPlan, int] | None:
    """The metric read at the level of a veto, and the value below which a rating reaches it; None where none does."""
    when = gate.when
    if mp.scale is None or mp.metric.ratings is None or (when.rating_at_least is None and when.rating_at_most is None):
        return None
    rule = (
        FailWhen(at_least=when.rating_at_least)
        if when.rating_at_least is not None
        else FailWhen(at_most=when.rating_at_most)
    )
    if mp.metric.quantity.type == QuantityType.ordinal:
        return mp, level_threshold(rule, mp.scale)
    ratings = mp.metric.ratings.model_copy(update={"fail_when": rule})
    return replace(mp, metric=mp.metric.model_copy(update={"ratings": ratings})), TOP


def _share(controls: Controls, found: IntArray, kind: str) -> Row:
    heard = (controls.kind == kind) & (found != NONE)
    planned = controls.plan.study.plan
    interval = detection_interval(
        (found[heard] == 1).astype(np.int64),
        np.ones(int(heard.sum())),
        controls.plan.cluster[controls.plan.item_of(np.flatnonzero(heard))],
        rho0=planned.rho0.value,
        confidence=planned.interval.confidence,
    )
    return share_columns(interval, int(heard.sum()))
