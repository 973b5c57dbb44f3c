"""Reads a rubric folder, or one definition of it.

May import errors, terms and the rubric schemas; files are opened by ``rubric.folder``.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from dualtrack.errors import Place, Problem, RubricError
from dualtrack.rubric.base import Schema
from dualtrack.rubric.coherence import incoherences
from dualtrack.rubric.folder import (
    DEFINITION_FOLDERS,
    HEADER_FILE,
    REHEARSAL_FILE,
    all_rubrics,
    definitions,
    file_bytes,
    file_name,
    is_called,
    library_folder,
    locate,
)
from dualtrack.rubric.header import Header, KeyPath, Rubric
from dualtrack.rubric.lexicon import Lexicon
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.profile import Profile
from dualtrack.rubric.rehearsal import Rehearsal
from dualtrack.rubric.risk import HarmLadder, RiskMatrix
from dualtrack.rubric.scale import Scale
from dualtrack.rubric.validate import meant, validate
from dualtrack.rubric.yaml_source import Source, read_yaml
from dualtrack.terms import Track

__all__ = ["Defined", "find_definition", "load_rubric"]

Defined = Metric | Scale | Lexicon | Profile | RiskMatrix | HarmLadder
Definition = TypeVar("Definition", bound=Schema)
Kept = TypeVar("Kept", bound=Defined)


def load_rubric(name_or_path: str | Path, *, root: Path | None = None) -> Rubric:
    """Read, validate and cross-check a rubric, with what it includes from others.

    Args:
        name_or_path: name of a rubric in ``root`` (``longqa``), or the path of a rubric folder.
        root: folder of rubrics where names and includes are looked up; the shipped ones when absent.

    Returns:
        The rubric: metrics in order of track and code, everything else by id, digests of the files read.

    Raises:
        RubricError: there is no such rubric (RUB001), or all problems of all its files, sorted by file and
        line.

    Example:
        >>> rubric = load_rubric("longqa")
        >>> rubric.header.id, rubric.metric("correctness").track.value
        ('longqa', 'effectiveness')
    """
    library = library_folder(root)
    folder = locate(name_or_path, library)
    reading = _Reading()
    header = reading.read(folder, folder / HEADER_FILE, Header)
    for path in definitions(folder, reading.problems):
        reading.define(folder, path)
    if (folder / REHEARSAL_FILE).is_file():
        reading.rehearsal = reading.read(folder, folder / REHEARSAL_FILE, Rehearsal)
    if header is not None:
        for number, name in enumerate(header.include):
            reading.include(library, name, file_name(folder, folder / HEADER_FILE), number)
    rubric = None if header is None else reading.rubric(header)
    problems = [*reading.problems, *(() if rubric is None else incoherences(rubric))]
    if rubric is None or problems:
        raise RubricError(sorted(problems, key=lambda each: (each.place.file, each.place.line or 0, each.code)))
    return rubric


def find_definition(name: str, *, root: Path | None = None) -> Defined:
    """Read one definition by its name, and nothing else.

    Args:
        name: id (``readability``), rubric and id (``screens/readability``) or code of a metric (``S01``). Where a
            metric and something else have one name, the metric is meant and ``longqa/scales/correctness`` is the
            scale.
        root: folder of rubrics; the shipped ones when absent.

    Returns:
        The definition, valid in itself; whether it fits its rubric is not asked.

    Raises:
        RubricError: no rubric has the name (RUB035), several have it (RUB036), or the problems of its file.

    Example:
        >>> find_definition("longqa/scales/correctness").title
        'Correctness'
    """
    library = library_folder(root)
    *where, wanted = name.split("/")
    candidates: list[tuple[Path, Path]] = []
    for rubric in all_rubrics(library):
        if where and rubric.name != where[0]:
            continue
        paths = [path for path in definitions(rubric, []) if is_called(path, wanted)]
        candidates += [(rubric, path) for path in paths if where[1:] in ([], [path.parent.name])]
    if not where[1:]:
        candidates = [(rubric, path) for rubric, path in candidates if _defines_a_metric(path)] or candidates
    if len(candidates) != 1:
        raise RubricError(_not_one(library, name, [f"{rubric.name}/{path.stem}" for rubric, path in candidates]))
    reading = _Reading()
    found = reading.define(*candidates[0])
    if found is None or reading.problems:
        raise RubricError(reading.problems)
    return found


class _Reading:
    """What has been read so far, and what was wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.files: dict[str, str] = {}
        self.lines: dict[str, Mapping[KeyPath, int]] = {}
        self.rehearsal: Rehearsal | None = None
        self._defined: dict[str, Defined] = {}

    def read(self, folder: Path, path: Path, schema: type[Definition]) -> Definition | None:
        """Read one file, null when it has a problem, which is kept."""
        file = file_name(folder, path)
        try:
            source = self._source(folder, path)
            definition = validate(schema, source)
        except RubricError as error:
            self.problems += error.problems
            return None
        self.lines[file] = source.lines
        self.problems += _misplaced(folder, path, definition, source)
        return definition

    def define(self, folder: Path, path: Path) -> Defined | None:
        """Read a definition and keep it, unless the rubric has one of its kind and id."""
        file = file_name(folder, path)
        if file in self.files:
            return self._defined.get(file)
        schemas = DEFINITION_FOLDERS[path.parent.relative_to(folder).as_posix()]
        schema = self._schema(folder, path, schemas)
        definition = None if schema is None else self.read(folder, path, schema)
        if not isinstance(definition, Defined):
            return None
        first = next((name for name, each in self._defined.items() if _same(each, definition)), None)
        if first is None:
            self._defined[file] = definition
            return definition
        what = f"two {_PLURAL[type(definition)]} have the id {definition.id!r}"
        place = Place(file, line=self.lines[file].get(("id",)), column="id")
        self.problems.append(Problem("RUB033", what, place, f"also {first}", fix="give each its own id"))
        return definition

    def include(self, library: Path, name: str, header: str, number: int) -> None:
        """Take over a metric of another rubric, with the scale and the lexicons that it reads."""
        rubric, _, metric_id = name.partition("/")
        other = library / rubric
        others = [each.name for each in all_rubrics(library) if f"{each.name}/{HEADER_FILE}" != header]
        known = {path.stem: path for path in definitions(other, []) if _defines_a_metric(path)}
        if rubric not in others or metric_id not in known:
            line = self.lines[header].get(("include", number))
            place = Place(header, line=line, column=f"include[{number}]")
            fix = meant(metric_id, sorted(known)) if rubric in others else meant(rubric, others)
            what = f"there is no metric {metric_id!r} in another rubric {rubric!r}"
            self.problems.append(Problem("RUB032", what, place, fix=fix))
            return
        metric = self.define(other, known[metric_id])
        if isinstance(metric, Metric):
            wanted = [f"scales/{metric.ratings.scale}.yaml"] if metric.ratings is not None else []
            wanted += [f"lexicons/{lexicon}.yaml" for check in metric.checks for lexicon in check.lexicons]
            for path in (other / each for each in wanted):
                if path.is_file():
                    self.define(other, path)

    def rubric(self, header: Header) -> Rubric:
        """All that was read, in its order."""
        tracks = list(Track)
        metrics = sorted(self._of(Metric).values(), key=lambda metric: (tracks.index(metric.track), metric.code))
        files = dict(sorted(self.files.items()))
        listing = "".join(f"{digest}  {file}\n" for file, digest in files.items())
        return Rubric(
            header=header,
            metrics=tuple(metrics),
            scales=self._of(Scale),
            lexicons=self._of(Lexicon),
            profiles=self._of(Profile),
            risk_matrices=self._of(RiskMatrix),
            harm_ladders=self._of(HarmLadder),
            rehearsal=self.rehearsal,
            sha256=sha256(listing.encode()).hexdigest(),
            files=files,
            lines=self.lines,
        )

    def _source(self, folder: Path, path: Path) -> Source:
        file = file_name(folder, path)
        data = file_bytes(folder, path)
        self.files[file] = sha256(data).hexdigest()
        return read_yaml(data, file)

    def _schema(self, folder: Path, path: Path, schemas: Mapping[str, type[Schema]]) -> type[Schema] | None:
        """The schema that the file names; the folder's first one when it names none of them, which that one says."""
        first = next(iter(schemas.values()))
        if len(schemas) == 1:
            return first
        try:
            return schemas.get(str(self._source(folder, path).plain.get("schema")), first)
        except RubricError as error:
            self.problems += error.problems
            return None

    def _of(self, kind: type[Kept]) -> dict[str, Kept]:
        """Definitions of one kind by id, in order."""
        return dict(sorted((each.id, each) for each in self._defined.values() if isinstance(each, kind)))


