"""The section on raters: pseudonyms, severity with its plot, planted answers, and whether anything holds for others."""

import re

import pytest

from dualtrack.errors import ReportError
from dualtrack.report import build_pages, parse_document
from tests.unit.report import results
from tests.unit.report.reading import PageReader
from tests.unit.report.test_numbers_traced import untraced

TRACK = "effectiveness"


def scale_of(raw, track=TRACK):
    return next(
        each["scale"] for each in raw["metrics"] if each["track"] == track and each["scale"] and each["in_scope"]
    )


def document(*changes, track=TRACK):
    raw = results.document()
    names = {"scale_id": scale_of(raw, track), "metric_id": "", "system_id": "", "state": "defined", "n": 120}
    raw["tables"]["rater_effects"] = [results.row("rater_effects", **(names | each)) for each in changes]
    return raw


def section(raw, track=TRACK):
    page = build_pages(parse_document(results.encoded(raw)))[f"{track}.html"]
    found = re.search(r'<section id="raters".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def text_of(part):
    text = " ".join(PageReader(f"<main>{part}</main>").text.split())
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")


LIMITS = {"lower": 0.11, "upper": 1.2, "method": "cumulative_logit", "confidence": 0.95}
SEVERE = {"rater_id": "p1", "show": "severity", "panel": 1, "value": 0.66, "kind": "person"} | LIMITS
MILD = SEVERE | {"rater_id": "p2", "value": -0.66, "lower": -1.2, "upper": -0.11}
MIDDLE = SEVERE | {"rater_id": "p9", "value": 0.0, "lower": -0.4, "upper": 0.4}


def test_severity_stands_with_limits_and_a_plot_under_a_pseudonym():
    part = section(document(SEVERE, MILD, MIDDLE))
    text = text_of(part)
    assert "p1 0.66 (0.11 to 1.20) n = 120" in text
    assert "p2 -0.66 (-1.20 to -0.11) n = 120" in text
    assert part.count("<svg") >= 2
    assert "describes; no score, gate or verdict uses it" in text


def test_what_was_not_recorded_has_no_column_and_is_named():
    text = text_of(section(document(SEVERE, MILD, MIDDLE)))
    assert "Median time" not in text
    assert "Not recorded or not asked for here: a change with time, repeated ratings, time per rating" in text
    time = {"rater_id": "p1", "show": "seconds_median", "value": 64.0}
    fast = {"rater_id": "p1", "show": "speeding_share", "value": 0.05}
    unjudged = {"rater_id": "p2", "show": "cannot_judge_share", "value": 0.1, "lower": 0.05, "upper": 0.17}
    text = text_of(section(document(SEVERE, MILD, MIDDLE, time, fast, unjudged)))
    assert all(words in text for words in ("64 s 5.0 % fast", "10 % (5 to 17 %)", "30 % of the median", "All together"))


def test_no_severity_gives_its_reason():
    gone = SEVERE | {"state": "undefined", "reason": "separation", "value": None, "lower": None, "upper": None}
    alone = gone | {"rater_id": "p2", "reason": "too_few_raters"}
    text = text_of(section(document(gone, alone, MIDDLE)))
    assert "the levels split the raters completely" in text
    assert "too few raters" in text


def test_panels_that_never_met_and_positions_say_so():
    other = MILD | {"rater_id": "p3", "panel": 2, "kind": "position"}
    text = text_of(section(document(SEVERE, MILD, MIDDLE, other)))
    assert "p1 panel 1" in text
    assert "p3 panel 2 a position that several people may have held" in text
    assert "Raters of different panels share no case" in text


@pytest.mark.parametrize("people", [(SEVERE,), (SEVERE, MILD)])
def test_a_panel_of_fewer_than_three_people_has_one_row_and_says_why(people):
    time = {"rater_id": "p1", "show": "seconds_median", "value": 64.0, "kind": "person"}
    together = {"rater_id": "", "show": "seconds_median", "value": 61.0}
    text = text_of(section(document(*people, time, together)))
    assert not re.search(r"\bp[12]\b", text)
    assert "0.66" not in text
    assert "64 s" not in text
    assert f"People of panels smaller than 3: {len(people)} not shown one by one" in text
    assert "All together none 61 s" in text
    assert "of two, everybody would know whose the other row is" in text


def test_of_several_panels_only_the_small_ones_are_grouped_and_planted_answers_follow():
    other = [MILD | {"rater_id": name, "panel": 2} for name in ("p4", "p5")]
    raw = document(SEVERE, MILD, MIDDLE, *other)
    metric = next(each for each in raw["metrics"] if each["track"] == TRACK and each["in_scope"] and each["scale"])
    found = {"metric_id": metric["id"], "scale_id": metric["scale"], "system_id": "", "state": "defined", "n": 24}
    found |= {"show": "control_detection", "value": 0.75}
    raw["tables"]["rater_effects"] += [
        results.row("rater_effects", **found, rater_id=rater) for rater in ("", "p1", "p4")
    ]
    text = text_of(section(raw))
    assert {name for name in ("p1", "p2", "p4", "p5", "p9") if re.search(rf"\b{name}\b", text)} == {"p1", "p2", "p9"}
    assert "p1 75 %" in text
    assert "All together 75 %" in text


def test_positions_have_their_rows_whatever_their_number():
    text = text_of(section(document(SEVERE | {"kind": "position"}, MILD | {"kind": "position"})))
    assert "p1 a position that several people may have held 0.66" in text
    assert "not shown one by one" not in text


def test_numbers_hold_for_this_panel_only_unless_a_metric_has_two_way_limits():
    raw = document(SEVERE, MILD)
    assert "hold for this panel only" in text_of(section(raw))
    metric = next(each for each in raw["metrics"] if each["track"] == TRACK and each["in_scope"] and each["scale"])
    wanted = {"subject_id": metric["id"], "show": metric["quantity"]["show"], "missing": "observed", "stratum": ""}
    row = next(each for each in raw["tables"]["estimates"] if wanted.items() <= each.items())
    raw["tables"]["estimates"].append(row | {"basis": "first_ratings", "lower": 0.1, "upper": 0.9})
    text = text_of(section(raw))
    assert f"For {metric['title']}, the section" in text
    assert "All other numbers hold for this panel only" in text


def test_planted_answers_stand_on_the_page_of_their_metric_alone():
    raw = document()
    metric = next(each for each in raw["metrics"] if each["track"] == "safety" and each["in_scope"] and each["scale"])
    names = {"scale_id": metric["scale"], "metric_id": metric["id"], "system_id": "", "state": "defined", "n": 24}
    found = {"show": "control_detection", "value": 0.75, "lower": 0.53, "upper": 0.9, "method": "exact"}
    raw["tables"]["rater_effects"] = [
        results.row("rater_effects", **names, rater_id=rater, **found) for rater in ("", "p1")
    ]
    text = text_of(section(raw, "safety"))
    assert "All together 75 % (53 to 90 %) n = 24" in text
    assert section(raw, TRACK) == ""


def test_averages_at_mean_severity_are_a_sensitivity_analysis():
    average = {"rater_id": "", "system_id": "aster", "value": 0.583}
    raw = document(SEVERE, average | {"show": "raw_average"}, average | {"show": "fair_average", "value": 0.601})
    text = text_of(section(raw))
    assert "sensitivity analysis" in text
    assert "58.3 n = 120 60.1" in text


def test_discordant_answers_and_those_that_nobody_can_settle_are_counted():
    counted = {"rater_id": "", "show": "discordant_share", "value": 0.25}
    waiting = {"rater_id": "", "show": "unsettled_share", "value": 0.5, "n": 30}
    text = text_of(section(document(SEVERE, counted, waiting)))
    assert "two or more levels apart on 25 % of the 120 answers" in text
    assert "Of these 30, 50 % wait for a ruling with nobody left" in text


@pytest.mark.parametrize("change", [{"metric_id": "nothing"}, {"system_id": "nobody"}])
def test_a_row_about_nothing_known_is_refused(change):
    with pytest.raises(ReportError) as caught:
        parse_document(results.encoded(document(SEVERE | change)))
    assert {problem.code for problem in caught.value.problems} == {"REP006"}


def test_without_rows_there_is_no_section():
    assert section(results.document()) == ""


def test_a_gate_says_what_its_limit_would_be_had_the_panel_found_as_few():
    raw = results.document()
    gate = next(each for each in raw["tables"]["gates"] if each["panel_detection"] is not None)
    gate |= {"panel_detection": 0.5, "observed": 0.04, "panel_limit": 0.08, "kind": "failure_at_most"}
    page = text_of(build_pages(parse_document(results.encoded(raw)))["safety.html"])
    assert "the limit would be 8 % in place of 4 %" in page or "the limit would be 8.0 % in place of 4.0 %" in page
    gate["panel_detection"] = 0.0
    assert "It found none of them" in text_of(build_pages(parse_document(results.encoded(raw)))["safety.html"])


def test_every_number_of_the_section_stands_in_the_results():
    share = {"rater_id": "p1", "show": "self_agreement", "value": 0.845, "lower": 0.71, "upper": 0.93, "n": 58}
    time = {"rater_id": "p1", "show": "seconds_median", "value": 64.25}
    raw = document(
        SEVERE, MILD, MIDDLE, share, time, {"rater_id": "", "system_id": "aster", "show": "fair_average", "value": 0.6}
    )
    assert untraced(raw) == {}
