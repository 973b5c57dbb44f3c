"""Sections on repeats, subgroups, sources of tasks, refusals and missing judgements: each heading is a claim."""

import pytest

from dualtrack.report import build_pages, load_words, parse_document
from tests.unit.report import results
from tests.unit.report.reading import PageReader
from tests.unit.report.test_numbers_traced import untraced

WORDS = load_words()
E01, TRACK = "reasoning", "effectiveness"


def text_of(*rows, table="estimates", remove=()):
    raw = results.document()
    kept = [row for row in raw["tables"]["estimates"] if row["stratum"] not in remove]
    raw["tables"]["estimates"] = kept
    raw["tables"][table] += rows
    assert "effectiveness.html" not in untraced(raw)
    return PageReader(build_pages(parse_document(results.encoded(raw)))[f"{TRACK}.html"]).text


def estimate(system, show, value, **more):
    return results.estimate(E01, TRACK, system, show, role="exploratory", value=value, **more)


def everybody(show, value, **more):
    return [estimate(system, show, value, **more) for system in results.SYSTEMS]


def claim(name, /, **facts):
    return WORDS.say(name, **facts)


def test_without_such_rows_there_are_no_such_sections():
    text = text_of(remove=("age_band",))
    for name in ("repeats.claims.same", "refusals.claims.none", "missing.claims.none", "risk.claims.undecided"):
        assert claim(name) not in text
    assert claim("strata.claims.within") not in text


@pytest.mark.parametrize(
    ("value", "name"), [(1.0, "same"), (0.84, "differ"), (None, "none")],
)  # fmt: skip
def test_repeats_say_whether_judgements_stayed_the_same(value, name):
    more = (
        {"reason": "too_few_repeats"} if value is None else {"lower": 0.7, "upper": 1.0, "n_units": 61, "n_events": 9}
    )
    rows = everybody("same_on_repeat", value, **more)
    if value is not None:
        rows += everybody("worst_at:2", 0.71, lower=0.62, upper=0.79)
        rows += everybody("within_item_sd", 0.11, interval_reason="no_variation")
    text = text_of(*rows)
    assert claim(f"repeats.claims.{name}") in text
    assert ("Worst of 2" in text) == (value is not None)


def test_only_some_numbers_of_repeats_have_a_column():
    rows = everybody("same_on_repeat", 0.9, lower=0.8, upper=1.0)
    rows += [row for k in range(1, 31) for row in everybody(f"worst_at:{k}", 0.7)]
    text = text_of(*rows)
    assert all(f"Worst of {k}" in text for k in (1, 2, 5, 10, 30))
    assert "Worst of 7" not in text


def levels(**values):
    """Estimates, shrunken estimates and places of the levels of one stratum."""
    for level, (value, upper, place) in values.items():
        part = {"stratum": "frailty", "stratum_level": level, "n_items": 23}
        for system in results.SYSTEMS:
            yield estimate(
                system, "mean_value", value, lower=value - 0.1, upper=upper, score=value, score_upper=upper, **part
            )
            yield estimate(system, "shrunken", value + 0.01, interval_reason="description", **part)
            yield estimate(system, "worst_first", place, interval_reason="description", **part)


@pytest.mark.parametrize(("upper", "name"), [(0.31, "apart"), (0.99, "within")])
def test_strata_name_the_worst_level_and_say_whether_it_stands_apart(upper, name):
    raw = results.document()
    for row in raw["tables"]["estimates"]:
        if (row["subject_id"], row["show"], row["stratum"], row["missing"]) == (E01, "mean_value", "", "observed"):
            row["score"] = row["value"]
    raw["tables"]["estimates"] += levels(frail=(0.3, upper, 1), fit=(0.9, 0.97, 2))
    assert "effectiveness.html" not in untraced(raw)
    text = PageReader(build_pages(parse_document(results.encoded(raw)))["effectiveness.html"]).text
    assert claim(f"strata.claims.{name}") in text
    assert "pulled in: 31.0" in text


def test_levels_that_are_alike_have_no_worst():
    text = text_of(*levels(frail=(0.5, 0.6, 1), fit=(0.5, 0.6, 1)))
    assert claim("strata.all_alike") in text


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (-0.31, -0.11, ("risk.claims.worse", {"names": "Reasoning"})),
        (-0.31, 0.04, ("risk.claims.undecided", {})),
        (0.11, 0.31, ("risk.claims.undecided", {})),
    ],
)
def test_high_risk_cases_fare_worse_only_where_an_interval_says_so(lower, upper, expected):
    rows = [
        estimate(
            system, "high_risk_difference", (lower + upper) / 2, lower=lower, upper=upper, stratum="high_risk",
            method="linearised",
        )
        for system in results.SYSTEMS
    ]  # fmt: skip
    name, facts = expected
    assert claim(name, **facts) in text_of(*rows)


