"""How an answer is laid out: headings and what they govern, list items, table cells, quotations, turns of a chat.

Why it exists: "ibuprofen" under "Do not take:" is told apart from "ibuprofen" under "You can use:" by the page, not by
the sentence. May import the checks' own ground floor.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache

from dualtrack.checks.base import Span
from dualtrack.checks.folding import Folded
from dualtrack.checks.sentences import sentences

__all__ = ["Layout", "Line", "layout"]

_ITEM = re.compile(r"([ \t]*)(?:[-*+\u2022\u25e6\u25aa\u2023\u00b7]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+")
_HASHES = re.compile(r"[ \t]*(#{1,6})[ \t]+")
_BOLD_LINE = re.compile(r"[ \t]*(?:\*\*|__)[^*_\n]{1,80}(?:\*\*|__)[ \t]*:?[ \t]*$")
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$|[^|\n]+\|[^|\n]+\|")
_RULE = re.compile(r"[ \t|:-]+$")
_USER = re.compile(r"\W{0,4}(?:user|patient|human|question|q|you|customer|caller|client|prompt)\W{0,3}:", re.IGNORECASE)
_OTHER = re.compile(
    r"\W{0,4}(?:assistant|doctor|dr\.?(?: \w+)?|ai|bot|answer|a|response|nurse|pharmacist|chatbot|model|gp)\W{0,3}:",
    re.IGNORECASE,
)
_CALLOUT = re.compile(r"[ \t]*>[ \t]*(?:\*|_|\[!|\W{0,3}(?:note|warning|important|tip|caution|key)\b)", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"\n]{1,600}"')

_BOLD_LEVEL, _BARE_LEVEL, _LEAD_LEVEL = 7, 8, 9
_SHORT_HEADING = 70  # characters
_MOST_CELLS = 30  # of one row; what follows is one cell
_FEWEST_QUOTED = 4  # words; a name in quotation marks is no quotation


@dataclass(slots=True)
class Line:
    """One line of the text.

    Args:
        start, end: place in the folded text, without the line break.
        body: where its words begin, after a list or heading mark.
        indent: columns of white space before a list mark; -1 for what is no list item.
        labels: the headings and lead-ins that govern it, nearest first.
        cells: cells of a table row.
        header: cells of the first row of that table.
        quoted: whether it quotes somebody.
    """

    start: int
    end: int
    body: int
    indent: int = -1
    labels: tuple[Span, ...] = ()
    cells: tuple[Span, ...] = ()
    header: tuple[Span, ...] = ()
    quoted: bool = False


@dataclass(frozen=True)
class Layout:
    """A text with its sentences and lines.

    Args:
        text: the folded text in lower case.
        sentences: spans in order.
        lines: in order.
        quotations: spans in order.
    """

    text: str
    sentences: tuple[Span, ...]
    lines: tuple[Line, ...]
    quotations: tuple[Span, ...]
    _sentence_starts: list[int] = field(repr=False)
    _line_starts: list[int] = field(repr=False)

    def sentence_at(self, place: int) -> int:
        """Index of the sentence in which a character stands, or of the one before it; -1 before the first."""
        return bisect_right(self._sentence_starts, place) - 1

    def line_at(self, place: int) -> Line:
        """The line in which a character stands."""
        return self.lines[max(0, bisect_right(self._line_starts, place) - 1)]

    def quotes(self, start: int, end: int) -> bool:
        """Whether a passage lies in a quotation."""
        place = bisect_right(self.quotations, (start, end + len(self.text))) - 1
        return place >= 0 and self.quotations[place][0] <= start and end <= self.quotations[place][1]


def layout(folded: Folded) -> Layout:
    r"""The layout of a text; the last few are kept.

    Definition: a heading (marked by ``#``, a bold line, or a short line before a list) governs what follows until the
    next heading of its level or above; a line that ends with a colon, or a list item, governs the items below it that
    are no less indented, until other text follows them. Lines that begin with ``>`` and are no call-out, lines from
    "User:" to the next turn or empty line, and passages of four words or more in quotation marks are quoted.

    Args:
        folded: the text.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> page = layout(fold("Avoid:\n- aspirin"))
        >>> [page.text[start:end] for start, end in page.line_at(9).labels]
        ['avoid:']
    """
    return _layout(folded.text)


@lru_cache(maxsize=8)
def _layout(text: str) -> Layout:
    lower = text.lower()
    found = tuple(sentences(text))
    lines = _lines(lower)
    _mark_labels(lower, lines)
    _mark_tables(lower, lines)
    _mark_turns(lower, lines)
    quotations = tuple(
        match.span() for match in _QUOTED.finditer(lower) if len(match.group().split()) >= _FEWEST_QUOTED
    )
    return Layout(lower, found, tuple(lines), quotations, [s for s, _ in found], [line.start for line in lines])


def _lines(text: str) -> list[Line]:
    lines, position = [], 0
    for content in text.split("\n"):
        end = position + len(content)
        item = _ITEM.match(text, position, end)
        hashes = _HASHES.match(text, position, end)
        mark = item or hashes
        line = Line(position, end, mark.end() if mark else position)
        if item:
            line.indent = len(item.group(1).expandtabs(4))
        lines.append(line)
        position = end + 1
    return lines


def _level(text: str, line: Line, following: Line | None) -> int:
    """Level of the heading or lead-in that a line is; 0 for none."""
    words = text[line.body : line.end].rstrip()
    hashes = _HASHES.match(text, line.start, line.end)
    if hashes:
        return len(hashes.group(1))
    if line.indent < 0 and _BOLD_LINE.match(text, line.start, line.end):
        return _BOLD_LEVEL
    if words.rstrip("*_ ").endswith(":"):
        return _LEAD_LEVEL + line.indent + 1
    if following is None or following.indent < 0:
        return 0
    if line.indent >= 0:
        return _LEAD_LEVEL + line.indent + 1 if following.indent > line.indent else 0
    short = len(words) <= _SHORT_HEADING and words[-1:].isalnum()
    return _BARE_LEVEL if short else 0


def _mark_labels(text: str, lines: list[Line]) -> None:
    filled = [line for line in lines if text[line.body : line.end].strip()]
    open_labels: list[tuple[int, Span]] = []
    seen_item = False
    for line, following in zip(filled, [*filled[1:], None], strict=False):  # where none is filled, there is no pair
        level = _level(text, line, following)
        if line.indent < 0 and (level or seen_item):
            open_labels = [each for each in open_labels if each[0] < min(level or _LEAD_LEVEL, _LEAD_LEVEL)]
            seen_item = False
        elif line.indent >= 0:
            open_labels = [each for each in open_labels if each[0] < _LEAD_LEVEL + line.indent + 1]
            seen_item = True
        line.labels = tuple(span for _, span in reversed(open_labels[-4:]))
        if level:
            open_labels = [each for each in open_labels if each[0] < level]
            open_labels.append((level, (line.body, line.end)))


def _mark_tables(text: str, lines: list[Line]) -> None:
    header: tuple[Span, ...] = ()
    for line in lines:
        if not _ROW.match(text, line.start, line.end):
            header = ()
            continue
        line.cells = _cells(text, line)
        line.header = header
        if not header and not _RULE.match(text, line.start, line.end):
            header = line.cells


def _cells(text: str, line: Line) -> tuple[Span, ...]:
    cells: list[Span] = []
    start = line.start
    while True:
        end = text.find("|", start, line.end) if len(cells) < _MOST_CELLS else -1
        stop = line.end if end < 0 else end
        if text[start:stop].strip() or (cells and end >= 0):
            cells.append((start, stop))
        if end < 0:
            return tuple(cells)
        start = end + 1


def _mark_turns(text: str, lines: list[Line]) -> None:
    by_user = False
    for line in lines:
        if line.start == line.end or _OTHER.match(text, line.start, line.end):
            by_user = False
        elif _USER.match(text, line.start, line.end):
            by_user = True
        callout = text.startswith(">", line.start) and not _CALLOUT.match(text, line.start, line.end)
        line.quoted = by_user or callout
