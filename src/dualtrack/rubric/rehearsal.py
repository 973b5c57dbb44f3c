"""How typical answers would be judged, so that a rubric can be rehearsed before it meets a system.

A perfect and a worst answer follow from the scales. A refusal and an evasive answer do not: what a rater would say of
them is a judgement, so it stands in the rubric (``rehearsal.yaml``), where it can be contested. May import errors,
terms and the other rubric schemas.
"""

from typing import Annotated, Literal

from pydantic import Field

from dualtrack.rubric.base import Id, Schema, Text
from dualtrack.rubric.scale import LevelId

__all__ = ["Behaviour", "Judged", "Rehearsal"]


class Judged(Schema):
    """What raters and checks would say: a level for each scale, an outcome for each check kind, what is ticked."""

    levels: dict[Id, LevelId] = Field(default_factory=dict)
    checks: dict[Id, Literal["pass", "fail", "not_assessable"]] = Field(default_factory=dict)
    ticks: tuple[Id, ...] = ()


class Behaviour(Schema):
    """One way to answer everything: its words, how it would be judged, and how where declining is due."""

    text: Text
    why: Text
    judged: Judged
    where_declining_is_due: Judged = Judged()


class Rehearsal(Schema):
    """``rehearsal.yaml``: the ways to answer that the rubric is rehearsed with."""

    schema_: Literal["dualtrack.rehearsal/1"] = Field(alias="schema")
    id: Literal["rehearsal"]
    about: Text
    behaviours: Annotated[dict[Id, Behaviour], Field(min_length=1)]
