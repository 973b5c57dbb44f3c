"""Reading a results folder for pages: scorecards.json in, a typed document or coded problems out.

One of the places where files are read. May import errors, terms, the specification of the result tables and its own
package. Everything that a page needs is checked here, so that views never meet a missing name or a wrong type.
"""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from dualtrack.errors import Place, Problem, ReportError
from dualtrack.records.results import RESULT_TABLES
from dualtrack.report import document as parts
from dualtrack.report import rows
from dualtrack.report.dispute_rows import DisputedCase, WithoutDisputed
from dualtrack.report.pair_counts import RatingPair
from dualtrack.report.record_source import record_of
from dualtrack.report.risk_source import risk_of
from dualtrack.report.taking import DOCUMENT, Taker
from dualtrack.report.whole import loose_ends
from dualtrack.terms import Aggregate, Combine, GateKind, MissingRule, QuantityType, Track

__all__ = ["SCHEMA", "load_document", "parse_document"]

SCHEMA = "dualtrack.results/1"
TRACKS = tuple(Track)
TABLES = {table.name: table for table in RESULT_TABLES}
_CLAUSE = ("framework", "edition", "clause", "status", "verified")
_AGAIN = "score the study again"
RowType = TypeVar("RowType")


def load_document(folder: Path) -> parts.Document:
    """The content of the results in a folder.

    Args:
        folder: a results folder as ``dualtrack score`` writes it.

    Returns:
        The typed content of its scorecards.json.

    Raises:
        ReportError: REP001 no such folder; REP002 no scorecards.json in it; REP003 not readable as JSON; REP004
            another schema; REP005 a value missing or of the wrong type; REP006 a row about an unknown system or
            metric, twice the same row, or a system without a verdict.
    """
    if not folder.is_dir():
        _refuse("REP001", "there is no such results folder", folder.name, "score a study with --out into this folder")
    path = folder / DOCUMENT
    if not path.is_file():
        _refuse("REP002", "the folder holds no results", DOCUMENT, "score a study with --out into this folder")
    return parse_document(path.read_bytes())


def parse_document(data: bytes) -> parts.Document:
    """The content of scorecards.json.

    Args:
        data: its bytes.

    Returns:
        The typed content.

    Raises:
        ReportError: REP003 to REP006, as ``load_document``.
    """
    raw = _json(data)
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        found = raw.get("schema") if isinstance(raw, dict) else type(raw).__name__
        problem = Problem(
            "REP004",
            "the results were written in another form",
            Place(DOCUMENT, column="schema"),
            found=ascii(found)[:60],
            expected=SCHEMA,
            fix="score the study again with this version of dualtrack",
        )
        raise ReportError(problem)
    problems: list[Problem] = []
    document = _document(Taker(raw, "", problems))
    if not problems:
        problems += loose_ends(document)
    if problems:
        raise ReportError(problems)
    return document


def _refuse(code: str, what: str, file: str, fix: str) -> NoReturn:
    raise ReportError(Problem(code, what, Place(file), fix=fix))


def _json(data: bytes) -> Any:  # noqa: ANN401 -- JSON before it is typed
    def finite(text: str) -> float:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(f"{text} is not a finite number")
        return number

    try:
        return json.loads(data.decode("utf-8"), parse_constant=finite, parse_float=finite)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        cause = error.msg if isinstance(error, json.JSONDecodeError) else str(error)[:120]
        problem = Problem(
            "REP003", "the results cannot be read as JSON", Place(DOCUMENT, line=line), found=cause, fix=_AGAIN
        )
        raise ReportError(problem) from error


def _document(top: Taker) -> parts.Document:
    engine, tables = top.inner("engine"), top.inner("tables")
    scales = [_scale(each) for each in top.each("scales")]
    return parts.Document(
        study=_study(top.inner("study")),
        rubric=_rubric(top.inner("rubric")),
        metrics=tuple(_metric(each) for each in top.each("metrics")),
        scales={scale.id: scale for scale in scales},
        engine=engine.text("name"),
        engine_version=engine.text("version"),
        run=_run(top.inner("run")),
        inputs=tuple(parts.InputFile(each.text("file"), each.text("sha256")) for each in top.each("inputs")),
        notes=tuple(_note(each) for each in top.each("notes")),
        estimates=_rows(tables, "estimates", rows.Estimate),
        gates=_rows(tables, "gates", rows.Gate),
        verdicts=_rows(tables, "verdicts", rows.Verdict),
        comparisons=_rows(tables, "comparisons", rows.Comparison),
        accountability=_rows(tables, "accountability", rows.Account),
        check_proof=_rows(tables, "check_proof", rows.CheckProof, required=False),
        agreement=_rows(tables, "agreement", rows.Agreement, required=False),
        rating_pairs=_rows(tables, "rating_pairs", RatingPair, required=False),
        preference_estimates=_rows(tables, "preference_estimates", rows.PreferenceEstimate, required=False),
        rater_effects=_rows(tables, "rater_effects", rows.RaterEffect, required=False),
        veto_curves=_rows(tables, "veto_curves", rows.VetoCurve, required=False),
        disputed_cases=_rows(tables, "disputed_cases", DisputedCase, required=False),
        without_disputed=_rows(tables, "without_disputed", WithoutDisputed, required=False),
        ranks=_rows(tables, "ranks", rows.Rank, required=False),
        robustness=_rows(tables, "robustness", rows.Robustness, required=False),
        failure_modes=_rows(tables, "failure_modes", rows.FailureMode, required=False),
        risk=risk_of(top.inner_or_empty("risk")),
    )


