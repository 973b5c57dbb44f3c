"""Calibration errors: every outcome written out, chance at a hundred statements, bad input."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualtrack.stats import binned_calibration_error, calibration_error_by_chance

TOP = 1_000_000
stated = st.lists(st.integers(0, TOP), min_size=1, max_size=7)


def literal_error(confidence, correct, bins):
    """As one would write it down: bin by bin, share right against mean confidence, weighted by size."""
    total = 0.0
    for k in range(bins):
        inside = [
            (x / TOP, c) for x, c in zip(confidence, correct, strict=True)
            if k <= x * bins / TOP < k + 1 or (k == bins - 1 and x == TOP)
        ]  # fmt: skip
        if inside:
            gap = sum(c for _, c in inside) / len(inside) - sum(x for x, _ in inside) / len(inside)
            total += len(inside) / len(confidence) * abs(gap)
    return total


@given(stated, st.integers(1, 12), st.randoms(use_true_random=False))
def test_the_error_is_that_of_the_literal_definition(confidence, bins, draw):
    correct = [draw.randint(0, 1) for _ in confidence]
    found = binned_calibration_error(confidence, correct, bins=bins)
    assert found == pytest.approx(literal_error(confidence, correct, bins), abs=1e-9)


@given(stated, st.integers(1, 4))
@settings(max_examples=30)
def test_chance_is_the_mean_over_every_outcome(confidence, bins):
    expected = 0.0
    for outcome in product((0, 1), repeat=len(confidence)):
        chance = np.prod([x / TOP if c else 1 - x / TOP for x, c in zip(confidence, outcome, strict=True)])
        expected += chance * literal_error(confidence, outcome, bins)
    assert calibration_error_by_chance(confidence, bins=bins) == pytest.approx(expected, abs=1e-9)


def test_a_hundred_statements_of_a_perfect_system_show_about_a_tenth():
    confidence = np.arange(100) * 10_000 + 5_000
    assert calibration_error_by_chance(confidence) == pytest.approx(0.103, abs=0.001)
    draw = np.random.default_rng(1)
    seen = [
        binned_calibration_error(confidence, (draw.random(100) * TOP < confidence).astype(int)) for _ in range(2000)
    ]
    assert np.mean(seen) == pytest.approx(calibration_error_by_chance(confidence), abs=0.002)


def test_the_normal_distribution_takes_over_without_a_step():
    exact, normal = (calibration_error_by_chance(np.full(n, 900_000)) for n in (2000, 2001))
    assert normal == pytest.approx(exact, rel=0.001)


def test_the_order_of_statements_does_not_change_a_bit():
    draw = np.random.default_rng(2)
    confidence = draw.integers(0, TOP, 300)
    assert calibration_error_by_chance(confidence) == calibration_error_by_chance(draw.permutation(confidence))


def test_no_statement_gives_no_error():
    assert binned_calibration_error([], []) is None
    assert calibration_error_by_chance([]) is None


@pytest.mark.parametrize(
    ("confidence", "correct", "options"),
    [
        ([TOP + 1], [1], {}), ([-1], [1], {}), ([5], [2], {}), ([5], [1, 0], {}), ([5], [1], {"bins": 0}),
        ([5], [1], {"top": 0}), ([0.5], [1], {}),
    ],
)  # fmt: skip
def test_impossible_statements_are_refused(confidence, correct, options):
    with pytest.raises(ValueError, match=r"confidence|correct|bins|whole"):
        binned_calibration_error(confidence, correct, **options)
