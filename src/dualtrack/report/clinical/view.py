"""The view that most clinical sections share. May import ``render`` and the view of one failure."""

from dataclasses import dataclass

from dualtrack.render import Table
from dualtrack.report.clinical.finding import FindingView

__all__ = ["SAID", "SaidView"]

SAID = "report/clinical/said.html.j2"
"""The template that draws it."""


@dataclass(frozen=True, slots=True)
class SaidView:
    """What is not there ("" where all is), a sentence before the rest, failures, tables, and sentences after them."""

    quiet: str = ""
    lead: str = ""
    findings: tuple[FindingView, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
