"""What each field of a rubric can move: a closed table, and the parts of a rubric laid out flat with what they move.

The comparison of two rubrics and the digest of what a rubric can move are made from the same parts, so a change that
is called words only can never change the digest. May import the rubric schemas.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from dualtrack.rubric import gate, quantity, risk
from dualtrack.rubric.base import Schema
from dualtrack.rubric.header import Floors, Header, Rubric
from dualtrack.rubric.lexicon import Entry, Lexicon
from dualtrack.rubric.metric import CheckUse, FailureMode, Metric, Missing, RatingsUse, Weight
from dualtrack.rubric.profile import LeftOut, Profile
from dualtrack.rubric.rehearsal import Rehearsal
from dualtrack.rubric.scale import Level, Scale

__all__ = ["FIELDS", "ORDER", "ROOTS", "Effect", "Part", "Place", "parts_of", "results_digest"]

Place = tuple[str, ...]
"""Where a part stands: kind of definition, its id, then fields and ids down to the part."""

ORDER = "order"
"""Last word of the place that holds the order of a list whose order counts."""

_FORM = "dualtrack.results_digest/1"


class Effect(StrEnum):
    """What a change of a field can move, from most to least; ``key`` and ``inside`` are about the table itself."""

    scope = "scope"  # which metrics and which answers count
    value = "value"  # the value of a metric, and so its score and its gates
    raters = "raters"  # what raters answer: they read these words
    gate = "gate"  # the state of one gate
    weight = "weight"  # score and coverage of a track, no gate
    floors = "floors"  # verdicts of both tracks
    beside = "beside"  # figures that stand beside what counts
    risk = "risk"  # risk levels in a hazard log
    words = "words"  # nothing
    key = "key"  # names the thing: a new name is a new thing
    inside = "inside"  # has fields of its own


_TITLED = {"schema_": Effect.words, "id": Effect.key, "title": Effect.words, "about": Effect.words}
_QUANTITY = {"type": Effect.value, "per": Effect.value, "show": Effect.value, "also": Effect.beside}
_GATE = {"id": Effect.key, "kind": Effect.gate, "why": Effect.words}
_LIMIT = {"limit": Effect.gate, "threshold": Effect.words}

FIELDS: Mapping[type[Schema], Mapping[str, Effect]] = MappingProxyType({
    Header: _TITLED
    | {"id": Effect.words, "version": Effect.words, "licence": Effect.words, "source": Effect.words}
    | {"floors": Effect.inside, "include": Effect.words},
    Floors: {"coverage": Effect.floors, "items": Effect.floors, "clusters": Effect.floors, "check_sensitivity": Effect.floors},
    Metric: {
        "schema_": Effect.words, "id": Effect.key, "code": Effect.words, "track": Effect.scope, "title": Effect.words,
        "definition": Effect.words, "does_not_show": Effect.words, "lifecycle": Effect.scope,
        "quantity": Effect.inside, "applies_when": Effect.scope, "derives_from": Effect.value, "checks": Effect.inside,
        "ratings": Effect.inside, "combine": Effect.value, "missing": Effect.inside, "weight": Effect.inside,
        "gates": Effect.inside, "failure_modes": Effect.inside, "strata": Effect.beside, "crosswalk": Effect.words,
        "examples": Effect.words,
    },
    quantity.BinaryQuantity: _QUANTITY,
    quantity.ProportionQuantity: _QUANTITY | {"pool": Effect.value},
    quantity.OrdinalQuantity: _QUANTITY,
    quantity.NumericQuantity: _QUANTITY,
    quantity.PairedQuantity: _QUANTITY | {"pairs": Effect.value, "of": Effect.value},
    quantity.CalibrationQuantity: _QUANTITY,
    CheckUse: {
        "id": Effect.key, "kind": Effect.value, "select": Effect.value, "lexicons": Effect.value,
        "params": Effect.value, "raises": Effect.value, "proof": Effect.value, "why": Effect.words,
    },
    RatingsUse: {
        "scale": Effect.value, "aggregate": Effect.value, "fail_when": Effect.value, "attributed": Effect.value,
        "blinded_pairs": Effect.raters,
    },
    Missing: {"rule": Effect.value, "why": Effect.words},
    Weight: {"value": Effect.weight, "why": Effect.words},
    FailureMode: {"id": Effect.key, "act": Effect.beside, "title": Effect.raters},
    gate.VetoGate: _GATE | {"when": Effect.gate, "confirm": Effect.gate, "stratum": Effect.gate},
    gate.LimitGate: _GATE | _LIMIT | {"fails": Effect.gate, "stratum": Effect.gate},
    gate.MarginGate: _GATE | _LIMIT,
    gate.RelativeGate: _GATE | _LIMIT | {"fails": Effect.gate, "comparator": Effect.gate},
    gate.MinNGate: _GATE | {"count": Effect.gate, "n": Effect.gate, "stratum": Effect.gate},
    Scale: {
        "schema_": Effect.words, "id": Effect.key, "title": Effect.raters, "ask": Effect.raters,
        "applies_to": Effect.value, "kind": Effect.value, "levels": Effect.inside, "min": Effect.value,
        "max": Effect.value, "better": Effect.value, "why": Effect.words, "source": Effect.words,
    },
    Level: {"id": Effect.key, "value": Effect.value, "anchor": Effect.raters},
    Lexicon: _TITLED
    | {"languages": Effect.value, "source": Effect.words, "edition": Effect.words, "misses": Effect.words}
    | {"entries": Effect.inside},
    Entry: {
        "id": Effect.key, "title": Effect.value, "terms": Effect.value, "note": Effect.words, "facts": Effect.value,
    },
    Profile: _TITLED | {"metrics": Effect.scope, "out": Effect.inside},
    LeftOut: {"metric": Effect.key, "why": Effect.words},
    risk.RiskMatrix: _TITLED
    | {"source": Effect.words, "edition": Effect.words, "verified": Effect.words, "severities": Effect.inside}
    | {"likelihoods": Effect.inside, "cells": Effect.risk, "levels": Effect.inside, "harm_map": Effect.risk}
    | {"many_patients": Effect.risk},
    risk.Named: {"id": Effect.key, "title": Effect.risk, "means": Effect.risk},
    risk.RiskLevel: {"level": Effect.key, "title": Effect.risk, "means": Effect.risk},
    risk.HarmLadder: _TITLED | {"source": Effect.words, "levels": Effect.inside},
    Rehearsal: {"schema_": Effect.words, "id": Effect.words, "about": Effect.words, "behaviours": Effect.words},
    risk.HarmStep: {"id": Effect.key}
    | dict.fromkeys(("title", "body", "mind", "privacy", "dignity", "discrimination"), Effect.risk),
})  # fmt: skip
"""Every field of every schema of a rubric. A field that is not ``inside`` counts with all that it holds."""

ROOTS: Mapping[str, type[Schema]] = MappingProxyType(
    {
        "header": Header,
        "metric": Metric,
        "scale": Scale,
        "lexicon": Lexicon,
        "profile": Profile,
        "risk matrix": risk.RiskMatrix,
        "harm ladder": risk.HarmLadder,
        "rehearsal": Rehearsal,
    }
)
"""What a rubric is made of."""

_ORDERED = {
    ("scale", "levels"),
    ("risk matrix", "severities"),
    ("risk matrix", "likelihoods"),
    ("harm ladder", "levels"),
}
_SETS = ("applies_to", "languages", "strata")  # lists whose order says nothing
_PRESENCE: Mapping[type[Schema], Effect] = {
    Metric: Effect.scope,
    Scale: Effect.value,
    Lexicon: Effect.value,
    Profile: Effect.scope,
    RatingsUse: Effect.value,
    risk.RiskMatrix: Effect.risk,
    risk.HarmLadder: Effect.risk,
    CheckUse: Effect.value,
    FailureMode: Effect.raters,
    Level: Effect.value,
    Entry: Effect.value,
    LeftOut: Effect.words,
    risk.Named: Effect.risk,
    risk.RiskLevel: Effect.risk,
    risk.HarmStep: Effect.risk,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a rubric: its plain value and what changing it can move.

    ``whole`` marks the presence of a thing that has parts of its own.
    """

    value: object
    effect: Effect
    whole: bool = False


