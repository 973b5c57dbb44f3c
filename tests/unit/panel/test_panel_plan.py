"""The verb ``panel plan``: what it takes from the study, what it writes, what it leaves alone."""

import csv

import pytest

from dualtrack.errors import PanelError
from dualtrack.panel_verbs import panel_plan
from dualtrack.records import read_study
from dualtrack.verbs import score, validate
from tests.unit.panel.studies import rows_of, write_panel, write_rows, write_study


def assigned(folder):
    with (folder / "assignments.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_table_is_valid_and_asks_every_scale_of_every_response(tmp_path):
    folder = write_study(tmp_path / "study", controls=2)
    planned = panel_plan(folder)
    rows = assigned(folder)
    assert planned.n_rows == len(rows) == (6 * 2 + 2) * 2 * 3
    assert {row["scale_id"] for row in rows} == {"correctness", "relevance", "risk_communication"}
    assert {row["system_id"] for row in rows} == {"aster", "birch", "seeded"}
    assert len({(row["rater_id"], row["pack_id"]) for row in rows}) == 3
    assert validate(folder).rows["assignments"] == len(rows)


def test_only_what_has_a_text_is_planned_and_practice_items_are_not(tmp_path):
    folder = write_study(tmp_path / "study", practice=["q005"])
    rows = rows_of(folder / "responses.jsonl")
    rows[0] |= {"status": "empty", "text": None}
    rows[1] |= {"status": "refused", "text": "I cannot help."}
    write_rows(folder / "responses.jsonl", rows)
    panel_plan(folder)
    asked = {(row["item_id"], row["system_id"]) for row in assigned(folder)}
    assert ("q000", "aster") not in asked
    assert ("q000", "birch") in asked
    assert not any(item == "q005" for item, _ in asked)


def test_the_same_study_gives_the_same_bytes_and_an_earlier_table_is_kept(tmp_path):
    folder = write_study(tmp_path / "study", repeats=0.2)
    panel_plan(folder)
    before = (folder / "assignments.csv").read_bytes()
    with pytest.raises(PanelError) as caught:
        panel_plan(folder)
    assert caught.value.code == "PAN023"
    panel_plan(folder, replace=True)
    assert (folder / "assignments.csv").read_bytes() == before
    panel_plan(folder, out=tmp_path / "else")
    assert (tmp_path / "else" / "assignments.csv").read_bytes() == before


def test_a_table_in_another_form_is_never_replaced(tmp_path):
    folder = write_study(tmp_path / "study")
    panel_plan(folder)
    rows = assigned(folder)
    (folder / "assignments.csv").unlink()
    for row in rows:
        row["sample"], row["occasion"], row["inclusion_probability"] = 1, 1, 1.0
    write_rows(folder / "assignments.jsonl", rows)
    with pytest.raises(PanelError) as caught:
        panel_plan(folder, replace=True)
    assert caught.value.code == "PAN023"
    assert [path.name for path in folder.glob("assignments.*")] == ["assignments.jsonl"]


def test_who_cannot_rate_is_said_and_too_little_load_is_refused_without_a_file(tmp_path):
    folder = write_study(tmp_path / "study", raters=4)
    people = rows_of(folder / "raters.jsonl")
    people[0]["conflicts"] = ["aster ltd"]
    write_rows(folder / "raters.jsonl", people)
    lines = panel_plan(folder).lines()
    assert any(line == "r00 is asked for nothing: declared a conflict with Aster Health" for line in lines)
    (folder / "assignments.csv").unlink()
    write_panel(folder, members=[{"rater_id": "r01", "load": 3}, {"rater_id": "r02", "load": 3}])
    with pytest.raises(PanelError) as caught:
        panel_plan(folder)
    assert caught.value.code == "PAN002"
    assert not (folder / "assignments.csv").exists()


def test_an_audit_takes_what_the_checks_flagged_from_the_results(tmp_path):
    folder = write_study(tmp_path / "study", items=30, rubric="screens", load=60)
    rows = rows_of(folder / "responses.jsonl")
    rows[0]["text"] = "Call Jane on 07700 900123, NHS number 943 476 5919."
    write_rows(folder / "responses.jsonl", rows)
    results = tmp_path / "results"
    score(folder).save(results)
    # The findings are those of the screens; what raters are asked stands in the other rubric.
    other = write_study(tmp_path / "other", items=30, load=60, audit={"share": 0.3})
    with pytest.raises(PanelError) as caught:
        panel_plan(other)
    assert caught.value.code == "PAN004"
    panel_plan(other, findings=results)
    score(write_study(tmp_path / "third", rubric="screens", study={"id": "another"})).save(tmp_path / "strange")
    with pytest.raises(PanelError) as caught:
        panel_plan(other, findings=tmp_path / "strange", replace=True)
    assert caught.value.code == "PAN034"
    chance = {row["item_id"]: float(row["inclusion_probability"]) for row in assigned(other)}
    assert chance["q000"] == 1.0
    assert set(chance.values()) == {0.3, 1.0}
    assert 1 < len(chance) < 30


def test_more_questions_than_a_form_holds_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("dualtrack.panel_verbs.MOST_QUESTIONS", 2)
    with pytest.raises(PanelError) as caught:
        panel_plan(write_study(tmp_path / "study"))
    assert caught.value.code == "PAN024"


def test_the_balance_of_a_hundred_by_six(tmp_path):
    systems = [{"id": f"s{n}", "name": f"System {n}", "kind": "other"} for n in range(6)]
    folder = write_study(
        tmp_path / "study", items=100, raters=12, load=150, systems=systems, ratings_per_response=3
    )  # fmt: skip
    lines = panel_plan(folder).lines()
    assert lines[0].split() == ["rater", "responses", "of", "repeats", *(f"s{n}" for n in range(6)), "hours"]
    assert all(line.split()[1:] == ["150", "150", "0", *["25"] * 6, "10.0"] for line in lines[1:13])
    assert lines[13].split() == ["all", "1800", "0", *["300"] * 6, "120.0"]
    assert "600 responses get 3 ratings each" in lines
    assert len(read_study(folder).tables["assignments"]) == 1800 * 3
