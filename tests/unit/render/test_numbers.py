"""Numbers as text: no false certainty, bounds like their estimate, one format for one value."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.render import numbers

shares = st.floats(min_value=0, max_value=1, allow_nan=False)
differences = st.floats(min_value=-1, max_value=1, allow_nan=False)


def spaced(text):
    """The text as expected values write it: with plain spaces and hyphens."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize(
    ("share", "n", "expected"),
    [
        (0, 40, "0 %"),
        (0.0, 4000, "0 %"),
        (1, 40, "100 %"),
        (0.004, 40, "<1 %"),
        (0.0004, 4000, "<0.1 %"),
        (0.9996, 4000, ">99 %"),
        (0.996, 40, ">99 %"),
        (0.0704, 213, "7.0 %"),
        (0.0704, 99, "7 %"),
        (0.0704, None, "7.0 %"),
        (0.0999, 213, "10.0 %"),
        (0.1, 213, "10 %"),
        (0.125, 8, "13 %"),
        (0.835, 200, "84 %"),
        (0.0005, 4000, "0.1 %"),
    ],
)
def test_a_percentage_has_the_decimals_its_denominator_allows_and_is_whole_only_when_exact(share, n, expected):
    assert spaced(numbers.percent(share, n=n)) == expected


@given(shares, st.integers(min_value=0, max_value=3))
def test_none_and_all_are_printed_only_when_exact(share, decimals):
    for text in (
        numbers.percent(share, decimals=decimals),
        numbers.index(share, decimals=decimals),
        numbers.percent_span(share, share, decimals=decimals).split(" to ")[0],
    ):
        figure = text.removesuffix(f"{numbers.SPACE}%")
        assert (Decimal(figure) == 0) == (share == 0) if figure[0] not in "<>" else 0 < share < 1
        assert (figure == "100") == (share == 1)


@given(shares, shares, st.integers(min_value=0, max_value=3))
def test_bounds_have_the_decimals_of_their_estimate(lower, upper, decimals):
    for text in (numbers.percent_span(lower, upper, decimals=decimals), numbers.index_span(lower, upper)):
        places = {len(found) for found in re.findall(r"\d+(?:\.(\d+))?", text) if found}
        whole = re.fullmatch(r"(0|100) to (0|100).*", text)
        assert whole or places <= {decimals if "%" in text else numbers.INDEX_DECIMALS}


@given(shares, shares)
def test_a_number_read_against_a_limit_looks_equal_to_it_only_when_it_is(share, limit):
    text = numbers.percent_against(share, limit)
    decimals = len(text.partition(".")[2].removesuffix(f"{numbers.SPACE}%")) if "." in text else 0
    same = text == numbers.percent(limit, decimals=decimals)
    assert not same or abs(share - limit) < 10 ** (-2 - numbers.MOST_DECIMALS) + 1e-15


@pytest.mark.parametrize(
    ("share", "limit", "expected"),
    [
        (0.0203, 0.02, "2.03 %"),
        (0.0881, 0.02, "8.8 %"),
        (0.02, 0.02, "2.0 %"),
        (0.8001, 0.8, "80.01 %"),
        (0.4, 0.8, "40 %"),
    ],
)
def test_a_limit_gets_the_decimals_that_tell_it_from_the_value(share, limit, expected):
    assert spaced(numbers.percent_against(share, limit)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0342, "+3.4"),
        (-0.12, "-12.0"),
        (0, "0"),
        (-0.0, "0"),
        (0.0004, "+0.04"),
        (-0.000001, "-0.000"),
        (1, "+100.0"),
    ],
)
def test_a_difference_has_a_sign_and_is_no_false_zero(value, expected):
    assert spaced(numbers.difference(value)) == expected


@given(differences)
def test_a_difference_carries_the_sign_of_its_value(value):
    first = numbers.difference(value)[0]
    assert first == ("0" if value == 0 else "+" if value > 0 else numbers.MINUS)


def test_a_bound_beside_zero_keeps_its_side():
    assert spaced(numbers.difference_span(-0.0002, 0.0002)) == "-0.0 to +0.0"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (numbers.count(1234567), "1,234,567"),
        (numbers.count_of(3, 1200), "3/1,200"),
        (numbers.index(0.8342), "83.4"),
        (numbers.plain(0.0916), "0.092"),
        (numbers.plain_span(-0.5, 1234.5, decimals=1), "-0.5 to 1,234.5"),
        (numbers.level(0.25), "0.25"),
        (numbers.level(5.0), "5"),
        (numbers.level(100), "100"),
        (numbers.hundredths(0.29), "29"),
        (numbers.exact_percent(0.975), "97.5 %"),
        (numbers.numeral(20250101), "20250101"),
    ],
)
def test_settings_and_counts_are_printed_as_they_are(text, expected):
    assert spaced(text) == expected


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("form", [numbers.percent, numbers.index, numbers.difference, numbers.plain, numbers.level])
def test_what_is_not_finite_has_no_text(form, value):
    with pytest.raises(ValueError, match="only a finite number"):
        form(value)
