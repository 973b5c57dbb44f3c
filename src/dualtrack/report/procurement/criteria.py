"""The criteria as published: what is measured, how much it matters, who set it.

May import the dossier, ``render`` and report.
"""

from dualtrack.records.dossier import Dossier
from dualtrack.render import Cell, Column, Group, Row, Section, Table, numbers
from dualtrack.report.document import Document, Metric
from dualtrack.report.sheet import Sheet
from dualtrack.report.stated import statement_text
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words

__all__ = ["criteria_section"]

COLUMNS = ("code", "criterion", "meaning", "weight", "why_weight", "scale_read")


def criteria_section(document: Document, sheets: tuple[Sheet, ...], dossier: Dossier | None, words: Words) -> Section:
    """Every criterion of both tracks, each track under its own heading.

    Args:
        document: the results.
        sheets: both tracks.
        dossier: what people state of who set the weights; None where nobody did.
        words: the sentences.
    """
    groups = tuple(
        Group(words.say(f"track_titles.{sheet.track}"), tuple(_row(sheet, metric, words) for metric in sheet.scoped))
        for sheet in sheets
        if sheet.scoped
    )
    columns = tuple(
        Column(
            words.say(f"columns.{name}"),
            "number" if name == "weight" else "text",
            head=name == "code",
            wide=name in {"criterion", "meaning", "why_weight", "scale_read"},
        )
        for name in COLUMNS
    )
    rubric = document.rubric
    lead = words.say("criteria.lead", rubric=rubric.title, version=rubric.version, digest=rubric.sha256)
    set_by = statement_text(words, dossier.statements.weights_set if dossier is not None else None)
    lead = f"{lead} {words.say('criteria.set_by', text=set_by)}"
    if document.run.retrospective:
        lead = f"{lead} {words.say('criteria.unsealed')}"
    board = Table("criteria-table", words.say("captions.criteria"), columns, groups=groups)
    return Section("criteria", words.say("sections.criteria"), TABLES, TablesView(lead, (board,)))


def _row(sheet: Sheet, metric: Metric, words: Words) -> Row:
    weight = numbers.level(metric.weight)
    changed: tuple[str, ...] = ()
    if metric.weight != metric.stated_weight:
        changed = (words.say("criteria.changed", rubric=numbers.level(metric.stated_weight)),)
    scale = Cell(words.say("criteria.no_scale"), muted=True)
    if metric.scale is not None:
        levels = [level.id.replace("_", " ") for level in sheet.scales[metric.scale].levels]
        scale = Cell(sheet.scales[metric.scale].title, lines=(words.say("criteria.levels", levels=", ".join(levels)),))
    return Row(
        (
            Cell(metric.code),
            Cell(metric.title),
            Cell(metric.definition, lines=(words.say("criteria.does_not_show", text=metric.does_not_show),)),
            Cell(weight, lines=changed),
            Cell(metric.weight_why),
            scale,
        )
    )
