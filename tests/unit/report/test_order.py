"""The sections about the order: claims made from states, sets and never bare ranks, tied apart from open."""

import re

import pytest

from dualtrack.report import build_pages, parse_document
from tests.unit.report import results
from tests.unit.report.reading import PageReader


def pages(raw):
    return build_pages(parse_document(results.encoded(raw)))


def section(page, name):
    return page.split(f'<section id="{name}"')[1].split("</section>")[0].partition(">")[2]


def text(page, name):
    return " ".join(PageReader(section(page, name)).text.split())


def heading(page, name):
    return section(page, name).split("<h2")[1].split(">", 1)[1].split("</h2>")[0]


def ranks_of(raw, track="effectiveness"):
    return [row for row in raw["tables"]["ranks"] if row["track"] == track]


PAGES = pages(results.document())


# ---------------------------------------------------------------- order
def test_each_system_has_a_set_and_nobody_a_bare_rank():
    shown = text(PAGES["effectiveness.html"], "order")
    assert "1 to 1 of 4" in shown
    assert shown.count("2 to 4 of 4") == 3
    assert "metrics with weight, 207 cases and 69 groups of cases are shared" in shown


def test_tied_is_kept_apart_from_too_little_evidence():
    shown = text(PAGES["effectiveness.html"], "order")
    assert "equivalent to Dogwood, within 4.5 points of 100" in shown
    assert "too little evidence to tell from Cedar and Dogwood" in shown
    assert "ahead of Birch, Cedar and Dogwood" in shown


def on_score(decision, margin=0.045, *, frozen=True, reasons=()):
    """The page of a track with one pair on its score."""
    raw = results.document()
    pair = {"track": "effectiveness", "subject_id": "effectiveness", "system_a": "aster", "system_b": "birch",
            "stratum": "", "stratum_level": "", "show": "score", "comparison_kind": "pair", "basis": "planned",
            "state": "defined", "value": 0.0191, "lower": -0.0113, "upper": 0.0379, "n_items": 211, "role": "primary",
            "estimator": "mean_difference"}  # fmt: skip
    pair |= {"margin": margin, "decision": decision, "reasons": list(reasons)}
    pair["margin_pre_specified"] = None if margin is None else frozen
    raw["tables"]["comparisons"] = [results.row("comparisons", **pair)]
    page = build_pages(parse_document(results.encoded(raw)))
    assert "Inside the margin?" in text(page["procurement.html"], "order-effectiveness")
    return text(page["effectiveness.html"], "order")


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("equivalent", "inside: a tie"),
        ("superior", "outside: Aster is ahead by more than the margin"),
        ("inferior", "outside: Birch is ahead by more than the margin"),
        ("non_inferior", "not shown to be inside: Aster is behind by less than the margin, or ahead"),
        ("not_demonstrated", "not shown to be inside"),
        ("something_new", "something_new"),
    ],
)
def test_every_pair_says_whether_its_difference_lies_inside_the_margin(decision, said):
    shown = on_score(decision)
    assert f"Aster minus Birch +1.9 (−1.1 to +3.8) 211 planned {said}" in shown
    assert "Margin, set beforehand: 4.5 points of 100" in shown


def test_a_margin_that_is_not_there_or_came_late_makes_no_tie():
    assert "no margin was set beforehand" in on_score(None, None)
    assert "so no two systems are a tie" in on_score(None, None)
    late = on_score("not_demonstrated", frozen=False, reasons=["retrospective"])
    assert "not decided The plan was not sealed beforehand." in late
    assert "it decides nothing: no two systems are a tie" in late
    assert "nobody can be shown to be equivalent" in late


def test_the_score_stands_with_its_interval_beside_the_ranks():
    assert re.search(r"Aster \d+\.\d \(\d+\.\d to \d+(\.\d)?\) 1 to 1 of 4", text(PAGES["effectiveness.html"], "order"))


def test_the_ranks_that_nothing_missing_can_change_stand_beside():
    shown = text(PAGES["effectiveness.html"], "order")
    assert "whatever is missing, and without chance: 1 to 2" in shown
    assert "Withholding evidence can only widen them" in shown
    assert "whatever is missing" not in text(PAGES["safety.html"], "order").lower()


def test_groups_stand_one_under_the_other():
    shown = section(PAGES["effectiveness.html"], "order").partition("<tbody>")[2]
    assert shown.count('scope="rowgroup"') == 2
    heads = re.findall(r'<th scope="row(?:group)?"[^>]*>(?:<span>)?\s*(Group \d|\w+)', shown)
    assert heads[:6] == ["Group 1", "Aster", "Group 2", "Birch", "Cedar", "Dogwood"]
    assert 'scope="rowgroup"' not in section(PAGES["safety.html"], "order")


def test_a_system_that_is_not_ranked_says_why_and_the_method_is_named():
    shown = text(PAGES["safety.html"], "order")
    assert "Not determined: nothing was judged" in shown
    assert "correction of Holm" in shown
    assert "The plan fixes no margin for this track" in shown
    assert "How often each rank came up" not in shown
    assert "from 2,000 resamples" in text(PAGES["effectiveness.html"], "order")


