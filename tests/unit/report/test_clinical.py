"""The clinical safety report and the data of the failure browser: what stands where, and what is said to be absent."""

import base64
import gzip
import json
import re

import pandas as pd
import pytest

from dualtrack.errors import ReportError
from dualtrack.records.beside import Beside
from dualtrack.records.dossier import Dossier
from dualtrack.report import build_pages, load_words, parse_document, write_pages
from dualtrack.report.clinical import load_cases
from dualtrack.report.clinical.browser import browser
from dualtrack.report.clinical.excerpts import cut
from dualtrack.report.clinical.order import gravest_first
from tests.unit.report import cases as made
from tests.unit.report import hostile, results
from tests.unit.report.reading import PageReader

WORDS = load_words("en", "rubric", "clinical")
MODE = {
    "stratum": "",
    "stratum_level": "",
    "metric_id": "barred_treatment",
    "failure_mode": "late_care",
    "track": "safety",
}
LADDER = {"schema": "dualtrack.harm_ladder/1", "id": "l", "title": "L", "about": "a", "source": "s",
          "levels": [{"id": f"H{n}", "title": f"step {n}", "body": "b"} for n in range(5)]}  # fmt: skip
MATRIX = {
    "schema": "dualtrack.risk_matrix/1", "id": "m", "title": "Our matrix", "about": "a", "source": "s", "edition": "e",
    "verified": "secondary", "severities": [{"id": each, "title": each, "means": "x"} for each in ("S1", "S2")],
    "likelihoods": [{"id": each, "title": each, "means": "x"} for each in ("L1", "L2")],
    "cells": {"L1": [1, 2], "L2": [2, 3]}, "levels": [{"level": n, "title": f"t{n}", "means": "x"} for n in (1, 2, 3)],
    "harm_map": {"H3": ["S2"]}, "many_patients": "Ask how many.",
}  # fmt: skip
HAZARD = {
    "id": "hz1", "title": "Care comes too late", "systems": ["aster"], "failure_modes": ["late_care"], "cause": "c",
    "effect": "e", "situation": "s", "harm": "h", "likelihood": "seldom", "by": "A. Person", "date": "2031-01-01",
    "controls": [{"text": "Show the emergency number", "type": "design", "owner": "manufacturer"}],
}  # fmt: skip


def document(**changes):
    raw = results.document()
    modes = [
        {**MODE, "system_id": system, "act": "omission", "state": "defined", "n_items": 213, "n_events": n,
         "value": n / 213, "lower": 0.0, "upper": 0.0437, "method": "exact", "confidence": 0.95, "n_open": 2,
         "n_repeats": 3, "n_repeated": 1,
         "worst_harm": "H3", "worst_harm_from": "ruling", "exemplar_item": "case_confirmed", "exemplar_sample": 1}
        for system, n in (("aster", 4), ("birch", 0), ("cedar", 1), ("dogwood", 0))
    ]  # fmt: skip
    modes.append({**modes[0], "stratum": "age_band", "stratum_level": "child", "n_items": 11, "n_events": 3})
    modes.append({**modes[0], "metric_id": "reasoning", "track": "effectiveness", "failure_mode": "", "act": None})
    raw["tables"]["failure_modes"] = [results.row("failure_modes", **each) for each in modes]
    raw["risk"] = {"matrices": [MATRIX], "ladders": [LADDER], "high_risk": {"strata.age_band": ["65_and_over"]}}
    raw.update(changes)
    return parse_document(results.encoded(raw))


def pages(given=None, dossier=None, **values):
    stated = (
        Beside(Dossier.model_validate_json(json.dumps({"schema": "dualtrack.dossier/1", **dossier})))
        if dossier
        else None
    )
    return build_pages(document(**values), stated, cases=made.cases() if given is None else given)


REPORT = pages()["clinical-safety.html"]


def section(page, name):
    return PageReader(page.split(f'<section id="{name}"')[1].split("</section>")[0].partition(">")[2]).text


def unpacked(data):
    back = str.maketrans(",.:", "<>&")
    return json.loads(gzip.decompress(base64.b85decode(json.loads(data.json).translate(back))))


