"""Finds many terms at once in a folded text.

Why it exists: a check may look for thousands of names in every response, so one pass of a set matcher finds the
candidates and Python looks only at those. May import the checks' own ground floor.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from dualtrack.checks.folding import Folded, fold

__all__ = ["Hit", "Matcher", "as_cues", "cue_of_term", "matcher", "plain_words", "words_of"]

Hit = tuple[int, int, int]
"""Start and end in the folded text, and the index of the term."""

# Signs that are part of a name (A&E) stay; every other sign separates words, character for character.
_KEPT = "&"
_SIGNS = {chr(code): " " for code in range(128) if not chr(code).isalnum() and chr(code) not in _KEPT}
_TO_WORDS = str.maketrans(_SIGNS)
_TO_RUNS = str.maketrans({**_SIGNS, **dict.fromkeys(_KEPT, " ")})
_RUNS_AND_SIGNS = re.compile(r"[,'](?=[ \t\n])|[ \t\n]{2,}")
_MARKS_BEFORE_SPACE = (", ", "' ", ",\n", "'\n")
_DROPPED = frozenset(",'")
_LIST = 4  # words of a term that is a list although it has no comma
_SIGN = re.compile(r"[^\w&]|_")
_RUNS = re.compile(r"[ \t\n]{2,}")
_MARKS_OF_RUNS = (" \n", "\n ")
_RARE = 4  # letters; where the longest word of each term has as many, a first look for those alone is worth its time
_EMPTY_LINE = 2  # line breaks
_FEW = 32  # terms; for so few a look into the set of the text's words is quicker than a pass over the text
_SHORTEST_CUE = 2  # letters or digits; a single one stands in nearly every text
_RUN = re.compile(r"[^\W_]+")
_SURROGATES = re.compile("[\ud800-\udfff]")


class Matcher:
    r"""A set of terms, ready to be looked for; build it once, best through ``matcher``.

    Definition: a term matches whole words, without regard to capitals, to the length of white space and to the signs
    between its words (so "beta-blocker" and "beta blocker" are one), and with a simple plural "s". Two words do not
    match across a full stop, a list marker or an empty line; across a comma only where the term has one or is a list
    of four words or more ("hand, foot and mouth disease"). Where matches overlap, the one that begins first counts,
    then the longest; of equal terms the first.

    Args:
        terms: words as written; blank ones match nothing.
        plurals: whether a simple plural matches too.
        lists: whether a term may match across a comma or an apostrophe before white space.

    Example:
        >>> Matcher(("heart attack", "beta-blocker")).find(fold("Beta blockers after a HEART\nattack."))
        ((0, 13, 1), (22, 34, 0))
    """

    def __init__(self, terms: Iterable[str], *, plurals: bool = True, lists: bool = True) -> None:
        self._plurals, self._lists = plurals, lists
        over_commas: set[int] = set()
        index: dict[str, int] = {}
        for place, term in enumerate(terms):
            words = " ".join(plain_words(fold(term).lower).split())
            if words:
                index.setdefault(words, place)
                if "," in term or words.count(" ") >= _LIST - 1:
                    over_commas.add(place)
        single = {words: place for words, place in index.items() if " " not in words}
        several = {f" {words}": place for words, place in index.items() if " " in words}
        anchors = {max(words.split(), key=len) for words in several}
        rare = bool(anchors) and min(map(len, anchors)) >= _RARE
        self._gate = AhoCorasick(sorted(anchors)) if rare else None
        self._single = AhoCorasick(list(single)) if single else None
        self._several = AhoCorasick(list(several)) if several else None
        self._words_needed = _needed(index) if len(index) <= _FEW else None
        self._over_commas = frozenset(over_commas)
        self._single_places = tuple(single.values())
        self._several_places = tuple(several.values())

    def find(self, folded: Folded) -> tuple[Hit, ...]:
        """Where the terms stand.

        Args:
            folded: the text.

        Returns:
            ``(start, end, index of the term)`` in the folded text, in order and apart from each other.
        """
        lower = folded.lower
        if self._words_needed is not None and self._words_needed.isdisjoint(words_of(lower)):
            return ()
        if not lower.isascii():
            lower = _SURROGATES.sub("?", lower)
        found: list[tuple[int, int, bool, int]] = []
        if self._single is not None:
            found += self._words(self._single, f" {lower}  ")
        if self._several is not None and (self._gate is None or self._gate.find_matches_as_indexes(lower)):
            found += self._phrases(self._several, lower)
        hits: list[Hit] = []
        done = 0
        for start, minus_end, _, place in sorted(found):
            if start >= done:
                done = -minus_end
                hits.append((start, done, place))
        return tuple(hits)

    def _words(self, automaton: AhoCorasick, padded: str) -> Iterator[tuple[int, int, bool, int]]:
        """Single words, as start, end with a minus sign, whether in the plural, and index."""
        for place, start, end in automaton.find_matches_as_indexes(padded, overlapping=True):
            if padded[start - 1].isalnum():
                continue
            if not padded[end].isalnum():
                yield start - 1, 1 - end, False, self._single_places[place]
            elif self._plurals and padded[end] == "s" and not padded[end + 1].isalnum():
                yield start - 1, -end, True, self._single_places[place]

    def _phrases(self, automaton: AhoCorasick, lower: str) -> Iterator[tuple[int, int, bool, int]]:
        """The same for terms of several words, in the text with signs and white space made plain."""
        text, origins = _searched(lower, lists=self._lists)
        for place, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            plural = self._plurals and text[end] == "s"
            if text[end + plural].isalnum():
                continue
            # The searched text has one space in front of the folded one, and so has the term.
            first, last = start, end + plural - 2
            if origins is not None:
                first, last = origins[first], origins[last]
                if self._several_places[place] not in self._over_commas and "," in lower[first:last]:
                    continue
            yield first, -last - 1, plural, self._several_places[place]


@lru_cache(maxsize=4096)
def matcher(terms: tuple[str, ...]) -> Matcher:
    """The matcher of a tuple of terms, built once per process.

    Example:
        >>> matcher(("ibuprofen",)).find(fold("No Ibuprofen!"))
        ((3, 12, 0),)
    """
    return Matcher(terms)


def as_cues(pieces: Iterable[str]) -> frozenset[str] | None:
    """The pieces as a kind's cues (see ``CheckKind``), or None where one is too short to tell texts apart.

    Example:
        >>> sorted(as_cues(["999", "ambu"])), as_cues(["999", "c"])
        (['999', 'ambu'], None)
    """
    cues = frozenset(pieces)
    return None if any(len(cue) < _SHORTEST_CUE for cue in cues) else cues


@lru_cache(maxsize=65536)
def cue_of_term(term: str) -> str | None:
    """The longest run of letters and digits of a term, which stands in every text in which the term is found.

    Returns:
        "" for a term that has none; None for one that matches nothing.

    Example:
        >>> cue_of_term("Co-codamol 30/500"), cue_of_term(" ")
        ('codamol', None)
    """
    words = plain_words(fold(term).lower)
    return max(_RUN.findall(words), key=len, default="") if words.strip() else None


def plain_words(text: str) -> str:
    """A text in which every sign that separates words is a space, character for character.

    Args:
        text: folded text in lower case.

    Example:
        >>> plain_words("a&e, co-codamol")
        'a&e  co codamol'
    """
    return text.translate(_TO_WORDS) if text.isascii() else _SIGN.sub(" ", text)


@lru_cache(maxsize=8)
def words_of(lower: str) -> frozenset[str]:
    """The different words of a text, each an unbroken run of letters and digits; those of the last texts are kept.

    Args:
        lower: folded text in lower case.

    Example:
        >>> sorted(words_of("a&e, co-codamol"))
        ['a', 'co', 'codamol', 'e']
    """
    if lower.isascii():
        return frozenset(lower.translate(_TO_RUNS).split())
    return frozenset(_RUN.findall(lower))


def _needed(terms: Iterable[str]) -> frozenset[str] | None:
    """Words of which a text has at least one if a term stands in it; None when a term has no letter and no digit."""
    needed: set[str] = set()
    for term in terms:
        longest = max(_RUN.findall(term), key=len, default="")
        if not longest:
            return None
        needed |= {longest, f"{longest}s"}
    return frozenset(needed)


@lru_cache(maxsize=8)
def _searched(lower: str, *, lists: bool) -> tuple[str, "array[int] | None"]:
    """The text as it is searched, between spaces, and where each of its characters came from if any moved."""
    lists = lists and any(mark in lower for mark in _MARKS_BEFORE_SPACE)
    if (
        not lists
        and "  " not in lower
        and "\t" not in lower
        and not ("\n" in lower and any(mark in lower for mark in _MARKS_OF_RUNS))
    ):
        return f" {plain_words(lower)}  ", None
    parts: list[str] = []
    origins = array("I")
    done = 0
    for run in (_RUNS_AND_SIGNS if lists else _RUNS).finditer(lower):
        if run.group() in _DROPPED:
            parts.append(lower[done : run.start()])
            origins.extend(range(done, run.start()))
            done = run.end()
        elif run.group().count("\n") < _EMPTY_LINE:
            parts += [lower[done : run.start()], " "]
            origins.extend(range(done, run.start() + 1))
            done = run.end()
    parts.append(lower[done:])
    origins.extend(range(done, len(lower)))
    return f" {plain_words(''.join(parts))}  ", origins
