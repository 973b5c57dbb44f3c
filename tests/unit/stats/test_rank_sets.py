import math
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from dualtrack.stats import rank_sets, rank_shares, tie_groups
from dualtrack.stats.interval import Method

ENDLESS = math.inf


# ---------------------------------------------------------------- published values
def test_the_example_of_csranks_is_reproduced():
    """R csranks, reference page of csranks(): seq(1, 3, length = 10) with standard deviation 0.2, independent."""
    values = np.linspace(1, 3, 10)
    drawn = values + 0.2 * np.random.default_rng(20250101).normal(size=(20_000, 10))
    sets = rank_sets(values, np.full((10, 10), math.sqrt(0.08)), np.full((10, 10), ENDLESS), drawn=drawn)
    assert sets.best == (7, 6, 5, 4, 3, 2, 1, 1, 1, 1)
    assert sets.worst == (10, 10, 10, 10, 9, 8, 7, 6, 5, 4)


def test_without_steps_the_example_would_be_wider():
    """The first critical value is the studentised range over root 2, 3.163; differences of 3.143 need the second."""
    values = np.linspace(1, 3, 10)
    drawn = values + 0.2 * np.random.default_rng(20250101).normal(size=(20_000, 10))
    errors = np.full((10, 10), math.sqrt(0.08))
    sets = rank_sets(values, errors, np.full((10, 10), ENDLESS), drawn=drawn)
    first = (sets.upper - sets.lower)[0, 1] / 2 / math.sqrt(0.08)
    exact = scipy_stats.studentized_range.ppf(0.95, 10, 1e6) / math.sqrt(2)
    assert first == pytest.approx(exact, abs=0.03)
    assert first > 4 * (values[1] - values[0]) / math.sqrt(0.08)


def test_two_systems_with_t_are_a_t_test():
    """One pair: Holm at 0.05 over two ordered pairs is the two-sided t test."""
    for df, gap in ((9.0, 2.2), (9.0, 2.3), (40.0, 2.0), (40.0, 2.05)):
        sets = rank_sets([gap, 0.0], np.ones((2, 2)), np.full((2, 2), df))
        p = 2 * scipy_stats.t.sf(gap, df)
        assert sets.ahead[0, 1] == (p <= 0.05)
        assert sets.upper[0, 1] - gap == pytest.approx(scipy_stats.t.isf(0.025, df))


# ---------------------------------------------------------------- a slow literal twin
def literal_sets(values, errors, freedom, drawn, confidence):
    """The same in words of loops over pairs and draws."""
    n = len(values)
    left = [(j, k) for j in range(n) for k in range(n) if j != k]
    alpha, fewest = 1 - confidence, min(freedom[j][k] for j, k in left)
    shown = set()
    while left:
        if drawn is None:
            bound = alpha / len(left)
            found = {
                (j, k) for j, k in left
                if scipy_stats.t.sf((values[j] - values[k]) / errors[j][k], freedom[j][k]) <= bound
            }  # fmt: skip
        else:
            largest = sorted(
                max(
                    ((row[j] - values[j]) - (row[k] - values[k])) / errors[j][k] * math.sqrt(1 + 1 / freedom[j][k])
                    for j, k in left
                )
                for row in drawn
            )
            normal = largest[min(math.ceil((len(largest) + 1) * confidence), len(largest)) - 1]
            critical = max(normal, scipy_stats.t.isf(scipy_stats.norm.sf(normal), fewest))
            found = {(j, k) for j, k in left if (values[j] - values[k]) / errors[j][k] > critical}
        if not found:
            break
        shown |= found
        left = [pair for pair in left if pair not in found]
    while more := {(j, m) for j, k in shown for middle, m in shown if k == middle} - shown:
        shown |= more
    best = tuple(1 + sum((k, j) in shown for k in range(n)) for j in range(n))
    return best, tuple(n - sum((j, k) in shown for k in range(n)) for j in range(n))


@st.composite
def worlds(draw):
    n = draw(st.integers(2, 5))
    generator = np.random.default_rng(draw(st.integers(0, 10_000)))
    values = generator.integers(0, 6, n) / 5
    errors = generator.uniform(0.05, 0.5, (n, n))
    freedom = generator.uniform(5, 60, (n, n))
    errors, freedom = np.triu(errors, 1), np.triu(freedom, 1)
    drawn = values + generator.normal(size=(40, n)) * generator.uniform(0.03, 0.3)
    return values, errors + errors.T, freedom + freedom.T, drawn if draw(st.booleans()) else None


@given(worlds(), st.sampled_from([0.8, 0.9, 0.95]))
@settings(deadline=None)
def test_sets_are_those_of_the_literal_twin(world, confidence):
    values, errors, freedom, drawn = world
    sets = rank_sets(*world[:3], drawn=drawn, confidence=confidence)
    assert (sets.best, sets.worst) == literal_sets(values, errors, freedom, drawn, confidence)
    assert sets.method == (Method.holm if drawn is None else Method.max_t)


# ---------------------------------------------------------------- what always holds
@given(worlds(), st.randoms())
@settings(deadline=None)
def test_systems_in_another_order_give_the_same_sets_to_the_bit(world, chance):
    values, errors, freedom, drawn = world
    order = chance.sample(range(len(values)), len(values))
    sets = rank_sets(values, errors, freedom, drawn=drawn)
    turned = rank_sets(
        values[order],
        errors[np.ix_(order, order)],
        freedom[np.ix_(order, order)],
        drawn=None if drawn is None else drawn[:, order],
    )
    assert turned.best == tuple(sets.best[place] for place in order)
    assert turned.worst == tuple(sets.worst[place] for place in order)
    assert np.array_equal(turned.lower, sets.lower[np.ix_(order, order)])
    assert np.array_equal(turned.upper, sets.upper[np.ix_(order, order)])
    groups = tie_groups(sets.ahead)
    assert tie_groups(turned.ahead) == tuple(groups[place] for place in order)


