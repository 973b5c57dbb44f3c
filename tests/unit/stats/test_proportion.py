import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.proportion import proportion_confint

from dualtrack.stats import (
    cases_needed,
    effective_n,
    exact_interval,
    exact_lower,
    exact_upper,
    intraclass_correlation,
    least_n,
)
from dualtrack.terms import Reason

shares = st.floats(0, 1)
numbers_of_cases = st.floats(1, 1e6) | st.integers(1, 5000).map(float)
alphas = st.sampled_from([0.025, 0.0125, 0.05, 0.1])
LIMITS = (0.10, 0.05, 0.03, 0.02, 0.01)


# ---------------------------------------------------------------- effective number of cases
cluster_sizes = st.lists(st.integers(0, 50), min_size=1, max_size=30)


@given(cluster_sizes, st.floats(0, 1))
def test_effective_n_is_the_formula(sizes, rho0):
    n = sum(sizes)
    expected = n / (1 + (sum(m * m for m in sizes) / n - 1) * rho0) if n else 0.0
    assert effective_n(sizes, rho0) == pytest.approx(expected, rel=1e-12)


@given(cluster_sizes, st.floats(0, 1), st.randoms())
def test_effective_n_does_not_depend_on_the_order_of_clusters(sizes, rho0, random):
    shuffled = list(sizes)
    random.shuffle(shuffled)
    assert effective_n(shuffled, rho0) == effective_n(sizes, rho0)


@given(cluster_sizes, st.floats(0, 1))
def test_effective_n_lies_between_no_clustering_and_identical_repeats(sizes, rho0):
    assert effective_n(sizes, 1.0) <= effective_n(sizes, rho0) * (1 + 1e-12)
    assert effective_n(sizes, rho0) <= effective_n(sizes, 0.0) == sum(sizes)


@given(cluster_sizes, st.integers(2, 20))
def test_copying_every_case_adds_nothing_at_rho0_of_1(sizes, copies):
    assert effective_n([copies * m for m in sizes], 1.0) == effective_n(sizes, 1.0)


@pytest.mark.parametrize("rho0", [0.0, 0.2, 1.0])
def test_single_cases_are_worth_themselves_whatever_rho0(rho0):
    assert effective_n([1] * 183, rho0) == 183.0


@pytest.mark.parametrize(
    ("sizes", "rho0"),
    [([-1, 2], 1.0), ([1.5], 1.0), ([[1]], 1.0), ([True], 1.0), ([1], 1.1), ([1], -0.1), ([1], math.nan)],
)
def test_impossible_clusters_are_refused(sizes, rho0):
    with pytest.raises(ValueError, match=r"cluster sizes|rho0"):
        effective_n(sizes, rho0)


# ---------------------------------------------------------------- exact limits
@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), alphas)
def test_limits_agree_with_statsmodels(counts, alpha):
    x, n = counts
    lower, upper = proportion_confint(x, n, alpha=2 * alpha, method="beta")
    assert exact_lower(x / n, n, alpha=alpha) == pytest.approx(lower, rel=1e-9, abs=1e-12)
    assert exact_upper(x / n, n, alpha=alpha) == pytest.approx(upper, rel=1e-9, abs=1e-12)


@given(shares, shares, numbers_of_cases, alphas)
def test_limits_never_fall_when_the_share_rises(p, q, n_eff, alpha):
    low, high = sorted((p, q))
    assert exact_upper(low, n_eff, alpha=alpha) <= exact_upper(high, n_eff, alpha=alpha) + 1e-13
    assert exact_lower(low, n_eff, alpha=alpha) <= exact_lower(high, n_eff, alpha=alpha) + 1e-13


@given(st.integers(0, 200), st.integers(1, 200), st.integers(-3, 3), st.floats(0.3, 1))
def test_limits_do_not_jump_around_whole_numbers_of_failures(x, n, steps, worth):
    p = min(x, n) / n
    near = p
    for _ in range(abs(steps)):
        near = min(1.0, max(0.0, math.nextafter(near, math.copysign(2, steps))))
    for limit in (exact_upper, exact_lower):
        at, beside = limit(p, worth * n), limit(near, worth * n)
        assert beside == pytest.approx(at, rel=1e-9, abs=1e-12)
        assert (beside - at) * steps >= -1e-15


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_rounding_in_the_share_does_not_move_a_limit_at_all(counts):
    x, n = counts
    directly = scipy_stats.beta.ppf(0.975, x + 1, n - x) if x < n else 1.0
    around = math.nextafter(x / n, 0.0), x / n, min(1.0, math.nextafter(x / n, 2.0))
    limits = {exact_upper(p, n) for p in around}
    assert len(limits) == 1
    assert limits.pop() == pytest.approx(directly, rel=1e-9)


