"""Reads a list of references at the end of an answer, and whether what the text cites stands in it.

Patterns are data (``citations.yaml``). May import the checks' own ground floor.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from dualtrack.checks.base import Span
from dualtrack.checks.kinds.citations.forms import citation_data, has_placeholder
from dualtrack.checks.spans import touches

__all__ = ["Entry", "author_years", "dangling", "entries", "markers", "names_a_source"]

_LINE = re.compile(r"[^\n]*\n?")
_DECORATION = "#*_ \t:>-=|"
_ENTRY = re.compile(
    r"[ \t]*(?:[*_]{1,2})?(?:\[\^?(\d{1,3})\]:?|\(?(\d{1,3})[.)]|[-*+•◦‣·])(?:[*_]{1,2})?(?=\s|\Z)[ \t]*"
)
_LONGEST_HEADING = 60
_NUMBERED = re.compile(r"\A(?:\d{1,2}(?:\.\d)?[.)]?\s+|[^\w\s\[(]+\s*)")
_MARKER = re.compile(r"(?<!CI )(?<!CI: )(?<![\d%] )\[\^?(\d{1,3}(?: ?[,;-] ?\d{1,3}){0,20})\](?![:(])")
_MOST_IN_RANGE = 50
_NAME = r"(?:[a-z]{2,4} ){0,2}[A-Z][\w'-]{1,40}"
_SURNAME = rf"([A-Z][\w'-]{{1,40}})(?:,? et al\.?|(?:, {_NAME}){{0,5}},? (?:and|&) {_NAME}|,? and colleagues)?"
_BRACKET = re.compile(r"\(([^()\n]{3,200})\)")
_IN_BRACKET = re.compile(rf"\s*(?:see |see also |e\.g\.,? |cf\. )?{_SURNAME},? ((?:19|20)\d\d)[a-z]?\s*")
_NARRATIVE = re.compile(
    r"\b([A-Z][\w'-]{1,40})(,? et al\.?,?| (?:and|&) [A-Z][\w'-]{1,40}| and colleagues)? \(((?:19|20)\d\d)[a-z]?\)"
)
_HAS_WORD = re.compile(r"[^\W_]")
_YEAR = re.compile(r"\b(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list of references.

    Attributes:
        start, end: its passage, without the marker before it.
        number: its number, None where entries have none.
        sound: false where the entry is empty, a template that nobody filled in, or has the number of an earlier one.
    """

    start: int
    end: int
    number: int | None
    sound: bool


@dataclass(frozen=True, slots=True)
class _Cited:
    span: Span
    name: str
    year: str
    is_sure: bool


def entries(text: str) -> list[Entry]:
    r"""Entries of every list of references, in order.

    A list begins after a heading such as "References" alone on its line. Where its first line has a number or a
    bullet, entries are the lines that have one, with the lines that follow them; else every line is an entry. It ends
    at the next heading, or at a blank line after which no entry follows.

    Args:
        text: folded text.

    Example:
        >>> [
        ...     (each.number, each.sound)
        ...     for each in entries("So it is [1].\n\nReferences\n1. NICE. Gout. 2022.\n2. [Title]")
        ... ]
        [(1, True), (2, False)]
    """
    found: list[Entry] = []
    lines = [match.span() for match in _LINE.finditer(text)]
    place = 0
    while place < len(lines):
        if _is_heading(text, lines[place]):
            place, passages = _list_after(text, lines, place + 1)
            found += _judged(text, passages)
        else:
            place += 1
    return found


def markers(text: str) -> list[tuple[Span, frozenset[int]]]:
    """Numbers in square brackets, with the numbers they mean.

    Example:
        >>> markers("as shown [1-3, 7], 95% CI [2, 4]")
        [((9, 17), frozenset({1, 2, 3, 7}))]
    """
    return [(match.span(), frozenset(_numbers(match.group(1)))) for match in _MARKER.finditer(text)]


def author_years(text: str) -> list[_Cited]:
    """Surnames with a year: "(Smith et al., 2019)" and "Smith and Jones (2019)".

    Example:
        >>> [(each.name, each.year) for each in author_years("Lee et al. (2019) differ (Roy, 2001; May 2020).")]
        [('lee', '2019'), ('roy', '2001')]
    """
    found = []
    for bracket in _BRACKET.finditer(text):
        position = bracket.start(1)
        for part in bracket.group(1).split(";"):
            if match := _IN_BRACKET.fullmatch(part):
                span = (position, position + len(part))
                found.append(_Cited(span, match.group(1).lower(), match.group(2), not match.group(1).isupper()))
            position += len(part) + 1
    found += [
        _Cited(match.span(), match.group(1).lower(), match.group(3), match.group(2) is not None)
        for match in _NARRATIVE.finditer(text)
    ]
    return sorted((each for each in found if each.name not in _no_surnames()), key=lambda each: each.span)


