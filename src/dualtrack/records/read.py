"""Reading a whole study folder: every table found, typed, checked, and handed over as frames.

May import everything else of this package. One run names the problems of all files; frames are built only when there
is none.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from dualtrack.errors import RecordError
from dualtrack.records.adjudicators import check_adjudicators
from dualtrack.records.cells import type_table
from dualtrack.records.columns import Table
from dualtrack.records.controls import check_controls
from dualtrack.records.csv_source import read_csv
from dualtrack.records.existence import check_existence
from dualtrack.records.folder import Found, find_tables
from dualtrack.records.frames import empty_frame, frame_of
from dualtrack.records.inputs import INPUT_TABLES
from dualtrack.records.items import FactReader, check_facts
from dualtrack.records.jsonl import read_jsonl
from dualtrack.records.judgements import Owed, ScaleLike, check_judgements
from dualtrack.records.parquet import read_parquet
from dualtrack.records.problems import Notes
from dualtrack.records.raw import Raw
from dualtrack.records.references import Known, check_references
from dualtrack.records.study import StudyFile
from dualtrack.records.study_yaml import STUDY_FILE, read_study_file
from dualtrack.records.typed import Typed
from dualtrack.records.validate import check_table

__all__ = ["Progress", "StudyInput", "read_study"]

Progress = Callable[[str, int, int], None]
"""Called with a file name, the bytes read of it so far, and its size in bytes."""


@dataclass(frozen=True, slots=True)
class StudyInput:
    """A study as read and checked.

    Attributes:
        file: study.yaml.
        tables: every input table by name, rows in the order of the key; one that the study does not have is empty.
        digests: SHA-256, as hexadecimal text, by file name relative to the study folder.
        counts: what was accepted although it was written in another way, with the number of cells.
    """

    file: StudyFile
    tables: Mapping[str, pd.DataFrame]
    digests: Mapping[str, str]
    counts: Mapping[str, int]


def read_study(
    folder: str | Path,
    *,
    scales: Mapping[str, ScaleLike] | None = None,
    facts: FactReader | None = None,
    progress: Progress | None = None,
) -> StudyInput:
    """Read and check a study folder.

    Args:
        folder: the study folder.
        scales: the scales of the rubric by id; without them levels and scale ids are not checked.
        facts: names what the checks of the rubric cannot read in the facts of an item; without it only the shape of
            the facts is checked.
        progress: told how far reading has come.

    Returns:
        The study, with one frame per table of the contract.

    Raises:
        RecordError: everything that is wrong in any file, at once (REC001 to REC042; ``messages/REC.yaml`` explains
            each). Of problems that many rows share the first twenty are named and the rest are counted.
    """
    root = Path(folder)
    notes = Notes()
    study = _study_file(root, notes)
    found, unread = find_tables(root, notes) if root.is_dir() else ({}, set())
    tables: dict[str, Typed] = {}
    for table in INPUT_TABLES:
        if table.name in found:
            typed = _typed(found[table.name], table, notes, progress)
            if typed is None:
                unread.add(table.name)
            elif typed.n_rows:
                tables[table.name] = typed
    if facts is not None and "items" in tables:
        check_facts(tables["items"], facts, notes)
    known = _known(study, tables, scales)
    check_references(tables, known, notes)
    check_existence(tables, known, notes, unread=unread)
    check_controls(tables.get("responses"), study, notes)
    owed = None if study is None else Owed(study.plan.ratings_per_unit)
    check_judgements(tables, scales, None if "assignments" in unread else owed, notes)
    if "ratings" in tables:
        check_adjudicators(tables["ratings"], notes)
    if notes or study is None:
        raise RecordError(notes.located())
    digests = {STUDY_FILE: root / STUDY_FILE} | {
        name: path for each in found.values() for name, path in each.files.items()
    }
    return StudyInput(
        study,
        MappingProxyType(_frames(tables, study)),
        MappingProxyType({name: _digest(path) for name, path in sorted(digests.items())}),
        MappingProxyType(_respelt(notes)),
    )


def _study_file(root: Path, notes: Notes) -> StudyFile | None:
    try:
        return read_study_file(root)
    except RecordError as error:
        notes.extend(error.problems)
        return None


def _raw(found: Found, table: Table, notes: Notes, progress: Progress | None) -> Raw | None:
    """Read one table in the form in which it was found."""
    if found.form in {"parquet", "parts"}:
        return read_parquet(found.files, table, notes, file=found.file)
    path = found.files[found.file]
    size = path.stat().st_size

    def tell(done: int) -> None:
        if progress is not None:
            progress(found.file, done, size)

    tell(0)
    reader = read_jsonl if found.form == "jsonl" else read_csv
    return reader(path, table, notes, file=found.file, progress=tell)


def _typed(found: Found, table: Table, notes: Notes, progress: Progress | None) -> Typed | None:
    """Read, type and check one table; None when it cannot be read to its end."""
    before = len(notes.entries)
    raw = _raw(found, table, notes, progress)
    if raw is None or (raw.n_rows == 0 and len(notes.entries) > before):
        return None
    typed = type_table(raw, notes) if raw.n_rows else Typed(raw.table, raw.file, 0, {}, raw.locate)
    check_table(typed, notes)
    return typed if raw.complete else None


def _known(study: StudyFile | None, tables: Mapping[str, Typed], scales: Mapping[str, ScaleLike] | None) -> Known:
    def words(table: str, column: str) -> tuple[str, ...] | None:
        return tables[table].codes(column).words if table in tables else None

    return Known(
        systems=None if study is None else tuple(system.id for system in study.systems),
        sources=None if study is None else tuple(source.id for source in study.sources),
        scales=None if scales is None else tuple(scales),
        items=words("items", "item_id"),
        raters=words("raters", "rater_id"),
    )


def _frames(tables: Mapping[str, Typed], study: StudyFile) -> dict[str, pd.DataFrame]:
    frames = {
        table.name: frame_of(tables[table.name]) if table.name in tables else empty_frame(table)
        for table in INPUT_TABLES
    }
    items = frames["items"]
    items["family_id"] = items["family_id"].where(items["family_id"].notna(), items["item_id"].astype("str"))
    if len(study.context.languages) == 1:
        items["language"] = items["language"].fillna(study.context.languages[0])
    return frames


def _respelt(notes: Notes) -> dict[str, int]:
    """What was accepted in another spelling, in words."""
    counted = sorted(notes.counts.items())
    return {f"cells of {column} in another spelling (such as 5.0 for 5)": n for column, n in counted if n}


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
