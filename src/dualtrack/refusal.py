"""What the system says when it refuses a file, as a problem in plain words.

May import errors. Whoever writes results says itself what became of them (OUT003, OUT009, BUN004); what no verb has
foreseen, such as a study that may not be read or no room for temporary files, becomes a problem here, at the edge.
"""

import errno
import os
import tempfile
from pathlib import Path

from dualtrack.errors import Place, Problem

__all__ = ["refusal", "system_words"]

TEMPORARY = "temporary files"
_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_RIGHTS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def system_words(error: OSError) -> str:
    """What the system says, without paths.

    Args:
        error: what was raised.

    Example:
        >>> system_words(PermissionError(errno.EACCES, "any words", "/x/file"))
        'Permission denied'
    """
    return os.strerror(error.errno) if error.errno else type(error).__name__


def refusal(error: OSError) -> Problem:
    """The problem behind an error of the system that nobody has put into words.

    Args:
        error: what was raised.

    Returns:
        OUT013 with the name of the file alone, since paths tell who and where; and what to do about it.

    Example:
        >>> print(refusal(PermissionError(errno.EACCES, "any words", "/x/study.yaml")))
        OUT013 the system refused a file; study.yaml; found Permission denied; expected a file or folder that this user
        may read and write; fix: check the rights of the file and of the folders above it, and run again
    """
    expected, fix = _advice(error)
    return Problem("OUT013", "the system refused a file", Place(_where(error)), _found(error), expected, fix)


def _found(error: OSError) -> str:
    if error.errno is None and isinstance(error, FileNotFoundError):
        return str(error)  # our own sentence about what does not ship
    if _no_room_for_temporary_files(error):
        return "no folder in which they can be written"
    return system_words(error)


def _where(error: OSError) -> str:
    if error.errno is None:
        return ""
    name = error.filename
    if not isinstance(name, str | bytes):
        return TEMPORARY if _no_room_for_temporary_files(error) else f"the output, or {TEMPORARY}"
    path = Path(os.fsdecode(name))
    at_home = tempfile.tempdir is not None and Path(tempfile.tempdir) in (path, path.parent)
    return TEMPORARY if at_home else path.name


def _no_room_for_temporary_files(error: OSError) -> bool:
    """Whether Python has tried every folder for temporary files in vain; it names them in its own words."""
    return error.errno == errno.ENOENT and error.filename is None


def _advice(error: OSError) -> tuple[str, str]:
    """What is expected, and what mends it."""
    if error.errno in _FULL or _no_room_for_temporary_files(error):
        return (
            f"room for what is written and for {TEMPORARY}",
            f"free some space, or name another folder for {TEMPORARY} in TMPDIR, and run again",
        )
    if error.errno in _RIGHTS:
        return (
            "a file or folder that this user may read and write",
            "check the rights of the file and of the folders above it, and run again",
        )
    if error.errno is None:
        return "a whole installation", "install dualtrack again"
    return "a file that can be read, a folder that can be written to", "check the name, the disk and its mount"
