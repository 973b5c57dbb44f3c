"""The criteria of a re-test: what a file may declare, and how each criterion is decided.

May import errors, terms, rubric, stats and the scoring ground. From the second look at the same items on, a criterion
that rests on a limit is not met: many looks find by chance. Counts and events are facts, and may be.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from dualtrack.errors import CompareError, Place, Problem
from dualtrack.records.plain_yaml import Plain
from dualtrack.records.problems import nearest, shown
from dualtrack.rubric.base import Id, Schema, Text
from dualtrack.rubric.gate import VetoGate
from dualtrack.scoring.versions.cases import gate_standing
from dualtrack.scoring.versions.differences import Compared
from dualtrack.scoring.versions.run import Run, Versions, changed_gate
from dualtrack.stats.proportion import effective_n
from dualtrack.terms import Reason, State, Track

__all__ = ["CriteriaFile", "Criterion", "declared_rows", "gate_criteria", "refuse_unknown"]

Row = dict[str, Any]


class Criterion(Schema):
    """One declared criterion, about a metric or about a track.

    ``least_n``: at least ``n`` items with a value in both runs, counted again in effective ones. ``no_new_veto``: no
    response behind a veto that is confirmed now and was not before. ``not_worse``: the new version is worse by no more
    than ``margin`` (score, 0..1).
    """

    id: Id
    kind: Literal["least_n", "no_new_veto", "not_worse"]
    metric: Id | None = None
    track: Track | None = None
    n: Annotated[int, Field(ge=1)] | None = None
    margin: Annotated[float, Field(gt=0, lt=1)] | None = None
    why: Text

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> Self:
        if (self.metric is None) is (self.track is None):
            raise ValueError("a criterion is about a metric or about a track: give one of the two")
        needs = {"least_n": "n", "not_worse": "margin"}.get(self.kind)
        if needs is not None and getattr(self, needs) is None:
            raise ValueError(f"{self.kind} needs {needs}")
        if any(getattr(self, name) is not None for name in {"n", "margin"} - {needs}):
            raise ValueError(f"{self.kind} takes {needs or 'no number'} alone")
        return self

    @property
    def subject(self) -> str:
        """The metric or the track."""
        return self.metric or str(self.track)


class CriteriaFile(Schema):
    """A file of criteria for re-testing a new version."""

    schema_: Literal["dualtrack.criteria/1"] = Field(alias="schema")
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _no_id_twice(self) -> Self:
        ids = [each.id for each in self.criteria]
        if len(ids) != len(set(ids)):
            raise ValueError("two criteria have the same id")
        return self


def refuse_unknown(criteria: CriteriaFile, new: Run, plain: Plain | None = None, file: str = "") -> None:
    """Refuse criteria about a metric that the new run does not have in scope.

    Args:
        criteria: the criteria.
        new: the run of the new version.
        plain: the file they stand in, for lines.
        file: its name.

    Raises:
        CompareError: CMP007, all at once.
    """
    problems = []
    for number, each in enumerate(criteria.criteria):
        if each.metric is not None and each.metric not in new.in_scope:
            line = None if plain is None else plain.line(("criteria", number, "metric"))
            problems.append(
                Problem(
                    "CMP007",
                    "a criterion is about a metric that is not in scope",
                    Place(file, line=line, column=f"criteria[{number}].metric"),
                    found=shown(each.metric),
                    expected="a metric that the run of the new version has in scope",
                    fix=nearest(each.metric, sorted(new.in_scope), otherwise="correct the id, or take it out"),
                )
            )
    if problems:
        raise CompareError(problems)


def gate_criteria(versions: Versions, track: Track, *, seen: bool) -> Iterator[Row]:
    """Every gate of the new version as a criterion.

    Args:
        versions: the earlier version and the new one.
        track: the track.
        seen: whether these items were looked at before.
    """
    rows = versions.new.rows("gates", versions.pair[1])
    for row in rows[(rows["track"].astype("str") == track.value).to_numpy()].to_dict("records"):
        state, reasons = State(row["state"]), [Reason(word) for word in row["reasons"] or ()]
        yield _row(versions, track, str(row["gate_id"]), kind="gate", subject=str(row["gate_id"])) | {
            **_states(state, reasons, seen=seen),
            "wanted": row["limit"],
            "found": row["observed"],
        }


def declared_rows(
    versions: Versions,
    track: Track,
    *,
    criteria: Sequence[Criterion],
    metrics: Sequence[Compared],
    differences: Mapping[str, Row],
    seen: bool,
) -> Iterator[Row]:
    """Decide the declared criteria of one track.

    Args:
        versions: the earlier version and the new one.
        track: the track.
        criteria: all declared criteria; those of the other track are passed over.
        metrics: the metrics of this track over the shared items.
        differences: rows of the differences of this track by metric id, or track.
        seen: whether these items were looked at before.
    """
    new = versions.new
    for each in criteria:
        if each.track is not track and (each.metric is None or new.metrics[each.metric].track is not track):
            continue
        mine = [metric for metric in metrics if each.metric in (None, metric.metric_id)]
        if each.kind == "least_n":
            decided = _least_n(new, each, mine)
        elif each.kind == "no_new_veto":
            decided = _no_new_veto(versions, mine)
        else:
            decided = _not_worse(each, mine, differences.get(each.subject), seen=seen)
        yield _row(versions, track, each.id, kind=each.kind, subject=each.subject) | decided | {"why": each.why}


def _least_n(new: Run, criterion: Criterion, metrics: Sequence[Compared]) -> Row:
    wanted = criterion.n or 1
    items = np.logical_or.reduce([np.zeros(1, dtype=np.bool_), *(each.both for each in metrics)][bool(metrics) :])
    n = int(items.sum())
    sizes = np.bincount(metrics[0].cluster[items]) if metrics and n else np.zeros(0, dtype=np.int64)
    effective = effective_n(sizes[sizes > 0], new.rho0) if n else 0.0
    state = State.not_assessed if not n else State.met if min(n, effective) >= wanted else State.not_demonstrated
    reasons = {State.not_assessed: [Reason.nothing_assessed], State.not_demonstrated: [Reason.too_few]}.get(state, [])
    return _states(state, reasons, seen=False) | {"wanted": wanted, "found": min(float(n), effective)}


def _no_new_veto(versions: Versions, metrics: Sequence[Compared]) -> Row:
    """Events are counted, not estimated; what is open, missing or gone keeps it from being met."""
    old, new, pair = versions.old, versions.new, versions.pair
    n_new, reasons, states = 0, set[Reason](), []
    of_gates = {str(row["gate_id"]): row for row in new.rows("gates", pair[1]).to_dict("records")}
    for each in metrics:
        for gate_id, gate in _vetoes(old, new, each.metric_id):
            if gate_id not in of_gates or each.lost_metric or changed_gate(old, new, each.metric_id, gate):
                reasons.add(Reason.amended)
                continue
            was, now = gate_standing(old, pair[0], gate_id), gate_standing(new, pair[1], gate_id)
            n_new += sum(why == "confirmed" and was.get(cell) != "confirmed" for cell, why in now.items())
            states.append(of_gates[gate_id]["state"])
            reasons |= {Reason.flags_pending} if "open" in now.values() else set()
            left = bool((each.old.planned & ~each.new.planned).any())
            reasons |= {Reason.missing_evidence} if left or "missing" in now.values() else set()
    if n_new:
        decided = _states(State.not_met, [], seen=False)
    elif not states and not reasons:
        decided = _states(State.not_assessed, [Reason.no_gate], seen=False)
    elif all(state == State.not_assessed.value for state in states):
        decided = _states(State.not_assessed, [Reason.nothing_assessed], seen=False)
    else:
        ordered = sorted(reasons, key=list(Reason).index)
        decided = _states(State.not_demonstrated if ordered else State.met, ordered, seen=False)
    return decided | {"wanted": 0, "found": n_new}


def _vetoes(old: Run, new: Run, metric_id: str) -> list[tuple[str, str]]:
    """Vetoes of a metric in either run, as metric.gate and gate."""
    found = {}
    for run in (new, old):
        metric = run.metrics.get(metric_id)
        for gate in metric.gates if metric is not None else ():
            if isinstance(gate, VetoGate):
                found[f"{metric_id}.{gate.id}"] = gate.id
    return list(found.items())


def _not_worse(criterion: Criterion, metrics: Sequence[Compared], row: Row | None, *, seen: bool) -> Row:
    """Met where the lower limit, with what is missing against the new version, lies above minus the margin."""
    margin = criterion.margin or 0.0
    if row is None or row["state"] != "defined":
        reason = Reason(row["reason"]) if row is not None and row["reason"] else Reason.nothing_assessed
        refused = reason in (Reason.raters_differ, Reason.sampled)
        state = State.not_demonstrated if refused else State.not_assessed
        return _states(state, [reason], seen=False) | {"wanted": margin, "found": None}
    lower, upper = row.get("lower_missing"), row.get("upper_missing")
    reasons: list[Reason] = []
    if upper is not None and upper < -margin:
        state = State.not_met
    elif lower is not None and lower >= -margin:
        state = State.met
    else:
        state, reasons = State.not_demonstrated, _why_not(row, metrics, margin)
    return _states(state, reasons, seen=seen) | {"wanted": margin, "found": lower}


def _why_not(row: Row, metrics: Sequence[Compared], margin: float) -> list[Reason]:
    refused = {each.refused for each in metrics if each.refused is not None and each.weight > 0}
    reasons = sorted(refused, key=list(Reason).index)
    if any(each.lost_metric and each.weight > 0 for each in metrics):
        reasons.append(Reason.amended)
    if row["lower"] is None:
        return [*reasons, Reason(row["reason"] or Reason.too_few_clusters)]
    if row["value"] < -margin:
        reasons.append(Reason.estimate_beyond)
    elif row["lower"] < -margin:
        reasons.append(Reason.straddles)
    if row["lower"] >= -margin and not reasons:
        reasons.append(Reason.missing_evidence)
    return reasons


def _states(state: State, reasons: Sequence[Reason], *, seen: bool) -> Row:
    """The state as it counts, and what it would be if nobody had looked at these items."""
    row: Row = {"state": state.value, "reasons": [each.value for each in reasons], "unseen": state.value}
    if not seen or state not in (State.met, State.not_demonstrated):
        return row
    looked = Reason.looked_before.value
    words = row["reasons"] if looked in row["reasons"] else [*row["reasons"], looked]
    return row | {"state": State.not_demonstrated.value, "reasons": words}


def _row(versions: Versions, track: Track, criterion: str, *, kind: str, subject: str) -> Row:
    return {
        "system_id": versions.pair[1],
        "track": track.value,
        "criterion_id": criterion,
        "kind": kind,
        "subject_id": subject,
    }
