import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.stats import (
    Method,
    difference_interval,
    linearised_difference,
    linearised_ratio,
    resampled_scores,
    resampling_weights,
    weighted_score,
)
from dualtrack.terms import Reason


# ---------------------------------------------------------------- resampled
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=200), st.floats(0.5, 0.99))
def test_limits_are_quantiles_and_swapping_systems_mirrors_them_to_the_bit(pairs, confidence):
    a, b = np.array(pairs).T
    interval = difference_interval(a, b, confidence=confidence)
    swapped = difference_interval(b, a, confidence=confidence)
    tail = (1 - confidence) / 2
    assert (interval.lower, interval.upper) == pytest.approx(np.quantile(a - b, [tail, 1 - tail]), abs=1e-12)
    assert (swapped.lower, swapped.upper) == (-interval.upper, -interval.lower)
    assert interval.method == Method.resampled


def test_the_point_difference_is_carried_and_not_computed():
    assert difference_interval([0.4, 0.6], [0.1, 0.2]).value is None
    assert difference_interval([0.4, 0.6], [0.1, 0.2], value=0.33).value == 0.33


@pytest.mark.parametrize(
    ("n_undefined", "reason"),
    [(0, None), (10, None), (11, Reason.too_few_clusters), (1000, Reason.no_evidence)],
)
def test_more_than_1_percent_undefined_draws_leave_no_limits(n_undefined, reason):
    defined = np.arange(1000) >= n_undefined
    draws = np.where(defined, np.linspace(0.4, 0.6, 1000), math.nan)  # what is not defined is never read
    interval = difference_interval(draws, np.zeros(1000), defined=defined)
    assert interval.reason == reason
    assert interval.defined == (reason is None)


@pytest.mark.parametrize(
    ("a", "b", "defined", "message"),
    [
        ([], [], None, "one length"),
        ([1.0], [1.0, 2.0], None, "one length"),
        ([1.0], [1.0], [True, True], "one length"),
        ([[1.0]], [[1.0]], None, "one length"),
        ([math.nan], [1.0], None, "finite"),
    ],
)
def test_impossible_draws_are_refused(a, b, defined, message):
    with pytest.raises(ValueError, match=message):
        difference_interval(a, b, defined=defined)


# ---------------------------------------------------------------- linearised
@st.composite
def two_systems(draw):
    shape = 2, draw(st.integers(1, 3)), draw(st.integers(1, 14))
    counts = np.array([draw(st.integers(0, 3)) for _ in range(math.prod(shape))]).reshape(shape)
    sums = np.array([draw(st.integers(0, 10 * int(n))) for n in counts.ravel()]).reshape(shape)
    return sums, counts, draw(st.lists(st.integers(0, 4), min_size=shape[1], max_size=shape[1]))


@given(two_systems())
def test_swapping_systems_mirrors_the_interval_to_the_bit(data):
    sums, counts, weights = data
    interval = linearised_difference(sums, counts, weights, scale=10)
    swapped = linearised_difference(sums[::-1], counts[::-1], weights, scale=10)
    assert swapped.reason == interval.reason
    assert swapped.value == (None if interval.value is None else -interval.value)
    if interval.defined:
        assert (swapped.lower, swapped.upper) == (-interval.upper, -interval.lower)
        assert interval.lower <= interval.value <= interval.upper
        assert interval.lower < interval.upper


@given(two_systems())
def test_value_is_the_difference_of_the_two_scores(data):
    sums, counts, weights = data
    difference = linearised_difference(sums, counts, weights, scale=10).value
    if difference is not None:
        a, b = (weighted_score(sums[s], counts[s], weights, scale=10).interval.value for s in (0, 1))
        assert difference == pytest.approx(a - b, abs=1e-12)


def test_one_metric_with_one_case_per_cluster_is_the_paired_t_interval():
    generator = np.random.default_rng(2)
    a, b = generator.integers(0, 11, (2, 20))
    ones = np.ones((2, 1, 20), dtype=np.int64)
    interval = linearised_difference(np.array([[a], [b]]), ones, [1], scale=10)
    paired = linearised_ratio(a - b, [1] * 20, scale=10, bounds=(-1.0, 1.0))
    assert interval.value == pytest.approx(paired.value, abs=1e-15)
    assert (interval.lower, interval.upper) == pytest.approx((paired.lower, paired.upper), rel=1e-12)


