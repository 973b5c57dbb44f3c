import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.stats import resampled_scores, resampling_weights, weighted_score

COUNTS = np.full((2, 2, 12), 3)
SUMS = np.random.default_rng(3).integers(0, 4, (2, 2, 12))


# ---------------------------------------------------------------- weights
@given(st.integers(1, 40), st.integers(1, 20), st.integers(0, 10))
def test_every_draw_has_as_many_clusters_as_the_data(n_clusters, resamples, seed):
    weights = resampling_weights(n_clusters, resamples=resamples, seed=seed)
    assert weights.shape == (resamples, n_clusters)
    assert weights.dtype == np.int64
    assert weights.min() >= 0
    assert (weights.sum(axis=1) == n_clusters).all()


def test_same_seed_same_weights_and_another_track_another_stream():
    first, again, other = (resampling_weights(30, resamples=50, seed=[5, track]) for track in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_weights_have_the_moments_of_the_multinomial():
    weights = resampling_weights(20, resamples=20_000, seed=1)
    assert weights.mean(axis=0) == pytest.approx(np.ones(20), abs=0.05)
    assert weights.var(axis=0) == pytest.approx(np.full(20, 1 - 1 / 20), abs=0.08)
    assert np.cov(weights[:, 0], weights[:, 1])[0, 1] == pytest.approx(-1 / 20, abs=0.03)


@pytest.mark.parametrize(("n_clusters", "resamples", "seed"), [(0, 1, 1), (1, 0, 1), (1, 1, -1)])
def test_impossible_draws_are_refused(n_clusters, resamples, seed):
    with pytest.raises(ValueError, match=r"at least one|negative"):
        resampling_weights(n_clusters, resamples=resamples, seed=seed)


# ---------------------------------------------------------------- scores
@given(st.integers(0, 100), st.lists(st.integers(0, 5), min_size=2, max_size=2))
def test_a_row_of_ones_gives_the_point_estimates(seed, weights):
    sums = np.random.default_rng(seed).integers(0, 4, (2, 2, 12))
    result = resampled_scores(np.ones((1, 12), dtype=np.int64), sums, COUNTS, weights)
    for system in (0, 1):
        score = weighted_score(sums[system], COUNTS[system], weights)
        assert result.score_defined[0] == (score.interval.value is not None)
        assert result.metric_values[0, system] == pytest.approx(score.metric_values, rel=1e-14)
        if score.interval.value is not None:
            assert result.scores[0, system] == pytest.approx(score.interval.value, rel=1e-14)


@given(st.integers(0, 1000))
def test_scores_are_those_of_repeated_clusters(seed):
    generator = np.random.default_rng(seed)
    counts = generator.integers(0, 3, (2, 3, 6))
    sums = generator.integers(0, 10 * counts + 1)
    weights = resampling_weights(6, resamples=5, seed=seed)
    result = resampled_scores(weights, sums, counts, [2, 1, 3], scale=10)
    for row, drawn in enumerate(weights):
        clusters = np.repeat(np.arange(6), drawn)
        n = counts[:, :, clusters].sum(axis=2)
        has_count = counts.sum(axis=(0, 2)) > 0
        assert result.metric_defined[row].tolist() == (n > 0).all(axis=0).tolist()
        assert result.score_defined[row] == (n > 0)[:, has_count].all()
        if result.score_defined[row]:
            values = sums[:, :, clusters].sum(axis=2)[:, has_count] / 10 / n[:, has_count]
            expected = np.average(values, axis=1, weights=np.array([2, 1, 3])[has_count])
            assert result.scores[row] == pytest.approx(expected, rel=1e-12)
        else:
            assert (result.scores[row] == 0).all()


def test_scores_do_not_depend_on_blocks_or_on_which_systems_stand_beside(monkeypatch):
    weights = resampling_weights(12, resamples=40, seed=2)
    whole = resampled_scores(weights, SUMS, COUNTS, [1, 2])
    alone = resampled_scores(weights, SUMS[1:], COUNTS[1:], [1, 2])
    monkeypatch.setattr("dualtrack.stats.resample.block_values", 30)
    blocks = resampled_scores(weights, SUMS, COUNTS, [1, 2])
    assert np.array_equal(whole.scores, blocks.scores)
    assert np.array_equal(whole.scores[:, 1], alone.scores[:, 0])


def test_undefined_draws_are_counted_and_hold_no_nan():
    counts = np.ones((1, 2, 10), dtype=np.int64)
    counts[0, 1, 1:] = 0  # the second metric stands on one cluster
    weights = resampling_weights(10, resamples=1000, seed=4)
    result = resampled_scores(weights, counts, counts, [1, 1])
    assert result.n_undefined == np.count_nonzero(weights[:, 0] == 0)
    assert result.metric_defined[:, 0].all()
    assert np.isfinite(result.metric_values).all()
    assert np.isfinite(result.scores).all()


@pytest.mark.parametrize(
    ("present", "weights", "n_undefined"),
    [
        ([[1, 0], [1, 0]], [1, 1], 0),  # no system has the second metric: it leaves the score
        ([[1, 1], [1, 0]], [1, 1], 5),  # one system lacks it: scores would not be comparable
        ([[1, 1], [1, 0]], [1, 0], 0),  # it has no weight: the score does not need it
        ([[1, 1], [1, 1]], [0, 0], 5),  # nothing has weight
        ([[0, 0], [0, 0]], [1, 1], 5),  # nothing was assessed
    ],
)
def test_a_score_needs_the_metrics_that_all_systems_share(present, weights, n_undefined):
    counts = np.array(present)[:, :, None] * np.ones((1, 1, 6), dtype=np.int64)
    result = resampled_scores(np.ones((5, 6), dtype=np.int64), counts, counts, weights)
    assert result.n_undefined == n_undefined


@pytest.mark.parametrize(
    ("matrix", "sums", "counts", "weights", "scale", "message"),
    [
        (np.ones((2, 11), dtype=np.int64), SUMS, COUNTS, [1, 1], 1, "as many resampling weights"),
        (-np.ones((2, 12), dtype=np.int64), SUMS, COUNTS, [1, 1], 1, "none negative"),
        (np.ones((2, 12)), SUMS, COUNTS, [1, 1], 1, "whole numbers"),
        (np.ones((2, 12), dtype=np.int64), SUMS, COUNTS, [1], 1, "as many weights"),
        (np.ones((2, 12), dtype=np.int64), SUMS, COUNTS, [1, math.inf], 1, "weights must be"),
        (np.ones((2, 12), dtype=np.int64), SUMS[0], COUNTS[0], [1, 1], 1, "dimension"),
        (np.ones((2, 12), dtype=np.int64), SUMS + 2**50, COUNTS, [1, 1], 2**51, "beyond 2"),
    ],
)
def test_impossible_arguments_are_refused(matrix, sums, counts, weights, scale, message):
    with pytest.raises(ValueError, match=message):
        resampled_scores(matrix, sums, counts, weights, scale=scale)
