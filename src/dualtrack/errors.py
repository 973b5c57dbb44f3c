"""What can go wrong, said so that the reader can mend it.

Ground floor: imports nothing of dualtrack. Every expected problem has a stable code, a place, what was found,
what was expected and a fix. The long explanation of each code is data (``messages/*.yaml``), printed by
``dualtrack explain CODE``. All problems of a file are collected and raised together.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = [
    "CheckError",
    "CompareError",
    "DualtrackError",
    "LedgerError",
    "OutputError",
    "PanelError",
    "Place",
    "PlanningError",
    "Problem",
    "RecordError",
    "ReportError",
    "RubricError",
    "ScoringError",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is.

    ``file`` is relative to the study or rubric folder. ``row`` counts records from 1, ``line`` counts physical
    lines from 1 (a quoted CSV cell may hold line breaks, so they differ), ``cell`` is a spreadsheet address and
    ``column`` a column name or a dotted path inside a YAML file.
    """

    file: str = ""
    row: int | None = None
    line: int | None = None
    column: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        """Say the place in one phrase.

        >>> str(Place("ratings.csv", row=2, line=3, column="level"))
        'ratings.csv, row 2, line 3, column level'
        """
        parts = [self.file] if self.file else []
        named = (("row", self.row), ("line", self.line), ("cell", self.cell), ("column", self.column))
        parts += [f"{name} {value}" for name, value in named if value is not None]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: stable code, what, where, found, expected, fix.

    >>> print(
    ...     Problem(
    ...         "REC028",
    ...         "level is not on the scale",
    ...         Place("ratings.csv", row=2, column="level"),
    ...         found="'6'",
    ...         expected="one of 1, 2, 3, 4, 5",
    ...         fix="correct the level or the scale",
    ...     )
    ... )
    REC028 level is not on the scale; ratings.csv, row 2, column level; found '6'; expected one of 1, 2, 3, 4, 5;
    fix: correct the level or the scale
    """

    code: str
    what: str
    place: Place = field(default_factory=Place)
    found: str = ""
    expected: str = ""
    fix: str = ""

    def __str__(self) -> str:
        where = str(self.place)
        parts = [f"{self.code} {self.what}"]
        parts += [where] if where else []
        labelled = (("found ", self.found), ("expected ", self.expected), ("fix: ", self.fix))
        parts += [label + text for label, text in labelled if text]
        return "; ".join(parts)


class DualtrackError(Exception):
    """An expected failure that carries all the problems found so far.

    Args:
        problems: one problem or several; kept in the order in which they were found.
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def code(self) -> str:
        """Code of the first problem, ``""`` when there is none."""
        return self.problems[0].code if self.problems else ""


class RubricError(DualtrackError):
    """The rubric cannot be read or contradicts itself (codes RUB...)."""


class RecordError(DualtrackError):
    """The study folder or one of its tables cannot be read as declared (codes REC...)."""


class CheckError(DualtrackError):
    """A check kind is unknown, declared twice or wrongly set up (codes CHK...)."""


class ScoringError(DualtrackError):
    """Rubric and study are readable but cannot be scored together (codes SCO...)."""


class PanelError(DualtrackError):
    """A panel of raters cannot be planned, packed or read back (codes PAN...)."""


class PlanningError(DualtrackError):
    """The power of a design cannot be computed from what is assumed (codes PWR...)."""


class LedgerError(DualtrackError):
    """A study cannot be sealed, amended, or its record is broken (codes LED...)."""


class CompareError(DualtrackError):
    """Two runs cannot be compared (codes CMP...)."""


class ReportError(DualtrackError):
    """A results folder cannot be turned into pages (codes REP...)."""


class OutputError(DualtrackError):
    """Results or pages cannot be written (codes OUT...)."""
