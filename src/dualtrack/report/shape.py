"""A page as the people who hand it out wish it: their title and logo, sections left out, notes of their own.

May import ``render``, the settings and report. What is left out is named on the page, and nothing about verdicts and
gates can be left out: a page that hides a failed gate would be worse than none.
"""

from dataclasses import replace

from dualtrack.records.report_settings import ReportSettings
from dualtrack.render import Page, Picture, Section, Style, numbers
from dualtrack.report.view import LISTED, ListView
from dualtrack.report.words import Words
from dualtrack.terms import Track

__all__ = ["KEPT", "shaped", "style_of"]

KEPT = frozenset(
    {
        "states", "verdicts", "gates", "limits", "decision", "knock-outs", "critical", "results", "errors",
        "deviations", "disputes", "record", "failures", "own-gates", "headline",
    }
)  # fmt: skip
"""Anchors of sections that no wish takes away, on a page of both tracks under the name of either."""
MONTHS = range(1, 13)


def style_of(settings: ReportSettings, words: Words) -> Style:
    """How the pages write days and decimals.

    Args:
        settings: the wishes.
        words: the sentences, with the names of the months.
    """
    months = tuple(words.say(f"months.{numbers.numeral(month)}") for month in MONTHS)
    return Style(settings.dates, settings.decimal == "comma", months)


def _kept(anchor: str) -> bool:
    return anchor in KEPT or any(anchor == f"{name}-{track}" for name in KEPT for track in Track)


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
    asked = {anchor for of_page, anchors in settings.hide.items() if of_page == name for anchor in anchors}
    unwanted = {anchor for anchor in asked if not _kept(anchor)}
    hidden = [section.title for section in page.sections if section.anchor in unwanted]
    sections = tuple(section for section in page.sections if section.anchor not in unwanted)
    left_out = (words.say("shape.hidden", sections="; ".join(hidden)),) if hidden else ()
    redacted = (words.say("shape.redacted"),) if settings.redact else ()
    footer = (*page.footer, *left_out, *redacted)
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
            text = words.say("shape.note", text=note.text, by=note.by, date=numbers.day(note.date))
            about = titles.get(note.section or "")
            sentences.append(text if about is None else words.say("shape.of_section", section=about, note=text))
    if not sentences:
        return ()
    view = ListView("", tuple(sentences))
    return (Section("notes", words.say("shape.notes"), LISTED, view),)
