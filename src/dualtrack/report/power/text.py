"""A power calculation as lines of text: the same sections as the page, without drawings.

May import ``render`` and the ground of report.
"""

import textwrap
from collections.abc import Iterator

from dualtrack.render import Table, visible
from dualtrack.report.power.gates import plan_section
from dualtrack.report.power.page import power_sections
from dualtrack.report.power.rest import assumptions_section, hours_section
from dualtrack.report.power.rows import Document
from dualtrack.report.view import TablesView
from dualtrack.report.words import load_words

__all__ = ["power_lines"]

WIDTH = 110


def power_lines(document: Document, *, plan_only: bool = False, language: str = "en") -> Iterator[str]:
    """Lines for a terminal.

    Args:
        document: the content of power.json.
        plan_only: only what the plan gives each gate, the hours and the assumptions.
        language: language of the words.

    Yields:
        Lines without a line end.
    """
    words = load_words(language, "power")
    study, nothing = document["study"], frozenset({"", words.say("power.dash"), words.say("power.none")})
    yield visible(words.say(f"data_titles.{study['data_kind']}", title=study["title"]))
    yield from textwrap.wrap(words.say("power.about"), WIDTH)
    sections = [plan_section(document, words), hours_section(document, words), assumptions_section(document, words)]
    if not plan_only:
        sections = [each for each in power_sections(document, words) if each.anchor != "power-states"]
    for section in sections:
        yield ""
        yield visible(section.title)
        yield "-" * min(len(section.title), WIDTH)
        if isinstance(section.view, TablesView):
            yield from textwrap.wrap(section.view.lead, WIDTH)
            for table in section.view.tables:
                yield ""
                yield from _aligned(table, nothing)


def _aligned(table: Table, nothing: frozenset[str]) -> Iterator[str]:
    """A table in columns; text to the left, numbers to the right. Columns with nothing in them are left out."""
    kept = [
        place
        for place, column in enumerate(table.columns)
        if column.align != "plot" and any(row.cells[place].text not in nothing for row in table.rows)
    ]
    heads = [textwrap.wrap(table.columns[place].title, 14) or [""] for place in kept]
    height = max((len(head) for head in heads), default=0)
    lines = [[head[n] if n < len(head) else "" for head in heads] for n in range(height)]
    lines += [[visible(row.cells[place].text).replace("\n", " ") for place in kept] for row in table.rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(kept))]
    yield visible(table.caption)
    for line in lines:
        cells = [
            text.rjust(width) if table.columns[place].align == "number" else text.ljust(width)
            for text, width, place in zip(line, widths, kept, strict=True)
        ]
        yield "  ".join(cells).rstrip()
