"""Estimates, track scores, differences and the accountability table, worked by hand."""

import numpy as np
import pytest
from scipy.stats import t as student

from dualtrack.scoring.engine import score_tables
from tests import builders

QUALITY = builders.scale("quality")


def run(
    metrics, levels, *, systems=("a",), n=None, items=None, responses=None, extra=None, sealed=True, rule=None, **plan
):
    """``levels``: scale -> (system, item number) -> levels."""
    n = max(k for given in levels.values() for _, k in given) + 1 if n is None else n
    tables = builders.tables(
        items=items or builders.items(n, language="en"),
        responses=responses if responses is not None else builders.responses(systems, n),
        ratings=[row for scale, given in levels.items() for row in builders.ratings(given, scale)],
        **(extra or {}),
    )
    chosen = {"floors": {"coverage": 0.5, "items": 2, "clusters": 2}, "ratings_per_unit": {"default": 1}} | plan
    chosen |= {"responses": rule} if rule else {}
    scales = [builders.scale(name) for name in levels]
    study = builders.study(systems, **chosen)
    return score_tables(builders.rubric(metrics, scales), study, tables, pre_specified=sealed).tables


def rated(about, keys, level):
    """One rating of what a row is about."""
    return {key: about[key] for key in keys} | {"scale_id": "quality", "rater_id": "r", "level": level}


def pick(tables, name="estimates", **wanted):
    table = tables[name]
    if "show" not in wanted:
        table = table[~table["show"].str.partition(":")[0].isin(builders.BESIDE)]
    if name == "estimates" and "stratum_level" not in wanted:
        table = table[table["stratum"] == ""]
    chosen = np.logical_and.reduce([table[column] == value for column, value in wanted.items()])
    assert chosen.sum() == 1, wanted
    return table[chosen].iloc[0]


def test_a_mean_of_levels_has_t_limits_over_clusters():
    levels = ["5", "5", "3", "1"]  # 1, 1, .5, 0
    tables = run([builders.metric()], {"quality": {("a", k): [level] for k, level in enumerate(levels)}})
    row = pick(tables, subject="metric", missing="observed", basis="primary")
    values = np.array([1, 1, 0.5, 0])
    se = values.std(ddof=1) / 2
    assert row["value"] == pytest.approx(0.625)
    assert row["lower"] == pytest.approx(max(0, 0.625 - student.ppf(0.975, 3) * se))
    assert row["upper"] == pytest.approx(min(1, 0.625 + student.ppf(0.975, 3) * se))
    assert (row["n_items"], row["n_clusters"], row["n_raters"], row["coverage"]) == (4, 4, 1, 1.0)


def test_missing_cells_widen_the_bounds_and_lower_the_coverage():
    tables = run([builders.metric()], {"quality": {("a", 0): ["5"], ("a", 1): ["3"]}}, n=4)
    score = {fill: pick(tables, subject="metric", missing=fill)["value"] for fill in ("worst", "observed", "best")}
    assert score == {"worst": 0.375, "observed": 0.75, "best": 0.875}
    assert pick(tables, subject="metric", missing="observed")["coverage"] == 0.5


def test_repeats_of_an_item_are_averaged_within_it():
    rows = [
        {"system_id": "a", "item_id": item, "sample": sample, "status": "answered", "text": "t"}
        for item in ("i000", "i001") for sample in (1, 2)
    ]  # fmt: skip
    ratings = [
        rated(row, ("system_id", "item_id", "sample"), level)
        for row, level in zip(rows, ("5", "1", "5", "5"), strict=True)
    ]  # fmt: skip
    tables = builders.tables(items=builders.items(2), responses=rows, ratings=ratings)
    study = builders.study(("a",), samples=2, ratings_per_unit={"default": 1})
    scored = score_tables(builders.rubric([builders.metric()], [QUALITY]), study, tables)
    row = pick(scored.tables, subject="metric", missing="observed")
    assert (row["value"], row["n_items"], row["n_planned"]) == (0.75, 2, 4)


