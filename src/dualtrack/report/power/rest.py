"""Sections about differences, hours, assumptions and the words for states.

May import terms, ``render`` and the ground of report.
"""

from dualtrack.render import Cell, Column, Section, numbers
from dualtrack.report.power.rows import (
    Document,
    PlainRow,
    chance,
    column,
    counted,
    figure,
    rows_of,
    section,
    table,
    track_of,
)
from dualtrack.report.words import Words
from dualtrack.terms import State, Track

__all__ = ["assumptions_section", "differences_section", "hours_section", "states_section", "total_hours"]


def differences_section(document: Document, words: Words) -> Section | None:
    """What each comparison can show.

    Args:
        document: the calculation.
        words: the sentences.
    """
    rows = document["power_differences"]
    if not rows:
        return None
    eighty, ninety = (numbers.exact_percent(share) for share in (0.8, 0.9))
    titles = [
        column(words, "subject", "code", head=True), column(words, "pair", "text"), column(words, "step", "text"),
        column(words, "cases"), column(words, "error"), column(words, "shown", target=eighty),
        column(words, "shown", target=ninety), column(words, "why", "text"),
    ]  # fmt: skip
    at_margin = [
        column(words, "margin"), column(words, "not_inferior"), column(words, "equivalent"), column(words, "superior"),
        column(words, "needed", target=eighty),
    ]  # fmt: skip
    with_margin = any(row["margin"] is not None for row in rows)
    titles += at_margin if with_margin else []
    tables = [
        table(
            f"differences-{track}",
            track_of(words, track),
            titles,
            [_difference(words, row)[: len(titles)] for row in mine],
        )
        for track in Track
        if (mine := rows_of(document, "power_differences", track=track))
    ]
    return section(
        "differences", words.say("power_sections.differences"), words.say("power_leads.differences"), *tables
    )


def hours_section(document: Document, words: Words) -> Section:
    """Hours of rating by question.

    Args:
        document: the calculation.
        words: the sentences.
    """
    titles = [
        column(words, "scale", "code", head=True), column(words, "units"), column(words, "ratings"),
        column(words, "all_hours"),
    ]  # fmt: skip
    rows = sorted(document["power_hours"], key=lambda row: (row["scale_id"] == "", row["scale_id"]))
    cells = [
        [
            Cell(row["scale_id"] or words.say("power.all")),
            Cell(counted(words, row["n_units"])),
            Cell(counted(words, row["n_ratings"])),
            Cell(figure(words, row["hours"])),
        ]
        for row in rows
    ]
    seconds = next(row["text"] for row in document["power_assumptions"] if row["name"] == "seconds")
    title = words.say("power_sections.hours", hours=total_hours(document, words))
    lead = words.say("power_leads.hours", seconds=seconds)
    return section("hours", title, lead, table("hours", words.say("power_columns.all_hours"), titles, cells))


def total_hours(document: Document, words: Words) -> str:
    """Hours of all ratings together.

    Args:
        document: the calculation.
        words: the sentences.
    """
    return figure(words, rows_of(document, "power_hours", scale_id="")[0]["hours"], 0)


def assumptions_section(document: Document, words: Words) -> Section:
    """Every assumption with its value and where it comes from.

    Args:
        document: the calculation.
        words: the sentences.
    """
    titles = [column(words, "assumption", "text", head=True), column(words, "value", "text"),
              column(words, "source", "text")]  # fmt: skip
    cells = [
        [
            Cell(words.say(f"power_assumptions.{row['name']}")),
            Cell(row["text"]),
            Cell(words.say(f"power_sources.{row['source']}")),
        ]
        for row in document["power_assumptions"]
    ]
    title = words.say("power_sections.assumptions")
    return section("assumptions", title, words.say("power_leads.assumptions"),
                   table("assumptions", words.say("power_columns.assumption"), titles, cells))  # fmt: skip


def states_section(words: Words) -> Section:
    """What the four states mean.

    Args:
        words: the sentences.
    """
    titles = [Column(words.say("power_sections.states"), "text", head=True), Column("", "text", wide=True)]
    cells = [[Cell(words.say(f"states.{state}.word")), Cell(words.say(f"states.{state}.meaning"))] for state in State]
    title = words.say("power_sections.states")
    return section("states", title, "", table("states", title, titles, cells))


def _difference(words: Words, row: PlainRow) -> list[Cell]:
    pair = " - ".join((row["system_a"], row["system_b"])) if row["system_a"] else words.say("power_pairs.every")
    error, margin, reason = row["standard_error"], row["margin"], row["reason"]
    shown = words.say("power.dash")
    if error is not None:
        shown = words.say(f"power_pairs.{row['source']}", error=numbers.plain(100 * error, decimals=1))
    return [
        Cell(row["subject_id"]),
        Cell(pair),
        Cell(words.say(f"power_pairs.{row['step']}", alpha=numbers.percent(row["alpha"], decimals=2))),
        Cell(counted(words, row["n_items"])),
        Cell(shown),
        *(Cell(_points(words, row[name])) for name in ("detectable_80", "detectable_90")),
        Cell(words.say(f"power_reasons.{reason}") if reason else ""),
        Cell(words.say("power.none") if margin is None else numbers.hundredths(margin)),
        *(Cell(chance(words, row[name])) for name in ("p_not_inferior", "p_equivalent", "p_superior")),
        Cell(counted(words, row["n_needed_80"])),
    ]


def _points(words: Words, value: float | None) -> str:
    return words.say("power.dash") if value is None else numbers.plain(100 * value, decimals=1)
