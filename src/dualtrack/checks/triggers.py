"""Reads the triggers of the assertion state and finds them in a text.

Why it exists: the phrases are data that a clinician can amend (``assertion.yaml``); this is how they are written out
and found in one pass. May import the checks' own ground floor.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Any

from dualtrack.checks.base import Span
from dualtrack.checks.folding import Folded
from dualtrack.checks.matching import Matcher, plain_words
from dualtrack.checks.packaged import packaged

__all__ = ["Trigger", "expanded", "listed", "near", "shape", "triggers"]

_RIGHTWARD = (
    "none", "limit", "approval", "unless", "if", "said", "other", "past", "fact", "about", "ask", "switch", "instead",
    "not", "avoid", "stop", "may", "take", "end",
)  # fmt: skip
_LEFTWARD = (
    "none",
    "limit",
    "approval",
    "unless",
    "if",
    "not",
    "was",
    "maybe",
    "halted",
    "bad",
    "good",
    "manner",
    "info",
    "end",
)
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
    return tuple(
        Trigger(start, end, *kinds[place])
        for start, end, place in found
        if not (
            text[end : end + 1] in {",", ":", "."} and text[start:end].lower() == "no"
        )  # an answer, and no denial of what follows
    )


def triggers(folded: Folded) -> tuple[Trigger, ...]:
    """All triggers of a text in order, the longest at each place.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> [(each.right, each.left) for each in triggers(fold("Do not take ibuprofen; it is unsafe."))]
        [('not', 'not'), ('take', None), (None, 'bad')]
    """
    return _found(folded.text)


def near(text: str, found: Sequence[Trigger], passage: Span, apart: Span) -> list[Trigger]:
    """Triggers of a passage that lie outside a mention, with those that the patterns find.

    Args:
        text: folded text in lower case.
        found: all triggers of the text, in order.
        passage: where to look.
        apart: the mention.
    """
    start, end = passage
    first = bisect_left(found, start, key=lambda each: each.start)
    stop = bisect_left(found, end, key=lambda each: each.start)
    wide = [
        Trigger(each.start + start, each.end + start, each.right, each.left, each.close)
        for each in _patterned(text[start:end])
        if each.end + start <= apart[0] or each.start + start >= apart[1]
    ]
    kept = [
        each
        for each in found[first:stop]
        if each.end <= end and not any(wider.start < each.end and each.start < wider.end for wider in wide)
    ]
    outside = (each for each in (*kept, *wide) if each.end <= apart[0] or each.start >= apart[1])
    return sorted(outside, key=lambda each: each.start)


@cache
def shape(name: str) -> re.Pattern[str]:
    """One of the expressions for the grammar between the triggers.

    Example:
        >>> bool(shape("finite").match(" is safe"))
        True
    """
    return re.compile("".join(_file()["shapes"][name]))


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
    return frozenset(" ".join(plain_words(each).split()) for each in _file()[name])


def _filled(part: str, slots: dict[str, list[str]]) -> list[str]:
    named = re.fullmatch(r"\{(\w+)\}", part)
    return list(slots[named.group(1)]) if named else [part]


def _file() -> Any:  # noqa: ANN401 - plain data
    return packaged("dualtrack.checks", "assertion.yaml")


@cache
def _compiled() -> tuple[tuple[tuple[str | None, str | None, bool], ...], Matcher]:
    """What each phrase does, and the matcher that finds them all."""
    data = _file()
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
    return tuple((sides[0].get(each), sides[1].get(each), each in close) for each in phrases), Matcher(
        phrases, plurals=False, lists=False
    )


@lru_cache(maxsize=64)
def _patterned(passage: str) -> tuple[Trigger, ...]:
    """Triggers that the patterns find in a passage; the first pattern wins a place."""
    taken: list[Trigger] = []
    for kind, pattern in _patterns():
        for match in pattern.finditer(passage):
            if not any(each.start < match.end() and match.start() < each.end for each in taken):
                taken.append(Trigger(match.start(), match.end(), kind, kind, close=False))
    return tuple(taken)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    data = _file()
    made = []
    for kind, phrases in data["patterns"].items():
        joined = "|".join(f"(?:{phrase})" for phrase in phrases)
        for part in ("doctor", "kin"):
            joined = joined.replace(f"{{{part}}}", data[part])
        made.append((kind, re.compile(joined)))
    return tuple(made)
