"""Whether the order of the systems on one track depends on the weights. May import terms, ``render`` and report."""

from dataclasses import dataclass

from dualtrack.render import Cell, Column, Row, Section, Table, listed, numbers
from dualtrack.report.figures import undefined_text
from dualtrack.report.rows import Robustness
from dualtrack.report.sheet import Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words

__all__ = ["weighting_section"]

MOST_PAIRS = 3
SINGLE = ("weight_less", "weight_more")


def weighting_section(sheet: Sheet, words: Words) -> Section | None:
    """Each pair under other weights; None where the results hold nothing of it.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    pairs = tuple(_Pair.of(sheet, words, row) for row in sheet.robustness if row.show == "as_weighted")
    if not pairs:
        return None
    title = words.say("sections.weighting", claim=_claim(words, pairs))
    firsts = [row for row in sheet.robustness if row.show == "dirichlet_first" and row.value is not None]
    tables = (_pairs(sheet, words, pairs), _reach(words, pairs), *([_firsts(sheet, words, firsts)] if firsts else []))
    return Section("weighting", title, TABLES, TablesView(words.say("weighting.lead"), tables))


@dataclass(frozen=True, slots=True)
class _Pair:
    """All rows about one pair of systems."""

    sheet: Sheet
    words: Words
    base: Robustness
    rows: tuple[Robustness, ...]

    @classmethod
    def of(cls, sheet: Sheet, words: Words, base: Robustness) -> "_Pair":
        """The pair of a row."""
        systems = {base.system_a, base.system_b}
        rows = tuple(row for row in sheet.robustness if {row.system_a, row.system_b} == systems)
        return cls(sheet, words, base, rows)

    @property
    def names(self) -> dict[str, str]:
        """The names of the two systems."""
        return {"a": self.sheet.system_name(self.base.system_a), "b": self.sheet.system_name(self.base.system_b)}

    def row(self, show: str, concentration: str = "") -> Robustness | None:
        """The row of one number about the whole pair, in the direction of the base row."""
        asked = (show, "", concentration, self.base.system_a)
        found = (row for row in self.rows if (row.show, row.metric_id, row.concentration, row.system_a) == asked)
        return next(found, None)

    def turned(self, show: str) -> tuple[str, ...]:
        """Metrics whose weight, changed so, puts another system ahead."""
        rows = [row for row in self.rows if row.show == show and row.leads not in (None, self.base.leads)]
        titles = {metric.id: metric.title for metric in self.sheet.metrics}
        return tuple(titles[row.metric_id] for row in rows if row.metric_id in titles)

    @property
    def turns(self) -> bool:
        """Whether any change that was tried puts another system ahead."""
        equal = self.row("equal_weights")
        by_equal = equal is not None and equal.leads not in (None, self.base.leads)
        return by_equal or any(self.turned(show) for show in SINGLE)


def _claim(words: Words, pairs: tuple[_Pair, ...]) -> str:
    defined = [pair for pair in pairs if pair.base.state == "defined"]
    if not defined:
        return words.say("weighting.claims.none")
    if all(pair.base.n_metrics == 1 for pair in defined):
        return words.say("weighting.claims.one_metric")
    turned = [words.say("weighting.against", **pair.names) for pair in defined if pair.turns]
    if not turned:
        return words.say("weighting.claims.unchanged")
    if len(turned) > MOST_PAIRS:
        return words.say("weighting.claims.many")
    return words.say("weighting.claims.some", pairs=listed(tuple(turned)))


def _pairs(sheet: Sheet, words: Words, pairs: tuple[_Pair, ...]) -> Table:
    confidence = numbers.exact_percent(sheet.run.confidence)
    columns = (
        Column(words.say("columns.pair"), head=True),
        Column(words.say("weighting.columns.as_weighted", confidence=confidence), "number"),
        Column(words.say("weighting.columns.equal", confidence=confidence), "number"),
        Column(words.say("weighting.columns.single"), wide=True),
    )
    rows = tuple(
        Row(
            (
                Cell(words.say("comparisons.pair", **pair.names)),
                _difference(words, pair.row("as_weighted")),
                _difference(words, pair.row("equal_weights")),
                _single(pair),
            )
        )
        for pair in pairs
    )
    return Table("weighting-table", words.say("weighting.caption"), columns, rows)


def _reach(words: Words, pairs: tuple[_Pair, ...]) -> Table:
    """How far the weights would have to go, how often drawn ones keep the order, and whether they matter at all."""
    columns = (
        Column(words.say("columns.pair"), head=True),
        Column(words.say("weighting.columns.least"), wide=True),
        Column(words.say("weighting.columns.drawn"), wide=True),
        Column(words.say("weighting.columns.dominance"), wide=True),
    )
    rows = tuple(
        Row((Cell(words.say("comparisons.pair", **pair.names)), _least(pair), _drawn(pair), _dominance(pair)))
        for pair in pairs
    )
    notes = (words.say("weighting.least_note"), words.say("weighting.drawn_note"))
    return Table("weighting-reach-table", words.say("weighting.reach_caption"), columns, rows, notes=notes)


def _difference(words: Words, row: Robustness | None) -> Cell:
    if row is None or row.value is None:
        return Cell(undefined_text(words, row.reason if row else None), muted=True)
    decimals = numbers.difference_decimals(row.value)
    value = numbers.difference(row.value)
    if row.lower is not None and row.upper is not None:
        interval = numbers.difference_span(row.lower, row.upper, decimals=decimals)
    elif row.reason is not None:
        interval = words.say("metrics.no_interval", reason=words.say(f"reasons.{row.reason}.short"))
    else:
        interval = words.say("metrics.no_interval", reason=words.say("metrics.unknown_reason"))
    return Cell(words.say("metrics.estimate", value=value, interval=interval))


def _single(pair: _Pair) -> Cell:
    words = pair.words
    if pair.base.value is None:
        return Cell(words.say("metrics.not_computed"), muted=True)
    said = tuple(
        words.say(f"weighting.turned.{show}", metrics=listed(metrics))
        for show in SINGLE
        if (metrics := pair.turned(show))
    )
    return Cell(said[0], lines=said[1:]) if said else Cell(words.say("weighting.same"))


def _least(pair: _Pair) -> Cell:
    words, row = pair.words, pair.row("smallest_change")
    if row is None or pair.base.value is None:
        return Cell(words.say("metrics.not_computed"), muted=True)
    if row.value is None:
        return Cell(words.say("weighting.least_none"))
    return Cell(words.say("weighting.least", share=numbers.percent(row.value)))


def _drawn(pair: _Pair) -> Cell:
    """Shares of drawn weights in which the first of the two is ahead."""
    words, said = pair.words, []
    rows = [row for row in pair.rows if row.show == "dirichlet_share" and row.system_a == pair.base.system_a]
    for row in rows:
        name = _concentration(words, row.concentration)
        alone = pair.row("weights_share", row.concentration)
        if row.value is None:
            reason = words.say(f"reasons.{row.reason}.short") if row.reason else words.say("metrics.unknown_reason")
            said.append(words.say("weighting.drawn", name=name, share=words.say("weighting.no_draws", reason=reason)))
        elif alone is None or alone.value is None:
            said.append(words.say("weighting.drawn", name=name, share=numbers.percent(row.value)))
        else:
            facts = {"share": numbers.percent(row.value), "alone": numbers.percent(alone.value)}
            said.append(words.say("weighting.drawn_alone", name=name, **facts))
    if not said:
        return Cell(words.say("metrics.not_computed"), muted=True)
    return Cell(said[0], lines=tuple(said[1:]))


def _concentration(words: Words, name: str) -> str:
    return words.word("weighting.concentrations", name, concentration=name)


def _dominance(pair: _Pair) -> Cell:
    words, row = pair.words, pair.row("dominance")
    if row is None or row.state != "defined":
        return Cell(words.say("metrics.not_computed"), muted=True)
    if row.leads not in ("a", "b"):
        return Cell(words.say(f"weighting.dominance.{'tie' if row.leads == 'tie' else 'neither'}"))
    ahead = row.system_a if row.leads == "a" else row.system_b
    share = next((each.value for each in pair.rows if each.show == "dominance_share" and each.system_a == ahead), None)
    lines = () if share is None else (words.say("weighting.dominance_share", share=numbers.percent(share)),)
    return Cell(words.say(f"weighting.dominance.{row.leads}", **pair.names), lines=lines)


def _firsts(sheet: Sheet, words: Words, firsts: list[Robustness]) -> Table:
    names = list(dict.fromkeys(row.concentration for row in firsts))
    shares = {(row.system_a, row.concentration): row.value for row in firsts}
    systems = [system for system in sheet.study.systems if any(system.id == each for each, _ in shares)]
    columns = (
        Column(words.say("columns.system"), head=True),
        *(Column(_concentration(words, name), "number") for name in names),
    )
    rows = tuple(
        Row((Cell(system.name), *(_first(words, shares.get((system.id, name))) for name in names)))
        for system in systems
    )
    return Table("weighting-first-table", words.say("weighting.first_caption"), columns, rows)


def _first(words: Words, share: float | None) -> Cell:
    if share is None:
        return Cell(words.say("metrics.not_computed"), muted=True)
    return Cell(numbers.percent(share))
