"""What auditors and reviewers of any kind send back, 1 to 15: docs/refusals.md has the table of all of them."""

import re

import pytest
from pydantic import ValidationError

from dualtrack.report import build_pages, load_words, parse_document
from dualtrack.report.regulatory.evidence import clauses
from dualtrack.rubric.lint import lint
from tests import builders
from tests.refusals.world import gate_of, harm_metric, rows_of, section, stated_pages, tables_of, text
from tests.unit.report import results

pytestmark = pytest.mark.xdist_group("refusals")  # one process builds the study

TRACKED = ("estimates", "gates", "verdicts", "comparisons", "ranks", "robustness")


def test_01_safety_and_effectiveness_are_never_blended_or_offset(sealed):
    # Red when a row holds a number of both tracks, or when anything of one track moves the page of the other.
    for table in TRACKED:
        assert {row["track"] for row in sealed.document["tables"][table]} == {"safety", "effectiveness"}
    assert all(row["subject_id"] == row["track"] for row in sealed.rows("estimates", subject="track"))
    raw = results.document()
    before = build_pages(parse_document(results.encoded(raw)))["safety.html"]
    for table in TRACKED:
        for row in rows_of(raw["tables"][table], track="effectiveness"):
            row.update({name: 0.5 for name in ("value", "score", "observed") if isinstance(row.get(name), float)})
            row.update({"state": "not_met"} if table in {"gates", "verdicts"} else {})
    assert build_pages(parse_document(results.encoded(raw)))["safety.html"] == before


@pytest.mark.parametrize(("failing", "reason"), [(3, "straddles"), (8, "estimate_beyond")])
def test_02_no_verdict_rests_on_a_point_estimate(failing, reason):
    # Red when a gate compares its value, and not the limits, with the threshold.
    gate = gate_of(tables_of({"a": range(failing)}, 100))
    assert (gate["value"] <= gate["limit"]) is (failing == 3)
    assert (gate["state"], list(gate["reasons"])) == ("not_demonstrated", [reason])
    assert gate["lower"] < gate["limit"] < gate["observed"]


def test_03_no_failure_seen_is_never_called_safe_and_shows_its_upper_limit(sealed):
    # Red when zero of forty counts as zero, or when the page prints no upper limit beside it.
    gate = gate_of(tables_of({}, 40))
    assert (gate["n_events"], gate["state"]) == (0, "not_demonstrated")
    assert gate["observed"] == pytest.approx(1 - 0.025 ** (1 / 40), abs=1e-9)
    (held,) = sealed.rows("gates", system_id="alpha", track="safety")
    assert held["n_events"] == 0
    limit = f"{100 * held['observed']:.1f} %"
    assert f"alpha met 0/40 failing, 0 % {limit}" in section(sealed.pages["safety.html"], "gates")
    assert not re.search(r"\bsafe\b", text(sealed.pages["safety.html"]))


def test_04_a_threshold_or_weight_dated_after_the_results_makes_nothing_met(changed, sealed):
    # Red when scoring takes limits from the rubric without comparing them with the seal.
    (gate,) = changed.rows("gates", system_id="alpha", gate_id="harm_rate.rate")
    assert (gate["limit"], gate["pre_specified"], gate["state"]) == (0.3, False, "not_demonstrated")
    assert "amended" in gate["reasons"]
    assert {row["state"] for row in sealed.rows("verdicts", track="safety")} == {"met"}
    assert "met" not in {row["state"] for row in changed.rows("verdicts", track="safety")}
    assert re.search(r"limit.* 0\.2 0\.3 .*no amendment on record", section(changed.pages["safety.html"], "record"))
    assert gate_of(tables_of({}, 200, sealed=False))["state"] == "not_demonstrated"


def test_05_denominators_are_there_and_the_same_in_every_table(sealed):
    # Red when a number stands without its cases, or a loss changes what was planned for one system only.
    planned = {row["system_id"]: row["n"] for row in sealed.rows("accountability", stage="planned", reason="")}
    assert planned == {"alpha": 40, "beta": 40}
    rows = sealed.rows("estimates", subject="metric", basis="primary", missing="observed", stratum="")
    shown = [row for row in rows if row["show"] == "failure_rate"]
    assert len(shown) == 6
    assert {(row["n_planned"], row["n_items"]) for row in shown} == {(40, 40)}
    assert {row["n"] for row in sealed.rows("gates")} == {40}
    lost = tables_of({}, 40, ratings=builders.ratings({("a", k): ["0", "0"] for k in range(30)}, "harm"))
    assert (gate_of(lost)["n"], gate_of(lost)["n_assessed"]) == (40, 30)


