"""Preferences: fast counts against literal ones, strengths against their equations, what a claim of parity takes."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from dualtrack.stats import (
    bradley_terry,
    clustered_interval,
    comparisons_needed,
    difference_influences,
    equivalence,
    resampled_preferences,
    resampled_strengths,
    resampling_weights,
    strength_influences,
    win_differences,
)
from dualtrack.terms import Reason

BASEBALL = [
    [0, 7, 9, 7, 7, 9, 11], [6, 0, 7, 5, 11, 9, 9], [4, 6, 0, 7, 7, 8, 12], [6, 8, 6, 0, 6, 7, 10],
    [6, 2, 6, 7, 0, 7, 12], [4, 4, 5, 6, 6, 0, 6], [2, 4, 1, 3, 1, 7, 0],
]  # fmt: skip


def world(seed, *, n=120, n_systems=4, n_clusters=12):
    """First, second, outcome and cluster of random comparisons."""
    chance = random.Random(seed)
    rows = [
        (*chance.sample(range(n_systems), 2), chance.choice((1, 1, 0, -1)), chance.randrange(n_clusters))
        for _ in range(n)
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def slow_win_difference(rows, system):
    """The literal version: one pass over the comparisons."""
    mine = [outcome if a == system else -outcome for a, b, outcome, _ in rows if system in (a, b)]
    return sum(mine) / len(mine)


def slow_equal_pairs(rows, system):
    others = sorted({b if a == system else a for a, b, _, _ in rows if system in (a, b)})
    pairs = [[row for row in rows if {row[0], row[1]} == {system, other}] for other in others]
    return sum(slow_win_difference(pair, system) for pair in pairs) / len(pairs)


def slow_strengths(rows, n_systems):
    """The literal version: the likelihood of every comparison, a tie as half a win for each, by a general search."""

    def loss(strengths):
        total = 0.0
        for a, b, outcome, _ in rows:
            ahead = strengths[a] - strengths[b]
            total += (outcome + 1) / 2 * math.log1p(math.exp(-ahead)) + (1 - outcome) / 2 * math.log1p(math.exp(ahead))
        return total + 1e-3 * float(np.sum(strengths)) ** 2

    found = minimize(loss, np.zeros(n_systems), method="BFGS", options={"gtol": 1e-9}).x
    return found - found.mean()


def drawn_rows(rows, weights):
    return [row for row in rows for _ in range(weights[row[3]])]


@pytest.mark.parametrize("seed", range(3))
def test_every_statistic_of_every_draw_is_that_of_the_drawn_comparisons(seed):
    first, second, outcome, clusters = world(seed)
    rows = list(zip(first, second, outcome, clusters, strict=True))
    weights = resampling_weights(12, resamples=5, seed=seed)
    counted = resampled_preferences(weights, first, second, outcome, clusters=clusters, n_systems=4)
    against = win_differences(counted.wins, counted.ties)
    equal = win_differences(counted.wins, counted.ties, equal_pairs=True)
    strengths = resampled_strengths(counted.wins, counted.ties)
    for draw in range(5):
        mine = drawn_rows(rows, weights[draw].tolist())
        for system in range(4):
            assert against.values[draw, system] == pytest.approx(slow_win_difference(mine, system), abs=1e-12)
            assert equal.values[draw, system] == pytest.approx(slow_equal_pairs(mine, system), abs=1e-12)
        assert strengths.values[draw] == pytest.approx(slow_strengths(mine, 4), abs=1e-4)


def test_baseball_of_1987_has_the_published_strengths_and_errors():
    fitted = bradley_terry(BASEBALL, np.zeros((7, 7), dtype=int))
    against_baltimore = fitted.log_strengths - fitted.log_strengths[6]
    assert against_baltimore.round(4).tolist() == [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0]
    spread = np.diag(fitted.covariance) + fitted.covariance[6, 6] - 2 * fitted.covariance[:, 6]
    assert np.sqrt(spread[:6]).round(4).tolist() == [0.3433, 0.3396, 0.3367, 0.3359, 0.3339, 0.3319]


def test_twice_the_data_give_the_same_strengths_with_an_error_smaller_by_root_two():
    once, twice = (bradley_terry(times * np.array(BASEBALL), np.zeros((7, 7), dtype=int)) for times in (1, 2))
    assert twice.log_strengths == pytest.approx(once.log_strengths, abs=1e-9)
    assert once.covariance == pytest.approx(2 * twice.covariance, abs=1e-9)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_model_gives_every_system_its_own_wins_minus_losses(seed):
    """Which is why a tie counts as half a win: strengths correct for who met whom and change nothing else."""
    first, second, outcome, clusters = world(seed)
    counted = resampled_preferences([[1] * 12], first, second, outcome, clusters=clusters, n_systems=4)
    wins, ties = counted.wins[0], counted.ties[0]
    fitted = bradley_terry(wins, ties)
    n = wins + wins.T + ties
    chance = 1 / (1 + np.exp(fitted.log_strengths[None, :] - fitted.log_strengths[:, None]))
    assert (n * (2 * chance - 1)).sum(axis=1) == pytest.approx((wins - wins.T).sum(axis=1), abs=1e-6)


@pytest.mark.parametrize(
    ("wins", "ties"),
    [
        ([[0, 3], [0, 0]], [[0, 0], [0, 0]]),  # one never wins
        (
            [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]],
            np.zeros((4, 4), dtype=int),
        ),  # two groups never meet
        ([[0, 1, 1], [1, 0, 1], [0, 0, 0]], np.zeros((3, 3), dtype=int)),  # the third loses to all
    ],
)
def test_systems_that_are_not_connected_have_no_strengths(wins, ties):
    assert not bradley_terry(wins, ties).connected
    assert not resampled_strengths([wins], [ties]).defined.any()
    first, second, outcome = [0], [1], [1]
    with pytest.raises(ValueError, match="not connected"):
        strength_influences(first, second, outcome, n_systems=2)


def test_ties_alone_connect_systems_and_make_them_equal():
    fitted = bradley_terry([[0, 0], [0, 0]], [[0, 4], [4, 0]])
    assert fitted.connected
    assert fitted.log_strengths.tolist() == [0, 0]


def test_a_very_lopsided_table_still_settles():
    fitted = bradley_terry([[0, 10**9, 1], [1, 0, 10**9], [1, 1, 0]], np.zeros((3, 3), dtype=int))
    assert np.all(np.isfinite(fitted.log_strengths))
    assert fitted.log_strengths[0] > fitted.log_strengths[1] > fitted.log_strengths[2]


@pytest.mark.parametrize("seed", range(3))
def test_influences_add_up_to_nothing_and_give_the_error_of_resampling(seed):
    first, second, outcome, clusters = world(seed, n=2000, n_clusters=100)
    weights = resampling_weights(100, resamples=2000, seed=seed)
    counted = resampled_preferences(weights, first, second, outcome, clusters=clusters, n_systems=4)
    for drawn, moved in (
        (win_differences(counted.wins, counted.ties), difference_influences(first, second, outcome, n_systems=4)),
        (
            win_differences(counted.wins, counted.ties, equal_pairs=True),
            difference_influences(first, second, outcome, n_systems=4, equal_pairs=True),
        ),
        (resampled_strengths(counted.wins, counted.ties), strength_influences(first, second, outcome, n_systems=4)),
    ):
        assert moved.sum(axis=0) == pytest.approx(np.zeros(4), abs=1e-9)
        for system in range(4):
            error = clustered_interval(0.0, moved[:, system], [clusters]).standard_error
            assert error == pytest.approx(drawn.values[:, system].std(), rel=0.1)


def test_questions_and_persons_that_cross_give_a_wider_interval_than_questions_alone():
    generator = np.random.default_rng(3)
    questions, persons = np.repeat(np.arange(40), 20), np.tile(np.arange(20), 40)
    moved = generator.normal(size=800) + generator.normal(size=20)[persons]
    moved = (moved - moved.mean()) / 800
    alone, both = (clustered_interval(0.0, moved, kinds) for kinds in ([questions], [questions, persons]))
    assert both.standard_error > 2 * alone.standard_error
    assert (both.method, both.degrees_of_freedom) == ("linearised_two_way", 19)


@pytest.mark.parametrize(
    ("influences", "clusters", "reason"),
    [([0.1, -0.1], [[0, 1]], Reason.too_few_clusters), ([0.0] * 10, [range(10)], Reason.one_level_only)],
)
def test_few_clusters_and_no_variation_leave_no_limits(influences, clusters, reason):
    interval = clustered_interval(0.5, influences, clusters)
    assert (interval.value, interval.lower, interval.reason) == (0.5, None, reason)


@pytest.mark.parametrize(
    ("lower", "upper", "decision"),
    [
        (-0.02, 0.02, "equivalent"), (-0.03, 0.02, "not_demonstrated"), (-0.1, 0.1, "not_demonstrated"),
        (0.04, 0.1, "superior"), (-0.1, -0.04, "inferior"), (0.03, 0.1, "not_demonstrated"),
        (None, None, "not_demonstrated"),
    ],
)  # fmt: skip
def test_parity_is_an_interval_inside_the_margin(lower, upper, decision):
    assert equivalence(lower, upper, 0.03) == decision


def test_ties_and_alike_cases_change_what_a_claim_of_parity_needs():
    assert (comparisons_needed(0.06), comparisons_needed(0.10)) == (1068, 385)
    assert comparisons_needed(0.06, tie_share=0.5) == 534
    assert comparisons_needed(0.06, design_effect=2) == 2135


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: win_differences([[[0, 1], [0, 0]]], [[[0, 1], [0, 0]]]), "the same from both sides"),
        (lambda: win_differences([[[0, 1, 0], [0, 0, 1]]], [[[0, 1, 0], [0, 0, 1]]]), "one square per draw"),
        (lambda: bradley_terry([[0, -1], [0, 0]], [[0, 0], [0, 0]]), "must not be negative"),
        (lambda: difference_influences([0], [0], [1], n_systems=2), "compared with itself"),
        (lambda: difference_influences([0], [2], [1], n_systems=2), "outside"),
        (lambda: difference_influences([0], [1], [2], n_systems=2), "an outcome is"),
        (lambda: difference_influences([0, 1], [1], [1], n_systems=2), "differ in length"),
        (lambda: resampled_preferences([[1]], [0], [1], [1], clusters=[1], n_systems=2), "needs a cluster"),
        (lambda: resampled_preferences([[-1]], [0], [1], [1], clusters=[0], n_systems=2), "negative"),
        (lambda: clustered_interval(0.0, [0.0], []), "one or two kinds"),
        (lambda: equivalence(0.0, 0.1, 0.0), "margin"),
        (lambda: comparisons_needed(0.1, tie_share=1.0), "out of range"),
    ],
)
def test_what_is_no_comparison_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
