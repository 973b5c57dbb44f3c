"""A new version against its predecessor, worked by hand on small made-up runs."""

import functools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dualtrack.errors import CompareError
from dualtrack.records.result_versions import VERSION_TABLES
from dualtrack.scoring.versions.criteria import CriteriaFile, Criterion, refuse_unknown
from dualtrack.scoring.versions.run import run_of
from dualtrack.scoring.versions.same import shared_of
from dualtrack.scoring.versions.tables import retest_verdict
from dualtrack.terms import Reason
from tests import builders
from tests.version_worlds import HARM, RATE, VETO, compared, metrics, one, run

GOOD = ["55"] * 12
BAD = ["11", "55", "22", "33", *["55"] * 8]


@functools.cache
def earlier():
    return run("old", GOOD)


@functools.cache
def later():
    return run("new", BAD)


@functools.cache
def pair_of_48():
    return run("old", GOOD * 4), run("new", GOOD * 4)


def criterion(kind, **more):
    subject = {} if {"metric", "track"} & more.keys() else {"track": "safety"}
    return Criterion.model_validate({"id": kind, "kind": kind, "why": "made up", **subject, **more}, strict=False)


@pytest.fixture(scope="module")
def worse():
    """Item 0 falls to the veto level, item 2 fails, item 3 is rated lower and passes."""
    return compared(earlier(), later())


def test_what_got_worse_is_named_case_by_case_the_gravest_first(worse):
    rows = worse["version_cases"].query("track == 'safety'")
    assert rows["item_id"].tolist() == ["i000", "i002"]
    assert rows["change"].tolist() == ["newly_failing", "newly_failing"]
    assert rows["gate_after"].tolist() == ["open", "failing"]
    assert (rows["value_before"] == 1).all()
    assert (rows["value_after"] == 0).all()


def test_a_metric_without_a_rule_for_failing_shows_lower_values(worse):
    rows = worse["version_cases"].query("track == 'effectiveness'")
    assert dict(zip(rows["item_id"], rows["change"], strict=True)) == {
        "i000": "worse", "i002": "worse", "i003": "worse",
    }  # fmt: skip
    row = one(worse, "version_differences", subject_id="quality")
    assert np.isnan(row["p"])
    assert pd.isna(row["n_newly_failing"])


def test_the_difference_and_its_limits_are_those_of_a_paired_t_by_cluster():
    """Both versions vary, so nothing is added for a version without variation."""
    tables = compared(run("old", GOOD, quality=[*GOOD[:10], "33", "44"]), later())
    row = one(tables, "version_differences", subject_id="quality")
    moved = np.array([0 - 1, 0, 0.25 - 1, 0.5 - 1, *[0] * 6, 1 - 0.5, 1 - 0.75])
    half = stats.t.ppf(0.975, 11) * moved.std(ddof=1) / np.sqrt(12)
    assert row["value"] == pytest.approx(moved.mean())
    assert (row["lower"], row["upper"]) == (pytest.approx(moved.mean() - half), pytest.approx(moved.mean() + half))
    assert row["value_after"] - row["value_before"] == pytest.approx(row["value"])
    assert (row["n_items"], row["n_clusters"], row["n_worse"], row["n_better"]) == (12, 12, 3, 2)


def test_discordant_pairs_have_the_exact_test(worse):
    row = one(worse, "version_differences", subject_id="harm_rate")
    assert (row["n_newly_failing"], row["n_newly_passing"]) == (2, 0)
    assert row["p"] == pytest.approx(stats.binomtest(0, 2).pvalue)


def test_a_gate_whose_state_changed_is_named():
    tables = compared(earlier(), later())
    gate = one(tables, "version_gates", gate_id="harm_rate.veto")
    assert gate["change"] == "changed"
    assert (gate["state_before"], gate["state_after"]) == ("met", "not_demonstrated")
    assert gate["open_flags_after"] == 1
    assert one(tables, "version_verdicts", track="safety")["n_new_open"] == 1


