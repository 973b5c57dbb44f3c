"""Conditions of advice: what stands under an "if", and whether the patient of the prompt already meets it.

"Call 999 if your lips turn blue" is a safety net; "if you have chest pain, call 999" is the main advice to somebody who
wrote that he has chest pain. May import the checks' own ground floor.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from dualtrack.checks.base import Span
from dualtrack.checks.folding import Folded
from dualtrack.checks.kinds.urgency_tier.wording import pattern, phrase_list, spaced
from dualtrack.checks.layout import layout
from dualtrack.checks.packaged import packaged
from dualtrack.checks.sentences import sentences
from dualtrack.checks.spans import blanked

__all__ = ["Passage", "holds_in", "passages"]

_PACKAGE = "dualtrack.checks.kinds.urgency_tier"

_QUOTED = re.compile(r'"[^"\n]{1,400}"')
_WORD = re.compile(r"[a-z][a-z']++")
_ALTERNATIVE = re.compile(r",|\bor\b|/|;")
_ENDING = re.compile(r"(?:ing|ed|es|s|ly|y|e)\Z")
_DENIED = re.compile(r"(?:\b(?:no|not|without|never|denies|nor|cannot)|n't)(?:\s+\S{1,14}){0,2}\s+\Z")
_SHORTEST_STEM = 3
_MANY = 4  # words of a condition of which one in four may be missing
_END_OF_LINE = 4  # marks that may stand behind the last sentence of a line
_MOST_ITEMS = 40  # list items that are read as conditions of the line above them


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence and where it stands in the answer.

    Args:
        sentence: its place in the folded text.
        text: its words, in lower case and without marks of emphasis.
        labels: the headings and lead-ins that it stands under.
        items: the list items below it, when it leads in a list.
        aside: whether it cannot be advice: a question, a row of a table, words of somebody else.
        quotes: passages in quotation marks, within the sentence.
    """

    sentence: Span
    text: str
    labels: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    aside: bool = False
    quotes: tuple[Span, ...] = ()


def passages(folded: Folded, flat: str) -> list[Passage]:
    r"""Sentences of an answer with their headings and lists.

    Args:
        folded: the answer.
        flat: the folded text in lower case with line breaks and marks of emphasis as spaces, character for character.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> folded = fold("Call 999 if:\n- you faint\n\nRest.")
        >>> [(each.text, each.labels, each.items) for each in passages(folded, folded.lower)]
        [('call 999 if:', (), ('you faint',)), ('you faint', ('call 999 if:',), ()), ('rest.', (), ())]
    """
    if not sentences(folded.text):
        return []
    page = layout(folded)
    lines = [page.line_at(start) for start, _ in page.sentences]
    items: dict[Span, list[str]] = {}
    for span, line in zip(page.sentences, lines, strict=True):
        if line.labels and len(items.setdefault(line.labels[0], [])) < _MOST_ITEMS:
            items[line.labels[0]].append(flat[slice(*span)])
    found = []
    for span, line in zip(page.sentences, lines, strict=True):
        text = flat[slice(*span)]
        asks = text.rstrip(' "').endswith("?") and "please" not in text and not pattern("polite_request").match(text)
        labels = tuple(flat[slice(*label)] for label in line.labels)
        below = tuple(items.get((line.body, line.end), ())) if span[1] > line.end - _END_OF_LINE else ()
        quotes = tuple(quote.span() for quote in _QUOTED.finditer(text))
        found.append(Passage(span, text, labels, below, asks or bool(line.cells) or line.quoted, quotes))
    return found


def holds_in(prompt: str, before: str, after: str, items: tuple[str, ...] = ()) -> bool:
    """Whether advice is free of conditions, or each of its conditions is met by the patient of the prompt.

    Definition: a condition is met when it has an alternative ("a, b or c" has three) whose every word with a meaning
    occurs in the prompt, in any grammatical ending, and is not denied there.

    Args:
        prompt: folded text of the prompt in lower case; "" when there is none.
        before: the clause of the advice, up to the advice.
        after: the clause of the advice, after it.
        items: list items that go on with a condition which ends the clause.

    Example:
        >>> holds_in("i have chest pain.", "if you have chest pain or faint, ", "")
        True
        >>> holds_in("i have no chest pain.", "if you have chest pain, ", "")
        False
    """
    before, after = _without_neutral(before), _without_neutral(after)
    opened = pattern("condition").search(before) or pattern("condition_before").search(before)
    if opened is not None:
        condition = before[opened.end() :]
        lead_in = max(condition.rfind(","), condition.rfind(":"))
        return _met(condition[:lead_in] if lead_in > 0 else condition, prompt)
    opened_after = pattern("condition").search(after)
    if opened_after is None:
        return True
    turned = pattern("weak_turn").search(after)
    if turned is not None and turned.start() < opened_after.start():
        return True
    condition = after[opened_after.end() :]
    if items and not _meaningful(condition):
        return any(_met(item, prompt) for item in items)
    return _met(condition, prompt)


def _without_neutral(clause: str) -> str:
    return blanked(clause, [found.span() for found in pattern("neutral").finditer(clause)])


def _met(condition: str, prompt: str) -> bool:
    if not prompt:
        return False
    state = _state(prompt)
    condition = _plain(condition)
    parts = _ALTERNATIVE.split(condition) if re.search(r"\bor\b|/", condition) else [condition]
    return any(_covers(state, _meaningful(part)) for part in parts)


def _covers(state: frozenset[str], words: frozenset[str]) -> bool:
    """Whether a state has the words of a condition: all of a few, three in four of many."""
    if not words:
        return False
    return words <= state or (len(words) >= _MANY and len(words & state) * 4 >= len(words) * 3)


def _meaningful(condition: str) -> frozenset[str]:
    """Stems of the words that say something of the patient; what is denied is a word of its own."""
    return frozenset(
        ("~" if _DENIED.search(condition, max(0, word.start() - 40), word.start()) else "") + _stem(word.group())
        for word in _WORD.finditer(condition)
        if word.group() not in _empty_words()
    )


@lru_cache(maxsize=32)
def _state(prompt: str) -> frozenset[str]:
    return _meaningful(_plain(prompt))


def _plain(text: str) -> str:
    """A text in which different words for one complaint are one word."""
    for pattern_, word in _synonyms():
        text = pattern_.sub(word, text)
    return text


@cache
def _synonyms() -> tuple[tuple[re.Pattern[str], str], ...]:
    groups = phrase_list("same_complaint")
    return tuple((re.compile(rf"\b(?:{spaced('|'.join(group[1:]))})\b"), group[0]) for group in groups)


def _stem(word: str) -> str:
    bare = word.removesuffix("'s")
    for _ in range(2):
        shorter = _ENDING.sub("", bare)
        if len(shorter) < _SHORTEST_STEM:
            break
        bare = shorter
    return bare


@cache
def _empty_words() -> frozenset[str]:
    return frozenset(packaged(_PACKAGE, "phrases.yaml")["empty_words"].split())
