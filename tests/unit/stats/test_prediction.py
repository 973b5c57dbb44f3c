"""Prediction-powered means: against ppi-python, against the ratings alone, and in the cases that have no answer."""

import random

import numpy as np
import pytest

from dualtrack.stats import linearised_ratio, prediction_powered_mean
from dualtrack.terms import Reason

NAN = float("nan")
SAID = [k % 10 / 10 for k in range(60)]
RATED = [(1.0 if (k * 7) % 10 >= 4 else 0.0) if k % 4 == 0 else NAN for k in range(60)]
QUARTER = [0.25] * 60


def mean(said=SAID, rated=RATED, chances=QUARTER, clusters=range(60), **options):
    return prediction_powered_mean(said, rated, chances, list(clusters), **options)


@pytest.mark.parametrize(("tuning", "value", "width"), [(0.5, 0.625, 0.480202), (1.0, 0.65, 0.496266)])
def test_ppi_python_gives_the_same(tuning, value, width):
    """ppi-python 0.2.3, ``ppi_mean_pointestimate`` and ``ppi_mean_ci``, predictions of unrated cases, lam = L 45 / 60.

    Its interval is normal with no correction for few clusters; ours is t on 14 degrees of freedom with 15 / 14.
    """
    found = mean(tuning=tuning).interval
    assert found.value == pytest.approx(value, abs=1e-12)
    normal = 2 * 1.959964 * found.standard_error * np.sqrt(14 / 15)
    assert normal == pytest.approx(width, rel=2e-3)


def test_ppi_python_tunes_the_same_but_for_its_small_sample_divisors():
    found = mean()
    assert found.interval.value == pytest.approx(0.6238383838, abs=5e-4)
    assert found.tuning == pytest.approx(0.4848484848)


def test_a_check_that_says_nothing_or_the_contrary_has_no_say():
    assert mean(said=[0.5] * 60).tuning == 0
    contrary = [1 - each if each == each else 0.5 for each in RATED]  # noqa: PLR0124 -- NaN
    assert mean(said=contrary).tuning == 0


@pytest.mark.parametrize("seed", range(20))
def test_the_estimated_error_is_never_above_that_of_the_ratings_alone(seed):
    draw = random.Random(seed)
    said = [draw.random() for _ in range(200)]
    rated = [draw.choice((0.0, 0.5, 1.0)) if draw.random() < 0.3 else NAN for _ in range(200)]
    clusters = [draw.randrange(20) for _ in range(200)]
    chances = [draw.choice((0.1, 0.5, 1.0)) for _ in range(200)]
    helped, alone = (mean(said, rated, chances, clusters, floor=2, tuning=tuning).interval for tuning in (None, 0.0))
    assert helped.standard_error <= alone.standard_error


def test_the_ratings_alone_with_equal_chances_are_a_mean_by_cluster():
    rated = [1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1]
    clusters = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    ours = mean([0.5] * 12, rated, [0.5] * 12, clusters, floor=2).interval
    theirs = linearised_ratio([1, 2, 1, 1, 2, 1], [2] * 6, floor=2)
    assert (ours.value, ours.lower, ours.upper) == pytest.approx((theirs.value, theirs.lower, theirs.upper))


def test_weights_by_hand():
    """Chances 1 and 1/3: (1 + 1 + 3 x 0 + 3 x 1) / 8 = 0.625."""
    found = mean([0] * 4, [1, 1, 0, 1], [1, 1, 1 / 3, 1 / 3], range(4), floor=2)
    assert found.interval.value == pytest.approx(0.625)


def test_order_and_names_of_clusters_do_not_matter_to_the_bit():
    places = list(range(60))
    random.Random(3).shuffle(places)
    again = mean([SAID[k] for k in places], [RATED[k] for k in places], clusters=[59 - k for k in places])
    assert again.interval == mean().interval


def test_ratings_without_variation_get_pseudo_cases():
    found = mean(rated=[1.0 if k % 4 == 0 else NAN for k in range(60)]).interval
    assert (found.value, found.upper) == (1, 1)
    assert found.lower == pytest.approx(linearised_ratio([1] * 15, [1] * 15).lower)


@pytest.mark.parametrize(
    ("changes", "reason", "valued"),
    [
        ({"rated": [NAN] * 60}, Reason.no_evidence, False),
        ({"chances": [NAN] * 60}, Reason.sampled, False),
        ({"clusters": [k % 7 for k in range(60)]}, Reason.too_few_clusters, True),
    ],
)
def test_undefined_has_a_reason(changes, reason, valued):
    found = mean(**changes).interval
    assert (found.reason, found.value is not None) == (reason, valued)


@pytest.mark.parametrize(
    "changes",
    [
        {"said": [2.0] * 60}, {"said": SAID[1:]}, {"rated": [1.5] * 60}, {"chances": [0.0] * 60},
        {"chances": [1.5] * 60}, {"clusters": [-1] * 60}, {"tuning": 1.5}, {"floor": 1}, {"confidence": 1.0},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes):
    with pytest.raises(ValueError, match=r"must|differ"):
        mean(**changes)
