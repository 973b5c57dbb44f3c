"""The table of differences between systems, and between groups of them.

May import errors, terms and the column specification.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.result_columns import LOWER, METHOD, REASON, UPPER, count_column, key_column, number_column
from dualtrack.terms import Role, Track

__all__ = ["ADJUSTMENTS", "COMPARISONS", "COMPARISON_KINDS", "DECISIONS"]

COMPARISON_KINDS = ("pair", "group")
DECISIONS = ("superior", "non_inferior", "equivalent", "inferior", "not_demonstrated", "not_comparable")
ADJUSTMENTS = ("holm", "max_t", "benjamini_hochberg")

COMPARISONS = Table(
    "comparisons",
    "result",
    "system A minus system B, or group A minus group B, on the same cases",
    (
        key_column("track", "the scorecard", kind=Kind.word, words=tuple(Track)),
        key_column("subject_id", "metric id, or track"),
        key_column("system_a", "system A; of a group what its systems share: kind:KIND or layer:LAYER"),
        key_column("system_b", "system B, the baseline where there is one; of a group kind:KIND or without:LAYER"),
        key_column("stratum", "subgroup"),
        key_column("stratum_level", "level of the subgroup"),
        key_column("show", "what is compared; hodges_lehmann: the median of all means of two differences"),
        key_column("comparison_kind", "two systems, or two groups of systems", kind=Kind.word, words=COMPARISON_KINDS),
        key_column(
            "basis",
            "planned: all cases planned for both, what is missing counting as failed; common: the cases that have a "
            "value on both sides",
            kind=Kind.word,
            words=("planned", "common"),
        ),
        Column("state", Kind.word, "whether there is a number", null=False, words=("defined", "undefined")),
        REASON,
        number_column("value", "score of A minus score of B, -1..1"),
        LOWER,
        UPPER,
        METHOD,
        count_column("n_items", "items compared: of planned those planned for both, of common those that both share"),
        count_column("n_clusters", "clusters compared"),
        count_column("n_a", "of the items planned for A, those with a value"),
        count_column("n_b", "of the items planned for B, those with a value"),
        number_column("p", "p value"),
        number_column("p_adjusted", "p value after correction"),
        Column("family", Kind.text, "family of tests"),
        number_column("margin", "margin fixed beforehand"),
        Column("decision", Kind.text, "decision against the margin: one of " + ", ".join(DECISIONS)),
        Column("role", Kind.word, "standing in the analysis", null=False, words=tuple(Role)),
        Column("missing", Kind.word, "how missing values were filled", words=("worst", "observed")),
        Column("estimator", Kind.word, "what the value is", words=("mean_difference", "hodges_lehmann")),
        count_column("n_discordant", "items on which the two differ"),
        Column("p_method", Kind.word, "the test", words=("mcnemar_exact", "signed_rank", "clustered_t", "sign_test")),
        Column("adjustment", Kind.word, "how p was corrected", words=ADJUSTMENTS),
        Column(
            "reversal",
            Kind.word,
            "where the order is the other way round: in each system's estimate over its own items, in every subgroup, "
            "or in both",
            words=("marginal", "strata", "both"),
        ),
        number_column(
            "lower_missing", "lower limit with what is missing hurting A most: A at its worst, B at its best"
        ),
        number_column(
            "upper_missing", "upper limit with what is missing helping A most: A at its best, B at its worst"
        ),
        Column(
            "assay",
            Kind.word,
            "whether this study could see a difference: raters told seeded harms from good controls, it told systems "
            "apart, or neither was seen",
            words=("controls", "told_apart", "not_shown"),
        ),
        Column("against_baseline", Kind.boolean, "whether B is the study's baseline"),
        count_column("n_systems_a", "systems in A"),
        count_column("n_systems_b", "systems in B"),
        Column("margin_pre_specified", Kind.boolean, "whether the margin was sealed before unblinding"),
        Column("reasons", Kind.list, "why nothing is demonstrated against the margin"),
    ),
)
