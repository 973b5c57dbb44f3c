"""What is sealed: everything in rubric, study and items that can move a number or a state, laid out flat.

May import records, rubric and scoring. Each part has a place, a value and the class of what it can move; the parts of
the rubric and their classes are those of ``rubric.effects``, so nothing that can move a number is left out by hand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from dualtrack.ledger.canonical import digest
from dualtrack.records.columns import Table
from dualtrack.records.inputs import ASSIGNMENTS, ITEMS
from dualtrack.records.study import StudyFile, System
from dualtrack.rubric.effects import Effect, Place, parts_of
from dualtrack.rubric.header import Rubric
from dualtrack.scoring.overrides import metrics_in_scope

__all__ = [
    "ALL",
    "BESIDE",
    "DIFFERENCES",
    "DISPUTES",
    "LIMITS",
    "SYSTEM",
    "Content",
    "Sealed",
    "content_of",
    "items_digest",
]

Sealed = tuple[str, Any]
"""What a part can move, and its plain value."""

Content = Mapping[Place, Sealed]
"""All parts by place."""

ALL = "all"
LIMITS = "limits"
DIFFERENCES = "differences"
SYSTEM = "system"
DISPUTES = "disputes"
BESIDE = "beside"

_OF_PLAN: Mapping[Place, str] = {
    ("interval",): LIMITS,
    ("floors",): Effect.floors.value,
    ("comparisons",): DIFFERENCES,
    ("disputes",): DISPUTES,
    ("strata",): BESIDE,
    ("rho0", "why"): BESIDE,
}
"""What parts of the study's plan can move; a part that is not named moves everything."""
_OF_SYSTEM = ("kind", "role", "version", "family", "settings")


def content_of(rubric: Rubric, study: StudyFile, tables: Mapping[str, pd.DataFrame]) -> Content:
    """Lay out what a freeze seals.

    Args:
        rubric: the loaded rubric.
        study: the study file; its overrides and its scope are applied to the rubric.
        tables: input tables by name.

    Returns:
        Place -> (what it can move, plain value). Words that move nothing are left out.
    """
    used = replace(rubric, metrics=metrics_in_scope(rubric, study), profiles={})
    parts: dict[Place, Sealed] = {
        place: (part.effect.value, part.value)
        for place, part in parts_of(used).items()
        if part.effect is not Effect.words
    }
    parts |= dict(_study(study))
    parts |= {("items", name): (ALL, value) for name, value in _rows(tables["items"], ITEMS, "item_id")}
    if len(tables["assignments"]):
        parts[("assignments",)] = (ALL, table_digest(tables["assignments"], ASSIGNMENTS))
    return parts


def items_digest(content: Content) -> str:
    """Digest of all items of a content.

    Args:
        content: as ``content_of`` gives it.
    """
    return digest(sorted([list(place), value] for place, (_, value) in content.items() if place[0] == "items"))


def table_digest(frame: pd.DataFrame, table: Table) -> str:
    """Digest of the rows of an input table, whatever the form and order of its file.

    Args:
        frame: the table as read.
        table: its specification; columns that begin with ``x_`` do not count.
    """
    return digest(sorted(digest(row) for row in _plain_rows(frame, table)))


def _study(study: StudyFile) -> Iterator[tuple[Place, Sealed]]:
    plain = study.model_dump(mode="json", by_alias=True)
    for place, value in _flat((), plain["plan"]):
        named = (effect for head, effect in _OF_PLAN.items() if place[: len(head)] == head)
        yield ("study", "plan", *place), (next(named, ALL), value)
    for system in study.systems:
        yield from _system(system)
    yield ("study", "baseline"), (DIFFERENCES, plain["baseline"])
    for source in plain["sources"]:
        yield (
            ("study", "sources", source["id"]),
            (BESIDE, {name: source[name] for name in ("kind", "version", "family")}),
        )
    for name in ("context", "award"):
        yield from ((("study", name, *place), (BESIDE, value)) for place, value in _flat((), plain[name] or {}))


def _system(system: System) -> Iterator[tuple[Place, Sealed]]:
    place = ("study", "systems", system.id)
    yield place, (SYSTEM, "there")
    plain = system.model_dump(mode="json")
    yield from (((*place, name), (SYSTEM, plain[name])) for name in _OF_SYSTEM)


def _flat(place: Place, value: Any) -> Iterator[tuple[Place, Any]]:  # noqa: ANN401 -- any JSON value
    """Leaves of nested mappings; an empty mapping has none."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat((*place, str(key)), inner)
    else:
        yield place, value


def _rows(frame: pd.DataFrame, table: Table, key: str) -> Iterator[tuple[str, str]]:
    for row in _plain_rows(frame, table):
        yield str(row[key]), digest(row)


def _plain_rows(frame: pd.DataFrame, table: Table) -> Iterator[dict[str, Any]]:
    """Rows as plain data; empty cells are left out, so that a column more in a file changes nothing."""
    names = [name for name in table.names if name in frame.columns]
    columns = [frame[name].astype("object") for name in names]
    empty = [frame[name].isna().tolist() for name in names]
    lists = [column.tolist() for column in columns]
    for place in range(len(frame)):
        yield {
            name: _cell(cells[place]) for name, cells, gone in zip(names, lists, empty, strict=True) if not gone[place]
        }


def _cell(cell: Any) -> Any:  # noqa: ANN401 -- any cell of a table
    if isinstance(cell, pd.Timestamp):
        return cell.isoformat()
    if hasattr(cell, "item"):
        return cell.item()
    return cell
