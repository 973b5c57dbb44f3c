import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from scipy.optimize import linprog

from dualtrack.stats import dirichlet_weights, dominance_share, smallest_shift, turning_factors

metrics = st.lists(
    st.tuples(st.integers(-20, 20).map(lambda n: n / 20), st.integers(0, 5).map(float)), min_size=1, max_size=6
).filter(lambda pairs: any(weight for _, weight in pairs))


def linear_programme(differences, weights):
    """The same by scipy: variables p and m, the share grows by p - m."""
    gaps, shares = np.array(differences), np.array(weights) / sum(weights)
    n, sign = len(gaps), 1 if shares @ gaps >= 0 else -1
    gaps = sign * gaps
    both = np.concatenate([np.eye(n), -np.eye(n)], axis=1)
    found = linprog(
        np.ones(2 * n),
        A_ub=np.vstack([-both, np.concatenate([gaps, -gaps])[None, :]]),
        b_ub=np.concatenate([shares, [-shares @ gaps]]),
        A_eq=np.concatenate([np.ones(n), -np.ones(n)])[None, :],
        b_eq=[0],
    )
    return found.fun if found.success else None


@given(metrics)
@settings(deadline=None)
def test_the_smallest_shift_is_the_optimum_of_the_linear_programme(pairs):
    gaps, weights = zip(*pairs, strict=True)
    shift, optimum = smallest_shift(gaps, weights), linear_programme(gaps, weights)
    assert (shift is None) == (optimum is None)
    if shift is not None:
        shares = np.array(weights) / sum(weights)
        assert shift.total == pytest.approx(optimum, abs=1e-8)
        assert np.abs(np.array(shift.shares) - shares).sum() == pytest.approx(shift.total, abs=1e-12)
        assert sum(shift.shares) == pytest.approx(1)
        assert min(shift.shares) >= 0
        assert np.array(shift.shares) @ np.array(gaps) == pytest.approx(0, abs=1e-12)


@given(metrics)
def test_swapping_the_systems_changes_no_shift_and_no_factor(pairs):
    gaps, weights = zip(*pairs, strict=True)
    other = [-gap for gap in gaps]
    assert smallest_shift(gaps, weights) == smallest_shift(other, weights)
    assert turning_factors(gaps, weights) == turning_factors(other, weights)


@given(metrics, st.integers(1, 9))
def test_the_unit_of_the_weights_does_not_matter(pairs, times):
    gaps, weights = zip(*pairs, strict=True)
    assert smallest_shift(gaps, weights) == smallest_shift(gaps, [times * weight for weight in weights])


@given(metrics)
def test_the_factor_makes_the_two_level(pairs):
    gaps, weights = (list(each) for each in zip(*pairs, strict=True))
    lead = sum(gap * weight for gap, weight in pairs)
    for place in range(len(gaps)):
        factor = turning_factors(gaps, weights)[place]
        if factor is None:
            needed = None if not gaps[place] * weights[place] else 1 - lead / (gaps[place] * weights[place])
            left = sum(weights) - weights[place]
            assert needed is None or needed < 1e-9 or (abs(needed) < 1e-9 and not left)
            continue
        changed = [*weights[:place], weights[place] * factor, *weights[place + 1 :]]
        assert sum(gap * weight for gap, weight in zip(gaps, changed, strict=True)) == pytest.approx(0, abs=1e-9)
        assert sum(changed) > 0


def test_a_leader_on_every_metric_is_turned_by_no_weights():
    assert smallest_shift([0.1, 0.2], [1, 1]) is None
    assert smallest_shift([-0.1, -0.2], [1, 1]) is None
    assert smallest_shift([0.1, 0.0], [1, 1]).shares == (0.0, 1.0)


def test_a_tie_needs_no_change():
    assert smallest_shift([0.1, -0.1], [2, 2]).total == 0
    assert smallest_shift([1e-17, 0.0], [2, 2]).total == 0
    assert turning_factors([0.1, -0.1], [2, 2]) == (1, 1)


def test_one_metric_alone_is_turned_by_nothing():
    assert smallest_shift([0.1], [2]) is None
    assert turning_factors([0.1], [2]) == (None,)


@pytest.mark.parametrize(
    ("gaps", "weights", "message"),
    [([0.1], [0.0], "no metric has a weight"), ([0.1], [1, 2], "as many weights"), ([math.nan], [1], "finite"),
     ([0.1], [-1], "negative"), ([], [], "no metric")],
)  # fmt: skip
def test_what_has_no_weights_is_refused(gaps, weights, message):
    for call in (lambda: smallest_shift(gaps, weights), lambda: turning_factors(gaps, weights)):
        with pytest.raises(ValueError, match=message):
            call()


# ---------------------------------------------------------------- drawn weights
@pytest.mark.parametrize("concentration", [None, 5.0, 50.0])
def test_drawn_weights_have_the_moments_of_the_dirichlet(concentration):
    weights = [5.0, 3.0, 1.0]
    drawn = dirichlet_weights(weights, concentration=concentration, resamples=40_000, seed=[3, 1, 2])
    shape = np.ones(3) if concentration is None else concentration * np.array(weights) / 9
    exact = scipy_stats.dirichlet(shape)
    assert drawn.min() >= 0
    np.testing.assert_allclose(drawn.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(drawn.mean(axis=0), exact.mean(), atol=0.006)
    np.testing.assert_allclose(drawn.var(axis=0), exact.var(), rtol=0.05)


def test_the_same_seed_gives_the_same_weights_and_another_track_others():
    first, again, other = (
        dirichlet_weights([1, 2], concentration=10, resamples=5, seed=[7, track, 1]) for track in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    "change",
    [{"weights": []}, {"weights": [1, 0]}, {"concentration": 0.5}, {"concentration": math.inf}, {"resamples": 0}],
)
def test_impossible_weights_are_refused(change):
    with pytest.raises(ValueError, match=r"above 0|concentration"):
        dirichlet_weights(**({"weights": [1], "concentration": 2.0, "resamples": 1, "seed": 1} | change))


# ---------------------------------------------------------------- dominance
@given(st.lists(st.lists(st.integers(-1, 1), min_size=3, max_size=3), min_size=1, max_size=20))
def test_dominance_is_at_least_as_good_on_all_and_better_on_one(draws):
    assume(draws)
    of_a, of_b = dominance_share(np.array(draws, dtype=float))
    literal = [all(d >= 0 for d in row) and any(d > 0 for d in row) for row in draws]
    assert of_a == pytest.approx(sum(literal) / len(draws))
    assert dominance_share(-np.array(draws, dtype=float)) == (of_b, of_a)
    assert of_a + of_b <= 1 + 1e-12


def test_rounding_is_no_dominance():
    assert dominance_share([[1e-16, -0.2]]) == (0.0, 1.0)
    with pytest.raises(ValueError, match="draws, metrics"):
        dominance_share([])