def test_units_of_one_response_are_averaged_or_pooled_as_the_metric_says():
    units = [
        {"system_id": "a", "item_id": item, "unit_id": f"{item}u{k}", "kind": "sentence", "text": "s"}
        for item, count in (("i000", 1), ("i001", 3)) for k in range(count)
    ]  # fmt: skip
    ratings = [
        rated(unit, ("system_id", "item_id", "unit_id"), level)
        for unit, level in zip(units, ("1", "5", "5", "5"), strict=True)
    ]  # fmt: skip
    for pool, value in (("items", 0.5), ("units", 0.75)):
        metric = builders.metric(
            quantity={"type": "proportion", "per": "sentence", "pool": pool, "show": "success_rate"},
            ratings={"scale": "quality", "fail_when": {"at_most": "2"}},
        )
        tables = builders.tables(
            items=builders.items(2), responses=builders.responses("a", 2), units=units, ratings=ratings
        )
        study = builders.study(("a",), ratings_per_unit={"default": 1})
        scored = score_tables(builders.rubric([metric], [QUALITY]), study, tables)
        assert pick(scored.tables, subject="metric", missing="observed")["value"] == value


def test_a_response_without_units_is_missing_not_passed():
    metric = builders.metric(quantity={"type": "ordinal", "per": "sentence", "show": "mean_value"})
    units = [{"system_id": "a", "item_id": "i000", "unit_id": "u", "kind": "sentence", "text": "s"}]
    rating = {"system_id": "a", "item_id": "i000", "unit_id": "u", "scale_id": "quality", "rater_id": "r", "level": "5"}
    tables = builders.tables(
        items=builders.items(2), responses=builders.responses("a", 2), units=units, ratings=[rating]
    )
    study = builders.study(("a",), ratings_per_unit={"default": 1})
    scored = score_tables(builders.rubric([metric], [QUALITY]), study, tables)
    rows = scored.tables["observations"].set_index("item_id")
    assert rows.loc["i001", "reason"] == "not_recorded"
    assert (rows.loc["i001", "worst"], rows.loc["i001", "best"]) == (0, 1)


def test_shares_distributions_and_native_means_stand_beside():
    metric = builders.metric(
        quantity={
            "type": "ordinal", "per": "response", "show": "mean_value",
            "also": [{"show": "share_at_least", "level": "4"}, {"show": "distribution"}],
        }
    )  # fmt: skip
    levels = ["5", "4", "3", "cannot_judge"]
    tables = run([metric], {"quality": {("a", k): [level] for k, level in enumerate(levels)}})
    share = pick(tables, show="share_at_least:4")
    assert share["value"] == pytest.approx(2 / 3)
    assert share["method"] == "exact"
    assert pick(tables, show="level:5")["value"] == 0.25
    assert pick(tables, show="level:cannot_judge")["n_events"] == 1
    assert pick(tables, show="level:1")["value"] == 0


def test_a_measured_quantity_has_its_mean_and_quantiles_in_its_own_unit():
    check = {
        "id": "grade", "kind": "readability", "proof": "by_construction", "why": "arithmetic",
        "params": {"min_words": 5, "max_grade": 12.0},
    }  # fmt: skip
    metric = builders.metric(
        ratings=None, checks=[check], combine="check_only",
        quantity={
            "type": "numeric", "per": "response", "show": "success_rate",
            "also": [{"show": "mean_raw", "unit": "school years"}],
        },
    )  # fmt: skip
    texts = (
        "Rest and drink water. See a doctor if the fever lasts more than three days.",
        "Notwithstanding heterogeneity, immunosuppression predisposes individuals to opportunistic infections.",
        "Take one tablet a day with food. Stop it and call us if a rash comes.",
    )
    responses = [
        {"system_id": "a", "item_id": f"i{k:03d}", "status": "answered", "text": text} for k, text in enumerate(texts)
    ]
    tables = run([metric], {"quality": {}}, n=3, items=builders.items(3, language="en"), responses=responses)
    native = np.sort(tables["observations"].query("basis == 'primary'")["raw"].to_numpy())
    assert pick(tables, show="mean_raw")["value"] == pytest.approx(native.mean(), abs=1e-6)
    found = [pick(tables, show=f"quantile_raw:{percent}") for percent in (10, 50, 90)]
    assert [row["value"] for row in found] == pytest.approx(native, abs=1e-6)
    assert {row["interval_reason"] for row in found} == {"description"}


