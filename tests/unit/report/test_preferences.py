"""The page of preferences: there only where there are any, each instrument under its own name, claims from the rows."""

import pytest

from dualtrack.errors import ReportError
from dualtrack.report import build_pages, load_words, parse_document
from dualtrack.report.preference_conflicts import conflicts, first_by
from tests.unit.report import results
from tests.unit.report.hostile import TEXTS
from tests.unit.report.reading import PageReader

WORDS = load_words()
SCALE = {
    "id": "liking", "title": "Liking", "ask": "Which one would you rather send?", "levels": [], "why": "No value.",
    "source": None,
}  # fmt: skip


def preference(show, a, b, value, *, instrument="raters", **values):
    limits = {} if value is None else {"lower": value - 0.07, "upper": value + 0.07, "method": "resampled"}
    defaults = {
        "scale_id": "liking", "instrument": instrument, "condition": "", "items": "all", "show": show, "system_a": a,
        "system_b": b, "state": "undefined" if value is None else "defined", "value": value, "confidence": 0.95,
        "n": 311, "n_items": 97, "n_clusters": 97, "n_ties": 83, "tie_share": 0.266881, "n_cannot_judge": 0,
    }  # fmt: skip
    return results.row("preference_estimates", **{**defaults, **limits, **values})


def document(*rows):
    raw = results.document()
    raw["scales"].append(SCALE)
    raw["tables"]["preference_estimates"] = list(rows)
    return raw


def block(instrument, lean, **values):
    """All rows of one instrument about two systems."""
    yield preference("pair", "aster", "birch", lean, instrument=instrument, **values)
    for system, value in (("aster", lean), ("birch", -lean)):
        for show in ("win_difference", "win_difference_equal_pairs", "bradley_terry"):
            yield preference(show, system, "", value, instrument=instrument, **values)


def page_of(*rows):
    return PageReader(build_pages(parse_document(results.encoded(document(*rows))))["preferences.html"]).text


def test_without_preferences_there_is_no_page_and_no_link_to_one():
    pages = build_pages(parse_document(results.encoded(results.document())))
    assert "preferences.html" not in pages
    assert "preferences.html" not in pages["index.html"]


def test_with_preferences_the_index_leads_to_the_page_and_the_scorecards_stay_as_they_are():
    before = build_pages(parse_document(results.encoded(document())))
    after = build_pages(parse_document(results.encoded(document(*block("raters", 0.31)))))
    assert 'href="preferences.html"' in after["index.html"]
    assert all(before[name] == after[name] for name in ("safety.html", "effectiveness.html"))


@pytest.mark.parametrize(
    ("rows", "claim"),
    [
        ((*block("raters", 0.31),), "alone"),
        ((*block("raters", 0.31), *block("source:judge", 0.12)), "together"),
        ((*block("raters", 0.31), *block("source:judge", -0.04)), "apart"),
        ((*block("raters", 0.05), *block("source:judge", -0.04)), "together"),  # their intervals overlap
        ((*block("sources", 0.31), *block("source:judge", -0.31)), "together"),  # a mean and one of its parts
    ],
)
def test_the_claim_follows_from_the_rows(rows, claim):
    assert WORDS.say(f"preferences.claims.{claim}") in page_of(*rows)


def test_a_disagreement_is_said_with_both_numbers():
    text = page_of(*block("raters", 0.31), *block("source:judge", -0.12))
    assert (
        "Aster or Birch Aster ahead people: +31.0 (+24.0 to +38.0) Birch ahead A made-up judge: −12.0 (−19.0 to −5.0)"
        in text
    )
    assert WORDS.say("preferences.conflicts_lead")[:60] in text


@pytest.mark.parametrize(
    ("value", "cells"),
    [(-0.12, "people A made-up judge none none"), (0.12, "people and A made-up judge none none none")],
)
def test_who_puts_which_system_first_is_said_whether_they_agree_or_not(value, cells):
    text = page_of(*block("raters", 0.31), *block("source:judge", value))
    assert f"Question Aster Birch Cedar Dogwood Liking {cells} " in text


