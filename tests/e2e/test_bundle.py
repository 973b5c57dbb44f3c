"""A bundle: the same bytes for the same run, checked by others' tools, and nothing in it that must not leave."""

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dualtrack.bundle_verb import bundle, verify_bundle
from dualtrack.cli import main
from dualtrack.errors import RecordError
from dualtrack.verbs import shipped_example
from tests.sealed_worlds import answer, confirmations, edit, make_study

pytestmark = pytest.mark.xdist_group("e2e")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The run of the example that ships."""
    folder = tmp_path_factory.mktemp("run")
    assert main(["score", str(shipped_example("cqa-eval")), "--out", str(folder / "run"), "--no-cache"]) == 3
    return folder / "run"


@pytest.fixture(scope="module")
def whole(run, tmp_path_factory):
    """Its bundle."""
    file = tmp_path_factory.mktemp("bundle") / "cqa.zip"
    assert main(["bundle", str(run), "--study", str(shipped_example("cqa-eval")), "--out", str(file)]) == 0
    return file


@pytest.fixture(scope="module")
def unpacked(whole, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(whole) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """A small sealed study about people, and its run."""
    folder = tmp_path_factory.mktemp("sealed")
    study = make_study(folder / "study")
    edit(study / "study.yaml", "data_class: synthetic", "data_class: de_identified")
    words = ["--by", "Dr A", "--confirm", str(confirmations(study)), "--clock", "2026-01-02T00:00:00Z"]
    assert main(["freeze", str(study), *words]) == 0
    answer(study, bad={("alpha", 3)})
    words = ["--texts", "--clock", "2026-02-01T00:00:00Z"]
    assert main(["score", str(study), "--out", str(folder / "run"), *words]) in (0, 3)
    return folder


def files_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path, target, change):
    """A copy of a bundle with some files changed, and its list of checksums true to them."""
    files = files_of(path)
    change(files)
    names = sorted(files.keys() - {"SHA256SUMS"})
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names]
    files["SHA256SUMS"] = "".join(lines).encode()
    return packed(files, target)


def packed(files, target):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target


def test_the_bundle_of_the_example_verifies_with_one_command(whole, capsys):
    capsys.readouterr()
    assert main(["verify", str(whole)]) == 0
    said = capsys.readouterr().out
    assert "have the bytes that SHA256SUMS states" in said
    assert "every table was computed again from the inputs and is the same" in said
    assert "what stands beside the run was made again from it and is the same" in said


def test_a_tool_of_everybody_checks_the_bytes(unpacked):
    if shutil.which("sha256sum") is None:
        pytest.skip("this machine has no sha256sum")
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=unpacked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    listed = {line.split("  ", 1)[1] for line in (unpacked / "SHA256SUMS").read_text().splitlines()}
    assert listed == {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()} - {
        "SHA256SUMS"
    }


def tried(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_the_python_script_agrees_and_needs_no_dualtrack(unpacked):
    text = (unpacked / "recompute/recompute.py").read_text()
    assert "import dualtrack" not in text
    code, said, wrong = tried([sys.executable, "recompute/recompute.py"], unpacked)
    assert (code, wrong) == (0, "")
    assert said.splitlines()[-1] == "30 agrees, 0 DIFFERS, 6 left out"
    assert "agrees    gate   gpt4  correctness.rate: value 0.01, lower 0.000253146033, upper 0.05445938539" in said


def test_the_r_script_agrees(unpacked):
    if shutil.which("Rscript") is None:
        pytest.skip("this machine has no Rscript: the R script of the bundle was not run")
    code, said, wrong = tried(["Rscript", "--vanilla", "recompute/recompute.R"], unpacked)
    assert (code, wrong) == (0, "")
    assert said.splitlines()[-1] == "30 agrees, 0 DIFFERS, 6 left out"


def scripts():
    yield pytest.param([sys.executable, "recompute/recompute.py"], id="python")
    missing = shutil.which("Rscript") is None
    mark = pytest.mark.skipif(missing, reason="this machine has no Rscript")
    yield pytest.param(["Rscript", "--vanilla", "recompute/recompute.R"], id="R", marks=mark)


@pytest.mark.parametrize("command", list(scripts()))
def test_the_scripts_see_line_data_that_say_something_else(unpacked, tmp_path, command):
    shutil.copytree(unpacked, tmp_path / "copy")
    path = tmp_path / "copy/run/tables/observations.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    chosen = next(row for row in rows if row[:5] == ["gpt4", "question_101", "1", "correctness", "primary"])
    chosen[5:8] = ["0", "0", "0"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    code, said, _ = tried(command, tmp_path / "copy")
    differ = [line for line in said.splitlines() if line.startswith("DIFFERS")]
    assert code == 1
    assert [line.split()[1:3] for line in differ] == [["gate", "gpt4"], ["mean", "gpt4"], ["score", "gpt4"]]


def test_two_bundles_have_the_same_bytes(run, whole, tmp_path):
    again = bundle(run, tmp_path / "again.zip", study=shipped_example("cqa-eval"))
    assert again.file.read_bytes() == whole.read_bytes()
    assert again.sha256 == hashlib.sha256(whole.read_bytes()).hexdigest()
    with zipfile.ZipFile(whole) as archive:
        entries = archive.infolist()
    assert {each.date_time for each in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert [each.filename for each in entries] == sorted(each.filename for each in entries)


def test_a_signature_of_another_tool_holds_for_the_file_alone(whole, tmp_path):
    if shutil.which("ssh-keygen") is None:
        pytest.skip("this machine has no ssh-keygen")
    shutil.copy(whole, tmp_path / "b.zip")

    def keygen(*words, given=None):
        return subprocess.run(["ssh-keygen", *words], cwd=tmp_path, stdin=given, capture_output=True, check=False)

    assert keygen("-q", "-t", "ed25519", "-N", "", "-C", "made by a test", "-f", "key").returncode == 0
    assert keygen("-Y", "sign", "-f", "key", "-n", "dualtrack", "b.zip").returncode == 0
    public = (tmp_path / "key.pub").read_text()
    (tmp_path / "allowed_signers").write_text(f'a.example namespaces="dualtrack" {public}')
    check = ("-Y", "verify", "-f", "allowed_signers", "-I", "a.example", "-n", "dualtrack", "-s", "b.zip.sig")
    with (tmp_path / "b.zip").open("rb") as stream:
        assert keygen(*check, given=stream).returncode == 0
    data = bytearray((tmp_path / "b.zip").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "b.zip").write_bytes(bytes(data))
    with (tmp_path / "b.zip").open("rb") as stream:
        assert keygen(*check, given=stream).returncode != 0


def test_a_sealed_study_about_people_leaves_its_texts_at_home(sealed, tmp_path, capsys):
    file = tmp_path / "b.zip"
    assert main(["bundle", str(sealed / "run"), "--study", str(sealed / "study"), "--out", str(file)]) == 0
    assert "left out" in capsys.readouterr().err
    files = files_of(file)
    assert not [name for name, data in files.items() if b"answer 3" in data or b"question 3" in data]
    assert b"REDACTED" in files["README.txt"]
    left_out = {row["file"]: row["sha256"] for row in csv.DictReader(io.StringIO(files["left-out.csv"].decode()))}
    assert {"items.jsonl", "responses.jsonl", "ratings.csv", "tables/texts.csv", "failures.html"} <= left_out.keys()
    assert left_out["items.jsonl"] == hashlib.sha256((sealed / "study/items.jsonl").read_bytes()).hexdigest()
    assert {"run/inputs/freeze.json", "run/inputs/history.jsonl", "run/inputs/study.yaml"} <= files.keys()
    assert "pages-without-texts/failures.html" in files
    assert main(["verify", str(file)]) == 0
    said = capsys.readouterr().out
    assert "the history is whole: 2 records" in said
    assert "note: inputs are left out of the bundle: no number was computed again" in said


def test_asked_for_by_name_the_texts_go_in(sealed, tmp_path, capsys):
    file = tmp_path / "b.zip"
    words = ["--study", str(sealed / "study"), "--out", str(file), "--texts"]
    assert main(["bundle", str(sealed / "run"), *words]) == 0
    files = files_of(file)
    assert b"answer 3" in files["run/inputs/responses.jsonl"]
    assert b"Nothing is left out" in files["README.txt"]
    assert main(["verify", str(file)]) == 0
    assert "every table was computed again" in capsys.readouterr().out


def test_without_its_inputs_a_run_is_bundled_only_where_that_is_asked_for(sealed, tmp_path, capsys):
    words = ["bundle", str(sealed / "run"), "--out", str(tmp_path / "b.zip")]
    assert main([*words, "--texts"]) == 1
    assert "BUN001" in capsys.readouterr().err
    assert main([*words, "--redact"]) == 0
    assert not [name for name in files_of(tmp_path / "b.zip") if name.startswith("run/inputs/")]


def test_a_run_that_carries_its_inputs_needs_no_study(whole, tmp_path):
    with zipfile.ZipFile(whole) as archive:
        archive.extractall(tmp_path / "again")
    made = bundle(tmp_path / "again/run", tmp_path / "again.zip")
    assert made.file.read_bytes() == whole.read_bytes()


def test_what_was_changed_since_the_run_is_not_bundled(sealed, tmp_path, capsys):
    shutil.copytree(sealed, tmp_path / "copy")
    words = ["--study", str(tmp_path / "copy/study"), "--out", str(tmp_path / "b.zip"), "--texts"]
    edit(tmp_path / "copy/study/ratings.csv", ",1\n", ",0\n")
    assert main(["bundle", str(tmp_path / "copy/run"), *words]) == 1
    assert "BUN003" in capsys.readouterr().err
    edit(tmp_path / "copy/run/tables/gates.csv", "alpha", "alphb")
    assert main(["bundle", str(tmp_path / "copy/run"), *words]) == 1
    assert "BUN002" in capsys.readouterr().err
    assert not (tmp_path / "b.zip").exists()


def test_a_bundle_that_cannot_be_written_leaves_nothing(sealed, tmp_path, capsys):
    words = ["--study", str(sealed / "study"), "--out", str(tmp_path / "nowhere/b.zip")]
    assert main(["bundle", str(sealed / "run"), *words]) == 1
    assert "BUN004" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- tampering


def flip(name, place=None):
    def change(files):
        data = bytearray(files[name])
        data[len(data) // 2 if place is None else place] ^= 1
        files[name] = bytes(data)

    return change


def without(name):
    return lambda files: files.pop(name)


def named_as_left_out(name):
    def change(files):
        files.pop(f"run/{name}")
        files["left-out.csv"] += f"{name},1,{'0' * 64}\n".encode()

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (flip("README.txt"), "BUN009"),
        (flip("data-dictionary.csv"), "BUN009"),
        (flip("recompute/endpoints.csv"), "BUN009"),
        (flip("recompute/recompute.py"), "BUN009"),
        (flip("ro-crate-metadata.json", place=20), "BUN009"),
        (without("recompute/recompute.R"), "BUN009"),
        (lambda files: files.update({"more.txt": b"x"}), "BUN009"),
        (without("run/inputs/history.jsonl"), "LED007"),
        (named_as_left_out("tables/gates.csv"), "BUN008"),
        (named_as_left_out("scorecards.json"), "BUN008"),
    ],
)
def test_a_change_with_a_true_checksum_is_found(sealed, tmp_path, change, code):
    bundle(sealed / "run", tmp_path / "b.zip", study=sealed / "study")
    found = verify_bundle(rewritten(tmp_path / "b.zip", tmp_path / "changed.zip", change))
    assert code in {problem.code for problem in found.differences}


def test_one_changed_byte_of_any_file_is_found(sealed, tmp_path):
    bundle(sealed / "run", tmp_path / "b.zip", study=sealed / "study")
    files = files_of(tmp_path / "b.zip")
    for name in ("run/manifest.json", "run/tables/gates.csv", "run/inputs/study.yaml", "README.txt", "SHA256SUMS"):
        changed = dict(files)
        flip(name, place=3)(changed)
        found = verify_bundle(packed(changed, tmp_path / "changed.zip"))
        assert found.differences[0].code == "BUN008", name


def test_verify_of_a_changed_bundle_ends_in_four_and_names_the_file(sealed, tmp_path, capsys):
    bundle(sealed / "run", tmp_path / "b.zip", study=sealed / "study")
    files = files_of(tmp_path / "b.zip")
    flip("recompute/endpoints.csv")(files)
    assert main(["verify", str(packed(files, tmp_path / "c.zip"))]) == 4
    said = capsys.readouterr().err
    assert "BUN008" in said
    assert "recompute/endpoints.csv" in said


# ---------------------------------------------------------------- hostile archives

HOSTILE = (
    "../outside.txt", "/etc/outside", "run/../../outside", "C:\\outside", "run\\outside", "run//outside", "./outside",
    "run/a\nb", "run/a\u202eb", "run/nul.txt", "run/ends.", "c:outside",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_refused_and_nothing_is_unpacked(tmp_path, capsys, name):
    (tmp_path / "inside").mkdir()
    file = packed({"README.txt": b"x", name: b"evil"}, tmp_path / "inside/b.zip")
    assert main(["verify", str(file)]) == 1
    assert "BUN006" in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["b.zip"]


def test_a_link_and_a_name_that_stands_twice_are_refused(tmp_path):
    link = zipfile.ZipInfo("run/link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    for file in (tmp_path / "link.zip", packed({"a.txt": b"1", "A.TXT": b"2"}, tmp_path / "twice.zip")):
        with pytest.raises(RecordError, match="BUN006"):
            verify_bundle(file)


def test_an_archive_that_unpacks_into_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("dualtrack.audit.bundle_files.MOST_BYTES", 1000)
    file = packed({"run/zeros": bytes(100_000)}, tmp_path / "bomb.zip")
    with pytest.raises(RecordError, match="BUN007"):
        verify_bundle(file)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", b"text"])
def test_what_is_no_archive_is_told(tmp_path, capsys, data):
    (tmp_path / "b.zip").write_bytes(data)
    assert main(["verify", str(tmp_path / "b.zip")]) == 1
    assert "BUN005" in capsys.readouterr().err


def test_an_archive_without_a_run_has_no_manifest(tmp_path, capsys):
    assert main(["verify", str(packed({"README.txt": b"x"}, tmp_path / "b.zip"))]) == 1
    assert "LED011" in capsys.readouterr().err


def test_a_name_that_is_a_file_and_a_folder_is_refused(tmp_path):
    with pytest.raises(RecordError, match="BUN006"):
        verify_bundle(packed({"run/a": b"1", "run/a/b": b"2"}, tmp_path / "b.zip"))


@pytest.mark.parametrize("listed", [b"file\n\x00\n", b"file\n" + b"x" * 200_000, b"file\ntables/texts.csv\nnothing\n"])
def test_a_hostile_list_of_what_is_left_out_is_a_difference(sealed, tmp_path, listed):
    bundle(sealed / "run", tmp_path / "b.zip", study=sealed / "study")

    def change(files):
        files["left-out.csv"] = listed

    found = verify_bundle(rewritten(tmp_path / "b.zip", tmp_path / "changed.zip", change))
    assert "BUN008" in {problem.code for problem in found.differences}


@pytest.mark.skipif(
    "DUALTRACK_ROCRATE_PYTHON" not in os.environ, reason="needs DUALTRACK_ROCRATE_PYTHON, see the script"
)
@pytest.mark.parametrize("valid", [True, False])
def test_an_independent_validator_accepts_the_crate_and_refuses_a_broken_one(unpacked, tmp_path, valid):
    crate = tmp_path / "crate"
    shutil.copytree(unpacked, crate)
    if not valid:
        edit(crate / "ro-crate-metadata.json", '"datePublished"', '"somethingElse"')
    script = Path(__file__).parent / "validate_crate.py"
    code, said, wrong = tried([os.environ["DUALTRACK_ROCRATE_PYTHON"], str(script), str(crate)], tmp_path)
    assert (code == 0) is valid, said + wrong


def test_the_crate_names_every_file_with_its_size(unpacked):
    crate = json.loads((unpacked / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    entities = {each["@id"]: each for each in crate["@graph"]}
    parts = {each["@id"] for each in entities["./"]["hasPart"]}
    files = {path.relative_to(unpacked).as_posix(): path for path in unpacked.rglob("*") if path.is_file()}
    assert parts == files.keys() - {"SHA256SUMS", "ro-crate-metadata.json"}
    assert all(entities[name]["contentSize"] == str(files[name].stat().st_size) for name in parts)
    assert {"name", "description", "datePublished", "license"} <= entities["./"].keys()


def test_the_dictionary_has_every_column_of_every_table_of_the_bundle(unpacked):
    rows = list(csv.DictReader(io.StringIO((unpacked / "data-dictionary.csv").read_text(encoding="utf-8"), newline="")))
    assert all(row["meaning"] and row["row"] for row in rows)
    described = {(row["table"], row["column"]) for row in rows}
    for path in sorted((unpacked / "run/tables").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            columns = next(csv.reader(stream))
        names = {"strata.*" if name.startswith("strata.") else name for name in columns}
        assert {(f"run/tables/{path.stem}", name) for name in names} <= described, path.name