def test_the_track_score_weighs_what_was_assessed_and_bounds_what_is_in_scope():
    metrics = [
        builders.metric("one", code="E01", weight={"value": 3, "why": "w"}, ratings={"scale": "first"}),
        builders.metric("two", code="E02", weight={"value": 1, "why": "w"}, ratings={"scale": "second"}),
        builders.metric("none", code="E03", weight={"value": 4, "why": "w"}, ratings={"scale": "third"}),
    ]
    given = {
        "first": {("a", 0): ["5"], ("a", 1): ["5"], ("a", 2): ["3"], ("a", 3): ["3"]},  # .75
        "second": {("a", 0): ["1"], ("a", 1): ["3"]},  # .25 over two of four
        "third": {},
    }
    tables = run(metrics, given, n=4)
    row = pick(tables, subject="track", show="score", missing="observed")
    assert row["value"] == pytest.approx((3 * 0.75 + 1 * 0.25) / 4)
    assert row["coverage"] == pytest.approx((3 * 1 + 1 * 0.5 + 4 * 0) / 8)
    assert pick(tables, subject="track", missing="worst")["value"] == pytest.approx((3 * 0.75 + 0.125) / 8)
    assert pick(tables, subject="track", missing="best")["value"] == pytest.approx((3 * 0.75 + 0.625 + 4) / 8)
    assert pick(tables, show="unweighted_mean")["value"] == pytest.approx(0.5)


def test_a_metric_of_weight_zero_is_reported_and_not_weighed():
    metrics = [
        builders.metric("one", code="E01", ratings={"scale": "first"}),
        builders.metric("two", code="E02", weight={"value": 0, "why": "w"}, ratings={"scale": "second"}),
    ]
    given = {"first": {("a", k): ["5"] for k in range(3)}, "second": {("a", k): ["1"] for k in range(3)}}
    tables = run(metrics, given)
    assert pick(tables, subject="track", show="score", missing="observed")["value"] == 1
    assert pick(tables, subject_id="two", missing="observed")["value"] == 0
    assert pick(tables, subject_id="two", missing="observed")["role"] == "secondary"


def test_a_retrospective_study_has_no_primary_result():
    tables = run([builders.metric()], {"quality": {("a", k): ["5"] for k in range(3)}}, sealed=False)
    assert set(tables["estimates"]["role"]) == {"exploratory"}


def test_a_difference_is_taken_on_the_items_that_both_systems_share():
    given = {("a", 0): ["5"], ("a", 1): ["5"], ("a", 2): ["1"], ("b", 0): ["3"], ("b", 1): ["1"]}
    tables = run([builders.metric()], {"quality": given}, systems=("a", "b"), n=3)
    row = pick(tables, "comparisons", subject_id="accuracy", basis="common", estimator="mean_difference")
    assert (row["value"], row["n_items"], row["n_a"], row["n_b"]) == (0.75, 2, 3, 2)
    assert row["role"] == "exploratory"


@pytest.mark.parametrize(
    ("raters_of_b", "state"), [(("r1", "r2"), "defined"), (("r2", "r1"), "defined"), (("r3", "r4"), "undefined")]
)
def test_a_difference_needs_the_same_raters_or_a_balanced_plan(raters_of_b, state):
    ratings = [
        {"system_id": system, "item_id": f"i00{k}", "scale_id": "quality", "rater_id": rater, "level": "4"}
        for system, raters in (("a", ("r1", "r2")), ("b", raters_of_b)) for k, rater in enumerate(raters)
    ]  # fmt: skip
    tables = builders.tables(items=builders.items(2), responses=builders.responses(("a", "b"), 2), ratings=ratings)
    study = builders.study(("a", "b"), ratings_per_unit={"default": 1})
    scored = score_tables(builders.rubric([builders.metric()], [QUALITY]), study, tables)
    row = pick(scored.tables, "comparisons", subject_id="accuracy", basis="planned", estimator="mean_difference")
    assert row["state"] == state
    assert state == "defined" or row["reason"] == "raters_differ"


