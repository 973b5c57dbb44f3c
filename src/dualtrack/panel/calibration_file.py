"""The file of calibration cases: what raters are shown, which levels were agreed beforehand, by whom and why.

May import errors, records and the panel's own ground. It is read as strictly as study.yaml, by the same reader.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from dualtrack.errors import PanelError, Place, Problem, RecordError
from dualtrack.panel.pack import canonical
from dualtrack.records.plain_yaml import Plain
from dualtrack.records.study import Count, Name, Schema, Text
from dualtrack.records.study_yaml import read_schema_file

__all__ = ["Agreed", "Case", "CaseFile", "CaseText", "ResponseOf", "read_case_file", "set_digest"]

Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
MOST_QUESTIONS = 7  # as many as a form asks about one response


class Agreed(Schema):
    """What was agreed on one scale: the level, others that fit as well, the reason, and who agreed if not all."""

    level: Text
    also: tuple[Text, ...] = ()
    why: Text
    by: tuple[Text, ...] = ()

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every level that counts as right, the agreed one first."""
        return (self.level, *self.also)


class ResponseOf(Schema):
    """A response of the study."""

    item: Name
    system: Name
    sample: Count = 1


class Case(Schema):
    """One case: a response of the study, or a prompt and an answer of its own; and the agreed levels by scale.

    ``set`` tells cases of a first attempt from those of a later one, which must be new to the rater.
    """

    id: Name
    set: Count = 1
    response: ResponseOf | None = None
    prompt: Text | None = None
    context: Text | None = None
    answer: Text | None = None
    levels: Annotated[Mapping[str, Agreed], Field(min_length=1, max_length=MOST_QUESTIONS)]

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        own = (self.prompt is not None, self.answer is not None)
        if self.response is not None and (any(own) or self.context is not None):
            raise ValueError("give response, or prompt and answer, not both")
        if self.response is None and not all(own):
            raise ValueError("give response, or prompt and answer")
        return self


class CaseFile(Schema):
    """The whole file.

    Attributes:
        synthetic: whether all its cases were made up; the form then says so.
        agreed_by: who agreed on the levels; at least two people.
        agreed_on: when.
        cases: the cases.
    """

    schema_: Literal["dualtrack.calibration/1"] = Field(alias="schema")
    synthetic: bool
    agreed_by: Annotated[tuple[Text, ...], Field(min_length=2)]
    agreed_on: Day
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        ids = [case.id.casefold() for case in self.cases]
        if len(ids) != len(set(ids)):
            raise ValueError("cases: two ids are equal or differ only in case")
        return self

    def of_set(self, number: int) -> tuple[Case, ...]:
        """The cases of one set, in the order of the file.

        Args:
            number: the set.
        """
        return tuple(case for case in self.cases if case.set == number)

    @property
    def sets(self) -> tuple[int, ...]:
        """Numbers of the sets, rising."""
        return tuple(sorted({case.set for case in self.cases}))


@dataclass(frozen=True, slots=True)
class CaseText:
    """The file as read: what it says, and on which line."""

    file: CaseFile
    plain: Plain
    name: str

    def place(self, *path: str | int) -> Place:
        """Where a key or entry stands."""
        column = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
        return Place(self.name, line=self.plain.line(path), column=column)


def read_case_file(folder: str | Path, name: str) -> CaseText:
    """Read the file of calibration cases.

    Args:
        folder: the study folder.
        name: name of the file.

    Returns:
        The file, validated in itself.

    Raises:
        PanelError: PAN127 there is no such file, it could be misread, or the schema does not know what it says.
    """
    path = Path(folder) / name
    if not path.is_file():
        fix = "write the file beside panel.yaml; docs/panel.md shows one"
        raise PanelError(Problem("PAN127", "there are no calibration cases", Place(name), "no such file", fix=fix))
    try:
        return CaseText(*read_schema_file(path, CaseFile), name)
    except RecordError as error:
        raise PanelError([replace(problem, code="PAN127") for problem in error.problems]) from error


def set_digest(file: CaseFile, number: int) -> str:
    """What the cases of a set are known by: SHA-256 of their canonical JSON, with who agreed and when.

    Args:
        file: the file.
        number: the set.
    """
    content = {
        "agreed_by": list(file.agreed_by),
        "agreed_on": file.agreed_on,
        "cases": [case.model_dump(mode="json") for case in sorted(file.of_set(number), key=lambda case: case.id)],
        "synthetic": file.synthetic,
    }
    return hashlib.sha256(canonical(content).encode("utf-8")).hexdigest()
