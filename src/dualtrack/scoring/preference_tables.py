"""The table of what choices between two answers say, beside both tracks and part of neither.

May import terms, records, ratings and the scoring ground.
"""

from collections.abc import Mapping

import pandas as pd

from dualtrack.ratings.preferences import Settings, preference_rows
from dualtrack.records.result_preferences import PREFERENCE_ESTIMATES
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.table import to_frame
from dualtrack.terms import Track

__all__ = ["preference_tables"]


def preference_tables(
    plan: Plan, tables: Mapping[str, pd.DataFrame], *, late_margins: frozenset[str] = frozenset()
) -> dict[str, pd.DataFrame]:
    """The table preference_estimates, by name; nothing for a study without preferences.

    Args:
        plan: the plan; margins of a question stand in its comparisons, under the id of the scale.
        tables: the input tables by name.
        late_margins: scales, metrics and tracks whose margin was set or changed after the plan was sealed; what moves
            the differences of both tracks moves these too.
    """
    preferences, raters = tables["preferences"], tables["raters"]
    if preferences.empty:
        return {}
    single = raters[(raters["kind"].astype("str") == "person").to_numpy()]
    planned = plan.study.plan
    settings = Settings(
        margins=planned.comparisons.margin_values,
        persons=frozenset(single["rater_id"].astype("str")),
        confidence=planned.interval.confidence,
        floor=plan.cluster_floor,
        resamples=planned.interval.resamples,
        seed=planned.interval.seed,
        sealed=_sealed(plan, late_margins),
    )
    clusters = {item: int(cluster) for item, cluster in zip(plan.items, plan.cluster, strict=True)}
    rows = list(preference_rows(preferences, plan.systems, clusters, settings))
    return {PREFERENCE_ESTIMATES.name: to_frame(PREFERENCE_ESTIMATES, rows)}


def _sealed(plan: Plan, late_margins: frozenset[str]) -> frozenset[str]:
    """Questions whose margin was sealed before the answers were seen."""
    if not plan.pre_specified or late_margins.issuperset(Track):
        return frozenset()
    return frozenset(plan.study.plan.comparisons.margin_values) - late_margins
