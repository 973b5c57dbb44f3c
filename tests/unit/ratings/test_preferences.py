"""Rows of preference_estimates: every instrument apart, and what cannot be said is a state with its reason."""

import random

import pandas as pd
import pytest

from dualtrack.ratings.preferences import Settings, preference_rows
from dualtrack.records.result_preferences import PREFERENCE_ESTIMATES

SYSTEMS = ("alder", "birch", "cedar")
COLUMNS = ("item_id", "system_a", "system_b", "choice", "rater_id", "source_id", "condition", "sample_a", "sample_b")
CLUSTERS = {f"q{number}": number for number in range(100)}


def choice(item, a, b, said, *, rater="", source="", condition="", samples=(1, 1)):
    return dict(zip(COLUMNS, (item, a, b, said, rater, source, condition, *samples), strict=True))


def estimates(rows, *, margins=None, persons=(), floor=8, scale="prefer", sealed=True):
    frame = pd.DataFrame(
        [{"preference_id": f"p{number:04d}", "scale_id": scale, **row} for number, row in enumerate(rows)]
    )
    for name in ("rater_id", "source_id", "condition"):
        frame[name] = frame[name].where(frame[name] != "", None)
    settings = Settings(
        margins=margins or {}, persons=frozenset(persons), confidence=0.95, floor=floor, resamples=400, seed=7,
        sealed=frozenset(margins or {}) if sealed else frozenset(),
    )  # fmt: skip
    return list(preference_rows(frame, SYSTEMS, CLUSTERS, settings))


def one(rows, **wanted):
    (found,) = [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]
    return found


def many(n, *, seed=1, source="", condition="", lean=1):
    """Choices on n items about each pair; A is preferred more often where ``lean`` is greater."""
    chance = random.Random(seed)
    said = ("a", *("a_slightly",) * lean, "tie", "b_much", "b")
    pairs = (("alder", "birch"), ("birch", "cedar"), ("cedar", "alder"))
    return [
        choice(f"q{item}", a, b, chance.choice(said), source=source, condition=condition)
        for item in range(n)
        for a, b in pairs
    ]


def test_every_row_fits_the_specification():
    rows = estimates([*many(40), *many(40, source="judge", seed=2)], margins={"prefer": 0.1})
    assert {name for row in rows for name in row} <= set(PREFERENCE_ESTIMATES.names)
    keys = [tuple(row[name] for name in PREFERENCE_ESTIMATES.key) for row in rows]
    assert len(keys) == len(set(keys))
    assert all((row["state"] == "defined") == (row.get("value") is not None) for row in rows)
    assert all(row["reason"] for row in rows if row["state"] == "undefined")


def test_nothing_depends_on_the_order_of_rows_or_on_the_side_on_which_a_system_stands():
    rows = many(40, lean=2)
    turned = {"a": "b", "a_slightly": "b_slightly", "b": "a", "b_much": "a_much", "tie": "tie"}
    swapped = [
        row | {"system_a": row["system_b"], "system_b": row["system_a"], "choice": turned[row["choice"]]}
        for row in rows
    ]
    assert estimates(swapped) == estimates(rows)
    shuffled = rows[:]
    random.Random(3).shuffle(shuffled)
    for row in estimates(rows):
        again = one(estimates(shuffled), **{name: row[name] for name in PREFERENCE_ESTIMATES.key})
        assert again.get("value") == pytest.approx(row.get("value"), abs=1e-12)


def test_a_strong_choice_is_one_win_like_any_other():
    strong, weak = ([choice("q1", "alder", "birch", said)] for said in ("a_much", "a"))
    assert one(estimates(strong), show="pair")["value"] == one(estimates(weak), show="pair")["value"] == 1