_PLURAL: Mapping[type[Schema], str] = {
    Metric: "metrics",
    Scale: "scales",
    Lexicon: "lexicons",
    Profile: "profiles",
    RiskMatrix: "risk matrices",
    HarmLadder: "harm ladders",
}


def _same(one: Defined, other: Defined) -> bool:
    return type(one) is type(other) and one.id == other.id


def _defines_a_metric(path: Path) -> bool:
    return path.parent.parent.name == "metrics"


def _misplaced(folder: Path, path: Path, definition: Schema, source: Source) -> list[Problem]:
    """A file is named like what it defines, and a metric lies in the folder of its track."""
    problems = []
    name = folder.name if isinstance(definition, Header) else path.stem
    if source.plain["id"] != name:
        kind = "folder" if isinstance(definition, Header) else "file"
        what = f"the id is not the name of the {kind}"
        problems.append(Problem("RUB030", what, source.place(("id",)), repr(source.plain["id"]), repr(name)))
    if isinstance(definition, Metric) and path.parent.name != definition.track:
        what = "the metric lies in the folder of the other track"
        place, fix = source.place(("track",)), f"move it to metrics/{definition.track}"
        problems.append(Problem("RUB031", what, place, definition.track, path.parent.name, fix))
    return problems


def _not_one(library: Path, name: str, found: list[str]) -> Problem:
    if found:
        what = f"several definitions are called {name!r}"
        return Problem("RUB036", what, expected=", ".join(found), fix="put the rubric in front: RUBRIC/NAME")
    known = sorted({path.stem for rubric in all_rubrics(library) for path in definitions(rubric, [])})
    what = f"nothing in a rubric is called {name!r}"
    return Problem("RUB035", what, fix=meant(name.rpartition("/")[2], known))
