"""The shipped example: what its source says it holds, is what it holds."""

import csv
import importlib.util
import json
import sys

import pandas as pd
import pytest

from dualtrack._shipped import shipped_root
from dualtrack.records import read_study
from dualtrack.rubric import load_rubric

FOLDER = shipped_root("examples") / "cqa-eval"
SCALES = ("correctness", "relevance", "risk_communication")


@pytest.fixture(scope="module")
def study():
    return read_study(FOLDER, scales=load_rubric("longqa").scales)


@pytest.fixture(scope="module")
def converter():
    """convert.py, loaded from its file."""
    spec = importlib.util.spec_from_file_location("convert", FOLDER / "convert.py")
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


def test_every_table_has_the_rows_that_the_paper_reports(study):
    rows = {name: len(frame) for name, frame in study.tables.items() if len(frame)}
    assert rows == {
        "items": 100, "responses": 300, "units": 1229, "ratings": (900 + 3687) * 3, "raters": 6,
        "scores": (300 + 1229) * 3,
    }  # fmt: skip


def test_every_answer_has_three_raters_on_every_scale(study):
    ratings = study.tables["ratings"]
    whole = ratings[ratings["unit_id"] == ""]
    per_answer = whole.groupby(["system_id", "item_id", "scale_id"], observed=True)["rater_id"].nunique()
    assert len(per_answer) == 300 * len(SCALES)
    assert set(per_answer) == {3}
    assert set(ratings["role"]) == {"primary"}


def test_the_panels_never_meet(study):
    ratings, raters = study.tables["ratings"], study.tables["raters"]
    panel = raters.set_index(raters["rater_id"].astype("str"))["panel"]
    of_rater = ratings["rater_id"].astype("str").map(panel)
    per_item = of_rater.groupby(ratings["item_id"].astype("str")).agg(["nunique", "first"])
    assert set(per_item["nunique"]) == {1}
    stated = study.tables["items"].set_index(study.tables["items"]["item_id"].astype("str"))["strata"]
    assert per_item["first"].to_dict() == {item: strata["panel"] for item, strata in stated.items()}
    assert per_item["first"].value_counts().to_dict() == {"A": 50, "B": 50}


def test_levels_are_those_of_the_published_files(study):
    ratings = study.tables["ratings"]
    whole = ratings[ratings["unit_id"] == ""]
    counted = pd.crosstab(whole["scale_id"].astype("str"), whole["level"].astype("str"))
    assert counted.loc["correctness"].tolist() == [2, 28, 51, 232, 587]
    assert counted.loc["relevance"].tolist() == [6, 27, 70, 244, 553]
    assert counted.loc["risk_communication"].tolist() == [146, 152, 122, 245, 235]


def test_a_sentence_is_where_its_offsets_say(study):
    units, responses = study.tables["units"], study.tables["responses"]
    texts = dict(zip(zip(responses["system_id"], responses["item_id"], strict=True), responses["text"], strict=True))
    for row in units.itertuples():
        text = texts[row.system_id, row.item_id][row.start : row.end]
        assert text == row.text
        assert text == text.strip()
        assert "<mark>" not in text


def test_two_answers_have_no_rated_sentence(study):
    units, responses = study.tables["units"], study.tables["responses"]
    with_units = set(zip(units["system_id"], units["item_id"], strict=True))
    without = set(zip(responses["system_id"], responses["item_id"], strict=True)) - with_units
    assert {system for system, _ in without} == {"llama", "physician"}
    assert len(without) == 2


def test_three_sentences_have_no_score_of_the_judge_and_say_so(study):
    scores = study.tables["scores"]
    without = scores[scores["level"].isna()]
    assert sorted(set(without["unit_id"])) == ["gpt4_24_2", "llama_48_0", "physician_13_0"]
    assert set(without["outcome"]) == {"not_assessable"}
    assert without["reason"].notna().all()


def test_every_question_states_what_an_answer_must_hold(study):
    references = study.tables["items"]["reference"].tolist()
    assert all(reference["should"] == "answer" and reference["elements"] for reference in references)
    assert sum(len(reference["elements"]) for reference in references) == 433


def test_the_source_names_its_papers_its_licence_and_its_changes(converter):
    text = (FOLDER / "SOURCE.txt").read_text(encoding="utf-8")
    papers, terms = ("arXiv 2510.10415", "arXiv 2401.14493"), ("CC BY 4.0", "MIT licence", "no licence file")
    assert all(words in text for words in (*papers, *terms, "What was changed"))
    assert all(digest in text for digest in converter.DIGESTS.values())


def test_the_tables_are_in_the_order_and_form_in_which_the_converter_writes(converter, tmp_path):
    for name in ("raters", "units", "ratings", "scores"):
        with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        converter.write_csv(tmp_path / name, rows[::-1])
        assert (tmp_path / name).read_bytes() == (FOLDER / f"{name}.csv").read_bytes()
    for name in ("items", "responses"):
        rows = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        converter.write_jsonl(tmp_path / name, rows)
        assert (tmp_path / name).read_bytes() == (FOLDER / f"{name}.jsonl").read_bytes()


def test_the_converter_takes_nothing_but_the_files_that_it_knows(converter, tmp_path):
    (tmp_path / "coarse.jsonl").write_text("{}\n")
    with pytest.raises(SystemExit, match="SHA-256 differs"):
        converter.read(tmp_path / "coarse.jsonl")


def test_a_sentence_marked_in_pieces_becomes_one_unit(converter):
    sentence = {
        "answer_id": "a", "answer_type": "llama", "question_id": "q", "sentence_id": "a_0",
        "answer": "Some causes:\n<mark>Signs are: </mark>\n* <mark>Redness</mark>\n* <mark>Itching</mark>. More.",
    }  # fmt: skip
    text = "Some causes: Signs are:\n\n* Redness\n* Itching. More."
    unit = converter.unit(sentence, {"a": text})
    assert unit["text"] == text[unit["start"] : unit["end"]] == "Signs are:\n\n* Redness\n* Itching"


def test_the_example_is_small_enough_to_ship():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 2_500_000
