"""The pages of a results folder: which sections each has, in which order.

May import terms, ``render`` and report. Everything here is a pure function of the document.
"""

import functools

from dualtrack.records.beside import Beside
from dualtrack.render import (
    Fact,
    FrameWords,
    Link,
    Page,
    Section,
    numbers,
    render_page,
    split_page,
    styled,
)
from dualtrack.report.absent import missing_section, refusals_section
from dualtrack.report.agreement import agreement_section
from dualtrack.report.beside import levels_section, sources_section
from dualtrack.report.claim import claim
from dualtrack.report.clinical.cases import Cases
from dualtrack.report.clinical.pages import clinical_links, clinical_pages
from dualtrack.report.closing import glossary_section, limits_section
from dualtrack.report.definitions import definitions_section
from dualtrack.report.differences import comparisons_section
from dualtrack.report.document import Document, Study
from dualtrack.report.drawing import templates
from dualtrack.report.gates import gates_section
from dualtrack.report.groups import risk_section, sources_of_tasks_section, strata_section
from dualtrack.report.order import order_section
from dualtrack.report.overview import overview_sections
from dualtrack.report.preferences import preference_claim, preference_sections
from dualtrack.report.procurement.pages import PROCUREMENT, feedback_links, procurement_pages
from dualtrack.report.proofs import proofs_section
from dualtrack.report.raters import raters_section
from dualtrack.report.record import record_section
from dualtrack.report.regulatory.pages import REGULATORY, regulatory_page
from dualtrack.report.repeats import repeats_section
from dualtrack.report.scores import metrics_section, score_section
from dualtrack.report.shape import shaped, style_of
from dualtrack.report.sheet import Sheet, sheet_of
from dualtrack.report.taking import DOCUMENT
from dualtrack.report.unfixed import version_facts
from dualtrack.report.verdicts import verdicts_section
from dualtrack.report.weighting import weighting_section
from dualtrack.report.words import Words, load_words
from dualtrack.terms import Track

__all__ = ["INDEX", "PAGES", "build_pages"]

INDEX = "index.html"
PAGES = {track: f"{track}.html" for track in Track}
PREFERENCES = "preferences.html"


def build_pages(
    document: Document,
    beside: Beside | None = None,
    *,
    cases: Cases | None = None,
    clock: str | None = None,
    language: str = "en",
    split: bool = False,
) -> dict[str, str]:
    """All pages of a document: the index, one scorecard for each track, and preferences where there are any.

    Args:
        document: the results.
        beside: what people state about the study, and how they wish the pages; nothing where it is None.
        cases: the long tables of the results; without them there is no clinical safety report.
        clock: when the pages are made, as it shall be printed; None prints nothing, so that the same results give the
            same bytes.
        language: language of the pages' own words.
        split: whether style and script stand in files of their own beside each page.

    Returns:
        File name -> HTML, each complete in itself unless it is split.
    """
    stated = beside or Beside()
    words = load_words(language)
    with styled(style_of(stated.settings, words)):
        pages = [
            shaped(page, stated.settings, words) for page in _pages(document, stated, cases, words=words, clock=clock)
        ]
        if not split:
            return {page.file: render_page(page, templates()) for page in pages}
        return {name: text for page in pages for name, text in split_page(page, templates()).items()}


def _pages(document: Document, stated: Beside, cases: Cases | None, *, words: Words, clock: str | None) -> list[Page]:
    sheets = tuple(sheet_of(document, track) for track in Track)
    language = words.language
    more = () if cases is None else clinical_links(load_words(language, "clinical"))
    pages = [_index(document, sheets, words, clock, more=more), *(_scorecard(sheet, words, clock) for sheet in sheets)]
    if document.preference_estimates:
        pages.append(_preferences(document, words, clock))
    make = functools.partial(_reader_page, document, words, clock)
    pages += procurement_pages(document, sheets, stated.dossier, make, cases=cases)
    pages.append(regulatory_page(document, sheets, stated.dossier, make))
    if cases is not None:
        pages += clinical_pages(document, cases, make, dossier=stated.dossier, language=language)
    return pages


def _scorecard(sheet: Sheet, words: Words, clock: str | None) -> Page:
    name = words.say(f"pages.{sheet.track}")
    sections = (
        verdicts_section(sheet, words),
        gates_section(sheet, words),
        score_section(sheet, words),
        metrics_section(sheet, words),
        refusals_section(sheet, words),
        missing_section(sheet, words),
        repeats_section(sheet, words),
        sources_section(sheet, words),
        proofs_section(sheet, words),
        agreement_section(sheet, words),
        levels_section(sheet, words),
        raters_section(sheet, words),
        comparisons_section(sheet, words),
        order_section(sheet, words),
        weighting_section(sheet, words),
        risk_section(sheet, words),
        strata_section(sheet, words),
        sources_of_tasks_section(sheet, words),
        record_section(sheet.run.record, words),
        definitions_section(sheet, words),
        limits_section(sheet, words),
        glossary_section(words, sheet.run.confidence),
    )
    facts = (
        *_facts(sheet.study, words),
        Fact(words.say("facts.rubric"), sheet.rubric),
        *_run_facts(sheet, words),
    )
    return _page(
        words,
        sheet.study,
        file=PAGES[sheet.track],
        name=name,
        kicker=words.say("pages.kicker", page=name, study=sheet.study.id),
        claim=_claim(sheet, words),
        about=(words.say("about.scope"), words.say("frame.apart")),
        facts=facts,
        links=(Link(words.say("pages.overview"), INDEX),),
        sections=tuple(section for section in sections if section is not None),
        footer=_footer(words, sheet.engine, sheet.engine_version, clock),
    )


