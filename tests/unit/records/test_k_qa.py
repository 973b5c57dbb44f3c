"""The shipped example k-qa: what its source says it holds is what it holds, and no two systems are compared."""

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

FOLDER = shipped_root("examples") / "k-qa"


@pytest.fixture(scope="module")
def study():
    return read_study(FOLDER, scales=load_rubric("kqa").scales)


@pytest.fixture(scope="module")
def results():
    return verbs.score(FOLDER)


@pytest.fixture(scope="module")
def converter():
    spec = importlib.util.spec_from_file_location("convert_k_qa", FOLDER / "convert.py")
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


def test_every_table_has_the_rows_that_the_source_states(study):
    rows = {name: len(frame) for name, frame in study.tables.items() if len(frame)}
    assert rows == {"items": 50, "responses": 50, "units": 399, "ratings": 1197, "raters": 3}
    assert study.tables["units"]["kind"].astype("str").value_counts().to_dict() == {"opportunity": 217, "claim": 182}
    systems = study.tables["responses"]["system_id"].astype("str").value_counts().to_dict()
    assert systems == {"askk": 15, "gpt4": 15, "bard": 10, "gpt35": 10}


def test_labels_are_those_of_the_published_file(study):
    ratings = study.tables["ratings"]
    counted = Counter(zip(ratings["rater_id"].astype("str"), ratings["level"].astype("str"), strict=True))
    assert [counted[f"label_{n}", "Entailment"] for n in range(3)] == [136, 181, 147]
    assert [counted[f"label_{n}", "Contradiction"] for n in range(3)] == [19, 14, 11]


def test_no_two_systems_share_a_question_and_none_is_compared(results):
    comparisons = results.tables["comparisons"]
    assert set(comparisons["state"]) == {"undefined"}
    assert set(comparisons["reason"]) == {"no_overlap"}
    assert comparisons["value"].isna().all()
    assert comparisons["p"].isna().all()


def test_a_search_for_the_very_words_flags_nearly_everything_and_is_no_proof(results):
    frame = results.tables["check_proof"]
    (row,) = frame[frame["system_id"] == ""].to_dict("records")
    assert (row["metric_id"], row["unit"], row["n"], row["n_failing"]) == ("must_have_stated", "opportunity", 217, 118)
    assert (row["n_hits"], row["n_false_alarms"], row["proof"]) == (118, 95, "screening")
    assert "no_better_than_chance" in row["reasons"]


def test_the_source_names_its_paper_its_licence_and_its_changes(converter):
    text = (FOLDER / "SOURCE.txt").read_text(encoding="utf-8")
    assert all(words in text for words in ("arXiv 2401.14493", "MIT License", "What was changed", converter.DIGEST))


def test_the_tables_are_in_the_form_in_which_the_converter_writes(converter, tmp_path):
    for name in ("raters", "units", "ratings"):
        with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            converter.write_csv(tmp_path / name, list(csv.DictReader(stream)))
        assert (tmp_path / name).read_bytes() == (FOLDER / f"{name}.csv").read_bytes()
    for name in ("items", "responses"):
        rows = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        converter.write_jsonl(tmp_path / name, rows)
        assert (tmp_path / name).read_bytes() == (FOLDER / f"{name}.jsonl").read_bytes()


def test_the_converter_takes_nothing_but_the_file_that_it_knows(converter, tmp_path):
    (tmp_path / converter.RAW).write_text("a,b\n")
    with pytest.raises(SystemExit, match="SHA-256 differs"):
        converter.read(tmp_path / converter.RAW)
