"""The plan of a panel: who rates what in which order, as the table ``assignments``, with the balance that it reached.

May import errors and the panel's own ground.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.assign import Shortage, assign, meetings
from dualtrack.panel.order import Turn, ordered, repeats_of
from dualtrack.panel.raters import BoolArray, Item, Person, System, allowed, reasons_against
from dualtrack.panel.settings import PanelFile
from dualtrack.panel.work import Block, Response, blocks_of

__all__ = ["Balance", "PanelPlan", "RaterLoad", "plan_panel"]

FILE = "panel.yaml"


@dataclass(frozen=True, slots=True)
class RaterLoad:
    """What one rater is asked for: responses, repeats among them, answers by system, hours."""

    rater_id: str
    n_responses: int
    n_repeats: int
    by_system: Mapping[str, int]
    hours: float
    agreed: int


@dataclass(frozen=True, slots=True)
class Balance:
    """How even the plan is.

    Attributes:
        raters: what each is asked for.
        ratings: number of responses by number of ratings.
        fewest_meetings, most_meetings: blocks that the pair of raters who meet least, and most, rate together.
        mean_place: mean place of each system's answers in the raters' orders, 0 first, 1 last.
        left_out: raters who were given nothing, each with the reasons.
    """

    raters: tuple[RaterLoad, ...]
    ratings: Mapping[int, int]
    fewest_meetings: int
    most_meetings: int
    mean_place: Mapping[str, float]
    left_out: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PanelPlan:
    """The turns of each rater by id, the blocks with their chances, and the balance."""

    turns: Mapping[str, tuple[Turn, ...]]
    blocks: tuple[Block, ...]
    balance: Balance

    def rows(self, asked: Mapping[str, Sequence[str]]) -> list[dict[str, object]]:
        """Rows of the table ``assignments``, by rater and in the order of their turns.

        Args:
            asked: scales that each item asks about a response, by item id.
        """
        chance = {response: block.probability for block in self.blocks for response in block.responses}
        return [
            {
                "system_id": turn.response.system_id,
                "item_id": turn.response.item_id,
                "sample": turn.response.sample,
                "unit_id": "",
                "scale_id": scale,
                "rater_id": rater,
                "occasion": turn.occasion,
                "inclusion_probability": chance[turn.response],
            }
            for rater, turns in sorted(self.turns.items())
            for turn in turns
            for scale in asked[turn.response.item_id]
        ]


def plan_panel(
    settings: PanelFile,
    people: Sequence[Person],
    responses: Collection[Response],
    *,
    items: Mapping[str, Item],
    systems: Mapping[str, System],
    flagged: Collection[Response] | None = None,
) -> PanelPlan:
    """Decide who rates what.

    Args:
        settings: panel.yaml.
        people: the members with what the table ``raters`` says of them.
        responses: every response that can be rated.
        items: every item by id.
        systems: every system by id; answers of others (controls) raise no conflict of interest.
        flagged: responses that a check flagged, for an audit.

    Returns:
        The plan; the same arguments give the same plan.

    Raises:
        PanelError: PAN002 the raters cannot give what is asked, with by how much and where; PAN003 nothing to rate;
            PAN004 an audit without the findings of the checks.
    """
    if not responses:
        raise PanelError(Problem("PAN003", "there is nothing to rate", Place("responses"), fix="collect answers first"))
    if settings.audit is not None and flagged is None:
        raise PanelError(
            Problem(
                "PAN004",
                "an audit needs to know what the checks flagged",
                Place(FILE, column="audit"),
                expected="the results folder of a scored study",
                fix="run `dualtrack score` first, and name its folder with --findings",
            )
        )
    blocks = blocks_of(settings, responses, flagged)
    may = allowed(people, blocks, items, systems, match=settings.match)
    chosen = _assigned(settings, people, blocks, may)
    turns = {
        person.rater_id: ordered(
            [block for block, mine in zip(blocks, chosen[:, place], strict=True) if mine],
            repeats=settings.repeats,
            seed=settings.seed,
            stream=place,
        )
        for place, person in enumerate(people)
    }
    left_out = {
        person.rater_id: _why_left_out(person, blocks, items, systems, settings=settings)
        for place, person in enumerate(people)
        if not chosen[:, place].any()
    }
    return PanelPlan(
        {rater: mine for rater, mine in turns.items() if mine},
        blocks,
        _balance(settings, people, blocks, chosen, turns=turns, left_out=left_out),
    )


def _assigned(settings: PanelFile, people: Sequence[Person], blocks: Sequence[Block], may: BoolArray) -> BoolArray:
    """Raters of each block; of each load, room is kept for the repeats."""
    room = [_room(person.load, settings.repeats) for person in people]
    try:
        return assign(blocks, may, np.array(room, dtype=np.int64), seed=settings.seed)
    except Shortage as shortage:
        found = f"{shortage.asked:,} ratings asked for, {shortage.given:,} agreed without repeats"
        if shortage.lonely:
            few = ", ".join(block.item_id for block in shortage.lonely[:5])
            found = f"{len(shortage.lonely):,} of {len(blocks):,} blocks with too few raters who may rate them: {few}"
        raise PanelError(
            Problem(
                "PAN002",
                "the raters cannot give what is asked",
                Place(FILE, column="members"),
                found=found,
                expected="enough raters for every response, within their loads",
                fix="ask for fewer ratings, agree higher loads, or find raters who may rate these items",
            )
        ) from shortage


def _room(load: int, share: float) -> int:
    """The largest number of responses that fits into a load together with its repeats."""
    room = load
    while room and room + repeats_of(room, share) > load:
        room -= 1
    return room


def _why_left_out(
    person: Person,
    blocks: Sequence[Block],
    items: Mapping[str, Item],
    systems: Mapping[str, System],
    *,
    settings: PanelFile,
) -> tuple[str, ...]:
    """Every reason that holds against the rater on some block; without one, others were enough."""
    reasons = {
        reason for block in blocks for reason in reasons_against(person, block, items, systems, match=settings.match)
    }
    return tuple(sorted(reasons)) or ("not needed",)


def _balance(
    settings: PanelFile,
    people: Sequence[Person],
    blocks: Sequence[Block],
    chosen: BoolArray,
    *,
    turns: Mapping[str, tuple[Turn, ...]],
    left_out: Mapping[str, tuple[str, ...]],
) -> Balance:
    taking_part = chosen.any(axis=0)
    together = meetings(chosen[:, taking_part])
    pairs = together[~np.eye(len(together), dtype=np.bool_)]
    ratings: dict[int, int] = {}
    for block in blocks:
        ratings[block.ratings] = ratings.get(block.ratings, 0) + block.size
    return Balance(
        raters=tuple(_load(settings, person, turns[person.rater_id]) for person in people),
        ratings=dict(sorted(ratings.items())),
        fewest_meetings=int(pairs.min()) if pairs.size else 0,
        most_meetings=int(pairs.max()) if pairs.size else 0,
        mean_place=_mean_places(turns),
        left_out=left_out,
    )


def _load(settings: PanelFile, person: Person, turns: Sequence[Turn]) -> RaterLoad:
    by_system: dict[str, int] = {}
    for turn in turns:
        by_system[turn.response.system_id] = by_system.get(turn.response.system_id, 0) + 1
    return RaterLoad(
        person.rater_id,
        len(turns),
        sum(turn.occasion > 1 for turn in turns),
        dict(sorted(by_system.items())),
        round(len(turns) * settings.minutes_per_response / 60, 1),
        person.load,
    )


def _mean_places(turns: Mapping[str, tuple[Turn, ...]]) -> dict[str, float]:
    places: dict[str, list[float]] = {}
    for mine in turns.values():
        first = [turn for turn in mine if turn.occasion == 1]
        for place, turn in enumerate(first):
            places.setdefault(turn.response.system_id, []).append(place / max(len(first) - 1, 1))
    return {system: round(float(np.mean(found)), 3) for system, found in sorted(places.items())}
