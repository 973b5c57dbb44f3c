"""What stands beside the primary numbers: other sources, the spread over levels. None of it drives anything.

May import terms, ``render`` and report.
"""

from collections.abc import Iterator

from dualtrack.render import Cell, Column, Group, Row, Section, Table, anchor, listed, numbers, sentence
from dualtrack.report.document import Metric, Scale, System
from dualtrack.report.figures import show_words, value_cell
from dualtrack.report.rows import Estimate
from dualtrack.report.scores import interval_notes
from dualtrack.report.sheet import PRIMARY, Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words

__all__ = ["levels_section", "sources_section"]

SHADES = (0.1, 0.25, 0.5, 0.75)
SHADE_NAMES = ("0", "1", "2", "3", "4")


def sources_section(sheet: Sheet, words: Words) -> Section | None:
    """The numbers of every other source beside the one that counts; None where there are none.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    groups, drawn = [], []
    for metric in sheet.scoped:
        rows = [
            (system, basis, row)
            for basis in _bases(sheet, metric)
            for system in sheet.study.systems
            if (row := sheet.estimate(metric.id, system, metric.quantity.show, basis=basis)) is not None
        ]
        if rows:
            lines = tuple(_source_row(sheet, words, metric, system, basis=basis) for system, basis, _ in rows)
            groups.append(Group(_group_title(words, metric), lines))
            drawn += [row for _, _, row in rows]
    if not groups:
        return None
    confidence = numbers.exact_percent(sheet.run.confidence)
    table = Table(
        anchor="sources-table",
        caption=words.say("sources.caption"),
        columns=(
            Column(words.say("columns.system"), head=True),
            Column(words.say("columns.counts", confidence=confidence), "number"),
            Column(words.say("columns.source"), wide=True),
            Column(words.say("columns.estimate", confidence=confidence), "number"),
            Column(words.say("columns.items"), "number"),
        ),
        groups=tuple(groups),
        notes=(*interval_notes(sheet, words, drawn), *_family_notes(sheet, words, drawn)),
    )
    view = TablesView(words.say("sources.lead"), (table,))
    return Section("sources", words.say("sections.sources"), TABLES, view)


def _family_notes(sheet: Sheet, words: Words, drawn: list[Estimate]) -> Iterator[str]:
    """Which of the sources that are shown are of the family of a system that is shown."""
    shown = {(row.basis, row.system_id) for row in drawn}
    for source in sheet.study.sources:
        names = [
            system.name
            for system in sheet.study.systems
            if system.id in source.same_family and (f"score:{source.id}", system.id) in shown
        ]
        if names:
            yield words.say("sources.family_note", source=source.name, systems=listed(tuple(names)))


def levels_section(sheet: Sheet, words: Words) -> Section | None:
    """How all ratings spread over the levels of each scale; None where no metric reports it.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    tables = tuple(
        _level_table(sheet, words, scale, metrics)
        for scale in sheet.scales.values()
        if (metrics := [metric for metric in sheet.scoped if metric.scale == scale.id and _levels(sheet, metric)])
    )
    if not tables:
        return None
    return Section("levels", words.say("sections.levels"), TABLES, TablesView(words.say("levels.lead"), tables))


def _group_title(words: Words, metric: Metric) -> str:
    return words.say("metrics.caption", title=metric.title, show=show_words(words, metric.quantity.show, "title"))


def _bases(sheet: Sheet, metric: Metric) -> tuple[str, ...]:
    shows = {(row.subject_id, row.show) for row in sheet.estimates.values()}
    if (metric.id, metric.quantity.show) not in shows:
        return ()
    return tuple(sorted({row.basis for row in sheet.estimates.values() if row.subject_id == metric.id} - {PRIMARY}))


def _basis_words(sheet: Sheet, words: Words, basis: str) -> str:
    kind, _, source_id = basis.partition(":")
    if kind != "score" or not source_id:
        return words.word("bases", basis, basis=basis)
    source = sheet.source(source_id)
    if source is None:
        return words.say("bases.score", name=source_id, kind=words.say("sources.unknown_kind"))
    return words.say("bases.score", name=source.name, kind=words.say(f"source_kinds.{source.kind}"))


def _source_row(sheet: Sheet, words: Words, metric: Metric, system: System, *, basis: str) -> Row:
    show = metric.quantity.show
    counts, beside = (sheet.estimate(metric.id, system, show, basis=each) for each in (PRIMARY, basis))
    items = Cell(words.say("metrics.not_computed"), muted=True)
    if beside is not None and beside.n_items is not None:
        items = Cell(numbers.count(beside.n_items))
    lines = [words.say("sources.drives_nothing")]
    source = sheet.source(basis.removeprefix("score:"))
    if source is not None and system.id in source.same_family:
        lines.append(words.say("sources.same_family"))
    said_by = Cell(_basis_words(sheet, words, basis), lines=tuple(lines))
    return Row((Cell(system.name), value_cell(words, counts), said_by, value_cell(words, beside), items))


def _levels(sheet: Sheet, metric: Metric) -> bool:
    return any(row.subject_id == metric.id and row.show.startswith("level:") for row in sheet.estimates.values())


def _level_table(sheet: Sheet, words: Words, scale: Scale, metrics: list[Metric]) -> Table:
    levels = [level.id for level in scale.levels]
    groups = tuple(
        Group(
            metric.title,
            tuple(_level_row(sheet, words, metric, system, levels=levels) for system in sheet.study.systems),
        )
        for metric in metrics
    )
    first, last = scale.levels[0], scale.levels[-1]
    note = words.say(
        "levels.note",
        first=first.id,
        first_anchor=sentence(first.anchor),
        last=last.id,
        last_anchor=sentence(last.anchor),
    )
    return Table(
        anchor=anchor("levels", scale.id),
        caption=words.say("levels.caption", title=scale.title),
        columns=(
            Column(words.say("columns.system"), head=True),
            Column(words.say("columns.ratings"), "number"),
            *(Column(words.say("levels.column", level=level), "number") for level in levels),
        ),
        groups=groups,
        notes=(note,),
    )


def _level_row(sheet: Sheet, words: Words, metric: Metric, system: System, *, levels: list[str]) -> Row:
    shares = [sheet.estimate(metric.id, system, f"level:{level}") for level in levels]
    total = next((row.n_units for row in shares if row is not None and row.n_units is not None), None)
    count = Cell(words.say("metrics.not_computed"), muted=True) if total is None else Cell(numbers.count(total))
    return Row((Cell(system.name), count, *(_level_cell(words, row) for row in shares)))


def _level_cell(words: Words, row: Estimate | None) -> Cell:
    if row is None or row.value is None:
        return Cell(words.say("levels.absent"), muted=True)
    shade = SHADE_NAMES[sum(row.value >= limit for limit in SHADES)]
    lines = () if row.n_events is None else (numbers.count(row.n_events),)
    return Cell(numbers.percent(row.value, n=row.n_units), lines=lines, shade=shade)
