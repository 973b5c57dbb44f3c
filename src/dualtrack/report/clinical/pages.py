"""The two pages of a clinical safety officer: the report, and the browser of every failure.

May import ``render`` and report. What all pages of a study share comes from the caller.
"""

from collections.abc import Callable
from dataclasses import replace

from dualtrack.records.dossier import Dossier
from dualtrack.render import Link, Page, Section
from dualtrack.report.clinical.browser import FAILURES_PAGE, LARGEST, browser
from dualtrack.report.clinical.cases import Cases
from dualtrack.report.clinical.catalogue import catalogue_section
from dualtrack.report.clinical.critical import critical_section, headline
from dualtrack.report.clinical.discordance import discordance_section
from dualtrack.report.clinical.exemplars import exemplars_section
from dualtrack.report.clinical.groups import groups_section
from dualtrack.report.clinical.hazards import hazards_section
from dualtrack.report.clinical.headline import headline_section
from dualtrack.report.clinical.omissions import omissions_section
from dualtrack.report.clinical.reliability import reliability_section
from dualtrack.report.clinical.risk import risk_section
from dualtrack.report.clinical.scope import absent_section, scope_section
from dualtrack.report.clinical.source import script
from dualtrack.report.closing import glossary_section
from dualtrack.report.document import Document
from dualtrack.report.unfixed import version_facts
from dualtrack.report.words import Words, load_words
from dualtrack.terms import Track

__all__ = ["CLINICAL", "FAILURES_PAGE", "clinical_links", "clinical_pages"]

CLINICAL = "clinical-safety.html"
_STYLES = ("failures.css",)


def clinical_links(words: Words) -> tuple[Link, ...]:
    """Links to both pages.

    Args:
        words: the sentences, the clinical ones among them.
    """
    return Link(words.say("clinical.page"), CLINICAL), Link(words.say("clinical.failures_page"), FAILURES_PAGE)


def clinical_pages(
    document: Document,
    cases: Cases,
    make: Callable[..., Page],
    *,
    dossier: Dossier | None = None,
    language: str = "en",
    largest: int = LARGEST,
) -> tuple[Page, ...]:
    """The clinical safety report and the failure browser.

    Args:
        document: the results.
        cases: the long tables.
        make: makes a page of this study, with what all its pages share and a link to the overview.
        dossier: what people state beside the results; None where there is none.
        language: language of the pages' own words.
        largest: bytes of data that the browser may carry.
    """
    words = load_words(language, "rubric", "clinical")
    found = browser(document, cases, words, largest=largest)
    study = document.study.id
    report = make(
        file=CLINICAL,
        name=words.say("clinical.page"),
        kicker=words.say("clinical.kicker", study=study),
        claim=headline(document, words),
        about=(words.say("about.scope"), words.say("clinical.about"), words.say("clinical.apart")),
        sections=_sections(document, cases, dossier, words),
    )
    listed = make(
        file=FAILURES_PAGE,
        name=words.say("clinical.failures_page"),
        kicker=words.say("clinical.failures_kicker", study=study),
        claim=headline(document, words),
        about=(words.say("about.scope"), words.say("clinical.apart")),
        sections=(found.section,),
    )
    links = (*report.links, *clinical_links(words))
    return (
        replace(report, styles=_STYLES, links=links),
        replace(
            listed,
            styles=_STYLES,
            links=links,
            facts=version_facts(document.study, words),
            script=script(),
            data=found.data,
        ),
    )


def _sections(document: Document, cases: Cases, dossier: Dossier | None, words: Words) -> tuple[Section, ...]:
    return (
        headline_section(document, cases, dossier, words),
        scope_section(document, dossier, words),
        critical_section(document, cases, words),
        omissions_section(document, cases, words),
        catalogue_section(document, words, Track.safety),
        exemplars_section(document, cases, words),
        risk_section(document, dossier, words),
        groups_section(document, words),
        discordance_section(document, cases, words),
        reliability_section(document, words),
        hazards_section(document, dossier, words),
        catalogue_section(document, words, Track.effectiveness),
        absent_section(words),
        glossary_section(words, document.run.confidence),
    )
