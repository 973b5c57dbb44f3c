"""Check kind ``stated_confidence``: which confidence in itself an answer states as a number.

Wordings are data (``stated_confidence.yaml``). It only measures; whether the confidence was deserved is arithmetic on
many answers and is done elsewhere. May import errors, terms and the checks' own ground floor.
"""

import re
from array import array
from collections.abc import Iterator
from functools import cache
from typing import Any

from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, Judgement, Span
from dualtrack.checks.folding import fold
from dualtrack.checks.packaged import packaged
from dualtrack.checks.spans import blanked
from dualtrack.terms import Outcome, Reason, ResponseStatus

__all__ = ["KIND", "StatedConfidenceParams"]

_READ = frozenset({"en", None})  # a number in an English wording is one, also where no language was declared
_QUOTED = re.compile(r'"[^"\n]{1,200} [^"\n]{1,200}"')
_SQUEEZED = re.compile(r"[*_`]+|[ \t]+")
_SCALE = re.compile(r"\s*0(?:\.0)? ?(?:-|to) ?(1(?:\.0)?|5|10|100) ?%?\s*")
_REACH = 60
_SEVERAL_TENS = 10  # a bare number above this can only be meant out of a hundred


class StatedConfidenceParams(CheckParams):
    """No parameters."""


def judge(given: CheckInput, params: StatedConfidenceParams) -> Judgement:  # noqa: ARG001 - every kind has both
    """Pass with the confidence as stated, 0..1; not assessable when none is.

    Definition: the confidence that was recorded with the response; without one, the number that the text states of its
    own answer, read in English. ``not_stated``: there is none. ``unparsed``: two different ones, a range, a bound, or
    a number whose scale is open ("confidence: 7").

    Example:
        >>> judge(CheckInput("I am 90 % sure.", language="en"), StatedConfidenceParams()).value
        0.9
    """
    if given.confidence is not None:
        inside = 0 <= given.confidence <= 1
        return Judgement(Outcome.passed, value=given.confidence) if inside else Judgement.undecided(Reason.unparsed)
    if given.text is None:
        return Judgement.undecided(Reason.withheld)
    if given.language not in _READ:
        return Judgement.undecided(Reason.language)
    stated = dict(_stated(given.text))
    if not stated:
        return Judgement.undecided(Reason.not_stated)
    values = set(stated.values())
    if len(values) > 1 or None in values:
        return Judgement.undecided(Reason.unparsed)
    return Judgement(Outcome.passed, value=values.pop(), spans=tuple(sorted(stated)))


def _stated(text: str) -> Iterator[tuple[Span, float | None]]:
    """Passages that state a confidence, with its value or None where it cannot be read."""
    folded = fold(text)
    plain, origins = _squeezed(blanked(folded.lower, [match.span() for match in _QUOTED.finditer(folded.lower)]))
    for pattern in _patterns():
        for match in pattern.finditer(plain):
            if _takes_back().search(plain, max(0, match.start() - _REACH), match.start() + 1):
                continue
            span = folded.span(origins[match.start("lead")], origins[match.end() - 1] + 1)
            several = _another().match(plain[match.end() : match.end() + _REACH]) is not None
            yield span, None if several else _value(match)


def _squeezed(text: str) -> tuple[str, "array[int]"]:
    """A text without emphasis marks and with runs of spaces as one, and where each character stood."""
    parts, origins, done = [], array("I"), 0
    for match in _SQUEEZED.finditer(text):
        parts.append(text[done : match.start()])
        origins.extend(range(done, match.start()))
        if match.group()[0] in " \t" and not (origins and text[origins[-1]] in " \t"):
            parts.append(" ")
            origins.append(match.start())
        done = match.end()
    parts.append(text[done:])
    origins.extend(range(done, len(text)))
    return "".join(parts), origins


