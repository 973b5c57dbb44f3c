"""Numbers about raters, worked by hand."""

import numpy as np
import pytest

from dualtrack.ratings.raters import Settings, rater_rows
from tests import builders

QUALITY = builders.scale()
YES_NO = builders.scale(
    "safe",
    kind="binary",
    levels=[{"id": "no", "value": 0, "anchor": "no"}, {"id": "yes", "value": 1, "anchor": "yes"}],
)


def rated(rater, k, level, *, system="a", scale="quality", **more):
    named = {"system_id": system, "item_id": f"i{k:03d}", "scale_id": scale, "rater_id": rater, "level": level}
    return named | more


def rows_of(ratings, *, lengths=None, scales=(QUALITY, YES_NO), n=40):
    responses = [
        {"system_id": "a", "item_id": f"i{k:03d}", "status": "answered", "text": "x" * length}
        for k, length in enumerate(lengths or ())
    ]
    settings = Settings(confidence=0.95, floor=8, rho0=1.0, clusters={f"i{k:03d}": k for k in range(n)})
    found = rater_rows(
        builders.frame("ratings", ratings),
        builders.frame("responses", responses),
        {scale.id: scale for scale in scales},
        settings,
    )
    return {(row["show"], row["rater_id"] or row["system_id"]): row for row in found}


def binary(n_worse, rater, **more):
    """40 ratings on the scale safe, the first ``n_worse`` of them "no"."""
    return [rated(rater, k, "no" if k < n_worse else "yes", scale="safe", **more) for k in range(40)]


def test_severity_is_half_the_log_odds_ratio_of_two_raters_on_one_system():
    rows = rows_of([*binary(30, "strict"), *binary(20, "mild")])
    assert rows["severity", "strict"]["value"] == pytest.approx(np.log(3) / 2, abs=1e-8)
    assert rows["severity", "mild"]["value"] == pytest.approx(-np.log(3) / 2, abs=1e-8)
    assert rows["severity", "strict"]["lower"] > 0
    assert (rows["severity", "strict"]["n"], rows["severity", "strict"]["panel"]) == (40, 1)


def test_averages_as_they_are_and_at_mean_severity():
    rows = rows_of([*binary(30, "strict"), *binary(20, "mild")])
    assert rows["raw_average", "a"]["value"] == pytest.approx(30 / 80)
    assert rows["fair_average", "a"]["value"] == pytest.approx(1 / (1 + np.sqrt(3)), abs=1e-8)


def test_panels_that_never_meet_are_compared_within_and_have_no_average():
    apart = [
        each | {"item_id": f"i{int(each['item_id'][1:]) + 40:03d}"} for each in [*binary(10, "c"), *binary(5, "d")]
    ]
    rows = rows_of([*binary(30, "a"), *binary(20, "b"), *apart], n=80)
    assert rows["severity", "a"]["value"] == pytest.approx(np.log(3) / 2, abs=1e-8)
    assert {rater: rows["severity", rater]["panel"] for rater in "abcd"} == {"a": 1, "b": 1, "c": 2, "d": 2}
    assert rows["severity", "c"]["value"] + rows["severity", "d"]["value"] == pytest.approx(0, abs=1e-8)
    assert ("fair_average", "a") not in rows


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        (binary(20, "alone"), "too_few_raters"),
        ([*binary(40, "alone"), *binary(40, "b")], "one_level_only"),
        ([*binary(40, "alone"), *binary(20, "b"), *binary(10, "c")], "one_level_only"),
        ([rated("alone", k, "cannot_judge") for k in range(5)], "cannot_judge"),
        ([*binary(10, "alone"), *[rated("b", k + 50, "no", scale="safe") for k in range(5)]], "too_few_raters"),
    ],
)
def test_severity_that_cannot_be_estimated_says_why(ratings, reason):
    row = rows_of(ratings, n=60)["severity", "alone"]
    assert (row["state"], row["reason"]) == ("undefined", reason)


