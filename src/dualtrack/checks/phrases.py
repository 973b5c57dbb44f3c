"""Finds phrases whose words may be inflected and may have a few words between them.

Why it exists: "call an ambulance", "calling for an ambulance" and "call them an ambulance" are one instruction. May
import the checks' own ground floor.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

import snowballstemmer

from dualtrack.checks.base import Span
from dualtrack.checks.folding import Folded, fold
from dualtrack.checks.matching import plain_words
from dualtrack.checks.spans import joined

__all__ = [
    "Phrase",
    "WordIndex",
    "cues_of_phrase",
    "cues_of_stem",
    "denied_inside",
    "done_before",
    "phrase",
    "phrase_spans",
    "word_index",
]

_RUN = re.compile(r"[a-z0-9]+")
_TOKEN = re.compile(r"[a-z0-9]+(?:[&'][a-z0-9]+)*")
_SENTENCE_END = re.compile(r"[.!?;]\s|\n(?![ \t]*[a-z])")
_FREE = frozenset(["a", "an", "the", "your", "his", "her", "their", "my", "our", "some", "any", "this", "that"])
_UNSHORTENED = {"cannot": ("can", "not"), "can't": ("can", "not"), "won't": ("will", "not"), "shan't": ("shall", "not")}
# One act of telephoning; rung and rang are left out, a bell may have.
_CALLS = frozenset({"ring", "ringing", "phone", "phoning", "dial", "dialling", "dialing", "telephone", "telephoning"})
_FORBIDS = (("do", "not"), ("must", "not"), ("should", "not"), ("avoid",), ("never",))
_FORBIDDING = (("no",), ("must", "not"), ("should", "not"), ("do", "not"), ("never",), ("avoid",))
_REFUSING = (("not", "allow"), ("not", "permit"), ("forbidden",), ("not", "safe"))
_MOST_PLACES = 400  # of one first word that are tried; bounds the time on hostile texts
_FIXED = frozenset(["does", "this", "has", "was", "is", "as", "his", "news", "gas", "plus", "us"])
_SPELLINGS = (("ae", "e"), ("oe", "e"), ("isation", "ization"), ("yse", "yze"), ("our", "or"))
_PARTICIPLE = ("ed", "en")
_SHORTENED = re.compile(r"[a-z0-9]++(?:[&'][a-z0-9]+)++")
_DENIAL = re.compile(r"\b(?:not|never|no|cannot|without)\b|n't\b")
_DONE = re.compile(r"\b(?:was|were|has been|have been|had been) (?:[a-z]{2,10}ly )?[a-z]{2,14}(?:ed|en)\b")
_SHORT = 4  # letters; shorter words are taken as they are

# Stems of words that do not have their letters: a shortened negation ("won't"), and the verbs of telephoning.
_UNWRITTEN = frozenset({"call", *(stem for stems in _UNSHORTENED.values() for stem in stems)})
# What a word may have for a letter of its stem before the spellings were evened out; "our" is seen at its r.
_WRITINGS = {"e": ("e", "ae", "oe", "oae"), "z": ("z", "s"), "or": ("r", "ur")}
_MOST_WRITINGS = 16  # of one stem
_TURNED = ("ble", "ie")  # endings of a stem that a word may have as "bil", "y"


@dataclass(frozen=True, slots=True)
class WordIndex:
    """The words of a text by their stems.

    Args:
        places: stem -> indices of the words, in order.
        spans: start and end of each word in the folded text.
        breaks: places at which a sentence ends.
    """

    places: dict[str, list[int]]
    spans: list[Span]
    breaks: list[int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Stems of the words of a phrase, in order, and whether it says not itself."""

    stems: tuple[str, ...]
    denies: bool


@lru_cache(maxsize=4096)
def phrase(words: str) -> Phrase:
    """A phrase ready to be looked for; articles and possessives in it are free.

    Example:
        >>> phrase("calling your ambulance")
        Phrase(stems=('call', 'ambul'), denies=False)
    """
    stems = tuple(stem for stem, _ in _stems(fold(words).text.lower()))
    return Phrase(stems, bool({"not", "never", "no", "avoid", "without"} & set(stems)))


