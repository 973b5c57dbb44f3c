"""Rows of the tables about contested cases, as pages read them. Field by field as the specification has it."""

from dataclasses import dataclass

__all__ = ["DisputedCase", "WithoutDisputed"]


@dataclass(frozen=True, slots=True)
class DisputedCase:
    """One contested case as it stands; what was decided, by whom and whether blind is empty while it is open."""

    dispute_id: str
    item_id: str
    state: str
    ground: str
    raised_by: str
    raised_for: str
    raised_at: str
    decision: str | None
    decided_by: str | None
    role: str | None
    decided_at: str | None
    blinded: bool | None
    why: str | None


@dataclass(frozen=True, slots=True)
class WithoutDisputed:
    """One state, score or difference with every case, and without the contested ones."""

    basis: str
    kind: str
    subject_id: str
    system_id: str
    system_b: str
    track: str
    n_left_out: int | None
    state: str | None
    state_without: str | None
    decision: str | None
    decision_without: str | None
    value: float | None
    lower: float | None
    upper: float | None
    value_without: float | None
    lower_without: float | None
    upper_without: float | None
    changes: bool
    role: str | None
