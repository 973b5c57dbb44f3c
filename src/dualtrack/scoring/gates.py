"""Gates: the rules that no average excuses, decided on limits (VERDICTS).

May import terms, stats, rubric, records and the scoring ground. Gate limits are closed-form and exact on the effective
number of items with a frozen rho0; nothing here is resampled.
"""

from dataclasses import dataclass

import numpy as np

from dualtrack.rubric.gate import LimitGate, MinNGate
from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.evidence import REASONS
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.sums import ItemSums, MetricSums, gate_threshold
from dualtrack.stats.proportion import effective_n, exact_lower, exact_upper, intraclass_correlation, least_n
from dualtrack.terms import Combine, Reason, State

__all__ = [
    "ALPHA",
    "LimitNumbers",
    "decide_limit",
    "decide_min_n",
    "few_clusters",
    "gate_items",
    "gate_row",
    "least_items",
    "limit_gate",
    "min_n_gate",
    "panels_are_equal",
    "undecided",
]

ALPHA = 0.025
ROUNDING = 1e-6
"""Clusters by which a whole number of them may fall short, worked back from the effective number of cases."""


def gate_row(plan: Plan, mp: MetricPlan, gate_id: str, kind: str, *, system: int) -> Row:
    """The names of a gate's row, every other column empty."""
    empty = (
        "limit", "observed", "value", "lower", "n", "n_assessed", "n_effective", "n_needed", "n_events", "open_flags",
        "icc", "panel_detection", "panel_limit", "disposition_id", "contrast",
    )  # fmt: skip
    return {
        "system_id": plan.systems[system],
        "gate_id": f"{mp.metric.id}.{gate_id}",
        "track": mp.metric.track.value,
        "kind": kind,
        **dict.fromkeys(empty),
        "rho0": plan.study.plan.rho0.value,
        "pre_specified": plan.pre_specified,
    }


def limit_gate(plan: Plan, mp: MetricPlan, sums: MetricSums, gate: LimitGate, *, system: int) -> Row:
    """Decide one gate of the form "failing share at most x".

    Definition: p_worst and p_best are the means of the items' failing shares (of a metric of pairs: the families'
    discordant shares) with missing filled as failing and as succeeding; u and l the exact one-sided 97.5 % limits on
    the effective n. Without a threshold x: not assessed, its numbers shown. Not met when l > x; met when u <= x, the
    least n is reached, the evidence is allowed and the study was sealed; otherwise not demonstrated.

    Args:
        plan: the plan.
        mp: the metric.
        sums: its item sums.
        gate: the gate.
        system: index of the system.

    Returns:
        The gate's row; the cases behind it are made by ``limit_cases``.

    Source: Clopper and Pearson 1934, Biometrika 26:404-413, doi:10.1093/biomet/26.4.404, on n / deff as Korn and
        Graubard 1998, Survey Methodology 24:193-201, with the design effect from a rho fixed beforehand.
    """
    by_item, about = sums.gated, gate_items(plan, gate.stratum)
    if mp.pairs is not None:
        by_item, about = by_item.folded(mp.pairs.family, about), np.ones(plan.n_items, dtype=np.bool_)
    items = about & (by_item.planned[system] > 0)
    row = gate_row(plan, mp, gate.id, gate.kind, system=system)
    limit = gate.failure_limit
    if not items.any() or not (by_item.assessed[system][items] > 0).any():
        return row | undecided(by_item, system, limit=limit, n=int(items.sum()))
    numbers = _limits(plan, mp, by_item, gate, system=system, items=items)
    needed: int | None = None
    state, reasons = State.not_assessed, [Reason.no_threshold]
    if limit is not None:
        needed = max(least_n(limit, alpha=ALPHA), least_items(plan, mp, gate.stratum))
        state, reasons = decide_limit(plan, mp, numbers, limit=limit, needed=needed)
    row |= {
        "limit": limit,
        "observed": numbers.upper,
        "value": numbers.value,
        "lower": numbers.lower,
        "n": numbers.n,
        "n_assessed": numbers.n_assessed,
        "n_effective": numbers.n_effective,
        "n_needed": needed,
        "n_events": numbers.n_events,
        "open_flags": numbers.n_open,
        "icc": numbers.icc,
        "state": state.value,
        "reasons": _words(reasons),
    }
    return row


