"""What inspectors and reviewers of a submission send back, 36 to 46."""

import hashlib
import json
import re
import shutil
from importlib import resources

import pytest
import yaml

import dualtrack
from dualtrack.cli import main
from dualtrack.report import load_words
from tests import builders
from tests.refusals.world import (
    BANNER,
    DESIGN,
    HAZARD,
    SHOWN,
    gate_of,
    harm_metric,
    refused,
    section,
    stated_pages,
    tables_of,
    text,
)

pytestmark = pytest.mark.xdist_group("refusals")  # one process builds the study

FORBIDDEN = re.compile(
    r"\b(compliant|compliance|certif\w+|approv\w+|validated|safe|safer|safely|fda.ready|winner|best product)\b",
    re.IGNORECASE,
)
CATALOGUES = ("procurement", "regulatory", "clinical", "rubric", "compare", "power", "selftest")


def unsealed(raw):
    raw["run"]["retrospective"] = True
    for row in raw["tables"]["estimates"]:
        row["role"] = "exploratory"


def test_36_what_was_chosen_after_the_answers_is_never_primary(sealed, changed):
    # Red when the standing of a result is read off the rubric and not off the seal.
    assert sealed.rows("estimates", subject_id="harm_rate", show="failure_rate", role="primary")
    never = tables_of({}, 40, sealed=False)["estimates"]
    assert set(never["role"]) == {"exploratory"}
    for row in changed.rows("estimates", subject_id="effectiveness", show="score"):
        assert row["role"] == "exploratory"
    shown = section(stated_pages(change=unsealed)["regulatory.html"], "results")
    assert "Exploratory results" in shown
    assert "Primary results" not in shown


def test_37_unaddressed_leakage_is_printed_as_not_supplied():
    # Red when the topic of who had the test cases vanishes where nobody speaks to it.
    shown = section(stated_pages()["regulatory.html"], "data")
    assert "Separation from development data not supplied" in shown
    assert "Who had access to the test cases not supplied" in shown
    said = {"text": "Vendors never saw them.", "source": "log", "by": "A. Person", "date": "2026-03-01"}
    page = stated_pages(statements={"separation": said})["regulatory.html"]
    assert "Vendors never saw them. (source: log; A. Person, 2026-03-01)" in section(page, "data")


def test_38_a_reference_of_one_person_or_of_the_tested_family_is_called_so(sealed):
    # Red when a judge's family is not compared with those of the systems, or one rater stands for the two owed.
    shown = section(sealed.pages["effectiveness.html"], "sources")
    assert "The source A judge is of the same family as alpha." in shown
    assert "How the reference was made not supplied" in section(sealed.pages["regulatory.html"], "reference")
    alone = tables_of({}, 80, ratings=builders.ratings({("a", k): ["0"] for k in range(80)}, "harm"))
    assert gate_of(alone)["state"] == "not_assessed"
    assert set(alone["agreement"]["reason"]) == {"one_rater"}


def test_39_a_subgroup_without_power_carries_no_claim(sealed):
    # Red when a row of a subgroup is anything but exploratory, or a gate on a small group counts all cases.
    groups = [row for row in sealed.rows("estimates", subject="metric") if row["stratum"] == "age_band"]
    assert groups
    assert {row["role"] for row in groups} == {"exploratory"}
    items = builders.items(100, strata=lambda k: {"age": "child" if k < 20 else "adult"})
    gate = {"id": "rate", "kind": "failure_at_most", "limit": 0.05, "stratum": {"age": "child"}}
    held = gate_of(tables_of({}, 100, metrics=[harm_metric(gates=[gate])], items=items))
    assert (held["n"], held["state"]) == (20, "not_demonstrated")
    assert "too_few" in held["reasons"]


def test_40_deviations_are_listed_whether_anybody_states_them_or_not(changed):
    # Red when what was changed after the seal is listed only where people confess it.
    page = changed.pages["regulatory.html"]
    assert re.search(r"limit.* 0\.2 0\.3 .*no amendment on record", section(page, "record"))
    assert "not supplied" in section(page, "deviations")
    made = {"planned": "3 raters", "done": "2", "size": "major", "effect": "wider", "by": "A", "date": "2026-03-02"}
    assert "3 raters 2 major wider" in section(stated_pages(deviations=[made])["regulatory.html"], "deviations")


