"""Scores and orders, each track by itself, then both as a picture that adds nothing up.

May import terms, ``render`` and report. The sections of the scorecards are shown as they are, under the name of their
track, so that no number is written in two ways.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dualtrack.render import Cell, Plane, Point, Row, Section, Table, plane
from dualtrack.report.beside_track import under_track
from dualtrack.report.differences import comparisons_section
from dualtrack.report.document import Document, System
from dualtrack.report.figures import INDEX, estimate_text
from dualtrack.report.order import order_section
from dualtrack.report.rows import Estimate
from dualtrack.report.scores import score_section
from dualtrack.report.sheet import Sheet
from dualtrack.report.stated import columns_of
from dualtrack.report.weighting import weighting_section
from dualtrack.report.words import Words

__all__ = ["PictureView", "order_sections", "picture_section"]

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture with its numbers as a table; no picture where fewer than two systems have both numbers."""

    lead: str
    plane: Plane | None
    table: Table


def order_sections(sheets: tuple[Sheet, ...], words: Words) -> Iterator[Section]:
    """Per track: scores, differences between systems, ranks as sets, and what other weights would change.

    Args:
        sheets: both tracks.
        words: the sentences.

    Yields:
        The sections of each track in turn.
    """
    for sheet in sheets:
        ranked = (order_section(sheet, words), weighting_section(sheet, words))
        yield from under_track((score_section(sheet, words), comparisons_section(sheet, words), *ranked), sheet, words)


def picture_section(document: Document, sheets: tuple[Sheet, ...], words: Words) -> Section:
    """Both scores of every system with both intervals, as crosses with names and as a table.

    Args:
        document: the results.
        sheets: safety, then effectiveness.
        words: the sentences.
    """
    found = {
        system: tuple(sheet.estimate(sheet.track, system, "score") for sheet in sheets) for system in _shown(document)
    }
    points = [_point(system, *pair) for system, pair in found.items() if _drawable(pair)]
    names = tuple(words.say(f"order.axis_{sheet.track}") for sheet in sheets)
    title, text = words.say("order.picture_title"), words.say("order.picture_text")
    ticks = [(place, INDEX.tick(place)) for place in TICKS]
    drawn = (
        plane("scores-plane", points, words=(title, text, names[0], names[1]), ticks=ticks) if len(points) > 1 else None
    )
    rows = tuple(Row((Cell(system.name), *(_score(words, each) for each in pair))) for system, pair in found.items())
    columns = columns_of(words, "system", *(f"{sheet.track}" for sheet in sheets))
    board = Table("picture-table", words.say("captions.picture"), columns, rows)
    lead = words.say("order.picture_lead" if drawn else "order.no_picture")
    return Section(
        "picture", words.say("sections.picture"), "report/sections/picture.html.j2", PictureView(lead, drawn, board)
    )


def _shown(document: Document) -> tuple[System, ...]:
    return document.study.systems


def _drawable(pair: tuple[Estimate | None, ...]) -> bool:
    return all(row is not None and row.value is not None for row in pair)


def _point(system: System, across: Estimate | None, up: Estimate | None) -> Point:
    if across is None or up is None or across.value is None or up.value is None:
        raise ValueError(f"{system.id} has no place in the plane")
    return Point(system.name, across.value, up.value, _interval(across), _interval(up))


def _interval(row: Estimate) -> tuple[float, float] | None:
    return None if row.lower is None or row.upper is None else (row.lower, row.upper)


def _score(words: Words, row: Estimate | None) -> Cell:
    return Cell(words.say("metrics.not_computed"), muted=True) if row is None else Cell(estimate_text(words, row))
