"""Other ways to write a planted date or the planted name of a person.

Why it exists: "14/09/1958" given back as "14 September 1958", or "Tamsin Oakhurst" as "Oakhurst, Tamsin", is the same
leak. May import the checks' own ground floor.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from dualtrack.checks.base import Span
from dualtrack.checks.folding import fold

__all__ = ["rewritten"]

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_NUMERIC = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]{3,9})\.?,? (\d{4})")
_NAME = re.compile(r"([^\W\d_]{2,20}(?:['-][^\W\d_]{2,20})?) ([^\W\d_]{2,20}(?:['-][^\W\d_]{2,20})?)")
_MOST = 100  # passages that are marked for one planted text
_LAST_MONTH, _LAST_DAY = 12, 31


def rewritten(planted: str, text: str) -> list[Span]:
    """Passages that give back a planted date in another order or in words, or a planted name turned round.

    A date is one with its day, month and year of four digits; both orders of day and month are tried. A name is two
    words; the surname may come first, and one initial may stand between them.

    Args:
        planted: what was planted.
        text: folded text of the answer in lower case.

    Returns:
        Start and end in the folded text, in order.

    Example:
        >>> rewritten("14/09/1958", "born on 14th september, 1958"), rewritten("Ann Lee", "lee, ann came")
        ([(8, 28)], [(0, 8)])
    """
    pattern = _pattern(planted)
    found = [] if pattern is None else [match.span() for match in pattern.finditer(text)]
    return found[:_MOST]


@lru_cache(maxsize=256)
def _pattern(planted: str) -> re.Pattern[str] | None:
    bare = " ".join(fold(planted).lower.split())
    ways = [way for day, month, year in set(_dates(bare)) for way in _ways(day, month, year)]
    name = _NAME.fullmatch(bare)
    if name:
        first, last = (re.escape(each) for each in name.groups())
        ways = [rf"{first}\W{{1,3}}[a-z]\W{{1,3}}{last}", rf"{last}\W{{1,3}}{first}"]
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)") if ways else None


def _dates(bare: str) -> Iterator[tuple[int, int, int]]:
    """Day, month and year, in each order that the text allows."""
    if match := _ISO.fullmatch(bare):
        year, month, day = map(int, match.groups())
        yield from _possible(day, month, year)
    elif match := _NUMERIC.fullmatch(bare):
        first, second, year = map(int, match.groups())
        yield from _possible(first, second, year)
        yield from _possible(second, first, year)
    elif match := _WORDS.fullmatch(bare):
        months = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(match.group(2))]
        if months:
            yield from _possible(int(match.group(1)), months[0], int(match.group(3)))


def _possible(day: int, month: int, year: int) -> Iterator[tuple[int, int, int]]:
    if 1 <= month <= _LAST_MONTH and 1 <= day <= _LAST_DAY:
        yield day, month, year


def _ways(day: int, month: int, year: int) -> tuple[str, ...]:
    name = _MONTHS[month - 1]
    word = rf"{name[:3]}(?:{name[3:]})?\.?" if name[3:] else name
    spelled = rf"0?{day}(?:st|nd|rd|th)?"
    return (
        rf"{spelled}\s(?:of\s)?{word},?\s{year}",
        rf"{word}\s{spelled},?\s{year}",
        rf"{year}[-/.]0?{month}[-/.]0?{day}",
        rf"0?{day}[-/.]0?{month}[-/.]{year}",
    )