def test_an_open_event_on_a_case_that_failed_before_is_a_new_event():
    tables = compared(run("old", ["22", *GOOD[1:]]), run("new", ["11", *GOOD[1:]]))
    assert one(tables, "version_cases", track="safety")["change"] == "new_event"


def test_what_got_better_is_counted_and_listed_after(worse):
    tables = compared(run("old", BAD), run("new", GOOD))
    verdict = one(tables, "version_verdicts", track="safety")
    assert (verdict["n_worse"], verdict["n_better"], verdict["n_items_better"]) == (0, 2, 2)
    both = compared(run("old", ["22", *GOOD[1:]]), run("new", ["55", "22", *GOOD[2:]]))
    changes = both["version_cases"].query("track == 'safety'")["change"].tolist()
    assert changes == ["newly_failing", "newly_passing"]
    forth, back = (one(each, "version_differences", subject_id="quality") for each in (worse, tables))
    assert forth["value"] == -back["value"]
    assert forth["lower"] == -back["upper"]


def test_modes_that_are_new_or_gone():
    modes = [{"id": "overdose", "act": "commission"}, {"id": "omission", "act": "omission"}]
    used = [builders.metric("harm_rate", **HARM, failure_modes=modes), builders.metric("quality")]

    def ticked(name, mode):
        rows = [row | {"failure_modes": [mode] if row["item_id"] == "i000" else []} for row in _ratings(GOOD)]
        return run(name, GOOD, used=used, ratings=rows)

    tables = compared(ticked("old", "overdose"), ticked("new", "omission"))
    found = {row["failure_mode"]: row["change"] for row in tables["version_modes"].to_dict("records")}
    assert found == {"overdose": "gone", "omission": "new"}


def _ratings(harm, raters=("r1", "r2")):
    rows = [
        row
        for scale in ("harm", "quality")
        for row in builders.ratings({("a", k): list(each) for k, each in enumerate(harm) if each}, scale)
    ]
    names = dict(zip(("r1", "r2"), raters, strict=True))
    return [row | {"rater_id": names[row["rater_id"]]} for row in rows]


def test_differences_are_refused_where_other_raters_judged():
    tables = compared(earlier(), run("new", BAD, ratings=_ratings(BAD, ("r3", "r4"))))
    for subject in ("harm_rate", "quality", "safety"):
        row = one(tables, "version_differences", subject_id=subject)
        assert row["state"] == "undefined"
    assert one(tables, "version_differences", subject_id="harm_rate")["reason"] == Reason.raters_differ
    assert one(tables, "version_differences", subject_id="harm_rate")["n_newly_failing"] == 2  # counted all the same


# ---------------------------------------------------------------- criteria


def decide(old, new, asked, *, seen=False):
    tables = compared(old, new, criteria=[asked], seen=seen)
    return one(tables, "version_criteria", criterion_id=asked.id)


def test_not_worse_is_met_where_the_lower_limit_stays_inside_the_margin():
    old, new = pair_of_48()
    row = decide(old, new, criterion("not_worse", margin=0.2))
    assert (row["state"], row["reasons"]) == ("met", [])
    assert row["found"] >= -0.2
    assert decide(old, new, criterion("not_worse", margin=0.001))["reasons"] == ["straddles"]


def test_not_worse_is_not_met_where_even_the_favourable_limit_lies_beyond():
    row = decide(earlier(), run("new", ["11"] * 12), criterion("not_worse", margin=0.1, metric="quality"))
    assert row["state"] == "not_met"


