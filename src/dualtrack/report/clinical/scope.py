"""Which systems, for whom and where, how they were set up, what is excluded; and what this report does not hold.

May import the dossier, ``render`` and report. What nobody stated is printed as not supplied.
"""

from collections.abc import Iterator

from dualtrack.records.dossier import Dossier, Statement, SystemFacts
from dualtrack.render import Cell, Column, Row, Section, Table, numbers
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document, System
from dualtrack.report.words import Words

__all__ = ["absent_section", "scope_section"]

_STATED = (
    "intended_use", "population", "workflow", "automation", "cautions", "not_represented", "misuse", "transfer",
    "monitoring",
)  # fmt: skip
_SYSTEM = (
    "base_model", "architecture", "endpoint", "settings", "prompts", "retrieval", "tools", "post_processing",
    "tested_is_offered", "cautions",
)  # fmt: skip


def scope_section(document: Document, dossier: Dossier | None, words: Words) -> Section:
    """The intended use, the systems as tested with their configuration, and what was left out.

    Args:
        document: the results.
        dossier: what people state; None where nobody did.
        words: the sentences.
    """
    out = tuple(
        words.say("clinical.scope.out", metric=each.metric, reason=each.reason, by=each.by)
        for each in document.study.scope_out
    )
    excluded = (words.say("clinical.scope.excluded"), *out) if out else (words.say("clinical.scope.nothing_out"),)
    view = SaidView(
        lead=words.say("clinical.scope.lead"),
        tables=(_use(document, dossier, words), _systems(document, dossier, words)),
        notes=excluded,
    )
    return Section("scope", words.say("clinical.sections.scope"), SAID, view)


def _absent(words: Words) -> Cell:
    return Cell(words.say("clinical.not_supplied"), muted=True)


def _said(words: Words, said: Statement) -> tuple[str, str]:
    return words.say("clinical.hazards.by", by=said.by, date=numbers.day(said.date)), said.source


def _use(document: Document, dossier: Dossier | None, words: Words) -> Table:
    """What the study states of its use first, then what only people can state."""
    study = document.study
    own = {
        "use": study.use,
        "users": study.users,
        "setting": study.setting,
        "languages": ", ".join(study.languages),
    }
    of_study = Cell(words.say("clinical.scope.of_study"))
    rows = [Row((Cell(words.say(f"facts.{name}")), Cell(text), of_study)) for name, text in own.items()]
    for name in _STATED:
        said = getattr(dossier.statements, name) if dossier is not None else None
        title = Cell(words.say(f"clinical.scope.terms.{name}"))
        if said is None:
            rows.append(Row((title, _absent(words), _absent(words))))
        else:
            by, source = _said(words, said)
            rows.append(Row((title, Cell(said.text), Cell(by, lines=(source,)))))
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


def _systems(document: Document, dossier: Dossier | None, words: Words) -> Table:
    """One column for each system: identity from the study, configuration as people state it."""
    systems = document.study.systems
    return Table(
        anchor="systems-tested",
        caption=words.say("clinical.scope.caption"),
        columns=(
            Column(words.say("clinical.columns.about"), head=True),
            *(Column(system.name, wide=True) for system in systems),
        ),
        rows=(*_identity(systems, words), *_configuration(systems, dossier, words)),
    )


def _identity(systems: tuple[System, ...], words: Words) -> Iterator[Row]:
    known: dict[str, list[str | None]] = {
        "vendor": [system.vendor for system in systems],
        "version": [system.version for system in systems],
        "accessed": [numbers.day(system.accessed or "") for system in systems],
    }
    for name, texts in known.items():
        cells = (Cell(text) if text else _absent(words) for text in texts)
        yield Row((Cell(words.say(f"clinical.columns.{name}")), *cells))


def _configuration(systems: tuple[System, ...], dossier: Dossier | None, words: Words) -> Iterator[Row]:
    stated = dossier.systems if dossier is not None else {}
    for topic in _SYSTEM:
        cells = (_configured(stated.get(system.id), topic, words) for system in systems)
        yield Row((Cell(words.say(f"clinical.scope.system_terms.{topic}")), *cells))


def _configured(facts: SystemFacts | None, topic: str, words: Words) -> Cell:
    said: Statement | None = getattr(facts, topic, None)
    return _absent(words) if said is None else Cell(said.text, lines=_said(words, said))


def absent_section(words: Words) -> Section:
    """What a safety case needs and this report does not hold.

    Args:
        words: the sentences.
    """
    notes = tuple(words.say(f"clinical.absent.{each}") for each in ("turns", "case"))
    view = SaidView(lead=words.say("clinical.absent.lead"), notes=notes)
    return Section("absent", words.say("clinical.sections.absent"), SAID, view)
