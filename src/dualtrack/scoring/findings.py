"""Findings: one row per judgement, whoever made it.

May import terms, rubric, records and checks. Ratings and imported scores become rows of the findings table, joined with
the rows that the checks wrote; nothing is joined or averaged here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dualtrack.records.results import RESULT_TABLES
from dualtrack.rubric.scale import Scale, ScaleKind
from dualtrack.scoring.arrays import BoolArray
from dualtrack.terms import HarmLevel, Outcome, RatingRole, Reason, SourceKind

__all__ = ["all_findings", "imported_findings", "rating_findings"]

_FINDINGS = next(table for table in RESULT_TABLES if table.name == "findings")
_CATEGORIES = (
    "system_id", "item_id", "unit_id", "probe_id", "source_id", "source_kind", "outcome", "level", "failure_mode",
    "act", "harm_level", "severities", "reason", "proof",
)  # fmt: skip


def rating_findings(ratings: pd.DataFrame, scales: Mapping[str, Scale]) -> pd.DataFrame:
    """Turn ratings into findings; training ratings are left out.

    Args:
        ratings: the ratings table.
        scales: the rubric's scales by id.

    Returns:
        One row per rating with ``value`` = the level mapped to 0..1 (1 best), or the number on a number scale. A level
        without value (cannot judge) has outcome not_assessable and reason cannot_judge. ``outcome`` is empty otherwise:
        which levels fail is the business of each metric that reads the scale.
    """
    kept = ratings[(ratings["role"].astype("str") != RatingRole.training.value).to_numpy()]
    role = kept["role"].astype("str").to_numpy()
    kinds = np.select(
        [role == RatingRole.adjudication.value, role == RatingRole.tie_break.value],
        [SourceKind.adjudicator.value, SourceKind.tie_break.value],
        SourceKind.rater.value,
    )
    return _from_levels(kept, scales, source=kept["rater_id"], source_kind=kinds)


def imported_findings(scores: pd.DataFrame, scales: Mapping[str, Scale]) -> pd.DataFrame:
    """Turn imported scores into findings.

    Args:
        scores: the scores table.
        scales: the rubric's scales by id.

    Returns:
        One row per score; a row that holds an outcome instead of a level keeps it with its reason.
    """
    kinds = np.full(len(scores), SourceKind.score.value, dtype=object)
    level = scores["level"].astype("object")
    number = scores["value"]
    level = level.where(level.notna() | number.isna(), number.map("{:.10g}".format))
    frame = _from_levels(scores.assign(level=level), scales, source=scores["source_id"], source_kind=kinds)
    stated = scores["outcome"].notna().to_numpy()
    outcome = frame["outcome"].astype("object").where(~stated, scores["outcome"].astype("object").to_numpy())
    return frame.assign(
        outcome=outcome.astype("category"),
        reason=_score_reasons(frame["reason"], scores, stated).astype("category"),
    )


def all_findings(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put findings of all kinds into one frame, sorted by key.

    Args:
        parts: frames with the columns of the findings table.

    Returns:
        One frame; names and words are categories, the rest as the specification says.
    """
    frames = [part for part in parts if len(part)]
    if not frames:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in _FINDINGS.names})
    merged = pd.DataFrame(
        {
            name: _union([frame[name] for frame in frames])
            if name in _CATEGORIES
            else pd.concat([frame[name] for frame in frames], ignore_index=True)
            for name in _FINDINGS.names
        }
    )
    return merged.sort_values(list(_FINDINGS.key), kind="stable", ignore_index=True)


def _union(columns: Sequence[pd.Series]) -> pd.Series:
    """Join columns of categories without ever holding the words once per row."""
    as_category = [column.astype("category") for column in columns]
    words = sorted({str(word) for column in as_category for word in column.cat.categories})
    joined = [column.cat.rename_categories(str).cat.set_categories(words) for column in as_category]
    return pd.concat(joined, ignore_index=True)


