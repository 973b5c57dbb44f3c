"""The agreement table: hand-worked rows, what is pooled and what is not, and every bad design with what it says."""

import json
import random

import pytest

from dualtrack import stats
from dualtrack.errors import RecordError
from dualtrack.explain import explain
from dualtrack.ratings.agreement import COEFFICIENTS, FIXED, agreement_rows
from dualtrack.records import read_study
from dualtrack.scoring.engine import score_tables
from dualtrack.scoring.findings import rating_findings
from tests import builders

N = 24
LEVELS = [("5", "5"), ("4", "5"), ("5", "5"), ("3", "3"), ("2", "3"), ("5", "4"), ("1", "1"), ("4", "4")]


def rating(k, rater, level, **more):
    return {"system_id": "a", "item_id": f"i{k:03d}", "scale_id": "quality", "rater_id": rater, "level": level} | more


def two_raters(n=N):
    return [rating(k, rater, LEVELS[k % 8][place]) for k in range(n) for place, rater in enumerate(("r1", "r2"))]


def score(ratings, *, metrics=None, scales=None, raters=(), units=(), n=N, **plan):
    given = {
        "items": builders.items(n, language="en"), "responses": builders.responses(["a"], n), "ratings": ratings,
        "raters": list(raters), "units": list(units),
    }  # fmt: skip
    rubric = builders.rubric(metrics or [builders.metric()], scales)
    study = builders.study(["a"], ratings_per_unit={"default": 9}, **plan)
    return score_tables(rubric, study, builders.tables(**given)).tables


def rows(ratings, **options):
    return score(ratings, **options)["agreement"].to_dict("records")


def row(found, coefficient, weights="nominal", panel="", grain="response"):
    (mine,) = [
        each for each in found
        if (each["coefficient"], each["weights"], each["panel"], each["grain"]) == (coefficient, weights, panel, grain)
    ]  # fmt: skip
    return mine


def reasons(found, panel=""):
    return {each["reason"] for each in found if each["panel"] == panel}


def test_rows_hold_what_a_hand_counts():
    raw = row(rows(two_raters()), "raw", "")
    counts = (raw["n_units"], raw["n_ratings"], raw["n_raters"], raw["n_clusters"])
    assert counts == (24, 48, 2, 24)
    assert (raw["value"], raw["prevalence"], raw["prevalent_level"]) == (5 / 8, 18 / 48, "5")
    assert (raw["raters"], raw["state"], raw["method"], raw["confidence"]) == (
        ["r1", "r2"],
        "defined",
        "jackknife",
        0.95,
    )


def test_each_coefficient_is_that_of_the_table_of_levels():
    found = rows(two_raters())
    codes = [[int(level) - 1 for level in LEVELS[k % 8]] for k in range(N)]
    expected = {
        ("raw", ""): stats.raw_agreement(codes, n_levels=5, floor=2),
        ("alpha", "nominal"): stats.krippendorff_alpha(codes, n_levels=5, floor=2),
        ("alpha", "ordinal"): stats.krippendorff_alpha(codes, n_levels=5, metric="ordinal", floor=2),
        ("alpha", "interval"): stats.interval_alpha(codes, floor=2),
        ("ac", "nominal"): stats.gwet_ac(codes, n_levels=5, floor=2),
        ("ac", "quadratic"): stats.gwet_ac(codes, n_levels=5, weights="quadratic", floor=2),
        ("fleiss", "nominal"): stats.fleiss_kappa(codes, n_levels=5, floor=2),
        ("cohen", "nominal"): stats.conger_kappa(codes, n_levels=5, floor=2),
        ("cohen", "quadratic"): stats.conger_kappa(codes, n_levels=5, weights="quadratic", floor=2),
        ("icc1", ""): stats.intraclass(codes, form="1_1"),
        ("icc2_1", ""): stats.intraclass(codes, form="2_1"),
        ("icc2_k", ""): stats.intraclass(codes, form="2_k"),
    }
    assert {(each["coefficient"], each["weights"]) for each in found} == set(expected)
    for name, interval in expected.items():
        mine = row(found, *name)
        assert (mine["value"], mine["lower"], mine["upper"]) == pytest.approx(
            (interval.value, interval.lower, interval.upper)
        )