@given(shares, numbers_of_cases, alphas)
def test_limits_enclose_the_share_and_stay_in_0_to_1(p, n_eff, alpha):
    assert 0 <= exact_lower(p, n_eff, alpha=alpha) <= p <= exact_upper(p, n_eff, alpha=alpha) <= 1


@given(shares, numbers_of_cases)
def test_limits_are_mirror_images(p, n_eff):
    assert exact_lower(p, n_eff) == pytest.approx(1 - exact_upper(1 - p, n_eff), abs=1e-9)


@given(shares, numbers_of_cases, st.floats(1, 10))
def test_more_cases_narrow_the_interval(p, n_eff, factor):
    assert exact_upper(p, factor * n_eff) <= exact_upper(p, n_eff) + 1e-12
    assert exact_lower(p, factor * n_eff) >= exact_lower(p, n_eff) - 1e-12


def test_all_failing_excludes_nothing_above_and_none_failing_nothing_below():
    assert exact_upper(1.0, 40.5) == 1.0
    assert exact_lower(0.0, 40.5) == 0.0


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_no_cases_exclude_nothing(p):
    assert (exact_lower(p, 0.0), exact_upper(p, 0.0)) == (0.0, 1.0)
    interval = exact_interval(p, 0.0)
    assert (interval.reason, interval.value) == (Reason.no_evidence, None)


@pytest.mark.parametrize("true_share", [0.001, 0.01, 0.02, 0.05, 0.3, 0.5])
@pytest.mark.parametrize("n", [8, 36, 183])
def test_each_limit_misses_in_at_most_the_stated_share_of_studies(true_share, n):
    x = np.arange(n + 1)
    probability = scipy_stats.binom.pmf(x, n, true_share)
    too_low = np.array([exact_upper(k / n, n) < true_share for k in x])
    too_high = np.array([exact_lower(k / n, n) > true_share for k in x])
    assert probability[too_low].sum() <= 0.025 + 1e-12
    assert probability[too_high].sum() <= 0.025 + 1e-12


def test_interval_ends_exactly_at_the_limits_of_gates():
    interval = exact_interval(0.07, 100)
    assert (interval.lower, interval.upper) == (exact_lower(0.07, 100), exact_upper(0.07, 100))


@pytest.mark.parametrize("limit", [exact_lower, exact_upper])
@pytest.mark.parametrize(
    ("p", "n_eff", "alpha", "message"),
    [
        (-0.1, 10, 0.025, "p must lie"),
        (1.1, 10, 0.025, "p must lie"),
        (math.nan, 10, 0.025, "p must lie"),
        (0.1, -1, 0.025, "effective number"),
        (0.1, math.inf, 0.025, "effective number"),
        (0.1, math.nan, 0.025, "effective number"),
        (0.1, 10, 0.0, "alpha"),
        (0.1, 10, 1.0, "alpha"),
    ],
)
def test_impossible_arguments_of_limits_are_refused(limit, p, n_eff, alpha, message):
    with pytest.raises(ValueError, match=message):
        limit(p, n_eff, alpha=alpha)


# ---------------------------------------------------------------- numbers of cases
def test_least_n_of_the_usual_limits():
    assert [least_n(limit) for limit in LIMITS] == [36, 72, 122, 183, 368]


@pytest.mark.parametrize(
    ("limit", "needed"), [(0.05, [110, 142, 173]), (0.03, [184, 239, 290]), (0.02, [277, 359, 436])]
)
def test_cases_needed_for_1_2_and_3_failures(limit, needed):
    assert [cases_needed(n_failures, limit) for n_failures in (1, 2, 3)] == needed


@given(st.floats(0.001, 0.9), alphas)
def test_least_n_is_the_logarithmic_formula(limit, alpha):
    assert least_n(limit, alpha=alpha) == math.ceil(math.log(alpha) / math.log1p(-limit))