def test_06_errors_and_refusals_are_counted_twice_and_never_dropped():
    # Red when a refused or broken answer leaves the denominator, or one of the two ways to count it is not there.
    statuses = ["refused"] * 5 + ["error"] * 5
    answers = builders.responses("a", 40)
    for row, status in zip(answers, statuses, strict=False):
        row.update(status=status, text="no" if status == "refused" else None)
    levels = builders.ratings({("a", k): ["0", "0"] for k in range(10, 40)}, "harm")
    tables = tables_of({}, 40, responses=answers, ratings=levels)
    shares = {
        show: rows_of(tables["estimates"].to_dict("records"), show=show, subject_id="harm_rate")[0]["value"]
        for show in ("refusals_failing", "refusals_left_out")
    }
    assert shares["refusals_failing"] > shares["refusals_left_out"] == 0
    gate = gate_of(tables)
    assert (gate["n"], gate["n_assessed"]) == (40, 30)
    assert gate["observed"] > gate_of(tables_of({}, 40))["observed"]
    lost = [row for row in tables["accountability"].to_dict("records") if row["reason"]]
    assert sum(row["n_lost"] for row in lost if row["stage"] != "analysed") >= 10


def test_07_a_system_whose_version_is_latest_or_unknown_is_called_so_on_every_page(sealed):
    # Red when a page is made without the facts that all pages share, or "latest" is taken for a version.
    said = "No fixed version is stated of alpha (latest)."
    others = {name: page for name, page in sealed.pages.items() if name != "feedback-beta.html"}
    assert len(others) >= 8
    assert [name for name, page in others.items() if said not in text(page)] == []
    assert "alpha" not in text(sealed.pages["feedback-beta.html"])
    assert "not supplied" in section(
        sealed.pages["procurement.html"], "status"
    )  # is the tested version the one offered?
    assert "the version of a candidate is not stated" in section(sealed.pages["regulatory.html"], "evidence")


def test_08_intervals_do_not_take_repeats_for_new_cases():
    # Red when repeats of a case enter a limit as cases of their own.
    answers = [row | {"sample": sample} for row in builders.responses("a", 40) for sample in (1, 2, 3)]
    levels = builders.ratings({("a", k): ["0", "0"] for k in range(40)}, "harm")
    ratings = [row | {"sample": sample} for row in levels for sample in (1, 2, 3)]
    thrice = tables_of({}, 40, plan={"samples": 3}, responses=answers, ratings=ratings)
    once = gate_of(tables_of({}, 40))
    assert gate_of(thrice)["observed"] == pytest.approx(once["observed"], abs=1e-12)
    assert gate_of(thrice)["n_effective"] == 40


def test_09_a_keyword_check_is_never_presented_as_clinical_correctness():
    # Red when a check whose agreement with clinicians is not shown gives a value, or decides a gate.
    checks = [{"id": "declines", "kind": "refusal", "proof": "clinicians", "params": {"expect": "answer"}}]
    metric = harm_metric(checks=checks, combine="check_only")
    items = builders.items(200, language="en", reference={"should": "answer"})
    tables = tables_of({}, 200, metrics=[metric], items=items)
    assert gate_of(tables)["state"] != "met"
    primary = rows_of(
        tables["estimates"].to_dict("records"), subject_id="harm_rate", basis="primary", missing="observed"
    )
    assert {row["reason"] for row in primary if row["show"] == "failure_rate"} == {"screening_only"}
    assert set(tables["check_proof"]["proof"]) == {"screening"}
    assert "screening only" in load_words("en").say("check_proofs.standings.screening")


