"""Reads the diagnoses that an answer names, in the order in which it ranks them.

Phrases are data (``phrases.yaml``). A diagnosis that an answer calls the most likely comes first, then those of its
lists, then those it names besides. May import the checks' own ground floor.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from dualtrack.checks.assertion import state_of
from dualtrack.checks.base import Span
from dualtrack.checks.chains import Assertion
from dualtrack.checks.folding import Folded
from dualtrack.checks.layout import Layout, Line, layout
from dualtrack.checks.matching import matcher
from dualtrack.checks.packaged import packaged
from dualtrack.checks.sentences import sentences
from dualtrack.checks.spans import touches
from dualtrack.checks.triggers import listed

__all__ = ["Ranking", "ranking"]

_PACKAGE = "dualtrack.checks.kinds.ranked_diagnosis"
_MARKS = str.maketrans({"\n": " ", "\t": " ", "*": " ", "_": " ", "`": " ", "#": " "})
_FIRST, _LISTED, _BESIDES = 0, 1, 2
_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*")
_NAME_END = re.compile(
    r"\s-\s|[:;]|\.(?=\s|\Z)|\b(?:because|given|due to|which|as the|as this)\b"
    r"|,\s(?:which|given|because|as|with|since)\b"
)
_DENIES = re.compile(r"\b(?:not|n't|no|nothing|never|neither|un|hardly|less)(?: \S{1,10})?\s*\Z")
_OTHER_DISEASE = re.compile(r"\b(?:non|pre|post|pseudo|anti|para)[- ]\Z")
_REACH = 160  # characters to either side of a name in which a word that rules it out stands
_NEAR = 40  # characters between a phrase that opens many sentences and a name
_SHORT = 8  # words; so short an answer is a diagnosis and nothing else
_LONGEST = 400  # characters of a sentence that are read as a list
_CLAUSE_END = re.compile(r"[.;:]\s|,\s(?:but|and|so|which|though|although|while)\b|\bbut\b")


@dataclass(frozen=True, slots=True)
class Ranking:
    """What an answer names.

    Args:
        n_named: distinct diagnoses that it names.
        rank: place of the wanted one among them, from 1; None when it is not there.
        span: where the wanted one stands, else where the first diagnosis stands; None when none is named.
        loose: whether the wanted one is mentioned, not ruled out, outside of every list.
        ruled_out: whether the wanted one is mentioned and ruled out.
    """

    n_named: int
    rank: int | None
    span: Span | None
    loose: bool = False
    ruled_out: bool = False


@dataclass(frozen=True, slots=True)
class _Named:
    """A stretch of text that names diagnoses: where, how firmly, and whether it is one name or a list."""

    start: int
    end: int
    grade: int
    whole: bool = False


def ranking(folded: Folded, names: tuple[str, ...]) -> Ranking:
    """Where an answer ranks a diagnosis.

    Args:
        folded: the answer.
        names: every name of the diagnosis.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> ranking(fold("Most likely diagnosis: gout. Consider septic arthritis."), ("septic arthritis",)).rank
        2
    """
    if not sentences(folded.text):
        return Ranking(0, None, None)
    page = layout(folded)
    flat = folded.lower.translate(_MARKS)
    hits = [
        (start, end)
        for start, end, _ in matcher(names).find(folded)
        if not _OTHER_DISEASE.search(flat, max(0, start - 8), start)
    ]
    fates = {hit: _is_ruled_out(folded, flat, hit) for hit in hits}
    kept = [hit for hit in hits if not fates[hit]]
    found = list(_named(page, flat, hits))
    if not found and _is_bare_name(flat):
        found = [_Named(0, len(flat), _LISTED)]
    items = _items(flat, found, hits)
    wanted = next((item for item in items if _holds(item, kept)), None)
    if wanted is None:
        first = items[0] if items else None
        ruled_out = bool(hits) and not kept
        return Ranking(len(_distinct(flat, items, hits)), None, first, loose=bool(kept), ruled_out=ruled_out)
    earlier = items[: items.index(wanted)]
    # The same disease ruled out further up is no other diagnosis before it.
    before = _distinct(flat, [item for item in earlier if not _holds(item, hits)], hits)
    place = kept[bisect_left(kept, (wanted[0], 0))]
    return Ranking(len(_distinct(flat, items, hits)), len(before) + 1, place)


def _named(page: Layout, flat: str, hits: list[Span]) -> Iterator[_Named]:
    bodies = {(line.body, line.end): line for line in page.lines}
    for start, end in page.sentences:
        line = page.line_at(start)
        if line.quoted or flat[start:end].rstrip().endswith("?"):
            continue
        grade = _grade_of_item(flat, line, bodies)
        if grade is not None and start <= line.body + 4:
            yield from _item_name(flat, line, grade)
            continue
        yield from _in_sentence(flat, (start, min(end, start + _LONGEST)), hits)


def _grade_of_item(flat: str, line: Line, bodies: dict[Span, Line]) -> int | None:
    """How firmly a list item names a diagnosis; None when it is none."""
    if line.indent < 0 or _opens_with_verb(flat[line.body : line.end]):
        return None
    if not line.labels:
        return _LISTED
    label = line.labels[0]
    above = bodies.get(label)
    words = flat[slice(*label)]
    if (above is not None and above.indent >= 0) or not _pattern("heading").search(words):
        return None
    if _pattern("not_heading").search(words) or _pattern("ruled_out_heading").search(words):
        return None
    return _BESIDES if _pattern("also").search(words) or "less likely" in words else _LISTED


def _item_name(flat: str, line: Line, grade: int) -> Iterator[_Named]:
    """The name in a list item: up to a dash, a colon or a reason; after the colon of "Most likely: gout"."""
    start = line.body
    end = _NAME_END.search(flat, start, line.end)
    if end is not None and end.group() == ":" and _pattern("heading").search(flat, start, end.start()):
        start = end.end()
        end = _NAME_END.search(flat, start, line.end)
    stop = line.end if end is None else end.start()
    if flat[start:stop].strip():
        yield _Named(start, stop, grade, whole=True)


def _in_sentence(flat: str, sentence: Span, hits: list[Span]) -> Iterator[_Named]:
    text = flat[slice(*sentence)]
    for name, grade in (("leads", _FIRST), ("lists", _LISTED), ("also", _BESIDES)):
        for cue in _cues(name, flat, sentence, text):
            if _is_denied(flat, sentence[0], cue.start()) and grade != _BESIDES:
                continue
            stop = _pattern("stops").search(flat, cue.end(), sentence[1])
            end = sentence[1] if stop is None else stop.start()
            if flat[cue.end() : end].strip(" .:,"):
                yield _Named(cue.end(), end, grade)
    for name, grade in (("leads_back", _FIRST), ("also_back", _BESIDES)):
        for cue in _cues(name, flat, sentence, text):
            yield _Named(*cue.span("name"), grade)
    own = hits[bisect_left(hits, (sentence[0], 0)) : bisect_left(hits, (sentence[1], 0))]
    for cue in _cues("weak", flat, sentence, text) if own else ():
        if not _is_denied(flat, sentence[0], cue.start()):
            near = (hit for hit in own if cue.end() <= hit[0] <= cue.end() + _NEAR)
            yield from (_Named(*hit, _FIRST, whole=True) for hit in near)


def _cues(name: str, flat: str, sentence: Span, text: str) -> Iterator[re.Match[str]]:
    """Phrases of one list in a sentence."""
    if any(anchor in text for anchor in packaged(_PACKAGE, "phrases.yaml")["anchors"][name]):
        yield from _pattern(name).finditer(flat, *sentence)


def _is_denied(flat: str, start: int, place: int) -> bool:
    """Whether a cue itself is denied: "this is not consistent with", "nothing suggests"."""
    return _DENIES.search(flat, max(start, place - _NEAR), place) is not None


def _items(flat: str, found: Iterable[_Named], hits: list[Span]) -> list[Span]:
    """Single names in the order of the ranking."""
    ordered = sorted(found, key=lambda each: (each.grade, each.start, each.end))
    items: list[Span] = []
    for each in ordered:
        for start, end in [(each.start, each.end)] if each.whole else _split(flat, (each.start, each.end), hits):
            if _meaning(flat[start:end]):
                items.append((start, end))
    return items


def _split(flat: str, span: Span, hits: list[Span]) -> Iterator[Span]:
    """The names of a list in a sentence; a separator inside a name that is looked for separates nothing."""
    start = span[0]
    for mark in _pattern("separators").finditer(flat, *span):
        if touches(mark.span(), hits):
            continue
        yield start, mark.start()
        start = mark.end()
    yield start, span[1]


def _distinct(flat: str, items: list[Span], hits: list[Span]) -> frozenset[frozenset[str]]:
    """Items without those that repeat an earlier one."""
    wanted = frozenset({""})  # every name of the wanted diagnosis is one
    return frozenset(wanted if _holds(item, hits) else _meaning(flat[slice(*item)]) for item in items)


def _meaning(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text) if word not in _words("filler"))


def _holds(item: Span, hits: list[Span]) -> bool:
    """Whether one of the mentions, which are in order, lies in an item."""
    place = bisect_left(hits, (item[0], 0))
    return place < len(hits) and hits[place][1] <= item[1]


def _is_ruled_out(folded: Folded, flat: str, hit: Span) -> bool:
    """Whether a mention of the wanted diagnosis denies it, or is about somebody else."""
    page = layout(folded)
    start, end = page.sentences[max(0, page.sentence_at(hit[0]))]
    before = _CLAUSE_END.split(flat[max(start, hit[0] - _REACH) : hit[0]])[-1]
    after = _CLAUSE_END.split(flat[hit[1] : min(max(end, hit[1]), hit[1] + _REACH)])[0]
    if _pattern("kept").search(before) or _pattern("kept").search(after):
        return False
    if _pattern("out_before").search(before) or _pattern("out_after").search(after):
        return True
    labels = page.line_at(hit[0]).labels
    if any(_pattern("ruled_out_heading").search(flat[slice(*label)]) for label in labels):
        return True
    return state_of(folded, hit)[0] in {Assertion.other_person, Assertion.quoted}


def _is_bare_name(flat: str) -> bool:
    """Whether the answer is the name of a disease and nothing else."""
    words = _WORD.findall(flat[:_LONGEST])
    return len(flat.split()) <= _SHORT and _words("sentence_words").isdisjoint(words) and not _opens_with_verb(flat)


def _opens_with_verb(text: str) -> bool:
    """Whether a text is something to do rather than the name of a disease."""
    words = [word for word in _WORD.findall(text[:60]) if word != "please"]
    if not words or words[0] not in listed("verbs"):
        return False
    return words[0] not in _words("nouns_too") or words[1:2] == [] or words[1] in _words("after_verb")


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(packaged(_PACKAGE, "phrases.yaml")[name].split())


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """All phrases of one list as one expression."""
    joined = "|".join(f"(?:{phrase})" for phrase in _unique(packaged(_PACKAGE, "phrases.yaml")[name]))
    return re.compile(joined.replace(" ", " {1,4}"))


def _unique(phrases: list[str]) -> Iterator[str]:
    """Phrases in which a group of one name may stand once each: they are joined as one group."""
    if any("(?P<name>" in phrase for phrase in phrases):
        head = phrases[0][: phrases[0].index(")") + 1]
        yield head + "(?:" + "|".join(phrase.removeprefix(head) for phrase in phrases) + ")"
    else:
        yield from phrases
