"""What clinical safety officers send back, 24 to 35: rules of the hazard log that the tool reads and never fills."""

import json

import pytest
from pydantic import ValidationError

from dualtrack.report import load_words
from dualtrack.rubric.risk import RiskMatrix
from tests.refusals.world import BANNER, DESIGN, HAZARD, MATRIX, SHOWN, accepted, refused, section, stated_pages

RISK = {"severity": "S3", "likelihood": "L2"}


def hazards(**changes):
    """The section on hazards for one row."""
    return section(stated_pages(hazards=[HAZARD | changes])["clinical-safety.html"], "hazards")


@pytest.mark.parametrize("name", ["cause", "effect", "situation", "harm", "systems", "by", "date"])
def test_24_a_hazard_without_cause_or_product_is_refused(tmp_path, name):
    # Red when a row of the log may leave out its chain of causes, or the products that it is about.
    assert f"hazards[0].{name}" in refused(tmp_path, hazards=[{key: HAZARD[key] for key in HAZARD if key != name}])
    assert "hazards[0].systems" in refused(tmp_path, hazards=[HAZARD | {"systems": []}])
    assert "hazards[0].cause" in refused(tmp_path, hazards=[HAZARD | {"cause": " "}])


def test_25_a_hazard_that_repeats_its_cause_or_harm_is_refused(tmp_path):
    # Red when title, cause, effect, situation and harm may be the same words.
    assert "title and harm say the same" in refused(tmp_path, hazards=[HAZARD | {"title": " death."}])
    assert "cause and harm say the same" in refused(tmp_path, hazards=[HAZARD | {"cause": "DEATH"}])
    shown = hazards()
    assert shown.index("Cause: ") < shown.index("Situation: ") < shown.index("Harm: ")


def test_26_what_remains_is_not_lower_without_a_verified_control(tmp_path):
    # Red when a residual severity or likelihood is read before a control is verified and names its evidence.
    lower = {"severity": "S3", "residual_severity": "S1"}
    for controls in ([], [DESIGN]):
        assert "only after a control is verified" in refused(
            tmp_path, hazards=[HAZARD | lower | {"controls": controls}]
        )
    unseen = DESIGN | {"verified": True}
    assert "names its evidence" in refused(tmp_path, hazards=[HAZARD | lower | {"controls": [unseen]}])
    assert "is closed only with" in refused(tmp_path, hazards=[HAZARD | {"status": "closed", "controls": [DESIGN]}])
    assert accepted(tmp_path, hazards=[HAZARD | lower | {"controls": [DESIGN | SHOWN]}])


def test_27_a_warning_label_lowers_no_severity(tmp_path):
    # Red when information that was read by somebody counts as a reason for another severity.
    lower = {"severity": "S3", "residual_severity": "S1", "controls": [BANNER | SHOWN]}
    assert "a warning changes no severity" in refused(tmp_path, hazards=[HAZARD | lower])
    assert accepted(tmp_path, hazards=[HAZARD | lower | {"controls": [BANNER | SHOWN, DESIGN | SHOWN]}])
    assert accepted(tmp_path, hazards=[HAZARD | lower | {"residual_severity": "S3"}])


def test_28_a_hazard_that_only_telling_people_controls_is_called_so():
    # Red when the page lists a banner as a control like any other.
    said = "Information alone controls it"
    assert said in hazards(controls=[BANNER])
    assert said not in hazards(controls=[BANNER, DESIGN])
    assert "controls: not supplied" in hazards()


def test_29_a_benchmark_rate_is_never_named_likelihood_in_the_field():
    # Red when the rate of the test fills the likelihood, or stands without the words that it is no field rate.
    shown = section(stated_pages()["clinical-safety.html"], "risk")
    assert "P1: share of test cases" in shown
    assert "S3 1.9 %" in shown
    assert shown.count("not supplied") == 1  # the second likelihood of the only row
    assert "Likelihood: not supplied Basis: not supplied" in hazards()
    assert "Likelihood: seldom Basis: not supplied" in hazards(likelihood="seldom")
    scope = load_words("en").say("about.scope")
    assert "No number here is a rate in the field." in scope


