"""Real kills of the installed command: at moments spread over its run, from its start to the middle of its writing.

Each verb runs once undisturbed, which says how long it takes and what it leaves. Then it is killed: at shares of that
time, and some milliseconds after it has begun to write. Whether a kill comes before the end or after it, what it leaves
is whole, and the next run gives the bytes of the undisturbed one.
"""

import sys
import tempfile
import time
from collections import Counter
from functools import cache

import pytest

from dualtrack.bundle_verb import verify_bundle
from dualtrack.errors import DualtrackError
from dualtrack.records.staging import digest_of, recover
from dualtrack.verify_verb import verify
from tests.faults import states
from tests.faults.commands import COMMANDS, ENDS
from tests.faults.installed import begins_to_write, ended, start
from tests.faults.remembered import files_digest, remembered

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does"),
    pytest.mark.xdist_group("kills"),
]
SHARES = (0.2, 0.5, 0.85)
"""Of the time that an undisturbed run takes: while it loads, while it reads and computes, near its end."""
WRITING = (0.0, 0.004, 0.012)
"""Seconds after the first sign of writing."""
MOMENTS = [
    *[(name, share, None) for name in COMMANDS for share in SHARES],
    *[(name, None, WRITING[place % len(WRITING)]) for place, name in enumerate(COMMANDS)],
]
HIT = Counter()
VERIFIED = set()


@pytest.fixture(scope="module", autouse=True)
def _scratch(tmp_path_factory):
    kept, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("killed"))
    with remembered():
        yield
    states.forget()
    undisturbed.cache_clear()
    tempfile.tempdir = kept


@cache
def undisturbed(name):
    """What the installed command leaves when nobody kills it, and the seconds that it takes."""
    verb, root = COMMANDS[name], states.fresh(COMMANDS[name])
    begun = time.monotonic()
    code, said = ended(start(verb.argv(root)))
    took = time.monotonic() - begun
    assert code in ENDS, said
    assert states.left(root) == []
    new = states.contents(root, verb)
    assert new != states.contents(root.parent / "none", verb)
    assert new != states.contents(states.before(verb), verb)
    return new, took


def results_are_whole(verb, root):
    """Results, and a bundle where there is one, verify; equal bytes are verified once."""
    places = [] if verb.results is None else [(root / verb.results, verify)]
    places += [(file, verify_bundle) for file in root.glob("bundles/*.zip")]
    for place, verified in places:
        seen = digest_of(place) or files_digest(place)
        if seen not in VERIFIED:
            assert verified(place).holds
            VERIFIED.add(seen)


@pytest.mark.parametrize(("name", "share", "later"), MOMENTS)
def test_a_killed_command_leaves_the_study_and_the_results_whole(name, share, later):
    verb = COMMANDS[name]
    new, took = undisturbed(name)
    root = states.fresh(verb)
    with start(verb.argv(root)) as run:
        if share is None:
            begins_to_write(run, [root / folder for folder in verb.folders])
            time.sleep(later)
        else:
            time.sleep(share * took)
        run.kill()
        ended(run)
    HIT["mid-run" if run.returncode < 0 else "at its end", "writing" if share is None else "earlier"] += 1
    for folder in verb.folders:
        recover(root / folder)
    states.whole(verb, root, new)
    results_are_whole(verb, root)
    try:
        verb.run(root)
    except DualtrackError as problem:
        assert problem.code in verb.done  # noqa: PT017 -- most verbs do it again without a word
    assert states.contents(root, verb) == new
    assert states.left(root) == []


def test_most_kills_met_a_run_at_work():
    n = sum(HIT.values())
    if n < len(MOMENTS):
        pytest.skip("only some of the kills were run")
    print(dict(HIT))  # noqa: T201 -- how the kills fell: pytest -rP
    assert n >= 20
    assert sum(count for (when, _), count in HIT.items() if when == "mid-run") >= n // 2
