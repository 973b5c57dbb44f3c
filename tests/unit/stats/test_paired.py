"""Score limits of a mean difference within pairs: a slow literal twin, one-way movement, and their error."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import binom, norm

from dualtrack.stats import Method, least_pairs, tango_interval, tango_lower, tango_upper
from dualtrack.terms import Reason


def literal_statistic(n_up, n_down, n_pairs, difference):
    """The score statistic with the nuisance share found by maximising the likelihood, as the paper defines it."""
    low, high = max(0.0, -difference), (1.0 - difference) / 2.0

    def minus_log_likelihood(down):
        shares = (down + difference, down, 1.0 - 2.0 * down - difference)
        counts = (n_up, n_down, n_pairs - n_up - n_down)
        return -sum(n * math.log(max(share, 1e-300)) for n, share in zip(counts, shares, strict=True) if n > 0)

    found = minimize_scalar(minus_log_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    down = min((low, found.x, high), key=minus_log_likelihood)
    variance = n_pairs * (2.0 * down + difference - difference**2)
    return (n_up - n_down - n_pairs * difference) / math.sqrt(max(variance, 1e-300))


@pytest.mark.parametrize(("n_up", "n_down", "n_pairs"), [(1, 7, 21), (5, 2, 40), (40, 20, 160), (0, 3, 30), (4, 0, 25)])
def test_the_limits_are_those_of_the_literal_definition(n_up, n_down, n_pairs):
    value, z = (n_up - n_down) / n_pairs, norm.ppf(0.975)
    upper = brentq(lambda d: literal_statistic(n_up, n_down, n_pairs, d) + z, value + 1e-9, 1 - 1e-9, xtol=1e-12)
    lower = brentq(lambda d: literal_statistic(n_up, n_down, n_pairs, d) - z, -1 + 1e-9, value - 1e-9, xtol=1e-12)
    interval = tango_interval(n_up, n_down, n_pairs)
    assert (interval.lower, interval.upper) == pytest.approx((lower, upper), abs=1e-6)
    assert interval.method == Method.tango


@pytest.mark.parametrize("n_pairs", [1, 2, 5, 13, 30])
def test_one_more_pair_up_or_one_less_down_never_lowers_a_limit(n_pairs):
    """Every table: what a gate rests on when evidence is taken away and filled at its worst."""
    limit = {
        (up, down): (tango_upper(up, down, n_pairs), tango_lower(up, down, n_pairs))
        for up in range(n_pairs + 1) for down in range(n_pairs + 1 - up)
    }  # fmt: skip
    for (up, down), found in limit.items():
        for higher in ((up + 1, down), (up, down - 1), (up + 1, down - 1)):
            if higher in limit:
                assert limit[higher][0] >= found[0] - 1e-12
                assert limit[higher][1] >= found[1] - 1e-12


shares = st.floats(0, 1)


@given(shares, shares, st.floats(1, 500), shares)
def test_fractions_of_pairs_move_one_way_too(up, down, n_pairs, step):
    n_up, n_down = up * n_pairs, down * (1 - up) * n_pairs
    more = min(n_up + step, n_pairs - n_down)
    assert tango_upper(more, n_down, n_pairs) >= tango_upper(n_up, n_down, n_pairs) - 1e-9
    less = max(n_down - step, 0.0)
    assert tango_upper(n_up, less, n_pairs) >= tango_upper(n_up, n_down, n_pairs) - 1e-9


@given(shares, shares, st.floats(0.5, 500))
def test_exchanging_the_members_of_every_pair_mirrors_the_limits_to_the_bit(up, down, n_pairs):
    n_up, n_down = up * n_pairs, down * (1 - up) * n_pairs
    there, back = tango_interval(n_up, n_down, n_pairs), tango_interval(n_down, n_up, n_pairs)
    assert (there.lower, there.upper) == (-back.upper, -back.lower)
    assert -1 <= there.lower <= there.value <= there.upper <= 1


@pytest.mark.parametrize(("n_pairs", "margin"), [(73, 0.05), (100, 0.05), (189, 0.02), (60, 0.1)])
def test_a_difference_at_the_margin_is_called_inside_in_at_most_2_6_per_cent_of_studies(n_pairs, margin):
    """Exact, over every table and several shares of pairs that go down."""
    for down in (0.0, 0.005, 0.02, 0.05, 0.15):
        up, error = down + margin, 0.0
        for n_up in range(int(binom.ppf(1 - 1e-9, n_pairs, up)) + 1):
            n_down = np.arange(min(n_pairs - n_up, int(binom.ppf(1 - 1e-9, n_pairs, down / (1 - up)))) + 1)
            chance = binom.pmf(n_up, n_pairs, up) * binom.pmf(n_down, n_pairs - n_up, down / (1 - up))
            inside = [tango_upper(n_up, int(each), n_pairs) < margin for each in n_down]
            error += float(chance[inside].sum())
        assert error <= 0.026, down


@pytest.mark.parametrize("margin", [0.01, 0.02, 0.05, 0.1, 0.3])
def test_the_least_number_of_pairs_is_the_first_that_shows_it(margin):
    n_pairs = least_pairs(margin)
    assert tango_upper(0, 0, n_pairs) <= margin < tango_upper(0, 0, n_pairs - 1)


def test_no_pair_gives_no_number_and_excludes_nothing():
    assert tango_interval(0, 0, 0).reason is Reason.no_evidence
    assert (tango_lower(0, 0, 0), tango_upper(0, 0, 0)) == (-1.0, 1.0)
    assert tango_upper(5, 0, 5) == 1.0


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((-1, 0, 5), {}), ((0, -1, 5), {}), ((4, 2, 5), {}), ((0, 0, -1), {}), ((0, 0, math.inf), {}),
        ((math.nan, 0, 5), {}), ((0, 0, 5), {"alpha": 0.0}), ((0, 0, 5), {"alpha": 0.5}),
    ],
)  # fmt: skip
def test_impossible_pairs_are_refused(arguments, options):
    with pytest.raises(ValueError, match=r"pairs|alpha"):
        tango_upper(*arguments, **options)
    with pytest.raises(ValueError, match="margin"):
        least_pairs(1.0)
