"""What stands beside the primary numbers: other sources, the spread over levels, subgroups. None of it drives anything.

May import terms, ``render`` and report.
"""

from collections.abc import Iterator

from dualtrack.render import Axis, Cell, Column, Row, Section, Table, anchor, numbers
from dualtrack.report.document import Estimate, Metric, Scale
from dualtrack.report.figures import Form, axis_of, estimate_text, form_of, show_words, undefined_text
from dualtrack.report.scores import interval_notes, plot_cell
from dualtrack.report.sheet import PRIMARY, Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import Fill

__all__ = ["levels_section", "sources_section", "strata_section"]

SHADES = (0.1, 0.25, 0.5, 0.75)


def sources_section(sheet: Sheet, words: Words) -> Section | None:
    """The numbers of every basis except the primary one, beside it; None where there are none.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    tables = tuple(
        _source_table(sheet, words, metric, bases) for metric in sheet.scoped if (bases := _bases(sheet, metric))
    )
    if not tables:
        return None
    view = TablesView(words.say("sources.lead"), tables)
    return Section("sources", words.say("sections.sources"), TABLES, view)


def levels_section(sheet: Sheet, words: Words) -> Section | None:
    """How all ratings spread over the levels of each scale; None where no metric reports it.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    rated = [metric for metric in sheet.scoped if _levels(sheet, metric)]
    if not rated:
        return None
    tables = tuple(_level_table(sheet, words, metric, sheet.scales[metric.scale or ""]) for metric in rated)
    view = TablesView(words.say("levels.lead"), tables)
    return Section("levels", words.say("sections.levels"), TABLES, view)


