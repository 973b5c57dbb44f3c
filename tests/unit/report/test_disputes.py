"""Contested cases on pages: the heading says what hangs on them, and hostile words stay words."""

import pytest

from dualtrack.render import numbers
from dualtrack.report import parse_document
from dualtrack.report.disputes import disputes_section
from dualtrack.report.words import load_words
from tests.unit.report import results

WORDS = load_words()
RULE = {"rule": "Upheld where the reference is out of date.", "decided_by": "a pharmacist"}


def case(number=1, **changes):
    row = {
        "dispute_id": f"c{number}", "item_id": f"q{number}", "state": "upheld", "ground": "reference_wrong",
        "raised_by": "V. One", "raised_for": "vendor", "raised_at": "2026-01-02T00:00:00Z", "decision": "upheld",
        "decided_by": "D. Two", "role": "chair", "decided_at": "2026-01-03T00:00:00Z", "blinded": True,
        "why": "read it",
    }  # fmt: skip
    return results.row("disputed_cases", **(row | changes))


def beside(kind="verdict", subject="safety", **changes):
    row = {
        "basis": "without_upheld", "kind": kind, "subject_id": subject, "system_id": "aster", "system_b": "",
        "track": "safety", "n_left_out": 1, "changes": False, "role": "exploratory",
    }  # fmt: skip
    return results.row("without_disputed", **(row | changes))


def section(cases=(), without=(), rule=None):
    raw = results.document()
    raw["tables"] |= {"disputed_cases": list(cases), "without_disputed": list(without)}
    if rule is not None:
        raw["study"]["plan"]["disputes"] = rule
    return disputes_section(parse_document(results.encoded(raw)), WORDS)


def texts(table):
    return [[cell.text or (cell.mark.word if cell.mark else "") for cell in row.cells] for row in table.rows]


@pytest.mark.parametrize(
    ("cases", "without", "title"),
    [
        ([], [], "No case is contested"),
        ([case()], [], "One case is contested; no result is shown without them"),
        ([case(), case(2)], [beside()], "2 cases are contested; no state hangs on a dispute"),
        (
            [case()],
            [beside(changes=True), beside("gate", "barred_treatment.rate"), beside("score", system_id="birch")],
            "One case is contested; 1/2 states and decisions would be others without contested cases",
        ),
    ],
)
def test_every_outcome_has_its_heading(cases, without, title):
    assert section(cases, without).title == title


def test_the_rule_is_told_and_whether_it_was_sealed():
    assert "states no rule" in section().view.lead
    told = section([case()], [beside()], RULE).view.lead
    assert RULE["rule"] in told
    assert "not sealed beforehand" in told
    assert "was sealed before" in section([case()], [beside(role="secondary")], RULE).view.lead


def test_a_decision_says_who_in_which_role_whether_blind_and_why():
    (table,) = section([case(), case(2, state="open", decision=None, decided_by=None, decided_at=None)]).view.tables
    decided, open_ = (row.cells[-1] for row in table.rows)
    assert decided.text == "D. Two (chair), 2026-01-03T00:00:00Z"
    assert decided.lines == ("Whoever decided is recorded as not knowing systems and results.", "read it")
    assert open_.text == "not decided yet"


def test_gates_that_would_be_the_same_are_counted_and_not_shown():
    other = {"state": "not_met", "state_without": "met", "changes": True}
    rows = [
        beside(**other),
        beside("gate", "barred_treatment.rate", value=0.15, value_without=0.0, **other),
        beside("gate", "barred_treatment.least", state="not_met", state_without="not_met"),
    ]
    _, table = section([case()], rows).view.tables
    assert [row[-1] for row in texts(table)] == ["yes", "yes"]
    assert texts(table)[1][2:4] == [numbers.percent(0.15, decimals=0), numbers.percent(0.0, decimals=0)]
    assert table.notes[0].endswith("1 in all.")


def test_a_difference_names_both_systems_and_what_it_would_decide():
    row = beside(
        "difference", system_b="birch", decision="superior", decision_without="not_demonstrated", value=0.1, lower=0.05,
        upper=0.15, value_without=0.02, changes=True,
    )  # fmt: skip
    _, table = section([case()], [row]).view.tables
    (cells,) = (each.cells for each in table.rows)
    assert cells[1].text == "Aster minus Birch"
    assert "better than the margin asks" in cells[2].lines
    assert "not demonstrated" in cells[3].lines
