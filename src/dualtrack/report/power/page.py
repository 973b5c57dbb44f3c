"""The page of a power calculation, and its sections in order.

May import terms, ``render`` and the ground of report. A pure function of the document.
"""

from collections.abc import Iterator

from dualtrack.render import Fact, FrameWords, Page, Section, numbers, render_page
from dualtrack.report.drawing import templates
from dualtrack.report.power.gates import changes_sections, gate_sections, plan_section, track_claim, tracks_section
from dualtrack.report.power.rest import (
    assumptions_section,
    differences_section,
    hours_section,
    states_section,
    total_hours,
)
from dualtrack.report.power.rows import Document
from dualtrack.report.words import Words, load_words
from dualtrack.terms import Track

__all__ = ["PAGE", "power_page", "power_sections"]

PAGE = "power.html"


def power_page(document: Document, *, language: str = "en") -> str:
    """A power calculation as one page.

    Args:
        document: the content of power.json.
        language: language of the page's own words.

    Returns:
        HTML, complete in itself; the same for the same document.
    """
    words, study = load_words(language, "power"), document["study"]
    real = study["data_kind"] == "real"
    title = words.say(f"data_titles.{study['data_kind']}", title=study["title"])
    assumed = {row["name"]: row for row in document["power_assumptions"]}
    seal = "about_seal" if assumed["sealed"]["text"] == "yes" else "about_no_seal"
    items, clusters = (numbers.count(int(assumed[name]["text"])) for name in ("items", "clusters"))
    page = Page(
        file=PAGE,
        language=words.language,
        title=words.say("power.title", study=title),
        heading=title,
        kicker=words.say("power.kicker", study=study["id"]),
        banner="" if real else words.say(f"data_banners.{study['data_kind']}"),
        claim=words.say("power.claim", **{track.value: track_claim(document, track, words) for track in Track}),
        about=(words.say("power.about"), words.say(f"power.{seal}")),
        facts=(
            Fact(words.say("power.facts.rubric"), document["rubric"]),
            Fact(words.say("power.facts.items"), words.say("power.items_value", items=items, clusters=clusters)),
            Fact(words.say("power.facts.systems"), ", ".join(system["name"] for system in study["systems"])),
            Fact(words.say("power.facts.hours"), words.say("power.hours_value", hours=total_hours(document, words))),
        ),
        links=(),
        sections=tuple(power_sections(document, words)),
        footer=(words.say("power.footer", engine="dualtrack", version=document["engine_version"]),),
        running=words.say("power.running", study=study["id"]),
        words=FrameWords(words.say("frame.skip"), words.say("frame.pages"), words.say("frame.contents")),
    )
    return render_page(page, templates())


def power_sections(document: Document, words: Words) -> Iterator[Section]:
    """All sections: answers first, assumptions last.

    Args:
        document: the content of power.json.
        words: the sentences.
    """
    found = [tracks_section(document, track, words) for track in Track]
    found += changes_sections(document, words)
    found.append(plan_section(document, words))
    for track in Track:
        found += gate_sections(document, track, words)
    found += [differences_section(document, words), hours_section(document, words)]
    found += [assumptions_section(document, words), states_section(words)]
    yield from (section for section in found if section is not None)
