"""The record on a page: when the plan was sealed, and everything that was changed since. May import ``render``, report.

A change after the seal stands here with its old and its new value, whether anybody wrote down why or not.
"""

from collections.abc import Iterator

from dualtrack.render import Cell, Column, Row, Section, Table, numbers
from dualtrack.report.record_facts import ChangeFacts, RecordFacts
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.rubric.diff import value_text

__all__ = ["record_section"]


def record_section(record: RecordFacts | None, words: Words) -> Section | None:
    """The seal, the look and the changes; None for a study that was never sealed.

    Args:
        record: what the page may see of the record.
        words: the sentences.
    """
    if record is None:
        return None
    tables = (_table(record.changes, words),) if record.changes else ()
    view = TablesView(" ".join(_lead(record, words)), tables)
    return Section("record", words.say("record.section"), TABLES, view)


def _lead(record: RecordFacts, words: Words) -> Iterator[str]:
    who = record.by if record.role is None else words.say("record.in_role", by=record.by, role=record.role)
    yield words.say("record.sealed", at=numbers.day(record.at), by=who, basis=words.word("record.bases", record.basis))
    if not record.counts:
        yield words.say("record.late")
    elif record.seal_at != record.at:
        yield words.say("record.amended_in_time", at=numbers.day(record.seal_at))
    if record.look is not None:
        yield words.say("record.look" if record.look == 1 else "record.looked_before", n=numbers.count(record.look))
    if not record.changes:
        yield words.say("record.unchanged")
    for digest in record.digests:
        yield words.say("record.digest", digest=digest)


def _table(changes: tuple[ChangeFacts, ...], words: Words) -> Table:
    columns = (
        Column(words.say("record.what"), head=True, wide=True),
        Column(words.say("record.old")),
        Column(words.say("record.new")),
        Column(words.say("record.follows"), wide=True),
        Column(words.say("record.amendment"), wide=True),
    )
    rows = tuple(_row(change, words) for change in changes)
    return Table("changes-table", words.say("record.caption"), columns, rows)


def _row(change: ChangeFacts, words: Words) -> Row:
    by = change.amended
    if by is None:
        amendment = Cell(words.say("record.no_amendment"))
    else:
        who = words.say("record.by", number=numbers.count(by.number), at=numbers.day(by.at), by=by.by, grade=by.grade)
        amendment = Cell(who, lines=(by.why,))
    return Row(
        (
            Cell(change.what),
            Cell(_value(change.old, words)),
            Cell(_value(change.new, words)),
            Cell(words.word("record.effects", change.effect)),
            amendment,
        )
    )


def _value(value: object, words: Words) -> str:
    return words.say("record.absent") if value is None else value_text(value)
