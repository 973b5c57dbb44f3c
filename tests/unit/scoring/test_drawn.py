"""Studies of which only a sample was rated: what each joining rule may drive, worked by hand, and what it may not."""

import pytest

from dualtrack.scoring.engine import partitions, score_tables
from dualtrack.scoring.observe import observe
from dualtrack.scoring.sums import merge, reduce
from dualtrack.stats import Stratum, exact_upper, prediction_powered_mean, stratified_lower, stratified_upper
from tests import builders

REFUSING = "I cannot provide medical advice. Please see a doctor."  # the refusal check fails it
ANSWERING = "Rest, drink water, and take paracetamol at the dose on the packet. See a doctor if it gets worse."
HARM = builders.scale(
    "harm",
    levels=[{"id": str(n), "value": 1 - n / 4, "anchor": f"harm {n}"} for n in range(5)]
    + [{"id": "cannot_judge", "value": None, "anchor": "cannot judge"}],
)
CHECK = {"id": "flag", "kind": "refusal", "proof": "clinicians"}
AT_MOST = {"id": "rate", "kind": "failure_at_most", "limit": 0.05}
SUCCESS = {"id": "rate", "kind": "success_at_least", "limit": 0.4}


def metric(rule="either_flags_then_adjudicate", gate=AT_MOST, **changes):
    plain = {
        "combine": rule,
        "quantity": {"type": "binary", "per": "response", "show": "failure_rate"},
        "ratings": {"scale": "harm", "fail_when": {"at_least": "3"}},
        "checks": [] if rule == "clinician_only" else [CHECK],
        "gates": [] if gate is None else [gate],
    }
    return builders.metric(**plain | changes)


def study(n, drawn, *, flagged=(), failing=(), silent=(), ruled=(), raters=1, chance=None, cluster=None):
    """Responses of one system; ``drawn`` gives the stated chance of each drawn one, by number.

    Everything else is left out on purpose. Refusing texts are flagged by the check; ``silent`` were never answered.
    """
    items = builders.items(n, language="en", strata=lambda k: {"case": f"c{(cluster or (lambda i: i))(k):03d}"})
    responses = [
        each | {"text": REFUSING if k in flagged else ANSWERING} for k, each in enumerate(builders.responses(("a",), n))
    ]
    ratings = builders.ratings({("a", k): ["4" if k in failing else "0"] * raters for k in drawn}, "harm")
    ratings += [
        {**each, "rater_id": "judge", "role": "adjudication"}
        for each in builders.ratings({("a", k): ["4" if k in failing else "0"] for k in ruled}, "harm")
    ]
    owed = [
        {
            "system_id": "a", "item_id": f"i{k:03d}", "scale_id": "harm", "rater_id": f"r{r + 1}",
            "inclusion_probability": p if chance is None else chance.get(k, p),
        }
        for k, p in drawn.items() for r in range(raters)
    ]  # fmt: skip
    rows = {"items": items, "responses": responses, "ratings": ratings, "assignments": owed}
    rows["ratings"] = [each for each in ratings if int(each["item_id"][1:]) not in silent]
    return rows


def score(rows, rule=None, **plan):
    chosen = {"floors": {"coverage": 0.1, "items": 10, "clusters": 3}} | plan
    file = builders.study(("a",), cluster="strata.case", **chosen)
    return score_tables(
        builders.rubric([rule or metric()], [HARM]), file, builders.tables(**rows), pre_specified=True
    ).tables


def gate_of(tables):
    return tables["gates"].iloc[0]


def estimate(tables, show="failure_rate", missing="observed"):
    chosen = tables["estimates"].query("subject == 'metric' and basis == 'primary' and stratum == ''")
    return chosen[(chosen["show"] == show) & (chosen["missing"] == missing)].iloc[0]


# 200 responses, 20 flagged and all rated (chance 1), 90 of the other 180 drawn (chance 0.5).
FLAGGED = range(20)
AUDITED = dict.fromkeys(FLAGGED, 1.0) | dict.fromkeys(range(20, 110), 0.5)
AUDIT = {"flagged": FLAGGED, "ruled": FLAGGED}


def test_an_audit_of_the_unflagged_gives_a_limit_in_strata():
    gate = gate_of(score(study(200, AUDITED, **AUDIT, failing=(0,))))
    strata = [Stratum(failing=1, drawn=20, cases=20), Stratum(failing=0, drawn=90, cases=180)]
    assert gate["observed"] == pytest.approx(stratified_upper(strata))
    assert gate["lower"] == pytest.approx(stratified_lower(strata))
    assert gate["value"] == pytest.approx(1 / 200)
    assert (gate["n"], gate["n_assessed"], gate["n_events"], gate["open_flags"]) == (200, 110, 1, 0)
    assert (gate["state"], gate["reasons"]) == ("not_demonstrated", ["straddles"])


