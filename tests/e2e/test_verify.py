"""Verify finds every class of change that it claims to find, and nothing where nothing was changed."""

import hashlib
import json
import shutil

import pytest

from dualtrack.cli import main
from dualtrack.ledger.canonical import canonical, digest
from dualtrack.ledger.checked import anchored
from dualtrack.ledger.files import read_ledger
from dualtrack.verify_verb import verify
from tests.sealed_worlds import answer, confirmations, edit, make_study, rate

pytestmark = pytest.mark.xdist_group("e2e")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A sealed study with two looks and an amendment, and the run of the first look."""
    folder = tmp_path_factory.mktemp("whole")
    study = make_study(folder / "study")
    table = confirmations(study)
    words = ["--by", "Dr A", "--confirm", str(table)]
    assert main(["freeze", str(study), *words, "--clock", "2026-01-02T00:00:00Z"]) == 0
    edit(study / "study.yaml", "version: '1'", "version: '2'")
    why = ["--why", "the version on offer", "--minor"]
    assert main(["amend", str(study), *words, *why, "--clock", "2026-01-03T00:00:00Z"]) == 0
    answer(study, bad={("alpha", 3), ("beta", 5)})
    assert main(["score", str(study), "--out", str(folder / "run"), "--clock", "2026-02-01T00:00:00Z"]) == 0
    return folder


@pytest.fixture
def copy(whole, tmp_path):
    """A copy of it, to be tampered with."""
    shutil.copytree(whole / "study", tmp_path / "study")
    shutil.copytree(whole / "run", tmp_path / "run")
    return tmp_path


def checked(copy, capsys, *more):
    capsys.readouterr()
    code = main(["verify", str(copy / "run"), "--study", str(copy / "study"), *more])
    return code, capsys.readouterr()


def flip(path, place=None):
    """Change one bit of one byte."""
    data = bytearray(path.read_bytes())
    place = len(data) // 2 if place is None else place
    data[place] ^= 1
    path.write_bytes(bytes(data))


def test_what_nobody_touched_holds(copy, capsys):
    code, said = checked(copy, capsys)
    assert code == 0
    assert said.err == ""
    assert "every table was computed again" in said.out
    assert "pages were drawn again" in said.out
    assert "the history is whole: 3 records, 3 of them at the run" in said.out


def test_a_later_look_leaves_the_earlier_run_whole(copy, tmp_path, capsys):
    shutil.copytree(copy / "study", tmp_path / "later")
    rate(tmp_path / "later", ("alpha", "beta"), range(39))
    assert (
        main(["score", str(tmp_path / "later"), "--out", str(tmp_path / "again"), "--clock", "2026-03-01T00:00:00Z"])
        == 3
    )
    shutil.copy(tmp_path / "later" / "history.jsonl", copy / "study" / "history.jsonl")
    code, said = checked(copy, capsys)
    assert code == 0
    assert "4 records, 3 of them at the run" in said.out


def every_file(whole, top):
    return sorted(path.relative_to(whole / top).as_posix() for path in (whole / top).rglob("*") if path.is_file())


def test_one_changed_bit_of_any_file_is_found(whole, tmp_path):
    """Input, rubric, seal, chain, result, page and manifest: each file in turn."""
    files = [("run", name) for name in every_file(whole, "run")]
    files += [("study", name) for name in every_file(whole, "study")]
    assert len(files) > 40
    shutil.copytree(whole / "study", tmp_path / "study")
    shutil.copytree(whole / "run", tmp_path / "run")
    missed = []
    for top, name in files:
        path = tmp_path / top / name
        before = path.read_bytes()
        flip(path)
        if verify(tmp_path / "run", study=tmp_path / "study" if top == "study" else None).holds:
            missed.append(name)
        path.write_bytes(before)
    assert missed == []


@pytest.mark.parametrize("name", ["tables/estimates.csv", "tables/gates.parquet", "index.html", "scorecards.json"])
def test_a_file_that_is_gone_is_found(copy, capsys, name):
    (copy / "run" / name).unlink()
    code, said = checked(copy, capsys)
    assert code == 4
    assert name in said.err


def test_the_first_difference_is_named_by_table_row_and_column(copy, capsys):
    edit(copy / "run" / "tables" / "gates.csv", '"met"', '"not_met"')
    code, said = checked(copy, capsys)
    assert code == 4
    assert "LED022" in said.err
    assert "gates, row system_id alpha, gate_id accuracy.enough, column state" in said.err
    assert "  is: not_met\n  was: met\n" in said.err
    assert main(["verify", str(copy / "run")]) == 4  # the Parquet file of the same table says it as well
    assert "column state" in capsys.readouterr().err


def reseal(run, name):
    """Put the digest of a changed file into the manifest, as somebody who knows how would."""
    manifest = json.loads((run / "manifest.json").read_text())
    data = (run / name).read_bytes()
    for each in (*manifest["outputs"], *manifest["pages"]):
        if each["file"] == name:
            each |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    body = {key: value for key, value in manifest.items() if key != "sha256"}
    (run / "manifest.json").write_bytes(canonical({**body, "sha256": digest(body)}) + b"\n")


def test_a_result_changed_together_with_the_manifest_is_found_by_scoring_again(copy, capsys):
    edit(copy / "run" / "scorecards.json", '"state":"met"', '"state":"not_met"')
    reseal(copy / "run", "scorecards.json")
    code, said = checked(copy, capsys)
    assert code == 4
    assert "LED022" in said.err


def test_a_page_changed_together_with_the_manifest_is_found_by_drawing_it_again(copy, capsys):
    edit(copy / "run" / "safety.html", "</main>", "<p>Approved.</p></main>")
    reseal(copy / "run", "safety.html")
    code, said = checked(copy, capsys)
    assert code == 4
    assert "LED023" in said.err
    assert "safety.html" in said.err


def test_a_manifest_made_anew_is_found_by_a_digest_kept_outside(copy, capsys, tmp_path):
    kept = hashlib.sha256((copy / "run" / "manifest.json").read_bytes()).hexdigest()
    (tmp_path / "kept.txt").write_text(f"{kept}  manifest.json\n")
    assert main(["verify", str(copy / "run"), "--anchor", kept]) == 0
    assert main(["verify", str(copy / "run"), "--anchor", str(tmp_path / "kept.txt")]) == 0
    manifest = json.loads((copy / "run" / "manifest.json").read_text())
    body = {key: value for key, value in manifest.items() if key != "sha256"} | {"clock": "2026-01-31T00:00:00+00:00"}
    (copy / "run" / "manifest.json").write_bytes(canonical({**body, "sha256": digest(body)}) + b"\n")
    code, said = checked(copy, capsys, "--anchor", kept)
    assert code == 4
    assert "also LED024" in said.err
    assert main(["verify", str(copy / "run"), "--anchor", "nothing"]) == 1
    assert "LED012" in capsys.readouterr().err


def test_the_digest_of_a_seal_or_a_record_is_an_anchor_as_well(copy, capsys):
    lines = [json.loads(line) for line in (copy / "study" / "history.jsonl").read_text().splitlines()]
    ledger = read_ledger(copy / "study")
    for number, line in enumerate(lines, start=1):
        assert f"record {number} of the history" in anchored(line["sha256"], "", ledger)
    code, said = checked(copy, capsys, "--anchor", lines[0]["payload"]["seal"])
    assert code == 0
    assert "the seal freeze.json" in said.out


def records(copy):
    return (copy / "study" / "history.jsonl").read_bytes().splitlines(keepends=True)


def write(copy, lines):
    (copy / "study" / "history.jsonl").write_bytes(b"".join(lines))


def test_records_in_another_order_are_found(copy, capsys):
    one, two, three = records(copy)
    write(copy, [one, three, two])
    code, said = checked(copy, capsys)
    assert code == 4
    assert "history.jsonl, line 2" in said.err


def test_a_record_taken_out_of_the_middle_is_found(copy, capsys):
    one, _, three = records(copy)
    write(copy, [one, three])
    code, said = checked(copy, capsys)
    assert code == 4
    assert "record 3" in said.err


def test_a_tail_cut_off_is_found_by_what_the_manifest_remembers(copy, capsys):
    write(copy, records(copy)[:2])
    code, said = checked(copy, capsys)
    assert code == 4
    assert "the end of the history was cut off" in said.err
    assert "at least 3" in said.err


def test_a_history_that_is_gone_is_found(copy, capsys):
    (copy / "study" / "history.jsonl").unlink()
    assert checked(copy, capsys)[0] == 4


def test_a_record_altered_with_its_own_digest_breaks_the_next_one(copy, capsys):
    lines = records(copy)
    plain = json.loads(lines[0])
    body = {key: value for key, value in plain.items() if key != "sha256"} | {"at": "2025-01-01T00:00:00+00:00"}
    write(copy, [canonical({**body, "sha256": digest(body)}) + b"\n", *lines[1:]])
    code, said = checked(copy, capsys)
    assert code == 4
    assert "history.jsonl, line 2" in said.err


def test_a_seal_taken_away_is_found(copy, capsys):
    (copy / "study" / "amendment-001.json").unlink()
    code, said = checked(copy, capsys)
    assert code == 4
    assert "LED007" in said.err


def test_scoring_refuses_a_broken_history(copy, capsys):
    write(copy, records(copy)[1:])
    assert main(["score", str(copy / "study"), "--out", str(copy / "out")]) == 1
    assert "LED007" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["tables/extra.csv", "other.html"])
def test_a_file_slipped_in_is_found(copy, capsys, name):
    (copy / "run" / name).write_text("x\n1\n")
    code, said = checked(copy, capsys)
    assert code == 4
    assert "the manifest does not know it" in said.err


def test_a_note_of_the_user_s_is_no_difference(copy, capsys):
    (copy / "run" / "notes.txt").write_text("mine")
    code, said = checked(copy, capsys)
    assert code == 0
    assert "note: notes.txt is not part of the run" in said.out


def test_an_input_slipped_in_is_found(copy, capsys):
    (copy / "study" / "units.csv").write_text("system_id,item_id,sample,unit_id,kind,text\n")
    code, said = checked(copy, capsys)
    assert code == 4
    assert "units.csv" in said.err


def test_a_run_that_carries_its_inputs_verifies_alone(copy, capsys):
    shutil.copytree(copy / "study", copy / "run" / "inputs")
    shutil.copytree(copy / "study" / "small", copy / "run" / "rubric" / "small")
    assert main(["verify", str(copy / "run")]) == 0
    assert "every table was computed again" in capsys.readouterr().out
    flip(copy / "run" / "inputs" / "ratings.csv", place=60)
    assert main(["verify", str(copy / "run")]) == 4


def test_a_run_without_a_manifest_cannot_be_verified(copy, capsys):
    (copy / "run" / "manifest.json").unlink()
    code, said = checked(copy, capsys)
    assert code == 1
    assert "LED011" in said.err
    assert main(["report", str(copy / "run")]) == 0  # results of earlier versions still have pages


def test_pages_drawn_again_keep_the_manifest_true(copy, capsys):
    before = (copy / "run" / "manifest.json").read_bytes()
    (copy / "run" / "safety.html").unlink()
    assert main(["report", str(copy / "run")]) == 0
    assert (copy / "run" / "manifest.json").read_bytes() == before
    flip(copy / "run" / "manifest.json")
    assert main(["report", str(copy / "run")]) == 1
    assert "LED010" in capsys.readouterr().err