def _index(
    document: Document, sheets: tuple[Sheet, ...], words: Words, clock: str | None, *, more: tuple[Link, ...] = ()
) -> Page:
    name = words.say("pages.overview")
    tracks = tuple(Link(words.say(f"pages.{sheet.track}"), PAGES[sheet.track]) for sheet in sheets)
    more = (
        *((Link(words.say("preferences.page"), PREFERENCES),) if document.preference_estimates else ()),
        Link(words.say("pages.procurement"), PROCUREMENT),
        Link(words.say("pages.regulatory"), REGULATORY),
        *more,
    )
    record = record_section(document.run.record, words)
    sections = (
        *overview_sections(document, sheets, words, (*tracks, *more), feedback=feedback_links(document)),
        *([record] if record is not None else []),
        glossary_section(words, document.run.confidence),
    )
    return _page(
        words,
        document.study,
        file=INDEX,
        name=name,
        kicker=words.say("pages.overview_kicker", study=document.study.id),
        claim=" ".join(_claim(sheet, words) for sheet in sheets),
        about=(words.say("about.scope"),),
        facts=(*_facts(document.study, words), *_run_facts(sheets[0], words)),
        links=(Link(name, INDEX), *tracks, *more),
        sections=sections,
        footer=_footer(words, document.engine, document.engine_version, clock),
    )


def _preferences(document: Document, words: Words, clock: str | None) -> Page:
    """Beside both tracks: it links to the overview alone, as a scorecard does."""
    name = words.say("preferences.page")
    return _page(
        words,
        document.study,
        file=PREFERENCES,
        name=name,
        kicker=words.say("preferences.kicker", study=document.study.id),
        claim=preference_claim(document, words),
        about=(words.say("about.scope"), words.say("preferences.about")),
        facts=_facts(document.study, words),
        links=(Link(words.say("pages.overview"), INDEX),),
        sections=tuple(preference_sections(document, words)),
        footer=_footer(words, document.engine, document.engine_version, clock),
    )


def _reader_page(
    document: Document,
    words: Words,
    clock: str | None,
    *,
    file: str,
    name: str,
    kicker: str,
    claim: str,
    about: tuple[str, ...],
    sections: tuple[Section, ...],
    alone: str | None = None,
) -> Page:
    """A page for one reader: what all pages share, and a link back to the overview unless it is one system's alone."""
    return _page(
        words,
        document.study,
        file=file,
        name=name,
        kicker=kicker,
        claim=claim,
        about=about,
        facts=_facts(document.study, words, only=alone),
        links=() if alone is not None else (Link(words.say("pages.overview"), INDEX),),
        sections=sections,
        footer=_footer(words, document.engine, document.engine_version, clock),
    )


def _page(
    words: Words,
    study: Study,
    *,
    file: str,
    name: str,
    kicker: str,
    claim: str,
    about: tuple[str, ...],
    facts: tuple[Fact, ...],
    links: tuple[Link, ...],
    sections: tuple[Section, ...],
    footer: tuple[str, ...],
) -> Page:
    """What the pages of a study share: title with the kind of data, warning, running line."""
    title = words.say(f"data_titles.{study.data_kind}", title=study.title)
    real = study.data_kind == "real"
    return Page(
        file=file,
        language=words.language,
        title=words.say("pages.title", page=name, study=title),
        heading=title,
        kicker=kicker,
        banner="" if real else words.say(f"data_banners.{study.data_kind}"),
        claim=claim,
        about=about,
        facts=facts,
        links=links,
        sections=sections,
        footer=footer,
        running=words.say("frame.running", study=study.id, page=name),
        words=FrameWords(words.say("frame.skip"), words.say("frame.pages"), words.say("frame.contents")),
    )


def _claim(sheet: Sheet, words: Words) -> str:
    verdicts = [(system, sheet.verdicts[system.id]) for system in sheet.study.systems]
    return claim(words, sheet.track, [(system.name, verdict.state, verdict.reasons) for system, verdict in verdicts])


def _facts(study: Study, words: Words, *, only: str | None = None) -> tuple[Fact, ...]:
    data = words.say(
        "facts.data_value",
        kind=words.say(f"data_kinds.{study.data_kind}"),
        data_class=words.say(f"data_classes.{study.data_class}"),
    )
    return (
        Fact(words.say("facts.use"), study.use),
        Fact(words.say("facts.users"), study.users),
        Fact(words.say("facts.setting"), study.setting),
        Fact(words.say("facts.languages"), ", ".join(study.languages)),
        Fact(words.say("facts.data"), data),
        *version_facts(study, words, only=only),
    )


def _run_facts(sheet: Sheet, words: Words) -> tuple[Fact, ...]:
    planned = words.say("facts.planned_after" if sheet.run.retrospective else "facts.planned_before")
    clock = words.say("facts.no_clock") if sheet.run.clock is None else numbers.day(sheet.run.clock)
    return (Fact(words.say("facts.planned"), planned), Fact(words.say("facts.clock"), clock))


def _footer(words: Words, engine: str, version: str, clock: str | None) -> tuple[str, ...]:
    made = words.say("frame.footer", engine=engine, version=version, document=DOCUMENT)
    return (made,) if clock is None else (made, words.say("frame.clock", clock=numbers.day(clock)))
