"""Checks across tables: does the identifier that one table names exist where it should.

May import typed columns and the collector of problems.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualtrack.errors import Place, Problem
from dualtrack.records.problems import Notes, nearest, shown, some
from dualtrack.records.refuse import rows_of
from dualtrack.records.typed import Codes, Typed

__all__ = ["Known", "check_references"]

_MOST_FIXES = 100  # looking for near identifiers is slow, and the collector prints fewer
_HOMES = {
    "systems": ("system", "study.yaml"),
    "sources": ("source", "study.yaml"),
    "scales": ("scale", "the rubric"),
    "items": ("item", "the table items"),
    "raters": ("rater", "the table raters"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """Every identifier that may be named; None where nothing is known and nothing can be checked."""

    systems: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    scales: tuple[str, ...] | None
    items: tuple[str, ...] | None
    raters: tuple[str, ...] | None

    def of(self, kind: str) -> tuple[str, ...] | None:
        """The identifiers of one kind: systems, sources, scales, items or raters."""
        known: tuple[str, ...] | None = getattr(self, kind)
        return known

    def rows(self, table: Typed, column: str, kind: str) -> NDArray[np.bool_]:
        """Rows in which the column names something known; every filled row where nothing is known."""
        codes = table.codes(column)
        known = self.of(kind)
        return codes.codes >= 0 if known is None else codes.positions_in(known) >= 0


def check_references(tables: Mapping[str, Typed], known: Known, notes: Notes) -> None:
    """Note every identifier that is declared nowhere.

    Args:
        tables: the tables that could be typed, by name.
        known: what may be named.
        notes: takes REC025 unknown identifier and REC030 rater and source confused.
    """
    for table in tables.values():
        for column, kind in _naming(table):
            _unknown(table, column, kind, known=known, notes=notes)
        _confused(table, "rater_id", known.sources or (), notes)
        people = set(known.raters or ()) - set(known.sources or ())
        _confused(table, "source_id", tuple(sorted(people)), notes)
    for name, key in (("dispositions", "disposition_id"), ("disputes", "dispute_id")):
        if name in tables:
            _superseded(tables[name], key, notes)


def _naming(table: Typed) -> Iterator[tuple[str, str]]:
    """Columns that name something defined elsewhere, and what."""
    for column in table.table.columns:
        if column.refers is not None and column.refers[0] != table.table.name:
            yield column.name, column.refers[0]


def _unknown(table: Typed, column: str, kind: str, *, known: Known, notes: Notes) -> None:
    codes = table.codes(column)
    declared = known.of(kind)
    if declared is None:
        return
    elsewhere = {"raters": known.sources, "sources": known.raters}.get(kind) or ()
    missing = sorted(set(codes.words) - set(declared) - set(elsewhere))
    if not missing:
        return
    thing, home = _HOMES[kind]
    fixes = {
        word: nearest(word, declared, otherwise=f"add it to {home}, or correct the identifier")
        for word in missing[:_MOST_FIXES]
    }
    notes.add_rows(
        table,
        Problem(
            "REC025", f"unknown {thing}", Place(column=column), expected=f"one of those in {home}: {some(declared)}"
        ),
        rows_of(codes.positions_in(missing) >= 0),
        found=lambda row: shown(codes.word(row)),
        fix=lambda row: fixes.get(codes.word(row) or "", "correct the identifier"),
    )


def _confused(table: Typed, column: str, others: tuple[str, ...], notes: Notes) -> None:
    """People and sources are kept apart: what a person says is a rating, what a source says is a score."""
    codes = table.columns.get(column)
    if not isinstance(codes, Codes):
        return
    if column == "rater_id":
        what, expected = "a source stands where a rater belongs", "a person or position"
        fix = "put what a source says into scores (or preferences with source_id)"
    else:
        what, expected = "a rater stands where a source belongs", "a judge, harness or device declared in study.yaml"
        fix = "put what a person says into ratings (or preferences with rater_id)"
    notes.add_rows(
        table,
        Problem("REC030", what, Place(column=column), expected=expected, fix=fix),
        rows_of(codes.positions_in(others) >= 0),
        found=lambda row: shown(codes.word(row)),
    )


def _superseded(table: Typed, key: str, notes: Notes) -> None:
    ids = set(table.codes(key).words)
    named = table.texts("supersedes").cells.to_pylist()
    bad = np.array([word is not None and word not in ids for word in named], dtype=np.bool_)
    notes.add_rows(
        table,
        Problem(
            "REC025", f"unknown {key.removesuffix('_id')}", Place(column="supersedes"), expected=f"one of {some(ids)}"
        ),
        rows_of(bad),
        found=lambda row: shown(named[row]),
        fix=lambda row: nearest(str(named[row]), ids, otherwise="correct the identifier"),
    )