def _from_levels(
    frame: pd.DataFrame, scales: Mapping[str, Scale], *, source: pd.Series, source_kind: np.ndarray
) -> pd.DataFrame:
    value, judged = _values(frame, scales)
    empty = pd.Series(pd.Categorical([None] * len(frame)), index=frame.index)
    missing = ~judged & frame["level"].notna().to_numpy()
    return pd.DataFrame(
        {
            "system_id": frame["system_id"],
            "item_id": frame["item_id"],
            "sample": frame["sample"],
            "unit_id": frame["unit_id"],
            "probe_id": frame["scale_id"],
            "source_id": source,
            "occasion": frame["occasion"],
            "source_kind": pd.Categorical(source_kind, categories=sorted(SourceKind)),
            "outcome": _where(missing, Outcome.not_assessable.value),
            "level": frame["level"].astype("category"),
            "value": value,
            "failure_mode": _ticked(frame),
            "act": empty,
            "harm_level": _worst(frame),
            "severities": _severities(frame),
            "spans": frame.get("spans"),
            "reason": _where(missing, Reason.cannot_judge.value),
            "proof": empty,
        }
    )


def _ticked(frame: pd.DataFrame) -> "pd.Categorical[Any]":
    """The failure modes that a rater ticked, in order and with spaces between; empty where none was."""
    if "failure_modes" not in frame.columns:
        return pd.Categorical([None] * len(frame))
    joined = [
        " ".join(sorted(set(each))) if isinstance(each, list | tuple) and each else None
        for each in frame["failure_modes"]
    ]
    return pd.Categorical(joined)


def _worst(frame: pd.DataFrame) -> "pd.Categorical[Any]":
    """The worst harm level of the ticked failure modes; empty where none was given one."""
    words = [level.value for level in HarmLevel]
    return pd.Categorical([max(each.values(), default=None) for each in _said(frame)], categories=words)


def _severities(frame: pd.DataFrame) -> "pd.Categorical[Any]":
    """The harm level of each ticked failure mode, in order of the modes and with spaces between."""
    said = (" ".join(f"{mode}={level}" for mode, level in sorted(each.items())) for each in _said(frame))
    return pd.Categorical([each or None for each in said])


def _said(frame: pd.DataFrame) -> Sequence[Mapping[str, str]]:
    if "severities" not in frame.columns:
        return [{}] * len(frame)
    return [each if isinstance(each, Mapping) else {} for each in frame["severities"]]


def _where(chosen: BoolArray, word: str) -> "pd.Categorical[str]":
    """The word where chosen, empty elsewhere."""
    return pd.Categorical.from_codes(np.where(chosen, 0, -1), categories=pd.Index([word]))


def _values(frame: pd.DataFrame, scales: Mapping[str, Scale]) -> tuple[np.ndarray, np.ndarray]:
    """Value of each row's level on its scale, and whether the row says anything at all."""
    value = np.full(len(frame), np.nan)
    scale_column = frame["scale_id"].astype("category")
    level_column = frame["level"].astype("category")
    codes = level_column.cat.codes.to_numpy()
    for code, scale_id in enumerate(scale_column.cat.categories):
        rows = scale_column.cat.codes.to_numpy() == code
        scale = scales[str(scale_id)]
        if scale.kind is ScaleKind.number:
            known = [float(str(level)) for level in level_column.cat.categories]
        else:
            mapped = scale.values
            known = [_or_nan(mapped.get(str(level))) for level in level_column.cat.categories]
        lookup = np.array([*known, np.nan])
        value[rows] = lookup[codes[rows]]
    return value, ~np.isnan(value)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _score_reasons(reasons: pd.Series, scores: pd.DataFrame, stated: np.ndarray) -> pd.Series:
    """Why a score says nothing, in the closed list of reasons; a source's own words stay in the scores table."""
    known = {reason.value for reason in Reason}
    words = [
        str(reason)
        if str(reason) in known
        else (Reason.check_error.value if outcome == "error" else Reason.no_evidence.value)
        for reason, outcome in zip(scores["reason"], scores["outcome"], strict=True)
    ]
    return reasons.astype("object").where(~stated, pd.Series(words, index=reasons.index, dtype="object"))
