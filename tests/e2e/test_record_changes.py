"""Erasing personal data and merging records of named persons, as a user meets them."""

import csv
import json

import pytest

from dualtrack.cli import main
from tests.sealed_worlds import answer, confirmations, edit, make_study

pytestmark = pytest.mark.xdist_group("e2e")


@pytest.fixture
def scored(tmp_path):
    """A sealed study with answers, and its run."""
    study = make_study(tmp_path / "study")
    words = ["--by", "Dr A", "--confirm", str(confirmations(study)), "--clock", "2026-01-02T00:00:00Z"]
    assert main(["freeze", str(study), *words]) == 0
    answer(study)
    assert main(["score", str(study), "--out", str(tmp_path / "run"), "--clock", "2026-02-01T00:00:00Z"]) == 0
    return tmp_path


def erase(folder, *words):
    by = ["--by", "Dr C", "--why", "asked for by the person", "--clock", "2026-03-01T00:00:00Z"]
    return main(["erase", str(folder / "study"), *by, *words])


def verify(folder):
    return main(["verify", str(folder / "run"), "--study", str(folder / "study")])


def responses(folder):
    return [json.loads(line) for line in (folder / "study" / "responses.jsonl").read_text().splitlines()]


def history(folder):
    return [json.loads(line) for line in (folder / "study" / "history.jsonl").read_text().splitlines()]


def test_results_name_the_evidence_of_their_look_as_the_history_does(scored):
    looked = json.loads((scored / "run" / "scorecards.json").read_text())["run"]["look"]
    payload = history(scored)[-1]["payload"]
    assert looked == {"number": payload["look"], "items": payload["items"], "evidence": payload["evidence"]}


def test_erased_cells_leave_a_tombstone_that_verify_accepts_and_shows(scored, capsys):
    meant = ["--column", "text", "--where", "item_id=q001", "--where", "system_id=alpha"]
    assert erase(scored, "--file", "responses.jsonl", *meant) == 0
    gone = [row for row in responses(scored) if not row["text"]]
    assert [(row["item_id"], row["system_id"], row["status"]) for row in gone] == [("q001", "alpha", "withheld")]
    capsys.readouterr()
    assert verify(scored) == 0
    said = capsys.readouterr().out
    assert "responses.jsonl: 1 cell removed by Dr C" in said
    assert "asked for by the person" in said
    assert "numbers were not computed again" in said
    assert main(["history", str(scored / "study")]) == 0
    assert "1 cell of responses.jsonl removed" in capsys.readouterr().out


def test_what_was_looked_at_is_the_same_look_without_the_erased_cells(scored):
    assert erase(scored, "--file", "responses.jsonl", "--column", "text", "--where", "item_id=q001") == 0
    assert main(["score", str(scored / "study"), "--out", str(scored / "run"), "--clock", "2026-04-01T00:00:00Z"]) == 0
    document = json.loads((scored / "run" / "scorecards.json").read_text())
    look, record = document["run"]["look"], next(each for each in history(scored) if each["kind"] == "look")
    assert (look["number"], look["evidence"]) == (1, record["payload"]["evidence"])
    assert verify(scored) == 0


def test_a_file_removed_from_a_run_is_accepted_and_shown(scored, capsys):
    assert erase(scored, "--file", "tables/texts.csv", "--run", str(scored / "run")) == 0
    assert erase(scored, "--file", "tables/texts.parquet", "--run", str(scored / "run")) == 0
    capsys.readouterr()
    assert verify(scored) == 0
    said = capsys.readouterr().out
    assert "tables/texts.csv: the whole file removed by Dr C" in said
    assert "every table was computed again" in said


def test_a_change_that_no_tombstone_names_is_still_a_difference(scored, capsys):
    assert erase(scored, "--file", "responses.jsonl", "--column", "text", "--where", "item_id=q001") == 0
    path = scored / "study" / "responses.jsonl"
    path.write_text(path.read_text().replace("answer 2", "answer two", 1))
    assert verify(scored) == 4
    assert "responses.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--file", "nothing.csv"],
        ["--file", "responses.jsonl", "--column", "item_id"],
        ["--file", "responses.jsonl", "--column", "text", "--where", "item_id=q999"],
        ["--file", "../study/items.jsonl"],
    ],
)
def test_there_must_be_something_to_erase(scored, capsys, words):
    before = (scored / "study" / "history.jsonl").read_bytes()
    assert erase(scored, *words) == 1
    assert "LED017" in capsys.readouterr().err
    assert (scored / "study" / "history.jsonl").read_bytes() == before


def test_rows_that_are_meant_are_written_as_column_and_text(scored):
    assert erase(scored, "--file", "responses.jsonl", "--column", "text", "--where", "q001") == 2


# ---------------------------------------------------------------- dispositions

COLUMNS = ("disposition_id", "kind", "system_id", "gate_id", "item_id", "sample", "by", "role", "at", "reason")


def records(folder, *rows):
    path = folder / "more.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, (*COLUMNS, "supersedes"), restval="")
        writer.writeheader()
        for number, row in enumerate(rows):
            shared = {"by": "Dr D", "role": "chair", "at": "2026-03-01T00:00:00Z", "reason": "said in the meeting"}
            writer.writerow({"disposition_id": f"d{number}", "system_id": "alpha", "sample": "", **shared, **row})
    return path


WAIVER = {"kind": "waive_gate", "gate_id": "harm_rate.rate"}


def merge(folder, path):
    return main(["dispositions", "merge", str(path), str(folder / "study")])


