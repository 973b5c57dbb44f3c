"""The shipped example real-pocqi: it holds what its source says, and its figures are those that were published.

Published: out/results.json, judge/out/pairwise_results.json and judge/out/bootstrap_results.json of
KAVentures/clinical-ai-reconciliation, which recompute Real-POCQi from the same public files (in points of 100, one
decimal; intervals by resampling questions, 2,000 times, other random numbers than ours). The paper itself (arXiv
2606.28960) prints 24.7, 29.6, 38.8, 30.9 and 26.2 for OpenEvidence with text alone; the public files give values that
are 0.1 to 0.7 points lower, there and here.
"""

import csv
import importlib.util
import json
import sys

import pytest

from dualtrack import verbs
from dualtrack._shipped import shipped_root
from dualtrack.records import read_study
from dualtrack.report import build_pages, load_words, parse_document
from dualtrack.rubric import load_rubric
from dualtrack.rubric.scale import ScaleKind
from tests import builders
from tests.unit.report.reading import PageReader
from tests.unit.report.test_numbers_traced import untraced

pytestmark = pytest.mark.xdist_group("real-pocqi")  # one process scores the study

FOLDER = shipped_root("examples") / "real-pocqi"
AXES = ("accuracy", "clinical_utility", "source_quality", "completeness", "verifiability")
TEXT, CITED, JUDGED = "qa_text_only", "qa_text_citations", "answer_markdown"
JUDGES = ("judge-gemini-3.5-flash", "judge-gpt-5.5", "judge-grok-4.3", "judge-opus-4.8")

# (condition, system): win differences on the five axes, in the order of AXES
PHYSICIANS = {
    (TEXT, "openevidence"): (24.4, 29.5, 38.1, 30.3, 25.5),
    (TEXT, "gpt-5.5"): (-23.2, -23.5, -26.6, -32.4, -21.5),
    (TEXT, "claude-opus-4.8"): (-7.7, -19.1, -18.9, -9.0, -12.3),
    (TEXT, "gemini-3.1-pro"): (-3.6, 1.4, -7.7, -1.4, -1.9),
    (CITED, "openevidence"): (35.8, 46.1, 59.3, 51.4, 59.7),
    (CITED, "gpt-5.5"): (-18.9, -20.8, -30.2, -35.2, -14.5),
    (CITED, "claude-opus-4.8"): (-15.6, -28.9, -36.4, -23.1, -40.5),
    (CITED, "gemini-3.1-pro"): (-18.9, -18.2, -20.8, -18.2, -32.7),
}
N = {
    (TEXT, "openevidence"): 499, (TEXT, "gpt-5.5"): 349, (TEXT, "claude-opus-4.8"): 366, (TEXT, "gemini-3.1-pro"): 364,
    (CITED, "openevidence"): 243, (CITED, "gpt-5.5"): 159, (CITED, "claude-opus-4.8"): 173,
    (CITED, "gemini-3.1-pro"): 159,
}  # fmt: skip
INTERVALS = {  # of OpenEvidence
    TEXT: ((18.4, 30.4), (21.9, 36.7), (30.8, 45.0), (22.4, 38.1), (18.8, 32.0)),
    CITED: ((28.0, 43.0), (35.6, 55.8), (51.1, 67.3), (41.8, 60.7), (51.1, 67.2)),
}
OF_150 = (10.4, 14.4, 23.2, 13.6, 14.4)  # physicians, text alone, on the questions that the judges saw
BY_JUDGES = ((3.6, -2.5, 9.6), (18.2, 10.4, 25.9), (48.8, 42.1, 55.4), (37.0, 29.2, 44.5), (45.1, 38.1, 51.9))


@pytest.fixture(scope="module")
def results():
    return verbs.score(FOLDER)


@pytest.fixture(scope="module")
def rows(results):
    frame = results.tables["preference_estimates"]
    frame = frame.astype("object").where(frame.notna(), None)
    key = ("scale_id", "instrument", "condition", "items", "show", "system_a", "system_b")
    return {tuple(row[name] for name in key): row for row in frame.to_dict("records")}


