"""Scales: one question with anchored levels, asked once per response and read by every metric that needs it.

May import errors, terms and the schema base.
"""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from dualtrack.rubric.base import Id, Schema, Text, UnitValue

__all__ = ["CANNOT_JUDGE", "Grain", "Level", "LevelId", "Scale", "ScaleKind"]

LevelId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}$")]
CANNOT_JUDGE = "cannot_judge"


class Grain(StrEnum):
    """What one judgement is about."""

    response = "response"
    sentence = "sentence"
    claim = "claim"
    opportunity = "opportunity"
    element = "element"
    turn = "turn"
    pair = "pair"


class ScaleKind(StrEnum):
    """Shape of the answer."""

    binary = "binary"
    nominal = "nominal"
    ordinal = "ordinal"
    number = "number"
    preference = "preference"


class Level(Schema):
    """One level: its id, its place in 0..1 (1 is best, null carries no value) and its words for raters."""

    id: LevelId
    value: UnitValue | None
    anchor: Text


class Scale(Schema):
    """One question with its answers.

    ``levels`` stand in the order of the question, which ``at_least`` and ``at_most`` follow. ``value`` is
    0..1 with 1 best, so a reversed scale needs no flag; ``why`` gives the reason for the map. A number
    scale has ``min``, ``max`` and ``better`` instead of levels.
    """

    schema_: Literal["dualtrack.scale/1"] = Field(alias="schema")
    id: Id
    title: Text
    ask: Text
    applies_to: Annotated[tuple[Grain, ...], Field(min_length=1)]
    kind: ScaleKind
    levels: tuple[Level, ...] = ()
    min: float | None = None
    max: float | None = None
    better: Literal["higher", "lower"] | None = None
    why: Text
    source: Text | None = None

    @field_validator("applies_to", mode="before", json_schema_input_type=Grain | tuple[Grain, ...])
    @classmethod
    def _one_grain_is_a_list_of_one(cls, value: object) -> object:
        # What comes out here is Python, no longer JSON, and strict Python takes no list for a tuple.
        return tuple(value) if isinstance(value, list) else (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _answers_are_complete(self) -> Self:
        if self.kind is ScaleKind.number:
            if self.min is None or self.max is None or self.better is None or self.min >= self.max:
                raise ValueError("a number scale needs min < max and better: higher or lower")
            if self.levels:
                raise ValueError("a number scale has no levels")
            return self
        if self.min is not None or self.max is not None or self.better is not None:
            raise ValueError("min, max and better belong to a number scale")
        ids = [level.id for level in self.levels]
        if len(ids) != len(set(ids)):
            raise ValueError("two levels have the same id")
        valued = [level.id for level in self.levels if level.value is not None]
        if self.kind is not ScaleKind.preference and len(valued) < 2:  # noqa: PLR2004 -- a question needs two
            raise ValueError("a scale needs at least two levels with a value")
        return self

    @property
    def values(self) -> dict[str, float | None]:
        """Level id -> value in 0..1, 1 best; null for a level that is no judgement."""
        return {level.id: level.value for level in self.levels}

    def position(self, level: str) -> int:
        """Place of a level among those that carry a value, in the order of the file, from 0.

        Raises:
            KeyError: the level does not exist or carries no value.
        """
        ordered = [each.id for each in self.levels if each.value is not None]
        if level not in ordered:
            raise KeyError(level)
        return ordered.index(level)
