"""Contested cases: what was decided about them, and every state and score without them.

May import terms, records and the scoring ground. Verdicts rest on every case that was planned; a dispute changes no
state. Results without contested cases stand beside them, so that a reader sees whether anything hangs on a dispute.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from dualtrack.records.result_disputes import DISPUTED_CASES, WITHOUT_DISPUTED
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.sides import PLANNED
from dualtrack.scoring.table import to_frame
from dualtrack.terms import Fill, Role

__all__ = ["Contested", "contested_cases", "dispute_tables", "rows_without", "without_items"]

UPHELD, REJECTED, OPEN, NOT_BLIND = "upheld", "rejected", "open", "not_blind"
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Contested:
    """The disputes of a study as they stand.

    Attributes:
        rows: one row per live dispute, as the disputed_cases table specifies.
        without: which cases each basis leaves out; a basis that leaves out what an earlier one does is not there.
    """

    rows: tuple[Row, ...]
    without: Mapping[str, frozenset[str]]


def contested_cases(disputes: pd.DataFrame) -> Contested:
    """What became of each dispute, and which cases to leave out.

    A decision counts when whoever decided knew neither systems nor results and did not raise the dispute. A case is
    left out of ``without_upheld`` where a dispute about it was upheld so, and of ``without_contested`` where one was
    upheld, is open, or was decided otherwise.

    Args:
        disputes: the table of the study.
    """
    replaced = set(disputes["supersedes"].dropna().astype("str"))
    live = disputes[~disputes["dispute_id"].astype("str").isin(replaced).to_numpy()]
    names = [name for name in DISPUTED_CASES.names if name != "state"]
    rows = tuple(row | {"state": _state(row)} for row in _records(live[names]))
    upheld = frozenset(row["item_id"] for row in rows if row["state"] == UPHELD)
    contested = frozenset(row["item_id"] for row in rows if row["state"] != REJECTED)
    without = {"without_upheld": upheld, "without_contested": contested - upheld and contested}
    return Contested(rows, {basis: items for basis, items in without.items() if items})


def _state(row: Row) -> str:
    if row["decision"] is None:
        return OPEN
    own = str(row["decided_by"]).strip().casefold() == str(row["raised_by"]).strip().casefold()
    return str(row["decision"]) if row["blinded"] and not own else NOT_BLIND


def without_items(tables: Tables, items: frozenset[str]) -> Tables:
    """The tables of a study as if some cases were not in it.

    Args:
        tables: input tables by name.
        items: ids of the cases.
    """
    return {name: rows_without(frame, items) if "item_id" in frame else frame for name, frame in tables.items()}


def rows_without(frame: pd.DataFrame, items: frozenset[str]) -> pd.DataFrame:
    """Rows about other cases, which name no case that is gone.

    Args:
        frame: a table with the column item_id.
        items: ids of the cases.
    """
    kept = frame[~frame["item_id"].astype("str").isin(items).to_numpy()].reset_index(drop=True)
    if isinstance(kept["item_id"].dtype, pd.CategoricalDtype):
        kept["item_id"] = kept["item_id"].cat.remove_unused_categories()
    return kept


def dispute_tables(
    contested: Contested, scored: Tables, again: Mapping[str, Tables], *, rule_sealed: bool
) -> dict[str, pd.DataFrame]:
    """The tables disputed_cases and without_disputed.

    Args:
        contested: the disputes.
        scored: the result tables with every case.
        again: the result tables of each basis.
        rule_sealed: whether the rule by which disputes are decided was sealed beforehand and stands unchanged.
    """
    role = Role.secondary if rule_sealed else Role.exploratory
    rows = [
        row | {"basis": basis, "n_left_out": len(contested.without[basis]), "role": role.value}
        for basis, other in again.items()
        for row in _beside(_told(scored), _told(other))
    ]
    return {
        DISPUTED_CASES.name: to_frame(DISPUTED_CASES, contested.rows),
        WITHOUT_DISPUTED.name: to_frame(WITHOUT_DISPUTED, rows),
    }


_Key = tuple[str, str, str, str]


def _beside(with_all: Mapping[_Key, Row], without: Mapping[_Key, Row]) -> Iterator[Row]:
    """Rows of what stands with every case; what is gone without the contested ones says so by having no state."""
    for key, row in with_all.items():
        other = without.get(key, {})
        kind, subject, system, system_b = key
        named = {"kind": kind, "subject_id": subject, "system_id": system, "system_b": system_b, "track": row["track"]}
        shown = {name: row.get(name) for name in _SHOWN}
        changes = any(row.get(name) != other.get(name) for name in ("state", "decision"))
        yield named | shown | {f"{name}_without": other.get(name) for name in _SHOWN} | {"changes": changes}


_SHOWN = ("state", "decision", "value", "lower", "upper")


def _told(tables: Tables) -> dict[_Key, Row]:
    """Verdicts, gates, scores of tracks and differences of tracks by what they are about."""
    found: dict[_Key, Row] = {}
    for row in _records(tables["verdicts"]):
        found["verdict", row["track"], row["system_id"], ""] = _only(row, "track", "state")
    for row in _records(tables["gates"]):
        found["gate", row["gate_id"], row["system_id"], ""] = _only(row, "track", "state", "value") | {
            "lower": row["lower"],
            "upper": row["observed"],
        }
    for row in _records(tables["estimates"]):
        if row["subject"] == "track" and _is_main(row) and row["show"] == "score" and row["basis"] == PRIMARY:
            found["score", row["subject_id"], row["system_id"], ""] = _only(row, "track", "value", "lower", "upper")
    for row in _records(tables["comparisons"]):
        is_pair = row["comparison_kind"] == "pair" and row["estimator"] == "mean_difference"
        if row["subject_id"] == row["track"] and is_pair and row["basis"] == PLANNED and row["stratum"] == "":
            key = ("difference", row["subject_id"], row["system_a"], row["system_b"])
            found[key] = _only(row, "track", "decision", "value", "lower", "upper")
    return found


def _is_main(row: Row) -> bool:
    return bool(row["stratum"] == "" and row["missing"] == Fill.observed.value)


def _only(row: Row, *names: str) -> Row:
    return {name: row[name] for name in names}


def _records(frame: pd.DataFrame) -> list[Row]:
    """Rows as plain data, with None where a cell is empty."""
    plain = frame.astype("object").where(frame.notna(), None)
    names = [str(name) for name in plain.columns]
    return [dict(zip(names, cells, strict=True)) for cells in plain.itertuples(index=False, name=None)]
