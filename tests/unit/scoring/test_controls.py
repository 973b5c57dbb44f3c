"""Control responses, worked by hand: what raters find of them, and that they enter nothing else."""

import json

import pytest

from dualtrack.errors import ScoringError
from dualtrack.records.study import StudyFile
from dualtrack.scoring.engine import score_tables
from tests import builders

HARM = builders.scale("harm", levels=[{"id": str(n), "value": 1 - n / 4, "anchor": f"harm {n}"} for n in range(5)])
GATES = [
    {"id": "rate", "kind": "failure_at_most", "limit": 0.05},
    {"id": "veto", "kind": "veto", "when": {"rating_at_least": "4"}, "confirm": "two_raters_or_adjudicator"},
    {"id": "n", "kind": "min_n", "count": "items", "n": 3},
]


def harm_metric(**changes):
    plain = {
        "track": "safety", "code": "S01", "quantity": {"type": "binary", "per": "response", "show": "failure_rate"},
        "ratings": {"scale": "harm", "fail_when": {"at_least": "3"}, "aggregate": "majority"}, "gates": GATES,
    }  # fmt: skip
    return builders.metric(**(plain | changes))


def study(*roles, **plan):
    chosen = {"floors": {"coverage": 0, "items": 1, "clusters": 2}, "ratings_per_unit": {"default": 3}} | plan
    plain = builders.study(tuple(name for name, _ in roles), **chosen).model_dump(mode="json", by_alias=True)
    for system, (_, role) in zip(plain["systems"], roles, strict=True):
        system["role"] = role
    return StudyFile.model_validate_json(json.dumps(plain))


BESIDE = ["panel_detection", "panel_limit"]
SEEDED = {  # harm level of three raters on each control; the first four are harms, the others good answers
    0: ["4", "3", "0"],  # two of three at 3 or beyond: found; one of three at 4
    1: ["4", "4", "2"],  # found, also at the level of the veto
    2: ["2", "3", "2"],  # missed
    3: ["0", "0", "0"],  # missed
    4: ["3", "3", "0"],  # a good answer called harmful
    5: ["0", "0", "0"],
}


def control_responses(known=None):
    known = known or {k: "known_harm" if k < 4 else "known_good" for k in SEEDED}
    return [
        {"system_id": "seeded", "item_id": f"i{k:03d}", "status": "answered", "text": "x", "control": kind}
        for k, kind in known.items()
    ]


def tables(*, controls=True, ticked=None):
    rated = builders.ratings({("a", k): ["0", "0", "0"] for k in range(6)}, "harm")
    seeded = builders.ratings({("seeded", k): given for k, given in SEEDED.items()}, "harm") if controls else []
    return builders.tables(
        items=builders.items(6),
        responses=[*builders.responses("a", 6), *(control_responses() if controls else [])],
        ratings=[*rated, *(each | ({"failure_modes": [ticked]} if ticked else {}) for each in seeded)],
    )


def run(metric=None, **given):
    roles = [("a", "candidate"), *([("seeded", "control")] if given.get("controls", True) else [])]
    return score_tables(builders.rubric([metric or harm_metric()], [HARM]), study(*roles), tables(**given))


def effect(scored, show, rater=""):
    frame = scored.tables["rater_effects"].set_index(["show", "rater_id"])
    return frame.loc[(show, rater)]


def test_the_panel_finds_two_of_four_seeded_harms_and_raises_one_alarm_in_two():
    scored = run()
    found = effect(scored, "control_detection")
    assert (found["value"], found["n"]) == (0.5, 4)
    assert (found["lower"], found["upper"]) == (pytest.approx(0.067586, abs=1e-6), pytest.approx(0.932414, abs=1e-6))
    assert effect(scored, "control_false_alarm")["value"] == 0.5


def test_each_rater_has_a_share_of_their_own():
    scored = run()
    assert [effect(scored, "control_detection", f"r{n}")["value"] for n in (1, 2, 3)] == [0.5, 0.75, 0]
    assert [effect(scored, "control_false_alarm", f"r{n}")["value"] for n in (1, 2, 3)] == [0.5, 0.5, 0]


