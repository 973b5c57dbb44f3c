"""The result table for an adjudicator: what first ratings leave open.

May import terms and the column specification.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.result_columns import ITEM, SAMPLE, SYSTEM, count_column, key_column

__all__ = ["DISCORDANCES"]

DISCORDANCES = Table(
    "discordances",
    "result",
    "one response, or part of one, that an adjudicator should read, or a concordant one mixed in; give out without why",
    (
        SYSTEM,
        ITEM,
        SAMPLE,
        key_column("unit_id", 'part of the response; "" is the whole'),
        key_column("scale_id", "the question that was answered"),
        Column(
            "why",
            Kind.word,
            "first ratings two or more levels apart, check and clinicians saying different things, or a decoy that is "
            "mixed in so that being asked tells nothing",
            null=False,
            words=("levels_apart", "check_against_clinicians", "decoy"),
        ),
        Column("lowest", Kind.text, "first level in the order of the scale that was given"),
        Column("highest", Kind.text, "last level in the order of the scale that was given"),
        Column("raters", Kind.list, "who gave the first ratings"),
        Column("may_adjudicate", Kind.list, "persons of the study who rated nothing of this response"),
        count_column("n_may_adjudicate", "how many they are; 0 needs somebody from outside"),
        Column("settled", Kind.boolean, "whether an adjudicator or a third rater has spoken", null=False),
    ),
    in_document=False,
)
