"""The reference page of the data contract, made from the table specifications.

May import the specifications of this package. The page is a function of them alone; a test fails when the page that
lies in the repository is not the one that this module makes.
"""

from collections.abc import Iterable, Iterator

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.inputs import INPUT_TABLES
from dualtrack.records.items import REFERENCE_KEYS
from dualtrack.records.raw import MAX_RECORD
from dualtrack.records.results import RESULT_TABLES

__all__ = ["contract_page"]

_KINDS = {
    Kind.name: ("identifier", "letters, digits and `. _ : -`, 1 to 128 of them, compared exactly"),
    Kind.text: ("text", "any text; an empty text is an empty cell"),
    Kind.word: ("word", "one of the listed words"),
    Kind.level: ("level", "id of a level of the scale; 5 and 5.0 are read as `5` and counted"),
    Kind.integer: ("integer", "a whole number; 5.0 is read as 5 and counted"),
    Kind.number: ("number", "a decimal number with a point; never NaN or infinite"),
    Kind.boolean: ("boolean", "`true` or `false`"),
    Kind.instant: ("time", "ISO 8601 with zone, such as `2025-01-31T09:30:00Z`"),
    Kind.list: ("list", "a list in JSONL, JSON text in CSV and Parquet"),
    Kind.object: ("object", "an object in JSONL, JSON text in CSV and Parquet"),
    Kind.names: ("identifiers", "a list of identifiers"),
}
_OPENING = f"""\
# The data contract

Every column of every table. This page is made from the table specifications in `src/dualtrack/records`, which also
drive reading, validation and writing; do not edit it. `docs/study-folder.md` says how to fill a study folder.

## Conventions

- A table of a study is `NAME.jsonl`, `NAME.csv` or `NAME.parquet`, or a folder `NAME/` of Parquet parts: one form.
- Every cell is read as text and then typed. Null is JSON null, an absent key or an empty cell; the words NA, nan and
  None are text. In JSONL an empty text is null too, so that every table reads alike in every form.
- Text is UTF-8, a byte order mark is allowed. A record or cell is at most {MAX_RECORD // 2**20} MiB long.
- Unknown columns are refused; columns that begin with `x_` are carried and not scored.
- Two identifiers that differ only in case are refused. The order of rows has no meaning.
- Results are sorted by key, in UTF-8 with LF; numbers have ten significant digits; undefined is null with a reason.
- In the CSV files of results a text that a spreadsheet would run as a formula has an apostrophe in front (so has a
  text that begins with one). The Parquet files and `scorecards.json` are exact.

In the tables below **bold** columns are the key. "Needed" says whether the column must be there; "empty" whether a cell
may be empty, or what an empty cell stands for.

## Types

| type | what stands in a cell |
| --- | --- |
"""


def contract_page() -> str:
    """The reference page as Markdown.

    Returns:
        The text of ``docs/contract.md``.

    Example:
        >>> "| **system_id** | identifier |" in contract_page()
        True
    """
    types = "".join(f"| {name} | {meaning} |\n" for name, meaning in (_KINDS[kind] for kind in _used()))
    facts = "".join(f"| `{key}` | {meaning} |\n" for key, meaning in REFERENCE_KEYS.items())
    return (
        f"{_OPENING}{types}\n"
        f"## Tables of a study\n\n{_tables(INPUT_TABLES)}"
        f"## Clinical facts of an item\n\nKeys of `reference`, all optional. Keys that begin with `x_` are carried.\n\n"
        f"| key | what it says |\n| --- | --- |\n{facts}\n"
        "## Tables of the results\n\nAll of them are `tables/NAME.csv` and `tables/NAME.parquet`; those marked † are "
        f"not in `scorecards.json`.\n\n{_tables(RESULT_TABLES)}"
    ).rstrip() + "\n"


def _used() -> Iterator[Kind]:
    used = {column.kind for table in (*INPUT_TABLES, *RESULT_TABLES) for column in table.columns}
    return (kind for kind in Kind if kind in used)


def _tables(tables: Iterable[Table]) -> str:
    return "\n".join(_table(table) for table in tables) + "\n"


def _table(table: Table) -> str:
    mark = "" if table.side == "input" or table.in_document else " †"
    rows = "".join(_row(table, column) for column in table.columns)
    families = "".join(
        f"| {prefix}NAME | text | {'no | yes' if table.side == 'input' else 'yes'} | one level of each stratum |\n"
        for prefix in table.prefixes
    )
    needed = "| column | type | needed | empty | meaning |\n| --- | --- | --- | --- | --- |\n"
    short = "| column | type | empty | meaning |\n| --- | --- | --- | --- |\n"
    head = needed if table.side == "input" else short
    return f"### {table.name}{mark}\n\nOne row is {table.meaning}.\n\n{head}{rows}{families}"


def _row(table: Table, column: Column) -> str:
    name = f"**{column.name}**" if column.key else column.name
    cells = [name, _type(column)]
    if table.side == "input":
        cells.append("yes" if column.required else "no")
    cells += [_empty(column), _meaning(column)]
    return f"| {' | '.join(cells)} |\n"


def _type(column: Column) -> str:
    name = _KINDS[column.kind][0]
    if column.low is None:
        return name
    return f"{name} from {column.low:g}" + (f" to {column.high:g}" if column.high is not None else "")


def _empty(column: Column) -> str:
    if column.default is not None:
        return f"stands for `{column.default}`" if column.default != "" else "yes"
    return "yes" if column.null else "no"


def _meaning(column: Column) -> str:
    words = f": {', '.join(f'`{word}`' for word in column.words)}" if column.words else ""
    return column.meaning + words
