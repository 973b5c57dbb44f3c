"""Which systems in which clinical scope, and what this report does not hold. May import ``render`` and report."""

from dualtrack.records.dossier import Dossier
from dualtrack.render import Cell, Column, Row, Section, Table, numbers
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document
from dualtrack.report.words import Words

__all__ = ["absent_section", "scope_section"]

_STATED = ("misuse", "workflow", "automation", "population", "transfer", "monitoring")


def scope_section(document: Document, dossier: Dossier | None, words: Words) -> Section:
    """The systems as tested, and what people state about their use.

    Args:
        document: the results.
        dossier: what people state; None where nobody did.
        words: the sentences.
    """
    absent = words.say("clinical.not_supplied")
    systems = Table(
        anchor="systems-tested",
        caption=words.say("clinical.scope.caption"),
        columns=(
            Column(words.say("clinical.columns.system"), head=True),
            *(Column(words.say(f"clinical.columns.{each}")) for each in ("vendor", "version", "accessed")),
        ),
        rows=tuple(
            Row(
                (
                    Cell(each.name),
                    *(Cell(text or absent) for text in (each.vendor, each.version, numbers.day(each.accessed or ""))),
                )
            )
            for each in document.study.systems
        ),
    )
    view = SaidView(tables=(systems, _stated(dossier, words)), notes=(words.say("clinical.scope.changes"),))
    return Section("scope", words.say("clinical.sections.scope"), SAID, view)


def _stated(dossier: Dossier | None, words: Words) -> Table:
    absent = Cell(words.say("clinical.not_supplied"), muted=True)
    rows = []
    for name in _STATED:
        said = getattr(dossier.statements, name) if dossier is not None else None
        title = Cell(words.say(f"clinical.scope.terms.{name}"))
        if said is None:
            rows.append(Row((title, absent, absent)))
        else:
            by = words.say("clinical.hazards.by", by=said.by, date=numbers.day(said.date))
            rows.append(Row((title, Cell(said.text), Cell(by, lines=(said.source,)))))
    return Table(
        anchor="stated",
        caption=words.say("clinical.scope.stated"),
        columns=(
            Column(words.say("clinical.columns.about"), head=True),
            Column(words.say("clinical.columns.statement"), wide=True),
            Column(words.say("clinical.columns.said"), wide=True),
        ),
        rows=tuple(rows),
    )


def absent_section(words: Words) -> Section:
    """What a safety case needs and this report does not hold.

    Args:
        words: the sentences.
    """
    notes = tuple(words.say(f"clinical.absent.{each}") for each in ("turns", "case"))
    view = SaidView(lead=words.say("clinical.absent.lead"), notes=notes)
    return Section("absent", words.say("clinical.sections.absent"), SAID, view)
