"""Strata with their shrunken estimates, high-risk cases against others, and the source of tasks; worked by hand."""

import numpy as np
import pytest

from dualtrack.errors import ScoringError
from dualtrack.scoring.engine import score_tables
from dualtrack.stats import shrunken_means
from tests import builders

AGES = ["old", "old", "old", "young", "young", "young", "young", "child"]
LEVELS = ["1", "3", "3", "5", "5", "3", "5", "1"]  # 0 .5 .5 | 1 1 .5 1 | 0


def run(levels=LEVELS, ages=AGES, *, metrics=None, sources=None, systems=("a",), responses=None, **plan):
    n = len(levels)
    items = builders.items(
        n, strata=lambda k: {"age": ages[k]} if ages[k] else {}, task_source=lambda k: (sources or ["exam"] * n)[k]
    )
    chosen = {"floors": {"coverage": 0, "items": 1, "clusters": 2}, "ratings_per_unit": {"default": 1}} | plan
    chosen.setdefault("strata", {"report": ["age"], "high_risk": {"strata.age": ["old", "child"]}})
    study = builders.study(systems, **chosen)
    tables = builders.tables(
        items=items,
        responses=builders.responses(systems, n) if responses is None else responses,
        ratings=builders.ratings(
            {(system, k): [level] for system in systems for k, level in enumerate(levels) if level is not None}
        ),
    )
    return score_tables(builders.rubric(metrics or [builders.metric()]), study, tables, pre_specified=True).tables[
        "estimates"
    ]


def row_of(estimates, show, stratum, level, subject="accuracy", system="a"):
    chosen = estimates[
        (estimates["show"] == show) & (estimates["stratum"] == stratum) & (estimates["stratum_level"] == level)
        & (estimates["subject_id"] == subject) & (estimates["missing"] == "observed")
        & (estimates["system_id"] == system)
    ]  # fmt: skip
    (row,) = chosen.to_dict("records")
    return row


def test_every_level_is_there_with_its_number_of_cases_however_few():
    found = run()
    assert {level: row_of(found, "mean_value", "age", level)["n_items"] for level in ("old", "young", "child")} == {
        "old": 3, "young": 4, "child": 1,
    }  # fmt: skip


def test_shrunken_estimates_are_those_of_the_analysis_of_variance():
    found = run()
    groups = {"old": [0, 0.5, 0.5], "young": [1, 1, 0.5, 1], "child": [0]}
    within = sum(np.var(group) * len(group) for group in groups.values()) / (8 - 3)
    expected = shrunken_means([np.mean(group) for group in groups.values()], [3, 4, 1], within)
    for level, mean in zip(groups, expected.means, strict=True):
        row = row_of(found, "shrunken", "age", level)
        assert row["value"] == pytest.approx(mean, abs=1e-9)
        assert (row["interval_reason"], row["role"]) == ("description", "exploratory")


def test_clusters_make_a_level_smaller():
    alone, together = (
        row_of(run(cluster=cluster), "shrunken", "age", "young")["value"] for cluster in ("item_id", "strata.age")
    )
    assert alone > together  # one cluster counts once, so more is pulled


def test_the_worst_level_is_first_and_levels_that_are_equal_share_a_place():
    found = run()
    places = {level: row_of(found, "worst_first", "age", level)["value"] for level in ("old", "young", "child")}
    assert (places["young"], min(places.values())) == (3, 1)
    alike = run(levels=["3"] * 8)
    assert {row_of(alike, "worst_first", "age", level)["value"] for level in ("old", "young", "child")} == {1}


def test_the_worst_of_a_failing_share_is_the_level_that_fails_most():
    failing = builders.metric(
        quantity={"type": "binary", "per": "response", "show": "failure_rate"},
        ratings={"scale": "quality", "fail_when": {"at_most": "2"}},
    )
    found = run(levels=["1", "1", "5", "5", "5", "5", "5", "5"], metrics=[failing])
    assert row_of(found, "worst_first", "age", "old")["value"] == 1
    shrunken, own = (row_of(found, show, "age", "old")["value"] for show in ("shrunken", "failure_rate"))
    assert own == pytest.approx(2 / 3)
    assert 0 < shrunken < own


