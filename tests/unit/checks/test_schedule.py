"""How often and how long: the vocabulary of prescriptions and labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks.folding import fold
from dualtrack.checks.schedule import cue, dosing_words, schedule, times_of

OFTEN = [
    ("once daily", 1, 1),
    ("once a day", 1, 1),
    ("twice daily", 2, 2),
    ("twice-daily", 2, 2),
    ("three times a day", 3, 3),
    ("3 times daily", 3, 3),
    ("3x/day", 3, 3),
    ("up to four times a day", 0, 4),
    ("no more than twice a day", 0, 2),
    ("two to four times a day", 2, 4),
    ("four times in 24 hours", 4, 4),
    ("every 6 hours", 4, 4),
    ("every six hours", 4, 4),
    ("every 6 to 8 hours", 3, 4),
    ("every 4-6 hours", 4, 6),
    ("q8h", 3, 3),
    ("q4-6h", 4, 6),
    ("8 hourly", 3, 3),
    ("12-hourly", 2, 2),
    ("every 72 hours", 1 / 3, 1 / 3),
    ("every 3 days", 1 / 3, 1 / 3),
    ("every other day", 0.5, 0.5),
    ("on alternate days", 0.5, 0.5),
    ("weekly", 1 / 7, 1 / 7),
    ("once a week", 1 / 7, 1 / 7),
    ("every Monday", 1 / 7, 1 / 7),
    ("twice a week", 2 / 7, 2 / 7),
    ("fortnightly", 1 / 14, 1 / 14),
    ("every four weeks", 1 / 28, 1 / 28),
    ("monthly", 1 / 30.4375, 1 / 30.4375),
    ("every 3 months", 1 / 91.3125, 1 / 91.3125),
    ("od", 1, 1),
    ("o.d.", 1, 1),
    ("bd", 2, 2),
    ("b.i.d.", 2, 2),
    ("tds", 3, 3),
    ("TID", 3, 3),
    ("qds", 4, 4),
    ("q.d.s.", 4, 4),
    ("nocte", 1, 1),
    ("each morning", 1, 1),
    ("morning and night", 2, 2),
    ("in the morning and at bedtime", 2, 2),
    ("every morning before breakfast", 1, 1),
]


@pytest.mark.parametrize(("text", "low", "high"), OFTEN)
def test_how_often_is_doses_per_day(text, low, high):
    times = times_of(text)
    assert (times.low, times.high) == pytest.approx((low, high), rel=1e-6)


@pytest.mark.parametrize("text", ["", "often", "with water", "for 5 days", "after 5 minutes"])
def test_what_does_not_say_how_often_is_refused(text):
    with pytest.raises(ValueError, match="not a frequency"):
        times_of(text)


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("for 5 days", "duration", 5),
        ("for a week", "duration", 7),
        ("5/7", "duration", 5),
        ("2/52", "duration", 14),
        ("a 7-day course", "duration", 7),
        ("over 8 hours", "duration", 1 / 3),
        ("in three divided doses", "divided", 3),
        ("divided into two doses", "divided", 2),
        ("prn", "as_needed", None),
        ("when required", "as_needed", None),
        ("if you need it", "as_needed", None),
        ("stat", "once", None),
        ("leaving at least 4 hours between doses", "apart", None),
        ("repeat after 5 minutes", "apart", None),
        ("daily", "daily", None),
        ("in 24 hours", "daily", None),
        ("per day", "daily", None),
    ],
)
def test_other_words_about_time_are_told_apart(text, kind, number):
    (mark,) = schedule(text, 0, len(text))
    assert mark.kind == kind
    assert mark.number == (None if number is None else pytest.approx(number))


def test_every_pattern_of_the_data_compiles():
    for group in ("cues_before", "cues_after"):
        for name in dosing_words()[group]:
            assert cue(group, name)


PIECES = [
    "every ",
    "6",
    "-8",
    " hours",
    " times a day",
    "once ",
    "daily",
    "tds",
    "for ",
    "5/7",
    "divided",
    " in ",
    "prn",
    "\n",
]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES) | st.text(max_size=2)).map("".join))


@given(TEXTS)
def test_any_text_is_read_and_the_marks_lie_in_it(text):
    lower = fold(text).lower
    done = 0
    for mark in schedule(lower, 0, len(lower)):
        assert done <= mark.span[0] < mark.span[1] <= len(lower)
        assert mark.times is None or 0 <= mark.times.low <= mark.times.high
        done = mark.span[1]
