"""Which page is for whom: one line for each page of the results. May import ``render`` and report."""

from collections.abc import Iterable

from dualtrack.render import Cell, Column, Link, Row, Section, Table
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words

__all__ = ["readers_section"]

FEEDBACK = "feedback"


def readers_section(pages: Iterable[Link], feedback: Iterable[Link], words: Words) -> Section:
    """Every page with its reader and the question that it answers.

    Args:
        pages: links to the pages, in order; ``readers.NAME`` of the words says whom a page is for.
        feedback: links to the sheets for single vendors; they share one reader and stand last.
        words: the sentences.
    """
    rows = [_row(link, link.target.removesuffix(".html").replace("-", "_"), words) for link in pages]
    rows += [_row(link, FEEDBACK, words) for link in feedback]
    columns = (
        Column(words.say("readers.page"), head=True, wide=True),
        Column(words.say("readers.reader"), wide=True),
        Column(words.say("readers.question"), wide=True),
    )
    board = Table("readers-table", words.say("readers.caption"), columns, tuple(rows))
    return Section("readers", words.say("readers.section"), TABLES, TablesView("", (board,)))


def _row(link: Link, name: str, words: Words) -> Row:
    reader, question = words.say(f"readers.{name}.reader"), words.say(f"readers.{name}.question")
    return Row((Cell(link.text, target=link.target), Cell(reader), Cell(question)))
