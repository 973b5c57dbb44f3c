"""A panel as a user meets it: plan and packs of the shipped example for six made-up raters, by the command line."""

import csv
import hashlib
import shutil
import zipfile

import pytest
import yaml

from dualtrack.cli import main
from dualtrack.panel.key import read_key
from dualtrack.verbs import shipped_example
from tests.unit.panel.studies import write_study

pytestmark = pytest.mark.xdist_group("e2e")


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The shipped example without its ratings, with six raters and a panel."""
    folder = tmp_path_factory.mktemp("panel") / "study"
    shutil.copytree(shipped_example("cqa-eval"), folder)
    for name in ("ratings.csv", "scores.csv"):
        (folder / name).unlink()
    names = [f"dr_{name}" for name in ("ash", "birch", "cedar", "elm", "fir", "hazel")]
    rows = "".join(f"{name},person,GP\n" for name in names)
    (folder / "raters.csv").write_text(f"rater_id,kind,specialty\n{rows}", encoding="utf-8")
    panel = {
        "schema": "dualtrack.panel/1", "members": [{"rater_id": name, "load": 160} for name in names],
        "repeats": 0.05, "seed": 7, "contact": "the study office", "data_use": "this study alone",
    }  # fmt: skip
    (folder / "panel.yaml").write_text(yaml.safe_dump(panel), encoding="utf-8")
    return folder


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_plan_prints_the_balance_and_pack_writes_a_zip_for_each_rater(example, tmp_path, capsys):
    assert main(["panel", "plan", str(example), "--replace"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[7].split()[:4] == ["all", "948", "48", "322"]
    assert "300 responses get 3 ratings each" in said.out
    assert "every two raters rate 20 items or answers together" in said.out
    assert "2,844 ratings are owed" in said.err
    with (example / "assignments.csv").open(encoding="utf-8", newline="") as stream:
        assigned = list(csv.DictReader(stream))
    assert len(assigned) == 2844
    assert main(["validate", str(example)]) == 0
    capsys.readouterr()
    assert main(["panel", "pack", str(example), "--out", str(tmp_path / "packs"), "--key", str(tmp_path / "key")]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 6
    assert all("ratings  158 tasks  10.5 h" in line for line in said.out.splitlines())
    assert "no longer blind" in said.err
    assert len(list((tmp_path / "packs").iterdir())) == 6
    owed = {(row["rater_id"], row["item_id"], row["system_id"], int(row["occasion"])) for row in assigned}
    assert owed == {(row.rater_id, row.item_id, row.system_id, row.occasion) for row in read_key(tmp_path / "key")}
    main(["panel", "pack", str(example), "--out", str(tmp_path / "p2"), "--key", str(tmp_path / "k2")])
    assert digests(tmp_path / "packs") == digests(tmp_path / "p2")
    assert digests(tmp_path / "key") == digests(tmp_path / "k2")


def test_a_hundred_by_six_by_three(tmp_path, capsys):
    systems = [{"id": f"s{n}", "name": f"System {n}", "kind": "other"} for n in range(6)]
    folder = write_study(tmp_path / "s", items=100, raters=12, load=150, systems=systems, ratings_per_response=3)
    assert main(["panel", "plan", str(folder)]) == 0
    assert main(["panel", "pack", str(folder), "--out", str(tmp_path / "packs"), "--key", str(tmp_path / "key")]) == 0
    assert len(read_key(tmp_path / "key")) == 1800
    assert capsys.readouterr().out.count("ratings  150 tasks  10.0 h") == 12
    for file in (tmp_path / "packs").iterdir():
        with zipfile.ZipFile(file) as held:
            assert held.testzip() is None


def test_what_is_wrong_ends_in_one_and_names_place_and_fix(tmp_path, capsys):
    folder = write_study(tmp_path / "study", practice=["q999"])
    assert main(["panel", "plan", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "PAN022" in said
    assert "panel.yaml, line" in said
    assert "dualtrack explain PAN022" in said
    assert main(["panel", "pack", str(folder), "--out", str(tmp_path / "p")]) == 2
    (folder / "panel.yaml").unlink()
    assert main(["panel", "plan", str(folder)]) == 1
    assert "PAN001" in capsys.readouterr().err


def test_a_maker_that_is_named_and_passages_that_leave_are_printed(tmp_path, capsys):
    about = {"data_class": "de_identified", "data_kind": "real"}
    folder = write_study(tmp_path / "study", study=about)
    text = (folder / "responses.jsonl").read_text(encoding="utf-8")
    text = text.replace("**Answer** 0", "Aster Health says: call Jane on 07700 900123.")
    (folder / "responses.jsonl").write_text(text, encoding="utf-8")
    main(["panel", "plan", str(folder)])
    places = ["--out", str(tmp_path / "packs"), "--key", str(tmp_path / "key")]
    assert main(["panel", "pack", str(folder), *places]) == 1
    assert main(["panel", "pack", str(folder), *places, "--texts"]) == 1
    assert "PAN027" in capsys.readouterr().err
    assert main(["panel", "pack", str(folder), *places, "--texts", "--found-ok"]) == 0
    said = capsys.readouterr().err
    assert "2 passages in the form of an identifier leave" in said
    assert "Responses that name their maker: 1; nothing was changed" in said
    assert "q000: Aster Health" in said
    assert main(["panel", "pack", str(folder), *places, "--texts", "--found-ok", "--clock", "noon"]) == 2
