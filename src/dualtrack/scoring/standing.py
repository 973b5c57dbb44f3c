"""What is no longer pre-specified, and what follows for gates, verdicts and the standing of numbers.

May import terms, rubric and the scoring ground. A change after the freeze takes away from what depends on it and from
nothing else: it can turn ``met`` into ``not_demonstrated`` and no state into a better one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from dualtrack.terms import Proof, Reason, Role, State

__all__ = ["UNCHANGED", "Changed", "standing_of_gates", "standing_of_proofs", "standing_of_rows", "standing_of_verdict"]

Row = dict[str, Any]
_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Changed:
    """What was changed after the study was sealed, or looked at before.

    Attributes:
        gates: ids ``metric.gate``.
        values: metrics whose estimates are exploratory.
        proofs: metrics whose checks cannot be shown.
        differences: metrics or tracks whose differences are exploratory.
        scores: tracks whose score is exploratory.
        verdicts: tracks that cannot be met.
        systems: systems of which nothing is pre-specified.
        weights: the sealed weight of each metric whose weight was changed; coverage counts by the less favourable one.
        disputes: whether the rule by which contested cases are decided was changed.
        looks: looks at these items, this one included.
    """

    gates: frozenset[str] = _NOBODY
    values: frozenset[str] = _NOBODY
    proofs: frozenset[str] = _NOBODY
    differences: frozenset[str] = _NOBODY
    scores: frozenset[str] = _NOBODY
    verdicts: frozenset[str] = _NOBODY
    systems: frozenset[str] = _NOBODY
    weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    disputes: bool = False
    looks: int = 1

    @property
    def looked(self) -> bool:
        """Whether these items were looked at before."""
        return self.looks > 1


UNCHANGED = Changed()
"""Nothing was changed, and this is the first look."""


def standing_of_gates(changed: Changed, rows: Sequence[Row]) -> list[Row]:
    """Gates as they stand: one that was changed, or looked at before, is not met.

    Args:
        changed: what was changed.
        rows: rows of the gates table.

    Returns:
        The same rows in the same order.
    """
    return [_gate(changed, row) for row in rows]


def _gate(changed: Changed, row: Row) -> Row:
    touched = row["gate_id"] in changed.gates or row["system_id"] in changed.systems
    reasons = [*([Reason.amended] if touched else []), *([Reason.looked_before] if changed.looked else [])]
    if touched:
        row = row | {"pre_specified": False}
    return _withheld(row, reasons)


def _withheld(row: Row, reasons: Sequence[Reason]) -> Row:
    """A row that is not met for further reasons; ``not_met`` and ``not_assessed`` stay as they are."""
    if not reasons or row["state"] not in (State.met.value, State.not_demonstrated.value):
        return row
    words = [*row["reasons"], *(reason.value for reason in reasons if reason.value not in row["reasons"])]
    return row | {"state": State.not_demonstrated.value, "reasons": words}


def standing_of_verdict(changed: Changed, row: Row) -> Row:
    """A verdict as it stands: a track that lost a gate or a metric, or was looked at before, is not met.

    Args:
        changed: what was changed.
        row: row of the verdicts table.
    """
    touched = row["track"] in changed.verdicts or row["system_id"] in changed.systems
    reasons = [*([Reason.amended] if touched else []), *([Reason.looked_before] if changed.looked else [])]
    return _withheld(row, reasons)


def standing_of_rows(changed: Changed, rows: Sequence[Row]) -> list[Row]:
    """Estimates or differences as they stand: exploratory where something that they rest on was changed.

    Args:
        changed: what was changed.
        rows: rows of the estimates or the comparisons table.

    Returns:
        The same rows in the same order.
    """
    return [row | {"role": Role.exploratory.value} if _is_exploratory(changed, row) else row for row in rows]


def _is_exploratory(changed: Changed, row: Row) -> bool:
    systems = {row.get(name) for name in ("system_id", "system_a", "system_b")}
    subject = row["subject_id"]
    moved = subject in changed.values | changed.scores
    return moved or changed.looked or bool(systems & changed.systems) or _is_moved_difference(changed, row)


def _is_moved_difference(changed: Changed, row: Row) -> bool:
    return "system_a" in row and row["subject_id"] in changed.differences


def standing_of_proofs(changed: Changed, rows: Sequence[Row]) -> list[Row]:
    """Check proofs as they stand: a check of a metric that was changed afterwards is screening only.

    Args:
        changed: what was changed.
        rows: rows of the check_proof table.

    Returns:
        The same rows in the same order.
    """
    return [_proof(changed, row) for row in rows]


def _proof(changed: Changed, row: Row) -> Row:
    reasons = [
        *([Reason.amended.value] if row["metric_id"] in changed.proofs else []),
        *([Reason.looked_before.value] if changed.looked else []),
    ]
    if not reasons or row["proof"] != Proof.shown.value:
        return row
    return row | {"proof": Proof.screening.value, "reasons": [*(row["reasons"] or ()), *reasons]}
