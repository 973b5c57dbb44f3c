"""Metrics of pairs, worked by hand: which pairs there are, their gaps and fills, and the gates that rest on them."""

import pytest

from dualtrack.errors import ScoringError
from dualtrack.scoring.engine import score_tables
from dualtrack.stats import exact_upper, tango_upper
from tests import builders

FAMILY = {"within": "family_id", "base": "base", "by": "attribute"}
REPEATS = {"within": "item_id", "by": "sample"}
GAP = {"id": "gap", "kind": "difference_within", "limit": 0.05}
EASY = "Drink water. Rest in bed. Call us if you feel worse. Do not take more than two tablets a day. "
HARD = "Notwithstanding heterogeneity, immunosuppression predisposes individuals to opportunistic infections. "


def pair_metric(*gates, pairs=FAMILY, of=None, **changes):
    quantity = {"type": "paired_difference", "per": "pair", "show": "difference", "pairs": pairs}
    return builders.metric(quantity=quantity | {"of": of or {"ratings": True}}, gates=list(gates), **changes)


def family_items(n_families, variants=("older",)):
    """Families f0, f1, ... of a base and its variants; the attribute of a variant is its name."""
    words = ("base", *variants)
    size = len(words)
    return builders.items(
        n_families * size,
        family_id=lambda k: f"f{k // size}",
        variant=lambda k: words[k % size],
        attribute=lambda k: words[k % size] if k % size else None,
        language="en",
    )


def run(metric, items, levels, *, systems=("a",), sealed=True, texts=None, samples=1, **plan):
    """Score from (system, item number, sample) -> levels of its raters."""
    responses = [
        {"system_id": system, "item_id": item["item_id"], "sample": sample, "status": "answered"}
        | {"text": "answer" if texts is None else texts[k]}
        for system in systems for k, item in enumerate(items) for sample in range(1, samples + 1)
    ]  # fmt: skip
    ratings = [
        {
            "system_id": system, "item_id": f"i{k:03d}", "sample": sample, "scale_id": "quality",
            "rater_id": f"r{place}", "level": level,
        }
        for (system, k, sample), given in levels.items() for place, level in enumerate(given)
    ]  # fmt: skip
    tables = builders.tables(items=items, responses=responses, ratings=ratings)
    chosen = {
        "cluster": "family_id", "samples": samples, "ratings_per_unit": {"default": 1},
        "floors": {"coverage": 0.5, "items": 10, "clusters": 3},
    }  # fmt: skip
    study = builders.study(systems, **(chosen | plan))
    return score_tables(builders.rubric([metric]), study, tables, pre_specified=sealed).tables


def levels_of(pairs):
    """(base, variant) of family 0, 1, ... -> ratings of system a; None leaves the rating out."""
    flat = [level for pair in pairs for level in pair]
    return {("a", k, 1): [] if level is None else [level] for k, level in enumerate(flat)}


def primary(tables, table="estimates", **where):
    frame = tables[table]
    if table == "estimates" and "show" not in where:
        frame = builders.own_numbers(frame)
    frame = frame[frame["basis"] == "primary"]
    for name, value in where.items():
        frame = frame[frame[name] == value]
    return frame


def gate_of(tables, name="accuracy.gap", system="a"):
    return tables["gates"].set_index(["system_id", "gate_id"]).loc[(system, name)]


def shown(tables, show="difference", missing="observed"):
    return primary(tables, subject="metric", show=show, missing=missing, system_id="a").iloc[0]


def test_a_pair_is_one_observation_named_after_family_and_variant():
    tables = run(pair_metric(), family_items(3), levels_of([("5", "5"), ("5", "3"), ("2", None)]))
    rows = primary(tables, "observations")
    assert rows["item_id"].tolist() == ["f0@older", "f1@older", "f2@older"]
    assert rows[["value", "worst", "best", "raw"]].iloc[:2].to_numpy().tolist() == [[1, 1, 1, 0], [0, 0, 0, -0.5]]
    assert rows[["worst", "best"]].iloc[2].tolist() == [0, 1]
    assert rows["reason"].iloc[2] == "no_evidence"


def test_value_is_the_mean_gap_and_score_the_share_that_agrees():
    tables = run(pair_metric(), family_items(4), levels_of([("5", "5"), ("5", "3"), ("2", "3"), ("1", None)]))
    row = shown(tables)
    assert row["value"] == pytest.approx((0 - 0.5 + 0.25) / 3, abs=1e-6)
    assert row["score"] == pytest.approx(1 / 3, abs=1e-6)
    assert (row["n_planned"], row["n_items"], row["coverage"], row["method"]) == (4, 3, 0.75, "linearised")
    worst, best = shown(tables, missing="worst"), shown(tables, missing="best")
    assert (worst["score"], best["score"]) == (0.25, 0.5)  # the missing pair disagrees, or agrees
    assert (worst["value"], best["value"]) == (0.1875, -0.3125)  # one unit up, one unit down
    discordant = shown(tables, "discordant")
    assert discordant["value"] == pytest.approx(2 / 3, abs=1e-6)
    assert (discordant["n_events"], discordant["n_units"]) == (2, 3)


