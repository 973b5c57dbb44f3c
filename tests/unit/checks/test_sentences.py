"""Sentences by the stated rules."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks.folding import fold
from dualtrack.checks.sentences import sentences, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Really?! Yes... No", ["Really?!", "Yes...", "No"]),
        ('He said "stop." She did.', ['He said "stop."', "She did."]),
        ("**Rest.** Then walk.", ["**Rest.**", "Then walk."]),
        ("Take 0.5 mg. Then 1.5 ml.", ["Take 0.5 mg.", "Then 1.5 ml."]),
        ("Give 5 mg. per kg twice.", ["Give 5 mg. per kg twice."]),
        ("Use an NSAID, e.g. ibuprofen, i.e. not opioids.", ["Use an NSAID, e.g. ibuprofen, i.e. not opioids."]),
        ("See Dr. Lee vs. Mr. Ray.", ["See Dr. Lee vs. Mr. Ray."]),
        ("Tea, juice, etc. It helps.", ["Tea, juice, etc.", "It helps."]),
        ("Tea, juice, etc. are fine.", ["Tea, juice, etc. are fine."]),
        ("At 8 p.m. Take it b.i.d. with food.", ["At 8 p.m.", "Take it b.i.d. with food."]),
        ("The U.S. Office said so. J. Smith agreed.", ["The U.S. Office said so.", "J. Smith agreed."]),
        ("Common in the U.S. The rate is low.", ["Common in the U.S.", "The rate is low."]),
        ("Take vitamin C. Rest.", ["Take vitamin C.", "Rest."]),
        ("Is it safe? No. It is not.", ["Is it safe?", "No.", "It is not."]),
        ("See Fig. 2 and No. 5 of Jan. 2020.", ["See Fig. 2 and No. 5 of Jan. 2020."]),
        ("See www.nhs.uk. Or call.", ["See www.nhs.uk.", "Or call."]),
        ("Do:\n- rest\n* drink\n1. eat\n2) sleep", ["Do:", "rest", "drink", "eat", "sleep"]),
        ("# Care\nRest well", ["Care", "Rest well"]),
        ("a wrapped line\ngoes on here.\nNew one", ["a wrapped line\ngoes on here.", "New one"]),
        ("one\n\ntwo", ["one", "two"]),
        ("| Drug | Dose |\n|---|---|\n| A | 5 mg |", ["| Drug | Dose |", "| A | 5 mg |"]),
        ("...\n---\n***", []),
        ("", []),
        (" \n\t\n", []),
    ],
)
def test_a_text_is_cut_into_these_sentences(text, expected):
    assert [text[start:end] for start, end in sentences(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("and/or 1-2 don't", ["and/or", "1-2", "don't"]),
        ("a - b / c | *", ["a", "b", "c"]),
        ("mail a@b.org or https://x.org/y www.x.org", ["mail", "or"]),
        ("8@9 am", ["am"]),
    ],
)
def test_words_are_runs_with_a_letter_or_digit_and_no_address(text, expected):
    assert words(text) == expected


@given(st.text(alphabet="aA1 .!?\n-*\"'|#()", max_size=200))
def test_sentences_are_in_order_apart_and_leave_out_nothing_but_markers(text):
    text = fold(text).text
    spans = sentences(text)
    assert all(start < end for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    gaps = zip([(0, 0), *spans], [*spans, (len(text), len(text))], strict=True)
    outside = "".join(text[end:start] for (_, end), (start, _) in gaps)
    n_lines = text.count("\n") + 1
    assert sum(char.isalnum() for char in outside) <= 3 * n_lines  # list markers such as "11." alone