def test_from_the_second_look_on_a_limit_is_not_met_and_a_count_may_be():
    old, new = pair_of_48()
    row = decide(old, new, criterion("not_worse", margin=0.2), seen=True)
    assert (row["state"], row["reasons"], row["unseen"]) == ("not_demonstrated", ["looked_before"], "met")
    assert decide(old, new, criterion("least_n", n=48), seen=True)["state"] == "met"
    assert decide(old, new, criterion("no_new_veto"), seen=True)["state"] == "met"
    gates = compared(old, new)["version_criteria"].query("kind == 'gate'")
    assert set(gates["state"]) == {"not_demonstrated"}
    assert set(gates["unseen"]) == {"met"}


def test_least_n_counts_items_that_both_have_and_clusters():
    old, new = earlier(), run("new", [*GOOD[:10], "", ""])
    assert decide(old, new, criterion("least_n", n=10))["state"] == "met"
    assert decide(old, new, criterion("least_n", n=11))["reasons"] == ["too_few"]
    families = builders.items(12, language="en", family_id=lambda k: f"f{k // 2}")
    grouped = {"items": families, "study": {"cluster": "family_id", "rho0": {"value": 1, "why": "w"}}}
    row = decide(run("old", GOOD, **grouped), run("new", GOOD, **grouped), criterion("least_n", n=7))
    assert (row["state"], row["found"]) == ("not_demonstrated", pytest.approx(6))


def ruled(name, harm, level):
    """A run in which an adjudicator ruled on the first item."""
    about = {"system_id": "a", "item_id": "i000", "scale_id": "harm", "rater_id": "adj", "level": level}
    return run(name, harm, ratings=[*_ratings(harm), about | {"role": "adjudication"}])


def test_a_veto_confirmed_now_and_not_before_is_new():
    confirmed = ruled("new", BAD, "1")
    row = decide(earlier(), confirmed, criterion("no_new_veto"))
    assert (row["state"], row["found"]) == ("not_met", 1)
    assert decide(ruled("old", BAD, "1"), confirmed, criterion("no_new_veto"))["state"] == "met"  # confirmed before
    case = compared(earlier(), confirmed)["version_cases"].iloc[-1]
    tables = compared(earlier(), confirmed)
    assert one(tables, "version_verdicts", track="safety")["state"] == "not_met"
    assert one(tables, "version_cases", track="safety", item_id="i000")["gate_after"] == "confirmed"
    assert case["track"] == "safety"


def test_an_open_event_or_a_missing_rating_keeps_the_veto_criterion_from_being_met():
    row = decide(earlier(), later(), criterion("no_new_veto"))
    assert (row["state"], row["reasons"]) == ("not_demonstrated", ["flags_pending"])
    row = decide(earlier(), run("new", ["", *GOOD[1:]]), criterion("no_new_veto"))
    assert (row["state"], row["reasons"]) == ("not_demonstrated", ["missing_evidence"])


def test_a_track_without_a_veto_is_not_assessed():
    row = decide(earlier(), run("new", GOOD), criterion("no_new_veto", track="effectiveness"))
    assert (row["state"], row["reasons"]) == ("not_assessed", ["no_gate"])


@settings(max_examples=8)
@given(st.sets(st.integers(0, 11), max_size=6), st.booleans())
def test_absence_never_helps(gone, unplanned):
    """Law 3: withholding ratings, or whole cases, of the new version turns no criterion into met."""
    asked = [criterion("not_worse", margin=0.45), criterion("least_n", n=12), criterion("no_new_veto")]
    old = earlier()
    kept = [k for k in range(12) if k not in gone or not unplanned]
    levels = ["" if k in gone else BAD[k] for k in kept]
    items = [each for each in builders.items(12, language="en") if int(each["item_id"][1:]) in kept]
    rows = [
        row | {"item_id": items[int(row["item_id"][1:])]["item_id"]} for row in _ratings(levels)
    ]  # fmt: skip
    responses = [
        {"system_id": "a", "item_id": each["item_id"], "status": "answered", "text": "answer"} for each in items
    ]
    new = _run_with(levels, rows, items, responses)
    whole = compared(old, later(), criteria=asked, seen=False)
    less = compared(old, new, criteria=asked, seen=False)
    for each in asked:
        before, after = (one(tables, "version_criteria", criterion_id=each.id) for tables in (whole, less))
        assert not (after["state"] == "met" and before["state"] != "met")
        if each.kind == "not_worse" and pd.notna(after["found"]):
            assert after["found"] <= before["found"] + 1e-9


