"""The verbs of a panel: plan who rates what, and make the packs.

May import the verbs and everything below them.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.balance import balance_lines
from dualtrack.panel.codes import pack_id_of
from dualtrack.panel.panel_files import write_assignments
from dualtrack.panel.panel_yaml import PanelText, read_panel_file, refuse_what_does_not_fit
from dualtrack.panel.plan import PanelPlan, plan_panel
from dualtrack.panel.study_side import flagged_in, items_of, people_of, rateable, systems_of
from dualtrack.records import StudyInput, empty_frame, read_results
from dualtrack.records.inputs import ASSIGNMENTS
from dualtrack.rubric import Rubric
from dualtrack.rubric.lint_raters import MOST_QUESTIONS
from dualtrack.scoring import make_plan
from dualtrack.scoring.asked import asked_scales
from dualtrack.scoring.controls import without_controls
from dualtrack.verbs import Progress, read_both

__all__ = ["Planned", "panel_plan"]


def quiet(_stage: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan that was written: the plan, the file, and what was planned."""

    plan: PanelPlan
    file: Path
    n_rows: int

    def lines(self) -> tuple[str, ...]:
        """The balance table."""
        return tuple(balance_lines(self.plan.balance))


@dataclass(frozen=True, slots=True)
class Ground:
    """What both verbs start from: the panel, the study, its rubric, and the scales that each item asks."""

    panel: PanelText
    rubric: Rubric
    study: StudyInput
    asked: dict[str, tuple[str, ...]]


def panel_plan(
    study: str | Path,
    *,
    findings: str | Path | None = None,
    out: str | Path | None = None,
    replace: bool = False,
    progress: Progress = quiet,
) -> Planned:
    """Decide who rates what, and write the table ``assignments`` into the study folder.

    Args:
        study: the study folder, with panel.yaml.
        findings: results folder of the same study, for an audit: what its checks flagged is rated in full.
        out: folder for the table; the study folder when None.
        replace: whether assignments that are there may be replaced.
        progress: told the name of each stage.

    Returns:
        The plan, with its balance.

    Raises:
        PanelError: panel.yaml, or what it asks for, or results of another study (PAN...).
        RecordError, RubricError, ScoringError: the study, as ``validate``.
        OutputError: the results cannot be read, or the table cannot be written (OUT...).
    """
    folder = Path(study)
    ground = read_ground(folder, progress)
    settings, given = ground.panel.settings, ground.study
    flagged = None if findings is None else flagged_in(results_of(findings, given.file.id)["findings"])
    progress("plan")
    plan = plan_panel(
        settings,
        people_of(settings, given.tables["raters"]),
        rateable(given.file, given.tables["responses"], set(ground.asked) - settings.apart),
        items=items_of(given.tables["items"]),
        systems=systems_of(given.file),
        flagged=flagged,
    )
    rows = [
        row | {"pack_id": pack_id_of(settings.seed, given.file.id, str(row["rater_id"]), "ratings")}
        for row in plan.rows(ground.asked)
    ]
    file = write_assignments(rows, folder if out is None else Path(out), replace=replace)
    return Planned(plan, file, len(rows))


def read_ground(folder: Path, progress: Progress) -> Ground:
    """Read panel, study and rubric, and ask the plan of scoring what each item asks of a rater.

    Args:
        folder: the study folder.
        progress: told the name of each stage.

    Raises:
        PanelError: panel.yaml does not fit (PAN001, PAN020 to PAN022), or an item asks too much (PAN024).
        RecordError, RubricError, ScoringError: the study, as ``validate``.
    """
    panel = read_panel_file(folder)
    rubric, given = read_both(folder, progress)
    refuse_what_does_not_fit(panel, given)
    open_tables = dict(given.tables) | {ASSIGNMENTS.name: empty_frame(ASSIGNMENTS)}  # what is asked, not of whom
    asked = asked_scales(make_plan(rubric, *without_controls(given.file, open_tables)))
    refuse_too_many_questions(asked)
    return Ground(panel, rubric, given, asked)


def results_of(folder: str | Path, study_id: str) -> dict[str, pd.DataFrame]:
    """The tables of a results folder of the study.

    Args:
        folder: the results folder.
        study_id: id of the study that it must be about.

    Raises:
        PanelError: PAN034 the results are of another study.
        OutputError: they cannot be read.
    """
    document, tables = read_results(folder)
    found = str(document.get("study", {}).get("id"))
    if found != study_id:
        fix = "name the results of this study, as `dualtrack score` wrote them"
        place = Place("scorecards.json", column="study.id")
        raise PanelError(Problem("PAN034", "the results are of another study", place, found, study_id, fix))
    return tables


def refuse_too_many_questions(asked: dict[str, tuple[str, ...]]) -> None:
    """Refuse items that ask more questions than a form holds.

    Args:
        asked: scales by item.

    Raises:
        PanelError: PAN024.
    """
    beyond = [item for item, scales in asked.items() if len(scales) > MOST_QUESTIONS]
    if beyond:
        most = max(beyond, key=lambda item: len(asked[item]))
        raise PanelError(
            Problem(
                "PAN024",
                "an item asks more of a rater than a form holds",
                Place("items", column="item_id"),
                found=f"{len(beyond):,} items, {most} the most ({len(asked[most])} questions)",
                expected=f"at most {MOST_QUESTIONS} questions about one response",
                fix="leave metrics out of scope with a profile (scope.profile in study.yaml)",
            )
        )
