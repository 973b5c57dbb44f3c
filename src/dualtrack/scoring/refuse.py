"""Everything unknown, unused or contradictory between a rubric and a study, named before anything is computed.

May import errors, terms, rubric and records.
"""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

import pandas as pd

from dualtrack.errors import Place, Problem, ScoringError
from dualtrack.records.study import StudyFile
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.quantity import PairedQuantity
from dualtrack.rubric.scale import Grain, ScaleKind
from dualtrack.scoring.families import family_faults
from dualtrack.scoring.overrides import metrics_in_scope
from dualtrack.scoring.strata import strata_problems
from dualtrack.terms import Combine, QuantityType

__all__ = ["refuse_what_cannot_be_scored"]

_STUDY = "study.yaml"
_PAIRED_CHECKS = (Combine.check_only, Combine.clinician_overrides)
_NO_CORRECTNESS = (QuantityType.paired_difference, QuantityType.calibration)
_MEANS = (QuantityType.binary, QuantityType.ordinal, QuantityType.numeric)
_Tables = Mapping[str, pd.DataFrame]


def refuse_what_cannot_be_scored(rubric: Rubric, study: StudyFile, tables: _Tables) -> None:
    """Raise all contradictions between rubric and study at once.

    Raises:
        ScoringError: SCO001 unknown metric, SCO002 field that cannot be overridden, SCO003 unknown stratum or cluster,
            SCO004 plan without its table, SCO005 repeat beyond the plan, SCO006 unknown scale in the plan, SCO007 a
            rule that this version cannot compute, SCO009 unknown profile, SCO010 unknown failure mode,
            SCO011 families that cannot be compared, SCO012 a metric whose source is out of scope, SCO031 a stratum
            with the name of one that is made.
    """
    problems = [problem for rule in _RULES for problem in rule(rubric, study, tables)]
    if problems:
        raise ScoringError(problems)


def _near(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(known)) or 'none'}"


def _unknown_metrics(rubric: Rubric, study: StudyFile, _tables: _Tables) -> Iterator[Problem]:
    known = [metric.id for metric in rubric.metrics]
    compared = {scale.id for scale in rubric.scales.values() if scale.kind is ScaleKind.preference}
    named = [("scope.out", each.metric) for each in study.scope.out]
    named += [("overrides", each.metric) for each in study.overrides]
    named += [
        ("plan.comparisons.margins", name)
        for name in study.plan.comparisons.margins
        if name not in {"safety", "effectiveness", *compared}
    ]
    for column, name in named:
        if name not in known:
            yield Problem(
                "SCO001",
                "the rubric has no such metric",
                Place(_STUDY, column=column),
                found=repr(name),
                expected=f"a metric of rubric {rubric.header.id}",
                fix=_near(name, known),
            )


def _overrides(rubric: Rubric, study: StudyFile, _tables: _Tables) -> Iterator[Problem]:
    metrics = {metric.id: metric for metric in rubric.metrics}
    for override in study.overrides:
        metric = metrics.get(override.metric)
        if metric is None:
            continue
        limits = {gate.id: f"gates.{gate.id}.limit" for gate in metric.gates if hasattr(gate, "limit")}
        allowed = ["weight.value", *limits.values()]
        bounded = 0 <= override.value <= 5 if override.field == "weight.value" else 0 < override.value < 1  # noqa: PLR2004 -- the bounds of the rubric schema
        if override.field not in allowed or not bounded:
            yield Problem(
                "SCO002",
                "this value cannot be replaced by a study",
                Place(_STUDY, column="overrides"),
                found=f"{override.metric}: {override.field} = {override.value:g}",
                expected=f"one of {', '.join(allowed)}; weights 0 to 5, limits between 0 and 1",
                fix="correct the field or the value",
            )


def _strata(_rubric: Rubric, study: StudyFile, tables: _Tables) -> Iterator[Problem]:
    yield from strata_problems(study, tables["items"])
    known = sorted({name for strata in tables["items"]["strata"] if strata for name in strata})
    named = [("plan.strata.report", name) for name in study.plan.strata.report]
    named += [("plan.strata.high_risk", name.removeprefix("strata.")) for name in study.plan.strata.high_risk]
    if study.plan.cluster.startswith("strata."):
        named.append(("plan.cluster", study.plan.cluster.removeprefix("strata.")))
    for column, name in named:
        if name not in known:
            yield Problem(
                "SCO003",
                "no item has this stratum",
                Place(_STUDY, column=column),
                found=repr(name),
                expected="a stratum of the items table",
                fix=_near(name, known),
            )
    if study.plan.cluster.startswith("strata."):
        name = study.plan.cluster.removeprefix("strata.")
        without = [
            str(item)
            for item, strata in zip(tables["items"]["item_id"], tables["items"]["strata"], strict=True)
            if not (strata or {}).get(name)
        ]
        if without and name in known:
            yield Problem(
                "SCO003",
                "items without the stratum that makes the clusters",
                Place("items", column=f"strata.{name}"),
                found=f"{len(without)} items, first {without[0]!r}",
                expected="a level for every item",
                fix="give every item its level or choose another cluster",
            )


