"""The risk matrix in force, and what a benchmark can say of it: P1 from this test, P2 from people alone.

May import terms, ``render``, the rubric's forms and report. No level is computed: without a person's likelihood there
is none.
"""

from collections.abc import Iterator

from dualtrack.records.dossier import Dossier
from dualtrack.render import Cell, Column, Row, Section, Table, listed, numbers
from dualtrack.report.clinical.governance import in_force_text, matrices_in_force
from dualtrack.report.clinical.looks import filter_link, harm_cell, metric_text, mode_name
from dualtrack.report.clinical.modes import modes_of, rate_text
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document
from dualtrack.report.rows import FailureMode
from dualtrack.report.rubric_docs.risk import matrix_tables
from dualtrack.report.words import Words
from dualtrack.rubric.risk import RiskMatrix
from dualtrack.terms import Track

__all__ = ["risk_section"]

Matrices = tuple[RiskMatrix, ...]


def risk_section(document: Document, dossier: Dossier | None, words: Words) -> Section:
    """The matrices that the rubric states, and the ways to fail with both likelihoods apart.

    Args:
        document: the results.
        dossier: what people state; None where nobody did.
        words: the sentences.
    """
    matrices = matrices_in_force(document, dossier)
    rows = tuple(_rows(document, dossier, words, matrices))
    tables = [_table(document, words, rows, matrices)] if rows else []
    for matrix in matrices:
        tables += matrix_tables(words, matrix)
    notes = tuple(words.say("risk.many", text=matrix.many_patients) for matrix in matrices)
    view = SaidView(
        quiet=in_force_text(matrices, dossier, words),
        lead=words.say("clinical.risk.lead"),
        tables=tuple(tables),
        notes=(*(() if rows else (words.say("clinical.risk.nothing"),)), *notes),
    )
    return Section("risk", words.say("clinical.sections.risk"), SAID, view)


def _table(document: Document, words: Words, rows: tuple[Row, ...], matrices: Matrices) -> Table:
    confidence = numbers.exact_percent(document.run.confidence)
    severity = words.say("clinical.columns.severity")
    return Table(
        anchor="p1-p2",
        caption=words.say("clinical.risk.caption"),
        columns=(
            Column(words.say("clinical.columns.mode"), head=True, wide=True),
            Column(words.say("clinical.columns.system")),
            Column(words.say("clinical.columns.harm")),
            *(Column(f"{severity} ({matrix.id})") for matrix in matrices),
            Column(words.say("clinical.columns.p1", confidence=confidence), "number"),
            Column(words.say("clinical.columns.p2"), wide=True),
        ),
        rows=rows,
        notes=(words.say("clinical.risk.note"),),
    )


def _rows(document: Document, dossier: Dossier | None, words: Words, matrices: Matrices) -> Iterator[Row]:
    names = {system.id: system.name for system in document.study.systems}
    for mode in modes_of(document, Track.safety):
        title = mode_name(document, words, mode.metric, mode.id)
        head = Cell(title, lines=(metric_text(document, mode.metric),))
        for row in mode.rows:
            if not row.n_events or row.worst_harm is None:
                continue
            severities = [listed(matrix.harm_map.get(row.worst_harm, ()), last="or") for matrix in matrices]
            target = filter_link(system=row.system_id, metric=mode.metric, mode=mode.id)
            text, limits = rate_text(words, row)
            yield Row(
                (
                    head,
                    Cell(names[row.system_id], target=target),
                    harm_cell(words, row.worst_harm, row.worst_harm_from),
                    *(Cell(each or words.say("risk.no_severity")) for each in severities),
                    Cell(text, lines=(limits,) if limits else ()),
                    _p2(dossier, words, row),
                )
            )


def _p2(dossier: Dossier | None, words: Words, row: FailureMode) -> Cell:
    """What hazards that name this way to fail say of the likelihood; a person's words, quoted."""
    hazards = dossier.hazards if dossier is not None else ()
    said = [
        words.say("clinical.risk.by_hazard", likelihood=hazard.likelihood, id=hazard.id)
        for hazard in hazards
        if hazard.likelihood is not None
        and row.failure_mode in hazard.failure_modes
        and row.system_id in hazard.systems
    ]
    return Cell(lines=tuple(said)) if said else Cell(words.say("clinical.not_supplied"), muted=True)
