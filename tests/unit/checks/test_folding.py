"""Nothing hides a phrase from a check, and evidence is marked in the text as given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("plain text\n\tas is", "plain text\n\tas is"),
        ("I\u2019m \u201cfine\u201d", 'I\'m "fine"'),
        ("\uff34\uff41\uff4b\uff45 \u2460", "Take 1"),
        ("ibu\u200bpro\u00adfen\ufeff", "ibuprofen"),
        ("\u202eibuprofen\u202c", "ibuprofen"),
        ("ibu\x00pro\x07fen", "ibuprofen"),
        ("na\u00efve cafe\u0301", "naive cafe"),
        ("10\u201320 \u2212 5", "10-20 - 5"),
        ("rest\u2014then call", "rest - then call"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\u0660\u0661\u0662 \u09e7", "012 1"),
        ("a\u00a0b\u3000c", "a b c"),
        ("\ufb01rst \u00bd", "first 1/2"),
        ("\u0456buprofen \u0440\u0430racetamol", "ibuprofen paracetamol"),
        ("\u03b2-blocker \u03bcg", "\u03b2-blocker \u03bcg"),
        ("\u043f\u0430\u0440\u0430", "\u043f\u0430\u0440\u0430"),
        ("\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627"),
        ("\ufdfa", "\ufdfa"),
        ("", ""),
    ],
)
def test_a_text_is_folded_to_what_patterns_match(text, folded):
    assert fold(text).text == folded


@pytest.mark.parametrize(
    ("text", "word", "original"),
    [
        ("take ibu\u200bprofen now", "ibuprofen", "ibu\u200bprofen"),
        ("\u2014\u2014ibuprofen", "ibuprofen", "ibuprofen"),
        ("\ufb01rst", "first", "\ufb01rst"),
        ("\u0661\u0662\u0663", "123", "\u0661\u0662\u0663"),
        ("a\r\nibuprofen", "ibuprofen", "ibuprofen"),
        ("plain ibuprofen", "ibuprofen", "ibuprofen"),
    ],
)
def test_a_match_leads_back_to_the_text_as_given(text, word, original):
    folded = fold(text)
    at = folded.text.index(word)
    start, end = folded.span(at, at + len(word))
    assert text[start:end] == original


def test_no_folded_character_grows_in_lower_case():
    grows = [chr(code) for code in range(0x110000) if len(chr(code).lower()) > 1]
    assert grows == ["\u0130"]
    assert fold("\u0130STANBUL").lower == "istanbul"


@given(st.text())
def test_any_text_folds_with_a_way_back_for_every_character(text):
    folded = fold(text)
    spans = [folded.span(index, index + 1) for index in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    assert len(folded.lower) == len(folded.text)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_ascii_is_left_alone(text):
    assert fold(text).text == text


def test_lone_surrogates_do_not_stop_it():
    assert fold("a\ud800b").text == "a\ud800b"
