"""What happens when a case is put again: the worst of k answers, and how often judgements stay the same.

May import terms, ``render`` and report.
"""

from dualtrack.render import Cell, Column, Group, Row, Section, Table, listed, numbers
from dualtrack.report.document import Metric, System
from dualtrack.report.figures import estimate_text, show_words
from dualtrack.report.rows import Estimate
from dualtrack.report.scores import interval_notes
from dualtrack.report.sheet import Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words

__all__ = ["repeats_section"]

SAME, SPREAD, WORST = "same_on_repeat", "within_item_sd", "worst_at"
MOST_SIZES = 4
KEPT_SIZES = (1, 2, 5, 10)


def repeats_section(sheet: Sheet, words: Words) -> Section | None:
    """How steady the answers to one case are; None in a study that puts each case once.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    asked = [metric for metric in sheet.scoped if any(_rows(sheet, metric, SAME))]
    if not asked:
        return None
    known = [metric for metric in asked if any(row.value is not None for row in _rows(sheet, metric, SAME))]
    unknown = tuple(metric.title for metric in asked if metric not in known)
    same = [row for metric in known for row in _rows(sheet, metric, SAME) if row.value is not None]
    claim = words.say("repeats.claims.none")
    if same:
        steady = all(row.value == 1 for row in same)
        claim = words.say("repeats.claims.same" if steady else "repeats.claims.differ")
    notes = (words.say("repeats.unknown", metrics=listed(unknown)),) if unknown else ()
    tables = (_table(sheet, words, known, notes),) if known else ()
    lead = words.say("repeats.lead") if known else " ".join((words.say("repeats.lead"), *notes))
    return Section("repeats", claim, TABLES, TablesView(lead, tables))


def _rows(sheet: Sheet, metric: Metric, show: str) -> list[Estimate]:
    found = (sheet.estimate(metric.id, system, show) for system in sheet.study.systems)
    return [row for row in found if row is not None]


def _sizes(sheet: Sheet) -> tuple[str, ...]:
    """Which of the reported numbers of repeats have a column: all of a few, else some and the last."""
    kinds = (row.show.partition(":") for row in sheet.estimates.values())
    sizes = sorted({int(size) for kind, _, size in kinds if kind == WORST and size.isdecimal()})
    if len(sizes) > MOST_SIZES:
        sizes = [size for size in sizes if size in (*KEPT_SIZES, sizes[-1])]
    return tuple(f"{WORST}:{size}" for size in sizes)


def _table(sheet: Sheet, words: Words, metrics: list[Metric], notes: tuple[str, ...]) -> Table:
    sizes = _sizes(sheet)
    spread = any(row.value is not None for metric in metrics for row in _rows(sheet, metric, SPREAD))
    shows = (SAME, *sizes, *((SPREAD,) if spread else ()))
    groups = tuple(
        Group(
            words.say("metrics.caption", title=metric.title, show=show_words(words, metric.quantity.show, "title")),
            tuple(_row(sheet, words, metric, system, shows=shows) for system in sheet.study.systems),
        )
        for metric in metrics
    )
    drawn = [row for metric in metrics for show in shows for row in _rows(sheet, metric, show)]
    confidence = numbers.exact_percent(sheet.run.confidence)
    return Table(
        anchor="repeats-table",
        caption=words.say("repeats.caption", confidence=confidence),
        columns=(
            Column(words.say("columns.system"), head=True),
            *(Column(show_words(words, show, "short"), "number") for show in shows),
        ),
        groups=groups,
        notes=(words.say("repeats.note"), *interval_notes(sheet, words, drawn), *notes),
    )


def _row(sheet: Sheet, words: Words, metric: Metric, system: System, *, shows: tuple[str, ...]) -> Row:
    return Row((Cell(system.name), *(_cell(sheet, words, metric, system, show=show) for show in shows)))


def _cell(sheet: Sheet, words: Words, metric: Metric, system: System, *, show: str) -> Cell:
    row = sheet.estimate(metric.id, system, show)
    if row is None:
        return Cell(words.say("metrics.not_computed"), muted=True)
    lines: tuple[str, ...] = ()
    if row.value is not None and row.show == SAME and row.n_events is not None and row.n_units is not None:
        lines = (words.say("repeats.differ", pairs=numbers.count_of(row.n_events, row.n_units)),)
    elif row.value is not None and row.n_items is not None:
        lines = (words.say("strata.cases", n=numbers.count(row.n_items)),)
    like = show if show in (SAME, SPREAD) else metric.quantity.show
    return Cell(estimate_text(words, row, like=like), lines=lines, muted=row.value is None)
