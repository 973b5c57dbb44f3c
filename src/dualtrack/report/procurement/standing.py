"""How the eligible systems stand to each other: both tracks read side by side, by comparison of words alone.

May import ``render`` and report. Who is not eligible is not compared; nothing is added up.
"""

from dualtrack.render import Cell, Column, Row, Section, Table, listed, numbers
from dualtrack.report.document import Document
from dualtrack.report.standing import Place, Standing, standing_of
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import State

__all__ = ["CANDIDATE", "eligibility", "standing_in", "standing_section"]

CANDIDATE = "candidate"


def standing_in(document: Document) -> Standing:
    """The standing of the candidates of a study.

    Args:
        document: the results.
    """
    systems = [system.id for system in document.study.systems if system.role == CANDIDATE]
    return standing_of(systems, document.verdicts, document.gates, document.ranks)


def eligibility(place: Place) -> str:
    """The word for a place: ``yes``, ``no`` where a verdict is not met, ``not_shown`` where none could be reached.

    Args:
        place: of one candidate.

    Example:
        >>> eligibility(Place("aster", (), (), (1, 1)))
        'yes'
    """
    if place.eligible:
        return "yes"
    return "no" if any(each.state == State.not_met for each in place.blocked) else "not_shown"


def standing_section(document: Document, words: Words) -> Section:
    """The eligible systems by safety first, then by effectiveness, and which of them another dominates.

    Args:
        document: the results.
        words: the sentences.
    """
    standing = standing_in(document)
    title = words.say("sections.standing")
    if standing.nobody:
        return Section("standing", title, TABLES, TablesView(words.say("standing.nobody"), ()))
    if len(standing.eligible) == 1:
        return Section("standing", title, TABLES, TablesView(words.say("standing.alone"), ()))
    names = {system.id: system.name for system in document.study.systems}
    steps = {system: number for number, step in enumerate(standing.steps, 1) for system in step}
    order = sorted(standing.eligible, key=lambda system: steps.get(system, len(steps) + 1))
    places = {place.system_id: place for place in standing.places}
    columns = (
        Column(words.say("columns.system"), head=True),
        Column(words.say("standing.step")),
        Column(words.say("columns.safety")),
        Column(words.say("columns.effectiveness")),
        Column(words.say("standing.dominated"), wide=True),
    )
    rows = tuple(
        Row((Cell(names[system]), *_cells(places[system], steps.get(system), names, words))) for system in order
    )
    notes = tuple(words.say(f"standing.notes.{each}") for each in ("step", "dominated", "open"))
    board = Table("standing-table", words.say("captions.standing"), columns, rows, notes=notes)
    return Section("standing", title, TABLES, TablesView(words.say("standing.lead"), (board,)))


def _cells(place: Place, step: int | None, names: dict[str, str], words: Words) -> tuple[Cell, ...]:
    none = Cell(words.say("standing.no_rank"), muted=True)
    groups = (
        none if group is None else Cell(words.say("standing.group", n=numbers.count(group))) for group in place.groups
    )
    over = tuple(names[system] for system in place.dominated_by)
    dominated = Cell(listed(over)) if over else Cell(words.say("standing.by_nobody"), muted=True)
    return (none if step is None else Cell(numbers.count(step)), *groups, dominated)
