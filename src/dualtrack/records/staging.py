"""Replacing files of a folder all at once, so that a reader meets the old ones or the new ones, never half of both.

May import errors. Everything is written into a folder beside the target; then each of its entries takes the place of
the entry of the same name. What else the target holds stays. A run that was killed leaves folders beside the target
that the next run clears up: unfinished writing is thrown away, an unfinished exchange is completed.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dualtrack.errors import OutputError, Place, Problem

__all__ = ["recover", "staged"]


@dataclass(frozen=True, slots=True)
class _Beside:
    """The folders beside a target: being written, complete and waiting to be exchanged, replaced."""

    target: Path

    @property
    def staging(self) -> Path:
        return self._named("staging")

    @property
    def ready(self) -> Path:
        return self._named("ready")

    @property
    def replaced(self) -> Path:
        return self._named("replaced")

    def _named(self, what: str) -> Path:
        return self.target.parent / f".{self.target.name}.{what}"


@contextmanager
def staged(target: Path, *, refuse: Callable[[Path], None] = lambda _target: None) -> Iterator[Path]:
    """Give a folder to write into; when the block ends well, its entries take their places in the target.

    Args:
        target: the folder that gets the entries; it and those above it are made where they are missing.
        refuse: called with the target after clearing up and before anything is written; raises to refuse it.

    Yields:
        An empty folder beside the target.

    Raises:
        OutputError: OUT001 the target is a file; OUT003 something cannot be written. The target is then as before.
    """
    beside = _Beside(_plain(target))
    with _said(target):
        recover(target)
    if beside.target.exists() and not beside.target.is_dir():
        raise OutputError(
            Problem(
                "OUT001",
                "a file stands where the folder should be",
                Place(target.name),
                found="a file",
                expected="a folder, or nothing",
                fix="name another folder, or move the file away",
            )
        )
    refuse(beside.target)
    try:
        with _said(target):
            beside.staging.mkdir(parents=True)
            yield beside.staging
            beside.staging.rename(beside.ready)
            beside.target.mkdir(exist_ok=True)
            _exchange_or_undo(beside)
    finally:
        shutil.rmtree(beside.staging, ignore_errors=True)


def recover(target: Path) -> None:
    """Clear up after a run that was killed while it wrote into the target.

    Writing that had not ended is thrown away; an exchange that had begun is completed. Nothing happens where nothing
    is left over.

    Raises:
        OSError: a file cannot be moved.
    """
    beside = _Beside(_plain(target))
    if beside.ready.is_dir():
        beside.target.mkdir(exist_ok=True)
        _exchange(beside)
    for leftover in (beside.replaced, beside.staging):
        if leftover.is_dir():
            shutil.rmtree(leftover)


def _plain(target: Path) -> Path:
    """The target with a name of its own, so that something can lie beside it (``.`` has none)."""
    return target.resolve()


@contextmanager
def _said(target: Path) -> Iterator[None]:
    """Turn what the system says about files into a problem without paths."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            Problem(
                "OUT003",
                "the results cannot be written; what was there is unchanged",
                Place(target.name),
                found=error.strerror or type(error).__name__,
                expected="a folder that can be written to, with room",
                fix="check rights and free space, close programs that hold its files open, and run again",
            )
        ) from error


def _exchange_or_undo(beside: _Beside) -> None:
    try:
        _exchange(beside)
    except OSError:
        for replaced in sorted(beside.replaced.iterdir()) if beside.replaced.is_dir() else ():
            now = beside.target / replaced.name
            if now.exists():
                now.rename(beside.ready / replaced.name)
            replaced.rename(now)
        shutil.rmtree(beside.ready, ignore_errors=True)
        shutil.rmtree(beside.replaced, ignore_errors=True)
        raise


def _exchange(beside: _Beside) -> None:
    """Put each waiting entry into its place; may be called again after it was interrupted anywhere."""
    beside.replaced.mkdir(exist_ok=True)
    for entry in sorted(beside.ready.iterdir()):
        old, new = beside.replaced / entry.name, beside.target / entry.name
        if new.exists():
            if old.exists():
                _remove(old)
            new.rename(old)
        entry.rename(new)
    beside.ready.rmdir()
    shutil.rmtree(beside.replaced, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
