"""Studies too poor for statistics: each gives a state with its reason, never a traceback or an invented number."""

import json
import math

import pytest

from dualtrack.records.study import StudyFile
from dualtrack.report import load_words
from dualtrack.scoring.engine import score_tables
from dualtrack.stats import effective_n, exact_upper
from tests import builders

WORDS = load_words()
RATE = {"id": "rate", "kind": "failure_at_most", "limit": 0.05, "fails": {"at_most": "2"}}
N = 80


def run(levels, *, gates=(RATE,), systems=("a", "b"), samples=1, items=None, sealed=True, **plan):
    """``levels``: of each item the levels that raters gave, the same for every system and sample."""
    n = len(levels)
    about = [
        {"system_id": system, "item_id": f"i{k:03d}", "sample": sample}
        for system in systems for k in range(n) for sample in range(1, samples + 1)
    ]  # fmt: skip
    ratings = [
        each | {"scale_id": "quality", "rater_id": f"r{place}", "level": level}
        for each in about
        for place, level in enumerate(levels[int(each["item_id"][1:])])
    ]
    tables = builders.tables(
        items=items or builders.items(n, strata=lambda k: {"age": "old" if k == 0 else "young"}),
        responses=[each | {"status": "answered", "text": "t"} for each in about],
        ratings=ratings,
    )
    chosen = {
        "ratings_per_unit": {"default": 1},
        "strata": {"report": ["age"], "high_risk": {"age": ["old"]}},
        "floors": {"coverage": 0.8, "items": 2, "clusters": 8},
    } | ({"strata": {}} if items else {}) | plan  # fmt: skip
    study = builders.study(systems, samples=samples, **chosen)
    metric = builders.metric(gates=list(gates))
    return score_tables(builders.rubric([metric]), study, tables, pre_specified=sealed).tables


def assert_every_state_has_its_reason_in_words(tables):
    """No number without a state, no NaN that is called defined, and a sentence for every reason."""
    for name in ("estimates", "comparisons"):
        frame = tables[name]
        defined = frame["state"] == "defined"
        assert frame.loc[defined, "value"].notna().all()
        assert frame.loc[~defined, "reason"].notna().all()
        reasons = set(frame["reason"].dropna()) | (
            set(frame["interval_reason"].dropna()) if name == "estimates" else set()
        )
        assert all(WORDS.say(f"reasons.{reason}.why") for reason in reasons)
    limits = tables["estimates"][["value", "lower", "upper"]].stack().dropna()
    assert all(math.isfinite(value) for value in limits)


def own(tables, system="a"):
    frame = builders.own_numbers(tables["estimates"])
    chosen = frame[(frame["system_id"] == system) & (frame["subject"] == "metric") & (frame["missing"] == "observed")]
    return chosen[chosen["show"] == "mean_value"].iloc[0]


def gate_of(tables, system="a"):
    frame = tables["gates"]
    return frame[frame["system_id"] == system].iloc[0]


POOR = {
    "one item": lambda: run([["5"]]),
    "one system": lambda: run([["5"]] * N, systems=("a",)),
    "one level used by everybody": lambda: run([["5"]] * N),
    "all missing": lambda: run([[]] * N),
    "one item, put three times, judged once": lambda: run([["5"]], samples=3),
    "everything in one cluster": lambda: run(
        [["5"], ["1"]] * 40, items=builders.items(N, family_id="all"), cluster="family_id"
    ),
    "a stratum with one item": lambda: run([["1"], *[["5"]] * (N - 1)]),
    "a gate without threshold": lambda: run([["5"]] * N, gates=[RATE | {"limit": None}]),
    "no gate": lambda: run([["5"]] * N, gates=[]),
}


@pytest.mark.parametrize("name", POOR)
def test_every_poor_study_gives_states_with_reasons(name):
    assert_every_state_has_its_reason_in_words(POOR[name]())


