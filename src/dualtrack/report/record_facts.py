"""What pages may know of the record of a study: its seal, what was changed since, and which look this is.

May import terms.
"""

from dataclasses import dataclass, replace
from typing import Any

from dualtrack.terms import Track

__all__ = ["AmendmentFacts", "ChangeFacts", "RecordFacts"]


@dataclass(frozen=True, slots=True)
class AmendmentFacts:
    """The amendment that carries a change."""

    number: int
    at: str
    by: str
    why: str
    grade: str


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """One change since the seal; ``track`` is null when it concerns both. ``old`` and ``new`` are JSON values."""

    track: str | None
    what: str
    effect: str
    old: Any
    new: Any
    amended: AmendmentFacts | None


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """The seal of a study, when it was made and on what ground, changes since, and the number of the look."""

    at: str
    by: str
    role: str | None
    basis: str
    counts: bool
    seal_at: str
    digests: tuple[str, ...]
    changes: tuple[ChangeFacts, ...]
    look: int | None

    def of_track(self, track: Track) -> "RecordFacts":
        """What one scorecard may see of it: no change of the other track, and no digest of both.

        Args:
            track: the track of the scorecard.
        """
        mine = tuple(change for change in self.changes if change.track in (None, track.value))
        return replace(self, changes=mine, digests=())
