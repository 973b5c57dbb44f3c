"""Real kills: the verb runs in a process of its own on a slow disk and is killed at a drawn moment of its writing."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from dualtrack.errors import DualtrackError
from dualtrack.records.staging import recover
from tests.faults import states
from tests.faults.remembered import remembered
from tests.faults.worlds import VERBS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
KILLED = ("freeze", "amend", "erase a file", "erase cells", "score, the look", "dispositions merge", "panel import",
          "panel calibrate", "rubric pages", "rubric copy")  # fmt: skip
PARENT = """
import os, sys, time
from pathlib import Path
from tests.faults.disk import Disk, failing
from tests.faults.worlds import VERBS
class Slow(Disk):
    def operation(self, name, path, torn=None):
        if not self.done:
            os.write(1, b"writing\\n")
        self.done.append(name)
        time.sleep(0.005)
os.write(1, b"ready\\n")
for line in sys.stdin:
    name, root = line.rstrip("\\n").split("|")
    child = os.fork()
    if child == 0:
        try:
            with failing(Slow(Path(root))):
                VERBS[name].run(Path(root))
        finally:
            time.sleep(600)  # it never ends by itself: its number stays its own until it is killed
    os.write(1, b"%d\\n" % child)
    os.waitpid(child, 0)
    os.write(1, b"ended\\n")
"""


@pytest.fixture(scope="module", autouse=True)
def _scratch(tmp_path_factory):
    kept, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("kills"))
    with remembered():
        yield
    states.forget()
    tempfile.tempdir = kept


@pytest.fixture(scope="module")
def parent(checkout):
    """A process that has imported everything; each run is a child of it."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        cwd=checkout, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as run:  # fmt: skip
        assert run.stdout.readline() == "ready\n"
        yield run
        run.stdin.close()


@pytest.mark.parametrize("turn", range(2))
@pytest.mark.parametrize("name", KILLED)
def test_a_killed_run_leaves_the_old_or_the_new_and_the_next_run_completes(name, turn, parent):
    verb = VERBS[name]
    root, (new, done) = states.fresh(verb), states.after(verb)
    moment = random.Random(f"{name} {turn}").uniform(0, 0.006 * len(done))
    parent.stdin.write(f"{name}|{root}\n")
    number, writing = sorted(parent.stdout.readline().strip() for _ in range(2))
    assert writing == "writing"
    time.sleep(moment)
    os.kill(int(number), signal.SIGKILL)
    assert parent.stdout.readline() == "ended\n"
    for folder in verb.folders:
        recover(root / folder)
    states.whole(verb, root, new)
    try:
        verb.run(root)
    except DualtrackError as problem:
        assert problem.code in verb.done  # noqa: PT017 -- most verbs do it again without a word
    assert states.contents(root, verb) == new
    assert states.left(root) == []
    shutil.rmtree(root)
