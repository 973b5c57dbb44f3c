"""Finds a planted text again, however it is spaced, cased, drawn or partly masked.

Look-alikes are data (``canaries.yaml``). May import the checks' own ground floor.

How it works: both texts are reduced to their letters and digits, each as the character that it looks like, with a note
of where something that was no letter or digit stood between two of them. A text is first looked for as it is. Where
that fails, some of its characters may be missing or covered: of k + 1 pieces of a text at least one is whole when k
characters are not, so pieces are looked for, and the characters around each are laid against the rest.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from dualtrack.checks.base import Span
from dualtrack.checks.folding import fold
from dualtrack.checks.packaged import packaged
from dualtrack.checks.spans import joined

__all__ = ["SHORTEST_MASKED", "Skeleton", "found_again", "skeleton"]

SHORTEST_MASKED = 8
"""Letters and digits from which a text is also found when part of it is missing or covered."""

_LONGEST_MASKED, _PIECE = 40, 8
_MOST = 100  # passages that are marked for one planted text
_CODED = re.compile(r"&(?:#\d{2,5}|#x[0-9a-f]{2,5}|[a-z]{2,8});|%[0-9a-f]{2}|[\[({] ?(?:at|dot) ?[\])}]")
_RUN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Letters and digits of a text, and what stood between them.

    Attributes:
        plain: the characters, each as what it looks like.
        digits: per character 1 if it was written as a digit, else 0.
        gaps: per character 1 if something else stands before it, else 0; the first has 0.
        origins: per character its place in the folded text.
    """

    plain: str
    digits: bytes
    gaps: bytes
    origins: "array[int]"


@lru_cache(maxsize=16)
def skeleton(text: str) -> Skeleton:
    """Reduce a text to its letters and digits.

    Example:
        >>> skeleton("P. L\u0435e-10").plain
        'pleelo'
    """
    lower = _CODED.sub(lambda match: " " * len(match.group()), fold(text).lower)
    runs = [match.span() for match in _RUN.finditer(lower)]
    kept = "".join(lower[start:end] for start, end in runs)
    gaps, origins = bytearray(len(kept)), array("I")
    for start, end in runs:
        if origins:
            gaps[len(origins)] = 1
        origins.extend(range(start, end))
    return Skeleton(kept.translate(_LOOKS), bytes(map(str.isdigit, kept)), bytes(gaps), origins)


def found_again(planted: Skeleton, text: Skeleton, *, min_share: float) -> list[Span]:
    """Passages of a text that give back a planted text.

    Definition: a passage whose letters and digits are those of the planted text. A planted text of fewer than eight
    must fill whole words, either with the same gaps or with none or with one after each character. A longer one may
    also stand there backwards, and a share of ``min_share`` of it suffices, in order; the others may be missing or
    covered by another letter, but a digit is covered by a letter or a gap only, since another digit makes another
    number. Of a planted text of more than forty, the share counts that stands in passages of eight that are given back
    as they are. Codes of characters (``&#45;``, ``%2D``, ``[dot]``) are gaps.

    Args:
        planted: what was planted; at least one letter or digit.
        text: the answer.
        min_share: share of the characters, 0.7..1.

    Returns:
        Start and end in the folded text, in order; empty when the planted text is not there.
    """
    if len(planted.plain) < SHORTEST_MASKED:
        return _short(planted, text)
    size = len(planted.plain)
    ways = dict.fromkeys((planted.plain, planted.plain[::-1]))
    whole = sorted(_span(text, place, place + size) for way in ways for place in _places(text.plain, way, step=size))
    if whole:
        return whole[:_MOST]
    if size > _LONGEST_MASKED:
        return _pieces(planted, text, min_share)
    match = _masked(planted, text, min_share)
    return [] if match is None else [_span(text, *match)]


def _short(planted: Skeleton, text: Skeleton) -> list[Span]:
    size, inner = len(planted.plain), planted.gaps[1:]
    spans = []
    for place in _places(text.plain, planted.plain, step=1):
        end = place + size
        whole = (place == 0 or text.gaps[place]) and (end == len(text.plain) or text.gaps[end])
        seen = text.gaps[place + 1 : end]
        if whole and (seen == inner or all(seen) or not any(seen)):
            spans.append(_span(text, place, end))
            if len(spans) == _MOST:
                break
    return spans


def _places(text: str, wanted: str, *, step: int) -> Iterator[int]:
    """Where a text stands, looked for again from ``step`` characters further on."""
    place = text.find(wanted)
    while place >= 0:
        yield place
        place = text.find(wanted, place + step)