def least_items(plan: Plan, mp: MetricPlan, stratum: dict[str, str] | None) -> int:
    """Least number of cases that the metric asks for on one part of the items, whatever its limits need.

    What the metric states itself (``min_n`` on the same stratum) stands in place of the rubric's floor; a study that
    raises the floor raises it everywhere.
    """
    stated = [gate.n for gate in mp.metric.gates if isinstance(gate, MinNGate) and gate.stratum == stratum]
    floor, asked = plan.rubric.header.floors.items, plan.study.plan.floors.items
    return max(max(stated, default=floor), asked if asked > floor else 0)


def min_n_gate(plan: Plan, mp: MetricPlan, sums: MetricSums, gate: MinNGate, *, system: int) -> Row:
    """Decide a least number of cases: assessed items, and again their effective number."""
    by_item = sums.gated
    items = gate_items(plan, gate.stratum) & (by_item.planned[system] > 0)
    assessed = items & (by_item.assessed[system] > 0)
    n_effective = _n_effective_assessed(plan, items, assessed)
    row = gate_row(plan, mp, gate.id, gate.kind, system=system)
    state, reasons = decide_min_n(plan, gate, int(assessed.sum()), n_effective)
    row |= {
        "limit": float(gate.n),
        "n": int(items.sum()),
        "n_assessed": int(assessed.sum()),
        "n_effective": n_effective,
        "n_needed": gate.n,
        "state": state.value,
        "reasons": _words(reasons),
    }
    return row


def decide_min_n(plan: Plan, gate: MinNGate, n_assessed: int, n_effective: float) -> tuple[State, list[Reason]]:
    """State and reasons of a least number of cases.

    Args:
        plan: the plan.
        gate: the gate.
        n_assessed: items assessed.
        n_effective: the same in independent ones.
    """
    if not n_assessed:
        return State.not_assessed, [Reason.nothing_assessed]
    reasons = [Reason.too_few] if n_assessed < gate.n or n_effective < gate.n else []
    if not plan.pre_specified:
        reasons.append(Reason.retrospective)
    return (State.not_demonstrated, reasons) if reasons else (State.met, [])


@dataclass(frozen=True, slots=True)
class LimitNumbers:
    """What a limit gate is decided on."""

    value: float
    upper: float
    lower: float
    n: int
    n_assessed: int
    n_fully: int
    n_effective: float
    n_effective_assessed: float
    n_events: int
    n_open: int | None
    icc: float | None


def _limits(
    plan: Plan, mp: MetricPlan, by_item: ItemSums, gate: LimitGate, *, system: int, items: BoolArray
) -> LimitNumbers:
    observed, worst, best = (share[system] for share in by_item.failing(gate_threshold(mp, gate)))
    seen = items & (observed != NONE)
    n_effective = _n_effective(plan, items)
    mean_worst, mean_best = _mean(worst[items]), _mean(best[items])
    return LimitNumbers(
        value=_mean(observed[seen]),
        upper=exact_upper(mean_worst, n_effective, alpha=ALPHA),
        lower=exact_lower(mean_best, n_effective, alpha=ALPHA),
        n=int(items.sum()),
        n_assessed=int(seen.sum()),
        n_fully=int((worst[items] == best[items]).sum()),
        n_effective=n_effective,
        n_effective_assessed=_n_effective_assessed(plan, items, seen),
        n_events=int((observed[seen] > 0).sum()),
        n_open=_disputed(by_item, system) if gate.stratum is None else None,
        icc=intraclass_correlation(observed[seen] / TOP, plan.cluster[seen]) if seen.sum() > 1 else None,
    )


def decide_limit(
    plan: Plan, mp: MetricPlan, numbers: LimitNumbers, *, limit: float, needed: int
) -> tuple[State, list[Reason]]:
    """State and reasons, first match (VERDICTS, "Gates").

    Args:
        plan: the plan.
        mp: the metric.
        numbers: limits and counts.
        limit: greatest failing share that is inside.
        needed: least number of cases.
    """
    fixed = panels_are_equal(mp)
    if numbers.lower > limit and mp.n_sampled_out == 0 and fixed:
        return State.not_met, []
    reasons = [] if fixed else [Reason.raters_differ]
    if numbers.n_assessed < needed or numbers.n_effective_assessed < needed:
        reasons.append(Reason.too_few)
    reasons += few_clusters(plan, numbers.n, numbers.n_effective)
    if numbers.upper > limit:
        reasons.append(Reason.estimate_beyond if numbers.value > limit else Reason.straddles)
        if numbers.n_fully < numbers.n:
            reasons.append(Reason.missing_evidence)
        if numbers.n_open:
            reasons.append(Reason.flags_pending)
    if mp.n_sampled_out:
        reasons.append(Reason.sampled)
    if not plan.pre_specified:
        reasons.append(Reason.retrospective)
    return (State.not_demonstrated, reasons) if reasons else (State.met, [])


