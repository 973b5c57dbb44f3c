"""The tables of a power calculation: what a design can and cannot conclude, column by column.

They stand in power.json alone, apart from the results of a study: nothing in them is evidence about a system.
May import terms and the column specification.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.result_columns import METRIC, REASON, TRACK, count_column, key_column, number_column
from dualtrack.terms import GateKind, Track

__all__ = ["POWER_TABLES"]

GATE = key_column("gate_id", "metric.gate")
SCENARIO = key_column("scenario", "which of the three true rates, from 1 (the most favourable)", kind=Kind.integer)
CHANCES = tuple(
    number_column(f"p_{state}", f"chance of {state.replace('_', ' ')}, 0..1")
    for state in ("met", "not_met", "not_demonstrated", "not_assessed")
)

POWER_PLAN = Table(
    "power_plan",
    "result",
    "one gate and what the plan gives it, for the system with the fewest cases",
    (
        GATE,
        METRIC,
        TRACK,
        Column("kind", Kind.word, "what rule", null=False, words=tuple(GateKind)),
        Column("system_id", Kind.text, "the system with the fewest effective cases", null=False),
        Column("contrast", Kind.text, "the contrast with the fewest effective pairs, for a gate on pairs"),
        number_column("limit", "largest failing share that is inside; n for min_n; the margin of a difference"),
        count_column("n", "items, pairs or families planned"),
        count_column("n_clusters", "clusters behind them"),
        number_column("n_effective", "the same, counting clusters with rho0"),
        count_column("n_missing", "of those planned, expected without a value"),
        count_column("n_needed", "least number in assessed items, and again in effective ones"),
        count_column("n_needed_items", "items, clustered as planned, that give this number of effective ones"),
        count_column("most_failures", "greatest number of failing items with which the gate is met; empty for none"),
        count_column("least_failures", "least number of failing items with which it is not met; empty for none"),
        number_column("rho0", "intra-cluster correlation that the gate assumes"),
        number_column("icc", "intra-cluster correlation that the chances assume"),
        REASON,
    ),
)

POWER_CHANCES = Table(
    "power_chances",
    "result",
    "chances of the four states of one gate at one true rate",
    (
        GATE,
        SCENARIO,
        TRACK,
        number_column("rate", "true failing share, true difference, or true share of items with an event"),
        *CHANCES,
    ),
)

POWER_TRACKS = Table(
    "power_tracks",
    "result",
    "chances of the four states of one track, all its gates at their true rate of the same number",
    (
        key_column("track", "the scorecard", kind=Kind.word, words=tuple(Track)),
        SCENARIO,
        *CHANCES,
        number_column("met_low", "least chance of met that any dependence between the gates allows"),
        number_column("met_high", "greatest chance of met that any dependence between the gates allows"),
        number_column("not_met_low", "least chance of not met that any dependence allows"),
        number_column("not_met_high", "greatest chance of not met that any dependence allows"),
        count_column("n_gates", "gates of the track"),
        count_column("n_unknown", "gates whose chances this version does not compute; then no chance of met is given"),
        Column("binding_gate", Kind.text, "the gate that is least likely to be met at the first true rate"),
        number_column("correlation", "correlation of the causes of any two gates; 0 is independence"),
    ),
)

POWER_NEEDED = Table(
    "power_needed",
    "result",
    "items that one gate on a failing share needs at the first true rate",
    (
        GATE,
        key_column("target", "wanted chance of met", kind=Kind.number),
        TRACK,
        number_column("rate", "true failing share"),
        count_column("n_items", "from this number of items on, clustered as planned, the chance is reached"),
        count_column("n_planned", "items planned"),
    ),
)

POWER_CHANGES = Table(
    "power_changes",
    "result",
    "one change of the design for the binding gate of a track, and what it costs",
    (
        GATE,
        key_column("target", "wanted chance of met at the first true rate", kind=Kind.number),
        key_column(
            "change",
            "what is changed: nothing missing, every item a cluster of its own, a smaller rho0 with a reason, more "
            "items, more items that are all clusters of their own, more raters",
            kind=Kind.word,
            words=(
                "none_missing", "own_clusters", "smaller_rho0", "more_items", "more_own_clusters", "more_raters",
            ),
        ),
        TRACK,
        count_column("n_items", "items of the gate afterwards"),
        count_column("n_clusters", "clusters of the gate afterwards"),
        number_column("rho0", "rho0 afterwards"),
        number_column("chance", "chance of met afterwards"),
        number_column("extra_hours", "hours of rating on top of the plan"),
        Column("reached", Kind.boolean, "whether the wanted chance is reached", null=False),
        Column("cheapest", Kind.boolean, "whether it is the change with the fewest extra hours that does", null=False),
    ),
)  # fmt: skip

POWER_DIFFERENCES = Table(
    "power_differences",
    "result",
    "what the comparison of two systems on one track or metric can show",
    (
        key_column("track", "the scorecard", kind=Kind.word, words=tuple(Track)),
        key_column("subject_id", "metric id, or track"),
        key_column("system_a", 'system A; "" stands for every planned pair'),
        key_column("system_b", 'system B; "" stands for every planned pair'),
        key_column("step", "single: 2.5 % on each side; holm_first: the hardest step of the family", kind=Kind.word,
                   words=("single", "holm_first")),
        count_column("n_items", "items that both share"),
        count_column("n_clusters", "clusters behind them"),
        number_column("standard_error", "standard error of the difference that is expected"),
        Column("source", Kind.word, "where it comes from", words=("data", "assumed")),
        number_column("alpha", "error on each side"),
        number_column("detectable_80", "least true difference that is shown with 80 % chance"),
        number_column("detectable_90", "least true difference that is shown with 90 % chance"),
        number_column("margin", "margin fixed beforehand"),
        number_column("p_not_inferior", "chance to show a difference above minus the margin, the truth being 0"),
        number_column("p_equivalent", "chance to show a difference within the margin, the truth being 0"),
        number_column("p_superior", "chance to show a difference above 0, the truth being the margin"),
        count_column("n_needed_80", "items, clustered as planned, for 80 % chance to show no inferiority"),
        count_column("n_needed_90", "items, clustered as planned, for 90 % chance to show no inferiority"),
        REASON,
    ),
)  # fmt: skip

POWER_HOURS = Table(
    "power_hours",
    "result",
    "ratings on one scale, all systems together",
    (
        key_column("scale_id", 'the question; "" is all of them together'),
        count_column("n_units", "responses, or parts of them, that are rated"),
        count_column("n_ratings", "ratings owed"),
        number_column("hours", "hours that they take"),
    ),
)

POWER_ASSUMPTIONS = Table(
    "power_assumptions",
    "result",
    "one thing that the chances assume",
    (
        key_column("name", "what is assumed"),
        Column("text", Kind.text, "its value as text", null=False),
        Column(
            "source",
            Kind.word,
            "where it comes from: the study file, its data, an option, or a default of ours",
            null=False,
            words=("study", "data", "option", "default"),
        ),
    ),
)

POWER_TABLES: tuple[Table, ...] = (
    POWER_PLAN,
    POWER_CHANCES,
    POWER_TRACKS,
    POWER_NEEDED,
    POWER_CHANGES,
    POWER_DIFFERENCES,
    POWER_HOURS,
    POWER_ASSUMPTIONS,
)
"""All tables of a power calculation."""
