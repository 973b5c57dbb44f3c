"""A disk that fails: counts what changes files below a folder, and lets one of these operations fail."""

import builtins
import errno
import io
import os
from contextlib import contextmanager
from pathlib import Path

from pyarrow import parquet

ERRORS = (errno.ENOSPC, errno.EACCES, errno.EIO)
HOWS = ("once", "always", "kill")
"""The one operation fails; it and all later ones fail; the machine stops there."""
MOVES = ("rename", "replace", "mkdir", "unlink", "remove", "rmdir", "link", "fsync")
CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Killed(BaseException):
    """The machine stops: nothing after this runs, nobody says anything."""


class Disk:
    """Counts operations below a folder; the one of number ``stop`` fails in the way ``how``.

    With ``reads``, opening a file to read it counts as well.
    """

    reads = False

    def __init__(self, root: Path, stop: int = 0, how: str = "once", error: int = errno.ENOSPC):
        self.root, self.stop, self.how, self.error = str(root), stop, how, error
        self.done: list[str] = []
        self.dead = False

    def operation(self, name, path, torn=None):
        """Count one operation, or let it fail; a file that was to be written is then there in part."""
        if not isinstance(path, int) and Path(path).is_absolute() and not str(path).startswith(self.root):
            return
        if self.dead:
            raise Killed
        self.done.append(name)
        n = len(self.done)
        if n != self.stop and not (self.how == "always" and 0 < self.stop < n):
            return
        if torn is not None and (self.error == errno.ENOSPC or self.how == "kill"):
            torn()
        if self.how == "kill":
            self.dead = True
            raise Killed
        raise OSError(self.error, os.strerror(self.error), str(path))


@contextmanager
def failing(disk: Disk):  # noqa: C901 -- one stand-in for each way in which a file is touched
    """Put the disk between Python and the system."""
    kept = {name: getattr(os, name) for name in (*MOVES, "open")}
    kept_open, kept_parquet = builtins.open, parquet.write_table

    def torn(path):
        if Path(path).is_dir():
            return  # a temporary file, which is named by its opener
        with kept_open(path, "wb") as stream:
            stream.write(b"half")

    def moving(name):
        def run(path, *rest, **named):
            disk.operation(name, path)
            return kept[name](path, *rest, **named)

        return run

    def opened(file, mode="r", *rest, **named):
        if set(mode) & set("wax+"):
            disk.operation("open", file, lambda: torn(file))
        elif disk.reads:
            disk.operation("read", file)
        return kept_open(file, mode, *rest, **named)

    def low_opened(path, flags, *rest, **named):
        if flags & CHANGING:
            disk.operation("os.open", path)
        return kept["open"](path, flags, *rest, **named)

    def parquet_written(table, where, *rest, **named):
        disk.operation("parquet", where, lambda: torn(where))
        return kept_parquet(table, where, *rest, **named)

    for name in MOVES:
        setattr(os, name, moving(name))
    os.open, builtins.open, io.open, parquet.write_table = low_opened, opened, opened, parquet_written
    try:
        yield disk
    finally:
        for name, was in kept.items():
            setattr(os, name, was)
        builtins.open = io.open = kept_open
        parquet.write_table = kept_parquet
