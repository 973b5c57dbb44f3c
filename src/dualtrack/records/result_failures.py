"""The result tables about failures: how often each named way to fail occurs, and every response that fails or may fail.

May import terms and the column specification.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.result_columns import (
    ITEM,
    LOWER,
    METHOD,
    METRIC,
    REASON,
    SAMPLE,
    SYSTEM,
    TRACK,
    UPPER,
    count_column,
    key_column,
    number_column,
)
from dualtrack.terms import Reason

__all__ = ["COMMENTS", "FAILURES", "FAILURE_MODES", "RULINGS"]

_HARM_FROM = ("ruling", "rating")

FAILURE_MODES = Table(
    "failure_modes",
    "result",
    "one named way to fail of one metric, in one system: how often among the cases assessed, and how badly",
    (
        SYSTEM,
        METRIC,
        key_column("failure_mode", 'the way to fail; "" is a failure for which nobody named one'),
        key_column("stratum", 'subgroup; "" is all; only where the way to fail occurs at all'),
        key_column("stratum_level", "level of the subgroup"),
        TRACK,
        Column("act", Kind.word, "by doing or leaving out", words=("commission", "omission")),
        Column("state", Kind.word, "whether there is a rate", null=False, words=("defined", "undefined")),
        REASON,
        count_column("n_items", "items with a joined judgement on the metric"),
        count_column("n_events", "of these, items that fail in this way in at least one repeat"),
        number_column("value", "mean over the items of the share of repeats that fail in this way"),
        LOWER,
        UPPER,
        METHOD,
        Column("interval_reason", Kind.word, "why there is no interval", words=tuple(Reason)),
        number_column("confidence", "confidence of the interval, two-sided"),
        count_column("n_open", "responses said to fail in this way, whose joined judgement is missing: nobody ruled"),
        count_column("n_repeats", "items that fail in this way and of which two or more repeats were assessed"),
        count_column("n_repeated", "of these, items that fail in this way in at least two repeats"),
        Column(
            "worst_harm",
            Kind.text,
            "worst harm that people rated on these responses, each as a whole, as a step of a harm ladder; on "
            "effectiveness only where a rater named a way to fail of the metric",
        ),
        Column("worst_harm_from", Kind.word, "whether that is a ruling or a single rating", words=_HARM_FROM),
        Column("exemplar_item", Kind.text, "test case of the worst of these responses"),
        Column("exemplar_sample", Kind.integer, "its repeat", low=1),
    ),
)

FAILURES = Table(
    "failures",
    "result",
    "one response that fails a metric, may fail it, or was said to fail it",
    (
        SYSTEM,
        ITEM,
        SAMPLE,
        METRIC,
        TRACK,
        Column(
            "state",
            Kind.word,
            "confirmed or open veto event, failing in the joined judgement, cleared by a ruling, flagged by one source "
            "and not failing in the joined judgement, or missing at a gate",
            null=False,
            words=("confirmed", "open", "failing", "cleared", "flagged", "missing"),
        ),
        REASON,
        Column("failure_modes", Kind.text, "ways to fail that were named, with spaces between"),
        Column("acts", Kind.text, "commission, omission or both, with a space between"),
        Column("harm", Kind.text, "worst harm that people rated for the answer, as a step of a harm ladder"),
        Column("harm_from", Kind.word, "whether that is a ruling or a single rating", words=_HARM_FROM),
        Column("sources", Kind.text, "kinds of source that say it fails, with spaces between"),
        Column("gates", Kind.text, "gates that it stands behind, as metric.gate, with spaces between"),
        Column("high_risk", Kind.boolean, "whether the case is in a stratum that the study calls high risk"),
    ),
    prefixes=("strata.",),
    in_document=False,
)

COMMENTS = Table(
    "comments",
    "result",
    "free words of a person with one rating; only where texts may be in the results",
    (
        SYSTEM,
        ITEM,
        SAMPLE,
        key_column("unit_id", 'part of the response; "" is the whole'),
        key_column("probe_id", "scale id"),
        key_column("source_id", "who rated"),
        key_column("occasion", "which time", kind=Kind.integer),
        Column("comment", Kind.text, "the words", null=False),
    ),
    in_document=False,
)

RULINGS = Table(
    "rulings",
    "result",
    "what a named person decided about a veto or a gate, as the study records it; only where texts may be there",
    (
        key_column("disposition_id", "the record"),
        Column("kind", Kind.text, "what was decided", null=False),
        Column("system_id", Kind.text, "the system", null=False),
        Column("gate_id", Kind.text, "metric.gate", null=False),
        Column("item_id", Kind.text, "the test case; empty for a waiver"),
        Column("sample", Kind.integer, "repeat", low=1),
        Column("by", Kind.text, "who decided", null=False),
        Column("role", Kind.text, "in which role", null=False),
        Column("at", Kind.text, "when", null=False),
        Column("reason", Kind.text, "why", null=False),
        Column("supersedes", Kind.text, "record that this one replaces"),
    ),
    in_document=False,
)
