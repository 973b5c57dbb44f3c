"""The tables of a comparison of two runs: a new version of a system against its predecessor on the same cases.

They stand in compare.json alone, apart from the results of either run.
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
    STATE,
    TRACK,
    UPPER,
    count_column,
    key_column,
    number_column,
)
from dualtrack.terms import GateKind, Role, State, Track

__all__ = ["CASE_CHANGES", "CRITERION_KINDS", "GATE_CHANGES", "MODE_CHANGES", "REGRESSIONS", "VERSION_TABLES"]

REGRESSIONS = ("new_event", "newly_failing", "failing_only_now", "worse")
CASE_CHANGES = (*REGRESSIONS, "lost", "newly_passing", "better")
GATE_CHANGES = ("same", "changed", "rule_changed", "new", "gone")
MODE_CHANGES = ("new", "more", "same", "fewer", "gone")
CRITERION_KINDS = ("gate", "least_n", "no_new_veto", "not_worse")

SYSTEM = key_column("system_id", "the new version")
_TRACK_KEY = key_column("track", "the scorecard", kind=Kind.word, words=tuple(Track))

VERSION_VERDICTS = Table(
    "version_verdicts",
    "result",
    "the re-test of one track of one new version",
    (
        SYSTEM,
        _TRACK_KEY,
        STATE,
        Column("decided_by", Kind.list, "criteria that decided"),
        Column("reasons", Kind.list, "why it is not met"),
        Column("state_before", Kind.word, "verdict of the earlier version in its own run", words=tuple(State)),
        Column("state_after", Kind.word, "verdict of the new version in its own run", words=tuple(State)),
        count_column("n_items_worse", "items on which any metric got worse"),
        count_column("n_items_better", "items on which any metric got better and none got worse"),
        count_column("n_worse", "results (response x metric) that got worse: fail now, new events, lower values"),
        count_column("n_better", "results that got better"),
        count_column("n_lost", "results that were assessed before and are not now"),
        count_column("n_new_confirmed", "responses behind a veto, confirmed now and not before"),
        count_column("n_new_open", "responses behind a veto, open now and neither open nor confirmed before"),
    ),
)

VERSION_CASES = Table(
    "version_cases",
    "result",
    "one response on one metric that changed, the gravest first",
    (
        SYSTEM,
        _TRACK_KEY,
        key_column("place", "place in the order of gravity, from 1", kind=Kind.integer),
        METRIC,
        ITEM,
        SAMPLE,
        Column("change", Kind.word, "what became of it", null=False, words=CASE_CHANGES),
        Column("gate_before", Kind.text, "standing behind a gate of the metric before: confirmed, open, cleared, ..."),
        Column("gate_after", Kind.text, "the same now"),
        Column("gate_id", Kind.text, "the gate that gate_after is about"),
        Column("harm_level", Kind.text, "greatest harm that this metric's own evidence names now"),
        number_column("value_before", "0..1, 1 best"),
        number_column("value_after", "0..1, 1 best"),
        Column("reason", Kind.text, "why there is no value now"),
        Column("cluster", Kind.text, "cluster of the item"),
    ),
)

VERSION_DIFFERENCES = Table(
    "version_differences",
    "result",
    "new version minus earlier version on the items that both have",
    (
        SYSTEM,
        _TRACK_KEY,
        key_column("subject_id", "metric id, or track"),
        Column("state", Kind.word, "whether there is a number", null=False, words=("defined", "undefined")),
        REASON,
        number_column("value_before", "score of the earlier version on the shared items, 0..1"),
        number_column("value_after", "score of the new version on the shared items, 0..1"),
        number_column("value", "score of the new version minus that of the earlier one, -1..1"),
        LOWER,
        UPPER,
        METHOD,
        number_column("lower_missing", "lower limit with everything missing counted against the new version"),
        number_column("upper_missing", "upper limit with everything missing counted in its favour"),
        count_column("n_items", "items with a value in both"),
        count_column("n_clusters", "clusters behind them"),
        count_column("n_lost", "items with a value before and none now"),
        count_column("n_gained", "items with a value now and none before"),
        count_column("n_better", "items whose value rose"),
        count_column("n_worse", "items whose value fell"),
        count_column("n_newly_failing", "items that passed before and fail now; an item fails where any repeat fails"),
        count_column("n_newly_passing", "items that failed before and pass now"),
        number_column("p", "exact McNemar, two-sided, every item taken as independent"),
        number_column("confidence", "confidence of the limits, two-sided"),
        Column("role", Kind.word, "standing in the analysis", null=False, words=tuple(Role)),
    ),
)

VERSION_GATES = Table(
    "version_gates",
    "result",
    "one gate in both runs",
    (
        SYSTEM,
        key_column("gate_id", "metric.gate"),
        TRACK,
        Column("kind", Kind.word, "what rule", null=False, words=tuple(GateKind)),
        Column("change", Kind.word, "what became of it", null=False, words=GATE_CHANGES),
        Column("state_before", Kind.word, "state of the earlier version in its own run", words=tuple(State)),
        Column("state_after", Kind.word, "state of the new version in its own run", words=tuple(State)),
        number_column("limit_before", "threshold then"),
        number_column("limit_after", "threshold now"),
        number_column("observed_before", "limit on the harmful side then"),
        number_column("observed_after", "limit on the harmful side now"),
        count_column("n_assessed_before", "items assessed then"),
        count_column("n_assessed_after", "items assessed now"),
        count_column("n_events_before", "failing items or confirmed events then"),
        count_column("n_events_after", "failing items or confirmed events now"),
        count_column("open_flags_before", "flags not ruled on then"),
        count_column("open_flags_after", "flags not ruled on now"),
        Column("reasons", Kind.list, "why it is not demonstrated now"),
    ),
)

VERSION_MODES = Table(
    "version_modes",
    "result",
    "one failure mode in both runs, on the items that both have",
    (
        SYSTEM,
        METRIC,
        key_column("failure_mode", "named way to fail"),
        TRACK,
        Column("change", Kind.word, "what became of it", null=False, words=MODE_CHANGES),
        count_column("n_before", "responses on which anybody or any check named it then"),
        count_column("n_after", "the same now"),
        count_column("n_by_people", "of those now, named by people"),
    ),
)

VERSION_CRITERIA = Table(
    "version_criteria",
    "result",
    "one criterion of the re-test",
    (
        SYSTEM,
        _TRACK_KEY,
        key_column("criterion_id", "id of a declared criterion, or the gate"),
        Column("kind", Kind.word, "what it asks", null=False, words=CRITERION_KINDS),
        Column("subject_id", Kind.text, "gate, metric or track that it is about", null=False),
        STATE,
        Column("reasons", Kind.list, "why it is not met"),
        Column("unseen", Kind.word, "state if nobody had looked at these items", null=False, words=tuple(State)),
        number_column("wanted", "margin, least number of items, or threshold of the gate"),
        number_column("found", "limit, number of items, or number of events that it was decided on"),
        Column("why", Kind.text, "why it is asked, as declared"),
    ),
)

VERSION_LEFT_OUT = Table(
    "version_left_out",
    "result",
    "what the two runs do not share, and is not compared",
    (
        key_column("kind", "what it is", kind=Kind.word, words=("system", "metric", "item")),
        key_column("name", "its id"),
        Column("track", Kind.word, "the scorecard; empty where it concerns both", words=tuple(Track)),
        Column(
            "why",
            Kind.word,
            "why it is left out",
            null=False,
            words=("only_before", "only_after", "changed", "out_of_scope", "prompt", "cluster"),
        ),
    ),
)

VERSION_TABLES: tuple[Table, ...] = (
    VERSION_VERDICTS,
    VERSION_CASES,
    VERSION_DIFFERENCES,
    VERSION_GATES,
    VERSION_MODES,
    VERSION_CRITERIA,
    VERSION_LEFT_OUT,
)
"""All tables of compare.json."""
