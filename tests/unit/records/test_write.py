"""The results folder: exact, sorted, harmless in a spreadsheet, all or nothing."""

import csv
import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualtrack.errors import OutputError
from dualtrack.records import read_results, write_results
from dualtrack.records.plain import ten_digits

STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are full-width signs
DOCUMENT = {"schema": "dualtrack.results/1", "study": {"id": "small", "share": 1 / 3}, "inputs": []}


def texts(rows):
    return pd.DataFrame(rows, columns=["system_id", "item_id", "sample", "prompt", "text"])


def gate_cases(n=3):
    row = {"system_id": "a", "gate_id": "m.rate", "sample": 1, "why": "failing"}
    return pd.DataFrame([{**row, "item_id": f"q{k}"} for k in range(n)])[
        ["system_id", "gate_id", "item_id", "sample", "why"]
    ]


def verdict(**changes):
    row = {
        "system_id": "a", "track": "safety", "state": "not_met", "decided_by": ["m.rate"], "reasons": [],
        "coverage": 2 / 3,
    }  # fmt: skip
    return pd.DataFrame([row | changes])


def write(folder, document=DOCUMENT, **tables):
    write_results({"verdicts": verdict()} | tables, document, folder)


def everything(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_scorecards_hold_document_and_tables_with_ten_digits(tmp_path):
    write(tmp_path / "out", gate_cases=gate_cases())
    content = json.loads((tmp_path / "out" / "scorecards.json").read_text(encoding="utf-8"))
    assert list(content) == sorted(content)
    assert content["study"] == {"id": "small", "share": 0.3333333333}
    assert content["tables"] == {
        "verdicts": [
            {
                "system_id": "a", "track": "safety", "state": "not_met", "decided_by": ["m.rate"], "reasons": [],
                "coverage": 0.6666666667,
            }
        ]
    }  # fmt: skip
    assert {path.name for path in (tmp_path / "out" / "tables").iterdir()} == {
        "gate_cases.csv", "gate_cases.parquet", "verdicts.csv", "verdicts.parquet",
    }  # fmt: skip


def test_what_is_written_is_read_back(tmp_path):
    write(tmp_path / "out", gate_cases=gate_cases())
    document, tables = read_results(tmp_path / "out")
    assert document == {**DOCUMENT, "study": {"id": "small", "share": 0.3333333333}}
    assert set(tables) == {"verdicts", "gate_cases"}
    assert tables["verdicts"].to_dict("records") == verdict(coverage=0.6666666667).to_dict("records")
    assert tables["gate_cases"].to_dict("records") == gate_cases().to_dict("records")


def test_equal_results_give_equal_bytes_in_any_order_of_rows_and_columns(tmp_path):
    cases = gate_cases(5)
    write(tmp_path / "one", gate_cases=cases)
    write(tmp_path / "two", gate_cases=cases.sample(frac=1, random_state=3)[cases.columns[::-1]])
    backwards = pd.CategoricalDtype(["z", *(f"q{k}" for k in range(9, -1, -1))])
    categories = cases.astype({"system_id": "category", "item_id": backwards})
    write(tmp_path / "three", gate_cases=categories)
    assert everything(tmp_path / "one") == everything(tmp_path / "two") == everything(tmp_path / "three")


def test_undefined_is_null_and_never_nan(tmp_path):
    write(tmp_path / "out", verdicts=verdict(coverage=math.nan, reasons=None))
    row = json.loads((tmp_path / "out" / "scorecards.json").read_text())["tables"]["verdicts"][0]
    assert row["coverage"] is None
    assert row["reasons"] is None
    assert read_results(tmp_path / "out")[1]["verdicts"]["coverage"].isna().all()
    assert (tmp_path / "out" / "tables" / "verdicts.csv").read_text().endswith('"[""m.rate""]",,\n')


@pytest.mark.parametrize(
    ("tables", "document", "where"),
    [
        ({"verdicts": verdict(coverage=math.inf)}, DOCUMENT, "verdicts.coverage"),
        ({}, DOCUMENT | {"run": {"share": [math.nan]}}, "run.share[0]"),
        ({}, DOCUMENT | {"run": {1, 2}}, "run"),
        ({"verdicts": verdict(colour="red")}, DOCUMENT, "colour"),
        ({"verdicts": verdict(state=None)}, DOCUMENT, "state"),
        ({"verdicts": verdict(coverage="much")}, DOCUMENT, "coverage"),
        ({"verdicts": pd.concat([verdict(), verdict()])}, DOCUMENT, "system_id, track"),
        ({"verdict": verdict()}, DOCUMENT, None),
    ],
)
def test_results_that_contradict_their_specification_are_not_written(tmp_path, tables, document, where):
    write(tmp_path / "out")
    before = everything(tmp_path / "out")
    with pytest.raises(OutputError) as caught:
        write(tmp_path / "out", document, **tables)
    assert caught.value.code == "OUT004"
    assert caught.value.problems[0].place.column == where
    assert everything(tmp_path / "out") == before


@given(number=st.floats(-1e300, 1e300))
def test_ten_digits_are_kept_and_stay_kept(number):
    short = ten_digits(number)
    assert short == ten_digits(short)
    assert math.isclose(short, number, rel_tol=1e-9)
    assert math.copysign(1, short) == 1 or short < 0


@given(rows=st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_no_text_starts_a_formula_in_csv_and_taking_one_apostrophe_away_restores_it(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("results") / "out"
    write(folder, texts=texts([("a", f"q{k}", 1, text, f"={text}") for k, text in enumerate(rows)]))
    with (folder / "tables" / "texts.csv").open(encoding="utf-8", newline="") as stream:
        read = list(csv.DictReader(stream))
    for row, text in zip(read, rows, strict=True):
        assert row["prompt"][:1] not in STARTS
        assert row["prompt"].removeprefix("'") == text
        assert row["text"] == f"'={text}"
    assert read_results(folder)[1]["texts"]["prompt"].tolist() == rows


def test_numbers_in_csv_stay_numbers(tmp_path):
    rows = pd.DataFrame({"system_id": ["a"], "item_id": ["q"], "sample": [1], "metric_id": ["m"], "basis": ["primary"],
                         "raw": [-0.25], "value": [np.nan], "strata.panel": ["-A"]})  # fmt: skip
    write(tmp_path / "out", observations=rows)
    header, row = (tmp_path / "out" / "tables" / "observations.csv").read_text().splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    assert (cells["raw"], cells["value"], cells["strata.panel"]) == ("-0.25", "", '"\'-A"')


def test_results_are_not_written_over_something_else(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(OutputError) as caught:
        write(tmp_path)
    assert str(caught.value) == (
        f"OUT002 the folder holds something else than results; {tmp_path.name}; found thesis.docx; "
        "expected nothing, or earlier results with scorecards.json; fix: name a new folder"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_scorecards_file_of_another_kind_is_not_taken_for_results(tmp_path):
    (tmp_path / "scorecards.json").write_text("[1, 2]")
    with pytest.raises(OutputError, match="OUT002"):
        write(tmp_path)
    with pytest.raises(OutputError, match=r"OUT005 .*a file of another kind"):
        read_results(tmp_path)


def test_a_folder_without_results_is_said_to_have_none(tmp_path):
    with pytest.raises(OutputError, match=r"OUT005 .*no such file"):
        read_results(tmp_path / "nowhere")


@pytest.mark.parametrize(("spoil", "found"), [("delete", "no such file"), ("cut", "a damaged file")])
def test_a_table_that_is_missing_or_damaged_is_named(tmp_path, spoil, found):
    write(tmp_path / "out")
    path = tmp_path / "out" / "tables" / "verdicts.parquet"
    if spoil == "delete":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(OutputError) as caught:
        read_results(tmp_path / "out")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.file, problem.found) == ("OUT006", "tables/verdicts.parquet", found)


def test_an_empty_folder_or_one_with_hidden_files_is_taken(tmp_path):
    (tmp_path / ".gitkeep").touch()
    write(tmp_path)
    assert (tmp_path / ".gitkeep").exists()
    assert (tmp_path / "scorecards.json").exists()