def strata_section(sheet: Sheet, words: Words) -> Section | None:
    """Every metric in every subgroup that the study reports; None where it reports none.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    tables = tuple(
        _stratum_table(sheet, words, metric, stratum)
        for metric in sheet.scoped
        for stratum in sorted({row.stratum for row in _stratified(sheet, metric)})
    )
    if not tables:
        return None
    view = TablesView(words.say("strata.lead"), tables)
    return Section("strata", words.say("sections.strata"), TABLES, view)


def _bases(sheet: Sheet, metric: Metric) -> tuple[str, ...]:
    found = {
        row.basis
        for row in sheet.estimates.values()
        if row.subject_id == metric.id and row.show == metric.quantity.show and not row.stratum
    }
    return tuple(sorted(found - {PRIMARY}))


def _basis_words(sheet: Sheet, words: Words, basis: str) -> str:
    kind, _, source_id = basis.partition(":")
    if kind != "score" or not source_id:
        return words.word("bases", basis, basis=basis)
    source = sheet.source(source_id)
    if source is None:
        return words.say("bases.score", name=source_id, kind=words.say("sources.unknown_kind"))
    return words.say("bases.score", name=source.name, kind=words.say(f"source_kinds.{source.kind}"))


def _source_table(sheet: Sheet, words: Words, metric: Metric, bases: tuple[str, ...]) -> Table:
    show = metric.quantity.show
    pairs = [(system, basis) for system in sheet.study.systems for basis in (PRIMARY, *bases)]
    rows = {(system.id, basis): sheet.estimate(metric.id, system, show, basis=basis) for system, basis in pairs}
    drawn = [row for row in rows.values() if row is not None]
    axis = axis_of(drawn, form_of(show))
    confidence = numbers.exact_percent(sheet.run.confidence)
    columns = (
        Column(words.say("columns.system"), head=True),
        Column(words.say("columns.source"), wide=True),
        Column(words.say("columns.items"), "number"),
        Column(words.say("columns.estimate", confidence=confidence), "number"),
        *([Column(words.say("columns.plot"), "plot", axis=axis)] if axis else []),
    )
    lines = tuple(
        Row(
            (
                Cell(system.name),
                _source_cell(sheet, words, basis),
                *_source_numbers(words, rows[system.id, basis], axis),
            )
        )
        for system, basis in pairs
    )
    caption = words.say("sources.caption", title=metric.title, show=show_words(words, show, "title"))
    notes = tuple(interval_notes(sheet, words, drawn))
    return Table(anchor("sources", metric.id), caption, columns, lines, notes)


def _source_cell(sheet: Sheet, words: Words, basis: str) -> Cell:
    drives = words.say("sources.drives" if basis == PRIMARY else "sources.drives_nothing")
    return Cell(_basis_words(sheet, words, basis), lines=(drives,), muted=basis != PRIMARY)


def _source_numbers(words: Words, row: Estimate | None, axis: Axis | None) -> Iterator[Cell]:
    if row is None or row.n_items is None:
        yield Cell(words.say("metrics.not_computed"), muted=True)
    else:
        yield Cell(numbers.count(row.n_items))
    yield Cell(estimate_text(words, row) if row else undefined_text(words, None), muted=row is None or row.value is None)
    if axis is not None:
        yield plot_cell(row, axis)


def _levels(sheet: Sheet, metric: Metric) -> bool:
    return metric.scale is not None and any(
        row.subject_id == metric.id and row.show.startswith("level:") for row in sheet.estimates.values()
    )


def _level_table(sheet: Sheet, words: Words, metric: Metric, scale: Scale) -> Table:
    levels = [level.id for level in scale.levels]
    heads = [Column(words.say("levels.column", level=level), "number") for level in levels]
    lines = []
    for system in sheet.study.systems:
        shares = [sheet.estimate(metric.id, system, f"level:{level}") for level in levels]
        total = next((row.n_units for row in shares if row is not None and row.n_units is not None), None)
        count = Cell(words.say("metrics.not_computed"), muted=True) if total is None else Cell(numbers.count(total))
        lines.append(Row((Cell(system.name), count, *(_level_cell(words, row) for row in shares))))
    first, last = scale.levels[0], scale.levels[-1]
    note = words.say(
        "levels.note", first=first.id, first_anchor=_sentence(first.anchor), last=last.id, last_anchor=_sentence(last.anchor)
    )
    return Table(
        anchor=anchor("levels", metric.id),
        caption=words.say("levels.caption", title=metric.title),
        columns=(
            Column(words.say("columns.system"), head=True),
            Column(words.say("columns.ratings"), "number"),
            *heads,
        ),
        rows=tuple(lines),
        notes=(note,),
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _level_cell(words: Words, row: Estimate | None) -> Cell:
    if row is None or row.value is None:
        return Cell(words.say("levels.absent"), muted=True)
    shade = str(sum(row.value >= limit for limit in SHADES))
    lines = () if row.n_events is None else (numbers.count(row.n_events),)
    return Cell(numbers.percent(row.value, n=row.n_units), lines=lines, shade=shade)


def _stratified(sheet: Sheet, metric: Metric) -> list[Estimate]:
    return [
        row
        for row in sheet.estimates.values()
        if row.subject_id == metric.id and row.stratum and row.show == metric.quantity.show
        if row.basis == PRIMARY and row.missing == Fill.observed
    ]


def _stratum_table(sheet: Sheet, words: Words, metric: Metric, stratum: str) -> Table:
    show = metric.quantity.show
    form: Form = form_of(show)
    rows = [row for row in _stratified(sheet, metric) if row.stratum == stratum]
    order = [system.id for system in sheet.study.systems]
    rows.sort(key=lambda row: (row.stratum_level, order.index(row.system_id)))
    axis = axis_of(rows, form)
    confidence = numbers.exact_percent(sheet.run.confidence)
    columns = (
        Column(words.say("columns.subgroup"), head=True),
        Column(words.say("columns.system")),
        Column(words.say("columns.items"), "number"),
        Column(words.say("columns.estimate", confidence=confidence), "number"),
        *([Column(words.say("columns.plot"), "plot", axis=axis)] if axis else []),
    )
    lines = tuple(
        Row(
            (
                Cell(row.stratum_level),
                Cell(sheet.system_name(row.system_id)),
                *_source_numbers(words, row, axis),
            )
        )
        for row in rows
    )
    caption = words.say("strata.caption", title=metric.title, stratum=stratum, show=show_words(words, show, "title"))
    return Table(anchor("strata", metric.id, stratum), caption, columns, lines, tuple(interval_notes(sheet, words, rows)))
