"""What became of each question of each pack: one state for every one, so that nothing is simply missing.

May import errors and the panel's own ground. It needs no key, so that it can be looked at while the study is blind.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dualtrack.panel.pack import Answer, Pack
from dualtrack.panel.received import Reading, Received, moment

__all__ = ["CellState", "State", "account", "by_pack", "is_late"]

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LAST_ZONE = dt.timezone(dt.timedelta(hours=-12))  # where a day ends last


class State(StrEnum):
    """What became of one question."""

    returned = "returned"
    draft = "draft"
    cancelled = "cancelled"
    late = "late"
    refused = "refused"
    not_returned = "not_returned"


@dataclass(frozen=True, slots=True)
class CellState:
    """One question of one task of one pack; ``answer`` is there for all that was said and not refused."""

    pack_id: str
    rater_id: str
    code: str
    scale_id: str
    state: State
    reason: str = ""
    file: str = ""
    answer: Answer | None = None


def account(reading: Reading, packs: Sequence[Pack], *, accept_late: Collection[str] = ()) -> tuple[CellState, ...]:
    """One state for every question that was handed out.

    Definition: an answer that counts goes before one that was refused, that before a cancelled one, that before a
    draft; of several files that answer the same question the later one. What is finished after the deadline is
    late, unless late answers of its rater are accepted by name; an answer without any time is taken as in time.

    Args:
        reading: what came back.
        packs: every pack that was handed out.
        accept_late: ids of raters whose late answers count.

    Returns:
        One state per pack, task and question, in the order of the packs.
    """
    states: list[CellState] = []
    for pack in sorted(packs, key=lambda each: each.pack_id):
        said = {
            (answer.code, answer.scale_id): (answer, received)
            for received in sorted(reading.kept, key=lambda each: (moment(each.at), each.file))
            if received.back.pack_id == pack.pack_id
            for answer in received.back.answers
        }
        refused = {(each.code, each.scale_id): each for each in reading.refused if each.pack_id == pack.pack_id}
        for task in pack.tasks:
            for scale in task.questions:
                cell = (task.code, scale)
                answer, received = said.get(cell, (None, None))
                state, reason, file = _state(answer, received, pack, accepted=pack.rater_id in accept_late)
                if state not in (State.returned, State.late) and cell in refused:
                    problem = refused[cell].problem
                    state, reason, file = State.refused, f"{problem.code} {problem.what}", refused[cell].file
                states.append(CellState(pack.pack_id, pack.rater_id, task.code, scale, state, reason, file, answer))
    return tuple(states)


def is_late(answer: Answer, received: Received, deadline: str | None) -> bool:
    """Whether an answer was finished after the last day.

    Definition: a time with a zone is late when the last day is over everywhere on earth; a date or a time without one
    is late when its day comes after the last.

    Args:
        answer: the answer.
        received: the file that it came in.
        deadline: the last day, as the cover of the pack says it; text that is no day sets no limit.
    """
    given = answer.rated_at or received.back.finished_at
    if deadline is None or given is None or _DAY.fullmatch(deadline) is None:
        return False
    try:
        at, last = dt.datetime.fromisoformat(given), dt.date.fromisoformat(deadline)
    except ValueError:
        return False
    return (at.date() if at.tzinfo is None else at.astimezone(_LAST_ZONE).date()) > last


def _state(answer: Answer | None, received: Received | None, pack: Pack, *, accepted: bool) -> tuple[State, str, str]:
    if answer is None or received is None:
        return State.not_returned, "", ""
    if answer.state == "cancelled":
        return State.cancelled, answer.reason or "no reason given", received.file
    if answer.state == "draft":
        said = answer.level is not None or answer.comment or answer.before
        return State.draft if said else State.not_returned, "", received.file
    if is_late(answer, received, pack.cover.deadline) and not accepted:
        return State.late, f"after {pack.cover.deadline}", received.file
    return State.returned, "", received.file


def by_pack(states: Sequence[CellState]) -> Iterator[tuple[str, list[CellState]]]:
    """The states of each pack.

    Args:
        states: of ``account``.
    """
    groups: dict[str, list[CellState]] = {}
    for each in states:
        groups.setdefault(each.pack_id, []).append(each)
    yield from groups.items()