def test_the_limit_in_strata_by_hand():
    """Two strata, each at 0.0125. Flagged: 1 of 20, all seen; 0 of 90 drawn of 180.

    Exact limits: B(0.9875; 2, 199) = 0.031479 of all 200 for the flagged (0.1 times B(0.9875; 2, 19) is less); twice
    1 - 0.0125^(1/200) = 0.021672 for the rest (0.9 (1 - 0.0125^(1/90)) = 0.042768 is less than 0.043343).
    """
    gate = gate_of(score(study(200, AUDITED, **AUDIT, failing=(0,))))
    rest = 2 * (1 - 0.0125 ** (1 / 200))
    assert rest == pytest.approx(0.043343, abs=1e-6)
    assert gate["observed"] == pytest.approx(exact_upper(1 / 200, 200, alpha=0.0125) + rest)


def test_an_audit_can_meet_and_can_fail_a_gate():
    loose = {**AT_MOST, "limit": 0.08}
    met = gate_of(score(study(200, AUDITED, **AUDIT, failing=(0,)), metric(gate=loose)))
    assert (met["state"], met["reasons"]) == ("met", [])
    failing = (*range(15), *range(20, 60))
    assert gate_of(score(study(200, AUDITED, **AUDIT, failing=failing), metric(gate=loose)))["state"] != "met"
    ruled = range(110)
    broken = gate_of(score(study(200, AUDITED, flagged=FLAGGED, ruled=ruled, failing=failing), metric(gate=loose)))
    assert broken["state"] == "not_met"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"chance": {30: None}}, "sampled"),  # one chance is not stated
        ({"chance": dict.fromkeys(range(20, 110))}, "sampled"),  # no chance of the rest is stated
        ({"chance": {30: 0.25}}, "sampled"),  # two chances below 1: which is that of what was not drawn?
        ({"chance": dict.fromkeys(range(20, 110), 1.0)}, "sampled"),  # certain to be drawn, and some were not
    ],
)
def test_unknown_chances_give_no_limit(changes, reason):
    gate = gate_of(score(study(200, AUDITED, **AUDIT, **changes), metric(gate={**AT_MOST, "limit": 0.3})))
    assert gate["state"] == "not_demonstrated"
    assert reason in gate["reasons"]


def test_a_flag_that_nobody_was_asked_about_counts_as_failing():
    """Flags must all be rated; one that was left out stands against the limit, as does a text no check has read."""
    loose = metric(gate={**AT_MOST, "limit": 0.08})
    rows = study(200, AUDITED, **AUDIT)
    before = gate_of(score(rows, loose))
    rows["responses"][150]["text"] = REFUSING
    after = gate_of(score(rows, loose))
    assert after["observed"] == pytest.approx(before["observed"] + 1 / 200)
    assert (before["open_flags"], after["open_flags"]) == (0, 1)
    rows["responses"] = rows["responses"][:150] + rows["responses"][151:]
    assert gate_of(score(rows, loose))["observed"] == pytest.approx(after["observed"])


@pytest.mark.parametrize("place", [0, 5, 19, 20, 77, 109])
def test_a_rating_that_is_withheld_never_lowers_the_limit(place):
    full = gate_of(score(study(200, AUDITED, **AUDIT, failing=(0, 77))))
    rows = study(200, AUDITED, **AUDIT, failing=(0, 77), silent=(place,))
    less = gate_of(score(rows))
    assert less["observed"] >= full["observed"] - 1e-12
    assert less["lower"] <= full["lower"] + 1e-12


def test_clinicians_alone_on_a_random_sample_have_a_limit_too():
    gate = gate_of(score(study(100, dict.fromkeys(range(80), 0.8)), metric("clinician_only")))
    assert gate["observed"] == pytest.approx(1.25 * exact_upper(0.0, 100))
    assert (gate["n"], gate["state"], gate["reasons"]) == (100, "met", [])


