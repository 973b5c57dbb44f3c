"""The order of the systems on one track: ranks that the evidence leaves open. May import terms, ``render`` and report.

A rank never stands alone here: it comes as a set, with who is told apart from whom and who is not.
"""

from dataclasses import dataclass

from dualtrack.render import Axis, Cell, Column, Group, Row, Section, Table, interval_bar, listed, numbers, rank_axis
from dualtrack.report.figures import estimate_text, undefined_text
from dualtrack.report.head_to_head import head_to_head, margin_came_late
from dualtrack.report.rows import Rank
from dualtrack.report.sheet import PRIMARY, Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import Fill, Role

__all__ = ["order_section"]

MOST_NAMES = 3
SHADES = (0.05, 0.25, 0.5, 0.75)
SHADE_NAMES = ("0", "1", "2", "3", "4")


def order_section(sheet: Sheet, words: Words) -> Section | None:
    """Ranks with their uncertainty; None where the results hold none.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    if not sheet.ranks:
        return None
    place = {system.id: number for number, system in enumerate(sheet.study.systems)}
    rows = sorted(sheet.ranks, key=lambda row: (*_front(row), place[row.system_id]))
    order = _Order(sheet, words, tuple(rows), tuple(row for row in rows if row.state == "defined"))
    confidence = numbers.exact_percent(sheet.run.confidence)
    lead = words.say("order.lead", confidence=confidence) if order.ranked else words.say("order.lead_none")
    pairs = head_to_head(sheet, words)
    shares = [_shares(order)] if any(row.shares for row in order.ranked) else []
    tables = (_ranks(order), *([pairs] if pairs is not None else []), *shares)
    claim = _claim(order)
    if any(row.role == Role.exploratory for row in order.ranked):
        claim = words.say("order.exploratory", claim=claim)
    title = words.say("sections.order", claim=claim)
    return Section("order", title, TABLES, TablesView(lead, tables))


@dataclass(frozen=True, slots=True)
class _Order:
    """The rows of one track from the front, and those of them that have ranks."""

    sheet: Sheet
    words: Words
    rows: tuple[Rank, ...]
    ranked: tuple[Rank, ...]

    def names(self, systems: tuple[str, ...]) -> str:
        """Names of systems as a list in a sentence, in the order of the study."""
        known = [system.name for system in self.sheet.study.systems if system.id in systems]
        return listed(tuple(known))


def _front(row: Rank) -> tuple[int, int, int, int]:
    undefined = row.state != "defined"
    return (undefined, row.tie_group or 0, row.rank_best or 0, row.rank_worst or 0)


def _claim(order: _Order) -> str:
    """One clause made from the states alone."""
    words, ranked = order.words, order.ranked
    if not ranked:
        return words.say("order.claims.none")
    others = {row.system_id: {each.system_id for each in ranked} - {row.system_id} for row in ranked}
    if all(others[row.system_id] <= set(row.tied_with) for row in ranked):
        return words.say("order.claims.all_tied")
    if not any(row.ahead_of for row in ranked):
        return words.say("order.claims.open")
    front = [row for row in ranked if row.tie_group == ranked[0].tie_group]
    if len(front) == len(ranked):
        return words.say("order.claims.partly")
    if len(front) > MOST_NAMES:
        return words.say("order.claims.many")
    names = order.names(tuple(row.system_id for row in front))
    return words.say(f"order.claims.{'one' if len(front) == 1 else 'several'}", names=names)


def _ranks(order: _Order) -> Table:
    words = order.words
    axis = rank_axis(len(order.sheet.study.systems)) if order.ranked else None
    columns = (
        Column(words.say("columns.system"), head=True),
        Column(words.say("columns.score", confidence=numbers.exact_percent(order.sheet.run.confidence)), "number"),
        Column(words.say("order.columns.ranks"), "number"),
        *([Column(words.say("order.columns.plot"), "plot", axis=axis)] if axis else []),
        Column(words.say("order.columns.first"), "number"),
        Column(words.say("order.columns.told"), wide=True),
    )
    drawn = {row.system_id: _row(order, row, axis) for row in order.rows}
    found = list(dict.fromkeys(row.tie_group for row in order.ranked))
    grouped = len(found) > 1
    groups = tuple(
        Group(
            words.say("order.group", group=numbers.count(group or 0)),
            tuple(drawn[row.system_id] for row in order.ranked if row.tie_group == group),
        )
        for group in (found if grouped else [])
    )
    plain = tuple(drawn[row.system_id] for row in order.rows if not grouped or row.state != "defined")
    return Table("order-table", words.say("order.caption"), columns, plain, groups, notes=_notes(order))


def _row(order: _Order, row: Rank, axis: Axis | None) -> Row:
    words = order.words
    head = (Cell(order.sheet.system_name(row.system_id)), _score(order, row))
    limits = (row.rank_best, row.rank_worst)
    if row.state != "defined" or None in limits:
        ranks, none = (
            Cell(undefined_text(words, row.reason), muted=True),
            Cell(words.say("order.no_shares"), muted=True),
        )
        apart = Cell(words.say("metrics.not_computed"), lines=_whatever_is_missing(order, row), muted=True)
        return Row((*head, ranks, *([Cell()] if axis else []), none, apart))
    best, worst = row.rank_best or 0, row.rank_worst or 0
    n = numbers.count(row.n_systems or 0)
    ranks = Cell(words.say("order.ranks", best=numbers.count(best), worst=numbers.count(worst), n=n))
    first = Cell(words.say("order.no_shares"), muted=True)
    if row.share_first is not None:
        first = Cell(numbers.percent(row.share_first))
    told = _told(order, row) or (words.say("order.nobody"),)
    bars = [Cell(bar=interval_bar(axis, None, interval=(best, worst)))] if axis else []
    lines = (*told[1:], *_whatever_is_missing(order, row))
    return Row((*head, ranks, *bars, first, Cell(told[0], lines=lines)))


def _score(order: _Order, row: Rank) -> Cell:
    """The score as the table of scores has it: over each system's own cases."""
    found = order.sheet.estimates.get((order.sheet.track, row.system_id, "score", PRIMARY, Fill.observed))
    if found is None or found.value is None:
        return Cell(undefined_text(order.words, None if found is None else found.reason), muted=True)
    return Cell(estimate_text(order.words, found))


