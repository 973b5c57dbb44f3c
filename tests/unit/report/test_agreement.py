"""The section on agreement: three numbers side by side, their intervals drawn, and plain words where they disagree."""

import copy
import re

import pytest

from dualtrack import verbs
from dualtrack.errors import ReportError
from dualtrack.report import build_pages, parse_document
from tests.unit.report import results
from tests.unit.report.reading import PageReader
from tests.unit.report.test_numbers_traced import untraced

FACTS = {
    "scale_id": "harm", "grain": "response", "panel": "", "state": "defined", "confidence": 0.95, "n_units": 213,
    "n_ratings": 639, "n_raters": 3, "n_clusters": 71, "raters": ["ann", "ben", "cai"], "prevalence": 0.8138,
    "prevalent_level": "1",
}  # fmt: skip
VALUES = {
    ("raw", ""): (0.8123, 0.7611, 0.8534),
    ("alpha", "ordinal"): (0.3127, 0.2016, 0.4239),
    ("alpha", "nominal"): (0.2718, 0.1613, 0.3824),
    ("ac", "quadratic"): (0.9031, 0.8712, 0.9264),
    ("fleiss", "nominal"): (0.2709, 0.1604, 0.3815),
    ("cohen", "quadratic"): (0.3342, 0.2231, 0.4453),
    ("icc1", ""): (0.3119, 0.2008, 0.4231),
    ("icc2_1", ""): (0.3351, 0.224, 0.4462),
    ("icc2_k", ""): (0.6018, 0.4642, 0.7073),
}


def panel(**changes):
    """The rows of one panel; a change is laid over all of them."""
    for (coefficient, weights), (value, lower, upper) in VALUES.items():
        row = FACTS | {"coefficient": coefficient, "weights": weights, "value": value, "lower": lower, "upper": upper}
        yield results.row("agreement", **(row | {"method": "jackknife"} | changes))


def undefined(reason, **changes):
    nothing = dict.fromkeys(("value", "lower", "upper", "method"))
    return panel(**(nothing | {"state": "undefined", "reason": reason} | changes))


def document(*panels):
    raw = results.document()
    raw["tables"]["agreement"] = [row for rows in panels for row in rows]
    return raw


def section(raw, track="safety"):
    page = build_pages(parse_document(results.encoded(raw)))[f"{track}.html"]
    found = re.search(r'<section id="agreement".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def text_of(part):
    return " ".join(PageReader(f"<main>{part}</main>").text.split()).replace("\N{NO-BREAK SPACE}", " ")


def test_raw_alpha_and_ac_stand_side_by_side_with_intervals_and_prevalence():
    text = text_of(section(document(panel())))
    for words in ("81 %", "76 to 85 %", "0.31", "0.20 to 0.42", "0.90", "0.87 to 0.93", "213 answers", "639 ratings",
                  "ann, ben, cai", "level 1", "81 % of ratings", "levels in their order", "All raters"):  # fmt: skip
        assert words in text, words


def test_alpha_is_drawn_with_its_interval_and_a_line_at_chance():
    part = section(document(panel()))
    assert part.count('class="interval"') == part.count('class="point"') == 1
    low = document(panel(lower=-0.2))
    assert 'class="zero"' in section(low)


def test_other_coefficients_have_a_table_of_their_own():
    text = text_of(section(document(panel())))
    assert all(words in text for words in ("Fleiss kappa", "0.27", "ICC(2,k)", "0.60", "0.46 to 0.71"))


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("one_rater", "one rater only"),
        ("no_overlap", "never judged the same text"),
        ("one_level_only", "every rating is on one level"),
        ("raters_differ", "different people judged different texts"),
        ("rater_positions", "may be several people"),
    ],
)
def test_what_cannot_be_estimated_says_why(reason, words):
    text = text_of(section(document(undefined(reason))))
    assert "not estimable" in text
    assert words in text


def test_panels_that_never_meet_stand_apart_under_a_sentence():
    apart = undefined("no_overlap", prevalence=None, prevalent_level=None, n_raters=6)
    text = text_of(section(document(apart, panel(panel="A"), panel(panel="B", value=0.4417))))
    assert "Panel A" in text
    assert "Panel B" in text
    assert "how far one panel agrees with the other cannot be known" in text


def test_skew_is_explained_with_its_numbers():
    text = text_of(section(document(panel(note="skew"))))
    assert "81 % of ratings are on level 1, so ratings agree often by chance alone" in text
    assert "alpha (0.31) and AC (0.90) lie far apart" in text
    assert "lie far apart" not in text_of(section(document(panel())))


def test_one_level_is_explained():
    text = text_of(section(document(panel(note="one_level", prevalence=1.0))))
    assert "all ratings are on level 1" in text


def test_a_value_without_an_interval_says_why():
    none = dict.fromkeys(("lower", "upper", "method"))
    text = text_of(section(document(panel(**none, interval_reason="too_few"))))
    assert "no interval: too few ratings off the commonest level" in text
    assert "have no interval where one level prevails" in text


def test_rows_belong_to_the_tracks_that_ask_the_question():
    assert section(document(panel()), "effectiveness") == ""
    assert section(document(panel(grain="sentence"))) == ""
    assert section(results.document()) == ""


def test_a_change_of_the_other_tracks_agreement_moves_no_byte():
    raw = document(panel())
    changed = copy.deepcopy(raw)
    for row in changed["tables"]["agreement"]:
        row["value"] = 0.1234
    before, after = (build_pages(parse_document(results.encoded(each))) for each in (raw, changed))
    assert before["effectiveness.html"] == after["effectiveness.html"]
    assert before["safety.html"] != after["safety.html"]


def test_a_row_about_an_unknown_scale_or_reason_and_a_row_twice_are_refused():
    for wrong in (panel(scale_id="nothing"), undefined("because"), [*panel(), *panel()]):
        with pytest.raises(ReportError, match=r"REP00[56]"):
            parse_document(results.encoded(document(wrong)))


def test_hostile_names_are_escaped():
    part = section(document(panel(panel="<b>A</b>", raters=["<i>ann</i>", "b\u202en"])))
    assert "<b>" not in part
    assert "<i>" not in part
    assert "\u202e" not in part


def test_every_number_of_the_section_stands_in_the_results():
    rows = (undefined("no_overlap", prevalence=None), panel(panel="A", note="skew"), panel(panel="B", note="one_level"))
    assert untraced(document(*rows)) == {}


def test_the_example_keeps_its_panels_apart():
    table = verbs.score(verbs.shipped_example("cqa-eval")).tables["agreement"]
    assert set(table["panel"]) == {"", "A", "B"}
    assert set(table.query("panel == ''")["reason"]) == {"no_overlap"}
    known = table.query("panel != '' and coefficient == 'alpha' and weights == 'ordinal'")
    assert set(known["state"]) == {"defined"}
