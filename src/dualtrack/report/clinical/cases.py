"""What the clinical pages may know beside the document: the tables that are too long for scorecards.json.

May import pandas alone. Frames are read once and never changed.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

__all__ = ["RESPONSE", "Cases", "Key", "Response", "listed_cells"]

Key = tuple[str, str, int]
"""System, test case and repeat: one response."""

RESPONSE = ["system_id", "item_id", "sample"]


@dataclass(frozen=True, slots=True)
class Response:
    """One response with its prompt; None where the results hold no texts.

    Attributes:
        prompt, text: what was put to the system, and what it answered.
        context: record or document given with the prompt.
        turns: earlier turns, as (who, words).
        expected: what the item says that an answer must hold or avoid: kind, text, critical, why.
    """

    prompt: str | None
    text: str | None
    context: str | None
    turns: tuple[tuple[str, str], ...]
    expected: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Cases:
    """The long tables of a results folder.

    Attributes:
        failures: every response that fails, may fail or was said to fail, with its strata as columns.
        findings: every judgement of these responses.
        discordances: what an adjudicator should read.
        texts, comments, rulings: empty where the results hold no texts, or where they are to be left out.
    """

    failures: pd.DataFrame
    findings: pd.DataFrame
    discordances: pd.DataFrame
    texts: pd.DataFrame
    comments: pd.DataFrame
    rulings: pd.DataFrame

    @property
    def strata(self) -> tuple[str, ...]:
        """Names of the strata that the list of failures has."""
        return tuple(name.removeprefix("strata.") for name in self.failures.columns if name.startswith("strata."))

    def response(self, key: Key) -> Response | None:
        """Prompt and text of one response; None where the results do not hold it."""
        places = self._texts_at.get(key, [])
        return response_of(self.texts.iloc[places[0]].to_dict()) if places else None

    def about(self, key: Key) -> pd.DataFrame:
        """The judgements of one response."""
        return self.findings.take(self._findings_at.get(key, []))

    @functools.cached_property
    def _texts_at(self) -> Mapping[Key, list[int]]:
        return _places(self.texts)

    @functools.cached_property
    def _findings_at(self) -> Mapping[Key, list[int]]:
        return _places(self.findings)


def _places(frame: pd.DataFrame) -> dict[Key, list[int]]:
    """Where the rows of each response stand."""
    found: dict[Key, list[int]] = {}
    for place, key in enumerate(zip(*(frame[name].tolist() for name in RESPONSE), strict=True)):
        found.setdefault(key, []).append(place)
    return found


def response_of(row: Mapping[Any, Any]) -> Response:
    """A row of the texts table.

    Args:
        row: cells by name; lists as JSON text.
    """
    turns = [each for each in listed_cells(row.get("turns")) if isinstance(each, dict)]
    return Response(
        prompt=_text(row.get("prompt")),
        text=_text(row.get("text")),
        context=_text(row.get("context")),
        turns=tuple((str(each.get("role") or ""), str(each.get("text") or "")) for each in turns),
        expected=tuple(each for each in listed_cells(row.get("expected")) if isinstance(each, dict)),
    )


def listed_cells(cell: object) -> list[Any]:
    """A cell that holds a list as JSON text; empty where it holds none.

    Args:
        cell: text, or nothing.
    """
    if not isinstance(cell, str):
        return []
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _text(cell: object) -> str | None:
    return cell if isinstance(cell, str) else None


def spans_of(cell: object) -> Iterator[tuple[int, int]]:
    """Passages of a finding, as [start, end) in code points; what is no passage is left out.

    Args:
        cell: JSON text of a list of pairs, or nothing.
    """
    for each in listed_cells(cell):
        if isinstance(each, list) and len(each) == 2 and all(type(place) is int for place in each):  # noqa: PLR2004 -- start and end
            start, end = each
            if 0 <= start < end:
                yield start, end
