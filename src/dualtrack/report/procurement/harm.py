"""What could hurt patients, in plain words, and what this report cannot say. May import the dossier and report."""

from dualtrack.records.dossier import Dossier, Hazard
from dualtrack.render import Cell, Section
from dualtrack.report.document import Document
from dualtrack.report.stated import columns_of, missing, supplied, table
from dualtrack.report.view import LISTED, TABLES, ListView, TablesView
from dualtrack.report.words import Words

__all__ = ["hazards_section", "limits_section"]

LIMITS = ("text", "field", "team", "cost", "integration", "security", "score", "many")


def hazards_section(document: Document, dossier: Dossier | None, words: Words) -> Section:
    """The hazard log as a buyer needs it: what may happen, how, what controls it and who must run that.

    Args:
        document: the results.
        dossier: what people state.
        words: the sentences.
    """
    names = {system.id: system.name for system in document.study.systems}
    rows = [_hazard(words, names, hazard) for hazard in (dossier.hazards if dossier else ())]
    board = table(words, "hazards", columns_of(words, "hazard*", "systems", "situation*", "harm", "controls*"), rows)
    return Section(
        "hazards", words.say("sections.hazards"), TABLES, TablesView(words.say("harm.hazards_lead"), (board,))
    )


def limits_section(words: Words) -> Section:
    """What nobody must read out of this report.

    Args:
        words: the sentences.
    """
    view = ListView("", tuple(words.say(f"harm.limits.{each}") for each in LIMITS))
    return Section("limits", words.say("sections.limits"), LISTED, view)


def _hazard(words: Words, names: dict[str, str], hazard: Hazard) -> tuple[Cell, ...]:
    controls = tuple(
        words.say(
            "harm.control",
            text=each.text,
            owner=words.say(f"harm.owners.{each.owner}"),
            state=words.say(f"harm.control_states.{each.state}"),
            verified=words.say("harm.verified" if each.verified else "harm.not_verified"),
        )
        for each in hazard.controls
    )
    return (
        Cell(hazard.title, lines=(words.say(f"harm.status.{hazard.status}"),)),
        Cell(", ".join(names[system] for system in hazard.systems)),
        Cell(hazard.situation, lines=(hazard.cause,)),
        supplied(words, hazard.harm),
        Cell(lines=controls) if controls else missing(words),
    )