def _tables_behind_the_plan(_rubric: Rubric, study: StudyFile, tables: _Tables) -> Iterator[Problem]:
    if study.plan.responses == "as_listed" and tables["responses"].empty:
        yield Problem(
            "SCO004",
            "the plan is the list of responses, and there is none",
            Place(_STUDY, column="plan.responses"),
            found="as_listed without a table of responses",
            expected="responses.jsonl, .csv or .parquet",
            fix="add the table, with status not_run where there is no answer, or plan all_pairs",
        )
    for name in ("responses", "units", "ratings", "assignments", "scores"):
        beyond = tables[name][tables[name]["sample"] > study.plan.samples]
        if len(beyond):
            yield Problem(
                "SCO005",
                "a repeat beyond the plan",
                Place(name, column="sample"),
                found=f"{len(beyond)} rows, highest sample {int(beyond['sample'].max())}",
                expected=f"1 to {study.plan.samples}",
                fix="raise plan.samples or take the rows out",
            )


def _scales_in_the_plan(rubric: Rubric, study: StudyFile, _tables: _Tables) -> Iterator[Problem]:
    known = ["default", *rubric.scales]
    for name in study.plan.ratings_per_unit:
        if name not in known:
            yield Problem(
                "SCO006",
                "the rubric has no such scale",
                Place(_STUDY, column="plan.ratings_per_unit"),
                found=repr(name),
                expected=f"default or a scale of rubric {rubric.header.id}",
                fix=_near(name, known),
            )


def _profile(rubric: Rubric, study: StudyFile, _tables: _Tables) -> Iterator[Problem]:
    known = ["all", *rubric.profiles]
    if study.scope.profile not in known:
        yield Problem(
            "SCO009",
            "the rubric has no such profile",
            Place(_STUDY, column="scope.profile"),
            found=repr(study.scope.profile),
            expected=f"all or a profile of rubric {rubric.header.id}",
            fix=_near(study.scope.profile, known),
        )


def _ticked_modes(rubric: Rubric, _study: StudyFile, tables: _Tables) -> Iterator[Problem]:
    """An unknown mode would be about no metric at all, and the answer would count nowhere."""
    ratings = tables["ratings"]
    if "failure_modes" not in ratings.columns:
        return
    known = sorted({mode.id for metric in rubric.metrics for mode in metric.failure_modes})
    ticked = {str(mode) for cell in ratings["failure_modes"] if isinstance(cell, list | tuple) for mode in cell}
    for mode in sorted(ticked - set(known)):
        yield Problem(
            "SCO010",
            "a rating ticks a failure mode that the rubric does not have",
            Place("ratings", column="failure_modes"),
            found=repr(mode),
            expected=f"a failure mode of rubric {rubric.header.id}",
            fix=_near(mode, known),
        )


def _not_in_this_version(rubric: Rubric, study: StudyFile, _tables: _Tables) -> Iterator[Problem]:
    by_id = {metric.id: metric for metric in rubric.metrics}
    for metric in metrics_in_scope(rubric, study):
        found = []
        if not _joins(metric):
            found.append(f"combine: {metric.combine} with quantity.type: {metric.quantity.type}")
        source = by_id.get(metric.derives_from.get("correct", ""))
        if source is not None and source.quantity.type in _NO_CORRECTNESS:
            found.append(f"derives_from: {source.id}, a {source.quantity.type}")
        if found:
            yield Problem(
                "SCO007",
                "this version cannot compute the metric",
                _file_of(metric),
                found="; ".join(found),
                expected="a rule that this version computes",
                fix="take the metric out of scope in study.yaml, with the reason",
            )


def _joins(metric: Metric) -> bool:
    """Whether the joining rule has a meaning for the quantity.

    Pairs and confidence are no pass or fail of one text; a prediction-powered mean is one over responses.
    """
    if isinstance(metric.quantity, PairedQuantity):
        rules = (Combine.clinician_only,) if metric.quantity.of.ratings else _PAIRED_CHECKS
        return metric.combine in rules
    if metric.combine is Combine.prediction_powered:
        return metric.quantity.type in _MEANS and metric.quantity.per == Grain.response
    return metric.quantity.type != QuantityType.calibration or metric.combine is Combine.check_only


def _file_of(metric: Metric) -> Place:
    return Place(f"metrics/{metric.track}/{metric.id}.yaml")


def _source_out_of_scope(rubric: Rubric, study: StudyFile, _tables: _Tables) -> Iterator[Problem]:
    kept = metrics_in_scope(rubric, study)
    known = {metric.id for metric in kept}
    for metric in kept:
        for source in metric.derives_from.values():
            if source not in known:
                yield Problem(
                    "SCO012",
                    "a metric derives from one that is out of scope",
                    _file_of(metric),
                    found=source,
                    expected="both in scope, or both out",
                    fix=f"keep {source} in scope, or take {metric.id} out as well, with the reason",
                )


def _families(rubric: Rubric, study: StudyFile, tables: _Tables) -> Iterator[Problem]:
    for metric in metrics_in_scope(rubric, study):
        if isinstance(metric.quantity, PairedQuantity) and metric.quantity.pairs.within == "family_id":
            for what, families in family_faults(metric, metric.quantity, study.plan.cluster, tables["items"]):
                yield Problem(
                    "SCO011",
                    what,
                    Place("items", column="family_id"),
                    found=f"{len(families)} families, first {families[0]!r}, compared by {metric.id}",
                    expected=f"one {metric.quantity.pairs.base} per family, different variants, all in one cluster",
                    fix="correct the families, or name a cluster that holds them (plan.cluster: family_id)",
                )


_Rule = Callable[[Rubric, StudyFile, _Tables], Iterator[Problem]]
_RULES: tuple[_Rule, ...] = (
    _unknown_metrics,
    _overrides,
    _strata,
    _tables_behind_the_plan,
    _scales_in_the_plan,
    _profile,
    _ticked_modes,
    _not_in_this_version,
    _source_out_of_scope,
    _families,
)
