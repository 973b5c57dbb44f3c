"""The verb that says what a design can conclude, before or after there are responses.

May import the verbs and everything below them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd

from dualtrack.errors import Place, PlanningError, Problem, RecordError
from dualtrack.records.plain import plain
from dualtrack.records.result_power import POWER_TABLES
from dualtrack.records.study import StudyFile
from dualtrack.report.power import PAGE, power_lines, power_page
from dualtrack.report.write import write_files
from dualtrack.rubric.header import Rubric
from dualtrack.scoring import score_tables
from dualtrack.scoring.controls import without_controls
from dualtrack.scoring.power import Wishes, power_tables
from dualtrack.scoring.power.design import Basis, basis_of
from dualtrack.scoring.power.differences import ALPHA, critical_value
from dualtrack.scoring.power.run import Seen
from dualtrack.scoring.table import to_frame
from dualtrack.verbs import Progress, read_both, read_rubric_and_plan

__all__ = ["DOCUMENT", "Power", "power"]

DOCUMENT = "power.json"
SCHEMA = "dualtrack.power/1"
NO_ITEMS = "REC005"
LEAST_FOR_LIMITS = 2


def quiet(_stage: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Power:
    """What a design can and cannot conclude; for planning, no evidence about any system.

    Attributes:
        document: everything as plain data, as power.json holds it.
        tables: its tables as data frames, by name.
    """

    document: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]

    def lines(self, *, plan_only: bool = False) -> Iterator[str]:
        """The calculation as lines of text.

        Args:
            plan_only: only what the plan gives each gate, the hours and the assumptions.
        """
        return power_lines(self.document, plan_only=plan_only)

    def save(self, folder: str | Path) -> tuple[Path, ...]:
        """Write power.json and power.html into a folder; what else lies there stays.

        Args:
            folder: where they go.

        Returns:
            The files written.

        Raises:
            OutputError: they cannot be written (OUT...).
        """
        text = orjson.dumps(self.document, option=orjson.OPT_INDENT_2).decode() + "\n"
        return write_files({DOCUMENT: text, PAGE: power_page(self.document)}, Path(folder))

    def __repr__(self) -> str:
        """The lines of text."""
        return "\n".join(self.lines())


def power(study: str | Path, wishes: Wishes | None = None, *, progress: Progress = quiet) -> Power:
    """Say what a design can and cannot conclude: chances of the four states, hours, and what would settle it.

    Args:
        study: the study folder. Items, study.yaml and a rubric are enough; with ``wishes.items`` even the items may be
            absent. Where there are ratings, the spread of differences, the panel's detection of seeded harms and the
            seconds of a rating come from them.
        wishes: what is assumed; by default everything as ``Wishes`` says.
        progress: told the name of each stage.

    Returns:
        The calculation; ``save`` writes it.

    Raises:
        PlanningError: PWR001 an assumption out of range, PWR002 no items, PWR003 clusters that cannot be filled, PWR004
            nothing to plan for.
        RecordError, RubricError, ScoringError: the study, as ``validate``.

    Example:
        >>> from dualtrack import shipped_example
        >>> found = power(shipped_example("cqa-eval"), Wishes(items=200))
        >>> [round(p, 2) for p in found.tables["power_chances"]["p_met"]]
        [0.97, 0.02, 0.0]
    """
    wishes = wishes or Wishes()
    wishes.refuse_impossible()
    rubric, file, tables = _read(Path(study), wishes, progress)
    seen = Seen()
    if tables is not None and len(tables["ratings"]):
        progress("data")
        seen = _seen(rubric, file, tables)
    if tables is not None:
        file, tables = without_controls(file, tables)
    progress("chances")
    basis = basis_of(rubric, file, tables, wishes)
    rows = power_tables(basis, seen)
    frames = {table.name: to_frame(table, rows[table.name]) for table in POWER_TABLES}
    return Power(_document(rubric, basis, frames), frames)


def _read(
    folder: Path, wishes: Wishes, progress: Progress
) -> tuple[Rubric, StudyFile, Mapping[str, pd.DataFrame] | None]:
    """Rubric, study file and tables; no tables where the study has no items and their number is given."""
    try:
        rubric, given = read_both(folder, progress)
    except RecordError as error:
        if not any(problem.code == NO_ITEMS for problem in error.problems):
            raise
        if wishes.items is None:
            raise PlanningError(
                Problem(
                    "PWR002",
                    "there are no items to plan with",
                    Place("items"),
                    found="no table of items, and no number of items",
                    expected="one of the two",
                    fix="add the table of items, or give their number with --items",
                )
            ) from error
        others = [problem for problem in error.problems if problem.code != NO_ITEMS]
        if others:
            raise RecordError(others) from error
        rubric, file = read_rubric_and_plan(folder, progress)
        return rubric, file, None
    return rubric, given.file, given.tables


def _seen(rubric: Rubric, file: StudyFile, tables: Mapping[str, pd.DataFrame]) -> Seen:
    """What the data tell: spread of differences, detection of seeded harms, seconds of a rating."""
    scored = score_tables(rubric, file, tables)
    errors = {}
    for row in scored.tables["comparisons"].to_dict("records"):
        n = row["n_clusters"]
        if row["stratum"] or pd.isna(row["lower"]) or pd.isna(n) or int(n) < LEAST_FOR_LIMITS:
            continue
        half = (row["upper"] - row["lower"]) / 2
        if half > 0:
            names = (row["track"], row["subject_id"], row["system_a"], row["system_b"])
            errors[names] = (half / critical_value(int(n), ALPHA), int(row["n_items"]))
    gates = scored.tables["gates"]
    found = gates[gates["panel_detection"].notna()].groupby("gate_id")["panel_detection"].min()
    seconds = tables["ratings"]["seconds"].to_numpy(dtype=np.float64)
    seconds = seconds[np.isfinite(seconds) & (seconds > 0)]
    detection = {str(gate): float(share) for gate, share in found.items()}
    return Seen(errors, detection, float(np.median(seconds)) if seconds.size else None)


def _document(rubric: Rubric, basis: Basis, frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    study = basis.plan.study
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "engine_version": version("dualtrack"),
        "rubric": f"{rubric.header.id} {rubric.header.version}",
        "study": {
            "id": study.id,
            "title": study.title,
            "data_kind": study.data_kind,
            "systems": [{"id": each.id, "name": each.name} for each in study.systems],
        },
    }
    for name, frame in frames.items():
        rows = frame.astype("object").where(frame.notna(), None).to_dict("records")
        document[name] = [plain(row, name) for row in rows]
    return document
