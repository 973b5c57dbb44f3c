"""What each rater owes, from the table of assignments, in the order in which they meet it.

May import errors, records' words for problems and the panel's own ground. The table has no order, so the order is drawn
again: with the same panel.yaml it is that of the plan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.order import Turn, ordered
from dualtrack.panel.settings import PanelFile
from dualtrack.panel.study_side import response_of
from dualtrack.panel.work import Block, Response
from dualtrack.records.problems import shown, some

__all__ = ["Owed", "owed_by_rater"]


@dataclass(frozen=True, slots=True)
class Owed:
    """The turns of a rater in order, and the scales that each asks."""

    turns: tuple[Turn, ...]
    scales: Mapping[Turn, frozenset[str]]


def owed_by_rater(settings: PanelFile, assignments: pd.DataFrame) -> dict[str, Owed]:
    """Put the assignments of each rater into their order.

    Args:
        settings: panel.yaml, from which the assignments were made.
        assignments: the table.

    Returns:
        Rater id -> what is owed; members who owe nothing are left out.

    Raises:
        PanelError: PAN003 nothing is assigned; PAN025 the assignments name somebody who is no member, parts of
            responses, or other repeats than panel.yaml leads to. All problems at once.
    """
    if assignments.empty:
        fix = "run `dualtrack panel plan` first"
        raise PanelError(Problem("PAN003", "nothing is assigned", Place("assignments"), found="no rows", fix=fix))
    scales: dict[str, dict[Turn, set[str]]] = {}
    for row in assignments.to_dict("records"):
        turn = Turn(response_of(row), int(row["occasion"]))
        scales.setdefault(str(row["rater_id"]), {}).setdefault(turn, set()).add(str(row["scale_id"]))
    place = {member.rater_id: number for number, member in enumerate(settings.members)}
    problems = list(_strangers(scales, place)) + list(_parts(assignments))
    found: dict[str, Owed] = {}
    for rater, number in place.items():
        mine = scales.get(rater, {})
        turns = _in_order(settings, mine, number) if mine else ()
        if set(turns) != set(mine):
            problems.append(_other_repeats(rater, set(mine) ^ set(turns)))
        elif mine:
            found[rater] = Owed(turns, {turn: frozenset(asked) for turn, asked in mine.items()})
    if problems:
        raise PanelError(problems)
    return found


def _in_order(settings: PanelFile, mine: Mapping[Turn, object], stream: int) -> tuple[Turn, ...]:
    first = sorted(turn.response for turn in mine if turn.occasion == 1)
    return ordered(
        _blocks(first, crossed=settings.crossed), repeats=settings.repeats, seed=settings.seed, stream=stream
    )


def _blocks(responses: list[Response], *, crossed: bool) -> list[Block]:
    by_item: dict[object, list[Response]] = {}
    for each in responses:
        by_item.setdefault(each.item_id if crossed else each, []).append(each)
    return [Block(mine[0].item_id, tuple(mine), 1) for mine in by_item.values()]


def _strangers(scales: Mapping[str, object], members: Mapping[str, int]) -> Iterator[Problem]:
    strangers = sorted(set(scales) - set(members))
    if strangers:
        yield _problem("somebody is assigned who is no member", "rater_id", some(strangers), f"one of {some(members)}")


def _parts(assignments: pd.DataFrame) -> Iterator[Problem]:
    parts = assignments["unit_id"].astype("str") != ""
    if parts.any():
        yield _problem(
            "parts of responses are assigned",
            "unit_id",
            f"{int(parts.sum()):,} rows",
            "whole responses: packs hold no parts",
        )


def _other_repeats(rater: str, turns: set[Turn]) -> Problem:
    few = some(f"{turn.response.item_id} (occasion {turn.occasion})" for turn in turns)
    return _problem(
        "the repeats are not those of panel.yaml", "occasion", f"{shown(rater)}: {few}", "the plan's repeats"
    )


def _problem(what: str, column: str, found: str, expected: str) -> Problem:
    place, fix = (
        Place("assignments", column=column),
        "run `dualtrack panel plan STUDY --replace`, or restore panel.yaml",
    )
    return Problem("PAN025", what, place, found=found, expected=expected, fix=fix)
