"""The six shapes of a metric: what is counted or averaged, over what, and what a page shows.

May import errors, terms and the schema base. ``type`` chooses the shape; keys of another shape are refused.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dualtrack.rubric.base import Id, Schema, Text, UnitValue
from dualtrack.rubric.scale import Grain, LevelId

__all__ = [
    "Also",
    "BinaryQuantity",
    "CalibrationQuantity",
    "NumericQuantity",
    "OrdinalQuantity",
    "PairedQuantity",
    "Pairs",
    "ProportionQuantity",
    "Quantity",
]

Rate = Literal["failure_rate", "success_rate"]


class ShareAtLeast(Schema):
    """Share of items whose joined value is at or above that of a level."""

    show: Literal["share_at_least"]
    level: LevelId


class Distribution(Schema):
    """Share of ratings on each level."""

    show: Literal["distribution"]


class MeanRaw(Schema):
    """Mean of the native quantity, in its own unit."""

    show: Literal["mean_raw"]
    unit: Text


class Ece(Schema):
    """Expected calibration error with fixed bins; never a gate."""

    show: Literal["ece"]
    bins: Annotated[int, Field(ge=2, le=50)]


class OverconfidentWrong(Schema):
    """Share that is wrong among the responses that state at least this confidence.

    A limit gate counts the same responses over all planned cases; it follows the first of these under ``also``.
    """

    show: Literal["overconfident_wrong"]
    above: UnitValue


Also = Annotated[ShareAtLeast | Distribution | MeanRaw | Ece | OverconfidentWrong, Field(discriminator="show")]
"""What is printed beside the primary quantity, without weight or gate."""


class BinaryQuantity(Schema):
    """Share of items that fail."""

    type: Literal["binary"]
    per: Grain
    show: Rate
    also: tuple[Also, ...] = ()


class ProportionQuantity(Schema):
    """Failing opportunities among all opportunities; ``pool`` says mean of shares or sum over sum."""

    type: Literal["proportion"]
    per: Grain
    pool: Literal["items", "units"]
    show: Rate
    also: tuple[Also, ...] = ()


class OrdinalQuantity(Schema):
    """Mean of mapped levels; several units of one response are averaged within it."""

    type: Literal["ordinal"]
    per: Grain
    show: Literal["mean_value"]
    also: tuple[Also, ...] = ()


class NumericQuantity(Schema):
    """Share of items inside a tolerance that the check or the failing levels state."""

    type: Literal["numeric"]
    per: Grain
    show: Rate
    also: tuple[Also, ...] = ()


class Pairs(Schema):
    """How paired cases are found.

    Within a family, every variant against the base; ``by`` names the contrast that a pair belongs to. Within an item,
    every two of its samples, so that no sample is special; without a base.
    """

    within: Literal["family_id", "item_id"]
    base: Text | None = None
    by: Literal["attribute", "variant", "sample"]

    @model_validator(mode="after")
    def _base_and_name_fit(self) -> Self:
        if self.within == "family_id" and (self.base is None or self.by == "sample"):
            raise ValueError("pairs within a family need a base and by: attribute or variant")
        if self.within == "item_id" and (self.base is not None or self.by != "sample"):
            raise ValueError("pairs within an item are by: sample, without a base")
        return self


class PairedOf(Schema):
    """What is compared within a pair: a check's native value (pass and fail as 1 and 0 without one), or the ratings."""

    check: Id | None = None
    ratings: bool = False


class PairedQuantity(Schema):
    """Mean signed gap of a pair; the score is 1 minus the share of discordant pairs.

    A gap counts at most one unit of what is compared, up or down, so that nothing missing could be worse than its fill.
    """

    type: Literal["paired_difference"]
    per: Literal[Grain.pair]
    show: Literal["difference"]
    pairs: Pairs
    of: PairedOf
    also: tuple[Also, ...] = ()


class CalibrationQuantity(Schema):
    """Brier score of stated confidence against a correctness metric of the same track."""

    type: Literal["calibration"]
    per: Grain
    show: Literal["brier"]
    also: tuple[Also, ...] = ()


Quantity = Annotated[
    BinaryQuantity | ProportionQuantity | OrdinalQuantity | NumericQuantity | PairedQuantity | CalibrationQuantity,
    Field(discriminator="type"),
]