def test_judges_are_computed_apart_and_each_counts_alike_in_their_mean():
    many_votes = [choice(f"q{item}", "alder", "birch", "a", source="one") for item in range(30)]
    few_votes = [choice(f"q{item}", "alder", "birch", "b", source="two") for item in range(10)]
    rows = estimates([*many_votes, *few_votes])
    values = {row["instrument"]: row["value"] for row in rows if row["show"] == "pair"}
    assert values == {"source:one": 1, "source:two": -1, "sources": 0}
    assert one(rows, instrument="sources", show="pair")["n"] == 40


def test_people_and_judges_are_never_put_together():
    rows = estimates([*many(20), *many(20, source="judge")])
    assert {row["instrument"] for row in rows} == {"raters", "source:judge"}


def test_ways_of_showing_the_answers_are_kept_apart():
    rows = estimates([*many(20, condition="text"), *many(20, condition="cited", seed=5)])
    assert {row["condition"] for row in rows} == {"text", "cited"}


def test_where_people_and_judges_judged_different_items_both_are_given_on_what_they_share():
    rows = estimates([*many(40), *many(20, source="judge")])
    assert {(row["instrument"], row["items"]) for row in rows} == {
        ("raters", "all"), ("raters", "shared"), ("source:judge", "all"),
    }  # fmt: skip
    assert one(rows, instrument="raters", items="shared", show="pair", system_a="alder", system_b="birch")["n"] == 20


# ---------------------------------------------------------------- what cannot be said


def test_ties_alone_are_a_difference_of_zero_without_an_interval_and_show_no_parity():
    rows = estimates([choice(f"q{item}", "alder", "birch", "tie") for item in range(40)], margins={"prefer": 0.2})
    row = one(rows, show="pair")
    assert (row["value"], row["lower"], row["reason"], row["tie_share"]) == (0, None, "one_level_only", 1)
    assert (row["decision"], row["n_needed"]) == ("not_demonstrated", None)
    assert {each["value"] for each in rows if each["show"] == "bradley_terry"} == {0}


def test_systems_that_never_meet_have_no_difference_and_no_strengths():
    rows = estimates(
        [choice(f"q{item}", "alder", "birch", ("a", "b")[item % 2]) for item in range(20)]
        + [choice(f"q{item}", "cedar", "birch", "a") for item in range(20)]
    )
    row = one(rows, show="pair", system_a="alder", system_b="cedar")
    assert (row["state"], row["reason"], row["n"]) == ("undefined", "no_overlap", 0)
    # cedar always wins against birch, so its strength has no upper end
    strengths = [each for each in rows if each["show"] == "bradley_terry"]
    assert [(each["value"], each["reason"]) for each in strengths] == [(None, "not_connected")] * 3


def test_a_system_that_always_wins_has_no_interval_of_no_width():
    row = one(estimates([choice(f"q{item}", "alder", "birch", "a") for item in range(40)]), show="pair")
    assert (row["value"], row["lower"], row["reason"]) == (1, None, "one_level_only")


def test_one_question_leaves_values_without_intervals():
    rows = estimates([choice("q1", "alder", "birch", said) for said in ("a", "a", "b")])
    row = one(rows, show="pair")
    assert (row["value"], row["lower"], row["reason"]) == (pytest.approx(1 / 3), None, "too_few_clusters")


def test_a_system_against_itself_is_counted_and_left_out():
    rows = estimates([*many(20), choice("q1", "alder", "alder", "a", samples=(1, 2))])
    row = one(rows, system_a="alder", system_b="alder")
    assert (row["state"], row["reason"], row["n"]) == ("undefined", "not_applicable", 1)
    assert one(rows, show="win_difference", system_a="alder")["n"] == 40


def test_what_nobody_could_judge_is_counted_and_no_tie():
    rows = estimates([choice(f"q{item}", "alder", "birch", "cannot_judge") for item in range(9)])
    row = one(rows, show="pair")
    assert (row["state"], row["reason"], row["n"], row["n_cannot_judge"]) == ("undefined", "cannot_judge", 0, 9)


# ---------------------------------------------------------------- who chose


