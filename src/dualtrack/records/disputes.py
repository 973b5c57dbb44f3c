"""Checks of the table of disputes: a decision is whole or absent, and it does not come before the objection.

May import typed columns and the collector of problems.
"""

import pandas as pd

from dualtrack.errors import Place, Problem
from dualtrack.records.problems import Notes
from dualtrack.records.refuse import rows_of
from dualtrack.records.typed import Typed

__all__ = ["check_disputes"]

_DECIDED = ("decided_by", "decided_at", "blinded", "why")


def check_disputes(disputes: Typed, notes: Notes) -> None:
    """Note decisions of which a part is missing, and decisions that are older than what they decide.

    Args:
        disputes: the table as typed.
        notes: takes REC035 contradictory cells.
    """
    decided = disputes.given("decision")
    for name in _DECIDED:
        given = disputes.given(name)
        for rows, found, fix in (
            (decided & ~given, f"a decision without {name}", "say who decided, when, why, and whether blind"),
            (~decided & given, f"{name} without a decision", "write upheld or rejected, or empty the cell"),
        ):
            notes.add_rows(
                disputes,
                Problem("REC035", "a decision on a dispute is half there", Place(column=name), found, fix=fix),
                rows_of(rows),
            )
    raised, settled = _moments(disputes, "raised_at"), _moments(disputes, "decided_at")
    notes.add_rows(
        disputes,
        Problem(
            "REC035",
            "a dispute was decided before it was raised",
            Place(column="decided_at"),
            expected="a time that is not before raised_at",
            fix="correct one of the two times",
        ),
        rows_of((settled < raised).to_numpy()),  # a missing time is before nothing
        found=lambda row: f"raised {raised[row]}, decided {settled[row]}",
    )


def _moments(table: Typed, name: str) -> "pd.Series[pd.Timestamp]":
    return pd.to_datetime(pd.Series(table.texts(name).cells.to_pylist(), dtype="str"), utc=True, errors="coerce")
