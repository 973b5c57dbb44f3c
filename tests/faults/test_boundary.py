"""Whatever the system refuses, to whichever verb: the command line says it with a code, a place and a way out.

Files that are read and temporary files count here as well as those that are written. Each verb runs once to count its
operations; then some of them are refused, each time in another way.
"""

import errno
import re
import tempfile
from pathlib import Path

import pytest
from typer.main import get_command

import dualtrack
from dualtrack._shipped import shipped_root
from dualtrack.cli import app
from dualtrack.refusal import refusal
from tests.faults import states
from tests.faults.commands import ENDS, EVERY, called
from tests.faults.disk import Disk, failing

REFUSALS = (errno.EACCES, errno.ENOSPC, errno.EROFS)
SLOW = ("score", "compare", "verify", "power", "rubric test")
"""Verbs to which only the operation in the middle is refused."""
SELFTEST = 30
"""An operation of the self-test while it writes its made-up study: it takes long to its end, so none are counted."""
NOT_NEEDED = {
    "unlink": "a lock that stays holds up nobody",
    "mkdir": "the folder was there",
    "link": "a copy does as well",
}
SAID = re.compile(r"[A-Z]{3}\d{3} \w")


class Everywhere(Disk):
    """A disk on which files are read too, those of the world and those that ship; Python reads its own apart."""

    reads = True

    def __init__(self, stop=0, error=0):
        super().__init__(tempfile.gettempdir(), stop, "once", error)
        self.root = (self.root, str(Path(dualtrack.__file__).parent), str(shipped_root("rubric")))


@pytest.fixture(scope="module", autouse=True)
def _scratch(tmp_path_factory):
    kept, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("refused"))
    yield
    states.forget()
    tempfile.tempdir = kept


def tried(name, stop=0, error=0):
    """Run a verb on a disk that refuses one operation: the operations, the exit code, what was said."""
    root = states.fresh(EVERY[name])
    with failing(Everywhere(stop, error)) as disk:
        code, said = called(EVERY[name].argv(root))
    return disk.done, code, said.replace(str(root), "ROOT")


def points(name):
    """Numbers of operations that are refused."""
    if name == "selftest":
        return (SELFTEST,)
    tried(name)  # what is read once per process has been read
    n = len(tried(name)[0])
    return (max(1, n // 2),) if name in SLOW else sorted({max(1, n // 3), max(1, 2 * n // 3), n})


@pytest.mark.parametrize("name", EVERY)
def test_what_the_system_refuses_is_said_with_a_code(name):
    stops = points(name)
    print(f"{name} | | {len(stops)} faults | refused to the command line |")  # noqa: T201 -- the table of faults: pytest -rP
    for stop in stops:
        done, code, said = tried(name, stop, REFUSALS[stop % len(REFUSALS)])
        assert len(done) >= stop
        if done[stop - 1] in NOT_NEEDED and code in ENDS:
            continue
        assert code == 1
        assert SAID.match(said), said
        assert re.search(r"  (where|found|fix): ", said)
        assert not re.search("Errno|Traceback|ROOT", said)


@pytest.mark.parametrize(
    ("error", "where", "found", "fix"),
    [
        (PermissionError(errno.EACCES, "words", "/x/study.yaml"), "study.yaml", "Permission denied", "rights"),
        (OSError(errno.EROFS, "words", b"/mnt/out"), "out", "Read-only file system", "rights"),
        (OSError(errno.ENOSPC, "words"), "the output, or temporary files", "No space left on device", "TMPDIR"),
        (OSError(errno.EIO, "words", "/x/b.csv", None, "/x/c.csv"), "b.csv", "Input/output error", "mount"),
        (OSError(errno.EBADF, "words", 7), "the output, or temporary files", "Bad file descriptor", "mount"),
        (FileNotFoundError("this installation has no examples"), "", "this installation has no examples", "install"),
        (OSError("words with /a/path"), "", "OSError", "install"),
    ],
)
def test_a_refusal_names_the_file_and_a_way_out_and_no_path(error, where, found, fix):
    problem = refusal(error)
    assert (problem.code, problem.place.file, problem.found) == ("OUT013", where, found)
    assert fix in problem.fix
    assert "/home" not in str(problem)


def test_temporary_files_are_called_so():
    problem = refusal(OSError(errno.ENOSPC, "words", str(Path(tempfile.gettempdir()) / "tmpabc")))
    assert problem.place.file == "temporary files"


def test_no_folder_for_temporary_files_is_not_taken_for_a_language_that_does_not_ship(monkeypatch):
    root = states.fresh(EVERY["panel pack"])
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", list)
    code, said = called(EVERY["panel pack"].argv(root))
    assert code == 1
    assert said.startswith("OUT013")
    assert "no folder in which they can be written" in said
    assert "TMPDIR" in said


def leaves(command, before=()):
    for name, each in command.commands.items():
        yield from leaves(each, (*before, name)) if hasattr(each, "commands") else [" ".join((*before, name))]


def test_every_verb_is_tried():
    assert set(leaves(get_command(app))) - {"demo"} == set(EVERY)
