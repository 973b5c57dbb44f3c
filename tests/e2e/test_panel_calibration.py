"""Calibration as a user meets it, by the command line; and training ratings that move no number of the results."""

import json

import pytest

from dualtrack.cli import main
from dualtrack.panel.return_files import read_packs
from tests.unit.panel.calibrations import hand_in, right, write_calibrated
from tests.unit.panel.studies import write_rows, write_study

pytestmark = pytest.mark.xdist_group("e2e")

SCALES = ("correctness", "relevance", "risk_communication")


def test_from_packs_over_the_record_to_the_study(tmp_path, capsys):
    study = write_calibrated(tmp_path / "study", sets=2)
    words = ["panel", "pack", str(study), "--calibration"]
    places = ["--out", str(tmp_path / "cal"), "--key", str(tmp_path / "agreed")]
    assert main(["panel", "plan", str(study)]) == 0
    assert main([*words, "--preferences", *places]) == 2
    assert main([*words, *places, "--attempt", "0"]) == 2
    capsys.readouterr()
    assert main([*words, *places]) == 0
    said = capsys.readouterr()
    assert [line.split()[1:3] for line in said.out.splitlines()] == [[f"r0{n}", "calibration"] for n in range(3)]
    assert "keep them from the raters" in said.err
    packs = read_packs(tmp_path / "agreed")
    by_rater = {pack.rater_id: pack for pack in packs}
    hand_in(tmp_path / "back", by_rater["r00"], right(by_rater["r00"]))
    hand_in(tmp_path / "back", by_rater["r01"], dict.fromkeys(right(by_rater["r01"]), "3"))
    taken = ["panel", "calibrate", str(study), str(tmp_path / "back"), "--packs", str(tmp_path / "agreed")]
    assert main([*taken, "--clock", "noon"]) == 2
    assert main([*taken, "--clock", "2026-01-11T12:00:00Z"]) == 0
    said = capsys.readouterr()
    assert "r00  attempt 1  correctness  exact 6 of 6 (0.54 to 1.00), within one level 6, kappa 1.00" in said.out
    assert "known harms missed 2 of 2  not_yet_ready" in said.out
    assert said.out.splitlines()[-3] == "r00  ready"
    assert main(["panel", "pack", str(study), "--out", str(tmp_path / "packs"), "--key", str(tmp_path / "key")]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1
    assert said.err.count("PAN131") == 2
    status = ["panel", "status", str(tmp_path / "back"), "--packs", str(tmp_path / "agreed")]
    assert main([*status, "--study", str(study)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-3] == "r00  ready  attempt 1"
    assert said[-1] == "r02  not_enough_cases  no calibration on record"
    assert main(["validate", str(study)]) == 0  # the folder of the record is no table of the study


def scored(tmp_path, name, training):
    """Results of a small study whose ratings have, or have not, training rows beside them."""
    study = write_study(tmp_path / name, items=8, controls=1)
    rows = [
        {"system_id": system, "item_id": f"q{n:03d}", "scale_id": scale, "rater_id": f"r{(n + place) % 3:02d}",
         "level": str(1 + (n * 3 + place + len(scale)) % 5)}
        for system in ("aster", "birch") for n in range(8) for scale in SCALES for place in range(2)
    ]  # fmt: skip
    if training:
        other = {row["item_id"]: f"r{(int(row['item_id'][1:]) + 2) % 3:02d}" for row in rows}
        rows += [row | {"rater_id": other[row["item_id"]], "level": "1", "role": "training"} for row in rows[::2]]
    write_rows(study / "ratings.jsonl", rows)
    assert main(["score", str(study), "--out", str(tmp_path / f"{name}-out")]) == 3
    return tmp_path / f"{name}-out"


def test_training_ratings_move_no_number_of_the_results(tmp_path, capsys):
    plain, trained = scored(tmp_path, "plain", training=False), scored(tmp_path, "trained", training=True)
    capsys.readouterr()
    names = sorted(path.relative_to(plain).as_posix() for path in plain.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(trained).as_posix() for path in trained.rglob("*") if path.is_file())
    differing = {name for name in names if (plain / name).read_bytes() != (trained / name).read_bytes()}
    # All four state the digest of the input.
    assert differing == {"index.html", "manifest.json", "regulatory.html", "scorecards.json"}
    one, other = (json.loads((folder / "scorecards.json").read_text(encoding="utf-8")) for folder in (plain, trained))
    assert one.pop("inputs") != other.pop("inputs")
    assert one == other