def _rows(tables: Taker, name: str, build: Callable[..., RowType], *, required: bool = True) -> tuple[RowType, ...]:
    """The rows of a table; one that came with a later version is empty where it is absent."""
    columns = TABLES[name].columns
    return tuple(
        build(**{column.name: row.column(column) for column in columns}) for row in tables.each(name, required=required)
    )


def _study(study: Taker) -> parts.Study:
    context, scope = study.inner("context"), study.inner("scope")
    systems = tuple(_system(each) for each in study.each("systems"))
    return parts.Study(
        id=study.text("id"),
        title=study.text("title"),
        data_kind=study.word("data_kind", ("real", "synthetic", "mixed")),
        data_class=study.word("data_class", ("public", "synthetic", "de_identified", "identifiable")),
        use=context.text("use"),
        users=context.text("users"),
        setting=context.text("setting"),
        languages=context.texts("languages"),
        systems=systems,
        baseline=study.word_or_none("baseline", tuple(system.id for system in systems)) if systems else None,
        sources=tuple(_source(each) for each in study.each("sources")),
        plan=_plan(study.inner("plan")),
        scope_out=tuple(
            parts.ScopeOut(each.text("metric"), each.text("reason"), each.text("by"), each.text("at"))
            for each in scope.each("out")
        ),
        overrides=tuple(_override(each) for each in study.each("overrides")),
        credits=study.text_or_none("credits"),
    )


def _system(system: Taker) -> parts.System:
    return parts.System(
        id=system.text("id"),
        name=system.text("name"),
        vendor=system.text_or_none("vendor"),
        kind=system.word("kind", ("general_llm", "specialised", "hybrid", "human", "other")),
        role=system.word("role", ("candidate", "comparator")),
        version=system.text_or_none("version"),
        accessed=system.text_or_none("accessed"),
    )


def _source(source: Taker) -> parts.Source:
    return parts.Source(
        id=source.text("id"),
        kind=source.word("kind", ("llm_judge", "harness", "device")),
        name=source.text("name"),
        version=source.text_or_none("version"),
        family=source.text_or_none("family"),
        same_family=source.texts("same_family"),
    )


def _plan(plan: Taker) -> parts.Plan:
    rho0, owed, comparisons = plan.inner("rho0"), plan.inner("ratings_per_unit"), plan.inner("comparisons")
    margins = comparisons.inner_or_empty("margins")
    return parts.Plan(
        samples=plan.integer("samples"),
        ratings_per_unit={key: owed.integer(key) for key in owed.names()},
        cluster=plan.text("cluster"),
        rho0=rho0.number("value"),
        rho0_why=rho0.text("why"),
        coverage_floor=plan.inner("floors").number("coverage"),
        comparisons=comparisons.word("pairs", ("all", "baseline", "none")),
        margins={key: margins.number(key) for key in margins.names()},
        disputes=None if "disputes" not in plan.names() else _dispute_rule(plan.inner("disputes")),
    )


def _dispute_rule(stated: Taker) -> parts.DisputeRule:
    return parts.DisputeRule(stated.text("rule"), stated.text("decided_by"))


def _override(each: Taker) -> parts.Override:
    return parts.Override(
        metric=each.text("metric"),
        field=each.text("field"),
        value=each.number("value"),
        reason=each.text("reason"),
        by=each.text("by"),
        at=each.text("at"),
    )


def _rubric(rubric: Taker) -> parts.RubricFacts:
    floors = rubric.inner("floors")
    return parts.RubricFacts(
        id=rubric.text("id"),
        version=rubric.text("version"),
        title=rubric.text("title"),
        about=rubric.text("about"),
        licence=rubric.text("licence"),
        source=rubric.text_or_none("source"),
        sha256=rubric.text("sha256"),
        floors=parts.Floors(floors.number("coverage"), floors.integer("items"), floors.integer("clusters")),
    )


