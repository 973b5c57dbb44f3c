"""The page of preferences: instrument by instrument, where they disagree, and what the data cannot say.

It stands beside the scorecards and belongs to neither. May import terms, ``render`` and report.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from dualtrack.render import (
    Axis,
    Cell,
    Column,
    Fact,
    Group,
    Row,
    Section,
    Table,
    anchor,
    axis_over,
    listed,
    numbers,
)
from dualtrack.report.document import Document
from dualtrack.report.figures import DIFFERENCE
from dualtrack.report.preference_cells import (
    RATERS,
    SOURCE,
    SOURCES,
    PreferencePage,
    all_withheld,
    bar_cells,
    count_cells,
    count_columns,
    difference_cell,
    interval_text,
    strength_cell,
)
from dualtrack.report.preference_conflicts import Conflict, Name, conflicts, first_by, instrument_of
from dualtrack.report.rows import PreferenceEstimate
from dualtrack.report.view import FACTS, LISTED, TABLES, FactsView, ListView, TablesView
from dualtrack.report.words import Words

__all__ = ["preference_claim", "preference_sections"]

Asked = TypeVar("Asked", PreferenceEstimate, Conflict)
"""What is about one question."""
TERMS = ("win_difference", "equal", "strength", "ties", "needed")


def preference_claim(document: Document, words: Words) -> str:
    """The first sentence of the page: whether instruments disagree, and that nothing rests on it.

    Args:
        document: results with preferences.
        words: the sentences.
    """
    several = len({instrument_of(row) for row in document.preference_estimates}) > 1
    apart = any(True for _ in conflicts(document.preference_estimates))
    return words.say(f"preferences.claims.{'apart' if apart else 'together' if several else 'alone'}")


def preference_sections(document: Document, words: Words) -> Iterator[Section]:
    """The sections of the page.

    Args:
        document: results with preferences.
        words: the sentences.

    Yields:
        Disagreements, orders, one section for each instrument, limits, terms.
    """
    page = PreferencePage(document, words)
    yield _conflicts(page)
    yield _orders(page)
    for name in _instruments(page):
        yield _instrument(page, name)
    yield _limits(page)
    facts = tuple(
        Fact(words.say(f"preferences.terms.{term}"), words.say(f"preferences.meanings.{term}")) for term in TERMS
    )
    yield Section("terms", words.say("preferences.sections.terms"), FACTS, FactsView(facts))


def _instruments(page: PreferencePage) -> list[Name]:
    """People first, then each source, then all of them together."""
    names = {instrument_of(row) for row in page.rows}
    return sorted(names, key=lambda name: (name[0] != RATERS, name[0] == SOURCES, name))


# ---------------------------------------------------------------- where they disagree


def _conflicts(page: PreferencePage) -> Section:
    words, found = page.words, list(conflicts(page.rows))
    lead = words.say(f"preferences.{'conflicts_lead' if found else 'no_conflict'}")
    tables = (_firsts(page), *([_apart(page, found)] if found else []))
    return Section("conflicts", words.say("preferences.sections.conflicts"), TABLES, TablesView(lead, tables))


def _firsts(page: PreferencePage) -> Table:
    """Question by question, which instruments put which system first."""
    words, systems = page.words, page.document.study.systems
    rows = []
    for scale, by_instrument in first_by(page.rows).items():
        firsts: dict[str, list[str]] = {system.id: [] for system in systems}
        for name, strengths in by_instrument.items():
            firsts[strengths[0].system_a].append(page.short(*name))
        cells = (listed(tuple(names)) or words.say("preferences.nobody") for names in firsts.values())
        rows.append(Row((Cell(page.axis(scale)), *(Cell(text) for text in cells))))
    columns = (
        Column(words.say("preferences.question"), head=True, wide=True),
        *(Column(system.name, wide=True) for system in systems),
    )
    return Table("firsts-table", words.say("preferences.firsts_caption"), columns, rows=tuple(rows), even=True)


def _apart(page: PreferencePage, found: list[Conflict]) -> Table:
    """Pairs of systems with those who prefer the one and those who prefer the other."""
    words = page.words

    def side(system: str, rows: Sequence[PreferenceEstimate]) -> Cell:
        lines = (
            words.say("preferences.said", name=page.short(*instrument_of(row)), value=interval_text(page, row))
            for row in rows
        )
        return Cell(words.say("preferences.ahead", system=page.system(system)), lines=tuple(lines))

    def line(each: Conflict) -> Row:
        pair = words.say("preferences.pair", a=page.system(each.system_a), b=page.system(each.system_b))
        return Row((Cell(pair), side(each.system_a, each.for_a), side(each.system_b, each.for_b)))

    columns = (
        Column(words.say("columns.pair"), head=True, wide=True),
        Column(words.say("preferences.some"), wide=True),
        Column(words.say("preferences.others"), wide=True),
    )
    return Table(
        "apart-table", words.say("preferences.apart_caption"), columns, groups=_groups(page, found, line), even=True
    )


def _orders(page: PreferencePage) -> Section:
    words = page.words
    groups = tuple(
        Group(
            page.axis(scale),
            tuple(
                Row((Cell(page.name(*name)), Cell(", ".join(page.system(row.system_a) for row in strengths))))
                for name, strengths in by_instrument.items()
            ),
        )
        for scale, by_instrument in first_by(page.rows).items()
    )
    columns = (
        Column(words.say("preferences.instrument"), head=True, wide=True),
        Column(words.say("preferences.order"), wide=True),
    )
    table = Table("orders-table", words.say("preferences.orders_caption"), columns, groups=groups)
    view = TablesView(words.say("preferences.orders_lead"), (table,))
    return Section("orders", words.say("preferences.sections.orders"), TABLES, view)


# ---------------------------------------------------------------- one instrument


def _instrument(page: PreferencePage, name: Name) -> Section:
    rows = [row for row in page.rows if instrument_of(row) == name]
    title = page.name(*name)
    tables = [_rest(page, rows, name, items="all", caption="rest_caption")]
    if any(row.items == "shared" for row in rows):
        tables.append(_rest(page, rows, name, items="shared", caption="shared_caption"))
    tables.append(_pairs(page, rows, name))
    return Section(anchor("by", *name), title, TABLES, TablesView(_lead(page, rows, name), tuple(tables)))


def _lead(page: PreferencePage, rows: list[PreferenceEstimate], name: Name) -> str:
    words = page.words
    who = words.say(f"preferences.who.{'source' if page.source(name[0]) else 'unknown'}")
    counts = [row.n_raters for row in rows if row.n_raters is not None]
    if name[0] == SOURCES:
        who = words.say("preferences.who.sources")
    elif name[0] == RATERS and counts:
        who = words.say("preferences.who.raters", n=numbers.count(max(counts)))
    again = [
        words.say("preferences.consistency.known", share=numbers.percent(row.value, n=row.n), n=numbers.count(row.n))
        for row in rows
        if row.show == "self_consistency" and row.value is not None and row.n is not None
    ]
    consistency = " ".join(dict.fromkeys(again)) or words.say("preferences.consistency.unknown")
    return words.say("preferences.lead", who=who, consistency=consistency)


def _axis_of(rows: list[PreferenceEstimate]) -> Axis | None:
    values = [abs(each) for row in rows for each in (row.value, row.lower, row.upper) if each is not None]
    return axis_over([-max(values), max(values)], DIFFERENCE.tick, within=DIFFERENCE.within) if values else None


def _rest(page: PreferencePage, rows: list[PreferenceEstimate], name: Name, *, items: str, caption: str) -> Table:
    """Each system against the rest, grouped by question."""
    words = page.words
    chosen = [row for row in rows if row.items == items]
    shown = [row for row in chosen if row.show == "win_difference"]
    axis, withheld = _axis_of(shown), all_withheld(page, shown)
    beside = {(row.show, row.scale_id, row.system_a): row for row in chosen}

    def line(row: PreferenceEstimate) -> Row:
        equal = beside.get(("win_difference_equal_pairs", row.scale_id, row.system_a))
        strength = beside.get(("bradley_terry", row.scale_id, row.system_a))
        source = page.source(name[0])
        family = source is not None and row.system_a in source.same_family
        head = Cell(page.system(row.system_a), lines=(words.say("preferences.same_family"),) if family else ())
        cells = (
            head,
            difference_cell(page, row),
            *bar_cells(row, axis),
            difference_cell(page, equal),
            strength_cell(page, strength),
        )
        return Row((*cells, *count_cells(page, row, withheld=withheld)))

    return Table(
        anchor=anchor(items, *name),
        caption=words.say(f"preferences.{caption}", name=page.name(*name)),
        columns=(
            Column(words.say("columns.system"), head=True),
            Column(words.say("preferences.columns.difference", confidence=page.confidence), "number"),
            *([Column(words.say("columns.plot"), "plot", axis=axis)] if axis else []),
            Column(words.say("preferences.columns.equal"), "number"),
            Column(words.say("preferences.columns.strength"), "number"),
            *count_columns(words, withheld=withheld),
        ),
        groups=_groups(page, shown, line),
        notes=_notes(page, shown, name),
    )


def _pairs(page: PreferencePage, rows: list[PreferenceEstimate], name: Name) -> Table:
    words = page.words
    shown = [row for row in rows if row.items == "all" and row.show == "pair"]
    axis, withheld = _axis_of(shown), all_withheld(page, shown)

    def line(row: PreferenceEstimate) -> Row:
        a, b = page.system(row.system_a), page.system(row.system_b)
        alone = row.system_a == row.system_b
        pair = words.say("preferences.pair_itself", a=a) if alone else words.say("preferences.pair", a=a, b=b)
        return Row(
            (Cell(pair), difference_cell(page, row), *bar_cells(row, axis), *count_cells(page, row, withheld=withheld))
        )

    return Table(
        anchor=anchor("pairs", *name),
        caption=words.say("preferences.pairs_caption", name=page.name(*name)),
        columns=(
            Column(words.say("columns.pair"), head=True),
            Column(words.say("preferences.columns.difference", confidence=page.confidence), "number"),
            *([Column(words.say("columns.plot"), "plot", axis=axis)] if axis else []),
            *count_columns(words, withheld=withheld),
        ),
        groups=_groups(page, shown, line),
        notes=tuple(_margin_notes(page, shown)),
    )


def _groups(page: PreferencePage, shown: list[Asked], line: Callable[[Asked], Row]) -> tuple[Group, ...]:
    """The lines of what is shown, question by question."""
    scales = dict.fromkeys(row.scale_id for row in shown)
    return tuple(
        Group(page.axis(scale), tuple(line(row) for row in shown if row.scale_id == scale)) for scale in scales
    )


def _notes(page: PreferencePage, shown: list[PreferenceEstimate], name: Name) -> tuple[str, ...]:
    words, source = page.words, page.source(name[0])
    notes = []
    if source is not None and source.same_family:
        systems = listed(tuple(page.system(each) for each in source.same_family))
        notes.append(words.say("preferences.family", source=source.name, systems=systems))
    notes.extend(_margin_notes(page, shown))
    notes.append(words.say("preferences.notes.opponents"))
    used = dict.fromkeys(row.method for row in shown if row.method is not None)
    resamples = numbers.count(page.document.run.resamples)
    said = [words.word("methods", method, resamples=resamples, method=method) for method in used]
    if said:
        notes.append(words.say("preferences.notes.methods", confidence=page.confidence, methods="; ".join(said)))
    return tuple(notes)


def _margin_notes(page: PreferencePage, shown: list[PreferenceEstimate]) -> Iterator[str]:
    margins = sorted({row.margin for row in shown if row.margin is not None})
    if margins:
        yield page.words.say("preferences.notes.parity")
    if margins and page.document.run.retrospective:
        yield page.words.say("preferences.notes.margin", margins=listed(tuple(map(numbers.hundredths, margins))))


# ---------------------------------------------------------------- limits


def _limits(page: PreferencePage) -> Section:
    view = ListView("", tuple(_limit_sentences(page)))
    return Section("limits", page.words.say("preferences.sections.limits"), LISTED, view)


def _limit_sentences(page: PreferencePage) -> Iterator[str]:
    words, rows = page.words, page.rows
    yield words.say("preferences.limits.truth")
    people = [row for row in rows if row.instrument == RATERS and row.n]
    if people and all(row.n_raters is None for row in people if row.show != "self_consistency"):
        yield words.say("preferences.limits.nobody")
    if any(row.instrument.startswith(SOURCE) for row in rows):
        yield words.say("preferences.limits.judges")
    yield words.say("preferences.limits.format")
    yield words.say("preferences.limits.length")
    for row in rows:
        if row.items == "all" and row.system_b and row.system_a == row.system_b and row.n:
            yield words.say("preferences.limits.itself", n=numbers.count(row.n))
