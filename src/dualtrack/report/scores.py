"""The track score and the forest tables, one for each metric: a row for every system.

May import terms, ``render`` and report.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dualtrack.render import Axis, Cell, Column, Row, Section, Table, anchor, interval_bar, numbers
from dualtrack.report.document import Metric, System
from dualtrack.report.figures import Form, axis_of, estimate_text, form_of, show_words, span_text, undefined_text
from dualtrack.report.rows import Estimate
from dualtrack.report.sheet import PRIMARY, Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import Fill

__all__ = ["Block", "MetricsView", "axes", "interval_notes", "metrics_section", "plot_cell", "score_section"]

SCORE, UNWEIGHTED = "score", "unweighted_mean"
OWN_SECTIONS = (
    "level",
    "worst_at",
    "same_on_repeat",
    "within_item_sd",
    "refusals_failing",
    "refusals_left_out",
    "missing_share",
)
"""What stands beside a metric in sections of its own, so that its table stays readable."""
OWN_DENOMINATORS = ("discordant", "discordant_repeats", "overconfident_wrong")


@dataclass(frozen=True, slots=True)
class Block:
    """One metric: its title and code, what it measures and what not, its weight, and its forest table."""

    anchor: str
    title: str
    code: str
    definition: str
    does_not_show: str
    weight: str
    table: Table


@dataclass(frozen=True, slots=True)
class MetricsView:
    """Every metric of the track that is in scope."""

    nothing: str
    notes: tuple[str, ...]
    blocks: tuple[Block, ...]


def score_section(sheet: Sheet, words: Words) -> Section:
    """The score of a track with its interval, bounds, coverage and unweighted mean.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    found = [sheet.estimate(sheet.track, system, SCORE) for system in sheet.study.systems]
    rows = [row for row in found if row is not None]
    lead = words.say("score.lead") if rows else words.say("score.none")
    view = TablesView(lead, (_score_table(sheet, words, rows),) if rows else ())
    return Section("score", words.say("sections.score"), TABLES, view)


