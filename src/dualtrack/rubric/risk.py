"""Risk: named matrices, which are look-ups and never products, and the ladders that put harm into words.

A risk level has a meaning only inside its own matrix, so matrices are never mixed and their cells never computed. May
import errors, terms and the schema base.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from dualtrack.rubric.base import Id, Schema, Text

__all__ = ["HarmLadder", "RiskMatrix"]

Step = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9_]{0,23}$")]
"""Name of a severity, a likelihood or a harm level: ``S1``, ``L5``, ``H0``."""


class Named(Schema):
    """A severity or a likelihood, in words."""

    id: Step
    title: Text
    means: Text


class RiskLevel(Schema):
    """What a cell of the matrix asks for."""

    level: Annotated[int, Field(ge=1, le=9)]
    title: Text
    means: Text


class RiskMatrix(Schema):
    """A matrix: severities and likelihoods from least to most, and the risk level of every cell.

    ``cells`` has one row for each likelihood, one number for each severity. ``harm_map`` says which severities the
    harm of one patient may take here, ``many_patients`` what changes when many could be harmed.
    """

    schema_: Literal["dualtrack.risk_matrix/1"] = Field(alias="schema")
    id: Id
    title: Text
    about: Text
    source: Text
    edition: Text
    verified: Literal["primary", "secondary", "unverified"]
    severities: Annotated[tuple[Named, ...], Field(min_length=2)]
    likelihoods: Annotated[tuple[Named, ...], Field(min_length=2)]
    cells: dict[Step, tuple[int, ...]]
    levels: Annotated[tuple[RiskLevel, ...], Field(min_length=2)]
    harm_map: dict[Step, tuple[Step, ...]]
    many_patients: Text

    @model_validator(mode="after")
    def _every_cell_is_there_and_risk_never_falls(self) -> Self:
        severities = [each.id for each in self.severities]
        likelihoods = [each.id for each in self.likelihoods]
        if sorted(self.cells) != sorted(likelihoods):
            raise ValueError("cells needs one row for each likelihood")
        known = {each.level for each in self.levels}
        rows = [self.cells[name] for name in likelihoods]
        if any(len(row) != len(severities) or not set(row) <= known for row in rows):
            raise ValueError("each row of cells needs one stated level for each severity")
        columns = list(zip(*rows, strict=True))
        if any(list(line) != sorted(line) for line in [*rows, *columns]):
            raise ValueError("the risk falls where severity or likelihood rises")
        unknown = {name for each in self.harm_map.values() for name in each} - set(severities)
        if unknown:
            raise ValueError(f"harm_map names no severity of this matrix: {', '.join(sorted(unknown))}")
        return self


class HarmStep(Schema):
    """One step of a ladder: its name, and its words for each kind of harm that the ladder covers."""

    id: Step
    title: Text
    body: Text | None = None
    mind: Text | None = None
    privacy: Text | None = None
    dignity: Text | None = None
    discrimination: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any((self.body, self.mind, self.privacy, self.dignity, self.discrimination)):
            raise ValueError("a step needs words: body, mind, privacy, dignity or discrimination")
        return self


class HarmLadder(Schema):
    """Steps of harm from none to worst."""

    schema_: Literal["dualtrack.harm_ladder/1"] = Field(alias="schema")
    id: Id
    title: Text
    about: Text
    source: Text
    levels: Annotated[tuple[HarmStep, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _no_step_twice(self) -> Self:
        ids = [step.id for step in self.levels]
        if len(ids) != len(set(ids)):
            raise ValueError("two steps have the same id")
        return self
