"""Sex and age: does the answer speak of another person than the patient of the case?

May import the checks' own ground floor.
"""

import re
from collections.abc import Iterator
from functools import cache

from dualtrack.checks.base import Span
from dualtrack.checks.kinds.case_facts.whose import Sentence, pattern, words_of

__all__ = ["wrong_age", "wrong_pregnancy", "wrong_sex"]

_OTHER = {"male": "female", "female": "male"}
_PRONOUN = {
    "female": re.compile(r"\b(?:she|hers?|herself)\b"),
    "male": re.compile(r"\b(?:he|him|his|himself)\b"),
}
_EITHER = re.compile(r"\bhe or she\b|\bshe or he\b|\bs/he\b|\bhe/she\b|\bshe/he\b|\bhis or her\b|\bhis/her\b|\bhim or her\b")
_SECOND_PERSON = re.compile(r"\byou(?:r|rs|rself)?\b")
_THIRD_PERSON = re.compile(r"\b(?:he|she|him|her|his|hers|patient)\b")
_WORD = re.compile(r"[a-z]+")
_YOUNGEST_IN_YEARS = 3  # below, an age is told in months as well
_OLDEST = 120

_AGE = re.compile(
    r"(?P<a>\b(?:an?|another|every|any) +(?:\S{1,14} +){0,2})?"
    r"(?P<n>(?<![\d.-])\d{1,3})(?P<unit>[- ]?(?:years?|yrs?|months?)[- ](?:old|of age)\b|[- ]?y\.?/?o\b)(?P<plural>s\b)?"
    r"|\baged? +(?P<aged>\d{1,3})\b(?! *(?:-|to|and|or|mg|kg))"
    r"|\b(?:you are|you're|he is|she is|patient is|he's|she's) +(?P<bare>\d{1,3})(?=[,.;]|\s*$| and )"
)
_SHORT_AGE = re.compile(r"(?<![\w.-])(?P<n>\d{1,3}) ?(?P<sex>[MF])\b(?![/.\w])")
_BOUND = re.compile(
    r"\b(?:over|under|older than|younger than|above|below|from|until|till|up to|between|at least|than|before|after|by|"
    r"to|minimum|and|or|turn|nearly|almost|since|reach|for those|for people|least|at)(?: +the)?(?: +ages?)?(?: +of)? *$"
)
_LIKE_PATIENT = re.compile(r"\blike (?:you|this|him|her|yours)\b|\bas (?:an?)? *$|\b(?:presents?|presenting|presented)\b")


def wrong_age(sentences: tuple[Sentence, ...], age_years: float) -> list[Span]:
    """Passages that give the patient another age.

    Definition: "N-year-old", "N years old", "aged N", "you are N" or "58F", said of this patient; not "over N", not
    "a N-year-old" of people at large, and not in a sentence that gives the right age as well. Months count where the
    patient is a baby or is far from being one.

    Args:
        sentences: the answer.
        age_years: age of the patient, in years.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> from dualtrack.checks.kinds.case_facts.whose import read_sentences
        >>> wrong_age(read_sentences(fold("You are 43. Women over 50 are screened.")), 34)
        [(0, 10)]
    """
    found = []
    for sentence in sentences:
        stated = [*_stated_ages(sentence), *_short_ages(sentence)]
        if any(_same_age(years, months, age_years) for years, months, _ in stated):
            continue
        found += [sentence.place(*span) for _, _, span in stated if sentence.about_patient(*span)]
    return found


def _same_age(number: int, in_months: bool, age_years: float) -> bool:
    if in_months:
        return age_years < _YOUNGEST_IN_YEARS and abs(number - 12 * age_years) < 1
    return number == int(age_years)


def _stated_ages(sentence: Sentence) -> Iterator[tuple[int, bool, Span]]:
    """Number, whether it counts months, and place of each age that could be a patient's."""
    for each in _AGE.finditer(sentence.text):
        number = int(each["n"] or each["aged"] or each["bare"])
        lead = sentence.text[max(0, each.start() - 40) : each.start()]
        if number > _OLDEST or each["plural"] or _BOUND.search(lead):
            continue
        if each["a"] and not (_LIKE_PATIENT.search(lead) or _LIKE_PATIENT.search(sentence.text, each.end())):
            if number:  # kept apart: it is an age, so that the right one still excuses the sentence
                yield from _excuses(number, each)
            continue
        yield number, "month" in (each["unit"] or ""), each.span()


def _excuses(number: int, each: re.Match[str]) -> Iterator[tuple[int, bool, Span]]:
    """Nothing: an age of people at large is no statement about the patient."""
    yield from ()


def _short_ages(sentence: Sentence) -> Iterator[tuple[int, bool, Span]]:
    for each in _SHORT_AGE.finditer(sentence.cased):
        if int(each["n"]) <= _OLDEST:
            yield int(each["n"]), False, each.span()
