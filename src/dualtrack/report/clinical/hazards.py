"""Hazards and what controls them, in the words of the people who state them; nothing is proposed or filled in.

May import terms, ``render``, the form of the dossier and report.
"""

from collections.abc import Iterator

from dualtrack.records.dossier import Dossier, Hazard, Measure
from dualtrack.render import Cell, Column, Row, Section, Table, listed, numbers
from dualtrack.report.clinical.governance import arising_lines, kept_lines, level_lines, matrices_in_force, past_lines
from dualtrack.report.clinical.looks import filter_link, metric_text, mode_name
from dualtrack.report.clinical.modes import Mode, modes_of
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document
from dualtrack.report.words import Words
from dualtrack.rubric.risk import RiskMatrix
from dualtrack.terms import Track

__all__ = ["hazards_section"]

_CHAIN = ("cause", "effect", "situation", "harm")
Matrices = tuple[RiskMatrix, ...]


def hazards_section(document: Document, dossier: Dossier | None, words: Words) -> Section:
    """The hazard log, and the ways to fail that no hazard names.

    Args:
        document: the results.
        dossier: what people state; None where nobody did.
        words: the sentences.
    """
    hazards = dossier.hazards if dossier is not None else ()
    named = {mode for hazard in hazards for mode in hazard.failure_modes}
    loose = [mode for mode in modes_of(document, Track.safety) if mode.occurs and mode.id and mode.id not in named]
    tables = [_table(document, hazards, words, matrices_in_force(document, dossier))] if hazards else []
    if loose:
        tables.append(_loose(document, loose, words))
    view = SaidView(
        quiet="" if hazards else words.say("clinical.hazards.none"),
        lead=words.say("clinical.hazards.lead"),
        tables=tuple(tables),
    )
    return Section("hazards", words.say("clinical.sections.hazards"), SAID, view)


def _table(document: Document, hazards: tuple[Hazard, ...], words: Words, matrices: Matrices) -> Table:
    columns = ("hazard", "chain", "judged", "controls", "remains", "status")
    return Table(
        anchor="hazard-log",
        caption=words.say("clinical.hazards.caption"),
        columns=tuple(
            Column(words.say(f"clinical.columns.{each}"), head=each == "hazard", wide=True) for each in columns
        ),
        rows=tuple(Row(tuple(_cells(document, hazard, words, matrices))) for hazard in hazards),
    )


def _cells(document: Document, hazard: Hazard, words: Words, matrices: Matrices) -> Iterator[Cell]:
    names = {system.id: system.name for system in document.study.systems}
    absent = words.say("clinical.not_supplied")

    def say(name: str, **facts: str) -> str:
        return words.say(f"clinical.hazards.{name}", **facts)

    systems = listed(tuple(names.get(each, each) for each in hazard.systems))
    titles = document.mode_titles
    modes = listed(tuple(titles.get(each, each) for each in hazard.failure_modes)) or absent
    yield Cell(
        say("of", title=hazard.title, id=hazard.id),
        lines=(say("systems", systems=systems), say("modes", modes=modes)),
    )
    chain = [say(each, text=getattr(hazard, each)) for each in _CHAIN]
    yield Cell(lines=(*chain, *arising_lines(hazard, words)))
    judged = {"severity": hazard.severity, "likelihood": hazard.likelihood, "basis": hazard.likelihood_basis}
    level = level_lines(matrices, hazard.severity, hazard.likelihood, words)
    yield Cell(lines=(*(say(name, text=text or absent) for name, text in judged.items()), *level))
    controls = tuple(line for each in hazard.controls for line in _control(each, words))
    alone = (say("information_alone"),) if hazard.controlled_by_information_alone else ()
    yield Cell(lines=(*controls, *alone) or (say("no_control"),))
    left = (hazard.residual_severity or absent, hazard.residual_likelihood or absent)
    remains = (say("remains", severity=left[0], likelihood=left[1]), say("reason", text=hazard.reason or absent))
    yield Cell(lines=(*remains, *level_lines(matrices, hazard.residual_severity, hazard.residual_likelihood, words)))
    moved = (say("transferred", who=hazard.transferred_to),) if hazard.transferred_to else ()
    by = say("by", by=hazard.by, date=numbers.day(hazard.date))
    yield Cell(
        say(f"statuses.{hazard.status}"),
        lines=(*moved, by, *kept_lines(document, hazard, words), *past_lines(hazard, words)),
    )


def _control(control: Measure, words: Words) -> Iterator[str]:
    state = words.say(f"clinical.hazards.statuses.{control.state}")
    yield words.say("clinical.hazards.control", text=control.text, type=control.type, owner=control.owner, state=state)
    absent = words.say("clinical.not_supplied")
    evidence = control.evidence or absent
    verified = words.say("clinical.hazards.verified" if control.verified else "clinical.hazards.not_verified")
    yield f"{words.say('clinical.hazards.evidence', text=evidence)}; {verified}"
    due = absent if control.due is None else numbers.day(control.due)
    yield words.say("clinical.hazards.requirement", text=control.requirement or absent, due=due)


def _loose(document: Document, modes: list[Mode], words: Words) -> Table:
    return Table(
        anchor="modes-without-hazard",
        caption=words.say("clinical.hazards.unlinked"),
        columns=(
            Column(words.say("clinical.columns.mode"), head=True, wide=True),
            Column(words.say("clinical.columns.metric"), wide=True),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        mode_name(document, words, mode.metric, mode.id),
                        target=filter_link(metric=mode.metric, mode=mode.id),
                    ),
                    Cell(metric_text(document, mode.metric)),
                )
            )
            for mode in modes
        ),
        notes=(words.say("clinical.hazards.unlinked_note"),),
    )
