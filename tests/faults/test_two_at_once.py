"""Two runs at once: one waits for the other, and what somebody else wrote is not written over."""

import subprocess
import sys
import time

import pytest

from dualtrack.cli import main
from dualtrack.errors import OutputError
from dualtrack.ledger.files import read_ledger
from dualtrack.records import alone, staged
from dualtrack.records.staging import digest_of, refuse_changed
from tests.sealed_worlds import confirmations, make_study

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses the file locks of POSIX")
HOLDER = """
import sys, time
from pathlib import Path
from dualtrack.records.alone import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def started(code, *words):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture
def study(tmp_path):
    return make_study(tmp_path / "study", systems=("alpha",))


def test_a_run_waits_briefly_for_another_one_and_then_says_whom_it_met(tmp_path, monkeypatch):
    monkeypatch.setattr(alone, "WAIT", 0.1)
    with started(HOLDER, tmp_path / "out") as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(OutputError, match=f"OUT007.*process {other.pid} at work"), staged(tmp_path / "out"):
            pytest.fail("two at once")
        other.kill()
        other.wait()
    with staged(tmp_path / "out") as beside:  # a dead holder holds up nobody
        (beside / "a").write_text("a")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "out"]


def test_two_processes_that_erase_at_once_lose_no_record(study):
    assert main(["freeze", str(study), "--by", "A", "--confirm", str(confirmations(study))]) == 0
    names = [f"note{n}.txt" for n in range(2)]
    for name in names:
        (study / name).write_text(name)
    words = ("erase", study, "--by", "B", "--why", "asked for", "--clock", "2027-01-01T00:00:00Z")
    code = "import sys; from dualtrack.cli import main; sys.exit(main(sys.argv[1:]))"
    runs = [started(code, *words, "--file", name) for name in names]
    said = [(run.communicate(timeout=60)[1], run.returncode) for run in runs]
    told = {record.payload["file"] for record in read_ledger(study).records if record.kind == "tombstone"}
    for name, (error, status) in zip(names, said, strict=True):
        assert (name in told) is (status == 0) is not (study / name).exists()
        assert status == 0 or "LED018" in error or "OUT008" in error
    assert told


def test_what_somebody_else_wrote_in_between_is_not_written_over(tmp_path):
    (tmp_path / "a").write_text("one")
    read = {"a": digest_of(tmp_path / "a"), "b": None}
    refuse_changed(tmp_path, read)
    (tmp_path / "a").write_text("two")
    with pytest.raises(OutputError, match="OUT008"):
        refuse_changed(tmp_path, read)


def test_waiting_ends_when_the_other_has_ended(tmp_path):
    with started(HOLDER.replace("60", "0.3"), tmp_path / "out") as other:
        assert other.stdout.readline() == "held\n"
        begun = time.monotonic()
        with staged(tmp_path / "out") as beside:
            (beside / "a").write_text("a")
        assert time.monotonic() - begun > 0.1
