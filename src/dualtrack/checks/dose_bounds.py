"""Compares doses as stated with the bounds of a case, unit by unit.

Why it exists: a bound may be per kg and a dose in tablets, a bound for the day and a dose every six hours; the ratio of
the one to the other is arithmetic that a check and a person can both follow. May import the checks' own ground floor.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dualtrack.checks.dose_words import Dose, route_of
from dualtrack.checks.quantities import Quantity, quantity
from dualtrack.checks.schedule import Times, times_of

__all__ = ["PERIODS", "Limits", "Verdict", "as_list", "compare", "limits_of"]

_RATES = frozenset({"hour", "minute"})
PERIODS = {"day": 1.0, "week": 7.0, "month": 30.4375}
_SAME = 1e-6  # relative: conversions leave a last digit
_SLACK = 0.02  # relative: "every 8 hours" and "three times a day" are one


@dataclass(frozen=True, slots=True)
class _Bound:
    """A bound of the item in the units in which a dose may be stated, and how far a dose may lie beyond it."""

    readings: tuple[Quantity, ...]
    slack: float = _SAME


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one medicine in one case.

    Args:
        max_single, min_single: for one dose.
        max_total, min_total: for ``period``.
        period: days.
        routes: that are allowed; empty when the item names none.
        often: how often it may be taken; None when the item does not say.
    """

    max_single: _Bound | None
    max_total: _Bound | None
    min_single: _Bound | None
    min_total: _Bound | None
    period: float
    routes: frozenset[str]
    often: Times | None


@dataclass(slots=True)
class Verdict:
    """What the comparison of one dose with its limits shows; ratios are of the dose to the limit."""

    over_single: float | None = None
    over_total: float | None = None
    under: float | None = None
    wrong_route: bool = False
    wrong_frequency: bool = False
    unread: bool = False

    @property
    def over(self) -> float | None:
        """The larger ratio to an upper limit."""
        return max((ratio for ratio in (self.over_single, self.over_total) if ratio is not None), default=None)


def compare(dose: Dose, limits: Limits, ceilings: Sequence[Dose]) -> Verdict:
    """Compare one dose with its bounds.

    Args:
        dose: advised, or a ceiling.
        limits: the bounds.
        ceilings: all ceilings that the answer states; no advised total exceeds them.

    Example:
        >>> from dualtrack.checks.dosing import doses
        >>> from dualtrack.checks.folding import fold
        >>> limits = limits_of({"max_single": "400 mg"}, weight=None, rounding=0.05)
        >>> (dose,) = doses(fold("Take ibuprofen 0.8 g."), ("ibuprofen",))
        >>> compare(dose, limits, ()).over
        2.0
    """
    verdict = Verdict()
    if dose.state != "ceiling":
        verdict.wrong_route = bool(limits.routes) and not dose.routes <= limits.routes and not _fits(dose, limits)
        verdict.wrong_frequency = _is_wrong(dose, limits)
    if not dose.amounts:
        return verdict
    if dose.state == "ceiling":
        _compare_ceiling(dose, limits, verdict)
        return verdict
    single = _single(dose, limits)
    total = _total(dose, limits.period, ceilings)
    known = [_over(single, limits.max_single), _over(total, limits.max_total)]
    verdict.over_single, verdict.over_total = known
    if dose.role == "loading":
        verdict.over_total = None
    elif dose.role == "usual":
        verdict.under = _under(dose, limits, single=single, total=total)
    verdict.unread = not _comparable(single, total, limits)
    if verdict.wrong_frequency and verdict.over_total is None and limits.often and single and dose.times:
        rate = max(1.0, dose.times.high) / limits.often.high
        verdict.over_total = None if verdict.over_single is None else verdict.over_single * rate
    return verdict


def _compare_ceiling(dose: Dose, limits: Limits, verdict: Verdict) -> None:
    """A ceiling is compared as what it is: of the day when it says so or where only that bound exists."""
    if not dose.total_over and (dose.each or dose.times is not None or limits.max_total is None):
        verdict.over_single = _over(dose.amounts, limits.max_single)
    else:
        scale = limits.period / (dose.total_over or limits.period)
        verdict.over_total = _over(tuple(each.times(scale) for each in dose.amounts), limits.max_total)
    verdict.unread = verdict.over is None and (limits.max_single or limits.max_total) is not None


