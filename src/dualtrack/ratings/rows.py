"""Rows about raters: an interval, or the reason for none, as the columns of a result table.

May import terms and stats.
"""

from typing import Any

import numpy as np
import pandas as pd

from dualtrack.stats.interval import Interval
from dualtrack.terms import Reason

__all__ = ["PANEL", "Row", "number_columns", "numbered", "share_columns"]

Row = dict[str, Any]
PANEL = ""
"""Rater id of rows about all raters together."""
DIGITS = 9


def share_columns(interval: Interval, n: int) -> Row:
    """The columns of a number with limits.

    Rounded to nine decimals: sums over clusters depend on the order of their names in the last digits.

    Args:
        interval: the number.
        n: what it rests on.
    """
    if interval.value is None:
        return number_columns(None, n, reason=interval.reason or Reason.no_evidence)
    row: Row = {"state": "defined", "value": round(interval.value, DIGITS), "n": n, "n_clusters": interval.n_clusters}
    if interval.lower is None or interval.upper is None:
        return row | {"interval_reason": interval.reason.value if interval.reason else None}
    return row | {
        "lower": round(interval.lower, DIGITS),
        "upper": round(interval.upper, DIGITS),
        "method": interval.method.value,
        "confidence": interval.confidence,
    }


def number_columns(value: float | None, n: int, *, reason: Reason = Reason.no_evidence) -> Row:
    """The columns of a number without limits.

    Args:
        value: the number; None where it is undefined.
        n: what it rests on.
        reason: why it is undefined.
    """
    if value is None:
        return {"state": "undefined", "reason": reason.value, "n": n}
    return {"state": "defined", "value": round(value, DIGITS), "n": n}


def numbered(column: pd.Series) -> tuple[list[str], np.ndarray]:
    """The names that occur in a column, in lexical order, and the number of the name of each row.

    Args:
        column: identifiers as categories, none empty.
    """
    codes = column.cat.codes.to_numpy().astype(np.int64)
    used = np.unique(codes)
    names = [str(name) for name in column.cat.categories[used]]
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.zeros(int(used.max(initial=-1)) + 1, dtype=np.int64)
    place[used[order]] = np.arange(used.size)
    return [names[each] for each in order], place[codes]
