"""Tests within pairs, and several tests at once: against literal twins that follow the definitions."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dualtrack.stats import holm, mcnemar_exact, signed_rank, step_down_max, veto_strikes
from dualtrack.stats.paired_tests import _limit_place
from dualtrack.terms import Reason

DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
few = st.lists(st.integers(-6, 6), min_size=1, max_size=40)


def literal_means(moved):
    return sorted((moved[i] + moved[j]) / 2 for i in range(len(moved)) for j in range(i, len(moved)))


def test_darwin_s_maize():
    """Source: scipy's documentation of the signed-rank test, p .0413; R gives the exact p .04126."""
    found = signed_rank(DARWIN)
    assert found.p == pytest.approx(0.04125977, abs=1e-8)
    means = literal_means(DARWIN)
    assert (found.interval.lower, found.interval.value, found.interval.upper) == (means[25], 25.0, means[-26])


@given(few)
def test_estimate_and_limits_are_those_of_the_sorted_means_of_two(moved):
    found, means = signed_rank(moved).interval, literal_means(moved)
    assert found.value == pytest.approx(np.median(means))
    place = _limit_place(len(moved), 0.025)
    if place < 1:
        assert found.reason is Reason.too_few_items
    else:
        assert (found.lower, found.upper) == (means[place - 1], means[-place])


@pytest.mark.parametrize("n", [5, 8, 12])
def test_the_place_of_the_limits_is_counted_over_every_pattern_of_signs(n):
    sums = np.array([sum(rank for rank, up in enumerate(signs, 1) if up) for signs in product((0, 1), repeat=n)])
    place = _limit_place(n, 0.025)
    assert (sums < place).mean() <= 0.025 < (sums < place + 1).mean()


@given(few)
def test_exchanging_the_sides_mirrors_everything(moved):
    there, back = signed_rank(moved), signed_rank([-each for each in moved])
    assert there.p == pytest.approx(back.p)
    if there.interval.defined:
        assert (there.interval.lower, there.interval.upper) == (-back.interval.upper, -back.interval.lower)


def test_no_pair_and_no_difference_are_states():
    assert signed_rank([]).p is None
    assert signed_rank([0] * 10).p == 1.0
    assert signed_rank([1, 2]).interval.reason is Reason.too_few_items


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_binomial_test_of_one_half(up, down):
    expected = stats.binomtest(up, up + down, 0.5).pvalue if up + down else 1.0
    assert mcnemar_exact(up, down) == pytest.approx(expected, abs=1e-12)
    with pytest.raises(ValueError, match="at least 0"):
        mcnemar_exact(-1, 2)


def test_the_maximum_is_sharper_than_holm_where_the_tests_go_together_and_not_where_they_do_not():
    rng = np.random.default_rng(5)
    observed = np.array([2.5, 2.4, 2.3])
    single = 2 * stats.norm.sf(observed)
    together = np.abs(np.repeat(rng.standard_normal((20_000, 1)), 3, axis=1))
    apart = np.abs(rng.standard_normal((20_000, 3)))
    assert all(np.array(step_down_max(observed, together)) < np.array(holm(single.tolist())))
    assert step_down_max(observed, together)[0] == pytest.approx(single[0], abs=0.003)
    assert step_down_max(observed, apart)[0] == pytest.approx(1 - (1 - single[0]) ** 3, abs=0.004)


def test_the_maximum_steps_down_and_never_falls():
    draws = [[0.5, 0.2, 3.0], [0.1, 2.0, 0.1], [1.1, 0.4, 0.3]]
    assert step_down_max([2.5, 1.0, 0.2], draws) == [0.5, 0.75, 0.75]
    with pytest.raises(ValueError, match="one column for each test"):
        step_down_max([1.0], [[1.0, 2.0]])
    with pytest.raises(ValueError, match="finite"):
        step_down_max([float("nan")], [[1.0]])


@given(st.floats(0, 1), st.integers(0, 3000))
def test_a_veto_strikes_more_often_with_more_cases_and_at_higher_rates(rate, n):
    assert 0 <= veto_strikes(rate, n) <= veto_strikes(rate, n + 1) <= 1
    assert veto_strikes(rate, n) <= veto_strikes(min(1, rate + 0.01), n) + 1e-12
