"""Calibration metrics, worked by hand: what is compared, what is missing, and what stands beside the Brier score."""

import pytest

from dualtrack.errors import ScoringError
from dualtrack.scoring.engine import score_tables
from dualtrack.stats import calibration_error_by_chance, exact_upper
from tests import builders
from tests.made_up_kinds import STATED, made_up_kinds

ALSO = [{"show": "overconfident_wrong", "above": 0.9}, {"show": "ece", "bins": 10}]
LOUD = {"id": "loud", "kind": "failure_at_most", "limit": 0.3}


def metrics(*gates, **changes):
    right = builders.metric(
        "right", code="E01", ratings={"scale": "quality", "fail_when": {"at_most": "2"}},
        quantity={"type": "binary", "per": "response", "show": "success_rate"},
    )  # fmt: skip
    check = {"id": "stated", "kind": STATED.name, "proof": "by_construction", "why": "w"}
    plain = {
        "code": "E02", "combine": "check_only", "checks": [check], "derives_from": {"correct": "right"},
        "ratings": None, "gates": list(gates),
        "quantity": {"type": "calibration", "per": "response", "show": "brier", "also": ALSO},
    }  # fmt: skip
    return [right, builders.metric("confidence", **(plain | changes))]


def run(said, *gates, owed=1, changes=None, **study):
    """Score from one (confidence, levels) per item."""
    n = len(said)
    responses = [row | {"confidence": said[k][0]} for k, row in enumerate(builders.responses("a", n))]
    tables = builders.tables(
        items=builders.items(n), responses=responses,
        ratings=builders.ratings({("a", k): levels for k, (_, levels) in enumerate(said)}),
    )  # fmt: skip
    plan = {"ratings_per_unit": {"default": owed}, "floors": {"coverage": 0.1, "items": 3, "clusters": 3}}
    file = builders.study(("a",), **plan).model_copy(update=study)
    with made_up_kinds():
        return score_tables(
            builders.rubric(metrics(*gates, **(changes or {}))), file, tables, pre_specified=True
        ).tables


def observations(tables):
    frame = tables["observations"]
    return frame[(frame["metric_id"] == "confidence") & (frame["basis"] == "primary")]


def row_of(tables, show, missing="observed"):
    frame = builders.own_numbers(tables["estimates"])
    return frame[(frame["subject_id"] == "confidence") & (frame["show"] == show) & (frame["missing"] == missing)].iloc[
        0
    ]


@pytest.mark.parametrize(
    ("confidence", "levels", "expected"),
    [
        (0.9, "5", (0.99, 0.99, 0.99, 0.9, None)),  # right: 1 - 0.1^2
        (0.9, "1", (0.19, 0.19, 0.19, 0.9, None)),  # wrong: 1 - 0.9^2
        (0.0, "1", (1.0, 1.0, 1.0, 0.0, None)),
        (None, "5", (None, 0.0, 1.0, None, "not_stated")),
        (0.9, "", (None, 0.19, 0.99, 0.9, "no_evidence")),  # right or wrong
        (0.5, "", (None, 0.75, 0.75, 0.5, "no_evidence")),
        (None, "", (None, 0.0, 1.0, None, "not_stated")),
    ],
)
def test_value_is_one_minus_the_squared_error_of_the_confidence(confidence, levels, expected):
    row = observations(run([(confidence, levels)])).iloc[0]
    found = [None if row[name] != row[name] else row[name] for name in ("value", "worst", "best", "x", "reason")]
    assert found == list(expected)
    assert row["raw"] != row["raw"]  # the confidence stands under x


def test_ratings_that_are_owed_and_missing_keep_the_bounds_open():
    row = observations(run([(0.9, ["5", "5"])], owed=3)).iloc[0]
    assert (row["value"], row["worst"], row["best"]) == (0.99, 0.99, 0.99)  # two of three decide
    row = observations(run([(0.9, ["5", "1"])], owed=3)).iloc[0]
    assert (row["value"], row["worst"], row["best"]) == (0.19, 0.19, 0.99)  # the third could turn it


SAID = (
    [(0.95, "5")] * 6 + [(0.95, "1")] * 2 + [(0.55, "5")] * 1 + [(0.55, "1")] * 3 + [(None, "5")] * 4 + [(0.95, "")] * 2
)


