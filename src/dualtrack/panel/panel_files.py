"""Writing the assignments, the packs and the key: all of a folder or nothing of it, never over something else.

One of the places where files are written. May import errors, records and the panel's own ground.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.csv_text import csv_text
from dualtrack.panel.key import KEY_FILE, KeyRow, key_text
from dualtrack.records.folder import FORMS
from dualtrack.records.problems import shown, some
from dualtrack.records.staging import staged

__all__ = ["refuse_key_near_packs", "write_assignments", "write_key", "write_packs"]

TABLE = "assignments"
COLUMNS = (
    "system_id", "item_id", "sample", "unit_id", "scale_id", "rater_id", "occasion", "inclusion_probability", "pack_id",
)  # fmt: skip
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first time that a zip knows; equal packs shall be equal bytes


def write_assignments(rows: Sequence[Mapping[str, object]], folder: Path, *, replace: bool) -> Path:
    """Write the table of assignments.

    Args:
        rows: rows of the table.
        folder: a study folder.
        replace: whether a table that is there may be replaced.

    Returns:
        The file.

    Raises:
        PanelError: PAN023 there is such a table already.
        OutputError: it cannot be written.
    """
    name = f"{TABLE}.csv"
    held = [each for each in (*(f"{TABLE}.{form}" for form in FORMS), TABLE) if (folder / each).exists()]
    if held and not (replace and held == [name]):
        raise PanelError(
            Problem(
                "PAN023",
                "there is an assignments table already",
                Place(held[0]),
                found=some(held),
                expected="none" if not replace else f"{name} alone",
                fix="give --replace if no pack was given out yet" if held == [name] else "move it out of the folder",
            )
        )
    with staged(folder) as beside:
        (beside / name).write_text(csv_text(COLUMNS, rows), encoding="utf-8", newline="")
    return folder / name


def refuse_key_near_packs(packs: Path, key: Path) -> None:
    """Refuse a folder for the key that is the folder of the packs, inside it or around it.

    Args:
        packs: folder of the packs.
        key: folder of the key.

    Raises:
        PanelError: PAN028.
    """
    one, other = packs.resolve(), key.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise PanelError(
            Problem(
                "PAN028",
                "the key may not lie with the packs",
                Place(key.name, column="--key"),
                found="the same folder" if one == other else "one folder inside the other",
                expected="two folders apart",
                fix="name a folder for the key that nobody gives out with the packs",
            )
        )


def write_packs(packs: Mapping[str, Mapping[str, bytes]], folder: Path) -> tuple[Path, ...]:
    """Write one zip for each pack; equal packs give equal bytes.

    Args:
        packs: pack id -> name and content of each file in it.
        folder: a new or empty folder, or one that holds packs of the same names.

    Returns:
        The files, in the order of their names.

    Raises:
        PanelError: PAN031 the folder holds something else.
        OutputError: it cannot be written.
    """
    zips = {f"{pack_id}.zip": _zip(files) for pack_id, files in sorted(packs.items())}
    with staged(folder, refuse=lambda target: _refuse_others(target, zips)) as beside:
        for name, data in zips.items():
            (beside / name).write_bytes(data)
    return tuple(folder / name for name in zips)


def write_key(rows: Iterable[KeyRow], folder: Path) -> Path:
    """Write the key.

    Args:
        rows: the rows of all packs.
        folder: a new or empty folder, or one that holds the same key.

    Returns:
        The file.

    Raises:
        PanelError: PAN031 another key lies there; without it the packs that belong to it can no longer be read.
        OutputError: it cannot be written.
    """
    data = key_text(rows).encode("utf-8")
    there = folder / KEY_FILE
    if there.is_file() and there.read_bytes() != data:
        raise _something_else(folder, [KEY_FILE + " of other packs"])
    with staged(folder) as beside:
        (beside / KEY_FILE).write_bytes(data)
    return there


def _refuse_others(target: Path, names: Mapping[str, bytes]) -> None:
    held = [entry.name for entry in target.iterdir() if not entry.name.startswith(".")] if target.is_dir() else []
    others = [name for name in held if name not in names]
    if others:
        raise _something_else(target, others)


def _something_else(folder: Path, held: Iterable[str]) -> PanelError:
    return PanelError(
        Problem(
            "PAN031",
            "the folder holds something else",
            Place(folder.name),
            found=shown(some(held)),
            expected="a new or empty folder, or the same files",
            fix="name a new folder",
        )
    )


def _zip(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as held:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every machine
            entry.external_attr = 0o644 << 16
            held.writestr(entry, data)
    return stream.getvalue()