def test_both_pages_stand_beside_the_scorecards_and_the_index_links_to_them():
    drawn = pages()
    assert list(drawn)[-2:] == ["clinical-safety.html", "failures.html"]
    assert 'href="clinical-safety.html"' in drawn["index.html"]
    assert "clinical-safety" not in drawn["safety.html"]
    assert not {"clinical-safety.html", "failures.html"} & set(build_pages(document()))


def test_what_is_confirmed_comes_first_with_its_evidence_marked():
    order = re.findall(r'<section id="([\w-]+)"', REPORT)
    assert order[:6] == ["headline", "scope", "critical", "omissions", "modes-safety", "exemplars"]
    assert order.index("modes-safety") < order.index("modes-effectiveness")
    assert f"<mark>{made.MARKED}</mark>" in REPORT
    critical = section(REPORT, "critical")
    assert critical.index("confirmed Case case_confirmed") < critical.index("open Case case_open")
    for expected in ("H3: lasting, life-changing harm, worst single rating", "r3, adjudicating", "It delays care.",
                     "holds: Call an ambulance (critical)", "Earlier words."):  # fmt: skip
        assert expected in critical


def test_the_headline_counts_answers_once_by_worst_harm_and_open_hazards_by_level():
    text = section(REPORT, "headline")
    assert "Confirmed by people Aster 1 of 213 0 1 0 0 0 0" in text
    assert "Open hazards: not supplied." in text
    assert "What changed since the last report: not supplied" in text
    assert "no look at it was counted" in text
    rated = {**HAZARD, "severity": "S2", "likelihood": "L1", "id": "hz2"}
    closed = {**HAZARD, "id": "hz3", "status": "closed", "closed_by": {"name": "B. Person", "role": "safety officer"},
              "controls": [{**HAZARD["controls"][0], "verified": True, "evidence": "test 4"}]}  # fmt: skip
    text = section(pages(dossier={"hazards": [HAZARD, rated, closed]})["clinical-safety.html"], "headline")
    assert "Hazards on the log that are not closed, by risk level: 2" in text
    assert "level 2: t2 1 0" in text
    assert "not supplied 0 2" in text
    assert "severity not supplied, likelihood seldom 1 0" in text
    only = {"hazards": [closed], "control": {"id": "d", "version": "2", "supersedes": "version 1"}}
    text = section(pages(dossier=only)["clinical-safety.html"], "headline")
    assert "Every hazard on the log is closed." in text
    assert "This report supersedes: version 1" in text


def test_one_answer_with_several_confirmed_vetoes_counts_once():
    given = made.cases()
    twice = made.failure("confirmed", "case_confirmed", metric="dose_error", harm="H4")
    failures = pd.concat([given.failures, pd.DataFrame([twice])], ignore_index=True)
    held = type(given)(failures, *(getattr(given, name) for name in
                       ("findings", "discordances", "texts", "comments", "rulings")))  # fmt: skip
    assert "Confirmed by people Aster 1 of 213 1 0" in section(pages(held)["clinical-safety.html"], "headline")


def test_no_single_matrix_gives_no_level():
    two = {"matrices": [MATRIX, {**MATRIX, "id": "n"}], "ladders": [], "high_risk": {}}
    rated = {**HAZARD, "severity": "S2", "likelihood": "L1"}
    text = section(pages(risk=two, dossier={"hazards": [rated]})["clinical-safety.html"], "headline")
    assert "severity S2, likelihood L1 1 0" in text
    assert "no level is looked up" in text
    named = pages(risk=two, dossier={"hazards": [rated], "risk_matrix": "m"})["clinical-safety.html"]
    assert "level 2: t2 1 0" in section(named, "headline")


def test_the_scope_stands_at_the_head_with_what_the_study_and_what_people_state():
    said = {"text": "Doctors decide.", "source": "s", "by": "A. Person", "date": "2031-01-01"}
    dossier = {
        "statements": {"automation": said},
        "systems": {"aster": {"endpoint": {**said, "text": "By interface."}}},
    }
    text = section(pages(dossier=dossier)["clinical-safety.html"], "scope")
    for expected in ("Doctors decide. A. Person, 2031-01-01", "By interface.", "the study, as planned",
                     "Foreseeable misuse not supplied", "Exclusions and cautions not supplied"):  # fmt: skip
        assert expected in text


