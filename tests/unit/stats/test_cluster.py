import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from dualtrack.stats import Method, effective_n, linearised_ratio, weighted_score
from dualtrack.terms import Reason

SCALE = 1_000_000


@st.composite
def metric_sums(draw, max_metrics=4, max_clusters=15):
    """Sums in tenths and counts, shape (metrics, clusters); some clusters and metrics empty."""
    shape = draw(st.integers(1, max_metrics)), draw(st.integers(1, max_clusters))
    counts = [[draw(st.integers(0, 4)) for _ in range(shape[1])] for _ in range(shape[0])]
    sums = [[draw(st.integers(0, 10 * n)) for n in row] for row in counts]
    return np.array(sums, dtype=np.int64).reshape(shape), np.array(counts, dtype=np.int64).reshape(shape)


# ---------------------------------------------------------------- ratio of totals
def simulated_cases(seed):
    generator = np.random.default_rng(seed)
    sizes = generator.integers(1, 12, 20)
    clusters = np.repeat(np.arange(20), sizes)
    levels = generator.normal(0, 1, 20)[clusters] + generator.normal(0, 1, len(clusters))
    return clusters, np.clip(np.round(levels + 2), 0, 4).astype(np.int64)


@pytest.mark.parametrize("seed", range(5))
def test_mean_of_cases_agrees_with_cluster_robust_least_squares(seed):
    clusters, levels = simulated_cases(seed)
    interval = linearised_ratio(np.bincount(clusters, levels).astype(np.int64), np.bincount(clusters), scale=4)
    fit = sm.OLS(levels / 4, np.ones(len(levels))).fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
    assert interval.value == pytest.approx(fit.params[0], rel=1e-12)
    assert interval.standard_error == pytest.approx(fit.bse[0], rel=1e-10)
    assert interval.degrees_of_freedom == fit.df_resid_inference == 19
    assert (interval.lower, interval.upper) == pytest.approx(tuple(fit.conf_int()[0]), rel=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_ratio_of_totals_agrees_with_weighted_cluster_robust_least_squares(seed):
    generator = np.random.default_rng(seed)
    counts = generator.integers(1, 30, 25)
    sums = generator.binomial(counts, generator.beta(4, 2, 25))
    interval = linearised_ratio(sums, counts, confidence=0.9)
    fit = sm.WLS(sums / counts, np.ones(25), weights=counts).fit(
        cov_type="cluster", cov_kwds={"groups": np.arange(25)}, use_t=True
    )
    assert interval.value == pytest.approx(fit.params[0], rel=1e-12)
    assert interval.standard_error == pytest.approx(fit.bse[0], rel=1e-10)
    assert (interval.lower, interval.upper) == pytest.approx(tuple(fit.conf_int(alpha=0.1)[0]), rel=1e-10)


def test_one_case_per_cluster_is_the_t_interval_of_a_mean():
    values = [3, 5, 9, 1, 7, 4, 8, 2, 6, 6]
    interval = linearised_ratio(values, [1] * 10, scale=10)
    tenths = np.array(values) / 10
    lower, upper = scipy_stats.t.interval(0.95, 9, tenths.mean(), scipy_stats.sem(tenths))
    assert (interval.lower, interval.upper) == pytest.approx((lower, upper), rel=1e-12)


@given(metric_sums(max_metrics=1), st.randoms())
def test_ratio_does_not_depend_on_the_order_of_clusters(data, random):
    sums, counts = data[0][0], data[1][0]
    order = random.sample(range(len(sums)), len(sums))
    assert linearised_ratio(sums[order], counts[order], scale=10) == linearised_ratio(sums, counts, scale=10)


@given(metric_sums(max_metrics=1))
def test_ratio_does_not_depend_on_the_unit_of_sums(data):
    sums, counts = data[0][0], data[1][0]
    coarse = linearised_ratio(sums, counts, scale=10)
    fine = linearised_ratio(sums * (SCALE // 10), counts, scale=SCALE)
    assert fine.value == coarse.value
    assert fine.reason == coarse.reason
    assert fine.lower == (None if coarse.lower is None else pytest.approx(coarse.lower, abs=1e-12))


def test_clusters_without_cases_are_left_out():
    with_empty = linearised_ratio([1, 0, 2, 1, 0, 1, 2, 1, 0, 0], [2] * 8 + [0, 0])
    assert with_empty == linearised_ratio([1, 0, 2, 1, 0, 1, 2, 1], [2] * 8)
    assert with_empty.n_clusters == 8


def test_sums_beyond_64_bit_products_stay_exact():
    counts = np.full(10, 2_000_000, dtype=np.int64)
    sums = counts * SCALE // 2
    still = linearised_ratio(sums, counts, scale=SCALE)
    assert (still.value, still.method) == (0.5, Method.linearised_pseudo_cases)
    sums[0] += 1
    assert linearised_ratio(sums, counts, scale=SCALE).method == Method.linearised
    far_apart = np.where(np.arange(10) == 0, counts, 0)
    fine = linearised_ratio(far_apart * SCALE, counts, scale=SCALE)
    assert fine.standard_error == pytest.approx(linearised_ratio(far_apart, counts).standard_error, rel=1e-12)


@pytest.mark.parametrize(("value", "n_eff"), [(0, None), (1, None), (0.5, None), (1, 40.0), (0.5, 12.5)])
def test_no_variation_takes_its_width_from_pseudo_cases(value, n_eff):
    interval = linearised_ratio([int(4 * value)] * 10, [4] * 10, n_eff=n_eff)
    n = 10.0 if n_eff is None else n_eff
    p = (value * n + 2) / (n + 4)
    assert interval.method == Method.linearised_pseudo_cases
    assert interval.value == value
    assert interval.standard_error == pytest.approx(math.sqrt(p * (1 - p) / (n + 4)), rel=1e-12)
    assert interval.upper - interval.lower > 0.05


def test_without_n_eff_pseudo_cases_assume_identical_repeats_within_clusters():
    sizes = [1, 2, 3, 4, 5, 6, 7, 8]
    assert linearised_ratio(sizes, sizes) == linearised_ratio(sizes, sizes, n_eff=effective_n(sizes, 1.0))


def test_only_limits_are_cut_to_the_bounds():
    interval = linearised_ratio([1] * 9 + [0], [1] * 10)
    assert interval.value == 0.9
    assert interval.upper == 1.0
    assert interval.value + interval.standard_error > 0.9 + 0.09


def test_signed_gaps_are_cut_to_minus_1_and_1_and_keep_width_without_variation():
    gaps = linearised_ratio([-2] * 8, [2] * 8, bounds=(-1.0, 1.0))
    assert (gaps.value, gaps.lower) == (-1.0, -1.0)
    assert gaps.upper > -0.9
    mirrored = linearised_ratio([2] * 8, [2] * 8, bounds=(-1.0, 1.0))
    assert (mirrored.lower, mirrored.upper) == pytest.approx((-gaps.upper, -gaps.lower), rel=1e-12)


def test_quantities_without_bounds_have_no_pseudo_cases():
    still = linearised_ratio([50] * 8, [2] * 8, bounds=None)
    assert (still.value, still.reason) == (25.0, Reason.one_level_only)
    moving = linearised_ratio([50] * 7 + [90], [2] * 8, bounds=None)
    assert moving.upper > 30


@pytest.mark.parametrize(
    ("sums", "counts", "value", "reason"),
    [
        ([], [], None, Reason.no_evidence),
        ([0, 0], [0, 0], None, Reason.no_evidence),
        ([1, 0, 1, 1, 0, 1, 1], [1] * 7, 5 / 7, Reason.too_few_clusters),
        ([1, 0, 1, 1, 0, 1, 1, 0], [1] * 7 + [0], 5 / 7, Reason.too_few_clusters),
    ],
)
def test_ratio_is_undefined_with_a_reason(sums, counts, value, reason):
    interval = linearised_ratio(np.minimum(sums, counts) if counts else [], counts)
    assert (interval.value, interval.lower, interval.upper, interval.reason) == (value, None, None, reason)


def test_the_floor_is_an_argument():
    assert linearised_ratio([1, 0, 1], [1, 1, 1], floor=3).defined
    assert not linearised_ratio([1, 0, 1], [1, 1, 1], floor=4).defined


@pytest.mark.parametrize(
    ("sums", "counts", "options", "message"),
    [
        ([0.5], [1], {}, "whole numbers"),
        ([1], [1.0], {}, "whole numbers"),
        ([2**63], [2], {}, "whole numbers"),
        ([[1]], [[1]], {}, "dimension"),
        ([1, 1], [1], {}, "shape"),
        ([1], [-1], {}, "negative"),
        ([1], [0], {}, "without a count"),
        ([2], [1], {}, "outside"),
        ([-1], [1], {}, "outside"),
        ([2], [1], {"bounds": (-1.0, 1.0)}, "outside"),
        ([2**62], [2**62], {}, "too large"),
        ([1], [1], {"scale": 0}, "scale"),
        ([1], [1], {"floor": 1}, "clusters"),
        ([1], [1], {"confidence": 1.0}, "confidence"),
        ([1] * 8, [1] * 8, {"n_eff": 0.0}, "effective number"),
    ],
)
def test_impossible_arguments_of_the_ratio_are_refused(sums, counts, options, message):
    with pytest.raises(ValueError, match=message):
        linearised_ratio(sums, counts, **options)


# ---------------------------------------------------------------- track score
def slow_weighted_score(sums, counts, weights, *, n_eff=None, floor=8):
    """The formula, letter by letter, of sums in tenths: value, standard error, effective clusters, limits."""
    metrics = [m for m in range(len(weights)) if sum(counts[m]) and weights[m]]
    total_weight = sum(weights[m] for m in metrics)
    if not total_weight:
        return None
    n = {m: sum(counts[m]) for m in metrics}
    v = {m: sum(sums[m]) / 10 / n[m] for m in metrics}
    score = sum(weights[m] * v[m] for m in metrics) / total_weight
    u, q = [], []
    for c in range(len(sums[0])):
        u.append(sum(weights[m] * (sums[m][c] / 10 - v[m] * counts[m][c]) / (total_weight * n[m]) for m in metrics))
        q.append(sum((weights[m] * counts[m][c] / (total_weight * n[m])) ** 2 for m in metrics))
    g = sum(q) ** 2 / sum(x * x for x in q)
    if round(g, 9) < floor:
        return score, None, g, None, None
    variance = g / (g - 1) * sum(x * x for x in u)
    for m in metrics:
        if len({sums[m][c] / counts[m][c] for c in range(len(sums[m])) if counts[m][c]}) == 1:
            eff = effective_n(counts[m], 1.0) if n_eff is None else n_eff[m]
            p = (v[m] * eff + 2) / (eff + 4)
            variance += p * (1 - p) / (eff + 4) * (weights[m] / total_weight) ** 2
    half = scipy_stats.t.ppf(0.975, g - 1) * math.sqrt(variance)
    return score, math.sqrt(variance), g, max(0.0, score - half), min(1.0, score + half)


@given(metric_sums(max_clusters=25), st.data())
def test_score_is_the_formula(data, more):
    sums, counts = data
    weights = more.draw(st.lists(st.integers(0, 5), min_size=len(sums), max_size=len(sums)))
    n_eff = more.draw(st.none() | st.lists(st.floats(1, 50), min_size=len(sums), max_size=len(sums)))
    score = weighted_score(sums, counts, weights, n_eff=n_eff, scale=10)
    expected = slow_weighted_score(sums.tolist(), counts.tolist(), weights, n_eff=n_eff)
    if expected is None:
        assert score.interval.value is None
        assert score.interval.reason in {Reason.no_weight, Reason.no_evidence}
        return
    value, error, g, lower, upper = expected
    assert score.interval.value == pytest.approx(value, rel=1e-12)
    assert score.effective_clusters == pytest.approx(g, rel=1e-9)
    if error is None:
        assert score.interval.reason == Reason.too_few_clusters
    else:
        assert score.interval.standard_error == pytest.approx(error, rel=1e-7, abs=1e-12)
        assert score.interval.degrees_of_freedom == pytest.approx(g - 1, rel=1e-9)
        assert (score.interval.lower, score.interval.upper) == pytest.approx((lower, upper), abs=1e-7)


@given(metric_sums(), st.data())
def test_score_does_not_depend_on_the_order_of_clusters_or_metrics(data, more):
    sums, counts = data
    weights = more.draw(st.lists(st.floats(0, 5), min_size=len(sums), max_size=len(sums)))
    columns = more.draw(st.permutations(range(sums.shape[1])))
    rows = more.draw(st.permutations(range(len(sums))))
    plain = weighted_score(sums, counts, weights, scale=10)
    again = weighted_score(sums[rows][:, columns], counts[rows][:, columns], [weights[m] for m in rows], scale=10)
    assert again.interval == plain.interval
    assert again.effective_clusters == plain.effective_clusters
    assert again.metric_values == tuple(plain.metric_values[m] for m in rows)


def scored(**changes):
    """Three metrics over ten clusters; the second without variation, the third not assessed."""
    arguments = {
        "sums": [[1, 0, 1, 1, 0, 1, 1, 1, 0, 1], [1] * 10, [0] * 10],
        "counts": [[1] * 10, [1] * 10, [0] * 10],
        "weights": [3, 1, 5],
    }
    return weighted_score(**(arguments | changes))


def test_metric_that_is_not_assessed_leaves_numerator_and_denominator():
    score = scored()
    assert score.metric_values == (0.7, 1.0, None)
    assert score.interval.value == 0.775  # (3 x 0.7 + 1) / 4
    assert score.without_variation == (1,)
    assert score.interval.method == Method.linearised_pseudo_cases


def test_metric_of_weight_0_changes_nothing():
    assert scored(weights=[3, 0, 0]).interval == weighted_score([scored_row()], [[1] * 10], [7]).interval


def scored_row():
    return [1, 0, 1, 1, 0, 1, 1, 1, 0, 1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"weights": [0, 0, 0]}, Reason.no_weight),
        ({"weights": [0, 0, 5]}, Reason.no_weight),
        ({"sums": [[0] * 10] * 3, "counts": [[0] * 10] * 3}, Reason.no_evidence),
    ],
)
def test_score_is_undefined_with_a_reason(changes, reason):
    score = scored(**changes)
    assert (score.interval.value, score.interval.reason, score.effective_clusters) == (None, reason, None)


