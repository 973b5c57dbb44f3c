"""Tells which of the quantities in a sentence can be doses, and joins counts, strengths and volumes to amounts.

Why it exists: "two 500 mg tablets", "10 mL of 120 mg/5 mL" and "1 g (two tablets)" are one amount each, while
"6 hours", "70 kg" and "5.8 mmol/L" are none. May import the checks' own ground floor.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dualtrack.checks.base import Span
from dualtrack.checks.folding import Folded
from dualtrack.checks.quantities import Quantity, conversion, quantities
from dualtrack.checks.schedule import Mark, cue

__all__ = ["Amount", "amounts", "holds"]

_MASSES = frozenset({"gram", "milligram", "microgram", "nanogram", "iu", "milliiu", "megaiu", "millimole"})
_SUBSTANCE = _MASSES | {"milliequivalent"}
_VOLUMES = frozenset({"milliliter", "teaspoon", "tablespoon"})
_COUNTS = frozenset(
    {"tablet", "drop", "puff", "spray", "patch", "suppository", "sachet", "ampoule", "lozenge", "spoon"}
)
_SPRAYED = frozenset({"puff", "spray", "drop", "patch"})
_SCALES = frozenset({"bodykg", "meter**2", "hour", "minute"})
_PERIODS = {"day": 1.0, "week": 7.0, "month": 30.4375}
_REACH = 40
_SHORT = 4
_CLOSE = re.compile(r"\)?\s?[,:|;-]\s?(?:(?:take|use|give|swallow)\s)?")


@dataclass(slots=True)
class Amount:
    """One amount as stated, in all its readings.

    Args:
        readings: the same amount in different units, such as 2 tablets and 1000 mg.
        span: where it stands in the folded text.
        kind: ``substance``, ``count`` (of forms, or a volume), ``strength`` (per volume or per form).
        has_form: a form follows a substance ("500 mg tablets"), so that it may be a strength.
        days: the period that the unit divides by ("/day" is 1), None when it does not.
        strength: what a counted form holds, when it stands beside the count.
    """

    readings: list[Quantity]
    span: Span
    kind: Literal["substance", "count", "strength"]
    has_form: bool = False
    days: float | None = None
    strength: "Amount | None" = None

    @property
    def is_bare(self) -> bool:
        """Whether it is a number without a unit, which is an amount only beside a form, a medicine or a frequency."""
        return not self.readings[0].unit

    def take(self, strength: Quantity) -> None:
        """Add what the counted forms, or the volume, hold of the substance.

        Args:
            strength: per form, or per volume.
        """
        count = self.readings[0]
        substance, _, below = strength.unit.partition("/")
        below = below.split("/")[0]
        if strength.unit.endswith("/hour") and below == "hour" and count.unit in {"patch", "tablet"}:
            substance, below = strength.unit, ""  # so much per hour from each patch
        if below in _SCALES:  # an amount by weight, or a rate of infusion
            return
        factor = conversion(count.unit, below) if below else 1.0
        if factor is None or (not below and count.unit in _VOLUMES):
            return
        most = strength.times(count.high * factor, substance)
        held = replace(most, low=strength.low * count.low * factor, span=self.span)
        self.readings.append(held)


def amounts(folded: Folded, start: int, end: int, marks: Sequence[Mark]) -> list[Amount]:
    """Amounts in a passage, between what it says about time, in order.

    Args:
        folded: the text.
        start: where the passage begins.
        end: where it ends.
        marks: what it says about time; no amount overlaps one.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> [found.readings[-1].high for found in amounts(fold("two 500 mg tablets for a man of 70 kg"), 0, 37, [])]
        [1000.0]
    """
    found: list[Amount] = []
    for amount in _single(folded, start, end, marks):
        if found and _multiplies(folded.lower, found[-1], amount):
            _multiply(found[-1], amount)
        else:
            found.append(amount)
    return found


def _single(folded: Folded, start: int, end: int, marks: Sequence[Mark]) -> Iterator[Amount]:
    position = start
    for stop in [*(mark.span for mark in marks), (end, end)]:
        for quantity in quantities(folded, position, stop[0]):
            amount = _amount(folded.lower, quantity, end)
            if amount is not None:
                yield amount
        position = max(position, stop[1])


def _amount(text: str, quantity: Quantity, end: int) -> Amount | None:
    above, *below = quantity.unit.split("/")
    if not quantity.unit:
        return Amount([quantity], quantity.span, "count")
    days = next((_PERIODS[each] for each in below if each in _PERIODS), None)
    below = [each for each in below if each not in _PERIODS and each != "dose"]
    plain = replace(quantity, unit="/".join([above, *below]))
    if above in _SUBSTANCE and all(each in _SCALES for each in below):
        form = cue("forms").match(text, quantity.span[1], min(end, quantity.span[1] + _REACH))
        return Amount([plain], quantity.span, "substance", has_form=form is not None, days=days)
    if above in _SUBSTANCE and len(below) == 1 and below[0] in _VOLUMES | _COUNTS:
        return Amount([plain], quantity.span, "strength")
    if above in _COUNTS | _VOLUMES and all(each in _SCALES - {"minute"} for each in below):
        return Amount([plain], quantity.span, "count", days=days)
    return None


def _multiplies(text: str, count: Amount, amount: Amount) -> bool:
    """Whether a count stands directly before the strength that it counts."""
    if count.kind != "count" or amount.kind == "count" or len(count.readings) > 1:
        return False
    between = text[count.span[1] : amount.span[0]]
    if len(between) > _SHORT or not cue("times_sign").fullmatch(between):
        return False
    return not count.is_bare or amount.has_form or between.strip() in {"x", "\u00d7", "*"}


def _multiply(count: Amount, amount: Amount) -> None:
    unit = count.readings[0].unit or "tablet"
    count.readings = [replace(count.readings[0], unit=unit)]
    count.take(amount.readings[0])
    count.span = (count.span[0], amount.span[1])
    count.has_form = False
    count.strength = amount


def holds(strength: Amount, count: Amount, text: str) -> bool:
    """Whether an amount is the strength of the forms that are counted after it.

    Args:
        strength: the earlier amount.
        count: the later one.
        text: folded text in lower case.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> tablets = "500 mg tablets: take two tablets"
        >>> holds(*amounts(fold(tablets), 0, len(tablets), []), tablets)
        True
    """
    if count.kind != "count" or len(count.readings) > 1:
        return False
    if strength.kind == "strength":
        return True
    if strength.kind != "substance" or strength.days or "/" in strength.readings[0].unit:
        return False
    between = text[strength.span[1] : count.span[0]]
    close = _CLOSE.fullmatch(between) is not None
    return strength.has_form or close or (count.readings[0].unit in _SPRAYED and "(" not in between)
