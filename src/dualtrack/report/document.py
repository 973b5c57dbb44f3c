"""What pages may know: the content of scorecards.json as frozen data.

It exists so that views are written against named fields instead of nested mappings. May import
``report.rows``, ``report.record_facts`` and the rubric's forms of risk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dualtrack.report.dispute_rows import DisputedCase, WithoutDisputed
from dualtrack.report.pair_counts import RatingPair
from dualtrack.report.record_facts import RecordFacts
from dualtrack.report.rows import (
    Account,
    Agreement,
    CheckProof,
    Comparison,
    Estimate,
    FailureMode,
    Gate,
    PreferenceEstimate,
    Rank,
    RaterEffect,
    Robustness,
    Verdict,
    VetoCurve,
)
from dualtrack.rubric.risk import HarmLadder, RiskMatrix

Fact: TypeAlias = "str | float | bool | tuple[str, ...] | tuple[Mapping[str, Fact], ...] | None"
"""What a note may hold: a plain value, texts, or rows of such values."""

__all__ = [
    "Also",
    "CheckUse",
    "Clause",
    "DisputeRule",
    "Document",
    "Fact",
    "FailWhen",
    "Floors",
    "GateRule",
    "InputFile",
    "Level",
    "Metric",
    "NamedMode",
    "Note",
    "Override",
    "Plan",
    "Quantity",
    "Risk",
    "RubricFacts",
    "Run",
    "Scale",
    "ScopeOut",
    "Source",
    "Study",
    "System",
]


@dataclass(frozen=True, slots=True)
class System:
    """One system under test, or a comparator."""

    id: str
    name: str
    vendor: str | None
    kind: str
    role: str
    version: str | None
    accessed: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """Whatever judged and is neither a rater nor a shipped check; ``same_family`` are ids of systems of its family."""

    id: str
    kind: str
    name: str
    version: str | None
    family: str | None
    same_family: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What was owed and how intervals are made; ``ratings_per_unit`` is keyed by scale or ``default``."""

    samples: int
    ratings_per_unit: Mapping[str, int]
    cluster: str
    rho0: float
    rho0_why: str
    coverage_floor: float
    comparisons: str
    margins: Mapping[str, float]
    disputes: "DisputeRule | None" = None


@dataclass(frozen=True, slots=True)
class DisputeRule:
    """By which rule contested cases are decided, and by whom."""

    rule: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class ScopeOut:
    """A metric that people took out of scope."""

    metric: str
    reason: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Override:
    """A value of the rubric that the study replaces."""

    metric: str
    field: str
    value: float
    reason: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Study:
    """What was tested, on what, for which use."""

    id: str
    title: str
    data_kind: str
    data_class: str
    use: str
    users: str
    setting: str
    languages: tuple[str, ...]
    systems: tuple[System, ...]
    baseline: str | None
    sources: tuple[Source, ...]
    plan: Plan
    scope_out: tuple[ScopeOut, ...]
    overrides: tuple[Override, ...]
    credits: str | None


@dataclass(frozen=True, slots=True)
class Floors:
    """Least coverage, items and clusters that the rubric asks for."""

    coverage: float
    items: int
    clusters: int


@dataclass(frozen=True, slots=True)
class RubricFacts:
    """Which rubric, and the digest of its files."""

    id: str
    version: str
    title: str
    about: str
    licence: str
    source: str | None
    sha256: str
    floors: Floors


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a scale; no value: the level is no judgement."""

    id: str
    value: float | None
    anchor: str


@dataclass(frozen=True, slots=True)
class Scale:
    """One question with its anchored answers."""

    id: str
    title: str
    ask: str
    levels: tuple[Level, ...]
    why: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Also:
    """What is printed beside the primary quantity; ``unit`` belongs to a native mean."""

    show: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """The shape of a metric."""

    type: str
    per: str
    show: str
    also: tuple[Also, ...]


@dataclass(frozen=True, slots=True)
class CheckUse:
    """One automated check behind a metric."""

    id: str
    kind: str
    proof: str
    why: str | None


@dataclass(frozen=True, slots=True)
class FailWhen:
    """Which answers fail: from a level on in the order of the scale, up to one, any of some, or beyond a number."""

    at_least: str | None
    at_most: str | None
    any_of: tuple[str, ...]
    below: float | None
    above: float | None


@dataclass(frozen=True, slots=True)
class GateRule:
    """One rule in the direction of its kind: ``limit`` as this study uses it, ``stated_limit`` as the rubric has it."""

    id: str
    kind: str
    limit: float | None
    stated_limit: float | None
    fails: FailWhen | None
    stratum: tuple[tuple[str, str], ...]
    threshold: str | None
    n: int | None
    comparator: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class NamedMode:
    """A way to fail, as the rubric names it."""

    id: str
    act: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a framework that a metric gives evidence for."""

    framework: str
    edition: str
    clause: str
    status: str
    verified: str


@dataclass(frozen=True, slots=True)
class Metric:
    """One quantity of one track: as the rubric defines it, with the values that this study replaces.

    ``stated_weight`` is the weight that the rubric has; ``fail_when`` says which rating is a failing one.
    """

    id: str
    code: str
    track: str
    title: str
    definition: str
    does_not_show: str
    lifecycle: str
    quantity: Quantity
    scale: str | None
    aggregate: str | None
    fail_when: FailWhen | None
    combine: str
    missing_rule: str
    missing_why: str | None
    weight: float
    stated_weight: float
    weight_why: str
    gates: tuple[GateRule, ...]
    checks: tuple[CheckUse, ...]
    in_scope: bool
    failure_modes: tuple[NamedMode, ...] = ()
    crosswalk: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """How and when the numbers were made."""

    clock: str | None
    seed: int
    resamples: int
    confidence: float
    retrospective: bool
    versions: tuple[tuple[str, str], ...]
    record: RecordFacts | None = None


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Note:
    """A fact about the study that a reader must know; no track: it concerns both pages."""

    code: str
    track: str | None
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Risk:
    """How the rubric reads harm: its matrices and ladders, and the strata that the study calls high risk."""

    matrices: tuple[RiskMatrix, ...]
    ladders: tuple[HarmLadder, ...]
    high_risk: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole of scorecards.json."""

    study: Study
    rubric: RubricFacts
    metrics: tuple[Metric, ...]
    scales: Mapping[str, Scale]
    engine: str
    engine_version: str
    run: Run
    inputs: tuple[InputFile, ...]
    notes: tuple[Note, ...]
    estimates: tuple[Estimate, ...]
    gates: tuple[Gate, ...]
    verdicts: tuple[Verdict, ...]
    comparisons: tuple[Comparison, ...]
    accountability: tuple[Account, ...]
    check_proof: tuple[CheckProof, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    rating_pairs: tuple[RatingPair, ...] = ()
    preference_estimates: tuple[PreferenceEstimate, ...] = ()
    rater_effects: tuple[RaterEffect, ...] = ()
    veto_curves: tuple[VetoCurve, ...] = ()
    disputed_cases: tuple[DisputedCase, ...] = ()
    without_disputed: tuple[WithoutDisputed, ...] = ()
    ranks: tuple[Rank, ...] = ()
    robustness: tuple[Robustness, ...] = ()
    failure_modes: tuple[FailureMode, ...] = ()
    risk: Risk | None = None

    @property
    def mode_titles(self) -> Mapping[str, str]:
        """What the rubric calls each way to fail, by its id; the id itself where the rubric gives it no title."""
        return {mode.id: mode.title or mode.id for metric in self.metrics for mode in metric.failure_modes}
