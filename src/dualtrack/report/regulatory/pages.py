"""Which sections the regulatory report has, and in which order. May import report."""

from collections.abc import Callable, Iterator

from dualtrack.records.dossier import Dossier
from dualtrack.render import Page, Section
from dualtrack.report.absent import missing_section, refusals_section
from dualtrack.report.agreement import agreement_section
from dualtrack.report.beside import levels_section
from dualtrack.report.beside_track import under_track
from dualtrack.report.closing import glossary_section, limits_section
from dualtrack.report.definitions import definitions_section
from dualtrack.report.differences import comparisons_section
from dualtrack.report.disputes import disputes_section
from dualtrack.report.document import Document
from dualtrack.report.groups import risk_section, sources_of_tasks_section, strata_section
from dualtrack.report.overview import accountability_section, inputs_section, run_section
from dualtrack.report.proofs import proofs_section
from dualtrack.report.raters import raters_section
from dualtrack.report.record import record_section
from dualtrack.report.regulatory.evidence import evidence_section, metric_map_section
from dualtrack.report.regulatory.front import control_section, front_sections
from dualtrack.report.regulatory.results import errors_section, results_section, stated_section
from dualtrack.report.regulatory.trace import closing_sections, trace_section
from dualtrack.report.repeats import repeats_section
from dualtrack.report.sheet import Sheet
from dualtrack.report.words import Words, load_words

__all__ = ["REGULATORY", "regulatory_page"]

REGULATORY = "regulatory.html"


def regulatory_page(
    document: Document, sheets: tuple[Sheet, ...], dossier: Dossier | None, make: Callable[..., Page]
) -> Page:
    """The regulatory report.

    Args:
        document: the results.
        sheets: both tracks.
        dossier: what people state.
        make: gives a page what all pages of the study share, as for the procurement report.
    """
    words = load_words("en", "regulatory")
    before = tuple(_sections(document, sheets, dossier, words))
    closing = (
        *closing_sections(document, dossier, words),
        run_section(document, words),
        inputs_section(document, words),
        glossary_section(words, document.run.confidence),
    )
    places = {section.anchor: section.title for section in (*before, *closing)}
    return make(
        file=REGULATORY,
        name=words.say("regulatory.page"),
        kicker=words.say("regulatory.kicker", study=document.study.id),
        claim=words.say("regulatory.claim"),
        about=(words.say("about.scope"), words.say("regulatory.about")),
        sections=(
            *before,
            evidence_section(document, dossier, places, words),
            metric_map_section(document, words),
            *closing,
        ),
    )


def _sections(
    document: Document, sheets: tuple[Sheet, ...], dossier: Dossier | None, words: Words
) -> Iterator[Section]:
    yield control_section(dossier, words)
    yield from front_sections(document, sheets, dossier, words)
    record = record_section(document.run.record, words)
    if record is not None:
        yield record
    yield accountability_section(document, words)
    for sheet in sheets:
        methods = (definitions_section(sheet, words), proofs_section(sheet, words))
        people = (agreement_section(sheet, words), raters_section(sheet, words))
        yield from under_track((*methods, *people), sheet, words)
    yield results_section(sheets, words)
    for sheet in sheets:
        found = (comparisons_section, levels_section, strata_section, risk_section, sources_of_tasks_section)
        steady = (repeats_section, refusals_section, missing_section, limits_section)
        yield from under_track((each(sheet, words) for each in (*found, *steady)), sheet, words)
    yield stated_section(dossier, "reproducibility", words)
    yield errors_section(sheets, words)
    yield stated_section(dossier, "error_patterns", words)
    yield disputes_section(document, words)
    yield trace_section(document, dossier, words)
