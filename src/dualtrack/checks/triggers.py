"""Reads the triggers of the assertion state and finds them in a text.

Why it exists: the phrases are data that a clinician can amend (``assertion.yaml``); this is how they are written out
and found in one pass. May import the checks' own ground floor.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from dualtrack.checks.folding import Folded
from dualtrack.checks.matching import Matcher, plain_words
from dualtrack.checks.packaged import packaged

__all__ = ["Trigger", "expanded", "listed", "triggers"]

_RIGHTWARD = (
    "none", "limit", "approval", "unless", "if", "said", "other", "past", "fact", "about", "ask", "switch", "instead",
    "not", "avoid", "stop", "may", "take", "end",
)  # fmt: skip
_LEFTWARD = ("none", "limit", "approval", "unless", "if", "not", "was", "halted", "bad", "good", "manner", "info", "end")
_PIECE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|\{(\w+)\}|([^\s()\[\]{}]+)")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A phrase that bears on what stands to its right or left.

    Args:
        start, end: place in the folded text.
        right: what it does to what follows, or None.
        left: what it does to what precedes, or None.
        close: whether it also bears on the very next word.
    """

    start: int
    end: int
    right: str | None
    left: str | None
    close: bool


@lru_cache(maxsize=8)
def _found(text: str) -> tuple[Trigger, ...]:
    kinds, matcher = _compiled()
    found = matcher.find(Folded(text, len(text), None))
    return tuple(Trigger(start, end, *kinds[place]) for start, end, place in found)


def triggers(folded: Folded) -> tuple[Trigger, ...]:
    """All triggers of a text in order, the longest at each place.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> [(each.right, each.left) for each in triggers(fold("Do not take ibuprofen; it is unsafe."))]
        [('not', 'not'), ('take', None), (None, 'bad')]
    """
    return _found(folded.text)


def expanded(phrase: str, slots: dict[str, list[str]]) -> tuple[str, ...]:
    """Every plain phrase that a written one stands for.

    Args:
        phrase: words with ``(a|b)`` for a choice, ``[a|b]`` for what may be left out and ``{name}`` for a slot.
        slots: the lists that names stand for.

    Example:
        >>> expanded("(do|did) not [ever] {go}", {"go": ["run"]})
        ('do not run', 'do not ever run', 'did not run', 'did not ever run')
    """
    choices: list[list[str]] = []
    for one_of, optional, slot, word in _PIECE.findall(phrase):
        if one_of:
            choices.append([each for part in one_of.split("|") for each in _filled(part, slots)])
        elif optional:
            choices.append(["", *(each for part in optional.split("|") for each in _filled(part, slots))])
        else:
            choices.append(list(slots[slot]) if slot else [word])
    return tuple(" ".join(filter(None, chosen)) for chosen in product(*choices))


@cache
def listed(name: str) -> frozenset[str]:
    """A list of whole words or phrases of the file, as plain words."""
    return frozenset(" ".join(plain_words(each).split()) for each in _data()[name])


def _filled(part: str, slots: dict[str, list[str]]) -> list[str]:
    named = re.fullmatch(r"\{(\w+)\}", part)
    return list(slots[named.group(1)]) if named else [part]


def _data() -> dict[str, list[str]]:
    return packaged("dualtrack.checks", "assertion.yaml")  # type: ignore[no-any-return]


@cache
def _compiled() -> tuple[tuple[tuple[str | None, str | None, bool], ...], Matcher]:
    """What each phrase does, and the matcher that finds them all."""
    data = packaged("dualtrack.checks", "assertion.yaml")
    sides: list[dict[str, str]] = []
    for names in (_RIGHTWARD, _LEFTWARD):
        side: dict[str, str] = {}
        for name in names:
            for phrase in data[name]:
                for plain in expanded(phrase, data["slots"]):
                    side.setdefault(" ".join(plain_words(plain).split()), name)
        sides.append(side)
    close = listed("close")
    phrases = tuple(dict.fromkeys([*sides[0], *sides[1], *sorted(close)]))
    return tuple((sides[0].get(each), sides[1].get(each), each in close) for each in phrases), Matcher(phrases)
