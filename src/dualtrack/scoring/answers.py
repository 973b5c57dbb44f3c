"""The answers to the scale of one metric, as arrays: who gave which level about which unit.

May import terms, rubric and the scoring ground. It exists so that what is joined into observations and what proves a
check read the same answers in the same way.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.scoring.arrays import NONE, BoolArray, IntArray
from dualtrack.scoring.evidence import Judgements, about_metric, metric_values
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.terms import SourceKind

__all__ = ["Answers", "RaterCounts", "answers_of"]


@dataclass(frozen=True, slots=True)
class RaterCounts:
    """Who rated what: one entry per system, item and rater, with the number of ratings used.

    Raters are numbered by the words of the findings' ``source_id``, the same in all partitions of a run.
    """

    system: IntArray
    item: IntArray
    rater: IntArray
    n: IntArray

    def of(self, system: int, items: BoolArray) -> "RaterCounts":
        """The entries of one system on some items."""
        chosen = (self.system == system) & items[self.item]
        return RaterCounts(self.system[chosen], self.item[chosen], self.rater[chosen], self.n[chosen])


@dataclass(frozen=True, slots=True)
class Answers:
    """Every answer to the metric's scale: who gave it, about which unit, with which level."""

    judged: Judgements
    kind: np.ndarray
    sources: tuple[str, ...]
    level_names: tuple[str, ...]

    def has(self, kind: SourceKind) -> bool:
        """Whether any answer is of this kind of source."""
        return bool((self.kind == kind.value).any())

    def of(self, kind: SourceKind, source: int | None = None) -> Judgements:
        """The answers of one kind of source, or of one source; a third rater who breaks a tie is one of the raters."""
        chosen = self.kind == kind.value
        if kind is SourceKind.rater:
            chosen = chosen | (self.kind == SourceKind.tie_break.value)
        if source is not None:
            chosen &= self.judged.source == source
        return self.judged.chosen(chosen)

    def first(self) -> Judgements:
        """The answers of raters without those who were asked because two differed."""
        return self.judged.chosen(self.kind == SourceKind.rater.value)

    def ruled(self, n_responses: int, cells: IntArray) -> BoolArray:
        """Per cell, whether an adjudicator ruled."""
        ruling = self.of(SourceKind.adjudicator)
        where = np.zeros(n_responses, dtype=np.bool_)
        where[ruling.response[(ruling.unit >= 0) & (ruling.value != NONE)]] = True
        return where[cells]

    def raters(self, plan: Plan, mp: MetricPlan) -> RaterCounts:
        """System, item and rater of each rating used, each combination once."""
        given = self.of(SourceKind.rater)
        used = (given.unit >= 0) & (given.value != NONE)
        used &= mp.owed[np.maximum(given.unit, 0)] > 0
        place = plan.system_of(given.response[used]) * plan.n_items + plan.item_of(given.response[used])
        n_sources = max(len(self.sources), 1)
        both, count = np.unique(place * n_sources + given.source[used], return_counts=True)
        place = both // n_sources
        return RaterCounts(place // plan.n_items, place % plan.n_items, both % n_sources, count.astype(np.int64))

    def level_counts(self, plan: Plan, mp: MetricPlan) -> pd.DataFrame:
        """How often each level was given, by system."""
        given = self.of(SourceKind.rater)
        used = (given.unit >= 0) & (given.level >= 0) & (mp.owed[np.maximum(given.unit, 0)] > 0)
        n_levels = max(len(self.level_names), 1)
        key, count = np.unique(plan.system_of(given.response[used]) * n_levels + given.level[used], return_counts=True)
        return pd.DataFrame(
            {
                "system": key // n_levels,
                "level": [self.level_names[each] for each in key % n_levels],
                "n": count,
            }
        )

    def veto_rows(self) -> tuple[Judgements, Judgements, tuple[str, ...]]:
        """Ratings, rulings and the names of the levels that they count by."""
        return self.of(SourceKind.rater), self.of(SourceKind.adjudicator), self.level_names


def answers_of(mp: MetricPlan, frame: pd.DataFrame, response: IntArray) -> Answers:
    """Answers of the first occasion; a rater's later ones show self-agreement and enter no value.

    Args:
        mp: the metric with its scale.
        frame: findings whose probe is that scale.
        response: number of the response of each.
    """
    first = frame["occasion"].to_numpy(dtype=np.int64) == 1
    frame, response = frame[first], response[first]
    unit = mp.units.find(response, frame["unit_id"])
    source = frame["source_id"].astype("category")
    level = frame["level"].astype("category").cat.remove_unused_categories()
    about = about_metric(frame["failure_mode"], mp)
    value = metric_values(frame["value"].to_numpy(dtype=np.float64), frame["level"], mp, about)
    judged = Judgements(
        response,
        unit,
        value,
        source.cat.codes.to_numpy().astype(np.int64),
        level.cat.codes.to_numpy().astype(np.int64),
        about,
    )
    names = tuple(str(each) for each in source.cat.categories)
    return Answers(
        judged,
        frame["source_kind"].astype("str").to_numpy(),
        names,
        tuple(str(each) for each in level.cat.categories),
    )
