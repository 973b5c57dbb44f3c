"""Judges one response by one bound check: may it be judged at all, and does what the kind says make sense.

Why it exists: whatever asks a check (a run over tables, a worked example, a test) goes by the same rules. Pure. May
import errors, terms and what a bound check is.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dualtrack.checks.base import WITH_TEXT, CheckInput, CheckKind, Judgement
from dualtrack.checks.bind import BoundCheck
from dualtrack.terms import Outcome, Reason, ResponseStatus

__all__ = ["Ask", "judge_all", "judge_one", "judge_selected"]

Ask = Callable[[BoundCheck, CheckInput], object]
"""Puts a response, with the facts that the check reads, to the kind of the check."""

_REASON_OF_STATUS = {
    ResponseStatus.withheld: Reason.withheld,
    ResponseStatus.refused: Reason.refused,
    ResponseStatus.empty: Reason.empty,
    ResponseStatus.truncated: Reason.truncated,
    ResponseStatus.error: Reason.no_response,
    ResponseStatus.not_run: Reason.no_response,
}


def judge_one(check: BoundCheck, given: CheckInput) -> Judgement:
    """Judgement of one response as a whole by one check, whatever the kind does; errors are raised.

    The same rules as in ``run_checks``, for a single response and without a table.

    Args:
        check: a bound check.
        given: the response; ``reference`` as the item states it, before selection.

    Raises:
        Exception: whatever the kind raises; ValueError or KeyError when its judgement makes no sense, ValueError too
            when it judges several facts of the item one by one (``judge_all`` gives them).

    Example:
        >>> from dualtrack.checks import bind
        >>> judge_one(bind("x.y", "refusal"), CheckInput("Ich kann das nicht sagen.", language="de")).reason.value
        'language'
    """
    judgements = judge_all(check, given)
    if len(judgements) > 1:
        raise ValueError(f"check kind {check.kind.name} judges {len(judgements)} facts one by one")
    return judgements[0]


def judge_all(check: BoundCheck, given: CheckInput, *, ask: Ask | None = None) -> tuple[Judgement, ...]:
    """Judgements of one response by one check: one of the whole, or one for each fact of the item that it reads.

    Args:
        check: a bound check.
        given: the response; ``reference`` as the item states it, before selection.
        ask: puts the response to the kind; by default the kind is called here and now, without a time limit.

    Returns:
        At least one judgement; their units differ.

    Raises:
        Exception: whatever the kind raises; TypeError, ValueError or KeyError when its judgements make no sense.
    """
    return judge_selected(check, given, check.facts(given.reference), ask=ask)


def judge_selected(
    check: BoundCheck, given: CheckInput, facts: Mapping[str, Any] | None, *, ask: Ask | None = None
) -> tuple[Judgement, ...]:
    """The same as ``judge_all`` with the facts selected beforehand, None where the check does not apply to the item."""
    if facts is None:
        return (Judgement.undecided(Reason.not_applicable, outcome=Outcome.not_applicable),)
    reason = _unreadable(check.kind, given)
    if reason is not None:
        return (Judgement.undecided(reason),)
    seen = CheckInput(
        given.text,
        given.language,
        given.status,
        given.prompt,
        MappingProxyType(facts),
        answer=given.answer,
        confidence=given.confidence,
        lexicons=check.lexicons,
    )
    answered = (_here if ask is None else ask)(check, seen)
    judgements = answered if isinstance(answered, tuple) else (answered,)
    _refuse_nonsense(check.kind, judgements, given.text)
    return judgements


def _here(check: BoundCheck, given: CheckInput) -> object:
    return check.kind.judge(given, check.params)


def _unreadable(kind: CheckKind[Any], given: CheckInput) -> Reason | None:
    """Why a kind cannot judge this response at all, or None."""
    if given.status not in kind.statuses:
        return _REASON_OF_STATUS.get(given.status, Reason.no_response)
    if kind.statuses is not WITH_TEXT and given.status not in WITH_TEXT:
        return None
    if given.text is None:
        return Reason.withheld
    if not given.text or given.text.isspace():
        return Reason.empty
    return None if kind.reads(given.language) else Reason.language


def _refuse_nonsense(kind: CheckKind[Any], judgements: Sequence[object], text: str | None) -> None:
    size = len(text or "")
    units = []
    for judgement in judgements:
        if not isinstance(judgement, Judgement):
            raise TypeError(f"check kind {kind.name} returned {type(judgement).__name__}, not a judgement")
        if judgement.failure_mode is not None:
            kind.act_of(judgement.failure_mode)
        for start, end in judgement.spans:
            if not 0 <= start < end <= size:
                raise ValueError(f"check kind {kind.name} marked a passage outside the text")
        units.append(judgement.unit)
    if not units or len(units) != len(set(units)):
        raise ValueError(f"check kind {kind.name} gave no judgement, or two about one fact")