@pytest.fixture(scope="module")
def converter():
    spec = importlib.util.spec_from_file_location("convert_real_pocqi", FOLDER / "convert.py")
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


def against_the_rest(rows, axis, instrument, condition, system="openevidence", *, items="all", show="win_difference"):
    return rows[f"prefer_{axis}", instrument, condition, items, show, system, ""]


def points(value):
    """A win difference in points of 100, with one decimal."""
    return round(100 * value, 1)


# --- what it holds --------------------------------------------------------------------------------------------------


def test_every_table_has_the_rows_that_the_source_states():
    study = read_study(FOLDER, scales=load_rubric("pocqi").scales)
    assert {name: len(frame) for name, frame in study.tables.items() if len(frame)} == {
        "items": 620, "responses": 1818, "preferences": 14770, "scores": 11940,
    }  # fmt: skip
    preferences = study.tables["preferences"]
    by_people = preferences["source_id"].isna()
    assert int(by_people.sum()) == 5780
    assert preferences["condition"].astype("str").value_counts().to_dict() == {JUDGED: 8990, TEXT: 3945, CITED: 1835}
    assert preferences["rater_id"].isna().all()
    assert len({cell["specialty"] for cell in study.tables["items"]["strata"]}) == 30


def test_the_source_names_its_papers_its_licence_and_its_changes(converter):
    text = (FOLDER / "SOURCE.txt").read_text(encoding="utf-8")
    for words in ("arXiv 2606.28960", "CC BY 4.0", "jjfenglab/Real-POCQi", "What was changed", *converter.DIGESTS.values()):
        assert words in text


