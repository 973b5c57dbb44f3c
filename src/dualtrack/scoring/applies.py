"""Where a metric applies: decided from the item alone, never from a response.

May import terms and rubric.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dualtrack.rubric.metric import Condition, Metric
from dualtrack.scoring.arrays import BoolArray

__all__ = ["applicable"]


def applicable(metric: Metric, items: pd.DataFrame) -> BoolArray:
    """Say for each item whether the metric applies to it.

    Every condition of ``applies_when`` must hold. A condition names a path into the item (``reference.urgency``,
    ``strata.setting``, ``language``) and the values that it may have; a path into a list holds when any entry
    does; ``present`` asks only that there is a value. Without conditions the metric applies everywhere.

    Args:
        metric: the metric.
        items: the items table, one row per item.

    Returns:
        One boolean per item, in row order.
    """
    result = np.ones(len(items), dtype=np.bool_)
    for path, wanted in metric.applies_when.items():
        first, *rest = path.split(".")
        column = items[first]
        result &= np.fromiter(
            (_holds(wanted, _values(cell, rest)) for cell in column), dtype=np.bool_, count=len(items)
        )
    return result


def _values(cell: object, path: list[str]) -> Iterator[object]:
    """All values that a path leads to, looking into every entry of a list."""
    if isinstance(cell, list | tuple):
        for entry in cell:
            yield from _values(entry, path)
    elif not path:
        if cell is not None and cell is not pd.NA and cell == cell:  # noqa: PLR0124 -- NaN is the only value unequal to itself
            yield cell
    elif isinstance(cell, dict):
        yield from _values(cell.get(path[0]), path[1:])


def _holds(wanted: Condition, values: Iterator[object]) -> bool:
    if wanted == "present":
        return any(True for _ in values)
    return any(type(value) is type(allowed) and value == allowed for value in values for allowed in wanted)
