"""The result tables about raters, from everything that is known of them.

May import records, ratings and the scoring ground.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dualtrack.ratings.rows import Row
from dualtrack.records.study import StudyFile
from dualtrack.rubric.header import Rubric
from dualtrack.scoring.controls import Controls, control_rows, controls_of
from dualtrack.scoring.plan import Plan

__all__ = ["Clinicians", "clinicians_of", "rater_tables"]


@dataclass(frozen=True, slots=True)
class Clinicians:
    """Who rated what.

    Attributes:
        controls: the control responses, if there are any.
    """

    controls: Controls | None


def clinicians_of(rubric: Rubric, study: StudyFile, tables: Mapping[str, pd.DataFrame]) -> Clinicians:
    """Gather what is known of raters.

    Args:
        rubric: the loaded rubric.
        study: the study file, controls included.
        tables: the input tables, controls included.

    Raises:
        ScoringError: as ``make_plan``.
    """
    return Clinicians(controls_of(rubric, study, tables))


def rater_tables(plan: Plan, clinicians: Clinicians | None) -> dict[str, list[Row]]:
    """Rows of the tables about raters.

    Args:
        plan: the plan.
        clinicians: what is known of raters; without it the tables are empty.
    """
    if clinicians is None:
        return {"rater_effects": []}
    return {"rater_effects": list(control_rows(clinicians.controls))}
