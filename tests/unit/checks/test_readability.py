"""Readability: published coefficients and counts, then the rules of counting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks import CheckInput, bind, judge_one
from dualtrack.checks.kinds.readability import automated_readability, coleman_liau
from dualtrack.terms import Outcome, Reason

# Abstract of Coleman and Liau (1975), J Appl Psychol 60(2). The npm package coleman-liau publishes its counts
# (5 sentences, 119 words, 639 letters or digits) and grade 14.53042.
COLEMAN_LIAU = (
    "Existing computer programs that measure readability are based largely upon subroutines which estimate number of "
    "syllables, usually by counting vowels. The shortcoming in estimating syllables is that it necessitates "
    "keypunching the prose into the computer. There is no need to estimate syllables since word length in letters is "
    "a better predictor of readability than word length in syllables. Therefore, a new readability formula was "
    "computed that has for its predictors letters per 100 words and sentences per 100 words. Both predictors can be "
    "counted by an optical scanning device, and thus the formula makes it economically feasible for an organization "
    "such as the U.S. Office of Education to calibrate the readability of all textbooks for the public school system."
)
# R. L. Stevenson, On Some Technical Elements of Style in Literature (1885). The npm package automated-readability
# publishes its counts (6 sentences, 151 words, 623 characters) and grade 10.585982.
STEVENSON = (
    "The rule of rhythm in prose is not so intricate. Here, too, we write in groups, or phrases, as I prefer to call "
    "them, for the prose phrase is greatly longer and is much more nonchalantly uttered than the group in verse; so "
    "that not only is there a greater interval of continuous sound between the pauses, but, for that very reason, "
    "word is linked more readily to word by a more summary enunciation. Still, the phrase is the strict analogue of "
    "the group, and successive phrases, like successive groups, must differ openly in length and rhythm. The rule of "
    "scansion in verse is to suggest no measure but the one in hand; in prose, to suggest no measure at all. Prose "
    "must be rhythmical, and it may be as much so as you will; but it must not be metrical. It may be anything, but "
    "it must not be verse."
)
# Harvard CS50, problem set "Readability": text, counts and grade to the nearest whole number.
POTTER = (
    "Harry Potter was a highly unusual boy in many ways. For one thing, he hated the summer holidays more than any "
    "other time of year. For another, he really wanted to do his homework, but was forced to do it in secret, in the "
    "dead of the night. And he also happened to be a wizard."
)
CS50 = [
    ("Congratulations! Today is your day. You're off to Great Places! You're off and away!", 65, 14, 4, 3),
    (POTTER, 214, 56, 4, 5),
]


def judge(text, **params):
    return judge_one(bind("m.c", "readability", {"min_words": 1} | params), CheckInput(text, language="en"))


def ari(characters, n_words, n_sentences):
    return 4.71 * characters / n_words + 0.5 * n_words / n_sentences - 21.43


@pytest.mark.parametrize(
    ("text", "formula", "grade"), [(COLEMAN_LIAU, "coleman_liau", 14.53042), (STEVENSON, "ari", 10.585982)]
)
def test_a_published_text_has_its_published_grade(text, formula, grade):
    assert judge(text, formula=formula).value == pytest.approx(grade, abs=5e-6)


@pytest.mark.parametrize(("text", "characters", "n_words", "n_sentences", "grade"), CS50)
def test_the_coleman_liau_grade_of_a_course_text(text, characters, n_words, n_sentences, grade):
    assert round(coleman_liau(n_characters=characters, n_words=n_words, n_sentences=n_sentences)) == grade
    assert round(judge(text, formula="coleman_liau").value) == grade


def test_the_short_coleman_liau_formula_is_the_long_one_rounded():
    """The paper estimates cloze percentage and then the grade; koRpus (R) gives both: coleman.liau, ecp and grade."""

    def long_form(letters_per_100, sentences_per_100):
        cloze = 141.8401 - 0.21459 * letters_per_100 + 1.079812 * sentences_per_100
        return -27.4004 * cloze / 100 + 23.06395

    for letters, stops in [(400, 4), (537, 4.2), (480, 8), (350, 12)]:
        short = coleman_liau(n_characters=letters, n_words=100, n_sentences=stops)
        assert short == pytest.approx(long_form(letters, stops), abs=0.01)


@pytest.mark.parametrize(
    ("text", "characters", "n_words", "n_sentences"),
    [
        ("The cat sat. The dog ran.", 18, 6, 2),
        ("Take 0.5 mg now. Then rest.", 19, 6, 2),
        ("Use aids, e.g. a stick. Ask Dr. Lee.", 23, 8, 2),
        ("Rest:\n- sleep\n- drink water\n- no work", 25, 6, 4),
        ("# Care\nRest a lot", 12, 4, 2),
        ("See https://www.nhs.uk/a.b today. Or write to a@b.org now.", 20, 6, 2),
        ("It's a well-known drug and/or food.", 26, 6, 1),
        ("Rest\u2014then walk.", 12, 3, 1),
        ("Caf\u00e9 na\u00efve.", 9, 2, 1),
        ("Re\u00adst we\u200bll.", 8, 2, 1),
        ("**Bold** _words_ | here |", 13, 3, 1),
        ("wrapped line\ngoes on. New one.", 23, 6, 2),
        ("Vitamin C. It helps. Vitamin D helps too.", 31, 8, 3),
    ],
)
def test_characters_words_and_sentences_are_counted_by_the_stated_rules(text, characters, n_words, n_sentences):
    assert judge(text).value == pytest.approx(ari(characters, n_words, n_sentences))


def test_the_limit_itself_passes():
    grade = judge(STEVENSON).value
    assert judge(STEVENSON, max_grade=grade).outcome is Outcome.passed
    above = judge(STEVENSON, max_grade=grade - 1e-9)
    assert (above.outcome, above.failure_mode) == (Outcome.failed, "reading_grade_too_high")


@pytest.mark.parametrize(("text", "floor"), [("one two three", 4), ("...", 1), ("- \n* ", 1), ("https://a.org", 1)])
def test_a_text_with_too_few_words_has_no_grade(text, floor):
    judgement = judge(text, min_words=floor)
    assert (judgement.outcome, judgement.reason) == (Outcome.not_assessable, Reason.too_short)


def test_the_default_floor_is_a_hundred_words():
    for n_words, outcome in [(99, Outcome.not_assessable), (100, Outcome.failed)]:
        text = CheckInput("extraordinary " * n_words, language="en")
        assert judge_one(bind("m.c", "readability"), text).outcome is outcome


@pytest.mark.parametrize("formula", [automated_readability, coleman_liau])
@given(n=st.integers(1, 500), s=st.integers(1, 50), c=st.integers(1, 5000), more=st.integers(1, 100))
def test_longer_words_and_fewer_sentences_never_lower_the_grade(formula, n, s, c, more):
    here = formula(n_characters=c, n_words=n, n_sentences=s)
    assert formula(n_characters=c + more, n_words=n, n_sentences=s) >= here
    assert formula(n_characters=c, n_words=n, n_sentences=s + more) <= here