def test_first_ratings_alone_count():
    first = two_raters()
    more = [
        *(rating(k, "r3", "1", role="tie_break") for k in range(N)),
        *(rating(k, "r4", "1", role="adjudication") for k in range(N)),
        *(rating(k, "r5", "1", role="training") for k in range(N)),
        *(rating(k, "r1", "1", occasion=2) for k in range(N)),
    ]
    assert rows([*first, *more]) == rows(first)


def test_the_order_of_rows_does_not_matter():
    mixed = two_raters()
    random.Random(1).shuffle(mixed)
    assert rows(mixed) == rows(two_raters())


def test_what_a_rater_cannot_judge_is_no_level():
    ratings = [rating(k, "r1", "cannot_judge" if k < 4 else "5") for k in range(N)]
    ratings += [rating(k, "r2", "5" if k % 2 else "4") for k in range(N)]
    assert row(rows(ratings), "raw", "")["n_units"] == N - 4


def test_one_rater_says_so():
    found = rows([rating(k, "r1", "5") for k in range(N)])
    assert reasons(found) == {"one_rater"}
    assert {(each["state"], each["n_units"], each["n_raters"]) for each in found} == {("undefined", 0, 1)}


def test_raters_without_overlap_say_so():
    found = rows([rating(k, f"r{k % 2}", "5" if k % 3 else "1") for k in range(N)])
    assert reasons(found) == {"no_overlap"}


def test_panels_that_never_meet_are_apart_and_never_pooled():
    pairs = [("r1", "r2") if k < 12 else ("r3", "r4") for k in range(N)]
    ratings = [
        rating(k, rater, LEVELS[k % 8][place]) for k, pair in enumerate(pairs) for place, rater in enumerate(pair)
    ]
    found = rows(ratings, raters=[{"rater_id": r, "kind": "person", "panel": p} for r, p in
                                  (("r1", "A"), ("r2", "A"), ("r3", "B"), ("r4", "B"))])  # fmt: skip
    assert {each["panel"] for each in found} == {"", "A", "B"}
    everyone = row(found, "alpha", "ordinal")
    assert (everyone["state"], everyone["reason"], everyone["n_units"]) == ("undefined", "no_overlap", 24)
    assert everyone["prevalent_level"] is None or everyone["prevalent_level"] != everyone["prevalent_level"]
    assert row(found, "raw", "", panel="A")["n_units"] == 12
    alone = rows([each for each in ratings if each["rater_id"] in {"r1", "r2"}])
    assert row(found, "alpha", "ordinal", panel="A")["value"] == row(alone, "alpha", "ordinal")["value"]


def test_positions_are_different_people():
    found = rows(two_raters(), raters=[{"rater_id": r, "kind": "position"} for r in ("r1", "r2")])
    barred = {each["coefficient"]: each["reason"] for each in found if each["state"] == "undefined"}
    assert barred == dict.fromkeys(FIXED, "rater_positions")
    assert row(found, "alpha", "ordinal")["value"] == row(rows(two_raters()), "alpha", "ordinal")["value"]


def test_raters_who_change_from_case_to_case_are_no_fixed_raters():
    ratings = [rating(k, f"r{(k + place) % 4}", LEVELS[k % 8][place]) for k in range(N) for place in range(2)]
    found = rows(ratings)
    barred = {each["coefficient"]: each["reason"] for each in found if each["state"] == "undefined"}
    assert barred == dict.fromkeys(FIXED, "raters_differ")
    assert row(found, "icc1", "")["state"] == "defined"


def test_one_level_leaves_raw_agreement_and_says_why_alpha_is_missing():
    found = rows([rating(k, rater, "5") for k in range(N) for rater in ("r1", "r2")])
    raw, alpha = row(found, "raw", ""), row(found, "alpha", "ordinal")
    assert (raw["value"], raw["method"], raw["note"]) == (1.0, "exact", "one_level")
    assert (alpha["state"], alpha["reason"], alpha["note"]) == ("undefined", "one_level_only", "one_level")
    assert row(found, "ac", "quadratic")["interval_reason"] == "no_variation"


def test_skew_that_makes_the_coefficients_disagree_is_noted():
    ratings = [rating(k, rater, "4" if (k, rater) in {(0, "r1"), (1, "r2")} else "5") for k in range(N)
               for rater in ("r1", "r2")]  # fmt: skip
    found = rows(ratings)
    assert {each["note"] for each in found} == {"skew"}
    alpha = row(found, "alpha", "ordinal")
    assert (alpha["value"] < 0, alpha["interval_reason"]) == (True, "too_few")
    assert row(found, "ac", "quadratic")["value"] > 0.9
    assert not any(isinstance(each["note"], str) for each in rows(two_raters()))


