"""A pack: what one rater is asked; a return: what came back. Both are JSON, sealed by a digest.

May import records, rubric and pydantic. The form in a browser, the workbook and the tasks for other tools are all
drawn from a pack; whatever comes back is brought into the form of a return, so that there is one way in.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from dualtrack.records.study import Schema, Text
from dualtrack.rubric.scale import CANNOT_JUDGE

__all__ = [
    "CANNOT_JUDGE",
    "Answer",
    "Choice",
    "Cover",
    "Guess",
    "Mode",
    "Pack",
    "Question",
    "Return",
    "Task",
    "canonical",
    "seal",
    "sealed_digest",
]

_HALF = re.compile("[\ud800-\udfff]")
_PLAIN_DIGITS = 21  # ECMAScript writes longer whole numbers with an exponent
_PLAIN_ZEROS = -6  # and smaller numbers than 0.000001

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{4,32}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Choice(Schema):
    """One answer that may be given: the id that is recorded, and the words that the rater sees."""

    id: Text
    anchor: Text


class Question(Schema):
    """One question; ``choices`` from best to worst as the scale has them, ``cannot_judge`` stands apart.

    Raters may always say that they cannot judge: where the scale has no such answer, the page uses words of its own
    and the level is ``CANNOT_JUDGE``. ``asks_modes``: answers of this question after which the failure modes are asked
    for; ``modes``: ids of those that belong to this question, all of the pack where it is empty. A number question has
    ``least`` and ``most`` instead of choices.
    """

    scale_id: Text
    title: Text
    ask: Text
    choices: tuple[Choice, ...] = ()
    cannot_judge: Choice | None = None
    asks_modes: tuple[Text, ...] = ()
    modes: tuple[Text, ...] = ()
    least: float | None = None
    most: float | None = None


class Mode(Schema):
    """A named way to fail, by doing or by leaving out."""

    id: Text
    title: Text
    act: Literal["commission", "omission"]


class Turn(Schema):
    """One turn of a conversation, under the name of who spoke."""

    role: Text
    text: str


class Side(Schema):
    """One response as raters see it: its text, and the conversation before it."""

    text: str
    turns: tuple[Turn, ...] = ()


class Task(Schema):
    """One thing to rate: a response (one side) or a choice between two.

    ``code`` is the only name that it has; item, system, repeat or control cannot be told from it. ``explained`` belongs
    to practice and calibration: the levels that were agreed and why, shown after the rater has answered; ``accepted``
    has other levels that fit as well.
    """

    code: Code
    prompt: Text
    context: str | None = None
    sides: Annotated[tuple[Side, ...], Field(min_length=1, max_length=2)]
    questions: Annotated[tuple[Text, ...], Field(min_length=1, max_length=7)]
    explained: Mapping[str, tuple[Text, Text]] = {}
    accepted: Mapping[str, tuple[Text, ...]] = {}


class Cover(Schema):
    """What a rater must know before beginning."""

    study: Text
    hours: float
    data_use: Text
    contact: Text
    deadline: str | None = None
    synthetic: bool = False


class Pack(Schema):
    """Everything that one rater needs, and nothing that tells the systems apart.

    ``severities``: from mildest to worst; asked for each failure mode that was ticked, for none where it is empty.
    ``guesses``: codes of tasks about which the rater is asked at the end which of ``systems`` gave the answer.
    ``rule`` is the digest of the rule of readiness, in packs of calibration. ``digest`` is that of everything else.
    """

    schema_: Literal["dualtrack.pack/1"] = Field(alias="schema")
    pack_id: Code
    study_id: Text
    rater_id: Text
    purpose: Literal["ratings", "preferences", "adjudication", "practice", "calibration"]
    language: Text
    rubric: Text
    cover: Cover
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]
    modes: tuple[Mode, ...] = ()
    severities: tuple[Choice, ...] = ()
    tasks: Annotated[tuple[Task, ...], Field(min_length=1)]
    guesses: tuple[Code, ...] = ()
    systems: tuple[Text, ...] = ()
    rule: Digest | None = None
    digest: Digest

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        questions = {question.scale_id for question in self.questions}
        codes = {task.code for task in self.tasks}
        asked = {name for task in self.tasks for name in (*task.questions, *task.explained)}
        modes = {name for question in self.questions for name in question.modes}
        if len(codes) != len(self.tasks) or len(questions) != len(self.questions):
            raise ValueError("two tasks have the same code, or two questions the same scale")
        if not asked <= questions:
            raise ValueError("a task asks a question that the pack does not have")
        if not modes <= {mode.id for mode in self.modes}:
            raise ValueError("a question names a failure mode that the pack does not have")
        if not codes.issuperset(self.guesses) or (self.guesses and not self.systems):
            raise ValueError("guesses need systems, and tasks of this pack")
        return self


class Answer(Schema):
    """What the rater said about one task and question.

    ``state``: only what is done enters a study; drafts and cancelled ones are counted, the latter with a ``reason``.
    ``spans`` are passages of the response's text, as code points. ``seconds`` is how long this question was in work,
    pauses left out; those of one task add up to its time. ``rated_at`` is when the rater went on from the finished
    task, null for drafts. ``before`` holds levels that were finished and changed later, oldest first, each with its
    time.
    """

    code: Code
    scale_id: Text
    level: str | None
    state: Literal["done", "draft", "cancelled"]
    comment: str = ""
    reason: str = ""
    modes: tuple[Text, ...] = ()
    severities: Mapping[str, str] = {}
    spans: tuple[tuple[int, int], ...] = ()
    seconds: Annotated[float, Field(ge=0)] | None = None
    rated_at: str | None = None
    before: tuple[tuple[str, str], ...] = ()


class Guess(Schema):
    """Which system the rater thinks gave an answer; null is "I do not know". ``side`` tells the two of a pair apart."""

    code: Code
    side: Literal["a", "b"] | None = None
    system: str | None
    sure: Literal["guess", "fairly", "certain"] | None = None


class Return(Schema):
    """What came back from one rater; ``of`` is the digest of the pack that was rated.

    ``locked_at``: when the rater closed the ratings, before any guess. ``finished_at``: when it was handed in; null in
    a progress file, which has the same form and may be handed in half filled.
    """

    schema_: Literal["dualtrack.return/1"] = Field(alias="schema")
    pack_id: Code
    of: Digest
    rater_id: Text
    medium: Literal["form", "workbook", "label_studio", "csv"]
    answers: tuple[Answer, ...]
    guesses: tuple[Guess, ...] = ()
    locked_at: str | None = None
    finished_at: str | None = None
    digest: Digest


def sealed_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of everything but the digest itself.

    It shows that nothing was changed since by accident; it is no signature: whoever changes the content can compute the
    digest anew.

    Args:
        content: the pack or return as JSON data.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> sealed_digest({"b": 1.0, "a": "x"}) == sealed_digest({"a": "x", "b": 1, "digest": "whatever"})
        True
    """
    text = canonical({key: value for key, value in content.items() if key != "digest"})
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def seal(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with its digest.

    Args:
        content: the pack or return as JSON data.
    """
    return {**content, "digest": sealed_digest(content)}


def canonical(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    r"""JSON data in the one form that a browser writes as well.

    Definition: no blanks; keys in the order of their UTF-16 units; numbers as doubles, written as ECMAScript writes
    them; of strings, quotes, backslashes, controls and half surrogates escaped.

    Args:
        value: JSON data.

    Returns:
        The text, which encodes as UTF-8.

    Raises:
        ValueError: a number that JSON cannot hold.

    Example:
        >>> canonical({"b": [1.0, 1e-7, True, None], "a": "é\n"})
        '{"a":"é\\n","b":[1,1e-7,true,null]}'

    Source:
        RFC 8785, JSON Canonicalization Scheme; half surrogates, which it refuses, as ECMAScript 2019 escapes them.
    """
    if isinstance(value, Mapping):
        pairs = sorted(((str(key), each) for key, each in value.items()), key=lambda pair: _units(pair[0]))
        return "{" + ",".join(f"{_string(key)}:{canonical(each)}" for key, each in pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(float(value))
    return _string(value) if isinstance(value, str) else json.dumps(value)


def _units(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _string(text: str) -> str:
    whole = _units(text).decode("utf-16-be", "surrogatepass")  # two halves that stand together are one character
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", json.dumps(whole, ensure_ascii=False))


def _number(value: float) -> str:
    """A double as ECMAScript writes it (Number::toString)."""
    if not math.isfinite(value):
        raise ValueError(f"JSON has no number {value}")
    if value == 0:
        return "0"
    sign, places, exponent = Decimal(repr(value)).as_tuple()
    point = len(places) + int(exponent)
    digits = "".join(map(str, places)).rstrip("0")
    if len(digits) <= point <= _PLAIN_DIGITS:
        text = digits.ljust(point, "0")
    elif 0 < point <= _PLAIN_DIGITS:
        text = f"{digits[:point]}.{digits[point:]}"
    elif _PLAIN_ZEROS < point <= 0:
        text = f"0.{digits.rjust(len(digits) - point, '0')}"
    else:
        fraction = f".{digits[1:]}" if digits[1:] else ""
        text = f"{digits[0]}{fraction}e{point - 1:+d}"
    return f"-{text}" if sign else text
