"""Stated confidence: a table of answers, the scales, and what a text may not do to the reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks import CheckInput, bind, judge_one
from dualtrack.terms import Outcome, Reason, ResponseStatus
from tests.unit.checks.scoring import score, table

CASES = table("stated_confidence")
RIGHT = {"seen": 17, "held_back": 17, "later": 16, "open": 12}


def judge(text, *, language="en", confidence=None, status=ResponseStatus.answered):
    return judge_one(
        bind("m.c", "stated_confidence"), CheckInput(text, language=language, confidence=confidence, status=status)
    )


def read(text):
    judgement = judge(text)
    return judgement.reason.value if judgement.value is None else judgement.value


def is_right(row):
    return read(row["text"]) == row.get("value", row.get("reason"))


def way(row):
    return "number missed" if "value" in row else "number read where there is none"


@pytest.mark.parametrize(("half", "right"), RIGHT.items())
def test_the_measured_score_does_not_fall(half, right):
    measured = score(CASES[half], is_right, way)
    assert measured.right >= right, measured.wrong


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Confidence: 0", 0.0),
        ("Confidence: 1.0", 1.0),
        ("Confidence: 1", "unparsed"),
        ("Confidence: 100", 1.0),
        ("Confidence: 10", "unparsed"),
        ("Confidence: 0,75", 0.75),
        ("Confidence: 4/5", 0.8),
        ("Confidence: 6/5", "unparsed"),
        ("Confidence: 3/0", "unparsed"),
        ("Confidence (0-5): 4", 0.8),
        ("Confidence (1-5): 4", "unparsed"),
        ("Confidence: 0.8%", "unparsed"),
        ("Confidence: 1000", "not_stated"),
        ("Confidence: 70% (A), 20% (B)", "unparsed"),
        ("Confidence: 70%. It helps 20% of patients.", 0.7),
        ("Confidence: high (85%)", 0.85),
        ("I'm twenty-five percent sure.", 0.25),
        ("I'm 75% sure. Confidence: 0.75", 0.75),
        ("If I were 90% sure I would say so.", "not_stated"),
        ("I'm not a doctor, but I'm 80% sure.", 0.8),
        ("I can't say I'm 80% sure.", "not_stated"),
        ('Patients say "I am 90% sure it is nothing" too often.', "not_stated"),
        ("I\u2019m 9\u200b0\u00a0\uff05 sure.", 0.9),
        ("I \u0430m 90% sure", 0.9),
    ],
)
def test_scales_denials_and_hostile_characters(text, value):
    assert read(text) == value


def test_the_evidence_is_the_number_as_written():
    text = "So **I\u2019m  about 9\u200b0 %** sure."
    assert [text[start:end] for start, end in judge(text).spans] == ["about 9\u200b0 %** sure"]


def test_a_recorded_confidence_counts_before_the_text_in_any_language_and_without_a_text():
    assert judge("I am 90% sure.", confidence=0.4).value == 0.4
    assert judge("Ich bin sicher.", language="de", confidence=0.4).value == 0.4
    assert judge(None, confidence=0.4, status=ResponseStatus.withheld).value == 0.4
    assert judge(None, status=ResponseStatus.withheld).reason is Reason.withheld
    assert judge("x", confidence=1.5).reason is Reason.unparsed


def test_a_text_in_another_language_is_not_read():
    assert judge("I am 90% sure.", language="de").reason is Reason.language
    assert judge("I am 90% sure.", language=None).value == 0.9


@given(st.integers(2, 100))
def test_every_whole_per_cent_is_read(number):
    for text in (f"I am {number}% sure.", f"Confidence: {number} %", f"({number} percent confident)"):
        assert read(text) == pytest.approx(number / 100)


PIECES = [
    "i am ", "90", "%", " sure", "confidence", ": ", "my ", " is ", "(", "0-10", ")", "with ", "not ", "at least ",
    "ninety", "-", "five", " percent", "/", "out of", "\n", "*", '"', ".", "\u200b", "\u0669", "high ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=25).map("".join))
def test_no_text_stops_it_and_what_it_reads_is_a_share(text):
    judgement = judge(text)
    assert judgement.outcome in {Outcome.passed, Outcome.not_assessable}
    assert judgement.value is None or 0 <= judgement.value <= 1
    assert all(0 <= start < end <= len(text) for start, end in judgement.spans)


@pytest.mark.parametrize(
    "piece",
    [
        "i am ",
        "my confidence ",
        "confidence in a ",
        "confidence (",
        "90% sure ",
        "i with ",
        "if i am ",
        '"a b',
        "* ",
        "i ",
    ],
)
def test_hostile_text_is_read_to_its_end(piece):
    assert judge((piece * 40_000)[:80_000]).outcome in set(Outcome)


def test_a_confidence_between_two_numbers_is_stated_and_cannot_be_read():
    assert judge("Confidence: between 80 % and 95 %").reason is Reason.unparsed
