"""Reading a table from JSONL: one object per line, in blocks, with bounded memory.

May import the column specification, the gatherer and the collector of problems. A line longer than ``MAX_RECORD`` is
refused without being read to its end; the same key twice in one object is refused, because parsers silently keep
one of the two.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import orjson

from dualtrack.errors import Place, Problem
from dualtrack.records.columns import Table
from dualtrack.records.encoding import BOM, not_utf8, refuse_other_encodings
from dualtrack.records.gather import Gathered
from dualtrack.records.json_keys import key_twice
from dualtrack.records.problems import MOST_PLACES, Located, Notes, shown
from dualtrack.records.raw import MAX_RECORD, Raw

__all__ = ["read_jsonl"]

_READ = 1 << 20
_MOST_BROKEN = 1000  # a file that is not JSONL at all is not read to its end


@dataclass(slots=True)
class _Lines:
    """What is known about the lines of a file: which hold no record, which are broken, whether reading stopped."""

    file: str
    blank: list[int] = field(default_factory=list)
    broken: list[Problem] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    stopped: bool = False

    def refuse(self, problem: Problem) -> None:
        """Note a broken line; of those that are broken alike the first are kept and the rest counted."""
        kind = (problem.code, problem.what)
        self.counts[kind] += 1
        if self.counts[kind] <= MOST_PLACES:
            self.broken.append(problem)
        self.stopped |= self.counts.total() >= _MOST_BROKEN

    def problems(self) -> Iterator[Problem]:
        """The broken lines in order, then what there are more of."""
        yield from self.broken
        for (code, what), count in self.counts.items():
            if count > MOST_PLACES:
                first = next(problem for problem in self.broken if (problem.code, problem.what) == (code, what))
                ending = "; reading stopped there" if self.stopped else ""
                yield replace(
                    first,
                    what=f"{what} (and {count - MOST_PLACES:,} more like this{ending})",
                    place=Place(self.file),
                    found=f"{count:,} lines in all",
                )

    def locate(self, rows: Sequence[int]) -> list[Located]:
        """Row from 1 and physical line from 1; lines that hold no record are not rows."""
        placed = []
        skipped = 0
        for row in rows:
            while skipped < len(self.blank) and self.blank[skipped] <= row + 1 + skipped:
                skipped += 1
            placed.append(Located(self.file, row + 1, row + 1 + skipped))
        return placed


def read_jsonl(
    path: Path, table: Table, notes: Notes, *, file: str, progress: Callable[[int], None] | None = None
) -> Raw | None:
    """Read one JSONL file.

    Args:
        path: the file.
        table: what it should hold.
        notes: takes what is wrong: REC009 encoding, REC010 line too long, REC014 not a JSON object, REC015 key
            twice, REC016 unknown column, REC019 value of the wrong type.
        file: name for messages, relative to the study folder.
        progress: called with the number of bytes read so far.

    Returns:
        The table as read, without the broken lines; None when the file cannot be read as text at all.
    """
    lines = _Lines(file)
    gathered = Gathered(table, native=True)
    with path.open("rb") as stream:
        if refuse_other_encodings(stream, file, notes):
            return None
        for first, block in _blocks(stream, lines, progress):
            _gather(_objects(first, block, lines), gathered)
            if lines.stopped:
                break
    notes.extend(lines.problems())
    raw = Raw(
        table,
        file,
        gathered.n_rows,
        gathered.finish(),
        lines.locate,
        counts=gathered.counts(),
        complete=not lines.stopped,
    )
    gathered.report(raw, notes)
    return raw


def _blocks(
    stream: BinaryIO, lines: _Lines, progress: Callable[[int], None] | None
) -> Iterator[tuple[int, list[bytes]]]:
    """Runs of whole lines with the number of the first, from 1; a line that is too long ends the reading."""
    number = 1
    done = 0
    rest = b""
    while chunk := stream.read(_READ):
        done += len(chunk)
        if done == len(chunk):
            chunk = chunk.removeprefix(BOM)
        *whole, rest = (rest + chunk).split(b"\n")
        if max(map(len, whole), default=0) > MAX_RECORD or len(rest) > MAX_RECORD:
            fits = [len(line) <= MAX_RECORD for line in whole].index(False) if len(rest) <= MAX_RECORD else len(whole)
            yield number, whole[:fits]
            lines.refuse(_too_long(lines.file, number + fits))
            lines.stopped = True
            return
        yield number, whole
        number += len(whole)
        if progress is not None:
            progress(done)
    yield number, [rest] if rest else []


def _objects(first: int, block: list[bytes], lines: _Lines) -> list[dict[str, object]]:
    """The objects of a run of lines; only a run in which something is amiss is looked at line by line."""
    try:
        records = list(map(orjson.loads, block))
    except orjson.JSONDecodeError:
        records = []
    if records and set(map(type, records)) == {dict}:
        n_keys = sum(map(len, records))
        if sum(line.count(b":") for line in block) == n_keys:
            return records
    found = []
    for number, line in enumerate(block, start=first):
        record = _record(line, number, lines)
        if record is None:
            lines.blank.append(number)
        else:
            found.append(record)
    return found


def _record(line: bytes, number: int, lines: _Lines) -> dict[str, object] | None:
    """The object of one line; None when the line is blank or, with a note, when it holds no object."""
    if not line or line.isspace():
        return None
    try:
        record = orjson.loads(line)
        if not isinstance(record, dict):
            lines.refuse(_not_object(lines.file, number, record))
            return None
        twice = key_twice(line, record)
    except orjson.JSONDecodeError as error:
        lines.refuse(_not_json(lines.file, number, line, error))
        return None
    except RecursionError:
        lines.refuse(_too_deep(lines.file, number))
        return None
    if twice is not None:
        lines.refuse(_same_key(lines.file, number, twice))
    return record


def _gather(block: list[dict[str, object]], gathered: Gathered) -> None:
    if not block:
        return
    shapes = set(map(tuple, block))
    if len(shapes) == 1:
        names = shapes.pop()
        columns = dict(zip(names, zip(*map(dict.values, block), strict=True), strict=True))
    else:
        every = {name: None for shape in sorted(shapes) for name in shape}
        columns = {name: tuple(record.get(name) for record in block) for name in every}
    gathered.add(columns, len(block))


def _too_long(file: str, number: int) -> Problem:
    return Problem(
        "REC010",
        "a line is too long; reading stopped there",
        Place(file, line=number),
        found=f"more than {MAX_RECORD:,} bytes without a line break",
        expected="one record per line",
        fix="write each record on its own line (JSONL, not one JSON array)",
    )


def _not_json(file: str, number: int, line: bytes, error: orjson.JSONDecodeError) -> Problem:
    try:
        text = line.decode()
    except UnicodeDecodeError as wrong:
        return not_utf8(Place(file, line=number), line[wrong.start])
    if text.lstrip().startswith(("[", "]")) or text.strip() in {"{", "}", "},"}:
        fix = "write one object per line, without brackets or commas between them"
    else:
        fix = "correct the line; text needs double quotes, NaN and Infinity are not JSON"
    return Problem(
        "REC014",
        "the line is not JSON",
        Place(file, line=number),
        found=f"{shown(text.strip())}: {error.msg} at character {error.pos + 1}",
        expected="one JSON object",
        fix=fix,
    )


def _not_object(file: str, number: int, record: object) -> Problem:
    return Problem(
        "REC014",
        "the line is not a JSON object",
        Place(file, line=number),
        found=shown(record),
        expected="one JSON object",
        fix='write one object per line, for example {"item_id": "q1", ...}',
    )


def _too_deep(file: str, number: int) -> Problem:
    return Problem(
        "REC014",
        "the line is nested too deeply",
        Place(file, line=number),
        found="objects or lists inside each other",
        expected="a few levels",
        fix="flatten the record",
    )


def _same_key(file: str, number: int, key: str) -> Problem:
    return Problem(
        "REC015",
        "the same key stands twice in one object",
        Place(file, line=number, column=key),
        found=shown(key),
        expected="each key once",
        fix="keep one of the two",
    )