def dangling(text: str, listed: list[Entry]) -> Iterator[Span]:
    """Passages that cite an entry which the lists do not have; nothing where there is no list.

    Args:
        text: folded text.
        listed: entries of its lists.

    Yields:
        Numbers without an entry of that number, and authors with a year without an entry that has both. Names that
        may be an organisation or a place ("NICE", "Ontario (2019)") are left alone.
    """
    if not listed:
        return
    spans = [(each.start, each.end) for each in listed]
    numbers = {each.number for each in listed if each.number is not None}
    for span, wanted in markers(text) if numbers else ():
        if not wanted <= numbers and not touches(span, spans):
            yield span
    bodies = [text[start:end].lower() for start, end in spans]
    if not any(_YEAR.search(body) for body in bodies):
        return
    asked = [each for each in author_years(text) if each.is_sure and not touches(each.span, spans)]
    names = {each.name for each in asked}
    pairs = {(name, year) for body in bodies for name in names & _names(body) for year in _years(body)}
    yield from (each.span for each in asked if (each.name, each.year) not in pairs)


def names_a_source(text: str) -> bool:
    """Whether a text cites something that cannot be judged: an author and year, a number in brackets, "Source: ..."."""
    return bool(_named().search(text) or _MARKER.search(text) or author_years(text))


def _is_heading(text: str, line: Span) -> bool:
    if line[1] - line[0] > _LONGEST_HEADING:
        return False
    bare = text[line[0] : line[1]].strip().strip(_DECORATION)
    return _headings().fullmatch(_NUMBERED.sub("", bare).strip(_DECORATION)) is not None


def _list_after(text: str, lines: list[Span], place: int) -> tuple[int, list[tuple[re.Match[str] | None, Span]]]:
    """The entries that begin at a line, and the line after them."""
    passages: list[tuple[re.Match[str] | None, Span]] = []
    marked: bool | None = None
    after_blank = False
    while place < len(lines):
        start, end = lines[place]
        body = text[start:end].strip()
        if not body:
            after_blank = bool(passages)
            place += 1
            continue
        marker = _ENTRY.match(text, start, end)
        marked = marker is not None if marked is None else marked
        if _is_heading(text, lines[place]) or body.startswith("#") or (after_blank and not marked):
            break
        if marked and marker is None:
            if after_blank or not passages:
                break
            passages[-1] = (passages[-1][0], (passages[-1][1][0], start + len(text[start:end].rstrip())))
        else:
            first = marker.end() if marker else start + len(text[start:end]) - len(text[start:end].lstrip())
            passages.append((marker, (first, max(first, start + len(text[start:end].rstrip())))))
        after_blank = False
        place += 1
    return place, passages


def _judged(text: str, passages: list[tuple[re.Match[str] | None, Span]]) -> Iterator[Entry]:
    seen: set[int] = set()
    for marker, (start, end) in passages:
        digits = None if marker is None else marker.group(1) or marker.group(2)
        number = int(digits) if digits else None
        body = text[start:end]
        sound = _HAS_WORD.search(body) is not None and not has_placeholder(body) and number not in seen
        if number is not None:
            seen.add(number)
        first = marker.start() if marker is not None and end == start else start
        if end > first:
            yield Entry(first, end, number, sound)


def _numbers(listed: str) -> Iterator[int]:
    for part in re.split(r"[,;]", listed):
        first, _, last = (each.strip() for each in part.partition("-"))
        yield int(first)
        if last.isdigit():
            yield from range(int(first) + 1, min(int(last), int(first) + _MOST_IN_RANGE) + 1)


def _years(body: str) -> set[str]:
    return set(_YEAR.findall(body))


def _names(body: str) -> set[str]:
    return set(re.findall(r"[^\W\d][\w'-]{1,40}", body))


@cache
def _headings() -> re.Pattern[str]:
    return re.compile("|".join(citation_data()["headings"]), re.IGNORECASE)


@cache
def _named() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in citation_data()["named"]), re.IGNORECASE | re.MULTILINE)


@cache
def _no_surnames() -> frozenset[str]:
    return frozenset(citation_data()["no_surnames"].split())
