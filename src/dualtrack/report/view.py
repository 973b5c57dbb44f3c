"""The view that most sections share: a sentence and tables. May import ``render``."""

from dataclasses import dataclass

from dualtrack.render import Table

__all__ = ["TABLES", "TablesView"]

TABLES = "report/sections/tables.html.j2"
"""The template that draws it."""


@dataclass(frozen=True, slots=True)
class TablesView:
    """A sentence, "" for none, and the tables that follow it."""

    lead: str
    tables: tuple[Table, ...]
