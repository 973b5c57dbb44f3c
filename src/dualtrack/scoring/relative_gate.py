"""Gates against a comparator: the failing share may exceed the comparator's by less than a margin.

May import terms, stats, rubric and the scoring ground. Case by case, so that what makes a case hard is in both; where
clinicians judged, a case counts as compared only when the same people judged both systems on it and nothing owed is
missing. Any other case could go against the candidate, and does, in the limit that decides.
"""

from dataclasses import dataclass, replace

import numpy as np

from dualtrack.rubric.gate import RelativeGate
from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray, group_sum
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.gap_gates import Compared, compared, needed_pairs, why_not_within
from dualtrack.scoring.gap_rows import PairGaps
from dualtrack.scoring.gates import gate_row, undecided
from dualtrack.scoring.observe import RaterCounts
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.sums import ItemSums, MetricSums, gate_threshold
from dualtrack.terms import Combine, Reason, State

__all__ = ["BASELINE", "comparator_of", "decide_relative", "relative_gate"]

BASELINE = "baseline"
"""Word for the baseline that the study names."""


def comparator_of(plan: Plan, gate: RelativeGate) -> int | None:
    """Index of the system that a gate compares with, the study's baseline or one by id; None where it is not there."""
    name = plan.study.baseline if gate.comparator == BASELINE else gate.comparator
    return plan.systems.index(name) if name in plan.systems else None


def relative_gate(
    plan: Plan, place: int, sums: tuple[MetricSums, ...], gate: RelativeGate, *, system: int
) -> Row | None:
    """Decide one gate of the form "fails at most x more often than the comparator".

    Definition: over the cases planned for both, d_i is the failing share of the candidate minus the comparator's; u has
    the candidate's missing at their worst and the comparator's at their best, l the reverse, and a case that is not
    compared counts as 1 in u and -1 in l. Not met when l > x; met when u <= x, the least number of cases is reached,
    the evidence is allowed and the study was sealed; otherwise not demonstrated.

    Args:
        plan: the plan.
        place: place of the metric in the plan.
        sums: item sums of all metrics.
        gate: the gate.
        system: index of the candidate.

    Returns:
        The gate's row; None for the comparator itself, which no comparison is about.
    """
    mp = plan.metrics[place]
    other = comparator_of(plan, gate)
    if other == system:
        return None
    row = gate_row(plan, mp, gate.id, gate.kind, system=system) | {"limit": gate.limit}
    if other is None or gate.limit is None:
        return row | _not_assessed(Reason.no_threshold if gate.limit is None else Reason.no_comparator)
    both = _both(plan, place, sums, gate, pair=(system, other))
    if not both.items.any():
        return row | _not_assessed(Reason.no_overlap)
    if not (both.items & both.seen).any():
        alone = both.by_item.assessed[[system, other]].any(axis=1).all()
        return row | (_not_assessed(Reason.no_overlap) if alone else _nothing(both, system, other, gate.limit))
    found = both.found(plan)
    n_other = int((both.items & both.other_people).sum())
    state, reasons = decide_relative(plan, mp, found, limit=gate.limit, n_other_people=n_other)
    return row | {
        "observed": found.upper,
        "value": found.value,
        "lower": found.lower,
        "n": found.n,
        "n_assessed": found.n_assessed,
        "n_effective": found.n_effective,
        "n_needed": needed_pairs(plan, mp, gate.limit),
        "n_events": int((both.observed[0][both.items & both.same & both.seen] > 0).sum()),
        "open_flags": 0,
        "icc": found.icc,
        "state": state.value,
        "reasons": [reason.value for reason in reasons],
    }


@dataclass(frozen=True, slots=True)
class _Both:
    """Failing shares of candidate and comparator per item in millionths, each of shape (2, items).

    ``items`` are planned for both; ``seen`` have a value in both; ``same`` were judged by the same people, in full;
    ``other_people`` were judged in full by different ones.
    """

    by_item: ItemSums
    observed: IntArray
    worst: IntArray
    best: IntArray
    items: BoolArray
    seen: BoolArray
    same: BoolArray
    other_people: BoolArray

    def found(self, plan: Plan) -> Compared:
        """Value and limits of the difference."""
        kept = self.items & self.same
        low, high = self.best[0] - self.worst[1], self.worst[0] - self.best[1]
        return compared(
            plan,
            _gaps(plan, self.observed[0] - self.observed[1], kept & self.seen),
            _gaps(plan, np.where(kept, low, -TOP), self.items),
            _gaps(plan, np.where(kept, high, TOP), self.items),
        )


