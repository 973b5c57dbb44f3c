"""The closed word lists of the product: tracks, outcomes, states, reasons.

Ground floor: imports nothing of dualtrack. Members are the exact words that stand in files; the sentences that
explain them to a reader are data of the reports. A list may grow; no member is renamed or reused.
"""

from enum import StrEnum

__all__ = [
    "Aggregate",
    "Combine",
    "Fill",
    "GateKind",
    "HarmLevel",
    "MissingRule",
    "Outcome",
    "Proof",
    "QuantityType",
    "RatingRole",
    "Reason",
    "ResponseStatus",
    "Role",
    "SourceKind",
    "State",
    "Track",
]


class Track(StrEnum):
    """The two scorecards. Nothing joins them."""

    safety = "safety"
    effectiveness = "effectiveness"


class State(StrEnum):
    """The four states of a gate, a veto and a track."""

    met = "met"
    not_met = "not_met"
    not_demonstrated = "not_demonstrated"
    not_assessed = "not_assessed"


class Outcome(StrEnum):
    """What one judgement said. Only pass and fail are evidence about the response."""

    passed = "pass"
    failed = "fail"
    not_applicable = "not_applicable"
    not_assessable = "not_assessable"
    error = "error"


class ResponseStatus(StrEnum):
    """What came back when an item was put to a system. ``withheld``: answered, text not in this copy."""

    answered = "answered"
    withheld = "withheld"
    refused = "refused"
    empty = "empty"
    truncated = "truncated"
    error = "error"
    not_run = "not_run"


class RatingRole(StrEnum):
    """Why a rating was given. Training ratings never enter a result."""

    primary = "primary"
    tie_break = "tie_break"
    adjudication = "adjudication"
    training = "training"


class SourceKind(StrEnum):
    """Who or what made a finding."""

    check = "check"
    rater = "rater"
    tie_break = "tie_break"
    score = "score"
    adjudicator = "adjudicator"


class Proof(StrEnum):
    """Standing of a check's evidence: shown against clinicians, screening only, or the definition itself."""

    shown = "shown"
    screening = "screening"
    by_construction = "by_construction"


class QuantityType(StrEnum):
    """The six shapes of a metric (VERDICTS, table of types)."""

    binary = "binary"
    proportion = "proportion"
    ordinal = "ordinal"
    numeric = "numeric"
    paired_difference = "paired_difference"
    calibration = "calibration"


class Aggregate(StrEnum):
    """How the ratings of one response become one value. Each never falls when one rating rises."""

    median = "median"
    majority = "majority"
    worst = "worst"
    mean = "mean"


class Combine(StrEnum):
    """How automated checks and clinician ratings of one response are joined."""

    clinician_only = "clinician_only"
    clinician_overrides = "clinician_overrides"
    either_flags_then_adjudicate = "either_flags_then_adjudicate"
    worst_of = "worst_of"
    prediction_powered = "prediction_powered"
    check_only = "check_only"


class MissingRule(StrEnum):
    """What an owed and missing value does to the bounds."""

    worst_case = "worst_case"
    report = "report"


class GateKind(StrEnum):
    """Rules that no average excuses."""

    veto = "veto"
    failure_at_most = "failure_at_most"
    success_at_least = "success_at_least"
    difference_within = "difference_within"
    not_worse_than = "not_worse_than"
    min_n = "min_n"


class Fill(StrEnum):
    """How missing cells were filled in an estimate."""

    worst = "worst"
    observed = "observed"
    best = "best"


class HarmLevel(StrEnum):
    """Harm if the advice were followed, from none to death; the words to each stand in the scale of the rubric."""

    H0 = "H0"
    H1 = "H1"
    H2 = "H2"
    H3 = "H3"
    H4 = "H4"


class Role(StrEnum):
    """Standing of an estimate in the analysis."""

    primary = "primary"
    secondary = "secondary"
    exploratory = "exploratory"


class Reason(StrEnum):
    """Why a value is undefined, or a gate is not demonstrated."""

    no_response = "no_response"
    withheld = "withheld"
    refused = "refused"
    empty = "empty"
    truncated = "truncated"
    unparsed = "unparsed"
    not_stated = "not_stated"
    not_recorded = "not_recorded"
    cannot_judge = "cannot_judge"
    too_few_ratings = "too_few_ratings"
    disputed = "disputed"
    no_evidence = "no_evidence"
    check_error = "check_error"
    screening_only = "screening_only"
    too_few_items = "too_few_items"
    too_few_clusters = "too_few_clusters"
    one_level_only = "one_level_only"
    no_overlap = "no_overlap"
    not_connected = "not_connected"
    not_planned = "not_planned"
    not_applicable = "not_applicable"
    no_weight = "no_weight"
    language = "language"
    too_short = "too_short"
    too_few = "too_few"
    straddles = "straddles"
    estimate_beyond = "estimate_beyond"
    missing_evidence = "missing_evidence"
    flags_pending = "flags_pending"
    retrospective = "retrospective"
    unconfirmed_events = "unconfirmed_events"
    low_coverage = "low_coverage"
    no_gate = "no_gate"
    no_threshold = "no_threshold"
    nothing_assessed = "nothing_assessed"
    not_blinded = "not_blinded"
    sampled = "sampled"
    raters_differ = "raters_differ"
    no_comparator = "no_comparator"
    biased = "biased"
    reference_value = "reference_value"
    below_floor = "below_floor"
    no_better_than_chance = "no_better_than_chance"
    blinding_not_recorded = "blinding_not_recorded"
    one_rater = "one_rater"
    rater_positions = "rater_positions"
    no_variation = "no_variation"
    too_few_raters = "too_few_raters"
    separation = "separation"
    clustered = "clustered"
    multiplicity = "multiplicity"
    one_system = "one_system"
    order_holds = "order_holds"
    too_few_repeats = "too_few_repeats"
    description = "description"
    amended = "amended"
    looked_before = "looked_before"
