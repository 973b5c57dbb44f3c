"""Small rubrics and studies for tests, made in memory: synthetic, and named so."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from dualtrack.records.made import made_tables
from dualtrack.records.study import StudyFile
from dualtrack.rubric.header import Header, Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.scale import Scale
from dualtrack.terms import Track


def scale(scale_id: str = "quality", **changes: Any) -> Scale:
    """A five-level scale, 5 best, with cannot_judge."""
    levels = [{"id": str(n + 1), "value": n / 4, "anchor": f"level {n + 1}"} for n in range(5)]
    levels.append({"id": "cannot_judge", "value": None, "anchor": "cannot judge"})
    plain = {
        "schema": "dualtrack.scale/1", "id": scale_id, "title": scale_id, "ask": "How good?",
        "applies_to": ["response", "sentence"], "kind": "ordinal", "levels": levels, "why": "equal steps",
    }  # fmt: skip
    return Scale.model_validate_json(json.dumps(plain | changes))


def metric(metric_id: str = "accuracy", **changes: Any) -> Metric:
    """An ordinal metric read from the scale ``quality``."""
    plain = {
        "schema": "dualtrack.metric/1", "id": metric_id, "code": "E01", "track": "effectiveness", "title": metric_id,
        "definition": "d", "does_not_show": "n", "lifecycle": "draft",
        "quantity": {"type": "ordinal", "per": "response", "show": "mean_value"},
        "ratings": {"scale": "quality"}, "combine": "clinician_only", "weight": {"value": 1, "why": "w"},
    }  # fmt: skip
    merged = {key: value for key, value in (plain | changes).items() if value is not None}
    return Metric.model_validate_json(json.dumps(merged))


def rubric(metrics: Iterable[Metric], scales: Iterable[Scale] | None = None) -> Rubric:
    """A rubric of the given metrics."""
    header = Header.model_validate_json(
        json.dumps(
            {
                "schema": "dualtrack.rubric/1", "id": "test", "version": "0.1.0", "title": "Test", "about": "a",
                "licence": "CC0-1.0", "floors": {"coverage": 0, "items": 1, "clusters": 2},
            }
        )
    )  # fmt: skip
    order = list(Track)
    chosen = tuple(sorted(metrics, key=lambda each: (order.index(each.track), each.code)))
    by_id = {each.id: each for each in (scales if scales is not None else [scale()])}
    return Rubric(header=header, metrics=chosen, scales=by_id, sha256="0" * 64, files={})


def study(systems: Iterable[str] = ("a", "b"), **plan: Any) -> StudyFile:
    """A synthetic study file."""
    plain = {
        "schema": "dualtrack.study/1", "id": "synthetic", "title": "Synthetic test study", "data_kind": "synthetic",
        "data_class": "synthetic", "context": {"use": "u", "users": "v", "setting": "s", "languages": ["en"]},
        "rubric": {"name": "test"}, "systems": [{"id": each, "name": each, "kind": "general_llm"} for each in systems],
        "plan": {"ratings_per_unit": {"default": 2}, "interval": {"resamples": 200}} | plan,
    }  # fmt: skip
    return StudyFile.model_validate_json(json.dumps(plain))


def frame(table_name: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A typed input table, sorted by key, with defaults filled in."""
    return made_tables({table_name: rows})[table_name]


def tables(**rows: Iterable[Mapping[str, Any]]) -> dict[str, pd.DataFrame]:
    """All input tables; those not given are empty."""
    return made_tables(rows)


def items(n: int, **columns: Any) -> list[dict[str, Any]]:
    """``n`` items i000, i001, ...; a column may be a value or a function of the number."""
    return [
        {"item_id": f"i{k:03d}", "prompt": f"prompt {k}"}
        | {name: value(k) if callable(value) else value for name, value in columns.items()}
        for k in range(n)
    ]


def responses(systems: Iterable[str], n: int, **columns: Any) -> list[dict[str, Any]]:
    """An answered response of every system to every item."""
    return [
        {"system_id": system, "item_id": f"i{k:03d}", "status": "answered", "text": f"answer {k} of {system}"} | columns
        for system in systems
        for k in range(n)
    ]


def ratings(levels: Mapping[tuple[str, int], Iterable[str]], scale_id: str = "quality") -> list[dict[str, Any]]:
    """Ratings by raters r1, r2, ... from (system, item number) -> their levels."""
    return [
        {
            "system_id": system, "item_id": f"i{k:03d}", "scale_id": scale_id, "rater_id": f"r{place + 1}",
            "level": level,
        }
        for (system, k), given in levels.items()
        for place, level in enumerate(given)
    ]  # fmt: skip


BESIDE = (
    "worst_at", "same_on_repeat", "within_item_sd", "refusals_failing", "refusals_left_out", "missing_share",
    "shrunken", "worst_first", "high_risk_difference", "share_of_cells",
)  # fmt: skip
"""Kinds of numbers that stand beside every metric or track."""


def own_numbers(estimates: pd.DataFrame) -> pd.DataFrame:
    """Rows of the estimates table over all items, without what stands beside every metric."""
    return estimates[~estimates["show"].str.partition(":")[0].isin(BESIDE) & (estimates["stratum"] == "")]


def planned_pairs(tables) -> pd.DataFrame:
    """Differences of scores between pairs of systems as the plan wants them, over all items."""
    planned = "basis == 'planned' and comparison_kind == 'pair' and stratum == '' and estimator == 'mean_difference'"
    return tables["comparisons"].query(f"{planned} and show != 'missing_share'")
