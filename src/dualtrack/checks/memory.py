"""Judgements that are known from an earlier run, found by the content that they were made of.

Why it exists: after a change to one metric only its checks have anything new to say. A judgement depends on the check
(kind and version, parameters, selection, word lists), on the facts of the item that it reads and on the response, and
the digest of all of these is its key; what keeps the answers also knows the program that gave them (``stored``). Pure.
May import the checks below it.

Only our own kinds are remembered: a kind of another package may change under the same version. What raised is asked
again, and so is a case that has no digest because its facts are not plain data.
"""

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

import orjson

from dualtrack.checks.base import CheckInput, Judgement
from dualtrack.checks.bind import BoundCheck
from dualtrack.checks.registry import check_kinds, origin_of
from dualtrack.terms import Outcome, Reason

__all__ = ["Answers", "Memory", "Store", "case_digest", "check_digest"]

Answers = dict[str, str]
"""Digest of a case -> its judgements, as a list in JSON; equal ones are one object."""

Ask = Callable[[BoundCheck, CheckInput], object]


class Store(Protocol):
    """Keeps answers from one run to the next; what it has lost is judged again."""

    def read(self, check: str) -> Answers:
        """The known answers of a check, by its digest; empty when there are none."""
        ...

    def add(self, check: str, answers: Answers) -> None:
        """Keep answers beside those that are there."""
        ...


class Memory:
    """What is known of the checks of a run, and what the run adds.

    Args:
        known: digest of a check -> its known answers; a check that is missing here is not remembered.
        names: probe id -> digest of the check.
    """

    def __init__(self, known: Mapping[str, Answers], names: Mapping[str, str]) -> None:
        self._known = known
        self._names = names
        self.fresh: dict[str, Answers] = {}

    def judge(self, check: BoundCheck, given: CheckInput, *, ask: Ask) -> object:
        """The known judgements of a response, or those that the check gives now.

        Args:
            check: a check of the run.
            given: the response, with the facts that the check reads.
            ask: puts the response to the kind.

        Returns:
            What the kind returned, now or then; one judgement may come back as a tuple of one.

        Raises:
            Exception: whatever the kind raises.
        """
        name = self._names.get(check.probe_id)
        case = None if name is None else case_digest(given)
        if name is None or case is None:
            return ask(check, given)
        held = self._known.get(name, {}).get(case)
        known = None if held is None else _judgements(held)
        if known is not None:
            return known
        answered = ask(check, given)
        plain = _plain(answered)
        if plain is not None:
            self.fresh.setdefault(name, {})[case] = sys.intern(plain)
        return answered


def check_digest(check: BoundCheck) -> str | None:
    """SHA-256 of everything in a check that its judgements may depend on; None for one that is not remembered.

    Args:
        check: a bound check; its probe id has no part in it, so two metrics share what they ask alike.

    Example:
        >>> from dualtrack.checks import bind
        >>> check_digest(bind("a.b", "refusal")) == check_digest(bind("c.d", "refusal"))
        True
    """
    kind = check.kind
    if check_kinds().get(kind.name) is not kind or origin_of(kind) is not None:
        return None
    lexicons = {name: each.model_dump_json(by_alias=True) for name, each in check.lexicons.items()}
    parts = [kind.source_id, check.params.model_dump_json(by_alias=True), check.select, lexicons, check.modes]
    content = _bytes(parts, orjson.OPT_SORT_KEYS)
    return None if content is None else hashlib.sha256(content).hexdigest()


def case_digest(given: CheckInput) -> str | None:
    """SHA-256 of everything in a response and its item that a judgement may depend on; None when it has none.

    Args:
        given: the response, with the facts that the check reads. Their order counts, as a kind may read it.

    Example:
        >>> case_digest(CheckInput("Rest.")) == case_digest(CheckInput("Rest. "))
        False
        >>> case_digest(CheckInput("Rest.", reference={"facts": {1, 2}})) is None
        True
    """
    facts = _bytes(dict(given.reference))
    if facts is None:
        return None
    told = (given.text, given.prompt, given.answer, given.language, given.status.value, given.confidence)
    return hashlib.sha256(_told(*told) + facts).hexdigest()


@lru_cache(maxsize=8, typed=True)
def _told(*parts: str | float | None) -> bytes:
    """Digest of a response without its facts, the same for all checks; lone surrogates included."""
    digest = hashlib.sha256()
    for part in parts:
        content = repr(part).encode() if not isinstance(part, str) else part.encode("utf-8", "surrogatepass")
        digest.update(f"{type(part).__name__} {len(content)} ".encode() + content)
    return digest.digest()


def _bytes(data: object, option: int = 0) -> bytes | None:
    try:
        return orjson.dumps(data, option=option)
    except TypeError:  # no plain data
        return None


def _plain(answered: object) -> str | None:
    judgements: Sequence[object] = answered if isinstance(answered, tuple) else (answered,)
    rows = []
    for each in judgements:
        if not isinstance(each, Judgement):
            return None
        reason = None if each.reason is None else each.reason.value
        rows.append([each.outcome.value, each.value, each.failure_mode, each.spans, reason, each.unit])
    content = _bytes(rows)
    return None if content is None else content.decode()


@lru_cache(maxsize=4096)
def _judgements(plain: str) -> tuple[Judgement, ...] | None:
    """Judgements from their plain form; None when they cannot be read. Most responses to a check get one of a few."""
    try:
        return tuple(
            Judgement(
                Outcome(outcome), value, mode, tuple((start, end) for start, end in spans),
                reason=None if reason is None else Reason(reason), unit=unit,
            )
            for outcome, value, mode, spans, reason, unit in orjson.loads(plain)
        ) or None  # fmt: skip
    except (TypeError, ValueError):
        return None