def test_brier_score_and_what_stands_beside_it():
    tables = run(SAID)
    brier = row_of(tables, "brier")
    expected = (6 * 0.05**2 + 2 * 0.95**2 + 0.45**2 + 3 * 0.55**2) / 12
    assert brier["value"] == pytest.approx(expected, abs=1e-6)
    assert brier["score"] == pytest.approx(1 - expected, abs=1e-6)
    assert brier["lower"] < brier["value"] < brier["upper"]
    assert (brier["n_planned"], brier["n_items"], brier["n_events"]) == (18, 12, 2)
    loud = row_of(tables, "overconfident_wrong:0.9")
    assert (loud["value"], loud["n_units"], loud["n_events"], loud["method"]) == (0.25, 8, 2, "exact")
    assert loud["upper"] == pytest.approx(exact_upper(0.25, 8))
    error = row_of(tables, "ece:10")
    assert error["value"] == pytest.approx((abs(6 - 8 * 0.95) + abs(1 - 4 * 0.55)) / 12, abs=1e-6)
    assert error["interval_reason"] == "biased"
    chance = row_of(tables, "ece_by_chance:10")
    assert chance["value"] == calibration_error_by_chance([950_000] * 8 + [550_000] * 4)
    assert chance["interval_reason"] == "reference_value"


def test_a_gate_limits_the_share_of_all_cases_that_are_confidently_wrong():
    tables = run(SAID, LOUD)
    gate = tables["gates"].iloc[0]
    assert (gate["n"], gate["n_assessed"], gate["n_events"]) == (18, 12, 2)
    assert gate["value"] == pytest.approx(2 / 12, abs=1e-6)
    assert gate["observed"] == pytest.approx(exact_upper(4 / 18, 18))  # unrated at 0.95; silence of a right answer not
    why = tables["gate_cases"]["why"].value_counts().to_dict()
    assert why == {"failing": 2, "missing": 2}


def test_silence_about_a_wrong_answer_could_hide_a_confident_error():
    gate = run([(None, "1")] * 2 + [(0.2, "5")] * 8, LOUD)["gates"].iloc[0]
    assert gate["observed"] == pytest.approx(exact_upper(2 / 10, 10))
    assert gate["reasons"] == ["too_few", "straddles", "missing_evidence"]


def test_nobody_who_states_no_confidence_has_a_number():
    row = row_of(run([(None, "5")] * 4), "brier")
    assert (row["state"], row["reason"], row["coverage"]) == ("undefined", "not_stated", 0)
    assert row_of(run([(None, "5")] * 4), "ece:10")["reason"] == "no_evidence"


def test_a_confidence_outside_0_to_1_is_not_read():
    row = observations(run([(95.0, "5")])).iloc[0]
    assert (row["worst"], row["best"], row["reason"]) == (0, 1, "unparsed")


def test_a_screening_check_gives_no_calibration():
    check = {"id": "stated", "kind": STATED.name, "proof": "clinicians"}
    row = observations(run([(0.9, "5")], changes={"checks": [check]})).iloc[0]
    assert (row["worst"], row["best"], row["reason"]) == (0, 1, "screening_only")


def test_the_metric_that_says_what_is_right_must_be_in_scope():
    out = {"metric": "right", "reason": "r", "by": "b", "at": "2026-01-05"}
    scope = builders.study(("a",)).scope.model_validate_json(f'{{"out": [{str(out).replace(chr(39), chr(34))}]}}')
    with pytest.raises(ScoringError) as caught:
        run([(0.9, "5")], scope=scope)
    assert caught.value.code == "SCO012"
    assert "take confidence out as well" in caught.value.problems[0].fix


@pytest.mark.parametrize(
    "changes",
    [
        {"combine": "worst_of", "ratings": {"scale": "quality"}},
        {"derives_from": {"correct": "confidence"}},
    ],
)
def test_what_says_nothing_about_right_or_wrong_is_refused(changes):
    with pytest.raises(ScoringError) as caught:
        run([(0.9, "5")], changes=changes)
    assert caught.value.code == "SCO007"
