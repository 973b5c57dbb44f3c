"""Risk matrices and harm ladders on the page of a rubric: look-ups, shown as such, with the warning never to mix them.

May import ``render``, rubric and the words of report.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dualtrack.render import Cell, Column, Row, Section, Table, anchor, listed, numbers
from dualtrack.report.words import Words
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.risk import HarmLadder, Named, RiskMatrix

__all__ = ["matrix_tables", "risk_section"]

_DARKEST = 4  # shades of one hue
_HARMS = ("body", "mind", "privacy", "dignity", "discrimination")


@dataclass(frozen=True, slots=True)
class RiskView:
    """One matrix or ladder: the table that is looked up, and those that say what its words mean."""

    anchor: str
    title: str
    about: str
    table: Table
    more: tuple[Table, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RisksView:
    """All of them."""

    lead: str
    risks: tuple[RiskView, ...]


def risk_section(words: Words, rubric: Rubric) -> Section | None:
    """The matrices, then the ladders; None where the rubric has neither.

    Args:
        words: the sentences.
        rubric: the rubric.
    """
    views = (
        *(_matrix(words, matrix) for matrix in rubric.risk_matrices.values()),
        *(_ladder(words, ladder) for ladder in rubric.harm_ladders.values()),
    )
    if not views:
        return None
    return Section(
        "risk", words.say("sections.risk"), "report/rubric/risk.html.j2", RisksView(words.say("risk.how"), views)
    )


def matrix_tables(words: Words, matrix: RiskMatrix) -> tuple[Table, ...]:
    """A matrix as tables: what is looked up, then what its words mean.

    Args:
        words: the sentences, those of a rubric among them.
        matrix: the matrix.
    """
    return (_cells(words, matrix), *_meaning_tables(words, matrix))


def _matrix(words: Words, matrix: RiskMatrix) -> RiskView:
    verified = (
        words.say("risk.unread")
        if matrix.verified == "unverified"
        else words.say(f"crosswalk.verifications.{matrix.verified}")
    )
    source = words.say(
        "risk.source", source=_stopped(matrix.source), edition=_stopped(matrix.edition), verified=verified
    )
    return RiskView(
        anchor=anchor("matrix", matrix.id),
        title=matrix.title,
        about=matrix.about,
        table=_cells(words, matrix),
        more=tuple(_meaning_tables(words, matrix)),
        notes=(words.say("risk.many", text=matrix.many_patients), source),
    )


def _cells(words: Words, matrix: RiskMatrix) -> Table:
    titles = {level.level: level.title for level in matrix.levels}
    shades = _shades([level.level for level in matrix.levels])
    return Table(
        anchor=anchor("cells", matrix.id),
        caption=words.say("risk.cells_caption", title=matrix.title),
        columns=(
            Column(words.say("risk.likelihood"), head=True),
            *(Column(_name(each), "number") for each in matrix.severities),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_name(likelihood)),
                    *(
                        Cell(
                            words.say("risk.cell", level=numbers.numeral(level), title=titles[level]),
                            shade=shades[level],
                        )
                        for level in matrix.cells[likelihood.id]
                    ),
                )
            )
            for likelihood in matrix.likelihoods
        ),
    )


def _meaning_tables(words: Words, matrix: RiskMatrix) -> Iterator[Table]:
    for name, steps in (("severities", matrix.severities), ("likelihoods", matrix.likelihoods)):
        rows = [(each.id, each.title, each.means) for each in steps]
        yield _meanings(
            words, anchor(name, matrix.id), words.say(f"risk.{name}", title=matrix.title), rows, head="step"
        )
    levels = [(numbers.numeral(each.level), each.title, each.means) for each in matrix.levels]
    caption = words.say("risk.levels", title=matrix.title)
    yield _meanings(words, anchor("asks", matrix.id), caption, levels, head="risk_level")
    yield Table(
        anchor=anchor("harm", matrix.id),
        caption=words.say("risk.harm_caption", title=matrix.title),
        columns=(Column(words.say("risk.harm"), head=True), Column(words.say("risk.may_be"))),
        rows=tuple(
            Row((Cell(harm), Cell(listed(severities, last="or") or words.say("risk.no_severity"))))
            for harm, severities in matrix.harm_map.items()
        ),
    )


def _meanings(words: Words, name: str, caption: str, rows: list[tuple[str, str, str]], *, head: str) -> Table:
    return Table(
        anchor=name,
        caption=caption,
        columns=(
            Column(words.say(f"risk.{head}"), head=True),
            Column(words.say("risk.name")),
            Column(words.say("risk.means"), wide=True),
        ),
        rows=tuple(Row(tuple(Cell(text) for text in row)) for row in rows),
    )


def _ladder(words: Words, ladder: HarmLadder) -> RiskView:
    kinds = [kind for kind in _HARMS if any(getattr(step, kind) for step in ladder.levels)]
    table = Table(
        anchor=anchor("steps", ladder.id),
        caption=words.say("risk.ladder_caption", title=ladder.title),
        columns=(
            Column(words.say("risk.step"), head=True),
            Column(words.say("risk.name")),
            *(Column(words.say(f"risk.kinds.{kind}"), wide=True) for kind in kinds),
        ),
        rows=tuple(
            Row((Cell(step.id), Cell(step.title), *(Cell(getattr(step, kind) or "") for kind in kinds)))
            for step in ladder.levels
        ),
    )
    source = words.say("risk.ladder_source", source=ladder.source)
    return RiskView(anchor("ladder", ladder.id), ladder.title, ladder.about, table, (), (source,))


def _shades(levels: list[int]) -> dict[int, str]:
    """A shade for each level, lightest for the least."""
    least, span = min(levels), max(max(levels) - min(levels), 1)
    return {level: numbers.numeral((level - least) * _DARKEST // span) for level in levels}


def _name(step: Named) -> str:
    return step.title if step.id == step.title else f"{step.id} {step.title}"


def _stopped(text: str) -> str:
    """A text that another sentence follows."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
