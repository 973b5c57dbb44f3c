"""What people read and wrote, for the results of a study whose texts may be there: answers, comments, rulings.

May import terms, records. Nothing is judged or counted here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from dualtrack.terms import RatingRole, ResponseStatus

__all__ = ["text_tables"]

_KEY = ("system_id", "item_id", "sample")


def text_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Prompt, thread and answer of every response, the raters' comments, and what named persons decided.

    Args:
        tables: the input tables, without controls.

    Returns:
        The result tables ``texts``, ``comments`` and ``rulings``.
    """
    return {"texts": _texts(tables), "comments": _comments(tables["ratings"]), "rulings": _rulings(tables)}


def _texts(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    responses = tables["responses"]
    held = responses[(responses["status"].astype("str") != ResponseStatus.withheld.value).to_numpy()]
    items = tables["items"].set_index(tables["items"]["item_id"].astype("str"))
    asked = held["item_id"].astype("str")
    expected = items["reference"].map(lambda facts: list(_expected(facts)) or None, na_action="ignore")
    return pd.DataFrame(
        {
            "system_id": held["system_id"].astype("str"),
            "item_id": asked,
            "sample": held["sample"],
            "prompt": asked.map(items["prompt"]),
            "text": held["text"],
            "context": asked.map(items["context"]),
            "turns": asked.map(items["turns"].astype("object")),
            "expected": asked.map(expected.astype("object")),
        }
    ).reset_index(drop=True)


def _expected(facts: object) -> Iterator[dict[str, Any]]:
    """What an answer must hold or avoid: the sentences that the item itself has, each with what it is for."""
    if not isinstance(facts, Mapping):
        return
    if isinstance(facts.get("urgency"), str):
        yield {"kind": "urgency", "text": facts["urgency"], "critical": False, "why": None}
    for element in _entries(facts, "elements"):
        text = element.get("text") or element.get("id")
        critical = element.get("critical") is True
        yield {"kind": "holds", "text": str(text), "critical": critical, "why": _text(element.get("role"))}
    for barred in _entries(facts, "avoid"):
        text = barred.get("what") or barred.get("id")
        critical = barred.get("severity") == "absolute"
        yield {"kind": "avoids", "text": str(text), "critical": critical, "why": _text(barred.get("because"))}


def _entries(facts: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = facts.get(key)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _comments(ratings: pd.DataFrame) -> pd.DataFrame:
    """The words beside a rating; training ratings are left out as everywhere."""
    said = ratings["comment"].notna() & (ratings["role"].astype("str") != RatingRole.training.value)
    said &= ratings["comment"].astype("str").str.strip() != ""
    kept = ratings[said.to_numpy()]
    frame = {name: kept[name] for name in (*_KEY, "unit_id", "occasion", "comment")}
    return pd.DataFrame(
        {**frame, "probe_id": kept["scale_id"].astype("str"), "source_id": kept["rater_id"].astype("str")}
    ).reset_index(drop=True)


def _rulings(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The records of named persons as they stand in the study."""
    names = (
        "disposition_id", "kind", "system_id", "gate_id", "item_id", "sample", "by", "role", "at", "reason",
        "supersedes",
    )  # fmt: skip
    return tables["dispositions"][list(names)].reset_index(drop=True)