def cues_of_phrase(wanted: Phrase) -> tuple[str, ...]:
    """The cues of that one of its stems that tells most: one of them stands in every text in which the phrase is found.

    Example:
        >>> cues_of_phrase(phrase("call an ambulance"))
        ('ambu',)
    """
    stems = _forbidden(wanted.stems) or wanted.stems  # the word that forbids may be another
    return max(map(cues_of_stem, stems), key=lambda cues: (len(cues[0]), not cues[0].isalpha()), default=("",))


@lru_cache(maxsize=65536)
def cues_of_stem(stem: str) -> tuple[str, ...]:
    """Letters or digits in a row of which every word of this stem has one, the shortest first; "" when there are none.

    Definition: a word that is not stemmed is its own stem. Otherwise the stemmer takes endings off and writes others
    for them, after which all letters of a stem but its last one are the first of the word; the two last ones differ
    where a stem ends in ble (from bility) or ie (from ying). Of what is left, the longest part of which there are few
    other spellings (haemorrhage, tumour, stabilise), with all of them.

    Example:
        >>> cues_of_stem("ambul"), cues_of_stem("tumor"), cues_of_stem("999"), cues_of_stem("not")
        (('ambu',), ('tumo',), ('999',), ('',))
        >>> cues_of_stem("stool"), cues_of_stem("organis")
        (('stoo',), ('organi', 'ourgani'))

    Source: the steps of the English stemmer of Snowball 3 (Porter2), each read for what it may write.
    """
    if stem in _UNWRITTEN:
        return ("",)
    if not stem.isalpha():
        return (max(_RUN.findall(stem), key=len, default=""),)
    kept = stem[: -2 if stem.endswith(_TURNED) else -1]
    parts = (_writings(kept[start:]) for start in range(len(kept)))
    return max(parts, key=lambda cues: len(cues[0]), default=("",))


def _writings(letters: str) -> tuple[str, ...]:
    """All writings of the longest beginning of the letters that has few of them."""
    written = [letters[0]] if letters[0] != "z" else ["z", "s"]  # what precedes an e or r is no part of it
    for before, letter in pairwise(letters):
        choices = _WRITINGS.get(before + letter) or _WRITINGS.get(letter, (letter,))
        if len(written) * len(choices) > _MOST_WRITINGS:
            break
        written = [begun + choice for begun in written for choice in choices]
    return tuple(sorted(written, key=len))


def word_index(folded: Folded) -> WordIndex:
    """The words of a text; those of the last few texts are kept.

    Example:
        >>> sorted(word_index(fold("Don't drive.")).places)
        ['do', 'drive', 'not']
    """
    return _indexed(folded.text)


def phrase_spans(folded: Folded, wanted: Phrase, gap: int) -> tuple[Span, ...]:
    """Where a phrase stands, inside one sentence, in order and apart.

    Definition: the words in their order; or, where the first is a verb, in the passive voice ("stop metformin":
    "metformin should be stopped"); or, where it forbids something, another prohibition of the same ("do not drive": "no
    driving", "driving is not allowed").

    Args:
        folded: the text.
        wanted: the phrase.
        gap: words that may stand between two words of the phrase; articles and possessives do not count.

    Example:
        >>> text = fold("Please call them a private ambulance.")
        >>> [text.text[start:end] for start, end in phrase_spans(text, phrase("call an ambulance"), gap=2)]
        ['call them a private ambulance']
    """
    found = _as_written(folded, wanted, gap)
    others = [
        span for stems in _prohibitions(wanted.stems) for span in _as_written(folded, Phrase(stems, denies=True), 0)
    ] + [span for stems in _refusals(wanted.stems) for span in _as_written(folded, Phrase(stems, denies=True), 1)]
    return tuple(joined([*found, *others])) if others else found


