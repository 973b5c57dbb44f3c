"""Check kind ``readability``: the school grade of an English text by a formula on characters, words and sentences.

Why these formulas: the better known ones count syllables, which no program counts exactly in English. These two are
exact arithmetic on things that can be counted. May import errors, terms and the checks' own ground floor.
"""

from typing import Annotated, Literal

from pydantic import Field

from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, FailureMode, Judgement
from dualtrack.checks.folding import fold
from dualtrack.checks.sentences import sentences, words
from dualtrack.terms import Outcome, Reason

__all__ = ["KIND", "ReadabilityParams", "automated_readability", "coleman_liau"]


class ReadabilityParams(CheckParams):
    """Which formula, the highest grade that passes, and the shortest text that is judged."""

    formula: Literal["ari", "coleman_liau"] = Field(
        default="ari", description="ari: Automated Readability Index. coleman_liau: Coleman-Liau index."
    )
    max_grade: Annotated[float, Field(ge=1, le=20)] = Field(
        default=8.0,
        description="Highest United States school grade that passes. Health organisations ask for material for "
        "patients at grade six to eight (Badarudeen and Sabharwal 2010, doi 10.1007/s11999-010-1401-y).",
    )
    min_words: Annotated[int, Field(ge=1)] = Field(
        default=100,
        description="Fewer words are not judged: both formulas were fitted to longer passages, and one long word "
        "moves the grade of a short text by several years.",
    )


def automated_readability(*, n_characters: int, n_words: int, n_sentences: int) -> float:
    """Automated Readability Index: the United States school grade that a text asks for.

    Definition: 4.71 characters / words + 0.5 words / sentences - 21.43. No range; about 1 to 14 for usual texts,
    lower is easier.

    Args:
        n_characters: letters and digits.
        n_words: words, at least 1.
        n_sentences: sentences, at least 1.

    Raises:
        ZeroDivisionError: no word or no sentence; there is no grade then.

    Example:
        >>> round(automated_readability(n_characters=623, n_words=151, n_sentences=6), 6)
        10.585982

    Source: Smith and Senter (1967), Automated Readability Index, AMRL-TR-66-220, Aerospace Medical Research
        Laboratories.
    """
    return 4.71 * (n_characters / n_words) + 0.5 * (n_words / n_sentences) - 21.43


def coleman_liau(*, n_characters: int, n_words: int, n_sentences: int) -> float:
    """Coleman-Liau index: the United States school grade that a text asks for.

    Definition: 0.0588 L - 0.296 S - 15.8, L characters and S sentences per 100 words. No range; about 1 to 16 for
    usual texts, lower is easier.

    Args:
        n_characters: letters and digits.
        n_words: words, at least 1.
        n_sentences: sentences.

    Raises:
        ZeroDivisionError: no word; there is no grade then.

    Example:
        >>> round(coleman_liau(n_characters=639, n_words=119, n_sentences=5), 5)
        14.53042

    Source: Coleman and Liau (1975), A computer readability formula designed for machine scoring, Journal of Applied
        Psychology 60(2), 283-284, doi 10.1037/h0076540.
    """
    return 0.0588 * (100 * n_characters / n_words) - 0.296 * (100 * n_sentences / n_words) - 15.8


def judge(given: CheckInput, params: ReadabilityParams) -> Judgement:
    """Pass when the grade is at most ``max_grade``; the value is the grade.

    Definition: sentences by the rules of ``dualtrack.checks.sentences`` (list lines, headings and table rows are
    sentences; decimals and abbreviations end none). A word is a run of characters without white space that has a
    letter or a digit, so "and/or", "1-2" and "don't" are one word each; web and e-mail addresses are left out; an em
    dash divides words. Characters are the letters and digits of the words.

    Undefined when: fewer than ``min_words`` words (``too_short``).

    Example:
        >>> easy = "The cat sat on the mat. It was a big red mat. The dog ran to it."
        >>> round(judge(CheckInput(easy), ReadabilityParams(min_words=10)).value, 2)
        -6.13
    """
    text = fold(given.text or "").text
    spans = sentences(text)
    counted = [word for start, end in spans for word in words(text, start, end)]
    if len(counted) < params.min_words:
        return Judgement.undecided(Reason.too_short)
    n_characters = sum(sum(map(str.isalnum, word)) for word in counted)
    formula = automated_readability if params.formula == "ari" else coleman_liau
    grade = formula(n_characters=n_characters, n_words=len(counted), n_sentences=len(spans))
    if grade <= params.max_grade:
        return Judgement(Outcome.passed, value=grade)
    return Judgement(Outcome.failed, value=grade, failure_mode="reading_grade_too_high")


_EASY = "Drink water. Rest in bed. Call us if you feel worse. Do not take more than two tablets a day. "
_HARD = (
    "Pharmacological thromboprophylaxis substantially diminishes postoperative thromboembolic complications in "
    "immobilised individuals, notwithstanding contraindications necessitating individualised haematological "
    "consideration. "
)

KIND = CheckKind(
    name="readability",
    version=1,
    title="Reading grade of the answer",
    claim="The value is the United States school grade that a published formula gives for the length of the words "
    "and sentences.",
    blind_spots=(
        "Short words can be jargon and long words can be plain: the formula sees length, not meaning.",
        "Order, layout, tone and whether the reader understands are for people to judge.",
        "Lists raise the number of sentences and so lower the grade.",
        "A formula of another name gives another grade for the same text; compare only within one formula.",
    ),
    unit="United States school grade, lower is easier",
    params=ReadabilityParams,
    judge=judge,
    failure_modes=(
        FailureMode("reading_grade_too_high", "commission", "The answer asks for a higher reading grade than allowed"),
    ),
    examples=(
        Example(_EASY * 6, Outcome.passed, "Short words in short sentences.", value=-2.445),
        Example(
            _HARD * 8,
            Outcome.failed,
            "Long words in one long sentence, over and over.",
            failure_mode="reading_grade_too_high",
        ),
        Example(_EASY, Outcome.not_assessable, "Twenty words are too few.", reason=Reason.too_short),
    ),
    languages=("en",),
)