def test_30_a_matrix_is_named_looked_up_and_never_multiplied_or_mixed():
    # Red when a level is computed, or one is looked up while nobody says in which of several matrices.
    named = {"risk_matrix": "m", "hazards": [HAZARD | RISK]}
    other = MATRIX | {"id": "n", "title": "Another matrix"}
    pages = stated_pages((MATRIX, other), **named)["clinical-safety.html"]
    assert "In force: Our matrix, which the hazard log names." in section(pages, "risk")
    assert "Another matrix" not in section(pages, "risk")
    assert "Risk level 3, level word 3 (looked up in m)" in section(pages, "hazards")  # 3 x 2 would be 6
    unnamed = stated_pages((MATRIX, other), hazards=[HAZARD | RISK])["clinical-safety.html"]
    assert "The rubric offers several and the study names none" in section(unnamed, "risk")
    assert "Risk level" not in section(unnamed, "hazards")
    strange = stated_pages(hazards=[HAZARD | RISK | {"severity": "catastrophic"}])["clinical-safety.html"]
    assert "catastrophic is no step of the matrix m" in section(strange, "hazards")
    absent = stated_pages(risk_matrix="ours")["clinical-safety.html"]
    assert "The hazard log names ours" in section(absent, "risk")
    falling = MATRIX | {"cells": MATRIX["cells"] | {"L3": [1, 1, 1]}}
    with pytest.raises(ValidationError, match="falls"):
        RiskMatrix.model_validate_json(json.dumps(falling))


def test_31_a_log_without_owner_or_review_date_is_called_so():
    # Red when the page hides that nobody answers for a row, or that nobody has looked at it since.
    assert "Owner: not supplied" in hazards()
    assert "Last review: not supplied Next review: not supplied" in hazards()
    kept = hazards(owner="Dr Owner", reviewed="2026-03-02", next_review="2026-09-01")
    assert "Owner: Dr Owner" in kept
    assert "Last review: 2026-03-02 Next review: 2026-09-01" in kept


def test_32_a_log_of_another_version_is_called_so(tmp_path):
    # Red when the version that a row was written for is not compared with the one that was tested.
    other = "Not shown to be for the tested version of Aster. Written for: "
    assert f"{other}not supplied; tested: 7.1" in hazards()
    assert f"{other}6.0; tested: 7.1" in hazards(versions={"aster": "6.0"})
    assert "Written for the tested version of Aster: 7.1" in hazards(versions={"aster": "7.1"})

    def moving(raw):
        raw["study"]["systems"][0]["version"] = "latest"

    page = stated_pages(change=moving, hazards=[HAZARD | {"versions": {"aster": "latest"}}])["clinical-safety.html"]
    assert f"{other}latest; tested: latest" in section(page, "hazards")
    assert "versions names a system" in refused(tmp_path, hazards=[HAZARD | {"versions": {"birch": "1"}}])


def test_33_a_suppliers_log_is_not_passed_off_as_the_deployers():
    # Red when the page does not say on which side the log is kept and who must run each control.
    assert "Log kept by: not supplied" in hazards()
    assert "Log kept by: the manufacturer" in hazards(kept_by="manufacturer")
    assert "A banner (information, deployer, proposed)" in hazards(controls=[BANNER])
    assert "Transfer to the deploying organisation not supplied" in section(
        stated_pages()["clinical-safety.html"], "scope"
    )


def test_34_the_tool_accepts_no_risk_and_closing_names_a_person(tmp_path):
    # Red when a row may be closed by nobody, or a page proposes, accepts or closes anything of its own.
    closed = {"status": "closed", "controls": [DESIGN | SHOWN]}
    assert "closed_by must name the person" in refused(tmp_path, hazards=[HAZARD | closed])
    person = {"closed_by": {"name": "Dr C", "role": "clinical safety officer"}}
    assert accepted(tmp_path, hazards=[HAZARD | closed | person])
    assert "closed A. Person, 2026-03-01 Closed by Dr C, clinical safety officer" in hazards(**closed, **person)
    assert accepted(tmp_path, hazards=[HAZARD]).hazards[0].status == "proposed"
    shown = hazards(**RISK)
    assert "This page proposes no control, closes no hazard and accepts no risk." in shown
    assert "Severity: not supplied; likelihood: not supplied" in shown  # what remains is never filled in
    assert "expected" not in refused(tmp_path, hazards=[HAZARD | {"status": "accepted"}])


def test_35_disagreement_stands_beside_harm_ratings():
    # Red when harm ratings are shown without who differs, or without saying that no two people rated the same.
    page = stated_pages()["clinical-safety.html"]
    assert "ratings two or more levels apart" in section(page, "discordance")
    assert "No two clinicians rated the harm of the same answer" in section(page, "reliability")
    critical = section(page, "critical")
    assert "r2: Extent of harm, 2" in critical
    assert "r3, adjudicating: Extent of harm, 1" in critical
