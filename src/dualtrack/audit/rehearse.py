"""Rehearses a rubric: made-up answers must come out in the right order, and each in the right state.

A perfect answer must lead and meet every gate, the worst must come last and break one, an empty one must gain nothing,
refusing and evading must not come near, and a single confirmed disaster must fail its track at any score and leave the
other track as it was. May import everything up to scoring.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dualtrack.audit.cases import CaseKind, case_kinds
from dualtrack.audit.personas import EMPTY, PERFECT, WORST, Persona, personas
from dualtrack.audit.stage import Stage, perform
from dualtrack.rubric.gate import VetoGate
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.scoring.engine import Scored
from dualtrack.terms import State, Track

__all__ = ["Demand", "rehearse"]

FEW = 3
"""Cases of each kind in the rehearsal of a single disaster: it needs no numbers."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that must hold in a rehearsal, said so that a reader can follow it.

    Attributes:
        track: the track it is about.
        says: what must hold.
        found: what was found.
        holds: whether it does.
    """

    track: Track
    says: str
    found: str
    holds: bool


def rehearse(rubric: Rubric) -> Iterator[Demand]:
    """Rehearse a rubric.

    Args:
        rubric: the loaded rubric. Its ``rehearsal.yaml`` says how refusing and evading would be judged; without it the
            rehearsal has the perfect, the worst and the empty answer, and single disasters.

    Yields:
        Every demand with what was found, by track.
    """
    kinds = case_kinds(rubric.metrics, floor=rubric.header.floors.items)
    cast = tuple(personas(rubric))
    scored = perform(Stage(rubric, kinds, None, cast, {}, {}))
    for track in Track:
        if rubric.track(track):
            yield from _in_order(rubric, scored, track, cast)
    yield from _disasters(rubric, kinds)


def _in_order(rubric: Rubric, scored: Scored, track: Track, cast: Sequence[Persona]) -> Iterator[Demand]:
    score = {persona.name: _score(scored, track, persona.name) for persona in cast}
    worst_case = {persona.name: _score(scored, track, persona.name, missing="worst") for persona in cast}
    gates = scored.tables["gates"]
    gates = gates[(gates["track"] == track.value) & gates["limit"].notna()]
    if score[PERFECT] is not None:
        says = "the perfect answer scores 1"
        yield Demand(track, says, f"{score[PERFECT]:g}", score[PERFECT] == 1.0)
        for persona in cast[1:]:
            if persona.name != EMPTY:
                yield _below(track, persona.name, score)
        says = "an empty answer has the lowest worst case"
        lowest = all(_number(worst_case[EMPTY]) <= _number(each) for each in worst_case.values())
        yield Demand(track, says, f"{_number(worst_case[EMPTY]):g}", lowest and score[EMPTY] is None)
    mine = gates[gates["system_id"] == PERFECT]
    open_gates = [str(row["gate_id"]) for row in mine.to_dict("records") if row["state"] != State.met.value]
    if len(mine):
        yield Demand(track, "the perfect answer meets every gate", _listed(open_gates), not open_gates)
        for persona in cast[1:]:
            yield _not_met(scored, track, persona.name)
    if rubric.track(track) and len(mine):
        state = _state(scored, track, WORST)
        yield Demand(track, "the worst answer breaks a gate", state, state == State.not_met.value)


def _below(track: Track, name: str, score: dict[str, float | None]) -> Demand:
    """The worst comes last, everything else between it and the perfect answer."""
    value, top, bottom = score[name], _number(score[PERFECT]), _number(score[WORST])
    if name == WORST:
        last = all(_number(value) <= _number(each) for each in score.values() if each is not None)
        return Demand(track, "the worst answer comes last", f"{_number(value):.3f}", last)
    holds = value is not None and bottom <= value < top
    return Demand(track, f"{name} answers stay below the perfect one", f"{_number(value):.3f}", holds)


def _not_met(scored: Scored, track: Track, name: str) -> Demand:
    state = _state(scored, track, name)
    return Demand(track, f"{name} answers do not meet the track", state, state != State.met.value)


def _disasters(rubric: Rubric, kinds: Sequence[CaseKind]) -> Iterator[Demand]:
    """One confirmed event at each veto, everything else perfect."""
    vetoes = [(metric, gate) for metric in rubric.metrics for gate in metric.gates if isinstance(gate, VetoGate)]
    if not vetoes:
        return
    few = max([FEW, *(len(levels) for kind in kinds for levels in kind.strata.values())])
    stage = Stage(rubric, kinds, few, (), {}, {})
    actors = [Persona(PERFECT), *(replace(Persona(PERFECT), name=f"red_flag_{n}") for n in range(len(vetoes)))]
    marred, flagged, rulings = {}, {}, []
    for number, (metric, gate) in enumerate(vetoes):
        actor, item = f"red_flag_{number}", _an_item(stage, metric, gate)
        level = gate.when.rating_at_least or gate.when.rating_at_most
        if level is not None and metric.ratings is not None:
            ticks = tuple(mode.id for mode in metric.failure_modes[:1]) if metric.ratings.attributed else ()
            marred[actor, item] = {metric.ratings.scale: (level, ticks)}
        else:
            flagged[actor, item] = metric.id
            rulings.append(_ruling(number, actor, f"{metric.id}.{gate.id}", item))
    scored = perform(replace(stage, personas=actors, marred=marred, flagged=flagged, dispositions=rulings))
    for number, (metric, gate) in enumerate(vetoes):
        yield _fails(scored, metric, gate, f"red_flag_{number}")
        yield _leaves_the_other(scored, metric, f"red_flag_{number}")


def _an_item(stage: Stage, metric: Metric, gate: VetoGate) -> str:
    """A case of the metric, at the level of the stratum that the gate names."""
    wanted = gate.stratum or {}
    for kind, row in stage.items():
        strata = row.get("strata", {})
        if metric in kind.metrics and all(strata.get(name) == level for name, level in wanted.items()):
            return str(row["item_id"])
    raise ValueError(f"no made-up case for {metric.id}.{gate.id}")


def _ruling(number: int, system: str, gate_id: str, item: str) -> dict[str, object]:
    who = {"by": "Nobody", "role": "made up", "at": "2026-01-01T00:00:00Z", "reason": "rehearsal"}
    about = {"system_id": system, "gate_id": gate_id, "item_id": item, "sample": 1}
    return {"disposition_id": f"d{number}", "kind": "confirm_veto"} | about | who


def _fails(scored: Scored, metric: Metric, gate: VetoGate, actor: str) -> Demand:
    verdicts = scored.tables["verdicts"]
    row = verdicts[(verdicts["system_id"] == actor) & (verdicts["track"] == metric.track.value)].iloc[0]
    name = f"{metric.id}.{gate.id}"
    holds = row["state"] == State.not_met.value and name in row["decided_by"]
    return Demand(metric.track, f"one confirmed event at {name} fails the track at any score", row["state"], holds)


def _leaves_the_other(scored: Scored, metric: Metric, actor: str) -> Demand:
    """Nothing of the other track moves, except through a scale that both tracks read."""
    (other,) = [track for track in Track if track is not metric.track]
    same = all(_of(scored, name, actor, other) == _of(scored, name, PERFECT, other) for name in ("gates", "verdicts"))
    says = f"the {other} side is as without the event at {metric.id}"
    return Demand(metric.track, says, "the same" if same else "it moved", same)


def _of(scored: Scored, table: str, system: str, track: Track) -> str:
    frame = scored.tables[table]
    mine = frame[(frame["system_id"] == system) & (frame["track"] == track.value)].drop(columns="system_id")
    return str(mine.to_json(orient="records"))


def _score(scored: Scored, track: Track, system: str, *, missing: str = "observed") -> float | None:
    frame = scored.tables["estimates"]
    chosen = frame[
        (frame["subject"] == "track")
        & (frame["subject_id"] == track.value)
        & (frame["system_id"] == system)
        & (frame["show"] == "score")
        & (frame["missing"] == missing)
        & (frame["stratum"] == "")
    ]
    value = chosen["value"].iloc[0]
    return None if pd.isna(value) else float(value)


def _state(scored: Scored, track: Track, system: str) -> str:
    verdicts = scored.tables["verdicts"]
    return str(verdicts[(verdicts["system_id"] == system) & (verdicts["track"] == track.value)]["state"].iloc[0])


def _number(value: float | None) -> float:
    return 0.0 if value is None else value


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "all met"