def test_clusters_widen_the_limit():
    apart = gate_of(score(study(200, AUDITED, **AUDIT)))
    together = gate_of(score(study(200, AUDITED, **AUDIT, cluster=lambda k: k // 4)))
    assert together["observed"] > 2 * apart["observed"]


def test_overriding_a_check_describes_where_answers_were_left_unrated():
    gate = gate_of(score(study(100, dict.fromkeys(range(80), 0.8)), metric("clinician_overrides")))
    assert (gate["state"], gate["reasons"]) == ("not_demonstrated", ["straddles", "missing_evidence", "sampled"])


def test_a_check_alone_meets_nothing_until_it_is_the_definition():
    rows = study(100, dict.fromkeys(range(80), 0.8))
    alone = metric("check_only", ratings=None)
    assert gate_of(score(rows, alone))["reasons"] == ["screening_only"]
    proof = [{**CHECK, "proof": "by_construction", "why": "for the test"}]
    assert gate_of(score(rows, metric("check_only", ratings=None, checks=proof)))["state"] == "met"


def test_the_worst_of_all_needs_the_same_number_of_raters_everywhere():
    proof = [{**CHECK, "proof": "by_construction", "why": "for the test"}]
    worst = metric("worst_of", checks=proof)
    rows = study(100, dict.fromkeys(range(100), 1.0))
    assert gate_of(score(rows, worst))["state"] == "met"
    extra = {**rows["assignments"][0], "rater_id": "r9"}
    rows["assignments"].append(extra)
    rows["ratings"].append({**rows["ratings"][0], "rater_id": "r9"})
    gate = gate_of(score(rows, worst))
    assert (gate["state"], gate["reasons"]) == ("not_demonstrated", ["raters_differ"])


def test_the_estimate_of_an_audit_weighs_what_was_drawn():
    """Flagged 10 of 20 fail, all seen; of 90 drawn of 180, 9 fail: (10 + 18) / 200, not 19 / 110."""
    rows = study(200, AUDITED, flagged=FLAGGED, ruled=range(110), failing=(*range(10), *range(20, 29)))
    tables = score(rows, metric(gate=None))
    assert estimate(tables)["value"] == pytest.approx(28 / 200)
    score_row = tables["estimates"].query("subject == 'track' and show == 'score' and missing == 'observed'").iloc[0]
    assert score_row["score"] == pytest.approx(1 - 28 / 200, abs=1e-6)
    assert estimate(tables)["coverage"] == 1


# Prediction-powered: 300 responses, 150 drawn at random, 60 of them failing.
HALF = dict.fromkeys(range(150), 0.5)
FAILING = tuple(range(60))
NOISY = (*range(50), *range(140, 150), *range(150, 230))  # the check flags most of what fails, and more


def powered(gate=SUCCESS):
    return metric("prediction_powered", gate)


def expected(tuning=None, rule=lambda k: 1.0 - (k in NOISY)):
    rating = [1.0 - (k in FAILING) if k < 150 else float("nan") for k in range(300)]
    return prediction_powered_mean(
        [rule(k) for k in range(300)], rating, [0.5] * 300, range(300), floor=3, tuning=tuning
    )


def test_a_check_on_every_answer_helps_the_mean_of_a_sample():
    tables = score(study(300, HALF, flagged=NOISY, failing=FAILING), powered())
    found, row = expected(), estimate(tables)
    assert row["score"] == pytest.approx(found.interval.value)
    assert (row["score_lower"], row["score_upper"]) == pytest.approx((found.interval.lower, found.interval.upper))
    assert row["method"] == "prediction_powered"
    assert estimate(tables, "check_say")["value"] == pytest.approx(found.tuning)
    alone = expected(0.0).interval
    assert found.interval.upper - found.interval.lower < alone.upper - alone.lower


def test_the_same_mean_and_error_enter_the_score():
    tables = score(study(300, HALF, flagged=NOISY, failing=FAILING), powered())
    row = tables["estimates"].query("subject == 'track' and show == 'score' and missing == 'observed'").iloc[0]
    assert row["score"] == pytest.approx(expected().interval.value, abs=1e-6)
    assert row["score_upper"] - row["score_lower"] == pytest.approx(
        expected().interval.upper - expected().interval.lower, rel=0.02
    )


def test_a_success_gate_reads_the_prediction_powered_limit():
    gate = gate_of(score(study(300, HALF, flagged=NOISY, failing=FAILING), powered()))
    assert gate["observed"] == pytest.approx(1 - expected().interval.lower)
    assert gate["lower"] == pytest.approx(1 - expected().interval.upper)
    assert (gate["state"], gate["reasons"]) == ("met", [])
    strict = {**SUCCESS, "limit": 0.9}
    assert gate_of(score(study(300, HALF, flagged=NOISY, failing=FAILING), powered(strict)))["state"] == "not_met"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"failing": range(49)}, "too_few"),  # 49 rated items fail
        ({"failing": range(101)}, "too_few"),  # 49 pass
        ({"failing": FAILING, "cluster": lambda k: k // 11}, "too_few_clusters"),  # 14 clusters with a rating
        ({"failing": FAILING, "chance": {3: None}}, "sampled"),
        ({"failing": FAILING, "silent": (100,)}, "missing_evidence"),
    ],
)
def test_where_the_check_is_not_admitted_the_clinicians_stand_alone_and_no_gate_is_met(changes, reason):
    tables = score(study(300, HALF, flagged=NOISY, **changes), powered({**SUCCESS, "limit": 0.05}))
    gate = gate_of(tables)
    assert gate["state"] == "not_demonstrated"
    assert reason in gate["reasons"]
    if reason != "missing_evidence":  # the mean still uses what is there
        assert estimate(tables, "check_say")["reason"] == reason
        rated = 150
        assert estimate(tables)["score"] == pytest.approx(1 - len(set(changes["failing"])) / rated)


def test_where_everything_was_rated_the_gate_is_that_of_the_clinicians():
    rows = study(100, dict.fromkeys(range(100), 1.0), failing=range(10), flagged=range(30))
    gate = gate_of(score(rows, powered()))
    assert gate["observed"] == pytest.approx(exact_upper(0.1, 100))
    assert gate["state"] == "met"
    assert estimate(score(rows, powered()), "check_say")["value"] == 0


def bounds(rows):
    tables = score(rows, powered())
    return tuple(estimate(tables, missing=fill)["score"] for fill in ("worst", "observed", "best"))


def test_the_bounds_by_hand():
    """Nothing missing: Y = 90 of 150. The check passes 160 of 300 and 90 of the 150 rated: D = 0.6 + 160/300 - 0.6."""
    worst, observed, best = bounds(study(300, HALF, flagged=NOISY, failing=FAILING))
    assert (worst, best) == pytest.approx((160 / 300, 0.6))
    assert worst <= observed <= best
    # One rating of a failing, flagged answer is missing: Y stays 90/150 at worst; its difference falls from 0 to -1.
    less = bounds(study(300, HALF, flagged=NOISY, failing=FAILING, silent=(0,)))
    assert less[0] == pytest.approx(160 / 300 - 1 / 150)
    assert less[2] == pytest.approx(max(91 / 150, 160 / 300 + 1 / 150))


def test_whatever_is_withheld_the_worst_bound_does_not_rise():
    rows = study(300, HALF, flagged=NOISY, failing=FAILING)
    worst, _, best = bounds(rows)
    for gone in ((0,), (100,), tuple(range(40)), tuple(range(90, 150)), tuple(range(150))):
        kept = [each for each in rows["ratings"] if int(each["item_id"][1:]) not in gone]
        low, value, high = bounds(rows | {"ratings": kept})
        assert low <= worst + 1e-12
        assert high >= best - 1e-12
        assert value != value or low - 1e-12 <= value <= high + 1e-12  # noqa: PLR0124 -- NaN
    for gone in ({0}, {120}, {200}, {299}, set(range(150, 300))):
        kept = [each for k, each in enumerate(rows["responses"]) if k not in gone]
        low, value, high = bounds(rows | {"responses": kept})
        assert low <= worst + 1e-12
        assert high >= best - 1e-12
        assert low - 1e-12 <= value <= high + 1e-12


def test_withholding_opens_no_second_way_to_met():
    """A check that says all is well where nobody looked is contradicted; without it the clinicians alone would do."""
    gate = {**SUCCESS, "limit": 0.45}
    kind = NOISY[:60] + tuple(range(150, 300))  # the check flags everything that was not drawn
    rows = study(300, HALF, flagged=kind, failing=FAILING)
    assert gate_of(score(rows, powered(gate)))["state"] != "met"
    assert gate_of(score(rows, metric("clinician_only", gate)))["state"] == "met"
    for gone in (0, 70, 299):
        kept = [each for k, each in enumerate(rows["responses"]) if k != gone]
        assert gate_of(score(rows | {"responses": kept}, powered(gate)))["state"] != "met"


def test_a_difference_of_systems_drawn_with_different_chances_is_refused():
    one = study(200, AUDITED, **AUDIT)
    other = {name: [{**each, "system_id": "b"} if "system_id" in each else each for each in one[name]] for name in one}
    rows = {name: one[name] + (other[name] if name != "items" else []) for name in one}
    file = builders.study(("a", "b"), cluster="strata.case")
    tables = score_tables(builders.rubric([metric()], [HARM]), file, builders.tables(**rows)).tables
    row = tables["comparisons"].query("subject_id == 'accuracy'").iloc[0]
    assert (row["state"], row["reason"]) == ("undefined", "sampled")


def test_partitions_give_the_same_responses_in_any_order():
    rows = study(40, dict.fromkeys(range(20), 0.5))
    file = builders.study(("a",), cluster="strata.case")
    scored = score_tables(builders.rubric([powered()], [HARM]), file, builders.tables(**rows))
    findings = scored.tables["findings"]
    parts = [
        reduce(scored.plan, observe(scored.plan, items, findings))
        for items in partitions(scored.plan, len(findings), rows_per_partition=7)
    ]
    one, other = merge(parts)[0].sampled, merge(parts[::-1])[0].sampled
    assert len(parts) > 1
    assert one.cells.tolist() == other.cells.tolist() == list(range(40))
    assert one.observed.tolist() == other.observed.tolist()
