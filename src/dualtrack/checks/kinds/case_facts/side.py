"""Left and right: does the answer put the trouble on the other side of the body?

May import the checks' own ground floor.
"""

import re
from functools import cache

from dualtrack.checks.base import Span
from dualtrack.checks.kinds.case_facts.whose import Sentence, pattern, words_of

__all__ = ["wrong_side"]

_OTHER = {"left": "right", "right": "left"}
_SHORT = {"left": "L", "right": "R"}


def wrong_side(sentences: tuple[Sentence, ...], side: str) -> list[Span]:
    """Passages that name the other side of the body as the patient's.

    Definition: the word of the other side beside a part of the body ("right knee", "knee on the right") in a sentence
    that does not name the right side as well, compares nothing, and speaks of this patient.

    Args:
        sentences: the answer.
        side: left or right.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> from dualtrack.checks.kinds.case_facts.whose import read_sentences
        >>> wrong_side(read_sentences(fold("You are right. Rest the right knee.")), "left")
        [(24, 34)]
    """
    found = []
    for sentence in sentences:
        if _mention(side).search(sentence.text) or _short(side).search(sentence.cased):
            continue
        places = [*_mention(_OTHER[side]).finditer(sentence.text), *_short(_OTHER[side]).finditer(sentence.cased)]
        if not places or pattern("compared", "side").search(sentence.text):
            continue
        found += [sentence.place(*each.span()) for each in places if sentence.about_patient(*each.span())]
    return found


@cache
def _mention(side: str) -> re.Pattern[str]:
    """The side beside a part of the body, in lower case."""
    parts = "|".join(words_of("side", "parts").split())
    between = "|".join(words_of("side", "between").split())
    return re.compile(
        rf"\b{side}(?:[- ]sided|[- ]hand|-side)? {{0,4}}(?:(?:{between}),? {{1,4}}){{0,2}}(?:{parts})s?\b"
        rf"|\b{side}-sided\b"
        rf"|\b(?:{parts})s? {{1,4}}(?:is |are )?(?:on|of|to|in) (?:the|your|his|her) {side}\b(?! (?:track|dose|time))"
    )


@cache
def _short(side: str) -> re.Pattern[str]:
    """The side as one capital letter beside a part of the body, as clinicians write it."""
    parts = "|".join(words_of("side", "parts").split())
    return re.compile(rf"(?<![\w'/])\(?{_SHORT[side]}\)? {{1,4}}(?i:{parts})s?\b")
