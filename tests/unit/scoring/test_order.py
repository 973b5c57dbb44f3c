"""Ranks and robustness to the weights: worked by hand, against literal twins, and where there is nothing to rank."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualtrack.records.results import RESULT_TABLES
from dualtrack.scoring.engine import score_tables
from dualtrack.stats import dirichlet_weights, linearised_difference, resampling_weights
from dualtrack.terms import Reason
from tests import builders

SPECIFIED = {table.name: table for table in RESULT_TABLES}
SCALES = ("one", "two", "three")


def metrics(weights=(2.0, 1.0), track="effectiveness", **changes):
    letter = track[0].upper()
    return [
        builders.metric(
            f"{track}_{name}", code=f"{letter}{place:02d}", track=track, ratings={"scale": name},
            weight={"value": weight, "why": "w"}, **changes,
        )
        for place, (name, weight) in enumerate(zip(SCALES, weights, strict=False), start=1)
    ]  # fmt: skip


def score(rows, systems, n, *, of=None, raters=None, baseline=None, sealed=True, late=(), **plan):
    """``rows``: (scale, system) -> list of levels, one per item; "" is a rating that is missing."""
    given_ = [
        {
            "system_id": system, "item_id": f"i{k:03d}", "scale_id": scale, "level": level,
            "rater_id": (raters or {}).get(system, "r"),
        }
        for (scale, system), levels in rows.items() for k, level in enumerate(levels) if level
    ]  # fmt: skip
    tables = builders.tables(
        items=builders.items(n, language="en", family_id=lambda k: f"f{k // 4}"),
        responses=builders.responses(systems, n),
        ratings=given_,
    )
    chosen = {"floors": {"coverage": 0.0, "items": 1, "clusters": 8}, "ratings_per_unit": {"default": 1}} | plan
    scales = [builders.scale(name) for name in SCALES]
    study = builders.study(systems, **chosen).model_copy(update={"baseline": baseline})
    rubric = builders.rubric(of or metrics(), scales)
    return score_tables(rubric, study, tables, pre_specified=sealed, late_margins=frozenset(late)).tables


def drawn_levels(skills, n, *, seed=1, scales=("one", "two")):
    draw = random.Random(seed)
    return {
        (scale, system): [str(min(5, max(1, round(draw.gauss(skill, 1))))) for _ in range(n)]
        for system, skill in skills.items()
        for scale in scales
    }


def ranks(tables, track="effectiveness"):
    table = tables["ranks"]
    return table[table["track"] == track].set_index("system_id")


def robust(tables, show, a="a", b="b", **more):
    table = tables["robustness"]
    wanted = {"show": show, "system_a": a, "system_b": b} | more
    chosen = table[np.logical_and.reduce([table[name] == value for name, value in wanted.items()])]
    assert len(chosen) == 1, wanted
    return chosen.iloc[0]


# ---------------------------------------------------------------- ranks
SKILLS = {"a": 4.6, "b": 3.2, "c": 3.1}


def test_systems_far_apart_are_put_in_order_and_near_ones_are_not():
    tables = score(drawn_levels(SKILLS, 60), "abc", 60)
    found = ranks(tables)
    assert found["rank_best"].tolist() == [1, 2, 2]
    assert found["rank_worst"].tolist() == [1, 3, 3]
    assert found["tie_group"].tolist() == [1, 2, 2]
    assert found.loc["a", "ahead_of"] == ["b", "c"]
    assert found.loc["b", "behind"] == ["a"]
    assert found.loc["b", "open_with"] == ["c"]
    assert found.loc["b", "tied_with"] == []
    assert set(found["method"]) == {"max_t"}
    assert found["n_systems"].tolist() == [3, 3, 3]
    assert found["n_metrics"].tolist() == [2, 2, 2]
    shares = np.array(found["shares"].tolist())
    np.testing.assert_allclose(shares.sum(axis=0), 1)
    assert found["share_first"].tolist() == shares[:, 0].tolist() == [1.0, 0.0, 0.0]


def test_tied_is_shown_within_a_margin_and_is_not_too_little_evidence():
    levels = drawn_levels(SKILLS, 200)
    few = {key: rows[:40] for key, rows in levels.items()}
    margins = {"comparisons": {"margins": {"effectiveness": 0.1}}}
    many, some, without = (
        ranks(score(rows, "abc", len(rows["one", "a"]), **plan))
        for rows, plan in ((levels, margins), (few, margins), (levels, {}))
    )
    assert (many.loc["b", "tied_with"], many.loc["b", "open_with"]) == (["c"], [])
    assert (some.loc["b", "tied_with"], some.loc["b", "open_with"]) == ([], ["c"])
    assert (without.loc["b", "tied_with"], without.loc["b", "open_with"]) == ([], ["c"])
    assert many["margin"].tolist() == [0.1] * 3
    assert without["margin"].isna().all()


def test_a_margin_that_was_not_sealed_ties_nobody():
    levels = drawn_levels(SKILLS, 200)
    margins = {"comparisons": {"margins": {"effectiveness": 0.1}}}
    for how in ({"sealed": False}, {"late": ["effectiveness"]}):
        found = ranks(score(levels, "abc", 200, **how, **margins))
        assert (found.loc["b", "tied_with"], found.loc["b", "open_with"]) == ([], ["c"])
        assert found.loc["b", "margin"] == 0.1
        assert found.loc["a", "ahead_of"] == ["b", "c"]  # an order needs no margin


def test_below_30_clusters_the_closed_form_takes_over_and_no_share_is_given():
    found = ranks(score(drawn_levels(SKILLS, 20), "abc", 20))
    assert set(found["method"]) == {"holm"}
    assert found["share_first"].isna().all()
    assert all(shares is None for shares in found["shares"])
    assert found["rank_best"].tolist()[0] == 1


def test_with_fewer_clusters_than_the_floor_nothing_is_ranked():
    tables = score(drawn_levels(SKILLS, 20), "abc", 20, cluster="family_id")
    found = ranks(tables)
    assert set(found["state"]) == {"undefined"}
    assert set(found["reason"]) == {"too_few_clusters"}
    assert found["rank_best"].isna().all()
    assert found["score"].notna().all()
    row = robust(tables, "as_weighted")
    assert (row["state"], row["reason"], row["leads"]) == ("defined", "too_few_clusters", "a")


def test_everything_in_one_cluster_ranks_nobody():
    items = {"floors": {"coverage": 0.0, "items": 1, "clusters": 2}, "cluster": "family_id"}
    rows = {key: levels[:4] for key, levels in drawn_levels(SKILLS, 4).items()}
    found = ranks(score(rows, "abc", 4, **items))
    assert set(found["reason"]) == {"too_few_clusters"}


def test_one_system_has_no_rank():
    tables = score(drawn_levels({"a": 4}, 40), "a", 40)
    assert ranks(tables).loc["a", "reason"] == "one_system"
    assert tables["robustness"].empty


def test_all_missing_ranks_nobody():
    found = ranks(score({}, "ab", 40))
    assert found["reason"].tolist() == ["no_evidence", "no_evidence"]


def test_a_system_without_any_value_is_left_out_and_the_rest_is_ranked():
    tables = score(drawn_levels({"a": 4.6, "b": 3}, 40), "abc", 40)
    found = ranks(tables)
    assert found["state"].tolist() == ["defined", "defined", "undefined"]
    assert found.loc["c", "reason"] == "no_evidence"
    assert found["n_systems"].tolist()[:2] == [2, 2]
    row = robust(tables, "equal_weights", "a", "c")
    assert (row["state"], row["reason"]) == ("undefined", "no_evidence")


def test_only_one_system_with_a_value_has_nobody_to_be_compared_with():
    found = ranks(score(drawn_levels({"a": 4}, 40), "ab", 40))
    assert found["reason"].tolist() == ["one_system", "no_evidence"]


def test_systems_that_agree_on_everything_share_all_ranks():
    same = drawn_levels({"a": 4}, 40)
    tables = score({(scale, system): levels for (scale, _), levels in same.items() for system in "abc"}, "abc", 40)
    found = ranks(tables)
    assert found["rank_best"].tolist() == [1, 1, 1]
    assert found["rank_worst"].tolist() == [3, 3, 3]
    np.testing.assert_allclose(np.array(found["shares"].tolist()), np.full((3, 3), 1 / 3))
    row = robust(tables, "as_weighted")
    assert (row["value"], row["leads"], row["lower"] < 0 < row["upper"]) == (0, "tie", True)
    assert robust(tables, "dominance")["leads"] == "tie"
    assert robust(tables, "smallest_change")["value"] == 0
    assert robust(tables, "dirichlet_share", concentration="50")["value"] == 0.5
    assert robust(tables, "weight_less", metric_id="effectiveness_one")["reason"] == "no_variation"


def test_a_comparator_rated_by_others_is_left_out_with_the_reason():
    tables = score(drawn_levels(SKILLS, 40), "abc", 40, raters={"c": "somebody_else"})
    found = ranks(tables)
    assert found.loc["c", "reason"] == "raters_differ"
    assert found["state"].tolist()[:2] == ["defined", "defined"]
    assert robust(tables, "dominance", "b", "c")["reason"] == "raters_differ"


def test_where_all_were_rated_by_others_nobody_is_ranked():
    found = ranks(score(drawn_levels(SKILLS, 40), "abc", 40, raters={"a": "x", "b": "y", "c": "z"}))
    assert found["reason"].tolist() == ["raters_differ"] * 3


def test_a_system_that_costs_the_others_most_of_the_weight_is_left_out():
    """c was judged on the light metric alone; a and b share both."""
    rows = drawn_levels(SKILLS, 40)
    del rows["one", "c"]
    found = ranks(score(rows, "abc", 40, of=metrics((5.0, 1.0))))
    assert found["state"].tolist() == ["defined", "defined", "undefined"]
    assert found.loc["c", "reason"] == "no_overlap"
    assert found["n_metrics"].tolist()[:2] == [2, 2]
    kept = ranks(score(rows, "abc", 40, of=metrics((1.0, 5.0))))
    assert set(kept["state"]) == {"defined"}
    assert kept["n_metrics"].tolist() == [1, 1, 1]


def test_a_metric_of_weight_zero_has_no_part():
    rows = drawn_levels(SKILLS, 40, scales=SCALES)
    tables = score(rows, "abc", 40, of=metrics((2.0, 1.0, 0.0)))
    plain = score({key: value for key, value in rows.items() if key[0] != "three"}, "abc", 40)
    for name in ("ranks", "robustness"):
        pd.testing.assert_frame_equal(tables[name], plain[name])


def test_weights_that_sum_to_zero_give_a_reason():
    tables = score(drawn_levels(SKILLS, 40), "abc", 40, of=metrics((0.0, 0.0)))
    assert set(ranks(tables)["reason"]) == {"no_weight"}
    assert set(tables["robustness"]["reason"]) == {"no_weight"}
    assert set(tables["robustness"]["show"]) == {"as_weighted", "equal_weights", "smallest_change", "dominance"}


@pytest.mark.parametrize(("rule", "n_pairs"), [("all", 3), ("baseline", 2), ("none", 0)])
def test_the_plan_says_which_pairs_are_compared(rule, n_pairs):
    tables = score(drawn_levels(SKILLS, 40), "abc", 40, baseline="b", comparisons={"pairs": rule})
    assert (tables["robustness"]["show"] == "as_weighted").sum() == n_pairs
    assert len(tables["ranks"]) == (0 if rule == "none" else 3)
    assert rule != "none" or tables["robustness"].empty


# ---------------------------------------------------------------- robustness, by hand and by literal twins
def by_hand():
    """Values of a and b per metric: a leads by .25 on the first and trails by .5 on the second."""
    n = 40
    return {
        ("one", "a"): ["5", "3"] * (n // 2), ("one", "b"): ["4", "2"] * (n // 2),
        ("two", "a"): ["2", "1", "2", "1"] * (n // 4), ("two", "b"): ["4", "3", "4", "3"] * (n // 4),
    }  # fmt: skip


def test_other_weights_by_hand():
    tables = score(by_hand(), "ab", 40, of=metrics((3.0, 1.0)))
    expected = {
        ("as_weighted", ""): (3 * 0.25 - 0.5) / 4,
        ("equal_weights", ""): (0.25 - 0.5) / 2,
        ("weight_less", "effectiveness_one"): (1.5 * 0.25 - 0.5) / 2.5,
        ("weight_more", "effectiveness_one"): (4.5 * 0.25 - 0.5) / 5.5,
        ("weight_less", "effectiveness_two"): (3 * 0.25 - 0.25) / 3.5,
        ("weight_more", "effectiveness_two"): (3 * 0.25 - 0.75) / 4.5,
        ("turning_factor", "effectiveness_one"): 2 / 3,
        ("turning_factor", "effectiveness_two"): 1.5,
        ("smallest_change", ""): 0.0625 / 0.75,
    }
    for (show, metric_id), value in expected.items():
        assert robust(tables, show, metric_id=metric_id)["value"] == pytest.approx(value), (show, metric_id)
    leads = {key: robust(tables, key[0], metric_id=key[1])["leads"] for key in list(expected)[:6]}
    assert list(leads.values()) == ["a", "b", "b", "a", "a", "tie"]
    dominance = robust(tables, "dominance")
    assert (dominance["value"], pd.isna(dominance["leads"])) == (0, True)


def test_a_leader_on_every_metric_dominates_and_no_weights_turn_it():
    rows = by_hand() | {("two", "b"): ["1", "1", "1", "1"] * 10}
    tables = score(rows, "ab", 40)
    assert (robust(tables, "dominance")["value"], robust(tables, "dominance")["leads"]) == (1, "a")
    assert robust(tables, "smallest_change")["reason"] == "order_holds"
    assert robust(tables, "dominance_share")["value"] == 1
    assert robust(tables, "dominance_share", "b", "a")["value"] == 0
    for name in ("uniform", "50", "200"):
        assert robust(tables, "dirichlet_share", concentration=name)["value"] == 1
        assert robust(tables, "dirichlet_first", "b", "", concentration=name)["value"] == 0


def literal(rows, weights, n):
    """Everything that rests on draws, by loops over draws, for two systems with every rating there."""
    value = {key: np.array([(int(level) - 1) / 4 for level in levels]) for key, levels in rows.items()}
    draws = resampling_weights(n, resamples=200, seed=[20250101, 1])
    scores, ahead, dominated, limits = [], dict.fromkeys(("uniform", "50", "200"), 0.0), 0, []
    shares = {
        name: dirichlet_weights(weights, concentration=c, resamples=200, seed=[20250101, 1, place])
        for place, (name, c) in enumerate((("uniform", None), ("50", 50.0), ("200", 200.0)), start=1)
    }
    for b, draw in enumerate(draws):
        mean = {key: float((draw * each).sum() / draw.sum()) for key, each in value.items()}
        gaps = [mean[scale, "a"] - mean[scale, "b"] for scale in ("one", "two")]
        scores.append(sum(w * gap for w, gap in zip(weights, gaps, strict=True)) / sum(weights))
        limits.append(sum(gaps) / 2)
        dominated += all(gap >= -1e-12 for gap in gaps) and any(gap > 1e-12 for gap in gaps)
        for name, each in shares.items():
            lead = sum(w * gap for w, gap in zip(each[b], gaps, strict=True))
            ahead[name] += 0.5 if abs(lead) <= 1e-12 else float(lead > 0)
    return np.array(scores), np.array(limits), dominated / 200, {name: each / 200 for name, each in ahead.items()}


def test_what_rests_on_draws_is_that_of_loops_over_draws():
    rows, weights = drawn_levels({"a": 3.4, "b": 3.2}, 50, seed=4), (2.0, 1.0)
    tables = score(rows, "ab", 50)
    scores, even, dominated, ahead = literal(rows, weights, 50)
    for show, draws in (("as_weighted", scores), ("equal_weights", even)):
        row = robust(tables, show)
        np.testing.assert_allclose([row["lower"], row["upper"]], np.quantile(draws, [0.025, 0.975]), atol=1e-12)
        assert row["method"] == "resampled"
    assert robust(tables, "dominance_share")["value"] == pytest.approx(dominated)
    for name, share in ahead.items():
        assert robust(tables, "dirichlet_share", concentration=name)["value"] == pytest.approx(share)
        assert robust(tables, "dirichlet_first", "a", "", concentration=name)["value"] == pytest.approx(share)
    found = ranks(tables)
    first = np.mean(np.where(np.abs(scores) <= 1e-12, 0.5, scores > 0))
    assert found.loc["a", "share_first"] == pytest.approx(first)


def test_the_order_is_that_of_the_comparisons_where_nothing_is_missing():
    rows = drawn_levels({"a": 3.4, "b": 3.2}, 120, seed=4)
    tables = score(rows, "ab", 120)
    (compared,) = builders.planned_pairs(tables).query("subject_id == 'effectiveness'").iloc
    row = robust(tables, "as_weighted")
    np.testing.assert_allclose(
        row[["value", "lower", "upper"]].astype(float), compared[["value", "lower", "upper"]].astype(float), atol=1e-12
    )


def test_limits_of_few_clusters_are_those_of_the_linearised_difference():
    rows = drawn_levels({"a": 3.4, "b": 3.2}, 12, seed=4)
    tables = score(rows, "ab", 12)
    sums = np.array([[[(int(level) - 1) * 250_000 for level in rows[s, system]] for s in ("one", "two")]
                     for system in "ab"])  # fmt: skip
    for show, weights in (("as_weighted", [2, 1]), ("equal_weights", [1, 1])):
        exact = linearised_difference(sums, np.ones_like(sums), weights, scale=1_000_000)
        row = robust(tables, show)
        assert (row["value"], row["lower"], row["upper"]) == pytest.approx((exact.value, exact.lower, exact.upper))
    assert robust(tables, "dirichlet_share", concentration="50")["reason"] == "too_few_clusters"
    assert robust(tables, "weights_share", concentration="50")["state"] == "defined"
    assert robust(tables, "weight_less", metric_id="effectiveness_one")["reason"] == "too_few_clusters"


# ---------------------------------------------------------------- laws
WORLDS = st.integers(0, 10_000)
FEW = settings(max_examples=4, deadline=None)


def random_world(seed, n=36):
    draw = random.Random(seed)
    skills = {system: draw.choice((2.5, 3.5, 3.6, 4.5)) for system in "abc"}
    rows = drawn_levels(skills, n, seed=seed)
    return {key: [level if draw.random() > 0.03 else "" for level in levels] for key, levels in rows.items()}


@given(WORLDS)
@FEW
def test_names_and_order_of_the_systems_do_not_matter_to_the_bit(seed):
    rows, names = random_world(seed), {"a": "zeta", "b": "beta", "c": "alpha"}
    plan = {"comparisons": {"margins": {"effectiveness": 0.08}}}
    before = score(rows, "abc", 36, **plan)
    after = score({(scale, names[s]): levels for (scale, s), levels in rows.items()}, tuple(names.values()), 36, **plan)
    first, second = ranks(before), ranks(after)
    lists = ["ahead_of", "behind", "tied_with", "open_with"]
    for system, name in names.items():
        one, two = first.loc[system], second.loc[name]
        assert one.drop(lists).to_json(double_precision=15) == two.drop(lists).to_json(double_precision=15)
        for column in lists:
            assert sorted(names[other] for other in one[column]) == two[column]
    old, new = before["robustness"], after["robustness"]
    swapped = {"a": "b", "b": "a", "tie": "tie"}
    for row in old[old["show"].isin(["as_weighted", "equal_weights", "weight_less", "dominance"])].itertuples():
        pair = (names[row.system_b], names[row.system_a])  # the names turn every pair round
        other = robust(after, row.show, *pair, metric_id=row.metric_id)
        if row.show == "dominance":
            assert row.value == other["value"]
        else:
            assert (row.value, row.lower, row.upper) == (-other["value"], -other["upper"], -other["lower"])
        assert swapped.get(row.leads) == (other["leads"] if isinstance(other["leads"], str) else None)
    assert len(old) == len(new)


@given(WORLDS)
@FEW
def test_tables_hold_to_their_specification(seed):
    tables = score(random_world(seed), "abc", 36)
    for name in ("ranks", "robustness"):
        table, specified = tables[name], SPECIFIED[name]
        assert tuple(table.columns) == specified.names
        assert not table.duplicated(list(specified.key)).any()
        for column in specified.columns:
            if column.words:
                assert set(table[column.name].dropna()) <= set(column.words)
    found = ranks(tables)
    assert (found["rank_best"] <= found["rank_worst"]).all()
    point = (-found["score"]).rank(method="min")
    assert (found["rank_best"] <= point).all()
    assert (point <= found["rank_worst"]).all()
    shares = tables["robustness"].query("show in ['dirichlet_first']")
    for _, each in shares.groupby("concentration"):
        assert each["value"].sum() == pytest.approx(1)


@given(WORLDS)
@FEW
def test_withholding_evidence_never_narrows_the_ranks_whatever_is_missing(seed):
    rows, draw = random_world(seed), random.Random(seed)
    fewer = {key: [level if draw.random() > 0.3 else "" for level in levels] for key, levels in rows.items()}
    before, after = ranks(score(rows, "abc", 36)), ranks(score(fewer, "abc", 36))
    assert (after["missing_best"] <= before["missing_best"]).all()
    assert (after["missing_worst"] >= before["missing_worst"]).all()


def test_ranks_whatever_is_missing_are_those_of_the_bounds():
    rows = drawn_levels({"a": 5, "b": 3, "c": 1}, 40)
    full = ranks(score(rows, "abc", 40))
    assert full["missing_best"].tolist() == full["missing_worst"].tolist() == [1, 2, 3]
    rows["one", "b"] = [""] * 40
    half = ranks(score(rows, "abc", 40))
    assert half[["missing_best", "missing_worst"]].to_numpy().tolist() == [[1, 1], [2, 2], [3, 3]]
    rows["two", "b"] = [""] * 40
    none = ranks(score(rows, "abc", 40))
    assert none[["missing_best", "missing_worst"]].to_numpy().tolist() == [[1, 2], [1, 3], [2, 3]]
    assert none.loc["b", "state"] == "undefined"


def test_what_changes_on_one_track_leaves_the_other_to_the_bit():
    both = [*metrics((2.0, 1.0)), *metrics((1.0, 3.0), track="safety")]
    heavier = [*metrics((5.0, 1.0)), *metrics((1.0, 3.0), track="safety")]
    rows = drawn_levels(SKILLS, 40)
    before, after = score(rows, "abc", 40, of=both), score(rows, "abc", 40, of=heavier)
    for name in ("ranks", "robustness"):
        one, two = (tables[name].query("track == 'safety'").to_json(double_precision=15) for tables in (before, after))
        assert one == two
        assert before[name].to_json() != after[name].to_json()


def test_the_streams_of_the_two_tracks_differ():
    both = [*metrics((2.0, 1.0)), *metrics((2.0, 1.0), track="safety")]
    table = score(drawn_levels({"a": 3.4, "b": 3.2}, 40, seed=4), "ab", 40, of=both)["robustness"]
    shares = table.query("show == 'dirichlet_share'").pivot_table(
        index="concentration", columns="track", values="value"
    )
    assert (shares["safety"] != shares["effectiveness"]).any()


def test_every_reason_that_is_given_is_one_of_the_list():
    tables = score(random_world(3), "abc", 36, raters={"b": "other"})
    reasons = {*tables["ranks"]["reason"].dropna(), *tables["robustness"]["reason"].dropna()}
    assert reasons <= set(Reason)
