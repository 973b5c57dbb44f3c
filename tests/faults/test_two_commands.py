"""Two installed commands at once on one study: one wins or both complete one after the other, and the loser says why.

Both are brought to the moment before they write: by a lock that is held until they wait for it, or by a table that they
read last and that is given to both at once. Whatever the order is then, the outcome holds.
"""

import os
import sys
import tempfile
import time

import pytest

from dualtrack.errors import OutputError
from dualtrack.ledger.files import read_ledger
from dualtrack.records.alone import alone
from dualtrack.report import write
from dualtrack.verify_verb import verify
from tests.faults import states, worlds
from tests.faults.commands import COMMANDS, ENDS, WITHOUT_SEAL, called
from tests.faults.installed import ended, start, waits

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="uses locks and named pipes of POSIX"),
    pytest.mark.xdist_group("two commands"),
]


@pytest.fixture(scope="module", autouse=True)
def _scratch(tmp_path_factory):
    kept, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("two"))
    yield
    states.forget()
    tempfile.tempdir = kept


def both(place, *argvs):
    """Start commands that write into a place, and let them go when all of them wait for it."""
    with alone(place):
        runs = [start(argv) for argv in argvs]
        waits(*runs)
    return [ended(run) for run in runs]


def opened_by(run, pipe):
    """A named pipe, to be written into as soon as a command reads it."""
    while run.poll() is None:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.01)
    pytest.fail(run.communicate()[1])


def changed(verb, root, **instead):
    """The words of a verb, with other values of some options."""
    argv = verb.argv(root)
    for option, value in instead.items():
        argv[argv.index(f"--{option}") + 1] = value
    return argv


def test_two_freeze_at_once_and_one_of_them_seals():
    verb, root = COMMANDS["freeze"], states.fresh(COMMANDS["freeze"])
    table = (root / "confirmations.csv").read_text()
    pipes = [root / f"confirmations-{name}.csv" for name in "AB"]
    for pipe in pipes:
        os.mkfifo(pipe)
    runs = [start(changed(verb, root, by=f"Dr {pipe.stem[-1]}", confirm=str(pipe))) for pipe in pipes]
    ready = [opened_by(run, pipe) for run, pipe in zip(runs, pipes, strict=True)]  # both have read the history now
    for stream in ready:
        os.write(stream, table.encode())
        os.close(stream)
    codes, said = zip(*map(ended, runs), strict=True)
    assert sorted(codes) == [0, 1]
    winner = codes.index(0)
    assert said[1 - winner].startswith("LED018")
    ledger = read_ledger(root / "study")
    assert [(record.kind, record.by) for record in ledger.records] == [("freeze", f"Dr {'AB'[winner]}")]
    assert len(ledger.seals) == 1
    assert verify(root / "out").holds
    assert states.left(root) == []


def test_two_first_looks_at_once_are_one_look():
    verb, root = COMMANDS["score"], states.fresh(COMMANDS["score"])
    words = [
        changed(verb, root, out=str(root / f"out{name}"), by=f"Dr {name}", clock=f"2026-03-0{day}T09:00:00Z")
        for day, name in enumerate("AB", start=1)
    ]
    codes, said = zip(*both(root / "study", *words), strict=True)
    assert all(code in ENDS or text.startswith("LED018") for code, text in zip(codes, said, strict=True))
    assert any(code in ENDS for code in codes)
    for name, code in zip("AB", codes, strict=True):
        assert (root / f"out{name}").exists() is (code in ENDS)
    for argv in words:
        assert called(argv)[0] in ENDS
    assert [record.kind for record in read_ledger(root / "study").records] == ["freeze", "look"]
    assert verify(root / "outA", study=root / "study").holds
    assert states.left(root) == []


def test_two_scores_into_one_folder_complete_one_after_the_other():
    verb, root = WITHOUT_SEAL, states.fresh(WITHOUT_SEAL)
    assert [code for code, _ in both(root / "out", verb.argv(root), verb.argv(root))] == [3, 3]
    alike = states.fresh(verb)
    verb.run(alike)
    assert states.contents(root, verb) == states.contents(alike, verb)
    assert verify(root / "out", study=root / "study").holds
    assert states.left(root) == []


def test_two_bundles_into_one_file_complete_one_after_the_other():
    verb, root = COMMANDS["bundle"], states.fresh(COMMANDS["bundle"])
    assert [code for code, _ in both(root / "bundles" / "run.zip", verb.argv(root), verb.argv(root))] == [0, 0]
    alike = states.fresh(verb)
    verb.run(alike)
    assert states.contents(root, verb) == states.contents(alike, verb)
    assert states.left(root) == []


def test_verify_while_results_are_replaced_accuses_nobody():
    verb, root = WITHOUT_SEAL, states.fresh(WITHOUT_SEAL)
    begun = time.monotonic()
    with alone(root / "out"):
        score = start(verb.argv(root))
        waits(score)
        took = time.monotonic() - begun
        verifying = start(["verify", str(root / "out")])
        time.sleep(min(took, 8.0))  # by then it has loaded, and reads
    code, said = ended(verifying)
    assert ended(score)[0] == 3
    assert code == 0 or said.startswith("OUT008")
    assert verify(root / "out", study=root / "study").holds


def test_verify_tells_writing_in_between_from_tampering(tmp_path):
    folder = tmp_path / "out"
    worlds._results(3).save(folder, pages=True)
    with pytest.raises(OutputError, match="OUT008 another run wrote into the folder"):
        verify(folder, progress=lambda stage: stage == "files" and worlds._results(7).save(folder, pages=True))
    assert verify(folder).holds
    table = folder / "tables" / "gates.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    assert not verify(folder).holds


def test_pages_of_results_that_were_replaced_meanwhile_are_not_written(tmp_path, monkeypatch):
    folder, drawn = tmp_path / "out", write._pages
    worlds._results(3).save(folder)

    def while_another_run_writes(*rest, **named):
        made = drawn(*rest, **named)
        worlds._results(7).save(folder)
        return made

    monkeypatch.setattr(write, "_pages", while_another_run_writes)
    with pytest.raises(OutputError, match="OUT008"):
        write.write_pages(folder)
    assert verify(folder).holds
    assert not list(folder.glob("*.html"))