def parts_of(rubric: Rubric) -> dict[Place, Part]:
    """All parts of a rubric by place.

    A scale or a lexicon that no metric reads moves nothing, whatever its fields could move elsewhere.

    Args:
        rubric: as ``load_rubric`` gives it.
    """
    read = {metric.ratings.scale for metric in rubric.metrics if metric.ratings is not None}
    looked_up = {name for metric in rubric.metrics for check in metric.checks for name in check.lexicons}
    parts = dict(_fields(("header", "rubric"), rubric.header))
    if rubric.rehearsal is not None:
        parts[("rehearsal", "rubric")] = Part("there", Effect.words, whole=True)
        parts |= _fields(("rehearsal", "rubric"), rubric.rehearsal)
    for kind, definitions, used in (
        ("metric", {metric.id: metric for metric in rubric.metrics}, None),
        ("scale", rubric.scales, read),
        ("lexicon", rubric.lexicons, looked_up),
        ("profile", rubric.profiles, None),
        ("risk matrix", rubric.risk_matrices, None),
        ("harm ladder", rubric.harm_ladders, None),
    ):
        for name, definition in definitions.items():
            found = {(kind, name): _presence(definition), **dict(_fields((kind, name), definition))}
            if used is not None and name not in used:
                found = {place: replace(part, effect=Effect.words) for place, part in found.items()}
            parts |= found
    return parts


