"""The result table about the clinicians who rated.

May import errors, terms and the column specification.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.result_columns import LOWER, METHOD, REASON, UPPER, count_column, key_column, number_column
from dualtrack.terms import Reason

__all__ = ["RATER_EFFECTS"]

RATER_EFFECTS = Table(
    "rater_effects",
    "result",
    "one number about one rater, or about the panel, on one scale; it describes and decides nothing",
    (
        key_column("scale_id", "the question that was answered"),
        key_column("metric_id", 'metric whose rule says which answers fail, for controls; "" elsewhere'),
        key_column("rater_id", 'who answered (pseudonym); "" is all of them together'),
        key_column("system_id", 'the system, for averages of systems; "" is all of them'),
        key_column(
            "show",
            "severity (log-odds of a worse level than the mean rater of the panel gives), drift (change of severity), "
            "self_agreement, latent_agreement (with the levels that the panel makes most likely), seconds_median, "
            "speeding_share, cannot_judge_share, control_detection, control_false_alarm, raw_average, fair_average (at "
            "mean severity), discordant_share, unsettled_share (of these, with nobody left who may adjudicate)",
        ),
        Column("kind", Kind.word, "a person, or a position that several may have held", words=("person", "position")),
        count_column("panel", "panel of raters who share cases, directly or through others, from 1"),
        Column("state", Kind.word, "whether there is a number", null=False, words=("defined", "undefined")),
        REASON,
        number_column("value", "the number"),
        LOWER,
        UPPER,
        Column("interval_reason", Kind.word, "why there is no interval", words=tuple(Reason)),
        count_column("n", "ratings, pairs or controls behind it"),
        count_column("n_clusters", "clusters behind it"),
        METHOD,
        number_column("confidence", "confidence of the interval, two-sided"),
        Column(
            "compared", Kind.word, "what a drift compares: halves by time, or occasions", words=("rated_at", "occasion")
        ),
    ),
)
