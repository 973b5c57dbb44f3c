"""Who settles what first ratings leave open: persons who rated nothing of the response and have no conflict.

May import the panel's own ground. The list of what is open stands in the results (table ``discordances``), decoys mixed
in; why a response is on it goes into no pack.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dualtrack.panel.codes import sealed_name
from dualtrack.panel.order import Turn
from dualtrack.panel.owed import Owed
from dualtrack.panel.raters import Item, Person, System, reasons_against
from dualtrack.panel.settings import PanelFile
from dualtrack.panel.study_side import response_of
from dualtrack.panel.work import Block, Response

__all__ = ["Settling", "settling"]


@dataclass(frozen=True, slots=True)
class Settling:
    """What each adjudicator is asked, what nobody of the panel may or can settle, and parts that no pack holds."""

    owed: Mapping[str, Owed]
    left: tuple[Response, ...]
    n_parts: int


def settling(
    settings: PanelFile,
    people: Sequence[Person],
    discordances: pd.DataFrame,
    *,
    items: Mapping[str, Item],
    systems: Mapping[str, System],
) -> Settling:
    """Give each open response to one adjudicator.

    Definition: in an order drawn by a hash, each response with all its open questions goes to the member who may settle
    every one of them, has no reason against it, and has been given least so far (of these, one drawn by a hash).
    Nobody gets more than their load.

    Args:
        settings: panel.yaml.
        people: the members.
        discordances: that table of the results.
        items: every item by id.
        systems: the systems under test by id.

    Returns:
        Who settles what; the same arguments give the same answer.
    """
    still = discordances[~discordances["settled"].astype("bool").to_numpy()]
    whole = (still["unit_id"].fillna("").astype("str") == "").to_numpy()
    scales: dict[Response, set[str]] = {}
    may: dict[Response, set[str]] = {}
    for row in still[whole].to_dict("records"):
        response, persons = response_of(row), {str(each) for each in row["may_adjudicate"] or ()}
        scales.setdefault(response, set()).add(str(row["scale_id"]))
        may[response] = may.get(response, persons) & persons
    given: dict[str, list[Response]] = {}
    left: list[Response] = []
    for response in sorted(scales, key=lambda each: _lot(settings, each)):
        block = Block(response.item_id, (response,), 1)
        able = [
            person.rater_id
            for person in people
            if person.rater_id in may[response]
            and len(given.get(person.rater_id, ())) < person.load
            and not reasons_against(person, block, items, systems, match=settings.match)
        ]
        if able:
            least = min(able, key=lambda rater: (len(given.get(rater, ())), _lot(settings, response, rater)))
            given.setdefault(least, []).append(response)
        else:
            left.append(response)
    owed = {rater: _owed(mine, scales) for rater, mine in given.items()}
    return Settling(owed, tuple(sorted(left)), int((~whole).sum()))


def _owed(mine: Sequence[Response], scales: Mapping[Response, set[str]]) -> Owed:
    turns = tuple(Turn(response) for response in mine)
    return Owed(turns, {turn: frozenset(scales[turn.response]) for turn in turns})


def _lot(settings: PanelFile, response: Response, rater: str = "") -> str:
    return sealed_name(settings.seed, "settle", rater, response.item_id, response.system_id, response.sample)