def test_records_are_merged_shown_and_change_no_state(scored, capsys):
    states = json.loads((scored / "run" / "scorecards.json").read_text())["tables"]["verdicts"]
    assert merge(scored, records(scored, WAIVER)) == 0
    assert "1 new" in capsys.readouterr().out
    assert merge(scored, records(scored, WAIVER)) == 0
    assert "0 new" in capsys.readouterr().out
    main(["score", str(scored / "study"), "--out", str(scored / "run"), "--clock", "2026-04-01T00:00:00Z"])
    document = json.loads((scored / "run" / "scorecards.json").read_text())
    assert document["tables"]["verdicts"] == states
    (gate,) = [row for row in document["tables"]["gates"] if row["disposition_id"]]
    assert (gate["gate_id"], gate["system_id"], gate["state"]) == ("harm_rate.rate", "alpha", "met")
    assert document["run"]["look"]["number"] == 1


@pytest.mark.parametrize(
    "second", [WAIVER | {"reason": "for another reason"}, WAIVER | {"gate_id": "accuracy.enough"}], ids=["why", "what"]
)
def test_a_record_of_the_same_id_that_says_something_else_is_refused(scored, capsys, second):
    assert merge(scored, records(scored, WAIVER)) == 0
    before = (scored / "study" / "dispositions.csv").read_bytes()
    assert merge(scored, records(scored, second)) == 1
    assert "LED015" in capsys.readouterr().err
    assert (scored / "study" / "dispositions.csv").read_bytes() == before


def test_rulings_against_each_other_are_refused_unless_one_replaces_the_other(scored, capsys):
    veto = {"gate_id": "harm_rate.rate", "item_id": "q001", "sample": 1}
    one, two = veto | {"kind": "confirm_veto"}, veto | {"kind": "reject_veto"}
    assert merge(scored, records(scored, one, two)) == 1
    assert "LED015" in capsys.readouterr().err
    assert not (scored / "study" / "dispositions.csv").exists()


def test_records_about_something_unknown_are_refused_with_their_place(scored, capsys):
    assert merge(scored, records(scored, WAIVER | {"system_id": "nobody"})) == 1
    assert "REC025" in capsys.readouterr().err
    assert not (scored / "study" / "dispositions.csv").exists()


def test_a_file_of_another_form_is_refused(scored, capsys):
    (scored / "more.txt").write_text("x")
    assert merge(scored, scored / "more.txt") == 1
    assert "LED014" in capsys.readouterr().err
    assert merge(scored, scored / "none.csv") == 1


# ---------------------------------------------------------------- disputes

RULE = {"rule": "Upheld where the reference is out of date.", "decided_by": "a pharmacist who sees no answer"}
OPEN = {
    "dispute_id": "c1", "item_id": "q001", "ground": "reference_outdated", "claim": "reissued", "raised_by": "V. One",
    "raised_for": "vendor", "raised_at": "2026-02-02T00:00:00Z",
}  # fmt: skip
UPHELD = OPEN | {
    "dispute_id": "c2", "supersedes": "c1", "decision": "upheld", "decided_by": "D. Two", "role": "pharmacist",
    "decided_at": "2026-02-03T00:00:00Z", "blinded": "true", "why": "the new edition says otherwise",
}  # fmt: skip


def disputed(folder, *rows):
    (folder / "more.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return main(["disputes", "merge", str(folder / "more.jsonl"), str(folder / "study")])


def test_a_dispute_is_raised_decided_and_shown_and_begins_no_look(tmp_path):
    study = make_study(tmp_path / "study", disputes=RULE)
    words = ["--by", "Dr A", "--confirm", str(confirmations(study)), "--clock", "2026-01-02T00:00:00Z"]
    assert main(["freeze", str(study), *words]) == 0
    answer(study, bad=[("alpha", 1)])
    out = ["--out", str(tmp_path / "run"), "--clock", "2026-02-01T00:00:00Z"]
    main(["score", str(study), *out])
    before = json.loads((tmp_path / "run" / "scorecards.json").read_text())["tables"]
    assert disputed(tmp_path, OPEN) == 0
    assert disputed(tmp_path, OPEN, UPHELD) == 0
    main(["score", str(study), *out])
    document = json.loads((tmp_path / "run" / "scorecards.json").read_text())
    assert document["tables"]["gates"] == before["gates"]
    assert [row["state"] for row in document["tables"]["disputed_cases"]] == ["upheld"]
    assert {row["role"] for row in document["tables"]["without_disputed"]} == {"secondary"}
    assert document["run"]["look"]["number"] == 1
    assert "reissued" not in (tmp_path / "run" / "scorecards.json").read_text()
    assert main(["verify", str(tmp_path / "run"), "--study", str(study)]) == 0
    edit(study / "study.yaml", RULE["rule"], "Whatever the vendor says.")
    main(["score", str(study), *out])
    changed = json.loads((tmp_path / "run" / "scorecards.json").read_text())
    assert changed["tables"]["gates"] == before["gates"]
    assert {row["role"] for row in changed["tables"]["without_disputed"]} == {"exploratory"}
    assert ["study", "plan", "disputes", "rule"] in [each["place"] for each in changed["run"]["changes"]]


def test_two_decisions_on_one_dispute_are_refused(scored, capsys):
    assert disputed(scored, OPEN, UPHELD, UPHELD | {"dispute_id": "c3", "decision": "rejected"}) == 1
    assert "LED015" in capsys.readouterr().err
    assert not (scored / "study" / "disputes.csv").exists()