def test_the_tables_are_in_the_form_in_which_the_converter_writes(converter, tmp_path):
    for name in ("responses", "preferences", "scores"):
        with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            converter.write_csv(tmp_path / name, list(csv.DictReader(stream)))
        assert (tmp_path / name).read_bytes() == (FOLDER / f"{name}.csv").read_bytes()
    rows = [json.loads(line) for line in (FOLDER / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    converter.write_jsonl(tmp_path / "items", rows)
    assert (tmp_path / "items").read_bytes() == (FOLDER / "items.jsonl").read_bytes()


def test_the_converter_takes_nothing_but_the_files_that_it_knows(converter, tmp_path):
    (tmp_path / "llm_rubric.csv").write_text("a,b\n")
    with pytest.raises(SystemExit, match="SHA-256 differs"):
        converter.read(tmp_path / "llm_rubric.csv")


def test_it_is_small_enough_to_ship():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 3_000_000


# --- what was published ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("condition", "system"), PHYSICIANS)
def test_win_differences_of_physicians_are_those_that_were_published(rows, condition, system):
    for axis, published in zip(AXES, PHYSICIANS[condition, system], strict=True):
        row = against_the_rest(rows, axis, "raters", condition, system)
        assert (points(row["value"]), row["n"]) == (published, N[condition, system])


@pytest.mark.parametrize("condition", INTERVALS)
def test_their_intervals_agree_within_the_error_of_resampling(rows, condition):
    for axis, (lower, upper) in zip(AXES, INTERVALS[condition], strict=True):
        row = against_the_rest(rows, axis, "raters", condition)
        assert 100 * row["lower"] == pytest.approx(lower, abs=1.0)
        assert 100 * row["upper"] == pytest.approx(upper, abs=1.0)


def test_on_the_questions_that_judges_saw_the_physicians_are_as_published(rows):
    found = [against_the_rest(rows, axis, "raters", TEXT, items="shared") for axis in AXES]
    assert [points(row["value"]) for row in found] == list(OF_150)
    assert {(row["n"], row["n_items"]) for row in found} == {(125, 86)}


def test_the_mean_of_the_judges_is_as_published_and_so_are_its_intervals(rows):
    for axis, (value, lower, upper) in zip(AXES, BY_JUDGES, strict=True):
        row = against_the_rest(rows, axis, "sources", JUDGED)
        assert points(row["value"]) == pytest.approx(value, abs=0.11)  # published: every vote alike, not every judge
        assert (100 * row["lower"], 100 * row["upper"]) == pytest.approx((lower, upper), abs=1.0)


# --- what the instruments say ---------------------------------------------------------------------------------------


def test_each_judge_stands_apart_and_one_of_them_puts_its_own_family_first(rows):
    first = {}
    for judge in JUDGES:
        strengths = {
            key[5]: row["value"]
            for key, row in rows.items()
            if key[:5] == ("prefer_accuracy", f"source:{judge}", JUDGED, "all", "bradley_terry")
        }
        first[judge] = max(strengths, key=strengths.get)
    assert first["judge-gpt-5.5"] == "gpt-5.5"
    assert first["judge-opus-4.8"] == "openevidence"


def test_equal_weight_per_pair_moves_the_systems_that_met_a_strong_opponent_more_often(rows):
    """OpenEvidence took part in more comparisons than the others, so one against the rest is against it most of all."""
    plain = against_the_rest(rows, "accuracy", "raters", TEXT, "claude-opus-4.8")
    equal = against_the_rest(rows, "accuracy", "raters", TEXT, "claude-opus-4.8", show="win_difference_equal_pairs")
    assert (points(plain["value"]), points(equal["value"])) == (-7.7, -1.8)


def test_no_difference_that_was_found_is_called_parity(rows):
    row = against_the_rest(rows, "clinical_utility", "raters", TEXT, "gemini-3.1-pro")
    assert row["lower"] < 0 < row["upper"]
    assert (row["decision"], row["margin"]) == ("not_demonstrated", 0.1)
    assert row["n_needed"] > 0


def test_both_tracks_have_no_gate_and_are_not_assessed(results):
    assert set(results.verdicts["state"]) == {"not_assessed"}
    assert {tuple(reasons) for reasons in results.verdicts["reasons"]} == {("no_gate",)}
    assert results.tables["gates"].empty


def test_no_preference_enters_a_track(results):
    rubric = load_rubric("pocqi")
    compared = {scale.id for scale in rubric.scales.values() if scale.kind is ScaleKind.preference}
    assert len(compared) == 5
    assert not compared & {metric.ratings.scale for metric in rubric.metrics}
    assert not compared & set(results.tables["findings"]["probe_id"].astype("str"))
    observed = builders.own_numbers(results.estimates).query("subject == 'track' and missing == 'observed'")
    assert observed["value"].isna().all()


def test_scores_of_the_judges_stand_beside_and_drive_nothing(results):
    beside = builders.own_numbers(results.estimates).query("subject_id == 'accuracy' and show == 'mean_value' and missing == 'observed'")
    means = {(row.system_id, row.basis): row.value for row in beside.itertuples()}
    assert means["gpt-5.5", "score:judge-gpt-5.5"] == pytest.approx(0.96, abs=0.001)
    assert means["openevidence", "score:judge-gpt-5.5"] == pytest.approx(0.72, abs=0.001)


# --- the page -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(results, tmp_path_factory):
    return (results.save(tmp_path_factory.mktemp("pocqi") / "out") / "scorecards.json").read_bytes()


@pytest.fixture(scope="module")
def pages(written):
    return build_pages(parse_document(written))


def test_every_number_on_its_pages_stands_in_its_results(written):
    assert untraced(json.loads(written)) == {}


def test_the_page_says_in_words_where_instruments_disagree(pages):
    text = PageReader(pages["preferences.html"]).text
    assert load_words().say("preferences.claims.apart") in text
    assert "GPT-5.5 or OpenEvidence GPT-5.5 ahead" in text
    assert "GPT-5.5 as a judge: +78.0 (+70.0 to +85.3)" in text
    assert load_words().say("preferences.limits.truth") in text
    assert load_words().say("preferences.limits.nobody") in text
    assert text.count(load_words().say("preferences.same_family")) == 3 * len(AXES)


def test_neither_scorecard_knows_of_preferences(pages):
    for name in ("safety.html", "effectiveness.html"):
        assert "prefer" not in PageReader(pages[name]).text.replace("tends to prefer answers", "")
    assert 'href="preferences.html"' in pages["index.html"]