@given(worlds())
@settings(deadline=None)
def test_sets_hold_the_point_rank_and_groups_follow_one_another(world):
    values, errors, freedom, drawn = world
    sets = rank_sets(values, errors, freedom, drawn=drawn)
    groups = tie_groups(sets.ahead)
    for j, value in enumerate(values):
        better, alike = int((values > value).sum()), int((values == value).sum())
        assert sets.best[j] <= better + 1
        assert sets.worst[j] >= better + alike
        assert all(sets.ahead[j, k] for k in range(len(values)) if groups[j] < groups[k])
    assert sorted(set(groups)) == list(range(1, max(groups) + 1))
    assert np.array_equal(sets.lower, -sets.upper.T)


@given(worlds())
@settings(deadline=None)
def test_more_confidence_never_makes_a_set_smaller(world):
    values, errors, freedom, drawn = world
    narrow, wide = (rank_sets(values, errors, freedom, drawn=drawn, confidence=level) for level in (0.8, 0.95))
    assert all(a >= b for a, b in zip(narrow.best, wide.best, strict=True))
    assert all(a <= b for a, b in zip(narrow.worst, wide.worst, strict=True))


def test_systems_that_are_the_same_are_never_told_apart():
    drawn = np.repeat(np.random.default_rng(1).normal(0.5, 0.1, (50, 1)), 3, axis=1)
    for draws in (None, drawn):
        sets = rank_sets([0.5] * 3, np.full((3, 3), 0.1), np.full((3, 3), 20.0), drawn=draws)
        assert (sets.best, sets.worst) == ((1, 1, 1), (3, 3, 3))
        assert tie_groups(sets.ahead) == (1, 1, 1)


def test_what_follows_from_two_pairs_is_shown_too():
    """The outer pair alone is too noisy, but the middle system stands between."""
    errors = np.array([[0, 0.02, 0.5], [0.02, 0, 0.02], [0.5, 0.02, 0]])
    sets = rank_sets([0.9, 0.7, 0.5], errors, np.full((3, 3), 50.0))
    assert sets.lower[0, 2] < 0
    assert (sets.best, sets.worst) == ((1, 2, 3), (1, 2, 3))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": [0.5]}, "two systems"),
        ({"values": [0.5, math.nan]}, "finite"),
        ({"standard_errors": np.zeros((2, 2))}, "above 0"),
        ({"standard_errors": [[1, 0.1], [0.2, 1]]}, "symmetric"),
        ({"standard_errors": np.full((2, 2), ENDLESS)}, "finite"),
        ({"degrees_of_freedom": np.ones((3, 3))}, "symmetric"),
        ({"drawn": np.zeros((5, 3))}, "3 systems for 2"),
        ({"drawn": np.zeros((0, 2))}, "draws"),
        ({"drawn": [[0.1, math.nan]]}, "finite"),
        ({"confidence": 1.0}, "between 0 and 1"),
    ],
)
def test_what_gives_no_sets_is_refused(change, message):
    given_ = {"values": [0.5, 0.4], "standard_errors": np.ones((2, 2)), "degrees_of_freedom": np.ones((2, 2))}
    with pytest.raises(ValueError, match=message):
        rank_sets(**(given_ | {"drawn": [[0.5, 0.4]]} | change))


# ---------------------------------------------------------------- groups and shares
@pytest.mark.parametrize(
    ("order", "groups"),
    [
        ([], (1, 1, 1)),
        ([(0, 1), (1, 2)], (1, 2, 3)),
        ([(0, 2)], (1, 1, 1)),
        ([(0, 1), (0, 2)], (1, 2, 2)),
        ([(2, 0), (2, 1), (1, 0)], (3, 2, 1)),
    ],
)
def test_groups_are_linked_by_pairs_that_are_not_told_apart(order, groups):
    ahead = np.zeros((3, 3), dtype=bool)
    for j, k in order:
        ahead[j, k] = True
    assert tie_groups(ahead) == groups


@pytest.mark.parametrize("ahead", [[[False, True]], [[False, True], [True, False]], [[True]]])
def test_what_is_no_order_has_no_groups(ahead):
    with pytest.raises(ValueError, match="order of systems"):
        tie_groups(ahead)


@given(st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=1, max_size=20))
def test_shares_are_those_of_all_orders_of_ties(draws):
    """Twin: every way to break the ties counts alike."""
    literal = np.zeros((4, 4))
    for row in draws:
        orders = [p for p in permutations(range(4)) if all(row[a] >= row[b] for a, b in pairwise(p))]
        for order in orders:
            for rank, system in enumerate(order):
                literal[system, rank] += 1 / len(orders)
    shares = rank_shares(np.array(draws) / 10)
    np.testing.assert_allclose(shares, literal / len(draws), atol=1e-12)
    np.testing.assert_allclose(shares.sum(axis=0), 1)


@pytest.mark.parametrize("drawn", [[], [0.1, 0.2], [[math.nan, 0.1]]])
def test_shares_need_draws(drawn):
    with pytest.raises(ValueError, match="draws of scores"):
        rank_shares(drawn)
