"""Reading panel.yaml, and saying where it does not fit the study beside it.

May import errors, records and the panel's settings. The file is read as strictly as study.yaml, by the same reader.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from dualtrack.errors import PanelError, Place, Problem, RecordError
from dualtrack.panel.settings import PanelFile
from dualtrack.records import StudyInput
from dualtrack.records.plain_yaml import Plain
from dualtrack.records.problems import nearest, shown, some
from dualtrack.records.study_yaml import read_schema_file

__all__ = ["PANEL_FILE", "PanelText", "read_panel_file", "refuse_what_does_not_fit"]

PANEL_FILE = "panel.yaml"


@dataclass(frozen=True, slots=True)
class PanelText:
    """panel.yaml as read: what it says, and on which line it says it."""

    settings: PanelFile
    plain: Plain

    def place(self, *path: str | int) -> Place:
        """Where a key or entry stands."""
        column = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
        return Place(PANEL_FILE, line=self.plain.line(path), column=column)


def read_panel_file(folder: str | Path) -> PanelText:
    """Read panel.yaml of a study folder.

    Args:
        folder: the study folder.

    Returns:
        The file, validated in itself; whether it fits the study is not asked.

    Raises:
        PanelError: PAN001 there is no such file, it could be misread, or the schema does not know what it says; all
            problems at once.
    """
    path = Path(folder) / PANEL_FILE
    if not path.is_file():
        raise PanelError(
            Problem(
                "PAN001",
                "there is no panel here",
                Place(PANEL_FILE),
                found="no such folder" if not Path(folder).is_dir() else f"a folder without {PANEL_FILE}",
                expected="a study folder that says in panel.yaml who rates how much",
                fix="write it beside study.yaml; docs/panel.md shows one",
            )
        )
    try:
        return PanelText(*read_schema_file(path, PanelFile))
    except RecordError as error:
        raise PanelError([replace(problem, code="PAN001") for problem in error.problems]) from error


def refuse_what_does_not_fit(panel: PanelText, study: StudyInput) -> None:
    """Refuse a panel that names what the study does not have.

    Args:
        panel: panel.yaml as read.
        study: the study beside it.

    Raises:
        PanelError: PAN020 a member who is not in the table of raters, or is no person; PAN021 a stratum that no item
            has; PAN022 a practice item that the study does not have. All problems at once.
    """
    problems = [*_members(panel, study.tables["raters"]), *_strata(panel, study.tables["items"])]
    problems += _practice(panel, study.tables["items"])
    if problems:
        raise PanelError(sorted(problems, key=lambda problem: problem.place.line or 0))


def _members(panel: PanelText, raters: pd.DataFrame) -> Iterator[Problem]:
    kinds = dict(zip(raters["rater_id"].astype("str"), raters["kind"].astype("str"), strict=True))
    for number, member in enumerate(panel.settings.members):
        kind = kinds.get(member.rater_id)
        if kind == "person":
            continue
        yield Problem(
            "PAN020",
            "a member of the panel is not in the table of raters" if kind is None else "a member is no person",
            panel.place("members", number, "rater_id"),
            found=shown(member.rater_id) + ("" if kind is None else f", kind {kind}"),
            expected="a rater of kind person: " + some(name for name, each in kinds.items() if each == "person"),
            fix=nearest(member.rater_id, kinds, otherwise="add a row to the table raters")
            if kind is None
            else "name the persons one by one in the table raters",
        )


def _strata(panel: PanelText, items: pd.DataFrame) -> Iterator[Problem]:
    known = sorted({name for cell in items["strata"] if cell for name in cell})
    for number, match in enumerate(panel.settings.match):
        if match.stratum not in known:
            yield Problem(
                "PAN021",
                "raters are matched by a stratum that no item has",
                panel.place("match", number, "stratum"),
                found=shown(match.stratum),
                expected=f"a stratum of the items: {some(known)}",
                fix=nearest(match.stratum, known, otherwise=f"add a column strata.{match.stratum} to the items"),
            )


def _practice(panel: PanelText, items: pd.DataFrame) -> Iterator[Problem]:
    known = set(items["item_id"].astype("str"))
    calibration = panel.settings.calibration
    named: list[tuple[tuple[str | int, ...], str]] = [
        (("practice", number), item) for number, item in enumerate(panel.settings.practice)
    ]
    if calibration is not None:
        named += [(("calibration", "items", number), item) for number, item in enumerate(calibration.items)]
    for path, item in named:
        if item not in known:
            yield Problem(
                "PAN022",
                f"a {path[0]} item that the study does not have",
                panel.place(*path),
                found=shown(item),
                expected="the id of an item",
                fix=nearest(item, known, otherwise="add the item and answers to it, or remove it here"),
            )
