"""What people state, as a page prints it: the text with source, name and date, or that it was not supplied.

May import the dossier, ``render`` and report. Nothing here is ours; every statement stands with who made it.
"""

from collections.abc import Iterable

from dualtrack.records.dossier import Dossier, Statement, SystemFacts
from dualtrack.render import Cell, Column, Fact, Row, Table, numbers
from dualtrack.report.words import Words

__all__ = ["columns_of", "facts_of", "missing", "statement_text", "supplied", "table"]


def statement_text(words: Words, statement: Statement | None) -> str:
    """A statement with its source, name and date.

    Args:
        words: the sentences.
        statement: None where nobody made one.
    """
    if statement is None:
        return words.say("stated.missing")
    return words.say(
        "stated.statement",
        text=statement.text,
        source=statement.source,
        by=statement.by,
        date=numbers.day(statement.date),
    )


def facts_of(
    words: Words, stated: Dossier | SystemFacts | None, names: Iterable[str], *, group: str
) -> tuple[Fact, ...]:
    """One line for each topic, whether somebody stated something or not.

    Args:
        words: the sentences.
        stated: a dossier, whose statements are read, or what is stated about one system.
        names: the topics, in order.
        group: where the words of the topics stand.
    """
    holder = stated.statements if isinstance(stated, Dossier) else stated
    return tuple(
        Fact(words.say(f"{group}.{name}"), statement_text(words, getattr(holder, name, None))) for name in names
    )


def missing(words: Words) -> Cell:
    """The cell of what nobody supplied."""
    return Cell(words.say("stated.missing"), muted=True)


def supplied(words: Words, text: str | None) -> Cell:
    """The cell of what somebody may have supplied."""
    return missing(words) if text is None else Cell(text)


def columns_of(words: Words, *names: str) -> tuple[Column, ...]:
    """Columns by name; the first heads its rows, and those that end with ``*`` are wide.

    Args:
        words: the sentences; a title is ``columns.NAME``.
        names: in order.
    """
    return tuple(
        Column(words.say(f"columns.{name.removesuffix('*')}"), head=place == 0, wide=name.endswith("*"))
        for place, name in enumerate(names)
    )


def table(words: Words, name: str, columns: tuple[Column, ...], rows: Iterable[tuple[Cell, ...]]) -> Table:
    """A table, or one row that says that nothing was supplied.

    Args:
        words: the sentences; the caption is ``captions.NAME``.
        name: of the table.
        columns: its columns.
        rows: the cells.
    """
    made = tuple(Row(cells) for cells in rows) or (Row(tuple(missing(words) for _ in columns)),)
    return Table(f"{name}-table", words.say(f"captions.{name}"), columns, made)
