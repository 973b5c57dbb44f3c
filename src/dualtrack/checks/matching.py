"""Finds many terms at once in a folded text.

Why it exists: a check may look for thousands of names in every response, so one pass of a set matcher finds the
candidates and Python looks only at those. May import the checks' own ground floor.
"""

import re
from array import array
from collections.abc import Iterable
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from dualtrack.checks.folding import Folded, fold

__all__ = ["Hit", "Matcher", "matcher", "plain_words"]

Hit = tuple[int, int, int]
"""Start and end in the folded text, and the index of the term."""

# Signs that are part of a name (A&E, C++, 5 %) stay; every other sign separates words, character for character.
_KEPT = "&+%"
_SIGNS = {chr(code): " " for code in range(128) if not chr(code).isalnum() and chr(code) not in _KEPT}
_TO_WORDS = str.maketrans(_SIGNS)
_RUNS = re.compile(r"[ \t\n]{2,}")
_MARKS_OF_RUNS = ("  ", " \n", "\n ", "\t")
_EMPTY_LINE = 2  # line breaks
_SURROGATES = re.compile("[\ud800-\udfff]")


class Matcher:
    """A set of terms, ready to be looked for; build it once, best through ``matcher``.

    Definition: a term matches whole words, without regard to capitals, to the length of white space and to the signs
    between its words (so "beta-blocker" and "beta blocker" are one), and with a simple plural "s". Two words do not
    match across a full stop, a list marker or an empty line. Where matches overlap, the one that begins first counts,
    then the longest; of equal terms the first.

    Args:
        terms: words as written; blank ones match nothing.

    Example:
        >>> Matcher(("heart attack", "beta-blocker")).find(fold("Beta blockers after a HEART\\nattack."))
        ((0, 13, 1), (22, 34, 0))
    """

    def __init__(self, terms: Iterable[str]) -> None:
        index: dict[str, int] = {}
        for place, term in enumerate(terms):
            words = " ".join(plain_words(fold(term).lower).split())
            if words:
                index.setdefault(f" {words}", place)
        self._places = tuple(index.values())
        self._automaton = AhoCorasick(list(index), matchkind=MatchKind.Standard) if index else None

    def find(self, folded: Folded) -> tuple[Hit, ...]:
        """Where the terms stand.

        Args:
            folded: the text.

        Returns:
            ``(start, end, index of the term)`` in the folded text, in order and apart from each other.
        """
        if self._automaton is None:
            return ()
        text, origins = _searched(folded.text)
        candidates = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return self._chosen(text, candidates, origins) if candidates else ()

    def _chosen(self, text: str, candidates: list[Hit], origins: "array[int] | None") -> tuple[Hit, ...]:
        whole = []
        for place, start, end in candidates:
            if not text[end].isalnum():
                whole.append((start + 1, -end, self._places[place]))
            elif text[end] == "s" and not text[end + 1].isalnum():
                whole.append((start + 1, -end - 1, self._places[place]))
        hits: list[Hit] = []
        done = 0
        for start, minus_end, place in sorted(whole):
            if start > done:
                done = -minus_end
                # The searched text has one space in front of the folded one.
                first, last = start - 1, done - 2
                if origins is not None:
                    first, last = origins[first], origins[last]
                hits.append((first, last + 1, place))
        return tuple(hits)


@lru_cache(maxsize=4096)
def matcher(terms: tuple[str, ...]) -> Matcher:
    """The matcher of a tuple of terms, built once per process.

    Example:
        >>> matcher(("ibuprofen",)).find(fold("No Ibuprofen!"))
        ((3, 12, 0),)
    """
    return Matcher(terms)


def plain_words(text: str) -> str:
    """A text in which every sign that separates words is a space, character for character.

    Args:
        text: folded text in lower case.

    Example:
        >>> plain_words("a&e, co-codamol")
        'a&e  co codamol'
    """
    return text.translate(_TO_WORDS)


@lru_cache(maxsize=8)
def _searched(text: str) -> tuple[str, "array[int] | None"]:
    """The text as it is searched, between spaces, and where each of its characters came from if any moved."""
    lower = text.lower()
    if not lower.isascii():
        lower = _SURROGATES.sub("?", lower)
    if not any(mark in lower for mark in _MARKS_OF_RUNS):
        return f" {plain_words(lower)}  ", None
    parts: list[str] = []
    origins = array("I")
    done = 0
    for run in _RUNS.finditer(lower):
        if run.group().count("\n") < _EMPTY_LINE:
            parts += [lower[done : run.start()], " "]
            origins.extend(range(done, run.start() + 1))
            done = run.end()
    parts.append(lower[done:])
    origins.extend(range(done, len(lower)))
    return f" {plain_words(''.join(parts))}  ", origins
