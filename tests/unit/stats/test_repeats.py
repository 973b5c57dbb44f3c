"""The worst of k repeats against all subsets written out, and what repeats say of each other against every pair."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.stats import repeats_alike, worst_of_repeats

TABLES = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.lists(st.integers(-1, 4), min_size=n, max_size=n), min_size=1, max_size=5)
)


def present(row):
    return [value for value in row if value != -1]


def by_enumeration(row, k):
    """The definition: the least value of every subset of k, averaged."""
    subsets = list(combinations(present(row), k))
    return sum(map(min, subsets)) / len(subsets) if subsets else -1.0


@given(table=TABLES, k=st.integers(1, 7))
def test_closed_form_is_the_mean_over_all_subsets(table, k):
    assert worst_of_repeats(table, k).tolist() == pytest.approx([by_enumeration(row, k) for row in table], abs=1e-12)


@given(table=TABLES)
def test_more_repeats_are_never_better_and_one_is_the_mean(table):
    n = len(table[0])
    worst = [worst_of_repeats(table, k) for k in range(1, n + 1)]
    for row, values in enumerate(table):
        known = present(values)
        series = [each[row] for each in worst[: len(known)]]
        assert all(later <= earlier + 1e-12 for earlier, later in pairwise(series))
        assert series[:1] == pytest.approx([np.mean(known)] if known else [])
        assert series[-1:] == pytest.approx([min(known)] if known else [])


@given(table=TABLES, k=st.integers(1, 6), data=st.data())
def test_the_order_of_repeats_does_not_matter_and_a_worse_value_never_helps(table, k, data):
    before = worst_of_repeats(table, k)
    order = data.draw(st.permutations(range(len(table[0]))))
    assert worst_of_repeats(np.array(table)[:, order], k).tolist() == before.tolist()
    lower = [[max(value - 1, 0) if value > 0 else value for value in row] for row in table]
    assert (worst_of_repeats(lower, k) <= before + 1e-12).all()


def test_many_repeats_need_no_enumeration():
    """C(200, 100) has 59 digits; the weights are ratios of whole numbers and stay exact."""
    row = [0] * 20 + [1] * 180
    expected = 1.0
    for place in range(100):
        expected *= (180 - place) / (200 - place)
    assert worst_of_repeats([row], 100)[0] == pytest.approx(expected, rel=1e-9)


@given(table=TABLES)
def test_pairs_and_squares_against_every_pair(table):
    alike = repeats_alike(table)
    for place, row in enumerate(table):
        known = present(row)
        pairs = list(combinations(known, 2))
        assert alike.n[place] == len(known)
        assert alike.pairs[place] == len(pairs)
        assert alike.same[place] == sum(a == b for a, b in pairs)
        assert alike.squares[place] == sum((a - b) ** 2 for a, b in pairs)  # n sum v^2 - (sum v)^2


@pytest.mark.parametrize(
    "call",
    [
        lambda: worst_of_repeats([[1, 0]], 0),
        lambda: worst_of_repeats([[1, -2]], 1),
        lambda: worst_of_repeats([1, 0], 1),
        lambda: worst_of_repeats([[0.5, 1.0]], 1),
        lambda: repeats_alike([[1, -2]]),
        lambda: repeats_alike([[2**31, 1]]),
    ],
)
def test_impossible_tables_are_refused(call):
    with pytest.raises(ValueError, match=r"must|too large"):
        call()