def test_without_names_it_is_not_recorded_how_many_chose_or_whether_they_agree_with_themselves():
    rows = estimates(many(20))
    assert one(rows, show="self_consistency")["reason"] == "not_recorded"
    assert {row["n_raters"] for row in rows if row["show"] != "self_consistency"} == {None}


def test_a_judge_asked_the_same_again_agrees_with_itself_or_not_whatever_the_side():
    rows = [
        *(choice(f"q{item}", "alder", "birch", "a", source="judge") for item in range(10)),
        *(choice(f"q{item}", "birch", "alder", "b", source="judge") for item in range(8)),  # the same, turned round
        *(choice(f"q{item}", "birch", "alder", "a", source="judge") for item in range(8, 10)),
    ]
    row = one(estimates(rows), show="self_consistency")
    assert (row["value"], row["n"], row["n_items"]) == (0.8, 10, 10)
    assert 0 < row["lower"] < 0.8 < row["upper"] <= 1


def test_a_judge_never_asked_again_has_no_consistency():
    assert one(estimates(many(20, source="judge")), show="self_consistency")["reason"] == "no_evidence"


def persons(n_persons, n_items=40):
    """Every person has a leaning of their own, so that who chose matters."""
    return [
        choice(f"q{item}", "alder", "birch", "a" if person % 2 else "b", rater=f"r{person}")
        for item in range(n_items)
        for person in range(n_persons)
    ]


def test_with_enough_known_persons_the_interval_allows_for_who_chose():
    names = [f"r{number}" for number in range(10)]
    known, unknown = (one(estimates(persons(10), persons=who), show="pair") for who in (names, ()))
    assert (known["method"], known["n_raters"]) == ("linearised_two_way", 10)
    assert known["upper"] - known["lower"] > 0.5
    assert unknown["reason"] == "one_level_only"  # by questions alone nothing varies


def test_positions_and_few_persons_are_not_resampled():
    few = one(estimates(persons(4), persons=[f"r{number}" for number in range(4)]), show="pair")
    assert few["method"] is None
    assert few["n_raters"] == 4


# ---------------------------------------------------------------- parity


def test_parity_needs_an_interval_inside_the_margin_and_says_what_it_takes():
    rows = many(90)
    wide, narrow = (one(estimates(rows, margins={"prefer": m}), show="pair", system_a="alder", system_b="birch")
                    for m in (0.6, 0.05))  # fmt: skip
    assert (wide["decision"], narrow["decision"]) == ("equivalent", "not_demonstrated")
    assert narrow["n_needed"] > 90 > wide["n_needed"]


@pytest.mark.parametrize("margin", [0.6, 0.05, 0.001])
def test_a_margin_that_was_not_sealed_decides_nothing_and_says_why(margin):
    late = estimates(many(90, lean=9), margins={"prefer": margin}, sealed=False)
    told = [row for row in late if row.get("margin") is not None]
    assert told
    assert {row["decision"] for row in told} == {"not_demonstrated"}
    assert all(row["reasons"][-1] == "retrospective" and row["margin_pre_specified"] is False for row in told)


def test_a_sealed_margin_that_the_interval_reaches_across_says_so():
    narrow = one(estimates(many(90), margins={"prefer": 0.05}), show="pair", system_a="alder", system_b="birch")
    assert (narrow["reasons"], narrow["margin_pre_specified"]) == (["straddles"], True)
    wide = one(estimates(many(90), margins={"prefer": 0.6}), show="pair", system_a="alder", system_b="birch")
    assert wide["reasons"] == []


def test_without_a_margin_no_decision_is_made():
    row = one(estimates(many(40)), show="pair", system_a="alder", system_b="birch")
    assert (row["margin"], row.get("decision"), row.get("n_needed")) == (None, None, None)


def test_strengths_have_no_margin_since_they_are_in_another_unit():
    rows = estimates(many(40), margins={"prefer": 0.1})
    assert all("decision" not in row for row in rows if row["show"] == "bradley_terry")
