"""The made-up study: its tables come from its cases, each part of the rubric occurs, checks find what a reader does.

``expected/findings.csv`` was written with the answers, before any check ran on them. Where a check finds something
else, ``known_error`` says why; a check that has learnt better must lose that note.
"""

import csv
import html
import importlib.util
import re
import sys

import pytest

from dualtrack import verbs
from dualtrack._shipped import shipped_root
from dualtrack.checks import check_kinds
from dualtrack.records import read_study_file
from dualtrack.records.dossier import Dossier, Hazard, Statements, SystemFacts
from dualtrack.rubric import load_rubric
from dualtrack.rubric.gate import VetoGate
from dualtrack.terms import Reason

pytestmark = pytest.mark.xdist_group("thirty")  # one process scores the study

FOLDER = shipped_root("examples") / "thirty"
TABLES = ("items.jsonl", "responses.jsonl", "ratings.csv", "expected/findings.csv")
SYSTEMS = ("alder", "birch", "cedar")
KEY = ("system_id", "item_id", "sample", "probe_id", "unit_id")

# Reasons that this study cannot give, and why.
OUT_OF_REACH = {
    Reason.truncated: "every kind of check reads a truncated answer, and raters do too",
    Reason.no_weight: "only a track whose every metric weighs nothing has no score",
    Reason.unconfirmed_events: "no rule gives it; vetoes say flags_pending",
    Reason.low_coverage: "a system that answers so little fails a gate here, and a failed track gives no reasons",
    Reason.no_gate: "both tracks of the core rubric have gates",
    Reason.not_blinded: "no rule gives it",
    Reason.blinding_not_recorded: "the raters file says of every rater whether they were blinded",
    Reason.one_rater: "every question was answered by several raters",
    Reason.rater_positions: "every rater of the example is a person",
    Reason.no_variation: "a panel that agrees on everything says one_level_only or too_few_clusters first",
    Reason.not_connected: "needs choices between two answers",
    Reason.sampled: "needs a table of assignments that leaves answers unrated on purpose",
    Reason.multiplicity: "no difference of the example is clear alone and open once all pairs are counted",
    Reason.one_system: "all three systems answered",
    Reason.amended: "the example has no record of a study, so nothing was changed after a seal",
    Reason.looked_before: "the example has no record of a study, so nothing was looked at before",
    Reason.no_comparator: "no gate of the core rubric compares with a comparator",
    Reason.biased: "no metric of the core rubric shows a binned calibration error",
    Reason.description: "no reason for a missing value; it says why a number has no interval",
    Reason.reference_value: "no metric of the core rubric shows a binned calibration error",
}


@pytest.fixture(scope="module")
def results():
    return verbs.score(FOLDER)


@pytest.fixture(scope="module")
def expected():
    return read(FOLDER / "expected" / "findings.csv")


@pytest.fixture(scope="module")
def rubric():
    return load_rubric(FOLDER / "core_with_screens")


@pytest.fixture(scope="module")
def found(results):
    """Findings of the checks by key: outcome, failure mode and reason."""
    frame = results.tables["findings"]
    frame = frame[frame["source_kind"].astype("str") == "check"]
    columns = [
        frame[name].astype("object").where(frame[name].notna(), "") for name in ("outcome", "failure_mode", "reason")
    ]
    keys = zip(*(frame[name].astype("str") for name in KEY), strict=True)
    return dict(zip(keys, zip(*columns, strict=True), strict=True))


@pytest.fixture(scope="module")
def maker():
    """make.py, loaded from its file."""
    spec = importlib.util.spec_from_file_location("make_thirty", FOLDER / "make.py")
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def agrees(row, judged):
    return judged == (row["outcome"], row["failure_mode"], row["reason"])


# --- the study ------------------------------------------------------------------------------------------------------


def test_the_tables_come_out_of_the_cases_byte_for_byte(maker, tmp_path):
    maker.main(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in TABLES} == {
        name: (FOLDER / name).read_bytes() for name in TABLES
    }


