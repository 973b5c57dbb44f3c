"""Real refusals of the system: folders without the right to write, files without the right to read, no room.

The commands run in a process that rights bind, also where the tests run as the administrator. Room is taken away with a
limit on the size of files, which temporary files meet as well.
"""

import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults import states
from tests.faults.commands import ENDS, EVERY

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="rights and limits of POSIX"),
    pytest.mark.xdist_group("rights"),
]
READING = ("validate", "history", "verify", "rubric lint", "rubric digest", "panel status")
WRITING = [name for name, verb in EVERY.items() if verb.folders and name not in ("selftest", "compare")]
"""The two that are left out take long, and write as ``report`` does."""
LITTLE = 20
"""Bytes that a file may have."""


@pytest.fixture(scope="module", autouse=True)
def _scratch(tmp_path_factory):
    kept, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("rights"))
    yield
    states.forget()
    tempfile.tempdir = kept


@pytest.fixture(scope="module")
def call(checkout, tmp_path_factory):
    """Call the command line in a process that rights bind."""
    from tests.faults.helper import helper  # noqa: PLC0415 -- needs what only POSIX has
    from tests.faults.installed import why_not_bound  # noqa: PLC0415 -- as above

    why = why_not_bound(tmp_path_factory.mktemp("probe"))
    if why is not None:
        pytest.skip(why)
    with helper(checkout) as run:
        yield run


@contextmanager
def shut(root, mode):
    """Take rights away from all folders of a world while the block runs."""
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(mode)
    try:
        yield
    finally:
        for folder in folders:
            folder.chmod(0o755)


def said_so(code, said, root):
    assert code == 1, said
    assert said[:3].isupper()
    assert all(word in said for word in ("  where: ", "  found: ", "  expected: ", "  fix: "))
    assert not any(word in said for word in ("Errno", "Traceback", str(root)))


@pytest.mark.parametrize("name", WRITING)
def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_lost(name, call):
    verb, root = EVERY[name], states.fresh(EVERY[name])
    old = states.contents(root, verb), states.others(root, verb)
    with shut(root, 0o555):
        code, said = call(verb.argv(root))
    said_so(code, said, root)
    assert "Permission denied" in said
    assert (states.contents(root, verb), states.others(root, verb)) == old
    assert states.left(root) == []


@pytest.mark.parametrize("name", READING)
def test_what_only_reads_needs_no_right_to_write(name, call):
    root = states.fresh(EVERY[name])
    with shut(root, 0o555):
        code, said = call(EVERY[name].argv(root))
    assert code in ENDS, said


@pytest.mark.parametrize("name", READING)
def test_a_folder_that_cannot_be_read_is_said(name, call):
    root = states.fresh(EVERY[name])
    with shut(root, 0o444):
        code, said = call(EVERY[name].argv(root))
    assert code == 1
    assert "Traceback" not in said
    assert said[:3].isupper()


def test_a_file_that_cannot_be_read_is_said(call):
    root = states.fresh(EVERY["validate"])
    (root / "study" / "responses.jsonl").chmod(0o000)
    code, said = call(EVERY["validate"].argv(root))
    said_so(code, said, root)
    assert "where: responses.jsonl" in said


@pytest.mark.parametrize("name", WRITING)
def test_a_disk_without_room_is_said_and_nothing_is_lost(name, call):
    verb, root = EVERY[name], states.fresh(EVERY[name])
    old = states.contents(root, verb), states.others(root, verb)
    code, said = call(verb.argv(root), LITTLE)
    said_so(code, said, root)
    assert "File too large" in said
    assert (states.contents(root, verb), states.others(root, verb)) == old
    assert call(verb.argv(root))[0] in ENDS
    assert states.left(root) == []


def test_a_pack_without_room_for_temporary_files_says_so(call):
    verb, root = EVERY["panel pack"], states.fresh(EVERY["panel pack"])
    said = call(verb.argv(root), LITTLE)[1]
    assert said.startswith("OUT013")
    assert "temporary files" in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_output_into_a_full_device_is_said():
    with open("/dev/full", "w") as full:  # noqa: PTH123 -- a device
        run = subprocess.run(
            [sys.executable, "-c", "import sys; from dualtrack.cli import main; sys.exit(main(sys.argv[1:]))",
             "explain", "OUT003"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.startswith("OUT013")
    assert "Traceback" not in run.stderr
