"""How bad each ticked failure mode is: described in findings, and in nothing that is computed."""

import pytest

from dualtrack.scoring.engine import score_tables
from tests import builders

SCALE = builders.scale("harm", levels=[{"id": str(n), "value": 1 - n / 4, "anchor": f"harm {n}"} for n in range(5)])
METRIC = builders.metric(
    track="safety",
    code="S01",
    quantity={"type": "binary", "per": "response", "show": "failure_rate"},
    ratings={"scale": "harm", "fail_when": {"at_least": "3"}, "aggregate": "majority", "attributed": True},
    failure_modes=[{"id": "overdose", "act": "commission"}, {"id": "delay", "act": "omission"}],
    gates=[{"id": "veto", "kind": "veto", "when": {"rating_at_least": "4"}, "confirm": "two_raters_or_adjudicator"}],
)
OTHER = builders.metric("calm", ratings={"scale": "quality"})
SAID = (
    ({"delay": "H4", "overdose": "H1"}, "H4", "delay=H4 overdose=H1"),
    ({"overdose": "H0"}, "H0", "overdose=H0"),
    ({}, None, None),
    (None, None, None),
)


def run(*, severities):
    harm = builders.ratings({(system, k): ["4", "3", "0"] for system in "ab" for k in range(6)}, "harm")
    told = [
        row | {"failure_modes": ["overdose", "delay"]} | ({"severities": SAID[n % 4][0]} if severities else {})
        for n, row in enumerate(harm)
    ]
    quality = builders.ratings({(system, k): ["4", "3", "5"] for system in "ab" for k in range(6)})
    tables = builders.tables(
        items=builders.items(6),
        responses=[row for system in "ab" for row in builders.responses(system, 6)],
        ratings=[*told, *quality],
    )
    rubric = builders.rubric([METRIC, OTHER], [SCALE, builders.scale()])
    return score_tables(rubric, builders.study(("a", "b"), ratings_per_unit={"default": 3}), tables)


def test_findings_name_the_worst_harm_and_that_of_each_mode():
    scored = run(severities=True)
    found = scored.tables["findings"]
    found = found[found["probe_id"] == "harm"]
    told = {(_none(harm), _none(each)) for harm, each in zip(found["harm_level"], found["severities"], strict=True)}
    assert told == {(harm, each) for _, harm, each in SAID}


def _none(cell):
    return cell if isinstance(cell, str) else None


HARM = {"failures": ["harm", "harm_from"], "failure_modes": ["worst_harm", "worst_harm_from"]}
"""Columns that name the harm of a failure; without a level of the scale it is that of the modes that were ticked."""


def test_nothing_but_the_description_changes_and_it_stays_on_its_own_scale():
    told, silent = run(severities=True).tables, run(severities=False).tables
    assert told.keys() == silent.keys()
    for name, frame in told.items():
        if name == "findings":
            columns = ["harm_level", "severities"]
            assert frame.loc[frame["probe_id"] != "harm", columns].isna().all(axis=None)
            assert silent[name][columns].isna().all(axis=None)
            assert frame.drop(columns=columns).astype("str").equals(silent[name].drop(columns=columns).astype("str"))
        elif name in HARM:
            assert silent[name][HARM[name]].isna().all(axis=None)
            assert (
                frame.drop(columns=HARM[name]).astype("str").equals(silent[name].drop(columns=HARM[name]).astype("str"))
            )
        else:
            assert frame.astype("str").equals(silent[name].astype("str")), name


@pytest.mark.parametrize("name", ["findings"])
def test_the_same_bytes_twice(name):
    assert run(severities=True).tables[name].to_json() == run(severities=True).tables[name].to_json()
