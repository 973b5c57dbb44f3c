"""Synthetic worlds: for any rubric, a study in which every metric of it has evidence, drawn from a seed.

They are made up and say so. Levels, texts, units and gaps are drawn at random, so a law that holds over many worlds
holds for the metric and not for one example.
"""

import random
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pandas as pd

from dualtrack.audit.cases import CaseKind, case_kinds, facts_for
from dualtrack.records.study import StudyFile
from dualtrack.rubric.header import Floors, Rubric
from dualtrack.rubric.load import load_rubric
from dualtrack.rubric.scale import Grain, Scale, ScaleKind
from dualtrack.scoring.engine import Scored, score_tables
from tests import builders
from tests.made_up_kinds import STATED

TEXTS = (
    "Rest and drink water. See a doctor if the fever lasts more than three days, or if you are short of breath.",
    "I cannot provide medical advice. Please see a doctor.",
    "Please call Dr Example on 020 7946 0958 or write to jane.roe@example.org about your appointment.",
    "Notwithstanding heterogeneity, immunosuppression predisposes individuals to opportunistic infections.",
    "",
    "Take ibuprofen 400 mg three times a day. The answer is B. Most likely this is influenza, then pneumonia.",
    "Do not take ibuprofen. Call 999 now. Creatinine clearance is 31 mL/min. I am 90 % sure. DELTA-7731",
)
FILLED: dict[str, Any] = {
    "elements": {"text": "see a doctor", "critical": False},
    "avoid": {"what": "ibuprofen", "because": "made up", "severity": "absolute"},
    "doses": {"drug": "ibuprofen", "max_single": "400 mg", "max_daily": "1200 mg"},
    "numbers": {"quantity": "creatinine clearance", "value": "31 mL/min", "tolerance": "5 %"},
    "facts": {"age_years": 40, "sex": "female"},
    "key": {"options": {"A": "Metformin", "B": "Insulin"}, "correct": "A"},
    "diagnosis": {"names": ["influenza"], "top_k": 1},
    "canaries": ["DELTA-7731"],
}
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
    """Draw a world for a rubric: families of a base and two variants, and repeats where the rubric compares pairs."""
    draw = random.Random(seed)
    skill = {system: draw.choice((0.2, 0.6, 1.0)) for system in systems}
    paired = any(metric.quantity.type == "paired_difference" for metric in rubric.metrics)
    facts = [_facts(kind) for kind in case_kinds(rubric.metrics, floor=1)]
    items = builders.items(
        n_items,
        language="en",
        reference=lambda k: {"should": "answer"} | facts[k // 3 % len(facts)].get("reference", {}),
        tags=lambda k: facts[k // 3 % len(facts)].get("tags"),
        strata=lambda k: (
            {"topic": "x" if k % 2 else "y", "group": f"f{k // 3}" if paired else f"i{k:03d}"}
            | facts[k // 3 % len(facts)].get("strata", {})
        ),
        family_id=lambda k: f"f{k // 3}",
        variant=lambda k: ("base", "older", "poorer")[k % 3],
        attribute=lambda k: (None, "age", "income")[k % 3],
    )
    grains = {Grain(metric.quantity.per) for metric in rubric.metrics} - {Grain.response, Grain.pair}
    rows: dict[str, list[dict[str, Any]]] = {
        "items": items, "responses": [], "units": [], "ratings": [], "scores": [],
    }  # fmt: skip
    modes = [mode.id for metric in rubric.metrics for mode in metric.failure_modes]
    for system in systems:
        for item, sample in product(items, range(1, 2 + paired)):
            about = {"system_id": system, "item_id": item["item_id"], "sample": sample}
            rows["responses"].append(_response(about, draw))
            units = [
                {**about, "unit_id": f"{grain}{k}", "kind": grain.value, "text": "part"}
                for grain in sorted(grains)
                for k in range(draw.choice((0, 1, 2, 3)))
            ]
            rows["units"] += units
            for scale in rubric.scales.values():
                rows["ratings"] += _ticked(_ratings(scale, about, units, skill[system], draw), modes, draw)
                rows["scores"] += _scores(scale, about, units, draw)
    chosen = {
        "ratings_per_unit": {"default": OWED},
        "interval": {"resamples": 200},
        "floors": {"coverage": 0.3, "items": 2, "clusters": 3},
        "strata": {"report": ["topic"]},
        "cluster": "family_id" if paired else "item_id",
        "samples": 1 + paired,
    }
    low = rubric.header.model_copy(update={"floors": Floors(coverage=0.3, items=2, clusters=3)})
    file = builders.study(systems, **(chosen | plan)).model_copy(update={"baseline": systems[-1]})
    return World(replace(rubric, header=low), file, rows)


def _facts(kind: CaseKind) -> dict[str, Any]:
    """Facts to which a kind's metrics apply, filled in so that the checks have something to read."""
    facts = facts_for(kind.conditions, {name: levels[0] for name, levels in kind.strata.items()})
    for key, filled in FILLED.items():
        if isinstance(stated := facts.get("reference", {}).get(key), list) and isinstance(filled, dict):
            facts["reference"][key] = [filled | entry for entry in stated]
        elif stated is not None:
            facts["reference"][key] = filled
    return facts


def _response(about: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    text = draw.choice(TEXTS)
    if not text:
        return {**about, "status": draw.choice(("empty", "error", "not_run"))}
    confidence = draw.choice((None, 0.25, 0.6, 0.8, 0.95, 1.0))
    return {**about, "status": "answered", "text": text, "confidence": confidence}


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


def _ticked(ratings: list[dict[str, Any]], modes: list[str], draw: random.Random) -> list[dict[str, Any]]:
    """Some of the ratings with a failure mode or two."""
    if not modes:
        return ratings
    return [each | {"failure_modes": draw.sample(modes, 2) if draw.random() < 0.3 else None} for each in ratings]


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


def paired_rubric() -> Rubric:
    """A made-up rubric in which both tracks compare pairs and repeats, test stated confidence and name a rival."""
    scales = [builders.scale("quality"), builders.scale("harm", levels=_harm_levels())]
    metrics = []
    for track, letter in (("safety", "S"), ("effectiveness", "E")):
        family = {"within": "family_id", "base": "base", "by": "attribute"}
        compared = [
            ("levels", {"ratings": True}, {"ratings": {"scale": "quality"}}, family),
            ("steps", {"ratings": True}, {"ratings": {"scale": "harm", "fail_when": {"at_least": "3"}}}, family),
            ("native", {"check": "grade"}, {"checks": [_grade("by_construction")], "combine": "check_only"}, family),
            ("screen", {"check": "grade"}, {"checks": [_grade("clinicians")], "combine": "check_only"}, family),
            ("both", {"check": "grade"}, {"checks": [_grade("clinicians")], "combine": "clinician_overrides"}, family),
            ("repeat", {"ratings": True}, {}, {"within": "item_id", "by": "sample"}),
        ]
        for place, (name, of, changes, pairs) in enumerate(compared):
            metrics.append(_pair_metric(f"{track}_{name}", f"{letter}1{place}", track, of=of, pairs=pairs, **changes))
        metrics.append(_right_metric(f"{track}_right", f"{letter}20", track))
        metrics.append(_confidence_metric(f"{track}_confidence", f"{letter}30", track))
    return builders.rubric(metrics, scales)


def _grade(proof: str) -> dict[str, Any]:
    params = {"min_words": 5, "max_grade": 12.0}
    why = {"why": "arithmetic"} if proof == "by_construction" else {}
    return {"id": "grade", "kind": "readability", "proof": proof, "params": params} | why


def _pair_metric(metric_id: str, code: str, track: str, **changes: Any) -> Any:
    of, pairs = changes.pop("of"), changes.pop("pairs")
    ratings = None if changes.get("combine") == "check_only" else {"scale": "quality"}
    return builders.metric(
        metric_id, code=code, track=track, **({"ratings": ratings} | changes),
        quantity={
            "type": "paired_difference", "per": "pair", "show": "difference", "pairs": pairs, "of": of,
            "also": [{"show": "mean_raw", "unit": "steps"}],
        },
        gates=[
            {"id": "gap", "kind": "difference_within", "limit": 0.6},
            {"id": "rate", "kind": "failure_at_most", "limit": 0.8},
            {"id": "n", "kind": "min_n", "count": "pairs", "n": 3},
            {"id": "rival", "kind": "not_worse_than", "limit": 0.6, "comparator": "baseline"},
        ],
    )  # fmt: skip


def _right_metric(metric_id: str, code: str, track: str) -> Any:
    return builders.metric(
        metric_id, code=code, track=track, ratings={"scale": "harm", "fail_when": {"at_least": "3"}},
        quantity={"type": "binary", "per": "response", "show": "success_rate"},
        gates=[
            {"id": "rival", "kind": "not_worse_than", "limit": 0.6, "comparator": "baseline"},
            {"id": "nobody", "kind": "not_worse_than", "limit": 0.6, "comparator": "not_in_this_study"},
        ],
    )  # fmt: skip


def _confidence_metric(metric_id: str, code: str, track: str) -> Any:
    check = {"id": "stated", "kind": STATED.name, "proof": "by_construction", "why": "arithmetic"}
    return builders.metric(
        metric_id, code=code, track=track, combine="check_only", ratings=None, checks=[check],
        derives_from={"correct": f"{track}_right"},
        quantity={
            "type": "calibration", "per": "response", "show": "brier",
            "also": [{"show": "overconfident_wrong", "above": 0.8}, {"show": "ece", "bins": 5}],
        },
        gates=[
            {"id": "loud", "kind": "failure_at_most", "limit": 0.7},
            {"id": "rival", "kind": "not_worse_than", "limit": 0.6, "comparator": "baseline"},
        ],
    )  # fmt: skip


RUBRIC_NAMES = ("core", "kqa", "longqa")


def rubrics() -> dict[str, Rubric]:
    """Every shipped rubric, one that has gates on both tracks, and one that compares pairs."""
    return {name: load_rubric(name) for name in RUBRIC_NAMES} | {"gated": gated_rubric(), "paired": paired_rubric()}


def by_track(frame: pd.DataFrame, track: str) -> str:
    """The rows of one track as text, to compare to the bit."""
    chosen = frame[frame["track"].astype("str") == track]
    return chosen.to_json(orient="records", double_precision=15)
