"""How well the clinicians agree: agreement, alpha and AC side by side, and in words where they disagree.

May import ``render`` and report.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dualtrack.render import Axis, Cell, Column, Group, Row, Section, Table, interval_bar, listed, numbers
from dualtrack.render.chart import axis_over
from dualtrack.report.rows import Agreement
from dualtrack.report.sheet import Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words

__all__ = ["agreement_section"]

FIRST_CHOICE = {"alpha": ("ordinal", "nominal", "interval"), "ac": ("quadratic", "nominal")}
"""Weights that are shown, the first that there are: what knows most about the order of the levels."""
SHOWN = ("raw", "alpha", "ac")
OTHERS = ("fleiss", "cohen", "icc1", "icc2_1", "icc2_k")
WITHIN = (-1.0, 1.0)
DECIMALS = 2
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class _Panel:
    """The rows of one panel on one scale and grain; ``title`` names the question."""

    title: str
    name: str
    unit: str
    rows: tuple[Agreement, ...]

    @property
    def any(self) -> Agreement:
        """A row, for what all of them share."""
        return self.rows[0]

    def row(self, coefficient: str) -> Agreement | None:
        """The row to show of a coefficient."""
        mine = {row.weights: row for row in self.rows if row.coefficient == coefficient}
        chosen = FIRST_CHOICE.get(coefficient, ("quadratic", "nominal", ""))
        return next((mine[weights] for weights in chosen if weights in mine), None) or mine.get("")


def agreement_section(sheet: Sheet, words: Words) -> Section | None:
    """Agreement on every question of the track that clinicians answered; None where there is none.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    groups = _panels(sheet, words)
    if not groups:
        return None
    every = [panel for group in groups for panel in group]
    drawn = [value for panel in every for value in _drawn(panel.row("alpha"))]
    axis = axis_over(drawn, numbers.level, within=WITHIN) if drawn else None
    confidence = numbers.exact_percent(sheet.run.confidence)
    first = Table(
        anchor="agreement-table",
        caption=words.say("agreement.caption"),
        columns=(
            Column(words.say("agreement.panel_column"), head=True, wide=True),
            Column(words.say("agreement.compared"), "number"),
            Column(words.say("agreement.common"), "number"),
            *(Column(words.say(f"agreement.{each}", confidence=confidence), "number") for each in SHOWN),
            *([Column(words.say("agreement.plot"), "plot", axis=axis)] if axis else []),
        ),
        groups=tuple(Group(group[0].title, tuple(_main(words, panel, axis) for panel in group)) for group in groups),
        notes=tuple(_notes(sheet, words, groups)),
    )
    tables = [first]
    pooled = [[panel for panel in group if panel.any.prevalence is not None] for group in groups]
    if any(pooled):
        tables.append(_more(words, [group for group in pooled if group]))
    view = TablesView(words.say("agreement.lead"), tuple(tables))
    return Section("agreement", words.say("sections.agreement"), TABLES, view)


def _panels(sheet: Sheet, words: Words) -> list[list[_Panel]]:
    """The panels of each question, all raters first."""
    found: dict[tuple[str, str], dict[str, list[Agreement]]] = {}
    for row in sheet.agreement:
        found.setdefault((row.scale_id, row.grain), {}).setdefault(row.panel, []).append(row)
    groups = []
    for (scale, grain), panels in sorted(found.items()):
        unit = words.word("check_proofs.units", grain, unit=grain)
        title = words.say("agreement.group", title=sheet.scales[scale].title, units=unit)
        groups.append(
            [_Panel(title, _panel_name(words, name), unit, tuple(rows)) for name, rows in sorted(panels.items())]
        )
    return groups


def _panel_name(words: Words, name: str) -> str:
    return words.say("agreement.panel", panel=name) if name else words.say("agreement.all_raters")


def _drawn(row: Agreement | None) -> Iterator[float]:
    if row is not None:
        yield from (value for value in (row.value, row.lower, row.upper) if value is not None)


def _main(words: Words, panel: _Panel, axis: Axis | None) -> Row:
    facts = panel.any
    who = facts.raters if len(facts.raters) <= MOST_NAMED else ()
    raters = ", ".join(who) or words.say("agreement.raters", n=numbers.count(facts.n_raters or 0))
    counts = (
        words.say("agreement.ratings", n=numbers.count(facts.n_ratings or 0)),
        words.say("agreement.clusters", n=numbers.count(facts.n_clusters or 0)),
    )
    alpha = panel.row("alpha")
    plot = Cell() if axis is None else Cell(bar=interval_bar(axis, None))
    if axis is not None and alpha is not None and alpha.value is not None:
        limits = None if alpha.lower is None or alpha.upper is None else (alpha.lower, alpha.upper)
        zero = 0.0 if axis.low <= 0 <= axis.high else None
        plot = Cell(bar=interval_bar(axis, alpha.value, interval=limits, zero=zero))
    return Row(
        (
            Cell(panel.name, lines=(raters,)),
            Cell(words.say("agreement.units", n=numbers.count(facts.n_units or 0), units=panel.unit), lines=counts),
            _common(words, facts),
            *_side_by_side(words, [panel.row(each) for each in SHOWN]),
            *([plot] if axis else []),
        )
    )


