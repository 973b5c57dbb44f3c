"""Passages of an answer: the evidence that was marked, with some words around it, as plain parts.

May import pandas and report. Places are code points of the text as it came.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dualtrack.report.clinical.cases import Cases, spans_of

__all__ = ["Excerpt", "Part", "excerpt", "parts_of"]

AROUND = 120
LONGEST = 420
CUT = "…"
_PEOPLE = ("rater", "tie_break", "adjudicator")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text, marked where it is evidence."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage of an answer in parts."""

    parts: tuple[Part, ...]

    @property
    def plain(self) -> str:
        """The passage without its marks."""
        return "".join(part.text for part in self.parts)

    @property
    def has_evidence(self) -> bool:
        """Whether anybody marked a passage in it."""
        return any(part.marked for part in self.parts)


def excerpt(cases: Cases, row: Mapping[Any, Any]) -> Excerpt | None:
    """The passage that shows a failure.

    Args:
        cases: the long tables.
        row: a row of the failures table.

    Returns:
        The first marked passage with words around it, else the beginning of the answer; None where the results hold no
        text.
    """
    key = (row["system_id"], row["item_id"], row["sample"])
    told = cases.response(key)
    if told is None or told.text is None:
        return None
    return cut(told.text, evidence(cases.about(key), row["metric_id"]))


def evidence(said: pd.DataFrame, metric_id: str) -> list[tuple[int, int]]:
    """Passages that were marked for a metric: by its checks that did not pass, and by people.

    Args:
        said: the judgements of one response.
        metric_id: the metric.
    """
    spans = []
    columns = (said[name].tolist() for name in ("probe_id", "source_kind", "outcome", "spans"))
    for probe, kind, outcome, cell in zip(*columns, strict=True):
        by_check = str(probe).partition(".")[0] == metric_id and outcome != "pass"
        if by_check or kind in _PEOPLE:
            spans += list(spans_of(cell))
    return spans


def cut(text: str, spans: Iterable[tuple[int, int]]) -> Excerpt:
    """A passage of a text around its first marked place.

    Args:
        text: the text.
        spans: marked places, [start, end) in code points.
    """
    inside = sorted((start, min(end, len(text))) for start, end in spans if start < len(text))
    start = max(0, inside[0][0] - AROUND) if inside else 0
    end = min(len(text), start + LONGEST)
    parts = list(parts_of(text[start:end], [(a - start, b - start) for a, b in inside]))
    before = [Part(CUT, marked=False)] if start else []
    after = [Part(CUT, marked=False)] if end < len(text) else []
    return Excerpt((*before, *parts, *after))


def parts_of(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Part]:
    """A text in parts, marked and not.

    Args:
        text: the text.
        spans: marked places; what lies outside the text is left out.

    Example:
        >>> [(part.text, part.marked) for part in parts_of("stop it now", [(0, 4), (2, 7)])]
        [('stop it', True), (' now', False)]
    """
    joined: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(end, len(text))) for start, end in spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    at = 0
    for start, end in joined:
        if at < start:
            yield Part(text[at:start], marked=False)
        yield Part(text[start:end], marked=True)
        at = end
    if at < len(text):
        yield Part(text[at:], marked=False)