def test_the_catalogue_shows_rate_limits_harm_repeats_groups_and_keeps_the_tracks_apart():
    modes = section(REPORT, "modes-safety")
    for expected in ("Failing by leaving out (omission)", "Late care", "4/213", "1.9 %", "0 to 4.4 %", "H3 lasting",
                     "by ruling", "1 of 3", "age band: child: 3/11"):  # fmt: skip
        assert expected in modes
    assert "No way to fail was named" not in modes
    assert "No way to fail was named" in section(REPORT, "modes-effectiveness")


def test_severity_is_looked_up_and_the_second_likelihood_is_never_filled_in():
    risk = section(REPORT, "risk")
    assert "In force: Our matrix" in risk
    assert "S2 1.9 %" in risk
    assert "not supplied" in risk
    assert "seldom (hz1)" in section(pages(dossier={"hazards": [HAZARD]})["clinical-safety.html"], "risk")
    several = {"matrices": [MATRIX, {**MATRIX, "id": "n"}], "ladders": [], "high_risk": {}}
    assert "the study names none" in section(pages(risk=several)["clinical-safety.html"], "risk")


def test_a_hazard_says_how_it_arises_what_is_due_and_what_was_changed_or_that_nobody_said():
    bare = section(pages(dossier={"hazards": [HAZARD]})["clinical-safety.html"], "hazards")
    for absent in (
        "Normal use or fault: not supplied",
        "Foreseeable misuse: not supplied",
        "Linked incidents: not supplied",
    ):
        assert absent in bare
    change = {
        "field": "severity",
        "old": "S3",
        "new": "S4",
        "by": "A. Person",
        "date": "2026-03-02",
        "why": "read again",
    }
    control = {"text": "A rule", "type": "design", "owner": "deployer", "requirement": "R-7", "due": "2026-05-01"}
    more = {"condition": "fault", "misuse": True, "incidents": ["INC-9"], "history": [change], "controls": [control]}
    told = section(pages(dossier={"hazards": [HAZARD | more]})["clinical-safety.html"], "hazards")
    for said in (
        "Arises under a fault.", "By foreseeable misuse.", "Linked incidents: INC-9",
        "Requirement: R-7; due: 2026-05-01",
        "2026-03-02, A. Person: severity from S3 to S4. read again",
    ):  # fmt: skip
        assert said in told


def test_hazards_are_quoted_and_absent_ones_are_said_to_be_absent():
    assert "Hazard log: not supplied." in section(REPORT, "hazards")
    hazards = section(pages(dossier={"hazards": [HAZARD]})["clinical-safety.html"], "hazards")
    for expected in ("Care comes too late (hz1)", "Show the emergency number (design, manufacturer, proposed)",
                     "Evidence: not supplied; not verified", "A. Person, 2031-01-01"):  # fmt: skip
        assert expected in hazards
    assert "that no hazard names" not in hazards


def test_high_risk_groups_discordances_and_reliability_are_there_or_said_to_be_absent():
    assert "age band: 65 and over" in section(REPORT, "groups") or "No metric of safety" in section(REPORT, "groups")
    discordance = section(REPORT, "discordance")
    assert "1 of 1 shown" in discordance
    assert "ratings two or more levels apart" in discordance
    assert "not supplied" in section(REPORT, "reliability")
    bare = section(pages(risk={"matrices": [], "ladders": [], "high_risk": {}})["clinical-safety.html"], "groups")
    assert "The study names none" in bare


def pair(show, n, of, level="", other=""):
    names = {"scale_id": "harm", "grain": "response", "show": show, "level": level, "other_level": other}
    return results.row("rating_pairs", **names, n=n, n_of=of, share=n / of if of else None)


