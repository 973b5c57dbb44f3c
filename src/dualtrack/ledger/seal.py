"""A seal: what was fixed, when, by whom, and what the tool was told of the answers at that moment.

May import errors and its own package. The first seal of a study is its freeze, later ones are amendments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dualtrack.errors import LedgerError, Place, Problem
from dualtrack.ledger.canonical import canonical, digest, is_digest
from dualtrack.ledger.content import Content

__all__ = [
    "CLOSED",
    "FREEZE",
    "OPENED",
    "SEAL_SCHEMA",
    "Opening",
    "Seal",
    "Seen",
    "Signed",
    "plain_content",
    "read_seal",
    "sealed_content",
    "timing",
]

SEAL_SCHEMA = "dualtrack.seal/1"
FREEZE = "freeze.json"
CLOSED, OPENED = "closed", "opened"
_KEYS = (
    "schema", "number", "study_id", "at", "by", "role", "why", "grade", "previous", "rubric", "content", "changes",
    "confirmations", "seen", "timely", "basis", "sha256",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signed:
    """Who says so, in which role, and when (ISO 8601, UTC, to the second)."""

    at: str
    by: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of the panel's key, as it was written down beside it."""

    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was there, as far as the tool was told.

    Attributes:
        responses: answers in the study folder.
        judgements: rows of ratings, scores, preferences and dispositions.
        key: ``closed`` or ``opened``; null where no key was shown.
        openings: when the key was opened, and by whom.
        looks: looks on record.
    """

    responses: int
    judgements: int
    key: str | None = None
    openings: tuple[Opening, ...] = ()
    looks: int = 0


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal. ``content`` is plain: a sorted list of ``[place, effect, value]``."""

    number: int
    study_id: str
    signed: Signed
    rubric: Mapping[str, str]
    content: Sequence[Any]
    seen: Seen
    timely: bool
    basis: str
    previous: str | None = None
    why: str | None = None
    grade: str | None = None
    changes: Sequence[Mapping[str, Any]] = ()
    confirmations: Sequence[Mapping[str, Any]] = ()

    def _plain(self) -> dict[str, Any]:
        return {
            "schema": SEAL_SCHEMA,
            "number": self.number,
            "study_id": self.study_id,
            **asdict(self.signed),
            "why": self.why,
            "grade": self.grade,
            "previous": self.previous,
            "rubric": dict(self.rubric),
            "content": list(self.content),
            "changes": [dict(each) for each in self.changes],
            "confirmations": [dict(each) for each in self.confirmations],
            "seen": {**asdict(self.seen), "openings": [asdict(each) for each in self.seen.openings]},
            "timely": self.timely,
            "basis": self.basis,
        }

    @property
    def sha256(self) -> str:
        """Digest of everything in the seal."""
        return digest(self._plain())

    @property
    def file(self) -> str:
        """Name of its file in the study folder."""
        return FREEZE if self.number == 0 else f"amendment-{self.number:03d}.json"

    def text(self) -> bytes:
        """The bytes of its file."""
        plain = self._plain()
        return canonical({**plain, "sha256": digest(plain)}) + b"\n"


def read_seal(data: bytes, plain: Any, file: str) -> Seal:  # noqa: ANN401 -- parsed JSON
    """A seal from its file.

    Args:
        data: the bytes of the file.
        plain: what a JSON parser made of them.
        file: its name, for messages.

    Returns:
        The seal.

    Raises:
        LedgerError: LED006 it is no seal, or a byte of it was changed.
    """
    if not isinstance(plain, dict) or plain.get("schema") != SEAL_SCHEMA or set(plain) != set(_KEYS):
        raise LedgerError(_altered(file, "something else", f"a seal ({SEAL_SCHEMA}) with all its keys"))
    try:
        seen = plain["seen"]
        seal = Seal(
            number=plain["number"],
            study_id=plain["study_id"],
            signed=Signed(plain["at"], plain["by"], plain["role"]),
            rubric=dict(plain["rubric"]),
            content=list(plain["content"]),
            seen=Seen(**{**seen, "openings": tuple(Opening(**each) for each in seen["openings"])}),
            timely=plain["timely"],
            basis=plain["basis"],
            previous=plain["previous"],
            why=plain["why"],
            grade=plain["grade"],
            changes=tuple(plain["changes"]),
            confirmations=tuple(plain["confirmations"]),
        )
        same = seal.text() == data
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise LedgerError(_altered(file, "a value of another kind", "a seal as it was written")) from error
    if not same:
        stated = plain["sha256"] if is_digest(plain["sha256"]) else "no digest"
        raise LedgerError(_altered(file, f"digest {seal.sha256}", f"digest {stated}, and the form it was written in"))
    return seal


def plain_content(content: Content) -> list[Any]:
    """A content as it stands in a seal.

    Args:
        content: place -> (effect, value).
    """
    return [[list(place), effect, value] for place, (effect, value) in sorted(content.items())]


def sealed_content(seal: Seal) -> Content:
    """The content of a seal by place.

    Args:
        seal: the seal.

    Raises:
        LedgerError: LED006 an entry is no triple.
    """
    try:
        return {tuple(place): (effect, value) for place, effect, value in seal.content}
    except (TypeError, ValueError) as error:
        raise LedgerError(_altered(seal.file, "a part that is no triple", "[place, effect, value]")) from error


def timing(seen: Seen, earlier: Sequence[Seal]) -> tuple[bool, str]:
    """Whether a seal counts as made before the answers were unblinded, and why.

    Definition: timely when there are no answers and no judgements, or answers, no judgements and a key that was shown
    and never opened; never after a look, nor without answers where an earlier seal saw some.

    Args:
        seen: what was there.
        earlier: the seals before.

    Returns:
        Whether it is timely, and the basis in one word.

    Example:
        >>> timing(Seen(responses=0, judgements=0), [])
        (True, 'no_responses')
        >>> timing(Seen(responses=10, judgements=0), [])
        (False, 'responses_there')
    """
    before = any(seal.seen.responses or seal.seen.judgements for seal in earlier)
    if seen.looks:
        return False, "looked_before"
    if seen.judgements:
        return False, "judgements_there"
    if seen.responses == 0 and not before:
        return True, "no_responses"
    if seen.key == OPENED:
        return False, "key_opened"
    if seen.key == CLOSED and seen.responses:
        return True, "key_closed"
    return False, "responses_there"


def _altered(file: str, found: str, expected: str) -> Problem:
    return Problem(
        "LED006",
        "a seal is not as it was written",
        Place(file),
        found=found,
        expected=expected,
        fix="restore the file from a copy; a seal is never edited, an amendment is a new one",
    )