@given(st.integers(0, 6), st.floats(0.02, 0.6), alphas)
def test_cases_needed_is_the_smallest_number_that_the_binomial_allows(n_failures, limit, alpha):
    needed = cases_needed(n_failures, limit, alpha=alpha)
    assert scipy_stats.binom.cdf(n_failures, needed, limit) <= alpha * (1 + 1e-9)
    assert scipy_stats.binom.cdf(n_failures, needed - 1, limit) > alpha * (1 - 1e-9)


@pytest.mark.parametrize("limit", [*LIMITS, 0.2, 0.5, 0.975])
def test_plan_and_gate_agree_on_the_least_number(limit):
    n = least_n(limit)
    assert exact_upper(0.0, n) <= limit
    assert n == 1 or exact_upper(0.0, n - 1) > limit


@pytest.mark.parametrize(
    ("n_failures", "limit", "alpha"),
    [(-1, 0.05, 0.025), (0.5, 0.05, 0.025), (0, 0.0, 0.025), (0, 1.0, 0.025), (0, 0.05, 0.0), (0, 0.05, 1.0)],
)
def test_impossible_plans_are_refused(n_failures, limit, alpha):
    with pytest.raises(ValueError, match="must"):
        cases_needed(n_failures, limit, alpha=alpha)


# ---------------------------------------------------------------- correlation within clusters
clustered_values = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 4)), min_size=1, max_size=40)


def slow_intraclass_correlation(values, clusters):
    """The textbook, with exact fractions of whole values."""
    groups = {label: [v for v, c in zip(values, clusters, strict=True) if c == label] for label in set(clusters)}
    n, k = len(values), len(groups)
    if k < 2 or n == k or len(set(values)) == 1:
        return None
    grand = sum(values) / n
    between = sum(len(g) * (sum(g) / len(g) - grand) ** 2 for g in groups.values()) / (k - 1)
    within = sum((v - sum(g) / len(g)) ** 2 for g in groups.values() for v in g) / (n - k)
    n0 = (n - sum(len(g) ** 2 for g in groups.values()) / n) / (k - 1)
    return (between - within) / (between + (n0 - 1) * within)


@given(clustered_values)
def test_intraclass_correlation_is_the_analysis_of_variance(pairs):
    values, clusters = zip(*pairs, strict=True)
    result, expected = intraclass_correlation(values, clusters), slow_intraclass_correlation(values, clusters)
    assert (result is None) == (expected is None)
    if expected is not None:
        assert result == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert result <= 1.0


@given(clustered_values, st.randoms())
def test_intraclass_correlation_does_not_depend_on_order_or_names(pairs, random):
    pairs = [(value / 10, cluster) for value, cluster in pairs]
    shuffled = random.sample(pairs, len(pairs))
    names = dict(zip(range(5), random.sample("abcde", 5), strict=True))
    result = intraclass_correlation(*zip(*pairs, strict=True))
    renamed = intraclass_correlation([v for v, _ in shuffled], [names[c] for _, c in shuffled])
    assert result == renamed


def test_intraclass_correlation_recovers_what_was_simulated():
    generator = np.random.default_rng(7)
    clusters = np.repeat(np.arange(400), generator.integers(2, 12, 400))
    values = generator.normal(0, math.sqrt(0.3), 400)[clusters] + generator.normal(0, math.sqrt(0.7), len(clusters))
    assert intraclass_correlation(values, clusters) == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(
    ("values", "clusters"),
    [([], []), ([0.1], [1]), ([0.1, 0.2], [1, 1]), ([0.1, 0.2], [1, 2]), ([0.1, 0.1, 0.1], [1, 1, 2])],
)
def test_intraclass_correlation_is_undefined_without_variation_to_split(values, clusters):
    assert intraclass_correlation(values, clusters) is None


@pytest.mark.parametrize(("values", "clusters"), [([0.1], [1, 2]), ([[0.1]], [[1]]), ([math.nan, 0.1, 0.2], [1, 1, 2])])
def test_impossible_arguments_of_the_correlation_are_refused(values, clusters):
    with pytest.raises(ValueError, match="values"):
        intraclass_correlation(values, clusters)
