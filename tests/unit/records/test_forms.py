"""One table in several forms gives one frame; the order of rows has no meaning."""

import csv
import json
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualtrack.records import read_study
from tests.unit.records.cases import GOOD

NESTED = {"languages", "conflicts"}
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
RATERS = st.lists(
    st.fixed_dictionaries(
        {
            "rater_id": st.from_regex(r"[A-Z][a-z0-9._:-]{0,6}", fullmatch=True),
            "kind": st.sampled_from(["person", "position"]),
        },
        optional={
            "panel": TEXTS,
            "specialty": st.sampled_from(["NA", "nan", "None", "null", "=1+1", " x ", '"', ",", "\r\n", "\ufeff"]),
            "years": st.one_of(st.integers(0, 10**9), st.floats(0, 1e300, allow_subnormal=False)),
            "languages": st.lists(TEXTS, max_size=3),
            "conflicts": st.lists(st.dictionaries(TEXTS, st.integers(-(2**63), 2**63 - 1), max_size=2), max_size=2),
            "blinded": st.booleans(),
            "x_own": TEXTS,
        },
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row["rater_id"].casefold(),
)


def columns_of(rows):
    return list(dict.fromkeys(name for row in rows for name in row))


def cell(value):
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def write_jsonl(folder, rows):
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "raters.jsonl").write_text(text, encoding="utf-8", newline="\n")


def write_csv(folder, rows):
    with (folder / "raters.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns_of(rows), quoting=csv.QUOTE_MINIMAL)
        writer.writeheader()
        writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)


def table(rows):
    cells = {name: [cell(row.get(name)) for row in rows] for name in columns_of(rows)}
    return pa.table({name: pa.array(values, pa.string()) for name, values in cells.items()})


def write_parquet(folder, rows):
    pyarrow.parquet.write_table(table(rows), folder / "raters.parquet")


def write_parts(folder, rows):
    (folder / "raters").mkdir()
    for place, row in enumerate(rows):
        pyarrow.parquet.write_table(table([row]), folder / "raters" / f"part-{place:03d}.parquet")


WRITERS = {"jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet, "parts": write_parts}


def read(write, rows):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "study.yaml").write_bytes((GOOD / "study.yaml").read_bytes())
        (folder / "items.jsonl").write_bytes((GOOD / "items.jsonl").read_bytes())
        write(folder, rows)
        return read_study(folder).tables["raters"]


@given(rows=RATERS)
@settings(max_examples=30, deadline=None)
def test_every_form_of_a_table_reads_alike(rows):
    frames = {form: read(write, rows) for form, write in WRITERS.items()}
    for form, frame in frames.items():
        pd.testing.assert_frame_equal(frame, frames["jsonl"], check_like=True, obj=form)


@given(rows=RATERS)
@settings(max_examples=30, deadline=None)
def test_what_is_written_is_what_is_read(rows):
    frame = read(write_jsonl, rows).set_index("rater_id")
    for row in rows:
        for name, value in row.items():
            if name == "rater_id":
                continue
            found = frame.loc[row["rater_id"], name]
            if value == "":
                assert pd.isna(found)
            else:
                assert found == (float(value) if name == "years" else value)


@pytest.mark.parametrize("form", WRITERS)
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_has_no_meaning(form, data):
    rows = data.draw(RATERS)
    shuffled = data.draw(st.permutations(rows))
    pd.testing.assert_frame_equal(read(WRITERS[form], rows), read(WRITERS[form], shuffled), check_like=True)


def test_the_slow_way_of_reading_csv_gives_what_the_fast_way_gives(monkeypatch):
    rows = [
        {"rater_id": "r1", "kind": "person", "panel": 'a "quoted", text\r\nof two lines', "years": 3},
        {"rater_id": "r2", "kind": "position", "languages": ["en", "de"], "x_own": "é"},
    ]
    fast = read(write_csv, rows)
    monkeypatch.setattr("dualtrack.records.csv_source._read_fast", lambda *_: None)
    pd.testing.assert_frame_equal(read(write_csv, rows), fast)
