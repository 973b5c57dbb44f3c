"""Laboratory values and weight: does the answer state another value than the case has?

May import the checks' own ground floor.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from dualtrack.checks.base import Span
from dualtrack.checks.kinds.case_facts.whose import Sentence, pattern, words_of

__all__ = ["Quantity", "Stated", "compare_values", "quantity"]

_NUMBER = r"\d{1,3}(?:,\d{3})+(?!\d)|\d{1,7}(?:\.\d{1,4})?"
_QUANTITY = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>\S.*)?\Z")
_UNIT = re.compile(r"\s?[a-z]{1,12}/[a-z0-9]")
_RELATIVE, _RELATIVE_NEAR, _RELATIVE_CONVERTED = 0.01, 0.15, 0.03
_SAYS_NORMAL = re.compile(r"\bis (?:normal|fine|good)\b")
_WEIGHT_FIRST = re.compile(
    r"(?<![\w.,/-])(?P<number>\d{1,3}(?:\.\d)?) ?(?P<unit>kg|kilos|kilograms|lbs?|pounds)"
    r"(?P<fill>) (?:of )?body ?weight\b"
)
_LEAD = 60  # characters before a name that can make it a target
_IFCC_SLOPE, _IFCC_SHIFT = 0.09148, 2.152  # HbA1c: NGSP % = slope x IFCC mmol/mol + shift


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit as written, in lower case and without white space; "" when it has none."""

    number: float
    unit: str
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Stated:
    """What an answer states about one value: passages that contradict it, and passages that cannot be compared."""

    wrong: tuple[Span, ...]
    unread: tuple[Span, ...]


def quantity(written: object) -> Quantity | None:
    """A value as an item states it, or None when it is no number with a unit.

    Args:
        written: a number or a text such as "28 mL/min".

    Example:
        >>> quantity("28 mL/min"), quantity("positive")
        (Quantity(number=28.0, unit='ml/min', decimals=0), None)
    """
    if isinstance(written, int | float) and not isinstance(written, bool):
        return Quantity(float(written), "") if math.isfinite(written) else None
    found = _QUANTITY.match(str(written).lower())
    return None if found is None else _quantity(found["number"], found["unit"])


def _quantity(number: str, unit: str | None) -> Quantity:
    plain = number.replace(",", "")
    decimals = len(plain.partition(".")[2])
    return Quantity(float(plain), _unit(unit or ""), decimals)


def _unit(written: str) -> str:
    bare = "".join(written.split()).replace("per", "/").replace("×", "x").replace("µ", "u").replace("μ", "u")
    return bare.replace("litre", "l").replace("liter", "l").rstrip(".,;:)")


def compare_values(sentences: tuple[Sentence, ...], key: str, stated: Quantity) -> Stated:
    """Passages that give a named value of the patient another number.

    Definition: the name of the test, at most a few filling words, a number and perhaps a unit; not a target, a range,
    a bound ("below 30"), a condition, a value of the past or of somebody else. Units are converted where the list of
    units knows both. Equal means within rounding, 1 % (3 % after a conversion, 15 % after "about"). A sentence that
    gives the right value as well contradicts nothing.

    Args:
        sentences: the answer.
        key: name of the value, as the item has it.
        stated: the value of the case.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> from dualtrack.checks.kinds.case_facts.whose import read_sentences
        >>> compare_values(read_sentences(fold("Your eGFR of 82 is fine.")), "egfr", Quantity(28, "ml/min")).wrong
        ((5, 15),)
    """
    name = words_of("labs", "same").get(key, key)
    wrong: list[Span] = []
    unread: list[Span] = []
    for sentence in sentences:
        marks: list[tuple[bool | None, Span]] = [*_bounds(sentence, name, stated)]
        for found in (*_named_value(name).finditer(sentence.text), *_value_first(name, sentence.text)):
            if _is_statement(sentence, found):
                near = any(word in words_of("labs", "near") for word in found["fill"].split())
                told = _quantity(found["number"], found["unit"] if _known(found["unit"]) else None)
                same = _same(told, stated, name, near=near)
                if same is False and _is_other_unit(sentence.text, found):
                    same = None
                marks.append((same, found.span()))
        if any(same for same, _ in marks):
            continue
        wrong += [sentence.place(*span) for same, span in marks if same is False]
        unread += [sentence.place(*span) for same, span in marks if same is None]
    return Stated(tuple(wrong), tuple(unread))


def _value_first(name: str, text: str) -> Iterator[re.Match[str]]:
    """A weight that is told before its name ("28 kg body weight")."""
    return _WEIGHT_FIRST.finditer(text) if name == "weight" else iter(())


def _bounds(sentence: Sentence, name: str, stated: Quantity) -> Iterator[tuple[bool | None, Span]]:
    """Bounds that are stated of the value as it is ("since the eGFR is above 60"), where the value breaks them."""
    for found in _named_bound(name).finditer(sentence.text):
        lead = sentence.text[max(0, found.start() - _LEAD) : found.start()]
        rest = sentence.text[found.end() : found.end() + _LEAD]
        if not pattern("bound_is", "labs").search(lead) or pattern("bound_rule", "labs").search(rest):
            continue
        if pattern("not_before", "labs").search(lead.removesuffix(" ")) and not _SAYS_NORMAL.search(lead):
            continue
        told = _quantity(found["number"], found["unit"] if _known(found["unit"]) else None)
        unit = told.unit or stated.unit
        number = stated.number if unit == stated.unit else _converted(stated, unit, name)
        above = found["above"] is not None
        broken = number is not None and (number < told.number * 0.99 if above else number > told.number * 1.01)
        if broken and sentence.about_patient(*found.span()):
            yield False, found.span()


