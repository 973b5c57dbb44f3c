"""The safety headline: confirmed and waiting answers by worst harm, open hazards by level, and what changed.

May import terms, the dossier, ``render``, the rubric's forms and report. Counts are numbers of answers on the list of
failures and of hazards in the dossier; nothing is judged here.
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from dualtrack.records.dossier import Dossier, Hazard
from dualtrack.render import Cell, Column, Group, Row, Section, Table, numbers
from dualtrack.report.clinical.cases import RESPONSE, Cases
from dualtrack.report.clinical.governance import matrices_in_force
from dualtrack.report.clinical.looks import filter_link
from dualtrack.report.clinical.order import HARMS, gravest_first
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document, System
from dualtrack.report.stated import statement_text
from dualtrack.report.words import Words
from dualtrack.rubric.risk import RiskMatrix
from dualtrack.terms import Track

__all__ = ["headline_section"]

CRITICAL = ("confirmed", "open")


def headline_section(document: Document, cases: Cases, dossier: Dossier | None, words: Words) -> Section:
    """What a safety officer must know first.

    Args:
        document: the results.
        cases: the long tables.
        dossier: what people state; None where nobody did.
        words: the sentences.
    """
    hazards = tuple(each for each in dossier.hazards if each.status != "closed") if dossier is not None else ()
    tables = [_answers(document, cases, words)]
    if hazards:
        tables.append(_hazards(hazards, matrices_in_force(document, dossier), words))
    notes = (*([] if hazards else [_no_hazards(dossier, words)]), *_changes(document, dossier, words))
    view = SaidView(lead=words.say("clinical.now.lead"), tables=tuple(tables), notes=tuple(notes))
    return Section("headline", words.say("clinical.sections.headline"), SAID, view)


def _answers(document: Document, cases: Cases, words: Words) -> Table:
    """Answers with a veto event, each counted once per state, by the worst harm that was rated for it."""
    failures = cases.failures
    safety = failures[failures["track"] == Track.safety]
    others = sorted({str(each) for each in safety["harm"].dropna()} - set(HARMS), reverse=True)
    steps = (*HARMS, *others)
    planned = {row.system_id: row.n for row in document.accountability if (row.stage, row.reason) == ("planned", "")}
    groups = []
    for state in CRITICAL:
        answers = gravest_first(safety[safety["state"] == state]).drop_duplicates(RESPONSE)
        rows = tuple(
            _system(words, answers[answers["system_id"] == each.id], steps, system=each, state=state, of=planned)
            for each in document.study.systems
        )
        groups.append(Group(words.say(f"clinical.now.{state}"), rows))
    return Table(
        anchor="critical-answers",
        caption=words.say("clinical.now.answers"),
        columns=(
            Column(words.say("clinical.columns.system"), head=True),
            Column(words.say("clinical.now.all"), "number"),
            *(Column(words.word("clinical.harm_short", step, harm=step), "number") for step in steps),
            Column(words.say("clinical.not_rated"), "number"),
        ),
        groups=tuple(groups),
        notes=(words.say("clinical.now.answers_note"),),
    )


def _system(
    words: Words, mine: pd.DataFrame, steps: tuple[str, ...], *, system: System, state: str, of: Mapping[str, int]
) -> Row:
    counts = [*(int((mine["harm"] == step).sum()) for step in steps), int(mine["harm"].isna().sum())]
    target = filter_link(system=system.id, state=state, track=Track.safety.value) if len(mine) else ""
    whole = numbers.count(len(mine))
    if system.id in of:
        whole = words.say("clinical.now.of", k=whole, n=numbers.count(of[system.id]))
    return Row((Cell(system.name, target=target), Cell(whole), *(Cell(numbers.count(n), muted=not n) for n in counts)))


def _no_hazards(dossier: Dossier | None, words: Words) -> str:
    logged = dossier is not None and dossier.hazards
    return words.say("clinical.now.all_closed" if logged else "clinical.now.no_hazards")


def _hazards(hazards: tuple[Hazard, ...], matrices: tuple[RiskMatrix, ...], words: Words) -> Table:
    """Open hazards by level, at first and with controls; a level only where one matrix is in force."""
    matrix = matrices[0] if len(matrices) == 1 else None
    sides = [
        [_level(matrix, each.severity, each.likelihood, words) for each in hazards],
        [_level(matrix, each.residual_severity, each.residual_likelihood, words) for each in hazards],
    ]
    rows = tuple(
        Row((Cell(level), *(Cell(numbers.count(side.count(level))) for side in sides)))
        for level in sorted({level for side in sides for level in side})
    )
    return Table(
        anchor="open-hazards",
        caption=words.say("clinical.now.hazards", n=numbers.count(len(hazards))),
        columns=(
            Column(words.say("clinical.columns.level"), head=True, wide=True),
            Column(words.say("clinical.now.initial"), "number"),
            Column(words.say("clinical.now.residual"), "number"),
        ),
        rows=rows,
        notes=(words.say("clinical.now.hazards_note" if matrix is not None else "clinical.now.no_matrix"),),
    )


def _level(matrix: RiskMatrix | None, severity: str | None, likelihood: str | None, words: Words) -> str:
    """The level that the matrix has for it, or what people stated where the matrix has none."""
    if severity is None and likelihood is None:
        return words.say("clinical.not_supplied")
    if matrix is not None and likelihood in matrix.cells:
        known = [each.id for each in matrix.severities]
        if severity in known:
            level = matrix.cells[likelihood][known.index(severity)]
            title = next(each.title for each in matrix.levels if each.level == level)
            return words.say("clinical.now.level", level=numbers.count(level), title=title)
    absent = words.say("clinical.not_supplied")
    return words.say("clinical.now.stated", severity=severity or absent, likelihood=likelihood or absent)


def _changes(document: Document, dossier: Dossier | None, words: Words) -> Iterator[str]:
    """What is known of an earlier report: what people state, what document control names, and earlier looks."""
    said = dossier.statements.changed_since if dossier is not None else None
    yield words.say("clinical.now.changed", text=statement_text(words, said))
    control = dossier.control if dossier is not None else None
    if control is not None and control.supersedes is not None:
        yield words.say("clinical.now.supersedes", text=control.supersedes)
    record = document.run.record
    if record is None or record.look is None:
        yield words.say("clinical.now.no_record")
    elif record.look == 1:
        yield words.say("clinical.now.first_look")
    else:
        look, changed = numbers.count(record.look), numbers.count(len(record.changes))
        yield words.say("clinical.now.looked_before", n=look, changes=changed)
    yield words.say("clinical.now.compare")
