"""Putting the pages of a results folder in place.

One of the places where files are written. May import errors, terms, ``render``, ``records`` and report. All pages are
made in memory first: when one cannot be made, nothing is written; and they take their places together.
"""

from pathlib import Path

from dualtrack.records.staging import staged
from dualtrack.report.pages import build_pages
from dualtrack.report.source import load_document

__all__ = ["write_pages"]


def write_pages(folder: str | Path, *, clock: str | None = None) -> tuple[Path, ...]:
    """Make the pages of a results folder and write them into it.

    Args:
        folder: a results folder, as ``dualtrack score`` writes it.
        clock: when the pages are made, as it shall be printed; None prints nothing, so that the same results give the
            same bytes.

    Returns:
        The files written: the index, then a scorecard for each track.

    Raises:
        ReportError: REP001 to REP006, the results cannot be read (``load_document``).
        OutputError: OUT003, the pages cannot be written. What was there before is then unchanged.
    """
    place = Path(folder)
    pages = build_pages(load_document(place), clock=clock)
    with staged(place) as beside:
        for name, page in pages.items():
            (beside / name).write_bytes(page.encode("utf-8"))
    return tuple(place / name for name in pages)