def _is_statement(sentence: Sentence, found: re.Match[str]) -> bool:
    lead = sentence.text[max(0, found.start() - _LEAD) : found.start()]
    rest = sentence.text[found.end() : found.end() + 2 * _LEAD]
    barred = pattern("not_before", "labs").search(lead) or any(
        pattern(name, "labs").search(after)
        for name in ("after_number", "after_past")
        for after in (rest, sentence.text[found.end("number") : found.end("number") + 2 * _LEAD])
    )
    return not barred and sentence.about_patient(*found.span())


def _known(unit: str | None) -> bool:
    return unit is not None and _unit(unit) in words_of("labs", "units")


def _is_other_unit(text: str, found: re.Match[str]) -> bool:
    """Whether something that looks like a unit we do not know follows the number."""
    return found["unit"] is None and _UNIT.match(text, found.end()) is not None


def _same(told: Quantity, stated: Quantity, name: str, *, near: bool) -> bool | None:
    """Whether two values agree; None when their units cannot be compared."""
    slack = 0.5 * 10.0**-told.decimals * (1 + 1e-9)
    relative = _RELATIVE_NEAR if near else _RELATIVE
    if not told.unit or told.unit == stated.unit:
        if _close(told.number, stated.number, relative, slack=slack if told.decimals < stated.decimals else 0.0):
            return True
        return (
            any(_close(told.number, each, _RELATIVE_CONVERTED, slack=0.0) for each in _in_other_units(stated, name))
            if not told.unit
            else False
        )
    converted = _converted(told, stated.unit, name)
    if converted is None:
        return None if stated.unit else told.number == stated.number or None
    return _close(converted, stated.number, max(relative, _RELATIVE_CONVERTED), slack=0.0)


def _close(one: float, other: float, relative: float, *, slack: float) -> bool:
    return abs(one - other) <= max(relative * abs(other), slack)


def _in_other_units(stated: Quantity, name: str) -> list[float]:
    """The value in every unit that it can be told in."""
    units = words_of("labs", "units")
    if stated.unit not in units:
        return []
    found = (_converted(stated, unit, name) for unit in units)
    return [number for number in found if number is not None]


def _converted(value: Quantity, unit: str, name: str) -> float | None:
    """A value in another unit, or None when there is no way."""
    units: dict[str, Any] = words_of("labs", "units")
    if value.unit not in units or unit not in units:
        return None
    (kind, factor), (wanted, wanted_factor) = units[value.unit], units[unit]
    base = value.number * factor
    molar_mass: float | None = words_of("labs", "molar_mass").get(name)
    if kind != wanted and {kind, wanted} == {"mass", "molar"} and molar_mass:
        base = base / molar_mass if wanted == "molar" else base * molar_mass
    elif (kind, wanted) == ("percent", "ifcc"):
        base = (base - _IFCC_SHIFT) / _IFCC_SLOPE
    elif (kind, wanted) == ("ifcc", "percent"):
        base = base * _IFCC_SLOPE + _IFCC_SHIFT
    elif kind != wanted:
        return None
    return float(base / wanted_factor)


@cache
def _named_value(name: str) -> re.Pattern[str]:
    """The name of a test, filling words and a number with perhaps a known unit."""
    return re.compile(rf"{_name_and_fill(name)}{_number_and_unit()}")


@cache
def _named_bound(name: str) -> re.Pattern[str]:
    """The same with a word between that makes the number a bound."""
    sides = "|".join(
        f"(?P<{side}>{'|'.join(map(re.escape, sorted(words_of('labs', side), key=len, reverse=True)))})"
        for side in ("above", "below")
    )
    return re.compile(rf"{_name_and_fill(name)}(?:{sides})\s{{0,3}}{_number_and_unit()}")


def _name_and_fill(name: str) -> str:
    names = {name.replace("_", " "), *words_of("labs", "names").get(name, ())}
    joined = "|".join(re.escape(each) for each in sorted(names, key=lambda each: (-len(each), each)))
    comma = [","] if name in {"weight", "weight_kg"} else []
    fill = "|".join(
        re.escape(each) for each in sorted([*words_of("labs", "fill").split(), *words_of("labs", "near"), *comma])
    )
    return rf"(?<![\w-])(?:{joined})(?:'s)?(?![a-z])(?P<fill>(?:\s{{0,3}}(?:{fill})(?![a-z])){{0,6}})\s{{0,3}}"


def _number_and_unit() -> str:
    units = "|".join(
        r"\s?".join(re.escape(part) for part in each.replace("/", " / ").split())
        for each in sorted(words_of("labs", "units"), key=lambda each: (-len(each), each))
    )
    return rf"(?<![\w.,/-])(?P<number>{_NUMBER})(?![\d,]*\d)(?:\s{{0,2}}(?P<unit>{units})(?![a-z0-9]))?"
