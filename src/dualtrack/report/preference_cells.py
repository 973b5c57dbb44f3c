"""Cells of the page of preferences, and how it names instruments, questions and systems.

May import ``render`` and report.
"""

from dataclasses import dataclass

from dualtrack.render import Axis, Cell, Column, interval_bar, numbers, sentence
from dualtrack.report.document import Document, Source
from dualtrack.report.figures import undefined_text
from dualtrack.report.preference_conflicts import instrument_of
from dualtrack.report.rows import PreferenceEstimate
from dualtrack.report.words import Words

__all__ = [
    "RATERS",
    "SOURCE",
    "SOURCES",
    "PreferencePage",
    "all_withheld",
    "bar_cells",
    "count_cells",
    "count_columns",
    "difference_cell",
    "interval_text",
    "strength_cell",
]

LOG_DECIMALS = 2
RATERS, SOURCES, SOURCE = "raters", "sources", "source:"


@dataclass(frozen=True, slots=True)
class PreferencePage:
    """What the sections share."""

    document: Document
    words: Words

    @property
    def rows(self) -> tuple[PreferenceEstimate, ...]:
        """The whole table."""
        return self.document.preference_estimates

    @property
    def confidence(self) -> str:
        """Confidence of the intervals, as text."""
        return numbers.exact_percent(self.document.run.confidence)

    def system(self, system_id: str) -> str:
        """Name of a system."""
        return next(system.name for system in self.document.study.systems if system.id == system_id)

    def axis(self, scale_id: str) -> str:
        """Title of a question."""
        return self.document.scales[scale_id].title

    def source(self, instrument: str) -> Source | None:
        """What the study says about the source behind an instrument, None where there is none."""
        named = instrument.removeprefix(SOURCE)
        return next((source for source in self.document.study.sources if source.id == named), None)

    def name(self, instrument: str, condition: str) -> str:
        """An instrument under its own name, with how the responses were shown where that is stated."""
        name, source = instrument, self.source(instrument)
        if instrument in (RATERS, SOURCES):
            name = self.words.say(f"preferences.names.{instrument}")
        elif source is not None:
            kind = self.words.say(f"source_kinds.{source.kind}")
            name = self.words.say("preferences.names.source", name=source.name, kind=kind)
        return self.words.say("preferences.names.shown", name=name, condition=condition) if condition else name

    def short(self, instrument: str, condition: str) -> str:
        """The same inside a sentence: what the study calls it, and the condition where it has several."""
        source, several = self.source(instrument), len({c for i, c in map(instrument_of, self.rows) if i == instrument})
        name = source.name if source is not None else instrument
        if instrument in (RATERS, SOURCES):
            name = self.words.say(f"preferences.names.short_{instrument}")
        if not condition or several == 1:
            return name
        return self.words.say("preferences.names.shown", name=name, condition=condition)


def all_withheld(page: PreferencePage, rows: list[PreferenceEstimate]) -> bool:
    """Whether no row is decided against its margin for the one reason that nothing was sealed; a note then says so.

    Args:
        page: what the sections share.
        rows: the rows of one table.
    """
    return page.document.run.retrospective and all(
        row.margin is not None and row.decision is not None and row.margin_pre_specified is not True for row in rows
    )


def count_columns(words: Words, *, withheld: bool) -> tuple[Column, ...]:
    """Columns of the number of comparisons, of ties, and of what is said about parity.

    Args:
        words: the sentences.
        withheld: nothing is decided; then the last column has only the number that parity would need.
    """
    parity = Column(words.say("preferences.columns.parity"), wide=True)
    return (
        Column(words.say("preferences.columns.n"), "number"),
        Column(words.say("preferences.columns.ties"), "number"),
        Column(words.say("preferences.columns.needed"), "number") if withheld else parity,
    )


def count_cells(page: PreferencePage, row: PreferenceEstimate, *, withheld: bool) -> tuple[Cell, ...]:
    """The cells of these columns."""
    words = page.words
    cannot = row.n_cannot_judge
    left = (words.say("preferences.cannot_judge", n=numbers.count(cannot)),) if cannot else ()
    n = Cell("" if row.n is None else numbers.count(row.n), lines=left)
    ties = Cell(words.say("metrics.not_computed"), muted=True)
    if row.tie_share is not None:
        ties = Cell(numbers.percent(row.tie_share, n=row.n))
    if not withheld:
        return (n, ties, _parity(page, row))
    needed = words.say("metrics.not_computed") if row.n_needed is None else numbers.count(row.n_needed)
    return (n, ties, Cell(needed, muted=row.n_needed is None))


def _parity(page: PreferencePage, row: PreferenceEstimate) -> Cell:
    words = page.words
    if row.margin is None or row.decision is None:
        return Cell(words.say("preferences.parity.none" if row.margin is None else "metrics.not_computed"), muted=True)
    margin = numbers.hundredths(row.margin)
    needed: tuple[str, ...] = ()
    if row.n_needed is not None and row.decision == "not_demonstrated":
        needed = (words.say("preferences.parity.needed", n=numbers.count(row.n_needed)),)
    if row.margin_pre_specified is not True:
        withheld = words.say("preferences.parity.withheld", margin=margin)
        return Cell(withheld, lines=(_why(words, row), *needed), muted=True)
    return Cell(words.say(f"preferences.parity.{row.decision}", margin=margin), lines=needed)


def _why(words: Words, row: PreferenceEstimate) -> str:
    """Why nothing is said of a margin: it was not sealed beforehand, or the results do not say."""
    retrospective = "retrospective" in row.reasons
    return sentence(words.say("reasons.retrospective.short" if retrospective else "metrics.unknown_reason"))


def interval_text(page: PreferencePage, row: PreferenceEstimate) -> str:
    """A win difference with its interval, or why there is none."""
    if row.value is None:
        return undefined_text(page.words, row.reason)
    if row.lower is not None and row.upper is not None:
        interval = numbers.difference_span(row.lower, row.upper, decimals=numbers.difference_decimals(row.value))
    else:
        reason = "metrics.unknown_reason" if row.reason is None else f"reasons.{row.reason}.short"
        interval = page.words.say("metrics.no_interval", reason=page.words.say(reason))
    return page.words.say("metrics.estimate", value=numbers.difference(row.value), interval=interval)


def difference_cell(page: PreferencePage, row: PreferenceEstimate | None) -> Cell:
    """The cell of a win difference."""
    if row is None or row.value is None:
        return Cell(undefined_text(page.words, None if row is None else row.reason), muted=True)
    return Cell(interval_text(page, row))


def strength_cell(page: PreferencePage, row: PreferenceEstimate | None) -> Cell:
    """The cell of a log strength."""
    if row is None or row.value is None:
        return difference_cell(page, row)
    value = numbers.plain(row.value, decimals=LOG_DECIMALS)
    if row.lower is None or row.upper is None:
        return Cell(value)
    interval = numbers.plain_span(row.lower, row.upper, decimals=LOG_DECIMALS)
    return Cell(page.words.say("metrics.estimate", value=value, interval=interval))


def bar_cells(row: PreferenceEstimate, axis: Axis | None) -> tuple[Cell, ...]:
    """The drawn interval; nothing where the table has no axis."""
    if axis is None:
        return ()
    interval = (row.lower, row.upper) if row.lower is not None and row.upper is not None else None
    return (Cell(bar=interval_bar(axis, row.value, interval=interval, zero=0.0)),)