def test_from_a_hundred_clusters_on_differences_are_resampled_from_the_track_s_own_stream():
    rng = np.random.default_rng(1)
    given = {(s, k): [str(rng.integers(1, 6))] for s in ("a", "b") for k in range(120)}
    tables = run([builders.metric()], {"quality": given}, systems=("a", "b"))
    row = pick(tables, "comparisons", subject_id="accuracy", basis="planned", estimator="mean_difference")
    assert row["method"] == "resampled"
    diff = np.array([(int(given["a", k][0]) - int(given["b", k][0])) / 4 for k in range(120)])
    se = diff.std(ddof=1) / np.sqrt(120)
    assert row["lower"] == pytest.approx(diff.mean() - 1.96 * se, abs=0.05)
    assert row["upper"] == pytest.approx(diff.mean() + 1.96 * se, abs=0.05)


def test_the_baseline_rule_compares_with_the_baseline_alone():
    given = {(s, k): ["5"] for s in ("a", "b", "c") for k in range(2)}
    study = {"comparisons": {"pairs": "none"}}
    assert run([builders.metric()], {"quality": given}, systems=("a", "b", "c"), **study)["comparisons"].empty


def test_every_response_is_accounted_for_at_every_stage():
    rows = builders.responses("a", 6)
    for row, status in zip(rows, ("answered", "answered", "refused", "empty", "error", "not_run"), strict=True):
        row["status"] = status
        row["text"] = row["text"] if status in ("answered", "refused") else None
    tables = run([builders.metric()], {"quality": {("a", 0): ["5"]}}, n=6, responses=rows)
    table = tables["accountability"]
    counted = table[table["reason"] == ""].set_index("stage")["n"].to_dict()
    assert counted == {"planned": 6, "run": 4, "answered": 2, "scored": 1, "analysed": 1}
    lost = table[table["reason"] != ""].set_index(["stage", "reason"])["n_lost"].to_dict()
    assert lost == {
        ("run", "no_response"): 2, ("answered", "refused"): 1, ("answered", "empty"): 1, ("scored", "no_evidence"): 1,
    }  # fmt: skip


def test_an_imported_judge_stands_beside_and_drives_nothing():
    scores = [
        {"system_id": "a", "item_id": f"i00{k}", "scale_id": "quality", "source_id": "judge", "level": "1"}
        for k in range(3)
    ]
    tables = run([builders.metric()], {"quality": {("a", k): ["5"] for k in range(3)}}, extra={"scores": scores})
    assert pick(tables, subject="metric", missing="observed", basis="primary")["value"] == 1
    assert pick(tables, subject="metric", missing="observed", basis="score:judge")["value"] == 0
    assert pick(tables, subject="track", show="score", missing="observed")["value"] == 1


def test_strata_are_estimated_apart_and_stay_exploratory():
    items = builders.items(4, strata=lambda k: {"age": "child" if k < 1 else "adult"})
    given = {"quality": {("a", 0): ["1"], **{("a", k): ["5"] for k in (1, 2, 3)}}}
    tables = run([builders.metric()], given, items=items, strata={"report": ["age"]})
    child = pick(tables, subject="metric", missing="observed", stratum_level="child")
    assert (child["value"], child["n_items"], child["role"]) == (0, 1, "exploratory")
    assert child["interval_reason"] == "too_few_clusters"
    assert pick(tables, subject="metric", missing="observed", stratum_level="adult")["value"] == 1


def test_each_track_has_a_random_stream_of_its_own():
    rng = np.random.default_rng(2)
    drawn = {(s, k): [str(rng.integers(1, 6))] for s in ("a", "b") for k in range(120)}
    metrics = [
        builders.metric("one", code="E01", ratings={"scale": "first"}),
        builders.metric("two", code="S01", track="safety", ratings={"scale": "second"}),
    ]
    tables = run(metrics, {"first": drawn, "second": drawn}, systems=("a", "b"))
    wanted = {"basis": "planned", "estimator": "mean_difference"}
    one, two = (pick(tables, "comparisons", subject_id=name, **wanted) for name in ("one", "two"))
    assert one["value"] == two["value"]
    assert (one["lower"], one["upper"]) != (two["lower"], two["upper"])


