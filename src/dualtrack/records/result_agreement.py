"""The result tables of agreement: how far clinicians agree on each scale before any ruling, level by level.

May import terms and the column specification.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.result_columns import LOWER, METHOD, REASON, UPPER, count_column, key_column, number_column
from dualtrack.terms import Reason

__all__ = ["AGREEMENT", "RATING_PAIRS"]

AGREEMENT = Table(
    "agreement",
    "result",
    "one coefficient of agreement between clinicians on one scale, from first ratings alone",
    (
        key_column("scale_id", "the question that was answered"),
        key_column("grain", "what one judgement is about: response, sentence, claim, opportunity, element or turn"),
        key_column(
            "panel", 'raters that share cases: a panel\'s name, or its first raters; "" is all of them together'
        ),
        key_column(
            "coefficient",
            "what is computed",
            kind=Kind.word,
            words=("raw", "alpha", "ac", "fleiss", "cohen", "icc1", "icc2_1", "icc2_k"),
        ),
        key_column(
            "weights", 'how far apart two levels are: nominal, ordinal, interval or quadratic; "" for raw and icc'
        ),
        Column("state", Kind.word, "whether there is a number", null=False, words=("defined", "undefined")),
        REASON,
        number_column("value", "the coefficient; 1 is perfect, of those beyond chance 0 is chance"),
        LOWER,
        UPPER,
        METHOD,
        Column("interval_reason", Kind.word, "why there is no interval", words=tuple(Reason)),
        number_column("confidence", "confidence of the interval, two-sided"),
        count_column("n_units", "responses, or parts of them, with at least two ratings"),
        count_column("n_ratings", "their ratings"),
        count_column("n_raters", "different raters"),
        count_column("n_clusters", "clusters of the items behind them"),
        Column("raters", Kind.list, "the raters"),
        number_column("prevalence", "share of these ratings on the most common level, 0..1"),
        Column("prevalent_level", Kind.text, "the most common level"),
        Column(
            "note",
            Kind.word,
            "why the coefficients of this panel disagree: nearly all ratings on one level, or all of them",
            words=("skew", "one_level"),
        ),
    ),
)

RATING_PAIRS = Table(
    "rating_pairs",
    "result",
    "one count of how first ratings on one scale fall: pairs of them by level, and what was settled afterwards",
    (
        key_column("scale_id", "the question that was answered"),
        key_column("grain", "what one judgement is about: response, sentence, claim, opportunity, element or turn"),
        key_column(
            "show",
            "what is counted: pair (two first ratings of one thing, on these two levels), rated_twice (things with two "
            "or more first ratings), differing (of these, not all on one level), adjudicated and tie_broken (of all "
            "things rated), differing_settled (of those that differ, by either)",
            kind=Kind.word,
            words=("pair", "rated_twice", "differing", "adjudicated", "tie_broken", "differing_settled"),
        ),
        key_column("level", 'of a pair the level that stands earlier on the scale; "" elsewhere'),
        key_column("other_level", 'of a pair the other level; "" elsewhere'),
        Column("n", Kind.integer, "how many", null=False, low=0),
        Column("n_of", Kind.integer, "of how many", null=False, low=0),
        number_column("share", "n over n_of, 0..1; empty where n_of is 0"),
    ),
)
