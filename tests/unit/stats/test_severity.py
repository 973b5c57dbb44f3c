"""Severity against another program, and where there is none."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

from dualtrack.stats import latent_labels, rater_severity


def simulated(n_items=300, n_raters=4, severities=(0.5, 0.0, -0.2, -0.3), seed=3):
    """Synthetic ratings of three systems by crossed raters."""
    rng = np.random.default_rng(seed)
    item, group, rater = (
        each.ravel() for each in np.meshgrid(np.arange(n_items), np.arange(3), np.arange(n_raters), indexing="ij")
    )
    latent = np.array([0.0, 0.7, -0.4])[group] - np.array(severities)[rater] + rng.logistic(size=item.size)
    return (latent[:, None] > [-1.5, 0.0, 1.2]).sum(axis=1), rater, group, item


def test_coefficients_and_model_errors_are_those_of_another_program():
    level, rater, group, item = simulated()
    design = pd.get_dummies(pd.DataFrame({"g": group.astype("str"), "r": rater.astype("str")}), drop_first=True)
    other = OrderedModel(level, design.astype("float64"), distr="logit").fit(method="bfgs", disp=0, gtol=1e-8)
    every = np.arange(item.size)  # each rating its own cluster: the sandwich is near the model's own errors
    found = rater_severity(level, rater, group, every, values=[0, 1, 2, 3])
    for number in (1, 2, 3):
        change = found.change(0, number)
        assert change.value == pytest.approx(-other.params[f"r_{number}"], abs=2e-5)
        assert change.standard_error == pytest.approx(other.bse[f"r_{number}"], rel=0.05)


def test_what_is_planted_is_found():
    severities = (0.5, 0.0, -0.2, -0.3)
    level, rater, group, item = simulated(n_items=3000, severities=severities)
    found = rater_severity(level, rater, group, item, values=[0, 1, 2, 3])
    assert [each.value for each in found.severity] == pytest.approx(severities, abs=0.08)
    assert sum(each.value for each in found.severity) == pytest.approx(0, abs=1e-9)
    assert all(each.lower < true < each.upper for each, true in zip(found.severity, severities, strict=True))


def test_fair_averages_undo_who_rated_what():
    """The severe rater saw mostly the better system: raw means turn the order round, fair averages do not."""
    level, rater, group, item = simulated(n_items=2000, severities=(1.5, -1.5, 0.0, 0.0))
    seen = ((group == 1) & (rater == 0)) | ((group == 0) & (rater == 1)) | (item < 300)
    found = rater_severity(level[seen], rater[seen], group[seen], item[seen], values=[0, 1, 2, 3])
    raw = [level[seen & (group == g)].mean() for g in (0, 1)]
    assert raw[0] > raw[1]
    assert found.fair[0].value < found.fair[1].value


def test_order_of_rows_and_names_of_clusters_do_not_matter():
    level, rater, group, item = simulated(n_items=40)
    first = rater_severity(level, rater, group, item, values=[0, 1, 2, 3])
    order = np.random.default_rng(0).permutation(level.size)
    second = rater_severity(level[order], rater[order], group[order], 100 - item[order], values=[0, 1, 2, 3])
    for one, other in zip(first.severity, second.severity, strict=True):
        assert (one.value, one.lower) == pytest.approx((other.value, other.lower), abs=1e-10)


def reason_of(level, rater, group=None, n=2):
    group = [0] * len(level) if group is None else group
    return rater_severity(level, rater, group, list(range(len(level))), values=list(range(n))).reason


def test_where_nothing_can_be_estimated_the_reason_is_given():
    assert reason_of([], []) == "no_evidence"
    assert reason_of([0, 1, 0], [0, 0, 0]) == "too_few_raters"
    assert reason_of([1, 1, 1], [0, 1, 1]) == "one_level_only"
    assert reason_of([0, 1, 0, 1], [0, 0, 1, 1], [0, 0, 1, 1]) == "no_overlap"
    assert reason_of([0, 0, 1, 1], [0, 0, 1, 1]) == "one_level_only"


def test_levels_that_split_completely_are_separation_although_no_rater_stands_at_one_end():
    """In each group the one rater gives the lower of two levels and the other the higher."""
    level = [0, 1] * 5 + [1, 2] * 5
    rater = [0, 1] * 5 + [0, 1] * 5
    group = [0] * 10 + [1] * 10
    assert reason_of(level, rater, group, n=3) == "separation"


def test_a_rater_at_one_end_is_left_out_and_the_others_keep_their_effects():
    level, rater, group, item = simulated(n_items=60, n_raters=3, severities=(0.5, 0.0, -0.5))
    alone = rater_severity(level, rater, group, item, values=[0, 1, 2, 3])
    with_other = rater_severity(
        [*level, *[3] * 30], [*rater, *[3] * 30], [*group, *[0] * 30], [*item, *range(30)], values=[0, 1, 2, 3]
    )
    assert with_other.severity[3].reason == "one_level_only"
    assert with_other.severity[3].value is None
    assert with_other.change(0, 3).reason == "one_level_only"
    for one, other in zip(alone.severity, with_other.severity, strict=False):
        assert one.value == pytest.approx(other.value, abs=1e-9)


def test_few_clusters_give_values_without_limits():
    level, rater, group, item = simulated(n_items=60)
    found = rater_severity(level, rater, group, item % 5, values=[0, 1, 2, 3])
    assert {each.reason for each in found.severity} == {"too_few_clusters"}
    assert None not in [each.value for each in found.severity]
    assert found.change(0, 1).reason == "too_few_clusters"


def test_a_level_that_nobody_gave_changes_nothing():
    level, rater, group, item = simulated(n_items=60)
    four = rater_severity(level, rater, group, item, values=[0, 1, 2, 3])
    moved = np.where(level > 1, level + 1, level)
    five = rater_severity(moved, rater, group, item, values=[0, 1, 9, 2, 3])
    assert [each.value for each in four.fair] == pytest.approx([each.value for each in five.fair], abs=1e-9)


@pytest.mark.parametrize("bad", [([0, 2], [0, 1]), ([-1, 0], [0, 1]), ([0, 1, 1], [0, 1])])
def test_wrong_arrays_are_refused(bad):
    with pytest.raises(ValueError, match="levels"):
        reason_of(*bad, group=[0, 0])


def test_latent_labels_need_five_raters_and_two_labels():
    assert latent_labels([0, 1, 0, 1], [0, 1, 2, 3], [0, 0, 0, 0], n_labels=2).reason == "too_few_raters"
    assert latent_labels([0] * 5, [0, 1, 2, 3, 4], [0] * 5, n_labels=2).reason == "one_level_only"
    with pytest.raises(ValueError, match="labels"):
        latent_labels([2] * 5, [0, 1, 2, 3, 4], [0] * 5, n_labels=2)


def test_latent_labels_trust_a_steady_rater_more_than_a_careless_one():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 2, size=400)
    right = np.array([0.95, 0.9, 0.85, 0.6, 0.55, 0.5])
    given = np.where(rng.random((400, 6)) < right, truth[:, None], 1 - truth[:, None])
    found = latent_labels(given.ravel(), np.tile(np.arange(6), 400), np.repeat(np.arange(400), 6), n_labels=2)
    assert found.converged
    assert found.says[0, 0, 0] > 0.9
    assert found.says[5, 0, 0] < 0.7
    majority = given.mean(axis=1) > 0.5
    assert (found.chances.argmax(axis=1) == truth).mean() > (majority == truth).mean()
