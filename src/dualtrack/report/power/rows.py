"""The document of a power calculation as views read it: plain rows by table, and small helpers that word a number.

May import terms, ``render`` and the words.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dualtrack.render import Cell, Column, Row, Section, Table, anchor, numbers
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import GateKind, State, Track

__all__ = [
    "Document", "PlainRow", "chance", "column", "counted", "figure", "gates_of", "rate_of", "rows_of", "section",
    "state_columns", "table", "track_of",
]  # fmt: skip

PlainRow = Mapping[str, Any]
Document = Mapping[str, Any]
STATES = (State.met, State.not_demonstrated, State.not_met, State.not_assessed)


def rows_of(document: Document, name: str, **chosen: object) -> list[PlainRow]:
    """Rows of one table, those whose columns have the chosen values."""
    rows: Sequence[PlainRow] = document[name]
    return [row for row in rows if all(row[key] == value for key, value in chosen.items())]


def gates_of(document: Document, track: str) -> list[PlainRow]:
    """Rows of the plan for the gates of one track."""
    return rows_of(document, "power_plan", track=track)


def track_of(words: Words, track: str) -> str:
    """Name of a track at the head of a sentence."""
    name = words.say(f"tracks.{Track(track)}")
    return name[:1].upper() + name[1:]


def chance(words: Words, value: float | None) -> str:
    """A chance in whole per cent; never 0 or 100 unless nothing else can happen."""
    return words.say("power.dash") if value is None else numbers.percent(value, decimals=0)


def figure(words: Words, value: float | None, decimals: int = 1) -> str:
    """A plain number, or a dash."""
    return words.say("power.dash") if value is None else numbers.plain(value, decimals=decimals)


def counted(words: Words, value: int | None) -> str:
    """A count, or a dash."""
    return words.say("power.dash") if value is None else numbers.count(value)


def rate_of(words: Words, kind: str, rate: float | None) -> str:
    """A true rate in the words of its kind of gate."""
    if rate is None:
        return words.say("power.rate_any")
    name = {
        GateKind.veto: "event",
        GateKind.difference_within: "difference",
        GateKind.not_worse_than: "difference",
    }.get(GateKind(kind), "share")
    return words.say(f"power.rate_{name}", rate=numbers.exact_percent(round(rate, 6)))


def column(words: Words, name: str, align: str = "number", /, *, head: bool = False, **facts: str) -> Column:
    """A column by the name of its title."""
    title = words.say(f"power_columns.{name}", **facts)
    return Column(title, "code" if align == "code" else "text" if align == "text" else "number", head=head)


def state_columns(words: Words) -> tuple[Column, ...]:
    """One column for each state, titled with its word."""
    return tuple(Column(words.say(f"states.{state}.word"), "number") for state in STATES)


def state_cells(words: Words, row: PlainRow) -> tuple[Cell, ...]:
    """Chance of each state."""
    return tuple(Cell(chance(words, row[f"p_{state}"])) for state in STATES)


def table(name: str, caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> Table:
    """A table of cells."""
    return Table(anchor("power-table", name), caption, tuple(columns), tuple(Row(tuple(cells)) for cells in rows))


def section(name: str, title: str, lead: str, *tables: Table) -> Section:
    """A section whose heading is a claim."""
    return Section(anchor("power", name), title, TABLES, TablesView(lead, tables))