def test_a_failing_share_is_worse_above_zero():
    raw = results.document()
    raw["tables"]["estimates"] += [
        results.estimate(
            "barred_treatment", "safety", "aster", "high_risk_difference", value=0.21, lower=0.11, upper=0.31,
            stratum="high_risk", role="exploratory",
        )
    ]  # fmt: skip
    text = PageReader(build_pages(parse_document(results.encoded(raw)))["safety.html"]).text
    assert claim("risk.claims.worse", names="Barred treatment") in text


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["unknown"], ("task_sources.claims.unknown", {})),
        (["exam"], ("task_sources.claims.one", {"name": "exam questions"})),
        (["exam", "real_query"], ("task_sources.claims.several", {"names": "exam questions and real queries"})),
    ],
)
def test_the_verdict_says_on_which_sources_of_tasks_it_rests(sources, expected):
    rows = [
        results.estimate(
            TRACK, TRACK, system, "share_of_cells", subject="track", value=1 / len(sources), n_planned=107, n_items=107,
            stratum="task_source", stratum_level=source, role="exploratory", interval_reason="description",
        )
        for system in results.SYSTEMS
        for source in sources
    ]  # fmt: skip
    name, facts = expected
    assert claim(name, **facts) in text_of(*rows)


def twice(system, n):
    yield estimate(system, "refusals_failing", 0.71, lower=0.62, upper=0.81, n_units=213, n_events=17)
    yield estimate(system, "refusals_left_out", 0.79, lower=0.71, upper=0.87, n_units=n, n_events=9)


def test_refusals_are_counted_twice_with_both_denominators():
    text = text_of(*twice("aster", 197), *twice("birch", 213))
    names = {system["id"]: system["name"] for system in results.document()["study"]["systems"]}
    assert claim("refusals.claims.some", names=names["aster"]) in text
    assert "answers: 213" in text
    assert "answers: 197" in text


def test_where_nobody_refused_the_section_says_so():
    assert claim("refusals.claims.none") in text_of(*twice("aster", 213))


def missing(system, n):
    return estimate(
        system, "missing_share", n / 213, lower=0.0, upper=0.4, n_events=n, n_planned=213, coverage=1 - n / 213
    )


def differs(a, b, decision):
    return results.row(
        "comparisons", track=TRACK, subject_id=E01, system_a=a, system_b=b, stratum="", stratum_level="",
        comparison_kind="pair", basis="planned", show="missing_share", state="defined", value=0.123, lower=0.041,
        upper=0.205, method="linearised", n_items=213, n_clusters=71, n_a=213, n_b=213, p=0.004,
        p_adjusted=0.012, decision=decision, role="exploratory",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lost", "decision", "name"),
    [(0, None, "none"), (17, "no_difference_shown", "alike"), (17, "differs", "differs")],
)
def test_what_is_missing_is_compared_between_systems(lost, decision, name):
    raw = results.document()
    raw["tables"]["estimates"] += [missing("aster", lost), missing("birch", 0)]
    if decision:
        raw["tables"]["comparisons"].append(differs("aster", "birch", decision))
    assert "effectiveness.html" not in untraced(raw)
    text = PageReader(build_pages(parse_document(results.encoded(raw)))["effectiveness.html"]).text
    first = raw["study"]["systems"][0]["name"]
    assert claim(f"missing.claims.{name}", names=first) in text
    assert ("+12.3" in text) == (decision == "differs")


def test_a_missing_share_is_no_difference_of_scores():
    raw = results.document()
    before = build_pages(parse_document(results.encoded(raw)))["effectiveness.html"]
    raw["tables"]["comparisons"].append(differs("aster", "birch", "no_difference_shown"))
    assert build_pages(parse_document(results.encoded(raw)))["effectiveness.html"] == before


def test_the_effective_number_of_case_groups_stands_under_their_number():
    raw = results.document()
    for row in raw["tables"]["estimates"]:
        if (row["show"], row["missing"]) == ("score", "observed") and row["value"] is not None:
            row["n_effective"] = 47.3
    text = PageReader(build_pages(parse_document(results.encoded(raw)))["effectiveness.html"]).text
    assert "in effect 47.3" in text