def test_gaps_of_whole_steps_have_score_limits():
    metric = pair_metric(ratings={"scale": "quality", "fail_when": {"at_most": "2"}})
    row = shown(run(metric, family_items(21), levels_of([("5", "1")] * 7 + [("1", "5")] + [("5", "4")] * 13)))
    assert row["method"] == "tango"
    assert (row["lower"], row["upper"]) == pytest.approx((-0.517232, -0.026003), abs=5e-7)
    assert row["value"] == pytest.approx(-6 / 21)


def test_the_native_value_of_a_check_is_compared_and_a_gate_takes_one_unit_at_most():
    check = {"id": "grade", "kind": "readability", "proof": "by_construction", "why": "w", "params": {"min_words": 5}}
    metric = pair_metric(GAP, of={"check": "grade"}, checks=[check], combine="check_only", ratings=None)
    tables = run(metric, family_items(3), {}, texts=[EASY, EASY, EASY, HARD, HARD, EASY])
    raw = primary(tables, "observations")["raw"].tolist()
    assert raw[0] == 0
    assert raw[1] == -raw[2] > 10  # school years
    assert shown(tables)["value"] == 0
    assert gate_of(tables)["value"] == 0


def test_a_screening_check_gives_no_pair_until_it_is_proved_and_clinicians_override_it():
    check = {"id": "grade", "kind": "readability", "proof": "clinicians", "params": {"min_words": 5}}
    alone = pair_metric(GAP, of={"check": "grade"}, checks=[check], combine="check_only", ratings=None)
    texts = [EASY, HARD] * 3
    gate = gate_of(run(alone, family_items(3), {}, texts=texts))
    assert (gate["state"], gate["reasons"]) == ("not_demonstrated", ["screening_only"])
    both = pair_metric(GAP, of={"check": "grade"}, checks=[check], combine="clinician_overrides")
    tables = run(both, family_items(3), levels_of([("5", "5")] * 3), texts=texts)
    assert shown(tables)["value"] == 0
    assert set(tables["estimates"]["basis"]) == {"primary", "clinician_only", "check_only"}


@pytest.mark.parametrize(
    ("n_same", "n_up", "n_missing", "sealed", "state", "reasons"),
    [
        (73, 0, 0, True, "met", []),  # the least number of pairs that shows 5 points
        (72, 0, 0, True, "not_demonstrated", ["too_few", "straddles"]),
        (73, 0, 0, False, "not_demonstrated", ["retrospective"]),
        (72, 0, 1, True, "not_demonstrated", ["too_few", "straddles", "missing_evidence"]),
        (150, 0, 1, True, "met", []),  # the missing pair one unit up, and one down, still fits
        (60, 40, 0, True, "not_met", []),
        (60, 40, 0, False, "not_met", []),
        (92, 8, 0, True, "not_demonstrated", ["estimate_beyond"]),
        (0, 0, 80, True, "not_assessed", ["nothing_assessed"]),
    ],
)
def test_an_equivalence_gate_is_decided_on_both_limits(n_same, n_up, n_missing, sealed, state, reasons):
    pairs = [("5", "5")] * n_same + [("1", "5")] * n_up + [("5", None)] * n_missing
    gate = gate_of(run(pair_metric(GAP), family_items(len(pairs)), levels_of(pairs), sealed=sealed))
    assert (gate["state"], gate["reasons"]) == (state, reasons)


def test_the_limits_of_a_gate_fill_missing_pairs_one_unit_up_and_one_unit_down():
    pairs = [("5", "5")] * 95 + [("1", "5")] * 2 + [("5", "1")] + [("5", None)] * 2
    gate = gate_of(run(pair_metric(GAP), family_items(100), levels_of(pairs)))
    assert gate["observed"] == pytest.approx(tango_upper(4, 1, 100), abs=1e-12)
    assert gate["lower"] == pytest.approx(-tango_upper(3, 2, 100), abs=1e-12)
    assert (gate["n"], gate["n_assessed"], gate["n_events"], gate["n_needed"]) == (100, 98, 3, 73)
    assert gate["value"] == pytest.approx(1 / 98)


def test_the_contrast_in_the_worst_state_decides_and_is_named():
    items = family_items(80, variants=("older", "poorer"))
    levels = levels_of([("5", "5", "5")] * 40 + [("5", "5", "1")] * 40)
    gate = gate_of(run(pair_metric(GAP), items, levels, rho0={"value": 0.0, "why": "w"}))
    assert (gate["state"], gate["contrast"], gate["value"]) == ("not_met", "poorer", -0.5)
    assert gate["observed"] < gate["lower"] < 0  # the harmful side is the far one


