"""The record of training: the rule as fixed, every calibration attempt, every first answer. Lines are only added.

One of the places where files are touched. May import errors, records and the panel's own ground. Each line carries a
digest of itself and the line before, so that a line that was changed or taken out is seen; it is no signature.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.records.problems import shown
from dualtrack.records.staging import digest_of, recover, refuse_changed, staged

__all__ = [
    "ANSWERS",
    "ATTEMPTS",
    "FOLDER",
    "append_rows",
    "digests_of",
    "read_rows",
    "read_seal",
    "write_plain",
    "write_seal",
]

FOLDER = "training"
ATTEMPTS, ANSWERS = "training.csv", "answers.csv"
SEAL = "rule.json"
CHAIN = "line_digest"


def read_seal(study: Path) -> dict[str, Any]:
    """The rule and the sets of cases as they were when the first packs were made; empty when none was made.

    Args:
        study: the study folder.

    Raises:
        PanelError: PAN134 the file cannot be read.
    """
    recover(study / FOLDER)
    path = study / FOLDER / SEAL
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_bytes())
    except ValueError as error:
        raise PanelError(_not_whole(SEAL, None, "no JSON")) from error
    if not isinstance(content, dict) or not isinstance(content.get("sets"), dict) or "rule" not in content:
        raise PanelError(_not_whole(SEAL, None, "rule or sets are missing"))
    return content


def write_seal(study: Path, content: Mapping[str, Any]) -> None:
    """Write the rule and the sets of cases.

    Args:
        study: the study folder.
        content: JSON data.

    Raises:
        OutputError: it cannot be written.
    """
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    with staged(study / FOLDER) as beside:
        (beside / SEAL).write_text(text, encoding="utf-8", newline="")


def read_rows(study: Path, name: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read a table of the record.

    Args:
        study: the study folder.
        name: ``ATTEMPTS`` or ``ANSWERS``.
        columns: its columns.

    Returns:
        Its rows, oldest first; none where there is no such table.

    Raises:
        PanelError: PAN134 the columns are others, or a line was changed, moved or taken out.
    """
    recover(study / FOLDER)
    return _rows(name, _text(study / FOLDER / name), columns)


def digests_of(study: Path) -> dict[str, str | None]:
    """Digest of each table of the record as it is, for ``append_rows``.

    Args:
        study: the study folder.
    """
    recover(study / FOLDER)
    return {name: digest_of(study / FOLDER / name) for name in (ANSWERS, ATTEMPTS)}


def append_rows(
    study: Path,
    added: Mapping[str, tuple[Sequence[str], Iterable[Mapping[str, str]]]],
    *,
    read: Mapping[str, str | None],
) -> tuple[Path, ...]:
    """Add rows to tables of the record, all or none; what is there stays as it is, to the byte.

    Args:
        study: the study folder.
        added: columns and new rows by table, ``ATTEMPTS`` or ``ANSWERS``.
        read: digest of each table as it was read (``digests_of``).

    Returns:
        The files.

    Raises:
        PanelError: PAN134 a table that is there is not whole.
        OutputError: OUT008 somebody else added rows in between; or they cannot be written.
    """
    folder = study / FOLDER
    with staged(folder, refuse=lambda target: refuse_changed(target, read)) as beside:
        for name, (columns, rows) in added.items():
            text = _with_rows(name, _text(folder / name), columns, rows)
            (beside / name).write_text(text, encoding="utf-8", newline="")
    return tuple(folder / name for name in added)


def _with_rows(name: str, old: str, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    held = _rows(name, old, columns)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    if not old:
        writer.writerow([*columns, CHAIN])
    last = held[-1][CHAIN] if held else ""
    for row in rows:
        cells = [row[column] for column in columns]
        last = _chained(last, cells)
        writer.writerow([*cells, last])
    return old + stream.getvalue()


def write_plain(study: Path, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Path:
    """Write a table that is drawn from the record anew each time.

    Args:
        study: the study folder.
        name: name of the file.
        columns: its columns.
        rows: all rows.

    Returns:
        The file.

    Raises:
        OutputError: it cannot be written.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    with staged(study / FOLDER) as beside:
        (beside / name).write_text(stream.getvalue(), encoding="utf-8", newline="")
    return study / FOLDER / name


def _text(path: Path) -> str:
    if not path.is_file():
        return ""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise PanelError(_not_whole(path.name, None, "not UTF-8")) from error
    return text


def _rows(name: str, text: str, columns: Sequence[str]) -> list[dict[str, str]]:
    if not text:
        return []
    reader = csv.reader(io.StringIO(text, newline=""))
    head = next(reader, [])
    if head != [*columns, CHAIN] or not text.endswith("\n"):
        raise PanelError(_not_whole(name, 1, "other columns, or cut short"))
    rows: list[dict[str, str]] = []
    last = ""
    for cells in reader:
        last = _chained(last, cells[:-1])
        if len(cells) != len(head) or cells[-1] != last:
            raise PanelError(_not_whole(name, reader.line_num, "a line that was changed, moved or taken out"))
        rows.append(dict(zip(head, cells, strict=True)))
    return rows


def _chained(last: str, cells: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join((last, *cells)).encode("utf-8", "surrogatepass")).hexdigest()


def _not_whole(name: str, line: int | None, found: str) -> Problem:
    return Problem(
        "PAN134",
        "the record of training is not whole",
        Place(f"{FOLDER}/{name}", line=line),
        found=shown(found),
        expected="the file as it was written; lines are only added",
        fix="restore it from a copy; do not open and save it in a spreadsheet",
    )
