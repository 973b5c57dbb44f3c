"""Sex and age: does the answer speak of another person than the patient of the case?

May import the checks' own ground floor.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from dualtrack.checks.base import Span
from dualtrack.checks.kinds.case_facts.whose import Sentence, pattern, words_of

__all__ = ["wrong_age", "wrong_sex"]

_OTHER = {"male": "female", "female": "male"}
_PRONOUN = {
    "female": re.compile(r"\b(?:she|hers?|herself)\b"),
    "male": re.compile(r"\b(?:he|him|his|himself)\b"),
}
_EITHER = re.compile(
    r"\bhe or she\b|\bshe or he\b|\bs/he\b|\bhe/she\b|\bshe/he\b|\bhis or her\b|\bhis/her\b|\bhim or her\b"
)
_SECOND_PERSON = re.compile(r"\byou(?:r|rs|rself)?\b")
_THIRD_PERSON = re.compile(r"\b(?:he|she|him|her|his|hers|patient)\b")
_PROFESSION = re.compile(r"[a-z](?:ologist|iatrist|ician|therapist|optist)s?\b")
_WORD = re.compile(r"[a-z]+")
_YOUNGEST_IN_YEARS = 3  # below, an age is told in months as well
_OLDEST = 120
_MOST = 100  # pronouns that are marked in one sentence; bounds the time on hostile texts

_AGE = re.compile(
    r"(?P<a>\b(?:an?|another|every|any) +(?:\S{1,14} +){0,2})?"
    r"(?P<n>(?<![\d.-])\d{1,3})(?P<unit>[- ]?(?:years?|yrs?|months?)[- ](?:old|of age)\b|[- ]?y\.?/?o\b)"
    r"(?P<plural>s\b)?"
    r"|\baged? +(?P<aged>\d{1,3})\b(?! *(?:-|to|and|or|mg|kg))"
    r"|\byour age,? *\(?(?:of )?(?P<yours>\d{1,3})\b"
    r"|\b(?:being|you are|you're|he is|she is|patient is|he's|she's) +(?:only |just |now |already |still )?"
    r"(?P<bare>\d{1,3})(?=[,.;]|\s*$| and )"
    r"|\bat (?:the )?age (?:of )?(?P<at>\d{1,3})(?=,? (?:you|he|she|this patient)(?:'re|'s)?"
    r"(?! (?:will|would|had|was|were|could|may|can|should)\b))"
)
_SHORT_AGE = re.compile(r"(?<![\w.-])(?P<n>\d{1,3}) ?(?P<sex>[MF])\b(?![/.\w])")
_BOUND = re.compile(
    r"(?:\b|(?=n't))(?:over|under|older than|younger than|above|below|from|until|till|up to|between|at least|than|"
    r"before|after|by|not|n't|to|minimum|and|or|turn|nearly|almost|since|reach|for those|for people|least|at)"
    r"(?: +the)?(?: +ages?)?(?: +of)? *$"
)
_AT = re.compile(r"\bat *(?:the *)?$")
_NOW = re.compile(
    r",? *(?:you|he|she|this patient|the patient)(?:'re|'s)?(?! *(?:will|would|'ll|'d|had|was|were|could|may)\b)"
)
_TELLER = re.compile(
    r"\b(?:she|he) (?:asks?|asked|says|said|reports?|wants?|wonders?|wrote|called|calls|is asking|is worried)\b"
    r"[^.;]{0,40}\b(?:her|his) (?:husband|wife|son|daughter|partner|mother|father|child|baby|brother|sister)\b"
)
_AS_ONE = re.compile(r"\bas *$|\b(?:is|are|you're|he's|she's) *$")
_LIKE_PATIENT = re.compile(
    r" *(?:man|woman|male|female|patient|lady|gentleman|boy|girl|child)? *"
    r"(?:like (?:you|this|him|her|yours)|(?:who )?(?:presents?|presenting|presented))\b"
)
_TELLS_CASE = re.compile(
    r"[^.;]{0,60}?\b(?:presents?|presented|presenting|comes|came|attends|attended|is brought|was brought)\b"
)
_KIN = re.compile(
    r" *(?:(?P<child>daughter|son|child|grandson|granddaughter)"
    r"|mother|father|mum|dad|wife|husband|partner|brother|sister|friend|aunt|uncle|cousin)\b"
)
_ADULT = 18  # below, "your son" can be the patient
_LEAD = 40  # characters before an age in which a word that makes it a bound stands
_LEAD_OF_PRONOUN = 200  # characters before a pronoun in which the person it stands for is looked for


@dataclass(frozen=True, slots=True)
class _Age:
    """An age that a sentence states: number, whether it counts months, place, and whether it is said of a patient."""

    number: int
    in_months: bool
    span: Span
    of_patient: bool = True

    def fits(self, age_years: float) -> bool:
        if self.in_months:
            return age_years < _YOUNGEST_IN_YEARS and abs(self.number - 12 * age_years) < 1
        return self.number == int(age_years)


def wrong_age(sentences: tuple[Sentence, ...], age_years: float) -> list[Span]:
    """Passages that give the patient another age.

    Definition: "N-year-old", "N years old", "aged N", "you are N" or "58F", said of this patient; not "over N", not
    "a N-year-old" of people at large, and not in a sentence that gives the right age as well. Months count below the
    age of three.

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
    for place, sentence in enumerate(sentences):
        stated = [*_ages(sentence, age_years, opens=place == 0), *_short_ages(sentence)]
        if any(each.fits(age_years) for each in stated):
            continue
        found += [
            sentence.place(*each.span) for each in stated if each.of_patient and sentence.about_patient(*each.span)
        ]
    return found


