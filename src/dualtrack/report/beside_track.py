"""Sections of the scorecards on a page that shows both tracks: each under its track's name, no place named twice.

May import ``render`` and report. The tracks stand one after the other; nothing is added up.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from dualtrack.render import Section, Table
from dualtrack.report.sheet import Sheet
from dualtrack.report.words import Words

__all__ = ["under_track"]

View = TypeVar("View")


def under_track(sections: Iterable[Section | None], sheet: Sheet, words: Words) -> Iterator[Section]:
    """Sections of one track, named after it.

    Args:
        sections: as a scorecard has them; None where there is nothing to show.
        sheet: of the track.
        words: the sentences.
    """
    track = words.say(f"track_titles.{sheet.track}")
    for section in sections:
        if section is not None:
            title = words.say("pages.of_track", track=track, section=section.title)
            view = _named(
                section.view, sheet.track, lambda text: words.say("pages.of_track", track=track, section=text)
            )
            yield replace(section, anchor=f"{section.anchor}-{sheet.track}", title=title, view=view)


def _named(part: View, suffix: str, title: Callable[[str], str]) -> View:
    """The same view with every table's place and caption named after the track."""
    if isinstance(part, tuple):
        return type(part)(_named(each, suffix, title) for each in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    inner = {each.name: _named(getattr(part, each.name), suffix, title) for each in fields(part) if each.init}
    if isinstance(part, Table):
        inner["anchor"] = f"{part.anchor}-{suffix}"
        inner["caption"] = title(part.caption)
    return replace(part, **inner)
