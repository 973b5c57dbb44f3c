"""A use profile: which metrics are in scope where a system is used in one way, and why the others are not.

May import errors, terms and the schema base.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dualtrack.rubric.base import Id, Schema, Text

__all__ = ["LeftOut", "Profile"]


class LeftOut(Schema):
    """A metric that a profile leaves out, with the reason a reader may contest."""

    metric: Id
    why: Text


class Profile(Schema):
    """One way of use. Every metric of the rubric stands in it once: in scope, or left out with a reason."""

    schema_: Literal["dualtrack.profile/1"] = Field(alias="schema")
    id: Id
    title: Text
    about: Text
    metrics: Annotated[tuple[Id, ...], Field(min_length=1)]
    out: tuple[LeftOut, ...] = ()

    @model_validator(mode="after")
    def _each_metric_once(self) -> Self:
        named = [*self.metrics, *(each.metric for each in self.out)]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise ValueError(f"a metric stands twice: {', '.join(twice)}")
        return self