def _whatever_is_missing(order: _Order, row: Rank) -> tuple[str, ...]:
    """The ranks that no missing evidence could change."""
    words = order.words
    if row.missing_best is None or row.missing_worst is None:
        return ()
    best, worst = numbers.count(row.missing_best), numbers.count(row.missing_worst)
    return (words.say("order.missing", best=best, worst=worst),)


def _told(order: _Order, row: Rank) -> tuple[str, ...]:
    """From whom a system is told apart, and from whom not; equivalence and thin evidence are two things."""
    words, said = order.words, []
    if row.ahead_of:
        said.append(words.say("order.ahead", names=order.names(row.ahead_of)))
    if row.behind:
        said.append(words.say("order.behind", names=order.names(row.behind)))
    if row.tied_with and row.margin is not None:
        margin = numbers.hundredths(row.margin)
        said.append(words.say("order.tied", names=order.names(row.tied_with), margin=margin))
    if row.open_with:
        said.append(words.say("order.open", names=order.names(row.open_with)))
    return tuple(said)


def _notes(order: _Order) -> tuple[str, ...]:
    words = order.words
    if not order.ranked:
        return ()
    first = order.ranked[0]
    resamples = numbers.count(order.sheet.run.resamples)
    grouped = any(row.tie_group != first.tie_group for row in order.ranked)
    notes = [words.say("order.score_note"), *([words.say("order.group_note")] if grouped else [])]
    counts = (first.n_metrics, first.n_items, first.n_clusters)
    if None not in counts:
        shown = [numbers.count(n or 0) for n in counts]
        notes.append(words.say("order.ground", n_metrics=shown[0], n_items=shown[1], n_clusters=shown[2]))
    if any(row.missing_best is not None for row in order.rows):
        notes.append(words.say("order.missing_note"))
    if first.margin is None or margin_came_late(order.sheet):
        notes.append(words.say("order.no_margin" if first.margin is None else "order.late_margin"))
    if first.method is not None:
        method = words.word("methods", first.method, resamples=resamples, method=first.method)
        notes.append(words.say("order.method_note", method=method))
    return tuple(notes)


def _shares(order: _Order) -> Table:
    words = order.words
    ranks = range(1, len(order.ranked) + 1)
    columns = (
        Column(words.say("columns.system"), head=True),
        *(Column(words.say("order.columns.rank", rank=numbers.count(rank)), "number") for rank in ranks),
    )
    rows = tuple(
        Row((Cell(order.sheet.system_name(row.system_id)), *(_share(order, row, rank) for rank in ranks)))
        for row in order.ranked
    )
    notes = (words.say("order.shares_note"),)
    return Table("rank-shares-table", words.say("order.shares_caption"), columns, rows, notes=notes)


def _share(order: _Order, row: Rank, rank: int) -> Cell:
    if rank > len(row.shares):
        return Cell(order.words.say("order.no_shares"), muted=True)
    share = row.shares[rank - 1]
    return Cell(numbers.percent(share), shade=SHADE_NAMES[sum(share >= limit for limit in SHADES)])
