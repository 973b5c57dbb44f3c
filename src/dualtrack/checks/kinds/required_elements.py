"""Check kind ``required_elements``: does the answer say what it must say?

Each element is judged by itself. A phrase counts where the answer conveys it, not where it denies it or tells of the
past (``checks.assertion``). May import errors, terms and the checks' own ground floor.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from dualtrack.checks.assertion import Assertion, state_of
from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, FailureMode, Judgement, Span
from dualtrack.checks.folding import Folded, fold
from dualtrack.checks.matching import as_cues
from dualtrack.checks.phrases import Phrase, cues_of_phrase, denied_inside, done_before, phrase, phrase_spans
from dualtrack.terms import Outcome, Reason

__all__ = ["KIND", "RequiredElementsParams"]

_MOST_MENTIONS = 50  # of one phrase that are looked at; bounds the time on hostile texts


class RequiredElementsParams(CheckParams):
    """How loosely a phrase is read, and which ways of mentioning it convey it."""

    gap: Annotated[int, Field(ge=0, le=8)] = Field(
        default=3, description="Words that may stand between two words of a phrase; articles and possessives are free."
    )
    states: Annotated[tuple[Assertion, ...], Field(min_length=1)] = Field(
        default=(Assertion.advised, Assertion.conditional, Assertion.informational, Assertion.stopped),
        description="Assertion states in which a phrase conveys its element.",
    )


def judge(given: CheckInput, params: RequiredElementsParams) -> tuple[Judgement, ...]:
    """Pass each element that the answer conveys in one of its phrases; the value is 1 or 0.

    Definition: an element's phrases are its ``any_of``, or its ``text`` when it has none. A phrase stands where its
    words, without regard to inflection, follow each other inside a sentence with at most ``gap`` words between two of
    them, or in the passive voice. It conveys the element if its assertion state is among ``states`` and no denial
    stands inside it that the phrase does not have itself.

    Example:
        >>> element = {"id": "e1", "text": "Call 999", "any_of": ["call 999", "call an ambulance"]}
        >>> given = CheckInput("You need not call 999. Rest.", reference={"elements": [element]})
        >>> judge(given, RequiredElementsParams())[0].failure_mode
        'element_missing'
    """
    folded = fold(given.text or "")
    return tuple(_judged(folded, element, params) for element in given.reference["elements"])


def cues(given: CheckInput, params: RequiredElementsParams) -> frozenset[str] | None:  # noqa: ARG001 - all kinds alike
    """A piece of every phrase."""
    phrases = [each for element in given.reference["elements"] for each in _phrases(element)]
    return as_cues(cue for wanted in phrases if wanted.stems for cue in cues_of_phrase(wanted))


def _phrases(element: Mapping[str, Any]) -> tuple[Phrase, ...]:
    return tuple(map(phrase, element.get("any_of") or (element["text"],)))


def _judged(folded: Folded, element: Mapping[str, Any], params: RequiredElementsParams) -> Judgement:
    unit = element["id"]
    wanted = _phrases(element)
    if not any(each.stems for each in wanted):
        return Judgement.undecided(Reason.unparsed, unit=unit)
    first = min(_conveying(folded, wanted, params), default=None)
    if first is None:
        return Judgement(Outcome.failed, value=0.0, failure_mode="element_missing", unit=unit)
    return Judgement(Outcome.passed, value=1.0, spans=(folded.span(*first),), unit=unit)


def _conveying(folded: Folded, phrases: tuple[Phrase, ...], params: RequiredElementsParams) -> Iterator[Span]:
    """For each phrase, the first place at which it conveys the element."""
    for wanted in phrases:
        for span in phrase_spans(folded, wanted, params.gap)[:_MOST_MENTIONS]:
            if _conveys(folded, span, wanted, params):
                yield span
                break


def _conveys(folded: Folded, span: Span, wanted: Phrase, params: RequiredElementsParams) -> bool:
    if denied_inside(folded, span, wanted) or done_before(folded, span, wanted):
        return False
    return state_of(folded, span)[0] in params.states


_CALL = {"elements": [{"id": "e1", "text": "Call for help", "any_of": ["call 999", "call an ambulance"]}]}
_DRIVE = {"elements": [{"id": "e2", "text": "Do not drive"}]}

KIND = CheckKind(
    name="required_elements",
    version=1,
    title="What the answer must say",
    claim="A failing finding shows that none of the element's phrases stands in the answer in a form that conveys it.",
    blind_spots=(
        "An element that is conveyed in words that no phrase of the item lists is called missing.",
        "Words in another order than in the phrase are found only in the passive voice.",
        "A phrase that is spread over two sentences is not joined.",
        "A phrase that stands in the answer about something else counts as given.",
    ),
    unit="1 given, 0 missing",
    params=RequiredElementsParams,
    judge=judge,
    failure_modes=(FailureMode("element_missing", "omission", "The answer leaves out what it must say"),),
    examples=(
        Example(
            "Someone should be calling you an ambulance now.",
            Outcome.passed,
            "Inflected, with a word between.",
            value=1.0,
            reference=_CALL,
        ),
        Example(
            "You do not need to call an ambulance.",
            Outcome.failed,
            "It is denied.",
            failure_mode="element_missing",
            value=0.0,
            reference=_CALL,
        ),
        Example(
            "If the pain comes back, call 999.",
            Outcome.passed,
            "What to do under a condition is said.",
            value=1.0,
            reference=_CALL,
        ),
        Example("Don't drive tonight.", Outcome.passed, "The phrase itself denies.", value=1.0, reference=_DRIVE),
        Example(
            "Rest and drink water.",
            Outcome.failed,
            "It is not there.",
            failure_mode="element_missing",
            reference=_CALL,
        ),
        Example(" ", Outcome.not_assessable, "There is nothing to read.", reason=Reason.empty, reference=_CALL),
    ),
    languages=("en",),
    needs=("elements",),
    cues=cues,
)
