"""Published values of methods that are taken from a library as it is, or written out here from their formula.

The note on statistics lists them; a new version of a library that moved one would be found here. What this package
computes by itself stands in the YAML files of this folder.
"""

from math import ceil, sqrt

import numpy as np
import pytest
from scipy import stats as scipy_stats
from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower, TTestPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from dualtrack import stats
from tests.reference.test_agreement_data import table_of


@pytest.mark.parametrize(
    ("x", "n", "published", "digits"),
    [
        (81, 263, (0.2553, 0.3662), (0.255289, 0.366210)),
        (15, 148, (0.0624, 0.1605), (0.062386, 0.160487)),
        (0, 20, (0.0, 0.1611), (0.0, 0.161125)),
        (1, 29, (0.0061, 0.1718), (0.006113, 0.171755)),
    ],
)
def test_wilson_limits_of_newcombe_1998(x, n, published, digits):
    limits = proportion_confint(x, n, method="wilson")
    assert limits == pytest.approx(digits, abs=1e-6)
    assert limits == pytest.approx(published, abs=6e-5)
    exact = stats.exact_interval(x / n, n)
    assert exact.lower <= limits[0] + 1e-12
    assert exact.upper >= limits[1]


def test_wilson_limits_with_continuity_of_newcombe_1998():
    interval = scipy_stats.binomtest(81, 263).proportion_ci(method="wilsoncc")
    assert (interval.low, interval.high) == pytest.approx((0.253509, 0.368176), abs=1e-6)


def test_the_rule_of_three_stands_near_the_exact_limit():
    n = 2069
    assert round(3 / n, 6) == pytest.approx(0.001450)
    assert stats.exact_upper(0.0, 2069, alpha=0.05) == pytest.approx(0.001447, abs=5e-7)
    assert stats.exact_upper(0.0, 2069) == pytest.approx(0.001781, abs=5e-7)


def test_difference_of_independent_shares_method_10_of_newcombe_1998():
    limits = confint_proportions_2indep(56, 70, 48, 80, method="newcomb", compare="diff")
    assert limits == pytest.approx((0.052431, 0.333873), abs=1e-6)


@pytest.mark.parametrize(
    ("table", "statistic", "exact_p"),
    [
        ([[101, 121], [59, 33]], 21.355556, 4.434e-6),
        ([[794, 86], [150, 570]], 17.355932, 3.716e-5),  # Agresti, approval of the prime minister
    ],
)
def test_mcnemar(table, statistic, exact_p):
    assert mcnemar(table, exact=False, correction=False).statistic == pytest.approx(statistic, abs=1e-6)
    assert mcnemar(table, exact=True).pvalue == pytest.approx(exact_p, rel=2e-4)
    one, other = table[0][1], table[1][0]
    assert scipy_stats.binomtest(one, one + other, 0.5).pvalue == pytest.approx(exact_p, rel=2e-4)


def test_mcnemar_with_and_without_correction():
    table = [[101, 121], [59, 33]]
    assert mcnemar(table, exact=False, correction=False).pvalue == pytest.approx(3.815e-6, rel=2e-4)
    assert mcnemar(table, exact=False, correction=True).statistic == pytest.approx(20.672222, abs=1e-6)


def test_wald_with_two_added_pairs_of_agresti_and_min_2005():
    """R PropCIs, diffpropci.mp(40, 20, 160, 0.95)."""
    b, c, n = 40, 20, 160
    difference = (c - b) / (n + 2)
    half = norm.ppf(0.975) * sqrt(b + c + 1 - (c - b) ** 2 / (n + 2)) / (n + 2)
    assert (difference - half, difference + half) == pytest.approx((-0.21601726, -0.03089632), abs=1e-8)
    tango = stats.tango_interval(c, b, n)
    assert (tango.lower, tango.upper) == pytest.approx((difference - half, difference + half), abs=0.005)


def test_signed_ranks_of_darwins_maize():
    differences = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]
    result = scipy_stats.wilcoxon(differences)
    assert (result.statistic, result.pvalue) == pytest.approx((24.0, 0.04125977), abs=1e-8)


BENJAMINI_HOCHBERG = (
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("method", "rejected", "first_five"),
    [
        ("fdr_bh", 4, (0.0015, 0.0030, 0.0095, 0.035625, 0.0603)),
        ("holm", 3, (0.0015, 0.0056, 0.0247, 0.1140, 0.2211)),
        ("hommel", 3, (0.0015, 0.0056, 0.0247, 0.0950, 0.1608)),
        ("bonferroni", 3, (0.0015, 0.0060, 0.0285, 0.1425, 0.3015)),
    ],
)
def test_corrections_on_the_fifteen_values_of_benjamini_and_hochberg_1995(method, rejected, first_five):
    reject, adjusted, _, _ = multipletests(BENJAMINI_HOCHBERG, alpha=0.05, method=method)
    assert reject.sum() == rejected
    assert adjusted[:5] == pytest.approx(first_five, abs=1e-6)


