"""The installed command in a process of its own: started, watched, and with rights that bind the administrator too."""

import ctypes
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("dualtrack")
LONGEST = 120
PATIENCE, PAUSE = 12.0, 0.3
"""Seconds; a command waits for a lock longer than that."""
LOADED = 50
"""Hundredths of a second that loading takes at least: what has computed less has hardly begun."""
PR_CAPBSET_DROP = 24
DAC_OVERRIDE, DAC_READ_SEARCH = 1, 2


def environment():
    """The same code as here, whatever the working folder is."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def start(argv, **more):
    """The installed command with these words."""
    assert PROGRAM.is_file(), "install the project into the environment of the tests: pip install -e ."
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([PROGRAM, *argv], env=environment(), **streams | more)


def ended(process):
    """Exit code of a started command, and what it said on stderr."""
    said = process.communicate(timeout=LONGEST)[1]
    return process.returncode, said


def begins_to_write(process, places):
    """Wait until something lies beside one of the places, or the process has ended."""
    while process.poll() is None and not any(_beside(place) for place in places):
        time.sleep(0.001)


def _beside(place):
    with suppress(FileNotFoundError):
        return any(each.name.startswith(".") for each in place.parent.iterdir())
    return False


def waits(*processes):
    """Wait until processes do hardly anything any more: they wait for a lock. Where nobody can tell, wait a while."""
    end = time.monotonic() + PATIENCE
    before = {}
    while time.monotonic() < end and len(before) < len(processes):
        now = {each: _ticks(each.pid) for each in processes if each.poll() is None}
        time.sleep(PAUSE)
        done = {each for each, ticks in now.items() if ticks is not None and ticks > LOADED}
        before = {each for each in done if _ticks(each.pid) in range(now[each] + 3)}
        before |= {each for each in processes if each.poll() is not None}


def _ticks(number):
    """Hundredths of a second that a process has computed; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[11]) + int(fields[12])


def bound_by_rights():
    """Give up, for a process to be, the privilege of the administrator to read and write against the rights of files.

    The user stays the same, so that the interpreter can be read wherever it lies.
    """
    if os.geteuid() != 0:
        return
    system = ctypes.CDLL(None, use_errno=True)
    for privilege in (DAC_OVERRIDE, DAC_READ_SEARCH):
        if system.prctl(PR_CAPBSET_DROP, privilege, 0, 0, 0) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def why_not_bound(folder):
    """Why rights do not bind a process here; None where they do. Tried, not looked up."""
    shut = folder / "shut"
    shut.mkdir(mode=0o555)
    try:
        tried = subprocess.run(
            [sys.executable, "-c", "import sys; open(sys.argv[1], 'w')", shut / "file"],
            preexec_fn=bound_by_rights,
            capture_output=True,
            check=False,
        )
    except (subprocess.SubprocessError, AttributeError) as error:
        return f"the privileges of the administrator cannot be given up here: {error}"
    return None if tried.returncode else "a file could be written into a folder without the right to write"
