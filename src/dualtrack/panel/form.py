"""The page that a clinician rates in: one HTML file that needs no network and sends nothing.

May import ``render`` and the other modules of panel. The cover is drawn here, so that it can be read in a viewer
without scripts; everything else is drawn by the script from the pack, which travels in the page as JSON. Texts of the
pack never become markup: here they are escaped, in the script they are text nodes.
"""

import functools
import json
import re
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup

from dualtrack.panel.calibration import PURPOSE
from dualtrack.panel.pack import Pack, sealed_digest
from dualtrack.panel.parts import form_script, form_style, form_words
from dualtrack.render import Fact, content_policy, environment, page_style

__all__ = ["form_page"]

_TEMPLATE = "panel/form.html.j2"
_PLACE = re.compile(r"\{([a-z_]+)\}")
_MINUTES_UNTIL = 1.25  # from here on hours are said in hours
_HALVES_UNTIL = 3.0  # and from here on without halves


@dataclass(frozen=True, slots=True)
class _View:
    """What the template prints; all of it text or finished markup."""

    language: str
    title: str
    kicker: str
    study: str
    heading: str
    lead: str
    banner: str
    policy: Markup
    style: Markup
    script: Markup
    pack: Markup
    words: Markup
    facts: tuple[Fact, ...]
    preview_title: str
    preview: tuple[str, ...]
    skip_case: str
    skip_questions: str
    footer: tuple[str, ...]


def form_page(pack: Pack) -> str:
    """The rating form of a pack.

    Args:
        pack: what the rater is asked; its digest must be that of its content.

    Returns:
        The text of one HTML file, complete in itself; the same for the same pack.

    Raises:
        ValueError: the pack's digest is not that of its content.
        FileNotFoundError: no words ship in the pack's language.
    """
    content = pack.model_dump(mode="json", by_alias=True)
    if sealed_digest(content) != pack.digest:
        raise ValueError(f"pack {pack.pack_id}: the digest is not that of its content")
    words = form_words(pack.language)
    otherwise = "preview.calibration" if pack.purpose == PURPOSE else "preview.other"
    style = page_style(_say(words["running"], pack=pack.pack_id)) + form_style()
    script = form_script()
    view = _View(
        language=pack.language,
        title=_say(words["title"], study=pack.cover.study),
        kicker=_say(words["kicker"], rater=pack.rater_id),
        study=pack.cover.study,
        heading=words[f"cover.title.{pack.purpose}"],
        lead=_say(words[f"cover.lead.{pack.purpose}"], tasks=_tasks(pack)),
        banner=words["banner"] if pack.cover.synthetic else "",
        policy=Markup(content_policy(style, script)),  # noqa: S704 -- made of digests
        style=Markup(style),  # noqa: S704 -- our own file
        script=Markup(script),  # noqa: S704 -- our own files
        pack=_data(content),
        words=_data(dict(words)),
        facts=_facts(pack),
        preview_title=words["preview.title"],
        preview=(words["preview.text"], words[otherwise]),
        skip_case=words["skip_case"],
        skip_questions=words["skip_questions"],
        footer=(_say(words["footer"], pack=pack.pack_id, study=pack.study_id, rubric=pack.rubric),),
    )
    return _templates().get_template(_TEMPLATE).render(view=view)


@functools.cache
def _templates() -> Environment:
    return environment({"panel": "dualtrack.panel"})


def _data(value: object) -> Markup:
    """JSON that cannot end the element that it stands in, nor begin a comment in it."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 -- no character of markup is left


def _say(sentence: str, **facts: str) -> str:
    """A sentence with its places filled; what is filled in is never read as a sentence with places of its own."""
    return _PLACE.sub(lambda place: facts[place[1]], sentence)


def _tasks(pack: Pack) -> str:
    kind = "pairs" if pack.purpose == "preferences" else "tasks"
    number = "one" if len(pack.tasks) == 1 else "many"
    return _say(form_words(pack.language)[f"cover.{kind}_{number}"], n=str(len(pack.tasks)))


def _facts(pack: Pack) -> tuple[Fact, ...]:
    words, cover = form_words(pack.language), pack.cover
    return (
        Fact(words["cover.hours"], _say(words["cover.hours_value"], duration=_duration(pack))),
        Fact(words["cover.deadline"], cover.deadline or words["cover.no_deadline"]),
        Fact(words["cover.save"], words["cover.save_value"]),
        Fact(words["cover.data_use"], cover.data_use),
        Fact(words["cover.contact"], cover.contact),
        Fact(words["cover.keys"], words["cover.keys_value"]),
        Fact(words["end.of"], pack.digest),
    )


def _duration(pack: Pack) -> str:
    """The hours in words, as roughly as they are known; the script says them in the same way."""
    words, hours = form_words(pack.language), pack.cover.hours
    if hours < _MINUTES_UNTIL:
        return _say(words["durations.minutes"], n=str(max(5, round(hours * 12) * 5)))
    rounded = round(hours) if hours >= _HALVES_UNTIL else round(hours * 2) / 2
    return _say(words[f"durations.{'hour' if rounded == 1 else 'hours'}"], n=f"{rounded:g}")
