"""Hostile sizes: what is too long is refused early, in bounded memory, wherever it stands."""

import subprocess
import sys
import time

import pytest

from dualtrack.errors import RecordError
from dualtrack.records import read_study
from dualtrack.records.raw import MAX_RECORD
from tests.unit.records.cases import GOOD

HUNDRED_MEGABYTES = 100 * 1024 * 1024
OPENINGS = {
    "raters.jsonl": b'{"rater_id": "r1", "kind": "person"}\n{"rater_id": "',
    "raters.csv": b"rater_id,kind\nr1,person\n",
}
PROBE = """
import resource, sys
from dualtrack.errors import RecordError
from dualtrack.records import read_study
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_study(sys.argv[1])
except RecordError as error:
    print(error.code, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.fixture(params=OPENINGS)
def folder(request, tmp_path):
    """A study in which one table has a single line of 100 MB; the file takes no room on the disk."""
    for name in ("study.yaml", "items.jsonl"):
        (tmp_path / name).write_bytes((GOOD / name).read_bytes())
    with (tmp_path / request.param).open("wb") as stream:
        stream.write(OPENINGS[request.param] + b"x" * 8192)
        stream.truncate(HUNDRED_MEGABYTES)
    return tmp_path


def test_a_single_line_of_100_mb_is_refused_at_once(folder):
    begun = time.perf_counter()
    with pytest.raises(RecordError) as caught:
        read_study(folder)
    assert time.perf_counter() - begun < 10
    (problem,) = caught.value.problems
    assert problem.code == "REC010"
    assert problem.place.line == (2 if problem.place.file == "raters.jsonl" else 3)
    assert problem.found.startswith("more than 16,777,216 bytes")


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is counted in KiB on Linux")
def test_a_single_line_of_100_mb_takes_no_memory_of_its_size(folder):
    done = subprocess.run([sys.executable, "-c", PROBE, str(folder)], capture_output=True, text=True, check=True)
    code, mebibytes = done.stdout.split()
    assert code == "REC010"
    assert int(mebibytes) < 200


def test_an_over_long_cell_is_named_with_its_row(tmp_path):
    for name in ("study.yaml", "items.jsonl"):
        (tmp_path / name).write_bytes((GOOD / name).read_bytes())
    long = "y" * (MAX_RECORD + 1)
    # Arrow joins two blocks, so a record between one and two of them is read, and refused by its cell.
    (tmp_path / "raters.csv").write_text(f"rater_id,kind,panel\nr1,person,\nr2,person,{long}\n")
    with pytest.raises(RecordError) as caught:
        read_study(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.row, problem.place.column) == ("REC010", 2, "panel")
    assert problem.found == f"{MAX_RECORD + 1:,} bytes"


def test_a_file_of_broken_lines_is_not_read_to_its_end(tmp_path):
    for name in ("study.yaml", "items.jsonl"):
        (tmp_path / name).write_bytes((GOOD / name).read_bytes())
    (tmp_path / "raters.jsonl").write_text("not json\n" * 300_000)
    with pytest.raises(RecordError) as caught:
        read_study(tmp_path)
    assert {problem.code for problem in caught.value.problems} == {"REC014"}
    assert len(caught.value.problems) < 50


def test_deep_nesting_is_refused_and_costs_nothing(tmp_path):
    for name in ("study.yaml", "items.jsonl"):
        (tmp_path / name).write_bytes((GOOD / name).read_bytes())
    for depth in (900, 100_000):
        line = '{"rater_id": "r1", "kind": "person", "x_a": ' + '{"a":' * depth + "1" + "}" * depth + ', "x_a": 2}\n'
        (tmp_path / "raters.jsonl").write_text(line)
        with pytest.raises(RecordError) as caught:
            read_study(tmp_path)
        assert caught.value.problems[0].code in {"REC014", "REC015"}
