"""What is not there: refusals and unreadable answers counted twice, and missing cells compared between systems.

May import terms, ``render`` and report.
"""

from dualtrack.render import Cell, Column, Group, Row, Section, Table, listed, numbers
from dualtrack.report.document import Metric, System
from dualtrack.report.figures import estimate_text, show_words, undefined_text
from dualtrack.report.rows import Comparison, Estimate
from dualtrack.report.scores import interval_notes
from dualtrack.report.sheet import Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words

__all__ = ["missing_section", "refusals_section"]

FAILING, LEFT_OUT, MISSING = "refusals_failing", "refusals_left_out", "missing_share"
DIFFERS = "differs"


def refusals_section(sheet: Sheet, words: Words) -> Section | None:
    """Both ways to count a response that is no answer; None where the results hold neither.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    pairs = {
        (metric.id, system.id): found
        for metric in sheet.scoped
        for system in sheet.study.systems
        if (found := _twice(sheet, metric, system)) is not None
    }
    if not pairs:
        return None
    moved = {key for key, (failing, left_out) in pairs.items() if failing.n_units != left_out.n_units}
    if not moved:
        view = TablesView(words.say("refusals.lead"), ())
        return Section("refusals", words.say("refusals.claims.none"), TABLES, view)
    names = tuple(system.name for system in sheet.study.systems if any(system.id == key[1] for key in moved))
    groups = tuple(
        Group(
            words.say("metrics.caption", title=metric.title, show=show_words(words, metric.quantity.show, "title")),
            tuple(
                _refusal_row(sheet, words, metric, system, twice=pairs[metric.id, system.id])
                for system in sheet.study.systems
                if (metric.id, system.id) in moved
            ),
        )
        for metric in sheet.scoped
        if any(metric.id == key[0] for key in moved)
    )
    table = _refusal_table(sheet, words, groups, [row for key in sorted(moved) for row in pairs[key]])
    title = words.say("refusals.claims.some", names=listed(names))
    return Section("refusals", title, TABLES, TablesView(words.say("refusals.lead"), (table,)))


def missing_section(sheet: Sheet, words: Words) -> Section | None:
    """The share of what was owed that is missing, by metric and system; None where the results do not say.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    titles = {sheet.track.value: words.say("missing.track")} | {metric.id: metric.title for metric in sheet.scoped}
    shares = {subject: _shares(sheet, subject) for subject in titles}
    if not any(row is not None for found in shares.values() for row in found):
        return None
    some = [subject for subject, found in shares.items() if any(row is not None and row.n_events for row in found)]
    flagged = [row for row in sheet.missingness if row.decision == DIFFERS]
    claim = words.say("missing.claims.alike" if some else "missing.claims.none")
    if flagged:
        claim = words.say("missing.claims.differs", names=listed(_names(sheet, flagged)))
    tables = (_missing_table(sheet, words, {subject: titles[subject] for subject in some}, flagged),) if some else ()
    return Section("missing", claim, TABLES, TablesView(words.say("missing.lead"), tables))


def _twice(sheet: Sheet, metric: Metric, system: System) -> tuple[Estimate, Estimate] | None:
    failing, left_out = (sheet.estimate(metric.id, system, show) for show in (FAILING, LEFT_OUT))
    return None if failing is None or left_out is None else (failing, left_out)


def _refusal_table(sheet: Sheet, words: Words, groups: tuple[Group, ...], rows: list[Estimate]) -> Table:
    confidence = numbers.exact_percent(sheet.run.confidence)
    return Table(
        anchor="refusals-table",
        caption=words.say("refusals.caption"),
        columns=(
            Column(words.say("columns.system"), head=True),
            Column(words.say("columns.counts", confidence=confidence), "number"),
            *(Column(show_words(words, show, "short"), "number") for show in (FAILING, LEFT_OUT)),
        ),
        groups=groups,
        notes=(words.say("refusals.note"), *interval_notes(sheet, words, rows)),
    )


def _refusal_row(
    sheet: Sheet, words: Words, metric: Metric, system: System, *, twice: tuple[Estimate, Estimate]
) -> Row:
    counts = sheet.estimate(metric.id, system, metric.quantity.show)
    return Row(
        (Cell(system.name), _value(words, counts), *(_with_answers(words, row, metric.quantity.show) for row in twice))
    )


def _value(words: Words, row: Estimate | None) -> Cell:
    if row is None or row.value is None:
        return Cell(undefined_text(words, None if row is None else row.reason), muted=True)
    lines = () if row.n_items is None else (words.say("strata.cases", n=numbers.count(row.n_items)),)
    return Cell(estimate_text(words, row), lines=lines)


def _with_answers(words: Words, row: Estimate, like: str) -> Cell:
    lines = () if row.n_units is None else (words.say("refusals.responses", n=numbers.count(row.n_units)),)
    if row.value is None:
        return Cell(undefined_text(words, row.reason), lines=lines, muted=True)
    return Cell(estimate_text(words, row, like=like), lines=lines)


def _shares(sheet: Sheet, subject: str) -> list[Estimate | None]:
    return [sheet.estimate(subject, system, MISSING) for system in sheet.study.systems]


def _names(sheet: Sheet, flagged: list[Comparison]) -> tuple[str, ...]:
    """The systems of which more is missing than of another, in the order of the study."""
    more = {row.system_a if (row.value or 0) > 0 else row.system_b for row in flagged}
    return tuple(system.name for system in sheet.study.systems if system.id in more)


def _missing_table(sheet: Sheet, words: Words, titles: dict[str, str], flagged: list[Comparison]) -> Table:
    rows = tuple(
        Row(
            (
                Cell(title),
                *(_share_cell(words, row) for row in _shares(sheet, subject)),
                _flags(sheet, words, [row for row in flagged if row.subject_id == subject]),
            )
        )
        for subject, title in titles.items()
    )
    return Table(
        anchor="missing-table",
        caption=words.say("missing.caption"),
        columns=(
            Column(words.say("columns.metric"), head=True),
            *(Column(system.name, "number") for system in sheet.study.systems),
            Column(words.say("missing.flags"), wide=True),
        ),
        rows=rows,
        notes=(words.say("missing.note"),),
    )


def _share_cell(words: Words, row: Estimate | None) -> Cell:
    if row is None or row.value is None:
        return Cell(undefined_text(words, None if row is None else row.reason), muted=True)
    lines: tuple[str, ...] = ()
    if row.n_events is not None and row.n_planned is not None:
        lines = (numbers.count_of(row.n_events, row.n_planned),)
    return Cell(numbers.percent(row.value, n=row.n_planned), lines=lines)


def _flags(sheet: Sheet, words: Words, rows: list[Comparison]) -> Cell:
    if not rows:
        return Cell(words.say("missing.no_flag"), muted=True)
    return Cell("", lines=tuple(_flag(sheet, words, row) for row in rows))


def _flag(sheet: Sheet, words: Words, row: Comparison) -> str:
    pair = words.say("comparisons.pair", a=sheet.system_name(row.system_a), b=sheet.system_name(row.system_b))
    value = row.value or 0.0
    decimals = numbers.difference_decimals(value)
    if row.lower is None or row.upper is None:
        return words.say("missing.flag_alone", pair=pair, value=numbers.difference(value))
    interval = numbers.difference_span(row.lower, row.upper, decimals=decimals)
    return words.say("missing.flag", pair=pair, value=numbers.difference(value), interval=interval)
