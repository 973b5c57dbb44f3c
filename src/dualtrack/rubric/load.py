"""Reads a rubric folder, or one definition of it. The only module of the rubric that opens files.

May import errors, terms, the shipped folders and the rubric schemas.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from dualtrack._shipped import shipped_root
from dualtrack.errors import Place, Problem, RubricError
from dualtrack.rubric.base import ID_PATTERN
from dualtrack.rubric.coherence import incoherences
from dualtrack.rubric.header import Header, KeyPath, Rubric
from dualtrack.rubric.metric import CODE_PATTERN, Metric
from dualtrack.rubric.scale import Scale
from dualtrack.rubric.validate import meant, validate
from dualtrack.rubric.yaml_source import MAX_BYTES, Source, read_yaml
from dualtrack.terms import Track

__all__ = ["find_definition", "load_rubric"]

Definition = TypeVar("Definition", bound=Header | Metric | Scale)

HEADER_FILE = "rubric.yaml"
DEFINITION_FOLDERS: Mapping[str, type[Metric] | type[Scale]] = {
    "metrics/safety": Metric,
    "metrics/effectiveness": Metric,
    "scales": Scale,
}
OTHER_FOLDERS = ("metrics", "lexicons", "risk", "crosswalk", "decisions")
OTHER_FILES = (HEADER_FILE, "README.md", "CHANGELOG.md", "rubric.schema.json")
LEFT_BY_DESKTOPS = (".DS_Store", "Thumbs.db", "desktop.ini")
MAX_FILES = 500


def load_rubric(name_or_path: str | Path, *, root: Path | None = None) -> Rubric:
    """Read, validate and cross-check a rubric, with what it includes from others.

    Args:
        name_or_path: name of a rubric in ``root`` (``longqa``), or the path of a rubric folder.
        root: folder of rubrics where names and includes are looked up; the shipped ones when absent.

    Returns:
        The rubric: metrics in order of track and code, scales by id, digests of the files read.

    Raises:
        RubricError: there is no such rubric (RUB001), or all problems of all its files, sorted by file and
        line.

    Example:
        >>> rubric = load_rubric("longqa")
        >>> rubric.header.id, rubric.metric("correctness").track.value
        ('longqa', 'effectiveness')
    """
    library = _library(root)
    folder = _locate(name_or_path, library)
    reading = _Reading()
    header = reading.read(folder, folder / HEADER_FILE, Header)
    for path in _definitions(folder, reading.problems):
        reading.define(folder, path)
    if header is not None:
        for number, name in enumerate(header.include):
            reading.include(library, name, _file(folder, folder / HEADER_FILE), number)
    rubric = None if header is None else reading.rubric(header)
    problems = [*reading.problems, *(() if rubric is None else incoherences(rubric))]
    if rubric is None or problems:
        raise RubricError(sorted(problems, key=lambda each: (each.place.file, each.place.line or 0, each.code)))
    return rubric


def find_definition(name: str, *, root: Path | None = None) -> Metric | Scale:
    """Read one metric or scale by its name, and nothing else.

    Args:
        name: id (``readability``), rubric and id (``core/readability``) or code of a metric (``E11``).
        Where a
            rubric has a metric and a scale of one name, the metric is meant and
            ``longqa/scales/correctness`` is the scale.
        root: folder of rubrics; the shipped ones when absent.

    Returns:
        The definition, valid in itself; whether it fits its rubric is not asked.

    Raises:
        RubricError: no rubric has the name (RUB035), several have it (RUB036), or the problems of its file.

    Example:
        >>> find_definition("core/readability").title, find_definition("E11").id
        ('Readability', 'readability')
    """
    library = _library(root)
    *where, wanted = name.split("/")
    candidates: list[tuple[Path, Path]] = []
    for rubric in _rubrics(library):
        if where and rubric.name != where[0]:
            continue
        paths = [path for path in _definitions(rubric, []) if _is_called(path, wanted)]
        if where[1:] != ["scales"]:
            paths = [path for path in paths if path.parent.name != "scales"] or paths
        candidates += [(rubric, path) for path in paths if where[1:] in ([], [path.parent.name])]
    if len(candidates) != 1:
        raise RubricError(_not_one(library, name, [f"{rubric.name}/{path.stem}" for rubric, path in candidates]))
    reading = _Reading()
    reading.define(*candidates[0])
    if reading.problems:
        raise RubricError(reading.problems)
    found: tuple[Metric | Scale, ...] = (*reading.metrics.values(), *reading.scales.values())
    return found[0]


class _Reading:
    """What has been read so far, and what was wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.metrics: dict[str, Metric] = {}
        self.scales: dict[str, Scale] = {}
        self.files: dict[str, str] = {}
        self.lines: dict[str, Mapping[KeyPath, int]] = {}
        self._defined_in: dict[tuple[type, str], str] = {}

    def read(self, folder: Path, path: Path, schema: type[Definition]) -> Definition | None:
        """Read one file, null when it has a problem, which is kept."""
        file = _file(folder, path)
        try:
            data = _bytes(folder, path)
            self.files[file] = sha256(data).hexdigest()
            source = read_yaml(data, file)
            self.lines[file] = source.lines
            definition = validate(schema, source)
        except RubricError as error:
            self.problems += error.problems
            return None
        self.problems += _misplaced(folder, path, definition, source)
        return definition

    def define(self, folder: Path, path: Path) -> Metric | Scale | None:
        """Read a metric or scale and keep it, unless the rubric has one of that id."""
        file = _file(folder, path)
        if file in self.files:
            return self.scales.get(path.stem) if path.parent.name == "scales" else self.metrics.get(path.stem)
        definition = self.read(folder, path, DEFINITION_FOLDERS[path.parent.relative_to(folder).as_posix()])
        if definition is None:
            return None
        first = self._defined_in.setdefault((type(definition), definition.id), file)
        if first != file:
            kind = "metrics" if isinstance(definition, Metric) else "scales"
            what = f"two {kind} have the id {definition.id!r}"
            place = Place(file, line=self.lines[file].get(("id",)), column="id")
            self.problems.append(Problem("RUB033", what, place, f"also {first}", fix="give each its own id"))
        elif isinstance(definition, Metric):
            self.metrics[definition.id] = definition
        else:
            self.scales[definition.id] = definition
        return definition

    def include(self, library: Path, name: str, header: str, number: int) -> None:
        """Take over a metric of another rubric, with the scale that it reads."""
        rubric, _, metric_id = name.partition("/")
        other = library / rubric
        others = [each.name for each in _rubrics(library) if f"{each.name}/{HEADER_FILE}" != header]
        known = {path.stem: path for path in _definitions(other, []) if path.parent.name != "scales"}
        if rubric not in others or metric_id not in known:
            line = self.lines[header].get(("include", number))
            place = Place(header, line=line, column=f"include[{number}]")
            fix = meant(metric_id, sorted(known)) if rubric in others else meant(rubric, others)
            what = f"there is no metric {metric_id!r} in another rubric {rubric!r}"
            self.problems.append(Problem("RUB032", what, place, fix=fix))
            return
        metric = self.define(other, known[metric_id])
        if isinstance(metric, Metric) and metric.ratings is not None:
            scale = other / "scales" / f"{metric.ratings.scale}.yaml"
            if scale.is_file():
                self.define(other, scale)

    def rubric(self, header: Header) -> Rubric:
        """All that was read, in its order."""
        tracks = list(Track)
        metrics = sorted(self.metrics.values(), key=lambda metric: (tracks.index(metric.track), metric.code))
        files = dict(sorted(self.files.items()))
        listing = "".join(f"{digest}  {file}\n" for file, digest in files.items())
        return Rubric(
            header=header,
            metrics=tuple(metrics),
            scales=dict(sorted(self.scales.items())),
            sha256=sha256(listing.encode()).hexdigest(),
            files=files,
            lines=self.lines,
        )


