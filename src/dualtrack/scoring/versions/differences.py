"""Paired differences between two versions, per metric and per track, with limits by cluster.

May import terms, stats and the scoring ground. The limits are those of ``stats.linearised_difference`` in every case:
nothing is drawn at random. What is missing is filled against the new version for one limit and in its favour for
another, over everything that the earlier version had planned, so that leaving cases out never helps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray, group_sum
from dualtrack.scoring.versions.cells import Items, cells_of, items_of, pass_line, pools_units
from dualtrack.scoring.versions.run import Run, Versions
from dualtrack.scoring.versions.same import Shared
from dualtrack.stats.difference import linearised_difference
from dualtrack.stats.interval import Interval
from dualtrack.stats.paired_tests import mcnemar_exact
from dualtrack.terms import Combine, QuantityType, Reason, Role, SourceKind, Track

__all__ = ["Compared", "compared_metrics", "difference_rows"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """One metric of two versions over the same items.

    Attributes:
        metric_id: the metric.
        weight: its weight in the run of the new version.
        names: item ids.
        cluster: number of the cluster of each item, over all metrics of the track; ``n_clusters`` of them.
        old, new: both versions over these items.
        pooled: whether it is a ratio over units.
        lined: whether a rule says what failing is.
        refused: why the design carries no paired difference, None when it does.
        lost_metric: whether the new run does not have this metric, or has another of that name.
    """

    metric_id: str
    weight: float
    names: pd.Index
    cluster: IntArray
    n_clusters: int
    old: Items
    new: Items
    pooled: bool
    lined: bool
    refused: Reason | None = None
    lost_metric: bool = False

    @property
    def both(self) -> BoolArray:
        """Items with a value in both versions."""
        return self.old.assessed & self.new.assessed

    def observed(self) -> tuple[IntArray, IntArray]:
        """Cluster sums and counts of the new version and the earlier one, shape (2, clusters), on shared items."""
        both = self.both
        if self.pooled:
            passed = [(each.units - each.failed) * TOP for each in (self.new, self.old)]
            return self._sums(both, passed, [self.new.units, self.old.units])
        ones = np.ones_like(self.cluster)
        return self._sums(both, [self.new.value, self.old.value], [ones, ones])

    def filled(self, *, against: bool) -> tuple[IntArray, IntArray]:
        """The same over everything that the earlier version had planned, with what is missing filled.

        Args:
            against: against the new version; in its favour otherwise.
        """
        gone = 0 if against else TOP
        new, old = (self.new.worst, self.old.best) if against else (self.new.best, self.old.worst)
        new = np.where(self.new.planned & (not self.lost_metric), new, gone)
        each = np.maximum(self.old.units, 1) if self.pooled else np.ones_like(self.cluster)
        return self._sums(self.old.planned, [new * each, old * each], [each, each])

    def _sums(
        self, chosen: BoolArray, values: Sequence[IntArray], counts: Sequence[IntArray]
    ) -> tuple[IntArray, IntArray]:
        cluster = self.cluster[chosen]
        total = [group_sum(cluster, value[chosen], self.n_clusters) for value in values]
        count = [group_sum(cluster, number[chosen], self.n_clusters) for number in counts]
        return np.array(total), np.array(count)


def compared_metrics(versions: Versions, *, shared: Shared, track: Track) -> tuple[Compared, ...]:
    """The metrics of one track that both runs share, and those that the new run lost, over one set of items.

    Args:
        versions: the earlier version and the new one.
        shared: what both runs share.
        track: the track.
    """
    old, new, pair = versions.old, versions.new, versions.pair
    wanted = shared.of_track(new, track)
    gone = [each.id for each in old.of_track(track) if each.id not in wanted]
    cells = {name: [cells_of(old, pair[0], name), _cells_now(new, pair[1], name)] for name in (*wanted, *gone)}
    every = pd.concat([side for sides in cells.values() for side in sides], ignore_index=True) if cells else None
    if every is None or every.empty:
        return ()
    of_item = every.assign(item_id=every["item_id"].astype("str")).drop_duplicates("item_id").set_index("item_id")
    of_item = of_item[~of_item.index.isin(shared.changed_items)].sort_index()
    codes, clusters = pd.factorize(of_item["cluster"].astype("str"), sort=True)
    found = []
    for name, sides in cells.items():
        metric = (new if name in new.metrics else old).metrics[name]
        found.append(
            Compared(
                metric_id=name,
                weight=float(metric.weight.value),
                names=of_item.index,
                cluster=codes.astype(np.int64),
                n_clusters=len(clusters),
                old=items_of(sides[0], of_item.index),
                new=items_of(sides[1], of_item.index),
                pooled=pools_units(metric),
                lined=pass_line(new if name in new.metrics else old, name) is not None,
                refused=None if name in gone else _refusal(versions, name, sides),
                lost_metric=name in gone,
            )
        )
    return tuple(found)


def difference_rows(versions: Versions, *, track: Track, metrics: Sequence[Compared]) -> Iterator[Row]:
    """Rows of the differences of one track: the track first, then each metric that both runs share.

    Definition: score of the new version minus that of the earlier one (1 best) on the items that both have; of the
    track, the weighted mean over its metrics, each on its own shared items. The test is the exact one of McNemar over
    items: it takes every item as independent, and the limits by cluster do not.

    Args:
        versions: as for ``compared_metrics``.
        track: the track.
        metrics: what it gave.

    Source: Miller 2024, arXiv:2411.00640; McNemar 1947, Psychometrika 12:153-157, doi:10.1007/BF02295996 (exact form).
    """
    old, new = versions.old, versions.new
    limits = {"confidence": min(old.confidence, new.confidence), "floor": max(old.cluster_floor, new.cluster_floor)}
    weighed = [each for each in metrics if each.weight > 0]
    usable = [each for each in weighed if each.refused is None and not each.lost_metric and each.both.any()]
    names = {"system_id": versions.pair[1], "track": track.value}
    yield names | {"subject_id": track.value} | _row(usable, weighed, limits=limits)
    for each in metrics:
        if not each.lost_metric:
            mine = [] if each.refused else [each]
            row = _row(mine, [each], limits=limits, refused=each.refused)
            yield names | {"subject_id": each.metric_id} | row | _counts(each)


def _cells_now(new: Run, system: str, metric_id: str) -> pd.DataFrame:
    """Cells of the new run; none where it does not have the metric."""
    return cells_of(new, system, metric_id) if metric_id in new.metrics else cells_of(new, "", next(iter(new.metrics)))


def _row(
    usable: Sequence[Compared],
    every: Sequence[Compared],
    *,
    limits: dict[str, Any],
    refused: Reason | None = None,
) -> Row:
    """One row: the observed difference, and its limits with what is missing filled both ways."""
    items = np.logical_or.reduce([np.zeros(0, dtype=np.bool_), *(each.both for each in usable)][bool(usable) :])
    row: Row = {
        "n_items": int(items.sum()),
        "n_clusters": len(set(usable[0].cluster[items].tolist())) if usable else 0,
        "confidence": limits["confidence"],
        "role": Role.exploratory.value,
        "state": "undefined",
    }
    interval = _interval([(each.weight, *each.observed()) for each in usable], limits)
    if interval is None or interval.value is None:
        reason = refused or (interval.reason if interval and usable else None) or Reason.no_overlap
        return row | {"reason": reason.value}
    lower = upper = None
    if not any(each.refused for each in every):
        lower = _interval([(each.weight, *each.filled(against=True)) for each in every], limits)
        upper = _interval([(each.weight, *each.filled(against=False)) for each in every], limits)
    before, after = _scores(usable)
    return row | {
        "state": "defined",
        "reason": interval.reason.value if interval.reason else None,
        "value_before": before,
        "value_after": after,
        "value": interval.value,
        "lower": interval.lower,
        "upper": interval.upper,
        "method": interval.method.value,
        "lower_missing": lower.lower if lower is not None else None,
        "upper_missing": upper.upper if upper is not None else None,
    }


def _interval(parts: list[tuple[float, IntArray, IntArray]], limits: dict[str, Any]) -> Interval | None:
    if not parts:
        return None
    total = np.array([part[1] for part in parts]).swapaxes(0, 1)
    count = np.array([part[2] for part in parts]).swapaxes(0, 1)
    weights = [part[0] for part in parts] if len(parts) > 1 else [1.0]
    return linearised_difference(total, count, weights, scale=TOP, **limits)


def _scores(usable: Sequence[Compared]) -> tuple[float, float]:
    """Score of the earlier version and of the new one on what they share."""
    weights = [each.weight for each in usable] if len(usable) > 1 else [1.0]
    found = [0.0, 0.0]
    for weight, each in zip(weights, usable, strict=True):
        total, count = each.observed()
        for place, side in enumerate((1, 0)):
            found[place] += weight * int(total[side].sum()) / (int(count[side].sum()) * TOP)
    return found[0] / sum(weights), found[1] / sum(weights)


def _counts(each: Compared) -> Row:
    both = each.both
    old, new = each.old.value[both], each.new.value[both]
    row: Row = {
        "n_items": int(both.sum()),
        "n_clusters": len(set(each.cluster[both].tolist())),
        "n_lost": int((each.old.assessed & ~each.new.assessed).sum()),
        "n_gained": int((each.new.assessed & ~each.old.assessed).sum()),
        "n_better": int((new > old).sum()),
        "n_worse": int((new < old).sum()),
    }
    if not each.lined:
        return row
    failed, fails = each.old.fails[both], each.new.fails[both]
    n_worse, n_better = int((fails & ~failed).sum()), int((failed & ~fails).sum())
    p = mcnemar_exact(n_worse, n_better) if both.any() else None
    return row | {"n_newly_failing": n_worse, "n_newly_passing": n_better, "p": p}


def _refusal(versions: Versions, metric_id: str, sides: list[pd.DataFrame]) -> Reason | None:
    """Why a paired difference is refused: other raters, or cases drawn for rating by chance."""
    if any((side["reason"].astype("str") == Reason.sampled.value).any() for side in sides):
        return Reason.sampled
    new = versions.new
    metric = new.metrics[metric_id]
    judged = new.metrics.get(metric.derives_from["correct"], metric) if metric.derives_from else metric
    if judged.ratings is None or judged.combine is Combine.check_only:
        return None
    items = None
    if metric.quantity.type != QuantityType.paired_difference:
        seen = [set(side["item_id"][side["value"] != NONE].astype("str")) for side in sides]
        items = seen[0] & seen[1]
    a, b = (_raters(run, system, judged.ratings.scale, items) for run, system in versions.sides)
    if a.equals(b):
        return None
    of_a, of_b = (each.groupby("source_id", sort=True)["n"].sum() for each in (a, b))
    return None if of_a.equals(of_b) else Reason.raters_differ


def _raters(run: Run, system: str, scale: str, items: set[str] | None) -> pd.DataFrame:
    """How often each rater judged each item on a scale; item, rater, n."""
    rows = run.rows("findings", system)
    chosen = (rows["probe_id"].astype("str") == scale) & (rows["source_kind"].astype("str") == SourceKind.rater.value)
    rows = rows[chosen.to_numpy()]
    if items is not None:
        rows = rows[rows["item_id"].astype("str").isin(items).to_numpy()]
    named = rows.assign(item_id=rows["item_id"].astype("str"), source_id=rows["source_id"].astype("str"), n=1)
    return named.groupby(["item_id", "source_id"], sort=True)["n"].sum().reset_index()
