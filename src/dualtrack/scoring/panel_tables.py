"""The result tables that describe the clinicians' evidence itself, beside what is scored.

May import ratings and the scoring ground. Nothing here moves a score, a gate or a verdict; a table of this kind is one
more entry of ``panel_tables``.
"""

from collections.abc import Mapping

import pandas as pd

from dualtrack.ratings.agreement import agreement_rows
from dualtrack.ratings.pairs import pair_rows
from dualtrack.records.result_agreement import AGREEMENT, RATING_PAIRS
from dualtrack.scoring.first_ratings import FirstRatings
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.preference_tables import preference_tables
from dualtrack.scoring.table import to_frame

__all__ = ["panel_tables"]


def panel_tables(
    plan: Plan,
    tables: Mapping[str, pd.DataFrame],
    first: FirstRatings,
    *,
    late_margins: frozenset[str] = frozenset(),
) -> dict[str, pd.DataFrame]:
    """Make the tables about clinicians.

    Args:
        plan: the plan.
        tables: the input tables by name.
        first: the clinicians' first ratings.
        late_margins: as in ``preference_tables``.

    Returns:
        Frames of result tables by name.
    """
    asked = {(mp.scale.id, mp.units.grain.value): mp.scale for mp in plan.metrics if mp.scale is not None}
    agreement = agreement_rows(
        first.findings,
        tables["raters"],
        asked,
        units=tables["units"],
        cluster_of=dict(zip(plan.items, plan.cluster.tolist(), strict=True)),
        confidence=plan.study.plan.interval.confidence,
        floor=plan.cluster_floor,
    )
    pairs = pair_rows(tables["ratings"], tables["units"], asked)
    return {
        AGREEMENT.name: to_frame(AGREEMENT, list(agreement)),
        RATING_PAIRS.name: to_frame(RATING_PAIRS, list(pairs)),
        **preference_tables(plan, tables, late_margins=late_margins),
    }
