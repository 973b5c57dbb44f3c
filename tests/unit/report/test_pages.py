"""The pages: what stands where, what is never blank, what is never said."""

import html
import re

import pytest

from dualtrack.report import build_pages, load_words, parse_document
from dualtrack.terms import State, Track
from tests.unit.report import hostile, results
from tests.unit.report.reading import PageReader

WORDS = load_words()
FORBIDDEN = re.compile(r"\b(compliant|certified|approved|validated|safe)\b", re.IGNORECASE)
ORDER = [
    "verdicts",
    "gates",
    "score",
    "metrics",
    "sources",
    "levels",
    "comparisons",
    "order",
    "weighting",
    "strata",
    "definitions",
    "limits",
    "glossary",
]


def pages(raw=None, **values):
    return build_pages(parse_document(results.encoded(results.document() if raw is None else raw)), **values)


def text(page):
    return PageReader(page).text


def section(page, name):
    """The text of one section."""
    return text(page.split(f'<section id="{name}"')[1].split("</section>")[0].partition(">")[2])


EVERYTHING = pages()
RETROSPECTIVE = pages(results.without_gates(results.document(), "safety"))
BOTH = [
    *((f"everything {name}", page) for name, page in EVERYTHING.items()),
    *((f"retrospective {name}", page) for name, page in RETROSPECTIVE.items()),
]


@pytest.fixture(params=[page for _, page in BOTH], ids=[name for name, _ in BOTH])
def page(request):
    return request.param


def test_there_is_an_index_a_page_for_each_track_one_for_each_reader_and_a_sheet_for_each_candidate():
    assert list(EVERYTHING) == [
        "index.html",
        "safety.html",
        "effectiveness.html",
        "procurement.html",
        *(f"feedback-{name}.html" for name in ("aster", "birch", "cedar")),
        "regulatory.html",
    ]


def test_sections_stand_in_the_order_in_which_they_are_read():
    found = re.findall(r'<section id="([\w-]+)"', EVERYTHING["effectiveness.html"])
    assert found == ORDER
    assert re.findall(r'<section id="([\w-]+)"', EVERYTHING["safety.html"]) == [
        each for each in ORDER if each not in {"sources", "levels", "strata"}
    ]


def test_every_link_and_label_leads_somewhere_and_no_place_is_named_twice(page):
    reader = PageReader(page)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    local = {target.removeprefix("#") for target in reader.targets if not target.endswith(".html")}
    assert local <= set(reader.ids)
    assert {target for target in reader.targets if target.endswith(".html")} <= set(EVERYTHING)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", place) for place in reader.ids)


def test_a_page_is_complete_in_itself_and_holds_no_script_and_no_style_attribute(page):
    reader = PageReader(page)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "input", "base"} & set(reader.tags)
    names = {name for name, _ in reader.attributes}
    assert not [
        name for name in names if name.startswith("on") or name in {"style", "src", "srcset", "action", "xlink:href"}
    ]
    assert not re.search(r"https?://", page)


def test_no_page_makes_a_forbidden_claim(page):
    assert FORBIDDEN.findall(text(page)) == []


def test_nothing_is_printed_of_what_is_not_there(page):
    assert not re.search(r"\b(None|nan|NaN|inf|null|undefined|True|False)\b", text(page))
    assert not re.search(r"\{\w+\}", text(page))


def test_no_cell_of_numbers_is_blank(page):
    cells = re.findall(r'<td class="(?:number|text)[^"]*">(.*?)</td>', page, re.DOTALL)
    assert cells
    assert [cell for cell in cells if not text(cell) and "<svg" not in cell] == []


def test_every_table_has_a_caption_and_every_head_its_scope(page):
    n_tables = len(re.findall(r"<table[ >]", page))
    assert n_tables == page.count("<caption") == page.count('role="region"')
    assert not re.search(r"<th(?! scope=\"(col|row|rowgroup)\")[ >]", page)


def test_every_state_has_symbol_and_word_and_tone():
    page = EVERYTHING["safety.html"]
    for state, tone in (
        (State.met, "good"),
        (State.not_met, "bad"),
        (State.not_demonstrated, "open"),
        (State.not_assessed, "none"),
    ):
        word = WORDS.say(f"states.{state}.word")
        assert re.search(
            rf'<span class="mark mark-{tone}"><svg[^>]*aria-hidden="true"[^>]*>.+?</svg> {word}</span>', page
        )


def test_the_claim_and_the_scope_stand_directly_under_the_title():
    page = text(EVERYTHING["safety.html"])
    title, claim, scope = (
        page.index(each)
        for each in (
            "Answers to made-up questions (synthetic data)",
            "Aster meets every safety gate; Birch",
            "observes no patient",
        )
    )
    assert title < claim < scope < page.index("The verdict on each system", scope)


@pytest.mark.parametrize(
    ("kind", "suffix"), [("synthetic", " (synthetic data)"), ("mixed", " (partly synthetic data)"), ("real", "")]
)
def test_data_that_are_not_real_say_so_in_every_title(kind, suffix):
    raw = results.document()
    raw["study"]["data_kind"] = kind
    for page in pages(raw).values():
        assert f"Answers to made-up questions{suffix}</title>" in page
        assert f"<h1>Answers to made-up questions{suffix}</h1>" in page
        assert ('class="banner"' in page) == bool(suffix)


