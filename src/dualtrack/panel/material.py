"""Texts and questions for packs, from the tables of a study and its rubric.

May import rubric, records and the panel's own ground.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from dualtrack.panel.pack import Turn
from dualtrack.panel.packs import Material, Text
from dualtrack.panel.questions import modes_of, questions_of, severities_of
from dualtrack.panel.study_side import response_of, systems_of
from dualtrack.panel.work import Response
from dualtrack.records import StudyInput
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Metric

__all__ = ["material_of", "texts_of"]

_ROLE, _WORDS = ("role", "speaker"), ("text", "content")


def material_of(
    rubric: Rubric,
    metrics: Sequence[Metric],
    given: StudyInput,
    *,
    scales: Collection[str],
    responses: Collection[Response],
) -> Material:
    """What packs are made of.

    Args:
        rubric: the rubric.
        metrics: the metrics in scope, in order.
        given: the study.
        scales: ids of the scales that are asked.
        responses: the responses that are rated or practised on; no other text is taken along.
    """
    questions = questions_of(rubric, metrics, scales)
    wanted = frozenset(responses)
    rows = {response_of(row): row for row in given.tables["responses"].to_dict("records")}
    items = {each.item_id for each in wanted}
    return Material(
        study_id=given.file.id,
        title=given.file.title,
        rubric=f"{rubric.header.id} {rubric.header.version}",
        synthetic=given.file.data_kind == "synthetic",
        questions=questions,
        modes=modes_of(metrics, questions),
        items={
            str(row["item_id"]): Text(str(row["prompt"]), _text(row["context"]), tuple(_turns(row["turns"])))
            for row in given.tables["items"].to_dict("records")
            if str(row["item_id"]) in items
        },
        responses={
            each: Text(_text(rows[each]["text"]) or "", turns=tuple(_turns(rows[each]["turns"])))
            for each in sorted(wanted & rows.keys())
        },
        systems={system.system_id: system.name for system in systems_of(given.file).values()},
        control={each: str(rows[each]["control"]) for each in wanted & rows.keys() if _text(rows[each]["control"])},
        explained=_explained(given),
        severities=severities_of(rubric, questions),
    )


def texts_of(given: Material) -> Iterator[tuple[str, str]]:
    """Every text that packs carry about cases, each with the words for where it stands.

    Args:
        given: what packs are made of.
    """
    for item_id, item in sorted(given.items.items()):
        yield f"{item_id}, prompt", item.text
        if item.context:
            yield f"{item_id}, context", item.context
        yield from ((f"{item_id}, earlier turns", turn.text) for turn in item.turns)
    for response, answer in sorted(given.responses.items()):
        where = f"{response.item_id}, answer of {response.system_id}"
        yield where, answer.text
        yield from ((f"{where}, turns", turn.text) for turn in answer.turns)


def _explained(given: StudyInput) -> dict[Response, dict[str, tuple[str, str]]]:
    """Agreed levels and the reason for each: training ratings of a position, such as the study team, with a comment."""
    raters, ratings = given.tables["raters"], given.tables["ratings"]
    positions = set(raters["rater_id"].astype("str")[(raters["kind"].astype("str") == "position").to_numpy()])
    found: dict[Response, dict[str, tuple[str, str]]] = {}
    training = ratings[(ratings["role"].astype("str") == "training").to_numpy()] if len(ratings) else pd.DataFrame()
    for row in training.to_dict("records"):
        why = _text(row["comment"])
        if why and str(row["rater_id"]) in positions and not _text(row["unit_id"]):
            found.setdefault(response_of(row), {})[str(row["scale_id"])] = (str(row["level"]), why)
    return found


def _turns(cell: object) -> Iterator[Turn]:
    """Turns of a conversation, each an object with who spoke (role) and what was said (text or content)."""
    for turn in cell if isinstance(cell, list | tuple) else ():
        if isinstance(turn, Mapping):
            words = next((turn[name] for name in _WORDS if isinstance(turn.get(name), str)), "")
            role = next((turn[name] for name in _ROLE if isinstance(turn.get(name), str) and turn[name]), "?")
            yield Turn(role=role, text=words)
        else:
            yield Turn(role="?", text=str(turn))


def _text(cell: Any) -> str | None:  # noqa: ANN401 -- any cell of a frame
    return cell if isinstance(cell, str) and cell else None
