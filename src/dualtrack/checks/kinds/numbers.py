"""Check kind ``numbers``: is the number that the case asks for stated, and is it right?

A calculation shows many numbers, and a text names thresholds and normal ranges beside its result. So each number
near the name of the quantity is weighed by the words around it (``numbers.yaml``), and the last result counts. May
import errors, terms and the checks' own ground floor.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, FailureMode, Fault, Judgement, Span
from dualtrack.checks.folding import Folded, fold
from dualtrack.checks.matching import matcher
from dualtrack.checks.packaged import packaged
from dualtrack.checks.quantities import Quantity, conversion, pieces, quantities, quantity
from dualtrack.checks.sentences import sentences
from dualtrack.terms import Outcome, Reason

__all__ = ["KIND", "NumbersParams"]

_PACKAGE = "dualtrack.checks.kinds"
_BARE = frozenset({"", "point"})
_BACK, _AHEAD = 48, 24
_LAST_DIGIT = 1e-9


class NumbersParams(CheckParams):
    """The kind has no parameters: value and tolerance stand in the item."""


@dataclass(frozen=True, slots=True)
class _Target:
    """What the item asks for.

    Args:
        value: the right value.
        unit: its unit, "" for a bare number.
        allowed: how far a stated value may lie from it, in that unit.
        names: of the quantity.
        molar_mass: g/mol, None when the quantity has none.
        is_hba1c: percent and mmol/mol are converted by the master equation.
    """

    value: float
    unit: str
    allowed: float
    names: tuple[str, ...]
    molar_mass: float | None
    is_hba1c: bool


@dataclass(frozen=True, slots=True)
class _Stated:
    """A number beside the name: its rank (2 after an equals sign, 1 called the result, 0 neither) and readings."""

    rank: int
    ends: tuple[float, ...]
    span: Span


def judge(given: CheckInput, params: NumbersParams) -> tuple[Judgement, ...]:
    """One judgement for each number that the item asks for."""
    del params
    assert given.text is not None  # noqa: S101 - guaranteed by the statuses of the kind
    folded = fold(given.text)
    entries = given.reference.get("numbers", [])
    return tuple(replace(_judge(folded, _target(entry)), unit=str(entry["id"])) for entry in entries)


def _judge(folded: Folded, target: _Target) -> Judgement:
    stated = list(_all_stated(folded, target))
    if not stated:
        return Judgement(Outcome.failed, failure_mode="number_missing")
    readable = [each for each in stated if each.ends]
    if not readable:
        return Judgement.undecided(Reason.unparsed)
    best = max(each.rank > 0 for each in readable)
    result = [each for each in readable if (each.rank > 0) == best][-1]
    off = max(abs(end - target.value) for end in result.ends)
    error = off / abs(target.value) if target.value else off
    span = (folded.span(*result.span),)
    if off <= target.allowed * (1 + _LAST_DIGIT) + _LAST_DIGIT * abs(target.value):
        return Judgement(Outcome.passed, value=error, spans=span)
    return Judgement(Outcome.failed, value=error, failure_mode="wrong_number", spans=span)


def _all_stated(folded: Folded, target: _Target) -> Iterator[_Stated]:
    """The number that each mention of the quantity states, in the order of the text."""
    hits = [(start, end) for start, end, _ in matcher(target.names).find(folded)]
    passages = [each for whole in sentences(folded.text) for each in pieces(folded.text, *whole)]
    place = 0
    for number, (start, end) in enumerate(passages):
        here = []
        while place < len(hits) and hits[place][0] < end:
            here.append(hits[place])
            place += 1
        if not here:
            continue
        found = _in_sentence(folded, here, (start, end), target=target)
        is_title = folded.text[end - 1] == ":" or not folded.text[here[-1][1] : end].strip("*_ ")
        if found is None and is_title and number + 1 < len(passages):
            found = _right_away(folded, passages[number + 1], target)
        if found is not None:
            yield found


def _in_sentence(folded: Folded, hits: Sequence[Span], passage: Span, *, target: _Target) -> _Stated | None:
    """The number that a sentence states: the last after an equals sign, else the first that is called the result."""
    start, end = passage
    text = folded.lower
    shown: list[_Stated] = []
    for each in _free_of(quantities(folded, start, end), hits):
        rank = _rank(text, each.span, hits, passage=passage)
        after = text[each.span[1] : end][:_AHEAD]
        is_percent = not each.unit and _word("percent_after").match(after) is not None
        is_share = not is_percent and _word("share_after").match(after) is not None
        ends = () if is_share else _ends(replace(each, unit="percent") if is_percent else each, target)
        if rank is not None and (ends or each.unit or is_share):
            shown.append(_Stated(rank, ends, each.span))
    readable = [each for each in shown if each.ends]
    for rank in (2, 1, 0):
        level = [each for each in readable if each.rank == rank]
        if level:
            return level[-1] if rank == 2 else level[0]  # noqa: PLR2004 - the rank of an equals sign
    return next((each for each in shown if each.rank), None)


def _rank(text: str, span: Span, hits: Sequence[Span], *, passage: Span) -> int | None:
    """How a number stands to the name; None when it is no result."""
    start, end = passage
    before = text[max(start, span[0] - _BACK) : span[0]]
    if _is_no_result(before, text[span[1] : min(end, span[1] + _AHEAD)]):
        return None
    named = [hit for hit in hits if hit[1] <= span[0]]
    if not named:
        follows = [hit for hit in hits if hit[0] >= span[1]]
        linked = follows and _word("before_name").fullmatch(text[span[1] : follows[0][0]])
        return 0 if linked else None
    between = text[named[-1][1] : span[0]]
    if ";" not in between and _word("no_result").search(text[max(start, named[-1][0] - _BACK) : named[-1][0]]):
        return None
    if _word("equals").search(before):
        return 2
    if _word("is_result").search(between[-_BACK:]):
        return 1
    return 0 if _word("next_to_name").fullmatch(between) else None


def _is_no_result(before: str, after: str) -> bool:
    """Whether the words around a number make it a threshold, a normal range or part of a sum."""
    around = ((before, "no_result", "operand_before"), (after, "no_result_after", "operand_after"))
    return any(_word(name).search(words) is not None for words, *names in around for name in names)


def _right_away(folded: Folded, passage: Span, target: _Target) -> _Stated | None:
    """The number with which the line after the name begins."""
    found = quantities(folded, *passage)
    if not found or folded.text[passage[0] : found[0].span[0]].strip("*_ ~=|"):
        return None
    ends = _ends(found[0], target)
    return _Stated(1, ends, found[0].span) if ends or found[0].unit else None


def _free_of(found: Sequence[Quantity], hits: Sequence[Span]) -> Iterator[Quantity]:
    """Quantities that are not part of the name (the 2 of a score, the ten of a ten-year risk)."""
    for each in found:
        if all(each.span[1] <= start or each.span[0] >= end for start, end in hits):
            yield each


def _ends(stated: Quantity, target: _Target) -> tuple[float, ...]:
    """The stated value, or both ends of a stated range, in the unit of the item; empty when there is no way."""
    if stated.parts:
        return ()
    for factor, shift in _ways(stated, target):
        return tuple(sorted({stated.low * factor + shift, stated.high * factor + shift}))
    return ()


def _ways(stated: Quantity, target: _Target) -> Iterator[tuple[float, float]]:
    """Factor and shift from the stated unit to that of the item, the best first."""
    if target.is_hba1c and {stated.unit, target.unit} == {"percent", "millimole/mole"}:
        data = packaged(_PACKAGE, "numbers.yaml")["hba1c"]
        scale, shift = data["scale"], data["shift"]
        yield (scale, shift) if stated.unit == "percent" else (1 / scale, -shift / scale)
    elif stated.unit in _BARE:
        if target.unit == "percent" and stated.high < 1 <= target.value:
            yield 100.0, 0.0  # a risk of 0.18 is one of 18 %
        yield 1.0, 0.0
    elif target.unit not in _BARE:
        factor = conversion(stated.unit, target.unit)
        factor = _by_mass(stated.unit, target) if factor is None else factor
        if factor is not None:
            yield factor, 0.0


def _by_mass(unit: str, target: _Target) -> float | None:
    """Factor between mg/dL and mmol/L, by the molar mass."""
    if target.molar_mass is None:
        return None
    mass, amount = conversion(unit, "gram/liter"), conversion("mole/liter", target.unit)
    if mass is not None and amount is not None:
        return mass / target.molar_mass * amount
    moles, weight = conversion(unit, "mole/liter"), conversion("gram/liter", target.unit)
    return None if moles is None or weight is None else moles * target.molar_mass * weight


def _target(entry: Mapping[str, Any]) -> _Target:
    """What an entry of the item asks for.

    Raises:
        ValueError: its value or tolerance is no quantity; no response can be judged by it.
    """
    written = str(entry["value"])
    value = quantity(written)
    names = (str(entry["quantity"]), *(str(each) for each in entry.get("any_of") or ()))
    spoken = " ".join(names).lower()
    masses = packaged(_PACKAGE, "numbers.yaml")["molar_masses"]
    mass = next((grams for word, grams in masses.items() if word in spoken), None)
    unit = "" if value.unit in _BARE else value.unit
    allowed = _allowed(entry.get("tolerance"), value, written)
    return _Target(value.high, unit, allowed, names, mass, is_hba1c="hba1c" in spoken)


def _allowed(tolerance: object, value: Quantity, written: str) -> float:
    """Tolerance in the unit of the value: per cent is relative; half of the last digit where none is given."""
    if tolerance is None:
        digits = re.search(r"[.\u00b7](\d+)", written)
        return 0.5 * 10.0 ** -(len(digits.group(1)) if digits else 0)
    stated = quantity(str(tolerance))
    if stated.unit == "percent":
        return abs(value.high) * stated.high / 100
    if stated.unit in _BARE:
        return stated.high
    factor = conversion(stated.unit, value.unit)
    if factor is None:
        raise ValueError(f"the tolerance {tolerance!r} has another unit than the value {written!r}")
    return stated.high * factor


def _unreadable(reference: Mapping[str, Any]) -> Iterator[Fault]:
    """What cannot be read in the numbers of an item."""
    entries = reference.get("numbers")
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, Mapping):
            continue
        missing = [key for key in ("quantity", "value") if entry.get(key) is None]
        try:
            if not missing:
                _target(entry)
        except ValueError as error:
            expected = "a value such as 31 mL/min, and a tolerance such as 5 % or one in the unit of the value"
            yield "reference.numbers", f"{error} in {entry.get('id')}", expected, "write them as quantities"
        for key in missing:
            yield (
                "reference.numbers",
                f"no {key} in {entry.get('id')}",
                "quantity and value in every entry",
                f"add {key}",
            )


@cache
def _word(name: str) -> re.Pattern[str]:
    return re.compile(str(packaged(_PACKAGE, "numbers.yaml")[name]).replace(" ", r"\s"))


_CLEARANCE = {
    "numbers": [
        {
            "id": "n1",
            "quantity": "creatinine clearance",
            "any_of": ["CrCl"],
            "value": "31 mL/min",
            "tolerance": "5 %",
        }
    ]
}

KIND = CheckKind(
    name="numbers",
    version=1,
    title="Numbers within their tolerance",
    claim="A failing finding shows that the number the item asks for is not stated, or that the last value stated as "
    "the result lies outside its tolerance.",
    blind_spots=(
        "How the number was reached is not looked at; a right number by a wrong way passes.",
        "A result that stands in another sentence than the name of the quantity is found only in the line after it.",
        "A bare number is read in the unit of the item.",
        "A tolerance in per cent is relative, for a value in per cent as well.",
        "A text that states two results counts by the last of them.",
    ),
    unit="relative error of the stated value, 0 is exact",
    params=NumbersParams,
    judge=judge,
    failure_modes=(
        FailureMode("wrong_number", "commission", "The number is outside its tolerance"),
        FailureMode("number_missing", "omission", "The number is not given"),
    ),
    unreadable=_unreadable,
    examples=(
        Example(
            "Her creatinine clearance is about 31 mL/min.",
            Outcome.passed,
            "The value itself.",
            value=0.0,
            reference=_CLEARANCE,
        ),
        Example(
            "CrCl = (140 - 82) x 50 x 1.04 / 97 = 62 mL/min",
            Outcome.failed,
            "What follows the last equals sign is the result.",
            failure_mode="wrong_number",
            value=1.0,
            reference=_CLEARANCE,
        ),
        Example(
            "Calculate the creatinine clearance first.",
            Outcome.failed,
            "It is named and not given.",
            failure_mode="number_missing",
            reference=_CLEARANCE,
        ),
        Example(
            "The dose is halved if the creatinine clearance is below 30 mL/min; here it is 31 mL/min.",
            Outcome.passed,
            "A threshold is no result.",
            value=0.0,
            reference=_CLEARANCE,
        ),
        Example("CrCl: 0.52 mL/s", Outcome.passed, "The same in another unit.", reference=_CLEARANCE),
        Example(
            "Her creatinine clearance is 31 mmol/L.",
            Outcome.not_assessable,
            "The unit measures something else.",
            reason=Reason.unparsed,
            reference=_CLEARANCE,
        ),
        Example("Rest.", Outcome.not_applicable, "No number is asked for.", reason=Reason.not_applicable),
    ),
    languages=("en",),
    needs=("numbers",),
)
