"""The views that many sections share: tables, a list of sentences, a list of facts. May import ``render``."""

from dataclasses import dataclass

from dualtrack.render import Fact, Table

__all__ = ["FACTS", "GROUPED", "LISTED", "TABLES", "FactsView", "GroupedView", "ListView", "Sentences", "TablesView"]

FACTS = "report/sections/facts.html.j2"
GROUPED = "report/sections/grouped.html.j2"
LISTED = "report/sections/listed.html.j2"
TABLES = "report/sections/tables.html.j2"
"""The templates that draw them."""


@dataclass(frozen=True, slots=True)
class TablesView:
    """A sentence, "" for none, and the tables that follow it."""

    lead: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class ListView:
    """A sentence, "" for none, and the sentences of a list."""

    lead: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactsView:
    """A list of facts, and tables under it."""

    facts: tuple[Fact, ...]
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences under a heading of their own."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupedView:
    """A sentence, groups of sentences, and a last sentence; "" for none."""

    lead: str
    groups: tuple[Sentences, ...]
    end: str = ""