def test_nothing_of_it_can_be_taken_for_real():
    study = read_study_file(FOLDER)
    assert (study.data_kind, study.data_class) == ("synthetic", "synthetic")
    assert "made up" in study.title
    assert all("made up" in system.name for system in study.systems)
    assert study.overrides == ()


def test_its_rubric_is_the_core_rubric_and_two_screens_unchanged(rubric):
    core = load_rubric("core")
    by_id = {metric.id: metric for metric in rubric.metrics}
    assert {metric.id: by_id.get(metric.id) for metric in core.metrics} == {each.id: each for each in core.metrics}
    assert len(core.metrics) == 30
    assert set(by_id) - {metric.id for metric in core.metrics} == {"readability", "identifier_disclosure"}


# --- what a reader expected -----------------------------------------------------------------------------------------


def test_every_check_finds_what_a_reader_finds_or_its_error_is_known(expected, found):
    unexplained = [
        (
            *(row[name] for name in KEY),
            row["outcome"],
            row["failure_mode"],
            row["reason"],
            "found",
            found.get(key_of(row)),
        )
        for row in expected
        if not agrees(row, found.get(key_of(row))) and not row["known_error"]
    ]
    assert unexplained == []


def test_no_error_is_called_known_that_is_mended(expected, found):
    mended = [key_of(row) for row in expected if row["known_error"] and agrees(row, found.get(key_of(row)))]
    assert mended == [], "take known_error out of these cases in examples/thirty/cases and run make.py"


def test_known_errors_stay_few(expected):
    assert len(expected) >= 1100
    assert sum(bool(row["known_error"]) for row in expected) <= 0.03 * len(expected)


def key_of(row):
    return tuple(row[name] for name in KEY)


# --- each part of the rubric occurs ---------------------------------------------------------------------------------


def test_every_kind_of_check_is_expected_to_pass_somewhere_and_to_fail_somewhere_else(expected):
    outcomes = {(row["kind"], row["outcome"]) for row in expected}
    assert {kind for kind, _ in outcomes} == set(check_kinds())
    assert {kind for kind, outcome in outcomes if outcome == "pass"} == set(check_kinds())
    # Stating a confidence is no failure, however it is stated.
    assert {kind for kind, outcome in outcomes if outcome == "fail"} == set(check_kinds()) - {"stated_confidence"}
    assert ("stated_confidence", "not_assessable") in outcomes


def test_every_metric_has_a_value_of_every_system(results, rubric):
    observed = results.tables["observations"]
    observed = observed[(observed["basis"].astype("str") == "primary") & observed["value"].notna()]
    pairs = set(zip(observed["metric_id"].astype("str"), observed["system_id"].astype("str"), strict=True))
    every = {(metric.id, system) for metric in rubric.metrics for system in SYSTEMS}
    screens = {("identifier_disclosure", system) for system in SYSTEMS}  # no value by themselves
    too_short, in_dispute = ("readability", "cedar"), ("crisis_response", "cedar")
    assert every - pairs == screens | {too_short, in_dispute}


def test_every_gate_of_every_metric_is_decided_for_every_system(results, rubric):
    gates = results.tables["gates"]
    named = set(zip(gates["system_id"].astype("str"), gates["gate_id"].astype("str"), strict=True))
    wanted = {
        (system, f"{metric.id}.{gate.id}") for system in SYSTEMS for metric in rubric.metrics for gate in metric.gates
    }
    assert named == wanted
    assert set(gates["state"].astype("str")) == {"not_met", "not_demonstrated", "not_assessed"}


def test_every_veto_is_raised(results, rubric):
    gates = results.tables["gates"]
    vetoes = {
        f"{metric.id}.{gate.id}" for metric in rubric.metrics for gate in metric.gates if isinstance(gate, VetoGate)
    }
    raised = gates[(gates["n_events"].fillna(0) + gates["open_flags"].fillna(0)) > 0]
    assert len(vetoes) == 12
    assert vetoes <= set(raised["gate_id"].astype("str"))


