"""Law 1 on pages: whatever changes on one track, the page of the other keeps every byte."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.report import build_pages, parse_document
from dualtrack.report.sheet import sheet_of
from dualtrack.terms import Track
from tests.unit.report import results

OTHER = {"safety": "effectiveness", "effectiveness": "safety"}
TRACKS = tuple(OTHER)


def pages(raw):
    return build_pages(parse_document(results.encoded(raw)))


BEFORE = pages(results.document())


def metrics_of(raw, track):
    return [metric for metric in raw["metrics"] if metric["track"] == track]


def rewrite_metrics(raw, track):
    for metric in metrics_of(raw, track):
        metric.update(
            title="Rewritten", definition="Rewritten.", does_not_show="Rewritten.", code="Z99", lifecycle="retired"
        )
        metric["weight"] = {"value": 0.5, "why": "Rewritten."}


def drop_metrics(raw, track):
    gone = {metric["id"] for metric in metrics_of(raw, track)}
    raw["metrics"] = [metric for metric in raw["metrics"] if metric["track"] != track]
    raw["study"]["scope"]["out"] = [out for out in raw["study"]["scope"]["out"] if out["metric"] not in gone]
    for name in ("estimates", "gates", "verdicts", "comparisons", "ranks", "robustness"):
        raw["tables"][name] = [row for row in raw["tables"][name] if row["track"] != track]


def change_states(raw, track):
    for name in ("verdicts", "gates"):
        for row in raw["tables"][name]:
            if row["track"] == track:
                row.update(state="not_demonstrated", reasons=["missing_evidence"])


def change_numbers(raw, track):
    for name in ("estimates", "gates", "verdicts", "comparisons", "ranks", "robustness"):
        for row in raw["tables"][name]:
            for column, value in row.items():
                if row["track"] == track and isinstance(value, int | float) and not isinstance(value, bool):
                    row[column] = 7 if isinstance(value, int) else 0.777


def drop_rows(raw, track):
    for name in ("estimates", "gates", "comparisons", "ranks", "robustness"):
        raw["tables"][name] = [row for row in raw["tables"][name] if row["track"] != track]


def change_scales(raw, track):
    read = {metric["scale"] for metric in metrics_of(raw, track)}
    for scale in raw["scales"]:
        if scale["id"] in read:
            scale.update(title="Rewritten", ask="Rewritten?", why="Rewritten.", source="Rewritten")
            scale["levels"][0]["anchor"] = "Rewritten"
            raw["study"]["plan"]["ratings_per_unit"][scale["id"]] = 9


def change_scope_and_overrides(raw, track):
    for metric in metrics_of(raw, track):
        raw["study"]["scope"]["out"].append({"metric": metric["id"], "reason": "Rewritten.", "by": "x", "at": "y"})
        override = {
            "metric": metric["id"],
            "field": "weight.value",
            "value": 0.1,
            "reason": "Rewritten.",
            "by": "x",
            "at": "y",
        }
        raw["study"]["overrides"].append(override)
        raw["study"]["plan"]["comparisons"]["margins"][metric["id"]] = 0.123
    raw["study"]["plan"]["comparisons"]["margins"][track] = 0.123


def add_notes(raw, track):
    raw["notes"].append({"code": "new", "track": track, "facts": {"text": "Rewritten."}})


def change_what_identifies_the_whole(raw, _track):
    """A change of a track's files changes digests and the version of the rubric: those stand on the index alone."""
    raw["rubric"].update(sha256="00" * 32, version="9.9.9", title="Rewritten", about="Rewritten.", source="Rewritten")
    raw["inputs"] = [{"file": "ratings.csv", "sha256": "11" * 32}]
    raw["run"]["versions"] = {}
    for row in raw["tables"]["accountability"]:
        row["n"] = 1


CHANGES = [
    rewrite_metrics,
    drop_metrics,
    change_states,
    change_numbers,
    drop_rows,
    change_scales,
    change_scope_and_overrides,
    add_notes,
    change_what_identifies_the_whole,
]


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_one_track_leaves_the_page_of_the_other_as_it_was(change, track):
    raw = results.document()
    change(raw, track)
    after = pages(raw)
    assert after[f"{OTHER[track]}.html"] == BEFORE[f"{OTHER[track]}.html"]
    assert after["index.html"] != BEFORE["index.html"] or after[f"{track}.html"] != BEFORE[f"{track}.html"]


@given(st.lists(st.sampled_from(CHANGES), min_size=2, max_size=5, unique=True), st.sampled_from(TRACKS))
def test_several_changes_at_once_do_not_either(changes, track):
    raw = results.document()
    for change in changes:
        change(raw, track)
    document = parse_document(results.encoded(raw))
    assert build_pages(document)[f"{OTHER[track]}.html"] == BEFORE[f"{OTHER[track]}.html"]


@pytest.mark.parametrize("track", TRACKS)
def test_a_sheet_holds_nothing_that_names_the_other_track(track):
    sheet = sheet_of(parse_document(results.encoded(results.document())), Track(track))
    assert OTHER[track] not in repr(sheet)


@pytest.mark.parametrize("track", TRACKS)
def test_a_page_says_nothing_of_the_other_track(track):
    page = BEFORE[f"{track}.html"].split("</style>")[1].lower()
    assert OTHER[track] not in page
    assert track in page
    for metric in metrics_of(results.document(), OTHER[track]):
        assert metric["title"].lower() not in page


def test_rows_in_another_order_give_the_same_pages():
    raw = results.document()
    for name in ("estimates", "gates", "verdicts", "accountability"):
        raw["tables"][name].reverse()
    assert pages(raw) == BEFORE


def test_the_same_document_gives_the_same_bytes_and_is_left_as_it_was():
    raw = results.document()
    kept = copy.deepcopy(raw)
    assert pages(raw) == BEFORE
    assert raw == kept
