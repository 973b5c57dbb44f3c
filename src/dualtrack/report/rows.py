"""The rows of the result tables as frozen data: one field for each column, by name.

It exists so that views are written against typed fields; a test compares them with the specification of the tables.
Imports nothing of dualtrack.
"""

from dataclasses import dataclass

__all__ = [
    "Account",
    "Agreement",
    "CheckProof",
    "Comparison",
    "Estimate",
    "FailureMode",
    "Gate",
    "PreferenceEstimate",
    "Rank",
    "RaterEffect",
    "Robustness",
    "Verdict",
    "VetoCurve",
]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number of one system."""

    subject: str
    subject_id: str
    system_id: str
    show: str
    stratum: str
    stratum_level: str
    basis: str
    missing: str
    track: str
    state: str
    reason: str | None
    value: float | None
    lower: float | None
    upper: float | None
    score: float | None
    score_lower: float | None
    score_upper: float | None
    n_planned: int | None
    n_items: int | None
    n_clusters: int | None
    n_effective: float | None
    n_units: int | None
    n_events: int | None
    n_raters: int | None
    coverage: float | None
    method: str | None
    interval_reason: str | None
    covers: str | None
    confidence: float | None
    role: str
    proof: str | None


@dataclass(frozen=True, slots=True)
class Gate:
    """One rule that no average excuses, for one system."""

    system_id: str
    gate_id: str
    track: str
    kind: str
    limit: float | None
    observed: float | None
    value: float | None
    lower: float | None
    n: int | None
    n_assessed: int | None
    n_effective: float | None
    n_needed: int | None
    n_events: int | None
    state: str
    reasons: tuple[str, ...]
    open_flags: int | None
    rho0: float | None
    icc: float | None
    panel_detection: float | None
    panel_limit: float | None
    contrast: str | None
    disposition_id: str | None
    pre_specified: bool | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One track of one system."""

    system_id: str
    track: str
    state: str
    decided_by: tuple[str, ...]
    reasons: tuple[str, ...]
    coverage: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """System A minus system B, or group A minus group B, on the same cases."""

    track: str
    subject_id: str
    system_a: str
    system_b: str
    stratum: str
    stratum_level: str
    show: str
    comparison_kind: str
    basis: str
    state: str
    reason: str | None
    value: float | None
    lower: float | None
    upper: float | None
    method: str | None
    n_items: int | None
    n_clusters: int | None
    n_a: int | None
    n_b: int | None
    p: float | None
    p_adjusted: float | None
    family: str | None
    margin: float | None
    decision: str | None
    role: str
    missing: str | None
    estimator: str | None
    n_discordant: int | None
    p_method: str | None
    adjustment: str | None
    reversal: str | None
    lower_missing: float | None
    upper_missing: float | None
    assay: str | None
    against_baseline: bool | None
    n_systems_a: int | None
    n_systems_b: int | None
    margin_pre_specified: bool | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Responses of one system at one stage, or lost there for one reason."""

    system_id: str
    stage: str
    n: int
    reason: str
    n_lost: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """One coefficient of agreement between the raters of one panel on one scale and grain."""

    scale_id: str
    grain: str
    panel: str
    coefficient: str
    weights: str
    state: str
    reason: str | None
    value: float | None
    lower: float | None
    upper: float | None
    method: str | None
    interval_reason: str | None
    confidence: float | None
    n_units: int | None
    n_ratings: int | None
    n_raters: int | None
    n_clusters: int | None
    raters: tuple[str, ...]
    prevalence: float | None
    prevalent_level: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class CheckProof:
    """One check or other source against clinicians' first ratings, on one system or ("") on all."""

    metric_id: str
    basis: str
    system_id: str
    track: str
    state: str
    reason: str | None
    fails_from: str | None
    unit: str | None
    n: int | None
    n_missing: int | None
    n_items: int | None
    n_clusters: int | None
    n_raters: int | None
    n_failing: int | None
    n_passing: int | None
    n_flagged: int | None
    n_hits: int | None
    n_false_alarms: int | None
    n_unflagged: int | None
    n_cleared: int | None
    sensitivity: float | None
    sensitivity_lower: float | None
    sensitivity_upper: float | None
    specificity: float | None
    specificity_lower: float | None
    specificity_upper: float | None
    agreement: float | None
    agreement_lower: float | None
    agreement_upper: float | None
    kappa: float | None
    ac1: float | None
    ppv: float | None
    ppv_lower: float | None
    ppv_upper: float | None
    npv: float | None
    npv_lower: float | None
    npv_upper: float | None
    sampling: str | None
    brier: float | None
    ece: float | None
    ece_by_chance: float | None
    method: str | None
    interval_reason: str | None
    confidence: float | None
    n_needed: int | None
    floor: float | None
    decided_on: float | None
    alarms_at_most: float | None
    proof: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreferenceEstimate:
    """One number from choices between two responses, by one instrument; in neither track."""

    scale_id: str
    instrument: str
    condition: str
    items: str
    show: str
    system_a: str
    system_b: str
    state: str
    reason: str | None
    value: float | None
    lower: float | None
    upper: float | None
    method: str | None
    confidence: float | None
    n: int | None
    n_items: int | None
    n_clusters: int | None
    n_ties: int | None
    tie_share: float | None
    n_cannot_judge: int | None
    n_raters: int | None
    margin: float | None
    decision: str | None
    n_needed: int | None
    margin_pre_specified: bool | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RaterEffect:
    """One number about one rater, or ("") about all of them, on one scale."""

    scale_id: str
    metric_id: str
    rater_id: str
    system_id: str
    show: str
    kind: str | None
    panel: int | None
    state: str
    reason: str | None
    value: float | None
    lower: float | None
    upper: float | None
    interval_reason: str | None
    n: int | None
    n_clusters: int | None
    method: str | None
    confidence: float | None
    compared: str | None


