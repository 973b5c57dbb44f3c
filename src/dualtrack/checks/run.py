"""Runs bound checks over responses and returns their findings.

Why it exists: the one place that puts all checks to all responses, and that keeps one broken check from stopping a
run. Pure: tables in, findings out. May import errors, terms and the checks below it.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from dualtrack.checks.base import CheckInput, Judgement
from dualtrack.checks.bind import BoundCheck
from dualtrack.checks.findings import Sayings
from dualtrack.checks.guarded import SECONDS_PER_RESPONSE, BrokenOff, Guard
from dualtrack.checks.judging import judge_selected
from dualtrack.checks.memory import Memory
from dualtrack.checks.scan import Scan, silence
from dualtrack.checks.tables import Item, Response, items_of, refuse_unusable, responses_of
from dualtrack.errors import Problem
from dualtrack.terms import Outcome, Reason, ResponseStatus

__all__ = ["run_checks"]

ErrorHandler = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class _Run:
    guard: Guard
    on_error: ErrorHandler | None
    memory: Memory | None
    sayings: Sayings

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
    scope: Mapping[str, frozenset[str]] | None = None,
) -> pd.DataFrame:
    """Findings of every check on every response.

    Definition: one row per pair of a response and a check, or per fact of the item where the kind judges them one by
    one (``unit_id`` is then the id of the fact). The outcome is, in this order: ``not_applicable`` where
    the item states none of the facts the check needs; ``not_assessable`` with the status as its reason where the kind
    does not judge that status (``no_response`` for error and not_run); ``not_assessable`` with reason ``empty`` for a
    blank text, ``withheld`` for a missing one and ``language`` where the kind does not read the declared language or
    none is declared; ``error`` with reason ``check_error`` where the kind raises or answers nonsense, or is one of
    another package and takes too long or ends its process; else what the kind says.

    A text is read once for all checks whose kind names cues (see ``scan``); those that have no cue in it are not asked,
    because what they would say is known.

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
            but the time. What follows from a text without cues needs no memory and is not put there.
        scope: probe id -> the only items to which this check is put; a check that is not named is put to all.

    Returns:
        Findings with the columns of ``FINDING_COLUMNS``, sorted by key; nulls are null, spans a list of
        ``[start, end]`` in code points of the text. Rows that say the same may share their list.

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
    known = dict(items_of(items, default_language))
    checks = sorted(bound, key=lambda check: check.probe_id)
    asked = sorted(responses_of(responses), key=lambda each: each[:3])
    places: dict[str, list[int]] = {}
    for place, response in enumerate(asked):
        places.setdefault(response.item_id, []).append(place)
    said: list[Sequence[int]] = [()] * len(asked)
    with Guard(checks, seconds=seconds) as guard:
        run = _Run(guard, on_error, memory, Sayings())
        for item_id in sorted(places):
            put = [check for check in checks if scope is None or item_id in scope.get(check.probe_id, (item_id,))]
            desk = _Desk(run, known[item_id], put, n_responses=len(places[item_id]))
            for place in places[item_id]:
                said[place] = desk.said_of(asked[place])
    return run.sayings.frame(asked, said)


class _Desk:
    """One item and the checks that are put to the responses to it."""

    def __init__(self, run: _Run, item: Item, checks: Sequence[BoundCheck], *, n_responses: int) -> None:
        self._run = run
        self._item = item
        self._checks = checks
        self._facts: dict[str, dict[str, Any] | None] = {}  # by probe: what the check reads
        about = CheckInput("", item.language, prompt=item.prompt, reference=item.reference)
        silences = [silence(check, about) for check in checks]
        self._silent = [
            () if each is None else run.sayings.add(check, each.judgements)
            for check, each in zip(checks, silences, strict=True)
        ]
        self._all_silent = array("q", (number for each in self._silent for number in each))
        self._scan = Scan([None if each is None else each.cues for each in silences], n_texts=n_responses)
        self._everybody = frozenset(range(len(checks)))

    def said_of(self, response: Response) -> Sequence[int]:
        """The numbers of what all checks say of a response."""
        woken = self._scan.woken(response.text or "") if _is_readable(response) else self._everybody
        if not woken:
            return self._all_silent
        numbers: list[int] = []
        for place, check in enumerate(self._checks):
            if place in woken:
                numbers += self._run.sayings.add(check, self._judged(check, response))
            else:
                numbers += self._silent[place]
        return numbers

    def _judged(self, check: BoundCheck, response: Response) -> tuple[Judgement, ...]:
        item, run = self._item, self._run
        given = CheckInput(
            text=response.text,
            language=item.language,
            status=response.status,
            prompt=item.prompt,
            reference=item.reference,
            answer=response.answer,
            confidence=response.confidence,
        )
        try:
            if check.probe_id not in self._facts:
                self._facts[check.probe_id] = check.facts(item.reference)
            ask = partial(run.ask, system_id=response.system_id)
            return judge_selected(check, given, self._facts[check.probe_id], ask=ask)
        except Exception as error:  # noqa: BLE001 - whatever one check does, the run goes on and the finding says so
            if run.on_error is not None:
                run.on_error(_broke(check, response, error))
            return (Judgement.undecided(Reason.check_error, outcome=Outcome.error),)


def _is_readable(response: Response) -> bool:
    has_text = response.status is ResponseStatus.answered or response.status is ResponseStatus.truncated
    return has_text and bool(response.text) and not str(response.text).isspace()


def _broke(check: BoundCheck, response: Response, error: Exception) -> Problem:
    what = f"check '{check.probe_id}' broke on the response of '{response.system_id}' to '{response.item_id}'"
    said = str(error) if isinstance(error, BrokenOff) else type(error).__name__
    found = f"{said} in {check.kind.source_id}"
    return Problem("CHK010", what, found=found, expected="a judgement", fix="report it to whoever wrote the kind")
