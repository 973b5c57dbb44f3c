"""Power: what is said of a design is what its gates would do, and a bad assumption is named."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, dirichlet_multinomial

from dualtrack.errors import PlanningError
from dualtrack.scoring.engine import score_tables
from dualtrack.scoring.power import Wishes, power_tables
from dualtrack.scoring.power.changes import items_needed, same_mix
from dualtrack.scoring.power.design import basis_of, gate_designs, spread, thinned
from dualtrack.scoring.power.run import Seen
from dualtrack.scoring.power.states import Cases, Truth, gate_chances, limit_range
from dualtrack.scoring.power.totals import shown_above, shown_within, totals_of
from dualtrack.terms import State
from tests import builders

HARM = builders.scale("harm", levels=[{"id": str(n), "value": 1 - n / 4, "anchor": f"harm {n}"} for n in range(5)])
VETO = {"id": "veto", "kind": "veto", "when": {"rating_at_least": "4"}, "confirm": "two_raters_or_adjudicator"}
RATE = {"id": "rate", "kind": "failure_at_most", "limit": 0.05}
LEAST = {"id": "n", "kind": "min_n", "count": "items", "n": 72}


def harm_metric(*gates, **changes):
    return builders.metric(
        track="safety", code="S01", quantity={"type": "binary", "per": "response", "show": "failure_rate"},
        ratings={"scale": "harm", "fail_when": {"at_least": "3"}}, gates=list(gates), **changes,
    )  # fmt: skip


def study(systems=("a",), **plan):
    chosen = {"floors": {"coverage": 0.8, "items": 10, "clusters": 3}, "ratings_per_unit": {"default": 2}} | plan
    return builders.study(systems, **chosen)


def grouped(sizes):
    names = np.repeat(np.arange(len(sizes)), sizes).tolist()
    return builders.items(len(names), conversation_id=lambda k: f"c{names[k]:03d}")


def designed(*gates, n=100, items=None, wishes=None, systems=("a",), metrics=None, **plan):
    rubric = builders.rubric(metrics or [harm_metric(*gates)], [HARM])
    tables = builders.tables(items=items or builders.items(n))
    tables["items"]["family_id"] = tables["items"]["item_id"].astype("str")
    return basis_of(rubric, study(systems, **plan), tables, wishes or Wishes())


def rows(basis, table, **chosen):
    found = power_tables(basis)[table]
    return [row for row in found if all(row[name] == value for name, value in chosen.items())]


@pytest.mark.parametrize(
    ("sizes", "n_missing"), [([1] * 120, 0), ([5, 1, 2] * 20, 2)], ids=["alone", "uneven, some missing"]
)
def test_the_range_of_a_limit_gate_is_where_the_scored_gate_turns(sizes, n_missing):
    plan = {"cluster": "conversation_id", "rho0": {"value": 0.1, "why": "w"}}
    n = sum(sizes)
    basis = designed(RATE, items=grouped(sizes), wishes=Wishes(missing=n_missing / n), **plan)
    design = next(iter(gate_designs(basis)))
    cases = Cases.of(design.parts[0].sizes, missing=n_missing / n, rho0=0.1)
    most, least = limit_range(basis.plan, design, cases)
    wanted = {most: "met", most + 1: "not_demonstrated", least - 1: "not_demonstrated", least: "not_met"}
    for n_failing, state in wanted.items():
        if n_failing >= 0 and (most >= 0 or state != "met"):
            assert scored_state(sizes, n_failing, n_missing, plan) == state, n_failing


def scored_state(sizes, n_failing, n_missing, plan):
    n = sum(sizes)
    levels = [["4", "4"]] * n_failing + [["0", "0"]] * (n - n_failing - n_missing) + [[]] * n_missing
    tables = builders.tables(
        items=grouped(sizes), responses=builders.responses("a", n),
        ratings=builders.ratings({("a", k): given for k, given in enumerate(levels)}, "harm"),
    )  # fmt: skip
    scored = score_tables(builders.rubric([harm_metric(RATE)], [HARM]), study(**plan), tables, pre_specified=True)
    return scored.tables["gates"]["state"].iloc[0]


def test_chances_of_independent_cases_are_binomial():
    basis = designed(RATE, n=110)
    at = {row["scenario"]: row for row in rows(basis, "power_chances")}
    assert [at[n]["rate"] for n in (1, 2, 3)] == [0.025, 0.05, 0.1]
    for row in at.values():  # 110 cases bear one failure (cases_needed)
        assert row["p_met"] == pytest.approx(binom.cdf(1, 110, row["rate"]))
        assert sum(row[f"p_{state}"] for state in State) == pytest.approx(1)


def test_more_correlation_than_assumed_makes_both_ends_likelier():
    plan = {"cluster": "conversation_id", "rho0": {"value": 0.05, "why": "w"}}
    low, high = (
        rows(designed(RATE, items=grouped([10] * 20), wishes=Wishes(icc=icc), **plan), "power_chances", scenario=2)[0]
        for icc in (0.0, 0.6)
    )
    assert high["p_met"] > low["p_met"]
    assert high["p_not_met"] > low["p_not_met"]


def test_the_operating_curve_of_a_veto_is_that_of_the_verdicts():
    """VERDICTS: at a true rate of 0.1 % a veto strikes in 17 % of studies with 183 cases and 87 % with 2,069."""
    for n, share in ((183, 0.17), (2069, 0.87)):
        row = rows(designed(VETO, n=n), "power_chances", scenario=1)[0]
        assert row["p_not_met"] == pytest.approx(share, abs=0.005)
        assert row["p_met"] == pytest.approx(1 - row["p_not_met"])


def test_a_panel_that_finds_half_of_the_events_halves_the_rate_that_counts():
    found = rows(designed(VETO, n=200, wishes=Wishes(detection=0.5)), "power_chances", scenario=3)[0]
    assert found["p_not_met"] == pytest.approx(1 - (1 - 0.005) ** 200)
    seen = power_tables(designed(VETO, n=200), Seen(detection={"accuracy.veto": 0.5}))
    assert seen["power_chances"][2]["p_not_met"] == pytest.approx(found["p_not_met"])


def test_a_missing_response_alone_keeps_a_veto_from_being_met():
    row = rows(designed(VETO, n=200, wishes=Wishes(missing=0.01)), "power_chances", scenario=1)[0]
    assert row["p_met"] == 0
    assert row["p_not_demonstrated"] > 0.8


@pytest.mark.parametrize(
    ("gate", "plan", "state", "reason"),
    [
        ({"id": "rate", "kind": "failure_at_most", "limit": None}, {}, "not_assessed", "no_threshold"),
        (RATE, {"ratings_per_unit": {"default": 0}}, "not_assessed", "nothing_assessed"),
        ({"id": "r", "kind": "not_worse_than", "limit": 0.05, "comparator": "nobody"}, {}, "not_assessed",
         "no_comparator"),
        (RATE | {"stratum": {"topic": "none"}}, {}, "not_assessed", None),
        (LEAST | {"n": 101}, {}, "not_demonstrated", None),
        (LEAST, {"rho0": 1.0, "cluster": "conversation_id"}, "not_demonstrated", None),  # everything in one cluster
        (RATE, {"rho0": 1.0, "cluster": "conversation_id"}, "not_demonstrated", None),
    ],
    ids=["no threshold", "no ratings", "no comparator", "no case", "too few", "one cluster, n", "one cluster, rate"],
)  # fmt: skip
def test_a_design_that_decides_nothing_says_so(gate, plan, state, reason):
    basis = designed(gate, items=grouped([100]), wishes=Wishes(icc=0.0), **plan)
    assert rows(basis, "power_plan")[0]["reason"] == reason
    row = rows(basis, "power_chances", scenario=1)[0]
    assert row[f"p_{state}"] == pytest.approx(1, abs=0.01)
    assert row["p_met"] == 0


def test_a_check_that_has_proved_nothing_demonstrates_nothing():
    checked = builders.metric(
        track="safety", code="S01", quantity={"type": "binary", "per": "response", "show": "failure_rate"},
        ratings=None, combine="check_only", gates=[RATE],
        checks=[{"id": "said", "kind": "refusal", "params": {}, "proof": "clinicians"}],
    )  # fmt: skip
    basis = designed(metrics=[checked])
    assert rows(basis, "power_plan")[0]["reason"] == "screening_only"
    assert rows(basis, "power_chances", scenario=1)[0]["p_not_demonstrated"] == 1


def test_without_a_seal_nothing_is_met():
    basis = designed(RATE, LEAST, n=400, wishes=Wishes(sealed=False))
    assert all(row["p_met"] == 0 for row in rows(basis, "power_chances"))
    assert all(row["p_met"] == 0 for row in rows(basis, "power_tracks"))


def test_a_track_joins_its_gates_and_prints_bounds():
    basis = designed(RATE, VETO, LEAST, n=200)
    gates = {row["gate_id"]: row for row in rows(basis, "power_chances", scenario=1)}
    track = rows(basis, "power_tracks", scenario=1)[0]
    met = [row["p_met"] for row in gates.values()]
    assert track["p_met"] == pytest.approx(np.prod(met))
    assert track["met_low"] == pytest.approx(max(0, sum(met) - 2))
    assert track["met_high"] == pytest.approx(min(met))
    assert track["p_not_met"] == pytest.approx(1 - np.prod([1 - row["p_not_met"] for row in gates.values()]))
    assert sum(track[f"p_{state}"] for state in State) == pytest.approx(1)
    tied = designed(RATE, VETO, LEAST, n=200, wishes=Wishes(correlation=0.8))
    assert track["p_met"] < rows(tied, "power_tracks", scenario=1)[0]["p_met"] < track["met_high"]


def test_coverage_below_its_floor_keeps_a_track_from_being_met():
    basis = designed(RATE, n=4000, wishes=Wishes(missing=0.021, rates=(0.0001, 0.05, 0.1)))
    assert rows(basis, "power_tracks", scenario=1)[0]["p_met"] > 0.9
    strict = designed(RATE, n=4000, wishes=Wishes(missing=0.021, rates=(0.0001, 0.05, 0.1)),
                      floors={"coverage": 0.99, "items": 10, "clusters": 3})  # fmt: skip
    assert rows(strict, "power_tracks", scenario=1)[0]["p_met"] == 0


@pytest.mark.parametrize("target", [0.8, 0.9])
def test_the_items_needed_are_the_least_from_which_on_the_chance_stays(target):
    basis = designed(RATE, n=100)
    design = next(iter(gate_designs(basis)))
    truth = Truth(0.025, 0.0)
    n = items_needed(basis, design, truth, target)

    def met(cases):
        sizes = np.ones(cases, dtype=np.int64)
        return gate_chances(basis.plan, design, (Cases.of(sizes, missing=0, rho0=1),), truth)[State.met]

    assert all(met(cases) >= target for cases in range(n, n + 400))
    assert any(met(cases) < target for cases in range(n - 80, n))


def test_no_number_of_items_shows_a_rate_at_its_limit():
    basis = designed(RATE, n=100, wishes=Wishes(rates=(0.05, 0.06, 0.07)))
    assert all(row["n_items"] is None for row in rows(basis, "power_needed"))


def test_changes_cost_hours_and_the_cheapest_is_marked():
    plan = {"cluster": "conversation_id", "rho0": {"value": 0.5, "why": "w"}}
    found = rows(
        designed(RATE, items=grouped([2] * 250), wishes=Wishes(seconds=36), **plan), "power_changes", target=0.8
    )
    by_change = {row["change"]: row for row in found}
    assert set(by_change) == {"own_clusters", "smaller_rho0", "more_items", "more_own_clusters", "more_raters"}
    assert by_change["more_raters"]["extra_hours"] == pytest.approx(500 * 0.01)
    extra = by_change["more_items"]["n_items"] - 500
    assert by_change["more_items"]["extra_hours"] == pytest.approx(extra * 2 * 0.01)  # two raters, one system
    assert [row["change"] for row in found if row["cheapest"]] in (["more_own_clusters"], ["own_clusters"])
    assert not by_change["more_raters"]["reached"]


def test_hours_are_ratings_times_seconds():
    total = rows(designed(RATE, n=90, systems=("a", "b"), wishes=Wishes(seconds=40)), "power_hours", scale_id="")[0]
    assert (total["n_units"], total["n_ratings"], total["hours"]) == (180, 360, 4.0)


def test_a_number_of_items_alone_is_enough():
    rubric = builders.rubric([harm_metric(RATE, LEAST, RATE | {"id": "part", "stratum": {"topic": "x"}})], [HARM])
    made = basis_of(rubric, study(strata={"report": ["topic"]}), None, Wishes(items=200, clusters=60))
    tables = power_tables(made)
    known = {row["gate_id"]: row for row in tables["power_plan"]}
    assert (known["accuracy.rate"]["n"], known["accuracy.rate"]["n_clusters"]) == (200, 60)
    assert (known["accuracy.part"]["n"], known["accuracy.part"]["reason"]) == (None, "not_planned")
    assert tables["power_tracks"][0].get("p_met") is None
    assert tables["power_tracks"][0]["n_unknown"] == 1
    assert tables["power_hours"][-1]["n_ratings"] == 400


def test_another_number_of_items_keeps_the_mix_of_the_plan():
    plan = {"cluster": "conversation_id", "rho0": {"value": 0.5, "why": "w"}}
    row = rows(designed(RATE, items=grouped([4] * 25), wishes=Wishes(items=200), **plan), "power_plan")[0]
    assert (row["n"], row["n_clusters"]) == (200, 50)


def test_gates_on_a_comparator_are_decided_on_pairs():
    gate = {"id": "relative", "kind": "not_worse_than", "limit": 0.05, "comparator": "b"}
    found = rows(designed(gate, n=400, systems=("a", "b")), "power_chances")
    assert [round(row["rate"], 3) for row in found] == [0.025, 0.05, 0.1]
    assert found[0]["p_met"] > 0.3
    assert found[1]["p_met"] < 0.05
    assert found[2]["p_not_met"] > 0.9
    assert rows(designed(gate, n=400, systems=("a", "b")), "power_plan")[0]["system_id"] == "a"


def test_differences_have_a_least_that_is_shown_and_chances_at_their_margin():
    plan = {"comparisons": {"margins": {"accuracy": 0.1}}}
    found = rows(designed(RATE, n=200, systems=("a", "b", "c"), **plan), "power_differences")
    assert [(row["subject_id"], row["step"]) for row in found] == [
        ("safety", "single"), ("safety", "holm_first"), ("accuracy", "single"),
    ]  # fmt: skip
    row = found[2]
    assert row["standard_error"] == pytest.approx((0.1 / 200) ** 0.5)
    assert row["detectable_80"] == pytest.approx(2.8016 * row["standard_error"], rel=0.01)
    assert row["p_equivalent"] < row["p_not_inferior"]
    assert found[1]["detectable_80"] > found[0]["detectable_80"]
    seen = Seen(errors={("safety", "accuracy", "a", "b"): (0.05, 50)})
    data = power_tables(designed(RATE, n=200, systems=("a", "b", "c"), **plan), seen)["power_differences"]
    known = next(row for row in data if row["source"] == "data")
    assert known["standard_error"] == pytest.approx(0.025)  # four times the items


def test_few_clusters_give_no_difference():
    plan = {"cluster": "conversation_id"}
    found = rows(designed(RATE, items=grouped([100]), systems=("a", "b"), **plan), "power_differences")
    assert {row["reason"] for row in found} == {"too_few_clusters"}


@pytest.mark.parametrize(
    ("wishes", "code", "column"),
    [
        (Wishes(icc=1.5), "PWR001", "icc"),
        (Wishes(rates=(0.02, 0.01, 0.04)), "PWR001", "rates"),
        (Wishes(rates=(0.01, 0.02)), "PWR001", "rates"),
        (Wishes(veto_rates=(0.1, 0.2, 1.0)), "PWR001", "veto_rates"),
        (Wishes(missing=1.0), "PWR001", "missing"),
        (Wishes(detection=-0.1), "PWR001", "detection"),
        (Wishes(discordant=0.0), "PWR001", "discordant"),
        (Wishes(correlation=1.0), "PWR001", "between_gates"),
        (Wishes(seconds=0), "PWR001", "seconds"),
        (Wishes(items=0), "PWR001", "items"),
        (Wishes(items=10, clusters=11), "PWR003", "clusters"),
        (Wishes(clusters=11), "PWR003", "clusters"),
    ],
)
def test_an_impossible_assumption_is_named(wishes, code, column):
    with pytest.raises(PlanningError) as caught:
        wishes.refuse_impossible()
    assert (caught.value.problems[-1].code, caught.value.problems[-1].place.column) == (code, column)


def test_nothing_to_plan_for_is_refused():
    with pytest.raises(PlanningError) as caught:
        power_tables(designed(n=50, comparisons={"pairs": "none"}))
    assert caught.value.code == "PWR004"


@pytest.mark.parametrize(("clusters", "size"), [(2, 2), (3, 2)])
def test_sums_of_few_clusters_are_those_of_every_outcome_written_out(clusters, size):
    shares, icc = (0.2, 0.1), 0.25
    totals = totals_of(np.full(clusters, size), 0.1, 0.3, icc)
    strength = np.array([*shares, 0.7]) * (1 - icc) / icc
    one = {}
    for up in range(size + 1):
        for down in range(size + 1 - up):
            chance = dirichlet_multinomial.pmf([up, down, size - up - down], strength, size)
            one[up - down] = one.get(up - down, 0) + chance
    shown = 0.0
    for outcome in itertools.product(one, repeat=clusters):
        spread = np.std(outcome, ddof=1) * clusters**0.5
        if spread > 0 and sum(outcome) - 1.5 * spread > 0:
            shown += np.prod([one[total] for total in outcome])
    assert shown_above(totals, 0.0, 1.5) == pytest.approx(shown, abs=1e-12)


@pytest.mark.parametrize("icc", [0.0, 0.2, 1.0])
def test_the_standard_error_of_a_difference_is_that_of_its_design_effect(icc):
    totals = totals_of(np.full(50, 4), 0.1, 0.2, icc)
    assert totals.error == pytest.approx(((0.2 - 0.1**2) * (1 + 3 * icc) / 200) ** 0.5)
    assert 0 < shown_above(totals, 0.0, 1.96) <= 1
    assert 0 <= shown_within(totals, 0.15, 1.96) < shown_above(totals, -0.15, 1.96)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(1, 300))
def test_helpers_keep_the_number_of_cases(sizes, n):
    mixed = same_mix(np.array(sizes), n)
    assert (mixed.sum(), mixed.min() > 0) == (n, True)
    groups = min(n, len(sizes))
    assert (spread(n, groups).sum(), spread(n, groups).size) == (n, groups)
    gone = thinned(np.array(sizes), min(n, sum(sizes)))
    assert (gone.sum(), gone.min() >= 0) == (sum(sizes) - min(n, sum(sizes)), True)
