"""One run at a time writes into a folder: a lock beside it that goes with its holder, however that ends.

May import errors. Where the system has ``flock``, the lock belongs to the open file: a holder that was killed holds
nothing. Elsewhere the system removes the file with its holder. On a file system that keeps no locks everybody gets in,
as without this module; what was changed in between is then found by its content.
"""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dualtrack.errors import OutputError, Place, Problem

__all__ = ["WAIT", "alone"]

WAIT = 20.0
"""Seconds that a run waits for another one; writing results takes a few."""

_PAUSE = 0.02
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL})

if sys.platform == "win32":
    _HOW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_TEMPORARY

    def _locked(_handle: int, _path: Path) -> bool:
        return True  # to have made the file is to hold it

else:
    import fcntl

    _HOW = os.O_RDWR | os.O_CREAT

    def _locked(handle: int, path: Path) -> bool:
        """Whether the open file is locked for us and still is the one that others meet."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        try:
            return os.path.samestat(os.fstat(handle), path.stat())
        except FileNotFoundError:
            return False  # the holder before us has taken it away


@contextmanager
def alone(target: Path, *, wait: float | None = None) -> Iterator[None]:
    """Keep other runs from writing into a folder while the block runs.

    Args:
        target: the folder; the lock lies beside it and is gone afterwards. The folder above it must be there.
        wait: seconds to wait for a run that holds it; ``WAIT`` when None.

    Raises:
        OutputError: OUT007 another run is still writing.
        OSError: the lock cannot be made.
    """
    path = target.parent / f".{target.name}.lock"
    end = time.monotonic() + (WAIT if wait is None else wait)
    handle = _taken(path)
    while handle is None:
        if time.monotonic() > end:
            raise OutputError(_busy(target, path))
        time.sleep(_PAUSE)
        handle = _taken(path)
    try:
        yield
    finally:
        _given_back(handle, path)


def _taken(path: Path) -> int | None:
    """The lock as an open file; None where another run has it."""
    try:
        handle = os.open(path, _HOW, 0o644)
    except FileExistsError:
        return None
    try:
        if _locked(handle, path):
            with suppress(OSError):  # on a full disk the lock still locks
                os.ftruncate(handle, 0)
                os.write(handle, f"{os.getpid()}\n".encode("ascii"))
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _given_back(handle: int, path: Path) -> None:
    """Take the file away while it is still ours, then let go: nobody is left with a lock on a file that is gone."""
    try:
        with suppress(OSError):  # a file that stays is taken over by the next run
            path.unlink()
    finally:
        os.close(handle)


def _busy(target: Path, path: Path) -> Problem:
    try:
        holder = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        holder = ""
    return Problem(
        "OUT007",
        "another run is writing into the folder",
        Place(target.name),
        found=f"process {holder} at work" if holder.isdigit() else "another process at work",
        expected="one run at a time",
        fix="wait until it has ended, or end it, and run again; nothing was written",
    )