def test_responses_and_their_sentences_are_not_pooled():
    metrics = [builders.metric(), builders.metric("wording", code="E02", quantity={
        "type": "ordinal", "per": "sentence", "show": "mean_value"})]  # fmt: skip
    units = [{"system_id": "a", "item_id": f"i{k:03d}", "unit_id": "s1", "kind": "sentence"} for k in range(N)]
    parts = [each | {"unit_id": "s1", "level": "1"} for each in two_raters()]
    found = rows([*two_raters(), *parts], metrics=metrics, units=units)
    assert row(found, "raw", "")["value"] == 5 / 8
    assert row(found, "raw", "", grain="sentence")["value"] == 1.0


def test_a_scale_that_no_metric_in_scope_reads_has_no_row():
    scales = [builders.scale(), builders.scale("other")]
    ratings = [*two_raters(), *(each | {"scale_id": "other"} for each in two_raters())]
    assert {each["scale_id"] for each in rows(ratings, scales=scales)} == {"quality"}
    assert rows([]) == []


@pytest.mark.parametrize(
    ("kind", "levels", "given"),
    [
        ("binary", [{"id": "yes", "value": 1, "anchor": "y"}, {"id": "no", "value": 0, "anchor": "n"}], ("yes", "no")),
        ("nominal", [{"id": "x", "value": 1, "anchor": "x"}, {"id": "y", "value": 0, "anchor": "y"}], ("x", "y")),
    ],
)
def test_levels_without_order_get_what_takes_them_as_same_or_not(kind, levels, given):
    scale = builders.scale(kind=kind, levels=levels)
    found = rows(
        [rating(k, r, given[(k * 7 + i) % 3 % 2]) for k in range(N) for i, r in enumerate("pq")], scales=[scale]
    )
    assert [(each["coefficient"], each["weights"]) for each in found] == sorted(COEFFICIENTS[scale.kind])


def test_numbers_get_what_takes_numbers():
    scale = builders.scale(kind="number", levels=[], min=0, max=50, better="higher")
    given = [(12.5, 12.5), (3, 4), (50, 48.5), (7, 7)]
    ratings = [rating(k, r, f"{given[k % 4][i]:g}") for k in range(N) for i, r in enumerate(("p", "q"))]
    tables = builders.tables(ratings=ratings)
    found = list(
        agreement_rows(
            rating_findings(tables["ratings"], {"quality": scale}), tables["raters"], {("quality", "response"): scale},
            units=tables["units"], cluster_of={f"i{k:03d}": k for k in range(N)},
        )
    )  # fmt: skip
    assert [(each["coefficient"], each["weights"]) for each in found] == list(COEFFICIENTS[scale.kind])
    assert row(found, "raw", "")["value"] == 0.5
    numbers = [[round(each * 200) for each in given[k % 4]] for k in range(N)]
    assert row(found, "icc2_1", "")["value"] == pytest.approx(stats.intraclass(numbers, form="2_1").value)


@pytest.mark.parametrize("level", ["0", "6", "10"])
def test_a_blank_as_zero_or_a_level_of_another_scale_is_refused_and_told_what_to_do(tmp_path, level):
    study = tmp_path / "study"
    study.mkdir()
    plain = json.loads(builders.study(["a"]).model_dump_json(by_alias=True, exclude_none=True))
    (study / "study.yaml").write_text(json.dumps(plain), encoding="utf-8")
    (study / "items.jsonl").write_text('{"item_id": "i000", "prompt": "p"}\n', encoding="utf-8")
    (study / "ratings.csv").write_text(
        f"system_id,item_id,scale_id,rater_id,level\na,i000,quality,r1,{level}\n", encoding="utf-8"
    )
    with pytest.raises(RecordError) as caught:
        read_study(study, scales={"quality": builders.scale()})
    assert [problem.code for problem in caught.value.problems] == ["REC028"]


def test_the_explanation_of_that_error_says_what_to_do_about_blanks_and_changed_scales():
    told = " ".join(str(explain("REC028")).split())
    assert "leave the row out" in told
    assert "an id of its own" in told
