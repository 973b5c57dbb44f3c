"""dossier.yaml and report.yaml: what people state, read whole or refused with the line."""

from pathlib import Path

import pytest

from dualtrack.errors import RecordError
from dualtrack.records.beside import read_beside

STATEMENT = '{text: "None.", source: "signed forms", by: "A. Person", date: "2026-03-01"}'
HAZARD = """
  - id: h1
    title: Emergency not recognised
    systems: [aster]
    cause: Red flag not named
    effect: Late call
    situation: A patient with chest pain waits at home
    harm: Death
    by: A. Person
    date: "2026-03-01"
"""


def problems(folder, text, name="dossier.yaml"):
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        read_beside(folder, ["aster", "birch"])
    return caught.value.problems


def test_a_folder_without_either_states_nothing(tmp_path):
    beside = read_beside(tmp_path, [])
    assert (beside.dossier, dict(beside.files)) == (None, {})
    assert beside.settings.redact is False


def test_statements_are_read_with_who_said_them(tmp_path):
    (tmp_path / "dossier.yaml").write_text(
        f"schema: dualtrack.dossier/1\nstatements:\n  funding: {STATEMENT}\nsystems:\n  aster:\n"
        f"    base_model: {STATEMENT}\nhazards:{HAZARD}",
        encoding="utf-8",
    )
    dossier = read_beside(tmp_path, ["aster"]).dossier
    assert dossier.statements.funding.by == "A. Person"
    assert dossier.systems["aster"].base_model.text == "None."
    assert dossier.hazards[0].status == "proposed"


def test_a_system_that_the_study_does_not_have_is_refused(tmp_path):
    found = problems(tmp_path, f"schema: dualtrack.dossier/1\nsystems:\n  astre:\n    base_model: {STATEMENT}\n")
    assert [problem.code for problem in found] == ["REC040"]
    assert "aster" in found[0].fix


def test_an_attribute_that_the_list_does_not_have_is_refused_beside_an_unknown_system(tmp_path):
    told = '{attribute: trainng_criteria, state: absent, date: "2026-03-01"}'
    found = problems(tmp_path, f"schema: dualtrack.dossier/1\nsystems:\n  astre:\n    transparency: [{told}]\n")
    assert [problem.code for problem in found] == ["REC040", "REC046"]
    assert "training_criteria" in found[1].fix
    assert "developer_contact" in found[1].expected


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("    status: closed\n", "a control that is verified"),
        ("    residual_severity: S1\n", "after a control is verified"),
        ("    status: transferred\n", "transferred_to"),
    ],
)
def test_a_hazard_is_not_closed_or_lowered_without_a_verified_control(tmp_path, added, said):
    found = problems(tmp_path, f"schema: dualtrack.dossier/1\nhazards:{HAZARD}{added}")
    assert [problem.code for problem in found] == ["REC003"]
    assert said in found[0].what


def test_a_mark_needs_its_reason(tmp_path):
    mark = '{system: aster, criterion: E01, mark: "3", reason: "", by: "A. Person", date: "2026-03-01"}'
    found = problems(tmp_path, f"schema: dualtrack.dossier/1\nmarks:\n  - {mark}\n")
    assert [(problem.code, problem.place.column) for problem in found] == [("REC003", "marks[0].reason")]


def test_twice_the_same_hazard_is_refused(tmp_path):
    found = problems(tmp_path, f"schema: dualtrack.dossier/1\nhazards:{HAZARD}{HAZARD}")
    assert "twice" in found[0].what


def test_an_unknown_wish_is_refused_with_its_line(tmp_path):
    found = problems(tmp_path, "schema: dualtrack.report/1\ntitel: ours\n", "report.yaml")
    assert [(problem.code, problem.place.line) for problem in found] == [("REC003", 2)]
    assert "title" in found[0].fix


def test_the_dossier_of_the_page_on_study_folders_is_one(tmp_path):
    page = Path(__file__).parents[3] / "docs" / "study-folder.md"
    (block,) = [part for part in page.read_text(encoding="utf-8").split("```") if "dualtrack.dossier/1" in part]
    (tmp_path / "dossier.yaml").write_text(block.removeprefix("yaml\n"), encoding="utf-8")
    dossier = read_beside(tmp_path, ["aster"]).dossier
    assert dossier.proposals[0].recommendation == "conditional"
