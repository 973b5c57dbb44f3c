"""Shrunken means: against the analysis of variance written out, and what shrinking may and may not do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.stats import shrunken_means

GROUPS = st.lists(st.tuples(st.floats(0, 1), st.floats(0.5, 200)), min_size=1, max_size=8)
VARIANCE = st.floats(0, 0.3)


def literal(values):
    """One-way analysis of variance and best linear prediction, from the single values of each group."""
    sizes = np.array([len(group) for group in values])
    means = np.array([np.mean(group) for group in values])
    whole = np.concatenate(values)
    within = sum(((np.array(group) - np.mean(group)) ** 2).sum() for group in values) / (len(whole) - len(values))
    between_square = (sizes * (means - whole.mean()) ** 2).sum() / (len(values) - 1)
    n0 = (len(whole) - (sizes**2).sum() / len(whole)) / (len(values) - 1)
    between = max(0.0, (between_square - within) / n0)
    matrix = np.diag(between + within / sizes)
    ones = np.ones(len(values))
    centre = ones @ np.linalg.solve(matrix, means) / (ones @ np.linalg.solve(matrix, ones))
    return centre + between * np.linalg.solve(matrix, means - centre), within


@given(st.lists(st.lists(st.integers(0, 10), min_size=2, max_size=6), min_size=2, max_size=5))
def test_it_is_the_best_linear_prediction_of_the_analysis_of_variance(values):
    if all(len(set(group)) == 1 for group in values):
        return  # no variance within: nothing is pulled
    expected, within = literal(values)
    found = shrunken_means([float(np.mean(group)) for group in values], [len(group) for group in values], within)
    assert found.means == pytest.approx(expected.tolist(), abs=1e-7)


@given(groups=GROUPS, variance=VARIANCE)
def test_means_are_pulled_towards_the_centre_and_never_past_it(groups, variance):
    means, sizes = zip(*groups, strict=True)
    found = shrunken_means(means, sizes, variance)
    for mean, moved in zip(means, found.means, strict=True):
        low, high = sorted((mean, found.centre))
        assert low - 1e-9 <= moved <= high + 1e-9


@given(groups=GROUPS, variance=VARIANCE)
def test_order_of_groups_does_not_matter(groups, variance):
    means, sizes = zip(*groups, strict=True)
    forward = shrunken_means(means, sizes, variance).means
    assert shrunken_means(means[::-1], sizes[::-1], variance).means[::-1] == pytest.approx(forward, abs=1e-9)


def test_the_smaller_group_is_pulled_further_than_a_larger_one_at_the_same_distance():
    found = shrunken_means([0.2, 0.8, 0.2, 0.8], [4, 40, 40, 4], 0.2)
    assert found.between_variance > 0
    assert found.means[0] > found.means[2]
    assert found.means[3] < found.means[1]


def test_one_group_keeps_its_own_mean_and_no_variance_within_keeps_all():
    assert shrunken_means([0.3], [7], 0.2).means == (0.3,)
    assert shrunken_means([0.3, 0.9], [7, 1], 0.0).means == pytest.approx((0.3, 0.9))


@pytest.mark.parametrize(
    ("means", "sizes", "variance"),
    [([], [], 0.1), ([0.5], [1, 2], 0.1), ([0.5], [0], 0.1), ([0.5], [1], -0.1), ([float("nan")], [1], 0.1)],
)
def test_impossible_groups_are_refused(means, sizes, variance):
    with pytest.raises(ValueError, match=r"need|must"):
        shrunken_means(means, sizes, variance)
