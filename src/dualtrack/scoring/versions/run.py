"""One run as a comparison needs it: its document, its tables, and the metrics and scales of its rubric.

May import errors, rubric, records and the scoring ground. Everything comes from the results, so that a comparison needs
neither study nor rubric beside them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

import pandas as pd
from pydantic import ValidationError

from dualtrack.errors import CompareError, Place, Problem
from dualtrack.rubric.effects import Effect, Part, parts_of
from dualtrack.rubric.effects import Place as Part_place
from dualtrack.rubric.header import Header, Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.scale import Scale
from dualtrack.terms import Track

__all__ = ["EVIDENCE_FILES", "Pair", "Run", "Versions", "changed_gate", "changed_metric", "evidence_of", "run_of"]

EVIDENCE_FILES = ("responses", "units", "ratings", "scores")
"""Input tables that a look looks at; those that complete a look (rulings of named persons) begin none."""

_ABOUT = ("system_id", "item_id", "sample")
NEEDED = {
    "findings": (*_ABOUT, "probe_id", "source_id", "source_kind", "outcome", "level", "failure_mode", "harm_level"),
    "observations": (
        *(*_ABOUT, "metric_id", "basis", "value", "worst", "best", "n_units", "n_failed", "cluster", "reason"),
    ),
    "gates": (
        *("system_id", "gate_id", "track", "kind", "limit", "observed", "n_assessed", "n_events", "open_flags"),
        *("state", "reasons"),
    ),
    "gate_cases": (*_ABOUT, "gate_id", "why"),
    "verdicts": ("system_id", "track", "state", "reasons"),
}
"""Tables and columns that a comparison reads; results of earlier versions that hold them will do."""
_BESIDE = ("scale", "aggregate", "in_scope", "overridden")
DOCUMENT = "scorecards.json"

Pair = tuple[str, str]
"""A system: its id in the earlier run and in the new one."""


@dataclass(frozen=True, slots=True)
class Run:
    """The results of one run.

    Attributes:
        name: how messages call it: the name of its folder.
        document: scorecards.json without its tables.
        frames: its tables by name.
        metrics: the metrics of its rubric by id, as this study used them.
        scales: their scales by id.
        in_scope: ids of the metrics that were in scope.
        parts: everything in metrics and scales by place, with what it can move.
    """

    name: str
    document: Mapping[str, Any]
    frames: Mapping[str, pd.DataFrame]
    metrics: Mapping[str, Metric]
    scales: Mapping[str, Scale]
    in_scope: frozenset[str]
    parts: Mapping[Part_place, Part]

    @property
    def study_id(self) -> str:
        """Id of its study."""
        return str(self.document["study"]["id"])

    @property
    def systems(self) -> dict[str, Mapping[str, Any]]:
        """Its systems by id."""
        return {str(system["id"]): system for system in self.document["study"]["systems"]}

    @property
    def look(self) -> Mapping[str, Any] | None:
        """Which look it was, None where its study was never sealed."""
        found: Mapping[str, Any] | None = self.document["run"].get("look")
        return found

    @property
    def inputs(self) -> dict[str, str]:
        """Digest of each file that it read, by name."""
        return {str(each["file"]): str(each["sha256"]) for each in self.document["inputs"]}

    @property
    def confidence(self) -> float:
        """Two-sided confidence of its intervals."""
        return float(self.document["run"]["confidence"])

    @property
    def rho0(self) -> float:
        """Intra-cluster correlation that its plan assumes."""
        return float(self.document["study"]["plan"]["rho0"]["value"])

    @property
    def cluster_floor(self) -> int:
        """Least number of clusters for an interval."""
        stated = (self.document["rubric"]["floors"], self.document["study"]["plan"]["floors"])
        return max(int(each.get("clusters") or 2) for each in stated)

    def of_track(self, track: Track) -> Iterator[Metric]:
        """Its metrics of one track that were in scope, in the order of the rubric."""
        yield from (each for each in self.metrics.values() if each.track is track and each.id in self.in_scope)

    def rows(self, table: str, system: str) -> pd.DataFrame:
        """Rows of a table about one system."""
        frame = self.frames[table]
        return frame[(frame["system_id"].astype("str") == system).to_numpy()]


@dataclass(frozen=True, slots=True)
class Versions:
    """Two versions of one system: their runs, and the id of the system in each."""

    old: Run
    new: Run
    pair: Pair

    @property
    def sides(self) -> tuple[tuple[Run, str], tuple[Run, str]]:
        """Run and system of the earlier version and of the new one."""
        return (self.old, self.pair[0]), (self.new, self.pair[1])


def run_of(name: str, document: Mapping[str, Any], frames: Mapping[str, pd.DataFrame]) -> Run:
    """Take the results of a run apart.

    Args:
        name: how messages call the run.
        document: scorecards.json without its tables.
        frames: its tables by name.

    Returns:
        The run.

    Raises:
        CompareError: CMP008 a table or column is missing, or the metrics in the document are not those of a rubric that
            this version knows.
    """
    problems = [*_missing(name, frames)]
    if problems:
        raise CompareError(problems)
    try:
        metrics = [_metric(each) for each in document["metrics"]]
        scales = [
            Scale.model_validate_json(json.dumps({"schema": "dualtrack.scale/1", **each}))
            for each in document["scales"]
        ]
        rubric = _rubric(document["rubric"], metrics, scales)
        parts = parts_of(rubric)
        in_scope = frozenset(str(each["id"]) for each in document["metrics"] if each["in_scope"])
    except (ValidationError, KeyError, TypeError) as error:
        found = str(error).splitlines()[0][:120]
        raise CompareError(
            _unusable(name, DOCUMENT, f"{type(error).__name__}: {found}", "the metrics of a rubric")
        ) from error
    return Run(
        name,
        document,
        frames,
        {each.id: each for each in metrics},
        {each.id: each for each in scales},
        in_scope,
        parts,
    )


def evidence_of(run: Run) -> str:
    """Digest of what a run looked at: its answers, units, ratings and scores, by the digests of their files.

    Args:
        run: the run.
    """
    files = sorted(
        (PurePosixPath(file).stem, digest)
        for file, digest in run.inputs.items()
        if "/" not in file and PurePosixPath(file).stem in EVIDENCE_FILES
    )
    return sha256(json.dumps(files, separators=(",", ":")).encode()).hexdigest()


def changed_metric(old: Run, new: Run, metric_id: str) -> bool:
    """Whether anything in a metric that can move its values differs between two runs; gates and weight do not.

    Args:
        old: the earlier run; it has the metric.
        new: the new run, which has it too.
        metric_id: the metric.
    """
    moving = (Effect.scope, Effect.value, Effect.raters)
    ratings = new.metrics[metric_id].ratings
    things = {("metric", metric_id), *([("scale", ratings.scale)] if ratings else [])}
    places = {place for run in (old, new) for place in run.parts if place[:2] in things and "gates" not in place[2:3]}
    for place in places:
        was, now = old.parts.get(place), new.parts.get(place)
        effects = {part.effect for part in (was, now) if part is not None}
        if effects & set(moving) and (was is None or now is None or was.value != now.value):
            return True
    return _word_lists(old, new.metrics[metric_id]) != _word_lists(new, new.metrics[metric_id])


def changed_gate(old: Run, new: Run, metric_id: str, gate_id: str) -> bool:
    """Whether the rule of a gate differs between two runs.

    Args:
        old: the earlier run.
        new: the new run.
        metric_id: the metric.
        gate_id: the gate, without the metric.
    """
    head = ("metric", metric_id, "gates", gate_id)
    rules = [
        {
            place: part.value
            for place, part in run.parts.items()
            if place[:4] == head and part.effect is not Effect.words
        }
        for run in (old, new)
    ]
    return rules[0] != rules[1]


def _word_lists(run: Run, metric: Metric) -> list[tuple[str, str]]:
    """Digests of the files of word lists that a metric's checks read."""
    names = {name for check in metric.checks for name in check.lexicons}
    paths = ((PurePosixPath(file), digest) for file, digest in run.inputs.items())
    return sorted(
        (path.name, digest) for path, digest in paths if path.parent.name == "lexicons" and path.stem in names
    )


