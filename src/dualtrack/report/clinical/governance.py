"""What stands behind a row of the hazard log: the matrix in force, whose row it is, for which version, when reviewed.

May import terms, ``render``, the form of the dossier, the rubric's forms and report. A level is looked up where people
state both steps of the one matrix in force; nothing is multiplied, and no step is guessed.
"""

from collections.abc import Iterator

from dualtrack.records.dossier import Dossier, Hazard
from dualtrack.render import numbers
from dualtrack.report.document import Document
from dualtrack.report.unfixed import is_fixed
from dualtrack.report.words import Words
from dualtrack.rubric.risk import RiskMatrix

__all__ = ["arising_lines", "in_force_text", "kept_lines", "level_lines", "matrices_in_force", "past_lines"]


def matrices_in_force(document: Document, dossier: Dossier | None) -> tuple[RiskMatrix, ...]:
    """The matrix that the hazard log names; without a name, all that the rubric states.

    Args:
        document: the results.
        dossier: what people state.

    Returns:
        One matrix where it is clear which is in force; several where nobody named one; none where the name is unknown.
    """
    matrices = document.risk.matrices if document.risk is not None else ()
    named = dossier.risk_matrix if dossier is not None else None
    return matrices if named is None else tuple(each for each in matrices if each.id == named)


def in_force_text(matrices: tuple[RiskMatrix, ...], dossier: Dossier | None, words: Words) -> str:
    """Which matrix is in force, or why none is.

    Args:
        matrices: as ``matrices_in_force``.
        dossier: what people state.
        words: the sentences.
    """
    named = dossier.risk_matrix if dossier is not None else None
    if named is not None and matrices:
        return words.say("clinical.risk.named", title=matrices[0].title)
    if named is not None:
        return words.say("clinical.risk.unknown", id=named)
    if not matrices:
        return words.say("clinical.risk.none")
    if len(matrices) == 1:
        return words.say("clinical.risk.one", title=matrices[0].title)
    return words.say("clinical.risk.several")


def level_lines(
    matrices: tuple[RiskMatrix, ...], severity: str | None, likelihood: str | None, words: Words
) -> Iterator[str]:
    """The level of a cell of the one matrix in force, or which of the two words is no step of it.

    Args:
        matrices: as ``matrices_in_force``.
        severity: what people state; None where nobody did.
        likelihood: the same.
        words: the sentences.

    Yields:
        Sentences; none where no single matrix is in force.
    """
    if len(matrices) != 1:
        return
    (matrix,) = matrices
    columns, rows = ([each.id for each in steps] for steps in (matrix.severities, matrix.likelihoods))
    for said, steps in ((severity, columns), (likelihood, rows)):
        if said is not None and said not in steps:
            yield words.say("clinical.hazards.no_step", text=said, matrix=matrix.id)
    if severity in columns and likelihood in rows:
        level = matrix.cells[str(likelihood)][columns.index(str(severity))]
        title = next(each.title for each in matrix.levels if each.level == level)
        yield words.say("clinical.hazards.level", level=numbers.count(level), title=title, matrix=matrix.id)


def kept_lines(document: Document, hazard: Hazard, words: Words) -> Iterator[str]:
    """Who answers for a row, on whose side it is kept, when it was and will be reviewed, and for which version.

    Args:
        document: the results.
        hazard: the row.
        words: the sentences.

    Yields:
        One sentence for each, also for what nobody supplied.
    """

    def say(name: str, **facts: str) -> str:
        return words.say(f"clinical.hazards.{name}", **facts)

    absent = words.say("clinical.not_supplied")
    if hazard.closed_by is not None:
        yield say("closed_by", who=hazard.closed_by.name, role=hazard.closed_by.role)
    yield say("owner", text=hazard.owner or absent)
    yield say("kept_by", text=absent if hazard.kept_by is None else say(f"sides.{hazard.kept_by}"))
    yield say("reviewed", date=numbers.day(hazard.reviewed) if hazard.reviewed else absent)
    yield say("next_review", date=numbers.day(hazard.next_review) if hazard.next_review else absent)
    for system in document.study.systems:
        if system.id in hazard.systems:
            written = hazard.versions.get(system.id)
            tested = system.version or absent
            same = is_fixed(written) and written == system.version
            name = "same_version" if same else "other_version"
            yield say(name, system=system.name, written=written or absent, tested=tested)


def arising_lines(hazard: Hazard, words: Words) -> Iterator[str]:
    """How a hazard arises: in normal use or under a fault, by foreseeable misuse, for many patients at once.

    Args:
        hazard: the row.
        words: the sentences.
    """
    absent = words.say("clinical.not_supplied")
    if hazard.condition is None:
        yield words.say("clinical.hazards.condition", text=absent)
    else:
        yield words.say(f"clinical.hazards.conditions.{hazard.condition}")
    if hazard.misuse is None:
        yield words.say("clinical.hazards.misuse_unknown", text=absent)
    else:
        yield words.say("clinical.hazards.misuse" if hazard.misuse else "clinical.hazards.no_misuse")
    if hazard.many_patients:
        yield words.say("clinical.hazards.many")


def past_lines(hazard: Hazard, words: Words) -> Iterator[str]:
    """Linked incidents, and every change of the row with its old and its new words.

    Args:
        hazard: the row.
        words: the sentences.
    """
    incidents = "; ".join(hazard.incidents) or words.say("clinical.not_supplied")
    yield words.say("clinical.hazards.incidents", text=incidents)
    for each in hazard.history:
        yield words.say(
            "clinical.hazards.changed",
            date=numbers.day(each.date),
            by=each.by,
            field=each.field,
            old=each.old,
            new=each.new,
            why=each.why,
        )
