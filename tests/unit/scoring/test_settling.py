"""How ratings of one response become one value, before and after a third rater or an adjudicator, worked by hand."""

import pytest

from dualtrack.scoring.engine import score_tables
from tests import builders


def observed(rule, levels, *, third=None, ruling=None, owed=2, assigned=None):
    """Value, worst and best before and after, of one response on the scale 1..5 (values 0, .25, .5, .75, 1)."""
    metric = builders.metric(ratings={"scale": "quality", "aggregate": rule})
    rows = builders.ratings({("a", 0): levels})
    late = {"tie_break": third, "adjudication": ruling}
    rows += [
        rows[0] | {"rater_id": role, "level": level, "role": role} for role, level in late.items() if level is not None
    ]
    tables = builders.tables(
        items=builders.items(1),
        responses=builders.responses("a", 1),
        ratings=rows,
        assignments=[
            {name: row[name] for name in ("system_id", "item_id", "scale_id", "rater_id")} for row in rows if assigned
        ],
    )
    study = builders.study(("a",), ratings_per_unit={"default": owed})
    table = score_tables(builders.rubric([metric]), study, tables).tables["observations"].set_index("basis")
    kept = {name: tuple(table.loc[name, ["value", "worst", "best"]]) for name in table.index}
    return kept.get("unadjudicated"), kept["primary"]


@pytest.mark.parametrize(
    ("rule", "levels", "given", "before", "after"),
    [
        # nothing to settle: one value, and no second basis
        ("median", "24", {}, None, (0.5, 0.5, 0.5)),  # the middle of 2 and 4
        ("majority", "24", {}, None, (0.25, 0.25, 0.25)),  # a tie counts as the worse
        ("worst", "24", {}, None, (0.25, 0.25, 0.25)),
        ("mean", "25", {}, None, (0.625, 0.625, 0.625)),
        ("median", "2", {}, None, (float("nan"), 0.125, 0.625)),  # one of two decides nothing
        # a third rater decides between two, and cannot go beyond what one of them said
        ("median", "24", {"third": "3"}, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        ("median", "24", {"third": "4"}, (0.5, 0.5, 0.5), (0.75, 0.75, 0.75)),
        ("median", "24", {"third": "5"}, (0.5, 0.5, 0.5), (0.75, 0.75, 0.75)),
        ("median", "24", {"third": "1"}, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)),
        ("majority", "24", {"third": "4"}, (0.25, 0.25, 0.25), (0.75, 0.75, 0.75)),
        ("majority", "24", {"third": "2"}, (0.25, 0.25, 0.25), (0.25, 0.25, 0.25)),
        ("median", "44", {"third": "1"}, (0.75, 0.75, 0.75), (0.75, 0.75, 0.75)),  # two who agree are not overruled
        ("worst", "24", {"third": "5"}, (0.25, 0.25, 0.25), (0.25, 0.25, 0.25)),  # under this rule nobody can clear
        ("mean", "24", {"third": "3"}, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        ("mean", "24", {"third": "5"}, (0.5, 0.5, 0.5), (0.666667, 0.666667, 0.666667)),
        # an adjudicator stands in place of all ratings, whatever the rule
        ("median", "24", {"ruling": "5"}, (0.5, 0.5, 0.5), (1, 1, 1)),
        ("majority", "24", {"ruling": "3"}, (0.25, 0.25, 0.25), (0.5, 0.5, 0.5)),
        ("worst", "24", {"ruling": "4"}, (0.25, 0.25, 0.25), (0.75, 0.75, 0.75)),
        ("mean", "25", {"ruling": "1"}, (0.625, 0.625, 0.625), (0, 0, 0)),
        ("median", "24", {"third": "4", "ruling": "2"}, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)),
        # a third rating that was planned: before it, it is owed and missing
        ("median", "24", {"third": "4", "assigned": True}, (0.5, 0.25, 0.75), (0.75, 0.75, 0.75)),
        ("majority", "24", {"third": "4", "assigned": True}, (0.25, 0.25, 0.75), (0.75, 0.75, 0.75)),
    ],
)  # fmt: skip
def test_both_values_are_kept(rule, levels, given, before, after):
    found = observed(rule, levels, **given)
    assert found[0] == (None if before is None else pytest.approx(before))
    assert found[1] == pytest.approx(after, nan_ok=True)


@pytest.mark.parametrize("rule", ["median", "majority", "worst", "mean"])
def test_a_better_rating_of_anybody_never_lowers_the_settled_value(rule):
    """The law that a rule which let the third rater stand alone where two differ would break."""
    metric = builders.metric(ratings={"scale": "quality", "aggregate": rule})
    triples = [a + b + c for a in "12345" for b in "12345" for c in "12345"]
    rows = builders.ratings({("a", k): given for k, given in enumerate(triples)})
    tables = builders.tables(
        items=builders.items(len(triples)),
        responses=builders.responses("a", len(triples)),
        ratings=[row | {"role": "tie_break" if row["rater_id"] == "r3" else "primary"} for row in rows],
    )
    found = score_tables(builders.rubric([metric]), builders.study(("a",)), tables).tables["observations"]
    primary = found[(found["basis"] == "primary").to_numpy()].set_index("item_id")["value"]
    value = {triple: primary[f"i{k:03d}"] for k, triple in enumerate(triples)}
    for triple, before in value.items():
        for place in range(3):
            if triple[place] < "5":
                better = triple[:place] + str(int(triple[place]) + 1) + triple[place + 1 :]
                assert value[better] >= before
