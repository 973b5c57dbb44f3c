"""The tables that scoring writes, column by column.

May import errors, terms and the column specification. Pages are functions of these tables alone.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.result_agreement import AGREEMENT, RATING_PAIRS
from dualtrack.records.result_columns import (
    ITEM,
    LOWER,
    METHOD,
    METRIC,
    REASON,
    SAMPLE,
    STATE,
    SYSTEM,
    TRACK,
    UPPER,
    count_column,
    key_column,
    number_column,
)
from dualtrack.records.result_comparisons import COMPARISONS
from dualtrack.records.result_disputes import DISPUTED_CASES, WITHOUT_DISPUTED
from dualtrack.records.result_failures import COMMENTS, FAILURE_MODES, FAILURES, RULINGS
from dualtrack.records.result_operating import VETO_CURVES
from dualtrack.records.result_preferences import PREFERENCE_ESTIMATES
from dualtrack.records.result_ranks import RANKS, ROBUSTNESS
from dualtrack.records.result_raters import RATER_EFFECTS
from dualtrack.records.result_worklist import DISCORDANCES
from dualtrack.terms import Fill, GateKind, HarmLevel, Outcome, Proof, Reason, Role, SourceKind, Track

__all__ = ["RESULT_TABLES"]

FINDINGS = Table(
    "findings",
    "result",
    "one judgement of one response or unit, recorded once",
    (
        SYSTEM,
        ITEM,
        SAMPLE,
        key_column("unit_id", 'part of the response; "" is the whole'),
        key_column("probe_id", "scale id, or metric.check"),
        key_column("source_id", "rater, check kind or imported source"),
        key_column("occasion", "which time", kind=Kind.integer),
        Column("source_kind", Kind.word, "who or what judged", null=False, words=tuple(SourceKind)),
        Column("outcome", Kind.word, "what the judgement said, where it says pass or fail", words=tuple(Outcome)),
        Column("level", Kind.text, "level of the scale"),
        number_column("value", "native value, or the level mapped to 0..1"),
        Column(
            "failure_mode",
            Kind.text,
            "named way to fail; of a rating, those that the rater ticked, with spaces between",
        ),
        Column("act", Kind.word, "by doing or leaving out", words=("commission", "omission")),
        Column(
            "harm_level",
            Kind.word,
            "harm if the advice were followed; of a rating the worst of the failure modes that were given one",
            words=tuple(HarmLevel),
        ),
        Column(
            "severities",
            Kind.text,
            "harm level of each failure mode that a rater gave one, as mode=H2, with spaces between",
        ),
        Column("spans", Kind.list, "evidence as [start, end] code points"),
        REASON,
        Column("proof", Kind.word, "standing of a check", words=tuple(Proof)),
    ),
    in_document=False,
)

OBSERVATIONS = Table(
    "observations",
    "result",
    "one response on one metric after joining its sources",
    (
        SYSTEM,
        key_column("item_id", "the test case; of a pair family@variant, or item@sample of the earlier sample"),
        SAMPLE,
        METRIC,
        key_column("basis", "which evidence: primary, unadjudicated, clinician_only, check_only or score:SOURCE"),
        number_column("value", "0..1, 1 best, six decimals"),
        number_column("worst", "the same with every owed and missing judgement at its worst"),
        number_column("best", "the same with every owed and missing judgement at its best"),
        number_column("raw", "native value; of a pair the signed gap as it is"),
        number_column("x", "stated confidence"),
        count_column("n_units", "units judged"),
        count_column("n_failed", "units that failed"),
        count_column("n_raters", "ratings joined"),
        Column("cluster", Kind.text, "cluster of the item"),
        REASON,
    ),
    prefixes=("strata.",),
    in_document=False,
)

ESTIMATES = Table(
    "estimates",
    "result",
    "one number of one system, with everything needed to read it",
    (
        key_column("subject", "a metric or a track", kind=Kind.word, words=("metric", "track")),
        key_column("subject_id", "metric id, or track"),
        SYSTEM,
        key_column("show", "what the number is"),
        key_column("stratum", 'subgroup; "" is all'),
        key_column("stratum_level", "level of the subgroup"),
        key_column("basis", "which evidence; first_ratings: single first ratings, each counting once"),
        key_column("missing", "how missing cells were filled", kind=Kind.word, words=tuple(Fill)),
        TRACK,
        Column("state", Kind.word, "whether there is a number", null=False, words=("defined", "undefined")),
        REASON,
        number_column("value", "the estimate, as shown"),
        LOWER,
        UPPER,
        number_column("score", "0..1, 1 best, for weighting"),
        number_column("score_lower", "lower limit of the score"),
        number_column("score_upper", "upper limit of the score"),
        count_column("n_planned", "cells planned (response x metric)"),
        count_column("n_items", "items with a value"),
        count_column("n_clusters", "clusters with a value"),
        number_column(
            "n_effective",
            "items, counting clusters with rho0; of a track score the effective number of clusters of its limits",
        ),
        count_column("n_units", "units judged; of repeats, pairs or repeats"),
        count_column("n_events", "failing items; pairs of repeats that differ; missing cells of a missing_share"),
        count_column("n_raters", "different raters"),
        number_column("coverage", "share of planned cells with a value, 0..1"),
        METHOD,
        Column("interval_reason", Kind.word, "why there is no interval", words=tuple(Reason)),
        Column("covers", Kind.word, "what the interval allows for", words=("cases", "cases_and_raters")),
        number_column("confidence", "confidence of the interval, two-sided"),
        Column("role", Kind.word, "standing in the analysis", null=False, words=tuple(Role)),
        Column("proof", Kind.word, "standing of the checks behind it", words=tuple(Proof)),
    ),
)

GATES = Table(
    "gates",
    "result",
    "one rule that no average excuses, for one system",
    (
        SYSTEM,
        key_column("gate_id", "metric.gate"),
        TRACK,
        Column("kind", Kind.word, "what rule", null=False, words=tuple(GateKind)),
        number_column("limit", "largest failing share that is inside; n for min_n; the margin of a difference"),
        number_column("observed", "limit of the failing share or difference on its harmful side"),
        number_column("value", "failing share of what was assessed; mean gap or difference"),
        number_column("lower", "the limit on the other side"),
        count_column("n", "items planned"),
        count_column("n_assessed", "items assessed"),
        number_column("n_effective", "items, counting clusters with rho0"),
        count_column("n_needed", "least n for this limit without a failure"),
        count_column("n_events", "failing items, discordant pairs, or confirmed events of a veto"),
        STATE,
        Column("reasons", Kind.list, "why it is not demonstrated"),
        count_column("open_flags", "flags not yet ruled on"),
        number_column("rho0", "intra-cluster correlation assumed"),
        number_column("icc", "intra-cluster correlation seen"),
        number_column("panel_detection", "share of seeded harms that the panel found"),
        number_column("panel_limit", "what observed would be, had the panel found only that share of the harms"),
        Column("contrast", Kind.text, "which contrast of a metric of pairs decided"),
        Column("disposition_id", Kind.text, "records of named persons beside the state, by id"),
        Column("pre_specified", Kind.boolean, "whether the gate was sealed before unblinding"),
    ),
)

GATE_CASES = Table(
    "gate_cases",
    "result",
    "a case behind a gate",
    (
        SYSTEM,
        key_column("gate_id", "metric.gate"),
        ITEM,
        SAMPLE,
        Column("why", Kind.text, "failing, missing, open, confirmed or cleared", null=False),
    ),
    in_document=False,
)

VERDICTS = Table(
    "verdicts",
    "result",
    "one track of one system",
    (
        SYSTEM,
        key_column("track", "the scorecard", kind=Kind.word, words=tuple(Track)),
        STATE,
        Column("decided_by", Kind.list, "gates that decided"),
        Column("reasons", Kind.list, "why it is not met"),
        number_column("coverage", "share of the track's weight that was assessed"),
    ),
)

CHECK_PROOF = Table(
    "check_proof",
    "result",
    "one check or imported source against the clinicians' first ratings, on one system",
    (
        METRIC,
        key_column("basis", "check:CHECK, check_only for all checks of the metric together, or score:SOURCE"),
        key_column("system_id", 'the system; "" is all of them'),
        TRACK,
        Column("state", Kind.word, "whether there is anything to compare", null=False, words=("defined", "undefined")),
        REASON,
        Column("fails_from", Kind.text, "what says which ratings fail: fail_when, gate:GATE or share_at_least:LEVEL"),
        Column("unit", Kind.text, "what is compared: response, or the grain of the units"),
        count_column("n", "units that both judged"),
        count_column("n_missing", "units that were to be rated and that one of the two did not judge"),
        count_column("n_items", "items behind them"),
        count_column("n_clusters", "clusters behind them"),
        count_column("n_raters", "different raters"),
        count_column("n_failing", "units that clinicians call failing (positive)"),
        count_column("n_passing", "units that clinicians do not call failing (negative)"),
        count_column("n_flagged", "units that the source flagged"),
        count_column("n_hits", "failing units that were flagged"),
        count_column("n_false_alarms", "passing units that were flagged"),
        count_column("n_unflagged", "units that the source did not flag"),
        count_column("n_cleared", "passing units that were not flagged"),
        number_column("sensitivity", "share of failing units that were flagged, weighted"),
        number_column("sensitivity_lower", "lower limit"),
        number_column("sensitivity_upper", "upper limit"),
        number_column("specificity", "share of passing units that were not flagged, weighted"),
        number_column("specificity_lower", "lower limit"),
        number_column("specificity_upper", "upper limit"),
        number_column("agreement", "share of units on which both say the same, weighted"),
        number_column("agreement_lower", "lower limit"),
        number_column("agreement_upper", "upper limit"),
        number_column("kappa", "agreement corrected for chance, Cohen"),
        number_column("ac1", "agreement corrected for chance, Gwet"),
        number_column("ppv", "share of flagged units that fail, at the rate of these cases"),
        number_column("ppv_lower", "lower limit"),
        number_column("ppv_upper", "upper limit"),
        number_column("npv", "share of unflagged units that pass, at the rate of these cases"),
        number_column("npv_lower", "lower limit"),
        number_column("npv_upper", "upper limit"),
        Column(
            "sampling",
            Kind.word,
            "how the rated units stand for all: equal chances, chances known and weighted, or unknown",
            words=("equal", "weighted", "unknown"),
        ),
        number_column("brier", "mean squared distance of a stated probability of passing and the clinicians"),
        number_column("ece", "binned calibration error, ten bins"),
        number_column("ece_by_chance", "the same by chance alone"),
        METHOD,
        Column("interval_reason", Kind.word, "why there is no interval", words=tuple(Reason)),
        number_column("confidence", "confidence of the intervals, two-sided"),
        count_column("n_needed", "least number of failing and of passing units"),
        number_column("floor", "least sensitivity, frozen in the rubric"),
        number_column("decided_on", "lower limit of the sensitivity with everything missing counted against it"),
        number_column(
            "alarms_at_most", "upper limit of the share of passing units flagged, missing counted against it"
        ),
        Column("proof", Kind.word, "standing that this evidence gives", null=False, words=tuple(Proof)),
        Column("reasons", Kind.list, "why it is screening only"),
    ),
)

ACCOUNTABILITY = Table(
    "accountability",
    "result",
    "responses of one system at one stage",
    (
        SYSTEM,
        key_column("stage", "stage", kind=Kind.word, words=("planned", "run", "answered", "scored", "analysed")),
        Column("n", Kind.integer, "responses that reached the stage", null=False, low=0),
        key_column("reason", 'why others were lost; "" on the row that counts the stage'),
        Column("n_lost", Kind.integer, "responses lost for this reason", null=False, low=0),
    ),
)

TEXTS = Table(
    "texts",
    "result",
    "prompt and response",
    (
        SYSTEM,
        ITEM,
        SAMPLE,
        Column("prompt", Kind.text, "prompt"),
        Column("text", Kind.text, "response"),
        Column("context", Kind.text, "record or document given with the prompt"),
        Column("turns", Kind.list, "earlier turns of the conversation, as the item gives them"),
        Column("expected", Kind.list, "what the item says that an answer must hold or avoid, in plain sentences"),
    ),
    in_document=False,
)

RESULT_TABLES: tuple[Table, ...] = (
    FINDINGS,
    OBSERVATIONS,
    ESTIMATES,
    GATES,
    GATE_CASES,
    VERDICTS,
    COMPARISONS,
    ACCOUNTABILITY,
    CHECK_PROOF,
    AGREEMENT,
    RATING_PAIRS,
    PREFERENCE_ESTIMATES,
    RATER_EFFECTS,
    DISCORDANCES,
    VETO_CURVES,
    RANKS,
    ROBUSTNESS,
    FAILURE_MODES,
    FAILURES,
    DISPUTED_CASES,
    WITHOUT_DISPUTED,
    COMMENTS,
    RULINGS,
    TEXTS,
)
"""All tables of a results folder; those with ``in_document`` also stand in scorecards.json."""