def test_holm_never_exceeds_bonferroni():
    holm, bonferroni = (multipletests(BENJAMINI_HOCHBERG, method=method)[1] for method in ("holm", "bonferroni"))
    assert (holm <= bonferroni + 1e-12).all()


TABLE_1969 = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]


@pytest.mark.parametrize(
    ("weights", "kappa", "error"),
    [(None, 0.428571, 0.053711), ("linear", 0.492308, 0.050719), ("quadratic", 0.566667, 0.055666)],
)
def test_weighted_kappas_of_fleiss_cohen_and_everitt_1969(weights, kappa, error):
    found = cohens_kappa(TABLE_1969, wt=weights)
    assert (found.kappa, found.std_kappa) == pytest.approx((kappa, error), abs=1e-6)
    codes = [[i, j] for i, row in enumerate(TABLE_1969) for j, n in enumerate(row) for _ in range(n)]
    if weights != "linear":
        ours = stats.conger_kappa(codes, n_levels=3, weights=weights or "nominal")
        assert ours.value == pytest.approx(kappa, abs=1e-6)


def test_randolphs_kappa_of_fleiss_1971():
    """Thirty patients, six raters, five diagnoses (R irr, ``diagnoses``): the counts of tests/reference/agreement."""
    table = table_of("fleiss1971_diagnoses")
    counts = np.array([np.bincount(row, minlength=5) for row in table])
    assert fleiss_kappa(counts, method="fleiss") == pytest.approx(0.430245, abs=1e-6)
    assert fleiss_kappa(counts, method="randolph") == pytest.approx(0.444444, abs=1e-6)
    assert stats.brennan_prediger(table, n_levels=5).value == pytest.approx(0.444444, abs=1e-6)


def test_the_paradox_of_kappa():
    codes = [[0, 0]] * 118 + [[0, 1]] * 5 + [[1, 0]] * 2
    assert stats.raw_agreement(codes, n_levels=2).value == pytest.approx(0.944, abs=1e-9)
    assert stats.conger_kappa(codes, n_levels=2).value == pytest.approx(-0.02339, abs=5e-6)
    assert stats.gwet_ac(codes, n_levels=2).value == pytest.approx(0.94078, abs=5e-6)


WINS = np.array(
    [
        [0, 7, 9, 7, 7, 9, 11], [6, 0, 7, 5, 11, 9, 9], [4, 6, 0, 7, 7, 8, 12], [6, 8, 6, 0, 6, 7, 10],
        [6, 2, 6, 7, 0, 7, 12], [4, 4, 5, 6, 6, 0, 6], [2, 4, 1, 3, 1, 7, 0],
    ]
)  # fmt: skip


def test_strengths_and_standard_errors_of_the_baseball_season_1987_against_baltimore():
    """Agresti 2002, section 10.6; standard errors from the information matrix without the row of Baltimore."""
    fitted = np.array(stats.bradley_terry(WINS, np.zeros_like(WINS)).log_strengths)
    against = fitted[:-1] - fitted[-1]
    assert against == pytest.approx((1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839), abs=6e-5)
    games = WINS + WINS.T
    chance = 1 / (1 + np.exp(fitted[None, :] - fitted[:, None]))
    information = -games * chance * (1 - chance)
    np.fill_diagonal(information, -information.sum(axis=1))
    errors = np.sqrt(np.diag(np.linalg.inv(information[:-1, :-1])))
    assert errors == pytest.approx((0.3433, 0.3396, 0.3367, 0.3359, 0.3339, 0.3319), abs=6e-5)


def test_sample_sizes_of_the_power_tables():
    two, paired = TTestIndPower(), TTestPower()
    assert two.solve_power(effect_size=0.5, alpha=0.05, power=0.8) == pytest.approx(63.7656, abs=1e-3)
    assert paired.solve_power(effect_size=0.5, alpha=0.05, power=0.8) == pytest.approx(33.3671, abs=1e-3)


@pytest.mark.parametrize(("noise", "needed"), [(0.0, 969.00), (1 / 6, 3875.99)])
def test_questions_needed_by_miller_2024(noise, needed):
    """n = (z + z)^2 (omega^2 + sigma_a^2 / K + sigma_b^2 / K) / delta^2 with omega^2 = 1/9, delta = 0.03, K = 1."""
    n = (norm.ppf(0.975) + norm.ppf(0.8)) ** 2 * (1 / 9 + 2 * noise) / 0.03**2
    assert n == pytest.approx(needed, abs=0.01)
    assert ceil(n) >= n
