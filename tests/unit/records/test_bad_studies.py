"""Bad input: each case replaces files of a good study, and expected.txt holds every message, compared whole."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import dualtrack
from dualtrack.errors import RecordError
from dualtrack.records import read_study
from tests.unit.records.cases import BAD, GOOD, SCALES, lay_out

CASES = sorted(path.name for path in BAD.iterdir())
PACKAGE = Path(dualtrack.__file__).parent
MADE_BY_TESTS = {"REC010", "REC040", "REC046"}  # 16 MiB and more: see test_large_input.py; a dossier: test_beside.py


def test_the_study_that_the_cases_change_has_nothing_wrong():
    assert read_study(GOOD, scales=SCALES).file.id == "small"


@pytest.mark.parametrize("case", CASES)
def test_every_problem_is_named_with_place_found_expected_and_fix(case, tmp_path):
    with pytest.raises(RecordError) as caught:
        read_study(lay_out(BAD / case, tmp_path / "study"), scales=SCALES)
    said = "".join(f"{problem}\n" for problem in caught.value.problems)
    assert said == (BAD / case / "expected.txt").read_text(encoding="utf-8")
    assert case[:6] in {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize("prefix", ["REC", "OUT"])
def test_codes_in_the_source_and_explanations_agree(prefix):
    sources = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    used = {code for text in sources for code in re.findall(rf'"({prefix}\d{{3}})"', text)}
    entries = yaml.safe_load((PACKAGE / "messages" / f"{prefix}.yaml").read_text(encoding="utf-8"))
    assert used == set(entries)
    assert all(set(entry) == {"title", "why", "fix"} and all(entry.values()) for entry in entries.values())


def test_every_code_has_a_case():
    entries = yaml.safe_load((PACKAGE / "messages" / "REC.yaml").read_text(encoding="utf-8"))
    assert {case[:6] for case in CASES} | MADE_BY_TESTS == set(entries)


def test_no_message_holds_a_path_of_the_machine():
    said = "".join((BAD / case / "expected.txt").read_text(encoding="utf-8") for case in CASES)
    assert str(Path.home()) not in said
    assert not re.search(r"(?<![\w/])/\w+/", said)


def test_a_folder_that_does_not_exist_is_said_to_be_missing(tmp_path):
    with pytest.raises(RecordError) as caught:
        read_study(tmp_path / "nowhere")
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("REC001", "no such folder")


def test_a_problem_of_many_rows_is_shown_twenty_times_and_then_counted(tmp_path):
    folder = lay_out(BAD / "REC001-no-study-yaml", tmp_path / "study")
    (folder / "study.yaml").write_bytes((GOOD / "study.yaml").read_bytes())
    rows = "".join(f"r{n},human\n" for n in range(1, 1225))
    (folder / "raters.csv").write_text(f"rater_id,kind\n{rows}")
    with pytest.raises(RecordError) as caught:
        read_study(folder, scales=SCALES)
    *shown, rest = caught.value.problems
    assert [problem.place.row for problem in shown] == list(range(1, 21))
    assert str(rest) == (
        "REC020 the word is not one of the list (and 1,204 more like this); raters.csv, column kind; found 1,224 rows "
        "in all; expected one of person, position"
    )


def test_a_long_hostile_cell_is_quoted_harmlessly(tmp_path):
    folder = lay_out(BAD / "REC020-word-not-in-the-list", tmp_path / "study")
    (folder / "responses.csv").write_bytes((GOOD / "responses.csv").read_bytes())
    hostile = "\u202e\x1b[31m<script>" + "y" * 5000
    (folder / "raters.csv").write_text(f"rater_id,kind\nr1,{hostile}\nr2,person\n", encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        read_study(folder, scales=SCALES)
    said = str(caught.value)
    assert "\u202e" not in said
    assert "\x1b" not in said
    assert "and 4,954 more characters" in said


def test_without_scales_levels_are_not_judged(tmp_path):
    folder = lay_out(BAD / "REC028-level-not-on-the-scale", tmp_path / "study")
    study = read_study(folder)
    assert set(study.tables["ratings"]["level"]) == {"6", "4.5", "5", "1"}


def problems_of(study):
    """What is wrong with a study; nothing when it can be read. Anything but a RecordError is a failure."""
    try:
        read_study(study, scales=SCALES)
    except RecordError as error:
        return error.problems
    return ()


TOKENS = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"{",
    b"]",
    b":",
    b"null",
    b"NaN",
    b"1e999",
    b"-1",
    b"\\ud800",
    b"&a",
]
FILES = sorted(path.name for path in GOOD.iterdir())


@given(name=st.sampled_from(FILES), data=st.data())
@settings(max_examples=100, deadline=None)
def test_whatever_stands_in_a_file_ends_in_coded_problems_or_in_a_study(name, data):
    content = bytearray((GOOD / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content)))
        removed = data.draw(st.integers(0, 20))
        content[place : place + removed] = data.draw(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=3)))
    with tempfile.TemporaryDirectory() as folder:
        study = Path(shutil.copytree(GOOD, Path(folder) / "study"))
        (study / name).write_bytes(bytes(content))
        assert all(re.fullmatch(r"REC0\d\d", problem.code) and problem.fix for problem in problems_of(study))