@dataclass(frozen=True, slots=True)
class VetoCurve:
    """How often a veto strikes at four true rates, by what was looked at of one system."""

    system_id: str
    gate_id: str
    track: str
    n_assessed: int | None
    n_responses: int | None
    n_effective: float | None
    strikes_at_0_1: float | None
    strikes_at_0_5: float | None
    strikes_at_1: float | None
    strikes_at_2: float | None


@dataclass(frozen=True, slots=True)
class Rank:
    """The possible ranks of one system on one track."""

    track: str
    system_id: str
    state: str
    reason: str | None
    score: float | None
    rank_best: int | None
    rank_worst: int | None
    confidence: float | None
    shares: tuple[float, ...]
    share_first: float | None
    tie_group: int | None
    ahead_of: tuple[str, ...]
    behind: tuple[str, ...]
    tied_with: tuple[str, ...]
    open_with: tuple[str, ...]
    margin: float | None
    missing_best: int | None
    missing_worst: int | None
    method: str | None
    n_systems: int | None
    n_metrics: int | None
    n_items: int | None
    n_clusters: int | None
    role: str


@dataclass(frozen=True, slots=True)
class Robustness:
    """What the order of two systems on one track becomes under other weights."""

    track: str
    show: str
    metric_id: str
    concentration: str
    system_a: str
    system_b: str
    state: str
    reason: str | None
    value: float | None
    lower: float | None
    upper: float | None
    leads: str | None
    method: str | None
    n_metrics: int | None
    n_items: int | None
    n_clusters: int | None
    role: str


@dataclass(frozen=True, slots=True)
class FailureMode:
    """One named way to fail of one metric, in one system; "" is a failure for which nobody named one."""

    system_id: str
    metric_id: str
    failure_mode: str
    stratum: str
    stratum_level: str
    track: str
    act: str | None
    state: str
    reason: str | None
    n_items: int | None
    n_events: int | None
    value: float | None
    lower: float | None
    upper: float | None
    method: str | None
    interval_reason: str | None
    confidence: float | None
    n_open: int | None
    n_repeats: int | None
    n_repeated: int | None
    worst_harm: str | None
    worst_harm_from: str | None
    exemplar_item: str | None
    exemplar_sample: int | None