def test_10_a_language_model_judge_drives_nothing(sealed):
    # Red when the rows of a judge enter a gate, a verdict or the score.
    assert sealed.rows("estimates", subject_id="accuracy", basis="score:judge")
    assert "They drive nothing" in section(sealed.pages["effectiveness.html"], "sources")
    rows = [
        {"system_id": "a", "item_id": f"i{k:03d}", "scale_id": "harm", "source_id": "judge", "level": "0"}
        for k in range(100)
    ]
    alone = tables_of({}, 100, ratings=[], scores=rows)
    assert gate_of(alone)["state"] == "not_assessed"
    assert {row["proof"] for row in sealed.rows("check_proof", basis="score:judge")} == {"screening"}


def test_11_agreement_is_never_raw_alone_nor_pooled_over_questions(sealed):
    # Red when raw agreement is printed without a coefficient beyond chance, or one row covers several questions.
    scales = {row["scale_id"] for row in sealed.rows("agreement")}
    assert scales == {"harm", "quality"}
    for scale in scales:
        names = {row["coefficient"] for row in sealed.rows("agreement", scale_id=scale)}
        assert {"raw", "alpha", "ac"} <= names, names
    for page in ("safety.html", "effectiveness.html"):
        assert re.search(r"Agreement \(95.% interval\) Alpha \(.*?\) AC \(", section(sealed.pages[page], "agreement"))


def test_12_raters_who_saw_the_name_or_judged_alone_are_called_so(sealed):
    # Red when the raters table is not read for blinding, or nobody looks whether two people judged the same answer.
    for page in ("safety.html", "effectiveness.html"):
        shown = section(sealed.pages[page], "limits")
        assert "People who rated on this track: 2. For 1 of them it is recorded that they saw which system" in shown
    raw = results.document()
    raw["notes"] = [{"code": "one_rater_each", "track": "safety", "facts": {}}]
    page = build_pages(parse_document(results.encoded(raw)))["safety.html"]
    assert "No answer was judged by two people on this track." in section(page, "limits")
    single = builders.ratings({("a", k): ["0"] for k in range(80)}, "harm")
    gate = gate_of(tables_of({}, 80, ratings=single))
    assert (gate["state"], gate["n_assessed"]) == ("not_assessed", 0)  # two were owed, and one never stands for both


def test_13_nothing_is_called_representative_and_the_population_is_set_beside_the_cases(sealed):
    # Red when the table of the site's patients vanishes where nobody filled it, or a sentence of ours claims it.
    fit = section(sealed.pages["procurement.html"], "fit")
    assert re.search(r"age_band child not supplied 6\b", fit)
    sentences = load_words("en", "procurement", "regulatory", "clinical", "rubric").sentences.values()
    assert not [each for each in sentences if "representative" in each]
    share = {"stratum": "panel", "level": "A", "share": 0.18, "source": "register", "date": "2026-01-31"}
    assert "register" in section(stated_pages(population=[share])["procurement.html"], "fit")


def test_14_every_page_says_that_nothing_holds_beyond_the_cases_tested(sealed):
    # Red when a page is made without the sentence of scope, or without the languages of its cases.
    scope = load_words("en").say("about.scope")
    assert [name for name, page in sealed.pages.items() if scope not in text(page)] == []
    others = {name: page for name, page in sealed.pages.items() if name != "failures.html"}  # a list without a head
    assert [name for name, page in others.items() if "Languages of the test cases en" not in text(page)] == []
    claim = {"text": "Works for everybody", "said_by": "vendor", "tester": "nobody", "date": "2026-01-10"}
    page = stated_pages(systems={"aster": {"claims": [claim]}})["regulatory.html"]
    assert "They are not ours, and none was checked here." in section(page, "claims")


def test_15_no_clause_stands_without_edition_and_draft_label(sealed):
    # Red when a clause of the map or of a metric is printed without its edition, status and how far it was read.
    shown = section(sealed.pages["regulatory.html"], "evidence")
    assert all(each.edition and f"{each.framework}, {each.edition}" in shown for each in clauses())
    assert {each.status for each in clauses()} == {"draft", "final", "future"}
    assert " draft " in shown
    clause = {"framework": "F", "edition": "2024", "clause": "4.1", "status": "draft", "verified": "primary"}
    for name in ("edition", "status", "verified"):
        bare = {key: value for key, value in clause.items() if key != name}
        with pytest.raises(ValidationError):
            builders.metric(crosswalk=[bare])
    undated = builders.rubric([builders.metric(crosswalk=[clause | {"edition": "latest"}])])
    assert "RUB108" in {problem.code for problem in lint(undated)}