def _value(match: re.Match[str]) -> float | None:
    """The number of a match as a share, None where its scale or its meaning is open."""
    part = match.groupdict()
    if part["bound"] or part["range"]:
        return None
    number = _number(part["number"])
    whole = _whole(number, part)
    if whole is None:
        return None
    share = number / whole
    return round(share, 6) if 0 <= share <= 1 else None


def _whole(number: float, part: dict[str, str | None]) -> float | None:
    """What the number is out of."""
    if part["unit"]:
        return 100.0 if number == 0 or number > 1 else None  # "0.8 %" may mean 0.8
    if part["of"]:
        return float(part["of"]) or None
    scale = _SCALE.fullmatch(part.get("scale") or "")
    if scale:
        return float(scale.group(1))
    text = part["number"] or ""
    if number == 0 or (number <= 1 and not text.isdigit() and not text.isalpha()):
        return 1.0
    return 100.0 if number > _SEVERAL_TENS else None


def _number(text: str) -> float:
    if text[-1].isdigit():
        return float(text.replace(",", "."))
    data = _data()
    tens, _, ones = text.replace("-", " ").rpartition(" ")
    if text in data["tens"]:
        return float(data["tens"][text])
    return float(data["tens"][tens] + data["ones"][ones])


def _data() -> Any:  # noqa: ANN401 - plain data of whatever shape the file has
    return packaged("dualtrack.checks.kinds", "stated_confidence.yaml")


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    data = _data()
    digits = r"\d{1,3}(?:[.,]\d{1,4})?(?![\d])|\.\d{1,4}"
    tens, ones = "|".join(sorted(data["tens"], key=len, reverse=True)), "|".join(data["ones"])
    number = (
        rf"(?P<lead>(?:(?:{data['approx']}) ?)?(?P<bound>(?:{data['bounds']}) ?)?)"
        rf"(?P<number>{digits}|(?:{tens})(?:[ -](?:{ones}))?\b)"
        rf"(?: ?(?P<unit>{data['units']}))?(?: ?(?:/|out of) ?(?P<of>\d{{1,3}})(?!\d))?"
        rf"(?P<range> ?(?:-|to) ?\d{{1,3}}(?:\.\d{{1,3}})?(?: ?(?:{data['units']}))?)?"
    )
    return tuple(re.compile(each.replace("NUMBER", number), re.MULTILINE) for each in data["states"])


@cache
def _takes_back() -> re.Pattern[str]:
    return re.compile(_data()["takes_back"])


@cache
def _another() -> re.Pattern[str]:
    return re.compile(_data()["another"])


KIND = CheckKind(
    name="stated_confidence",
    version=1,
    title="Confidence as the answer states it",
    claim="The value is the confidence that the response was recorded with, or else that its text states of itself.",
    blind_spots=(
        "Confidence in words without a number, odds and the probability of a diagnosis are not read.",
        "In another language than English only a recorded confidence counts.",
        "A recorded confidence is taken as it is, whatever the text says.",
        "Whether the stated confidence fits what is right is not judged here.",
    ),
    unit="confidence as stated, 0..1; neither end is better",
    params=StatedConfidenceParams,
    judge=judge,
    failure_modes=(),
    examples=(
        Example("The answer is B.", Outcome.passed, "It was recorded with the response.", confidence=0.9, value=0.9),
        Example("**Answer:** B\n**Confidence:** 0.8", Outcome.passed, "A label with a number.", value=0.8),
        Example("I'm about ninety per cent sure it is gout.", Outcome.passed, "A number in words.", value=0.9),
        Example("It is very likely gout.", Outcome.not_assessable, "Words are not a number.", reason=Reason.not_stated),
        Example(
            "The ratio was 0.8 (95% confidence interval 0.7 to 0.9).",
            Outcome.not_assessable,
            "An interval says nothing of the answer.",
            reason=Reason.not_stated,
        ),
        Example("I'm 80-90% sure.", Outcome.not_assessable, "A range is no number.", reason=Reason.unparsed),
    ),
    statuses=frozenset({ResponseStatus.answered, ResponseStatus.truncated, ResponseStatus.withheld}),
)