def test_where_nothing_was_sealed_one_column_says_what_parity_takes_and_a_note_why_nothing_is_decided():
    told = {"margin": 0.06, "decision": "not_demonstrated", "n_needed": 1068, "reasons": ["retrospective"]}
    raw = document(*block("raters", 0.31, margin_pre_specified=False, **told))
    raw["run"]["retrospective"] = True
    text = PageReader(build_pages(parse_document(results.encoded(raw)))["preferences.html"]).text
    assert WORDS.say("preferences.notes.margin", margins="6") in text
    assert "0.38) 311 27 % 1,068 Birch" in text
    assert "not decided against" not in text


def test_where_both_judged_shared_items_these_are_compared():
    rows = (*block("raters", 0.31), *block("raters", -0.31, items="shared"), *block("source:judge", -0.4))
    read = parse_document(results.encoded(document(*rows))).preference_estimates
    assert list(conflicts(read)) == []
    assert first_by(read)["liking"]["raters", ""][0].system_a == "birch"


def test_a_missing_interval_and_a_missing_value_are_said_with_their_reasons():
    nothing = preference("pair", "aster", "cedar", None, reason="no_overlap", n=0, tie_share=None)
    bare = preference("pair", "aster", "dogwood", 0.0, reason="one_level_only", lower=None, upper=None, method=None)
    text = page_of(*block("raters", 0.31), nothing, bare)
    assert WORDS.say("reasons.no_overlap.short") in text
    assert WORDS.say("reasons.one_level_only.short") in text


def test_parity_is_said_with_its_margin_and_with_what_it_takes():
    told = {"margin": 0.06, "decision": "not_demonstrated", "n_needed": 1068, "margin_pre_specified": True}
    text = page_of(*block("raters", 0.31), preference("pair", "aster", "cedar", 0.01, **told))
    assert WORDS.say("preferences.parity.not_demonstrated", margin="6") in text
    assert WORDS.say("preferences.parity.needed", n="1,068") in text


@pytest.mark.parametrize("decision", ["superior", "inferior", "equivalent", "not_demonstrated"])
@pytest.mark.parametrize("late", [{"margin_pre_specified": False, "reasons": ["retrospective"]}, {}])
def test_a_margin_that_was_not_sealed_gives_no_decision_word_but_the_reason(decision, late):
    told = {"margin": 0.06, "decision": decision} | late
    text = page_of(*block("raters", 0.31), preference("pair", "aster", "cedar", 0.01, **told))
    assert "not decided against 6" in text
    assert WORDS.say("reasons.retrospective.short" if late else "metrics.unknown_reason").capitalize() in text
    words = [WORDS.say(f"preferences.parity.{each}", margin="6") for each in ("superior", "inferior", "equivalent")]
    assert not [word for word in words if word in text]


def test_who_chose_and_whether_they_agree_with_themselves_is_said():
    again = preference("self_consistency", "", "", 0.84, n=50, n_raters=7)
    text = page_of(*block("raters", 0.31, n_raters=7), again)
    assert WORDS.say("preferences.who.raters", n="7") in text
    assert "84 % of 50 repeats" in text
    assert WORDS.say("preferences.who.unknown") in page_of(*block("raters", 0.31))


def test_choices_between_two_answers_of_one_system_are_counted():
    own = preference("pair", "aster", "aster", None, reason="not_applicable", n=13, tie_share=None)
    assert WORDS.say("preferences.limits.itself", n="13") in page_of(*block("raters", 0.31), own)


@pytest.mark.parametrize(
    "changes", [{"scale_id": "unheard_of"}, {"system_a": "elm"}, {"reason": "whim"}, {"show": "applause"}]
)
def test_a_row_that_fits_nowhere_is_refused(changes):
    rows = (*block("raters", 0.31), preference("pair", "aster", "cedar", 0.1) | changes)
    with pytest.raises(ReportError):
        parse_document(results.encoded(document(*rows)))


@pytest.mark.parametrize("text", TEXTS)
def test_a_hostile_name_stays_text(text):
    raw = document(*block("raters", 0.31, condition=text))
    raw["scales"][-1] = SCALE | {"title": text}
    page = build_pages(parse_document(results.encoded(raw)))["preferences.html"]
    assert not any(
        tag in page for tag in ("<script", "<img", "<iframe", "<svg onload", "<base", '<a href="java', "<!--")
    )
