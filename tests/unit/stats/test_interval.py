import math

import pytest

from dualtrack.stats import Interval, Method, tail_probability
from dualtrack.terms import Reason


@pytest.mark.parametrize(("confidence", "tail"), [(0.95, 0.025), (0.9, 0.05), (0.99, 0.005), (0.975, 0.0125)])
def test_tail_is_exact_in_decimal(confidence, tail):
    assert tail_probability(confidence) == tail


@pytest.mark.parametrize("confidence", [0, 1, -0.1, 1.5, math.nan])
def test_confidence_outside_0_to_1_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        tail_probability(confidence)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"lower": 0.1, "upper": None}, "two limits"),
        ({"lower": None, "upper": None}, "two limits"),
        ({"lower": 0.1, "upper": 0.2, "reason": Reason.too_few_clusters}, "two limits"),
        ({"lower": 0.2, "upper": 0.1}, "above upper limit"),
        ({"lower": 0.1, "upper": math.nan}, "finite"),
        ({"lower": 0.1, "upper": math.inf}, "finite"),
        ({"value": math.nan, "reason": Reason.no_evidence}, "finite"),
    ],
)
def test_an_interval_is_two_finite_limits_or_a_reason(fields, message):
    with pytest.raises(ValueError, match=message):
        Interval(method=Method.exact, confidence=0.95, **fields)


def test_an_interval_says_whether_it_has_limits():
    assert Interval(method=Method.exact, confidence=0.95, lower=0.1, upper=0.2).defined
    assert not Interval(method=Method.exact, confidence=0.95, reason=Reason.no_evidence).defined
