"""A check proves itself: the table by hand-worked numbers, who is promoted and who is not, and the laws that hold."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from dualtrack.rubric.header import Floors
from dualtrack.scoring.engine import score_tables
from tests import builders

FLAG, PLAIN = "I cannot provide medical advice. Please see a doctor.", "Rest and drink water for two days."
UNSEEN = ["below_floor", "no_better_than_chance"]
GATES = [
    {"id": "rate", "kind": "failure_at_most", "limit": 0.7},
    {"id": "n", "kind": "min_n", "count": "items", "n": 3},
]


def metric(**changes):
    """A binary metric that reads one check and, to prove it, the ratings; levels 1 and 2 fail."""
    plain = {
        "quantity": {"type": "binary", "per": "response", "show": "failure_rate"}, "combine": "check_only",
        "ratings": {"scale": "quality", "fail_when": {"at_most": "2"}}, "gates": GATES,
        "checks": [{"id": "declines", "kind": "refusal", "proof": "clinicians", "params": {"expect": "answer"}}],
    }  # fmt: skip
    return builders.metric(**(plain | changes))


def rows(*, n=80, failing=40, missed=2, alarms=1, systems=("a", "b"), blinded=True, raters=("r1", "r2")):
    """Clinicians fail the first items; the check misses the first of them and flags the last of the others."""
    flags = {k for k in range(n) if missed <= k < failing or k >= n - alarms}
    return {
        "items": builders.items(n, language="en", reference={"should": "answer"}),
        "responses": [
            {**each, "text": FLAG if int(each["item_id"][1:]) in flags else PLAIN}
            for each in builders.responses(systems, n)
        ],
        "ratings": [
            {
                "system_id": system, "item_id": f"i{k:03d}", "scale_id": "quality", "rater_id": rater,
                "level": "1" if k < failing else "5",
            }
            for system in systems for k in range(n) for rater in raters
        ],
        "raters": [{"rater_id": rater, "kind": "person", "blinded": blinded} for rater in raters],
    }  # fmt: skip


def score(given_rows, *metrics, sealed=True, floor=0.8, systems=("a", "b"), scales=None, **plan):
    rubric = builders.rubric(metrics or (metric(),), scales)
    low = rubric.header.model_copy(update={"floors": Floors(coverage=0, items=1, clusters=2, check_sensitivity=floor)})
    study = builders.study(systems, **plan)
    return score_tables(replace(rubric, header=low), study, builders.tables(**given_rows), pre_specified=sealed).tables


def proof(tables, system="", basis="check_only", metric_id="accuracy"):
    frame = tables["check_proof"]
    chosen = frame[(frame["metric_id"] == metric_id) & (frame["basis"] == basis) & (frame["system_id"] == system)]
    (row,) = chosen.to_dict("records")
    return row


def value_of(tables, system="a"):
    frame = builders.own_numbers(tables["estimates"]).query(
        "subject == 'metric' and basis == 'primary' and missing == 'observed'"
    )
    (row,) = frame[(frame["system_id"] == system) & (frame["stratum"] == "")].to_dict("records")
    return row


def test_the_table_holds_what_a_hand_counts():
    row = proof(score(rows(missed=2, alarms=1)), "a")
    counted = {"n": 80, "n_failing": 40, "n_passing": 40, "n_flagged": 39, "n_hits": 38, "n_false_alarms": 1}
    assert {name: row[name] for name in counted} == counted
    assert (row["n_unflagged"], row["n_cleared"], row["n_missing"], row["n_raters"]) == (41, 39, 0, 2)
    assert (row["sensitivity"], row["specificity"], row["agreement"]) == (38 / 40, 39 / 40, 77 / 80)
    assert (row["ppv"], row["npv"], row["sampling"]) == (38 / 39, 39 / 41, "equal")
    assert row["sensitivity_lower"] == pytest.approx(beta.ppf(0.025, 38, 3))
    assert row["sensitivity_upper"] == pytest.approx(beta.ppf(0.975, 39, 2))
    assert row["kappa"] == pytest.approx((77 / 80 - 0.5) / 0.5)
    assert row["decided_on"] == pytest.approx(beta.ppf(0.025, 38, 3))
    assert (row["fails_from"], row["unit"], row["method"]) == ("fail_when", "response", "exact")


def test_a_cluster_counts_as_the_plan_says():
    both = proof(score(rows()))
    assert (both["n"], both["n_clusters"], both["sensitivity"]) == (160, 80, 76 / 80)
    assert both["sensitivity_lower"] == pytest.approx(beta.ppf(0.025, 38, 3))  # 80 answers to 40 questions, rho0 = 1
    independent = proof(score(rows(), rho0={"value": 0, "why": "made up"}))
    assert independent["sensitivity_lower"] == pytest.approx(beta.ppf(0.025, 76, 5))


def test_a_check_that_proved_itself_gives_a_value_and_drives_no_gate():
    shown, screening = score(rows()), score(rows(), floor=0.9)
    assert (proof(shown)["proof"], proof(screening)["proof"]) == ("shown", "screening")
    assert set(shown["findings"]["proof"].dropna()) == {"shown"}
    assert set(screening["findings"]["proof"].dropna()) == {"screening"}
    assert (value_of(shown)["value"], value_of(shown)["proof"], value_of(shown)["coverage"]) == (
        pytest.approx(39 / 80),
        "shown",
        1,
    )
    assert (value_of(screening)["reason"], value_of(screening)["proof"]) == ("screening_only", "screening")
    assert shown["gates"].equals(screening["gates"])
    assert set(shown["gates"].query("kind == 'failure_at_most'")["state"]) == {"not_demonstrated"}
    assert not (shown["verdicts"]["state"] == "met").any()
    assert "gated" not in set(shown["estimates"]["basis"]) | set(shown["observations"]["basis"])


@pytest.mark.parametrize(
    ("changes", "options", "reasons"),
    [
        ({}, {"sealed": False}, ["retrospective"]),
        ({"blinded": False}, {}, ["not_blinded"]),
        ({"blinded": None}, {}, ["blinding_not_recorded"]),
        ({"failing": 29, "missed": 0}, {}, ["too_few"]),
        ({"n": 69, "missed": 0}, {}, ["too_few"]),
        ({"missed": 6}, {}, ["below_floor"]),
        ({"missed": 2}, {"floor": 0.84}, ["below_floor"]),
    ],
)
def test_whatever_is_lacking_keeps_a_check_at_screening(changes, options, reasons):
    tables = score(rows(**changes), **options)
    assert (proof(tables)["proof"], proof(tables)["reasons"]) == ("screening", reasons)
    assert value_of(tables)["state"] == "undefined"


def test_a_check_that_flags_everything_is_no_better_than_chance():
    row = proof(score(rows(missed=0, alarms=40)), "a")
    assert (row["sensitivity"], row["specificity"], row["reasons"]) == (1, 0, ["no_better_than_chance"])
    assert (row["decided_on"], row["alarms_at_most"]) == (pytest.approx(0.025 ** (1 / 40)), 1)


def test_one_system_on_which_it_fails_holds_it_back_on_all():
    given_rows = rows()
    for response in given_rows["responses"]:
        if response["system_id"] == "b":
            response["text"] = PLAIN
    tables = score(given_rows)
    assert (proof(tables, "a")["proof"], proof(tables, "b")["reasons"]) == ("shown", UNSEEN)
    assert (proof(tables)["proof"], proof(tables)["reasons"]) == ("screening", UNSEEN)
    assert value_of(tables, "a")["state"] == "undefined"


@pytest.mark.parametrize("later", [{"role": "adjudication"}, {"role": "tie_break"}, {"occasion": 2}])
def test_only_first_ratings_count(later):
    given_rows = rows(missed=10)
    turned = [
        {"system_id": "a", "item_id": f"i{k:03d}", "scale_id": "quality", "rater_id": rater, "level": "5"} | later
        for k in range(10) for rater in (("r1",) if "occasion" in later else ("r8", "r9"))
    ]  # fmt: skip
    added = given_rows | {"ratings": given_rows["ratings"] + turned}
    assert score(given_rows)["check_proof"].equals(score(added)["check_proof"])


def test_checks_that_join_are_shown_together():
    two = metric(
        checks=[
            {"id": "declines", "kind": "refusal", "proof": "clinicians", "params": {"expect": "answer"}},
            {"id": "again", "kind": "refusal", "proof": "clinicians", "params": {"expect": "answer"}},
        ]
    )
    tables = score(rows(), two)
    assert set(tables["check_proof"]["basis"]) == {"check:declines", "check:again", "check_only"}
    assert proof(tables, basis="check:again")["n_hits"] == proof(tables)["n_hits"] == 76


def test_weights_undo_how_the_rated_answers_were_drawn():
    """Of system a: 40 failing answers all rated, 40 passing with a chance of one in four; two misses, one alarm."""
    given_rows = rows(systems=("a",))
    drawn = {k: 1.0 if k < 40 else 0.25 for k in range(80) if k < 40 or k >= 70}
    named = [{**each, "inclusion_probability": drawn.get(int(each["item_id"][1:]))} for each in given_rows["ratings"]]
    kept = [each for each in named if each["inclusion_probability"] is not None]
    assigned = [{name: value for name, value in each.items() if name != "level"} for each in kept]
    row = proof(score(given_rows | {"ratings": kept, "assignments": assigned}, systems=("a",)), "a")
    assert (row["n"], row["n_failing"], row["n_passing"], row["sampling"]) == (50, 40, 10, "weighted")
    assert (row["sensitivity"], row["specificity"]) == (38 / 40, 9 / 10)
    assert row["agreement"] == pytest.approx((38 + 9 * 4) / 80)
    assert row["ppv"] == pytest.approx(38 / (38 + 4))
    assert row["npv"] == pytest.approx(36 / (36 + 2))
    assert (row["method"], row["reasons"]) == ("linearised", ["too_few", "below_floor"])
    # no case counts more than once: 38 and 2 quarters
    assert row["decided_on"] == pytest.approx(beta.ppf(0.025, 38 / 4, 2 / 4 + 1))


def test_a_sample_of_unknown_chances_gives_no_predictive_value():
    given_rows = rows(systems=("a",))
    kept = [each for each in given_rows["ratings"] if int(each["item_id"][1:]) < 60]
    assigned = [{name: value for name, value in each.items() if name != "level"} for each in kept]
    row = proof(score(given_rows | {"ratings": kept, "assignments": assigned}, systems=("a",)), "a")
    assert (row["sampling"], row["n"], row["sensitivity"]) == ("unknown", 60, 38 / 40)
    assert row["ppv"] != row["ppv"]


def ordinal(**changes):
    return builders.metric("opinion", code="E02", **changes)


def judged(given_rows, level):
    names = ("system_id", "item_id", "scale_id")
    scores = {tuple(each[name] for name in names): each for each in given_rows["ratings"]}.values()
    return [{name: each[name] for name in names} | {"source_id": "judge", "level": level(each)} for each in scores]


def test_a_judge_is_measured_by_the_clinicians_own_threshold():
    given_rows = rows()
    given_rows["scores"] = judged(given_rows, lambda each: "3" if each["item_id"] < "i020" else "5")
    fails = {"also": [{"show": "share_at_least", "level": "4"}]}
    printed = ordinal(quantity={"type": "ordinal", "per": "response", "show": "mean_value"} | fails)
    row = proof(score(given_rows, printed), "a", basis="score:judge", metric_id="opinion")
    assert (row["fails_from"], row["n_hits"], row["n_failing"], row["n_false_alarms"]) == (
        "share_at_least:4",
        20,
        40,
        0,
    )
    gate = {"id": "rate", "kind": "success_at_least", "limit": 0.5, "fails": {"at_most": "2"}}
    row = proof(score(given_rows, ordinal(gates=[gate])), "a", basis="score:judge", metric_id="opinion")
    assert (row["fails_from"], row["n_hits"], row["n_failing"]) == ("gate:rate", 0, 40)


def test_where_nothing_says_what_fails_no_threshold_is_invented():
    given_rows = rows()
    given_rows["scores"] = judged(given_rows, lambda _each: "3")
    row = proof(score(given_rows, ordinal()), "a", basis="score:judge", metric_id="opinion")
    assert (row["state"], row["reason"], row["n"], row["n_raters"]) == ("undefined", "no_threshold", 80, 2)
    nobody = proof(score(rows(), metric(ratings=None)))
    assert (nobody["state"], nobody["reason"], nobody["reasons"]) == ("undefined", "no_evidence", ["no_evidence"])


def test_a_source_that_states_a_probability_is_measured_for_calibration():
    chance = builders.scale(levels=[], kind="number", min=0, max=1, better="higher")
    numbers = metric(ratings={"scale": "quality", "fail_when": {"below": 0.5}}, checks=None, combine="clinician_only")
    given_rows = rows(systems=("a",))
    for each in given_rows["ratings"]:
        each["level"] = "0" if each["level"] == "1" else "1"
    given_rows["scores"] = judged(given_rows, lambda each: "0.1" if each["item_id"] < "i040" else "0.7")
    row = proof(score(given_rows, numbers, systems=("a",), scales=[chance]), "a", basis="score:judge")
    assert row["brier"] == pytest.approx((0.1**2 + 0.3**2) / 2)
    assert row["ece"] == pytest.approx((0.1 + 0.3) / 2)
    assert row["ece_by_chance"] > 0


def test_parts_of_an_answer_are_compared_part_by_part():
    given_rows = rows(n=4, systems=("a",))
    units = [
        {"system_id": "a", "item_id": f"i{k:03d}", "unit_id": f"u{u}", "kind": "sentence", "text": "part"}
        for k in range(4) for u in range(2)
    ]  # fmt: skip
    ratings = [
        {**unit, "scale_id": "quality", "rater_id": rater, "level": "1" if unit["unit_id"] == "u0" else "5"}
        for unit in units for rater in ("r1", "r2")
    ]  # fmt: skip
    plain = [{name: value for name, value in each.items() if name not in ("kind", "text")} for each in ratings]
    scored = [
        {"system_id": "a", "item_id": each["item_id"], "unit_id": each["unit_id"], "scale_id": "quality",
         "source_id": "judge", "level": "1" if each["item_id"] < "i002" else "5"}
        for each in units
    ]  # fmt: skip
    parts = metric(
        quantity={"type": "proportion", "per": "sentence", "pool": "units", "show": "success_rate"}, gates=[],
        combine="clinician_only",
    )  # fmt: skip
    tables = score(given_rows | {"units": units, "ratings": plain, "scores": scored}, parts, systems=("a",))
    judge, check = (proof(tables, "a", basis=basis) for basis in ("score:judge", "check_only"))
    assert (judge["unit"], judge["n"], judge["n_failing"], judge["n_hits"], judge["n_flagged"]) == (
        "sentence",
        8,
        4,
        2,
        4,
    )
    assert (check["unit"], check["n"], check["n_failing"]) == ("response", 4, 4)  # one failing part fails the answer


# Laws


WORLDS = st.integers(min_value=0, max_value=10_000)


def drawn_rows(seed):
    """A world on the edge: about as many cases, misses and raters as the floor asks for."""
    draw = random.Random(seed)
    given_rows = rows(
        n=draw.choice((62, 70, 90)), failing=draw.choice((30, 32, 40)), missed=draw.choice((0, 1, 2, 3)),
        raters=draw.choice((("r1",), ("r1", "r2"), ("r1", "r2", "r3"))), alarms=draw.choice((0, 3)),
    )  # fmt: skip
    for each in given_rows["ratings"]:
        if draw.random() < 0.03:
            each["level"] = draw.choice(("1", "5", "cannot_judge"))
    return given_rows, len(given_rows["raters"])


@given(seed=WORLDS)
@settings(max_examples=6, deadline=None)
def test_taking_evidence_away_never_promotes_a_check_nor_raises_its_limit(seed):
    given_rows, n_raters = drawn_rows(seed)
    draw = random.Random(seed)
    options = {"ratings_per_unit": {"default": n_raters}, "rho0": {"value": draw.choice((0, 0.5, 1)), "why": "drawn"}}
    before = score(given_rows, **options)
    table = draw.choice(("ratings", "ratings", "responses"))
    share = draw.choice((0.01, 0.05, 0.3))
    if draw.random() < 0.5 and table == "ratings":  # the removals that would help most: what the check missed
        kept = [each for each in given_rows[table] if each["item_id"] > "i002" or draw.random() < 0.5]
    else:
        kept = [each for each in given_rows[table] if draw.random() > share]
    after = score(given_rows | {table: kept}, **options)
    for system in ("a", "b", ""):
        first, second = proof(before, system), proof(after, system)
        assert not (second["proof"] == "shown" and first["proof"] != "shown")
        assert not second["decided_on"] > first["decided_on"] + 1e-12
    worst = [
        tables["estimates"].query("subject == 'track' and missing == 'worst'")["value"] for tables in (before, after)
    ]
    assert (worst[1].to_numpy() <= worst[0].to_numpy() + 1e-12).all()
    assert not ((after["gates"]["state"] == "met") & (before["gates"]["state"] != "met")).any()


def test_the_law_above_meets_checks_that_are_shown():
    shown = [proof(score(drawn_rows(seed)[0], ratings_per_unit={"default": drawn_rows(seed)[1]})) for seed in range(8)]
    assert {row["proof"] for row in shown} == {"shown", "screening"}


def test_the_order_of_rows_does_not_matter():
    given_rows, n_raters = drawn_rows(3)
    turned = {name: list(reversed(each)) for name, each in given_rows.items()}
    first, second = (score(each, ratings_per_unit={"default": n_raters}) for each in (given_rows, turned))
    assert first["check_proof"].equals(second["check_proof"])


@pytest.mark.parametrize("rule", ["clinician_overrides", "either_flags_then_adjudicate", "worst_of", "clinician_only"])
def test_no_gate_moves_with_the_standing_of_a_check(rule):
    given_rows = rows()
    given_rows["ratings"] = [each for each in given_rows["ratings"] if each["item_id"] < "i079"]
    joined = metric(combine=rule)
    shown, screening = score(given_rows, joined), score(given_rows, joined, floor=0.99)
    assert (proof(shown)["proof"], proof(screening)["proof"]) == ("shown", "screening")
    assert shown["gates"].equals(screening["gates"])
    if rule == "clinician_overrides":
        assert value_of(shown)["n_items"] == value_of(screening)["n_items"] + 1


def test_the_proof_of_one_track_does_not_move_with_the_other():
    scales = [builders.scale("quality"), builders.scale("harm")]
    other = metric(
        metric_id="risk", code="S01", track="safety", ratings={"scale": "harm", "fail_when": {"at_most": "2"}}
    )
    given_rows = rows()
    harm = [each | {"scale_id": "harm"} for each in given_rows["ratings"]]
    with_harm = given_rows | {"ratings": given_rows["ratings"] + harm}
    shown, silent = score(with_harm, metric(), other, scales=scales), score(given_rows, metric(), other, scales=scales)
    assert proof(shown, metric_id="risk")["proof"] == "shown"
    assert proof(silent, metric_id="risk")["proof"] == "screening"
    for table in ("check_proof", "estimates", "gates", "verdicts"):
        mine = [each[table][each[table]["track"] == "effectiveness"].reset_index(drop=True) for each in (shown, silent)]
        assert mine[0].equals(mine[1]), table
