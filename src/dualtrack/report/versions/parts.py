"""The tables of a comparison of two runs, worded: what got worse, differences, gates, failure modes, criteria.

May import terms, ``render`` and the ground of report. Pure functions of compare.json.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dualtrack.records.result_versions import REGRESSIONS
from dualtrack.render import Axis, Cell, Column, Group, Row, Table, anchor, axis_over, interval_bar, numbers
from dualtrack.report.figures import DIFFERENCE
from dualtrack.report.marks import state_mark
from dualtrack.report.words import Words
from dualtrack.terms import Track

__all__ = [
    "Side",
    "cases_table",
    "criteria_tables",
    "differences_table",
    "gates_table",
    "modes_table",
    "p_text",
    "reasons_text",
    "span_text",
]

PlainRow = Mapping[str, Any]
MOST_ROWS = 200
LEAST_P = 0.001
_STATES = ("not_met", "not_demonstrated", "not_assessed", "met")


@dataclass(frozen=True, slots=True)
class Side:
    """One track of a comparison, as its sections read it: nothing of the other track can be reached from here."""

    track: Track
    systems: Sequence[PlainRow]
    titles: Mapping[str, str]
    tables: Mapping[str, Sequence[PlainRow]]
    words: Words

    def rows(self, table: str, system: str | None = None) -> list[PlainRow]:
        """Rows of one table, of one system or of all."""
        return [row for row in self.tables[table] if system in (None, row["system_id"])]

    def name(self, system: str) -> str:
        """Name of a new version."""
        return next(str(each["new_name"] or each["new"]) for each in self.systems if each["new"] == system)

    def title(self, subject: str) -> str:
        """Title of a metric; of a track its name."""
        return self.titles.get(subject) or self.words.say(f"tracks.{self.track}")

    def dash(self, text: object) -> str:
        """A text, or a dash where there is none."""
        return self.words.say("compare.dash") if text in (None, "") else str(text)

    def columns(self, *names: str) -> list[Column]:
        """Columns by the names of their titles; a name that ends in ``+`` is text, ``=`` code, ``*`` wide text."""
        align: dict[str, Any] = {"+": "text", "=": "code", "*": "text"}
        return [
            Column(self.words.say(f"compare_columns.{name.rstrip('+=*')}"), align.get(name[-1], "number"),
                   wide=name.endswith("*")) for name in names
        ]  # fmt: skip

    def table(self, name: str, columns: Sequence[Column], cells: Mapping[str, list[Row]]) -> Table:
        """A table with a group for each new version that has rows."""
        caption = self.words.say(f"compare_captions.{name}")
        groups = tuple(Group(self.name(system), tuple(rows)) for system, rows in cells.items() if rows)
        return Table(anchor("compare", self.track.value, name), caption, tuple(columns), groups=groups)


def reasons_text(words: Words, reasons: Sequence[str] | None) -> str:
    """Reasons in short words."""
    return "; ".join(words.say(f"reasons.{reason}.short") for reason in reasons or ())


def criteria_tables(side: Side) -> tuple[Table, ...]:
    """Criteria of the re-test, the declared ones and then the gates; what is not met first."""
    found = []
    for name in ("declared", "criteria"):
        cells = {
            system["new"]: [_criterion(side, row) for row in _ordered(side, system["new"], declared=name == "declared")]
            for system in side.systems
        }
        if any(cells.values()):
            found.append(side.table(name, side.columns("criterion=", "state+", "wanted", "found", "reasons*"), cells))
    return tuple(found)


def _ordered(side: Side, system: str, *, declared: bool) -> list[PlainRow]:
    rows = [row for row in side.rows("version_criteria", system) if (row["kind"] != "gate") is declared]
    return sorted(rows, key=lambda row: _STATES.index(row["state"]))


def cases_table(side: Side) -> tuple[Table, int]:
    """Cases that got worse, the gravest first, and how many are left out."""
    every = {
        system["new"]: [row for row in side.rows("version_cases", system["new"]) if row["change"] in REGRESSIONS]
        for system in side.systems
    }
    cells = {system: [_case(side, row) for row in rows[:MOST_ROWS]] for system, rows in every.items()}
    columns = side.columns("case=", "metric+", "change+", "behind+", "harm+", "before", "after")
    table = side.table("cases", columns, cells)
    return table, sum(max(0, len(rows) - MOST_ROWS) for rows in every.values())


def differences_table(side: Side, confidence: float) -> Table:
    """Differences of the track and of each metric, drawn and in numbers."""
    rows = side.rows("version_differences")
    axis = _axis(rows)
    title = side.words.say("compare_columns.difference", confidence=numbers.exact_percent(confidence))
    columns = [
        *side.columns("subject+"),
        Column(title, "number"),
        *([Column(side.words.say("compare_columns.plot"), "plot", axis=axis)] if axis else []),
        *side.columns("missing", "items", "turned", "p"),
    ]
    ordered = {
        system["new"]: [_difference(side, row, axis) for row in _track_first(side, system["new"])]
        for system in side.systems
    }
    return side.table("differences", columns, ordered)


def gates_table(side: Side) -> tuple[Table, int]:
    """Gates that stand differently, and how many stand as before."""
    changed = [row for row in side.rows("version_gates") if row["change"] != "same"]
    cells = {
        system["new"]: [_gate(side, row) for row in changed if row["system_id"] == system["new"]]
        for system in side.systems
    }
    columns = side.columns("gate=", "change+", "before+", "after+", "observed", "items", "reasons*")
    table = side.table("gates", columns, cells)
    return table, len(side.rows("version_gates")) - len(changed)


def modes_table(side: Side) -> tuple[Table, int]:
    """Failure modes that are new or gone, and how many are neither."""
    moved = [row for row in side.rows("version_modes") if row["change"] in ("new", "gone")]
    cells = {
        system["new"]: [_mode(side, row) for row in moved if row["system_id"] == system["new"]]
        for system in side.systems
    }
    columns = side.columns("mode=", "metric+", "change+", "before", "after", "people")
    table = side.table("modes", columns, cells)
    return table, len(side.rows("version_modes")) - len(moved)


def _criterion(side: Side, row: PlainRow) -> Row:
    words = side.words
    asks = () if row["kind"] == "gate" else (words.say(f"compare_kinds.{row['kind']}"), side.title(row["subject_id"]))
    unseen = words.say("compare.unseen", state=words.say(f"states.{row['unseen']}.word"))
    return Row(
        (
            Cell(row["criterion_id"], lines=(*asks, *([row["why"]] if row["why"] else []))),
            Cell(mark=state_mark(words, row["state"]), lines=(unseen,) if row["unseen"] != row["state"] else ()),
            Cell(_number(side, row["wanted"])),
            Cell(_number(side, row["found"])),
            Cell(side.dash(reasons_text(words, row["reasons"]))),
        )
    )


def _case(side: Side, row: PlainRow) -> Row:
    words = side.words
    behind = words.word("compare_whys", row["gate_after"], word=row["gate_after"]) if row["gate_after"] else ""
    return Row(
        (
            Cell(row["item_id"], lines=(numbers.count(row["sample"]),) if row["sample"] > 1 else ()),
            Cell(side.title(row["metric_id"])),
            Cell(words.say(f"compare_changes.{row['change']}")),
            Cell(side.dash(behind)),
            Cell(side.dash(row["harm_level"])),
            Cell(_number(side, row["value_before"])),
            Cell(_number(side, row["value_after"])),
        )
    )


def _difference(side: Side, row: PlainRow, axis: Axis | None) -> Row:
    words = side.words
    shown = side.dash(None) if row["value"] is None else numbers.difference(row["value"])
    lost: tuple[str, ...] = ()
    flips: tuple[str, ...] = ()
    if row["n_lost"] or row["n_gained"]:
        lost = (words.say("compare.lost", lost=numbers.count(row["n_lost"]), gained=numbers.count(row["n_gained"])),)
    if row["n_newly_failing"] or row["n_newly_passing"]:
        counts = {name: numbers.count(row[f"n_newly_{name}"]) for name in ("failing", "passing")}
        flips = (words.say("compare.flips", **counts),)
    limits = (row["lower"], row["upper"]) if row["lower"] is not None and row["upper"] is not None else None
    bar = interval_bar(axis, row["value"], interval=limits, zero=0.0) if axis else None
    return Row(
        (
            Cell(side.title(row["subject_id"])),
            Cell(
                shown, lines=(span_text(side, row["lower"], row["upper"], row["reason"]),), muted=row["value"] is None
            ),
            *([Cell(bar=bar)] if axis else []),
            Cell(span_text(side, row["lower_missing"], row["upper_missing"], None)),
            Cell(side.dash(row["n_items"] if row["n_items"] is None else numbers.count(row["n_items"])), lines=lost),
            Cell(_two(side, row["n_worse"], row["n_better"]), lines=flips),
            Cell(side.dash(None) if row["p"] is None else p_text(words, row["p"])),
        )
    )


def p_text(words: Words, p: float) -> str:
    """A p value, never smaller than can be said."""
    return words.say("comparisons.below", limit=numbers.level(LEAST_P)) if p < LEAST_P else numbers.plain(p)


def _gate(side: Side, row: PlainRow) -> Row:
    words = side.words
    return Row(
        (
            Cell(row["gate_id"]),
            Cell(words.say(f"compare_gate_changes.{row['change']}")),
            *(
                Cell(mark=state_mark(words, row[name])) if row[name] else Cell(side.dash(None))
                for name in ("state_before", "state_after")
            ),
            Cell(f"{_number(side, row['observed_before'])} / {_number(side, row['observed_after'])}"),
            Cell(_two(side, row["n_assessed_before"], row["n_assessed_after"])),
            Cell(side.dash(reasons_text(words, row["reasons"]))),
        )
    )


def _mode(side: Side, row: PlainRow) -> Row:
    counts = (row["n_before"], row["n_after"], row["n_by_people"])
    return Row(
        (
            Cell(row["failure_mode"]),
            Cell(side.title(row["metric_id"])),
            Cell(side.words.say(f"compare_mode_changes.{row['change']}")),
            *(Cell(numbers.count(n)) for n in counts),
        )
    )


def _track_first(side: Side, system: str) -> Iterator[PlainRow]:
    rows = side.rows("version_differences", system)
    order = {name: place for place, name in enumerate((side.track.value, *side.titles))}
    yield from sorted(rows, key=lambda row: order[row["subject_id"]])


def _axis(rows: Sequence[PlainRow]) -> Axis | None:
    """An axis with zero in the middle, so that no side looks longer than it is."""
    values = [abs(row[name]) for row in rows for name in ("value", "lower", "upper") if row[name] is not None]
    widest = max(values, default=0.0)
    return axis_over([-widest, widest], DIFFERENCE.tick, within=DIFFERENCE.within) if widest else None


def span_text(side: Side, lower: float | None, upper: float | None, reason: str | None) -> str:
    """Limits of a difference, or why there are none."""
    if lower is None or upper is None:
        return side.words.say(f"reasons.{reason}.short") if reason else side.dash(None)
    return numbers.difference_span(lower, upper)


def _number(side: Side, value: float | None) -> str:
    return side.dash(None) if value is None else numbers.level(round(value, 4))


def _two(side: Side, first: int | None, second: int | None) -> str:
    shown = [side.dash(None) if each is None else numbers.count(each) for each in (first, second)]
    return " / ".join(shown)
