"""Reads numbers with units as clinicians write them, and compares them across units.

Why it exists: "1,000 mg", "1 g", "½ tablet", "one to two puffs" and "15 mg/kg/day" must mean the same to every check,
and a slip between milligrams and micrograms must show. Units and number words are data (``quantities.yaml``); the
conversions are those of the library pint, loaded at the first conversion since it takes a while. May import the
checks' own ground floor.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from dualtrack.checks.base import Span
from dualtrack.checks.folding import Folded, fold
from dualtrack.checks.packaged import packaged

__all__ = ["LONGEST", "Quantity", "conversion", "pieces", "quantities", "quantity"]

LONGEST = 800
"""Characters of the longest sentence that is read as one."""

_PACKAGE = "dualtrack.checks"
_HOURS_A_DAY = 24
_LONGEST_NUMBER = 15  # digits; longer ones are identifiers
_FRACTIONS = {(1, 2), (1, 3), (2, 3), (1, 4), (3, 4)}
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:[.\u00b7]\d+)?")
_SLASH = re.compile(r"[ \t]?/[ \t]?")
_BETWEEN = re.compile(r"\bbetween \Z")
_PER_UNIT_OF = re.compile(r"[ \t]?(?:/|\bper\b)[ \t]?")
_WEIGHED = frozenset({"kilogram"})
_SURFACE = re.compile(r"[ \t]?(?:/|\bper\b)[ \t]?1[.,\u00b7]73[ \t]?(?:m2|m\^2|square met(?:er|re)s?)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or a range with its unit.

    Args:
        low: the smallest value stated.
        high: the largest value stated; equals ``low`` when it is one number.
        unit: unit as the library reads it (``milligram/bodykg``); "" for a bare number.
        span: where it stands in the folded text.
        parts: the single amounts of a combination such as 500/125 mg, whose sum is ``low`` and ``high``.
        falls: whether the larger value of a range is stated first ("from 1 g to 500 mg").
    """

    low: float
    high: float
    unit: str
    span: Span = (0, 0)
    parts: tuple[float, ...] = ()
    falls: bool = False

    @property
    def last(self) -> "Quantity":
        """The value that is stated last, as a quantity of its own.

        Example:
            >>> quantity("1 g to 500 mg").last.high
            0.5
        """
        value = self.low if self.falls else self.high
        return replace(self, low=value, high=value, falls=False)

    def times(self, factor: float, unit: str | None = None) -> "Quantity":
        """The quantity multiplied by a number, with another unit where one is given.

        Example:
            >>> Quantity(1, 2, "tablet").times(500, "milligram").high
            1000
        """
        parts = tuple(part * factor for part in self.parts)
        unit = self.unit if unit is None else unit
        return replace(self, low=self.low * factor, high=self.high * factor, unit=unit, parts=parts)

    def within(self, unit: str) -> "Quantity | None":
        """The quantity in another unit, None when there is no way from one to the other.

        Example:
            >>> Quantity(0.5, 1, "gram").within("milligram").low
            500.0
        """
        factor = conversion(self.unit, unit)
        return None if factor is None else self.times(factor, unit)


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    start: int
    end: int
    parts: tuple[float, ...] = ()


@lru_cache(maxsize=4096)
def conversion(unit: str, other: str) -> float | None:
    """How many of the other unit one of this unit is; None when they measure different things.

    Args:
        unit: as in ``Quantity.unit``.
        other: the same.

    Example:
        >>> conversion("gram", "milligram"), conversion("milligram", "milligram/bodykg")
        (1000.0, None)
    """
    if unit == other:
        return 1.0
    if not unit or not other:
        return None
    registry = _registry()
    first, second = registry.parse_units(unit), registry.parse_units(other)
    if first.dimensionality != second.dimensionality:
        return None
    # Rounded so that a factor such as 1000 is exact in whatever order the library multiplies.
    return float(f"{registry.convert(1.0, first, second):.12g}")


def pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """A sentence, or pieces of it where it is longer than any that people write.

    To join each number with a name takes the length of the passage squared, so the passage must be short.

    Args:
        text: folded text.
        start: where the sentence begins.
        end: where it ends.

    Example:
        >>> list(pieces("a " * 500, 0, 1000))
        [(0, 799), (799, 1000)]
    """
    while end - start > LONGEST:
        cut = max(text.rfind(" ", start + LONGEST // 2, start + LONGEST), start + LONGEST // 2)
        yield start, cut
        start = cut
    yield start, end


def quantity(text: str) -> Quantity:
    """The one quantity that a text states; a bare number has the unit "".

    Args:
        text: for example ``"15 mg/kg"`` or ``"4.5"``.

    Raises:
        ValueError: the text states no quantity, several, or anything besides.

    Example:
        >>> quantity("15 mg/kg").unit, quantity("500/125 mg").parts
        ('milligram/bodykg', (500.0, 125.0))
    """
    folded = fold(text.strip())
    found = quantities(folded)
    if len(found) != 1 or found[0].span != (0, len(folded.text)):
        raise ValueError(f"not a quantity: {text!r}")
    return found[0]


def quantities(folded: Folded, start: int = 0, end: int | None = None) -> tuple[Quantity, ...]:
    """Numbers and ranges in a text, with the unit that follows them, in order and apart from each other.

    Definition: digits with a decimal point, comma or middle dot, thousands set apart by commas, vulgar fractions, and
    the words one to ninety-nine, half, quarter and hundreds; ranges with a hyphen, "to" or "or"; amounts of a
    combination with a slash; a unit after at most one space or hyphen, with up to three divisors.

    Args:
        folded: the text.
        start: where to begin.
        end: where to stop; None is the end of the text.

    Example:
        >>> [(each.low, each.high, each.unit) for each in quantities(fold("½ tablet, 500 mg to 1 g, 1·5 mL/hr"))]
        [(0.5, 0.5, 'tablet'), (500.0, 1000.0, 'milligram'), (1.5, 1.5, 'milliliter/hour')]
    """
    return tuple(_scan(folded, start, len(folded.text) if end is None else end))


def _scan(folded: Folded, start: int, end: int) -> Iterator[Quantity]:
    text = folded.lower
    position = start
    for match in _number_pattern().finditer(text, start, end):
        if match.start() < position:
            continue
        first = _number(folded, match)
        if first is None:
            continue
        second, unit, position = _rest(folded, first, end)
        if second is None and unit[1]:
            first, position = _combined(folded, first, unit[1], position=position, end=end)
        span = (first.start, position)
        if second is None:
            scale, name = unit
            yield Quantity(first.value * scale, first.value * scale, name, span, tuple(p * scale for p in first.parts))
        else:
            low, high = sorted((first.value, second.value))
            yield Quantity(low * unit[0], high * unit[0], unit[1], span, falls=second.value < first.value)


def _rest(folded: Folded, first: _Number, end: int) -> tuple[_Number | None, tuple[float, str], int]:
    """What follows a number: the far end of a range, the unit with the factor its divisor brings, the end."""
    text = folded.lower
    scale, unit, position = _unit(text, first.end, end)
    joint = _joint_pattern().match(text, position, end)
    between = _BETWEEN.search(text, max(0, first.start - 10), first.start) is not None
    if joint is None or first.parts or (joint.group("and") and not between):
        return None, (scale, unit), position
    match = _number_pattern().match(text, joint.end(), end)
    second = None if match is None else _number(folded, match)
    if second is None or second.parts:
        return None, (scale, unit), position
    far_scale, far_unit, far = _unit(text, second.end, end)
    if not unit and (far_unit or not joint.group("hyphen") or second.value > first.value):
        return second, (far_scale, far_unit), far
    factor = conversion(far_unit, unit)
    if unit and factor is not None:
        return _Number(second.value * far_scale * factor / scale, second.start, far), (scale, unit), far
    return None, (scale, unit), position


def _combined(folded: Folded, first: _Number, unit: str, *, position: int, end: int) -> tuple[_Number, int]:
    """A combination whose every amount has its unit (500 mg/125 mg), or the number as it was."""
    for _ in range(2):
        slash = _SLASH.match(folded.lower, position, end)
        match = None if slash is None else _number_pattern().match(folded.lower, slash.end(), end)
        second = None if match is None else _number(folded, match)
        if second is None:
            break
        scale, name, far = _unit(folded.lower, second.end, end)
        if name != unit:
            break
        parts = (*(first.parts or (first.value,)), second.value * scale)
        first, position = _Number(sum(parts), first.start, far, parts), far
    return first, position


def _number(folded: Folded, match: re.Match[str]) -> _Number | None:
    start, end = match.span()
    if match.lastgroup == "words":
        value = _words_value(match.group())
        return None if value is None else _Number(value, start, end)
    text = match.group()
    if sum(char.isdigit() for char in text) > _LONGEST_NUMBER:
        return None
    if not all(_is_readable(part) for part in text.split("/")):
        return None
    if "/" not in text:
        return _Number(_decimal(text), start, end)
    return _slashed(folded, text, start, end)


def _slashed(folded: Folded, text: str, start: int, end: int) -> _Number | None:
    """A fraction, or the amounts of a combination; a fraction sign of one character tells the two apart."""
    head, *others = text.split("/")
    whole = 0.0
    if " " in head:
        front, head = head.split(" ")
        whole = float(front)
    slash = start + text.index("/")
    origins = folded.origins
    if origins is not None and origins[slash] == origins[slash - 1] and len(head) > 1:
        if not head.isdigit():  # a decimal with a fraction behind it
            return None
        whole, head = float(head[:-1]), head[-1]
    if len(others) == 1 and head.isdigit() and others[0].isdigit() and (int(head), int(others[0])) in _FRACTIONS:
        return _Number(whole + int(head) / int(others[0]), start, end)
    if whole:
        return None
    parts = tuple(_decimal(part) for part in (head, *others))
    return _Number(sum(parts), start, end, parts)


def _is_readable(text: str) -> bool:
    """Whether the signs between digits have one meaning: 4,908,3 has none."""
    return bool(_GROUPED.fullmatch(text)) or sum(text.count(sign) for sign in ",.\u00b7") <= 1


def _decimal(text: str) -> float:
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    return float(text.replace(",", ".").replace("\u00b7", "."))


def _words_value(text: str) -> float | None:
    """Value of number words: tens and ones, hundreds, halves and quarters."""
    listed = _number_words()
    total = 0.0
    for word in re.split(r"[ -]", text):
        if word in {"a", "an", "and", "of"}:
            continue
        if word in {"half", "quarter"}:
            total += 0.5 if word == "half" else 0.25
        elif word == "couple":
            total += 2
        elif word in {"hundred", "thousand"}:
            total = max(total, 1) * (100 if word == "hundred" else 1000)
        else:
            total += listed[word]
    return total if math.isfinite(total) else None


def _unit(text: str, position: int, end: int) -> tuple[float, str, int]:
    """The unit at a position: a factor that its divisor brings, its name ("" when there is none), and its end."""
    match = _unit_pattern().match(text, position, end)
    if match is None:
        return 1.0, "", position
    name, scale, position = _spelled()[match.group("unit")], 1.0, match.end()
    for _ in range(3):
        surface = _SURFACE.match(text, position, end)
        if surface is not None:  # a filtration rate is said to be per 1.73 m2 as often as not
            position = surface.end()
            continue
        divisor = _divisor(text, position, end)
        if divisor is None or divisor[1] == name:
            break
        factor, below, position = divisor
        scale, name = scale / factor, f"{name}/{below}"
    return scale, name, position


def _divisor(text: str, position: int, end: int) -> tuple[float, str, int] | None:
    sign = _PER_UNIT_OF.match(text, position, end)
    if sign is None:
        return None
    factor = 1.0
    position = sign.end()
    number = _plain_number_pattern().match(text, position, end)
    if number is not None:
        factor, position = _decimal(number.group()), number.end()
    unit = _unit_pattern().match(text, position, end)
    if unit is None or not factor:
        return None
    below = _spelled()[unit.group("unit")]
    if "/" in below:
        return None
    if below == "hour" and factor == _HOURS_A_DAY:
        factor, below = 1.0, "day"
    return factor, "bodykg" if below in _WEIGHED else below, unit.end()


@cache
def _number_words() -> dict[str, int]:
    return dict(packaged(_PACKAGE, "quantities.yaml")["number_words"])


@cache
def _number_pattern() -> re.Pattern[str]:
    word = "|".join(sorted(_number_words(), key=len, reverse=True))
    ones = "one|two|three|four|five|six|seven|eight|nine"
    tens = f"(?:{'|'.join(each for each in _number_words() if each.endswith('ty'))})[ -](?:{ones})|{word}"
    hundreds = rf"(?:{word}|a) (?:hundred|thousand)(?: and (?:{tens}))?"
    halves = rf"(?:{word}) and a (?:half|quarter)"
    alone = r"half(?: an?)?|(?:a )?quarter(?: of an?)?|a couple(?: of)?"
    digits = r"\d++(?:,\d{3}(?!\d))*+(?:[.,\u00b7]\d++)?"
    slashed = rf"\d{{1,3}} \d/\d(?![\d/])|{digits}(?:/{digits}){{1,2}}(?![\d/])"
    return re.compile(
        rf"(?<![\w.,\u00b7])(?:(?P<digits>{slashed}|{digits}|\.\d++)|(?P<words>\b(?:{hundreds}|{halves}|{tens}|{alone})\b))"
    )


@cache
def _plain_number_pattern() -> re.Pattern[str]:
    return re.compile(r"\d{1,6}(?:\.\d{1,4})?[ \t]?")


@cache
def _joint_pattern() -> re.Pattern[str]:
    return re.compile(r"(?P<hyphen>[ \t]?-[ \t]?)|[ \t](?:to|or|up to|(?P<and>and))[ \t]")


@cache
def _spelled() -> dict[str, str]:
    spellings = packaged(_PACKAGE, "quantities.yaml")["spellings"]
    return {spelling: name for name, listed in spellings.items() for spelling in listed}


@cache
def _unit_pattern() -> re.Pattern[str]:
    listed = "|".join(re.escape(each) for each in sorted(_spelled(), key=len, reverse=True))
    return re.compile(rf"[ \t]?(?:-(?=[a-z]))?(?P<unit>{listed})(?:s|\(s\))?(?![a-z0-9\u03bc%])")


@cache
def _registry() -> Any:  # noqa: ANN401 - pint builds the class of its registries as the program runs
    from pint import UnitRegistry  # noqa: PLC0415 - it takes a fifth of a second, and most verbs convert nothing

    registry: Any = UnitRegistry(None)
    for line in packaged(_PACKAGE, "quantities.yaml")["definitions"]:
        registry.define(line)
    return registry
