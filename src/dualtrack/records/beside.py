"""What stands beside a study and beside its results: dossier.yaml and report.yaml, read and checked.

One of the places where files are read and written. May import errors and the rest of this package. ``score`` copies
both files into the results folder, so that pages can be made again from that folder alone, and people may amend them
there.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dualtrack.errors import Place, Problem, RecordError
from dualtrack.records.dossier import DOSSIER, Dossier
from dualtrack.records.problems import nearest, shown, some
from dualtrack.records.report_settings import REPORT_SETTINGS, ReportSettings
from dualtrack.records.source_attributes import source_attributes
from dualtrack.records.study_yaml import read_schema_file

__all__ = ["Beside", "keep_beside", "read_beside"]


@dataclass(frozen=True, slots=True)
class Beside:
    """What people state and wish.

    Attributes:
        dossier: what only people can state; None where there is no file.
        settings: how the pages are wished for.
        files: bytes of the files that are there, by name.
    """

    dossier: Dossier | None = None
    settings: ReportSettings = field(default_factory=lambda: ReportSettings(schema="dualtrack.report/1"))
    files: Mapping[str, bytes] = field(default_factory=dict)


def read_beside(folder: str | Path, systems: Collection[str]) -> Beside:
    """Read dossier.yaml and report.yaml of a folder, where they are.

    Args:
        folder: a study folder or a results folder.
        systems: ids of the systems of the study.

    Returns:
        Both, checked; an absent file is no error.

    Raises:
        RecordError: REC002, REC003, REC004, REC009 as for study.yaml; REC040 the dossier names a system that the study
            does not have; REC046 it names an attribute that the shipped list does not have.
    """
    place = Path(folder)
    paths = [place / name for name in (DOSSIER, REPORT_SETTINGS) if (place / name).is_file()]
    files = {path.name: path.read_bytes() for path in paths}
    beside = Beside(files=files)
    if DOSSIER in files:
        dossier = read_schema_file(place / DOSSIER, Dossier)[0]
        _refuse_unknown(dossier, systems)
        beside = Beside(dossier, beside.settings, files)
    if REPORT_SETTINGS in files:
        beside = Beside(beside.dossier, read_schema_file(place / REPORT_SETTINGS, ReportSettings)[0], files)
    return beside


def keep_beside(folder: Path, staging: Path) -> None:
    """Carry over what people have put into a results folder, where new results bring nothing in its place.

    Args:
        folder: the results folder as it is.
        staging: the results that will take its place.
    """
    for name in (DOSSIER, REPORT_SETTINGS):
        if (folder / name).is_file() and not (staging / name).exists():
            (staging / name).write_bytes((folder / name).read_bytes())


def _refuse_unknown(dossier: Dossier, systems: Collection[str]) -> None:
    """Refuse what the dossier names and nobody knows, all of it in one go."""
    attributes = source_attributes().ids
    wrong = {
        ("REC040", "the dossier names a system that the study does not have"): (dossier.named_systems(), systems),
        ("REC046", "the dossier names no attribute of the list that ships"): (dossier.named_attributes(), attributes),
    }
    problems = [
        Problem(
            code,
            what,
            Place(DOSSIER),
            found=shown(name),
            expected=f"one of {some(known, most=len(attributes))}",
            fix=nearest(name, known, otherwise="correct the id"),
        )
        for (code, what), (named, known) in wrong.items()
        for name in sorted(named - set(known))
    ]
    if problems:
        raise RecordError(problems)
