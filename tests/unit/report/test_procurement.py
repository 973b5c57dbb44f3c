"""The procurement report: eligibility from verdicts alone, what people state, and sheets that can be handed over."""

import pytest

from dualtrack.errors import RecordError
from dualtrack.records.beside import read_beside
from dualtrack.records.source_attributes import source_attributes
from dualtrack.report import build_pages, parse_document
from dualtrack.report.procurement.standing import eligibility
from dualtrack.report.rows import Verdict
from dualtrack.report.standing import standing_of
from tests.unit.report import cases as made
from tests.unit.report import results
from tests.unit.report.reading import PageReader

DOSSIER = """
schema: dualtrack.dossier/1
statements:
  funding: {text: "Paid by the trust.", source: minutes, by: A. Person, date: "2026-03-01"}
systems:
  aster:
    tested_is_offered: {text: "Build 4.2 is offered.", source: letter, by: Vendor, date: "2026-02-20"}
    claims: [{text: "Names every emergency", said_by: vendor, tester: the vendor, date: "2026-01-10"}]
    transparency:
      - {attribute: training_criteria, state: refused, date: "2026-02-20"}
      - {attribute: intended_use, state: present, date: "2026-02-20", link: "https://vendor.example/use"}
panel: [{name: member 1, role: pharmacist, conflicts: owns shares in Birch, recused_from: [birch]}]
proposals:
  - {system: birch, recommendation: select, conditions: ["re-test in May"], by: the panel, date: "2026-04-02"}
marks:
  - {system: aster, criterion: E01, mark: "2", reason: "Aster left steps out.", by: member 1, date: "2026-03-09"}
  - {system: birch, criterion: E01, mark: "4", reason: "Birch gave all steps.", by: member 2, date: "2026-03-09"}
  - {system: cedar, criterion: E01, mark: "1", reason: "Cedar secret reason.", by: member 1, date: "2026-03-09"}
population: [{stratum: panel, level: A, share: 0.18, source: register, date: "2026-01-31"}]
hazards:
  - id: h1
    title: Emergency not recognised
    systems: [aster]
    cause: Red flag not named
    effect: Late call
    situation: A patient waits at home
    harm: Death
    controls: [{text: Banner, type: information, owner: deployer}]
    by: A. Person
    date: "2026-03-01"
"""


@pytest.fixture
def pages(tmp_path):
    def build(raw=None, dossier=None):
        if dossier is not None:
            (tmp_path / "dossier.yaml").write_text(dossier, encoding="utf-8")
        beside = read_beside(tmp_path, results.SYSTEMS)
        return build_pages(parse_document(results.encoded(results.document() if raw is None else raw)), beside)

    return build


def section(page, name):
    return PageReader(page.split(f'<section id="{name}"')[1].split("</section>")[0].partition(">")[2]).text


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("met", "met"), "yes"),
        (("met", "not_demonstrated"), "not_shown"),
        (("not_assessed", "met"), "not_shown"),
        (("not_demonstrated", "not_met"), "no"),
        (("not_assessed", "not_assessed"), "not_shown"),
    ],
)
def test_eligible_is_read_off_both_states(states, expected):
    tracks = zip(("safety", "effectiveness"), states, strict=True)
    verdicts = [Verdict("a", track, state, (), (), 1.0) for track, state in tracks]
    assert eligibility(standing_of(["a"], verdicts, [], []).places[0]) == expected


def test_eligible_systems_stand_in_steps_and_a_dominated_one_is_named(pages):
    raw = results.document()
    for verdict in raw["tables"]["verdicts"]:
        verdict["state"] = "met"
    text = section(pages(raw)["procurement.html"], "standing")
    assert "Only systems that are eligible on both tracks are compared here" in text
    assert "Dominated by" in text
    for verdict in raw["tables"]["verdicts"]:
        verdict["state"] = "not_met"
    assert "No candidate is eligible on both tracks" in section(pages(raw)["procurement.html"], "standing")


def test_the_page_says_that_no_system_is_eligible_before_any_score(pages):
    raw = results.document()
    for verdict in raw["tables"]["verdicts"]:
        verdict["state"] = "not_met"
    page = pages(raw)["procurement.html"]
    assert "No system is eligible; each fails at least one gate." in PageReader(page).text
    assert page.index('id="decision"') < page.index('id="knock-outs"') < page.index('id="criteria"')


def test_what_nobody_states_is_printed_as_not_supplied(pages):
    page = pages()["procurement.html"]
    for name in ("provenance", "transparency", "status", "panel", "hazards", "fit"):
        assert "not supplied" in section(page, name), name


