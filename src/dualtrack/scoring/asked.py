"""Which scales each item asks of a rater about a whole response, in the order in which the rubric needs them.

May import rubric and the plan.
"""

import numpy as np

from dualtrack.rubric.scale import Grain, ScaleKind
from dualtrack.scoring.plan import Plan

__all__ = ["asked_scales"]


def asked_scales(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Ids of the scales that a response to each item asks, by the metrics that apply to it.

    Args:
        plan: the plan of a study.

    Returns:
        Item id -> scale ids in the order of the metrics that read them; items that ask nothing are left out. Parts of a
        response that are rated singly, and choices between two, are not counted.
    """
    asked: dict[str, dict[str, None]] = {}
    for mp in plan.metrics:
        if mp.scale is None or mp.units.grain is not Grain.response or mp.scale.kind is ScaleKind.preference:
            continue
        for place in np.unique(plan.item_of(np.flatnonzero(mp.owed > 0))).tolist():
            asked.setdefault(plan.items[place], {})[mp.scale.id] = None
    return {item: tuple(scales) for item, scales in sorted(asked.items())}
