"""Pairs of first ratings level by level, and what was settled; worked by hand."""

import pandas as pd
import pytest

from dualtrack.ratings.pairs import pair_rows
from dualtrack.scoring.engine import score_tables
from tests import builders

UNITS = pd.DataFrame(
    {name: pd.Series(dtype="object") for name in ("system_id", "item_id", "sample", "unit_id", "kind")}
)
SCALE = builders.rubric([builders.metric()]).scales["quality"]


def rating(k, rater, level, role="primary", **more):
    given = {"system_id": "a", "item_id": f"i{k}", "sample": 1, "unit_id": "", "scale_id": "quality", "occasion": 1}
    return {**given, "rater_id": rater, "level": level, "role": role, **more}


def found(*ratings):
    rows = list(pair_rows(pd.DataFrame(ratings), UNITS, {("quality", "response"): SCALE}))
    pairs = {(row["level"], row["other_level"]): row["n"] for row in rows if row["show"] == "pair" and row["n"]}
    return pairs, {row["show"]: (row["n"], row["n_of"], row["share"]) for row in rows if row["show"] != "pair"}


def test_every_pair_counts_once_with_the_earlier_level_first():
    three = [rating(0, who, level) for who, level in (("r1", "5"), ("r2", "2"), ("r3", "5"))]
    two = [rating(1, who, "3") for who in ("r1", "r2")]
    pairs, counts = found(*three, *two, rating(2, "r1", "1"))
    assert pairs == {("2", "5"): 2, ("5", "5"): 1, ("3", "3"): 1}
    assert counts["rated_twice"] == (2, 3, pytest.approx(2 / 3))
    assert counts["differing"] == (1, 2, 0.5)
    assert counts["adjudicated"] == (0, 3, 0.0)


def test_rulings_and_third_raters_are_counted_and_enter_no_pair():
    rated = [rating(k, who, level) for k in range(4) for who, level in (("r1", "1"), ("r2", "4"))]
    given = ((0, "r3", "adjudication"), (1, "r3", "tie_break"), (1, "r4", "adjudication"))
    later = [rating(k, who, "4", role) for k, who, role in given]
    pairs, counts = found(*rated, *later)
    assert pairs == {("1", "4"): 4}
    assert (counts["adjudicated"][:2], counts["tie_broken"][:2]) == ((2, 4), (1, 4))
    assert counts["differing_settled"] == (2, 4, 0.5)


def test_what_is_no_first_judgement_counts_for_nothing():
    said = [rating(0, "r1", "1"), rating(0, "r2", "cannot_judge"), rating(0, "r1", "5", occasion=2)]
    pairs, counts = found(*said, rating(0, "r3", "2", "training"), rating(1, "r3", "3", "adjudication"))
    assert pairs == {}
    assert counts["rated_twice"] == (0, 1, 0.0)
    assert counts["differing"] == (0, 0, None)
    assert counts["adjudicated"][:2] == (0, 1)  # an adjudicated thing without a first rating is not one of those rated


def test_nobody_rated_is_no_row():
    empty = pd.DataFrame({name: pd.Series(dtype="object") for name in rating(0, "r", "1")})
    assert list(pair_rows(empty.astype({"occasion": "int64"}), UNITS, {("quality", "response"): SCALE})) == []


def test_the_results_hold_the_whole_table_and_no_order_of_rows_moves_it():
    tables = {
        "items": builders.items(3), "responses": builders.responses(["a"], 3),
        "ratings": builders.ratings({("a", 0): ["1", "5"], ("a", 1): ["5", "5"], ("a", 2): ["3"]}),
    }  # fmt: skip
    study = builders.study(["a"], ratings_per_unit={"default": 2})
    rubric = builders.rubric([builders.metric()])
    one = score_tables(rubric, study, builders.tables(**tables)).tables["rating_pairs"]
    turned = builders.tables(**(tables | {"ratings": tables["ratings"][::-1]}))
    other = score_tables(rubric, study, turned).tables["rating_pairs"]
    assert len(one[one["show"] == "pair"]) == 15
    assert one.equals(other)
