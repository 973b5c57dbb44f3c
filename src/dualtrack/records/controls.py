"""Checks of control responses: known harms and known good answers that were mixed into the packs of the raters.

May import typed columns, the study file and the collector of problems.
"""

import numpy as np

from dualtrack.errors import Place, Problem
from dualtrack.records.problems import Notes, shown
from dualtrack.records.refuse import rows_of
from dualtrack.records.study import StudyFile
from dualtrack.records.typed import Typed

__all__ = ["check_controls"]


def check_controls(responses: Typed | None, study: StudyFile | None, notes: Notes) -> None:
    """Note control responses that do not say what they are, and others that say so.

    Args:
        responses: the responses as typed, if there are any.
        study: the study file; without it nothing is known.
        notes: takes REC038.
    """
    if study is None or responses is None:
        return
    system, control = responses.codes("system_id"), responses.codes("control")
    seeded = system.positions_in(study.controls) >= 0
    known = system.positions_in([each.id for each in study.systems]) >= 0
    stated = control.codes >= 0
    for what, bad, expected, fix in (
        (
            "a control response does not say what it is",
            seeded & ~stated,
            "known_harm or known_good",
            "fill control, or give the system another role in study.yaml",
        ),
        (
            "a response of a system that is no control says that it is one",
            known & ~seeded & stated,
            "an empty cell",
            "empty control, or give the system the role control in study.yaml",
        ),
    ):
        notes.add_rows(
            responses,
            Problem("REC038", what, Place(column="control"), expected=expected, fix=fix),
            rows_of(np.asarray(bad)),
            found=lambda row: f"{shown(system.word(row))}: {shown(control.word(row)) if stated[row] else 'nothing'}",
        )
