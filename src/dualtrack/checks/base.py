"""What a check kind is: a pure function on one response, with its parameters, its claim and its worked examples.

Why it exists: checks are added by third parties and by later versions, so everything the engine, the rubric and
``explain`` must know about a kind stands on one frozen object beside its function. May import errors, terms and the
lexicons of the rubric.
"""

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from dualtrack.rubric.lexicon import Lexicon
from dualtrack.terms import Outcome, Reason, ResponseStatus

__all__ = ["CheckInput", "CheckKind", "CheckParams", "Example", "FailureMode", "Fault", "Judgement", "Lexicons", "Span"]

Span = tuple[int, int]
"""Start and end of a passage in code points of the response as given; the end is not part of it."""

WITH_TEXT = frozenset({ResponseStatus.answered, ResponseStatus.truncated})
"""Statuses whose response has a text that can be judged."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_NOTHING: Mapping[str, Any] = MappingProxyType({})

Lexicons = Mapping[str, Lexicon]
_NO_LEXICONS: Lexicons = MappingProxyType({})


class CheckParams(BaseModel):
    """Base of every kind's parameters: frozen, strict, unknown keys refused.

    Parameters are validated in JSON mode, so lists become tuples and words become enum members, while a number where
    text belongs stays an error. Each field has a default or a reason to have none, and a description.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class CheckInput:
    """What a check may see of one response: never the system, so that a check cannot know whom it judges.

    Args:
        text: the response; None when the status has no text (a kind that takes ``refused`` meets this).
        language: ISO 639 code of the item, lower case, or None for a kind that reads any language.
        status: what came back.
        prompt: the item's prompt, or None when the items table has none.
        reference: the clinical facts that the item states, after selection; empty when it states none.
        answer: the short answer that was extracted from the response, or None.
        confidence: confidence as stated, 0..1, or None.
        lexicons: the word lists of the rubric that the metric names for this check, by id.
    """

    text: str | None
    language: str | None = None
    status: ResponseStatus = ResponseStatus.answered
    prompt: str | None = None
    reference: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    answer: str | None = None
    confidence: float | None = None
    lexicons: Lexicons = field(default_factory=lambda: _NO_LEXICONS)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check found in one response, or about one fact of the item in it.

    Args:
        outcome: pass and fail are evidence; the others say why there is none.
        value: quantity in the kind's own unit (a grade, a count), or None.
        failure_mode: which of the kind's ways to fail; given if and only if the outcome is fail.
        spans: the passages that the outcome rests on, sorted by start.
        reason: why there is no evidence; given if and only if the outcome is neither pass nor fail.
        unit: id of the fact of the item that this is about (an element, something to avoid); "" for the whole response.

    Raises:
        ValueError: outcome, failure mode, reason and value contradict each other, or the value is not finite.

    Example:
        >>> Judgement(Outcome.failed, value=2.0, failure_mode="identifier_leak", spans=((4, 9),)).outcome.value
        'fail'
    """

    outcome: Outcome
    value: float | None = None
    failure_mode: str | None = None
    spans: tuple[Span, ...] = ()
    reason: Reason | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        failed = self.outcome is Outcome.failed
        decided = failed or self.outcome is Outcome.passed  # a set of members would be slow: they hash in Python
        if failed != (self.failure_mode is not None):
            raise ValueError("a failure mode belongs to a failing judgement and to no other")
        if decided != (self.reason is None):
            raise ValueError("a reason belongs to a judgement without evidence and to no other")
        if self.value is not None and not (decided and math.isfinite(self.value)):
            raise ValueError("a value is a finite number and belongs to pass or fail")

    @classmethod
    def undecided(cls, reason: Reason, *, outcome: Outcome = Outcome.not_assessable, unit: str = "") -> "Judgement":
        """A judgement without evidence, with its reason.

        Example:
            >>> Judgement.undecided(Reason.too_short)
            Judgement(outcome=<Outcome.not_assessable: 'not_assessable'>, value=None, failure_mode=None, spans=(),
            reason=<Reason.too_short: 'too_short'>, unit='')
        """
        return cls(outcome, reason=reason, unit=unit)


@dataclass(frozen=True, slots=True)
class FailureMode:
    """A named way to fail, by doing or by leaving out, in words that a reader of a finding understands."""

    id: str
    act: Literal["commission", "omission"]
    title: str


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of a kind: run as a test and printed by ``explain``.

    Args:
        text: the response.
        outcome: what the kind must say.
        because: why, in a few plain words.
        params: parameters that differ from the defaults.
        failure_mode: the way to fail it must name, if it fails.
        reason: the reason it must give, if there is no evidence.
        value: the value it must give to six decimals, where the example is about the value.
        reference: facts of the item, for a kind that reads them.
        lexicons: word lists by id, for a kind that reads them.
        answer, confidence: short answer and confidence as stated, for a kind that reads them.
    """

    text: str
    outcome: Outcome
    because: str
    params: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    failure_mode: str | None = None
    reason: Reason | None = None
    value: float | None = None
    reference: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    lexicons: Lexicons = field(default_factory=lambda: _NO_LEXICONS)
    answer: str | None = None
    confidence: float | None = None