def _ages(sentence: Sentence, age_years: float, *, opens: bool) -> Iterator[_Age]:
    """Ages in words; ``opens`` says that the sentence is the first, in which an answer tells the case again."""
    text = sentence.text
    for each in _AGE.finditer(text):
        number = int(each["n"] or each["aged"] or each["yours"] or each["bare"] or each["at"])
        lead = text[max(0, each.start() - _LEAD) : each.start()]
        by_itself = each["yours"] or each["at"] or (each["bare"] and lead.endswith("since "))
        bound = not by_itself and not _at_age(text, each, lead) and _BOUND.search(lead)
        if number > _OLDEST or each["plural"] or bound:
            continue
        kin = _KIN.match(text, each.end())
        if kin:
            of_patient = age_years < _ADULT and kin["child"] is not None
        elif each["a"]:
            tells_case = not lead.strip() and (opens or _TELLS_CASE.match(text, each.end()) is not None)
            of_patient = tells_case or _like_patient(text, lead, each.end())
        else:
            of_patient = True
        yield _Age(number, "month" in (each["unit"] or ""), each.span(), of_patient)


def _at_age(text: str, age: re.Match[str], lead: str) -> bool:
    """Whether an age after "at" is that of the one who is spoken of ("at 14 years old, he can")."""
    return _AT.search(lead) is not None and _NOW.match(text, age.end()) is not None


def _like_patient(text: str, lead: str, end: int) -> bool:
    return _AS_ONE.search(lead) is not None or _LIKE_PATIENT.match(text, end) is not None


def _short_ages(sentence: Sentence) -> Iterator[_Age]:
    for each in _SHORT_AGE.finditer(sentence.cased):
        if int(each["n"]) <= _OLDEST:
            yield _Age(int(each["n"]), in_months=False, span=each.span())


def wrong_sex(sentences: tuple[Sentence, ...], sex: str, prompt: str = "") -> list[Span]:
    """Passages that speak of the patient as of the other sex.

    Definition: "this woman", "a 60-year-old male smoker", "58F"; states that the patient cannot be in ("since you are
    pregnant"); and pronouns of the other sex, unless somebody else is there for them to stand for (in the sentence, in
    the one before, or among the kin in the prompt) or the answer speaks to the patient as "you".

    Args:
        sentences: the answer.
        sex: female or male.
        prompt: folded text of the prompt in lower case.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> from dualtrack.checks.kinds.case_facts.whose import read_sentences
        >>> wrong_sex(read_sentences(fold("This woman needs an ECG.")), "male")
        [(0, 10)]
    """
    other = _OTHER[sex]
    by_pronoun = _pronouns_count(sentences, other, prompt)
    found = []
    for sentence in sentences:
        said = [*_noun(other).finditer(sentence.text), *pattern(f"only_{other}", "sex").finditer(sentence.text)]
        said += [each for each in _SHORT_AGE.finditer(sentence.cased) if each["sex"] == other[0].upper()]
        found += [sentence.place(*each.span()) for each in said if sentence.about_patient(*each.span())]
        if by_pronoun:
            found += islice(_pronouns(sentence, other), _MOST)
    return sorted(set(found))


def _pronouns_count(sentences: tuple[Sentence, ...], other: str, prompt: str) -> bool:
    """Whether a pronoun of the other sex could only be a slip about the patient."""
    if set(words_of("sex", "kin")[other]) & set(_WORD.findall(prompt)):
        return False
    to_patient = any(_SECOND_PERSON.search(each.text) for each in sentences)
    return not to_patient or _THIRD_PERSON.search(prompt) is not None


def _pronouns(sentence: Sentence, other: str) -> Iterator[Span]:
    if _EITHER.search(sentence.text) or _TELLER.search(sentence.text) or _names_person(sentence.before):
        return
    for each in _PRONOUN[other].finditer(sentence.text):
        lead = sentence.text[max(0, each.start() - _LEAD_OF_PRONOUN) : each.start()]
        if not _names_person(lead) and sentence.about_patient(*each.span(), past_counts=True):
            yield sentence.place(*each.span())


def _names_person(text: str) -> bool:
    return _PROFESSION.search(text) is not None or not _persons().isdisjoint(_WORD.findall(text))


@cache
def _persons() -> frozenset[str]:
    return frozenset(words_of("sex", "persons").split())


@cache
def _noun(sex: str) -> re.Pattern[str]:
    """Words for a patient of that sex."""
    nouns = "|".join(words_of("sex", sex))
    polite = {"male": "gentleman", "female": "lady"}[sex]
    described = r"(?:(?!nurse|doctor)[a-z]{2,14} {1,4}){0,2}"
    age = r"(?:\d{1,3}[- ](?:year|month)s?[- ]old|\d{1,3} ?y/?o) {1,4}"
    not_staff = r"(?! (?:nurse|doctor|gp|surgeon|relative|sex|partner|condom|carer|hormones?|pattern))"
    return re.compile(
        rf"\b(?:this|our|your) {{1,4}}(?:{age})?{described}(?:{nouns})\b"
        rf"{not_staff}"
        rf"|\bthe {{1,4}}{polite}\b"
        rf"|\bthe {{1,4}}(?:{nouns}) {{1,4}}(?:in this case|in question|here|described)\b"
        rf"|\b(?:as|in|for|is|are|you're) an? {{1,4}}(?:{age})?{described}(?:{nouns})\b{not_staff}"
        rf"|\b{age}{described}(?:{nouns})\b{not_staff}"
    )