def _library(root: Path | None) -> Path:
    return (shipped_root("rubric") if root is None else root).resolve()


def _rubrics(library: Path) -> list[Path]:
    return sorted(path.parent for path in library.glob(f"*/{HEADER_FILE}"))


def _locate(name_or_path: str | Path, library: Path) -> Path:
    is_name = isinstance(name_or_path, str) and re.fullmatch(ID_PATTERN, name_or_path) is not None
    folder = library / name_or_path if is_name else Path(name_or_path).resolve()
    if folder.is_dir():
        return folder
    known = [path.name for path in _rubrics(library)]
    fix = meant(folder.name, known) or "give the path of a rubric folder, ./NAME for one beside you"
    raise RubricError(Problem("RUB001", f"there is no rubric {folder.name!r}", expected=", ".join(known), fix=fix))


def _file(folder: Path, path: Path) -> str:
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"


def _bytes(folder: Path, path: Path) -> bytes:
    """Bytes of a regular file of the rubric; one more than allowed tells the reader that it is too large."""
    place = Place(_file(folder, path))
    if not _stays(folder, path):
        raise RubricError(_leads_outside(folder, path))
    if not path.is_file():
        raise RubricError(Problem("RUB003", "the file is missing", place, fix="add it"))
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise RubricError(Problem("RUB003", "the file cannot be read", place, str(error.strerror))) from None


