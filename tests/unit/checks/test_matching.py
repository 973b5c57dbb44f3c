"""Terms are found as whole words, whatever the capitals, signs and white space between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks.folding import fold
from dualtrack.checks.matching import Matcher, matcher


def found(text, *terms):
    folded = fold(text)
    return [(folded.text[start:end], term) for start, end, term in Matcher(terms).find(folded)]


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("Ibuprofen, IBUPROFEN.", ["ibuprofen"], [("Ibuprofen", 0), ("IBUPROFEN", 0)]),
        ("ibuprofens and ibuprofen's", ["ibuprofen"], [("ibuprofens", 0), ("ibuprofen", 0)]),
        ("preibuprofen ibuprofenx 1ibuprofen", ["ibuprofen"], []),
        ("**ibuprofen**/(paracetamol)", ["paracetamol", "ibuprofen"], [("ibuprofen", 1), ("paracetamol", 0)]),
        ("paracetamol+codeine", ["codeine"], [("codeine", 0)]),
        ("beta-blockers, beta blocker", ["beta blocker"], [("beta-blockers", 0), ("beta blocker", 0)]),
        ("co-codamol", ["co codamol"], [("co-codamol", 0)]),
        ("heart\nattack and heart  attack", ["heart attack"], [("heart\nattack", 0), ("heart  attack", 0)]),
        ("heart. Attack", ["heart attack"], []),
        ("heart\n\nattack", ["heart attack"], []),
        ("- heart\n- attack", ["heart attack"], []),
        ("heart attack", ["heart", "heart attack", "attack"], [("heart attack", 1)]),
        ("folic acid syrup", ["acid syrup", "folic acid"], [("folic acid", 1)]),
        ("go to A&E now", ["A&E", "e"], [("A&E", 0)]),
        ("ibupr\u043efen", ["ibuprofen"], [("ibuprofen", 0)]),
        ("\ud800 aspirin low dose", ["aspirin", "low dose"], [("aspirin", 0), ("low dose", 1)]),
        ("\u2022aspirin\u2192codeine", ["codeine", "aspirin"], [("aspirin", 1), ("codeine", 0)]),
        ("takes take", ["take", "takes"], [("takes", 1), ("take", 0)]),
        ("aspirin", [" ", "..."], []),
        ("", ["aspirin"], []),
        ("aspirin", [], []),
    ],
)
def test_a_text_has_these_terms(text, terms, expected):
    assert found(text, *terms) == expected


def test_of_equal_terms_the_first_counts():
    assert found("beta blocker", "beta-blocker", "Beta Blocker") == [("beta blocker", 0)]


def test_the_places_are_those_of_the_folded_text_when_white_space_moved():
    folded = fold("a  b\n low   dose aspirin  end")
    ((start, end, _),) = matcher(("low dose aspirin",)).find(folded)
    assert folded.text[start:end] == "low   dose aspirin"


def test_a_matcher_is_built_once_for_a_tuple():
    assert matcher(("a1", "b1")) is matcher(("a1", "b1"))


@given(st.text(alphabet="ab \n-.", max_size=60))
def test_matches_are_in_order_apart_and_whole_words(text):
    folded = fold(text)
    done = 0
    for start, end, _ in Matcher(("a", "ab", "a b", "b a")).find(folded):
        assert done <= start < end <= len(folded.text)
        assert not folded.text[start - 1 : start].isalnum()
        assert not folded.text[end : end + 1].isalnum()
        done = end


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("hand, foot and mouth disease", "has hand foot and mouth disease", True),
        ("hand foot and mouth disease", "has hand,\nfoot and mouth disease", True),
        ("Graves' disease", "It is Graves\u2019 disease.", True),
        ("Graves disease", "It is Graves' disease.", True),
        ("heart attack", "from the heart, attack by attack", False),
    ],
)
def test_a_list_or_a_name_with_an_apostrophe_is_found_across_its_signs(term, text, found):
    assert bool(Matcher((term,)).find(fold(text))) is found