def metrics_section(sheet: Sheet, words: Words) -> Section:
    """A forest table for each metric in scope.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    shared = axes(sheet)
    view = MetricsView(
        nothing="" if sheet.scoped else words.say("metrics.none"),
        notes=(words.say("metrics.bounds_note"), words.say("metrics.plot_note")) if sheet.scoped else (),
        blocks=tuple(_block(sheet, words, metric, shared) for metric in sheet.scoped),
    )
    return Section("metrics", words.say("sections.metrics"), "report/sections/metrics.html.j2", view)


def axes(sheet: Sheet) -> dict[Form, Axis]:
    """One axis for each kind of number that the metrics of a track show, so that plots can be compared."""
    drawn = [
        row
        for metric in sheet.scoped
        for system in sheet.study.systems
        if (seen := sheet.estimate(metric.id, system, metric.quantity.show)) is not None and seen.value is not None
        for fill in Fill
        if (row := sheet.estimate(metric.id, system, metric.quantity.show, fill=fill)) is not None
    ]
    forms = {form_of(row.show) for row in drawn}
    found = {form: axis_of([row for row in drawn if form_of(row.show) is form], form) for form in forms}
    return {form: axis for form, axis in found.items() if axis is not None}


def plot_cell(row: Estimate | None, axis: Axis, *, bounds: tuple[float, float] | None = None) -> Cell:
    """A cell with the bar of one estimate; an empty axis where there is no value."""
    if row is None or row.value is None:
        return Cell(bar=interval_bar(axis, None))
    interval = (row.lower, row.upper) if row.lower is not None and row.upper is not None else None
    return Cell(bar=interval_bar(axis, row.value, interval=interval, bounds=bounds))


def interval_notes(sheet: Sheet, words: Words, rows: list[Estimate]) -> Iterator[str]:
    """How the intervals of some rows were made and what they allow for: one paragraph, none without intervals."""
    named = [row for row in rows if row.lower is not None and row.method is not None]
    methods = dict.fromkeys(row.method for row in named if row.method is not None)
    if not methods:
        return
    resamples = numbers.count(sheet.run.resamples)
    texts = tuple(words.word("methods", method, method=method, resamples=resamples) for method in methods)
    covers = dict.fromkeys(row.covers for row in named if row.covers is not None)
    note = words.say(
        "metrics.interval_note", confidence=numbers.exact_percent(sheet.run.confidence), methods="; ".join(texts)
    )
    yield " ".join([note, *(words.say(f"covers.{each}") for each in covers)])


def _count(words: Words, n: int | None) -> Cell:
    return Cell(words.say("metrics.not_computed"), muted=True) if n is None else Cell(numbers.count(n))


def _coverage(words: Words, row: Estimate | None) -> Cell:
    if row is None or row.coverage is None:
        return Cell(words.say("metrics.not_computed"), muted=True)
    return Cell(numbers.percent(row.coverage, n=row.n_planned))


def _bounds(worst: Estimate | None, best: Estimate | None) -> tuple[float, float] | None:
    if worst is None or best is None or worst.value is None or best.value is None:
        return None
    return (worst.value, best.value)


def _score_table(sheet: Sheet, words: Words, rows: list[Estimate]) -> Table:
    systems = sheet.study.systems
    defined = {row.system_id for row in rows if row.value is not None}
    scored = [system for system in systems if system.id in defined]
    fills = [sheet.estimate(sheet.track, system, SCORE, fill=fill) for system in scored for fill in Fill]
    axis = axis_of([row for row in fills if row is not None], form_of(SCORE))
    columns = [
        Column(words.say("columns.system"), head=True),
        Column(words.say("columns.score", confidence=numbers.exact_percent(sheet.run.confidence)), "number"),
        *([Column(words.say("columns.plot"), "plot", axis=axis)] if axis else []),
        Column(words.say("columns.bounds"), "number"),
        Column(words.say("columns.coverage"), "number"),
        Column(words.say("columns.unweighted"), "number"),
        Column(words.say("columns.items"), "number"),
        Column(words.say("columns.clusters"), "number"),
        Column(words.say("columns.raters"), "number"),
    ]
    return Table(
        anchor=anchor("score", sheet.track),
        caption=words.say("score.caption", track=words.say(f"tracks.{sheet.track}")),
        columns=tuple(columns),
        rows=tuple(_score_row(sheet, words, system, axis) for system in systems),
        notes=(*interval_notes(sheet, words, rows), words.say("metrics.bounds_note")),
    )


def _score_row(sheet: Sheet, words: Words, system: System, axis: Axis | None) -> Row:
    row = sheet.estimate(sheet.track, system, SCORE)
    worst = sheet.estimate(sheet.track, system, SCORE, fill=Fill.worst)
    best = sheet.estimate(sheet.track, system, SCORE, fill=Fill.best)
    plain = sheet.estimate(sheet.track, system, UNWEIGHTED)
    return Row(
        (
            Cell(system.name),
            _value(words, row),
            *([plot_cell(row, axis, bounds=_bounds(worst, best))] if axis else []),
            Cell(span_text(words, row, worst, best)),
            _coverage(words, row),
            _value(words, plain),
            _count(words, row.n_items if row else None),
            _groups(words, row),
            _count(words, row.n_raters if row else None),
        )
    )


def _groups(words: Words, row: Estimate | None) -> Cell:
    """Number of groups of cases, and how many of equal weight they are worth in the score's interval."""
    cell = _count(words, row.n_clusters if row else None)
    if row is None or row.n_effective is None or row.n_clusters is None:
        return cell
    return replace(cell, lines=(words.say("score.effective", n=numbers.plain(row.n_effective, decimals=1)),))


def _value(words: Words, row: Estimate | None) -> Cell:
    if row is None:
        return Cell(undefined_text(words, None), muted=True)
    return Cell(estimate_text(words, row), muted=row.value is None)


def _beside(words: Words, row: Estimate | None) -> Cell:
    """A number beside the primary one; with its denominators where they are its own."""
    cell = _value(words, row)
    own = row is not None and row.show.partition(":")[0] in OWN_DENOMINATORS
    if row is None or not own or row.n_events is None or row.n_units is None or row.value is None:
        return cell
    return replace(cell, lines=(numbers.count_of(row.n_events, row.n_units),))


