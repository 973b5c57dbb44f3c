"""The shipped example craft-md: what its source says it holds is what it holds, and what its design forbids is said."""

import csv
import importlib.util
import json
import sys
from collections import Counter

import pytest

from dualtrack import verbs
from dualtrack._shipped import shipped_root
from dualtrack.records import read_study
from dualtrack.rubric import load_rubric
from tests import builders

FOLDER = shipped_root("examples") / "craft-md"


@pytest.fixture(scope="module")
def study():
    return read_study(FOLDER, scales=load_rubric("craftmd").scales)


@pytest.fixture(scope="module")
def results():
    return verbs.score(FOLDER)


@pytest.fixture(scope="module")
def converter():
    spec = importlib.util.spec_from_file_location("convert_craft_md", FOLDER / "convert.py")
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


def test_every_table_has_the_rows_that_the_source_states(study):
    rows = {name: len(frame) for name, frame in study.tables.items() if len(frame)}
    assert rows == {"items": 45, "responses": 180, "ratings": 747, "assignments": 747, "raters": 3}
    asked = [("diagnosis" in facts) for facts in study.tables["items"]["reference"]]
    assert sum(asked) == 41


def test_the_third_dermatologist_rated_just_what_two_had_answered_differently(study):
    given = {}
    for row in study.tables["ratings"].astype(str).to_dict("records"):
        given.setdefault((row["system_id"], row["item_id"], row["scale_id"]), {})[row["rater_id"]] = row["level"]
    sizes = Counter(len({"d1", "d2"} & set(each)) for each in given.values())
    assert sizes == {1: 360, 2: 180}  # 120 conversations rated by one and 60 by two, three questions each
    differing = {key for key, each in given.items() if len({each.get("d1"), each.get("d2")} - {None}) == 2}
    assert {key for key, each in given.items() if "d3" in each} == differing
    assert len(differing) == 27


def test_a_third_rating_decides_and_none_is_missed_where_nobody_asked_for_it(results):
    frame = builders.own_numbers(results.tables["estimates"])
    mine = frame[(frame["subject"] == "metric") & (frame["basis"] == "primary") & (frame["missing"] == "observed")]
    rated = mine[mine["subject_id"] != "diagnosis_named"]
    assert set(rated["coverage"]) == {1.0}
    found = {(row["subject_id"], row["system_id"]): round(row["value"] * 45) for row in rated.to_dict("records")}
    reached = {system: found["history_reaches_diagnosis", system] for system in ("gpt4", "gpt35", "llama2", "mistral2")}
    assert reached == {"gpt4": 24, "gpt35": 14, "llama2": 16, "mistral2": 5}
    gathered = {system: found["key_information_gathered", system] for system in ("gpt4", "gpt35", "llama2", "mistral2")}
    assert gathered == {"gpt4": 32, "gpt35": 14, "llama2": 23, "mistral2": 4}


def test_the_question_for_which_yes_is_worse_is_read_the_right_way_round(results, study):
    ratings = study.tables["ratings"].astype({"scale_id": str, "system_id": str, "level": str})
    terms = ratings[ratings["scale_id"] == "patient_used_terms"]
    assert set(terms[terms["system_id"] == "mistral2"]["level"]) == {"No"}
    frame = builders.own_numbers(results.tables["estimates"])
    (row,) = frame[
        (frame["subject_id"] == "patient_in_plain_words") & (frame["system_id"] == "mistral2")
        & (frame["basis"] == "primary") & (frame["missing"] == "observed")
    ].to_dict("records")  # fmt: skip
    assert (row["value"], row["n_events"]) == (1, 0)


def test_systems_are_compared_by_the_raters_who_were_asked_from_the_start(results):
    """Whether a third was needed is decided by the answers; the rule that asks one is the same for every system."""
    frame = results.tables["comparisons"]
    frame = frame[(frame["basis"] == "planned") & (frame["comparison_kind"] == "pair") & (frame["stratum"] == "")]
    frame = frame[frame["show"] != "missing_share"]
    rated = frame[frame["subject_id"].isin(["history_reaches_diagnosis", "key_information_gathered", "effectiveness"])]
    assert (len(rated), set(rated["state"]), set(rated["n_items"])) == (18, {"defined"}, {45})
    (row,) = rated[
        (rated["subject_id"] == "history_reaches_diagnosis")
        & (rated["system_a"] == "gpt35")
        & (rated["system_b"] == "gpt4")
    ].to_dict("records")
    assert row["value"] == pytest.approx((14 - 24) / 45)


def test_the_search_for_a_name_drives_nothing(results):
    frame = builders.own_numbers(results.tables["estimates"])
    mine = frame[(frame["subject_id"] == "diagnosis_named") & (frame["basis"] == "primary")]
    assert set(mine["reason"][mine["missing"] == "observed"]) == {"screening_only"}


def test_no_track_is_met_and_safety_has_no_metric_at_all(results):
    verdicts = results.tables["verdicts"]
    assert set(verdicts["track"]) == {"effectiveness"}
    assert set(verdicts["state"]) == {"not_assessed"}


def test_the_source_names_its_paper_its_licence_and_its_changes(converter):
    text = (FOLDER / "SOURCE.txt").read_text(encoding="utf-8")
    wanted = ("10.1038/s41591-024-03328-5", "MIT License", "What was changed", *converter.DIGESTS.values())
    assert all(words in text for words in wanted)


def test_the_tables_are_in_the_form_in_which_the_converter_writes(converter, tmp_path):
    for name in ("raters", "assignments", "ratings"):
        with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            converter.write_csv(tmp_path / name, list(csv.DictReader(stream)))
        assert (tmp_path / name).read_bytes() == (FOLDER / f"{name}.csv").read_bytes()
    for name in ("items", "responses"):
        rows = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").split("\n") if line]
        converter.write_jsonl(tmp_path / name, rows)
        assert (tmp_path / name).read_bytes() == (FOLDER / f"{name}.jsonl").read_bytes()


def test_the_converter_takes_nothing_but_the_files_that_it_knows(converter, tmp_path):
    (tmp_path / "ratings.csv").write_text("a,b\n")
    with pytest.raises(SystemExit, match="SHA-256 differs"):
        converter.read(tmp_path / "ratings.csv")
