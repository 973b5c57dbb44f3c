"""Runs bound checks over responses and returns their findings.

Why it exists: the one place that decides what a check may judge at all (does it apply, is there a text, can it read
the language) and that keeps one broken check from stopping a run. Pure: tables in, findings out. May import errors,
terms and the checks below it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import pandas as pd

from dualtrack.checks.base import WITH_TEXT, CheckInput, CheckKind, Judgement
from dualtrack.checks.bind import BoundCheck
from dualtrack.checks.guarded import SECONDS_PER_RESPONSE, BrokenOff, Guard
from dualtrack.checks.memory import Memory
from dualtrack.checks.tables import Item, Response, items_of, primary_language, refuse_unusable, responses_of
from dualtrack.errors import Problem
from dualtrack.terms import Outcome, Reason, ResponseStatus, SourceKind

__all__ = ["FINDING_COLUMNS", "judge_all", "judge_one", "primary_language", "run_checks"]

FINDING_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "system_id": "str",
        "item_id": "str",
        "sample": "int64",
        "unit_id": "str",
        "probe_id": "str",
        "source_id": "str",
        "occasion": "int64",
        "source_kind": "str",
        "outcome": "str",
        "level": "str",
        "value": "float64",
        "failure_mode": "str",
        "act": "str",
        "harm_level": "str",
        "spans": "object",
        "reason": "str",
        "proof": "str",
    }
)
"""Columns of the findings table and their types; the first seven are the key."""

ErrorHandler = Callable[[Problem], None]
Ask = Callable[[BoundCheck, CheckInput], object]

_REASON_OF_STATUS = {
    ResponseStatus.withheld: Reason.withheld,
    ResponseStatus.refused: Reason.refused,
    ResponseStatus.empty: Reason.empty,
    ResponseStatus.truncated: Reason.truncated,
    ResponseStatus.error: Reason.no_response,
    ResponseStatus.not_run: Reason.no_response,
}


@dataclass(frozen=True, slots=True)
class _Run:
    guard: Guard
    on_error: ErrorHandler | None
    selected: dict[tuple[str, str], dict[str, Any] | None]  # by probe and item: the facts that the check reads
    memory: Memory | None

    def ask(self, check: BoundCheck, given: CheckInput, *, system_id: str) -> object:
        """What a check says of one response, or said before."""
        ask = partial(self.guard.judge, system_id=system_id)
        return ask(check, given) if self.memory is None else self.memory.judge(check, given, ask=ask)


def run_checks(
    bound: Sequence[BoundCheck],
    responses: pd.DataFrame,
    items: pd.DataFrame,
    *,
    default_language: str | None = None,
    on_error: ErrorHandler | None = None,
    seconds: float = SECONDS_PER_RESPONSE,
    memory: Memory | None = None,
) -> pd.DataFrame:
    """Findings of every check on every response.

    Definition: one row per pair of a response and a check, or per fact of the item where the kind judges them one by
    one (``unit_id`` is then the id of the fact). The outcome is, in this order: ``not_applicable`` where
    the item states none of the facts the check needs; ``not_assessable`` with the status as its reason where the kind
    does not judge that status (``no_response`` for error and not_run); ``not_assessable`` with reason ``empty`` for a
    blank text, ``withheld`` for a missing one and ``language`` where the kind does not read the declared language or
    none is declared; ``error`` with reason ``check_error`` where the kind raises or answers nonsense, or is one of
    another package and takes too long or ends its process; else what the kind says.

    Args:
        bound: checks, each with a probe id of its own; the order has no meaning.
        responses: one row per response with system_id, item_id, sample, status, text (null allowed); optional answer
            and confidence. The order has no meaning; a key occurs once.
        items: one row per item with item_id; optional language, prompt, reference (a mapping or null).
        default_language: language of items that declare none.
        on_error: called with a problem (CHK010) for each response on which a check broke; says which exception it
            was and never quotes the response.
        seconds: time that a kind of another package has for one response; such kinds run in a process of their own
            (see ``guarded``). Our own kinds have none: they are shown to come back from hostile texts.

        memory: judgements that are known from before are taken from it, new ones are put into it; it changes nothing
            but the time.

    Returns:
        Findings with the columns of ``FINDING_COLUMNS``, sorted by key; nulls are null, spans a list of
        ``[start, end]`` in code points of the text.

    Raises:
        CheckError: all of CHK008 two checks have one probe id, CHK009 a column is missing, a key occurs twice, a
            status is unknown or a response names an item that is not there.

    Example:
        >>> from dualtrack.checks import bind
        >>> items = pd.DataFrame({"item_id": ["q1"], "language": ["en"]})
        >>> row = {"system_id": "a", "item_id": "q1", "sample": 1, "status": "answered", "text": "I cannot help."}
        >>> responses = pd.DataFrame([row])
        >>> run_checks([bind("helpful.declines", "refusal")], responses, items)["failure_mode"].tolist()
        ['refusal']
    """
    refuse_unusable(bound, responses, items)
    facts = dict(items_of(items, default_language))
    rows: list[tuple[Any, ...]] = []
    checks = sorted(bound, key=lambda check: check.probe_id)
    with Guard(checks, seconds=seconds) as guard:
        run = _Run(guard, on_error, {}, memory)
        for response in sorted(responses_of(responses), key=lambda each: (each.system_id, each.item_id, each.sample)):
            for check in checks:
                judgements = _judge(run, check, response, facts[response.item_id])
                rows += [_row(check, response, judgement) for judgement in judgements]
    columns = zip(*rows, strict=True) if rows else ((),) * len(FINDING_COLUMNS)
    named = zip(FINDING_COLUMNS.items(), columns, strict=True)
    return pd.DataFrame({name: pd.Series(list(cells), dtype=dtype) for (name, dtype), cells in named})


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
    return _judged(check, given, check.facts(given.reference), _here if ask is None else ask)


def _judged(check: BoundCheck, given: CheckInput, facts: Mapping[str, Any] | None, ask: Ask) -> tuple[Judgement, ...]:
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
    answered = ask(check, seen)
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


def _judge(run: _Run, check: BoundCheck, response: Response, item: Item) -> tuple[Judgement, ...]:
    given = CheckInput(
        text=response.text,
        language=item.language,
        status=response.status,
        prompt=item.prompt,
        reference=item.reference,
        answer=response.answer,
        confidence=response.confidence,
    )
    key = (check.probe_id, response.item_id)
    try:
        if key not in run.selected:
            run.selected[key] = check.facts(item.reference)
        return _judged(check, given, run.selected[key], partial(run.ask, system_id=response.system_id))
    except Exception as error:  # noqa: BLE001 - whatever one check does, the run goes on and the finding says so
        if run.on_error is not None:
            run.on_error(_broke(check, response, error))
        return (Judgement.undecided(Reason.check_error, outcome=Outcome.error),)


def _broke(check: BoundCheck, response: Response, error: Exception) -> Problem:
    what = f"check '{check.probe_id}' broke on the response of '{response.system_id}' to '{response.item_id}'"
    said = str(error) if isinstance(error, BrokenOff) else type(error).__name__
    found = f"{said} in {check.kind.source_id}"
    return Problem("CHK010", what, found=found, expected="a judgement", fix="report it to whoever wrote the kind")


def _row(check: BoundCheck, response: Response, judgement: Judgement) -> tuple[Any, ...]:
    """One row of the findings table, in the order of ``FINDING_COLUMNS``."""
    mode, act = (None, None) if judgement.failure_mode is None else check.modes[judgement.failure_mode]
    return (
        response.system_id,
        response.item_id,
        response.sample,
        judgement.unit,
        check.probe_id,
        check.kind.source_id,
        1,
        SourceKind.check.value,
        judgement.outcome.value,
        None,
        judgement.value,
        mode,
        act,
        None,
        [[start, end] for start, end in judgement.spans],
        None if judgement.reason is None else judgement.reason.value,
        check.proof.value,
    )
