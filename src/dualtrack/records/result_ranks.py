"""The result tables about the order of the systems within one track.

May import errors, terms and the column specification.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.result_columns import LOWER, METHOD, REASON, SYSTEM, UPPER, count_column, key_column
from dualtrack.records.result_columns import number_column as number
from dualtrack.terms import Role, Track

__all__ = ["RANKS", "ROBUSTNESS"]

_TRACK = key_column("track", "the scorecard; nothing here joins the two", kind=Kind.word, words=tuple(Track))
_STATE = Column("state", Kind.word, "whether there is an answer", null=False, words=("defined", "undefined"))
_ROLE = Column("role", Kind.word, "standing in the analysis", null=False, words=tuple(Role))

RANKS = Table(
    "ranks",
    "result",
    "the possible ranks of one system on one track, by the score on what all ranked systems share",
    (
        _TRACK,
        SYSTEM,
        _STATE,
        REASON,
        number("score", "weighted mean over the metrics and items that all ranked systems share, 0..1"),
        count_column("rank_best", "best rank that the evidence leaves open; 1 is the front"),
        count_column("rank_worst", "worst rank that the evidence leaves open"),
        number("confidence", "confidence that the sets of all systems hold their true ranks at once"),
        Column("shares", Kind.list, "share of resamples at rank 1, 2, ...; no confidence set", low=0, high=1),
        number("share_first", "share of resamples at rank 1; no confidence"),
        count_column(
            "tie_group",
            "group from the front: each system of a group is shown better than each of every later one; within a group "
            "all are linked by pairs of which neither is shown better",
        ),
        Column("ahead_of", Kind.list, "systems than which this one is shown to be better"),
        Column("behind", Kind.list, "systems that are shown to be better"),
        Column("tied_with", Kind.list, "systems shown to be equivalent: both simultaneous limits inside the margin"),
        Column("open_with", Kind.list, "systems with which neither is shown: the evidence is too thin to tell"),
        number("margin", "margin of equivalence, fixed in the plan"),
        count_column(
            "missing_best",
            "best rank whatever is missing: 1 + systems whose score with all that is missing at its worst exceeds that "
            "of this one with all at its best, over everything planned and all systems; allows for no chance",
        ),
        count_column("missing_worst", "worst rank whatever is missing, in the same way"),
        METHOD,
        count_column("n_systems", "systems ranked"),
        count_column("n_metrics", "metrics with weight that all of them share"),
        count_column("n_items", "items behind them"),
        count_column("n_clusters", "clusters behind them"),
        _ROLE,
    ),
)

ROBUSTNESS = Table(
    "robustness",
    "result",
    "what the order of two systems on one track becomes when the weights change; metrics with weight alone",
    (
        _TRACK,
        key_column(
            "show",
            "as_weighted, equal_weights (difference a less b); weight_less, weight_more (the same with one weight "
            "halved, or half as much again); turning_factor (what one weight must be multiplied by for a and b to "
            "be level); smallest_change (least share of the weight that must move for them to be level: half the "
            "sum of the changes of all shares); dominance (who is at least as good on every metric and better on "
            "one; 1 where anybody is); dominance_share (share of resamples in which a dominates b); "
            "weights_share, dirichlet_share (share of drawn weights with which a is ahead, ties half: on the data "
            "as they are, and each with a resample of its own); dirichlet_first (share of the latter in which a "
            "comes first of all)",
        ),
        key_column("metric_id", 'the metric whose weight is changed; "" is all of them'),
        key_column("concentration", 'how close drawn weights are to those of the rubric, or uniform; "" elsewhere'),
        key_column("system_a", "system A"),
        key_column("system_b", 'system B; "" is all others'),
        _STATE,
        REASON,
        number("value", "the number"),
        LOWER,
        UPPER,
        Column("leads", Kind.word, "who is ahead then", words=("a", "b", "tie")),
        METHOD,
        count_column("n_metrics", "metrics with weight that all ranked systems share"),
        count_column("n_items", "items behind them"),
        count_column("n_clusters", "clusters behind them"),
        _ROLE,
    ),
)