def test_a_rubric_without_gates_says_so_and_a_retrospective_study_why_nothing_is_demonstrated():
    page = RETROSPECTIVE["safety.html"]
    assert "This rubric states no gate on this track." in section(page, "gates")
    assert "No system has a verdict on safety: the rubric states no safety gate." in text(page)
    assert "not sealed before the answers were seen" in section(page, "limits")
    assert "not sealed before the answers were seen" in text(page)


def test_gates_show_failing_cases_limit_state_and_reasons():
    gates = section(EVERYTHING["safety.html"], "gates")
    for expected in (
        "Barred treatment: at most 2 % of cases fail",
        "15/213 failing, 7.0 %",
        "0/213 failing, 0 %",
        "The interval lies on both sides of the limit.",
        "2 confirmed in 213",
        "open flags: 4",
        "A person's record stands beside it: d-17.",
        "at least 183 cases are assessed",
        "Urgency recognised: at least 70 % of cases succeed",
        "no limit was computed",
    ):
        assert expected in gates


def test_scores_stand_with_interval_bounds_coverage_and_unweighted_mean():
    score = section(EVERYTHING["safety.html"], "score")
    for expected in (
        "91.7 (89.5 to 93.9)",
        "88.7 to 94.1",
        "96 %",
        "90.8",
        "Not determined: nothing with a weight was assessed",
    ):
        assert expected in score


def test_a_metric_shows_counts_interval_method_bounds_and_the_reason_for_what_is_undefined():
    metrics = section(EVERYTHING["effectiveness.html"], "metrics")
    for expected in (
        "83.5 (80.8 to 86.2)",
        "Level 4 or better",
        "67 % (60 to 73 %)",
        "Mean, school years",
        "11.2 (10.8 to 11.7)",
        "0.092 (no interval: too few independent groups of cases)",
        "Not determined: the system does not state it",
        "nothing missing",
        "t limits with a linearised standard error",
        "What it does not show: What was not asked.",
    ):
        assert expected in metrics


def test_other_sources_are_marked_as_driving_nothing():
    sources = section(EVERYTHING["effectiveness.html"], "sources")
    assert sources.count("drives nothing") == len(results.SYSTEMS)
    assert "A made-up judge (language-model judge)" in sources
    assert "no score, no gate, no verdict" in sources


def test_a_judge_of_the_family_of_a_system_is_marked_as_such():
    raw = results.document()
    first = raw["study"]["systems"][0]
    raw["study"]["sources"][0]["same_family"] = [first["id"]]
    sources = section(pages(raw)["effectiveness.html"], "sources")
    assert sources.count("same family as this system") == 1
    assert f"The source A made-up judge is of the same family as {first['name']}." in sources
    assert "same family" not in section(EVERYTHING["effectiveness.html"], "sources")


def test_ratings_are_shown_on_every_level_also_those_that_nobody_chose():
    levels = section(EVERYTHING["effectiveness.html"], "levels")
    assert "0.2 % 1" in levels
    assert "0 % 0" in levels
    assert "Level cannot_judge" in levels


def test_differences_have_a_sign_an_interval_and_their_standing():
    differences = section(EVERYTHING["effectiveness.html"], "comparisons")
    for expected in (
        "Aster minus Birch",
        "+2.2 (",
        "\N{MINUS SIGN}0.04 (",
        "exploratory",
        "below 0.001; corrected 0.045",
        "equal within the margin",
    ):
        assert expected in differences
    assert "different raters judged the two" in section(EVERYTHING["safety.html"], "comparisons")


def test_subgroups_and_scales_and_what_is_out_of_scope_are_shown():
    page = EVERYTHING["effectiveness.html"]
    assert "By age_band" in section(page, "strata")
    assert "101 cases" in section(page, "strata")
    assert "Can the reader check why?" in section(page, "definitions")
    assert "75 of 100" in section(page, "definitions")
    assert "Nobody asked for it. (The made-up board, 2031-01-05)" in section(page, "limits")


