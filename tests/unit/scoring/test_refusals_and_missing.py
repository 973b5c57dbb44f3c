"""Refusals counted twice, and what is missing compared between systems; worked by hand."""

import pytest
from scipy.stats import binomtest

from dualtrack.scoring.engine import score_tables
from tests import builders


def run(statuses, levels, *, metric=None, n=None, extra_metrics=(), **plan):
    """``statuses`` and ``levels``: (system, item number) -> status of the response, level given."""
    systems = sorted({system for system, _ in statuses})
    n = 1 + max(k for _, k in statuses) if n is None else n
    responses = [
        {"system_id": system, "item_id": f"i{k:03d}", "status": status}
        | ({"text": "t"} if status in ("answered", "refused") else {})
        for (system, k), status in statuses.items()
    ]
    chosen = {"floors": {"coverage": 0, "items": 1, "clusters": 2}, "ratings_per_unit": {"default": 1}} | plan
    study = builders.study(systems, **chosen)
    tables = builders.tables(
        items=builders.items(n, language="en"), responses=responses,
        ratings=builders.ratings({key: [level] for key, level in levels.items()}),
    )  # fmt: skip
    rubric = builders.rubric([metric or builders.metric(), *extra_metrics])
    return score_tables(rubric, study, tables, pre_specified=True).tables


def row_of(tables, show, system="a", subject="accuracy", table="estimates"):
    frame = tables[table]
    chosen = (frame["show"] == show) & (frame["subject_id"] == subject)
    for name, value in ({"system_id": system} if table == "estimates" else {}).items():
        chosen &= frame[name] == value
    (row,) = frame[chosen].to_dict("records")
    return row


FAILING = builders.metric(
    quantity={"type": "binary", "per": "response", "show": "failure_rate"},
    ratings={"scale": "quality", "fail_when": {"at_most": "2"}},
)
STATUSES = {
    ("a", 0): "answered", ("a", 1): "answered", ("a", 2): "refused", ("a", 3): "empty", ("a", 4): "not_run",
    ("a", 5): "refused",
}  # fmt: skip
LEVELS = {("a", 0): "5", ("a", 1): "1", ("a", 5): "5"}  # the last refusal was judged, and judged right


def test_refusals_fail_or_are_left_out_and_both_denominators_are_there():
    tables = run(STATUSES, LEVELS, metric=FAILING)
    failing, left_out = row_of(tables, "refusals_failing"), row_of(tables, "refusals_left_out")
    assert failing["value"] == pytest.approx(3 / 5)  # one judged failing, two without a judgement
    assert (failing["n_units"], failing["n_items"], failing["n_events"]) == (5, 5, 3)
    assert left_out["value"] == pytest.approx(1 / 2)
    assert (left_out["n_units"], left_out["n_items"], left_out["n_events"]) == (2, 2, 1)
    assert failing["lower"] < failing["value"] < failing["upper"]


def test_a_mean_counts_a_refusal_at_its_worst():
    tables = run(STATUSES, LEVELS)
    assert row_of(tables, "refusals_failing")["value"] == pytest.approx((1 + 0 + 1 + 0 + 0) / 5)
    assert row_of(tables, "refusals_left_out")["value"] == pytest.approx((1 + 0) / 2)


def test_where_nothing_was_refused_both_are_the_estimate():
    tables = run({("a", k): "answered" for k in range(4)}, {("a", k): level for k, level in enumerate("5131")})
    estimate = builders.own_numbers(tables["estimates"]).query("subject == 'metric' and missing == 'observed'")
    for show in ("refusals_failing", "refusals_left_out"):
        row = row_of(tables, show)
        assert (row["value"], row["lower"], row["upper"]) == pytest.approx(
            tuple(estimate[["value", "lower", "upper"]].iloc[0])
        )


def test_a_system_that_only_refuses_fails_wholly_and_has_nothing_left():
    tables = run({("a", k): "refused" for k in range(3)}, {}, metric=FAILING)
    assert row_of(tables, "refusals_failing")["value"] == 1
    row = row_of(tables, "refusals_left_out")
    assert (row["state"], row["n_units"]) == ("undefined", 0)