def _scale(scale: Taker) -> parts.Scale:
    levels = [
        parts.Level(each.text("id"), each.number_or_none("value"), each.text("anchor")) for each in scale.each("levels")
    ]
    return parts.Scale(
        id=scale.text("id"),
        title=scale.text("title"),
        ask=scale.text("ask"),
        levels=tuple(levels),
        why=scale.text("why"),
        source=scale.text_or_none("source"),
    )


def _metric(metric: Taker) -> parts.Metric:
    weight, missing, ratings = metric.inner("weight"), metric.inner("missing"), metric.inner_or_empty("ratings")
    stated = metric.inner_or_empty("overridden")
    limits = {each.text("id"): each.number_or_none("limit") for each in stated.each("gates", required=False)}
    stated_weight = stated.inner_or_empty("weight").number_or_none("value")
    return parts.Metric(
        id=metric.text("id"),
        code=metric.text("code"),
        track=metric.word("track", TRACKS),
        title=metric.text("title"),
        definition=metric.text("definition"),
        does_not_show=metric.text("does_not_show"),
        lifecycle=metric.word("lifecycle", ("draft", "stable", "retired")),
        quantity=_quantity(metric.inner("quantity")),
        scale=metric.text_or_none("scale"),
        aggregate=metric.word_or_none("aggregate", tuple(Aggregate)),
        fail_when=_fail_when(ratings.inner_or_empty("fail_when")),
        combine=metric.word("combine", tuple(Combine)),
        missing_rule=missing.word("rule", tuple(MissingRule)),
        missing_why=missing.text_or_none("why"),
        weight=weight.number("value"),
        stated_weight=weight.number("value") if stated_weight is None else stated_weight,
        weight_why=weight.text("why"),
        gates=tuple(_gate_rule(each, limits) for each in metric.each("gates")),
        checks=tuple(
            parts.CheckUse(
                each.text("id"),
                each.text("kind"),
                each.word("proof", ("clinicians", "by_construction")),
                each.text_or_none("why"),
            )
            for each in metric.each("checks")
        ),
        in_scope=metric.boolean("in_scope"),
        failure_modes=tuple(
            parts.NamedMode(each.text("id"), each.text("act"), each.text_or_none("title"))
            for each in metric.each("failure_modes", required=False)
        ),
        crosswalk=tuple(
            parts.Clause(**{name: each.text(name) for name in _CLAUSE})
            for each in metric.each("crosswalk", required=False)
        ),
    )


def _quantity(quantity: Taker) -> parts.Quantity:
    return parts.Quantity(
        type=quantity.word("type", tuple(QuantityType)),
        per=quantity.text("per"),
        show=quantity.text("show"),
        also=tuple(
            parts.Also(each.text("show"), each.text_or_none("unit")) for each in quantity.each("also", required=False)
        ),
    )


def _fail_when(given: Taker) -> parts.FailWhen | None:
    if not given.names():
        return None
    return parts.FailWhen(
        at_least=given.text_or_none("at_least"),
        at_most=given.text_or_none("at_most"),
        any_of=given.texts("any_of"),
        below=given.number_or_none("below"),
        above=given.number_or_none("above"),
    )


def _gate_rule(gate: Taker, stated: Mapping[str, float | None]) -> parts.GateRule:
    limit, stratum = gate.number_or_none("limit"), gate.inner_or_empty("stratum")
    return parts.GateRule(
        id=gate.text("id"),
        kind=gate.word("kind", tuple(GateKind)),
        limit=limit,
        stated_limit=stated.get(gate.text("id"), limit),
        fails=_fail_when(gate.inner_or_empty("fails")),
        stratum=tuple((name, stratum.text(name)) for name in stratum.names()),
        threshold=gate.word_or_none("threshold", ("ours", "published", "contract")),
        n=gate.integer_or_none("n"),
        comparator=gate.text_or_none("comparator"),
        why=gate.text_or_none("why"),
    )


def _run(run: Taker) -> parts.Run:
    versions = run.inner("versions")
    return parts.Run(
        clock=run.text_or_none("clock"),
        seed=run.integer("seed"),
        resamples=run.integer("resamples"),
        confidence=run.number("confidence"),
        retrospective=run.boolean("retrospective"),
        versions=tuple((key, versions.text(key)) for key in versions.names()),
        record=record_of(run),
    )


def _note(note: Taker) -> parts.Note:
    given = note.inner_or_empty("facts")
    facts = {key: given.fact(key) for key in given.names()}
    return parts.Note(note.text("code"), note.word_or_none("track", TRACKS), facts)
