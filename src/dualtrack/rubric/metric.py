"""A metric: one quantity with its track, evidence, joining rule, weight and gates.

May import errors, terms and the other rubric schemas.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from dualtrack.rubric.base import Id, Schema, Text
from dualtrack.rubric.gate import FailWhen, Gate
from dualtrack.rubric.quantity import Quantity
from dualtrack.rubric.scale import LevelId
from dualtrack.terms import Aggregate, Combine, MissingRule, Reason, Track

__all__ = [
    "CODE_PATTERN",
    "CheckUse",
    "Clause",
    "Example",
    "FailureMode",
    "Metric",
    "Missing",
    "RatingsUse",
    "Weight",
]

CODE_PATTERN = r"^[A-Z]{1,4}[0-9]{2,3}$"
Primitive = str | int | float | bool
Condition = tuple[Primitive, ...] | Literal["present"]


class CheckUse(Schema):
    """One use of a check kind by a metric.

    ``select`` picks from the clinical facts of the item, ``lexicons`` names word lists of the rubric, ``params`` go to
    the kind's own schema. ``raises`` says which failure mode of this metric each failure mode of the kind is; without
    it they have the same name. ``proof: clinicians`` is screening only until agreement with clinicians is shown;
    ``by_construction`` is the definition and says why.
    """

    id: Id
    kind: Id
    select: dict[str, Any] = Field(default_factory=dict)
    lexicons: tuple[Id, ...] = ()
    params: dict[str, Any] = Field(default_factory=dict)
    raises: dict[Id, Id] = Field(default_factory=dict)
    proof: Literal["clinicians", "by_construction"]
    why: Text | None = None

    @model_validator(mode="after")
    def _a_definition_says_why(self) -> Self:
        if self.proof == "by_construction" and self.why is None:
            raise ValueError("proof: by_construction needs a why")
        return self


class RatingsUse(Schema):
    """Which scale feeds the metric, how several ratings become one, and which levels fail.

    ``attributed``: a failing level counts against this metric only where the rater ticked one of its failure modes, or
    ticked none at all. So one answer about harm can feed many metrics without failing those it is not about.
    """

    scale: Id
    aggregate: Aggregate | None = None
    fail_when: FailWhen | None = None
    attributed: bool = False
    blinded_pairs: bool = False


class Weight(Schema):
    """Priority inside the track; 0 reports without weighing."""

    value: Annotated[float, Field(ge=0, le=5)]
    why: Text


class Missing(Schema):
    """What an owed and missing value does: worst_case fills the bounds, report forbids gates."""

    rule: MissingRule = MissingRule.worst_case
    why: Text | None = None

    @model_validator(mode="after")
    def _report_says_why(self) -> Self:
        if self.rule is MissingRule.report and self.why is None:
            raise ValueError("missing: report needs a why")
        return self


class FailureMode(Schema):
    """A named way to fail, by doing or by leaving out."""

    id: Id
    act: Literal["commission", "omission"]
    title: Text | None = None


class Clause(Schema):
    """A clause of a framework that this metric gives evidence for."""

    framework: Text
    edition: Text
    clause: Text
    status: Literal["draft", "final", "future"]
    date: Text | None = None
    verified: Literal["primary", "secondary", "unverified"]


class Evidence(Schema):
    """Small evidence for one metric, one entry per judged case, in the same order in both lists.

    ``checks`` has the outcome of the metric's checks on each case, ``ratings`` the levels its raters gave, ``rulings``
    the level that an adjudicator decided (null where none did). ``pairs`` has the value of what a paired metric compares
    in the base case and in the variant, or in two runs. ``stated`` has the confidence stated with each case (null where
    none was), whose correctness ``checks`` says.
    """

    checks: tuple[Literal["pass", "fail", "not_assessable", "error"], ...] = ()
    ratings: tuple[tuple[LevelId, ...], ...] = ()
    rulings: tuple[LevelId | None, ...] = ()
    pairs: tuple[Annotated[tuple[float, ...], Field(min_length=2, max_length=2)], ...] = ()
    stated: tuple[Annotated[float, Field(ge=0, le=1)] | None, ...] = ()


class Expectation(Schema):
    """What the evidence must give: counts and value, or undefined with a reason.

    ``n_units`` counts the judged cases, ``n_events`` those that fail, ``value`` is the estimate as the
    quantity's ``show`` says it.
    """

    n_events: int | None = None
    n_units: int | None = None
    value: float | None = None
    undefined: Reason | None = None

    @model_validator(mode="after")
    def _expects_something(self) -> Self:
        counted = any(each is not None for each in (self.n_events, self.n_units, self.value))
        if counted is (self.undefined is not None):
            raise ValueError("an example expects counts and a value, or undefined with a reason")
        return self


class Example(Schema):
    """An example that runs as a test: with this evidence, this result.

    It is about the arithmetic of the metric, so checks count as shown against clinicians.
    """

    evidence: Evidence
    expect: Expectation


class Metric(Schema):
    """One of the rubric's quantities, as a clinician can read it aloud."""

    schema_: Literal["dualtrack.metric/1"] = Field(alias="schema")
    id: Id
    code: Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
    track: Track
    title: Text
    definition: Text
    does_not_show: Text
    lifecycle: Literal["draft", "stable", "retired"]
    quantity: Quantity
    applies_when: dict[str, Condition] = Field(default_factory=dict)
    derives_from: dict[Literal["correct"], Id] = Field(default_factory=dict)
    checks: tuple[CheckUse, ...] = ()
    ratings: RatingsUse | None = None
    combine: Combine
    missing: Missing = Missing()
    weight: Weight
    gates: tuple[Gate, ...] = ()
    failure_modes: tuple[FailureMode, ...] = ()
    strata: tuple[Text, ...] = ()
    crosswalk: tuple[Clause, ...] = ()
    examples: tuple[Example, ...] = ()

    @field_validator("missing", mode="before", json_schema_input_type=MissingRule | Missing)
    @classmethod
    def _a_word_is_a_rule(cls, value: object) -> object:
        return {"rule": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _no_id_twice(self) -> Self:
        for name, ids in (
            ("checks", [check.id for check in self.checks]),
            ("gates", [gate.id for gate in self.gates]),
            ("failure_modes", [mode.id for mode in self.failure_modes]),
        ):
            if len(ids) != len(set(ids)):
                raise ValueError(f"{name}: two entries have the same id")
        if self.missing.rule is MissingRule.report and self.gates:
            raise ValueError("missing: report allows no gate")
        return self

    @property
    def aggregate(self) -> Aggregate:
        """Rule that joins the ratings of one response: as stated, else majority (of failing and passing) or median."""
        if self.ratings is not None and self.ratings.aggregate is not None:
            return self.ratings.aggregate
        by_level = self.quantity.type == "paired_difference" and (
            self.ratings is None or self.ratings.fail_when is None
        )
        counts_levels = self.quantity.type == "ordinal" or by_level
        return Aggregate.median if counts_levels else Aggregate.majority
