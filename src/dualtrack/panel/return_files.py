"""Reading packs and what raters handed in, and writing what was accepted of it.

One of the places where files are touched. May import errors, records and the panel's own ground.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.csv_text import csv_text
from dualtrack.panel.pack import Pack, sealed_digest
from dualtrack.panel.received import ReturnFile
from dualtrack.records.staging import recover, staged

__all__ = ["read_packs", "read_return_files", "record_opening", "write_accepted"]

OPENINGS = "OPENED.csv"
PACK = "pack.json"


def read_packs(folder: Path) -> tuple[Pack, ...]:
    """Read the packs that were handed out, from the zips that were written.

    Args:
        folder: the folder of ``panel pack``.

    Returns:
        The packs, by the names of their files.

    Raises:
        PanelError: PAN035 there are no packs, or one was altered.
    """
    recover(folder)
    found = sorted(folder.glob("*.zip")) if folder.is_dir() else []
    if not found:
        raise PanelError(_not_packs(folder.name, "no packs", "the folder that `dualtrack panel pack` has written"))
    return tuple(_pack(path) for path in found)


def _pack(path: Path) -> Pack:
    try:
        with zipfile.ZipFile(path) as held:
            pack = Pack.model_validate_json(held.read(PACK))
    except (zipfile.BadZipFile, KeyError, ValueError, ValidationError) as error:
        raise PanelError(_not_packs(path.name, "no pack in it", f"a zip with {PACK}")) from error
    if sealed_digest(pack.model_dump(mode="json", by_alias=True, exclude_unset=True)) != pack.digest:
        raise PanelError(_not_packs(path.name, "its digest is another", "the pack as it was made"))
    return pack


def _not_packs(name: str, found: str, expected: str) -> Problem:
    fix = "give the folder of the packs as they were made; make them again if it is lost"
    return Problem("PAN035", "the packs cannot be read", Place(name), found, expected, fix)


def read_return_files(paths: Iterable[Path]) -> list[ReturnFile]:
    """Read files, and every file in folders; what begins with a dot is left out.

    Args:
        paths: files and folders.

    Returns:
        Names and contents.

    Raises:
        PanelError: PAN036 a path does not exist.
    """
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            problem = Problem("PAN036", "there is no such file", Place(path.name), fix="check the path")
            raise PanelError(problem)
        inside = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
        files += [each for each in inside if not each.name.startswith(".")]
    return [ReturnFile(each.name, each.read_bytes()) for each in files]


def record_opening(key: Path, *, by: str, at: str) -> None:
    """Write down beside the key who opened it and when; earlier lines stay.

    Args:
        key: the folder of the key, or the key itself.
        by: who.
        at: when, ISO 8601.

    Raises:
        OutputError: it cannot be written; no key is opened then.
    """
    folder = key if key.is_dir() else key.parent
    with staged(folder) as beside:
        path = folder / OPENINGS
        held = path.read_text(encoding="utf-8") if path.exists() else "at,by\n"
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerow((at, by))
        line = stream.getvalue()
        text = held if held.endswith(f"\n{line}") else held + line  # once more after it was cut short: one opening
        (beside / OPENINGS).write_text(text, encoding="utf-8", newline="")


def write_accepted(tables: Mapping[str, Sequence[Mapping[str, object]]], folder: Path) -> tuple[Path, ...]:
    """Write tables as CSV, all or none; empty ones are left out.

    Args:
        tables: name -> rows, all rows of a table with the same columns.
        folder: a new or empty folder, or one with these tables.

    Returns:
        The files.

    Raises:
        OutputError: they cannot be written.
    """
    texts = {f"{name}.csv": csv_text(list(rows[0]), rows) for name, rows in tables.items() if rows}
    with staged(folder) as beside:
        for name, text in texts.items():
            (beside / name).write_text(text, encoding="utf-8", newline="")
    return tuple(folder / name for name in texts)
