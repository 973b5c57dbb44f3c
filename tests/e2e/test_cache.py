"""Findings that are known from an earlier run: the same bytes with them and without, and only what changed is new."""

import hashlib

import pytest

from dualtrack import verbs
from dualtrack.checks.stored import FolderStore
from dualtrack.cli import main

pytestmark = pytest.mark.xdist_group("e2e")


@pytest.fixture
def study(tmp_path):
    """The skeleton, judged by a copy of a rubric that has nothing but checks."""
    assert main(["init", str(tmp_path / "study")]) == 0
    assert main(["rubric", "copy", "screens", str(tmp_path / "my_screens")]) == 0
    folder = tmp_path / "study"
    for name in ("ratings.csv", "raters.csv"):
        (folder / name).unlink()
    change(folder / "study.yaml", "name: longqa ", "path: ../my_screens ")
    lines = (folder / "study.yaml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if "- {metric: sentence_" not in line]
    (folder / "study.yaml").write_text("\n".join(kept).replace("  out:", "  out: []"), encoding="utf-8")
    return folder


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def files(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


@pytest.fixture
def added(monkeypatch):
    """How many answers were added to which check, by the order of the files."""
    counts = []
    add = FolderStore.add

    def counting(self, check, answers):
        counts.append((check, len(answers)))
        add(self, check, answers)

    monkeypatch.setattr(FolderStore, "add", counting)
    return counts


def scored(study, out, *options):
    assert main(["score", str(study), "--out", str(out), *options]) == 0
    return files(out)


def test_the_bytes_are_the_same_and_only_what_changed_is_judged(study, tmp_path, added):
    cache = tmp_path / "kept"
    without = scored(study, tmp_path / "without")
    assert scored(study, tmp_path / "first", "--cache", str(cache)) == without
    n_checks = len(added)
    assert n_checks > 1
    assert len(list(cache.rglob("*.json"))) == n_checks
    added.clear()
    assert scored(study, tmp_path / "second", "--cache", str(cache)) == without
    assert added == []

    change(
        study.parent / "my_screens" / "metrics" / "effectiveness" / "readability.yaml", "max_grade: 8", "max_grade: 3"
    )
    changed = scored(study, tmp_path / "third", "--cache", str(cache))
    assert [count for _, count in added] == [5]  # one check, on the five of six responses that have a text
    assert changed == scored(study, tmp_path / "fourth")
    assert changed != without


def test_a_damaged_cache_is_as_good_as_none(study, tmp_path, added):
    cache = tmp_path / "kept"
    without = scored(study, tmp_path / "first", "--cache", str(cache))
    n_checks = len(added)
    for path in cache.rglob("*.json"):
        path.write_bytes(path.read_bytes()[:-9])
    assert scored(study, tmp_path / "second", "--cache", str(cache)) == without
    assert len(added) == 2 * n_checks
    assert scored(study, tmp_path / "third", "--cache", str(cache)) == without
    assert len(added) == 2 * n_checks


def test_a_cache_holds_no_text(study, tmp_path):
    scored(study, tmp_path / "out", "--cache", str(tmp_path / "kept"))
    held = b"".join(path.read_bytes() for path in (tmp_path / "kept").rglob("*.json"))
    texts = (study / "responses.csv").read_text(encoding="utf-8")
    words = {word for word in texts.replace('"', " ").split() if len(word) > 6}
    assert len(words) > 20
    assert not [word for word in words if word.encode() in held]


@pytest.mark.parametrize(
    ("data_class", "options", "kept"),
    [
        ("synthetic", (), True),
        ("public", (), True),
        ("de_identified", (), False),
        ("identifiable", (), False),
        ("synthetic", ("--no-cache",), False),
    ],
)
def test_the_own_folder_of_the_user_is_for_public_and_synthetic_studies(
    study, tmp_path, monkeypatch, data_class, options, kept
):
    monkeypatch.delenv("DUALTRACK_NO_CACHE")
    monkeypatch.setattr(verbs, "user_cache_path", lambda *_args, **_named: tmp_path / "own")
    change(study / "study.yaml", "data_class: synthetic", f"data_class: {data_class}")
    scored(study, tmp_path / "out", *options)
    assert (tmp_path / "own").exists() is kept


def test_about_patients_a_folder_that_is_named_keeps_findings(study, tmp_path):
    change(study / "study.yaml", "data_class: synthetic", "data_class: identifiable")
    scored(study, tmp_path / "out", "--cache", str(tmp_path / "named"))
    assert list((tmp_path / "named").rglob("*.json"))


def test_from_python_nothing_is_kept_unless_asked_for(study, tmp_path, monkeypatch):
    monkeypatch.setattr(verbs, "user_cache_path", lambda *_args, **_named: tmp_path / "own")
    verbs.score(study)
    assert not (tmp_path / "own").exists()
    verbs.score(study, cache=True)
    assert (tmp_path / "own").exists()


def test_a_file_is_no_cache(study, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert main(["score", str(study), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "file")]) == 2
    assert "--cache" in capsys.readouterr().err
