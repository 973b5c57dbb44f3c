"""Conditions of advice: what stands under an "if", and whether the patient of the prompt already meets it.

"Call 999 if your lips turn blue" is a safety net; "if you have chest pain, call 999" is the main advice to somebody who
wrote that he has chest pain. May import the checks' own ground floor.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from dualtrack.checks.base import Span
from dualtrack.checks.packaged import packaged
from dualtrack.checks.sentences import sentences
from dualtrack.checks.spans import blanked

__all__ = ["Layout", "holds_in", "laid_out", "pattern", "spaced"]

_PACKAGE = "dualtrack.checks.kinds.urgency_tier"
_ITEM = re.compile(r"[ \t>]*+(?:[-*+•◦▪‣·]|\(?\d{1,3}[.)]|\(?[A-Za-z][.)])[ \t]")
_TITLE = re.compile(r"[ \t]*+(?:#{1,6}[ \t].*|\*\*[^*\n]{1,120}\*\*:?[ \t]*|__[^_\n]{1,120}__:?[ \t]*)")
_QUOTED = re.compile(r'"[^"\n]{1,400}"')
_WORD = re.compile(r"[a-z][a-z']++")
_ALTERNATIVE = re.compile(r",|\bor\b|/|;")
_ENDING = re.compile(r"(?:ing|ed|es|s|ly|y|e)\Z")
_DENIED = re.compile(r"\b(?:no|not|without|never|denies|n't|don't|doesn't|haven't|isn't|nor)(?:\s+\S{1,14}){0,2}\s+\Z")
_SHORTEST_STEM = 3
_MOST_ITEMS = 40  # list items that are read as conditions of the line above them


@dataclass(frozen=True, slots=True)
class Layout:
    """One sentence and where it stands in the answer.

    Args:
        sentence: its place in the folded text.
        text: its words, in lower case and without marks of emphasis.
        heading: the line that the list or section of the sentence stands under; "" when there is none.
        items: the list items below it, when it leads in a list.
        aside: whether it cannot be advice: a question, or a row of a table.
        quotes: passages in quotation marks, within the sentence.
    """

    sentence: Span
    text: str
    heading: str = ""
    items: tuple[str, ...] = ()
    aside: bool = False
    quotes: tuple[Span, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Line:
    """What kind of line a sentence begins."""

    begins: bool
    is_item: bool
    is_title: bool
    is_row: bool
    after_gap: bool


def laid_out(text: str, flat: str) -> list[Layout]:
    """Sentences of an answer with their headings and lists.

    Args:
        text: folded text.
        flat: the same in lower case with line breaks and marks of emphasis as spaces, character for character.

    Example:
        >>> text = "Call 999 if:\\n- you faint\\nRest."
        >>> [(each.text, each.heading, each.items) for each in laid_out(text, text.lower())]
        [('call 999 if:', '', ('you faint',)), ('you faint', 'call 999 if:', ()), ('rest.', '', ())]
    """
    spans = sentences(text)
    lines = list(_lines(text, spans))
    headings: list[str] = []
    heading, is_section, in_list = "", False, False
    for (start, end), line in zip(spans, lines, strict=True):
        words = flat[start:end].strip()
        leads = words.endswith(":")
        if line.begins and line.is_title:
            heading, is_section = "", False
        elif line.begins and not line.is_item and heading and (not is_section or (in_list and line.after_gap)):
            heading = ""
        headings.append(heading)
        if line.begins:
            in_list = line.is_item
        if line.is_title or leads:
            heading, is_section, in_list = words, line.is_title, False
    return [
        Layout(
            span,
            flat[slice(*span)],
            headings[place],
            _items_below(flat, spans, lines, place),
            line.is_row or (flat[slice(*span)].rstrip(' "').endswith("?") and "please" not in flat[slice(*span)]),
            tuple(found.span() for found in _QUOTED.finditer(flat[slice(*span)])),
        )
        for place, (span, line) in enumerate(zip(spans, lines, strict=True))
    ]


def _lines(text: str, spans: list[Span]) -> Iterator[_Line]:
    line_start = -1
    done = 0
    for start, _end in spans:
        first = text.rfind("\n", line_start if line_start > 0 else 0, start) + 1
        first = max(first, line_start, 0)
        begins = first != line_start
        last = text.find("\n", start)
        whole = text[first : last if last >= 0 else len(text)] if begins else ""
        yield _Line(
            begins,
            begins and _ITEM.match(whole) is not None and not whole.lstrip().startswith("**"),
            begins and _TITLE.fullmatch(whole) is not None,
            whole.lstrip().startswith("|"),
            "\n\n" in text[max(done, first - 3) : first],
        )
        line_start, done = first, start


def _items_below(flat: str, spans: list[Span], lines: list[_Line], place: int) -> tuple[str, ...]:
    """Texts of the list items that follow a line which ends with a colon or is a title."""
    if not (flat[slice(*spans[place])].rstrip().endswith(":") or lines[place].is_title):
        return ()
    found = []
    for below in range(place + 1, min(len(spans), place + 1 + _MOST_ITEMS)):
        if lines[below].begins and not lines[below].is_item:
            break
        found.append(flat[slice(*spans[below])])
    return tuple(found)


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
    for opened in pattern("condition").finditer(before):
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
    parts = _ALTERNATIVE.split(condition) if re.search(r"\bor\b|/", condition) else [condition]
    alternatives = [_meaningful(part) for part in parts]
    return any(words and words <= state for words in alternatives)


def _meaningful(condition: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _WORD.findall(condition) if word not in _empty_words())


@lru_cache(maxsize=32)
def _state(prompt: str) -> frozenset[str]:
    """Stems of the words of a prompt that it does not deny."""
    return frozenset(
        _stem(word.group())
        for word in _WORD.finditer(prompt)
        if not _DENIED.search(prompt, max(0, word.start() - 40), word.start())
    )


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


@cache
def pattern(name: str) -> re.Pattern[str]:
    """All phrases of one list of the file as one expression.

    Args:
        name: a list that uses none of the others.
    """
    data = packaged(_PACKAGE, "phrases.yaml")
    return re.compile(spaced("|".join(f"(?:{phrase})" for phrase in data[name])))


def spaced(phrase: str) -> str:
    """A phrase in which a space stands for one to four of them, and an optional one for up to four.

    Example:
        >>> spaced("straight ?away now")
        'straight {0,4}away {1,4}now'
    """
    return phrase.replace(" ?", "\0").replace(" ", " {1,4}").replace("\0", " {0,4}")
