"""Differences between systems and groups: worked by hand, with every decision and every refusal. All synthetic."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from dualtrack.records.study import StudyFile
from dualtrack.scoring.assay import with_assay
from dualtrack.scoring.decide import Claim, decide, holds_in_family
from dualtrack.scoring.engine import score_tables
from dualtrack.scoring.marginal import reversals
from dualtrack.stats import mcnemar_exact, tango_interval
from dualtrack.stats.interval import Interval, Method
from tests import builders

YES_NO = {"quantity": {"type": "binary", "per": "response", "show": "success_rate"}}
FAILS = {"ratings": {"scale": "quality", "fail_when": {"at_most": "2"}}}


def study(systems, *, baseline=None, kinds=None, layers=None, **plan):
    plain = json.loads(builders.study(systems, **plan).model_dump_json(by_alias=True))
    for system in plain["systems"]:
        system["kind"] = (kinds or {}).get(system["id"], system["kind"])
        system["layers"] = (layers or {}).get(system["id"])
    return StudyFile.model_validate_json(json.dumps(plain | {"baseline": baseline}))


def score(levels, *, metrics=None, n=None, sealed=True, file=None, items=None, responses=None, late=(), **plan):
    """``levels``: (system, item number) -> one level by one rater."""
    systems = sorted({system for system, _ in levels})
    n = max(k for _, k in levels) + 1 if n is None else n
    chosen = {"floors": {"coverage": 0.5, "items": 2, "clusters": 2}, "ratings_per_unit": {"default": 1}} | plan
    tables = builders.tables(
        items=items or builders.items(n, language="en"),
        responses=builders.responses(systems, n) if responses is None else responses,
        ratings=builders.ratings({key: [level] for key, level in levels.items()}),
    )
    rubric = builders.rubric(metrics or [builders.metric()])
    chosen_file = study(systems, **chosen) if file is None else file
    return score_tables(rubric, chosen_file, tables, pre_specified=sealed, late_margins=frozenset(late)).tables


def rows_of(tables, **wanted):
    wanted = {"basis": "planned", "comparison_kind": "pair", "stratum": "", "estimator": "mean_difference"} | wanted
    table = tables["comparisons"]
    return table[np.logical_and.reduce([table[name] == value for name, value in wanted.items()])]


def row_of(tables, **wanted):
    found = rows_of(tables, **wanted)
    assert len(found) == 1, wanted
    return found.iloc[0]


def spread(means, n=40, seed=3):
    """Levels 1 to 5 around a mean for each system, the same luck for all on an item."""
    luck = np.random.default_rng(seed).normal(0, 1.2, n)
    own = np.random.default_rng(seed + 1)
    return {
        (system, k): str(int(np.clip(round(mean + luck[k] + own.normal(0, 0.3)), 1, 5)))
        for system, mean in means.items()
        for k in range(n)
    }


# Which cases, which denominators.


def test_all_planned_cases_count_and_what_is_missing_counts_as_failed():
    given = {("a", 0): "5", ("a", 1): "5", ("a", 2): "1", ("b", 0): "3", ("b", 1): "1"}
    tables = score(given, n=4)
    row = row_of(tables, subject_id="accuracy")
    assert (row["value"], row["n_items"], row["n_a"], row["n_b"], row["missing"]) == (0.375, 4, 3, 2, "worst")
    filled = tables["estimates"].query("missing == 'worst' and subject == 'metric' and stratum == ''")
    worst = filled[filled["show"] == row["show"]].set_index("system_id")["value"]
    assert row["value"] == pytest.approx(worst["a"] - worst["b"])
    common = row_of(tables, subject_id="accuracy", basis="common")
    assert (common["value"], common["n_items"], common["missing"]) == (0.75, 2, "observed")


def test_the_planned_and_the_common_cases_agree_where_nothing_is_missing():
    tables = score(spread({"a": 3.5, "b": 3.0}))
    planned, common = (row_of(tables, subject_id="accuracy", basis=basis) for basis in ("planned", "common"))
    assert planned["value"] == common["value"]
    assert (planned["lower_missing"], planned["upper_missing"]) == (planned["lower"], planned["upper"])


def test_an_order_against_that_of_the_systems_own_estimates_is_flagged():
    given = {("a", k): "4" for k in range(10)} | {("b", k): "5" for k in range(4)}  # b answered the easy ones alone
    tables = score(given)
    assert row_of(tables, subject_id="accuracy")["reversal"] == "marginal"
    assert row_of(tables, subject_id="effectiveness")["reversal"] == "marginal"
    common = row_of(tables, subject_id="accuracy", basis="common")
    assert common["value"] < 0
    assert common.isna()["reversal"]


@pytest.mark.parametrize(
    ("value", "marginal", "levels", "word"),
    [
        (0.1, 0.2, [0.1, 0.1], None),
        (0.1, -0.2, [0.1, -0.1], "marginal"),
        (0.1, 0.2, [-0.1, -0.3], "strata"),
        (-0.1, 0.2, [0.1, 0.3], "both"),
        (0.1, None, [-0.1], None),
        (0.1, 0.0, [-0.1, None], None),
        (0.0, -0.2, [-0.1, -0.1], None),
        (None, -0.2, [], None),
    ],
)
def test_where_the_order_is_the_other_way_round(value, marginal, levels, word):
    """A score of several metrics can point one way in every part and the other way over all of them."""
    rows = [{"stratum": "part", "value": each} for each in levels]
    assert reversals(value, marginal, rows) == word


def test_every_level_of_a_reported_stratum_has_its_difference():
    given = spread({"a": 3.6, "b": 3.2}, n=13)
    items = builders.items(13, language="en", strata=lambda k: {"part": "hard" if k < 1 else "soft"})
    tables = score(given, items=items, strata={"report": ["part"]})
    levels = rows_of(tables, subject_id="effectiveness", stratum="part").set_index("stratum_level")
    assert levels["n_items"].to_dict() == {"hard": 1, "soft": 12}
    assert levels["reason"].to_dict()["hard"] == "too_few_clusters"
    assert levels["family"].to_dict()["soft"] == "effectiveness.strata.exploratory"


def test_a_failed_answer_is_the_system_s_own_and_an_unrated_one_is_not():
    given = {("a", k): "5" for k in range(12)} | {("b", k): "5" for k in range(9)}
    rows = builders.responses(("a", "b"), 12)
    unrated = row_of(score(given, responses=rows, n=12), subject_id="accuracy")
    assert unrated["value"] == 0.25
    assert unrated["lower_missing"] < 0 < unrated["value"]
    for row in rows[21:]:
        row.update(status="refused", text="I cannot help.")
    refused = row_of(score(given, responses=rows, n=12), subject_id="accuracy")
    assert (refused["value"], refused["lower_missing"]) == (0.25, refused["lower"])


def test_exchanged_names_mirror_every_difference_to_the_bit():
    """Law 8: what was a minus b is b minus a; numbers change their sign, limits their place, nothing else changes."""
    given = spread({"a": 3.8, "b": 3.2}, n=36)
    del given["b", 3]
    other = {("b" if system == "a" else "a", k): level for (system, k), level in given.items()}
    key = ["subject_id", "show", "basis"]
    first, second = (score(each)["comparisons"].set_index(key).sort_index() for each in (given, other))
    for one, two in (("value", "value"), ("lower", "upper"), ("lower_missing", "upper_missing")):
        assert (-first[one] + 0.0).fillna(9).tolist() == second[two].fillna(9).tolist(), one
    for same in ("p", "p_adjusted", "n_items", "n_discordant", "method", "reversal"):
        pd.testing.assert_series_equal(first[same], second[same], check_exact=True)


# Tests and intervals by type.


def yes_no(n=30, b_fails=9):
    given = {("a", k): "1" if k == 0 else "5" for k in range(n)}
    return given | {("b", k): "1" if 1 <= k <= b_fails else "5" for k in range(n)}


def test_passes_and_failures_on_independent_cases_are_compared_by_tango_and_mcnemar():
    tables = score(yes_no(), metrics=[builders.metric(**YES_NO, **FAILS)])
    row, expected = row_of(tables, subject_id="accuracy"), tango_interval(9, 1, 30)
    assert (row["method"], row["p_method"], row["n_discordant"]) == ("tango", "mcnemar_exact", 10)
    assert (row["value"], row["lower"], row["upper"]) == (expected.value, expected.lower, expected.upper)
    assert row["p"] == mcnemar_exact(9, 1)


def test_cases_that_belong_together_are_compared_by_cluster():
    items = builders.items(30, language="en", family_id=lambda k: f"f{k // 2}")
    metrics = [builders.metric(**YES_NO, **FAILS)]
    row = row_of(score(yes_no(), metrics=metrics, items=items, cluster="family_id"), subject_id="accuracy")
    assert row["p_method"] == "clustered_t"
    assert row["method"] in ("linearised", "linearised_pseudo_cases")


def test_ordered_levels_have_signed_ranks_beside_unless_cases_belong_together():
    given = spread({"a": 3.8, "b": 3.0}, n=30)
    row = row_of(score(given), subject_id="accuracy", estimator="hodges_lehmann")
    assert (row["show"], row["method"], row["p_method"]) == ("hodges_lehmann", "signed_rank", "signed_rank")
    moved = [(int(given["a", k]) - int(given["b", k])) / 4 for k in range(30)]
    means = sorted((moved[i] + moved[j]) / 2 for i in range(30) for j in range(i, 30))
    assert row["value"] == pytest.approx(np.median(means))
    items = builders.items(30, language="en", family_id=lambda k: f"f{k // 3}")
    again = score(given, items=items, cluster="family_id")
    row = row_of(again, subject_id="accuracy", estimator="hodges_lehmann")
    assert (row["state"], row["reason"]) == ("undefined", "clustered")
    assert row_of(again, subject_id="accuracy")["p_method"] == "clustered_t"


# Decisions.

LIMITS = {
    (0.06, 0.10): "superior",
    (0.01, 0.10): "non_inferior",
    (-0.04, 0.10): "non_inferior",
    (-0.04, 0.04): "equivalent",
    (-0.10, -0.06): "inferior",
    (-0.10, 0.04): "not_demonstrated",
}


@pytest.mark.parametrize(("limits", "word"), LIMITS.items())
def test_a_claim_is_read_off_the_limits(limits, word):
    claim = decide(limits, (None, None), 0.05, frozen=True)
    assert claim.word == word
    assert bool(claim.reasons) == (word == "not_demonstrated")
    late = decide(limits, (None, None), 0.05, frozen=False)
    assert late.word == "not_demonstrated"
    assert "retrospective" in late.reasons
    hurt = decide(limits, (-1.0, 1.0), 0.05, frozen=True)
    assert hurt.word == "not_demonstrated"
    if word != "not_demonstrated":
        assert hurt.reasons == ("missing_evidence",)


def test_without_limits_nothing_is_claimed():
    assert decide((None, None), (None, None), 0.05, frozen=True).reasons == ("too_few_clusters",)


def _difference(value, error=0.02, freedom=59.0):
    half = -student.ppf(0.025, freedom) * error
    return Interval(
        method=Method.linearised, confidence=0.95, value=value, lower=value - half, upper=value + half,
        standard_error=error, degrees_of_freedom=freedom,
    )  # fmt: skip


def test_claims_of_one_family_are_corrected_each_at_its_margin():
    alone = _difference(0.092)  # 2.1 standard errors beyond the margin: enough for one pair
    claim = decide((alone.lower, alone.upper), (None, None), 0.05, frozen=True)
    assert claim.word == "superior"
    assert holds_in_family([claim], [alone], 0.05) == [Claim("superior")]
    others = [_difference(0.0), _difference(0.01)]
    claims = [decide((each.lower, each.upper), (None, None), 0.05, frozen=True) for each in others]
    first, *rest = holds_in_family([claim, *claims], [alone, *others], 0.05)
    assert first.word == "non_inferior"  # falls to what still stands
    assert [each.word for each in rest] == ["equivalent", "non_inferior"]


@pytest.mark.parametrize(
    ("margins", "sealed", "late", "word"),
    [
        ({"effectiveness": 0.05}, True, (), "superior"),
        ({"effectiveness": {"value": 0.05, "why": "What clinicians call the same."}}, True, (), "superior"),
        ({"effectiveness": 0.05}, False, (), "not_demonstrated"),
        ({"effectiveness": 0.05}, True, ("effectiveness",), "not_demonstrated"),
        ({}, True, (), None),
    ],
)
def test_a_margin_decides_only_where_it_was_written_before(margins, sealed, late, word):
    given = spread({"a": 4.5, "b": 2.0}, n=60)
    row = row_of(score(given, sealed=sealed, late=late, comparisons={"margins": margins}), subject_id="effectiveness")
    assert row["decision"] == word or (word is None and row.isna()["decision"])
    assert row["role"] == ("primary" if sealed else "exploratory")
    if margins:
        assert row["margin"] == 0.05
        assert row["margin_pre_specified"] == (sealed and not late)
    if word == "not_demonstrated":
        assert row["reasons"] == ["retrospective"]


def test_withholding_the_other_system_s_ratings_never_makes_a_claim():
    """Law 3: what nobody rated counts against whoever would gain by it."""
    given = spread({"a": 3.4, "b": 3.4}, n=40)
    margins = {"comparisons": {"margins": {"effectiveness": 0.05}}}
    for gone in (0, 6, 30):
        kept = {key: level for key, level in given.items() if not (key[0] == "b" and key[1] < gone)}
        row = row_of(score(kept, n=40, **margins), subject_id="effectiveness")
        assert row["decision"] not in ("superior", "inferior"), gone
        if gone:
            assert row["lower_missing"] < row["lower"]


def test_different_raters_and_no_shared_case_are_not_comparable():
    given = {("a", 0): "5", ("b", 1): "5"}
    row = row_of(score(given, n=2), subject_id="accuracy")
    assert (row["state"], row["reason"], row["decision"]) == ("undefined", "no_overlap", "not_comparable")
    rows = builders.ratings({("a", k): ["4"] for k in range(4)})
    rows += [row | {"system_id": "b", "rater_id": "other"} for row in rows]
    tables = builders.tables(items=builders.items(4), responses=builders.responses(("a", "b"), 4), ratings=rows)
    file = study(("a", "b"), ratings_per_unit={"default": 1})
    found = score_tables(builders.rubric([builders.metric()]), file, tables, pre_specified=True).tables
    for basis in ("planned", "common"):
        row = row_of(found, subject_id="accuracy", basis=basis)
        assert (row["reason"], row["decision"]) == ("raters_differ", "not_comparable")


# Several tests.


def test_the_plan_chooses_the_resampled_maximum_and_few_clusters_fall_back_to_holm():
    given = spread({"a": 2.6, "b": 2.9, "c": 3.1}, n=120)
    by = {
        how: rows_of(score(given, comparisons={"multiplicity": how}), subject_id="effectiveness")
        for how in ("holm", "max_t")
    }
    for how, rows in by.items():
        assert set(rows["adjustment"]) == {how}
        assert set(rows["family"]) == {"effectiveness"}
    assert by["holm"]["p"].tolist() == by["max_t"]["p"].tolist()
    assert (by["max_t"]["p_adjusted"] >= by["max_t"]["p"] - 0.02).all()
    few = rows_of(
        score(spread({"a": 2.6, "b": 2.9, "c": 3.1}, n=12), comparisons={"multiplicity": "max_t"}),
        subject_id="effectiveness",
    )
    assert set(few["adjustment"]) == {"holm"}


def test_looking_around_is_exploratory_and_corrected_by_benjamini_and_hochberg():
    metrics = [builders.metric("one"), builders.metric("two", code="E02")]
    tables = score(spread({"a": 3.2, "b": 3.0, "c": 2.5}), metrics=metrics)
    rows = rows_of(tables, show="mean_value")
    assert set(rows["family"]) == {"effectiveness.metrics.exploratory"}
    assert set(rows["adjustment"]) == {"benjamini_hochberg"}
    assert set(rows["role"]) == {"exploratory"}
    p, m = np.sort(rows["p"].to_numpy()), len(rows)
    expected = np.minimum.accumulate((p * m / np.arange(1, m + 1))[::-1])[::-1].clip(max=1)
    assert np.sort(rows["p_adjusted"].to_numpy()) == pytest.approx(expected)
    assert rows_of(tables, basis="common")["family"].isna().all()


# Baseline and groups.


def test_the_baseline_is_the_second_side_of_its_pairs():
    given = spread({"a": 3.2, "b": 3.0, "c": 2.5})
    plan = {"ratings_per_unit": {"default": 1}, "floors": {"coverage": 0.5, "items": 2, "clusters": 2}}
    table = rows_of(score(given, file=study("abc", baseline="a", **plan)), subject_id="effectiveness")
    found = {(row["system_a"], row["system_b"]): row["against_baseline"] for row in table.to_dict("records")}
    assert found == {("b", "a"): True, ("c", "a"): True, ("b", "c"): False}
    only = study("abc", baseline="a", **plan, comparisons={"pairs": "baseline"})
    assert len(rows_of(score(given, file=only), subject_id="effectiveness")) == 2


def test_a_baseline_that_is_not_in_the_study_is_refused():
    with pytest.raises(ValueError, match="baseline 'z' is not among the systems"):
        study("ab", baseline="z")


def test_groups_of_systems_are_compared_by_kind_and_by_layer():
    given = spread({"a": 3.6, "b": 3.2, "c": 2.5})
    kinds = {"a": "specialised", "b": "specialised"}
    layers = {"a": ["retrieval"], "b": ["retrieval", "guardrails"], "c": []}
    file = study("abc", kinds=kinds, layers=layers, ratings_per_unit={"default": 1})
    tables = score(given, file=file)
    groups = rows_of(tables, comparison_kind="group", subject_id="accuracy")
    found = {(row["system_a"], row["system_b"]): row for row in groups.to_dict("records")}
    assert set(found) == {
        ("kind:general_llm", "kind:specialised"),
        ("layer:guardrails", "without:guardrails"),
        ("layer:retrieval", "without:retrieval"),
    }
    values = {system: np.mean([(int(given[system, k]) - 1) / 4 for k in range(40)]) for system in "abc"}
    row = found["layer:retrieval", "without:retrieval"]
    assert row["value"] == pytest.approx((values["a"] + values["b"]) / 2 - values["c"])
    assert (row["n_systems_a"], row["n_systems_b"]) == (2, 1)
    assert row["family"] == "effectiveness.groups.exploratory"
    assert groups["decision"].isna().all()


def test_systems_whose_layers_nobody_stated_stand_in_no_group_of_layers():
    given = spread({"a": 3.6, "b": 3.2, "c": 2.5})
    file = study("abc", layers={"a": ["retrieval"]}, ratings_per_unit={"default": 1})
    assert rows_of(score(given, file=file), comparison_kind="group").empty


# What the study could see.


def test_what_shows_that_a_difference_could_be_seen():
    apart = score(spread({"a": 4.5, "b": 2.0}, n=60))
    assert set(rows_of(apart)["assay"]) == {"told_apart"}
    alike = score(spread({"a": 3.0, "b": 3.0}, n=12))
    assert set(rows_of(alike)["assay"]) == {"not_shown"}
    rows = [
        {"track": "safety", "subject_id": each, "p_adjusted": None, "stratum": ""} for each in ("safety", "harm", "x")
    ]
    panel = {"metric_id": "harm", "rater_id": ""}
    found = {"show": "control_detection", "lower": 0.7, "upper": 1.0}
    for upper, words in ((0.2, ["controls", "controls", "not_shown"]), (0.8, ["not_shown"] * 3)):
        effects = [panel | found, panel | {"show": "control_false_alarm", "lower": 0.0, "upper": upper}]
        assert [row["assay"] for row in with_assay(rows, effects)] == words


# Bad input.


def test_one_system_has_nothing_to_be_compared_with():
    assert score({("a", k): "4" for k in range(4)})["comparisons"].empty


def test_everything_in_one_cluster_has_a_value_and_no_interval_and_decides_nothing():
    items = builders.items(20, language="en", family_id="same")
    given = spread({"a": 4.5, "b": 2.0}, n=20)
    margins = {"margins": {"effectiveness": 0.05}}
    row = row_of(score(given, items=items, cluster="family_id", comparisons=margins), subject_id="effectiveness")
    assert row["value"] > 0.05
    assert (row["reason"], row["decision"], row["reasons"]) == (
        "too_few_clusters",
        "not_demonstrated",
        ["too_few_clusters"],
    )
    assert np.isnan(row["lower"])
    assert np.isnan(row["p"])


def test_all_missing_is_not_comparable():
    given = {("a", 0): "cannot_judge", ("b", 0): "cannot_judge"}
    tables = score(given, n=6, comparisons={"margins": {"effectiveness": 0.05}})
    rows = rows_of(tables)
    assert set(rows["state"]) == {"undefined"}
    assert set(rows["reason"]) == {"no_overlap"}
    assert set(rows["decision"]) == {"not_comparable"}
    assert rows["value"].isna().all()
