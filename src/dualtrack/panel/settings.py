"""panel.yaml: how many ratings are wished for, from whom, and what raters must be told.

May import records, pydantic and the rule of readiness. It stands beside study.yaml; the people themselves stand in
the table ``raters``.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from dualtrack.panel.rule import Calibration
from dualtrack.records.study import Count, Name, Schema, Share, Text

__all__ = ["Member", "PanelFile"]


class Member(Schema):
    """One rater of the panel and the number of responses that were agreed; at most so many are assigned."""

    rater_id: Name
    load: Count


class Overlap(Schema):
    """Which items several people rate: a share of them, or as many as an agreement needs to be known well enough.

    ``agreement`` is the raw agreement that is expected, ``half_width`` half the width of its 95 % interval.
    """

    share: Share = 1.0
    agreement: Annotated[float, Field(gt=0, lt=1)] | None = None
    half_width: Annotated[float, Field(gt=0, lt=0.5)] | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.agreement is None) != (self.half_width is None):
            raise ValueError("agreement and half_width belong together")
        return self


class Match(Schema):
    """An attribute of raters that must equal a stratum of the item, such as specialty."""

    rater: Literal["specialty", "profession", "panel"]
    stratum: Text


class Audit(Schema):
    """Only what checks flagged is rated in full; of the rest this share is drawn, with the probability recorded."""

    share: Annotated[float, Field(gt=0, le=1)]


class PanelFile(Schema):
    """The whole of panel.yaml.

    Attributes:
        members: who takes part.
        ratings_per_response: ratings of each response on items that several people rate.
        crossed: whether a rater who rates an item rates the answers of every system to it. Only then are differences
            between systems free of the raters' severity.
        overlap: items that several people rate; the others are rated once.
        repeats: share of a rater's responses that come a second time, to see how steady the ratings are.
        match: raters who may rate an item.
        audit: draw only a sample of what no check flagged.
        practice: ids of items that raters practise on; they enter no result.
        calibration: cases with agreed levels, and what a rater must show on them before the study.
        display: what is changed in the responses as raters see them, the same for every system; nothing by default.
        minutes_per_response: for the hours on the cover and in the balance table.
        seed: of every random choice.
        deadline: last day, as it shall be printed; ratings after it are counted and left out.
        contact, data_use: what the cover says.
        language: language of the pages' own words.
    """

    schema_: Literal["dualtrack.panel/1"] = Field(alias="schema")
    members: Annotated[tuple[Member, ...], Field(min_length=1)]
    ratings_per_response: Count = 3
    crossed: bool = True
    overlap: Overlap = Overlap()
    repeats: Share = 0.0
    match: tuple[Match, ...] = ()
    audit: Audit | None = None
    practice: tuple[Name, ...] = ()
    calibration: Calibration | None = None
    display: tuple[Literal["plain_marks", "no_links", "no_citations"], ...] = ()
    minutes_per_response: Annotated[float, Field(gt=0)] = 4.0
    seed: Annotated[int, Field(ge=0)]
    deadline: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    contact: Text
    data_use: Text
    language: Text = "en"

    @model_validator(mode="after")
    def _nobody_twice(self) -> Self:
        ids = [member.rater_id.casefold() for member in self.members]
        if len(ids) != len(set(ids)):
            raise ValueError("members: two ids are equal or differ only in case")
        return self

    @model_validator(mode="after")
    def _practice_shows_no_calibration(self) -> Self:
        if self.calibration is not None and set(self.calibration.items) & set(self.practice):
            raise ValueError("calibration.items: an item is there for practice already")
        return self

    @property
    def apart(self) -> frozenset[str]:
        """Ids of items that raters see before the study and never in it."""
        return frozenset((*self.practice, *(self.calibration.items if self.calibration is not None else ())))
