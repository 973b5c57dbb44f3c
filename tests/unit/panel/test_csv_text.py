"""What is written as CSV reads back exactly: by the reader of a study, and by any other."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dualtrack.panel.csv_text import csv_text, held, unheld
from dualtrack.panel.return_files import write_accepted
from dualtrack.records import read_study
from tests.unit.records.cases import GOOD, SCALES
from tests.unit.report.hostile import TEXTS

ODD = [
    "=1+1",
    "+44 20",
    "@SUM(A1)",
    "-",
    "\t=1",
    "'=1",
    " lead",
    "trail ",
    "\r",
    "a\rb",
    "a\r\nb",
    "\n",
    '"',
    '""',
    ",",
    "\u200b",
    "\ufeff=x",
    "\u2028",
    "\x85",
    "\x0b",
    "\x1c",
    "\x1a",
    "\x7f",
    "NA",
    "null",
    "NaN",
    "None",
    "5.0",
    "true",
    "\u202egnp.exe",
    "\U0001f489",
    "\uffff",
    "e\u0301",
]
COMMENT = st.one_of(
    st.sampled_from([*ODD, *TEXTS]),
    st.text(max_size=20),
    st.text(st.sampled_from("=+-@\t\r\n\"',; \u200b\u200d\ufeffa"), max_size=8),
)


def read_back(comments):
    """The comments as ``panel import`` writes them and as the reader of a study finds them."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows = [
            {"system_id": "alpha", "item_id": "q1", "sample": 1, "unit_id": "", "scale_id": "correctness",
             "rater_id": "r1", "occasion": n, "level": "5", "role": "primary", "comment": comment,
             "failure_modes": ["overdose"], "severities": {"overdose": "H2"}, "spans": [], "seconds": 1.5,
             "rated_at": None, "pack_id": "p1", "inclusion_probability": None}
            for n, comment in enumerate(comments, start=1)
        ]  # fmt: skip
        (file,) = write_accepted({"ratings": rows}, folder / "in")
        study = folder / "study"
        study.mkdir()
        for name in ("study.yaml", "items.jsonl", "raters.csv", "responses.csv", "units.csv"):
            (study / name).write_bytes((GOOD / name).read_bytes())
        (study / "ratings.csv").write_bytes(file.read_bytes())
        table = read_study(study, scales=SCALES).tables["ratings"].sort_values("occasion")
        assert table["severities"].tolist() == [{"overdose": "H2"}] * len(rows)
        return [None if cell != cell or cell is None else cell for cell in table["comment"].astype("object")]  # noqa: PLR0124 -- only NaN differs from itself


@settings(max_examples=60, deadline=None)
@example(comments=ODD)
@given(comments=st.lists(COMMENT, min_size=1, max_size=6))
def test_comments_read_back_exactly(comments):
    assert read_back(comments) == [held(comment) or None for comment in comments]


def test_what_no_file_can_hold_is_replaced_and_nothing_else():
    given_ = ["a\x00b", "\ud83d", "=1\ud83d\x00"]
    assert [unheld(each) for each in (*given_, "=1\u200b", None, 5)] == [True, True, True, False, False, False]
    assert read_back(given_) == ["a\ufffdb", "\ufffd", "=1\ufffd\ufffd"]


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries({"a": COMMENT, "b": st.one_of(COMMENT, st.lists(COMMENT, max_size=2))}), max_size=4
    )
)
def test_any_other_reader_finds_the_same(rows):
    read = list(csv.DictReader(io.StringIO(csv_text(("a", "b"), rows), newline=""), strict=True))
    wanted = [
        {name: cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False) for name, cell in row.items()}
        for row in rows
    ]
    assert read == [{name: held(cell) for name, cell in row.items()} for row in wanted]


@pytest.mark.parametrize("cell", ["ab12", "=1", "r-1_x.y:z", "1.5"])
def test_plain_cells_stand_without_quotes(cell):
    assert csv_text(("a",), [{"a": cell}]) == f"a\n{cell}\n"


def test_an_empty_table_is_its_header():
    assert csv_text(("a", "b"), []) == "a,b\n"
