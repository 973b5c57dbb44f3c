"""Where instruments that compare the same systems disagree. Compares signs and limits; computes nothing.

May import ``report.rows`` and ``report.document``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from dualtrack.report.rows import PreferenceEstimate

__all__ = ["Conflict", "conflicts", "first_by", "instrument_of", "read_rows"]

Name = tuple[str, str]
"""An instrument and how the responses were shown."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Instruments that prefer A, and instruments that prefer B, each apart from one on the other side."""

    scale_id: str
    system_a: str
    system_b: str
    for_a: tuple[PreferenceEstimate, ...]
    for_b: tuple[PreferenceEstimate, ...]


def instrument_of(row: PreferenceEstimate) -> Name:
    """Which instrument a row belongs to."""
    return (row.instrument, row.condition)


def read_rows(rows: Sequence[PreferenceEstimate], show: str) -> Iterator[PreferenceEstimate]:
    """Rows of one kind with a value, on the items that all judged where there are such, else on all.

    Args:
        rows: the table.
        show: which number.
    """
    shared = {(row.scale_id, *instrument_of(row)) for row in rows if row.items == "shared"}
    for row in rows:
        wanted = "shared" if (row.scale_id, *instrument_of(row)) in shared else "all"
        if row.show == show and row.items == wanted and row.value is not None:
            yield row


def conflicts(rows: Sequence[PreferenceEstimate]) -> Iterator[Conflict]:
    """Pairs of systems about which two instruments disagree, with intervals that lie apart.

    Args:
        rows: the table.
    """
    pairs: dict[tuple[str, str, str], list[PreferenceEstimate]] = {}
    for row in read_rows(rows, "pair"):
        if row.lower is not None and row.upper is not None:
            pairs.setdefault((row.scale_id, row.system_a, row.system_b), []).append(row)
    for (scale, a, b), found in sorted(pairs.items()):
        apart = [couple for couple in combinations(found, 2) if _apart(*couple)]
        if apart:
            involved = [row for row in found if any(row is each for couple in apart for each in couple)]
            for_a = tuple(row for row in involved if _sign(row) > 0)
            for_b = tuple(row for row in involved if _sign(row) < 0)
            yield Conflict(scale, a, b, for_a, for_b)


def first_by(rows: Sequence[PreferenceEstimate]) -> dict[str, dict[Name, list[PreferenceEstimate]]]:
    """For each question and instrument, the strengths of all systems, the greatest first.

    Args:
        rows: the table.
    """
    found: dict[str, dict[Name, list[PreferenceEstimate]]] = {}
    for row in read_rows(rows, "bradley_terry"):
        found.setdefault(row.scale_id, {}).setdefault(instrument_of(row), []).append(row)
    for instruments in found.values():
        for strengths in instruments.values():
            strengths.sort(key=lambda row: (-(row.value or 0.0), row.system_a))
    return found


def _sign(row: PreferenceEstimate) -> int:
    value = row.value or 0.0
    return (value > 0) - (value < 0)


def _apart(one: PreferenceEstimate, other: PreferenceEstimate) -> bool:
    """Opposite signs and no value in common; the mean of the sources is not set against one of them."""
    if "sources" in {one.instrument, other.instrument} and "raters" not in {one.instrument, other.instrument}:
        return False
    if _sign(one) * _sign(other) >= 0 or None in (one.lower, one.upper, other.lower, other.upper):
        return False
    low, high = sorted((one, other), key=lambda row: row.value or 0.0)
    return bool(low.upper is not None and high.lower is not None and low.upper < high.lower)
