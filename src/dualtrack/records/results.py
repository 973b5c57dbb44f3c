"""The tables that scoring writes, column by column.

May import errors, terms and the column specification. Pages are functions of these tables alone.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.terms import Fill, GateKind, Outcome, Proof, Reason, Role, SourceKind, State, Track

__all__ = ["RESULT_TABLES"]


def _key(name: str, meaning: str, *, kind: Kind = Kind.text, words: tuple[str, ...] = ()) -> Column:
    return Column(name, kind, meaning, key=True, null=False, words=words)


def _count(name: str, meaning: str) -> Column:
    return Column(name, Kind.integer, meaning, low=0)


def _number(name: str, meaning: str) -> Column:
    return Column(name, Kind.number, meaning)


SYSTEM = _key("system_id", "the system")
ITEM = _key("item_id", "the test case")
SAMPLE = _key("sample", "repeat, from 1", kind=Kind.integer)
METRIC = _key("metric_id", "the metric")
TRACK = Column("track", Kind.word, "the scorecard it belongs to", null=False, words=tuple(Track))
REASON = Column("reason", Kind.word, "why there is no value", words=tuple(Reason))
STATE = Column("state", Kind.word, "one of the four states", null=False, words=tuple(State))
LOWER = _number("lower", "lower limit, as shown")
UPPER = _number("upper", "upper limit, as shown")
METHOD = Column("method", Kind.text, "how the interval was made")

FINDINGS = Table(
    "findings",
    "result",
    "one judgement of one response or unit, recorded once",
    (
        SYSTEM,
        ITEM,
        SAMPLE,
        _key("unit_id", 'part of the response; "" is the whole'),
        _key("probe_id", "scale id, or metric.check"),
        _key("source_id", "rater, check kind or imported source"),
        _key("occasion", "which time", kind=Kind.integer),
        Column("source_kind", Kind.word, "who or what judged", null=False, words=tuple(SourceKind)),
        Column("outcome", Kind.word, "what the judgement said, where it says pass or fail", words=tuple(Outcome)),
        Column("level", Kind.text, "level of the scale"),
        _number("value", "native value, or the level mapped to 0..1"),
        Column(
            "failure_mode",
            Kind.text,
            "named way to fail; of a rating, those that the rater ticked, with spaces between",
        ),
        Column("act", Kind.word, "by doing or leaving out", words=("commission", "omission")),
        Column("harm_level", Kind.word, "harm if the advice were followed", words=("H0", "H1", "H2", "H3", "H4")),
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
        _key("item_id", "the test case; of a pair family@variant, or item@sample of the earlier sample"),
        SAMPLE,
        METRIC,
        _key("basis", "which evidence: primary, unadjudicated, clinician_only, check_only or score:SOURCE"),
        _number("value", "0..1, 1 best, six decimals"),
        _number("worst", "the same with every owed and missing judgement at its worst"),
        _number("best", "the same with every owed and missing judgement at its best"),
        _number("raw", "native value; of a pair the signed gap as it is"),
        _number("x", "stated confidence"),
        _count("n_units", "units judged"),
        _count("n_failed", "units that failed"),
        _count("n_raters", "ratings joined"),
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
        _key("subject", "a metric or a track", kind=Kind.word, words=("metric", "track")),
        _key("subject_id", "metric id, or track"),
        SYSTEM,
        _key("show", "what the number is"),
        _key("stratum", 'subgroup; "" is all'),
        _key("stratum_level", "level of the subgroup"),
        _key("basis", "which evidence"),
        _key("missing", "how missing cells were filled", kind=Kind.word, words=tuple(Fill)),
        TRACK,
        Column("state", Kind.word, "whether there is a number", null=False, words=("defined", "undefined")),
        REASON,
        _number("value", "the estimate, as shown"),
        LOWER,
        UPPER,
        _number("score", "0..1, 1 best, for weighting"),
        _number("score_lower", "lower limit of the score"),
        _number("score_upper", "upper limit of the score"),
        _count("n_planned", "cells planned (response x metric)"),
        _count("n_items", "items with a value"),
        _count("n_clusters", "clusters with a value"),
        _count("n_units", "units judged"),
        _count("n_events", "failing items"),
        _count("n_raters", "different raters"),
        _number("coverage", "share of planned cells with a value, 0..1"),
        METHOD,
        Column("interval_reason", Kind.word, "why there is no interval", words=tuple(Reason)),
        Column("covers", Kind.word, "what the interval allows for", words=("cases", "cases_and_raters")),
        _number("confidence", "confidence of the interval, two-sided"),
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
        _key("gate_id", "metric.gate"),
        TRACK,
        Column("kind", Kind.word, "what rule", null=False, words=tuple(GateKind)),
        _number("limit", "largest failing share that is inside; n for min_n; the margin of a difference"),
        _number("observed", "limit of the failing share or difference on its harmful side"),
        _number("value", "failing share of what was assessed; mean gap or difference"),
        _number("lower", "the limit on the other side"),
        _count("n", "items planned"),
        _count("n_assessed", "items assessed"),
        _number("n_effective", "items, counting clusters with rho0"),
        _count("n_needed", "least n for this limit without a failure"),
        _count("n_events", "failing items, discordant pairs, or confirmed events of a veto"),
        STATE,
        Column("reasons", Kind.list, "why it is not demonstrated"),
        _count("open_flags", "flags not yet ruled on"),
        _number("rho0", "intra-cluster correlation assumed"),
        _number("icc", "intra-cluster correlation seen"),
        _number("panel_detection", "share of seeded harms that the panel found"),
        Column("contrast", Kind.text, "which contrast of a metric of pairs decided"),
        Column("disposition_id", Kind.text, "a person's record beside the state"),
        Column("pre_specified", Kind.boolean, "whether the gate was sealed before unblinding"),
    ),
)

GATE_CASES = Table(
    "gate_cases",
    "result",
    "a case behind a gate",
    (
        SYSTEM,
        _key("gate_id", "metric.gate"),
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
        _key("track", "the scorecard", kind=Kind.word, words=tuple(Track)),
        STATE,
        Column("decided_by", Kind.list, "gates that decided"),
        Column("reasons", Kind.list, "why it is not met"),
        _number("coverage", "share of the track's weight that was assessed"),
    ),
)

COMPARISONS = Table(
    "comparisons",
    "result",
    "system A minus system B on what both share",
    (
        _key("track", "the scorecard", kind=Kind.word, words=tuple(Track)),
        _key("subject_id", "metric id, or track"),
        _key("system_a", "system A"),
        _key("system_b", "system B"),
        _key("stratum", "subgroup"),
        _key("stratum_level", "level of the subgroup"),
        _key("show", "what is compared"),
        Column("state", Kind.word, "whether there is a number", null=False, words=("defined", "undefined")),
        REASON,
        _number("value", "score of A minus score of B, -1..1"),
        LOWER,
        UPPER,
        METHOD,
        _count("n_items", "items that both share"),
        _count("n_clusters", "clusters that both share"),
        _count("n_a", "items of A"),
        _count("n_b", "items of B"),
        _number("p", "p value"),
        _number("p_adjusted", "p value after correction"),
        Column("family", Kind.text, "family of tests"),
        _number("margin", "margin fixed beforehand"),
        Column("decision", Kind.text, "decision against the margin"),
        Column("role", Kind.word, "standing in the analysis", null=False, words=tuple(Role)),
    ),
)

CHECK_PROOF = Table(
    "check_proof",
    "result",
    "one check or imported source against the clinicians' first ratings, on one system",
    (
        METRIC,
        _key("basis", "check:CHECK, check_only for all checks of the metric together, or score:SOURCE"),
        _key("system_id", 'the system; "" is all of them'),
        TRACK,
        Column("state", Kind.word, "whether there is anything to compare", null=False, words=("defined", "undefined")),
        REASON,
        Column("fails_from", Kind.text, "what says which ratings fail: fail_when, gate:GATE or share_at_least:LEVEL"),
        Column("unit", Kind.text, "what is compared: response, or the grain of the units"),
        _count("n", "units that both judged"),
        _count("n_missing", "units that were to be rated and that one of the two did not judge"),
        _count("n_items", "items behind them"),
        _count("n_clusters", "clusters behind them"),
        _count("n_raters", "different raters"),
        _count("n_failing", "units that clinicians call failing (positive)"),
        _count("n_passing", "units that clinicians do not call failing (negative)"),
        _count("n_flagged", "units that the source flagged"),
        _count("n_hits", "failing units that were flagged"),
        _count("n_false_alarms", "passing units that were flagged"),
        _count("n_unflagged", "units that the source did not flag"),
        _count("n_cleared", "passing units that were not flagged"),
        _number("sensitivity", "share of failing units that were flagged, weighted"),
        _number("sensitivity_lower", "lower limit"),
        _number("sensitivity_upper", "upper limit"),
        _number("specificity", "share of passing units that were not flagged, weighted"),
        _number("specificity_lower", "lower limit"),
        _number("specificity_upper", "upper limit"),
        _number("agreement", "share of units on which both say the same, weighted"),
        _number("agreement_lower", "lower limit"),
        _number("agreement_upper", "upper limit"),
        _number("kappa", "agreement corrected for chance, Cohen"),
        _number("ac1", "agreement corrected for chance, Gwet"),
        _number("ppv", "share of flagged units that fail, at the rate of these cases"),
        _number("ppv_lower", "lower limit"),
        _number("ppv_upper", "upper limit"),
        _number("npv", "share of unflagged units that pass, at the rate of these cases"),
        _number("npv_lower", "lower limit"),
        _number("npv_upper", "upper limit"),
        Column(
            "sampling",
            Kind.word,
            "how the rated units stand for all: equal chances, chances known and weighted, or unknown",
            words=("equal", "weighted", "unknown"),
        ),
        _number("brier", "mean squared distance of a stated probability of passing and the clinicians"),
        _number("ece", "binned calibration error, ten bins"),
        _number("ece_by_chance", "the same by chance alone"),
        METHOD,
        Column("interval_reason", Kind.word, "why there is no interval", words=tuple(Reason)),
        _number("confidence", "confidence of the intervals, two-sided"),
        _count("n_needed", "least number of failing and of passing units"),
        _number("floor", "least sensitivity, frozen in the rubric"),
        _number("decided_on", "lower limit of the sensitivity with everything missing counted against it"),
        _number("alarms_at_most", "upper limit of the share of passing units flagged, missing counted against it"),
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
        _key("stage", "stage", kind=Kind.word, words=("planned", "run", "answered", "scored", "analysed")),
        Column("n", Kind.integer, "responses that reached the stage", null=False, low=0),
        _key("reason", 'why others were lost; "" on the row that counts the stage'),
        Column("n_lost", Kind.integer, "responses lost for this reason", null=False, low=0),
    ),
)

TEXTS = Table(
    "texts",
    "result",
    "prompt and response",
    (SYSTEM, ITEM, SAMPLE, Column("prompt", Kind.text, "prompt"), Column("text", Kind.text, "response")),
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
    TEXTS,
)
"""All tables of a results folder; those with ``in_document`` also stand in scorecards.json."""
