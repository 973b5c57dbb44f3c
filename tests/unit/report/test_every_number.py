"""Every number on every page of the shipped examples stands in their results folder."""

import re

import pytest

from tests.unit.report.reading import PageReader, numbers_in
from tests.unit.report.tracing import Known

STUDIES = ("cqa-eval", "real-pocqi", "thirty")
BOUND = re.compile(r"[<>]\s?\N{MINUS SIGN}?\d[\d.,]*")
"""What rounds to nothing or to all of it is printed as the nearest bound."""
PLACES = re.compile(r"\b(?:Table|Page) \d+(?:\.\d+)*")


@pytest.fixture(scope="module", params=STUDIES)
def folder(request, shipped_results):
    return shipped_results(request.param)


@pytest.fixture(scope="module")
def known(folder):
    return Known.of(folder)


def numbers_of(path):
    text = PageReader(path.read_text(encoding="utf-8")).text_alone
    return numbers_in(PLACES.sub(" ", BOUND.sub(" ", text)))


def test_every_number_on_every_page_is_one_of_the_results(folder, known):
    lost = {}
    for path in sorted(folder.glob("*.html")):
        found = numbers_of(path)
        assert found
        lost[path.name] = sorted(number for number in found if not known.holds(number))
    assert {name: numbers for name, numbers in lost.items() if numbers} == {}


def test_a_number_that_is_made_up_is_not_one_of_them(known):
    """Four decimals that no result has; and small counts of a few results are no proof, which is why both are asked."""
    made_up = [f"{n}.{n * 7919 % 10000:04d}" for n in range(101, 1101)]
    assert sum(map(known.holds, made_up)) <= 20


def test_a_changed_result_is_seen():
    known = Known([0.8312, 213], ["at most 2 %"])
    assert all(map(known.holds, ("83.1", "83", "0.83", "213", "2", "+83.12", "\N{MINUS SIGN}0.831")))
    assert not any(map(known.holds, ("83.2", "84", "214", "3", "0.84")))
