"""Whose fact a sentence states: this patient's, somebody else's, or a rule about people at large.

May import the checks' own ground floor. Words are data (``words.yaml``).
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from dualtrack.checks.base import Span
from dualtrack.checks.folding import Folded
from dualtrack.checks.packaged import packaged
from dualtrack.checks.sentences import sentences
from dualtrack.checks.spans import joined, touches

__all__ = ["Sentence", "pattern", "read_sentences", "words_of"]

_PACKAGE = "dualtrack.checks.kinds.case_facts"
_MARKS = str.maketrans({"\n": " ", "\t": " ", "*": " ", "_": " ", "`": " "})
_QUOTED = re.compile(r'"[^"\n]{1,400}"')
_REACH = 200  # characters to either side of a fact in which a word about it is looked for
_CLAUSE = re.compile(r"[;,.:]\s|\s-\s|\bbut\b|\bhowever\b")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the answer.

    Args:
        span: its place in the folded text.
        cased: its words with capitals, line breaks and marks of emphasis as spaces.
        text: the same in lower case.
        before: the two sentences before it, in lower case.
        quotes: passages in quotation marks.
        asks: whether it is a question.
    """

    span: Span
    cased: str
    text: str
    before: str
    quotes: tuple[Span, ...]
    asks: bool

    def about_patient(self, start: int, end: int, *, past_counts: bool = False) -> bool:
        """Whether a passage speaks of this patient as things are.

        Args:
            start: first character of the passage in the sentence.
            end: one past its last character.
            past_counts: whether a passage about the past speaks of the patient too.
        """
        lead = self.text[max(0, start - _REACH) : start]
        clause = _CLAUSE.split(lead)[-1]
        if self.asks or touches((start, end), self.quotes):
            return False
        if pattern("other_person").search(lead) or pattern("conditional").search(clause):
            return False
        rest = self.text[end : end + _REACH]
        if pattern("hypothetical").search(rest):
            return False
        if not past_counts and (pattern("past").search(clause) or pattern("past_event").search(rest)):
            return False
        around = lead + self.text[start:end] + rest
        return pattern("general").search(around) is None or pattern("own").search(around) is not None

    def place(self, start: int, end: int) -> Span:
        """A passage of the sentence as a passage of the folded text."""
        return self.span[0] + start, self.span[0] + end


def read_sentences(folded: Folded) -> tuple[Sentence, ...]:
    """Sentences of an answer with what is needed to tell whose facts they state.

    Args:
        folded: the answer.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> [each.about_patient(9, 15) for each in read_sentences(fold("Her aunt is 43. She is 43 now."))]
        [False, True]
    """
    return _sentences(folded.text)


@lru_cache(maxsize=4)
def _sentences(text: str) -> tuple[Sentence, ...]:
    flat = text.translate(_MARKS)
    before = ["", ""]
    found = []
    for start, end in sentences(text):
        cased = flat[start:end]
        quotes = tuple(joined(quote.span() for quote in _QUOTED.finditer(cased)))
        found.append(
            Sentence((start, end), cased, cased.lower(), " ".join(before), quotes, cased.rstrip().endswith("?"))
        )
        before = [before[1], cased.lower()]
    return tuple(found)


def words_of(*path: str) -> Any:  # noqa: ANN401 - plain data of whatever shape the file has
    """One entry of the data file.

    Example:
        >>> words_of("labs", "same")["gfr"]
        'egfr'
    """
    data: Any = packaged(_PACKAGE, "words.yaml")
    for key in path:
        data = data[key]
    return data


@cache
def pattern(name: str, *section: str) -> re.Pattern[str]:
    """All expressions of one list as one.

    Args:
        name: name of the list.
        section: section of the file whose patterns have it; none for the common ones.
    """
    lists: dict[str, list[str]] = words_of(*section, "patterns")
    return re.compile("|".join(f"(?:{each})" for each in lists[name]).replace(" ", " {1,4}"))
