"""Splits an answer into sentences by stated rules, so that two readers of the rules get the same count.

Why it exists: readability counts sentences and several checks judge sentence by sentence; list lines, headings and
table rows have no full stop, and clinical text is full of stops that end nothing. The abbreviations are data:
``sentences.yaml``. May import the checks' own ground floor.

The rules, in order:

1. Lines. A line break ends a sentence, unless the next line is plain text that begins with a lower-case letter (a
   wrapped line). List items (``-``, ``*``, ``1.``, ``a)``), headings (``#``) and table rows are never continuations.
2. Stops. ``.``, ``!`` and ``?``, alone or in a row and with the quotation marks, brackets and asterisks that close
   after them, end a sentence when white space or the end of the line follows. So decimals (0.5) and the stops inside
   addresses (nhs.uk) end nothing.
3. A single full stop ends nothing after a title, a Latin abbreviation or a month (Dr., e.g., vs., Jan.), nor after
   capital initials (J. Smith, U.S. Office) - unless a single letter names something (vitamin C., type A.) or the next
   word is one that opens sentences (the U.S. The).
4. After an abbreviation that often ends a sentence (etc., mg., p.m., b.i.d.) a full stop ends it only when the next
   word does not begin with a lower-case letter or a digit.
5. What has no letter and no digit is not a sentence.
"""

import re
from collections.abc import Iterator
from functools import cache

from dualtrack.checks.base import Span
from dualtrack.checks.packaged import packaged

__all__ = ["sentences", "words"]

_STOP = re.compile(r"""(?<![.!?])[.!?]++["')\]*_]*+(?=\s|\Z)""")
_MARKER = re.compile(r"[ \t]*+(?:(?:[-*+•◦▪‣·>]|\(?\d{1,3}[.)]|\(?[A-Za-z][.)])[ \t]++|#{1,6}[ \t]++)")
_BEFORE_STOP = re.compile(r"(?<!\S)[\"'(\[*_]*+(\S{1,12})\Z")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)*[A-Z]")
_HAS_WORD = re.compile(r"[^\W_]")
_ADDRESS = re.compile(r"(?:https?://|www\.)|[^\s@]@[^\s@]", re.IGNORECASE)
_OPENS_SENTENCE = re.compile(
    r"\s+(?:The|This|These|That|Those|It|If|In|A|An|You|Your|He|She|They|We|However|For|When|There|But|And|As|At|To)\s"
)


def sentences(text: str) -> list[Span]:
    r"""Sentences of a text, by the rules at the top of this module.

    Args:
        text: folded text.

    Returns:
        Spans in order, without list markers, heading marks and surrounding white space.

    Example:
        >>> text = "Take 0.5 mg, e.g. at night. Then:\n- rest\n- call Dr. Lee"
        >>> [text[start:end] for start, end in sentences(text)]
        ['Take 0.5 mg, e.g. at night.', 'Then:', 'rest', 'call Dr. Lee']
    """
    return [
        (start, end)
        for block_start, block_end in _blocks(text)
        for start, end in _cut(text, block_start, block_end)
        if _HAS_WORD.search(text, start, end)
    ]


def words(text: str, start: int = 0, end: int | None = None) -> list[str]:
    """Words of a passage: runs of non-space characters with a letter or digit, without web and e-mail addresses.

    Args:
        text: folded text.
        start: where to begin.
        end: where to stop; None is the end of the text.

    Example:
        >>> words("Take 1-2 tablets / day, see https://www.nhs.uk")
        ['Take', '1-2', 'tablets', 'day,', 'see']
    """
    passage = text[start:end]
    return [token for token in passage.split() if _HAS_WORD.search(token) and not _ADDRESS.search(token)]


def _blocks(text: str) -> Iterator[Span]:
    """Runs of lines that no line break divides, without their markers."""
    start = end = None
    position = 0
    for line in text.splitlines(keepends=True):
        line_start, position = position, position + len(line)
        marker = _MARKER.match(text, line_start, position)
        body = line.strip()
        if start is not None and not (marker is None and body[:1].islower()):
            yield start, end if end is not None else start
            start = None
        if body and start is None:
            start = marker.end() if marker else line_start
        if body:
            end = line_start + len(line.rstrip())
    if start is not None and end is not None:
        yield start, end


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    """Sentences of one block."""
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if stop.group()[0] == "." and not stop.group().startswith("..") and not _ends(text, begin, stop, end):
            continue
        yield _trimmed(text, begin, stop.end())
        begin = stop.end()
    yield _trimmed(text, begin, end)


def _ends(text: str, begin: int, stop: re.Match[str], end: int) -> bool:
    """Whether a single full stop ends the sentence that began at ``begin``."""
    before = _BEFORE_STOP.search(text, max(begin, stop.start() - 16), stop.start())
    following = text[stop.end() : min(end, stop.end() + 3)].lstrip()
    if before is None or not following:
        return True
    last = before.group(1).lower()
    if last in _listed("never_ends"):
        return last == "no" and not following[0].isdigit()
    if last in _listed("may_end"):
        return not (following[0].islower() or following[0].isdigit())
    if _INITIALS.fullmatch(before.group(1)) and last != "i":
        earlier = text[max(begin, before.start() - 24) : before.start()].split()
        names_a_letter = len(last) == 1 and bool(earlier) and earlier[-1].lower() in _listed("names_a_letter")
        return names_a_letter or _OPENS_SENTENCE.match(text, stop.end(), end) is not None
    return True


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(packaged("dualtrack.checks", "sentences.yaml")[name].split())


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
