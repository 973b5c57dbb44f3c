"""Who may rate what: languages, conflicts of interest, and attributes that must match.

May import errors, records and the panel's own ground. Whoever may rate nothing is named with the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dualtrack.panel.settings import Match
from dualtrack.panel.work import Block

__all__ = ["Item", "Person", "System", "allowed", "reasons_against"]

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Person:
    """One rater as the table ``raters`` and panel.yaml describe them; no language stated means every language."""

    rater_id: str
    load: int
    attributes: Mapping[str, str]
    languages: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """What of an item decides who may rate it."""

    item_id: str
    language: str | None
    strata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class System:
    """The names under which a rater may have declared a conflict."""

    system_id: str
    name: str
    vendor: str | None

    @property
    def names(self) -> frozenset[str]:
        """All of them, without regard to capitals."""
        return frozenset(each.strip().casefold() for each in (self.system_id, self.name, self.vendor) if each)


def allowed(
    people: Sequence[Person],
    blocks: Sequence[Block],
    items: Mapping[str, Item],
    systems: Mapping[str, System],
    *,
    match: Sequence[Match] = (),
) -> BoolArray:
    """Which rater may rate which block.

    Args:
        people: the raters.
        blocks: what there is to rate.
        items: every item by id.
        systems: every system by id; the answers of a system that is not there (a control) raise no conflict.
        match: attributes that must match.

    Returns:
        Booleans, shape (blocks, raters).

    Example:
        >>> from dualtrack.panel.work import Response
        >>> block = Block("q1", (Response("q1", "a"),), 1)
        >>> people = [Person("r1", 1, {}), Person("r2", 1, {}, conflicts=("ACME",))]
        >>> allowed(people, [block], {"q1": Item("q1", "en", {})}, {"a": System("a", "A", "Acme")}).tolist()
        [[True, False]]
    """
    return np.array(
        [[not reasons_against(person, block, items, systems, match=match) for person in people] for block in blocks],
        dtype=np.bool_,
    ).reshape(len(blocks), len(people))


def reasons_against(
    person: Person,
    block: Block,
    items: Mapping[str, Item],
    systems: Mapping[str, System],
    *,
    match: Sequence[Match] = (),
) -> tuple[str, ...]:
    """Why a rater may not rate a block; nothing where they may.

    Args:
        person: the rater.
        block: the block.
        items: every item by id.
        systems: every system by id.
        match: attributes that must match.
    """
    item, found = items[block.item_id], []
    spoken = {_primary(language) for language in person.languages}
    if spoken and item.language is not None and _primary(item.language) not in spoken:
        found.append(f"does not read {item.language}")
    declared = {each.strip().casefold() for each in person.conflicts}
    asked = {response.system_id for response in block.responses}
    found += [
        f"declared a conflict with {systems[system_id].name}"
        for system_id in sorted(asked & systems.keys())
        if declared & systems[system_id].names
    ]
    for each in match:
        wanted = item.strata.get(each.stratum, "")
        if wanted and person.attributes.get(each.rater, "").casefold() != wanted.casefold():
            found.append(f"{each.rater} is not {wanted}")
    return tuple(found)


def _primary(language: str) -> str:
    return language.split("-", maxsplit=1)[0].casefold()
