"""The tables of cases of the check kinds, and how a kind does on them: shared by the tests of the kinds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

UNFLAGGED = frozenset({"pass", "no_dose", "unparsed"})
"""What is said of a row that is not flagged; ``unparsed`` is no judgement at all."""


@dataclass(frozen=True)
class Score:
    """How many rows there are, and the texts of those that were judged wrongly, by the way they are wrong."""

    n: int
    wrong: dict[str, list[str]] = field(default_factory=dict)

    @property
    def right(self) -> int:
        return self.n - sum(map(len, self.wrong.values()))

    def count(self, way: str) -> int:
        return len(self.wrong.get(way, ()))


def table(kind: str) -> Any:
    """The cases of a kind: ``KIND_cases.yaml``."""
    return yaml.safe_load((Path(__file__).parent / f"{kind}_cases.yaml").read_text(encoding="utf-8"))


def score(
    rows: Iterable[Mapping[str, Any]],
    is_right: Callable[[Mapping[str, Any]], bool],
    way: Callable[[Mapping[str, Any]], str] = lambda _row: "wrong",
) -> Score:
    """Judge every row; ``way`` names how a row that is not right is wrong."""
    rows = list(rows)
    wrong: dict[str, list[str]] = {}
    for row in rows:
        if not is_right(row):
            wrong.setdefault(way(row), []).append(row["text"])
    return Score(len(rows), wrong)


def way_between(due: str, said: str) -> str:
    """How a row is wrong: false alarm, miss, not judged, or other (the wrong error, or the wrong value)."""
    if said == "unparsed" != due:
        return "not judged"
    if due in UNFLAGGED and said not in UNFLAGGED:
        return "false alarm"
    return "miss" if due not in UNFLAGGED and said in UNFLAGGED else "other"
