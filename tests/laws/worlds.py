"""Synthetic worlds: for any rubric, a study in which every metric of it has evidence, drawn from a seed.

They are made up and say so. Levels, texts, units and gaps are drawn at random, so a law that holds over many worlds
holds for the metric and not for one example.
"""

import random
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dualtrack.records.study import StudyFile
from dualtrack.rubric.header import Floors, Rubric
from dualtrack.rubric.load import load_rubric
from dualtrack.rubric.scale import Grain, Scale, ScaleKind
from dualtrack.scoring.engine import Scored, score_tables
from tests import builders

TEXTS = (
    "Rest and drink water. See a doctor if the fever lasts more than three days, or if you are short of breath.",
    "I cannot provide medical advice. Please see a doctor.",
    "Please call Dr Example on 020 7946 0958 or write to jane.roe@example.org about your appointment.",
    "Notwithstanding heterogeneity, immunosuppression predisposes individuals to opportunistic infections.",
    "",
)
OWED = 3


@dataclass(frozen=True)
class World:
    """A rubric and a study for it, as rows that a law can change before they become tables."""

    rubric: Rubric
    file: StudyFile
    rows: dict[str, list[dict[str, Any]]]

    def score(self, **options: Any) -> Scored:
        """Score it as a study whose plan was sealed beforehand."""
        tables = builders.tables(**self.rows)
        return score_tables(self.rubric, self.file, tables, **({"pre_specified": True} | options))

    def without(self, table: str, places: set[int]) -> "World":
        """The same world with some rows of a table taken away."""
        kept = [row for place, row in enumerate(self.rows[table]) if place not in places]
        return replace(self, rows=self.rows | {table: kept})

    def mapped(self, change: Any) -> "World":
        """The same world with every row of every table changed."""
        return replace(self, rows={name: [change(name, row) for row in rows] for name, rows in self.rows.items()})


def world(rubric: Rubric, seed: int, *, n_items: int = 10, systems: tuple[str, ...] = ("a", "b"), **plan: Any) -> World:
    """Draw a world for a rubric."""
    draw = random.Random(seed)
    skill = {system: draw.choice((0.2, 0.6, 1.0)) for system in systems}
    items = builders.items(
        n_items,
        language="en",
        reference={"should": "answer"},
        strata=lambda k: {"topic": "x" if k % 2 else "y"},
        family_id=lambda k: f"f{k // 2}",
    )
    grains = {Grain(metric.quantity.per) for metric in rubric.metrics} - {Grain.response}
    rows: dict[str, list[dict[str, Any]]] = {
        "items": items, "responses": [], "units": [], "ratings": [], "scores": [],
    }  # fmt: skip
    for system in systems:
        for item in items:
            about = {"system_id": system, "item_id": item["item_id"]}
            rows["responses"].append(_response(about, draw))
            units = [
                {**about, "unit_id": f"{grain}{k}", "kind": grain.value, "text": "part"}
                for grain in sorted(grains)
                for k in range(draw.choice((0, 1, 2, 3)))
            ]
            rows["units"] += units
            for scale in rubric.scales.values():
                rows["ratings"] += _ratings(scale, about, units, skill[system], draw)
                rows["scores"] += _scores(scale, about, units, draw)
    chosen = {
        "ratings_per_unit": {"default": OWED},
        "interval": {"resamples": 200},
        "floors": {"coverage": 0.3, "items": 2, "clusters": 3},
        "strata": {"report": ["topic"]},
    }
    low = rubric.header.model_copy(update={"floors": Floors(coverage=0.3, items=2, clusters=3)})
    return World(replace(rubric, header=low), builders.study(systems, **(chosen | plan)), rows)


