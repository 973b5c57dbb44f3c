"""Reading results: every expected fault has its code, all faults of a file come at once, nothing else escapes."""

import copy
import json

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from dualtrack.errors import ReportError
from dualtrack.records.results import RESULT_TABLES
from dualtrack.report import build_pages, load_document, parse_document, rows
from dualtrack.report.dispute_rows import DisputedCase, WithoutDisputed
from dualtrack.report.pair_counts import RatingPair
from tests.unit.report import results

anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.lists(st.text())
)


def problems(raw):
    with pytest.raises(ReportError) as caught:
        parse_document(results.encoded(raw))
    return caught.value.problems


@pytest.mark.parametrize(
    ("row", "table"),
    [
        (rows.Estimate, "estimates"),
        (rows.Gate, "gates"),
        (rows.Verdict, "verdicts"),
        (rows.Comparison, "comparisons"),
        (rows.Account, "accountability"),
        (rows.PreferenceEstimate, "preference_estimates"),
        (rows.RaterEffect, "rater_effects"),
        (RatingPair, "rating_pairs"),
        (rows.VetoCurve, "veto_curves"),
        (DisputedCase, "disputed_cases"),
        (WithoutDisputed, "without_disputed"),
        (rows.Rank, "ranks"),
        (rows.Robustness, "robustness"),
    ],
)
def test_rows_have_the_columns_of_the_specification(row, table):
    specification = next(each for each in RESULT_TABLES if each.name == table)
    assert tuple(row.__dataclass_fields__) == specification.names


def test_a_whole_document_is_read(tmp_path):
    document = load_document(results.write(tmp_path / "made"))
    assert [system.name for system in document.study.systems] == ["Aster", "Birch", "Cedar", "Dogwood"]
    assert len(document.estimates) == len(results.document()["tables"]["estimates"])


def test_a_missing_folder_and_a_folder_without_results_are_named(tmp_path):
    for folder, code in ((tmp_path / "nowhere", "REP001"), (tmp_path, "REP002")):
        with pytest.raises(ReportError) as caught:
            load_document(folder)
        assert caught.value.code == code
        assert str(tmp_path) not in str(caught.value)
        assert caught.value.problems[0].fix


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"schema": NaN}',
        b'{"schema": 1e999}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        b"\xef\xbb\xbf{}",
    ],
    ids=["empty", "cut off", "NaN", "infinite", "not UTF-8", "too deep", "too long a number", "byte order mark"],
)
def test_what_is_no_json_is_refused(data):
    with pytest.raises(ReportError) as caught:
        parse_document(data)
    assert caught.value.code == "REP003"


@pytest.mark.parametrize("raw", [{}, [], None, "text", {"schema": "dualtrack.results/2"}, {"schema": 1}])
def test_another_form_is_refused(raw):
    assert [problem.code for problem in problems(raw)] == ["REP004"]


def test_all_faults_of_a_document_come_at_once_with_their_places():
    raw = results.document()
    raw["study"]["title"] = 7
    del raw["run"]["seed"]
    raw["tables"]["verdicts"][0]["state"] = "fine"
    raw["metrics"][1]["weight"] = "heavy"
    found = {(problem.code, problem.place.column) for problem in problems(raw)}
    assert {
        ("REP005", "study.title"),
        ("REP005", "run.seed"),
        ("REP005", "tables.verdicts[0].state"),
        ("REP005", "metrics[1].weight"),
    } <= found


def test_a_baseline_that_is_no_system_of_the_study_is_a_fault():
    raw = results.document()
    raw["study"]["baseline"] = ""
    (problem,) = problems(raw)
    assert (problem.code, problem.place.column) == ("REP005", "study.baseline")
    assert "one of aster, birch" in str(problem)


@pytest.mark.parametrize("number", [10**16, -1e300, 10**400])
def test_a_number_beyond_all_studies_is_a_fault(number):
    raw = results.document()
    raw["tables"]["estimates"][0]["value"] = number
    raw["run"]["resamples"] = number
    raw["notes"] = [{"code": "new", "track": None, "facts": {"n": number}}]
    found = {problem.place.column for problem in problems(raw)}
    assert found == {"tables.estimates[0].value", "run.resamples", "notes[0].facts.n"}


def _unknown_system(raw):
    raw["tables"]["estimates"][0]["system_id"] = "elm"


def _unknown_metric(raw):
    raw["tables"]["gates"][0]["gate_id"] = "nothing.rate"


def _unknown_system_in_a_list(raw):
    raw["tables"]["ranks"][0]["ahead_of"] = ["birch", "elm"]


def _other_track(raw):
    raw["tables"]["estimates"][0]["track"] = "effectiveness"


def _twice(raw):
    raw["tables"]["verdicts"].append(copy.deepcopy(raw["tables"]["verdicts"][0]))


def _no_verdict(raw):
    del raw["tables"]["verdicts"][0]


def _unknown_reason(raw):
    raw["tables"]["verdicts"][4]["reasons"] = ["because"]


def _unknown_scale(raw):
    raw["metrics"][0]["scale"] = "weather"


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (_unknown_system, "unknown system"),
        (_unknown_metric, "unknown metric"),
        (_unknown_system_in_a_list, "unknown system"),
        (_other_track, "another track"),
        (_twice, "same key"),
        (_no_verdict, "no verdict on safety"),
        (_unknown_reason, "unknown reason"),
        (_unknown_scale, "unknown scale"),
    ],
)
def test_what_does_not_fit_together_is_named(spoil, what):
    raw = results.document()
    spoil(raw)
    found = problems(raw)
    assert {problem.code for problem in found} == {"REP006"}
    assert any(what in problem.what for problem in found)


def test_a_track_without_a_metric_in_scope_needs_no_verdict():
    raw = results.document()
    for metric in raw["metrics"]:
        metric["in_scope"] = metric["track"] == "safety"
    for name in ("estimates", "gates", "verdicts", "comparisons", "ranks", "robustness"):
        raw["tables"][name] = [row for row in raw["tables"][name] if row["track"] == "safety"]
    page = build_pages(parse_document(results.encoded(raw)))["effectiveness.html"]
    assert "No system has a verdict on effectiveness" in page
    assert "This rubric has no metric on this track that is in scope." in page


def leaves(value, path=()):
    """The path of every leaf of a document."""
    if isinstance(value, dict | list) and value:
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    else:
        yield path


LEAVES = list(leaves(results.document()))


@given(st.lists(st.tuples(st.sampled_from(LEAVES), anything), min_size=1, max_size=3))
def test_a_document_changed_anywhere_gives_pages_or_coded_problems(changes):
    raw = results.document()
    for path, value in changes:
        place = raw
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    try:
        document = parse_document(json.dumps(raw).encode())
    except ReportError as error:
        event(error.code)
        return
    assert all(page.endswith("</html>\n") for page in build_pages(document).values())
