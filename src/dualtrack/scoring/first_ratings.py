"""The clinicians' first ratings: what a check is measured against, and with which chance each was asked for.

May import records and the scoring ground. Adjudicated ratings and tie-breaks are left out: whoever gave them may have
seen the check's flag, or was asked because of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.rubric.scale import Scale
from dualtrack.scoring.arrays import FloatArray
from dualtrack.scoring.findings import rating_findings
from dualtrack.scoring.plan import MetricPlan, Plan, response_index
from dualtrack.terms import RatingRole

__all__ = ["Chances", "FirstRatings", "chances", "first_ratings"]

_KEY = ["system_id", "item_id", "sample", "unit_id", "scale_id", "inclusion_probability"]


@dataclass(frozen=True, slots=True)
class FirstRatings:
    """First ratings and what is known of how they came about.

    Attributes:
        findings: one row per primary rating of the first occasion, as the findings table specifies.
        planned, recorded: chances with which units were drawn, as the assignments and as the ratings state them.
        blinded: whether every rater of the study is recorded as blinded; None where it is not recorded of all.
    """

    findings: pd.DataFrame
    planned: pd.DataFrame
    recorded: pd.DataFrame
    blinded: bool | None


@dataclass(frozen=True, slots=True)
class Chances:
    """Weight of each unit of a metric, 1 / inclusion probability.

    ``weight`` takes what the assignments state, else what the ratings state, else 1. ``planned`` knows the assignments
    alone, so that no rating that is taken away can move it. ``stated`` says where a chance is stated at all.
    """

    weight: FloatArray
    planned: FloatArray
    stated: np.ndarray


def first_ratings(tables: Mapping[str, pd.DataFrame], scales: Mapping[str, Scale]) -> FirstRatings:
    """Pick the first ratings out of the input tables.

    Args:
        tables: the input tables by name.
        scales: the scales of the rubric by id.

    Returns:
        First ratings with the chances that the tables state.
    """
    ratings, assignments = tables["ratings"], tables["assignments"]
    first = (ratings["role"].astype("str") == RatingRole.primary.value).to_numpy() & (
        ratings["occasion"].to_numpy(dtype=np.int64) == 1
    )
    mine = ratings[first]
    return FirstRatings(rating_findings(mine, scales), _stated(assignments), _stated(mine), _blinded(tables["raters"]))


def chances(plan: Plan, mp: MetricPlan, first: FirstRatings) -> Chances:
    """Weight of each unit of one metric.

    Args:
        plan: the plan.
        mp: the metric with its scale.
        first: the first ratings.

    Returns:
        One weight per unit. A chance of 0 is no statement: nothing that cannot be drawn is ever rated.
    """
    planned, recorded = (_by_unit(plan, mp, frame) for frame in (first.planned, first.recorded))
    known = np.where(np.isnan(planned), recorded, planned)
    ones = np.ones(known.size, dtype=np.float64)
    return Chances(
        np.divide(ones, known, out=ones.copy(), where=~np.isnan(known)),
        np.divide(ones, planned, out=ones.copy(), where=~np.isnan(planned)),
        ~np.isnan(known),
    )


def _stated(frame: pd.DataFrame) -> pd.DataFrame:
    if "inclusion_probability" not in frame.columns:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in _KEY})
    chance = frame["inclusion_probability"].astype("float64")
    return frame.loc[(chance > 0).to_numpy(), _KEY]


def _by_unit(plan: Plan, mp: MetricPlan, frame: pd.DataFrame) -> FloatArray:
    """Least chance stated for each unit, NaN where none is."""
    found = np.full(mp.owed.size, np.inf, dtype=np.float64)
    if mp.scale is not None and len(frame):
        mine = frame[(frame["scale_id"].astype("str") == mp.scale.id).to_numpy()]
        unit = mp.units.find(response_index((plan.systems, plan.items, plan.samples), mine), mine["unit_id"])
        inside = unit >= 0
        np.minimum.at(found, unit[inside], mine["inclusion_probability"].to_numpy(dtype=np.float64)[inside])
    return np.where(np.isinf(found), np.nan, found)


def _blinded(raters: pd.DataFrame) -> bool | None:
    if raters.empty or "blinded" not in raters.columns:
        return None
    stated = [None if pd.isna(each) else bool(each) for each in raters["blinded"]]
    if False in stated:
        return False
    return None if None in stated else True
