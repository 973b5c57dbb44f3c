"""A panel from plan to scorecards by the command line: packs out, files back in mixed forms, ratings in, scored."""

import csv
import shutil

import pytest

from dualtrack.cli import main
from dualtrack.panel.return_files import read_packs
from tests.unit.panel import handed_in
from tests.unit.panel.studies import write_study

pytestmark = pytest.mark.xdist_group("e2e")


@pytest.fixture
def panel(tmp_path):
    """A study with three raters, its packs and its key."""
    study = write_study(tmp_path / "study", items=6, repeats=0.1)
    assert main(["panel", "plan", str(study)]) == 0
    assert main(["panel", "pack", str(study), "--out", str(tmp_path / "packs"), "--key", str(tmp_path / "key")]) == 0
    return tmp_path


def hand_in(panel, packs):
    """One form, one workbook and one table, all with the first answer to everything."""
    back = panel / "returns"
    back.mkdir()
    for pack, make, name in zip(
        packs, (handed_in.form, None, handed_in.table), ("a.json", "b.xlsx", "c.csv"), strict=True
    ):
        given = handed_in.given(pack)
        if make is None:
            file = handed_in.saved(handed_in.filled(pack, given), name=name)
        else:
            file = make(pack, given, name=name)
        (back / name).write_bytes(file.content)
    return back


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def import_all(panel, back, *more):
    words = ["panel", "import", str(panel / "study"), str(back), "--packs", str(panel / "packs")]
    words += ["--key", str(panel / "key"), "--out", str(panel / "in"), "--by", "A. Person"]
    return main([*words, "--clock", "2026-12-02T10:00:00Z", *more])


def test_files_in_mixed_forms_become_ratings_that_score(panel, capsys):
    packs = read_packs(panel / "packs")
    back = hand_in(panel, packs)
    capsys.readouterr()
    assert main(["panel", "status", str(back), "--packs", str(panel / "packs")]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].endswith("owed 0")
    assert not (panel / "key" / "OPENED.csv").exists()  # asking how far they are opens no key
    assert import_all(panel, back) == 0
    assigned, ratings, accounts = (
        read(path) for path in (panel / "study/assignments.csv", panel / "in/ratings.csv", panel / "in/accounts.csv")
    )
    assert len(ratings) == len(assigned) == len(accounts)
    assert {row["state"] for row in accounts} == {"returned"}
    assert read(panel / "key" / "OPENED.csv") == [{"at": "2026-12-02T10:00:00+00:00", "by": "A. Person"}]
    shutil.copy(panel / "in" / "ratings.csv", panel / "study")
    assert main(["validate", str(panel / "study")]) == 0
    assert main(["score", str(panel / "study"), "--out", str(panel / "results")]) in (0, 3)


def test_what_did_not_come_back_and_what_is_refused_is_accounted_for(panel, capsys):
    first, *_ = packs = read_packs(panel / "packs")
    back = hand_in(panel, packs)
    (back / "b.xlsx").unlink()
    (back / "a.json").write_text((back / "a.json").read_text().replace('"done"', '"cancelled"', 1))  # sealed before
    (back / "notes.txt").write_text("see you on Monday")
    capsys.readouterr()
    assert import_all(panel, back) == 0
    said = capsys.readouterr().err
    assert "PAN101" in said
    states = {row["rater_id"]: row["state"] for row in read(panel / "in" / "accounts.csv")}
    assert states[packs[1].rater_id] == "not_returned"
    assert states[first.rater_id] in ("not_returned", "refused")
    assert {row["rater_id"] for row in read(panel / "in" / "ratings.csv")} == {packs[2].rater_id}


@pytest.mark.parametrize(("break_it", "code"), [("packs", "PAN035"), ("returns", "PAN036"), ("key", "PAN029")])
def test_what_cannot_be_read_ends_in_one_and_writes_nothing(panel, break_it, code, capsys):
    back = hand_in(panel, read_packs(panel / "packs"))
    shutil.rmtree(panel / break_it)
    capsys.readouterr()
    assert import_all(panel, back) == 1
    assert code in capsys.readouterr().err
    assert not (panel / "in").exists()


def test_a_pack_that_was_altered_since_is_refused(panel, capsys):
    back = hand_in(panel, read_packs(panel / "packs"))
    file = next((panel / "packs").iterdir())
    file.write_bytes(b"PK not a zip")
    capsys.readouterr()
    assert main(["panel", "status", str(back), "--packs", str(panel / "packs")]) == 1
    assert "PAN035" in capsys.readouterr().err