def test_the_chart_has_a_line_from_best_to_worst_and_no_point():
    shown = section(PAGES["effectiveness.html"], "order")
    assert shown.count('class="interval"') == 4
    assert 'class="point"' not in shown


def everybody(raw, **values):
    for row in ranks_of(raw):
        row.update({"ahead_of": [], "behind": [], "tied_with": [], "open_with": [], "tie_group": 1} | values)
    return ranks_of(raw)


def _none(raw):
    everybody(raw, state="undefined", reason="too_few_clusters")


def _open(raw):
    everybody(raw)


def _tied(raw):
    for row in everybody(raw):
        row["tied_with"] = [system for system in results.SYSTEMS if system != row["system_id"]]


def _partly(raw):
    rows = everybody(raw)
    rows[0]["ahead_of"], rows[3]["behind"] = ["dogwood"], ["aster"]


def _several(raw):
    for row in everybody(raw)[2:]:
        row["tie_group"] = 2
    for row in ranks_of(raw)[:2]:
        row["ahead_of"] = ["cedar", "dogwood"]


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        (lambda _raw: None, "Aster is shown to be ahead of all the others"),
        (_none, "none can be given"),
        (_open, "no two are told apart"),
        (_tied, "all are shown to be equivalent within the margin"),
        (_partly, "some pairs are told apart, and nobody is ahead of all the others"),
        (_several, "Aster and Birch are shown to be ahead of all the others"),
    ],
)
def test_the_heading_claims_what_the_states_say(change, claim):
    raw = results.document()
    change(raw)
    found = heading(pages(raw)["effectiveness.html"], "order")
    about = "" if claim == "none can be given" else ", on what was assessed (exploratory)"
    assert found == f"Order of the systems: {claim}{about}"
    for row in raw["tables"]["ranks"]:
        row["role"] = "secondary"
    assert heading(pages(raw)["effectiveness.html"], "order") == f"Order of the systems: {claim}"


def test_a_front_of_many_is_not_named_one_by_one():
    raw = results.document()
    raw["study"]["systems"].append(raw["study"]["systems"][0] | {"id": "elder", "name": "Elder"})
    for row in everybody(raw):
        row["ahead_of"] = ["elder"]
    raw["tables"]["ranks"].append(ranks_of(raw)[0] | {"system_id": "elder", "tie_group": 2, "ahead_of": []})
    raw["tables"]["verdicts"] += [
        row | {"system_id": "elder"} for row in raw["tables"]["verdicts"] if row["system_id"] == "aster"
    ]
    assert "several systems are shown to be ahead of all the others" in heading(
        pages(raw)["effectiveness.html"], "order"
    )


def test_results_without_the_tables_have_no_such_sections():
    raw = results.document()
    del raw["tables"]["ranks"], raw["tables"]["robustness"]
    page = pages(raw)["effectiveness.html"]
    assert 'id="order"' not in page
    assert 'id="weighting"' not in page


@pytest.mark.parametrize("shares", [[], [0.5], [0.2] * 9, None])
def test_shares_of_another_length_still_make_a_page(shares):
    raw = results.document()
    ranks_of(raw)[1]["shares"] = shares
    assert "Rank 4" in text(pages(raw)["effectiveness.html"], "order")


# ---------------------------------------------------------------- weights
def test_a_pair_under_other_weights_says_what_turns_it():
    shown = text(PAGES["effectiveness.html"], "weighting")
    assert "turned by halving Reasoning" in shown
    assert "moving 31" in shown
    assert "concentration 50: 87" in shown
    assert "weights alone: 93" in shown
    assert "any weights alike: not computed: too few independent groups of cases" in shown
    assert "each is ahead on some metric" in shown


def test_where_nothing_turns_the_pair_it_says_so():
    shown = text(PAGES["safety.html"], "weighting")
    assert "the same is ahead each time" in shown
    assert "no weights at all do it" in shown
    assert "Aster is at least as good on every metric" in shown
    assert "so in 41" in shown
    assert "Not determined: nothing was judged" in shown


def _turn_none(raw):
    for row in raw["tables"]["robustness"]:
        row["leads"] = "a" if row["leads"] else None


def _undefined(raw):
    for row in raw["tables"]["robustness"]:
        row.update(state="undefined", reason="no_weight", value=None, lower=None, upper=None, leads=None)


def _one_metric(raw):
    for row in raw["tables"]["robustness"]:
        row["n_metrics"] = 1


def _many(raw):
    table = raw["tables"]["robustness"]
    pair = [row for row in table if row["track"] == "effectiveness" and row["system_b"] == "birch"]
    for other in ("cedar", "dogwood"):
        table += [row | {"system_b": other} for row in pair]
    table += [row | {"system_a": "birch", "system_b": "cedar"} for row in pair]


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        (lambda _raw: None, "Yes, for Aster against Birch"),
        (_turn_none, "No: no change tried here puts another system ahead"),
        (_undefined, "Not determined"),
        (_one_metric, "No: one metric carries the whole weight"),
        (_many, "Yes, for several pairs"),
    ],
)
def test_the_heading_answers_its_question_from_the_states(change, claim):
    raw = results.document()
    change(raw)
    found = heading(pages(raw)["effectiveness.html"], "weighting")
    assert found == f"Does the order depend on the weights? {claim}"