def test_one_metric_with_equal_clusters_is_the_ratio():
    sums, counts = [1, 0, 2, 1, 0, 1, 2, 1], [2] * 8
    assert weighted_score([sums], [counts], [2]).interval == linearised_ratio(sums, counts)


@pytest.mark.parametrize("n_clusters", range(2, 60))
def test_clusters_of_one_size_count_fully_in_spite_of_rounding(n_clusters):
    counts = np.full((3, n_clusters), 7)
    score = weighted_score(np.zeros_like(counts), counts, [0.1, 0.7, 1.3], floor=n_clusters)
    assert score.effective_clusters == n_clusters
    assert score.interval.defined


def test_large_clusters_count_for_fewer():
    counts = [[100, 1, 1, 1, 1, 1, 1, 1, 1, 1]]
    score = weighted_score([[50, 1, 0, 1, 0, 1, 0, 1, 0, 1]], counts, [1])
    assert score.effective_clusters < 1.01
    assert score.interval.reason == Reason.too_few_clusters
    assert score.interval.n_clusters == 10


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": [1, 1]}, "as many weights"),
        ({"weights": [1, 1, -1]}, "weights must be"),
        ({"weights": [1, 1, math.nan]}, "weights must be"),
        ({"n_eff": [1.0]}, "as many effective"),
        ({"n_eff": [None, math.inf, None]}, "effective number"),
        ({"floor": 1}, "clusters"),
        ({"confidence": 0.0}, "confidence"),
        ({"sums": [[2] * 10] * 3}, "without a count"),
    ],
)
def test_impossible_arguments_of_the_score_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        scored(**changes)


def test_interval_covers_the_true_mean_of_clustered_cases():
    generator = np.random.default_rng(11)
    covered = 0
    for _ in range(400):
        sizes = generator.integers(5, 60, 12)
        level = generator.beta(2, 2, 12)
        interval = linearised_ratio(generator.binomial(sizes, level), sizes)
        covered += interval.lower <= 0.5 <= interval.upper
    assert covered / 400 > 0.90  # a naive standard error covers about half
