"""The document of a run: everything that a page needs beside the tables.

May import rubric, records and the scoring ground. Plain data; what is not known is null.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from dualtrack.records.study import StudyFile
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.scoring.design import (
    nobody_rated_twice,
    not_shown_blinded,
    panels_that_never_meet,
    same_prompt_in_other_clusters,
)
from dualtrack.scoring.overrides import left_out
from dualtrack.scoring.plan import Plan
from dualtrack.stats.operating import any_unfit_passes
from dualtrack.terms import Track

__all__ = ["RESULTS_SCHEMA", "RunFacts", "make_document"]

RESULTS_SCHEMA = "dualtrack.results/1"
SHOWN = 10
"""Items named in a note; the rest is counted."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a run cannot know by itself: handed in by whoever starts it.

    Attributes:
        engine_version: version of dualtrack.
        versions: versions of what it computes with, by name.
        clock: when the run was made, ISO 8601 in UTC; null leaves it out, so that equal inputs give equal bytes.
        inputs: SHA-256 of each input file by name.
        credits: text of the study's SOURCE file, if it has one.
        record: what was sealed, changed since and looked at, as the ledger says it.
    """

    engine_version: str
    versions: Mapping[str, str]
    clock: str | None
    inputs: Mapping[str, str]
    credits: str | None = None
    record: Mapping[str, Any] = field(default_factory=dict)


def make_document(rubric: Rubric, plan: Plan, tables: Mapping[str, pd.DataFrame], run: RunFacts) -> dict[str, Any]:
    """Describe study, rubric, metrics, scales and run as plain data.

    Args:
        rubric: the rubric.
        plan: the plan, which carries the study file.
        tables: the input tables (the design of the rating is read from the ratings).
        run: facts of the run.

    Returns:
        A mapping of plain values, without the result tables.
    """
    study = plan.study
    in_scope = {mp.metric.id: mp.metric for mp in plan.metrics}
    return {
        "schema": RESULTS_SCHEMA,
        "study": _study(rubric, study, run.credits),
        "rubric": _plain(rubric.header) | {"sha256": rubric.sha256},
        "metrics": [
            _metric(in_scope.get(metric.id, metric), metric, metric.id in in_scope) for metric in rubric.metrics
        ],
        "scales": [_plain(scale) for _, scale in sorted(rubric.scales.items())],
        "risk": {
            "matrices": [each.model_dump(mode="json", by_alias=True) for each in rubric.risk_matrices.values()],
            "ladders": [each.model_dump(mode="json", by_alias=True) for each in rubric.harm_ladders.values()],
            "high_risk": {name: list(levels) for name, levels in sorted(study.plan.strata.high_risk.items())},
        },
        "engine": {"name": "dualtrack", "version": run.engine_version},
        "run": {
            "clock": run.clock,
            "seed": study.plan.interval.seed,
            "resamples": study.plan.interval.resamples,
            "confidence": study.plan.interval.confidence,
            "retrospective": not plan.pre_specified,
            "versions": dict(sorted(run.versions.items())),
            **run.record,
        },
        "inputs": [{"file": name, "sha256": digest} for name, digest in sorted(run.inputs.items())],
        "notes": [asdict(note) for note in _notes(plan, tables)],
    }


@dataclass(frozen=True, slots=True)
class Note:
    """A fact about the design that a reader must know; ``track`` is null when it concerns both."""

    code: str
    track: str | None
    facts: dict[str, Any]


def _study(rubric: Rubric, study: StudyFile, credit: str | None) -> dict[str, Any]:
    """The study file, with what its profile leaves out beside what the study itself took out."""
    plain = _plain(study)
    plain.pop("rubric")
    named = {each.metric for each in study.scope.out}
    plain["scope"]["out"] += [
        {
            "metric": left.metric,
            "reason": left.why,
            "by": f"profile {study.scope.profile} of the rubric",
            "at": f"{rubric.header.id} {rubric.header.version}",
        }
        for left in left_out(rubric, study)
        if left.metric not in named
    ]
    _name_families(plain, study)
    _state_margins(plain, study)
    return plain | {"credits": credit}


def _state_margins(plain: dict[str, Any], study: StudyFile) -> None:
    """Margins as numbers, their reasons beside them; layers, reasons and rules that nobody stated leave no trace."""
    planned = study.plan.comparisons
    plain["plan"]["comparisons"]["margins"] = planned.margin_values
    reasons = {name: stated.why for name, stated in planned.margins.items() if stated.why}
    if reasons:
        plain["plan"]["comparisons"]["margins_why"] = reasons
    for system in plain["systems"]:
        if system["layers"] is None:
            system.pop("layers")
    if study.plan.disputes is None:
        plain["plan"].pop("disputes")


def _name_families(plain: dict[str, Any], study: StudyFile) -> None:
    """Beside a source, the systems of its own family: a judge may favour them. Families nobody named leave no trace."""
    for source, stated in zip(plain["sources"], study.sources, strict=True):
        if same := study.same_family(stated):
            source["same_family"] = list(same)
    for system in plain["systems"]:
        if system["family"] is None:
            system.pop("family")


def _metric(used: Metric, stated: Metric, in_scope: bool) -> dict[str, Any]:  # noqa: FBT001 -- a column of the row
    plain = _plain(used)
    plain["scale"] = used.ratings.scale if used.ratings else None
    plain["aggregate"] = used.aggregate.value if used.ratings else None
    plain["in_scope"] = in_scope
    plain["overridden"] = _plain(stated) if used != stated else None
    return plain


def _notes(plan: Plan, tables: Mapping[str, pd.DataFrame]) -> Iterator[Note]:
    """Facts of the design: a track's notes rest on the ratings of the scales that it reads, and on nothing else."""
    ratings = tables["ratings"]
    copies = same_prompt_in_other_clusters(tables["items"]["prompt"], plan.cluster)
    for track in Track:
        scales = {mp.scale.id for mp in plan.metrics if mp.metric.track is track and mp.scale is not None}
        mine = ratings[ratings["scale_id"].astype("str").isin(scales)]
        panels = panels_that_never_meet(mine)
        if len(panels) > 1:
            yield Note(
                "panels_never_meet",
                track.value,
                {"n_panels": len(panels), "panels": [{"raters": list(raters), "n_items": n} for raters, n in panels]},
            )
        yield from _people(track, mine, tables["raters"])
        gated = any(mp.metric.gates for mp in plan.metrics if mp.metric.track is track)
        if gated and len(plan.systems) > 1:
            per_cent = round(100 * any_unfit_passes(len(plan.systems)), 6)
            yield Note("several_systems", track.value, {"n_systems": len(plan.systems), "per_cent": per_cent})
        if copies:
            first = ", ".join(plan.items[place] for place in copies[:SHOWN])
            yield Note("same_prompt", track.value, {"n_items": len(copies), "first": first})


def _people(track: Track, mine: pd.DataFrame, raters: pd.DataFrame) -> Iterator[Note]:
    """What a reviewer asks first about the people who rated: did they see the name, and did any two judge the same."""
    saw, unknown, n_raters = not_shown_blinded(mine, raters)
    if saw:
        yield Note("raters_not_blinded", track.value, {"n": saw, "n_raters": n_raters})
    if unknown:
        yield Note("blinding_not_recorded", track.value, {"n": unknown, "n_raters": n_raters})
    if nobody_rated_twice(mine):
        yield Note("one_rater_each", track.value, {})


def _plain(schema: Any) -> dict[str, Any]:  # noqa: ANN401 -- any pydantic schema of the rubric or the study
    plain: dict[str, Any] = schema.model_dump(mode="json", by_alias=True)
    plain.pop("schema", None)
    return plain
