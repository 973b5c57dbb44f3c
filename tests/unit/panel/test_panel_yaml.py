"""panel.yaml: read strictly, every problem at once with its line, and refused where it does not fit the study."""

import pytest

from dualtrack.errors import PanelError
from dualtrack.explain import explain
from dualtrack.panel.panel_yaml import read_panel_file, refuse_what_does_not_fit
from dualtrack.records import read_study
from tests.unit.panel.studies import write_panel, write_study

GOOD = """schema: dualtrack.panel/1
members:
  - {rater_id: r00, load: 20}
seed: 1
contact: office
data_use: study
"""


def problems(call, *args):
    with pytest.raises(PanelError) as caught:
        call(*args)
    return caught.value.problems


def test_a_good_file_is_read_with_its_defaults(tmp_path):
    (tmp_path / "panel.yaml").write_text(GOOD, encoding="utf-8")
    panel = read_panel_file(tmp_path)
    assert panel.settings.ratings_per_response == 3
    assert panel.place("members", 0, "rater_id").line == 3


def test_every_problem_is_named_at_once_with_its_line(tmp_path):
    text = GOOD.replace("load: 20", "load: none").replace("seed: 1", "sead: 1") + "repeats: 2\n"
    (tmp_path / "panel.yaml").write_text(text, encoding="utf-8")
    found = problems(read_panel_file, tmp_path)
    assert {problem.code for problem in found} == {"PAN001"}
    by_line = {problem.place.line: problem for problem in found}
    assert by_line[3].place.column == "members[0].load"
    assert by_line[4].what == "unknown key"
    assert by_line[4].fix == "did you mean 'seed'?"
    assert by_line[7].place.column == "repeats"
    assert any(problem.what == "a required key is missing" for problem in found)
    assert all(problem.place.file == "panel.yaml" and problem.fix for problem in found)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + "seed: 2\n", "seed"),
        (GOOD.replace("contact: office", "contact: no"), "no"),
        (GOOD + "display: [no_words]\n", "no_words"),
        (GOOD + "overlap: {agreement: 0.8}\n", "half_width"),
        (GOOD + "deadline: 2026-1-5\n", "deadline"),
        (GOOD.replace("seed", "  - {rater_id: R00, load: 1}\nseed"), "equal or differ only in case"),
        ("- a list", "panel.yaml"),
    ],
)  # fmt: skip
def test_what_could_be_misread_is_refused(tmp_path, text, told):
    (tmp_path / "panel.yaml").write_text(text, encoding="utf-8")
    found = problems(read_panel_file, tmp_path)
    assert {problem.code for problem in found} == {"PAN001"}
    assert told in " ".join(map(str, found))


def test_bytes_that_are_not_utf_8_and_a_missing_file(tmp_path):
    assert problems(read_panel_file, tmp_path)[0].found == "a folder without panel.yaml"
    assert problems(read_panel_file, tmp_path / "no")[0].found == "no such folder"
    (tmp_path / "panel.yaml").write_bytes(GOOD.encode() + b"# \xff")
    assert problems(read_panel_file, tmp_path)[0].code == "PAN001"


def test_members_strata_and_practice_must_be_those_of_the_study(tmp_path):
    folder = write_study(tmp_path / "study")
    (folder / "raters.jsonl").write_text(
        '{"rater_id": "r00", "kind": "person"}\n{"rater_id": "team", "kind": "position"}\n', encoding="utf-8"
    )
    members = [{"rater_id": name, "load": 9} for name in ("r00", "r0", "team")]
    match = [{"rater": "specialty", "stratum": "feild"}]
    write_panel(folder, members=members, match=match, practice=["q001", "q01"])
    found = problems(refuse_what_does_not_fit, read_panel_file(folder), read_study(folder))
    assert sorted(problem.code for problem in found) == ["PAN020", "PAN020", "PAN021", "PAN022"]
    assert [problem.place.line for problem in found] == sorted(problem.place.line for problem in found)
    text = " ".join(map(str, found))
    for told in ("did you mean 'r00'?", "kind position", "did you mean 'field'?", "'q01'"):
        assert told in text


@pytest.mark.parametrize("number", [*range(1, 5), *range(20, 35)])
def test_every_code_is_explained(number):
    assert "How to mend it" in explain(f"PAN{number:03d}")
