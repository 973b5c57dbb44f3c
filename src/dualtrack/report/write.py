"""Putting the pages of a results folder in place.

One of the places where files are written. May import errors, terms, ``render`` and report. All pages are made in
memory first: when one cannot be made, nothing is written, and each file appears whole or not at all.
"""

import contextlib
import os
import tempfile
from pathlib import Path

from dualtrack.errors import Place, Problem, ReportError
from dualtrack.report.pages import build_pages
from dualtrack.report.source import load_document

__all__ = ["write_pages"]

READABLE = 0o644


def write_pages(folder: str | Path, *, clock: str | None = None) -> tuple[Path, ...]:
    """Make the pages of a results folder and write them into it.

    Args:
        folder: a results folder, as ``dualtrack score`` writes it.
        clock: when the pages are made, as it shall be printed; None prints nothing.

    Returns:
        The files written: a scorecard for each track, then the index.

    Raises:
        ReportError: REP001 to REP006, the results cannot be read (``load_document``); REP007, a page cannot be
            written. Pages that were there before are then still whole.
    """
    place = Path(folder)
    pages = build_pages(load_document(place), clock=clock)
    return tuple(_write(place / name, html) for name, html in pages.items())


def _write(path: Path, text: str) -> Path:
    """Write beside the target and move into place, which replaces in one step."""
    beside = ""
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8"))
        Path(beside).chmod(READABLE)
        Path(beside).replace(path)
    except OSError as error:
        if beside:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
        problem = Problem(
            "REP007",
            "a page cannot be written",
            Place(path.name),
            found=error.strerror or type(error).__name__,
            fix="check rights and free space of the folder, close programs that hold the page open, and run again",
        )
        raise ReportError(problem) from error
    return path
