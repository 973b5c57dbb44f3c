"""Item sums: all that estimates, gates and scores need to know, exact and additive.

May import terms, rubric and the scoring ground. Repeats of an item are summed within it; partitions hold different
items, so merging is adding integers, in any order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.rubric.gate import LimitGate, RelativeGate
from dualtrack.scoring.again import Again, NonAnswers, again_of, merge_again, merge_non_answers, non_answers_of
from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray, rounded_ratio
from dualtrack.scoring.bases import GATED, PRIMARY
from dualtrack.scoring.calibrate import Statements
from dualtrack.scoring.evidence import REASONS, Evidence, fails_below, level_threshold
from dualtrack.scoring.fills import Fails, Gaps
from dualtrack.scoring.observe import Observed, RaterCounts
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.sampled import Sampled, merge_sampled

__all__ = ["ItemSums", "MetricSums", "gate_threshold", "merge", "reduce", "share_threshold"]


@dataclass(frozen=True, slots=True)
class ItemSums:
    """Integer sums per system and item, shape (systems, items), of one metric on one basis.

    Attributes:
        planned: responses to be assessed; ``assessed``: those with a value.
        observed, worst, best: sums of values in millionths.
        units, failed: units judged and failing; ``units_planned``: units to be judged, at least one per response.
        ratings: ratings joined.
        raw, n_raw: sum of native values in millionths and how many there are.
        below: threshold in millionths -> (observed, worst, best) number of responses whose value is below it.
        reasons: responses without a value by reason, shape (systems, reasons).
        gap_up, gap_down: of a metric of pairs, sums of the gaps above and below 0 in millionths, without sign:
            observed, lowest and highest, shape (3, systems, items); without systems and items for any other metric.
        n_partial: observed gaps that are neither 0 nor a whole unit.
    """

    planned: IntArray
    assessed: IntArray
    observed: IntArray
    worst: IntArray
    best: IntArray
    units: IntArray
    failed: IntArray
    units_planned: IntArray
    ratings: IntArray
    raw: IntArray
    n_raw: IntArray
    below: dict[int, tuple[IntArray, IntArray, IntArray]]
    reasons: IntArray
    gap_up: IntArray
    gap_down: IntArray
    n_partial: IntArray

    @property
    def value(self) -> IntArray:
        """Value of each item in millionths: mean over its assessed repeats; NONE without one."""
        return rounded_ratio(self.observed, self.assessed)

    @property
    def worst_value(self) -> IntArray:
        """Value of each planned item with missing repeats at their worst; NONE where the metric does not apply."""
        return rounded_ratio(self.worst, self.planned)

    @property
    def best_value(self) -> IntArray:
        """Value of each planned item with missing repeats at their best; NONE where the metric does not apply."""
        return rounded_ratio(self.best, self.planned)

    def failing(self, threshold: int) -> tuple[IntArray, IntArray, IntArray]:
        """Failing share of each item in millionths: observed, worst and best filled; NONE where there is none."""
        observed, worst, best = self.below[threshold]
        return (
            rounded_ratio(observed * TOP, self.assessed),
            rounded_ratio(worst * TOP, self.planned),
            rounded_ratio(best * TOP, self.planned),
        )

    def folded(self, to: IntArray, chosen: BoolArray) -> "ItemSums":
        """The same with the sums of each item put where another item stands: one case per family.

        Args:
            to: per item, the item that its sums go to.
            chosen: items that count; the sums of others are dropped.
        """
        names = [name for name in ItemSums.__slots__ if name not in ("below", "reasons")]
        below = {
            threshold: (_moved(seen, to, chosen), _moved(worst, to, chosen), _moved(best, to, chosen))
            for threshold, (seen, worst, best) in self.below.items()
        }
        moved = {name: _moved(getattr(self, name), to, chosen) for name in names}
        return ItemSums(**moved, below=below, reasons=self.reasons)


def _moved(values: IntArray, to: IntArray, chosen: BoolArray) -> IntArray:
    moved = np.zeros_like(values)
    if values.size:
        np.add.at(moved.T, to[chosen], values.T[chosen])
    return moved


@dataclass(frozen=True, slots=True)
class MetricSums:
    """All item sums of one metric by basis, with the ratings counted by rater and by level.

    Attributes:
        by_basis: sums per basis.
        raters, levels: of the ratings that were used.
        repeats: of a metric of variants, pairs of repeats of the same response.
        statements: of a calibration metric, confidence and correctness of each response.
        sampled: evidence of single responses, where some were left unrated on purpose.
        again: evidence of single responses, where items were put more than once.
        non_answers: refusals and what could not be read, counted; None for a metric of pairs.
    """

    by_basis: dict[str, ItemSums]
    raters: RaterCounts
    levels: pd.DataFrame
    repeats: ItemSums | None = None
    statements: Statements | None = None
    sampled: Sampled | None = None
    again: Again | None = None
    non_answers: NonAnswers | None = None

    @property
    def gated(self) -> ItemSums:
        """What gates read: the primary sums, or those without checks that give a value and drive no gate."""
        return self.by_basis.get(GATED, self.by_basis[PRIMARY])


def gate_threshold(mp: MetricPlan, gate: LimitGate | RelativeGate) -> int:
    """Value in millionths below which an item fails a gate on failures; a pair fails when it is discordant."""
    if mp.pairs is not None or mp.correct is not None:
        return TOP
    if gate.fails is not None and mp.scale is not None:
        return level_threshold(gate.fails, mp.scale)
    return fails_below(mp)


def share_threshold(mp: MetricPlan, level: str) -> int:
    """Value in millionths of a level, for the share of items at or above it."""
    value = mp.scale.values[level] if mp.scale is not None else None
    return round((value or 0.0) * TOP)


def reduce(plan: Plan, observed: tuple[Observed, ...]) -> tuple[MetricSums, ...]:
    """Sum the observations of one partition by system and item."""
    return tuple(
        MetricSums(
            {basis: _sums(plan, evidence, _thresholds(mp)) for basis, evidence in each.by_basis.items()},
            each.raters,
            each.levels,
            None if each.repeats is None else _sums(plan, each.repeats, (TOP,)),
            each.statements,
            each.sampled,
            again_of(plan, mp, each.by_basis[PRIMARY]),
            non_answers_of(plan, mp, each.by_basis[PRIMARY], fails_under=fails_below(mp)),
        )
        for mp, each in zip(plan.metrics, observed, strict=True)
    )


def merge(parts: Iterable[tuple[MetricSums, ...]]) -> tuple[MetricSums, ...]:
    """Add the sums of partitions; integers, so the order does not matter.

    Raises:
        ValueError: there is no partition.
    """
    columns = list(zip(*parts, strict=True))
    if not columns:
        raise ValueError("no partition to merge")
    return tuple(_merge_metric(column) for column in columns)


def _thresholds(mp: MetricPlan) -> tuple[int, ...]:
    wanted = {fails_below(mp)}
    wanted |= {gate_threshold(mp, gate) for gate in mp.metric.gates if isinstance(gate, LimitGate | RelativeGate)}
    wanted |= {share_threshold(mp, also.level) for also in mp.metric.quantity.also if also.show == "share_at_least"}
    return tuple(sorted(wanted))


def _sums(plan: Plan, evidence: Evidence, thresholds: tuple[int, ...]) -> ItemSums:
    shape = (len(plan.systems), plan.n_items)
    place = plan.system_of(evidence.cells) * plan.n_items + plan.item_of(evidence.cells)
    seen = evidence.observed != NONE

    def total(values: IntArray) -> IntArray:
        weighted = np.bincount(place, weights=values, minlength=shape[0] * shape[1])
        return np.rint(weighted).astype(np.int64).reshape(shape)

    return ItemSums(
        planned=total(np.ones(place.size, dtype=np.int64)),
        assessed=total(seen.astype(np.int64)),
        observed=total(np.where(seen, evidence.observed, 0)),
        worst=total(evidence.worst),
        best=total(evidence.best),
        units=total(np.where(seen, evidence.n_units, 0)),
        failed=total(np.where(seen, evidence.n_failed, 0)),
        units_planned=total(np.maximum(evidence.n_units, 1)),
        ratings=total(evidence.n_ratings),
        raw=total(np.where(evidence.has_raw, evidence.raw, 0)),
        n_raw=total(evidence.has_raw.astype(np.int64)),
        below={threshold: _failing(evidence.failing(threshold), total) for threshold in thresholds},
        reasons=_reasons(plan, evidence),
        **_gaps(evidence.gaps, total),
    )


def _failing(fails: Fails, total: Callable[[IntArray], IntArray]) -> tuple[IntArray, IntArray, IntArray]:
    observed, worst, best = (total(each.astype(np.int64)) for each in (fails.observed, fails.worst, fails.best))
    return observed, worst, best


def _gaps(gaps: Gaps | None, total: Callable[[IntArray], IntArray]) -> dict[str, IntArray]:
    if gaps is None:
        nothing = np.zeros((3, 0, 0), dtype=np.int64)
        return {"gap_up": nothing, "gap_down": nothing, "n_partial": nothing[0]}
    fills = (gaps.observed, gaps.low, gaps.high)
    return {
        "gap_up": np.array([total(np.maximum(each, 0)) for each in fills]),
        "gap_down": np.array([total(np.maximum(-each, 0)) for each in fills]),
        "n_partial": total((gaps.observed % TOP != 0).astype(np.int64)),
    }


def _reasons(plan: Plan, evidence: Evidence) -> IntArray:
    missing = evidence.observed == NONE
    key = plan.system_of(evidence.cells[missing]) * len(REASONS) + evidence.reason[missing]
    count = np.bincount(key, minlength=len(plan.systems) * len(REASONS)).astype(np.int64)
    return count.reshape(len(plan.systems), len(REASONS))


def _merge_metric(parts: tuple[MetricSums, ...]) -> MetricSums:
    bases = sorted({basis for part in parts for basis in part.by_basis})
    merged = {basis: _add([part.by_basis[basis] for part in parts if basis in part.by_basis]) for basis in bases}
    levels = pd.concat([part.levels for part in parts], ignore_index=True)
    return MetricSums(
        merged,
        _merge_raters([part.raters for part in parts]),
        levels.groupby(["system", "level"], sort=True)["n"].sum().reset_index(),
        _add([part.repeats for part in parts if part.repeats is not None]) if parts[0].repeats is not None else None,
        _merge_statements([part.statements for part in parts if part.statements is not None]),
        merge_sampled([part.sampled for part in parts if part.sampled is not None]),
        merge_again([part.again for part in parts if part.again is not None]),
        merge_non_answers([part.non_answers for part in parts if part.non_answers is not None]),
    )


def _merge_statements(parts: list[Statements]) -> Statements | None:
    if not parts:
        return None
    joined = [np.concatenate([getattr(part, name) for part in parts]) for name in Statements.__slots__]
    return Statements.sorted(*joined)


def _merge_raters(parts: list[RaterCounts]) -> RaterCounts:
    """Partitions hold different items, so entries are put together, not added."""
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in RaterCounts.__slots__}
    order = np.lexsort((joined["rater"], joined["item"], joined["system"]))
    return RaterCounts(**{name: values[order] for name, values in joined.items()})


def _add(parts: list[ItemSums]) -> ItemSums:
    names = [name for name in ItemSums.__slots__ if name != "below"]
    plain = {name: np.sum([getattr(part, name) for part in parts], axis=0) for name in names}
    below = {
        threshold: tuple(np.sum([part.below[threshold][fill] for part in parts], axis=0) for fill in range(3))
        for threshold in parts[0].below
    }
    return ItemSums(**plain, below=below)
