"""The index: two states for each system side by side, and everything that identifies the study and the run.

May import terms, ``render`` and report. Both tracks meet here as states only: no number of one stands beside one of
the other, and nothing is added up.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dualtrack.render import Cell, Column, Fact, Link, Row, Section, Table, numbers
from dualtrack.report.document import Document, System
from dualtrack.report.marks import state_mark
from dualtrack.report.readers import readers_section
from dualtrack.report.rows import Account
from dualtrack.report.sheet import Sheet
from dualtrack.report.view import FACTS, TABLES, FactsView, TablesView
from dualtrack.report.words import Words

__all__ = ["TextView", "accountability_section", "inputs_section", "overview_sections", "run_section"]

OUT = ("metric", "reason", "who", "when")
OVERRIDES = ("metric", "field", "study_value", "reason", "who", "when")
STAGES = ("planned", "run", "answered", "scored", "analysed")


@dataclass(frozen=True, slots=True)
class TextView:
    """Paragraphs of text that came with the study."""

    paragraphs: tuple[str, ...]


def overview_sections(
    document: Document,
    sheets: tuple[Sheet, ...],
    words: Words,
    links: tuple[Link, ...],
    *,
    feedback: tuple[Link, ...] = (),
) -> Iterator[Section]:
    """The sections of the index.

    Args:
        document: the results.
        sheets: both tracks, in order.
        words: the sentences.
        links: links to the pages, those of the tracks first.
        feedback: links to the sheets for single vendors.

    Yields:
        One section after the other.
    """

    def section(name: str, template: str, view: object) -> Section:
        return Section(name, words.say(f"sections.{name}"), template, view)

    yield section("states", TABLES, TablesView(words.say("overview.lead"), (_states(document, sheets, words),)))
    yield readers_section(links, feedback, words)
    yield section("systems", TABLES, TablesView("", (_systems(document, words),)))
    yield accountability_section(document, words)
    yield section("scope", TABLES, _scope(document, words))
    yield section("rubric", FACTS, FactsView(tuple(_rubric(document, words)), (_metrics(document, words),)))
    yield run_section(document, words)
    yield inputs_section(document, words)
    if document.study.credits is not None:
        view = TextView(tuple(part.strip() for part in document.study.credits.split("\n\n") if part.strip()))
        yield section("credits", "report/sections/text.html.j2", view)


def accountability_section(document: Document, words: Words) -> Section:
    """What became of the responses that were planned.

    Args:
        document: the results.
        words: the sentences.
    """
    view = TablesView(words.say("overview.accountability_lead"), (_accountability(document, words),))
    return Section("accountability", words.say("sections.accountability"), TABLES, view)


def run_section(document: Document, words: Words) -> Section:
    """How the numbers were computed, as far as anybody needs to compute them again.

    Args:
        document: the results.
        words: the sentences.
    """
    return Section("run", words.say("sections.run"), FACTS, FactsView(tuple(_run(document, words))))


def inputs_section(document: Document, words: Words) -> Section:
    """Every file that was read, with its digest.

    Args:
        document: the results.
        words: the sentences.
    """
    return Section("inputs", words.say("sections.inputs"), TABLES, _inputs(document, words))


def _states(document: Document, sheets: tuple[Sheet, ...], words: Words) -> Table:
    def cells(system: System) -> tuple[Cell, ...]:
        marks = [Cell(mark=state_mark(words, sheet.verdicts[system.id].state)) for sheet in sheets]
        return (Cell(system.name, lines=(words.say(f"systems.{system.role}"),)), *marks)

    return Table(
        anchor="states-table",
        caption=words.say("overview.states_caption"),
        columns=(
            Column(words.say("columns.system"), head=True),
            *(Column(words.say(f"columns.{sheet.track}")) for sheet in sheets),
        ),
        rows=tuple(Row(cells(system)) for system in document.study.systems),
    )


def _or_not_stated(words: Words, text: str | None) -> Cell:
    return Cell(words.say("overview.not_stated"), muted=True) if text is None else Cell(text)


def _systems(document: Document, words: Words) -> Table:
    names = ("system", "role", "kind", "vendor", "version", "accessed")
    rows = [
        Row(
            (
                Cell(system.name),
                Cell(words.say(f"systems.{system.role}")),
                Cell(words.say(f"systems.{system.kind}")),
                _or_not_stated(words, system.vendor),
                _or_not_stated(words, system.version),
                _or_not_stated(words, system.accessed and numbers.day(system.accessed)),
            )
        )
        for system in document.study.systems
    ]
    columns = tuple(Column(words.say(f"columns.{name}"), head=name == "system") for name in names)
    return Table("systems-table", words.say("overview.systems_caption"), columns, tuple(rows))


def _accountability(document: Document, words: Words) -> Table:
    rows = []
    for system in document.study.systems:
        mine = [row for row in document.accountability if row.system_id == system.id]
        reached = {row.stage: row for row in mine if not row.reason}
        lost = tuple(_lost(words, row) for stage in STAGES for row in mine if row.stage == stage and row.reason)
        counts = [
            Cell(numbers.count(reached[stage].n))
            if stage in reached
            else Cell(words.say("overview.not_counted"), muted=True)
            for stage in STAGES
        ]
        losses = Cell(lines=lost) if lost else Cell(words.say("overview.nothing_lost"), muted=True)
        rows.append(Row((Cell(system.name), *counts, losses)))
    columns = (
        Column(words.say("columns.system"), head=True),
        *(Column(words.say(f"columns.stage_{stage}"), "number") for stage in STAGES),
        Column(words.say("columns.lost"), wide=True),
    )
    return Table("accountability-table", words.say("overview.accountability_caption"), columns, tuple(rows))


def _lost(words: Words, row: Account) -> str:
    reason = row.reason
    if words.known("reasons", reason):
        reason = words.say(f"reasons.{reason}.short")
    stage = words.say(f"overview.stages.{row.stage}")
    return words.say("overview.lost", n=numbers.count(row.n_lost), stage=stage, reason=reason)


def _scope(document: Document, words: Words) -> TablesView:
    study = document.study
    titles = {metric.id: metric.title for metric in document.metrics}
    tables = []
    if study.scope_out:
        rows = [
            Row((Cell(titles.get(out.metric, out.metric)), Cell(out.reason), Cell(out.by), Cell(numbers.day(out.at))))
            for out in study.scope_out
        ]
        tables.append(_plain_table(words, "out", OUT, rows))
    if study.overrides:
        rows = [
            Row(
                (
                    Cell(titles.get(each.metric, each.metric)),
                    Cell(each.field),
                    Cell(numbers.level(each.value)),
                    Cell(each.reason),
                    Cell(each.by),
                    Cell(numbers.day(each.at)),
                )
            )
            for each in study.overrides
        ]
        tables.append(_plain_table(words, "overrides", OVERRIDES, rows))
    return TablesView("" if tables else words.say("overview.scope_none"), tuple(tables))


def _plain_table(words: Words, name: str, names: tuple[str, ...], rows: list[Row]) -> Table:
    columns = tuple(
        Column(words.say(f"columns.{each}"), head=place == 0, wide=each in {"metric", "reason"})
        for place, each in enumerate(names)
    )
    return Table(f"{name}-table", words.say(f"overview.{name}_caption"), columns, tuple(rows))


def _rubric(document: Document, words: Words) -> Iterator[Fact]:
    rubric = document.rubric
    floors = words.say(
        "overview.floors",
        coverage=numbers.exact_percent(rubric.floors.coverage),
        items=numbers.count(rubric.floors.items),
        clusters=numbers.count(rubric.floors.clusters),
    )
    facts = (
        ("rubric", rubric.id),
        ("rubric_version", rubric.version),
        ("rubric_title", rubric.title),
        ("rubric_about", rubric.about),
        ("rubric_licence", rubric.licence),
        ("rubric_source", rubric.source),
        ("rubric_digest", rubric.sha256),
        ("rubric_floors", floors),
    )
    for name, text in facts:
        yield Fact(words.say(f"overview.{name}"), words.say("overview.not_stated") if text is None else text)


def _metrics(document: Document, words: Words) -> Table:
    names = ("code", "metric", "track", "weight", "in_scope")
    rows = [
        Row(
            (
                Cell(metric.code),
                Cell(metric.title),
                Cell(words.say(f"track_titles.{metric.track}")),
                Cell(numbers.level(metric.weight)),
                Cell(words.say("overview.in_scope" if metric.in_scope else "overview.out_of_scope")),
            )
        )
        for metric in document.metrics
    ]
    columns = tuple(
        Column(
            words.say(f"columns.{name}"),
            "number" if name == "weight" else "text",
            head=name == "code",
            wide=name == "metric",
        )
        for name in names
    )
    return Table("metrics-table", words.say("overview.metrics_caption"), columns, tuple(rows))


def _run(document: Document, words: Words) -> Iterator[Fact]:
    run, plan = document.run, document.study.plan
    rho0 = numbers.level(plan.rho0)
    owed = [
        words.say("overview.owed_value", scale=scale, n=numbers.count(n)) for scale, n in plan.ratings_per_unit.items()
    ]
    versions = [words.say("overview.version", name=name, version=version) for name, version in run.versions]
    facts = (
        ("engine", words.say("overview.version", name=document.engine, version=document.engine_version)),
        ("clock", words.say("facts.no_clock") if run.clock is None else numbers.day(run.clock)),
        ("confidence", numbers.exact_percent(run.confidence)),
        ("resamples", numbers.count(run.resamples)),
        ("seed", numbers.numeral(run.seed)),
        ("samples", numbers.count(plan.samples)),
        ("owed", ", ".join(owed) or words.say("overview.no_owed")),
        ("cluster", plan.cluster),
        ("rho0", words.say("overview.rho0_value", rho0=rho0, why=plan.rho0_why) if plan.rho0_why else rho0),
        ("versions", ", ".join(versions) or words.say("overview.no_versions")),
    )
    for name, text in facts:
        yield Fact(words.say(f"overview.{name}"), text)


def _inputs(document: Document, words: Words) -> TablesView:
    if not document.inputs:
        return TablesView(words.say("overview.no_inputs"), ())
    rows = tuple(Row((Cell(each.file), Cell(each.sha256))) for each in document.inputs)
    columns = (
        Column(words.say("columns.file"), head=True),
        Column(words.say("columns.digest"), "code"),
    )
    return TablesView("", (Table("inputs-table", words.say("overview.inputs_caption"), columns, rows),))