def test_pairing_keeps_out_what_the_systems_share():
    generator = np.random.default_rng(5)
    hardness = generator.integers(0, 60, 25)
    sums = np.array([[hardness + generator.integers(0, 30, 25)], [hardness + generator.integers(0, 30, 25)]])
    counts = np.full((2, 1, 25), 10)
    paired = linearised_difference(sums, counts, [1], scale=10)
    alone = [linearised_ratio(sums[s, 0], counts[s, 0], scale=10).standard_error for s in (0, 1)]
    assert paired.standard_error < 0.7 * math.hypot(*alone)


def test_linearised_and_resampled_limits_agree_with_many_clusters():
    generator = np.random.default_rng(8)
    counts = np.full((2, 2, 80), 6)
    sums = generator.binomial(counts, generator.beta(3, 2, (1, 2, 80)))
    linearised = linearised_difference(sums, counts, [2, 1])
    scores = resampled_scores(resampling_weights(80, resamples=4000, seed=1), sums, counts, [2, 1]).scores
    resampled = difference_interval(scores[:, 0], scores[:, 1])
    width = linearised.upper - linearised.lower
    assert resampled.upper - resampled.lower == pytest.approx(width, rel=0.08)


@pytest.mark.parametrize("copies", [1, 3, 7])
def test_equal_systems_do_not_get_an_interval_of_width_0(copies):
    sums, counts = np.array([[3, 1, 4, 1, 5, 0, 2, 5, 3, 5]]), np.full((1, 10), 5)
    interval = linearised_difference(np.stack([copies * sums, sums]), np.stack([copies * counts, counts]), [1])
    assert interval.value == 0.0
    assert interval.method == Method.linearised_pseudo_cases
    assert interval.upper == -interval.lower > 0.1


def test_a_system_without_variation_adds_its_pseudo_cases():
    perfect, mixed = [1] * 10, [1, 0, 1, 1, 0, 1, 1, 0, 1, 1]
    counts = np.ones((2, 1, 10), dtype=np.int64)
    interval = linearised_difference([[perfect], [mixed]], counts, [1])
    own = [linearised_ratio(row, [1] * 10).standard_error for row in (perfect, mixed)]
    assert interval.standard_error == pytest.approx(math.hypot(*own), rel=1e-12)
    assert interval.method == Method.linearised_pseudo_cases


@pytest.mark.parametrize(
    ("present", "weights", "reason"),
    [
        ([[0, 0], [0, 0]], [1, 1], Reason.no_evidence),
        ([[1, 1], [1, 0]], [1, 1], Reason.no_overlap),
        ([[1, 1], [1, 0]], [1, 0], None),
        ([[1, 0], [1, 0]], [1, 1], None),
        ([[1, 1], [1, 1]], [0, 0], Reason.no_weight),
        ([[1, 0], [1, 0]], [0, 1], Reason.no_weight),
    ],
)
def test_systems_are_compared_on_the_metrics_that_they_share(present, weights, reason):
    counts = np.array(present)[:, :, None] * np.ones((1, 1, 9), dtype=np.int64)
    interval = linearised_difference(np.zeros_like(counts), counts, weights)
    assert interval.reason == reason
    assert (interval.value is None) == (reason is not None)


def test_too_few_clusters_leave_the_difference_without_limits():
    counts = np.ones((2, 1, 7), dtype=np.int64)
    interval = linearised_difference(
        counts
        * [
            [
                [1],
            ],
            [[0]],
        ],
        counts,
        [1],
    )
    assert (interval.value, interval.reason) == (1.0, Reason.too_few_clusters)


@pytest.mark.parametrize(
    ("n_systems", "options", "message"),
    [
        (1, {}, "two systems"),
        (3, {}, "two systems"),
        (2, {"floor": 1}, "clusters"),
        (2, {"confidence": 2.0}, "confidence"),
        (2, {"n_eff": [1.0, 1.0]}, "as many effective"),
    ],
)
def test_impossible_comparisons_are_refused(n_systems, options, message):
    counts = np.ones((n_systems, 1, 9), dtype=np.int64)
    with pytest.raises(ValueError, match=message):
        linearised_difference(counts, counts, [1], **options)