def test_a_disposition_confirms_one_veto_and_another_rejects_one(results):
    gates = results.tables["gates"].set_index(["system_id", "gate_id"])
    assert gates.loc[("birch", "unsafe_stop_or_delay.veto"), "state"] == "not_met"
    rejected = gates.loc[("cedar", "allergy_conflict.veto")]
    assert (rejected["n_events"], rejected["open_flags"]) == (0, 0)


def test_every_reason_occurs_or_is_out_of_reach(results):
    seen = set()
    for frame in results.tables.values():
        if "reason" in frame.columns:
            seen |= {str(word) for word in frame["reason"].dropna() if word}
        if "reasons" in frame.columns:
            seen |= {str(word) for cell in frame["reasons"] if cell is not None for word in cell}
    assert {reason for reason in Reason if reason.value not in seen} == set(OUT_OF_REACH)


# ---------------------------------------------------------------- docs/reader-needs.md

NEEDS = {"G": 14, "P": 12, "C": 13, "R": 18}
LINKS = re.compile(r"\[([^\]]+)\]\(\.\./reports/thirty/([a-z-]+\.html)(?:#([\w-]+))?\)")


@pytest.fixture(scope="module")
def pages(results, tmp_path_factory):
    """The pages of the example; scored once for this module, since that takes half a minute."""
    folder = tmp_path_factory.mktemp("thirty") / "out"
    results.save(folder)
    verbs.report(folder)
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


@pytest.fixture(scope="module")
def needs(checkout):
    """The rows of the tables of docs/reader-needs.md."""
    lines = (checkout / "docs" / "reader-needs.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if re.match(r"\| [GPCR]\d", line)]
    assert all(len(row) == 4 for row in rows)
    return rows


def lost(pages, title, page, anchor):
    """Whether a section is not on its page: its anchor, and its heading, a caption or a sentence with these words."""
    drawn = pages.get(page, "")
    part = drawn.partition(f'<section id="{anchor}"')[2].partition("</section>")[0] if anchor else drawn
    heads = re.findall(r"<(?:h1|h2|caption|p)\b[^>]*>(.*?)</(?:h1|h2|caption|p)>", part, re.DOTALL)
    said = [" ".join(html.unescape(re.sub(r"<[^>]+>", "", head)).split()) for head in heads]
    return not any(title in each for each in said)


def test_every_need_of_every_reader_has_a_row_with_a_state(needs):
    assert [row[0] for row in needs] == [f"{kind}{n}" for kind, most in NEEDS.items() for n in range(1, most + 1)]
    states = [re.match(r"met when supplied: .|met\b|not met: .", row[3]) for row in needs]
    assert [row[0] for row, state in zip(needs, states, strict=True) if state is None] == []


def test_every_section_that_the_docs_name_is_on_its_page(needs, pages):
    found = [(row[0], *link) for row in needs for link in LINKS.findall(row[2])]
    assert {row[0] for row in needs} == {name for name, *_ in found}
    assert [each for each in found if lost(pages, *each[1:])] == []


def test_a_section_that_is_not_there_would_be_seen(pages):
    assert lost(pages, "Decision", "procurement.html", "no-such-place")
    assert lost(pages, "No such heading", "procurement.html", "decision")
    assert lost(pages, "Decision", "nowhere.html", "decision")


def test_what_people_must_state_is_a_key_of_the_dossier_or_of_the_plan(needs):
    named = {name for row in needs for name in re.findall(r"dossier ((?:`\w+`(?:, )?)+)", row[3])}
    keys = {key for each in named for key in re.findall(r"\w+", each)}
    known = {*Dossier.model_fields, *Statements.model_fields, *SystemFacts.model_fields, *Hazard.model_fields}
    assert len(keys) > 20
    assert keys - known == set()
