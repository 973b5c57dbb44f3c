"""Gates: rules that no average excuses.

May import errors, terms and the schema base. Every limit gate reads "failing share at most x"; "success at
least x" is the same with 1 - x.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dualtrack.rubric.base import Id, Schema, Text
from dualtrack.rubric.scale import LevelId

__all__ = ["FailWhen", "Gate", "LimitGate", "MarginGate", "MinNGate", "RelativeGate", "VetoGate", "VetoWhen"]

Share = Annotated[float, Field(gt=0, lt=1)]
Threshold = Literal["ours", "published", "contract"]


class FailWhen(Schema):
    """Which answers count as failing: exactly one key.

    ``at_least`` and ``at_most`` follow the order of the levels in the scale file; ``below`` and ``above`` are
    numbers of a number scale.
    """

    at_least: LevelId | None = None
    at_most: LevelId | None = None
    any_of: Annotated[tuple[LevelId, ...], Field(min_length=1)] | None = None
    below: float | None = None
    above: float | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of at_least, at_most, any_of, below, above")
        return self


class VetoWhen(Schema):
    """What raises an event: a failing check, a rating at or beyond a level, or both sources."""

    check: Literal["fail"] | None = None
    rating_at_least: LevelId | None = None
    rating_at_most: LevelId | None = None

    @model_validator(mode="after")
    def _something_raises_it(self) -> Self:
        if self.rating_at_least is not None and self.rating_at_most is not None:
            raise ValueError("give rating_at_least or rating_at_most, not both")
        if self.check is None and self.rating_at_least is None and self.rating_at_most is None:
            raise ValueError("say what raises the veto: check, rating_at_least or rating_at_most")
        return self


class VetoGate(Schema):
    """One confirmed event fails the track at any score; with ``stratum``, an event on items of that level."""

    id: Id
    kind: Literal["veto"]
    when: VetoWhen
    confirm: Literal["two_raters_or_adjudicator"]
    stratum: dict[str, str] | None = None
    why: Text | None = None


class LimitGate(Schema):
    """The limit of the failing share on its harmful side must be inside ``limit``.

    ``fails`` names the failing level of an ordinal metric; without it the metric's own ``fail_when`` decides.
    ``threshold`` says whose number it is: ours (to be confirmed before a freeze), published, or from the
    contract.
    """

    id: Id
    kind: Literal["failure_at_most", "success_at_least"]
    limit: Share | None
    fails: FailWhen | None = None
    stratum: dict[str, str] | None = None
    threshold: Threshold = "ours"
    why: Text | None = None

    @property
    def failure_limit(self) -> float | None:
        """Largest failing share that is still inside, 0..1; null when no threshold is stated."""
        if self.limit is None:
            return None
        return self.limit if self.kind == "failure_at_most" else round(1 - self.limit, 10)


class MarginGate(Schema):
    """Both limits of a mean difference must lie inside plus and minus ``limit``."""

    id: Id
    kind: Literal["difference_within"]
    limit: Share | None
    threshold: Threshold = "ours"
    why: Text | None = None


class RelativeGate(Schema):
    """The failing share may exceed a comparator's by less than ``limit``."""

    id: Id
    kind: Literal["not_worse_than"]
    limit: Share | None
    comparator: Text
    fails: FailWhen | None = None
    threshold: Threshold = "ours"
    why: Text | None = None


class MinNGate(Schema):
    """Fewer assessed cases than ``n`` demonstrate nothing."""

    id: Id
    kind: Literal["min_n"]
    count: Literal["items", "pairs"]
    n: Annotated[int, Field(ge=1)]
    stratum: dict[str, str] | None = None
    why: Text | None = None


Gate = Annotated[
    VetoGate | LimitGate | MarginGate | RelativeGate | MinNGate,
    Field(discriminator="kind"),
]
