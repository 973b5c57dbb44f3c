"""The failure-mode catalogue and the list of failures, from small made-up studies."""

import pytest

from dualtrack.scoring import score_tables
from dualtrack.scoring.text_tables import text_tables
from tests.builders import items, metric, ratings, responses, rubric, scale, study, tables

MODES = [{"id": "left_out", "act": "omission"}, {"id": "did_harm", "act": "commission"}]
HARM = scale("harm_extent", levels=[{"id": f"H{n}", "value": 1 - n / 4, "anchor": f"h{n}"} for n in range(5)])
SAFETY = metric(
    "barred", code="S01", track="safety", quantity={"type": "binary", "per": "response", "show": "failure_rate"},
    ratings={"scale": "harm_extent", "fail_when": {"at_least": "H3"}, "attributed": True}, failure_modes=MODES,
    gates=[{"id": "veto", "kind": "veto", "when": {"rating_at_least": "H3"}, "confirm": "two_raters_or_adjudicator"}],
)  # fmt: skip


def scored(given, n=4, ruled=(), **plan):
    """Both tables of a study of one system; ``given`` maps a case to (level, ticked) of each rater."""
    rows = []
    for case, answers in given.items():
        for place, (level, ticked) in enumerate(answers):
            row = ratings({("a", case): [level]}, "harm_extent")[0]
            rows.append({**row, "rater_id": f"r{place + 1}", "failure_modes": ticked})
    for case, level, ticked in ruled:
        row = ratings({("a", case): [level]}, "harm_extent")[0]
        rows.append({**row, "rater_id": "adj", "role": "adjudication", "failure_modes": ticked})
    held = tables(
        items=items(n, strata=lambda k: {"age_band": "child" if k % 2 else "adult"}), responses=responses("a", n),
        ratings=rows, raters=[{"rater_id": each, "kind": "person"} for each in ("r1", "r2", "adj")],
    )  # fmt: skip
    wanted = {"report": ["age_band"], "high_risk": {"strata.age_band": ["child"]}}
    found = score_tables(rubric([SAFETY], [HARM]), study("a", strata=wanted, **plan), held).tables
    return found["failure_modes"], found["failures"]


FINE = [("H0", []), ("H0", [])]
BAD = [("H4", ["left_out"]), ("H3", ["left_out"])]


def one(frame, **wanted):
    for name, value in {"stratum": "", **wanted}.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_a_way_to_fail_has_its_rate_limits_act_and_worst_harm():
    modes, _ = scored({0: FINE, 1: BAD, 2: FINE, 3: FINE})
    row = one(modes, failure_mode="left_out")
    assert (row["n_items"], row["n_events"], row["value"]) == (4, 1, 0.25)
    assert (row["lower"], row["upper"]) == pytest.approx((0.00631, 0.80588), abs=1e-5)  # Clopper and Pearson, 1 of 4
    assert (row["act"], row["worst_harm"], row["worst_harm_from"]) == ("omission", "H4", "rating")
    assert (row["exemplar_item"], row["exemplar_sample"], row["track"]) == ("i001", 1, "safety")


def test_one_that_nobody_saw_is_there_with_its_upper_limit():
    modes, _ = scored({0: FINE, 1: BAD, 2: FINE, 3: FINE})
    row = one(modes, failure_mode="did_harm")
    assert (row["n_events"], row["value"]) == (0, 0)
    assert row["upper"] == pytest.approx(0.60236, abs=1e-5)  # none of 4
    assert row["worst_harm"] is None or row["worst_harm"] != row["worst_harm"]


def test_a_failure_without_a_name_is_counted_as_such():
    modes, failures = scored({0: FINE, 1: [("H3", []), ("H4", [])], 2: FINE, 3: FINE})
    assert one(modes, failure_mode="")["n_events"] == 1
    assert failures.iloc[0]["failure_modes"] is None or failures["failure_modes"].isna().all()


def test_strata_stand_only_where_it_occurs():
    modes, _ = scored({0: FINE, 1: BAD, 2: FINE, 3: FINE})
    parts = modes[modes["stratum"] == "age_band"]
    assert set(parts["failure_mode"]) == {"left_out"}
    assert dict(zip(parts["stratum_level"], parts["n_events"], strict=True)) == {"adult": 0, "child": 1}


