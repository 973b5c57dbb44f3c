"""What each vendor discloses, attribute by attribute of a list that ships; a list to check off, and no score.

May import the dossier, ``render`` and report.
"""

from collections.abc import Mapping

from dualtrack.records.dossier import Attribute, Dossier
from dualtrack.records.source_attributes import AttributeList, source_attributes
from dualtrack.render import Cell, Column, Group, Row, Section, Table, numbers
from dualtrack.report.document import Document, System
from dualtrack.report.procurement.standing import CANDIDATE
from dualtrack.report.stated import missing
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words

__all__ = ["transparency_section"]

STATES = ("present", "partial", "absent", "refused")
Stated = Mapping[str, Mapping[str, Attribute]]
"""Per system what is stated, by attribute."""


def transparency_section(document: Document, dossier: Dossier | None, words: Words) -> Section:
    """Every attribute of the list against every candidate, with counts and their denominators.

    Args:
        document: the results.
        dossier: what people state.
        words: the sentences.
    """
    known = source_attributes()
    systems = tuple(system for system in document.study.systems if system.role == CANDIDATE)
    stated = {
        name: {each.attribute: each for each in facts.transparency}
        for name, facts in (dossier.systems.items() if dossier is not None else ())
    }
    lead = words.say("evidence.transparency_lead", edition=known.edition, status=known.status)
    tables = (_counts(known, systems, stated, words), _grid(known, systems, stated, words))
    return Section("transparency", words.say("sections.transparency"), TABLES, TablesView(lead, tables))


def _counts(known: AttributeList, systems: tuple[System, ...], stated: Stated, words: Words) -> Table:
    columns = (
        Column(words.say("columns.system"), head=True),
        *(Column(words.say(f"columns.{state}"), "number") for state in (*STATES, "not_supplied")),
    )
    rows = []
    for system in systems:
        said: list[str] = [each.state for each in stated.get(system.id, {}).values()]
        counts = (*(said.count(state) for state in STATES), len(known.ids) - len(said))
        rows.append(Row((Cell(system.name), *(_of(words, n, known) for n in counts))))
    caption = words.say("captions.disclosed", n=numbers.count(len(known.ids)))
    return Table("disclosed-table", caption, columns, tuple(rows), notes=(words.say("evidence.no_score"),))


def _of(words: Words, n: int, known: AttributeList) -> Cell:
    return Cell(words.say("evidence.of", n=numbers.count(n), total=numbers.count(len(known.ids))))


def _grid(known: AttributeList, systems: tuple[System, ...], stated: Stated, words: Words) -> Table:
    columns = (
        Column(words.say("columns.attribute"), head=True, wide=True),
        *(Column(system.name, wide=True) for system in systems),
    )
    groups = tuple(
        Group(
            words.say("evidence.group", title=group.title, n=numbers.count(len(group.attributes))),
            tuple(
                Row(
                    (
                        Cell(title, lines=(name,)),
                        *(_disclosed(words, stated.get(system.id, {}).get(name)) for system in systems),
                    )
                )
                for name, title in group.attributes.items()
            ),
        )
        for group in known.groups
    )
    notes = (words.say("evidence.transparency_note", verified=words.say(f"evidence.read.{known.verified}")),)
    return Table("transparency-table", words.say("captions.transparency"), columns, groups=groups, notes=notes)


def _disclosed(words: Words, row: Attribute | None) -> Cell:
    if row is None:
        return missing(words)
    said = words.say("evidence.said", by=words.say(f"evidence.said_by.{row.said_by}"), date=numbers.day(row.date))
    return Cell(words.say(f"evidence.disclosed.{row.state}"), lines=(said, *((row.link,) if row.link else ())))
