"""What the document says of a design."""

import json

import pytest

from dualtrack.records.study import StudyFile
from dualtrack.scoring.document import RunFacts, make_document
from dualtrack.scoring.engine import score_tables
from tests import builders

FACTS = RunFacts("0.1.0", {"numpy": "2"}, None, {"b.csv": "1" * 64, "a.csv": "0" * 64})


def document_of(levels, by, *, study=None, **rows):
    ratings = [row | {"rater_id": by[row["item_id"]]} for row in builders.ratings(levels)]
    tables = builders.tables(
        **({"items": builders.items(2), "responses": builders.responses("a", 2)} | rows), ratings=ratings
    )
    study = builders.study(("a",), ratings_per_unit={"default": 1}) if study is None else study
    rubric = builders.rubric([builders.metric()])
    return make_document(rubric, score_tables(rubric, study, tables).plan, tables, FACTS)


def notes_of(code, *given, **rows):
    return [note for note in document_of(*given, **rows)["notes"] if note["code"] == code]


def test_panels_that_never_meet_are_noted_for_the_track_whose_scales_they_rated():
    notes = notes_of("panels_never_meet", {("a", 0): ["5"], ("a", 1): ["4"]}, {"i000": "r1", "i001": "r2"})
    assert [note["track"] for note in notes] == ["effectiveness"]
    assert notes[0]["facts"]["panels"] == [{"raters": ["r1"], "n_items": 1}, {"raters": ["r2"], "n_items": 1}]


def test_raters_who_meet_give_no_note():
    given = {("a", 0): ["5"], ("a", 1): ["4"]}, {"i000": "r1", "i001": "r1"}
    assert notes_of("panels_never_meet", *given) == []


@pytest.mark.parametrize(
    ("blinded", "code", "n"),
    [(None, "blinding_not_recorded", 1), (False, "raters_not_blinded", 1), (True, "blinding_not_recorded", 0)],
)
def test_raters_who_saw_or_may_have_seen_the_name_are_noted(blinded, code, n):
    raters = [{"rater_id": "r1", "kind": "person", "blinded": blinded}]
    notes = notes_of(code, {("a", 0): ["5"]}, {"i000": "r1"}, raters=raters)
    assert [note["facts"] for note in notes] == [{"n": 1, "n_raters": 1}] * n


def test_answers_with_one_rater_each_are_noted():
    assert notes_of("one_rater_each", {("a", 0): ["5"]}, {"i000": "r1"})


def test_the_same_prompt_in_two_clusters_is_noted():
    items = [{"item_id": f"i00{k}", "prompt": "the same words"} for k in range(2)]
    notes = notes_of("same_prompt", {("a", 0): ["5"]}, {"i000": "r1"}, items=items)
    assert {note["facts"]["n_items"] for note in notes} == {2}


def test_the_document_is_plain_json_with_sorted_inputs_and_no_clock_of_its_own():
    document = document_of({("a", 0): ["5"]}, {"i000": "r1"})
    json.dumps(document, allow_nan=False)
    assert [entry["file"] for entry in document["inputs"]] == ["a.csv", "b.csv"]
    assert document["run"]["clock"] is None
    assert document["metrics"][0]["in_scope"] is True
    assert document["metrics"][0]["aggregate"] == "median"


def study_of(family, *judges):
    plain = builders.study(("a",), ratings_per_unit={"default": 1}).model_dump(mode="json", by_alias=True)
    plain["systems"][0]["family"] = family
    kinds = ("llm_judge", "harness")
    plain["sources"] = [
        {"id": f"j{place}", "kind": kinds[place % 2], "name": "J", "family": each} for place, each in enumerate(judges)
    ]
    return StudyFile.model_validate_json(json.dumps(plain))


@pytest.mark.parametrize(
    ("family", "judge", "same"),
    [
        ("Larch", "larch", True),
        (" larch  4 ", "Larch 4", True),
        ("larch", "birch", False),
        ("unknown", "Unknown", False),
        (None, None, False),
        (None, "larch", False),
        ("larch", None, False),
    ],
)
def test_a_source_names_the_systems_of_its_own_family(family, judge, same):
    study = document_of({("a", 0): ["5"]}, {"i000": "r1"}, study=study_of(family, judge, "other"))["study"]
    assert [source.get("same_family") for source in study["sources"]] == [["a"] if same else None, None]
    assert study["systems"][0].get("family") == family
