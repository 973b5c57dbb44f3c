"""Replacing files of a folder all at once, so that a reader meets the old ones or the new ones, never half of both.

May import errors, refusals and the lock. Everything is written into a folder beside the target; then each of its
entries takes the place of the entry of the same name. What else the target holds stays. One run at a time does so. A
run that was killed leaves folders beside the target that the next run clears up, also one that only reads: unfinished
writing is thrown away, an unfinished exchange is completed.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from dualtrack.errors import OutputError, Place, Problem
from dualtrack.records.alone import alone
from dualtrack.refusal import system_words

__all__ = ["digest_of", "entries_of", "recover", "refuse_changed", "refuse_exchanged", "said", "staged"]

_UNCHANGED = "it cannot be written here; what was there is unchanged"
_CUT_SHORT = "what an earlier run left half done cannot be cleared up"


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

    def left_over(self) -> bool:
        """Whether something lies there."""
        return any(folder.is_dir() for folder in (self.ready, self.replaced, self.staging))

    def _named(self, what: str) -> Path:
        return self.target.parent / f".{self.target.name}.{what}"


@contextmanager
def staged(target: Path, *, refuse: Callable[[Path], None] = lambda _target: None) -> Iterator[Path]:
    """Give a folder to write into; when the block ends well, its entries take their places in the target.

    No other run writes into the target meanwhile: what the block reads of it is still so when it ends.

    Args:
        target: the folder that gets the entries; it and those above it are made where they are missing.
        refuse: called with the target after clearing up and before anything is written; raises to refuse it.

    Yields:
        An empty folder beside the target.

    Raises:
        OutputError: OUT001 the target is a file; OUT003 something cannot be written, and the target is as before;
            OUT007 another run is writing; OUT009 files could neither be exchanged nor put back.
    """
    beside = _Beside(_plain(target))
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
    with said(beside.target):
        beside.target.parent.mkdir(parents=True, exist_ok=True)
        with alone(beside.target):
            with said(beside.target, _CUT_SHORT):
                _clear(beside)
            refuse(beside.target)
            try:
                beside.staging.mkdir()
                yield beside.staging
                beside.target.mkdir(exist_ok=True)
                beside.staging.rename(beside.ready)
                _exchange_or_undo(beside)
            finally:
                shutil.rmtree(beside.staging, ignore_errors=True)


def recover(target: Path) -> None:
    """Clear up after a run that was killed while it wrote into the target.

    Writing that had not ended is thrown away; an exchange that had begun is completed. Nothing happens where nothing
    is left over, and what belongs to a run that is still writing is left to it.

    Args:
        target: the folder, which need not be there.

    Raises:
        OutputError: OUT003 an exchange that had begun cannot be completed; OUT007 a run that exchanges files does not
            come to its end.
    """
    beside = _Beside(_plain(target))
    if beside.ready.is_dir():
        with said(beside.target, _CUT_SHORT), alone(beside.target):
            _clear(beside)
    elif beside.left_over():
        with suppress(OutputError, OSError), alone(beside.target, wait=0):  # in nobody's way: whoever writes next can
            _clear(beside)


def digest_of(path: Path) -> str | None:
    """SHA-256 of a file; None where there is none."""
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def refuse_changed(folder: Path, read: Mapping[str, str | None]) -> None:
    """Refuse to write over what somebody else has written since it was read; for ``refuse`` of ``staged``.

    Args:
        folder: where the files lie.
        read: SHA-256 of each file as it was read, by name; None where there was no such file.

    Raises:
        OutputError: OUT008 one of them is another one now.
    """
    for name, digest in read.items():
        now = digest_of(folder / name)
        if now != digest:
            raise OutputError(
                Problem(
                    "OUT008",
                    "somebody else changed a file in between",
                    Place(name),
                    found="no such file" if now is None else "other bytes",
                    expected="the file as it was read",
                    fix="run again; nothing was written",
                )
            )


def entries_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Which entries a folder has, as the system tells them apart, for ``refuse_exchanged``.

    Args:
        folder: where they lie; it need not be there.
    """
    stats = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # moved away at this very moment
            stats[path.name] = path.stat()
    return tuple(sorted((name, each.st_ino, each.st_mtime_ns) for name, each in stats.items() if name[0] != "."))


def refuse_exchanged(folder: Path, before: tuple[tuple[str, int, int], ...]) -> None:
    """Refuse to say what a folder holds when another run has written into it since one began to read.

    Args:
        folder: where the files lie.
        before: its entries when reading began.

    Raises:
        OutputError: OUT008 some of them are others now, or are being exchanged.
    """
    if _Beside(_plain(folder)).ready.is_dir() or entries_of(folder) != before:
        raise OutputError(
            Problem(
                "OUT008",
                "another run wrote into the folder while it was read",
                Place(folder.name),
                found="files of before and of after",
                expected="a folder that nobody writes into meanwhile",
                fix="run again when the other run has ended",
            )
        )


def _clear(beside: _Beside) -> None:
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
def said(target: Path, what: str = _UNCHANGED) -> Iterator[None]:
    """Turn what the system says about files into a problem without paths.

    Args:
        target: what cannot be written.
        what: the problem in one sentence.

    Raises:
        OutputError: OUT003 in place of any OSError.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            Problem(
                "OUT003",
                what,
                Place(target.name),
                found=system_words(error),
                expected="a folder that can be written to, with room",
                fix="check rights and free space, close programs that hold its files open, and run again",
            )
        ) from error


def _exchange_or_undo(beside: _Beside) -> None:
    names = sorted(entry.name for entry in beside.ready.iterdir())
    try:
        _exchange(beside)
    except OSError as error:
        try:
            _undo(beside, names)
        except OSError as again:
            raise OutputError(_half(beside.target, again)) from error
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


def _undo(beside: _Beside, names: Iterable[str]) -> None:
    """Put everything back, also entries that the target did not have before; the last move gives the exchange up.

    Until then a run that clears up completes the exchange: all new entries are waiting or in their places.
    """
    beside.ready.mkdir(exist_ok=True)
    for name in names:
        waiting, old, now = beside.ready / name, beside.replaced / name, beside.target / name
        if not waiting.exists():
            now.rename(waiting)
        if old.exists():
            old.rename(now)
    beside.ready.rename(beside.staging)
    shutil.rmtree(beside.replaced, ignore_errors=True)


def _half(target: Path, error: OSError) -> Problem:
    return Problem(
        "OUT009",
        "files were being exchanged when the system refused, and could not be put back",
        Place(target.name),
        found=system_words(error),
        expected="a folder that can be written to, with room",
        fix="mend that and run again: the exchange is completed first; until then move nothing beside the folder",
    )


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