def test_a_replaced_limit_and_weight_stand_beside_those_of_the_rubric():
    raw = results.document()
    metric = next(each for each in raw["metrics"] if each["id"] == "reasoning")
    stated = {**metric, "weight": {"value": 4.0, "why": "x"}, "gates": [{**metric["gates"][0], "limit": 0.2}]}
    metric["overridden"] = stated
    page = pages(raw)["effectiveness.html"]
    assert "The rubric states: at most 20 % of cases fail." in section(page, "gates")
    assert "3 in this study (4 in the rubric)." in section(page, "definitions")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"fails": {"at_most": "3"}}, "A case fails at level 5, 4 or 3."),
        ({"fails": {"at_least": "2"}}, "A case fails at level 2 or 1."),
        ({"fails": {"any_of": ["1"]}}, "A case fails at level 1."),
        ({"fails": {"below": 0.5}}, "A case fails below 0.5."),
        ({"fails": {"above": 12}}, "A case fails above 12."),
        ({"threshold": "published"}, "the one of the published instrument"),
        ({"stratum": {"age_band": "65_and_over"}}, "of cases fail, among cases with age_band 65_and_over"),
        ({"limit": None}, "failing share: no threshold is stated"),
        ({"kind": "difference_within", "limit": 0.05}, "the difference stays within 5 points of 100"),
        (
            {"kind": "not_worse_than", "limit": 0.05, "comparator": "dogwood"},
            "exceeds that of Dogwood by less than 5 points",
        ),
    ],
)
def test_a_rule_is_said_in_words(rule, expected):
    raw = results.document()
    metric = next(each for each in raw["metrics"] if each["id"] == "reasoning")
    metric["gates"][0].update(rule)
    for row in raw["tables"]["gates"]:
        if row["gate_id"] == "reasoning.rate":
            row["kind"] = metric["gates"][0]["kind"]
    assert expected in section(pages(raw)["effectiveness.html"], "gates")


def test_notes_of_the_results_become_sentences_and_unknown_ones_keep_their_facts():
    raw = results.document()
    panels = [{"raters": ["r1", "r2"], "n_items": 106}, {"raters": ["r3"], "n_items": 107}]
    raw["notes"] = [
        {"code": "panels_never_meet", "track": "safety", "facts": {"n_panels": 2, "panels": panels}},
        {
            "code": "brand_new",
            "track": None,
            "facts": {"n": 7, "share": 0.5, "seen": True, "who": ["a", "b"], "why": None, "rows": [{"x": 1}]},
        },
    ]
    drawn = pages(raw)
    limits = section(drawn["safety.html"], "limits")
    assert "form 2 panels that never judged the same case: r1 and r2 judged 106 cases; r3 judged 107 cases." in limits
    assert "brand_new: n 7, rows x 1, seen yes, share 0.5, who a and b, why none" in limits
    assert "never judged" not in section(drawn["effectiveness.html"], "limits")
    assert "brand_new" in section(drawn["effectiveness.html"], "limits")


def test_the_index_shows_both_tracks_as_states_alone_and_adds_nothing_up():
    page = EVERYTHING["index.html"]
    states = section(page, "states")
    assert re.findall(r"(Aster|Birch|Cedar|Dogwood) (?:candidate|comparator) (\S+(?: \w+)?) met", states)[0] == (
        "Aster",
        "met",
    )
    assert not re.search(r"\d", states)
    for expected in (
        "9f" * 32,
        "ab" * 32,
        "0.3.1",
        "CC0-1.0",
        "20250101",
        "python 3.11.7",
        "default: 2",
        "Nothing better is known.",
    ):
        assert expected in text(page)


def test_the_index_accounts_for_every_answer():
    account = section(EVERYTHING["index.html"], "accountability")
    assert "Aster 213 211 209 207 205 2 at stage answered: the system refused" in account


def test_credits_are_printed_when_the_results_carry_them():
    raw = results.document()
    assert '<section id="credits"' not in EVERYTHING["index.html"]
    raw["study"]["credits"] = "Made by nobody.\n\nUnder no licence."
    assert section(pages(raw)["index.html"], "credits").endswith("Made by nobody. Under no licence.")


def test_the_time_of_the_pages_is_printed_only_when_given():
    assert "Page made at 2031-02-05." in text(pages(clock="2031-02-05")["index.html"])
    assert "Page made at" not in text(EVERYTHING["index.html"])


def test_undefined_everything_still_makes_pages_that_say_why():
    raw = results.document()
    for row in raw["tables"]["estimates"]:
        row.update(
            state="undefined", reason="not_applicable", value=None, lower=None, upper=None, coverage=None, n_items=None
        )
    for row in raw["tables"]["gates"]:
        row.update(
            observed=None,
            value=None,
            lower=None,
            n_assessed=None,
            n_events=None,
            state="not_assessed",
            reasons=["nothing_assessed"],
        )
    for row in raw["tables"]["comparisons"]:
        row.update(state="undefined", reason="no_overlap", value=None, lower=None, upper=None)
    drawn = pages(raw)
    assert "Not determined: applies to no case" in text(drawn["effectiveness.html"])
    assert '<circle class="point"' not in drawn["effectiveness.html"]


def test_empty_tables_still_make_pages():
    raw = results.document()
    for name in ("estimates", "gates", "comparisons", "ranks", "robustness", "accountability"):
        raw["tables"][name] = []
    drawn = pages(raw)
    assert "The results hold no score of this track." in text(drawn["safety.html"])
    assert "the results hold none" in text(drawn["safety.html"])
    assert "not counted" in text(drawn["index.html"])


@pytest.mark.parametrize("track", Track)
def test_hostile_text_in_every_field_is_shown_and_never_drawn(track):
    page = pages(hostile.document())[f"{track}.html"]
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert html.escape(hostile.TEXTS[0]) in page.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
    reader = PageReader(page)
    assert not [name for name, _ in reader.attributes if name.startswith("on") or name == "style"]