def results_digest(rubric: Rubric) -> str:
    """SHA-256 of everything in a rubric that can move a number or a state.

    What is words only stays out: titles, definitions, reasons, sources, examples. What raters read is in, with its
    white space evened out, since other words can get other answers. The order of files and entries does not matter,
    except where it counts (levels).

    Args:
        rubric: as ``load_rubric`` gives it.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> from dualtrack.rubric import load_rubric
        >>> len(results_digest(load_rubric("longqa")))
        64
    """
    parts = parts_of(rubric)
    moving = [[list(place), parts[place].value] for place in sorted(parts) if parts[place].effect is not Effect.words]
    canonical = json.dumps([_FORM, moving], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(canonical.encode("ascii")).hexdigest()


def _presence(thing: Schema) -> Part:
    return Part("there", _PRESENCE.get(type(thing), Effect.gate), whole=True)


def _fields(place: Place, thing: Schema, owner: Schema | None = None) -> Iterator[tuple[Place, Part]]:
    """The parts of one thing, without its presence."""
    for name, effect in FIELDS[type(thing)].items():
        value = getattr(thing, name)
        here = (*place, name.rstrip("_"))
        if effect is Effect.inside:
            yield from _inside(here, value, thing)
        elif isinstance(thing, Profile) and name == "metrics":
            yield from (((*here, metric), Part("in scope", effect, whole=True)) for metric in thing.metrics)
        elif effect is not Effect.key:
            yield here, _leaf(name, thing, owner)


def _inside(place: Place, value: object, thing: Schema) -> Iterator[tuple[Place, Part]]:
    if isinstance(value, RatingsUse):
        yield place, _presence(value)
    if isinstance(value, Schema):
        yield from _fields(place, value, thing)
    if not isinstance(value, tuple):
        return
    ids = [_key(each) for each in value]
    for name, each in zip(ids, value, strict=True):
        part = _presence(each)
        yield (*place, name), replace(part, effect=_mode_effect(thing)) if isinstance(each, FailureMode) else part
        yield from _fields((*place, name), each, thing)
    if (place[0], place[-1]) in _ORDERED:
        yield (*place, ORDER), Part(ids, Effect.risk if place[0] != "scale" else Effect.value)


def _key(thing: Schema) -> str:
    """The id of an entry of a list."""
    return str(next(getattr(thing, name) for name, effect in FIELDS[type(thing)].items() if effect is Effect.key))


def _leaf(name: str, thing: Schema, owner: Schema | None) -> Part:
    """One field, with what it moves where that depends on more than its name."""
    value, effect = getattr(thing, name), FIELDS[type(thing)][name]
    if isinstance(thing, RatingsUse) and name == "aggregate" and isinstance(owner, Metric):
        value = owner.aggregate  # stating what holds anyway changes nothing
    if isinstance(thing, Metric) and name == "lifecycle" and value != "retired":
        effect = Effect.words
    if isinstance(thing, FailureMode) and name == "title" and (not isinstance(owner, Metric) or owner.ratings is None):
        effect = Effect.words  # no rater reads it
    plain = sorted(_plain(each) for each in value) if name in _SETS else _plain(value)
    return Part(" ".join(plain.split()) if isinstance(plain, str) else plain, effect)


def _mode_effect(metric: Schema) -> Effect:
    """What a failure mode more or less moves: ticks decide where ratings are attributed, else only what is ticked."""
    if not isinstance(metric, Metric) or metric.ratings is None:
        return Effect.beside
    return Effect.value if metric.ratings.attributed else Effect.raters


def _plain(value: object) -> Any:  # noqa: ANN401 -- whatever JSON holds
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return value
