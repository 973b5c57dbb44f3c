"""Who may begin with the study: the rule as it was fixed, the record of calibration, and what follows from both.

May import the verb that plans and everything below it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.calibration_file import CaseText, read_case_file, set_digest
from dualtrack.panel.panel_yaml import PANEL_FILE, PanelText, read_panel_file
from dualtrack.panel.rule import Calibration, rule_digest
from dualtrack.panel.training_record import ATTEMPTS, FOLDER, read_rows, read_seal
from dualtrack.panel.training_rows import ATTEMPT_COLUMNS, Standing, standings

__all__ = ["Unready", "calibration_of", "readiness", "readiness_lines", "refuse_changes", "sealed_rule", "unready"]


@dataclass(frozen=True, slots=True)
class Unready:
    """Raters who are not ready, with the problem of each; ``withheld`` get no pack of the study."""

    withheld: frozenset[str]
    problems: Mapping[str, Problem]


def calibration_of(panel: PanelText) -> Calibration:
    """What panel.yaml says of calibration.

    Args:
        panel: panel.yaml as read.

    Raises:
        PanelError: PAN135 it says nothing of it.
    """
    if panel.settings.calibration is None:
        fix = "add calibration to panel.yaml; docs/panel.md shows it"
        what = "nobody is to be calibrated"
        raise PanelError(Problem("PAN135", what, Place(PANEL_FILE, column="calibration"), "no such key", fix=fix))
    return panel.settings.calibration


def sealed_rule(calibration: Calibration, cases: CaseText, number: int, made_at: str | None) -> dict[str, Any]:
    """The rule and one set of cases in the form that is kept when packs of the set are first made.

    Args:
        calibration: the part of panel.yaml.
        cases: the cases.
        number: the set.
        made_at: when the packs are made, None where nobody says.
    """
    return {
        "schema": "dualtrack.readiness/1",
        "rule": rule_digest(calibration),
        "required": calibration.required,
        "rules": [rule.model_dump(mode="json") for rule in calibration.rules],
        "sets": {str(number): {"cases": set_digest(cases.file, number), "made_at": made_at}},
    }


def refuse_changes(panel: PanelText, study: Path, cases: CaseText) -> dict[str, Any]:
    """Refuse a rule, or cases, that were changed after the first packs of calibration were made.

    Args:
        panel: panel.yaml as read.
        study: the study folder.
        cases: the cases as read.

    Returns:
        The rule as it was kept; empty when no pack was made yet.

    Raises:
        PanelError: PAN128; PAN134 the record cannot be read.
    """
    calibration = calibration_of(panel)
    kept = _refuse_another_rule(panel, calibration, study)
    for number, held in sorted(kept.get("sets", {}).items()):
        found = set_digest(cases.file, int(number))
        if found != held.get("cases"):
            raise _changed(f"cases of set {number}", Place(cases.name), found, str(held.get("cases")))
    return kept


def _refuse_another_rule(panel: PanelText, calibration: Calibration, study: Path) -> dict[str, Any]:
    rule, kept = rule_digest(calibration), read_seal(study)
    held = [str(kept["rule"])] if kept else []
    held += [row["rule"] for row in read_rows(study, ATTEMPTS, ATTEMPT_COLUMNS)]
    other = next((each for each in held if each != rule), None)
    if other is not None:
        raise _changed("rule of readiness", panel.place("calibration"), rule, other)
    return kept


def _changed(what: str, place: Place, found: str, expected: str) -> PanelError:
    return PanelError(
        Problem(
            "PAN128",
            f"the {what} was changed after packs of calibration were made",
            place,
            found=f"digest {found[:16]}",
            expected=f"digest {expected[:16]}, as kept in {FOLDER}/",
            fix="put it back as it was; cases for another attempt go into a set of their own",
        )
    )


def readiness(panel: PanelText, study: Path) -> Mapping[str, Standing]:
    """Where each member stands by the record; empty where panel.yaml asks for no calibration.

    Args:
        panel: panel.yaml as read.
        study: the study folder.

    Raises:
        PanelError: PAN128 the rule, or cases, were changed; PAN127 the cases cannot be read; PAN134 the record cannot.
    """
    calibration = panel.settings.calibration
    if calibration is None:
        return {}
    kept = _refuse_another_rule(panel, calibration, study)
    if kept:
        refuse_changes(panel, study, read_case_file(study, calibration.cases))
    members = [member.rater_id for member in panel.settings.members]
    return standings(calibration, members, read_rows(study, ATTEMPTS, ATTEMPT_COLUMNS))


def unready(panel: PanelText, study: Path) -> Unready:
    """Members who are not ready for the study, and whether that keeps their packs back.

    Args:
        panel: panel.yaml as read.
        study: the study folder.

    Raises:
        PanelError: as ``readiness``.
    """
    calibration = panel.settings.calibration
    found = [each for each in readiness(panel, study).values() if each.trained != "true"]
    if calibration is None or not found:
        return Unready(frozenset(), {})
    fix = "make calibration packs with --calibration and take them in with `dualtrack panel calibrate`"
    expected = "ready by the rule of panel.yaml" + ("" if calibration.required else ", which does not require it")
    problems = {
        each.rater_id: Problem("PAN131", "a rater is not ready for the study", Place(f"{FOLDER}/{ATTEMPTS}"),
                                f"{each.rater_id}: {each.state}, {each.why}", expected, fix)
        for each in found
    }  # fmt: skip
    return Unready(frozenset(problems) if calibration.required else frozenset(), problems)


def readiness_lines(study: str | Path) -> Sequence[str]:
    """One line for each member: state by the latest attempt, and what it lacks.

    Args:
        study: the study folder.

    Raises:
        PanelError: panel.yaml (PAN001), or as ``readiness``.
    """
    found = readiness(read_panel_file(study), Path(study)).values()
    return [
        f"{each.rater_id}  {each.state}" + (f"  attempt {each.attempt}" if each.attempt else "")
        + (f"  {each.why}" if each.why else "")
        for each in found
    ]  # fmt: skip
