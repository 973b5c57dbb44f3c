"""Agreement on the questions that ask for harm. May import terms, ``render`` and report."""

from dataclasses import replace

from dualtrack.render import Section
from dualtrack.report.agreement import agreement_section
from dualtrack.report.clinical.order import HARMS
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document
from dualtrack.report.sheet import sheet_of
from dualtrack.report.words import Words
from dualtrack.terms import Track

__all__ = ["reliability_section"]


def reliability_section(document: Document, words: Words) -> Section:
    """The agreement rows of the harm questions, or a sentence that there are none.

    Args:
        document: the results.
        words: the sentences.
    """
    ladders = document.risk.ladders if document.risk is not None else ()
    steps = {*HARMS, *(step.id for ladder in ladders for step in ladder.levels)}
    scales = {scale.id for scale in document.scales.values() if any(level.id in steps for level in scale.levels)}
    rows = tuple(row for row in document.agreement if row.scale_id in scales)
    sheet = replace(sheet_of(document, Track.safety), agreement=rows, scales=document.scales)
    drawn = agreement_section(sheet, words) if rows else None
    title = words.say("clinical.sections.reliability")
    if drawn is None:
        return Section("reliability", title, SAID, SaidView(quiet=words.say("clinical.reliability.none")))
    tables = getattr(drawn.view, "tables", ())
    return Section("reliability", title, SAID, SaidView(lead=words.say("clinical.reliability.lead"), tables=tables))
