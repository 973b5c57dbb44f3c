"""What a panel needs of a study: the people, the items, the systems and the responses that can be rated.

May import errors, records, terms and the panel's own ground.
"""

from collections.abc import Collection, Hashable, Mapping
from typing import Any

import pandas as pd

from dualtrack.panel.raters import Item, Person, System
from dualtrack.panel.settings import PanelFile
from dualtrack.panel.work import Response
from dualtrack.records import StudyFile
from dualtrack.terms import ResponseStatus

__all__ = ["flagged_in", "items_of", "people_of", "rateable", "response_of", "systems_of", "texts_of"]

WITH_TEXT = {ResponseStatus.answered.value, ResponseStatus.truncated.value, ResponseStatus.refused.value}
_OF_RESPONSE = ("item_id", "system_id", "sample")
ATTRIBUTES = ("specialty", "profession", "panel")


def people_of(settings: PanelFile, raters: pd.DataFrame) -> list[Person]:
    """The members with what the table of raters says of them.

    Args:
        settings: panel.yaml.
        raters: the table ``raters``, which has every member.
    """
    rows = {str(row["rater_id"]): row for row in raters.to_dict("records")}
    return [
        Person(
            member.rater_id,
            member.load,
            {name: str(row[name]) for name in ATTRIBUTES if _there(row[name])},
            languages=_words(row["languages"]),
            conflicts=_words(row["conflicts"]),
        )
        for member in settings.members
        for row in [rows[member.rater_id]]
    ]


def items_of(items: pd.DataFrame) -> dict[str, Item]:
    """What of each item decides who may rate it.

    Args:
        items: the table ``items``.
    """
    return {
        str(row["item_id"]): Item(
            str(row["item_id"]),
            str(row["language"]) if _there(row["language"]) else None,
            {name: str(level) for name, level in (row["strata"] or {}).items()},
        )
        for row in items[["item_id", "language", "strata"]].to_dict("records")
    }


def systems_of(study: StudyFile) -> dict[str, System]:
    """The systems under test, with the names under which a conflict of interest may be declared; no controls.

    Args:
        study: the study file.
    """
    return {
        system.id: System(system.id, system.name, system.vendor)
        for system in study.systems
        if system.id not in study.controls
    }


def rateable(study: StudyFile, responses: pd.DataFrame, items: Collection[str]) -> list[Response]:
    """Responses that can be put before a rater: those with a text, of systems under test and of controls.

    Args:
        study: the study file.
        responses: the table ``responses``.
        items: ids of the items whose responses are rated.
    """
    known = {system.id for system in study.systems}
    kept = responses["status"].astype("str").isin(WITH_TEXT) & responses["text"].notna()
    kept &= responses["item_id"].astype("str").isin(items) & responses["system_id"].astype("str").isin(known)
    kept &= responses["sample"] <= study.plan.samples
    return [response_of(row) for row in responses[kept.to_numpy()].to_dict("records")]


def texts_of(responses: pd.DataFrame) -> dict[Response, str]:
    """The text of each response that has one.

    Args:
        responses: the table ``responses``.
    """
    kept = responses[responses["text"].notna().to_numpy()]
    return {response_of(row): str(row["text"]) for row in kept[[*_OF_RESPONSE, "text"]].to_dict("records")}


def flagged_in(findings: pd.DataFrame) -> set[Response]:
    """Responses that a check flagged.

    Args:
        findings: the table ``findings`` of a results folder.
    """
    failing = (findings["source_kind"] == "check") & (findings["outcome"] == "fail")
    return {response_of(row) for row in findings[failing.to_numpy()].to_dict("records")}


def response_of(row: Mapping[Hashable, Any]) -> Response:
    """The response that a row of a table is about.

    Args:
        row: with ``item_id``, ``system_id`` and ``sample``.
    """
    return Response(str(row["item_id"]), str(row["system_id"]), int(row["sample"]))


def _there(cell: object) -> bool:
    return isinstance(cell, str) and bool(cell)


def _words(cell: object) -> tuple[str, ...]:
    return tuple(str(each) for each in cell) if isinstance(cell, list | tuple) else ()
