"""Repeats of a case: the worst of k, how often they are alike, the spread within a case; worked by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualtrack.scoring.engine import score_tables
from dualtrack.scoring.repeat_rows import sizes_of_worst
from tests import builders


def run(levels, *, samples=3, metric=None, sealed=True, **plan):
    """``levels``: for each item the level of every sample, None where nothing was judged."""
    keys = [(f"i{k:03d}", sample) for k, row in enumerate(levels) for sample in range(1, len(row) + 1)]
    given_levels = [level for row in levels for level in row]
    about = [{"system_id": "a", "item_id": item, "sample": sample} for item, sample in keys]
    rows = [each | {"status": "answered", "text": "t"} for each in about]
    ratings = [
        each | {"scale_id": "quality", "rater_id": "r", "level": level}
        for each, level in zip(about, given_levels, strict=True)
        if level is not None
    ]
    chosen = {"floors": {"coverage": 0, "items": 1, "clusters": 2}, "ratings_per_unit": {"default": 1}} | plan
    study = builders.study(("a",), samples=samples, **chosen)
    tables = builders.tables(items=builders.items(len(levels)), responses=rows, ratings=ratings)
    return score_tables(builders.rubric([metric or builders.metric()]), study, tables, pre_specified=sealed).tables[
        "estimates"
    ]


def row_of(estimates, show, missing="observed"):
    (row,) = estimates[(estimates["show"] == show) & (estimates["missing"] == missing)].to_dict("records")
    return row


FAILING = builders.metric(
    quantity={"type": "binary", "per": "response", "show": "failure_rate"},
    ratings={"scale": "quality", "fail_when": {"at_most": "2"}},
)


def test_the_worst_of_two_averages_over_the_pairs_of_each_case():
    found = run([["5", "5", "1"], ["5", "3", "3"], ["1", "1", "1"]])  # 1 1 0, 1 .5 .5, 0 0 0
    assert row_of(found, "worst_at:1")["value"] == pytest.approx((2 / 3 + 2 / 3 + 0) / 3, abs=1e-6)
    assert row_of(found, "worst_at:2")["value"] == pytest.approx((1 / 3 + 0.5 + 0) / 3, abs=1e-6)
    assert row_of(found, "worst_at:3")["value"] == pytest.approx((0 + 0.5 + 0) / 3, abs=1e-6)
    assert row_of(found, "worst_at:2")["n_items"] == 3


def test_of_a_failing_share_it_is_the_share_that_fails_at_least_once():
    found = run([["5", "5", "1"], ["5", "5", "5"]], metric=FAILING)
    values = [row_of(found, f"worst_at:{k}")["value"] for k in (1, 2, 3)]
    assert values == pytest.approx([1 / 6, 1 / 3, 1 / 2], abs=1e-6)
    row = row_of(found, "worst_at:3")
    assert row["lower"] < row["value"] < row["upper"]
    assert row["score"] == pytest.approx(0.5)


def test_missing_repeats_widen_the_bounds_and_leave_the_cases_that_lack_them():
    found = run([["5", "5", None], ["5", "3", "3"]])
    assert row_of(found, "worst_at:3")["n_items"] == 1
    assert row_of(found, "worst_at:2")["n_items"] == 2
    assert row_of(found, "worst_at:3", "worst")["value"] == pytest.approx((0 + 0.5) / 2)
    assert row_of(found, "worst_at:3", "best")["value"] == pytest.approx((1 + 0.5) / 2)


def test_one_answer_and_two_are_those_of_the_same_cases():
    found = run([["5", None, None], ["5", "1", "1"]])
    assert row_of(found, "worst_at:1")["n_items"] == row_of(found, "worst_at:2")["n_items"] == 1


def test_more_repeats_than_any_case_has_is_a_state():
    found = run([["5", None, None], ["3", None, None]])
    for show in ("worst_at:3", "same_on_repeat", "within_item_sd"):
        row = row_of(found, show)
        assert (row["state"], row["reason"], row["n_items"]) == ("undefined", "too_few_repeats", 0)
        assert np.isnan(row["value"])


def test_a_study_that_puts_every_case_once_says_nothing_of_repeats():
    found = run([["5"], ["3"]], samples=1)
    assert not found["show"].str.startswith(("worst_at", "same_on_repeat", "within_item_sd")).any()


def test_the_share_of_pairs_that_are_alike_and_its_counts():
    found = row_of(run([["5", "5", "1"], ["3", "3", "3"]]), "same_on_repeat")
    assert found["value"] == pytest.approx((1 / 3 + 1) / 2, abs=1e-6)
    assert (found["n_units"], found["n_events"], found["n_items"]) == (6, 2, 2)
    assert found["lower"] < found["value"] < found["upper"]


def test_spread_within_a_case_is_pooled_over_cases():
    levels = [["5", "5", "1"], ["3", "3", "3"], ["5", "3", "1"]]
    found = row_of(run(levels, floors={"coverage": 0, "items": 1, "clusters": 3}), "within_item_sd")
    pooled = (np.var([1, 1, 0]) * 3 + 0 + np.var([1, 0.5, 0]) * 3) / 6
    assert found["value"] == pytest.approx(pooled**0.5, abs=1e-6)
    assert (found["n_items"], found["n_units"]) == (3, 9)
    assert found["lower"] <= found["value"] <= found["upper"]


def test_answers_that_never_change_have_no_spread_and_no_interval():
    found = row_of(run([["5", "5", "5"], ["3", "3", "3"]]), "within_item_sd")
    assert (found["value"], found["interval_reason"]) == (0, "no_variation")


@given(
    levels=st.lists(st.lists(st.sampled_from("12345"), min_size=3, max_size=3), min_size=2, max_size=5),
)
@settings(max_examples=10, deadline=None)
def test_the_rows_are_the_literal_average_over_subsets(levels):
    found = run(levels)
    value = {level: (int(level) - 1) / 4 for level in "12345"}
    series = []
    for k in (1, 2, 3):
        literal = [
            np.mean([min(value[level] for level in subset) for subset in itertools.combinations(row, k)])
            for row in levels
        ]
        series.append(row_of(found, f"worst_at:{k}")["value"])
        assert series[-1] == pytest.approx(np.mean(literal), abs=1e-6)
    assert series[0] == pytest.approx(
        row_of(builders.own_numbers(found[found["subject"] == "metric"]), "mean_value")["value"], abs=1e-6
    )
    assert series == sorted(series, reverse=True)


def test_few_sizes_are_reported_where_there_are_many_repeats():
    assert sizes_of_worst(4) == (1, 2, 3, 4)
    assert len(sizes_of_worst(1000)) < 20
    assert sizes_of_worst(1000)[-1] == 1000
