"""How often rules strike, who was exposed to them, and the cases behind every kind of gate. All synthetic."""

import pytest

from dualtrack.scoring.document import RunFacts, make_document
from dualtrack.scoring.engine import score_tables
from dualtrack.stats import veto_strikes
from tests import builders

VETO = {"id": "veto", "kind": "veto", "when": {"rating_at_most": "1"}, "confirm": "two_raters_or_adjudicator"}
RIVAL = {"id": "rival", "kind": "not_worse_than", "limit": 0.1, "comparator": "baseline"}
LEAST = {"id": "least", "kind": "min_n", "n": 5, "count": "items"}
RATE = {"id": "rate", "kind": "success_at_least", "limit": 0.9}
FACTS = RunFacts("0.1.0", {}, None, {})


def scored(levels, *, systems=("a", "b"), n=6, gates=(VETO,), responses=None, family=None, **plan):
    metric = builders.metric(
        quantity={"type": "binary", "per": "response", "show": "failure_rate"},
        ratings={"scale": "quality", "fail_when": {"at_most": "2"}}, gates=list(gates),
    )  # fmt: skip
    tables = builders.tables(
        items=builders.items(n, family_id=family or (lambda k: f"f{k}")),
        responses=builders.responses(systems, n) if responses is None else responses,
        ratings=builders.ratings({key: [level] for key, level in levels.items()}),
    )
    chosen = {"ratings_per_unit": {"default": 1}, "floors": {"coverage": 0.1, "items": 2, "clusters": 2}} | plan
    study = builders.study(systems, **chosen).model_copy(update={"baseline": "b" if "b" in systems else None})
    rubric = builders.rubric([metric])
    return rubric, tables, score_tables(rubric, study, tables, pre_specified=True)


def everybody(n=6, systems=("a", "b")):
    return {(system, k): "5" for system in systems for k in range(n)}


def test_a_veto_shows_how_often_it_strikes_at_four_true_rates():
    curves = scored(everybody())[2].tables["veto_curves"].set_index("system_id")
    assert curves.loc["a", "n_assessed"] == 6
    for name, rate in (("0_1", 0.001), ("0_5", 0.005), ("1", 0.01), ("2", 0.02)):
        assert curves.loc["a", f"strikes_at_{name}"] == pytest.approx(veto_strikes(rate, 6))


def test_cases_that_belong_together_and_unrated_ones_give_a_veto_fewer_chances():
    given = everybody()
    del given["a", 0]
    pairs = scored(given, family=lambda k: f"f{k // 2}", cluster="family_id")[2].tables["veto_curves"]
    pairs = pairs.set_index("system_id")
    assert (pairs.loc["b", "n_effective"], pairs.loc["a", "n_effective"]) == (3.0, 2.5)
    assert pairs.loc["a", "strikes_at_2"] < pairs.loc["b", "strikes_at_2"]


def test_responses_count_every_repeat():
    rows = [row | {"sample": sample} for row in builders.responses(("a", "b"), 6) for sample in (1, 2)]
    curves = scored({}, responses=rows, samples=2)[2].tables["veto_curves"]
    assert set(curves["n_responses"]) == {12}


def test_every_kind_of_gate_names_its_cases():
    given = everybody() | {("a", 1): "1", ("b", 2): "2"}
    del given["a", 3]
    cases = scored(given, gates=(VETO, RIVAL, LEAST, RATE))[2].tables["gate_cases"]
    of_a = cases[cases["system_id"] == "a"]
    found = {(row["gate_id"].partition(".")[2], row["item_id"]): row["why"] for row in of_a.to_dict("records")}
    assert found == {
        ("veto", "i001"): "open",
        ("veto", "i003"): "missing",
        ("rival", "i001"): "failing",
        ("rival", "i003"): "missing",
        ("rate", "i001"): "failing",
        ("rate", "i003"): "missing",
        ("least", "i003"): "missing",
    }
    of_b = cases[(cases["system_id"] == "b") & (cases["gate_id"] == "accuracy.rival")]
    assert of_b["item_id"].tolist() == ["i002"]  # the other side of the difference


def test_several_systems_raise_the_chance_that_an_unfit_one_passes():
    def notes(*systems):
        rubric, tables, found = scored(everybody(systems=systems), systems=systems)
        every = make_document(rubric, found.plan, tables, FACTS)["notes"]
        return [(each["track"], each["facts"]) for each in every if each["code"] == "several_systems"]

    assert notes("a", "b", "c") == [("effectiveness", {"n_systems": 3, "per_cent": 7.5})]
    assert notes("a") == []


def test_margins_stand_as_numbers_with_their_reasons_beside():
    margins = {"effectiveness": {"value": 0.1, "why": "Ten points."}, "accuracy": 0.05}
    rubric, tables, found = scored(everybody(), comparisons={"margins": margins})
    stated = make_document(rubric, found.plan, tables, FACTS)["study"]["plan"]["comparisons"]
    assert stated["margins"] == {"effectiveness": 0.1, "accuracy": 0.05}
    assert stated["margins_why"] == {"effectiveness": "Ten points."}