def test_pooled_units_are_pooled_in_the_bounds_too():
    metric = builders.metric(
        quantity={"type": "proportion", "per": "sentence", "pool": "units", "show": "success_rate"},
        ratings={"scale": "quality", "fail_when": {"at_most": "2"}},
    )
    units = [
        {"system_id": "a", "item_id": item, "unit_id": f"u{k}", "kind": "sentence", "text": "s"}
        for item, count in (("i000", 1), ("i001", 3))
        for k in range(count)
    ]
    given = [rated(unit, ("system_id", "item_id", "unit_id"), "5") for unit in units if unit["item_id"] == "i001"]
    tables = builders.tables(items=builders.items(2), responses=builders.responses("a", 2), units=units, ratings=given)
    study = builders.study(("a",), ratings_per_unit={"default": 1})
    scored = score_tables(builders.rubric([metric], [QUALITY]), study, tables)
    assert pick(scored.tables, subject="metric", missing="worst")["value"] == 0.75
    assert pick(scored.tables, subject="metric", missing="best")["value"] == 1


def test_p_values_are_corrected_by_holm_over_the_pairs_of_one_track():
    rng = np.random.default_rng(3)
    given = {(s, k): [str(rng.integers(low, 6))] for s, low in (("a", 1), ("b", 2), ("c", 4)) for k in range(40)}
    planned = builders.planned_pairs(run([builders.metric()], {"quality": given}, systems=("a", "b", "c")))
    track = planned[planned["subject_id"] == "effectiveness"]
    p = track["p"].to_numpy()
    order = np.argsort(p)
    holm = np.maximum.accumulate(p[order] * np.array([3, 2, 1])).clip(max=1)
    assert track["p_adjusted"].to_numpy()[order] == pytest.approx(holm)
    assert set(track["family"]) == {"effectiveness"}
    metrics = planned[planned["subject_id"] != "effectiveness"]
    assert set(metrics["family"]) == {"effectiveness.metrics.exploratory"}
    difference = np.array([(int(given["a", k][0]) - int(given["b", k][0])) / 4 for k in range(40)])
    t = abs(difference.mean()) / (difference.std(ddof=1) / np.sqrt(40))
    row = pick({"comparisons": track}, "comparisons", system_a="a", system_b="b")
    assert row["p"] == pytest.approx(2 * student.sf(t, 39))


def test_a_second_occasion_shows_self_agreement_and_enters_no_value():
    about = {"system_id": "a", "item_id": "i000", "scale_id": "quality", "rater_id": "r"}
    ratings = [about | {"level": "5"}, about | {"occasion": 2, "level": "1"}]
    tables = builders.tables(items=builders.items(1), responses=builders.responses("a", 1), ratings=ratings)
    study = builders.study(("a",), ratings_per_unit={"default": 1})
    scored = score_tables(builders.rubric([builders.metric()], [QUALITY]), study, tables)
    assert pick(scored.tables, subject="metric", missing="observed")["value"] == 1
    assert len(scored.tables["findings"]) == 2


def test_a_tie_break_joins_the_ratings_that_were_owed():
    about = {"system_id": "a", "item_id": "i000", "scale_id": "quality"}
    ratings = [about | {"rater_id": f"r{k}", "level": level} for k, level in enumerate(("5", "1"))]
    ratings.append(about | {"rater_id": "third", "level": "1", "role": "tie_break"})
    tables = builders.tables(items=builders.items(1), responses=builders.responses("a", 1), ratings=ratings)
    study = builders.study(("a",), ratings_per_unit={"default": 2})
    scored = score_tables(builders.rubric([builders.metric()], [QUALITY]), study, tables)
    assert pick(scored.tables, subject="metric", missing="observed", basis="primary")["value"] == 0
    before = pick(scored.tables, subject="metric", missing="observed", basis="unadjudicated")
    assert before["value"] == 0.5  # the median of the two, kept beside it


def test_a_response_that_the_plan_does_not_list_is_counted_nowhere():
    rows = builders.responses("a", 2)
    metric, given = builders.metric(), {"quality": {("a", 0): ["5"]}}
    table = run([metric], given, n=3, responses=rows, rule="as_listed")["accountability"]
    assert table[table["reason"] == ""].set_index("stage")["n"].to_dict() == {
        "planned": 2, "run": 2, "answered": 2, "scored": 1, "analysed": 1,
    }  # fmt: skip