def _span(text: Skeleton, start: int, end: int) -> Span:
    return text.origins[start], text.origins[end - 1] + 1


def _pieces(planted: Skeleton, text: Skeleton, min_share: float) -> list[Span]:
    """Passages of eight characters of a long text, where enough of its characters stand in one that is given back."""
    starts = range(len(planted.plain) - _PIECE + 1)
    seen = {start: text.plain.find(planted.plain[start : start + _PIECE]) for start in starts}
    covered = {start + step for start, place in seen.items() if place >= 0 for step in range(_PIECE)}
    if len(covered) < min_share * len(planted.plain) - 1e-9:
        return []
    runs = joined((place, place + _PIECE) for place in seen.values() if place >= 0)
    return [_span(text, start, end) for start, end in runs][:_MOST]


def _cut(whole: Skeleton, start: int, end: int) -> Skeleton:
    return Skeleton(whole.plain[start:end], whole.digits[start:end], whole.gaps[start:end], whole.origins[start:end])


def _backwards(whole: Skeleton, start: int, end: int) -> Skeleton:
    """A passage from its end to its start; a gap is one that is met before the character in that direction."""
    gaps = whole.gaps[start + 1 : end + 1] + (b"\0" if end == len(whole.gaps) else b"")
    forward = _cut(whole, start, end)
    return Skeleton(forward.plain[::-1], forward.digits[::-1], gaps[::-1], forward.origins[::-1])


def _masked(planted: Skeleton, text: Skeleton, min_share: float) -> Span | None:
    """The first passage that gives back enough of a planted text, as places of the skeleton."""
    size = len(planted.plain)
    allowed = int((1 - min_share) * size + 1e-9)
    cuts = [size * place // (allowed + 1) for place in range(allowed + 2)]
    for start, end in pairwise(cuts):
        before, after = _backwards(planted, 0, start), _cut(planted, end, size)
        for place in _places(text.plain, planted.plain[start:end], step=1):
            seen_to = place + end - start
            right = _laid(after, _cut(text, seen_to, place + size - start + 1), allowed)
            if right is None:
                continue
            left = _laid(before, _backwards(text, max(0, place - start - 1), place), allowed - right[1])
            if left is None:
                continue
            first, last = place - left[0], seen_to + right[0]
            if not _joins_digits(text, first) and not _joins_digits(text, last):
                return first, last
    return None


def _laid(wanted: Skeleton, text: Skeleton, allowed: int) -> tuple[int, int] | None:
    """How much of a text gives back all that is wanted from its first character on, and how much of that is masked.

    Args:
        wanted: what should stand there.
        text: what stands there, one character longer where there is more.
        allowed: most characters of ``wanted`` that may be missing or covered.

    Returns:
        Characters of the text that were used, and the least number of masked ones; None when too many are.
    """
    never = allowed + 1
    costs = [0] + [never] * allowed  # by how many characters are missing so far
    for place, char in enumerate(wanted.plain):
        is_digit = wanted.digits[place]
        after = [never] * (allowed + 1)
        for missing, cost in enumerate(costs):
            if cost > allowed:
                continue
            at = place - missing
            there = at < len(text.plain)
            if there and (text.plain[at] == char or not (is_digit and text.digits[at])):
                after[missing] = min(after[missing], cost + (text.plain[at] != char))
            covers = there and is_digit and text.digits[at] and not text.gaps[at]
            if missing < allowed and not covers:
                after[missing + 1] = min(after[missing + 1], cost + 1)
        costs = after
    best = min(costs)
    return None if best > allowed else (len(wanted.plain) - costs.index(best), best)


def _joins_digits(text: Skeleton, place: int) -> bool:
    """Whether a number goes on over this place, so that a passage which ends here is part of another number."""
    within = 0 < place < len(text.plain)
    return within and bool(text.digits[place - 1] and text.digits[place] and not text.gaps[place])


class _Looks(dict[int, str]):
    """What each character looks like: from the data, else the character without its accents."""

    def __missing__(self, code: int) -> str:
        bare = unicodedata.normalize("NFD", chr(code))[0]
        found = _lookalikes().get(bare, bare if bare.isalnum() else chr(code))
        self[code] = found
        return found


_LOOKS = _Looks()


@cache
def _lookalikes() -> dict[str, str]:
    pairs = packaged("dualtrack.checks.kinds.canaries", "canaries.yaml")["lookalikes"]
    return dict(zip(pairs["from"], pairs["to"], strict=True))
