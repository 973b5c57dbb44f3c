"""Answer keys: answers with the option they choose, measured in parts, and the rules beyond the table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks import CheckInput, bind, judge_one
from dualtrack.terms import Outcome, Reason
from tests.unit.checks.scoring import score, table

CASES = table("answer_key")
OPTIONS = CASES["options"]
PIECES = (
    "The answer is ",
    "A",
    "b",
    ". ",
    "(",
    ")",
    "**",
    "\n",
    "Metformin",
    "Glipizide",
    " or ",
    "not ",
    "\u200b",
    ":",
)
HOSTILE = (
    "the answer is ",
    "the answer is metformin ",
    "a. metformin\n",
    "a, b, ",
    "metformin (a) ",
    "correct ",
    "it is ",
)


def judge(text, *, options=None, correct=None, answer=None):
    options = options or OPTIONS
    key = {"options": options, "correct": correct or next(iter(options))}
    return judge_one(bind("m.c", "answer_key"), CheckInput(text, language="en", answer=answer, reference={"key": key}))


def chosen(text, *, options=None, answer=None):
    """The option that is read, None when none is."""
    options = options or OPTIONS
    return next(
        (each for each in options if judge(text, options=options, correct=each, answer=answer).value == 1), None
    )


def is_right(row):
    return chosen(row["text"], options=row.get("options"), answer=row.get("answer")) == row["chosen"]


@pytest.mark.parametrize("half", ["seen", "held_back", "last"])
def test_the_measured_score_does_not_fall(half):
    measured = score(CASES[half], is_right)
    assert measured.right >= CASES["floors"][half], measured.wrong


@given(st.permutations(list(OPTIONS.values())), st.integers(0, 3))
def test_shuffled_options_choose_the_same_words(order, place):
    options = dict(zip("ABCD", order, strict=True))
    words, letter = order[place], "ABCD"[place]
    for text in (words, f"The answer is {letter}.", f"{letter}) {words}", f"The best drug is {words.lower()}."):
        assert chosen(text, options=options) == letter


@given(st.sampled_from(["1", "2", "3"]), st.sampled_from(["i", "ii", "iii"]))
def test_digits_and_numerals_are_letters_too(digit, numeral):
    assert chosen(f"The answer is {digit}.", options={"1": "low", "2": "high", "3": "both"}) == digit
    assert chosen(f"Answer: {numeral}", options={"i": "low", "ii": "high", "iii": "both"}) == numeral


def test_a_key_without_options_is_letters():
    key = {"key": {"correct": "C"}}
    assert judge_one(bind("m.c", "answer_key"), CheckInput("Answer: C", language="en", reference=key)).value == 1


def test_an_item_whose_key_is_no_option_is_an_error():
    with pytest.raises(ValueError, match="'F'"):
        judge("The answer is A.", correct="F")


def test_an_extracted_answer_that_cannot_be_read_leaves_it_to_the_text():
    assert chosen("The answer is B.", answer="see text") == "B"
    assert chosen("The answer is B.", answer="C") == "C"


def test_the_evidence_is_the_statement():
    text = "Well. The answer is **B**, glipizide."
    (start, end), *_ = judge(text).spans
    assert text[start:end] == "answer is **B"


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join))
def test_any_text_chooses_one_option_or_is_not_assessable(text):
    judgements = [judge(text or ".", correct=each) for each in OPTIONS]
    if any(each.outcome is Outcome.not_assessable for each in judgements):
        assert {each.reason for each in judgements} <= {Reason.unparsed, Reason.empty}
    else:
        assert [each.value for each in judgements].count(1.0) == 1


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_answers_are_judged_to_their_end(piece):
    assert judge(piece * (80_000 // len(piece))).outcome in set(Outcome)