def _block(sheet: Sheet, words: Words, metric: Metric, shared: dict[Form, Axis]) -> Block:
    weight = words.say("metrics.no_weight")
    if metric.weight > 0:
        weight = words.say("metrics.weight", weight=numbers.level(metric.weight))
    return Block(
        anchor=anchor("metric", metric.id),
        title=metric.title,
        code=metric.code,
        definition=metric.definition,
        does_not_show=words.say("metrics.does_not_show", text=metric.does_not_show),
        weight=weight,
        table=_forest(sheet, words, metric, shared.get(form_of(metric.quantity.show))),
    )


def _forest(sheet: Sheet, words: Words, metric: Metric, axis: Axis | None) -> Table:
    show, also = metric.quantity.show, _also(sheet, metric)
    rows = [row for system in sheet.study.systems if (row := sheet.estimate(metric.id, system, show))]
    counted = any(row.n_events is not None for row in rows)
    units = {each.show: each.unit for each in metric.quantity.also}
    columns = [
        Column(words.say("columns.system"), head=True),
        *([Column(words.say("columns.failing"), "number")] if counted else []),
        Column(words.say("columns.estimate", confidence=numbers.exact_percent(sheet.run.confidence)), "number"),
        *([Column(words.say("columns.plot"), "plot", axis=axis)] if axis else []),
        Column(words.say("columns.bounds"), "number"),
        Column(words.say("columns.coverage"), "number"),
        Column(words.say("columns.items"), "number"),
        Column(words.say("columns.raters"), "number"),
        *(Column(show_words(words, each, "short", unit=units.get(each)), "number") for each in also),
    ]
    beside = [
        row for each in also for system in sheet.study.systems if (row := sheet.estimate(metric.id, system, each))
    ]
    return Table(
        anchor=anchor("forest", metric.id),
        caption=words.say("metrics.caption", title=metric.title, show=show_words(words, show, "title")),
        columns=tuple(columns),
        rows=tuple(
            _forest_row(sheet, words, metric, system, axis=axis, counted=counted, also=also)
            for system in sheet.study.systems
        ),
        notes=(show_words(words, show, "reading"), *interval_notes(sheet, words, [*rows, *beside])),
    )


def _forest_row(
    sheet: Sheet,
    words: Words,
    metric: Metric,
    system: System,
    *,
    axis: Axis | None,
    counted: bool,
    also: tuple[str, ...],
) -> Row:
    show = metric.quantity.show
    row = sheet.estimate(metric.id, system, show)
    worst = sheet.estimate(metric.id, system, show, fill=Fill.worst)
    best = sheet.estimate(metric.id, system, show, fill=Fill.best)
    return Row(
        (
            Cell(system.name),
            *([_failing(words, row)] if counted else []),
            _value(words, row),
            *([plot_cell(row, axis, bounds=_bounds(worst, best))] if axis else []),
            Cell(span_text(words, row, worst, best)),
            _coverage(words, row),
            _count(words, row.n_items if row else None),
            _count(words, row.n_raters if row else None),
            *(_beside(words, sheet.estimate(metric.id, system, each)) for each in also),
        )
    )


def _failing(words: Words, row: Estimate | None) -> Cell:
    if row is None or row.n_events is None or row.n_items is None:
        return Cell(words.say("metrics.not_computed"), muted=True)
    if not row.n_items:
        return Cell(words.say("gates.nothing"), muted=True)
    return Cell(numbers.count_of(row.n_events, row.n_items))


def _also(sheet: Sheet, metric: Metric) -> tuple[str, ...]:
    """What the metric prints beside its primary quantity in the same table."""
    shows = {row.show for row in sheet.estimates.values() if row.subject_id == metric.id and row.basis == PRIMARY}
    return tuple(sorted(show for show in shows - {metric.quantity.show} if show.partition(":")[0] not in OWN_SECTIONS))