def test_a_stratum_in_which_every_level_has_one_case_cannot_be_shrunken():
    found = run(levels=["1", "3", "5"], ages=["old", "young", "child"])
    row = row_of(found, "shrunken", "age", "old")
    assert (row["state"], row["reason"]) == ("undefined", "too_few_items")
    own = row_of(found, "mean_value", "age", "old")
    assert (own["value"], own["n_items"], own["interval_reason"]) == (0, 1, "too_few_clusters")


def test_a_level_that_nobody_judged_says_so():
    found = run(levels=[*LEVELS[:7], None])
    row = row_of(found, "shrunken", "age", "child")
    assert (row["state"], row["reason"]) == ("undefined", "no_evidence")


def test_one_level_for_everybody_keeps_its_own_estimate():
    found = run(ages=["old"] * 8, strata={"report": ["age"]})
    row = row_of(found, "shrunken", "age", "old")
    assert row["value"] == pytest.approx(row_of(found, "mean_value", "age", "old")["value"])


def test_high_risk_cases_are_set_against_all_others():
    found = run(levels=["1", "3", "3", "5", "5", "3", "5", "1"] * 3, ages=AGES * 3)
    high, other = (row_of(found, "mean_value", "high_risk", level) for level in ("high_risk", "other"))
    assert (high["n_items"], other["n_items"]) == (12, 12)
    difference = row_of(found, "high_risk_difference", "high_risk", "")
    assert difference["value"] == pytest.approx(high["value"] - other["value"])
    spread = [np.var(values, ddof=0) / 12 for values in ([0, 0.5, 0.5, 0] * 3, [1, 1, 0.5, 1] * 3)]
    half = (difference["upper"] - difference["lower"]) / 2
    assert half == pytest.approx(2.069 * np.sqrt(sum(spread) * 24 / 23), rel=1e-3)  # t with 23 degrees of freedom
    assert difference["upper"] < 0


def test_each_high_risk_level_is_set_against_all_cases_that_are_not_of_it():
    found = run(levels=LEVELS * 3, ages=AGES * 3)
    old, child = (row_of(found, "high_risk_difference", "age", level) for level in ("old", "child"))
    assert old["value"] == pytest.approx(1 / 3 - np.mean([1, 1, 0.5, 1, 0]))
    assert child["value"] == pytest.approx(0 - np.mean([0, 0.5, 0.5, 1, 1, 0.5, 1]))
    assert old["lower"] < old["value"] < old["upper"]
    assert (old["n_items"], old["role"], old["method"]) == (24, "exploratory", "linearised")
    assert not ((found["show"] == "high_risk_difference") & (found["stratum_level"] == "young")).any()


def test_the_difference_of_a_failing_share_is_turned_round():
    failing = builders.metric(
        quantity={"type": "binary", "per": "response", "show": "failure_rate"},
        ratings={"scale": "quality", "fail_when": {"at_most": "2"}},
    )
    found = run(levels=["1", "1", "5", "5", "5", "5", "1", "5"], metrics=[failing])
    difference = row_of(found, "high_risk_difference", "high_risk", "")
    assert difference["value"] == pytest.approx(2 / 4 - 1 / 4)
    assert difference["lower"] <= difference["value"] <= difference["upper"]


def test_the_score_of_a_track_has_its_difference_too():
    found = run(levels=LEVELS * 3, ages=AGES * 3)
    whole = row_of(found, "high_risk_difference", "high_risk", "", subject="effectiveness")
    assert whole["value"] == pytest.approx(row_of(found, "high_risk_difference", "high_risk", "")["value"])
    assert (whole["n_clusters"], whole["subject"]) == (24, "track")


def test_without_high_risk_levels_there_is_no_such_stratum():
    found = run(strata={"report": ["age"]})
    assert "high_risk" not in set(found["stratum"])
    assert "high_risk_difference" not in set(found["show"])