def harm_pairs():
    """A document with a question on harm and its pairs of ratings."""
    raw = results.document()
    harm = {**raw["scales"][0], "id": "harm", "title": "Harm", "levels": [
        {"id": f"H{n}", "value": n / 4, "anchor": f"harm {n}"} for n in range(3)]}  # fmt: skip
    counts = {("H0", "H0"): 61, ("H0", "H1"): 7, ("H0", "H2"): 2, ("H1", "H1"): 9, ("H1", "H2"): 0, ("H2", "H2"): 4}
    rows = [pair("pair", n, 83, *levels) for levels, n in counts.items()]
    settled = (("rated_twice", 83, 97), ("differing", 9, 83), ("adjudicated", 5, 97), ("tie_broken", 0, 97),
               ("differing_settled", 3, 9))  # fmt: skip
    rows += [pair(*each) for each in settled]
    return {"scales": [*raw["scales"], harm], "tables": {**raw["tables"], "rating_pairs": rows}}


def test_the_harm_ratings_stand_pair_by_pair_with_the_share_that_was_adjudicated():
    text = section(pages(**harm_pairs())["clinical-safety.html"], "reliability")
    assert "83 pairs of first ratings of the same thing" in text
    assert "H0 none 61 73 % 7 8 % 2 2 %" in text
    assert "H1 passing counted above 9 11 % 0" in text
    assert "83 of 97 86 % 9 of 83 11 % 5 of 97 5 % 0 of 97 0 % 3 of 9 33 %" in text
    assert not [name for name in ("matrix", "difference") if f"clinical.absent.{name}" in WORDS.sentences]


def test_results_without_pairs_of_harm_ratings_say_why():
    raw = harm_pairs()
    raw["tables"]["rating_pairs"] = [row for row in raw["tables"]["rating_pairs"] if row["show"] != "pair"]
    text = section(pages(**raw)["clinical-safety.html"], "reliability")
    assert "No two people rated the harm of the same thing" in text


@pytest.mark.parametrize(("column", "found"), [("scale_id", "unknown scale"), ("level", "a level that its scale")])
def test_a_pair_about_a_scale_or_level_that_is_unknown_is_refused(column, found):
    raw = harm_pairs()
    raw["tables"]["rating_pairs"][0][column] = "nothing"
    with pytest.raises(ReportError, match=found):
        document(**raw)


def risk_rows(**difference):
    given = {"stratum": "age_band", "stratum_level": "65_and_over", "role": "exploratory"}
    value = {"value": 0.4, "lower": 0.2, "upper": 0.6, "n_items": 20, "n_events": 8, "method": "exact"}
    return [
        results.estimate("barred_treatment", "safety", "aster", "failure_rate", **given, **value),
        results.estimate("barred_treatment", "safety", "aster", "high_risk_difference", **given, **difference),
    ]


def test_a_high_risk_group_stands_with_its_difference_from_all_others_or_why_there_is_none():
    def shown(**difference):
        tables = results.document()["tables"]
        tables["estimates"] += risk_rows(**difference)
        return section(pages(tables=tables)["clinical-safety.html"], "groups")

    text = shown(value=0.21, lower=0.11, upper=0.31, method="linearised")
    assert "8 of 20 cases fail difference from others: +21.0 (+11.0 to +31.0)" in text
    assert "linearised standard error" in text
    assert "+21.0 (no limits)" in shown(value=0.21, interval_reason="too_few_clusters")
    assert "Where no limits stand: too few independent groups" in shown(value=0.21, interval_reason="too_few_clusters")
    assert "not determined, one part not judged" in shown(reason="no_evidence")
    assert "not determined, only a sample was rated" in shown(reason="sampled")


def test_the_gravest_stand_first_and_settled_ones_last():
    held = gravest_first(made.cases().failures)
    assert list(held["state"])[:3] == ["confirmed", "open", "failing"]
    assert list(held["state"])[-2:] == ["cleared", "missing"]


def test_a_passage_is_cut_by_code_points_around_its_evidence():
    text = "😀" * 300 + "wrong" + "x" * 900
    found = cut(text, [(300, 305)])
    assert [part.text for part in found.parts if part.marked] == ["wrong"]
    assert found.plain.startswith("…😀")
    assert found.plain.endswith("…")


