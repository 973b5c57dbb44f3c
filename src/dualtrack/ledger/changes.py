"""What changed since a seal, place by place, and which amendment carries it.

May import its own package and the words for places of the rubric.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dualtrack.ledger.content import Content
from dualtrack.ledger.seal import Seal, sealed_content
from dualtrack.rubric.diff import in_words
from dualtrack.rubric.effects import Place

__all__ = ["Change", "carried_by", "differences", "plain_change", "told_change"]

_SUBJECT = 2  # kind of thing and its id


@dataclass(frozen=True, slots=True)
class Change:
    """One part that differs: what it can move, its old and its new value; None where it was not there."""

    place: Place
    effect: str
    old: Any
    new: Any


def differences(old: Content, new: Content) -> tuple[Change, ...]:
    """All changes from one content to another.

    Args:
        old: the earlier content.
        new: the later one.

    Returns:
        In the order of their places. Of a thing that came or went its presence alone.
    """
    return tuple(_differing(old, new))


def _differing(old: Content, new: Content) -> Iterator[Change]:
    for place in sorted(old.keys() | new.keys()):
        was, now = old.get(place), new.get(place)
        if was == now or any(_came_or_went(place[:length], old, new) for length in range(1, len(place))):
            continue
        effect = (was or now or ("", None))[0]
        change = Change(place, effect, None if was is None else was[1], None if now is None else now[1])
        if change.old != change.new:
            yield change


def _came_or_went(place: Place, old: Content, new: Content) -> bool:
    return (place in old) is not (place in new)


def carried_by(change: Change, later: Sequence[Seal]) -> Seal | None:
    """The amendment that brought the present value, the last one if several did; None when there is none.

    Args:
        change: a change since the seal that counts.
        later: amendments after that seal, in their order.
    """
    for seal in reversed(later):
        content = sealed_content(seal)
        value = content.get(change.place, (None, None))[1]
        named = any(tuple(each["place"]) == change.place for each in seal.changes)
        if named:
            return seal if value == change.new else None
    return None


def plain_change(change: Change) -> dict[str, Any]:
    """A change as it stands in an amendment."""
    return {"place": list(change.place), "effect": change.effect, "old": change.old, "new": change.new}


def told_change(place: Place) -> str:
    """A place in words, such as ``dose_error: gate rate, limit``.

    Args:
        place: of a change.

    Example:
        >>> told_change(("metric", "dose_error", "gates", "rate", "limit"))
        'metric dose_error: gate rate, limit'
        >>> told_change(("study", "plan", "rho0", "value"))
        'study plan: rho0, value'
    """
    subject = " ".join(word.replace("_", " ") if number == 0 else word for number, word in enumerate(place[:_SUBJECT]))
    rest = in_words(place[_SUBJECT:])
    return f"{subject}: {rest}" if rest else subject