def _side_by_side(words: Words, rows: list[Agreement | None]) -> Iterator[Cell]:
    """The coefficients; a reason that they share is given once."""
    before = None
    for row in rows:
        cell = _coefficient(words, row)
        reason = None if row is None or row.value is not None else row.reason
        yield cell if reason is None or reason != before else replace(cell, lines=())
        before = reason or before


def _common(words: Words, facts: Agreement) -> Cell:
    if facts.prevalence is None or facts.prevalent_level is None:
        return Cell(words.say("agreement.not_estimable"), muted=True)
    share = numbers.percent(facts.prevalence, n=facts.n_ratings)
    level = words.say("agreement.level", level=facts.prevalent_level)
    return Cell(level, lines=(words.say("agreement.share", share=share),))


def _coefficient(words: Words, row: Agreement | None) -> Cell:
    """A value with its interval and weights, or why there is none."""
    if row is None:
        return Cell(words.say("agreement.does_not_apply"), muted=True)
    if row.value is None:
        return Cell(words.say("agreement.not_estimable"), lines=(_reason(words, row.reason),), muted=True)
    text = _text(row, row.value)
    if row.lower is None or row.upper is None:
        interval = words.say("agreement.apart", reason=_reason(words, row.interval_reason))
    elif row.coefficient == "raw":
        decimals = numbers.percent_decimals(row.value, row.n_units)
        interval = numbers.percent_span(row.lower, row.upper, decimals=decimals)
    else:
        interval = numbers.plain_span(row.lower, row.upper, decimals=DECIMALS)
    weights = words.say(f"agreement.weighted.{row.weights}") if row.weights else ""
    return Cell(text, lines=(interval, *([weights] if weights else [])))


def _text(row: Agreement, value: float) -> str:
    if row.coefficient == "raw":
        return numbers.percent(value, decimals=numbers.percent_decimals(value, row.n_units))
    return numbers.plain(value, decimals=DECIMALS)


def _reason(words: Words, reason: str | None) -> str:
    if reason is None:
        return words.say("metrics.unknown_reason")
    if words.known("agreement.reasons", reason):
        return words.say(f"agreement.reasons.{reason}")
    return words.say(f"reasons.{reason}.short")


def _more(words: Words, groups: list[list[_Panel]]) -> Table:
    return Table(
        anchor="agreement-more",
        caption=words.say("agreement.more_caption"),
        columns=(
            Column(words.say("agreement.panel_column"), head=True),
            *(Column(words.say(f"agreement.{each}"), "number") for each in OTHERS),
        ),
        groups=tuple(
            Group(
                group[0].title,
                tuple(
                    Row((Cell(panel.name), *(_coefficient(words, panel.row(each)) for each in OTHERS)))
                    for panel in group
                ),
            )
            for group in groups
        ),
        notes=(words.say("agreement.more_note"),),
    )


def _notes(sheet: Sheet, words: Words, groups: list[list[_Panel]]) -> Iterator[str]:
    apart = tuple(group[0].title for group in groups if len(group) > 1 and group[0].any.reason == "no_overlap")
    if apart:
        yield words.say("agreement.panels_note", titles=listed(apart))
    for group in groups:
        for panel in group:
            yield from _panel_notes(words, panel)
    rows = [row for group in groups for panel in group for row in panel.rows if row.lower is not None]
    methods = dict.fromkeys(sorted({row.method for row in rows if row.method is not None}))
    if methods:
        yield words.say(
            "agreement.interval_note",
            confidence=numbers.exact_percent(sheet.run.confidence),
            methods="; ".join(words.word("methods", method, method=method) for method in methods),
        )
    if any(row.interval_reason == "too_few" for group in groups for panel in group for row in panel.rows):
        yield words.say("agreement.few_note")


def _panel_notes(words: Words, panel: _Panel) -> Iterator[str]:
    facts, alpha, ac = panel.any, panel.row("alpha"), panel.row("ac")
    if facts.note is None or facts.prevalence is None:
        return
    said = {"title": panel.title, "panel": panel.name, "level": facts.prevalent_level or ""}
    if facts.note == "one_level":
        yield words.say("agreement.one_level_note", **said)
    elif alpha is not None and alpha.value is not None and ac is not None and ac.value is not None:
        share = numbers.percent(facts.prevalence, n=facts.n_ratings)
        yield words.say(
            "agreement.skew_note", share=share, alpha=_text(alpha, alpha.value), ac=_text(ac, ac.value), **said
        )