def test_drift_is_the_later_half_less_the_earlier():
    """One says no in half of both halves, the other in 5 of 20 and then 15 of 20: log odds rise by 2 ln 3."""
    steady = [
        rated("s", k, "no" if k % 2 else "yes", scale="safe", rated_at=f"2025-01-01T00:00:{k:02d}Z") for k in range(40)
    ]
    moving = [
        rated(
            "m",
            k,
            "no" if k % 4 == 0 or (k >= 20 and k % 4 != 1) else "yes",
            scale="safe",
            rated_at=f"2025-01-01T00:00:{k:02d}Z",
        )
        for k in range(40)
    ]
    rows = rows_of([*steady, *moving])
    assert rows["drift", "s"]["value"] == pytest.approx(0, abs=1e-8)
    assert rows["drift", "m"]["value"] == pytest.approx(2 * np.log(3), abs=1e-7)
    assert rows["drift", "m"]["compared"] == "rated_at"
    assert rows["drift", "m"]["lower"] > 0


def test_without_times_drift_compares_occasions_and_without_these_it_is_undefined():
    rows = rows_of([*binary(20, "a"), *binary(30, "a", occasion=2), *binary(20, "b")])
    assert rows["drift", "a"]["compared"] == "occasion"
    assert rows["drift", "a"]["value"] == pytest.approx(np.log(3), abs=1e-7)
    assert rows["drift", "b"]["reason"] == "not_recorded"


def test_self_agreement_counts_repeats_on_the_same_level():
    again = [rated("a", k, "3", occasion=2) for k in range(6)]
    first = [rated("a", k, "3" if k < 4 else "4") for k in range(5)] + [rated("a", 5, "cannot_judge")]
    row = rows_of([*first, *again])["self_agreement", "a"]
    assert (row["value"], row["n"]) == (0.8, 5)  # what could not be judged the first time is no pair
    assert (row["lower"], row["upper"]) == (pytest.approx(0.2836, abs=1e-4), pytest.approx(0.9949, abs=1e-4))


def test_fast_ratings_are_fast_for_answers_of_their_length():
    """Long answers take 100 s and short ones 10 s: 8 s is fast for a long one and not for a short one."""
    lengths = [10] * 20 + [1000] * 20
    given = [rated("steady", k, "3", seconds=10 if k < 20 else 100) for k in range(40)]
    given += [rated("hasty", k, "3", seconds=8) for k in range(40)]
    rows = rows_of(given, lengths=lengths)
    assert rows["speeding_share", "hasty"]["value"] == 0.5
    assert rows["speeding_share", "steady"]["value"] == 0
    assert rows["seconds_median", "hasty"]["value"] == 8
    assert rows["seconds_median", "steady"]["value"] == 55


def test_times_that_nobody_recorded_are_undefined():
    row = rows_of([rated("a", 0, "3")])["seconds_median", "a"]
    assert (row["state"], row["reason"]) == ("undefined", "not_recorded")


def test_use_of_cannot_judge_is_counted_where_the_scale_offers_it():
    rows = rows_of([rated("a", k, "cannot_judge" if k < 2 else "3") for k in range(10)])
    assert (rows["cannot_judge_share", "a"]["value"], rows["cannot_judge_share", "a"]["n"]) == (0.2, 10)
    assert ("cannot_judge_share", "a") not in rows_of([*binary(20, "a"), *binary(10, "b")])


def test_latent_agreement_needs_five_raters():
    four = [row for rater in "abcd" for row in binary(20, rater)]
    assert rows_of(four)["latent_agreement", "a"]["reason"] == "too_few_raters"
    odd = [rated("e", k, "yes" if k < 20 else "no", scale="safe") for k in range(40)]
    rows = rows_of([*four, *odd])
    assert [rows["latent_agreement", rater]["value"] for rater in "abcde"] == [1, 1, 1, 1, 0]


def test_two_panels_of_three_are_no_panel_of_six():
    apart = [each | {"item_id": f"i{int(each['item_id'][1:]) + 40:03d}"} for r in "def" for each in binary(15, r)]
    rows = rows_of([*(row for r in "abc" for row in binary(20, r)), *apart], n=80)
    assert {rows["latent_agreement", rater]["reason"] for rater in "abcdef"} == {"too_few_raters"}


def test_third_raters_adjudicators_and_training_are_no_first_ratings():
    late = [
        each | {"rater_id": role, "role": role}
        for role in ("tie_break", "adjudication", "training")
        for each in binary(5, "x")
    ]
    rows = rows_of([*binary(30, "strict"), *binary(20, "mild"), *late])
    assert {rater for show, rater in rows if show == "severity"} == {"strict", "mild"}
