"""Pregnancy: does the answer say that the patient is pregnant who is not, or the other way round?

May import the checks' own ground floor.
"""

from dualtrack.checks.base import Span
from dualtrack.checks.kinds.case_facts.whose import Sentence, pattern

__all__ = ["wrong_pregnancy"]


def wrong_pregnancy(sentences: tuple[Sentence, ...], *, pregnant: bool) -> list[Span]:
    """Passages that state the opposite of the case; conditions, questions and other people do not count.

    Args:
        sentences: the answer.
        pregnant: whether the patient is.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> from dualtrack.checks.kinds.case_facts.whose import read_sentences
        >>> wrong_pregnancy(read_sentences(fold("Since you aren't pregnant, go ahead.")), pregnant=True)
        [(13, 25)]
    """
    name = "denied" if pregnant else "stated"
    return [
        sentence.place(*each.span())
        for sentence in sentences
        for each in pattern(name, "pregnancy").finditer(sentence.text)
        if sentence.about_patient(*each.span())
    ]