def _metric(plain: Mapping[str, Any]) -> Metric:
    stated = {key: value for key, value in plain.items() if key not in _BESIDE}
    return Metric.model_validate_json(json.dumps({"schema": "dualtrack.metric/1", **stated}))


def _rubric(header: Mapping[str, Any], metrics: list[Metric], scales: list[Scale]) -> Rubric:
    stated = {key: value for key, value in header.items() if key != "sha256"}
    return Rubric(
        header=Header.model_validate_json(json.dumps({"schema": "dualtrack.rubric/1", **stated})),
        metrics=tuple(metrics),
        scales={scale.id: scale for scale in scales},
        sha256=str(header["sha256"]),
    )


def _missing(name: str, frames: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    for table, columns in NEEDED.items():
        if table not in frames:
            yield _unusable(name, f"tables/{table}.parquet", "no such file", "the tables of the run")
            continue
        for column in columns:
            if column not in frames[table]:
                yield _unusable(name, f"tables/{table}.parquet", f"no column {column}", "the table as written")


def _unusable(name: str, file: str, found: str, expected: str) -> Problem:
    return Problem(
        "CMP008",
        "the results of a run do not hold what a comparison needs",
        Place(f"{name}/{file}"),
        found=found,
        expected=expected,
        fix="score the study again with this version of dualtrack",
    )
