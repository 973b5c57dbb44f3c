"""The rubric as a whole: its header file and what the loader makes of a rubric folder.

May import errors, terms and the other rubric schemas.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dualtrack.rubric.base import Id, Schema, Text, UnitValue
from dualtrack.rubric.lexicon import Lexicon
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.profile import Profile
from dualtrack.rubric.rehearsal import Rehearsal
from dualtrack.rubric.risk import HarmLadder, RiskMatrix
from dualtrack.rubric.scale import Scale
from dualtrack.terms import Track

__all__ = ["Floors", "Header", "KeyPath", "Rubric"]

KeyPath = tuple[str | int, ...]
"""Where something stands inside a file: keys and positions from the top, ``("gates", 0, "limit")``."""


class Floors(Schema):
    """Least coverage of a track's weight, least items and least clusters; a study may raise them.

    ``check_sensitivity`` is the least share of the responses that clinicians call failing which a check must be shown
    to flag (lower limit of its interval) before it is more than screening. 0.8 is our proposal and no published value:
    a check that may miss one failure in five still needs people beside it.
    """

    coverage: UnitValue = 0.8
    items: Annotated[int, Field(ge=1)] = 60
    clusters: Annotated[int, Field(ge=2)] = 8
    check_sensitivity: Annotated[float, Field(gt=0, lt=1)] = 0.8


class Header(Schema):
    """``rubric.yaml``: who the rubric is, under which licence, and what it takes over from another rubric."""

    schema_: Literal["dualtrack.rubric/1"] = Field(alias="schema")
    id: Id
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    title: Text
    about: Text
    licence: Text
    source: Text | None = None
    floors: Floors = Floors()
    include: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*$")], ...] = ()


@dataclass(frozen=True, slots=True)
class Rubric:
    """A loaded rubric: header, metrics in order of track and code, the rest by id, and a digest of its files.

    ``files`` maps the name of each file read, relative to the folder of rubrics, to its SHA-256; ``sha256``
    is the digest of that list. ``lines`` says for each file on which line a key or entry stands, so that a
    later finding can point there; two rubrics with the same files are equal whatever it holds.
    """

    header: Header
    metrics: tuple[Metric, ...]
    scales: Mapping[str, Scale]
    sha256: str
    lexicons: Mapping[str, Lexicon] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    risk_matrices: Mapping[str, RiskMatrix] = field(default_factory=dict)
    harm_ladders: Mapping[str, HarmLadder] = field(default_factory=dict)
    rehearsal: Rehearsal | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, Mapping[KeyPath, int]] = field(default_factory=dict, compare=False, repr=False)

    def track(self, track: Track) -> tuple[Metric, ...]:
        """Metrics of one track, in order."""
        return tuple(metric for metric in self.metrics if metric.track is track)

    def metric(self, metric_id: str) -> Metric:
        """The metric of that id.

        Raises:
            KeyError: no such metric.
        """
        for metric in self.metrics:
            if metric.id == metric_id:
                return metric
        raise KeyError(metric_id)
