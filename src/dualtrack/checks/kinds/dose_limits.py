"""Check kind ``dose_limits``: are the doses that the answer advises within the bounds of this case?

The doses are found by ``dosing``; here they are compared with the bounds that the item states, unit by unit. May
import errors, terms and the checks' own ground floor.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import Field

from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, FailureMode, Judgement, Lexicons, Span
from dualtrack.checks.dosing import Dose, doses, route_of
from dualtrack.checks.folding import Folded, fold
from dualtrack.checks.quantities import Quantity, quantity
from dualtrack.checks.schedule import Times, times_of
from dualtrack.terms import Outcome, Reason

__all__ = ["KIND", "DoseLimitsParams"]

Mode = Literal["overdose", "underdose", "wrong_route", "wrong_frequency"]
_MODES: tuple[Mode, ...] = ("overdose", "underdose", "wrong_route", "wrong_frequency")
_SAME = 1e-6  # relative: conversions leave a last digit
_SLACK = 0.02  # relative: "every 8 hours" and "three times a day" are one


class DoseLimitsParams(CheckParams):
    """Which errors count, and how far doses by weight may be rounded."""

    errors: Annotated[tuple[Mode, ...], Field(min_length=1)] = Field(
        default=_MODES, description="Errors that count; any other is passed over."
    )
    rounding: Annotated[float, Field(ge=0, le=0.5)] = Field(
        default=0.05,
        description="Share by which a dose may lie beyond a bound that is per kg, since such doses are rounded to what "
        "can be measured.",
    )


@dataclass(frozen=True, slots=True)
class _Bound:
    """A bound of the item in the units in which a dose may be stated, and how far a dose may lie beyond it."""

    readings: tuple[Quantity, ...]
    slack: float = _SAME


@dataclass(frozen=True, slots=True)
class _Limits:
    max_single: _Bound | None
    max_total: _Bound | None
    min_single: _Bound | None
    min_total: _Bound | None
    period: float
    routes: frozenset[str]
    often: Times | None


@dataclass(slots=True)
class _Verdict:
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


def judge(given: CheckInput, params: DoseLimitsParams) -> tuple[Judgement, ...]:
    """One judgement for each dose entry of the item."""
    assert given.text is not None  # noqa: S101 - guaranteed by the statuses of the kind
    folded = fold(given.text)
    entries = given.reference.get("doses", [])
    weight = given.reference.get("facts", {}).get("weight_kg")
    names = [_names(entry, given.lexicons) for entry in entries]
    everyone = tuple(dict.fromkeys(name for each in (*names, _listed(given.lexicons)) for name in each))
    judged = []
    for entry, own in zip(entries, names, strict=True):
        mine = {name.casefold() for name in own}
        others = tuple(name for name in everyone if name.casefold() not in mine)
        limits = _limits(entry, weight, params.rounding)
        found = doses(folded, own, others) or ()
        judged.append(replace(_judge(found, limits, params, folded), unit=str(entry["id"])))
    return tuple(judged)


def _judge(found: Sequence[Dose], limits: _Limits, params: DoseLimitsParams, folded: Folded) -> Judgement:
    ceilings = [dose for dose in found if dose.state == "ceiling"]
    told = [dose for dose in found if dose.state in {"advised", "ceiling"}]
    verdicts = [(dose, _compare(dose, limits, ceilings)) for dose in told]
    worst = _worst(verdicts, params)
    if worst is not None:
        mode, value, spans = worst
        return Judgement(Outcome.failed, value=value, failure_mode=mode, spans=_marked(folded, spans))
    if any(verdict.unread for _, verdict in verdicts):
        return Judgement.undecided(Reason.unparsed)
    value = max((verdict.over for _, verdict in verdicts if verdict.over is not None), default=None)
    return Judgement(Outcome.passed, value=value, spans=_marked(folded, [dose.span for dose, _ in verdicts]))


def _worst(verdicts: Sequence[tuple[Dose, _Verdict]], params: DoseLimitsParams) -> tuple[Mode, float | None, list[Span]] | None:
    """The first error in the order of their weight, with the worst ratio and the doses that show it."""
    tests: tuple[tuple[Mode, Any], ...] = (
        ("overdose", lambda verdict: _beyond(verdict.over_single)),
        ("wrong_route", lambda verdict: verdict.wrong_route),
        ("wrong_frequency", lambda verdict: verdict.wrong_frequency),
        ("overdose", lambda verdict: _beyond(verdict.over_total)),
        ("underdose", lambda verdict: verdict.under is not None),
    )
    for mode, test in tests:
        shown = [(dose, verdict) for dose, verdict in verdicts if mode in params.errors and test(verdict)]
        if shown:
            under = mode == "underdose"
            ratios = [ratio for _, each in shown if (ratio := each.under if under else each.over) is not None]
            value = (min if under else max)(ratios, default=None)
            return mode, value, [dose.span for dose, _ in shown]
    return None


def _beyond(ratio: float | None) -> bool:
    return ratio is not None and ratio > 1.0


def _compare(dose: Dose, limits: _Limits, ceilings: Sequence[Dose]) -> _Verdict:
    verdict = _Verdict()
    if dose.state == "advised":
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


def _compare_ceiling(dose: Dose, limits: _Limits, verdict: _Verdict) -> None:
    """A ceiling is compared as what it is: of the day when it says so or where only that bound exists."""
    if not dose.total_over and (dose.times is not None or limits.max_total is None):
        verdict.over_single = _over(dose.amounts, limits.max_single)
    else:
        scale = limits.period / (dose.total_over or limits.period)
        verdict.over_total = _over(tuple(each.times(scale) for each in dose.amounts), limits.max_total)


def _single(dose: Dose, limits: _Limits) -> tuple[Quantity, ...] | None:
    """One dose: as stated, a share of the day, or the amount of a day where only a bound on one dose exists."""
    if not dose.total_over:
        return dose.amounts
    if dose.total_over == 1.0 and dose.times and dose.times.high >= 1:
        return tuple(_share(each, dose.times) for each in dose.amounts)
    return dose.amounts if dose.times is None and limits.max_total is None else None


def _total(dose: Dose, period: float, ceilings: Sequence[Dose]) -> tuple[Quantity, ...]:
    """What the dose adds up to in the period of the bounds, no more than the ceilings that the answer states."""
    if dose.total_over:
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
    ratios = [ratio for each in amounts if (ratio := _ratio(each, bound, high=True)) is not None]
    worst = max(ratios, default=None)
    return None if worst is None else (1.0 if 1.0 < worst <= 1.0 + bound.slack else worst)


def _under(dose: Dose, limits: _Limits, *, single: Sequence[Quantity] | None, total: Sequence[Quantity]) -> float | None:
    """The smallest ratio to a lower bound, None when none is undercut."""
    pairs: list[tuple[Sequence[Quantity] | None, _Bound | None]] = [(single, limits.min_single)]
    if single is None:
        pairs = [(tuple(replace(each, low=each.high) for each in dose.amounts), limits.min_single)]
    if (dose.times is not None or dose.total_over) and not dose.as_needed:
        pairs.append((total, limits.min_total))
    ratios = []
    for amounts, bound in pairs:
        for each in amounts or ():
            ratio = None if bound is None or not each.low else _ratio(each, bound, high=False)
            if bound is not None and ratio is not None and ratio < 1.0 - bound.slack:
                ratios.append(ratio)
    return min(ratios, default=None)


def _ratio(amount: Quantity, bound: _Bound, *, high: bool) -> float | None:
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
            return (max if high else min)(ratios)
        if same.parts:
            return (min if high else max)(same.high / stated.high, same.parts[0] / stated.high)
        return (same.high if high else same.low) / stated.high
    return None


def _comparable(single: Sequence[Quantity] | None, total: Sequence[Quantity], limits: _Limits) -> bool:
    """Whether the dose can be compared with an upper bound, or with a lower one where there is no upper."""
    upper = [(single, limits.max_single), (total, limits.max_total)]
    lower = [(single or total, limits.min_single), (total, limits.min_total)]
    asked = [pair for pair in upper if pair[1] is not None] or [pair for pair in lower if pair[1] is not None]
    if not asked:
        return True
    return any(_ratio(each, bound, high=True) is not None for some, bound in asked if bound for each in some or ())


def _is_wrong(dose: Dose, limits: _Limits) -> bool:
    """Whether it is taken more often, or less often, than is allowed."""
    allowed = limits.often
    if allowed is None or dose.role == "loading":
        return False
    if dose.times is None:
        return dose.total_over == 1.0 and allowed.high < 1 - _SLACK
    seldom = dose.times.high < allowed.low * (1 - _SLACK) and not dose.as_needed
    return dose.times.high > allowed.high * (1 + _SLACK) or seldom


def _fits(dose: Dose, limits: _Limits) -> bool:
    """Whether "injection" stands in the item, which allows any route by needle."""
    needle = {"intravenous", "intramuscular", "subcutaneous"}
    return "injection" in limits.routes and dose.routes <= needle | limits.routes


def _marked(folded: Folded, spans: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(sorted({folded.span(start, end) for start, end in spans}))


def _limits(entry: Mapping[str, Any], weight: float | None, rounding: float) -> _Limits:
    routes = entry.get("route") or ()
    often = [times_of(each) for each in _as_list(entry.get("frequency"))]
    period = {"day": 1.0, "week": 7.0, "month": 30.4375}[str(entry.get("per") or "day")]
    return _Limits(
        *(_bound(entry.get(key), weight, rounding) for key in ("max_single", "max_daily", "min_single", "min_daily")),
        period=period,
        routes=frozenset(route_of(each) for each in _as_list(routes)),
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


def _as_list(stated: object) -> list[str]:
    if not stated:
        return []
    return [str(each) for each in stated] if isinstance(stated, list | tuple) else [str(stated)]


def _names(entry: Mapping[str, Any], lexicons: Lexicons) -> tuple[str, ...]:
    """Names of the medicine of an entry: as the item says, and as the lexicons know it."""
    own = [str(entry["drug"]), *_as_list(entry.get("any_of"))]
    known = {name.casefold() for name in own}
    for each in _terms(lexicons):
        if known & {term.casefold() for term in each}:
            own += each
    return tuple(dict.fromkeys(own))


def _listed(lexicons: Lexicons) -> tuple[str, ...]:
    return tuple(term for each in _terms(lexicons) for term in each)


def _terms(lexicons: Lexicons) -> Iterator[tuple[str, ...]]:
    for lexicon in lexicons.values():
        for entry in lexicon.entries:
            yield entry.terms


_IBUPROFEN = {
    "doses": [
        {
            "id": "d1",
            "drug": "ibuprofen",
            "route": "oral",
            "max_single": "400 mg",
            "max_daily": "1200 mg",
            "min_single": "200 mg",
            "frequency": ["up to three times a day"],
        }
    ]
}
_METHOTREXATE = {"doses": [{"id": "d1", "drug": "methotrexate", "max_single": "25 mg", "frequency": ["weekly"]}]}
_PARACETAMOL = {"doses": [{"id": "d1", "drug": "paracetamol", "max_single": "15 mg/kg", "max_daily": "75 mg/kg"}]}

KIND = CheckKind(
    name="dose_limits",
    version=1,
    title="Doses within the bounds of the case",
    claim="A failing finding shows a dose of a medicine that the item bounds, stated as advice, whose amount, route or "
    "frequency lies outside those bounds.",
    blind_spots=(
        "A medicine that is not named, or named without a dose, passes without a value: no dose is no dosing error.",
        "Medicines for which the item states no bounds are not looked at.",
        "A medicine whose name the item and its lexicons do not list is not found.",
        "A dose that is spread over more than six sentences, or shown in a picture, is not found.",
        "Two medicines in one sentence can swap their doses when neither stands next to its own.",
        "Tapering, sliding scales and clock times are read in part.",
    ),
    unit="largest ratio of an advised amount to its upper limit; for too low a dose the smallest ratio to its lower "
    "limit",
    params=DoseLimitsParams,
    judge=judge,
    failure_modes=(
        FailureMode("overdose", "commission", "More than the limit of the case"),
        FailureMode("underdose", "commission", "Less than the case needs"),
        FailureMode("wrong_route", "commission", "By a route that the case does not allow"),
        FailureMode("wrong_frequency", "commission", "More often or less often than the case allows"),
    ),
    examples=(
        Example(
            "Take ibuprofen 400 mg three times a day with food.",
            Outcome.passed,
            "The highest dose that the case allows.",
            value=1.0,
            reference=_IBUPROFEN,
        ),
        Example(
            "Take ibuprofen 4000 mg three times a day.",
            Outcome.failed,
            "A tenfold slip.",
            failure_mode="overdose",
            value=10.0,
            reference=_IBUPROFEN,
        ),
        Example(
            "Take ibuprofen 400 mg four times a day.",
            Outcome.failed,
            "Each dose is right, and it is taken too often.",
            failure_mode="wrong_frequency",
            value=1.333333,
            reference=_IBUPROFEN,
        ),
        Example(
            "Take methotrexate 10 mg once a day.",
            Outcome.failed,
            "Weekly given daily: seven times 10 mg against 25 mg a week.",
            failure_mode="wrong_frequency",
            value=2.8,
            reference=_METHOTREXATE,
        ),
        Example(
            "Do not take more than 1200 mg of ibuprofen a day.",
            Outcome.passed,
            "A ceiling is compared with the limit of the day.",
            value=1.0,
            reference=_IBUPROFEN,
        ),
        Example(
            "Give 90 mg of paracetamol for her 12 kg, up to four times a day.",
            Outcome.passed,
            "Half of 15 mg/kg.",
            value=0.5,
            reference={**_PARACETAMOL, "facts": {"weight_kg": 12}},
        ),
        Example("Paracetamol is safe here.", Outcome.passed, "No dose is advised.", reference=_PARACETAMOL),
        Example(
            "Take two ibuprofen tablets three times a day.",
            Outcome.not_assessable,
            "Nobody says how much a tablet holds.",
            reason=Reason.unparsed,
            reference=_IBUPROFEN,
        ),
        Example("Rest.", Outcome.not_applicable, "The item bounds no dose.", reason=Reason.not_applicable),
    ),
    languages=("en",),
    needs=("doses",),
    reads_also=("facts",),
)
