"""The sheet that goes back to one vendor: its own marks with reasons, and those of the system that was chosen.

May import the dossier, ``render`` and report. One file for each candidate, so that it can be handed over alone: it
names no other candidate but the chosen one, and quotes nobody's answers.
"""

from collections.abc import Iterator

from dualtrack.records.dossier import Dossier, Mark
from dualtrack.render import Cell, Column, Row, Section, Table, numbers
from dualtrack.report.document import Metric, System
from dualtrack.report.figures import estimate_text
from dualtrack.report.gates import failing_text, gate_why, rule_text
from dualtrack.report.marks import state_mark
from dualtrack.report.sheet import Sheet
from dualtrack.report.stated import columns_of, table
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words

__all__ = ["feedback_sections"]


def feedback_sections(
    system: System, sheets: tuple[Sheet, ...], dossier: Dossier | None, words: Words
) -> Iterator[Section]:
    """The two parts of the sheet.

    Args:
        system: whose sheet it is.
        sheets: both tracks.
        dossier: what people state; its marks carry their reasons.
        words: the sentences.

    Yields:
        The gates, the criteria and the marks of this system; then the marks of the one chosen, if one was.
    """
    gates = tuple(_gates(sheet, system, words) for sheet in sheets if sheet.gates)
    yield Section(
        "own-gates",
        words.say("sections.own_gates"),
        TABLES,
        TablesView(words.say("feedback.gates_lead" if gates else "decision.no_gates"), gates),
    )
    criteria = tuple(_criteria(sheet, system, words) for sheet in sheets if sheet.scoped)
    yield Section("own-criteria", words.say("sections.own_criteria"), TABLES, TablesView("", criteria))
    yield _marks("own-marks", [each for each in _all(dossier) if each.system == system.id], words, lead="own_lead")
    chosen = {each.system for each in (dossier.proposals if dossier else ()) if each.recommendation == "select"}
    others = [each for each in _all(dossier) if each.system in chosen - {system.id}]
    lead = "chosen_lead" if chosen - {system.id} else "nobody_chosen" if not chosen else "you_chosen"
    yield _marks("chosen-marks", others, words, lead=lead)


def _all(dossier: Dossier | None) -> tuple[Mark, ...]:
    return dossier.marks if dossier is not None else ()


def _marks(anchor: str, marks: list[Mark], words: Words, *, lead: str) -> Section:
    name = anchor.replace("-", "_")
    rows = [
        (Cell(each.criterion), Cell(each.mark), Cell(each.reason), Cell(each.by, lines=(numbers.day(each.date),)))
        for each in marks
    ]
    board = table(words, name, columns_of(words, "criterion*", "mark", "reason*", "who"), rows)
    tables = () if lead in {"nobody_chosen", "you_chosen"} else (board,)
    return Section(anchor, words.say(f"sections.{name}"), TABLES, TablesView(words.say(f"feedback.{lead}"), tables))


def _gates(sheet: Sheet, system: System, words: Words) -> Table:
    rows = []
    for metric in sheet.scoped:
        for rule in metric.gates:
            scale = None if metric.scale is None else sheet.scales[metric.scale]
            fails = failing_text(words, rule.fails, scale)
            for row in sheet.gates:
                if (row.system_id, row.gate_id) == (system.id, f"{metric.id}.{rule.id}"):
                    why = gate_why(words, row)
                    level = (words.say("gates.fails", levels=fails),) if fails else ()
                    head = Cell(metric.title, lines=(rule_text(words, rule), *level))
                    rows.append(Row((head, Cell(mark=state_mark(words, row.state)), Cell(lines=why))))
    columns = columns_of(words, "gate*", "state", "why*")
    track = words.say(f"track_titles.{sheet.track}")
    return Table(f"own-gates-{sheet.track}", words.say("captions.own_gates", track=track), columns, tuple(rows))


def _criteria(sheet: Sheet, system: System, words: Words) -> Table:
    columns = (*columns_of(words, "criterion*"), Column(words.say("columns.found"), wide=True))
    rows = tuple(Row((_criterion(metric), _found(sheet, system, metric, words))) for metric in sheet.scoped)
    track = words.say(f"track_titles.{sheet.track}")
    return Table(f"own-criteria-{sheet.track}", words.say("captions.own_criteria", track=track), columns, rows)


def _criterion(metric: Metric) -> Cell:
    return Cell(metric.title, lines=(metric.definition,))


def _found(sheet: Sheet, system: System, metric: Metric, words: Words) -> Cell:
    row = sheet.estimate(metric.id, system, metric.quantity.show)
    return Cell(words.say("metrics.not_computed"), muted=True) if row is None else Cell(estimate_text(words, row))
