"""Columns that several result tables share.

May import errors, terms and the column specification.
"""

from dualtrack.records.columns import Column, Kind
from dualtrack.terms import Reason, State, Track

__all__ = [
    "ITEM",
    "LOWER",
    "METHOD",
    "METRIC",
    "REASON",
    "SAMPLE",
    "STATE",
    "SYSTEM",
    "TRACK",
    "UPPER",
    "count_column",
    "key_column",
    "number_column",
]


def key_column(name: str, meaning: str, *, kind: Kind = Kind.text, words: tuple[str, ...] = ()) -> Column:
    """A part of the key: never empty.

    Args:
        name: the column.
        meaning: what stands in it.
        kind: type of the cells.
        words: the admitted words, for a column of words.
    """
    return Column(name, kind, meaning, key=True, null=False, words=words)


def count_column(name: str, meaning: str) -> Column:
    """A number of things, 0 or more.

    Args:
        name: the column.
        meaning: what is counted.
    """
    return Column(name, Kind.integer, meaning, low=0)


def number_column(name: str, meaning: str) -> Column:
    """A number; empty where it is undefined.

    Args:
        name: the column.
        meaning: what it says.
    """
    return Column(name, Kind.number, meaning)


SYSTEM = key_column("system_id", "the system")
ITEM = key_column("item_id", "the test case")
SAMPLE = key_column("sample", "repeat, from 1", kind=Kind.integer)
METRIC = key_column("metric_id", "the metric")
TRACK = Column("track", Kind.word, "the scorecard it belongs to", null=False, words=tuple(Track))
REASON = Column("reason", Kind.word, "why there is no value", words=tuple(Reason))
STATE = Column("state", Kind.word, "one of the four states", null=False, words=tuple(State))
LOWER = number_column("lower", "lower limit, as shown")
UPPER = number_column("upper", "upper limit, as shown")
METHOD = Column("method", Kind.text, "how the interval was made")
