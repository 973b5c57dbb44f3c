"""Which files a rubric folder holds, and their bytes. The only module of the rubric that opens files.

Everything that a rubric folder does not know is a problem: a file that nothing reads would be a metric that silently
does not count. May import errors, terms, the shipped folders and the rubric schemas.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from dualtrack._shipped import shipped_root
from dualtrack.errors import Place, Problem, RubricError
from dualtrack.rubric.base import ID_PATTERN, Schema
from dualtrack.rubric.lexicon import Lexicon
from dualtrack.rubric.metric import CODE_PATTERN, Metric
from dualtrack.rubric.profile import Profile
from dualtrack.rubric.risk import HarmLadder, RiskMatrix
from dualtrack.rubric.scale import Scale
from dualtrack.rubric.validate import meant
from dualtrack.rubric.yaml_source import MAX_BYTES
from dualtrack.terms import Track

__all__ = [
    "DEFINITION_FOLDERS",
    "HEADER_FILE",
    "REHEARSAL_FILE",
    "all_rubrics",
    "decisions",
    "definitions",
    "every_file",
    "file_bytes",
    "file_name",
    "is_called",
    "library_folder",
    "locate",
]

HEADER_FILE = "rubric.yaml"
REHEARSAL_FILE = "rehearsal.yaml"
DEFINITION_FOLDERS: Mapping[str, Mapping[str, type[Schema]]] = {
    "metrics/safety": {"dualtrack.metric/1": Metric},
    "metrics/effectiveness": {"dualtrack.metric/1": Metric},
    "scales": {"dualtrack.scale/1": Scale},
    "lexicons": {"dualtrack.lexicon/1": Lexicon},
    "profiles": {"dualtrack.profile/1": Profile},
    "risk": {"dualtrack.risk_matrix/1": RiskMatrix, "dualtrack.harm_ladder/1": HarmLadder},
}
"""What lies where: the schemas of each folder by the word that stands under ``schema:``."""

_OTHER_FOLDERS = ("crosswalk", "decisions")
_OTHER_FILES = (HEADER_FILE, REHEARSAL_FILE, "README.md", "CHANGELOG.md")
_LEFT_BY_DESKTOPS = (".DS_Store", "Thumbs.db", "desktop.ini")
_MAX_FILES = 500


def library_folder(root: Path | None) -> Path:
    """Folder of rubrics where names are looked up: the one given, or the shipped one."""
    return (shipped_root("rubric") if root is None else root).resolve()


def all_rubrics(library: Path) -> list[Path]:
    """Folders of a library that hold a rubric, in order."""
    return sorted(path.parent for path in library.glob(f"*/{HEADER_FILE}"))


def locate(name_or_path: str | Path, library: Path) -> Path:
    """Folder of a rubric, by its name in the library or by its path.

    Raises:
        RubricError: RUB001, there is none.
    """
    is_name = isinstance(name_or_path, str) and re.fullmatch(ID_PATTERN, name_or_path) is not None
    folder = library / name_or_path if is_name else Path(name_or_path).resolve()
    if folder.is_dir():
        return folder
    known = [path.name for path in all_rubrics(library)]
    beside = is_name and Path(name_or_path).is_dir()
    fix = f"write ./{name_or_path} for the folder beside you" if beside else meant(folder.name, known)
    fix = fix or "give the path of a rubric folder, ./NAME for one beside you"
    raise RubricError(Problem("RUB001", f"there is no rubric {folder.name!r}", expected=", ".join(known), fix=fix))


def file_name(folder: Path, path: Path) -> str:
    """Name of a file for messages and digests: rubric and path inside it."""
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"


def file_bytes(folder: Path, path: Path) -> bytes:
    """Bytes of a regular file of the rubric; one more than allowed tells the reader that it is too large.

    Raises:
        RubricError: RUB003 the file is missing or cannot be read, RUB004 it leads outside the rubric.
    """
    place = Place(file_name(folder, path))
    if not _stays(folder, path):
        raise RubricError(_leads_outside(folder, path))
    if not path.is_file():
        raise RubricError(Problem("RUB003", "the file is missing", place, fix="add it"))
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise RubricError(Problem("RUB003", "the file cannot be read", place, str(error.strerror))) from None


def definitions(folder: Path, problems: list[Problem]) -> list[Path]:
    """Files that define something, in order; what a rubric folder does not know is added to the problems."""
    tops = {name.partition("/")[0] for name in DEFINITION_FOLDERS}
    for path in _entries(folder, "", problems):
        known = (*sorted(tops), *_OTHER_FOLDERS) if path.is_dir() else _OTHER_FILES
        if path.name not in known:
            problems.append(_unknown(folder, path, known))
    problems += [
        _unknown(folder, path, tuple(Track))
        for path in _entries(folder, "metrics", problems)
        if not (path.is_dir() and path.name in tuple(Track))
    ]
    found: list[Path] = []
    for name in DEFINITION_FOLDERS:
        for path in _entries(folder, name, problems):
            if path.suffix == ".yaml" and not path.is_dir():
                found.append(path)
            else:
                problems.append(_unknown(folder, path, ("ID.yaml",)))
    if len(found) > _MAX_FILES:
        what, expected = "the rubric has too many files", f"at most {_MAX_FILES}"
        problems.append(Problem("RUB005", what, Place(folder.name), f"{len(found)} files", expected))
    return found[:_MAX_FILES]


def is_called(path: Path, name: str) -> bool:
    """Say whether a file defines what is asked for: by its name, or by the code that it states."""
    if path.stem == name or re.fullmatch(CODE_PATTERN, name) is None:
        return path.stem == name
    stated = re.compile(rb"^code: %b\s*(#|$)" % name.encode(), re.MULTILINE)
    return path.is_file() and stated.search(path.read_bytes()) is not None


def _entries(folder: Path, name: str, problems: list[Problem]) -> list[Path]:
    """What lies in a folder of a rubric, in order; a link that leads out of the rubric is not followed."""
    inside = folder / name
    if not inside.is_dir() or not _stays(folder, inside):
        return []
    paths = sorted(path for path in inside.iterdir() if path.name not in _LEFT_BY_DESKTOPS)
    problems += [_leads_outside(folder, path) for path in paths if path.is_dir() and not _stays(folder, path)]
    return [path for path in paths if not path.is_dir() or _stays(folder, path)]


def _stays(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _leads_outside(folder: Path, path: Path) -> Problem:
    what = "a link leads outside the rubric"
    return Problem("RUB004", what, Place(file_name(folder, path)), fix="put the file itself there")


def _unknown(folder: Path, path: Path, known: tuple[str, ...]) -> Problem:
    kind = "folder" if path.is_dir() else "file"
    what = f"a rubric has no {kind} of this name here"
    fix = meant(path.name, known) or f"remove the {kind}"
    return Problem("RUB002", what, Place(file_name(folder, path)), path.name, ", ".join(known), fix)


def every_file(folder: Path) -> dict[str, bytes]:
    """All files of a rubric folder with their bytes, by path inside it; what a desktop left there is left out.

    Raises:
        RubricError: RUB003 a file cannot be read, RUB004 one leads outside the rubric, RUB005 one is too large.
    """
    paths = sorted(path for path in folder.rglob("*") if not path.is_dir() and path.name not in _LEFT_BY_DESKTOPS)
    files = {path.relative_to(folder).as_posix(): file_bytes(folder, path) for path in paths}
    for name, data in files.items():
        if len(data) > MAX_BYTES:
            place, expected = Place(f"{folder.name}/{name}"), f"at most {MAX_BYTES} bytes"
            raise RubricError(Problem("RUB005", "the file is too large", place, expected=expected))
    return files


def decisions(folder: Path) -> dict[str, str]:
    """Titles of the decisions of a rubric by file name: the first heading, else the file's name in words.

    Raises:
        RubricError: RUB003 a file cannot be read, RUB004 one leads outside the rubric.
    """
    titles = {}
    for path in sorted((folder / "decisions").glob("*.md")):
        text = file_bytes(folder, path).decode("utf-8", "replace")
        heading = re.search(r"^#[ \t]+(\S[^\n]*)$", text, re.MULTILINE)
        titles[path.name] = heading[1].strip() if heading else path.stem.replace("-", " ").replace("_", " ")
    return titles