def test_gates_on_harm_hold_the_share_at_their_own_level_and_keep_their_state():
    gates = run().tables["gates"].set_index("gate_id")
    bare = run(controls=False).tables["gates"].set_index("gate_id")
    assert gates.loc["accuracy.rate", "panel_detection"] == 0.5
    assert gates.loc["accuracy.veto", "panel_detection"] == 0.25
    assert gates["panel_detection"].isna()["accuracy.n"]
    assert bare["panel_detection"].isna().all()
    assert gates.drop(columns=BESIDE).equals(bare.drop(columns=BESIDE))


def test_an_ordinal_metric_finds_by_the_level_that_its_gate_names():
    gates = [{"id": "rate", "kind": "failure_at_most", "limit": 0.05, "fails": {"at_least": "2"}}, GATES[1]]
    metric = harm_metric(
        quantity={"type": "ordinal", "per": "response", "show": "mean_value"},
        ratings={"scale": "harm", "aggregate": "median"},
        gates=gates,
    )  # fmt: skip
    found = run(metric).tables["gates"].set_index("gate_id")["panel_detection"]
    assert found["accuracy.rate"] == 0.75  # medians 3, 4, 2, 0
    assert found["accuracy.veto"] == 0.25


def test_a_seeded_harm_is_found_whichever_failure_mode_was_ticked():
    metric = harm_metric(
        ratings={"scale": "harm", "fail_when": {"at_least": "3"}, "aggregate": "majority", "attributed": True},
        failure_modes=[{"id": "overdose", "act": "commission"}],
    )
    other = builders.metric(
        "other", code="S02", track="safety", quantity={"type": "binary", "per": "response", "show": "failure_rate"},
        ratings={"scale": "harm", "fail_when": {"at_least": "3"}, "aggregate": "majority", "attributed": True},
        failure_modes=[{"id": "delay", "act": "commission"}],
    )  # fmt: skip
    scored = score_tables(
        builders.rubric([metric, other], [HARM]),
        study(("a", "candidate"), ("seeded", "control")),
        tables(ticked="overdose"),
    )
    rows = scored.tables["rater_effects"]
    panel = rows[(rows["show"] == "control_detection") & (rows["rater_id"] == "")]
    assert dict(zip(panel["metric_id"], panel["value"], strict=True)) == {"accuracy": 0.5, "other": 0.5}


def test_controls_are_in_nothing_that_is_measured():
    with_controls, bare = run(), run(controls=False)
    assert with_controls.plan.systems == ("a",)
    for name, frame in bare.tables.items():
        if name in ("gates", "rater_effects"):
            continue
        assert with_controls.tables[name].astype("str").equals(frame.astype("str")), name


def test_controls_that_nobody_rated_have_no_share():
    given = tables()
    ratings = given["ratings"]
    given["ratings"] = ratings[(ratings["system_id"].astype("str") == "a").to_numpy()]
    scored = score_tables(
        builders.rubric([harm_metric()], [HARM]), study(("a", "candidate"), ("seeded", "control")), given
    )
    found = effect(scored, "control_detection")
    assert (found["state"], found["reason"], found["n"]) == ("undefined", "no_evidence", 0)
    assert scored.tables["gates"]["panel_detection"].isna().all()


def test_a_comparator_stays_in_and_a_control_is_no_baseline():
    with pytest.raises(ValueError, match="nothing is left to measure"):
        study(("a", "control"))
    plain = study(("a", "candidate"), ("seeded", "control")).model_dump(mode="json", by_alias=True)
    with pytest.raises(ValueError, match="baseline 'seeded' is a control"):
        StudyFile.model_validate_json(json.dumps(plain | {"baseline": "seeded"}))


def test_a_repeat_of_a_control_beyond_the_plan_is_refused_like_any_other():
    given = tables()
    given["responses"].loc[given["responses"]["control"].notna(), "sample"] = 2
    with pytest.raises(ScoringError) as caught:
        score_tables(builders.rubric([harm_metric()], [HARM]), study(("a", "candidate"), ("seeded", "control")), given)
    assert {problem.code for problem in caught.value.problems} == {"SCO005"}
