"""Estimates that hold for other raters: where the design carries them, and where it does not."""

import pytest

from dualtrack.scoring.engine import score_tables
from dualtrack.stats import are_crossed, linearised_ratio, two_way_mean
from tests import builders

LEVELS = ["345", "234", "123", "345", "455", "233", "345", "234", "355", "124"]


def run(levels=LEVELS, *, metric=None, raters=(), rename=None, **plan):
    rows = builders.ratings({("a", k): given for k, given in enumerate(levels)})
    rows = [row | {"rater_id": rename(row)} for row in rows] if rename else rows
    given = builders.tables(
        items=builders.items(len(levels)), responses=builders.responses("a", len(levels)), ratings=rows, raters=raters
    )
    study = builders.study(("a",), ratings_per_unit={"default": 3}, **plan)
    metric = metric or builders.metric(ratings={"scale": "quality", "aggregate": "mean"})
    return score_tables(builders.rubric([metric]), study, given).tables


def two_way(tables):
    table = tables["estimates"]
    return table[(table["basis"] == "first_ratings").to_numpy()]


def test_three_crossed_persons_give_an_interval_for_cases_and_raters():
    tables = run()
    ((_, row),) = two_way(tables).iterrows()
    single = [int(level) - 1 for given in LEVELS for level in given]
    by_hand = two_way_mean(single, [k // 3 for k in range(30)], [0, 1, 2] * 10, scale=4)
    assert (row["value"], row["lower"], row["upper"]) == pytest.approx((by_hand.value, by_hand.lower, by_hand.upper))
    assert (row["covers"], row["method"], row["n_raters"], row["coverage"]) == ("cases_and_raters", "two_way", 3, 1)
    primary = (
        builders.own_numbers(tables["estimates"])
        .query("basis == 'primary' and missing == 'observed' and subject == 'metric'")
        .iloc[0]
    )
    assert row["value"] == pytest.approx(primary["value"], abs=1e-6)  # the rule is the mean
    assert row["upper"] - row["lower"] > primary["upper"] - primary["lower"]
    assert row["role"] == "exploratory"


def test_failures_are_shown_the_way_the_metric_shows_them():
    metric = builders.metric(
        quantity={"type": "binary", "per": "response", "show": "failure_rate"},
        ratings={"scale": "quality", "fail_when": {"at_most": "2"}, "aggregate": "majority"},
    )
    row = two_way(run(metric=metric)).iloc[0]
    assert row["value"] == pytest.approx(sum(level < "3" for given in LEVELS for level in given) / 30)
    assert row["lower"] < row["value"] < row["upper"]


@pytest.mark.parametrize(
    "design",
    [
        {"levels": [given[:2] for given in LEVELS]},  # two raters
        {"rename": lambda row: f"{row['rater_id']}-{row['item_id']}"},  # raters who each have cases of their own
        {"rename": lambda row: row["rater_id"] + ("x" if row["item_id"] < "i005" else "")},  # two panels
        {"raters": [{"rater_id": f"r{n}", "kind": "position"} for n in (1, 2, 3)]},  # anybody may hold a position
    ],
)
def test_elsewhere_there_is_none(design):
    assert two_way(run(**design)).empty


@pytest.mark.parametrize(("levels", "reason"), [(LEVELS[:7], "too_few_clusters"), (["333"] * 10, "one_level_only")])
def test_a_design_that_carries_it_with_too_little_in_it_gives_the_reason(levels, reason):
    row = two_way(run(levels)).iloc[0]
    assert (row["state"], row["interval_reason"]) == ("defined", reason)
    assert row[["lower", "upper", "covers"]].isna().all()


def test_no_gate_and_no_score_changes():
    gate = {"id": "rate", "kind": "failure_at_most", "limit": 0.05, "fails": {"at_most": "2"}}
    metric = builders.metric(ratings={"scale": "quality", "aggregate": "mean"}, gates=[gate])
    person, position = (
        run(metric=metric, raters=[{"rater_id": f"r{n}", "kind": kind} for n in (1, 2, 3)])
        for kind in ("person", "position")
    )
    assert not two_way(person).empty
    for name in ("gates", "verdicts"):
        assert person[name].equals(position[name])
    assert person["estimates"].query("basis != 'first_ratings'").reset_index(drop=True).equals(position["estimates"])


def test_without_raters_that_differ_it_is_hardly_wider_than_cases_alone_but_has_few_degrees_of_freedom():
    values = [k % 4 for k in range(40) for _ in range(3)]
    clusters = [k for k in range(40) for _ in range(3)]
    found = two_way_mean(values, clusters, [0, 1, 2] * 40, scale=4)
    alone = linearised_ratio([3 * (k % 4) for k in range(40)], [3] * 40, scale=4)
    assert found.standard_error == pytest.approx(alone.standard_error)
    assert (found.degrees_of_freedom, alone.degrees_of_freedom) == (2, 39)


def test_undefined_with_its_reason():
    assert two_way_mean([], [], []).reason == "no_evidence"
    assert two_way_mean([0, 1], [0, 1], [0, 1]).reason == "too_few_raters"
    assert two_way_mean([0, 1, 0], [0, 1, 2], [0, 1, 2]).reason == "too_few_clusters"
    assert two_way_mean([1] * 24, list(range(24)), [0, 1, 2] * 8).reason == "one_level_only"
    with pytest.raises(ValueError, match="differ in length"):
        two_way_mean([1], [0, 1], [0])
    with pytest.raises(ValueError, match="differ in length"):
        are_crossed([0], [0, 1])
    assert are_crossed([], [])