def test_41_what_has_no_partner_in_the_trace_is_listed_on_both_sides():
    # Red when a failure that no hazard names, or a hazard that no metric looks for, is left out.
    def raises(raw):
        raw["metrics"][0]["failure_modes"] = [{"id": "unnamed_by_anybody", "title": "t", "act": "commission"}]

    lonely = HAZARD | {"failure_modes": ["nobody_looks_for_this"], "controls": [DESIGN]}
    shown = section(stated_pages(change=raises, hazards=[lonely])["regulatory.html"], "trace")
    assert re.search(r"unnamed_by_anybody .* no hazard names it", shown)
    assert re.search(r"nobody_looks_for_this .* no metric of this study looks for it", shown)
    assert "A rule (not verified; evidence: not supplied)" in shown


def test_42_an_edited_report_is_found_and_a_typed_name_is_no_signature(sealed, tmp_path, capsys):
    # Red when verify does not read the pages, or a page fills a signature with a name that it knows.
    run = shutil.copytree(sealed.run, tmp_path / "run")
    page = run / "regulatory.html"
    page.write_text(page.read_text(encoding="utf-8").replace("1 failing", "0 failing", 1), encoding="utf-8")
    assert main(["verify", str(run), "--study", str(sealed.study)]) == 4
    assert "regulatory.html" in capsys.readouterr().err
    history = (sealed.study / "history.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["kind"] for line in history] == ["freeze", "look"]
    signatures = section(sealed.pages["regulatory.html"], "control").split("To be signed by people")[1]
    assert "A typed name is no signature" in signatures
    assert signatures.count("to be filled in by hand") == 12
    assert "Dr A" not in signatures


def test_43_what_is_signed_is_bound_to_the_digest_of_the_content(sealed, changed):
    # Red when the manifest leaves out a page, or an anchor of other content is accepted.
    manifest = json.loads((sealed.run / "manifest.json").read_text(encoding="utf-8"))
    listed = {each["file"]: each["sha256"] for each in manifest["pages"]}
    for name in sealed.pages:
        assert listed[name] == hashlib.sha256((sealed.run / name).read_bytes()).hexdigest()
    assert "Digest of what is signed" in section(sealed.pages["regulatory.html"], "control")
    signed = hashlib.sha256((sealed.run / "manifest.json").read_bytes()).hexdigest()
    assert main(["verify", str(sealed.run), "--study", str(sealed.study), "--anchor", signed]) == 0
    assert main(["verify", str(changed.run), "--study", str(changed.study), "--anchor", signed]) == 4


def test_44_information_alone_is_called_no_control_of_a_risk(tmp_path):
    # Red when a hazard may be closed by telling people, or the trace lists a text like any other control.
    said = "Information is the only control"
    assert said in section(stated_pages(hazards=[HAZARD | {"controls": [BANNER]}])["regulatory.html"], "trace")
    both = stated_pages(hazards=[HAZARD | {"controls": [BANNER, DESIGN]}])["regulatory.html"]
    assert said not in section(both, "trace")
    closed = {"status": "closed", "closed_by": {"name": "Dr C", "role": "officer"}, "controls": [BANNER | SHOWN]}
    assert "is not closed by telling people about it" in refused(tmp_path, hazards=[HAZARD | closed])


def test_45_a_test_of_texts_is_never_called_clinical(sealed):
    # Red when a page loses the sentence of scope, or any of our words calls the test a clinical one.
    scope = "It observes no patient, no clinical outcome and no use in practice."
    assert [name for name, page in sealed.pages.items() if scope not in text(page)] == []
    calls = re.compile(r"clinical(ly)? (validation|validated|trial|evidence|proven|proof)", re.IGNORECASE)
    sentences = load_words("en", *CATALOGUES).sentences
    assert [name for name, sentence in sentences.items() if calls.search(sentence)] == []
    assert "outside the scope of a test of texts" in section(sealed.pages["regulatory.html"], "evidence")


@pytest.mark.parametrize("where", ["pages", "catalogues", "messages", "help"])
def test_46_no_word_that_sounds_like_a_certificate_is_printed(sealed, where, capsys):
    # Red when a sentence of ours, an explanation or a help text says compliant, approved, validated, safe and the like.
    if where == "pages":
        held = {name: text(page) for name, page in sealed.pages.items()}
    elif where == "catalogues":
        held = dict(load_words("en", *CATALOGUES).sentences)
    elif where == "messages":
        files = resources.files("dualtrack").joinpath("messages").iterdir()
        texts = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files if file.name.endswith(".yaml")]
        held = {code: " ".join(entry.values()) for entries in texts for code, entry in entries.items()}
    else:
        main(["--help"])
        held = {"help": capsys.readouterr().out, "package": dualtrack.__doc__}
    assert held
    assert [name for name, said in held.items() if FORBIDDEN.search(said)] == []
