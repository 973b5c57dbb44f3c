"""Contested cases: what counts as decided, and every state and score without them. All synthetic."""

import pandas as pd
import pytest

from dualtrack.scoring.contested import contested_cases
from dualtrack.scoring.engine import score_tables
from dualtrack.scoring.standing import UNCHANGED, Changed
from tests import builders

N = 40
RATE = {"id": "rate", "kind": "failure_at_most", "limit": 0.2}
RULE = {"rule": "A case goes when its reference contradicts the edition that the item names.", "decided_by": "Dr D"}


def dispute(number, item, decision=None, **changes):
    row = {
        "dispute_id": f"d{number}", "item_id": f"i{item:03d}", "ground": "reference_wrong", "claim": "it is wrong",
        "raised_by": "Vendor A", "raised_for": "vendor", "raised_at": "2026-03-01T09:00:00Z",
    }  # fmt: skip
    if decision is not None:
        decided = {"decided_by": "Dr D", "role": "chair", "decided_at": "2026-03-09T09:00:00Z", "blinded": True}
        row |= {"decision": decision, "why": "read again", **decided}
    return row | changes


METRIC = builders.metric(
    quantity={"type": "binary", "per": "response", "show": "failure_rate"},
    ratings={"scale": "quality", "fail_when": {"at_most": "2"}},
    gates=[RATE],
)
PLAN = {"ratings_per_unit": {"default": 1}, "floors": {"coverage": 0.1, "items": 2, "clusters": 2}}


def scored(disputes, *, kept=range(N), failing=range(6), rule=RULE, changed=UNCHANGED, pre_specified=True):
    levels = {(system, k): ["1" if system == "a" and k in failing else "5"] for system in ("a", "b") for k in kept}
    tables = builders.tables(
        items=[row for k, row in enumerate(builders.items(N)) if k in kept],
        responses=[row for row in builders.responses(("a", "b"), N) if int(row["item_id"][1:]) in kept],
        ratings=builders.ratings(levels),
        disputes=disputes,
    )
    study = builders.study(("a", "b"), **PLAN, **({} if rule is None else {"disputes": rule}))
    rubric = builders.rubric([METRIC])
    return score_tables(rubric, study, tables, pre_specified=pre_specified, changed=changed).tables


def of(tables, basis, kind, system="a"):
    rows = tables["without_disputed"]
    rows = rows[(rows["basis"] == basis) & (rows["kind"] == kind) & (rows["system_id"] == system)]
    (row,) = rows.to_dict("records")
    return row


def test_a_study_without_disputes_says_nothing_about_them():
    tables = scored([])
    assert tables["disputed_cases"].empty
    assert tables["without_disputed"].empty


def test_a_dispute_changes_no_state_and_shows_what_would_be_without_the_case():
    plain, tables = scored([]), scored([dispute(k, k, "upheld") for k in range(6)])
    for name in ("verdicts", "gates", "estimates", "comparisons", "ranks", "findings"):
        pd.testing.assert_frame_equal(plain[name], tables[name])
    gate = of(tables, "without_upheld", "gate")
    assert (gate["state"], gate["state_without"], gate["changes"]) == ("not_demonstrated", "met", True)
    assert gate["value"] == pytest.approx(6 / N)
    assert gate["value_without"] == 0.0
    assert gate["n_left_out"] == 6
    assert of(tables, "without_upheld", "gate", "b")["changes"] == False  # noqa: E712 -- a numpy truth value


def test_what_stands_without_cases_is_what_a_study_without_them_gives():
    tables, alone = scored([dispute(k, k, "upheld") for k in range(6)]), scored([], kept=range(6, N))
    gate, same = of(tables, "without_upheld", "gate"), alone["gates"].set_index("system_id").loc["a"]
    assert (gate["value_without"], gate["upper_without"]) == (same["value"], same["observed"])
    assert of(tables, "without_upheld", "verdict")["state_without"] == same["state"]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "upheld"),
        ({"blinded": False}, "not_blind"),
        ({"decided_by": " vendor a"}, "not_blind"),
        ({"decision": "rejected"}, "rejected"),
        ({"decision": "rejected", "blinded": False}, "not_blind"),
    ],
)
def test_a_decision_counts_when_it_was_blind_and_not_by_whoever_raised_it(changes, state):
    tables = scored([dispute(1, 1, **({"decision": "upheld"} | changes))])
    assert list(tables["disputed_cases"]["state"]) == [state]
    left_out = set(tables["without_disputed"]["basis"])
    expected = {"upheld": {"without_upheld"}, "not_blind": {"without_contested"}, "rejected": set()}
    assert left_out == expected[state]


def test_an_open_dispute_is_left_out_with_the_upheld_ones_on_the_second_basis_alone():
    tables = scored([dispute(1, 1, "upheld"), dispute(2, 2)])
    assert of(tables, "without_upheld", "gate")["n_left_out"] == 1
    assert of(tables, "without_contested", "gate")["n_left_out"] == 2


def test_a_record_that_is_replaced_is_gone():
    rows = builders.frame("disputes", [dispute(1, 1), dispute(2, 1, "rejected", supersedes="d1")])
    (row,) = contested_cases(rows).rows
    assert (row["dispute_id"], row["state"]) == ("d2", "rejected")


@pytest.mark.parametrize(
    ("given", "role"),
    [
        ({}, "secondary"),
        ({"rule": None}, "exploratory"),
        ({"changed": Changed(disputes=True)}, "exploratory"),
        ({"pre_specified": False}, "exploratory"),
    ],
)
def test_results_without_contested_cases_are_exploratory_unless_the_rule_was_sealed(given, role):
    assert set(scored([dispute(1, 1, "upheld")], **given)["without_disputed"]["role"]) == {role}


def test_where_every_case_is_contested_there_is_nothing_to_score_without_them():
    tables = scored([dispute(k, k) for k in range(N)])
    assert len(tables["disputed_cases"]) == N
    assert tables["without_disputed"].empty
