"""Finds how often and how long a medicine is to be taken, as clinicians and labels write it.

Why it exists: "tds", "every 6-8 hours", "75 mg/kg/day in three doses" and "5/7" are one vocabulary for all dose checks,
and it must be read before the amounts, so that "6 hours" is not taken for a dose. Patterns are data (``dosing.yaml``).
May import the checks' own ground floor.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, cast

from dualtrack.checks.base import Span
from dualtrack.checks.packaged import packaged

__all__ = ["Mark", "MarkKind", "Times", "cue", "dosing_words", "schedule", "times_of"]

MarkKind = Literal["often", "slot", "daily", "divided", "as_needed", "once", "duration", "apart"]

_DAYS = {"minute": 1 / 1440, "min": 1 / 1440, "hour": 1 / 24, "hr": 1 / 24, "h": 1 / 24, "day": 1.0, "d": 1.0}
_DAYS |= {"week": 7.0, "wk": 7.0, "month": 30.4375, "year": 365.25}
_ADVERBS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}
_OFTEN = frozenset({"counted", "spaced", "fixed"})
_REACH = 20
_SLOTS = ("morning", "midday", "night")
_WORDS = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
_COURSES = {"7": 1.0, "52": 7.0, "12": 30.4375}


@dataclass(frozen=True, slots=True)
class Times:
    """How often, in doses per day.

    Args:
        low: the fewest doses per day; 0 when there is no least number ("up to", "as needed").
        high: the most doses per day.
    """

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mark:
    """One word or phrase about time.

    Args:
        kind: ``often`` doses per day; ``slot`` a part of the day; ``daily`` a period without a count; ``divided``
            into so many doses; ``as_needed``; ``once``; ``duration``; ``apart`` a time that says none of these.
        span: where it stands in the folded text.
        times: doses per day; for ``daily`` the periods per day.
        number: doses of ``divided``, days of ``duration``, place of the ``slot`` in the day.
    """

    kind: MarkKind
    span: Span
    times: Times | None = None
    number: float | None = None


def schedule(text: str, start: int, end: int) -> list[Mark]:
    """Marks of a passage, in order and apart from each other; where two overlap, the one that begins first counts.

    Args:
        text: folded text in lower case.
        start: where the passage begins.
        end: where it ends.

    Example:
        >>> [(each.kind, each.times) for each in schedule("1 g every 6-8 hours for 5 days", 0, 30)]
        [('often', Times(low=3.0, high=4.0)), ('duration', None)]
    """
    found = [
        mark
        for kind, patterns in _patterns().items()
        for pattern, fixed in patterns
        for match in pattern.finditer(text, start, end)
        if (mark := _read(kind, match, fixed)) is not None
    ]
    found.sort(key=lambda mark: (mark.span[0], -mark.span[1]))
    kept: list[Mark] = []
    for mark in found:
        if not kept or mark.span[0] >= kept[-1].span[1]:
            kept.append(mark)
    return kept


def times_of(text: str) -> Times:
    """How often a phrase says, for a phrase that says nothing else.

    Args:
        text: such as "twice a day" or "every 6 to 8 hours".

    Raises:
        ValueError: the phrase does not say how often.

    Example:
        >>> times_of("weekly").high < 0.15, times_of("bd")
        (True, Times(low=2.0, high=2.0))
    """
    lower = text.lower()
    often = [mark.times for mark in schedule(lower, 0, len(lower)) if mark.kind in {"often", "daily"} and mark.times]
    slots = len({mark.number for mark in schedule(lower, 0, len(lower)) if mark.kind == "slot"})
    if often:
        return often[0]
    if slots:
        return Times(float(slots), float(slots))
    raise ValueError(f"not a frequency: {text!r}")


def _read(kind: str, match: re.Match[str], fixed: Times | None) -> Mark | None:
    """The mark that a match of the patterns under a key of the data stands for."""
    groups = match.groupdict()
    if kind in _OFTEN:
        times = (
            _fixed(match, fixed)
            if kind == "fixed"
            else _counted(match, groups)
            if kind == "counted"
            else _spaced(groups)
        )
        return None if times is None else Mark("often", match.span(), times)
    if kind == "daily":
        days = _days_of_period(match.group())
        return Mark("daily" if days == 1.0 else "often", match.span(), Times(1 / days, 1 / days))
    if kind in _SLOTS:
        return Mark("slot", match.span(), Times(1.0, 1.0), float(_SLOTS.index(kind)))
    number = _length(groups) if kind == "duration" else _range(groups)[1] if kind == "divided" else None
    return Mark(cast("MarkKind", kind), match.span(), number=number or None)  # the rest are kinds of mark


def _fixed(match: re.Match[str], times: Times | None) -> Times | None:
    """Doses per day of a fixed way to say it; after "max" there is no least number."""
    before = match.string[max(0, match.start() - _REACH) : match.start()]
    return replace(times, low=0.0) if times and cue("at_most").search(before) else times


def _spaced(groups: dict[str, Any]) -> Times | None:
    low, high = _range(groups)
    unit = _days(groups["unit"])
    return Times(1 / (high * unit), 1 / (low * unit)) if low else None


def _counted(match: re.Match[str], groups: dict[str, Any]) -> Times | None:
    days = _days_of_period(match.group())
    word = groups.get("word")
    low, high = (_WORDS[word], _WORDS[word]) if word else _range(groups)
    if not high:
        return None
    return Times(0.0 if groups["upto"] else low / days, high / days)


def _length(groups: dict[str, Any]) -> float:
    """Days of a duration."""
    if groups.get("of"):
        return float(groups["number"]) * _COURSES[groups["of"]]
    return (_range(groups)[1] or 1.0) * _days(groups["unit"])


def _range(groups: dict[str, Any]) -> tuple[float, float]:
    first, second = groups.get("first"), groups.get("second")
    low = _value(first) if first else 0.0
    high = _value(second) if second else low
    return min(low, high), max(low, high)


def _value(text: str) -> float:
    listed = packaged("dualtrack.checks", "dosing.yaml")["number_words"]
    return float(listed[text]) if text in listed else float(text)


def _days(unit: str) -> float:
    unit = _ADVERBS.get(unit, unit)
    return _DAYS[unit] if unit in _DAYS else _DAYS[unit.removesuffix("s")]


def _days_of_period(text: str) -> float:
    for name, pattern in _period_patterns().items():
        if pattern.search(text):
            return _DAYS[name]
    return 1.0


@cache
def _period_patterns() -> dict[str, re.Pattern[str]]:
    periods = dosing_words()["periods"]
    return {name: re.compile(rf"\b(?:{'|'.join(periods[name])})\b") for name in ("month", "week", "day")}


@cache
def _patterns() -> dict[str, list[tuple[re.Pattern[str], Times | None]]]:
    data = dosing_words()
    plain = ("counted", "spaced", "daily", "divided", "as_needed", "once", "duration", "apart")
    compiled: dict[str, list[tuple[re.Pattern[str], Times | None]]] = {
        key: [(_compiled(pattern), None) for pattern in data[key]] for key in plain
    }
    compiled["fixed"] = [
        (_compiled(pattern), Times(low / days, high / days)) for pattern, low, high, days in data["fixed"]
    ]
    compiled |= {part: [(_compiled(data["slots"][part]), None)] for part in _SLOTS}
    return compiled


def _compiled(pattern: str) -> re.Pattern[str]:
    data = dosing_words()
    word = "|".join(sorted(data["number_words"], key=len, reverse=True))
    one = rf"(?:\d{{1,3}}(?:\.\d{{1,2}})?|{word})"
    both = rf"(?<![\w.,])(?P<first>{one})(?:(?: ?- ?| to | or )(?P<second>{one}))?"
    period = "|".join(each for listed in data["periods"].values() for each in listed)
    pattern = pattern.replace(" ", r"\s").replace("{n}", both).replace("{period}", f"(?:{period})")
    return re.compile(pattern)


@cache
def dosing_words() -> dict[str, Any]:
    """The data of ``dosing.yaml``; callers must not change it.

    Example:
        >>> sorted(dosing_words()["periods"])
        ['day', 'month', 'week']
    """
    return dict(packaged("dualtrack.checks", "dosing.yaml"))


@cache
def cue(group: str, name: str | None = None) -> re.Pattern[str]:
    """A pattern of ``dosing.yaml`` that is not about time.

    Args:
        group: key of the file.
        name: key below it, where there is one.

    Example:
        >>> bool(cue("cues_before", "ceiling").search("take no more than "))
        True
    """
    pattern = dosing_words()[group]
    pattern = pattern if name is None else pattern[name]
    return re.compile(pattern.replace(" ", r"\s"))
