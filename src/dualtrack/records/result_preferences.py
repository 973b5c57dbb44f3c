"""The table of what choices between two answers say, column by column.

A preference is an instrument of its own: nothing in this table enters a score, a gate or a track.
May import errors, terms and the column specification.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.result_columns import LOWER, METHOD, REASON, UPPER, count_column, key_column, number_column

__all__ = ["PREFERENCE_ESTIMATES", "SHOWS"]

SHOWS = ("win_difference", "win_difference_equal_pairs", "bradley_terry", "pair", "self_consistency")

PREFERENCE_ESTIMATES = Table(
    "preference_estimates",
    "result",
    "one number from choices between two responses, by one instrument; in neither track",
    (
        key_column("scale_id", "the question, one axis"),
        key_column("instrument", "who chose: raters, source:SOURCE, or sources (the mean of all sources, each alike)"),
        key_column("condition", 'how the responses were shown; "" is not stated'),
        key_column(
            "items", "all, or shared: only items that both raters and sources judged", kind=Kind.word,
            words=("all", "shared"),
        ),
        key_column(
            "show", "what the number is: wins minus losses over comparisons, the same with equal weight per pair, the "
            "log strength of the Bradley-Terry model (mean 0, a tie half a win), wins minus losses of one pair, or the "
            "share of repeated choices that were the same",
            kind=Kind.word, words=SHOWS,
        ),
        key_column("system_a", 'the system; "" is all'),
        key_column("system_b", 'the other system of a pair; "" is all the others'),
        Column("state", Kind.word, "whether there is a number", null=False, words=("defined", "undefined")),
        REASON,
        number_column("value", "the number; above 0 favours system A"),
        LOWER,
        UPPER,
        METHOD,
        number_column("confidence", "confidence of the interval, two-sided"),
        count_column("n", "comparisons that were decided or tied"),
        count_column("n_items", "items behind them"),
        count_column("n_clusters", "clusters behind them"),
        count_column("n_ties", "ties among them"),
        number_column("tie_share", "ties over comparisons"),
        count_column("n_cannot_judge", "comparisons left out because nobody could judge"),
        count_column("n_raters", "different raters, or sources; empty where it is not recorded who chose"),
        number_column("margin", "greatest win difference that counts as parity, fixed in the plan"),
        Column(
            "decision",
            Kind.word,
            "what the interval says about the margin",
            words=("equivalent", "superior", "inferior", "not_demonstrated"),
        ),
        count_column("n_needed", "least comparisons with which no difference at all would show parity"),
        Column("margin_pre_specified", Kind.boolean, "whether the margin was sealed before unblinding"),
        Column("reasons", Kind.list, "why nothing is demonstrated against the margin"),
    ),
)  # fmt: skip
