"""The verbs that merge records of named persons into a study, and take personal data out of it.

May import the verbs and everything below them. The clock is an argument; only the command line reads it.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from dualtrack.errors import DualtrackError, LedgerError, Place, Problem
from dualtrack.ledger.chain import appended
from dualtrack.ledger.erasing import Erased, without_cells
from dualtrack.ledger.files import facts_of, read_ledger, write_with_ledger
from dualtrack.ledger.merge import merged
from dualtrack.ledger.record import Ledger, evidence_digest
from dualtrack.ledger.rows import FileRows, rows_in
from dualtrack.ledger.seal import Signed
from dualtrack.records import StudyInput, staged
from dualtrack.records.folder import FORMS
from dualtrack.records.staging import digest_of, recover, refuse_changed, said
from dualtrack.scored import utc_text
from dualtrack.scoring.controls import without_controls
from dualtrack.verbs import Progress, read_both

__all__ = ["Erasing", "erase", "merge_records"]

MERGED = {"dispositions": "disposition_id", "disputes": "dispute_id"}
"""Tables of records of named persons, and what identifies a record."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """What is erased: a whole file, or the cells of one column in the rows that are meant; and why.

    ``run`` is a results folder in which the file lies; by default it lies in the study.
    """

    file: str
    why: str
    column: str | None = None
    where: Mapping[str, str] | None = None
    run: Path | None = None


def merge_records(
    file: str | Path, study: str | Path, *, table: str = "dispositions", progress: Progress = lambda _stage: None
) -> tuple[Path, int]:
    """Put records of named persons beside those of a study, all or nothing.

    Args:
        file: CSV or JSONL with the columns of the table.
        study: the study folder.
        table: ``dispositions`` or ``disputes``.
        progress: told the name of each stage.

    Returns:
        The table of the study, and how many records are new.

    Raises:
        LedgerError: LED014 one of the files cannot be changed, LED015 records contradict each other.
        RecordError, RubricError: the study, or the study with these records, cannot be read.
        OutputError: OUT003 the table cannot be written, OUT008 it was changed in between.
    """
    source, folder = Path(file), Path(study)
    read_both(folder, progress)
    if not source.is_file():
        raise LedgerError(Problem("LED014", "there is no such file", Place(source.name), fix="check the path"))
    given = rows_in(source.read_bytes(), source.name)
    held = _held(folder, given, table)
    read = {held.file: digest_of(folder / held.file)}
    result = merged(held.rows, given.rows, source.name, key=MERGED[table])
    data = held.with_rows(result.rows).text()
    _study_with(folder, {held.file: data}, progress)
    if result.n_new:
        with staged(folder, refuse=lambda target: refuse_changed(target, read)) as beside:
            (beside / held.file).write_bytes(data)
    return folder / held.file, result.n_new


def _held(folder: Path, given: FileRows, table: str) -> FileRows:
    """The records that the study has; none in the form of CSV where it has no such table."""
    names = [f"{table}.{form}" for form in FORMS]
    there = next((name for name in (*names, table) if (folder / name).exists()), None)
    if there is None:
        columns = dict.fromkeys(name for row in given.rows for name in row)
        return FileRows(f"{table}.csv", tuple(columns), ())
    return rows_in((folder / there).read_bytes() if (folder / there).is_file() else b"", there)


def erase(
    study: str | Path,
    erasing: Erasing,
    *,
    by: str,
    clock: datetime,
    role: str | None = None,
    progress: Progress = lambda _stage: None,
) -> Mapping[str, Any]:
    """Take cells, or a whole file, out of a study or a run, and leave a tombstone in the history of the study.

    Args:
        study: the study folder.
        erasing: what is erased, and why.
        by: who erases it.
        clock: when, with zone.
        role: in which role.
        progress: told the name of each stage.

    Returns:
        What the tombstone says.

    Raises:
        LedgerError: LED017 there is nothing to erase there, LED014 the file cannot be changed, LED009 the time lies
            before the last record; LED006, LED007 the record of the study is broken.
        RecordError: the study could not be read without these cells.
        OutputError: OUT003 something cannot be written; nothing is erased then, or the message says that the tombstone
            is written and the file still there: the same call removes it. OUT008 the file was changed in between.
    """
    folder = Path(study)
    home = folder if erasing.run is None else erasing.run
    recover(home)
    (before,) = facts_of(home, [erasing.file]) or (None,)
    if before is None or ".." in Path(erasing.file).parts or (erasing.run is not None and erasing.column is not None):
        found = "cells of a run" if before is not None else "no such file"
        fix = "name a file of the study or of the run; of a run, files are removed whole"
        raise LedgerError(Problem("LED017", "there is nothing to erase", Place(erasing.file), found, fix=fix))
    ledger, at = read_ledger(folder), utc_text(clock)
    written = _cut_short(ledger, erasing, before.sha256)
    if written is not None:
        _remove(home / erasing.file)
        return written
    erased = _erased(home, erasing)
    payload: dict[str, Any] = {
        "file": erasing.file,
        "before": before.sha256,
        "after": None,
        "cells": [dict(each) for each in erased.cells] if erased else [],
        "why": erasing.why,
        "evidence": None,
    }
    new = {} if erased is None else {erasing.file: erased.rows.text()}
    if erased is not None:
        payload["after"] = sha256(new[erasing.file]).hexdigest()
    if erasing.run is None and any(record.kind == "look" for record in ledger.records):
        payload["evidence"] = _evidence(folder, new or {erasing.file: None}, progress)
    records = appended(ledger.records, "tombstone", payload, signed=Signed(at, by, role), at=at)
    read = {erasing.file: before.sha256} if erasing.run is None else {}
    write_with_ledger(replace(ledger, records=records), folder, new, read=read)
    if erased is None:
        _remove(home / erasing.file)
    return payload


def _cut_short(ledger: Ledger, erasing: Erasing, digest: str) -> Mapping[str, Any] | None:
    """What a tombstone of this very file says already, where a run was stopped before the file was removed."""
    if erasing.column is not None:
        return None
    wanted = (erasing.file, digest, None)
    for record in reversed(ledger.records):
        told = record.payload
        if record.kind == "tombstone" and (told["file"], told["before"], told["after"]) == wanted:
            return told
    return None


def _remove(path: Path) -> None:
    with said(path, "the file cannot be removed; its tombstone is written, and the same command removes it later"):
        path.unlink()


def _erased(home: Path, erasing: Erasing) -> Erased | None:
    """The file without the cells; None where all of it goes."""
    if erasing.column is None:
        return None
    table = rows_in((home / erasing.file).read_bytes(), erasing.file)
    return without_cells(table, erasing.column, erasing.where or {})


def _evidence(folder: Path, changes: Mapping[str, bytes | None], progress: Progress) -> dict[str, str | None]:
    """Digest of the evidence before and after, so that what was looked at already is known again without the cells."""
    _, given = read_both(folder, progress)
    return {"before": _seen(given), "after": _study_with(folder, changes, progress)}


def _study_with(folder: Path, files: Mapping[str, bytes | None], progress: Progress) -> str | None:
    """Digest of the evidence of a study with other files in it; None when it can no longer be read without one."""
    with said(folder, "the study cannot be copied for a trial; it is unchanged"), _scratch() as beside:
        copy = beside / folder.resolve().name
        shutil.copytree(folder, copy, copy_function=_linked, ignore=shutil.ignore_patterns(".*"))
        for name, data in files.items():
            (copy / name).unlink(missing_ok=True)
            if data is not None:
                (copy / name).write_bytes(data)
        try:
            _, given = read_both(copy, progress)
        except DualtrackError:
            if None in files.values():
                return None
            raise
        return _seen(given)


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder that is gone afterwards; one that cannot be removed is no reason to fail."""
    beside = Path(mkdtemp())
    try:
        yield beside
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _seen(given: StudyInput) -> str | None:
    return evidence_digest(without_controls(given.file, given.tables)[1])


def _linked(source: str, target: str) -> str:
    """A second name for a file where the system allows it, else a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target
