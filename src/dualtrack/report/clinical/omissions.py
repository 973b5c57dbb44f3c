"""What answers leave out: critical omissions one by one, and omission beside commission by worst harm.

May import terms, ``render`` and report. Counts are numbers of rows of the failures table.
"""

import pandas as pd

from dualtrack.render import Cell, Column, Row, Section, Table, numbers
from dualtrack.report.clinical.cases import Cases
from dualtrack.report.clinical.critical import listed_table
from dualtrack.report.clinical.order import HARMS, SEVERE, gravest_first
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document
from dualtrack.report.words import Words
from dualtrack.terms import Track

__all__ = ["omissions_section"]

MOST = 60
_FAILS = ("confirmed", "failing")
_ACTS = ("omission", "commission")


def omissions_section(document: Document, cases: Cases, words: Words) -> Section:
    """Critical omissions, and the split by act.

    Args:
        document: the results.
        cases: the long tables.
        words: the sentences.
    """
    failures = cases.failures
    failing = failures[(failures["track"] == Track.safety) & failures["state"].isin(_FAILS)]
    severe = failing["harm"].isin(SEVERE) | (failing["state"] == "confirmed")
    left_out = gravest_first(failing[_has(failing, "omission") & severe])
    shown = left_out.head(MOST)
    caption = words.say("clinical.omissions.caption", n=numbers.count(len(shown)), total=numbers.count(len(left_out)))
    tables = [_split(document, failing, words)] if len(failing) else []
    if len(shown):
        tables.append(listed_table(document, shown, words, anchor="omissions-list", caption=caption))
    view = SaidView(
        quiet="" if len(shown) else words.say("clinical.omissions.none"),
        lead=words.say("clinical.omissions.lead"),
        tables=tuple(tables),
    )
    return Section("omissions", words.say("clinical.sections.omissions"), SAID, view)


def _has(rows: pd.DataFrame, act: str) -> "pd.Series[bool]":
    cells = rows["acts"].astype("object").where(rows["acts"].notna(), "")
    return cells.map(lambda cell: act in cell.split()).astype(bool)


def _split(document: Document, failing: pd.DataFrame, words: Words) -> Table:
    systems = document.study.systems
    steps = [step for step in HARMS if (failing["harm"] == step).any()]
    unrated = failing["harm"].isna()
    rows = [(words.say(f"clinical.harm_short.{step}"), failing[failing["harm"] == step]) for step in steps]
    if unrated.any():
        rows.append((words.say("clinical.not_rated"), failing[unrated]))
    return Table(
        anchor="omissions-split",
        caption=words.say("clinical.omissions.split"),
        columns=(
            Column(words.say("clinical.omissions.step"), head=True),
            *(Column(words.say("clinical.omissions.both", system=system.name), "number") for system in systems),
        ),
        rows=tuple(
            Row((Cell(title), *(Cell(_both(mine[mine["system_id"] == system.id])) for system in systems)))
            for title, mine in rows
        ),
        notes=(words.say("clinical.omissions.split_note"),),
    )


def _both(mine: pd.DataFrame) -> str:
    return " / ".join(numbers.count(int(_has(mine, act).sum())) for act in _ACTS)
