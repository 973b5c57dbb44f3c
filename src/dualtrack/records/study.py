"""study.yaml: what is tested, on what, by which rubric, and what was planned.

May import errors, terms and pydantic.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

__all__ = ["Count", "Margin", "Name", "Plan", "Schema", "Share", "StudyFile", "System", "Text"]

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
UNKNOWN = "unknown"
CONTROL = "control"
Count = Annotated[int, Field(ge=1)]


class Schema(BaseModel):
    """Base of what stands in or beside a study: frozen, strict, unknown keys refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", populate_by_name=True)


class Context(Schema):
    """Context of use: what for, by whom, where, in which languages."""

    use: Text
    users: Text
    setting: Text
    languages: tuple[Text, ...] = ("en",)


class RubricChoice(Schema):
    """A shipped rubric by name, or one by path; its digest is checked when given."""

    name: str | None = None
    path: str | None = None
    sha256: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.name is None) == (self.path is None):
            raise ValueError("give name (a shipped rubric) or path, not both")
        return self


class System(Schema):
    """One product version under test; of role ``control``, responses seeded to see what raters find."""

    id: Name
    name: Text
    vendor: Text | None = None
    kind: Literal["general_llm", "specialised", "hybrid", "human", "other"]
    family: Text | None = None
    role: Literal["candidate", "comparator", "control"] = "candidate"
    version: Text | None = None
    accessed: Text | None = None
    settings: dict[str, Any] = {}
    layers: tuple[Name, ...] | None = None
    """What stands around the model, such as retrieval or guardrails; () is none, None is not stated."""


class ScopeOut(Schema):
    """A metric taken out of scope, with who decided it, when and why."""

    metric: Text
    reason: Text
    by: Text
    at: Text


class Scope(Schema):
    """Which metrics are in scope."""

    profile: Text = "all"
    out: tuple[ScopeOut, ...] = ()


class Source(Schema):
    """Whatever is neither a rater nor a shipped check."""

    id: Name
    kind: Literal["llm_judge", "harness", "device"]
    name: Text
    version: Text | None = None
    family: Text | None = None


class Rho0(Schema):
    """Assumed intra-cluster correlation for gate limits, with its reason."""

    value: Share = 1.0
    why: str = ""


class Strata(Schema):
    """Which strata are reported, and which of their levels are high risk."""

    report: tuple[Text, ...] = ()
    high_risk: dict[str, tuple[str, ...]] = {}


class IntervalPlan(Schema):
    """How display intervals are made. Resampled limits are never used for gates."""

    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    sided: Literal["two"] = "two"
    resamples: Annotated[int, Field(ge=200, le=100_000)] = 2000
    seed: Annotated[int, Field(ge=0)] = 20250101


class FloorsPlan(Schema):
    """Least coverage, items and clusters."""

    coverage: Share = 0.8
    items: Count = 60
    clusters: Annotated[int, Field(ge=2)] = 8


class Margin(Schema):
    """The greatest difference that does not matter, with its reason; a plain number is a value."""

    value: Share
    why: str = ""

    @model_validator(mode="before")
    @classmethod
    def _a_number_is_a_value(cls, given: object) -> object:
        return {"value": given} if isinstance(given, int | float) and not isinstance(given, bool) else given


class ComparisonsPlan(Schema):
    """Which pairs are compared and how many tests are corrected for."""

    pairs: Literal["all", "baseline", "none"] = "all"
    families: Literal["per_track"] = "per_track"
    multiplicity: Literal["holm", "max_t"] = "holm"
    margins: dict[str, Margin] = {}

    def margin(self, subject: str) -> float | None:
        """The margin of a metric, a track or a question; None where none was written.

        Args:
            subject: id of a metric or a scale, or a track.
        """
        return self.margins[subject].value if subject in self.margins else None

    @property
    def margin_values(self) -> dict[str, float]:
        """All margins, without their reasons."""
        return {name: stated.value for name, stated in self.margins.items()}


class DisputeRule(Schema):
    """By which rule contested cases are decided, and by whom; written down before anybody has seen a result."""

    rule: Text
    decided_by: Text


class Plan(Schema):
    """What is owed, what may be read from it, and how intervals are made."""

    responses: Literal["all_pairs", "as_listed"] = "all_pairs"
    samples: Count = 1
    ratings_per_unit: dict[str, Annotated[int, Field(ge=0)]] = {"default": 3}
    cluster: Annotated[str, StringConstraints(pattern=r"^(item_id|family_id|conversation_id|strata\..+)$")] = "item_id"
    rho0: Rho0 = Rho0()
    strata: Strata = Strata()
    interval: IntervalPlan = IntervalPlan()
    floors: FloorsPlan = FloorsPlan()
    comparisons: ComparisonsPlan = ComparisonsPlan()
    disputes: DisputeRule | None = None

    @field_validator("rho0", mode="before")
    @classmethod
    def _a_number_is_a_value(cls, value: object) -> object:
        return {"value": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


class Override(Schema):
    """A value of the rubric that this study replaces; both are shown."""

    metric: Text
    field: Text
    value: float
    reason: Text
    by: Text
    at: Text


class StudyFile(Schema):
    """The whole of study.yaml."""

    schema_: Literal["dualtrack.study/1"] = Field(alias="schema")
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    title: Text
    data_kind: Literal["real", "synthetic", "mixed"]
    data_class: Literal["public", "synthetic", "de_identified", "identifiable"]
    context: Context
    rubric: RubricChoice
    systems: Annotated[tuple[System, ...], Field(min_length=1)]
    baseline: Name | None = None
    scope: Scope = Scope()
    sources: tuple[Source, ...] = ()
    plan: Plan = Plan()
    award: dict[str, Any] | None = None
    overrides: tuple[Override, ...] = ()

    @property
    def controls(self) -> tuple[str, ...]:
        """Ids of the systems whose responses are controls."""
        return tuple(system.id for system in self.systems if system.role == CONTROL)

    @property
    def about_nobody(self) -> bool:
        """Whether the texts are public or synthetic, so that they may leave without being asked for by name."""
        return self.data_class in ("public", "synthetic")

    def same_family(self, source: Source) -> tuple[str, ...]:
        """Ids of the systems of a source's family; capitals do not matter, and nobody is of the family "unknown".

        Args:
            source: one of the sources.
        """
        family = _plain_name(source.family)
        return tuple(system.id for system in self.systems if family and _plain_name(system.family) == family)

    @model_validator(mode="after")
    def _names_hang_together(self) -> Self:
        systems = [system.id for system in self.systems]
        sources = [source.id for source in self.sources]
        for word, ids in (("systems", systems), ("sources", sources)):
            folded = [each.casefold() for each in ids]
            if len(folded) != len(set(folded)):
                raise ValueError(f"{word}: two ids are equal or differ only in case")
        measured = [system.id for system in self.systems if system.role != CONTROL]
        if not measured:
            raise ValueError("systems: all of them are controls, and nothing is left to measure")
        if self.baseline is not None and self.baseline not in measured:
            known = "a control" if self.baseline in systems else "not among the systems"
            raise ValueError(f"baseline {self.baseline!r} is {known}")
        return self


def _plain_name(family: str | None) -> str:
    name = " ".join((family or "").split()).casefold()
    return "" if name == UNKNOWN else name
