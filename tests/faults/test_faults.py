"""Every operation on files that a verb makes fails once: nothing is lost, nothing is half, and the next run completes.

For each verb the operations are counted, and an even sample of them fails in three ways: the operation is refused, it
and all later ones are refused, the machine stops there. Afterwards each folder that the verb writes is as it was or as
it would have become; a refusal is a problem in plain words; a run on a disk that works gives the bytes of a run that
never failed.
"""

import tempfile
from collections import Counter

import pytest

from dualtrack.errors import DualtrackError
from dualtrack.records.staging import recover
from tests.faults.commands import EVERY
from tests.faults.disk import ERRORS, HOWS, Disk, Killed, failing
from tests.faults.remembered import remembered
from tests.faults.states import after, contents, forget, fresh, left, whole
from tests.faults.worlds import VERBS as WRITING

VERBS = WRITING | {"panel pack": EVERY["panel pack"]}
POINTS = 6
"""Operations of a verb that fail, at most."""


@pytest.fixture(scope="module", autouse=True)
def _scratch(tmp_path_factory):
    """Folders for trials lie on the disk that fails too."""
    kept, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("faults"))
    with remembered():
        yield
    forget()
    tempfile.tempdir = kept


def inject(name, stop, how, error):
    """One fault; what became of it: `unchanged`, `some folders`, `all`, `half, said so` or `all, silently`."""
    verb = VERBS[name]
    root, new = fresh(verb), after(verb)[0]
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
        assert said.code in {"OUT003", "OUT009", "OUT013", "BUN004"}
        assert str(root) not in str(said)
        assert "Errno" not in str(said)
    if how == "kill" or (said is not None and said.code == "OUT009"):
        for folder in verb.folders:
            recover(root / folder)
    state = whole(verb, root, new)
    now_new = contents(root, verb) == new
    if said is None and how != "kill":
        assert now_new
    outcome = "killed: " if how == "kill" else f"{said.code if said else 'nothing said'}: "
    outcome += "as before" if state == 0 else "new" if now_new else "in part, each folder whole"
    try:
        verb.run(root)
    except DualtrackError as problem:
        assert problem.code in verb.done  # noqa: PT017 -- most verbs do it again without a word
        assert now_new
    assert contents(root, verb) == new
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
    n = len(after(VERBS[name])[1])
    assert n >= VERBS[name].least
    found = Counter(inject(name, stop, how, ERRORS[place % len(ERRORS)]) for place, stop in enumerate(points(n)))
    print(f"{name} | {n} operations | {sum(found.values())} faults | {how} | {dict(found)}")  # noqa: T201 -- the table of faults: pytest -rP
    assert sum(found.values()) >= VERBS[name].least


def test_there_are_at_least_180_faults():
    assert len(HOWS) * sum(verb.least for verb in VERBS.values()) >= 180  # and more where a verb has more operations
