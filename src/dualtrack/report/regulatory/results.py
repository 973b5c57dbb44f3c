"""The numbered tables of results, by their standing in the analysis, and what failed.

May import terms, the dossier, ``render`` and report. Each row says how many cases and groups of cases it rests on, how
the interval was made and which criterion it was read against.
"""

from collections.abc import Iterator

from dualtrack.records.dossier import Dossier
from dualtrack.render import Cell, Row, Section, Table, numbers
from dualtrack.report.document import Metric
from dualtrack.report.figures import estimate_text, show_words
from dualtrack.report.gates import gate_why, rule_text
from dualtrack.report.marks import state_mark
from dualtrack.report.rows import Estimate
from dualtrack.report.sheet import PRIMARY, Sheet
from dualtrack.report.stated import columns_of, facts_of
from dualtrack.report.view import FACTS, TABLES, FactsView, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import Fill, Role, State

__all__ = ["errors_section", "results_section", "stated_section"]

COLUMNS = ("metric*", "system", "shown", "found", "cases_groups", "method*")


def results_section(sheets: tuple[Sheet, ...], words: Words) -> Section:
    """Primary, secondary and exploratory results of both tracks, each track under its own number.

    Args:
        sheets: both tracks.
        words: the sentences.
    """
    tables = tuple(_numbered(sheets, words))
    lead = words.say("results.lead" if tables else "results.none")
    return Section("results", words.say("sections.results"), TABLES, TablesView(lead, tables))


def errors_section(sheets: tuple[Sheet, ...], words: Words) -> Section:
    """Every gate that is broken or that waits for a ruling, with the events behind it.

    Args:
        sheets: both tracks.
        words: the sentences.
    """
    rows = tuple(row for sheet in sheets for row in _broken(sheet, words))
    columns = columns_of(words, "metric*", "system", "rule*", "state", "events", "why*")
    board = (Table("errors-table", words.say("captions.errors"), columns, rows),) if rows else ()
    lead = words.say("results.errors_lead" if rows else "results.no_errors")
    return Section("errors", words.say("sections.errors"), TABLES, TablesView(lead, board))


def stated_section(dossier: Dossier | None, topic: str, words: Words) -> Section:
    """One thing about the results that only people can state.

    Args:
        dossier: what people state.
        topic: the statement; also the anchor of the section.
        words: the sentences.
    """
    view = FactsView(facts_of(words, dossier, (topic,), group="stated.topics"))
    return Section(topic.replace("_", "-"), words.say(f"sections.{topic}"), FACTS, view)


def _numbered(sheets: tuple[Sheet, ...], words: Words) -> Iterator[Table]:
    number = 0
    for role in Role:
        for sheet in sheets:
            rows = tuple(_rows(sheet, role, words))
            if rows:
                number += 1
                title = words.say(
                    "results.caption",
                    number=numbers.numeral(number),
                    role=words.say(f"results.roles.{role}"),
                    track=words.say(f"tracks.{sheet.track}"),
                )
                notes = (words.say("metrics.bounds_note"), words.say(f"results.notes.{role}"))
                yield Table(f"results-{role}-{sheet.track}", title, columns_of(words, *COLUMNS), rows, notes=notes)


def _rows(sheet: Sheet, role: Role, words: Words) -> Iterator[Row]:
    for metric in sheet.scoped:
        for system in sheet.study.systems:
            row = sheet.estimate(metric.id, system, metric.quantity.show)
            if row is not None and row.role == role:
                yield Row(_cells(sheet, metric, row, words))


def _cells(sheet: Sheet, metric: Metric, row: Estimate, words: Words) -> tuple[Cell, ...]:
    resamples = numbers.count(sheet.run.resamples)
    method = "" if row.method is None else words.word("methods", row.method, method=row.method, resamples=resamples)
    cases = words.say("results.cases", n=numbers.count(row.n_items or 0), groups=numbers.count(row.n_clusters or 0))
    events = () if row.n_events is None else (words.say("results.events", n=numbers.count(row.n_events)),)
    worst = sheet.estimates.get((row.subject_id, row.system_id, row.show, PRIMARY, Fill.worst))
    filled = (
        () if worst is None or worst.value is None else (words.say("results.worst", value=estimate_text(words, worst)),)
    )
    return (
        Cell(metric.title, lines=(metric.code,)),
        Cell(sheet.system_name(row.system_id)),
        Cell(show_words(words, row.show, "short")),
        Cell(estimate_text(words, row), lines=filled),
        Cell(cases, lines=events),
        Cell(method or words.say("results.no_method")),
    )


def _broken(sheet: Sheet, words: Words) -> Iterator[Row]:
    names = {system.id: system.name for system in sheet.study.systems}
    found = {(row.gate_id, row.system_id): row for row in sheet.gates}
    asked = ((metric, rule, name) for metric in sheet.scoped for rule in metric.gates for name in names)
    for metric, rule, system in asked:
        row = found.get((f"{metric.id}.{rule.id}", system))
        if row is not None and (row.state == State.not_met or row.open_flags):
            events = words.say("results.no_count") if row.n_events is None else numbers.count(row.n_events)
            flags = (words.say("gates.flags", flags=numbers.count(row.open_flags)),) if row.open_flags else ()
            yield Row(
                (
                    Cell(metric.title),
                    Cell(names[row.system_id]),
                    Cell(rule_text(words, rule, names)),
                    Cell(mark=state_mark(words, row.state)),
                    Cell(events, lines=flags),
                    Cell(lines=gate_why(words, row)),
                )
            )
