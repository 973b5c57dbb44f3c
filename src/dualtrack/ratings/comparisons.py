"""Choices between two answers as arrays, parted by who chose, how the answers were shown, and on which items.

May import pandas and numpy. A choice of a system against itself (two samples of it) and a choice that nobody could
make are kept apart and counted; they say nothing about a difference between systems.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["RATERS", "SOURCES", "Choices", "Instrument", "choices_of", "instruments"]

RATERS = "raters"
SOURCES = "sources"
CANNOT_JUDGE = 9
OUTCOMES = {
    "a_much": 1, "a_slightly": 1, "a": 1, "tie": 0, "b": -1, "b_slightly": -1, "b_much": -1,
    "cannot_judge": CANNOT_JUDGE,
}  # fmt: skip
Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """One row per choice. ``outcome``: 1 for A, -1 for B, 0 for a tie, ``CANNOT_JUDGE``; ``author`` "" is unknown."""

    scale: Words
    condition: Words
    source: Words
    author: Words
    item: Words
    cluster: Whole
    a: Whole
    b: Whole
    samples: Whole
    outcome: Whole

    def where(self, chosen: Mask) -> "Choices":
        """The chosen rows."""
        return Choices(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def about(self, system: int) -> Mask:
        """Which choices a system is part of."""
        mine: Mask = (self.a == system) | (self.b == system)
        return mine

    @property
    def judged(self) -> "Choices":
        """Choices between two systems that were made."""
        return self.where((self.outcome != CANNOT_JUDGE) & (self.a != self.b))

    @property
    def undecidable(self) -> "Choices":
        """Choices between two systems that nobody could make."""
        return self.where((self.outcome == CANNOT_JUDGE) & (self.a != self.b))

    @property
    def itself(self) -> "Choices":
        """Choices between two samples of one system."""
        return self.where(self.a == self.b)


@dataclass(frozen=True, slots=True, eq=False)
class Instrument:
    """One way of asking: ``members`` are the judges that count alike, one alone unless ``name`` is sources."""

    scale_id: str
    name: str
    condition: str
    items: str
    members: tuple[Choices, ...]


def choices_of(preferences: pd.DataFrame, systems: tuple[str, ...], clusters: Mapping[str, int]) -> Choices:
    """The preferences table as arrays, in an order that does not depend on that of the rows.

    Args:
        preferences: the table, typed as its specification says.
        systems: ids of the systems, in the order of their indices.
        clusters: index of the cluster of each item.
    """
    frame = preferences.sort_values("preference_id", kind="stable")
    text = {
        name: frame[name].astype("object").where(frame[name].notna(), "").astype("str").to_numpy(dtype=object)
        for name in ("scale_id", "condition", "source_id", "rater_id", "item_id", "choice", "system_a", "system_b")
    }
    place = {name: number for number, name in enumerate(systems)}

    def numbered(words: Words, index: Mapping[str, int]) -> Whole:
        return np.array([index[word] for word in words], dtype=np.int64)

    samples = frame[["sample_a", "sample_b"]].to_numpy(dtype=np.int64)
    return Choices(
        scale=text["scale_id"],
        condition=text["condition"],
        source=text["source_id"],
        author=np.where(text["source_id"] != "", text["source_id"], text["rater_id"]).astype(object),
        item=text["item_id"],
        cluster=numbered(text["item_id"], clusters),
        a=numbered(text["system_a"], place),
        b=numbered(text["system_b"], place),
        samples=samples,
        outcome=numbered(text["choice"], OUTCOMES),
    )


def instruments(choices: Choices) -> Iterator[Instrument]:
    """Every instrument on every question: people, each source, then all sources together.

    Where people and sources judged different items, each is also given on the items that both judged.

    Args:
        choices: all choices of a study.
    """
    for scale in sorted(set(choices.scale)):
        mine = choices.where(choices.scale == scale)
        people, judges = mine.where(mine.source == ""), mine.where(mine.source != "")
        both = set(people.judged.item) & set(judges.judged.item)
        for condition in sorted(set(mine.condition)):
            asked, said = people.where(people.condition == condition), judges.where(judges.condition == condition)
            names = sorted(set(said.source))
            members = {f"source:{name}": (said.where(said.source == name),) for name in names}
            found: dict[str, tuple[Choices, ...]] = {RATERS: (asked,)} if asked.a.size else {}
            found |= members
            if len(names) > 1:
                found[SOURCES] = tuple(part for parts in members.values() for part in parts)
            for name, parts in found.items():
                yield Instrument(scale, name, condition, "all", parts)
                if both and not {item for part in parts for item in part.item} <= both:
                    yield Instrument(scale, name, condition, "shared", tuple(_among(part, both) for part in parts))


def _among(choices: Choices, items: set[str]) -> Choices:
    return choices.where(np.array([item in items for item in choices.item], dtype=np.bool_))
