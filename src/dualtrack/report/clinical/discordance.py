"""Where sources disagree: ratings far apart, and checks against clinicians. May import ``render`` and report."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dualtrack.render import Cell, Column, Row, Section, Table, numbers
from dualtrack.report.clinical.cases import RESPONSE, Cases, Key, listed_cells
from dualtrack.report.clinical.looks import link_to
from dualtrack.report.clinical.order import HARMS, gravest_first
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document
from dualtrack.report.words import Words

__all__ = ["discordance_section"]

MOST = 60
DECOY = "decoy"
_WIDE = ("question", "why")


def discordance_section(document: Document, cases: Cases, words: Words) -> Section:
    """The list of discordances, without its decoys.

    Args:
        document: the results.
        cases: the long tables.
        words: the sentences.
    """
    rows = cases.discordances[cases.discordances["why"] != DECOY]
    shown = _ordered(document, rows).head(MOST)
    view = SaidView(
        quiet="" if len(rows) else words.say("clinical.discordance.none"),
        lead=words.say("clinical.discordance.lead") if len(rows) else "",
        tables=(_table(document, shown, words, total=len(rows), at=_links(cases)),) if len(shown) else (),
    )
    return Section("discordance", words.say("clinical.sections.discordance"), SAID, view)


def _ordered(document: Document, rows: pd.DataFrame) -> pd.DataFrame:
    """What waits for a ruling first, harm before other questions, ratings far apart before checks."""
    harm = {scale.id for scale in document.scales.values() if any(level.id in HARMS for level in scale.levels)}
    keys = rows.assign(
        settled_=[each is True for each in rows["settled"].astype("object")],
        other_=~rows["scale_id"].isin(harm),
        check_=rows["why"] != "levels_apart",
    )
    order = ["settled_", "other_", "check_", "scale_id", "item_id", "system_id", "sample", "unit_id"]
    return rows.loc[keys.sort_values(order, kind="stable").index]


def _links(cases: Cases) -> dict[Key, str]:
    """Where the browser opens a response: at the gravest of what is listed of it."""
    listed = gravest_first(cases.failures).drop_duplicates(RESPONSE)
    return {(row["system_id"], row["item_id"], row["sample"]): link_to(row) for row in listed.to_dict("records")}


def _table(document: Document, rows: pd.DataFrame, words: Words, *, total: int, at: Mapping[Key, str]) -> Table:
    columns = ("case", "system", "question", "lowest", "highest", "settled", "why")
    records = rows.assign(settled=rows["settled"].astype("object")).to_dict("records")
    return Table(
        anchor="discordances",
        caption=words.say("clinical.discordance.caption", n=numbers.count(len(rows)), total=numbers.count(total)),
        columns=tuple(
            Column(words.say(f"clinical.columns.{each}"), head=each == "case", wide=each in _WIDE) for each in columns
        ),
        rows=tuple(_row(document, row, words, at) for row in records),
        notes=(words.say("clinical.discordance.note"),),
    )


def _row(document: Document, row: Mapping[Any, Any], words: Words, at: Mapping[Key, str]) -> Row:
    key = (row["system_id"], row["item_id"], row["sample"])
    names = {system.id: system.name for system in document.study.systems}
    scale = document.scales.get(row["scale_id"])
    raters = ", ".join(str(each) for each in listed_cells(row["raters"]))
    settled = "settled_yes" if row["settled"] is True else "settled_no"
    return Row(
        (
            Cell(row["item_id"], lines=_place(words, row["sample"], row["unit_id"]), target=at.get(key, "")),
            Cell(names.get(row["system_id"], row["system_id"])),
            Cell(row["scale_id"] if scale is None else scale.title),
            Cell(_level(words, row["lowest"])),
            Cell(_level(words, row["highest"])),
            Cell(words.say(f"clinical.discordance.{settled}")),
            Cell(words.say(f"clinical.discordance.whys.{row['why']}"), lines=(raters,) if raters else ()),
        )
    )


def _place(words: Words, sample: int, unit: object) -> tuple[str, ...]:
    said = [words.say("clinical.repeat", n=numbers.count(sample))] if sample > 1 else []
    return (*said, *([words.say("clinical.script.part", part=unit)] if isinstance(unit, str) and unit else []))


def _level(words: Words, level: object) -> str:
    return level.replace("_", " ") if isinstance(level, str) else words.say("clinical.script.none")
