"""Every operation on files that a verb makes fails once: nothing is lost, nothing is half, and the next run completes.

For each verb the operations are counted, and an even sample of them fails in three ways: the operation is refused, it
and all later ones are refused, the machine stops there. Afterwards each folder that the verb writes is as it was or as
it would have become; a refusal is a problem in plain words; a run on a disk that works gives the bytes of a run that
never failed.
"""

import shutil
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from dualtrack.errors import DualtrackError
from dualtrack.records.staging import recover
from tests.faults.disk import ERRORS, HOWS, Disk, Killed, failing
from tests.faults.remembered import remembered
from tests.faults.worlds import VERBS

POINTS = 6
"""Operations of a verb that fail, at most."""


@pytest.fixture(scope="module", autouse=True)
def _scratch(tmp_path_factory):
    """Folders for trials lie on the disk that fails too."""
    kept, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("faults"))
    with remembered():
        yield
    tempfile.tempdir = kept


@cache
def before(name):
    """What the verb finds; made once."""
    root = Path(tempfile.mkdtemp())
    VERBS[name].make(root)
    return root


def fresh(name):
    root = Path(tempfile.mkdtemp()) / "world"
    shutil.copytree(before(name), root)
    return root


def content(root, verb, folder):
    """Bytes of a folder by name, without the other folders that are written apart, and without what lies beside."""
    apart = [root / each for each in verb.folders if each != folder and each.startswith(folder)]
    return {
        path.relative_to(root / folder).as_posix(): path.read_bytes()
        for path in (root / folder).rglob("*")
        if path.is_file() and not path.name.startswith(".") and not any(each in path.parents for each in apart)
    }


def contents(root, verb):
    return tuple(content(root, verb, folder) for folder in verb.folders)


@cache
def after(name):
    """What the verb leaves on a disk that works; and how many operations it makes."""
    VERBS[name].run(fresh(name))  # now everything that is computed once is known
    root = fresh(name)
    with failing(Disk(root.parents[1])) as disk:
        VERBS[name].run(root)
    return contents(root, VERBS[name]), tuple(disk.done)


def whole(name, root):
    """Each folder is old or new, the first ones first; a file that goes last may still be there."""
    verb, (new, _) = VERBS[name], after(name)
    old, now = contents(before(name), verb), contents(root, verb)
    allowed = [(*new[:n], *old[n:]) for n in range(len(new) + 1)]
    if verb.last is not None:
        kept = {verb.last: old[0][verb.last]} if verb.last in old[0] else {}
        allowed.insert(1, ({name: data for name, data in new[0].items() if name != verb.last} | kept,))
    assert now in allowed
    return len(new) if now == new else allowed.index(now)


def left(root):
    """What lies beside folders that should be clear; a lock may stay behind, it holds up nobody."""
    return [path for path in root.rglob(".*") if not path.name.endswith(".lock")]


def inject(name, stop, how, error):
    """One fault; what became of it: `unchanged`, `some folders`, `all`, `half, said so` or `all, silently`."""
    verb, root = VERBS[name], fresh(name)
    disk = Disk(root.parents[1], stop, how, error)
    said = None
    with failing(disk):
        try:
            verb.run(root)
        except Killed:
            assert how == "kill"
        except DualtrackError as problem:
            said = problem
    if said is not None:
        assert how != "kill"
        assert said.code in {"OUT003", "OUT009", "BUN004"}
        assert str(root) not in str(said)
        assert "Errno" not in str(said)
    if how == "kill" or (said is not None and said.code == "OUT009"):
        for folder in verb.folders:
            recover(root / folder)
    state = whole(name, root)
    now_new = contents(root, verb) == after(name)[0]
    if said is None and how != "kill":
        assert now_new
    outcome = "killed: " if how == "kill" else f"{said.code if said else 'nothing said'}: "
    outcome += "as before" if state == 0 else "new" if now_new else "in part, each folder whole"
    try:
        verb.run(root)
    except DualtrackError as problem:
        assert problem.code in verb.done  # noqa: PT017 -- most verbs do it again without a word
        assert now_new
    assert contents(root, verb) == after(name)[0]
    assert left(root) == []
    return outcome


def points(n):
    """An even sample of 1..n, first and last among it."""
    most = min(n, POINTS)
    return sorted({1 + round(place * (n - 1) / (most - 1)) for place in range(most)})


def cases():
    return [pytest.param(name, how, id=f"{name}-{how}") for name in VERBS for how in HOWS]


@pytest.mark.parametrize(("name", "how"), cases())
def test_an_operation_that_fails_leaves_the_old_or_the_new_and_the_next_run_completes(name, how):
    n = len(after(name)[1])
    assert n >= VERBS[name].least
    found = Counter(inject(name, stop, how, ERRORS[place % len(ERRORS)]) for place, stop in enumerate(points(n)))
    print(f"{name} | {n} operations | {sum(found.values())} faults | {how} | {dict(found)}")  # noqa: T201 -- the table of faults: pytest -rP
    assert sum(found.values()) >= VERBS[name].least


def test_there_are_at_least_180_faults():
    assert len(HOWS) * sum(verb.least for verb in VERBS.values()) >= 180  # and more where a verb has more operations