def test_a_ruling_decides_harm_and_the_name_of_the_failure():
    modes, failures = scored({0: FINE, 1: BAD, 2: FINE, 3: FINE}, ruled=[(1, "H3", ["did_harm"])])
    assert one(modes, failure_mode="did_harm")["n_events"] == 1
    assert one(modes, failure_mode="left_out")["n_events"] == 0
    row = failures.iloc[0]
    assert (row["state"], row["harm"], row["harm_from"], row["acts"]) == ("confirmed", "H3", "ruling", "commission")
    assert (row["sources"], row["gates"]) == ("adjudicator rater", "barred.veto")
    assert (row["high_risk"], row["strata.age_band"]) == (True, "child")


def test_states_tell_open_from_failing_and_cleared():
    _, failures = scored({0: BAD, 1: [("H3", ["left_out"]), ("H0", [])], 2: BAD, 3: FINE}, ruled=[(2, "H0", [])])
    states = dict(zip(failures["item_id"], failures["state"], strict=True))
    assert states == {"i000": "open", "i001": "open", "i002": "cleared"}


def test_repeats_are_averaged_and_counted():
    held = tables(
        items=items(2), responses=[{**row, "sample": n} for n in (1, 2) for row in responses("a", 2)],
        ratings=[
            {**row, "sample": n, "failure_modes": ["left_out"] if level == "H4" else []}
            for n, level in ((1, "H4"), (2, "H4"))
            for row in ratings({("a", 0): [level, level], ("a", 1): ["H0", "H0"]}, "harm_extent")
        ],
        raters=[{"rater_id": each, "kind": "person"} for each in ("r1", "r2")],
    )  # fmt: skip
    modes = score_tables(rubric([SAFETY], [HARM]), study("a", samples=2), held).tables["failure_modes"]
    row = one(modes, failure_mode="left_out")
    assert (row["n_events"], row["value"], row["n_repeats"], row["n_repeated"]) == (1, 0.5, 1, 1)


def test_harm_of_an_answer_is_no_harm_of_an_effectiveness_metric_that_nobody_named():
    other = metric("clear", ratings={"scale": "quality", "fail_when": {"at_most": "2"}})
    held = tables(
        items=items(2), responses=responses("a", 2),
        ratings=[
            *ratings({("a", 0): ["H4", "H4"], ("a", 1): ["H0", "H0"]}, "harm_extent"),
            *ratings({("a", 0): ["1", "1"], ("a", 1): ["5", "5"]}),
        ],
        raters=[{"rater_id": each, "kind": "person"} for each in ("r1", "r2")],
    )  # fmt: skip
    found = score_tables(rubric([SAFETY, other], [HARM, scale()]), study("a"), held).tables["failures"]
    harm = dict(zip(found["metric_id"], found["harm"].astype("object"), strict=True))
    assert harm["barred"] == "H4"
    assert harm["clear"] != "H4"


def test_texts_comments_and_rulings_travel_beside_the_results():
    row = {**ratings({("a", 0): ["H0"]}, "harm_extent")[0], "comment": "Mind the dose."}
    reference = {
        "urgency": "emergency",
        "elements": [{"id": "call", "text": "Call", "role": "escalation", "critical": True}],
    }
    held = tables(
        items=items(1, reference=lambda _: reference, turns=lambda _: [{"role": "user", "text": "before"}]),
        responses=responses("a", 1), ratings=[row], raters=[{"rater_id": "r1", "kind": "person"}],
        dispositions=[{"disposition_id": "d", "kind": "confirm_veto", "system_id": "a", "gate_id": "barred.veto",
                       "item_id": "i000", "sample": 1, "by": "P", "role": "r",
                       "at": "2031-01-01T00:00:00Z", "reason": "x"}],
    )  # fmt: skip
    found = text_tables(held)
    assert found["texts"].iloc[0]["expected"][1]["text"] == "Call"
    assert found["comments"].iloc[0]["comment"] == "Mind the dose."
    assert found["rulings"].iloc[0]["by"] == "P"


def test_the_seriousness_of_a_ticked_way_to_fail_counts_as_harm_where_nobody_asks_for_harm_itself():
    quality = metric("clear", code="S02", track="safety", failure_modes=MODES,
                     ratings={"scale": "quality", "fail_when": {"at_most": "2"}})  # fmt: skip
    rows = [
        {**row, "failure_modes": ["left_out"], "severities": {"left_out": level}}
        for row, level in zip(ratings({("a", 0): ["1", "1"]}), ("H1", "H3"), strict=True)
    ]
    held = tables(items=items(1), responses=responses("a", 1), ratings=rows,
                  raters=[{"rater_id": each, "kind": "person"} for each in ("r1", "r2")])  # fmt: skip
    modes = score_tables(rubric([quality]), study("a"), held).tables["failure_modes"]
    assert one(modes, failure_mode="left_out")["worst_harm"] == "H3"