def _run_with(levels, rows, items, responses):
    original = builders.responses
    builders.responses = lambda *_given, **_columns: responses
    try:
        return run("new", levels, ratings=rows, items=items)
    finally:
        builders.responses = original


# ---------------------------------------------------------------- the verdict


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], "not_assessed"),
        (["met", "met"], "met"),
        (["met", "not_met", "not_demonstrated"], "not_met"),
        (["met", "not_demonstrated"], "not_demonstrated"),
        (["met", "not_assessed"], "not_demonstrated"),
        (["not_assessed", "not_assessed"], "not_assessed"),
    ],
)
def test_the_retest_of_a_track_follows_from_its_criteria(states, expected):
    rows = [{"criterion_id": str(k), "state": state, "reasons": []} for k, state in enumerate(states)]
    assert retest_verdict(rows)[0] == expected


def test_what_else_keeps_the_new_version_from_being_met_keeps_the_retest():
    rows = [{"criterion_id": "x", "state": "met", "reasons": []}]
    assert retest_verdict(rows, more=[Reason.low_coverage])[0] == "not_demonstrated"


def test_the_tracks_never_mix():
    """Changing what belongs to effectiveness alone leaves every row of safety as it was."""
    asked = [criterion("no_new_veto"), criterion("not_worse", margin=0.3)]
    old = earlier()
    first = compared(old, run("new", BAD, quality=GOOD), criteria=asked)
    second = compared(old, run("new", BAD, quality=["11"] * 12), criteria=asked)
    for table in VERSION_TABLES:
        if "track" in table.key or table.name in ("version_gates", "version_modes"):
            rows = [each[table.name].query("track == 'safety'").reset_index(drop=True) for each in (first, second)]
            pd.testing.assert_frame_equal(*rows)


# ---------------------------------------------------------------- what is the same


def left(tables):
    return {(row["kind"], row["name"]): row["why"] for row in tables["version_left_out"].to_dict("records")}


def test_a_metric_that_means_something_else_is_left_out_and_a_new_limit_is_not():
    other = metrics(ratings={"scale": "harm", "fail_when": {"at_most": "3"}})
    tables = compared(earlier(), run("new", BAD, used=other))
    assert left(tables) == {("metric", "harm_rate"): "changed"}
    assert "harm_rate" not in set(tables["version_cases"]["metric_id"])
    limit = metrics(gates=[VETO, RATE | {"limit": 0.4}])
    tables = compared(earlier(), run("new", BAD, used=limit))
    assert left(tables) == {}
    assert one(tables, "version_gates", gate_id="harm_rate.rate")["change"] == "rule_changed"


def test_a_gate_that_is_gone_or_new_is_named_and_a_lost_metric_never_helps():
    tables = compared(earlier(), run("new", GOOD, used=metrics(gates=[RATE])))
    assert one(tables, "version_gates", gate_id="harm_rate.veto")["change"] == "gone"
    row = decide(earlier(), run("new", GOOD, used=metrics(gates=[RATE])), criterion("no_new_veto"))
    assert (row["state"], row["reasons"]) == ("not_assessed", ["nothing_assessed"]) or row["reasons"] == ["amended"]
    without = run("new", GOOD * 4, used=[builders.metric("quality")])
    row = decide(pair_of_48()[0], without, criterion("not_worse", margin=0.2))
    assert row["state"] != "met"


def texts(prompts):
    return pd.DataFrame({"system_id": "a", "item_id": list(prompts), "sample": 1, "prompt": list(prompts.values())})