def _definitions(folder: Path, problems: list[Problem]) -> list[Path]:
    """Files that define metrics and scales; everything that a rubric folder does not know is a problem."""
    for path in _entries(folder, "", problems):
        known = ("scales", *OTHER_FOLDERS) if path.is_dir() else OTHER_FILES
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
    if len(found) > MAX_FILES:
        what, expected = "the rubric has too many files", f"at most {MAX_FILES}"
        problems.append(Problem("RUB005", what, Place(folder.name), f"{len(found)} files", expected))
    return found[:MAX_FILES]


def _entries(folder: Path, name: str, problems: list[Problem]) -> list[Path]:
    """What lies in a folder of a rubric, in order; a link that leads out of the rubric is not followed."""
    inside = folder / name
    if not inside.is_dir() or not _stays(folder, inside):
        return []
    paths = sorted(path for path in inside.iterdir() if path.name not in LEFT_BY_DESKTOPS)
    problems += [_leads_outside(folder, path) for path in paths if path.is_dir() and not _stays(folder, path)]
    return [path for path in paths if not path.is_dir() or _stays(folder, path)]


def _stays(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _leads_outside(folder: Path, path: Path) -> Problem:
    what = "a link leads outside the rubric"
    return Problem("RUB004", what, Place(_file(folder, path)), fix="put the file itself there")


def _unknown(folder: Path, path: Path, known: tuple[str, ...]) -> Problem:
    kind = "folder" if path.is_dir() else "file"
    what = f"a rubric has no {kind} of this name here"
    fix = meant(path.name, known) or f"remove the {kind}"
    return Problem("RUB002", what, Place(_file(folder, path)), path.name, ", ".join(known), fix)


def _misplaced(folder: Path, path: Path, definition: Header | Metric | Scale, source: Source) -> list[Problem]:
    """A file is named like what it defines, and a metric lies in the folder of its track."""
    problems = []
    name = folder.name if isinstance(definition, Header) else path.stem
    if definition.id != name:
        kind = "folder" if isinstance(definition, Header) else "file"
        what = f"the id is not the name of the {kind}"
        problems.append(Problem("RUB030", what, source.place(("id",)), repr(definition.id), repr(name)))
    if isinstance(definition, Metric) and path.parent.name != definition.track:
        what = "the metric lies in the folder of the other track"
        place, fix = source.place(("track",)), f"move it to metrics/{definition.track}"
        problems.append(Problem("RUB031", what, place, definition.track, path.parent.name, fix))
    return problems


def _is_called(path: Path, name: str) -> bool:
    """Say whether a file defines what is asked for: by its name, or by the code that it states."""
    if path.stem == name or re.fullmatch(CODE_PATTERN, name) is None:
        return path.stem == name
    stated = re.compile(rb"^code: %b\s*(#|$)" % name.encode(), re.MULTILINE)
    return path.is_file() and stated.search(path.read_bytes()) is not None


def _not_one(library: Path, name: str, found: list[str]) -> Problem:
    if found:
        what = f"several definitions are called {name!r}"
        return Problem("RUB036", what, expected=", ".join(found), fix="put the rubric in front: RUBRIC/NAME")
    known = sorted({path.stem for rubric in _rubrics(library) for path in _definitions(rubric, [])})
    what = f"no metric and no scale is called {name!r}"
    return Problem("RUB035", what, fix=meant(name.rpartition("/")[2], known))
