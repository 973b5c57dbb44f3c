"""A page as the people who hand it out wish it: their title and logo, sections left out, notes of their own.

May import ``render``, the settings and report. What is left out is named on the page, and nothing about verdicts and
gates can be left out: a page that hides a failed gate would be worse than none.
"""

from dataclasses import replace

from dualtrack.records.report_settings import ReportSettings
from dualtrack.render import Page, Picture, Section
from dualtrack.report.view import LISTED, ListView
from dualtrack.report.words import Words

__all__ = ["KEPT", "shaped"]

KEPT = frozenset({"verdicts", "gates", "limits", "decision", "knock-outs", "critical"})
"""Anchors of sections that no wish takes away."""


def shaped(page: Page, settings: ReportSettings, words: Words) -> Page:
    """A page with the wishes of report.yaml applied.

    Args:
        page: as it is built.
        settings: the wishes; the default ones change nothing.
        words: the sentences.

    Returns:
        The page, with notes after its sections and, in the foot, the titles of what was left out.
    """
    name = page.file.removesuffix(".html")
    unwanted = {anchor for of_page, anchors in settings.hide.items() if of_page == name for anchor in anchors} - KEPT
    hidden = [section.title for section in page.sections if section.anchor in unwanted]
    sections = tuple(section for section in page.sections if section.anchor not in unwanted)
    footer = (*page.footer, words.say("shape.hidden", sections="; ".join(hidden))) if hidden else page.footer
    logo = settings.logo
    return replace(
        page,
        kicker=f"{settings.title} - {page.kicker}" if settings.title else page.kicker,
        picture=None if logo is None else Picture(logo.type, "".join(logo.base64.split()), logo.alt),
        sections=(*sections, *_notes(page, name, settings, words)),
        footer=footer,
    )


def _notes(page: Page, name: str, settings: ReportSettings, words: Words) -> tuple[Section, ...]:
    titles = {section.anchor: section.title for section in page.sections}
    sentences = []
    for note in settings.notes:
        if note.page == name:
            text = words.say("shape.note", text=note.text, by=note.by, date=note.date)
            about = titles.get(note.section or "")
            sentences.append(text if about is None else words.say("shape.of_section", section=about, note=text))
    if not sentences:
        return ()
    view = ListView("", tuple(sentences))
    return (Section("notes", words.say("shape.notes"), LISTED, view),)