def test_what_people_state_carries_who_and_when(pages):
    page = pages(dossier=DOSSIER)["procurement.html"]
    assert "Paid by the trust. (source: minutes; A. Person, 2026-03-01)" in section(page, "panel")
    assert "owns shares in Birch" in section(page, "panel")
    assert "Names every emergency" in section(page, "provenance")
    assert "vendor" in section(page, "provenance")
    assert "refused" in section(page, "transparency")
    assert "re-test in May" in section(page, "decision")
    assert "run by the care organisation; proposed; not verified" in section(page, "hazards")


def test_a_gate_names_the_cases_that_fail_it_and_who_waived_it():
    def drawn(given):
        return build_pages(parse_document(results.encoded(results.document())), cases=given)["procurement.html"]

    held = made.cases()
    waiver = held.rulings.assign(kind="waive_gate", reason="Trained staff alone use it.")
    page = drawn(type(held)(held.failures, held.findings, held.discordances, held.texts, held.comments, waiver))
    text = section(page, "knock-outs")
    assert "Fails on: case_confirmed, case_failing." in text
    assert "Waived by A. Person (safety officer), 2031-01-01T00:00:00Z: Trained staff alone use it." in text
    assert 'href="failures.html#system=aster&amp;metric=barred_treatment"' in page
    many = made.cases(n=7)
    cell = section(drawn(many), "knock-outs")
    assert "more_0000, more_0001, more_0002, more_0003 and 3 more" in cell
    assert "Fails on" not in section(drawn(None), "knock-outs")


def test_every_mark_and_what_people_say_of_weights_and_panel_stand_there(pages):
    said = '{text: "Set by the board.", source: minutes, by: A. Person, date: "2026-03-01"}'
    more = f"statements:\n  weights_set: {said}\n  panel_procedure: {said}\n  local_check: {said}"
    page = pages(dossier=DOSSIER.replace("statements:", more).replace("recused_from: [birch]", "abstained: on price"))[
        "procurement.html"
    ]
    assert "Who set criteria and weights, and when: Set by the board." in section(page, "criteria")
    assert "levels: " in section(page, "criteria")
    panel = section(page, "panel")
    for expected in ("on price", "Aster left steps out.", "Birch gave all steps.", "Set by the board."):
        assert expected in panel
    assert "Local check that is still owed Set by the board." in section(page, "fit")


def test_the_grid_holds_every_attribute_for_every_candidate_and_scores_nothing(pages):
    page = pages(dossier=DOSSIER)["procurement.html"]
    text = section(page, "transparency")
    known = source_attributes()
    assert [len(group.attributes) for group in known.groups] == [4, 4, 2, 4, 2, 4, 5, 4, 2]
    assert len(set(known.ids)) == 31
    assert all(f"{title} {name} " in text for group in known.groups for name, title in group.attributes.items())
    assert "Aster 1 of 31 0 of 31 0 of 31 1 of 31 29 of 31" in text
    assert "Cedar 0 of 31 0 of 31 0 of 31 0 of 31 31 of 31" in text
    assert "refused vendor, 2026-02-20" in text
    assert "https://vendor.example/use" in text
    for expected in (known.edition, "in force; a proposal of 29 December 2025", "They are no score"):
        assert expected in text
    assert "score" not in text.replace("They are no score, enter none", "")


def test_an_attribute_that_the_list_does_not_have_is_refused_with_the_list(pages):
    with pytest.raises(RecordError) as caught:
        pages(dossier=DOSSIER.replace("training_criteria", "training_criterion"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("REC046", "'training_criterion'")
    assert "training_criteria" in problem.fix
    assert all(name in problem.expected for name in source_attributes().ids)


def test_an_attribute_stated_twice_is_refused(pages):
    with pytest.raises(RecordError, match="attribute of a system"):
        pages(dossier=DOSSIER.replace("{attribute: intended_use, state", "{attribute: training_criteria, state"))


def test_a_feedback_sheet_gives_own_reasons_and_those_of_the_chosen_one_and_no_other(pages):
    made = pages(dossier=DOSSIER)
    aster = PageReader(made["feedback-aster.html"]).text
    assert "Aster left steps out." in aster
    assert "Birch gave all steps." in aster
    assert "Cedar" not in aster
    birch = PageReader(made["feedback-birch.html"]).text
    assert "The panel has selected your system." in birch
    assert "Aster" not in birch


def test_a_sheet_that_is_handed_over_leads_to_no_other_page(pages):
    assert [target for target in PageReader(pages()["feedback-aster.html"]).targets if target.endswith(".html")] == []


def test_every_gate_of_a_sheet_has_a_reason(pages):
    text = pages()["feedback-aster.html"].split('id="own-gates"')[1].split("</section>")[0]
    rows = [row for row in text.split("<tr") if "<td" in row]
    assert rows
    assert all('class="line"' in row.rsplit("<td", 1)[1] for row in rows)