def test_one_item_has_a_value_and_no_interval_and_meets_nothing():
    tables = POOR["one item"]()
    row = own(tables)
    assert (row["value"], row["interval_reason"]) == (1, "too_few_clusters")
    gate = gate_of(tables)
    assert (gate["state"], gate["reasons"][0], gate["n_needed"]) == ("not_demonstrated", "too_few", 72)
    assert set(tables["verdicts"]["state"]) == {"not_demonstrated"}


def test_one_rater_says_that_the_numbers_hold_for_this_panel_only():
    tables = run([["5"]] * N)
    assert own(tables)["n_raters"] == 1
    assert own(tables)["covers"] == "cases"
    assert "first_ratings" not in set(tables["estimates"]["basis"])


def test_one_level_used_by_everybody_has_an_interval_that_is_not_a_point():
    row = own(POOR["one level used by everybody"]())
    assert (row["value"], row["upper"], row["method"]) == (1, 1, "linearised_pseudo_cases")
    assert row["lower"] < 1


def test_all_missing_is_not_assessed_and_compared_as_missing():
    tables = POOR["all missing"]()
    row = own(tables)
    assert (row["state"], row["coverage"]) == ("undefined", 0)
    assert set(tables["gates"]["state"]) == {"not_assessed"}
    share = tables["estimates"].query("show == 'missing_share' and subject == 'metric'")
    assert set(share["value"]) == {1.0}
    (difference,) = (
        tables["comparisons"].query("show == 'missing_share' and subject_id == 'accuracy'").to_dict("records")
    )
    assert (difference["value"], difference["p"]) == (0, 1)


def test_a_stratum_with_one_item_is_shown_with_its_n():
    frame = POOR["a stratum with one item"]()["estimates"]
    (row,) = frame.query(
        "stratum == 'age' and stratum_level == 'old' and show == 'mean_value' and missing == 'observed' and "
        "system_id == 'a'"
    ).to_dict("records")
    assert (row["value"], row["n_items"], row["interval_reason"]) == (0, 1, "too_few_clusters")
    (shrunken,) = frame.query(
        "stratum == 'age' and stratum_level == 'old' and show == 'shrunken' and system_id == 'a'"
    ).to_dict("records")
    assert shrunken["state"] == "defined"  # a share of the spread within the other level


def test_where_rho0_is_not_stated_it_is_one_and_says_so():
    """The strictest assumption: cases of a cluster count as one."""
    plan = builders.study(("a",), cluster="family_id").plan
    assert plan.rho0.value == 1
    tables = run([["5"]] * N, items=builders.items(N, family_id=lambda k: f"f{k // 2}"), cluster="family_id")
    gate = gate_of(tables)
    assert (gate["rho0"], gate["n_effective"]) == (1, effective_n([2] * 40, 1.0))
    assert gate["observed"] == pytest.approx(exact_upper(0.0, 40))
    assert (gate["state"], gate["reasons"]) == ("not_demonstrated", ["too_few", "straddles"])


def test_rho0_outside_its_range_is_refused_with_the_line_to_correct():
    plain = json.loads(builders.study(("a",)).model_dump_json(by_alias=True))
    plain["plan"]["rho0"] = {"value": 1.7}
    with pytest.raises(ValueError, match="rho0"):
        StudyFile.model_validate_json(json.dumps(plain))


def test_everything_in_one_cluster_is_worth_one_case():
    tables = POOR["everything in one cluster"]()
    assert own(tables)["interval_reason"] == "too_few_clusters"
    gate = gate_of(tables)
    assert gate["n_effective"] == 1
    assert gate["state"] != "met"
    score = tables["estimates"].query("show == 'score' and missing == 'observed' and stratum == ''").iloc[0]
    assert (score["n_effective"], score["interval_reason"]) == (1, "too_few_clusters")


def test_a_gate_without_threshold_is_not_assessed_and_says_what_to_do():
    gate = gate_of(POOR["a gate without threshold"]())
    assert (gate["state"], gate["reasons"]) == ("not_assessed", ["no_threshold"])
    for sentence in ("gates.thresholds_to_come.ours", "gates.thresholds_to_come.contract"):
        assert "must be fixed before a study is sealed" in WORDS.say(sentence)