def _single(dose: Dose, limits: Limits) -> tuple[Quantity, ...] | None:
    """One dose: as stated, a share of the day, or the amount of a day where only a bound on one dose exists."""
    if not dose.total_over:
        return dose.amounts
    if dose.total_over == 1.0 and dose.times and dose.times.high >= 1:
        return tuple(_share(each, dose.times) for each in dose.amounts)
    return dose.amounts if dose.times is None and limits.max_total is None else None


def _total(dose: Dose, period: float, ceilings: Sequence[Dose]) -> tuple[Quantity, ...]:
    """What the dose adds up to in the period of the bounds, no more than the ceilings that the answer states."""
    rates = [each for each in dose.amounts if _RATES & set(each.unit.split("/"))]
    if rates:
        whole = tuple(_run(each, dose.duration, period) for each in rates)
    elif dose.total_over:
        whole = tuple(each.times(period / dose.total_over) for each in dose.amounts)
    elif dose.times is None:
        whole = tuple(Quantity(0.0, each.high, each.unit, each.span, each.parts) for each in dose.amounts)
    else:
        low, high = dose.times.low * period, max(1.0, dose.times.high * period)
        whole = tuple(_spread(each, 0.0 if dose.as_needed else low, high) for each in dose.amounts)
    for ceiling in ceilings:
        if ceiling.total_over:
            whole = tuple(_capped(each, ceiling, period) for each in whole)
    return whole


def _run(each: Quantity, duration: float | None, period: float) -> Quantity:
    """What a rate adds up to, over its duration or over the whole period."""
    above, *below = each.unit.split("/")
    unit = "/".join([above, *(part for part in below if part not in _RATES)])
    per_day = each.within(f"{unit}/day")
    return each if per_day is None else per_day.times(min(duration or period, period), unit)


def _spread(each: Quantity, low: float, high: float) -> Quantity:
    return Quantity(each.low * low, each.high * high, each.unit, each.span, tuple(part * high for part in each.parts))


def _share(each: Quantity, times: Times) -> Quantity:
    return Quantity(each.low / times.high, each.high / max(times.low, 1.0), each.unit, each.span)


def _capped(whole: Quantity, ceiling: Dose, period: float) -> Quantity:
    for stated in ceiling.amounts:
        limit = stated.within(whole.unit)
        if limit is not None:
            high = min(whole.high, limit.high * period / (ceiling.total_over or period))
            return Quantity(min(whole.low, high), high, whole.unit, whole.span)
    return whole


def _over(amounts: Sequence[Quantity] | None, bound: _Bound | None) -> float | None:
    """The largest ratio to an upper bound; what lies beyond it by rounding only is 1."""
    if not amounts or bound is None:
        return None
    ratios = [ratio for each in amounts if (ratio := _ratio(each, bound)) is not None]
    worst = max(ratios, default=None)
    return None if worst is None else (1.0 if 1.0 < worst <= 1.0 + bound.slack else worst)


def _under(dose: Dose, limits: Limits, *, single: Sequence[Quantity] | None, total: Sequence[Quantity]) -> float | None:
    """The smallest ratio to a lower bound, None when none is undercut; of a range the upper end counts."""
    pairs = [(single or dose.amounts, limits.min_single)]
    if (dose.times is not None or dose.total_over) and not dose.as_needed:
        pairs.append((total, limits.min_total))
    ratios = [
        ratio
        for amounts, bound in pairs
        for each in amounts
        if bound is not None and (ratio := _ratio(each, bound)) is not None and ratio < 1.0 - bound.slack
    ]
    return min(ratios, default=None)


