"""Hours of rating that a plan asks for, by scale.

May import rubric and the scoring ground.
"""

from collections.abc import Iterator

import numpy as np

from dualtrack.rubric.scale import ScaleKind
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.plan import MetricPlan
from dualtrack.scoring.power.design import Basis

__all__ = ["SECONDS", "hour_rows"]

SECONDS = 60.0
"""Seconds of one rating where nobody has said how long it takes; a default of ours, printed as such."""


def hour_rows(basis: Basis, seconds: float) -> Iterator[Row]:
    """Ratings and hours of each scale, then of all of them.

    A scale that several metrics read is answered once per response; parts of responses count where the study lists
    them.

    Args:
        basis: plan and assumptions.
        seconds: that one rating takes.
    """
    by_scale: dict[str, list[MetricPlan]] = {}
    for mp in basis.plan.metrics:
        if mp.scale is not None and mp.scale.kind is not ScaleKind.preference:
            by_scale.setdefault(mp.scale.id, []).append(mp)
    total = [0, 0]
    for scale, metrics in sorted(by_scale.items()):
        n_units, n_ratings = _owed(basis, metrics)
        total = [total[0] + n_units, total[1] + n_ratings]
        yield _row(scale, n_units, n_ratings, seconds)
    yield _row("", total[0], total[1], seconds)


def _owed(basis: Basis, metrics: list[MetricPlan]) -> tuple[int, int]:
    plan = basis.plan
    if not basis.items_known:
        rule = plan.study.plan.ratings_per_unit
        scale = metrics[0].scale.id if metrics[0].scale is not None else ""
        n_units = basis.n_items * len(plan.systems) * plan.samples
        n_each = rule.get(scale, rule.get("default", 0))
        return (n_units, n_units * n_each) if n_each else (0, 0)
    by_grain: dict[str, np.ndarray] = {}
    for mp in metrics:
        known = by_grain.get(mp.units.grain.value)
        by_grain[mp.units.grain.value] = mp.owed if known is None else np.maximum(known, mp.owed)
    scaled = basis.n_items / max(plan.n_items, 1)
    n_units = sum(int((owed > 0).sum()) for owed in by_grain.values())
    return round(n_units * scaled), round(sum(int(owed.sum()) for owed in by_grain.values()) * scaled)


def _row(scale: str, n_units: int, n_ratings: int, seconds: float) -> Row:
    return {"scale_id": scale, "n_units": n_units, "n_ratings": n_ratings, "hours": n_ratings * seconds / 3600}
