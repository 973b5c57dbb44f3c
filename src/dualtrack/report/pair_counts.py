"""The rows of the table of rating pairs as frozen data, one field for each column. Imports nothing of dualtrack."""

from dataclasses import dataclass

__all__ = ["RatingPair"]


@dataclass(frozen=True, slots=True)
class RatingPair:
    """One count of how first ratings on one scale fall: a pair of levels, or what was settled."""

    scale_id: str
    grain: str
    show: str
    level: str
    other_level: str
    n: int
    n_of: int
    share: float | None