def test_a_side_without_a_judgement_is_a_state():
    found = run(levels=[None, None, None, "5", "5", "3", "5", None])
    row = row_of(found, "high_risk_difference", "high_risk", "")
    assert (row["state"], row["reason"]) == ("undefined", "no_evidence")


def test_the_source_of_tasks_is_reported_though_nobody_asked():
    sources = ["exam"] * 2 + ["real_query"] * 6
    found = run(sources=sources, strata={"report": []})
    assert row_of(found, "mean_value", "task_source", "exam")["n_items"] == 2
    row = row_of(found, "share_of_cells", "task_source", "real_query", subject="effectiveness")
    assert (row["value"], row["n_planned"], row["n_items"]) == (0.75, 6, 6)


def test_a_source_that_is_not_stated_is_unknown():
    items = builders.items(3)
    study = builders.study(("a",), ratings_per_unit={"default": 1})
    tables = builders.tables(items=items, responses=builders.responses(("a",), 3))
    found = score_tables(builders.rubric([builders.metric()]), study, tables).tables["estimates"]
    assert row_of(found, "share_of_cells", "task_source", "unknown", subject="effectiveness")["value"] == 1


def test_metrics_with_a_gate_say_what_stands_behind_the_verdict():
    gated = builders.metric(gates=[{"id": "rate", "kind": "success_at_least", "limit": 0.4, "fails": {"at_most": "2"}}])
    sources = ["exam"] * 2 + ["real_query"] * 6
    found = run(metrics=[gated, builders.metric("other", code="E02")], sources=sources)
    shares = [row_of(found, "share_of_cells", "task_source", level, subject="effectiveness") for level in set(sources)]
    assert sum(row["value"] for row in shares) == pytest.approx(1)
    assert sum(row["n_planned"] for row in shares) == 8  # one gated metric on eight cases


def test_a_stratum_named_task_family_is_always_reported():
    n = len(LEVELS)
    items = builders.items(n, strata=lambda k: {"task_family": "triage" if k % 2 else "dosing"})
    study = builders.study(("a",), ratings_per_unit={"default": 1}, floors={"coverage": 0, "items": 1, "clusters": 2})
    tables = builders.tables(
        items=items, responses=builders.responses(("a",), n),
        ratings=builders.ratings({("a", k): [level] for k, level in enumerate(LEVELS)}),
    )  # fmt: skip
    found = score_tables(builders.rubric([builders.metric()]), study, tables).tables["estimates"]
    assert row_of(found, "mean_value", "task_family", "triage")["n_items"] == 4


@pytest.mark.parametrize("name", ["task_source", "high_risk"])
def test_a_stratum_with_the_name_of_one_that_is_made_is_refused(name):
    items = builders.items(2, strata={name: "x"})
    with pytest.raises(ScoringError) as caught:
        score_tables(builders.rubric([builders.metric()]), builders.study(("a",)), builders.tables(items=items))
    (problem,) = caught.value.problems
    assert (problem.code, problem.fix) == ("SCO031", "rename the stratum")


def test_a_high_risk_level_that_no_case_has_is_refused():
    with pytest.raises(ScoringError) as caught:
        run(strata={"report": ["age"], "high_risk": {"age": ["odl"]}})
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("SCO003", "'odl'")
    assert "child, old, young" in problem.expected


def test_the_effective_number_of_clusters_of_a_score_stands_in_a_column():
    found = run(levels=["5", "1", "3", "5", "1", "3", "1", "5"])
    (row,) = found.query("show == 'score' and missing == 'observed' and stratum == ''").to_dict("records")
    assert row["n_effective"] == pytest.approx(8)
    uneven = run(ages=["a"] * 5 + ["b", "c", "d"], cluster="strata.age", strata={"report": []})
    (row,) = uneven.query("show == 'score' and missing == 'observed' and stratum == ''").to_dict("records")
    assert (row["n_clusters"], row["n_effective"]) == (4, pytest.approx(28**2 / (25**2 + 3)))
    (own,) = uneven.query("show == 'mean_value' and missing == 'observed' and stratum == ''").to_dict("records")
    assert own["n_effective"] == pytest.approx(64 / 28)  # cases, at rho0 = 1
