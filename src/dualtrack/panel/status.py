"""Who has returned what and what is still owed, without opening the key.

May import the panel's own ground.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dualtrack.panel.account import State, account, by_pack
from dualtrack.panel.pack import Pack
from dualtrack.panel.received import Reading

__all__ = ["PackStatus", "Status", "status"]


@dataclass(frozen=True, slots=True)
class PackStatus:
    """One pack of one rater.

    Attributes:
        pack_id, rater_id, purpose: which pack.
        deadline: last day, None where there is none.
        asked: questions in it.
        counts: questions by state; they add up to ``asked``.
        owed: questions that still wait for an answer that counts: drafts, refused ones, and those not returned.
        seconds: time given so far, as far as it is known.
        files: files that count.
        superseded: files that later ones replaced.
        finished_at: when the last file was handed in; None for progress files.
    """

    pack_id: str
    rater_id: str
    purpose: str
    deadline: str | None
    asked: int
    counts: dict[State, int]
    owed: int
    seconds: float
    files: tuple[str, ...]
    superseded: tuple[str, ...]
    finished_at: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """All packs, and their questions by state in total."""

    packs: tuple[PackStatus, ...]
    counts: dict[State, int]
    owed: int


OWED = (State.draft, State.refused, State.not_returned)


def status(reading: Reading, packs: Sequence[Pack], *, accept_late: Collection[str] = ()) -> Status:
    """Say for each pack what came back and what is owed.

    Args:
        reading: what came back.
        packs: every pack that was handed out.
        accept_late: ids of raters whose late answers count.

    Returns:
        One line per pack, by rater, and the totals.
    """
    by_id = {pack.pack_id: pack for pack in packs}
    lines = []
    for pack_id, states in by_pack(account(reading, packs, accept_late=accept_late)):
        pack, kept = by_id[pack_id], [each for each in reading.kept if each.back.pack_id == pack_id]
        counts = {state: sum(each.state is state for each in states) for state in State}
        lines.append(
            PackStatus(
                pack_id,
                pack.rater_id,
                pack.purpose,
                pack.cover.deadline,
                asked=len(states),
                counts=counts,
                owed=sum(counts[state] for state in OWED),
                seconds=round(sum(each.answer.seconds or 0 for each in states if each.answer), 3),
                files=tuple(each.file for each in kept),
                superseded=tuple(each.file for each in reading.superseded if each.back.pack_id == pack_id),
                finished_at=max((each.back.finished_at for each in kept if each.back.finished_at), default=None),
            )
        )
    lines.sort(key=lambda line: (line.rater_id, line.pack_id))
    total = {state: sum(line.counts[state] for line in lines) for state in State}
    return Status(tuple(lines), total, sum(line.owed for line in lines))
