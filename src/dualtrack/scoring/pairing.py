"""Pairs: which two responses are compared, decided from the items alone.

May import rubric and numpy. Within a family every variant is compared with the base, sample by sample. Within an item
every two samples are compared, each pair once, so that no sample is special; the mean over an item's pairs is the
chance that two answers to it differ. A pair stands at its second response (the variant, the later sample), so that
clusters, strata and sums find it without an index of their own.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dualtrack.rubric.quantity import PairedQuantity, Pairs
from dualtrack.scoring.arrays import NONE, BoolArray, IntArray

__all__ = ["Contrast", "PairList", "base_of_items", "contrasts_of_items", "family_and_variant", "pair_list", "repeats"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Pairs that share a name: the attribute that changes, or "" for repeats; ``items`` says where they stand."""

    name: str
    items: BoolArray


@dataclass(frozen=True, slots=True)
class PairList:
    """Planned pairs, sorted by second response, then by first.

    Attributes:
        first, second: number of the response on either side.
        family: per item, the item that stands for its family in a gate: the base, or the item itself.
        contrasts: the pairs by name, names in order.
        names: per pair, how the observation calls it: ``family@variant``, or ``item@sample`` of the earlier sample.
    """

    first: IntArray
    second: IntArray
    family: IntArray
    contrasts: tuple[Contrast, ...]
    names: tuple[str, ...]

    def chosen(self, where: BoolArray) -> "PairList":
        """The pairs at some places."""
        if where.all():
            return self
        names = tuple(name for name, kept in zip(self.names, where, strict=True) if kept)
        return replace(self, first=self.first[where], second=self.second[where], names=names)


def base_of_items(items: pd.DataFrame, base: str) -> IntArray:
    """The base of each item's family.

    Args:
        items: the items table.
        base: word of ``variant`` that marks the base; an item without a variant is one.

    Returns:
        Per item the place of its family's base; NONE for a base, and where the family has none.
    """
    family, variant = family_and_variant(items, base)
    bases = {name: place for place, (name, word) in enumerate(zip(family, variant, strict=True)) if word == base}
    return np.array(
        [NONE if word == base else bases.get(name, NONE) for name, word in zip(family, variant, strict=True)],
        dtype=np.int64,
    )


def contrasts_of_items(items: pd.DataFrame, pairs: Pairs) -> list[str]:
    """The name of the contrast that each item would stand for as a variant; "" where it has none."""
    column = items[pairs.by]
    return [str(cell) if known else "" for cell, known in zip(column, column.notna(), strict=True)]


def pair_list(
    quantity: PairedQuantity, items: pd.DataFrame, *, planned: BoolArray, applies: BoolArray, samples: int
) -> PairList:
    """The pairs that a metric compares.

    Args:
        quantity: what the metric compares.
        items: the items table, in the order of the plan.
        planned: per response, whether it is owed.
        applies: per item, whether the metric applies to it; a pair needs it of its second member.
        samples: planned repeats.

    Returns:
        Every pair whose two responses are owed and whose contrast has a name.
    """
    if quantity.pairs.within == "item_id":
        return repeats(items, judged=planned & applies[_item(planned.size, len(items), samples)], samples=samples)
    base = str(quantity.pairs.base)
    named = contrasts_of_items(items, quantity.pairs)
    of_item = np.where(np.array(named, dtype=object) != "", base_of_items(items, base), NONE)
    second = np.arange(planned.size, dtype=np.int64)
    item = _item(planned.size, len(items), samples)
    first = second + (of_item[item] - item) * samples
    there = planned & applies[item] & (of_item[item] != NONE)
    there[there] = planned[first[there]]
    levels = sorted({named[place] for place in np.unique(item[there])})
    family, variant = family_and_variant(items, base)
    return PairList(
        first=first[there],
        second=second[there],
        family=np.where(of_item == NONE, np.arange(len(items), dtype=np.int64), of_item),
        contrasts=tuple(
            Contrast(level, (of_item != NONE) & np.array([each == level for each in named], dtype=np.bool_))
            for level in levels
        ),
        names=tuple(f"{family[place]}@{variant[place]}" for place in item[there]),
    )


def repeats(items: pd.DataFrame, *, judged: BoolArray, samples: int) -> PairList:
    """Every two samples of the same system and item.

    Args:
        items: the items table, in the order of the plan.
        judged: per response, whether it is to be judged.
        samples: planned repeats; with one there is no pair.
    """
    n_items = len(items)
    every = judged.reshape(-1, samples)
    earlier, later = np.triu_indices(samples, k=1)
    row, pair = np.nonzero(every[:, earlier] & every[:, later])
    first, second = row * samples + earlier[pair], row * samples + later[pair]
    order = np.lexsort((first, second))
    first, second = first[order].astype(np.int64), second[order].astype(np.int64)
    ids = items["item_id"].astype("str").tolist()
    return PairList(
        first=first,
        second=second,
        family=np.arange(n_items, dtype=np.int64),
        contrasts=(Contrast("", np.ones(n_items, dtype=np.bool_)),) if first.size else (),
        names=tuple(
            f"{ids[place]}@{sample + 1}"
            for place, sample in zip((first // samples) % max(n_items, 1), first % samples, strict=True)
        ),
    )


def _item(n_responses: int, n_items: int, samples: int) -> IntArray:
    return (np.arange(n_responses, dtype=np.int64) // samples) % max(n_items, 1)


def family_and_variant(items: pd.DataFrame, base: str) -> tuple[list[str], list[str]]:
    """Family of each item (the item itself where none is named) and which member of it the item is.

    Args:
        items: the items table.
        base: word of the base, which an item without a variant is.
    """
    own = items["item_id"].astype("str")
    family = items["family_id"].astype("object").where(items["family_id"].notna(), own)
    variant = items["variant"].astype("object").where(items["variant"].notna(), base)
    return family.astype("str").tolist(), variant.astype("str").tolist()
