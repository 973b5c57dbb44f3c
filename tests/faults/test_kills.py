"""Real kills: the verb runs in a process of its own on a slow disk and is killed at a drawn moment of its writing."""

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
from tests.faults import test_faults as faults
from tests.faults.remembered import remembered
from tests.faults.worlds import VERBS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
KILLED = ("freeze", "amend", "erase a file", "erase cells", "score, the look", "dispositions merge", "panel import",
          "panel calibrate", "rubric pages", "rubric copy")  # fmt: skip
SLOW = """
import os, sys, time
from pathlib import Path
from tests.faults.disk import Disk, failing
from tests.faults.worlds import VERBS
class Slow(Disk):
    def operation(self, name, path, torn=None):
        if len(self.done) == 0:
            print("writing", flush=True)
        self.done.append(name)
        time.sleep(0.01)
with failing(Slow(Path(sys.argv[2]))):
    VERBS[sys.argv[1]].run(Path(sys.argv[2]))
"""


@pytest.fixture(autouse=True)
def _scratch(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with remembered():
        yield
    faults.before.cache_clear()
    faults.after.cache_clear()


@pytest.mark.parametrize("turn", range(2))
@pytest.mark.parametrize("name", KILLED)
def test_a_killed_run_leaves_the_old_or_the_new_and_the_next_run_completes(name, turn, checkout):
    verb, root = VERBS[name], faults.fresh(name)
    moment = random.Random(f"{name} {turn}").uniform(0, 0.02 * len(faults.after(name)[1]))
    words = [sys.executable, "-c", SLOW, name, str(root)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=checkout) as run:
        assert run.stdout.readline() == "writing\n"
        time.sleep(moment)
        run.send_signal(signal.SIGKILL)
        run.wait()
    for folder in verb.folders:
        recover(root / folder)
    faults.whole(name, root)
    try:
        verb.run(root)
    except DualtrackError as problem:
        assert problem.code in verb.done  # noqa: PT017 -- most verbs do it again without a word
    assert faults.contents(root, verb) == faults.after(name)[0]
    assert faults.left(root) == []
    shutil.rmtree(root)