def test_items_whose_prompt_differs_are_left_out():
    prompts = {f"i{k:03d}": f"prompt {k}" for k in range(12)}
    facts = {"items.jsonl": "2" * 64}
    old = run("old", GOOD, texts=texts(prompts))
    new = run("new", BAD, texts=texts(prompts | {"i000": "another"}), facts=facts)
    shared = shared_of(old, new, {})
    assert (shared.proof, shared.changed_items, shared.n_items) == ("prompts", {"i000"}, 11)
    tables = compared(old, new)
    assert left(tables) == {("item", "i000"): "prompt"}
    assert "i000" not in set(tables["version_cases"]["item_id"])
    assert one(tables, "version_differences", subject_id="quality")["n_items"] == 11


def test_where_nothing_shows_that_items_are_the_same_it_says_so():
    assert shared_of(earlier(), run("new", BAD, facts={"items.jsonl": "2" * 64}), {}).proof == "ids"


def test_items_that_one_run_has_are_left_out():
    tables = compared(earlier(), run("new", BAD[:10], facts={"items.jsonl": "2" * 64}))
    assert left(tables) == {("item", "i010"): "only_before", ("item", "i011"): "only_before"}


def refused(old, new, wanted=None):
    with pytest.raises(CompareError) as caught:
        shared_of(old, new, wanted or {})
    return caught.value.code


def test_refusals():
    old, new = earlier(), later()
    assert refused(old, old) == "CMP001"
    other = run("new", BAD, facts={"items.jsonl": "2" * 64})
    other.document["study"]["id"] = "another"
    assert refused(old, other) == "CMP002"
    items = [{"item_id": f"x{k}", "prompt": "p"} for k in range(12)]
    rows = [row | {"item_id": f"x{int(row['item_id'][1:])}"} for row in _ratings(BAD)]
    answers = [{"system_id": "a", "item_id": each["item_id"], "status": "answered", "text": "t"} for each in items]
    assert refused(old, _run_with(BAD, rows, items, answers)) == "CMP003"
    assert refused(old, new, {"a": "b"}) == "CMP004"
    assert refused(old, new, {"b": "a"}) == "CMP004"
    used = [builders.metric("tone")]
    assert refused(old, run("new", BAD, used=used)) == "CMP005"


def test_another_study_with_the_same_file_of_items_is_compared():
    new = run("new", BAD)
    new.document["study"]["id"] = "retest"
    assert shared_of(earlier(), new, {}).proof == "file"


def test_a_run_without_its_tables_is_refused():
    old = earlier()
    with pytest.raises(CompareError, match="CMP008"):
        run_of("x", old.document, {name: each for name, each in old.frames.items() if name != "observations"})
    broken = {**old.document, "metrics": [{**old.document["metrics"][0], "combine": "nonsense"}]}
    with pytest.raises(CompareError, match="CMP008"):
        run_of("x", broken, old.frames)


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "least_n", "track": "safety"},
        {"kind": "not_worse", "track": "safety", "n": 3},
        {"kind": "no_new_veto", "track": "safety", "margin": 0.1},
        {"kind": "no_new_veto"},
        {"kind": "no_new_veto", "track": "safety", "metric": "harm_rate"},
        {"kind": "not_worse", "track": "both", "margin": 0.1},
        {"kind": "not_worse", "track": "safety", "margin": 0},
    ],
)
def test_a_criterion_that_says_too_little_or_too_much_is_refused(entry):
    plain = {"schema": "dualtrack.criteria/1", "criteria": [{"id": "x", "why": "w", **entry}]}
    with pytest.raises(ValueError, match="validation error"):
        CriteriaFile.model_validate(plain, strict=False)


def test_a_criterion_about_an_unknown_metric_is_refused():
    file = CriteriaFile(schema="dualtrack.criteria/1", criteria=(criterion("no_new_veto", metric="harm_rat"),))
    with pytest.raises(CompareError, match=r"CMP007.*harm_rate"):
        refuse_unknown(file, later())
