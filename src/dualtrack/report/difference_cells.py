"""One difference as the cells of a table: who, how much, on which cases, and what it decides.

May import terms, ``render`` and report.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dualtrack.render import Axis, Cell, Row, axis_over, interval_bar, numbers, sentence
from dualtrack.report.figures import DIFFERENCE, undefined_text
from dualtrack.report.rows import Comparison
from dualtrack.report.sheet import Sheet
from dualtrack.report.words import Words

__all__ = ["LEAST_P", "Shown", "axis_of_differences", "difference_text", "sides_text"]

LEAST_P = 0.001
_KIND, _LAYER, _WITHOUT = "kind:", "layer:", "without:"


def axis_of_differences(rows: list[Comparison]) -> Axis | None:
    """An axis with zero in the middle, so that no side looks longer than it is.

    Args:
        rows: the rows of a table.
    """
    values = [abs(each) for row in rows for each in (row.value, row.lower, row.upper, row.margin) if each is not None]
    if not any(row.value is not None for row in rows):
        return None
    widest = max(values)
    return axis_over([-widest, widest], DIFFERENCE.tick, within=DIFFERENCE.within)


@dataclass(frozen=True, slots=True)
class Shown:
    """How the rows of one table are drawn: which columns it has, on which axis."""

    sheet: Sheet
    words: Words
    axis: Axis | None
    common: bool
    tested: bool
    judged: bool

    def row(self, row: Comparison, common: Comparison | None = None) -> Row:
        """The cells of one difference.

        Args:
            row: over the planned cases.
            common: the same over those on which both have a value.
        """
        against = (self.words.say("comparisons.against"),) if row.against_baseline else ()
        cells = [
            Cell(sides_text(self.sheet, self.words, row), lines=against),
            Cell(difference_text(self.words, row), lines=tuple(self._beside(row)), muted=row.value is None),
            *([self._plot(row, self.axis)] if self.axis else []),
            self._cases(row),
            *([self._common(common)] if self.common else []),
            *([self._p(row)] if self.tested else []),
            *([self._decision(row)] if self.judged else []),
        ]
        return Row(tuple(cells))

    def _beside(self, row: Comparison) -> Iterator[str]:
        if row.reversal is not None:
            yield self.words.word("comparisons.reversal", row.reversal)
        low, high = row.lower_missing, row.upper_missing
        if low is not None and high is not None and (low, high) != (row.lower, row.upper):
            interval = numbers.difference_span(low, high)
            yield self.words.say("comparisons.missing_limits", interval=interval)

    def _plot(self, row: Comparison, axis: Axis) -> Cell:
        interval = (row.lower, row.upper) if row.lower is not None and row.upper is not None else None
        return Cell(bar=interval_bar(axis, row.value, interval=interval, limit=row.margin, zero=0.0))

    def _cases(self, row: Comparison) -> Cell:
        if row.n_items is None:
            return Cell(self.words.say("metrics.not_computed"), muted=True)
        lines = []
        if row.n_a is not None and row.n_b is not None:
            a, b = numbers.count(row.n_a), numbers.count(row.n_b)
            lines.append(self.words.say("comparisons.judged", a=a, b=b))
        if row.n_discordant is not None:
            lines.append(self.words.say("comparisons.discordant", n=numbers.count(row.n_discordant)))
        return Cell(self.words.say("comparisons.planned", n=numbers.count(row.n_items)), lines=tuple(lines))

    def _common(self, row: Comparison | None) -> Cell:
        if row is None or row.n_items is None:
            return Cell(self.words.say("metrics.not_computed"), muted=True)
        both = self.words.say("comparisons.both", n=numbers.count(row.n_items))
        reversed_too = (self.words.word("comparisons.reversal", row.reversal),) if row.reversal is not None else ()
        return Cell(difference_text(self.words, row), lines=(both, *reversed_too), muted=row.value is None)

    def _p(self, row: Comparison) -> Cell:
        if row.p is None:
            return Cell(self.words.say("metrics.not_computed"), muted=True)
        text = self.words.say("comparisons.p_alone", p=self._p_text(row.p))
        if row.p_adjusted is not None:
            text = self.words.say("comparisons.p", p=self._p_text(row.p), adjusted=self._p_text(row.p_adjusted))
        method = row.p_method
        known = method is not None and self.words.known("comparisons.p_methods", method)
        return Cell(text, lines=(self.words.say(f"comparisons.p_methods.{method}"),) if known else ())

    def _p_text(self, p: float) -> str:
        if p < LEAST_P:
            return self.words.say("comparisons.below", limit=numbers.level(LEAST_P))
        return numbers.plain(p)

    def _decision(self, row: Comparison) -> Cell:
        if row.decision is None:
            return Cell(self.words.say("comparisons.no_margin"), muted=True)
        decision = row.decision
        if self.words.known("comparisons.decisions", decision):
            decision = self.words.say(f"comparisons.decisions.{decision}")
        if row.margin is None:
            return Cell(sentence(decision))
        lines = [sentence(self.words.say(f"reasons.{reason}.short")) for reason in row.reasons]
        if row.assay == "not_shown":
            lines.append(sentence(self.words.say("comparisons.assay_row")))
        margin = numbers.hundredths(row.margin)
        return Cell(self.words.say("comparisons.margin", margin=margin, decision=decision), lines=tuple(lines))


def sides_text(sheet: Sheet, words: Words, row: Comparison) -> str:
    """Both sides by name; groups by what their systems share and how many they are.

    Args:
        sheet: what the page may see.
        words: the sentences.
        row: the row.
    """
    sides = ((row.system_a, row.n_systems_a), (row.system_b, row.n_systems_b))
    if row.comparison_kind != "group":
        a, b = (sheet.system_name(name) for name, _ in sides)
    else:
        a, b = (_group_text(words, name, numbers.count(n or 0)) for name, n in sides)
    return words.say("comparisons.pair", a=a, b=b)


def _group_text(words: Words, name: str, n: str) -> str:
    if name.startswith(_KIND):
        kind = name.removeprefix(_KIND)
        return words.say("comparisons.kind", kind=words.word("systems", kind), n=n)
    if name.startswith(_WITHOUT):
        return words.say("comparisons.without", layer=name.removeprefix(_WITHOUT), n=n)
    return words.say("comparisons.layer", layer=name.removeprefix(_LAYER), n=n)


def difference_text(words: Words, row: Comparison) -> str:
    """The difference with its interval, or why there is none.

    Args:
        words: the sentences.
        row: the row.
    """
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