def _gaps(plan: Plan, gap: IntArray, items: BoolArray) -> PairGaps:
    chosen = gap[items]
    return PairGaps(np.maximum(chosen, 0), np.maximum(-chosen, 0), plan.cluster[items])


def _both(plan: Plan, place: int, sums: tuple[MetricSums, ...], gate: RelativeGate, *, pair: tuple[int, int]) -> _Both:
    mp, by_item = plan.metrics[place], sums[place].gated
    family = np.arange(plan.n_items, dtype=np.int64) if mp.pairs is None else mp.pairs.family
    if mp.pairs is not None:
        by_item = by_item.folded(family, np.ones(plan.n_items, dtype=np.bool_))
    of_both = list(pair)
    observed, worst, best = (share[of_both] for share in by_item.failing(gate_threshold(mp, gate)))
    judged = place if mp.correct is None else mp.correct
    same, other_people = _people(plan, plan.metrics[judged], sums[judged].raters, family, pair=pair)
    return _Both(
        by_item=by_item,
        observed=observed,
        worst=worst,
        best=best,
        items=(by_item.planned[pair[0]] > 0) & (by_item.planned[pair[1]] > 0),
        seen=(observed[0] != NONE) & (observed[1] != NONE),
        same=same,
        other_people=other_people,
    )


def _people(
    plan: Plan, mp: MetricPlan, raters: RaterCounts, family: IntArray, *, pair: tuple[int, int]
) -> tuple[BoolArray, BoolArray]:
    """Per item: judged in full by the same people on both systems, and in full by different ones."""
    if mp.scale is None or mp.metric.combine is Combine.check_only:
        every = np.ones(plan.n_items, dtype=np.bool_)
        return every, ~every
    n_raters = int(raters.rater.max(initial=-1)) + 1
    everywhere = np.ones(plan.n_items, dtype=np.bool_)
    counts, complete = [], everywhere
    of_unit = plan.system_of(mp.units.response), family[plan.item_of(mp.units.response)]
    for system in pair:
        mine, planned = raters.of(system, everywhere), raters.planned().of(system, everywhere)
        key = family[planned.item] * n_raters + planned.rater
        counts.append(group_sum(key, planned.n, plan.n_items * n_raters).reshape(plan.n_items, n_raters))
        units = of_unit[0] == system
        owed = group_sum(of_unit[1][units], mp.owed[units], plan.n_items)
        complete = complete & (group_sum(family[mine.item], mine.n, plan.n_items) >= owed)
    alike = (counts[0] == counts[1]).all(axis=1)
    return complete & alike, complete & ~alike


def decide_relative(
    plan: Plan, mp: MetricPlan, found: Compared, *, limit: float, n_other_people: int = 0
) -> tuple[State, list[Reason]]:
    """State and reasons, from the numbers.

    Args:
        plan: the plan.
        mp: the metric.
        found: limits and counts.
        limit: the margin.
        n_other_people: cases that were judged in full, though by different people on the two systems.
    """
    if found.lower > limit and mp.n_sampled_out == 0:
        return State.not_met, []
    inside, beyond = found.upper <= limit, found.value is not None and found.value > limit
    found = replace(found, n_fully=found.n_fully + n_other_people)  # judged in full, though not by the same people
    reasons = why_not_within(plan, mp, found, limit=limit, inside=inside, beyond=beyond)
    if not inside and n_other_people:
        reasons.append(Reason.raters_differ)
    return (State.not_demonstrated, reasons) if reasons else (State.met, [])


def _nothing(both: _Both, system: int, other: int, limit: float) -> Row:
    lacking = other if both.by_item.assessed[system].any() else system
    return undecided(both.by_item, lacking, limit=limit, n=int(both.items.sum()))


def _not_assessed(reason: Reason) -> Row:
    return {"n_assessed": 0, "state": State.not_assessed.value, "reasons": [reason.value]}