def _ratio(amount: Quantity, bound: _Bound) -> float | None:
    """Ratio to the bound in the first unit that both can be told in.

    A combination is compared part by part with a bound in parts. With a plain bound, its sum and its first part are
    tried, and the reading that is nearer to the bound counts, since items give either.
    """
    for stated in bound.readings:
        same = amount.within(stated.unit)
        if same is None or not stated.high:
            continue
        if same.parts and len(same.parts) == len(stated.parts):
            ratios = [part / whole for part, whole in zip(same.parts, stated.parts, strict=True) if whole]
            return max(ratios)
        if same.parts:
            readings = (same.high / stated.high, same.parts[0] / stated.high)
            return min(readings, key=lambda ratio: abs(math.log(ratio)) if ratio > 0 else math.inf)
        return same.high / stated.high
    return None


def _comparable(single: Sequence[Quantity] | None, total: Sequence[Quantity], limits: Limits) -> bool:
    """Whether the dose can be compared with an upper bound, or with a lower one where there is no upper."""
    upper = [(single, limits.max_single), (total, limits.max_total)]
    lower = [(single or total, limits.min_single), (total, limits.min_total)]
    asked = [pair for pair in upper if pair[1] is not None] or [pair for pair in lower if pair[1] is not None]
    if not asked:
        return True
    return any(_ratio(each, bound) is not None for some, bound in asked if bound for each in some or ())


def _is_wrong(dose: Dose, limits: Limits) -> bool:
    """Whether it is taken more often, or less often, than is allowed."""
    allowed = limits.often
    if allowed is None or dose.role == "loading":
        return False
    if dose.times is None:
        return dose.total_over == 1.0 and allowed.high < 1 - _SLACK
    seldom = dose.times.high < allowed.low * (1 - _SLACK) and not dose.as_needed
    return dose.times.high > allowed.high * (1 + _SLACK) or seldom


def _fits(dose: Dose, limits: Limits) -> bool:
    """Whether "injection" stands in the item, which allows any route by needle."""
    needle = {"intravenous", "intramuscular", "subcutaneous"}
    return "injection" in limits.routes and dose.routes <= needle | limits.routes


def limits_of(entry: Mapping[str, Any], weight: float | None, rounding: float) -> Limits:
    """The bounds that an item states of one medicine.

    Args:
        entry: an entry of ``reference.doses``.
        weight: of the patient in kg, None when the item does not say.
        rounding: share by which a dose may lie beyond a bound that is per kg.

    Raises:
        ValueError: the entry states something that cannot be read; no response can be judged by it.

    Example:
        >>> limits_of({"max_daily": "4 g", "frequency": ["every 6 hours"]}, weight=None, rounding=0).often
        Times(low=4.0, high=4.0)
    """
    often = [times_of(each) for each in as_list(entry.get("frequency"))]
    return Limits(
        max_single=_bound(entry.get("max_single"), weight, rounding),
        max_total=_bound(entry.get("max_daily"), weight, rounding),
        min_single=_bound(entry.get("min_single"), weight, rounding),
        min_total=_bound(entry.get("min_daily"), weight, rounding),
        period=PERIODS[str(entry.get("per") or "day")],
        routes=frozenset(route_of(each) for each in as_list(entry.get("route"))),
        often=Times(min(each.low for each in often), max(each.high for each in often)) if often else None,
    )


def _bound(stated: object, weight: float | None, rounding: float) -> _Bound | None:
    """A bound, per kg and for this patient where the weight is known.

    Raises:
        ValueError: the item states something that is no quantity; no response can be judged by it.
    """
    if stated is None:
        return None
    bound = quantity(str(stated))
    per_kg = "/bodykg" in bound.unit
    if weight is None:
        return _Bound((bound,), rounding if per_kg else _SAME)
    if per_kg:
        return _Bound((bound, bound.times(weight, bound.unit.replace("/bodykg", "", 1))), rounding)
    above, *below = bound.unit.split("/")
    by_weight = bound.times(1 / weight, "/".join([above, "bodykg", *below]))
    return _Bound((bound, by_weight))


def as_list(stated: object) -> list[str]:
    """What an item states once or as a list, as a list.

    Example:
        >>> as_list("oral"), as_list(None)
        (['oral'], [])
    """
    if not stated:
        return []
    return [str(each) for each in stated] if isinstance(stated, list | tuple) else [str(stated)]
