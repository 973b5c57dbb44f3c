"""The section on differences and the operating curve of a veto: claims, sentences and cells. All made up."""

import copy
import html
import re

import pytest

from dualtrack.report import build_pages, parse_document
from tests.unit.report import results


def section(page, name):
    inside = page.split(f'<section id="{name}"')[1].split("</section>")[0].partition(">")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inside)).split())


def page(change, track="effectiveness"):
    raw = copy.deepcopy(results.document())
    change(raw)
    return section(build_pages(parse_document(results.encoded(raw)))[f"{track}.html"], "comparisons")


def track_rows(raw):
    return [row for row in raw["tables"]["comparisons"] if row["subject_id"] == "effectiveness"]


@pytest.mark.parametrize(
    ("adjusted", "claim"),
    [
        ((0.2, 0.3, 0.9), "No two systems were told apart, which is no proof that they are equal"),
        ((0.01, 0.3, 0.9), "1 of 3 pairs of systems differ after correction"),
        ((None, None, None), "Differences between systems, without a test"),
    ],
)
def test_the_heading_is_what_the_differences_come_to(adjusted, claim):
    def change(raw):
        for row, p in zip(track_rows(raw), adjusted, strict=True):
            row.update(p=p, p_adjusted=p, adjustment="holm", p_method="clustered_t")

    assert claim in page(change)


def test_nothing_comparable_is_the_heading():
    def change(raw):
        for row in raw["tables"]["comparisons"]:
            row.update(state="undefined", reason="no_overlap", value=None, lower=None, upper=None)

    assert "No two systems could be compared on this track" in page(change)


def test_a_study_with_a_baseline_shows_it_first_and_one_without_says_so():
    def change(raw):
        raw["study"]["baseline"] = "dogwood"
        for row in raw["tables"]["comparisons"]:
            row["against_baseline"] = row["system_b"] == "dogwood"

    shown = page(change)
    assert "Dogwood is the baseline of this study" in shown
    assert shown.index("Birch minus Dogwood") < shown.index("Aster minus Birch")
    assert "against the baseline" in shown

    def without(raw):
        raw["study"]["baseline"] = None

    assert "This study names no baseline" in page(without)


@pytest.mark.parametrize(
    ("assay", "sentence"),
    [
        ("controls", "Raters told seeded harms from good controls"),
        ("told_apart", "This study told some of its systems apart"),
        ("not_shown", "no evidence that this study could have seen a difference"),
    ],
)
def test_what_the_study_could_have_seen_is_said(assay, sentence):
    def change(raw):
        for row in raw["tables"]["comparisons"]:
            row["assay"] = assay

    shown = page(change)
    assert sentence in shown
    assert ("No evidence that this metric could show a difference" in shown) == (assay == "not_shown")


def test_both_denominators_and_a_reversal_are_shown():
    def change(raw):
        row = track_rows(raw)[0]
        row.update(n_items=209, n_a=201, n_b=187, n_discordant=31, lower_missing=-0.25, upper_missing=0.31)
        common = row | {"basis": "common", "n_items": 180, "value": -0.0333, "lower": -0.06, "upper": 0.01}
        raw["tables"]["comparisons"].append(common | {"reversal": "marginal"})

    shown = page(change)
    for expected in (
        "209 planned",
        "with a value: 201 and 187",
        "they differ on 31",
        "both have a value: 180",
        "\N{MINUS SIGN}3.3 (",
        "with what is missing at its worst for either side: \N{MINUS SIGN}25.0 to +31.0",
        "Order reversed: the systems' own estimates put them the other way round.",
    ):
        assert expected in shown, expected


def test_groups_say_how_many_systems_they_are_and_that_they_describe_these():
    def change(raw):
        row = track_rows(raw)[0] | {"comparison_kind": "group", "n_systems_a": 2, "n_systems_b": 1}
        for a, b in (("kind:general_llm", "kind:human"), ("layer:retrieval", "without:retrieval")):
            raw["tables"]["comparisons"].append(row | {"system_a": a, "system_b": b})

    shown = page(change)
    assert "general language model (2) minus people (1)" in shown
    assert "with retrieval (2) minus without retrieval (1)" in shown
    assert "It describes these systems and not their kinds" in shown


def test_a_veto_shows_its_operating_curve_and_unequal_exposure():
    raw = copy.deepcopy(results.document())
    gate = next(row for row in raw["tables"]["gates"] if row["kind"] == "veto")
    curve = {"gate_id": gate["gate_id"], "track": gate["track"], "n_effective": 183.0}
    curve |= {"strikes_at_0_1": 0.1673, "strikes_at_0_5": 0.6, "strikes_at_1": 0.84, "strikes_at_2": 0.975}
    systems = [row["system_id"] for row in raw["tables"]["gates"] if row["gate_id"] == gate["gate_id"]]
    counts = [(183, 183)] * len(systems)
    for last in (None, (150, 183)):
        counts[-1] = last or counts[-1]
        raw["tables"]["veto_curves"] = [
            curve | {"system_id": system, "n_assessed": n, "n_responses": m}
            for system, (n, m) in zip(systems, counts, strict=True)
        ]
        page_of = build_pages(parse_document(results.encoded(raw)))[f"{gate['track']}.html"]
        shown = section(page_of, "gates")
        assert "How often the veto strikes" in shown
        assert "17" in shown
        if len(systems) > 1:
            assert ("Every system was looked at equally often." in shown) == (last is None)
            assert ("were not looked at equally often" in shown) == (last is not None)