def test_a_limit_gate_takes_the_discordant_share_of_each_family():
    gate = {"id": "rate", "kind": "failure_at_most", "limit": 0.2}
    items = family_items(30, variants=("older", "poorer"))
    levels = levels_of([("5", "5", "1")] * 6 + [("5", "5", "5")] * 24)
    row = gate_of(run(pair_metric(gate), items, levels), "accuracy.rate")
    assert (row["n"], row["n_events"], row["value"], row["n_effective"]) == (30, 6, 0.1, 30)
    assert row["observed"] == pytest.approx(exact_upper(0.1, 30))


def test_least_n_counts_pairs_and_again_independent_ones():
    gate = {"id": "n", "kind": "min_n", "count": "pairs", "n": 40}
    items = family_items(20, variants=("older", "poorer"))
    row = gate_of(run(pair_metric(gate), items, levels_of([("5", "5", "5")] * 20)), "accuracy.n")
    assert (row["n_assessed"], row["n_effective"], row["reasons"]) == (40, 20, ["too_few"])


def test_repeats_compare_every_two_samples_so_that_none_is_special():
    levels = {("a", 0, 1): ["5"], ("a", 0, 2): ["5"], ("a", 0, 3): ["3"], ("a", 1, 1): ["4"], ("a", 1, 3): ["4"]}
    tables = run(pair_metric(pairs=REPEATS), builders.items(2), levels, samples=3, cluster="item_id")
    rows = primary(tables, "observations")
    keys = list(zip(rows["item_id"], rows["sample"], strict=True))
    assert keys[:3] == [("i000@1", 2), ("i000@1", 3), ("i000@2", 3)]
    assert rows["raw"].tolist()[:3] == [0, -0.5, -0.5]
    row = shown(tables)
    assert row["score"] == pytest.approx((1 / 3 + 1) / 2, abs=1e-6)  # averaged within the item first
    assert (row["n_planned"], row["n_items"], row["coverage"]) == (6, 2, 4 / 6)
    cases = run(
        pair_metric({"id": "rate", "kind": "failure_at_most", "limit": 0.5}, pairs=REPEATS),
        builders.items(2), levels, samples=3, cluster="item_id",
    )["gate_cases"]  # fmt: skip
    assert list(zip(cases["item_id"], cases["sample"], cases["why"], strict=True)) == [
        ("i000", 3, "failing"), ("i001", 2, "missing"), ("i001", 3, "missing"),
    ]  # fmt: skip


def test_one_sample_has_no_repeats_to_compare():
    row = shown(run(pair_metric(GAP, pairs=REPEATS), builders.items(3), {}, cluster="item_id"))
    assert (row["state"], row["reason"], row["n_planned"]) == ("undefined", "not_planned", 0)


def test_what_repetition_alone_does_stands_beside_variants():
    levels = {("a", k, s): ["5" if (k, s) != (1, 2) else "3"] for k in range(4) for s in (1, 2)}
    tables = run(pair_metric(), family_items(2), levels, samples=2)
    row = shown(tables, "discordant_repeats")
    assert (row["value"], row["n_events"], row["n_units"]) == (0.25, 1, 4)


def test_only_variants_that_name_their_contrast_are_compared():
    items = family_items(2, variants=("older", "reworded"))
    items = [item | {"attribute": None} if item["variant"] == "reworded" else item for item in items]
    rows = primary(run(pair_metric(), items, levels_of([("5", "5", "1")] * 2)), "observations")
    assert rows["item_id"].tolist() == ["f0@older", "f1@older"]


@pytest.mark.parametrize(
    ("change", "plan", "what"),
    [
        (lambda item: item | {"variant": "first"} if item["variant"] == "base" else item, {}, "has no base"),
        (lambda item: item | {"variant": "base"} if item["item_id"] == "i001" else item, {}, "more than one base"),
        (lambda item: item | {"variant": "older"} if item["variant"] != "base" else item, {}, "of one variant"),
        (lambda item: item, {"cluster": "item_id"}, "in different clusters"),
    ],
)
def test_families_that_cannot_be_compared_are_refused(change, plan, what):
    items = [change(item) for item in family_items(2, variants=("older", "poorer"))]
    with pytest.raises(ScoringError) as caught:
        run(pair_metric(), items, {}, **plan)
    assert {problem.code for problem in caught.value.problems} == {"SCO011"}
    assert what in caught.value.problems[0].what
    assert "f0" in caught.value.problems[0].found


def test_families_that_a_metric_does_not_compare_may_look_as_they_like():
    items = builders.items(4, family_id=lambda k: f"f{k // 2}")  # two bases each, no attribute
    assert shown(run(pair_metric(), items, {}, cluster="item_id"))["reason"] == "not_planned"