@lru_cache(maxsize=4096)
def _prohibitions(stems: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Other prohibitions of what a phrase forbids, with the word that forbids in front."""
    rest = _forbidden(stems)
    return tuple((*head, *rest) for head in _FORBIDDING if (*head, *rest) != stems) if rest else ()


@lru_cache(maxsize=4096)
def _refusals(stems: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The same with the word that forbids behind."""
    rest = _forbidden(stems)
    return tuple((*rest, *tail) for tail in _REFUSING) if rest else ()


def _forbidden(stems: tuple[str, ...]) -> tuple[str, ...]:
    """What a phrase forbids; nothing where it forbids nothing."""
    return next((stems[len(head) :] for head in _FORBIDS if stems[: len(head)] == head), ())


def _as_written(folded: Folded, wanted: Phrase, gap: int) -> tuple[Span, ...]:
    """Where a phrase stands, in its own words or in the passive voice."""
    if not wanted.stems or not _stem_set(folded.text).issuperset(wanted.stems):
        return ()
    index = _indexed(folded.text)
    places = [index.places.get(stem) for stem in wanted.stems]
    filled = [each for each in places if each]
    active = tuple(_apart(index, filled, gap))
    if len(filled) == 1:
        return active
    lower = folded.lower
    passive = [place for place in filled[0] if lower[index.spans[place][1] - 2 : index.spans[place][1]] in _PARTICIPLE]
    if not passive:
        return active
    turned = _apart(index, [*filled[1:], passive], gap)
    return tuple(joined([*active, *turned])) if active else tuple(turned)


def denied_inside(folded: Folded, span: Span, wanted: Phrase) -> bool:
    """Whether a denial stands between the words of a phrase that has none itself.

    Example:
        >>> text = fold("Metformin should not be stopped.")
        >>> denied_inside(text, (0, 31), phrase("stop metformin"))
        True
    """
    return not wanted.denies and _DENIAL.search(folded.lower, *span) is not None


def done_before(folded: Folded, span: Span, wanted: Phrase) -> bool:
    """Whether a phrase in the passive voice tells of what is done ("metformin was stopped").

    Example:
        >>> text = fold("Metformin was stopped.")
        >>> done_before(text, (0, 21), phrase("stop metformin"))
        True
    """
    return _DONE.search(folded.lower, *span) is not None and not {"was", "been"} & set(wanted.stems)


def _apart(index: WordIndex, places: Sequence[list[int]], gap: int) -> Iterator[Span]:
    done = -1
    for first in places[0][:_MOST_PLACES]:
        if first <= done:
            continue
        last = first
        for following in places[1:]:
            after = bisect_right(following, last)
            if after == len(following) or following[after] - last > gap + 1:
                break
            last = following[after]
        else:
            start, end = index.spans[first][0], index.spans[last][1]
            at = bisect_right(index.breaks, start)
            if at == len(index.breaks) or index.breaks[at] >= end:
                done = last
                yield start, end


@lru_cache(maxsize=8)
def _stem_set(text: str) -> frozenset[str]:
    """The stems of a text without their places: what most phrases fail on, at a fraction of the time."""
    stems: set[str] = set()
    for word in set(plain_words(text.lower()).split()):
        if word.isalnum() and word.isascii():
            stems.update(_parts(word))
        else:
            stems.update(stem for stem, _ in _stems(word))
    if "'" in text:
        stems.update(stem for match in _SHORTENED.finditer(text.lower()) for stem in _parts(match.group()))
    return frozenset(stems)


@lru_cache(maxsize=8)
def _indexed(text: str) -> WordIndex:
    lower = text.lower()
    places: dict[str, list[int]] = {}
    spans: list[Span] = []
    for stem, span in _stems(lower):
        places.setdefault(stem, []).append(len(spans))
        spans.append(span)
    return WordIndex(places, spans, [match.start() for match in _SENTENCE_END.finditer(text)])


def _stems(lower: str) -> Iterator[tuple[str, Span]]:
    for match in _TOKEN.finditer(lower):
        word = match.group()
        if word in _FREE:
            continue
        for part in _parts(word):
            yield part, match.span()


@lru_cache(maxsize=65536)
def _parts(word: str) -> tuple[str, ...]:
    """Stems of one word, which is two where it is a shortened negation."""
    if word in _UNSHORTENED:
        return _UNSHORTENED[word]
    if word.endswith("n't"):
        return word[:-3], "not"
    word = word.split("'", maxsplit=1)[0] or word
    if word in _CALLS:
        return ("call",)
    if len(word) < _SHORT or word in _FIXED or not word.isalpha():
        return (word,)
    for british, american in _SPELLINGS:
        word = word.replace(british, american)
    return (_stemmer().stemWord(word.replace("ise", "ize") if word.endswith(("ise", "ised", "ises")) else word),)


@cache
def _stemmer() -> Any:  # noqa: ANN401 - the library publishes no types
    return snowballstemmer.stemmer("english")
