"""What a file says before it is believed, and what is kept of it afterwards.

May import errors and the panel's own ground. Every reader (form, workbook, Label Studio, CSV) turns bytes into the same
``Incoming``; what does not fit is refused or counted with its place, and nothing is dropped.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.pack import Guess, Pack, Return

__all__ = ["Incoming", "Reading", "Received", "Refusal", "ReturnFile", "Said", "moment", "refuse"]

Cell = tuple[str, str]
LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ReturnFile:
    """A file as it came: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says about one question of one task, with the place; fields as in ``Answer``.

    ``problem`` is why it must be refused, where the reader already knows.
    """

    place: Place
    code: str
    scale_id: str
    level: str | None
    state: str = "done"
    comment: str = ""
    reason: str = ""
    modes: tuple[str, ...] = ()
    severities: Mapping[str, str] = field(default_factory=dict)
    spans: tuple[tuple[int, int], ...] = ()
    seconds: float | None = None
    rated_at: str | None = None
    before: tuple[tuple[str, str], ...] = ()
    problem: Problem | None = None

    @property
    def cell(self) -> Cell:
        """Code and question."""
        return self.code, self.scale_id


@dataclass(frozen=True, slots=True)
class Incoming:
    """What one file says for one pack.

    ``pack`` is the one that it names, ``of`` the digest that it carries, None where the medium carries none. ``sealed``
    is the form's own return where there is one, which is kept as it came if every answer of it fits.
    """

    file: str
    medium: str
    pack: Pack
    rater_id: str
    said: tuple[Said, ...]
    guesses: tuple[Guess, ...] = ()
    locked_at: str | None = None
    finished_at: str | None = None
    of: str | None = None
    sealed: Return | None = None
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One answer that was refused, so that the assignment behind it is not simply missing."""

    file: str
    pack_id: str
    code: str
    scale_id: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Received:
    """A return that fits its pack, and the file that it came in."""

    file: str
    back: Return

    @property
    def at(self) -> str | None:
        """When it was handed in; for a progress file when the last answer in it was given."""
        given = [answer.rated_at for answer in self.back.answers if answer.rated_at]
        return self.back.finished_at or max(given, key=moment, default=None)

    @property
    def says(self) -> dict[Cell, tuple[str, str | None]]:
        """State and level of every question about which something was said."""
        return {
            (answer.code, answer.scale_id): (answer.state, answer.level)
            for answer in self.back.answers
            if answer.state != "draft" or answer.level is not None or answer.comment
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """All that came back.

    Attributes:
        kept: returns that count, by pack and in the order of their times.
        superseded: whole returns that a later one of the same rater replaces.
        refused: answers that were refused, one by one.
        problems: everything that was refused, with place and fix; a refused file is one problem, whatever it held.
        notes: everything that was counted and left as it is.
    """

    kept: tuple[Received, ...]
    superseded: tuple[Received, ...] = ()
    refused: tuple[Refusal, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def moment(text: str | None) -> float:
    """A time to order by: seconds since 1970; without a zone taken as UTC; what is no time comes before all others.

    Args:
        text: a time in ISO 8601.
    """
    try:
        at = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return float("-inf")
    return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).timestamp()


def refuse(code: str, what: str, place: Place, *, found: object = "", expected: str = "", fix: str = "") -> PanelError:
    """A problem with what was found cut to a readable length.

    Args:
        code: PAN1xx.
        what: what is wrong.
        place: where.
        found: what stands there.
        expected: what should.
        fix: what to do.
    """
    shown = "" if found == "" else ascii(found)
    if len(shown) > LONGEST_SHOWN:
        shown = shown[:LONGEST_SHOWN] + "..."
    return PanelError(Problem(code, what, place, found=shown, expected=expected, fix=fix))