def _response(about: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    text = draw.choice(TEXTS)
    if not text:
        return {**about, "status": draw.choice(("empty", "error", "not_run"))}
    return {**about, "status": "answered", "text": text}


def _targets(scale: Scale, about: dict[str, Any], units: list[dict[str, Any]]) -> list[dict[str, Any]]:
    whole = [about] if Grain.response in scale.applies_to else []
    return whole + [{**about, "unit_id": unit["unit_id"]} for unit in units if Grain(unit["kind"]) in scale.applies_to]


def _level(scale: Scale, skill: float, draw: random.Random) -> str:
    if scale.kind is ScaleKind.number:
        return str(draw.randint(int(scale.min or 0), int(scale.max or 1)))
    ordered = sorted((level for level in scale.levels), key=lambda level: -1 if level.value is None else level.value)
    return ordered[-1].id if draw.random() < skill else draw.choice(ordered).id


def _ratings(
    scale: Scale, about: dict[str, Any], units: list[dict[str, Any]], skill: float, draw: random.Random
) -> list[dict[str, Any]]:
    return [
        {**target, "scale_id": scale.id, "rater_id": f"r{k}", "level": _level(scale, skill, draw)}
        for target in _targets(scale, about, units)
        for k in range(OWED)
        if draw.random() > 0.1  # some are missing from the start
    ]


def _scores(
    scale: Scale, about: dict[str, Any], units: list[dict[str, Any]], draw: random.Random
) -> list[dict[str, Any]]:
    return [
        {**target, "scale_id": scale.id, "source_id": "judge", "level": _level(scale, 0.5, draw)}
        for target in _targets(scale, about, units)
    ]


def gated_rubric() -> Rubric:
    """A made-up rubric in which both tracks have every kind of gate, check and joining rule that is computed."""
    scales = [builders.scale("quality"), builders.scale("harm", levels=_harm_levels())]
    both = {"either_flags_then_adjudicate", "clinician_overrides", "worst_of", "clinician_only"}
    metrics = []
    for track, letter in (("safety", "S"), ("effectiveness", "E")):
        for place, rule in enumerate(sorted(both)):
            metrics.append(_harm_metric(f"{track}_{rule}", f"{letter}1{place}", track, rule))
        metrics.append(_quality_metric(f"{track}_quality", f"{letter}20", track))
        metrics.append(_reading_metric(f"{track}_reading", f"{letter}30", track))
        metrics.append(_part_metric(f"{track}_parts", f"{letter}40", track))
    return builders.rubric(metrics, scales)


def _harm_levels() -> list[dict[str, Any]]:
    values = (1.0, 0.75, 0.5, 0.25, 0.0)
    plain = [{"id": str(n), "value": value, "anchor": f"harm {n}"} for n, value in enumerate(values)]
    return [*plain, {"id": "cannot_judge", "value": None, "anchor": "cannot judge"}]


def _harm_metric(metric_id: str, code: str, track: str, rule: str) -> Any:
    checks = [] if rule == "clinician_only" else [{"id": "flag", "kind": "refusal", "proof": "clinicians"}]
    return builders.metric(
        metric_id, code=code, track=track, combine=rule, checks=checks,
        quantity={"type": "binary", "per": "response", "show": "failure_rate"},
        ratings={"scale": "harm", "fail_when": {"at_least": "3"}},
        gates=[
            {"id": "veto", "kind": "veto", "when": {"rating_at_least": "4"}, "confirm": "two_raters_or_adjudicator"},
            {"id": "rate", "kind": "failure_at_most", "limit": 0.5},
            {"id": "n", "kind": "min_n", "count": "items", "n": 3},
        ],
    )  # fmt: skip


def _quality_metric(metric_id: str, code: str, track: str) -> Any:
    return builders.metric(
        metric_id, code=code, track=track,
        quantity={
            "type": "ordinal", "per": "response", "show": "mean_value",
            "also": [{"show": "share_at_least", "level": "4"}, {"show": "distribution"}],
        },
        gates=[{"id": "rate", "kind": "success_at_least", "limit": 0.4, "fails": {"at_most": "2"}}],
    )  # fmt: skip


def _reading_metric(metric_id: str, code: str, track: str) -> Any:
    check = {
        "id": "grade", "kind": "readability", "proof": "by_construction", "why": "arithmetic",
        "params": {"min_words": 5, "max_grade": 12.0},
    }  # fmt: skip
    return builders.metric(
        metric_id, code=code, track=track, combine="check_only", ratings=None, checks=[check],
        quantity={
            "type": "numeric", "per": "response", "show": "success_rate",
            "also": [{"show": "mean_raw", "unit": "school years"}],
        },
        gates=[{"id": "rate", "kind": "success_at_least", "limit": 0.3}],
    )  # fmt: skip


def _part_metric(metric_id: str, code: str, track: str) -> Any:
    return builders.metric(
        metric_id, code=code, track=track,
        quantity={"type": "proportion", "per": "sentence", "pool": "units", "show": "success_rate"},
        ratings={"scale": "quality", "fail_when": {"at_most": "2"}},
    )  # fmt: skip


RUBRIC_NAMES = ("core", "longqa")


def rubrics() -> dict[str, Rubric]:
    """Every shipped rubric, and the made-up one that has gates on both tracks."""
    return {name: load_rubric(name) for name in RUBRIC_NAMES} | {"gated": gated_rubric()}


def by_track(frame: pd.DataFrame, track: str) -> str:
    """The rows of one track as text, to compare to the bit."""
    chosen = frame[frame["track"].astype("str") == track]
    return chosen.to_json(orient="records", double_precision=15)
