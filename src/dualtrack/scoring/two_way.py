"""Estimates that hold for other raters as well: single first ratings with two-way limits.

May import terms, stats and the scoring ground. They stand beside the joined value where at least three persons rated
the same cases, every two of them some in common; everywhere else a value holds for this panel only, and there is no
row. No gate and no score reads them.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dualtrack.scoring.answers import answers_of
from dualtrack.scoring.arrays import NONE, TOP
from dualtrack.scoring.estimate import Row, plain_row, shown_reversed
from dualtrack.scoring.evidence import Judgements
from dualtrack.scoring.first_ratings import FirstRatings
from dualtrack.scoring.plan import MetricPlan, Plan, response_index
from dualtrack.stats.interval import Interval
from dualtrack.stats.two_way import LEAST_CROSSED, are_crossed, two_way_mean
from dualtrack.terms import Fill, Role

__all__ = ["FIRST_RATINGS", "two_way_rows"]

FIRST_RATINGS = "first_ratings"


def two_way_rows(plan: Plan, first: FirstRatings, raters: pd.DataFrame) -> Iterator[Row]:
    """Rows of the estimates table on the basis of single first ratings.

    Args:
        plan: the plan.
        first: the first ratings.
        raters: the raters table; a position may be several people, so positions say nothing about raters in general.
    """
    positions = raters["rater_id"].astype("str")[(raters["kind"].astype("str") == "position").to_numpy()]
    findings = first.findings
    probe = findings["probe_id"].astype("str")
    for mp in plan.metrics:
        if mp.scale is None or mp.pairs is not None or mp.correct is not None:
            continue
        mine = findings[(probe == mp.scale.id).to_numpy()]
        if mine["source_id"].astype("str").isin(set(positions)).any():
            continue
        response = response_index((plan.systems, plan.items, plan.samples), mine)
        inside = response >= 0
        judged = answers_of(mp, mine[inside], response[inside]).judged
        used = (judged.unit >= 0) & (judged.value != NONE) & (mp.owed[np.maximum(judged.unit, 0)] > 0)
        yield from _of_systems(plan, mp, judged.chosen(used))


def _of_systems(plan: Plan, mp: MetricPlan, judged: Judgements) -> Iterator[Row]:
    system = plan.system_of(judged.response)
    for place in range(len(plan.systems)):
        mine = judged.chosen(system == place)
        item = plan.item_of(mine.response)
        if np.unique(mine.source).size < LEAST_CROSSED or not are_crossed(mine.source, item):
            continue
        interval = two_way_mean(
            mine.value,
            plan.cluster[item],
            mine.source,
            confidence=plan.study.plan.interval.confidence,
            floor=plan.cluster_floor,
            scale=TOP,
        )
        yield _row(plan, mp, mine, interval, system=place)


def _row(plan: Plan, mp: MetricPlan, judged: Judgements, interval: Interval, *, system: int) -> Row:
    item = np.unique(plan.item_of(judged.response))
    owed = int(mp.owed[plan.system_of(mp.units.response) == system].sum())
    row: Row = plain_row(mp.metric.quantity.show, interval) | {
        "subject": "metric",
        "subject_id": mp.metric.id,
        "system_id": plan.systems[system],
        "stratum": "",
        "stratum_level": "",
        "basis": FIRST_RATINGS,
        "missing": Fill.observed.value,
        "track": mp.metric.track.value,
        "n_planned": owed,
        "n_items": item.size,
        "n_clusters": interval.n_clusters,
        "n_units": np.unique(judged.unit).size,
        "n_raters": np.unique(judged.source).size,
        "coverage": min(1.0, judged.value.size / owed) if owed else None,
        "covers": "cases_and_raters" if interval.defined else None,
        "role": Role.exploratory.value,
    }
    return shown_reversed(mp, row)
