"""Differences between systems, each pair on what both share. May import terms, ``render`` and report."""

from dualtrack.render import Axis, Cell, Column, Group, Row, Section, Table, axis_over, interval_bar, numbers
from dualtrack.report.figures import DIFFERENCE, undefined_text
from dualtrack.report.rows import Comparison
from dualtrack.report.sheet import Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import Role

__all__ = ["comparisons_section"]

LEAST_P = 0.001


def comparisons_section(sheet: Sheet, words: Words) -> Section | None:
    """Differences in the score of the track, then in each metric; None where the results hold none.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    rows = [row for row in sheet.comparisons if not row.stratum]
    if not rows:
        return None
    exploratory = all(row.role == Role.exploratory for row in rows)
    lead = words.say("comparisons.lead" if exploratory else "comparisons.lead_tested")
    view = TablesView(lead, (_table(sheet, words, rows),))
    return Section("comparisons", words.say("sections.comparisons"), TABLES, view)


def _axis(rows: list[Comparison]) -> Axis | None:
    """An axis with zero in the middle, so that no side looks longer than it is."""
    values = [abs(each) for row in rows for each in (row.value, row.lower, row.upper) if each is not None]
    if not values:
        return None
    widest = max(values)
    return axis_over([-widest, widest], DIFFERENCE.tick, within=DIFFERENCE.within)


def _table(sheet: Sheet, words: Words, rows: list[Comparison]) -> Table:
    axis = _axis(rows)
    tested = any(row.p is not None for row in rows)
    judged = any(row.decision is not None for row in rows)
    titles = {sheet.track.value: words.say("comparisons.track")} | {each.id: each.title for each in sheet.scoped}
    groups = tuple(
        Group(
            words.say("comparisons.group", title=title, roles=_roles(words, chosen)),
            tuple(_row(sheet, words, row, axis=axis, tested=tested, judged=judged) for row in chosen),
        )
        for subject, title in titles.items()
        if (chosen := [row for row in rows if row.subject_id == subject])
    )
    columns = (
        Column(words.say("columns.pair"), head=True),
        Column(words.say("columns.difference", confidence=numbers.exact_percent(sheet.run.confidence)), "number"),
        *([Column(words.say("columns.plot"), "plot", axis=axis)] if axis else []),
        Column(words.say("columns.shared"), "number"),
        *([Column(words.say("columns.p"), "number")] if tested else []),
        *([Column(words.say("columns.why"), wide=True)] if judged else []),
    )
    return Table(
        anchor="differences-table",
        caption=words.say("comparisons.caption"),
        columns=columns,
        groups=groups,
        notes=_methods(sheet, words, rows),
    )


def _roles(words: Words, rows: list[Comparison]) -> str:
    return ", ".join(words.say(f"roles.{role}") for role in dict.fromkeys(row.role for row in rows))


def _row(sheet: Sheet, words: Words, row: Comparison, *, axis: Axis | None, tested: bool, judged: bool) -> Row:
    a, b = sheet.system_name(row.system_a), sheet.system_name(row.system_b)
    shared = Cell(words.say("metrics.not_computed"), muted=True)
    if row.n_items is not None:
        shared = Cell(numbers.count(row.n_items))
    cells = [
        Cell(words.say("comparisons.pair", a=a, b=b)),
        Cell(_difference(words, row), muted=row.value is None),
        *([_plot(row, axis)] if axis else []),
        shared,
        *([Cell(_p(words, row))] if tested else []),
        *([Cell(_decision(words, row))] if judged else []),
    ]
    return Row(tuple(cells))


def _difference(words: Words, row: Comparison) -> str:
    if row.value is None:
        return undefined_text(words, row.reason)
    decimals = numbers.difference_decimals(row.value)
    value = numbers.difference(row.value)
    if row.lower is not None and row.upper is not None:
        interval = numbers.difference_span(row.lower, row.upper, decimals=decimals)
    elif row.reason is not None:
        interval = words.say("metrics.no_interval", reason=words.say(f"reasons.{row.reason}.short"))
    else:
        interval = words.say("metrics.no_interval", reason=words.say("metrics.unknown_reason"))
    return words.say("metrics.estimate", value=value, interval=interval)


def _plot(row: Comparison, axis: Axis) -> Cell:
    interval = (row.lower, row.upper) if row.lower is not None and row.upper is not None else None
    return Cell(bar=interval_bar(axis, row.value, interval=interval, zero=0.0))


def _p(words: Words, row: Comparison) -> str:
    if row.p is None:
        return words.say("metrics.not_computed")
    if row.p_adjusted is None:
        return words.say("comparisons.p_alone", p=_p_text(words, row.p))
    return words.say("comparisons.p", p=_p_text(words, row.p), adjusted=_p_text(words, row.p_adjusted))


def _p_text(words: Words, p: float) -> str:
    if p < LEAST_P:
        return words.say("comparisons.below", limit=numbers.level(LEAST_P))
    return numbers.plain(p)


def _decision(words: Words, row: Comparison) -> str:
    if row.decision is None or row.margin is None:
        return words.say("metrics.not_computed")
    decision = row.decision
    if words.known("comparisons.decisions", decision):
        decision = words.say(f"comparisons.decisions.{decision}")
    return words.say("comparisons.margin", margin=numbers.hundredths(row.margin), decision=decision)


def _methods(sheet: Sheet, words: Words, rows: list[Comparison]) -> tuple[str, ...]:
    methods = dict.fromkeys(row.method for row in rows if row.lower is not None and row.method is not None)
    resamples = numbers.count(sheet.run.resamples)
    texts = [words.word("methods", method, method=method, resamples=resamples) for method in methods]
    confidence = numbers.exact_percent(sheet.run.confidence)
    return (words.say("metrics.interval_note", confidence=confidence, methods="; ".join(texts)),) if texts else ()