def test_an_unreadable_answer_of_a_check_counts_as_a_refusal_does():
    check = {"id": "key", "kind": "answer_key", "proof": "by_construction", "why": "the key is the definition"}
    metric = builders.metric(
        quantity={"type": "binary", "per": "response", "show": "failure_rate"},
        ratings=None, checks=[check], combine="check_only",
    )  # fmt: skip
    key = {"key": {"options": {"A": "Metformin", "B": "Insulin"}, "correct": "A"}}
    responses = [
        {"system_id": "a", "item_id": f"i{k:03d}", "status": "answered", "text": text}
        for k, text in enumerate(("The answer is A.", "The answer is B.", "It depends on the weather."))
    ]
    tables = builders.tables(items=builders.items(3, language="en", reference=key), responses=responses)
    scored = score_tables(builders.rubric([metric]), builders.study(("a",)), tables, pre_specified=True).tables
    assert row_of(scored, "refusals_failing")["value"] == pytest.approx(2 / 3)
    assert row_of(scored, "refusals_left_out")["value"] == pytest.approx(1 / 2)


def test_screening_alone_says_nothing_of_refusals():
    check = {
        "id": "grade", "kind": "readability", "proof": "clinicians", "params": {"min_words": 5, "max_grade": 12.0},
    }  # fmt: skip
    metric = builders.metric(
        quantity={"type": "binary", "per": "response", "show": "failure_rate"},
        ratings=None, checks=[check], combine="check_only",
    )  # fmt: skip
    responses = {("a", 0): "answered", ("a", 1): "refused"}
    tables = run(responses, {}, metric=metric)
    assert row_of(tables, "refusals_failing")["reason"] == "screening_only"


def both(n, missing_of_b):
    statuses = {(system, k): "answered" for system in "ab" for k in range(n)}
    levels = {(system, k): "5" if k % 2 else "1" for system, k in statuses}
    return statuses, {key: level for key, level in levels.items() if key[0] == "a" or key[1] >= missing_of_b}


def test_the_share_missing_has_exact_limits_and_its_counts():
    tables = run(*both(40, 10))
    row = row_of(tables, "missing_share", "b")
    assert (row["value"], row["n_planned"], row["n_events"]) == (0.25, 40, 10)
    assert row["lower"] < 0.25 < row["upper"]
    assert row["coverage"] == pytest.approx(0.75)
    assert row_of(tables, "missing_share", "a")["value"] == 0
    assert row_of(tables, "missing_share", "b", subject="effectiveness")["value"] == 0.25


def test_more_missing_of_one_system_is_flagged_with_its_difference():
    tables = run(*both(40, 10))
    row = row_of(tables, "missing_share", table="comparisons")
    assert (row["system_a"], row["system_b"], row["value"], row["role"]) == ("a", "b", -0.25, "exploratory")
    assert row["lower"] < -0.25 < row["upper"] < 0
    assert row["p"] == pytest.approx(binomtest(0, 10).pvalue)
    assert (row["p_adjusted"], row["decision"]) == (pytest.approx(row["p"]), "differs")


def test_a_few_more_missing_is_no_flag():
    row = row_of(run(*both(40, 3)), "missing_share", table="comparisons")
    assert row["decision"] == "no_difference_shown"
    assert row["p"] == pytest.approx(0.25)


def test_everything_missing_of_one_system_is_flagged_though_nothing_varies():
    row = row_of(run(*both(20, 20)), "missing_share", table="comparisons")
    assert (row["value"], row["decision"]) == (-1, "differs")


def test_nothing_missing_is_no_difference():
    row = row_of(run(*both(20, 0)), "missing_share", table="comparisons")
    assert (row["value"], row["p"], row["decision"]) == (0, 1, "no_difference_shown")


def test_many_metrics_are_corrected_for():
    more = [builders.metric(f"other_{k}", code=f"E{k + 2:02d}") for k in range(9)]
    statuses, levels = both(40, 0)
    kept = {key: level for key, level in levels.items() if key != ("b", 0)}
    tables = run(statuses, kept, extra_metrics=more)
    rows = tables["comparisons"].query("show == 'missing_share' and subject_id != 'effectiveness'")
    assert (rows["p_adjusted"] >= rows["p"] - 1e-12).all()
    assert set(rows["family"]) == {"effectiveness.missing_share"}


def test_missing_shares_enter_no_difference_of_scores():
    tables = run(*both(40, 10))
    others = tables["comparisons"].query("show != 'missing_share'")
    assert set(others["subject_id"]) == {"accuracy", "effectiveness"}
