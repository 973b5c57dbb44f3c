"""Allergies: does the answer deny one that the case records?

May import the checks' own ground floor.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from dualtrack.checks.base import Span
from dualtrack.checks.folding import fold
from dualtrack.checks.kinds.case_facts.whose import Sentence, pattern, words_of

__all__ = ["denied_allergies"]

_LEAD = 60  # characters before a denial in which a word that doubts it stands
_DRUGS = frozenset({"drug", "medication", "medicine", "kda"})


def denied_allergies(sentences: tuple[Sentence, ...], allergens: tuple[str, ...]) -> list[Span]:
    """Passages that deny a recorded allergy.

    Definition: "not allergic to X", "no X allergy", or a denial of all ("no known drug allergies", "NKDA"), said of
    this patient, in a sentence that does not except anything or affirm the allergy. A denial of all drug allergies
    denies no allergy to latex or food, one of food allergies none to a drug.

    Args:
        sentences: the answer.
        allergens: what the case records.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> from dualtrack.checks.kinds.case_facts.whose import read_sentences
        >>> denied_allergies(read_sentences(fold("NKDA. Start amoxicillin.")), ("penicillin",))
        [(0, 4)]
    """
    named = tuple(fold(each).lower for each in allergens)
    return sorted({place for sentence in sentences for place in _denials(sentence, named)})


def _denials(sentence: Sentence, allergens: tuple[str, ...]) -> Iterator[Span]:
    found = [each for allergen in allergens for each in _about("denied_one", allergen).finditer(sentence.text)]
    if not pattern("except", "allergies").search(sentence.text) and not _affirms(sentence.text, allergens):
        found += [
            each
            for each in pattern("denied_all", "allergies").finditer(sentence.text)
            if any(_is_meant(_kind(each), allergen) for allergen in allergens)
        ]
    for each in found:
        doubted = pattern("doubted", "allergies").search(sentence.text, max(0, each.start() - _LEAD), each.start())
        if doubted is None and sentence.about_patient(*each.span()):
            yield sentence.place(*each.span())


def _kind(denial: re.Match[str]) -> str | None:
    """The kind of allergies that a denial is about: the words between "no" and "allergies"."""
    return next((word for word in denial.groups() if word is not None), None)


def _is_meant(kind: str | None, allergen: str) -> bool:
    """Whether a denial of one kind of allergies, or of all, covers an allergen."""
    drug = not set(allergen.split()) & set(words_of("allergies", "not_a_drug"))
    if kind in _DRUGS:
        return drug
    return kind is None or not drug


def _affirms(text: str, allergens: tuple[str, ...]) -> bool:
    return any(_about("affirmed", allergen).search(text) for allergen in allergens)


@lru_cache(maxsize=512)
def _about(name: str, allergen: str) -> re.Pattern[str]:
    """All phrases of one list about one allergen as one expression."""
    phrases: list[str] = words_of("allergies", "patterns")[name]
    joined = "|".join(f"(?:{each})" for each in phrases)
    spaced = joined.replace("(?<!no )(?<!not )", "\0").replace(" ", " {1,4}").replace("\0", "(?<!no )(?<!not )")
    return re.compile(spaced.replace("{allergen}", f"{re.escape(allergen.removesuffix('s'))}s?"))