def few_clusters(plan: Plan, n: int, n_effective: float) -> list[Reason]:
    """Whether a few clusters carry nearly all cases: a reason against meeting a gate, or none.

    Definition: n^2 / sum m_c^2, the effective number of clusters, below the floor of clusters (8) where rho0 lies
    between 0 and 1. A correlation says how much clusters differ, not in what shape; where three clusters carry the
    cases, the limits missed in up to 9 % of simulated studies instead of 2.5 % (benchmarks/gates_coverage.py). With
    rho0 = 1 the effective number of cases is that of clusters and speaks for itself; with 0 clusters do not matter.

    Args:
        plan: the plan.
        n: cases planned.
        n_effective: the same in independent ones, at rho0.
    """
    rho0 = plan.study.plan.rho0.value
    if not 0 < rho0 < 1 or n_effective <= 0:
        return []
    mean_square = 1.0 + (n / n_effective - 1.0) / rho0  # sum m_c^2 / n, from the definition of n_effective
    return [Reason.too_few_clusters] if n / mean_square < plan.cluster_floor - ROUNDING else []


def panels_are_equal(mp: MetricPlan) -> bool:
    """Whether the worst judgement counts of equally many: it gets worse with every further rater (VERDICTS, Joins)."""
    if mp.metric.combine is not Combine.worst_of:
        return True
    owed = mp.owed[mp.owed > 0]
    return owed.size == 0 or bool(owed.min() == owed.max())


def _mean(values: IntArray) -> float:
    return int(values.sum()) / (values.size * TOP)


def _n_effective(plan: Plan, items: BoolArray) -> float:
    if not items.any():
        return 0.0
    sizes = np.bincount(plan.cluster[items])
    return effective_n(sizes[sizes > 0], plan.study.plan.rho0.value)


def _n_effective_assessed(plan: Plan, items: BoolArray, assessed: BoolArray) -> float:
    """Assessed items in independent ones, with the design effect of the planned items.

    The design effect of the assessed ones would fall as items of large clusters go missing, and absence would help.
    """
    n = int(items.sum())
    return _n_effective(plan, items) * int(assessed.sum()) / n if n else 0.0


def gate_items(plan: Plan, stratum: dict[str, str] | None) -> BoolArray:
    """Items that a gate is about: all, or those of one level of a stratum that the study reports."""
    chosen = np.ones(plan.n_items, dtype=np.bool_)
    for name, level in (stratum or {}).items():
        of_item = plan.strata.get(name, ("",) * plan.n_items)
        chosen &= np.array([each == level for each in of_item], dtype=np.bool_)
    return chosen


def undecided(by_item: ItemSums, system: int, *, limit: float | None, n: int) -> Row:
    """The columns of a gate that has no threshold, or nothing to decide with.

    Args:
        by_item: item sums of the metric.
        system: index of the system.
        limit: the threshold.
        n: cases planned.
    """
    screening = _screening(by_item, system)
    reason = Reason.no_threshold if limit is None else Reason.screening_only if screening else Reason.nothing_assessed
    state = State.not_demonstrated if screening and limit is not None else State.not_assessed
    return {"limit": limit, "n": n, "n_assessed": 0, "state": state.value, "reasons": _words([reason])}


def _screening(by_item: ItemSums, system: int) -> bool:
    return bool(by_item.reasons[system][REASONS.index(Reason.screening_only)] > 0)


def _disputed(by_item: ItemSums, system: int) -> int:
    """Answers of one system that a source flagged and nobody has ruled on; counted over all items, of no part."""
    return int(by_item.reasons[system][REASONS.index(Reason.disputed)])


def _words(reasons: list[Reason]) -> list[str]:
    return [reason.value for reason in reasons]
