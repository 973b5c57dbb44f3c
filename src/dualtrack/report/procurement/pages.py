"""Which sections the procurement report has, in which order, and one feedback sheet for each candidate.

May import report. Pure functions of the document and of what people state.
"""

from collections.abc import Callable

from dualtrack.records.dossier import Dossier
from dualtrack.render import Link, Page, Section
from dualtrack.report.clinical.cases import Cases
from dualtrack.report.closing import glossary_section
from dualtrack.report.disputes import disputes_section
from dualtrack.report.document import Document
from dualtrack.report.procurement.criteria import criteria_section
from dualtrack.report.procurement.decision import decision_claim, decision_section, knock_outs_section
from dualtrack.report.procurement.evidence import (
    fit_section,
    panel_section,
    provenance_section,
    status_section,
)
from dualtrack.report.procurement.feedback import feedback_sections
from dualtrack.report.procurement.harm import hazards_section, limits_section
from dualtrack.report.procurement.order import order_sections, picture_section
from dualtrack.report.procurement.plain import plain_section
from dualtrack.report.procurement.standing import CANDIDATE, standing_section
from dualtrack.report.procurement.transparency import transparency_section
from dualtrack.report.record import record_section
from dualtrack.report.sheet import Sheet
from dualtrack.report.words import Words, load_words

__all__ = ["PROCUREMENT", "feedback_file", "feedback_links", "procurement_pages"]

PROCUREMENT = "procurement.html"

MakePage = Callable[..., Page]


def feedback_file(system_id: str) -> str:
    """Name of the file of one vendor's sheet."""
    return f"feedback-{system_id.replace(':', '_')}.html"


def feedback_links(document: Document) -> tuple[Link, ...]:
    """Links to the sheets of the candidates.

    Args:
        document: the results.
    """
    words = load_words("en", "procurement")
    return tuple(
        Link(words.say("procurement.feedback", system=system.name), feedback_file(system.id))
        for system in document.study.systems
        if system.role == CANDIDATE
    )


def procurement_pages(
    document: Document,
    sheets: tuple[Sheet, ...],
    dossier: Dossier | None,
    make: MakePage,
    *,
    cases: Cases | None = None,
) -> tuple[Page, ...]:
    """The procurement report, then a feedback sheet for each candidate.

    Args:
        document: the results.
        sheets: both tracks.
        dossier: what people state.
        make: gives a page what all pages of the study share; called with ``file``, ``name``, ``kicker``, ``claim``,
            ``about``, ``sections`` and, for a sheet that is handed over, ``alone``, the id of its system.
        cases: the long tables, for the cases behind a gate; None where there are none.
    """
    words = load_words("en", "procurement")
    report = make(
        file=PROCUREMENT,
        name=words.say("procurement.page"),
        kicker=words.say("procurement.kicker", study=document.study.id),
        claim=decision_claim(document, words),
        about=(words.say("about.scope"), words.say("procurement.about")),
        sections=_sections(document, sheets, dossier, words, cases=cases),
    )
    candidates = [system for system in document.study.systems if system.role == CANDIDATE]
    return (
        report,
        *(
            make(
                file=feedback_file(system.id),
                name=words.say("procurement.feedback", system=system.name),
                kicker=words.say("procurement.feedback_kicker", study=document.study.id),
                claim=words.say("procurement.feedback_claim", system=system.name),
                about=(words.say("about.scope"), words.say("procurement.feedback_about")),
                sections=tuple(feedback_sections(system, sheets, dossier, words)),
                alone=system.id,
            )
            for system in candidates
        ),
    )


def _sections(
    document: Document, sheets: tuple[Sheet, ...], dossier: Dossier | None, words: Words, *, cases: Cases | None
) -> tuple[Section, ...]:
    record = record_section(document.run.record, words)
    return (
        decision_section(document, sheets, dossier, words),
        knock_outs_section(document, sheets, words, cases),
        plain_section(document, sheets, words),
        *order_sections(sheets, words),
        standing_section(document, words),
        picture_section(document, sheets, words),
        criteria_section(document, sheets, dossier, words),
        *([record] if record is not None else []),
        provenance_section(document, dossier, words),
        fit_section(document, dossier, words),
        hazards_section(document, dossier, words),
        transparency_section(document, dossier, words),
        status_section(document, dossier, words),
        disputes_section(document, words),
        panel_section(dossier, words),
        limits_section(words),
        glossary_section(words, document.run.confidence),
    )
