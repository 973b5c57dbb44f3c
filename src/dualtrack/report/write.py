"""Putting the pages of a results folder, or of a rubric, in place.

One of the places where files are written. May import errors, terms,
``render``, ``records``, the ledger and report. All pages are
made in memory first: when one cannot be made, nothing is written; and they take their places together.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from dualtrack.ledger.files import repaged
from dualtrack.ledger.manifest import MANIFEST
from dualtrack.records.beside import read_beside
from dualtrack.records.staging import digest_of, recover, refuse_changed, staged
from dualtrack.records.write import DOCUMENT
from dualtrack.report.clinical import load_cases
from dualtrack.report.pages import build_pages
from dualtrack.report.rubric_docs import GUIDE, RUBRIC_PAGE, guide_page, rubric_page
from dualtrack.report.source import load_document
from dualtrack.rubric.header import Rubric

__all__ = ["pages_into", "write_files", "write_pages", "write_rubric_pages"]


def write_pages(folder: str | Path, *, clock: str | None = None, split: bool = False) -> tuple[Path, ...]:
    """Make the pages of a results folder and write them into it, and their digests into its manifest.

    Args:
        folder: a results folder, as ``dualtrack score`` writes it.
        clock: when the pages are made, as it shall be printed; None prints nothing, so that the same results give the
            same bytes.
        split: whether style and script stand in files beside each page, for hosts that forbid code inside a page.

    Returns:
        The files written: the index, a scorecard for each track, and where the folder holds its tables the clinical
        safety report with its failure browser.

    Raises:
        ReportError: REP001 to REP007, the results cannot be read (``load_document``, ``load_cases``).
        RecordError: dossier.yaml or report.yaml of the folder cannot be used (``read_beside``).
        LedgerError: LED010, the manifest of the results is not as it was written.
        OutputError: OUT003, the pages cannot be written; OUT008, other results were written meanwhile. What was there
            before is then unchanged.
    """
    place = Path(folder)
    recover(place)
    read = {name: digest_of(place / name) for name in (DOCUMENT, MANIFEST)}
    names, files = _pages(place, clock, split=split)
    _write(files, place, refuse=lambda target: refuse_changed(target, read))
    return tuple(place / name for name in names)


def pages_into(staging: Path) -> None:
    """Make the pages of results that lie complete in a folder where nobody reads them yet, and put them there.

    Args:
        staging: the folder; its manifest, where it has one, names the pages afterwards.

    Raises:
        ReportError, RecordError: as ``write_pages``.
    """
    for name, data in _pages(staging, None)[1].items():
        (staging / name).write_bytes(data)


def _pages(place: Path, clock: str | None, *, split: bool = False) -> tuple[tuple[str, ...], Mapping[str, bytes]]:
    """Names of the pages of a results folder, and all files to be written: the pages, and the manifest with them."""
    document = load_document(place)
    beside = read_beside(place, [system.id for system in document.study.systems])
    cases = load_cases(place, redact=beside.settings.redact)
    pages = _bytes(build_pages(document, beside, cases=cases, clock=clock, split=split))
    manifest = repaged(place, {**pages, **beside.files})
    return tuple(pages), pages if manifest is None else {**pages, MANIFEST: manifest}


def write_rubric_pages(rubric: Rubric, decisions: Mapping[str, str], folder: str | Path) -> tuple[Path, ...]:
    """Make the page of a rubric and the guide for its raters, and write them into a folder.

    Args:
        rubric: as ``load_rubric`` gives it.
        decisions: title of each recorded decision by file name.
        folder: where they go; what else lies there stays.

    Returns:
        The files written: rubric.html and rater-guide.html.

    Raises:
        OutputError: OUT001, the folder is a file; OUT003, the pages cannot be written. What was there is unchanged.
    """
    return write_files({RUBRIC_PAGE: rubric_page(rubric, decisions), GUIDE: guide_page(rubric)}, Path(folder))


def write_files(files: Mapping[str, str], place: Path) -> tuple[Path, ...]:
    """Put finished files into a folder, all or none.

    Args:
        files: text by file name.
        place: the folder; what else lies there stays.

    Raises:
        OutputError: OUT001, the folder is a file; OUT003, the files cannot be written. What was there is unchanged.
    """
    _write(_bytes(files), place)
    return tuple(place / name for name in files)


def _bytes(pages: Mapping[str, str]) -> dict[str, bytes]:
    return {name: page.encode("utf-8") for name, page in pages.items()}


def _write(files: Mapping[str, bytes], place: Path, refuse: Callable[[Path], None] = lambda _target: None) -> None:
    with staged(place, refuse=refuse) as beside:
        for name, data in files.items():
            (beside / name).write_bytes(data)
