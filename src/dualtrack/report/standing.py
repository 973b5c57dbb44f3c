"""Who is eligible, and how the eligible stand: both tracks read side by side, by comparison of words alone.

Nothing is added up and no number is made. Knock-outs come first: a system whose verdict is not ``met`` on every track
is out of the reading, whatever its ranks. For the overview and the decision page; a scorecard never sees it. May import
terms and ``report.rows``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dualtrack.report.rows import Gate, Rank, Verdict
from dualtrack.terms import State, Track

__all__ = ["Blocked", "Place", "Standing", "standing_of"]

DEFINED = "defined"


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a system is not eligible on one track: the state of its verdict, its reasons, and the gates not met."""

    track: Track
    state: str
    reasons: tuple[str, ...]
    gates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One system in the reading.

    ``blocked`` is empty for an eligible system. ``dominated_by`` are eligible systems that are shown to be ahead on one
    track, and ahead or equivalent within the margin on every other. ``groups`` is the tie group on each track, in the
    order of the tracks, None where nothing is ranked.
    """

    system_id: str
    blocked: tuple[Blocked, ...]
    dominated_by: tuple[str, ...]
    groups: tuple[int | None, ...]

    @property
    def eligible(self) -> bool:
        """Whether the verdict is met on every track."""
        return not self.blocked


@dataclass(frozen=True, slots=True)
class Standing:
    """The reading of a study.

    ``steps`` holds the eligible systems that are ranked on every track, by tie group on the first track, then on the
    next; systems of one step stand alike. ``unranked`` are eligible systems without a group on some track.
    """

    places: tuple[Place, ...]
    steps: tuple[tuple[str, ...], ...]
    unranked: tuple[str, ...]

    @property
    def eligible(self) -> tuple[str, ...]:
        """The eligible systems."""
        return tuple(place.system_id for place in self.places if place.eligible)

    @property
    def nobody(self) -> bool:
        """The outcome that no system is eligible: an answer, and no gap in the results."""
        return not self.eligible

    @property
    def undominated(self) -> tuple[str, ...]:
        """Eligible systems that no eligible system dominates."""
        return tuple(place.system_id for place in self.places if place.eligible and not place.dominated_by)


def standing_of(
    systems: Sequence[str], verdicts: Iterable[Verdict], gates: Iterable[Gate], ranks: Iterable[Rank]
) -> Standing:
    """Who is eligible, who is dominated, and the lexicographic steps.

    Definition: eligible are the systems with the state ``met`` on both tracks; ``not_demonstrated`` and
    ``not_assessed`` block as ``not_met`` does, and a verdict that is missing is ``not_assessed``. Only eligible systems
    are compared. One dominates another where it is shown to be ahead on a track and shown to be ahead or equivalent on
    the other; what is open on a track dominates nothing. The steps go by safety first: who stands in an earlier tie
    group on safety comes first whatever the other track says.

    Args:
        systems: ids of the candidates, in the order in which they shall be named.
        verdicts: verdicts of both tracks.
        gates: gates of both tracks.
        ranks: ranks of both tracks.

    Returns:
        The standing; no arithmetic was done, only states and groups were compared.

    Example:
        >>> met = [Verdict("a", track, "met", (), (), 1.0) for track in ("safety", "effectiveness")]
        >>> standing = standing_of(["a", "b"], met, [], [])
        >>> standing.eligible, standing.nobody, standing.places[1].blocked[0].state
        (('a',), False, 'not_assessed')
    """
    verdict_of = {(verdict.system_id, verdict.track): verdict for verdict in verdicts}
    rank_of = {(rank.system_id, rank.track): rank for rank in ranks if rank.state == DEFINED}
    every_gate = tuple(gates)
    blocked = {system: _blocked(system, verdict_of, every_gate) for system in systems}
    eligible = [system for system in systems if not blocked[system]]
    places = tuple(
        Place(
            system,
            blocked[system],
            tuple(other for other in eligible if system in eligible and _dominates(other, system, rank_of)),
            tuple(_group(rank_of, system, track) for track in Track),
        )
        for system in systems
    )
    ranked = [place for place in places if place.eligible and None not in place.groups]
    steps = sorted({place.groups for place in ranked}, key=lambda groups: tuple(group or 0 for group in groups))
    return Standing(
        places,
        tuple(tuple(place.system_id for place in ranked if place.groups == step) for step in steps),
        tuple(place.system_id for place in places if place.eligible and None in place.groups),
    )


def _blocked(system: str, verdicts: Mapping[tuple[str, str], Verdict], gates: tuple[Gate, ...]) -> tuple[Blocked, ...]:
    found = []
    for track in Track:
        verdict = verdicts.get((system, track))
        state = State.not_assessed.value if verdict is None else verdict.state
        if state != State.met:
            unmet = tuple(
                gate.gate_id
                for gate in gates
                if (gate.system_id, gate.track) == (system, track) and gate.state != State.met
            )
            found.append(Blocked(track, state, () if verdict is None else verdict.reasons, unmet))
    return tuple(found)


def _group(ranks: Mapping[tuple[str, str], Rank], system: str, track: Track) -> int | None:
    rank = ranks.get((system, track))
    return None if rank is None else rank.tie_group


def _dominates(one: str, other: str, ranks: Mapping[tuple[str, str], Rank]) -> bool:
    """Shown ahead on one track, shown ahead or equivalent on every other."""
    held = [ranks.get((one, track)) for track in Track]
    ahead = [rank is not None and other in rank.ahead_of for rank in held]
    alike = [rank is not None and other in rank.tied_with and other not in rank.behind for rank in held]
    return any(ahead) and all(either or same for either, same in zip(ahead, alike, strict=True))