Fault = tuple[str, str, str, str]
"""Something in the facts of an item that cannot be read: its path below the item, found, expected, and the fix."""

P = TypeVar("P", bound=CheckParams)


@dataclass(frozen=True, slots=True)
class CheckKind(Generic[P]):
    """One kind of automated check.

    A module of ``dualtrack.checks.kinds``, or one named by an entry point of the group ``dualtrack.checks``, defines
    exactly one as ``KIND``; its name equals the module's name.

    Args:
        name: snake_case; what a metric file writes under ``kind``.
        version: raised by one whenever a judgement may change; findings carry it.
        title: one line.
        claim: what a finding shows.
        blind_spots: what it does not show or gets wrong, one sentence each.
        unit: what ``value`` counts, with its direction.
        params: the schema of the parameters.
        judge: pure and deterministic; one judgement of the response, or one for each fact of the item that it reads,
            each with its ``unit``; may raise, which is recorded as an error of that one response.
        failure_modes: every way to fail that ``judge`` may name.
        examples: at least one pass, one fail and one without evidence.
        languages: ISO 639 codes it can read; None when it does not depend on the language.
        statuses: statuses it judges; any other is not assessable.
        needs: keys of the item's reference it reads; an item that states none of them is not applicable.
        reads_also: further keys that it reads where the item states them; they never make it apply.
        raised_with: ids of the failure modes that it can raise with given parameters; all of them when None.
        cues: only for a kind that goes by nothing but the text, the facts and the lexicons. Takes what ``judge`` takes,
            with a text that means nothing, and names runs of letters and digits, as a folded text in lower case has
            them, of which at least one stands (also inside a word) in every text of which ``judge`` says anything else
            than of a page without words. None when it cannot name them. A check is asked only about texts with a cue.
        unreadable: what it cannot read in the facts of an item; None when it reads whatever an item may state. Asked
            when the study is read, so that a slip in the items stops the run and not one response after another.

    Raises:
        ValueError: the name is not snake_case, or two failure modes have one id.
    """

    name: str
    version: int
    title: str
    claim: str
    blind_spots: tuple[str, ...]
    unit: str
    params: type[P]
    judge: Callable[[CheckInput, P], Judgement | tuple[Judgement, ...]]
    failure_modes: tuple[FailureMode, ...]
    examples: tuple[Example, ...]
    languages: tuple[str, ...] | None = None
    statuses: frozenset[ResponseStatus] = WITH_TEXT
    needs: tuple[str, ...] = ()
    reads_also: tuple[str, ...] = ()
    raised_with: Callable[[P], tuple[str, ...]] | None = None
    cues: Callable[[CheckInput, P], Collection[str] | None] | None = None
    unreadable: Callable[[Mapping[str, Any]], Iterable[Fault]] | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"the name of a check kind is snake_case: {self.name!r}")
        if len({mode.id for mode in self.failure_modes}) != len(self.failure_modes):
            raise ValueError(f"two failure modes of check kind {self.name} have one id")

    @property
    def source_id(self) -> str:
        """Name and version, as findings carry it: ``refusal:1``."""
        return f"{self.name}:{self.version}"

    def modes_with(self, params: P) -> tuple[FailureMode, ...]:
        """The failure modes that it can raise with these parameters."""
        if self.raised_with is None:
            return self.failure_modes
        chosen = self.raised_with(params)
        return tuple(mode for mode in self.failure_modes if mode.id in chosen)

    def act_of(self, failure_mode: str | None) -> str | None:
        """Whether a failure mode is one of doing or of leaving out; None without a failure mode.

        Raises:
            KeyError: the kind does not declare this failure mode.
        """
        if failure_mode is None:
            return None
        return {mode.id: mode.act for mode in self.failure_modes}[failure_mode]

    def reads(self, language: str | None) -> bool:
        """Whether the kind can read a text of this language (ISO 639 code, None when nobody declared one)."""
        return self.languages is None or language in self.languages
