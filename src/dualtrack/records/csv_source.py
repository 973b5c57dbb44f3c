"""Reading a table from CSV: Arrow's parser for speed, Python's for the truth about quotes and lines.

May import the column specification, the gatherer and the collector of problems. Arrow accepts a quote that is never
closed and swallows the rest of the file into one cell; so a file that holds quotes is also walked by Python's strict
parser, and whatever Arrow refuses is read again by Python, which says where.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from dualtrack.errors import Place, Problem
from dualtrack.records.columns import Table
from dualtrack.records.csv_walk import Broken, Walk
from dualtrack.records.encoding import not_utf8, refuse_other_encodings, stray_byte
from dualtrack.records.gather import Gathered, unknown_column
from dualtrack.records.problems import Located, Notes, shown
from dualtrack.records.raw import CODED, MAX_RECORD, Raw, RawColumn, Written, code_words, column_of, is_prose

__all__ = ["read_csv"]

_BLOCK = 8192


@dataclass(frozen=True, slots=True)
class _Csv:
    """One CSV file and its header; finds physical lines by walking the file when asked."""

    path: Path
    file: str
    header: tuple[str, ...]

    def locate(self, rows: Sequence[int]) -> list[Located]:
        """Row from 1 and physical line from 1 of each row, in one walk."""
        walk = Walk(self.path, strict=False)
        wanted = iter(rows)
        row = next(wanted, None)
        found: list[Located] = []
        with suppress(Broken):  # Arrow reads some records that are longer than the walk allows
            for number, (line, _) in enumerate(walk.records()):
                if row is None:
                    break
                if number == row + 1:
                    found.append(Located(self.file, row + 1, line))
                    row = next(wanted, None)
        return found + [Located(self.file, left + 1) for left in rows[len(found) :]]


def read_csv(
    path: Path, table: Table, notes: Notes, *, file: str, progress: Callable[[int], None] | None = None
) -> Raw | None:
    """Read one CSV file.

    Args:
        path: the file.
        table: what it should hold.
        notes: takes what is wrong: REC009 encoding, REC010 record too long, REC011 separator, REC012 header,
            REC013 number of cells or a quote that is not closed, REC016 unknown column.
        file: name for messages, relative to the study folder.
        progress: called with the number of bytes read so far.

    Returns:
        The table as read, broken rows padded or cut; None when not even the header can be read.
    """
    with path.open("rb") as stream:
        if refuse_other_encodings(stream, file, notes):
            return None
    header = _header(path, file, notes)
    if header is None:
        return None
    source = _Csv(path, file, header)
    raw = _read_fast(source, table) or _read_slowly(source, table, notes)
    for name in header:
        if column_of(table, name) is None:
            notes.add(unknown_column(table, file, name))
    if progress is not None:
        progress(path.stat().st_size)
    return raw


def _header(path: Path, file: str, notes: Notes) -> tuple[str, ...] | None:
    """The column names; None, and a note, when they cannot be what was meant."""
    walk = Walk(path, strict=True)
    try:
        _, header = next(walk.records(), (1, []))
    except Broken as broken:
        notes.add(broken.problem(file))
        return None
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        mark = next(mark for mark in ";\t|" if mark in header[0])
        notes.add(
            Problem(
                "REC011",
                "the columns are not separated by commas",
                Place(file, line=1),
                found=shown(header[0]),
                expected="commas",
                fix=f"save the file again with commas instead of {shown(mark)}",
            )
        )
        return None
    strays = [byte for byte in map(walk.stray, header) if byte is not None]
    if strays:
        notes.add(not_utf8(Place(file, line=1), strays[0]))
        return None
    problems = list(_ambiguous(header, file))
    notes.extend(problems)
    return None if problems else tuple(header)


def _ambiguous(header: Sequence[str], file: str) -> Iterator[Problem]:
    """Columns without a name and columns of one name."""
    empty = [str(place) for place, name in enumerate(header, start=1) if not name.strip()]
    if empty:
        yield Problem(
            "REC012",
            "a column has no name",
            Place(file, line=1),
            found=f"nothing in column {', '.join(empty)}",
            expected="a name for every column",
            fix="name or remove the column; put the column names on the first line, separated by commas",
        )
    for name in sorted({name for name in header if name.strip() and header.count(name) > 1}):
        yield Problem(
            "REC012",
            "two columns have the same name",
            Place(file, line=1, column=name),
            found=f"{header.count(name)} columns named {shown(name)}",
            expected="each name once",
            fix="rename or remove one of them",
        )


def _read_fast(source: _Csv, table: Table) -> Raw | None:
    """Arrow's reading, when Arrow and the quotes in the file can be trusted; else None."""
    if len(source.header) == 0 or (_has_quotes(source.path) and not _is_strict(source.path)):
        return None
    types = {}
    for name in source.header:
        column = column_of(table, name)
        types[name] = pa.string() if column is None or is_prose(column) else CODED
    known = [name for name in source.header if column_of(table, name) is not None]
    if not known:
        return None
    try:
        read = arrow_csv.read_csv(
            source.path,
            read_options=arrow_csv.ReadOptions(block_size=MAX_RECORD),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=types,
                include_columns=known,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowException:
        return None
    columns: dict[str, RawColumn] = {
        name: code_words(read[name]) if types[name] == CODED else Written(read[name]) for name in known
    }
    return Raw(table, source.file, read.num_rows, columns, source.locate)


def _has_quotes(path: Path) -> bool:
    with path.open("rb") as stream:
        return any(b'"' in chunk for chunk in iter(lambda: stream.read(1 << 20), b""))


def _is_strict(path: Path) -> bool:
    """Whether Python's strict parser reaches the end of the file."""
    try:
        for _ in Walk(path, strict=True).records():
            pass
    except Broken:
        return False
    return True


@dataclass(slots=True)
class _Amiss:
    """What the slow reading noted: widths of rows that differ from the header, bytes that are not UTF-8."""

    header: tuple[str, ...]
    widths: dict[int, int] = field(default_factory=dict)
    strays: dict[str, dict[int, int]] = field(default_factory=dict)
    broken: Problem | None = None


def _read_slowly(source: _Csv, table: Table, notes: Notes) -> Raw:
    """Python's reading, row by row, with a note for each row that is not as wide as the header."""
    gathered = Gathered(table, native=False)
    amiss = _Amiss(source.header)
    for block in _blocks(source, amiss):
        columns = dict(zip(source.header, zip(*block, strict=True), strict=True))
        gathered.add({name: cells for name, cells in columns.items() if column_of(table, name)}, len(block))
    raw = Raw(table, source.file, gathered.n_rows, gathered.finish(), source.locate, complete=amiss.broken is None)
    notes.add_rows(
        raw,
        Problem(
            "REC013",
            "the row does not have as many cells as the header",
            expected=f"{len(source.header)} cells",
            fix="put cells that hold commas or line breaks in double quotes, and close every quote",
        ),
        np.array(list(amiss.widths), dtype=np.int64),
        found=lambda row: f"{amiss.widths[row]:,} cells",
    )
    for name, strays in amiss.strays.items():
        notes.add_rows(
            raw,
            not_utf8(Place(column=name), next(iter(strays.values()))),
            np.array(list(strays), dtype=np.int64),
            found={row: stray_byte(byte) for row, byte in strays.items()}.__getitem__,
        )
    if amiss.broken is not None:
        notes.add(amiss.broken)
    return raw


def _blocks(source: _Csv, amiss: _Amiss) -> Iterator[list[list[str]]]:
    width = len(source.header)
    block: list[list[str]] = []
    walk = Walk(source.path, strict=True)
    records = walk.records()
    try:
        for row, (_, cells) in enumerate(records, start=-1):
            if row < 0:
                continue
            if len(cells) != width:
                amiss.widths[row] = len(cells)
            fitted = cells if len(cells) == width else (cells + [""] * width)[:width]
            block.append(_decoded(walk, fitted, row, amiss) if walk.foreign else fitted)
            if len(block) == _BLOCK:
                yield block
                block = []
    except Broken as broken:
        amiss.broken = broken.problem(source.file)
    if block:
        yield block


def _decoded(walk: Walk, cells: Sequence[str], row: int, amiss: _Amiss) -> list[str]:
    for name, cell in zip(amiss.header, cells, strict=True):
        stray = walk.stray(cell)
        if stray is not None:
            amiss.strays.setdefault(name, {})[row] = stray
    return [cell.encode("utf-8", "replace").decode() for cell in cells]
