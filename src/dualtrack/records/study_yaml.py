"""Reading study.yaml, and other files of its kind: plain YAML, then the schema, with the line of every problem.

May import errors, the study schema and the collector of problems. YAML guesses (a bare no is false, 010 is 8), keeps
the last of two equal keys in silence, and lets a few lines of anchors stand for gigabytes: all of that is refused.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard, TypeVar, get_args

import orjson
from pydantic import BaseModel, ValidationError

from dualtrack.errors import Place, Problem, RecordError
from dualtrack.records.encoding import not_utf8
from dualtrack.records.plain_yaml import Plain, read_plain
from dualtrack.records.problems import nearest, shown, some
from dualtrack.records.study import StudyFile

__all__ = ["STUDY_FILE", "read_schema_file", "read_study_file"]

STUDY_FILE = "study.yaml"
"""Name of the file that says what is tested, on what, by which rubric, and what was planned."""

_MOST_BYTES = 1024 * 1024
_PREFIX = re.compile("^(Input|String) should (be )?")
_Path = tuple[str | int, ...]
_File = TypeVar("_File", bound=BaseModel)


def read_study_file(folder: str | Path) -> StudyFile:
    """Read study.yaml alone, for instance to learn which rubric the study uses.

    Args:
        folder: the study folder.

    Returns:
        The study file, validated.

    Raises:
        RecordError: REC001 no such folder or file; REC009 not UTF-8; REC002 YAML that could be misread; REC003 a key or
            value that the schema does not know; REC004 a required key that is missing. All problems at once.

    Example:
        >>> from dualtrack._shipped import shipped_root
        >>> read_study_file(shipped_root("examples") / "cqa-eval").id
        'cqa-eval'
    """
    path = Path(folder) / STUDY_FILE
    if not path.is_file():
        raise RecordError(
            Problem(
                "REC001",
                "there is no study here",
                Place(STUDY_FILE),
                found="no such folder" if not Path(folder).is_dir() else "a folder without study.yaml",
                expected="a folder with study.yaml and its tables",
                fix="check the path, or make a skeleton with `dualtrack init`",
            )
        )
    return read_schema_file(path, StudyFile)[0]


def read_schema_file(path: Path, schema: type[_File]) -> tuple[_File, Plain]:
    """Read one YAML file of a study folder.

    Args:
        path: the file; it must be there.
        schema: what it must hold.

    Returns:
        The file, validated, and its plain form, which knows the line of each key.

    Raises:
        RecordError: REC009, REC002, REC003, REC004 as for study.yaml, all problems at once.
    """
    plain = read_plain(_text(path), path.name)
    try:
        return schema.model_validate_json(orjson.dumps(plain.value)), plain
    except ValidationError as error:
        raise RecordError(_Refusal(path.name, schema, plain).problems(error)) from error


def _text(path: Path) -> str:
    data = path.read_bytes()
    if len(data) > _MOST_BYTES:
        raise RecordError(
            Problem(
                "REC002",
                "the file is too large",
                Place(path.name),
                found=f"{len(data):,} bytes",
                expected=f"at most {_MOST_BYTES:,}",
                fix="move data into tables",
            )
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecordError(not_utf8(Place(path.name, line=line), data[error.start])) from error


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A file that its schema refuses: says each problem in words, with its line."""

    file: str
    schema: type[BaseModel]
    plain: Plain

    def problems(self, error: ValidationError) -> list[Problem]:
        """What the schema refused, in the order of the lines."""
        details = error.errors()
        refused = {tuple(detail["loc"])[:length] for detail in details for length in range(len(detail["loc"]))}
        telling = [one for one in details if one["type"] != "too_short" or tuple(one["loc"]) not in refused]
        problems = {str(problem): problem for problem in (self._problem(detail) for detail in telling)}
        return sorted(problems.values(), key=lambda problem: problem.place.line or 0)

    def _problem(self, detail: Mapping[str, Any]) -> Problem:
        path: _Path = tuple(detail["loc"])
        place = Place(self.file, line=self.plain.line(path), column=dotted(path) or None)
        kind, context = detail["type"], detail.get("ctx", {})
        if kind == "extra_forbidden":
            known = self._keys(path[:-1])
            return Problem(
                "REC003",
                "unknown key",
                place,
                found=shown(path[-1]),
                expected=f"one of {some(known, most=30)}",
                fix=nearest(str(path[-1]), known, otherwise="remove it"),
            )
        if kind == "missing":
            return Problem(
                "REC004",
                "a required key is missing",
                place,
                found="nothing",
                expected=f"{path[-1]}: ...",
                fix=f"add {path[-1]}" + (f" under {dotted(path[:-1])}" if path[:-1] else ""),
            )
        if kind == "literal_error":
            choices = context["expected"].replace(" or ", ", ")
            words = choices.replace("'", "").split(", ")
            return Problem(
                "REC003",
                "the value is not one of the list",
                place,
                found=shown(detail["input"]),
                expected=f"one of {choices}",
                fix=nearest(str(detail["input"]), words, otherwise="correct the value"),
            )
        if kind == "value_error":
            return Problem("REC003", str(context["error"]), place, fix="correct the keys that contradict each other")
        said = _PREFIX.sub("", detail["msg"])
        return Problem(
            "REC003",
            "the value does not fit",
            place,
            found=shown(detail["input"]),
            expected=said,
            fix="correct the value",
        )

    def _keys(self, path: _Path) -> tuple[str, ...]:
        """The keys that the schema knows at a place."""
        schema: Any = self.schema
        for part in path:
            if _is_schema(schema):
                fields = {field.alias or name: field.annotation for name, field in schema.model_fields.items()}
                schema = fields.get(str(part))
            schema = next((one for one in _within(schema) if _is_schema(one)), schema)
        return tuple(field.alias or name for name, field in schema.model_fields.items()) if _is_schema(schema) else ()


def dotted(path: Sequence[str | int]) -> str:
    """A path into the file as people write it.

    >>> dotted(("systems", 0, "kind"))
    'systems[0].kind'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _is_schema(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _within(annotation: object) -> list[object]:
    """An annotation and everything inside it."""
    return [annotation, *(inner for part in get_args(annotation) for inner in _within(part))]
