"""Exchanging files all at once: whatever stops a run, a reader finds the old or the new, and the next run clears up."""

import shutil
from pathlib import Path

import pytest

from dualtrack.errors import OutputError
from dualtrack.records import staged
from dualtrack.records.staging import recover

OLD = {"scorecards.json": "old", "tables/a.csv": "old", "tables/gone.csv": "old"}
NEW = {"scorecards.json": "new", "tables/a.csv": "new", "tables/fresh.csv": "new"}
FOREIGN = {"index.html": "page", "notes/mine.txt": "mine"}


class Killed(BaseException):
    """The machine stops: nothing after this runs."""


def fill(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def content(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def target(tmp_path):
    fill(tmp_path / "results", OLD | FOREIGN)
    return tmp_path / "results"


def replace(target):
    with staged(target) as folder:
        fill(folder, NEW)


def leftovers(target):
    return [path.name for path in target.parent.iterdir() if path != target]


def test_new_files_replace_old_ones_and_foreign_ones_stay(target):
    replace(target)
    assert content(target) == NEW | FOREIGN
    assert leftovers(target) == []


def test_a_new_target_is_made_with_the_folders_above_it(tmp_path):
    replace(tmp_path / "a" / "b")
    assert content(tmp_path / "a" / "b") == NEW


def test_the_current_folder_is_a_target_too(target, monkeypatch):
    monkeypatch.chdir(target)
    replace(Path())
    assert content(target) == NEW | FOREIGN


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, Killed])
def test_a_run_that_fails_while_writing_changes_nothing(target, error):
    def half():
        with staged(target) as folder:
            fill(folder, {"scorecards.json": "half"})
            raise error

    with pytest.raises(error):
        half()
    assert content(target) == OLD | FOREIGN
    assert leftovers(target) == []


def test_what_the_system_says_is_a_problem_without_a_path(target):
    with pytest.raises(OutputError) as caught, staged(target):
        raise OSError(28, "No space left on device", "somewhere")
    (problem,) = caught.value.problems
    assert (problem.code, problem.found, problem.place.file) == ("OUT003", "No space left on device", "results")
    assert content(target) == OLD | FOREIGN


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "results").write_text("mine")
    with pytest.raises(OutputError, match="OUT001"):
        replace(tmp_path / "results")
    assert (tmp_path / "results").read_text() == "mine"


def moves(monkeypatch, stop, error):
    """Let the move number `stop` fail; return what counts the moves."""
    done = []
    rename = Path.rename

    def counted(self, there):
        done.append(self.name)
        if len(done) == stop:
            raise error
        return rename(self, there)

    monkeypatch.setattr(Path, "rename", counted)
    return done


N_MOVES = 5  # staging -> ready, then out and in for each of two entries


def test_the_exchange_has_the_moves_that_are_tested_below(target, monkeypatch):
    done = moves(monkeypatch, 0, Killed())
    replace(target)
    assert len(done) == N_MOVES


@pytest.mark.parametrize("stop", range(1, N_MOVES + 1))
def test_a_move_that_the_system_refuses_leaves_the_old_files(target, monkeypatch, stop):
    with monkeypatch.context() as patch:
        moves(patch, stop, PermissionError(13, "Permission denied"))
        with pytest.raises(OutputError, match="OUT003"):
            replace(target)
    assert content(target) == OLD | FOREIGN
    assert leftovers(target) == []


@pytest.mark.parametrize("stop", range(1, N_MOVES + 1))
def test_what_a_killed_run_left_is_completed_or_thrown_away(target, monkeypatch, stop):
    with monkeypatch.context() as patch:
        moves(patch, stop, Killed())
        patch.setattr(shutil, "rmtree", lambda *_args, **_options: None)
        with pytest.raises(Killed):
            replace(target)
    assert leftovers(target)
    recover(target)
    assert content(target) == (OLD if stop == 1 else NEW) | FOREIGN
    assert leftovers(target) == []


@pytest.mark.parametrize("stop", range(1, N_MOVES + 1))
def test_the_next_run_works_after_a_killed_one(target, monkeypatch, stop):
    with monkeypatch.context() as patch:
        moves(patch, stop, Killed())
        patch.setattr(shutil, "rmtree", lambda *_args, **_options: None)
        with pytest.raises(Killed):
            replace(target)
    with staged(target) as folder:
        fill(folder, {"scorecards.json": "newest", "tables/z.csv": "newest"})
    assert content(target) == {"scorecards.json": "newest", "tables/z.csv": "newest"} | FOREIGN
    assert leftovers(target) == []


def test_nothing_left_over_means_nothing_to_do(target):
    recover(target)
    assert content(target) == OLD | FOREIGN
