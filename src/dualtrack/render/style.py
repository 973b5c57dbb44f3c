"""How the marks of numbers and days are written: one setting, bound while a set of pages is made.

It exists so that a house that writes 3,4 and 2 March 2026 gets pages in its own hand while every number still passes
through ``render.numbers``. Knows nothing of the domain; may import the standard library alone. Without a bound style
everything is written with a point and ISO 8601 days.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["PLAIN", "Style", "day", "prose", "styled", "written"]

ORDERS = ("iso", "day_month_year", "month_day_year")
MONTHS = 12
_DAY = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?( ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?", re.ASCII
)
_LITERAL = re.compile(r"(?<![\w.])(\d+)\.(\d+)(?![\w.]*\.\d)", re.ASCII)
_MARKS = str.maketrans({".": ",", ",": "\N{NARROW NO-BREAK SPACE}"})


@dataclass(frozen=True, slots=True)
class Style:
    """A way to write.

    Attributes:
        days: order of a day's parts: ``iso``, ``day_month_year`` or ``month_day_year``.
        comma: whether decimals stand behind a comma; thousands are then set apart by a narrow space.
        months: the twelve names of months; needed where the order is not ``iso``.

    Raises:
        ValueError: the order is unknown, or the months are not twelve where they are needed.
    """

    days: str = "iso"
    comma: bool = False
    months: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.days not in ORDERS:
            raise ValueError(f"unknown order of days: {self.days}")
        if self.days != "iso" and len(self.months) != MONTHS:
            raise ValueError("twelve names of months are needed")


PLAIN = Style()
_BOUND: ContextVar[Style] = ContextVar("style", default=PLAIN)


@contextmanager
def styled(style: Style) -> Iterator[None]:
    r"""Write in this style until the block ends.

    Args:
        style: the style.

    Example:
        >>> with styled(Style(comma=True)):
        ...     written("1,234.5")
        '1\u202f234,5'
        >>> written("1,234.5")
        '1,234.5'
    """
    token = _BOUND.set(style)
    try:
        yield
    finally:
        _BOUND.reset(token)


def written(number: str) -> str:
    """A finished number with point and comma, in the marks of the style.

    Args:
        number: text of a number alone.
    """
    return number.translate(_MARKS) if _BOUND.get().comma else number


def prose(sentence: str) -> str:
    """A sentence of ours with the decimals that stand in it in the marks of the style; versions stay as they are.

    Args:
        sentence: any sentence.

    Example:
        >>> with styled(Style(comma=True)):
        ...     prose("up to 2.5 % in version 1.2.3")
        'up to 2,5 % in version 1.2.3'
    """
    return _LITERAL.sub(r"\1,\2", sentence) if _BOUND.get().comma else sentence


def day(text: str) -> str:
    r"""A day, or a day with its time, in the order of the style; anything else, such as "spring 2026", as it is.

    Args:
        text: as people or programs wrote it.

    Example:
        >>> months = tuple("Jan Feb March April May June July Aug Sept Oct Nov Dec".split())
        >>> with styled(Style("day_month_year", months=months)):
        ...     day("2026-03-01"), day("2026-03-01T09:30:00Z"), day("spring 2026")
        ('1\xa0March\xa02026', '1\xa0March\xa02026, 09:30:00Z', 'spring 2026')
        >>> day("2026-03-01")
        '2026-03-01'
    """
    style, found = _BOUND.get(), _DAY.fullmatch(text)
    if style.days == "iso" or found is None or not 1 <= int(found[2]) <= MONTHS:
        return text
    month, number = style.months[int(found[2]) - 1], str(int(found[3]))
    parts = (number, month, found[1]) if style.days == "day_month_year" else (month, f"{number},", found[1])
    date = "\N{NO-BREAK SPACE}".join(parts)
    return date if found[4] is None else f"{date}, {found[4]}{found[5] or ''}"
