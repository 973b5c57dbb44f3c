"""Gates against a comparator, worked by hand: pairing by case, fills, raters who must be the same, and the states."""

import pytest

from dualtrack.scoring.engine import score_tables
from dualtrack.stats import tango_lower, tango_upper
from tests import builders

RIVAL = {"id": "rival", "kind": "not_worse_than", "limit": 0.1, "comparator": "baseline"}
RATE = {"id": "rate", "kind": "failure_at_most", "limit": 0.5}


def run(cases, *, gate=RIVAL, baseline="b", sealed=True, raters=("r1", "r2"), systems=("a", "b"), **plan):
    """Score from per item (failing in a, failing in b); None leaves the ratings of that system out."""
    metric = builders.metric(
        quantity={"type": "binary", "per": "response", "show": "failure_rate"},
        ratings={"scale": "quality", "fail_when": {"at_most": "2"}}, gates=[RATE, gate],
    )  # fmt: skip
    rows = [
        {"system_id": system, "item_id": f"i{k:03d}", "scale_id": "quality", "rater_id": rater}
        | {"level": "1" if fails else "5"}
        for k, (in_a, in_b, *people) in enumerate(cases)
        for system, fails, rater in zip(("a", "b"), (in_a, in_b), people or raters, strict=True)
        if fails is not None
    ]  # fmt: skip
    tables = builders.tables(
        items=builders.items(len(cases)), responses=builders.responses(systems, len(cases)), ratings=rows
    )
    chosen = {"ratings_per_unit": {"default": 1}, "floors": {"coverage": 0.1, "items": 10, "clusters": 3}} | plan
    study = builders.study(systems, **chosen).model_copy(update={"baseline": baseline})
    return score_tables(builders.rubric([metric]), study, tables, pre_specified=sealed).tables


def same(*cases):
    """The same rater for both systems."""
    return [(*case, "r1", "r1") for case in cases]


def gate_of(tables, system="a"):
    return tables["gates"].set_index(["system_id", "gate_id"]).loc[(system, "accuracy.rival")]


BOTH, FIRST, SECOND, NEITHER = (True, True), (True, False), (False, True), (False, False)


@pytest.mark.parametrize(
    ("cases", "options", "state", "reasons"),
    [
        ([NEITHER] * 35, {}, "met", []),  # the least number of pairs for 10 points
        ([NEITHER] * 34, {}, "not_demonstrated", ["too_few", "straddles"]),
        ([BOTH] * 35, {}, "met", []),  # failing together is no difference; the absolute gate stands beside it
        ([NEITHER] * 35, {"sealed": False}, "not_demonstrated", ["retrospective"]),
        ([FIRST] * 30 + [NEITHER] * 20, {}, "not_met", []),
        ([FIRST] * 8 + [NEITHER] * 52, {}, "not_demonstrated", ["estimate_beyond"]),
        ([NEITHER] * 60 + [(None, False)], {}, "met", []),
        ([NEITHER] * 40 + [(None, False)] * 5, {}, "not_demonstrated", ["straddles", "missing_evidence"]),
        ([(None, False)] * 20 + [(False, None)] * 20, {}, "not_assessed", ["no_overlap"]),
        ([(None, False)] * 40, {}, "not_assessed", ["nothing_assessed"]),
        ([NEITHER] * 35, {"baseline": None}, "not_assessed", ["no_comparator"]),
        ([NEITHER] * 35, {"gate": RIVAL | {"comparator": "somebody"}}, "not_assessed", ["no_comparator"]),
        ([NEITHER] * 35, {"gate": RIVAL | {"comparator": "b"}, "baseline": None}, "met", []),
        ([NEITHER] * 35, {"gate": RIVAL | {"limit": None}}, "not_assessed", ["no_threshold"]),
    ],
)
def test_a_gate_against_a_comparator_is_decided_in_order(cases, options, state, reasons):
    gate = gate_of(run(same(*cases), **options))
    assert (gate["state"], gate["reasons"]) == (state, reasons)


def test_limits_pair_by_case_with_missing_against_the_candidate():
    cases = [FIRST] * 3 + [SECOND] * 2 + [BOTH] * 4 + [NEITHER] * 40 + [(None, False)]
    gate = gate_of(run(same(*cases)))
    assert gate["observed"] == pytest.approx(tango_upper(4, 2, 50), abs=1e-12)
    assert gate["lower"] == pytest.approx(tango_lower(3, 3, 50), abs=1e-12)
    assert gate["value"] == pytest.approx(1 / 49)
    assert (gate["n"], gate["n_assessed"], gate["n_events"], gate["n_needed"]) == (50, 49, 7, 35)


def test_the_absolute_gate_is_printed_beside_it_and_the_comparator_has_no_row_against_itself():
    gates = run(same(*[NEITHER] * 35))["gates"]
    assert list(zip(gates["system_id"], gates["gate_id"], strict=True)) == [
        ("a", "accuracy.rate"), ("a", "accuracy.rival"), ("b", "accuracy.rate"),
    ]  # fmt: skip


def test_cases_that_different_people_judged_are_not_compared():
    gate = gate_of(run([(False, False, "r1", "r2")] * 40))
    assert (gate["state"], gate["n_assessed"]) == ("not_demonstrated", 0)
    assert gate["reasons"] == ["too_few", "straddles", "raters_differ"]
    gate = gate_of(run([*same(*[NEITHER] * 80), (False, False, "r1", "r2")]))
    assert (gate["state"], gate["n"], gate["n_assessed"]) == ("met", 81, 80)
    assert gate["observed"] == pytest.approx(tango_upper(1, 0, 81), abs=1e-12)  # it could go against the candidate


def test_taking_away_the_rating_that_gives_different_raters_away_does_not_help():
    """What was owed and is missing could have come from anybody."""
    cases = same(*[NEITHER] * 60)
    before = gate_of(run([*cases, *[(False, False, "r1", "r2")] * 5]))
    after = gate_of(run([*cases, *[(False, None)] * 5]))
    assert before["observed"] == after["observed"]
    assert after["state"] == before["state"] == "not_demonstrated"
