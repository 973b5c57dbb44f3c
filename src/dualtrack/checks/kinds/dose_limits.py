"""Check kind ``dose_limits``: are the doses that the answer advises within the bounds of this case?

The doses are found by ``dosing``; here they are compared with the bounds that the item states, unit by unit. May
import errors, terms and the checks' own ground floor.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, FailureMode, Judgement, Lexicons, Span
from dualtrack.checks.dose_bounds import Limits, Verdict, as_list, compare, limits_of
from dualtrack.checks.dose_faults import bound_faults
from dualtrack.checks.dose_words import Dose
from dualtrack.checks.dosing import doses
from dualtrack.checks.folding import Folded, fold
from dualtrack.checks.schedule import dosing_words
from dualtrack.terms import Outcome, Reason

__all__ = ["KIND", "DoseLimitsParams"]

Mode = Literal["overdose", "underdose", "wrong_route", "wrong_frequency"]
_MODES: tuple[Mode, ...] = ("overdose", "underdose", "wrong_route", "wrong_frequency")


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
        limits = limits_of(entry, weight, params.rounding)
        found = doses(folded, own, others) or ()
        judged.append(replace(_judge(found, limits, params, folded), unit=str(entry["id"])))
    return tuple(judged)


def _judge(found: Sequence[Dose], limits: Limits, params: DoseLimitsParams, folded: Folded) -> Judgement:
    ceilings = [dose for dose in found if dose.state == "ceiling"]
    told = [dose for dose in found if dose.state in {"advised", "doubtful", "ceiling"}]
    verdicts = [(dose, compare(dose, limits, ceilings)) for dose in told]
    doubtful = [pair for pair in verdicts if pair[0].state == "doubtful"]
    worst = _worst([pair for pair in verdicts if pair not in doubtful], params)
    if worst is not None:
        mode, value, spans = worst
        return Judgement(Outcome.failed, value=value, failure_mode=mode, spans=_marked(folded, spans))
    unread = [dose for dose, verdict in verdicts if verdict.unread]
    # A ceiling that cannot be compared adds nothing to a dose that can. A dose that may be advised or ruled out is no
    # failure, and no pass either when it lies outside the bounds.
    unsure = _worst(doubtful, params) is not None or any(dose.state != "ceiling" for dose in unread)
    if unsure or (unread and len(unread) == len(told)):
        return Judgement.undecided(Reason.unparsed)
    value = max((verdict.over for _, verdict in verdicts if verdict.over is not None), default=None)
    return Judgement(Outcome.passed, value=value, spans=_marked(folded, [dose.span for dose, _ in verdicts]))


def _worst(
    verdicts: Sequence[tuple[Dose, Verdict]], params: DoseLimitsParams
) -> tuple[Mode, float | None, list[Span]] | None:
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


def _marked(folded: Folded, spans: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(sorted({folded.span(start, end) for start, end in spans}))


def _names(entry: Mapping[str, Any], lexicons: Lexicons) -> tuple[str, ...]:
    """Names of the medicine of an entry: as the item says, and as the lexicons know it."""
    own = [str(entry["drug"]), *as_list(entry.get("any_of"))]
    own += [each.split(maxsplit=1)[1] for each in own if each.lower().startswith(_left_out()) and " " in each]
    known = {name.casefold() for name in own}
    for each in _terms(lexicons):
        if known & {term.casefold() for term in each}:
            own += each
    return tuple(dict.fromkeys(own))


def _left_out() -> tuple[str, ...]:
    return tuple(f"{word} " for word in dosing_words()["left_out"])


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
    raised_with=lambda params: params.errors,
    unreadable=bound_faults,
)
