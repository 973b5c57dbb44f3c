"""Reads the tables of a run of checks: what was asked, what came back, and why a table cannot be used.

Why it exists: the run itself is about judgements; here rows become what a check may see. Pure. May import errors,
terms and what a bound check is.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from dualtrack.checks.bind import BoundCheck
from dualtrack.errors import CheckError, Place, Problem
from dualtrack.terms import ResponseStatus

__all__ = ["Item", "Response", "items_of", "primary_language", "refuse_unusable", "responses_of"]


@dataclass(frozen=True, slots=True)
class Item:
    """What a check may see of an item: its language (ISO 639 code), its prompt and its facts."""

    language: str | None
    prompt: str | None
    reference: Mapping[str, Any]


class Response(NamedTuple):
    """One response; the first three are its key."""

    system_id: str
    item_id: str
    sample: int
    status: ResponseStatus
    text: str | None
    answer: str | None
    confidence: float | None


def primary_language(tag: str | None) -> str | None:
    """The ISO 639 code at the head of a language tag, in lower case; None when there is none.

    Example:
        >>> primary_language("en-GB"), primary_language(""), primary_language(None)
        ('en', None, None)
    """
    head = (tag or "").replace("_", "-").split("-")[0].strip().lower()
    return head or None


def items_of(items: pd.DataFrame, default_language: str | None) -> Iterator[tuple[str, Item]]:
    """Items by their id.

    Args:
        items: one row per item, as ``run_checks`` takes them.
        default_language: language of items that declare none.
    """
    for item_id, language, prompt, reference in _cells(items, "item_id", "language", "prompt", "reference"):
        facts = reference if isinstance(reference, Mapping) else {}
        yield str(item_id), Item(primary_language(language or default_language), prompt, facts)


def responses_of(responses: pd.DataFrame) -> Iterator[Response]:
    """Responses in the order of their rows.

    Args:
        responses: one row per response, as ``run_checks`` takes them.
    """
    statuses = {status.value: status for status in ResponseStatus}
    names = ("system_id", "item_id", "sample", "status", "text", "answer", "confidence")
    for system_id, item_id, sample, status, text, answer, confidence in _cells(responses, *names):
        stated = None if confidence is None else float(confidence)
        yield Response(str(system_id), str(item_id), int(sample), statuses[status], text, answer, stated)


def _cells(frame: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    """Rows of the named columns; every null is None, and a column that is not there is all null."""
    columns = []
    for name in names:
        if name in frame.columns:
            cells, nulls = frame[name].tolist(), frame[name].isna().to_numpy()
            for place in nulls.nonzero()[0].tolist():
                cells[place] = None
            columns.append(cells)
        else:
            columns.append([None] * len(frame))
    return zip(*columns, strict=True)


def refuse_unusable(bound: Sequence[BoundCheck], responses: pd.DataFrame, items: pd.DataFrame) -> None:
    """Name everything that keeps a run from beginning.

    Raises:
        CheckError: all of CHK008 and CHK009; see ``run_checks``.
    """
    probes = Counter(check.probe_id for check in bound)
    twice = sorted(probe for probe, count in probes.items() if count > 1)
    problems = [Problem("CHK008", "two checks have one probe id", found=repr(probe)) for probe in twice]
    needed = {
        "responses": (responses, ("system_id", "item_id", "sample", "status", "text")),
        "items": (items, ("item_id",)),
    }
    missing = [(table, name) for table, (frame, names) in needed.items() for name in names if name not in frame.columns]
    for table, name in missing:
        problems.append(Problem("CHK009", "a column is missing", Place(table, column=name)))
    if not missing:
        problems += _key_problems(responses, items)
    if problems:
        raise CheckError(problems)


def _key_problems(responses: pd.DataFrame, items: pd.DataFrame) -> Iterator[Problem]:
    keys = {"items": (items, ["item_id"]), "responses": (responses, ["system_id", "item_id", "sample"])}
    for table, (frame, key) in keys.items():
        twice = frame.loc[frame.duplicated(key), key]
        if len(twice):
            found = ", ".join(str(cell) for cell in twice.iloc[0])
            yield Problem("CHK009", "a key occurs twice", Place(table), found=found, expected="one row per key")
    known = {status.value for status in ResponseStatus}
    strange = sorted({str(status) for status in responses["status"].unique()} - known)
    if strange:
        found, expected = ", ".join(strange[:5]), f"one of {', '.join(sorted(known))}"
        yield Problem("CHK009", "a status is not known", Place("responses", column="status"), found, expected)
    unknown = sorted(set(responses["item_id"].unique()) - set(items["item_id"].unique()))
    if unknown:
        what = "a response names an item that is not there"
        yield Problem("CHK009", what, Place("responses", column="item_id"), found=", ".join(unknown[:5]))
