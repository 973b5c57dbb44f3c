"""A pack: what one rater is asked; a return: what came back. Both are JSON, sealed by a digest.

May import pydantic alone. The form in a browser, the workbook and the tasks for other tools are all drawn from a pack;
whatever comes back is brought into the form of a return, so that there is one way in.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

__all__ = ["Answer", "Choice", "Cover", "Guess", "Mode", "Pack", "Question", "Return", "Task", "seal", "sealed_digest"]

Text = Annotated[str, StringConstraints(min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{4,32}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Schema(BaseModel):
    """Base of the pack schemas: frozen, strict, unknown keys refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", populate_by_name=True)


class Choice(Schema):
    """One answer that may be given: the id that is recorded, and the words that the rater sees."""

    id: Text
    anchor: Text


class Question(Schema):
    """One question; ``choices`` from best to worst as the scale has them, ``cannot_judge`` stands apart.

    ``asks_modes``: answers of this question after which the failure modes are asked for. A number question has
    ``least`` and ``most`` instead of choices.
    """

    scale_id: Text
    title: Text
    ask: Text
    choices: tuple[Choice, ...] = ()
    cannot_judge: Choice | None = None
    asks_modes: tuple[Text, ...] = ()
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
    to practice: the levels that were agreed and why, shown after the rater has answered.
    """

    code: Code
    prompt: Text
    context: str | None = None
    sides: Annotated[tuple[Side, ...], Field(min_length=1, max_length=2)]
    questions: Annotated[tuple[Text, ...], Field(min_length=1)]
    explained: Mapping[str, tuple[Text, Text]] = {}


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

    ``guesses``: codes of tasks about which the rater is asked at the end which of ``systems`` gave the answer.
    ``digest`` is that of everything else.
    """

    schema_: Literal["dualtrack.pack/1"] = Field(alias="schema")
    pack_id: Code
    study_id: Text
    rater_id: Text
    purpose: Literal["ratings", "preferences", "adjudication", "practice"]
    language: Text
    rubric: Text
    cover: Cover
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]
    modes: tuple[Mode, ...] = ()
    tasks: Annotated[tuple[Task, ...], Field(min_length=1)]
    guesses: tuple[Code, ...] = ()
    systems: tuple[Text, ...] = ()
    digest: Digest


class Answer(Schema):
    """What the rater said about one task and question.

    ``state``: only what is done enters a study; drafts and cancelled ones are counted. ``before`` holds what was
    answered earlier and changed, oldest first, each with its time.
    """

    code: Code
    scale_id: Text
    level: str | None
    state: Literal["done", "draft", "cancelled"]
    comment: str = ""
    modes: tuple[Text, ...] = ()
    severities: Mapping[str, str] = {}
    spans: tuple[tuple[int, int], ...] = ()
    seconds: Annotated[float, Field(ge=0)] | None = None
    rated_at: str | None = None
    before: tuple[tuple[str, str], ...] = ()


class Guess(Schema):
    """Which system the rater thinks gave an answer; null is "I do not know"."""

    code: Code
    system: str | None
    sure: Literal["guess", "fairly", "certain"] | None = None


class Return(Schema):
    """What came back from one rater; ``of`` is the digest of the pack that was rated."""

    schema_: Literal["dualtrack.return/1"] = Field(alias="schema")
    pack_id: Code
    of: Digest
    rater_id: Text
    medium: Literal["form", "workbook", "label_studio", "csv"]
    answers: tuple[Answer, ...]
    guesses: tuple[Guess, ...] = ()
    finished_at: str | None = None
    digest: Digest


def sealed_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of everything but the digest itself.

    Definition: keys sorted, no blanks, UTF-8, numbers as JavaScript writes them (a whole number without a point), so
    that a browser computes the same. It shows that nothing was changed since by accident; it is no signature: whoever
    changes the content can compute the digest anew.

    Args:
        content: the pack or return as JSON data.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> sealed_digest({"b": 1.0, "a": "x"}) == sealed_digest({"a": "x", "b": 1, "digest": "whatever"})
        True
    """
    bare = {key: value for key, value in content.items() if key != "digest"}
    text = json.dumps(_plain(bare), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def seal(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with its digest.

    Args:
        content: the pack or return as JSON data.
    """
    return {**content, "digest": sealed_digest(content)}


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
