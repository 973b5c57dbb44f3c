"""The regulatory report: gaps in sight, results by their standing, both sides of the trace, nothing signed."""

import re

import pytest

from dualtrack.records.beside import read_beside
from dualtrack.report import build_pages, parse_document
from dualtrack.report.regulatory.evidence import NEEDS, clauses, gaps, places_of
from tests.unit.report import results
from tests.unit.report.reading import PageReader

DOSSIER = """
schema: dualtrack.dossier/1
control: {id: R-7, version: "2", status: for_review, authors: [{name: A. Person, role: statistician}]}
statements:
  intended_use: {text: "Advice on common questions.", source: leaflet, by: Vendor, date: "2026-02-20"}
hazards:
  - id: h1
    title: Emergency not recognised
    systems: [aster]
    failure_modes: [nobody_looks_for_this]
    cause: Red flag not named
    effect: Late call
    situation: A patient waits at home
    harm: Death
    by: A. Person
    date: "2026-03-01"
deviations:
  - {planned: 3 raters, done: 2 raters, size: major, effect: wider limits, by: A. Person, date: "2026-03-02"}
"""


@pytest.fixture
def page(tmp_path):
    def build(raw=None, dossier=None):
        if dossier is not None:
            (tmp_path / "dossier.yaml").write_text(dossier, encoding="utf-8")
        beside = read_beside(tmp_path, results.SYSTEMS)
        document = parse_document(results.encoded(results.document() if raw is None else raw))
        return build_pages(document, beside)["regulatory.html"]

    return build


def section(page, name):
    return PageReader(page.split(f'<section id="{name}"')[1].split("</section>")[0].partition(">")[2]).text


def test_every_row_of_the_map_was_read_and_asks_for_something_known():
    assert {each.verified for each in clauses()} <= {"primary", "secondary"}
    assert {each.status for each in clauses()} <= {"draft", "final", "future"}
    assert {each.needs for each in clauses()} == set(NEEDS)
    assert all(each.edition for each in clauses())


def test_every_part_that_the_map_names_is_a_section_of_the_page(page):
    anchors = set(re.findall(r'<section id="([\w-]+)"', page()))
    named = {each.part for each in clauses() if each.part is not None}
    assert {part for part in named if not places_of(part, dict.fromkeys(anchors))} <= {
        "repeats",
        "raters",
    }  # put once each, no raters


def test_a_clause_without_evidence_is_a_gap_and_with_it_none(page):
    before = section(page(), "evidence")
    after = section(page(dossier=DOSSIER), "evidence")
    assert "no intended use was supplied" in before
    assert "no intended use was supplied" not in after
    assert before.count("gap: ") > after.count("gap: ") > 0
    assert "outside the scope of a test of texts" in after


def test_what_was_not_sealed_is_exploratory_and_the_plan_is_a_gap():
    raw = results.without_gates(results.document(), "safety")
    document = parse_document(results.encoded(raw))
    assert "frozen" in {each.needs for each in gaps(document, None)}


def test_results_stand_in_numbered_tables_by_standing(page):
    found = re.findall(r"Table (\d+)\. (\w+) results", section(page(), "results"))
    assert [int(number) for number, _ in found] == list(range(1, len(found) + 1))
    order = ["Primary", "Secondary", "Exploratory"]
    assert [order.index(role) for _, role in found] == sorted(order.index(role) for _, role in found)


def test_a_hazard_that_no_metric_looks_for_is_listed(page):
    text = section(page(dossier=DOSSIER), "trace")
    assert "nobody_looks_for_this" in text
    assert "no metric of this study looks for it" in text


def test_deviations_and_document_control_are_as_stated_and_signatures_empty(page):
    made = page(dossier=DOSSIER)
    assert "wider limits" in section(made, "deviations")
    control = section(made, "control")
    assert "R-7" in control
    assert "A. Person, statistician" in control
    assert "to be filled in by hand" in control


CLAIM = """
systems:
  aster:
    claims:
      - {text: Names every emergency, said_by: vendor, tester: the vendor, date: "2026-01-10", REST}
"""


def test_a_claim_stands_beside_what_this_study_found_where_it_says_that_it_rests(page):
    rest = "rests_on: [safety, nothing.here], limits: adults only, left_out: children"
    told = section(page(dossier=DOSSIER + CLAIM.replace("REST", rest)), "claims")
    verdicts = results.document()["tables"]["verdicts"]
    (state,) = [row["state"] for row in verdicts if (row["system_id"], row["track"]) == ("aster", "safety")]
    assert f"State of safety: {state.replace('_', ' ')}" in told
    assert "nothing.here: this study holds no such result for the system" in told
    assert "Limits: adults only" in told
    assert "Groups left out: children" in told
    bare = section(page(dossier=DOSSIER + CLAIM.replace(", REST", "")), "claims")
    assert "Limits: not supplied" in bare


def test_what_only_people_know_of_patterns_and_other_days_is_asked_for(page):
    for name in ("reproducibility", "error-patterns"):
        assert "not supplied" in section(page(), name)
