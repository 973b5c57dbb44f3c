"""The key: which response hides behind each code. A file of its own, kept apart from the packs.

May import errors and records' words for problems. Reading refuses a key that is not whole.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.records.problems import shown
from dualtrack.records.staging import recover

__all__ = ["KEY_FILE", "KeyRow", "key_text", "parse_key", "read_key"]

KEY_FILE = "KEY.csv"
_WHOLE = ("sample", "occasion")


@dataclass(frozen=True, slots=True, order=True)
class KeyRow:
    """One response behind a code; the two of a pair have the same code and the sides ``a`` and ``b``.

    ``control`` is ``known_harm`` or ``known_good`` for a seeded answer, else empty.
    """

    code: str
    pack_id: str
    rater_id: str
    system_id: str
    item_id: str
    sample: int
    unit_id: str
    occasion: int
    control: str
    side: str = ""


_COLUMNS = tuple(each.name for each in fields(KeyRow))


def key_text(rows: Iterable[KeyRow]) -> str:
    """The key as CSV, sorted by code, so that the order of the file tells nothing.

    Args:
        rows: the rows.

    Example:
        >>> print(key_text([KeyRow("ab12", "p123", "r1", "s", "q", 1, "", 1, "")]).splitlines()[1])
        ab12,p123,r1,s,q,1,,1,,
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(astuple(row) for row in sorted(rows))
    return stream.getvalue()


def parse_key(text: str) -> tuple[KeyRow, ...]:
    """Read the text of a key.

    Args:
        text: CSV as ``key_text`` writes it.

    Returns:
        The rows, in the order of the file.

    Raises:
        PanelError: PAN029 a column is missing, a row is cut short, a number is none, or a code is there twice; all
            problems at once.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    head = next(reader, [])
    if tuple(head) != _COLUMNS:
        raise PanelError(_problem("the columns are not those of a key", 1, ", ".join(head), ", ".join(_COLUMNS)))
    rows: list[KeyRow] = []
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for cells in reader:
        row = _row(cells)
        if row is None:
            problems.append(_problem("a row is not whole", reader.line_num, ",".join(cells), "all cells of a key"))
        elif (row.code, row.side) in seen:
            problems.append(_problem("a code is there twice", reader.line_num, row.code, "each code once"))
        else:
            seen.add((row.code, row.side))
            rows.append(row)
    if problems:
        raise PanelError(problems)
    return tuple(rows)


def read_key(folder: str | Path) -> tuple[KeyRow, ...]:
    """Read the key from its folder.

    Args:
        folder: the folder that was given as --key, or the file itself.

    Returns:
        The rows, in the order of the file.

    Raises:
        PanelError: PAN029 there is no key, or it is not whole.
    """
    path = Path(folder)
    path = path / KEY_FILE if path.is_dir() else path
    recover(path.parent)
    if not path.is_file():
        raise PanelError(_problem("there is no key here", None, "no such file", f"a folder with {KEY_FILE}"))
    try:
        return parse_key(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise PanelError(_problem("the key is not UTF-8", None, "another encoding", "UTF-8")) from error


def _row(cells: list[str]) -> KeyRow | None:
    if len(cells) != len(_COLUMNS):
        return None
    named: dict[str, str] = dict(zip(_COLUMNS, cells, strict=True))
    numbers = list(_numbers(named))
    if len(numbers) != len(_WHOLE) or not all(named[name] for name in ("code", "pack_id", "rater_id", "item_id")):
        return None
    sample, occasion = numbers
    texts = {name: cell for name, cell in named.items() if name not in _WHOLE}
    return KeyRow(**texts, sample=sample, occasion=occasion)


def _numbers(named: dict[str, str]) -> Iterator[int]:
    return (int(named[name]) for name in _WHOLE if named[name].isascii() and named[name].isdigit())


def _problem(what: str, line: int | None, found: str, expected: str) -> Problem:
    fix = f"restore {KEY_FILE} as it was written"
    return Problem("PAN029", what, Place(KEY_FILE, line=line), found=shown(found), expected=expected, fix=fix)