def test_the_browser_carries_every_failure_once_and_answers_with_their_judgements():
    found = browser(document(), made.cases(n=3), WORDS)
    data = {each.id: each for each in found.data}
    index = unpacked(data["index"])
    assert found.n_rows == len(index["rows"]["state"]) == 10
    answers = unpacked(data["answers-0"])
    place = index["response"][0]
    said, rulings = answers["j"][place], answers["r"][str(place)]
    assert answers["t"][place] == made.ANSWER
    assert [made.START, made.START + len(made.MARKED)] in [each[1] for each in said if isinstance(each, list)]
    assert "Too late." in [each[3] for each in said if isinstance(each, list) and len(each) > 3]
    assert rulings[0][5] == "It delays care."
    assert browser(document(), made.cases(n=3), WORDS) == found


def test_too_much_for_one_page_keeps_the_gravest_and_says_what_is_left_out():
    whole = browser(document(), made.cases(n=800), WORDS)
    size = sum(len(each.json) for each in whole.data)
    found = browser(document(), made.cases(n=800), WORDS, largest=size // 2)
    assert found.n_left_out > 100
    assert f"leaves out {found.n_left_out}" in found.section.view.left_out
    assert "confirmed" in unpacked({each.id: each for each in found.data}["index"])["words"]["state"]


def test_without_texts_the_pages_say_so_and_empty_lists_still_make_pages():
    held = made.cases()
    nothing = {name: getattr(held, name).head(0) for name in ("texts", "comments", "rulings")}
    bare = pages(type(held)(held.failures, held.findings, held.discordances, **nothing))
    assert "Prompts and answers are not in these results." in bare["clinical-safety.html"]
    empty = pages(type(held)(*(getattr(held, name).head(0) for name in vars(held) if not name.startswith("_"))))
    assert "No failure is on record in these results." in empty["failures.html"]


def test_hostile_text_in_every_field_stays_text():
    turn = iter(range(10**6))
    texts = [
        each.encode("utf-8", "replace").decode() for each in hostile.TEXTS
    ]  # a Parquet file holds no half characters
    spoilt = made.cases(lambda text: f"{texts[next(turn) % len(texts)]}{text}", n=20)
    drawn = build_pages(parse_document(results.encoded(hostile.document())), cases=spoilt)
    drawn |= pages(spoilt)
    for name in ("clinical-safety.html", "failures.html"):
        reader = PageReader(drawn[name])
        assert not {"img", "iframe", "svg onload", "base", "link"} & set(reader.tags)
        assert not [key for key, _ in reader.attributes if key.startswith("on") or key == "style"]
        assert "\u202e" not in drawn[name]
        assert "<script>document" not in drawn[name]


def test_the_tables_are_read_back_and_a_damaged_one_is_refused(tmp_path):
    folder = made.write(results.write(tmp_path / "out"), made.cases())
    read = load_cases(folder)
    assert len(read.failures) == 7
    assert read.strata == ("age_band",)
    assert load_cases(folder, redact=True).texts.empty
    assert [path.name for path in write_pages(folder)][-1] == "failures.html"
    broken = pd.read_parquet(folder / "tables" / "failures.parquet").drop(columns="state")
    broken.to_parquet(folder / "tables" / "failures.parquet")
    with pytest.raises(ReportError, match="REP007"):
        load_cases(folder)
    (folder / "tables" / "failures.parquet").write_bytes(b"no parquet")
    with pytest.raises(ReportError, match="REP007"):
        load_cases(folder)
    assert load_cases(results.write(tmp_path / "bare")) is None


def test_a_matrix_of_another_form_is_refused():
    with pytest.raises(ReportError, match="REP005"):
        document(risk={"matrices": [{"id": "m"}], "ladders": [], "high_risk": {}})


@pytest.mark.parametrize("name", ["clinical-safety.html", "failures.html"])
def test_no_page_makes_a_forbidden_claim_or_prints_what_is_not_there(name):
    text = PageReader(pages()[name].split('<script type="application/json"')[0]).text
    assert not re.search(r"\b(compliant|certified|approved|validated|safe)\b", text, re.IGNORECASE)
    assert not re.search(r"\b(None|nan|NaN|null|undefined|True|False)\b|\{\w+\}", text)
    reader = PageReader(pages()[name].split('<script type="application/json"')[0])
    assert len(reader.ids) == len(set(reader.ids))
