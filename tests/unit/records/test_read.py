"""Frames of a good study: forms, types, defaults, order, digests."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from dualtrack.errors import RecordError
from dualtrack.records import INPUT_TABLES, empty_frame, read_study, read_study_file
from tests.unit.records.cases import GOOD, SCALES


@pytest.fixture(scope="module")
def study():
    return read_study(GOOD, scales=SCALES)


@pytest.fixture
def folder(tmp_path):
    """A study of study.yaml and items alone."""
    (tmp_path / "study.yaml").write_bytes((GOOD / "study.yaml").read_bytes())
    (tmp_path / "items.jsonl").write_bytes((GOOD / "items.jsonl").read_bytes())
    return tmp_path


def test_every_table_of_the_contract_is_there_with_every_column(study):
    assert set(study.tables) == {table.name for table in INPUT_TABLES}
    for table in INPUT_TABLES:
        assert list(study.tables[table.name].columns) == list(table.names)


def test_an_absent_table_is_the_typed_empty_frame(study):
    pd.testing.assert_frame_equal(
        study.tables["assignments"], empty_frame(next(t for t in INPUT_TABLES if t.name == "assignments"))
    )


@pytest.mark.parametrize("table", INPUT_TABLES, ids=lambda table: table.name)
def test_a_frame_has_the_types_of_the_empty_frame(study, table):
    if table.name == "assignments":
        return
    read, empty = study.tables[table.name].dtypes, empty_frame(table).dtypes
    assert [str(each) for each in read] == [str(each) for each in empty]


def test_rows_stand_in_the_order_of_the_key_with_an_index_from_0(study):
    for table in INPUT_TABLES:
        frame = study.tables[table.name]
        keys = list(frame[list(table.key)].astype("str").itertuples(index=False))
        assert keys == sorted(keys)
        assert list(frame.index) == list(range(len(frame)))


def test_categories_are_sorted_text_that_occurs(study):
    ratings = study.tables["ratings"]
    assert list(ratings["unit_id"].cat.categories) == ["", "s1"]
    assert list(ratings["level"].cat.categories) == ["1", "4", "5"]
    assert all(type(word) is str for word in ratings["level"].cat.categories.tolist())


def test_defaults_fill_absent_columns_and_empty_cells(study):
    ratings, items = study.tables["ratings"], study.tables["items"]
    assert set(ratings["role"]) == {"primary"}
    assert ratings["sample"].tolist() == [1, 1, 1, 1]
    assert ratings["unit_id"].tolist() == ["", "", "s1", ""]
    assert items["family_id"].tolist() == ["q1", "q2"]
    assert items["variant"].tolist() == ["base", "base"]
    assert items["language"].tolist() == ["en", "en"]
    assert set(study.tables["preferences"]["shown_first"]) == {"unknown"}


def test_cells_keep_their_values(study):
    responses = study.tables["responses"].set_index(["system_id", "item_id"])
    assert responses.loc[("alpha", "q1"), "text"] == 'No. Ask a "pharmacist",\nor call us.'
    assert pd.isna(responses.loc[("beta", "q2"), "text"])
    assert responses["seconds"].tolist()[:2] == [1.5, 0.9]
    assert np.isnan(responses["seconds"].tolist()[2])
    assert study.tables["items"]["strata"].tolist() == [{"age_band": "65+"}, {"age_band": "18-64"}]
    assert study.tables["items"]["tags"].tolist() == [None, ["short"]]
    assert study.tables["ratings"]["spans"].tolist() == [None, None, None, [[0, 3]]]
    assert study.tables["dispositions"]["sample"].tolist() == [1, pd.NA]


def test_levels_written_as_numbers_are_read_and_counted(study):
    assert dict(study.counts) == {"cells of ratings.level in another spelling (such as 5.0 for 5)": 2}


def test_digests_are_those_of_the_files(study):
    assert set(study.digests) == {path.name for path in GOOD.iterdir()}
    data = (GOOD / "units.csv").read_bytes()
    assert study.digests["units.csv"] == hashlib.sha256(data).hexdigest()


def test_progress_tells_files_and_bytes():
    told = []
    read_study(GOOD, scales=SCALES, progress=lambda *each: told.append(each))
    size = (GOOD / "units.csv").stat().st_size
    assert ("units.csv", 0, size) in told
    assert ("units.csv", size, size) in told


def test_strata_columns_of_csv_equal_strata_of_jsonl(folder):
    before = read_study(folder).tables["items"]
    (folder / "items.jsonl").unlink()
    (folder / "items.csv").write_text(
        "item_id,prompt,strata.age_band,strata.sex,tags,reference\n"
        'q2,What is a fever?,18-64,,"[""short""]",\n'
        "q1,May I take ibuprofen?,65+,,,"
        '"{""should"": ""answer"", ""avoid"": [{""id"": ""a1"", ""what"": ""ibuprofen""}]}"\n'
    )
    pd.testing.assert_frame_equal(read_study(folder).tables["items"], before)


def test_columns_of_ones_own_are_carried_as_text(folder):
    rows = [{"rater_id": "r1", "kind": "person", "x_n": 1.5, "x_list": [1]}, {"rater_id": "r2", "kind": "person"}]
    (folder / "raters.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    raters = read_study(folder).tables["raters"]
    assert raters["x_n"].tolist()[0] == "1.5"
    assert raters["x_list"].tolist()[0] == "[1]"
    assert pd.isna(raters["x_n"].tolist()[1])


def test_words_for_nothing_are_text_and_an_empty_text_is_nothing(folder):
    rows = [{"rater_id": f"r{n}", "kind": "person", "panel": word} for n, word in enumerate(["NA", "nan", "None", ""])]
    (folder / "raters.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    panel = read_study(folder).tables["raters"]["panel"]
    assert panel.tolist()[:3] == ["NA", "nan", "None"]
    assert pd.isna(panel.tolist()[3])


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(folder, mark, end):
    rows = [b"rater_id,kind,panel", b'r1,person,"a, b"', b"", b"r2,person,"]
    (folder / "raters.csv").write_bytes(mark + end.join(rows))
    (folder / "items.jsonl").write_bytes(mark + end.join([b'{"item_id": "s1", "prompt": "p"}', b""]))
    tables = read_study(folder).tables
    assert tables["raters"]["panel"].tolist()[0] == "a, b"
    assert tables["items"]["item_id"].tolist() == ["s1"]


def test_files_that_are_not_tables_may_lie_in_the_folder(folder):
    for name in ("README.md", "SOURCE.txt", "report.yaml", "dossier.yaml", "convert.py", ".hidden.csv", "LICENSE"):
        (folder / name).write_text("anything")
    (folder / "raw").mkdir()
    (folder / "raw" / "old.csv").write_text("anything")
    assert set(read_study(folder).digests) == {"study.yaml", "items.jsonl"}


def test_lines_count_what_rows_do_not(folder):
    (folder / "raters.csv").write_text('rater_id,kind,panel\n\nr1,person,"two\nlines"\n\nr2,alien,\n')
    with pytest.raises(RecordError) as caught:
        read_study(folder)
    assert str(caught.value.problems[0].place) == "raters.csv, row 2, line 6, column kind"


def test_blank_lines_of_jsonl_are_lines_and_not_rows(folder):
    (folder / "raters.jsonl").write_text(
        '\n{"rater_id": "r1", "kind": "person"}\n \n\n{"rater_id": "r2", "kind": "alien"}'
    )
    with pytest.raises(RecordError) as caught:
        read_study(folder)
    assert str(caught.value.problems[0].place) == "raters.jsonl, row 2, line 5, column kind"


def test_a_row_of_a_part_is_counted_in_its_part(folder):
    (folder / "raters").mkdir()
    for part, rows in (("a", ["r1", "r2"]), ("b", ["r3", "r 4"])):
        pd.DataFrame({"rater_id": rows, "kind": "person"}).to_parquet(folder / "raters" / f"{part}.parquet")
    with pytest.raises(RecordError) as caught:
        read_study(folder)
    assert str(caught.value.problems[0].place) == "raters/b.parquet, row 2, column rater_id"


def test_native_numbers_and_times_of_parquet_are_read(folder):
    frame = pd.DataFrame(
        {"rater_id": ["r1", "r2"], "kind": ["person", "person"], "years": [3, None], "blinded": [True, None]}
    )
    frame.to_parquet(folder / "raters.parquet")
    raters = read_study(folder).tables["raters"]
    assert raters["years"].tolist()[0] == 3.0
    assert raters["blinded"].tolist() == [True, pd.NA]


def test_columns_of_parquet_of_a_type_that_does_not_fit_are_refused(folder):
    frame = pd.DataFrame({"rater_id": [1, 2], "kind": "person", "languages": [["en"], ["de"]]})
    frame.to_parquet(folder / "raters.parquet")
    with pytest.raises(RecordError) as caught:
        read_study(folder)
    said = [(problem.code, problem.place.column, problem.expected) for problem in caught.value.problems]
    assert ("REC019", "rater_id", "text") in said
    assert ("REC019", "languages", "text that holds a JSON list") in said


def test_a_second_occasion_is_not_one_more_rater(tmp_path):
    for path in GOOD.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "ratings.jsonl").open("a") as stream:
        stream.write('{"system_id": "alpha", "item_id": "q1", "scale_id": "correctness", "rater_id": "r1", ')
        stream.write('"occasion": 2, "level": "3"}\n')
    assert len(read_study(tmp_path, scales=SCALES).tables["ratings"]) == 5


def test_tie_breaks_need_no_assignment(tmp_path):
    for path in GOOD.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "ratings.jsonl").write_text(
        '{"system_id": "alpha", "item_id": "q1", "scale_id": "correctness", "rater_id": "r1", "level": "3"}\n'
        '{"system_id": "alpha", "item_id": "q1", "scale_id": "correctness", "rater_id": "r2", "level": "3", '
        '"role": "tie_break"}\n'
    )
    (tmp_path / "assignments.csv").write_text(
        "system_id,item_id,scale_id,rater_id\nalpha,q1,correctness,r1\nbeta,q1,correctness,r1\n"
    )
    assert read_study(tmp_path, scales=SCALES).tables["assignments"]["occasion"].tolist() == [1, 1]


def test_without_responses_any_response_may_be_judged(tmp_path):
    for path in GOOD.iterdir():
        if path.name not in {"responses.csv", "units.csv", "ratings.jsonl"}:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    assert len(read_study(tmp_path, scales=SCALES).tables["scores"]) == 3


def test_the_study_file_is_read_alone(folder):
    assert [system.id for system in read_study_file(folder).systems] == ["alpha", "beta"]


def test_columns_that_come_and_go_between_blocks_keep_their_rows(folder, monkeypatch):
    monkeypatch.setattr("dualtrack.records.jsonl._READ", 64)
    rows = [{"rater_id": f"r{n:02d}", "kind": "person"} for n in range(20)]
    rows[9] |= {"panel": "A", "languages": ["en"], "years": 2**70}
    rows[15] |= {"panel": "B", "years": 1.5}
    (folder / "raters.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    raters = read_study(folder).tables["raters"].set_index("rater_id")
    assert raters["panel"].dropna().to_dict() == {"r09": "A", "r15": "B"}
    assert raters["years"].dropna().to_dict() == {"r09": 2.0**70, "r15": 1.5}
    assert raters["languages"].dropna().to_dict() == {"r09": ["en"]}


def test_parts_may_have_different_columns(folder):
    (folder / "raters").mkdir()
    pd.DataFrame({"rater_id": ["r1"], "kind": "person", "panel": "A"}).to_parquet(folder / "raters" / "a.parquet")
    pd.DataFrame({"rater_id": ["r2"], "kind": "person", "years": 3}).to_parquet(folder / "raters" / "b.parquet")
    raters = read_study(folder).tables["raters"]
    assert raters["panel"].dropna().tolist() == ["A"]
    assert raters["years"].dropna().tolist() == [3.0]


@pytest.mark.parametrize(
    ("zone", "expected"), [("UTC", "2025-01-31T09:30:00.000000Z"), ("Europe/Paris", "2025-01-31T08:30:00.000000Z")]
)
def test_times_of_parquet_need_a_zone(folder, zone, expected):
    moment = pd.Timestamp("2025-01-31T09:30:00", tz=zone)
    frame = pd.DataFrame({"system_id": ["alpha"], "item_id": "q1", "status": "refused", "asked_at": [moment]})
    frame.to_parquet(folder / "responses.parquet")
    assert read_study(folder).tables["responses"]["asked_at"].tolist() == [expected]
    frame.assign(asked_at=moment.tz_localize(None)).to_parquet(folder / "responses.parquet")
    with pytest.raises(RecordError, match=r"REC019 .*timestamp.*text, or a timestamp with a time zone"):
        read_study(folder)


def test_a_dictionary_column_of_parquet_is_text(folder):
    kinds = pd.Series(["person", "person"], dtype="category")
    pd.DataFrame({"rater_id": ["r1", "r2"], "kind": kinds, "colour": 1}).to_parquet(folder / "raters.parquet")
    with pytest.raises(RecordError) as caught:
        read_study(folder)
    assert [(problem.code, problem.place.column) for problem in caught.value.problems] == [("REC016", "colour")]


@pytest.mark.parametrize(
    ("cell", "found"),
    [('{""a"": 1, ""a"": 2}', "the key 'a' stands twice"), ("[1]", "'[1]'"), ("{a: 1}", "'{a: 1}': ")],
)  # fmt: skip
def test_json_in_a_cell_is_as_strict_as_a_line(folder, cell, found):
    (folder / "items.jsonl").unlink()
    (folder / "items.csv").write_text(f'item_id,prompt,reference\nq1,p,"{cell}"\n')
    with pytest.raises(RecordError) as caught:
        read_study(folder)
    assert caught.value.code == "REC019"
    assert found in caught.value.problems[0].found


def test_numbers_on_a_number_scale_stay_inside_it(tmp_path):
    for path in GOOD.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    row = '{"system_id": "alpha", "item_id": "q1", "scale_id": "minutes", "rater_id": "r1", "level": "%s"}\n'
    (tmp_path / "ratings.jsonl").write_text(row % "59.5")
    assert read_study(tmp_path, scales=SCALES).tables["ratings"]["level"].tolist() == ["59.5"]
    for level in ("61", "-1", "long", "inf"):
        (tmp_path / "ratings.jsonl").write_text(row % level)
        with pytest.raises(RecordError) as caught:
            read_study(tmp_path, scales=SCALES)
        assert [(each.code, each.expected) for each in caught.value.problems] == [("REC028", "a number from 0 to 60")]


TICKED = ["wrong_frequency", "overdose"]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_what_a_rater_ticked_is_read_from_every_form(tmp_path, form):
    ratings = ratings_with(tmp_path, [json.dumps(TICKED), None, ""], form=form)
    assert ratings["failure_modes"].tolist() == [TICKED, None, None]


@pytest.mark.parametrize(
    ("form", "cell"), [("csv", "[1]"), ("csv", '["two words"]'), ("csv", '{"a": 1}'), ("jsonl", "[1]")]
)
def test_a_list_of_ticks_that_holds_anything_but_names_is_refused(tmp_path, form, cell):
    with pytest.raises(RecordError, match=r"REC019 .*column failure_modes.*expected a JSON list of identifiers"):
        ratings_with(tmp_path, [cell, None, None], form=form)


def ratings_with(folder, ticks, *, form):
    """The ratings of the good study on whole answers, with these cells of ticks, written in one form and read again."""
    for path in GOOD.iterdir():
        if not path.name.startswith("ratings."):
            (folder / path.name).write_bytes(path.read_bytes())
    rows = [json.loads(line) for line in (GOOD / "ratings.jsonl").read_text(encoding="utf-8").splitlines()]
    kept = [{name: row[name] for name in ("system_id", "item_id", "scale_id", "rater_id")} for row in rows[:2]]
    kept.append({**kept[0], "system_id": "beta"})
    made = [{**row, "level": "5", "failure_modes": cell} for row, cell in zip(kept, ticks, strict=True)]
    if form == "jsonl":
        native = ({**row, "failure_modes": json.loads(row["failure_modes"] or "null")} for row in made)
        (folder / "ratings.jsonl").write_text("".join(json.dumps(row) + "\n" for row in native), encoding="utf-8")
    elif form == "csv":
        pd.DataFrame(made).to_csv(folder / "ratings.csv", index=False)
    else:
        pd.DataFrame(made).to_parquet(folder / "ratings.parquet")
    return read_study(folder).tables["ratings"]


def test_what_the_checks_cannot_read_is_a_problem_with_its_file_and_row(folder):
    def faults(reference):
        yield "reference.doses", f"{len(reference)} facts", "an amount", "write it as one"

    with pytest.raises(RecordError) as caught:
        read_study(folder, scales=SCALES, facts=faults)
    problems = [each for each in caught.value.problems if each.place.column == "reference.doses"]
    assert {(each.code, each.place.file) for each in problems} == {("REC037", "items.jsonl")}
    assert all(each.place.row and each.fix == "write it as one" for each in problems)
    assert read_study(folder, scales=SCALES, facts=lambda _reference: ()).tables["items"].shape[0]
