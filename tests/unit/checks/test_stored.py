"""The folder of known judgements: what is damaged is as good as none, and two runs at once never mix."""

import hashlib
import threading

import pytest

from dualtrack.checks.stored import FolderStore, program

CHECK = "c" * 64
ANSWERS = {"k1": '[["pass",1.0]]', "k2": '[["fail",0.0]]', "k3": '[["pass",1.0]]'}


def file_of(folder):
    (path,) = folder.rglob("*.json")
    return path


@pytest.fixture
def filled(tmp_path):
    FolderStore(tmp_path).add(CHECK, ANSWERS)
    return tmp_path


def test_what_is_kept_is_read_again_and_added_to(filled):
    assert FolderStore(filled).read(CHECK) == ANSWERS
    FolderStore(filled).add(CHECK, {"k4": "[]"})
    assert FolderStore(filled).read(CHECK) == {**ANSWERS, "k4": "[]"}
    assert FolderStore(filled).read("d" * 64) == {}


def test_nothing_is_made_before_something_is_kept(tmp_path):
    assert FolderStore(tmp_path / "new").read(CHECK) == {}
    assert not (tmp_path / "new").exists()


def sealed(content):
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data.replace(b"pass", b"fail"),
        lambda _data: b"",
        lambda _data: b"\xff\xfe\n{}",
        lambda _data: b"{}",
        lambda _data: sealed(b"{}"),
        lambda _data: sealed(b"[1]"),
        lambda _data: sealed(b"not JSON"),
        lambda _data: sealed(b'{"form":"dualtrack.findings-cache/1","check":"another","answers":{"[]":["k1"]}}'),
        lambda _data: sealed(b'{"form":"another/1","check":"%s","answers":{"[]":["k1"]}}' % CHECK.encode()),
        lambda _data: sealed(b'{"form":"dualtrack.findings-cache/1","check":"%s","answers":["k1"]}' % CHECK.encode()),
    ],
)
def test_a_damaged_or_foreign_file_is_ignored_and_written_anew(filled, damage):
    path = file_of(filled)
    path.write_bytes(damage(path.read_bytes()))
    store = FolderStore(filled)
    assert store.read(CHECK) == {}
    store.add(CHECK, ANSWERS)
    assert store.read(CHECK) == ANSWERS


def test_a_folder_that_cannot_be_written_is_left(tmp_path, filled):
    (tmp_path / "file").write_text("x")
    FolderStore(tmp_path / "file").add(CHECK, ANSWERS)
    assert FolderStore(tmp_path / "file").read(CHECK) == {}
    path = file_of(filled)
    path.unlink()
    path.mkdir()
    FolderStore(filled).add(CHECK, ANSWERS)
    assert FolderStore(filled).read(CHECK) == {}
    assert [each.name for each in path.parent.iterdir()] == [path.name]  # nothing half written stays


def test_no_judgement_outlives_the_program_that_gave_it(filled):
    (filled / "mine.txt").write_text("x")
    (filled / "findings-notes").mkdir()
    other = FolderStore(filled, made_by="f" * 64)
    assert other.read(CHECK) == {}
    other.add(CHECK, {"k9": "[]"})
    assert FolderStore(filled).read(CHECK) == {}
    assert sorted(each.name for each in filled.iterdir()) == ["findings-" + "f" * 16, "findings-notes", "mine.txt"]


def test_the_program_is_one_of_its_kind():
    assert program() == program.__wrapped__()
    assert len(program()) == 64


def test_runs_at_the_same_time_never_mix(tmp_path):
    seen = []

    def work(number):
        for turn in range(30):
            store = FolderStore(tmp_path)
            store.add(CHECK, {f"k{number}-{turn}": str(number) * 500})
            seen.append(store.read(CHECK))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(seen)  # a mixed file would read as none
    for answers in seen:
        assert all(value == key[1] * 500 for key, value in answers.items())
    assert [path.name for path in (file_of(tmp_path).parent).iterdir()] == [f"{CHECK}.json"]
