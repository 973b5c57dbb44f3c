"""The section on checks and clinicians: what is screening only is hatched and says so, with its denominators."""

import re

import pytest

from dualtrack import verbs
from dualtrack.errors import ReportError
from dualtrack.report import build_pages, parse_document
from tests.unit.report import results
from tests.unit.report.reading import PageReader

ROW = {
    "metric_id": "barred_treatment", "basis": "check_only", "system_id": "aster", "track": "safety", "state": "defined",
    "fails_from": "fail_when", "unit": "response", "n": 213, "n_missing": 3, "n_items": 213, "n_clusters": 71,
    "n_raters": 5, "n_failing": 61, "n_passing": 152, "n_flagged": 67, "n_hits": 59, "n_false_alarms": 8,
    "n_unflagged": 146, "n_cleared": 144,
    "sensitivity": 0.9672, "sensitivity_lower": 0.8865, "sensitivity_upper": 0.996,
    "specificity": 0.9474, "specificity_lower": 0.8989, "specificity_upper": 0.977, "agreement": 0.9531,
    "agreement_lower": 0.9153, "agreement_upper": 0.9773, "kappa": 0.887, "ac1": 0.921, "ppv": 0.8806,
    "ppv_lower": 0.7785, "ppv_upper": 0.9474, "npv": 0.9863, "npv_lower": 0.9514, "npv_upper": 0.9983,
    "sampling": "equal", "method": "exact", "confidence": 0.95, "n_needed": 30, "floor": 0.8, "decided_on": 0.8713,
    "alarms_at_most": 0.1181, "proof": "shown", "reasons": [],
}  # fmt: skip


def document(*changes):
    raw = results.document()
    raw["tables"]["check_proof"] = [results.row("check_proof", **(ROW | each)) for each in changes]
    return raw


def section(raw, track="safety"):
    page = build_pages(parse_document(results.encoded(raw)))[f"{track}.html"]
    found = re.search(r'<section id="proofs".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def text_of(part):
    return " ".join(PageReader(f"<main>{part}</main>").text.split())


def test_a_shown_check_stands_with_its_denominators_and_is_not_hatched():
    part = section(document({}))
    assert 'class="hatched"' not in part
    for words in ("agreement shown", "59/61 flagged", "8/152", "61 failing", "3 not compared", "59/67", "144/146"):
        assert words in text_of(part).replace("\N{NO-BREAK SPACE}", " "), words


def test_screening_only_is_hatched_and_says_why():
    part = section(document({"proof": "screening", "reasons": ["below_floor", "retrospective"], "decided_on": 0.5112}))
    assert part.count('class="hatched"') == 2
    text = text_of(part).replace("\N{NO-BREAK SPACE}", " ")
    assert all(words in text for words in ("screening only", "lower limit 51 %, floor 80 %", "plan not sealed"))


def test_without_known_chances_no_predictive_value_is_given():
    part = section(document({"sampling": "unknown", "ppv": None, "npv": None}))
    assert text_of(part).count("nothing says how these were drawn") == 2


def test_what_nobody_rates_has_one_row_and_no_number():
    empty = {name: None for name in ROW if isinstance(ROW[name], float)} | {"floor": 0.8, "n": 0, "n_failing": None}
    silent = empty | {"state": "undefined", "reason": "no_evidence", "proof": "screening", "reasons": ["no_evidence"]}
    part = section(document(*(silent | {"system_id": each} for each in ("", "aster", "birch"))))
    assert text_of(part).count("no clinician rates this") == 1
    assert "proofs-agreement" not in part


def test_the_section_belongs_to_its_track_and_is_absent_without_rows():
    assert section(document({}), "effectiveness") == ""
    assert section(results.document()) == ""


def test_a_row_about_an_unknown_system_is_refused_and_one_about_all_is_not():
    parse_document(results.encoded(document({"system_id": ""})))
    with pytest.raises(ReportError, match="REP006"):
        parse_document(results.encoded(document({"system_id": "nobody"})))


def test_the_example_says_of_its_judge_how_it_compares():
    tables = verbs.score(verbs.shipped_example("cqa-eval")).tables["check_proof"]
    (row,) = tables.query("metric_id == 'risk_communication' and system_id == ''").to_dict("records")
    assert (row["n_hits"], row["n_failing"], row["n_false_alarms"], row["n_passing"]) == (72, 138, 10, 162)
    assert set(tables["proof"]) == {"screening"}
