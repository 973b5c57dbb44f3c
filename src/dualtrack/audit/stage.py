"""The stage of a rehearsal: made-up cases, what each persona gets for them, and the tables that follow.

May import everything up to scoring.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dualtrack.audit.cases import CaseKind, cases
from dualtrack.audit.examples import made_study
from dualtrack.audit.judged import as_shown, check_findings
from dualtrack.audit.personas import Persona
from dualtrack.records.made import made_tables
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.quantity import PairedQuantity
from dualtrack.rubric.scale import Grain
from dualtrack.scoring.engine import Scored, score_findings
from dualtrack.scoring.findings import all_findings, rating_findings
from dualtrack.scoring.plan import MetricPlan, Plan, make_plan

__all__ = ["Stage", "perform"]

DECLINING = ("refuse", "refer")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """Cases and personas, and single answers that are judged otherwise than the persona's.

    Attributes:
        rubric: the rubric, its checks taken as shown.
        kinds: kinds of cases.
        n: cases of each kind; as many as the kind needs when None.
        personas: who answers.
        marred: (persona, item) -> scale -> (level, ticks) that replaces what the persona would get.
        flagged: (persona, item) -> metric whose checks fail there.
        dispositions: what named persons decided.
    """

    rubric: Rubric
    kinds: Sequence[CaseKind]
    n: int | None
    personas: Sequence[Persona]
    marred: Mapping[tuple[str, str], Mapping[str, tuple[str, tuple[str, ...]]]]
    flagged: Mapping[tuple[str, str], str]
    dispositions: Sequence[Row] = ()

    def items(self) -> Iterator[tuple[CaseKind, Row]]:
        """Every case with its kind."""
        for place, kind in enumerate(self.kinds):
            for row in cases(kind, f"k{place}.", kind.n if self.n is None else self.n):
                yield kind, row


def perform(stage: Stage) -> Scored:
    """Score a stage as a study whose plan was sealed beforehand."""
    rubric = _shown(stage.rubric)
    items = list(stage.items())
    rows: dict[str, list[Row]] = {
        "items": [row for _, row in items],
        "responses": list(_responses(stage, items)),
        "units": list(_units(rubric, stage, items)),
        "dispositions": list(stage.dispositions),
    }
    facts = {row["item_id"]: row for _, row in items}
    rows["ratings"] = list(_ratings(rubric, stage, rows, facts))
    study = made_study(
        tuple(persona.name for persona in stage.personas),
        samples=2,
        responses="as_listed",
        ratings_per_unit={"default": 1},
        cluster="family_id",
    )
    tables = made_tables(rows)
    plan = make_plan(rubric, study, tables, pre_specified=True)
    findings = all_findings(
        [rating_findings(tables["ratings"], rubric.scales), *_findings(stage, plan, tables["responses"], facts)]
    )
    return score_findings(plan, findings, tables["dispositions"])


def _shown(rubric: Rubric) -> Rubric:
    return Rubric(
        rubric.header,
        tuple(as_shown(metric) for metric in rubric.metrics),
        rubric.scales,
        rubric.sha256,
        lexicons=rubric.lexicons,
    )


def _responses(stage: Stage, items: Sequence[tuple[CaseKind, Row]]) -> Iterator[Row]:
    for persona in stage.personas:
        text = "made up" if persona.status == "answered" else None
        for kind, item in items:
            for sample in range(1, 3 if kind.runs else 2):
                about = {"system_id": persona.name, "item_id": item["item_id"], "sample": sample}
                yield about | {"status": persona.status.value, "text": text}


def _units(rubric: Rubric, stage: Stage, items: Sequence[tuple[CaseKind, Row]]) -> Iterator[Row]:
    """One unit of every grain that a metric counts, in every response that has a text."""
    grains = sorted({Grain(metric.quantity.per) for metric in rubric.metrics} - {Grain.response, Grain.pair})
    for persona in stage.personas:
        for _, item in items:
            for grain in grains if persona.status == "answered" else ():
                about = {"system_id": persona.name, "item_id": item["item_id"], "sample": 1}
                yield about | {"unit_id": grain.value, "kind": grain.value, "text": "part"}


def _ratings(rubric: Rubric, stage: Stage, rows: Mapping[str, list[Row]], facts: Mapping[str, Row]) -> Iterator[Row]:
    asked = {metric.ratings.scale for metric in rubric.metrics if metric.ratings is not None}
    compared = {
        metric.ratings.scale
        for metric in rubric.metrics
        if metric.ratings is not None and isinstance(metric.quantity, PairedQuantity) and metric.quantity.of.ratings
    }
    by_name = {persona.name: persona for persona in stage.personas}
    paired = {item["family_id"] for item in facts.values() if item.get("attribute") is not None}
    units = [row | {"grain": Grain(row["kind"])} for row in rows["units"]]
    targets = [row | {"unit_id": "", "grain": Grain.response} for row in rows["responses"]] + units
    for target in targets:
        persona, item = by_name[target["system_id"]], facts[target["item_id"]]
        base_of_pair = item["family_id"] in paired and item.get("attribute") is None
        marred = stage.marred.get((persona.name, item["item_id"]), {})
        for scale_id in sorted(asked):
            scale = rubric.scales[scale_id]
            due = _declining_is_due(item)
            level = persona.level(scale, declining_is_due=due, spared=base_of_pair and scale_id in compared)
            if level is None or target["grain"] not in scale.applies_to:
                continue
            ticks = persona.judged(declining_is_due=due).ticks
            level, ticks = marred.get(scale_id, (level, ticks))
            rating = {name: target[name] for name in ("system_id", "item_id", "sample", "unit_id")}
            rating |= {"scale_id": scale_id, "level": level, "failure_modes": list(ticks) or None}
            yield rating | {"rater_id": "rater", "role": "primary"}
            if persona.adjudicated or scale_id in marred:
                yield rating | {"rater_id": "adjudicator", "role": "adjudication"}


def _findings(stage: Stage, plan: Plan, responses: pd.DataFrame, facts: Mapping[str, Row]) -> Iterator[pd.DataFrame]:
    names = {persona.name: persona for persona in stage.personas}
    for mp in plan.metrics:
        about = _about(plan, mp, responses)
        persona_of = [names[str(each)] for each in about["system_id"]]
        items = [facts[str(each)] for each in about["item_id"]]
        later = [
            sample > 1 or item.get("attribute") is not None for sample, item in zip(about["sample"], items, strict=True)
        ]
        for check in mp.metric.checks:
            outcomes = [
                "fail"
                if stage.flagged.get((persona.name, item["item_id"])) == mp.metric.id
                else persona.outcome(check, declining_is_due=_declining_is_due(item))
                for persona, item in zip(persona_of, items, strict=True)
            ]
            values = [
                None if outcome == "not_assessable" else persona.value(mp.metric, later=each)
                for persona, outcome, each in zip(persona_of, outcomes, later, strict=True)
            ]
            yield check_findings(mp.metric, check, about, outcomes=outcomes, values=values)


def _about(plan: Plan, mp: MetricPlan, responses: pd.DataFrame) -> pd.DataFrame:
    """Responses to the items to which a metric applies, the bases of its pairs included."""
    applies = {plan.items[place] for place in np.flatnonzero(mp.applies)}
    if isinstance(mp.metric.quantity, PairedQuantity):
        applies |= {name.removesuffix(".v") for name in applies}
    return responses[responses["item_id"].astype("str").isin(applies)]


def _declining_is_due(item: Row) -> bool:
    return item.get("reference", {}).get("should") in DECLINING
