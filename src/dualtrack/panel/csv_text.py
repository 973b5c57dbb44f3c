r"""The one way in which this package writes a table as CSV: what is read back is what was there.

May import nothing of dualtrack. These are data for the next command and are kept as they were said: a comment that
begins with an equals sign stays so. What is meant for a spreadsheet is the workbook, whose cells are text.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["csv_text", "held", "unheld"]

_BARE = re.compile(r"[!#-+\--~]*")  # printable ASCII without blank, comma and quote
_UNHELD = re.compile("[\x00\ud800-\udfff]")


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    r"""A table as CSV, lines ending in a line feed.

    Definition: no text for None; lists and objects as JSON; quotes around everything that is more than printable ASCII
    without blanks and commas, so that line breaks, tabs, blanks at the ends and zero-width characters come back. Zero
    bytes and half surrogates, which no text file holds, become U+FFFD.

    Args:
        columns: names of the columns, in order.
        rows: one mapping per row; a column that it does not have stays empty.

    Example:
        >>> csv_text(("a", "b"), [{"a": "=1+1", "b": ["x"]}, {"a": 'say "no"\r'}])
        'a,b\n=1+1,"[""x""]"\n"say ""no""\r",\n'
    """
    lines = [columns, *([row.get(name) for name in columns] for row in rows)]
    return "".join(",".join(_cell(cell) for cell in line) + "\n" for line in lines)


def held(text: str) -> str:
    """Text as a file can hold it.

    Args:
        text: any text.
    """
    return _UNHELD.sub("\ufffd", text)


def unheld(cell: object) -> bool:
    """Whether a text has a character that a file cannot hold.

    Args:
        cell: any cell of a row.
    """
    return isinstance(cell, str) and _UNHELD.search(cell) is not None


def _cell(value: object) -> str:
    if value is None:
        return ""
    given = json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple | dict) else str(value)
    text = held(given)
    return text if _BARE.fullmatch(text) else '"' + text.replace('"', '""') + '"'
