"""Which subgroups of the items are reported: those that the plan names, and three that always are.

May import errors, records, pandas and the scoring ground. The source of a task, high-risk cases and the family of a
task are reported whether or not the plan asks for it, so that nobody can choose to leave them out.
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from dualtrack.errors import Place, Problem
from dualtrack.records.study import StudyFile

__all__ = ["HIGH_RISK", "OTHER", "TASK_FAMILY", "TASK_SOURCE", "reported_strata", "strata_of_items", "strata_problems"]

TASK_SOURCE = "task_source"
"""Stratum made from the column of that name: exam, written case, real query, live log, unknown."""
TASK_FAMILY = "task_family"
"""Stratum of a study that is always reported where the items have it."""
HIGH_RISK = "high_risk"
"""Stratum made from the levels that the plan calls high risk; its levels are ``high_risk`` and ``other``."""
OTHER = "other"
_OWN = {TASK_SOURCE: "the column task_source", HIGH_RISK: "plan.strata.high_risk"}


def strata_of_items(items: pd.DataFrame, study: StudyFile) -> dict[str, tuple[str, ...]]:
    """Level of each item in each stratum, "" where it has none.

    Args:
        items: the items table, in the order of the plan.
        study: the study file, which says what is high risk.

    Returns:
        The strata of the items and those that are made: the source of the task, and high risk where the plan names
        levels.
    """
    cells = [dict(cell) if cell else {} for cell in items["strata"]]
    names = sorted({name for cell in cells for name in cell})
    found = {name: tuple(str(cell.get(name, "")) for cell in cells) for name in names}
    made = {TASK_SOURCE: tuple(items[TASK_SOURCE].astype("str"))}
    risky = _high_risk(study)
    if risky:
        made[HIGH_RISK] = tuple(
            HIGH_RISK if any(str(cell.get(name, "")) in levels for name, levels in risky.items()) else OTHER
            for cell in cells
        )
    return found | made


def reported_strata(strata: Mapping[str, tuple[str, ...]], study: StudyFile) -> tuple[str, ...]:
    """Names of the strata that are reported, in order.

    Args:
        strata: as ``strata_of_items`` gives them.
        study: the study file.
    """
    always = {name for name in (TASK_SOURCE, TASK_FAMILY, HIGH_RISK) if name in strata}
    return tuple(sorted(always | set(study.plan.strata.report)))


def strata_problems(study: StudyFile, items: pd.DataFrame) -> Iterator[Problem]:
    """What keeps the strata of the results from being told apart, or names a level that no item has.

    Args:
        study: the study file.
        items: the items table.

    Yields:
        SCO031 for a stratum of the items that bears the name of one that is made; SCO003 for a high-risk level that no
        item has, as then nobody would be at high risk.
    """
    cells = [dict(cell) if cell else {} for cell in items["strata"]]
    levels: dict[str, set[str]] = {}
    for cell in cells:
        for name, level in cell.items():
            levels.setdefault(name, set()).add(str(level))
    for name in sorted(set(levels) & set(_OWN)):
        yield Problem(
            "SCO031",
            "a stratum bears the name of one that is made",
            Place("items", column=f"strata.{name}"),
            found=f"strata.{name}",
            expected=f"another name; results make {name} from {_OWN[name]}",
            fix="rename the stratum",
        )
    for name, wanted in _high_risk(study).items():
        for level in sorted(set(wanted) - levels.get(name, set())) if name in levels else ():
            yield Problem(
                "SCO003",
                "no item has this level",
                Place("study.yaml", column=f"plan.strata.high_risk.{name}"),
                found=repr(level),
                expected=f"one of {', '.join(sorted(levels[name]))}",
                fix="correct the level, or take it out",
            )


def _high_risk(study: StudyFile) -> dict[str, tuple[str, ...]]:
    return {name.removeprefix("strata."): levels for name, levels in study.plan.strata.high_risk.items() if levels}
