"""Gates on differences: the gap of every contrast inside a margin, and a failing share not worse than a comparator's.

May import terms, stats, rubric and the scoring ground. Both rest on the score limits of Tango on the effective number
of pairs, with every missing pair one unit up for the upper limit and one unit down for the lower; gaps smaller than a
unit make these limits wider than they need be, never narrower.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dualtrack.rubric.gate import MarginGate
from dualtrack.scoring.arrays import TOP
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.gap_rows import HIGHEST, LOWEST, OBSERVED, PairGaps, pair_gaps
from dualtrack.scoring.gates import ALPHA, few_clusters, gate_row, least_items, undecided
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.sums import ItemSums, MetricSums
from dualtrack.stats.paired import least_pairs, tango_lower, tango_upper
from dualtrack.stats.proportion import intraclass_correlation
from dualtrack.terms import Reason, State

__all__ = ["Compared", "compared", "decide_margin", "margin_gate", "needed_pairs", "why_not_within"]


@dataclass(frozen=True, slots=True)
class Compared:
    """What a gate on a difference is decided on.

    Attributes:
        value: mean gap of the pairs that were assessed; None without one.
        lower, upper: its limits with missing pairs one unit down and one unit up.
        n, n_assessed, n_fully: pairs planned, with a value, and with nothing missing.
        n_effective, n_effective_assessed: the first two in independent pairs.
        icc: intra-cluster correlation of the gaps, as seen.
    """

    value: float | None
    lower: float
    upper: float
    n: int
    n_assessed: int
    n_fully: int
    n_effective: float
    n_effective_assessed: float
    icc: float | None


def compared(plan: Plan, observed: PairGaps, low: PairGaps, high: PairGaps) -> Compared:
    """Limits of a mean gap from the gaps of pairs: those with a value, and all planned ones with both fills.

    Source: Tango 1998, Stat Med 17:891-908, on n / deff with the design effect from a rho fixed beforehand.
    """
    rho0 = plan.study.plan.rho0.value
    n_effective = high.n_effective(rho0)
    up, down = (each.sums(n_effective) for each in (high, low))
    gap = observed.up - observed.down
    return Compared(
        value=observed.mean,
        lower=tango_lower(*down, n_effective, alpha=ALPHA),
        upper=tango_upper(*up, n_effective, alpha=ALPHA),
        n=int(high.up.size),
        n_assessed=int(gap.size),
        n_fully=int(((high.up == low.up) & (high.down == low.down)).sum()),
        n_effective=n_effective,
        n_effective_assessed=n_effective * gap.size / max(high.up.size, 1),
        icc=intraclass_correlation(gap / TOP, observed.cluster) if gap.size > 1 else None,
    )


def needed_pairs(plan: Plan, mp: MetricPlan, limit: float) -> int:
    """Least number of pairs for a margin: at which no discordant pair shows it, and the metric's or rubric's floor."""
    return max(least_pairs(limit, alpha=ALPHA), least_items(plan, mp, None))


def why_not_within(
    plan: Plan, mp: MetricPlan, found: Compared, *, limit: float, inside: bool, beyond: bool
) -> list[Reason]:
    """Reasons for which a gate on a difference is not met; none where it is.

    Args:
        plan: the plan.
        mp: the metric.
        found: its numbers.
        limit: the margin.
        inside: whether the limits lie inside it.
        beyond: whether the mean gap itself lies beyond it.
    """
    needed = needed_pairs(plan, mp, limit)
    reasons = []
    if found.n_assessed < needed or found.n_effective_assessed < needed:
        reasons.append(Reason.too_few)
    reasons += few_clusters(plan, found.n, found.n_effective)
    if not inside:
        reasons.append(Reason.estimate_beyond if beyond else Reason.straddles)
        if found.n_fully < found.n:
            reasons.append(Reason.missing_evidence)
    if mp.n_sampled_out:
        reasons.append(Reason.sampled)
    if not plan.pre_specified:
        reasons.append(Reason.retrospective)
    return reasons


def margin_gate(plan: Plan, mp: MetricPlan, sums: MetricSums, gate: MarginGate, *, system: int) -> Row:
    """Decide one gate of the form "the mean gap of every contrast stays within the margin".

    Definition: for each contrast, u and l are the limits of its mean gap. Not met when one contrast lies outside, l > x
    or u < -x; met when in every contrast -x <= l and u <= x, the least number of pairs is reached, the evidence is
    allowed and the study was sealed; otherwise not demonstrated. The contrast that decides is the one in the worst
    state, then the one whose limit lies farthest from 0.

    Args:
        plan: the plan.
        mp: a metric of pairs.
        sums: its item sums.
        gate: the gate.
        system: index of the system.

    Returns:
        The gate's row, with the numbers of the contrast that decides and its name.
    """
    row = gate_row(plan, mp, gate.id, gate.kind, system=system) | {"limit": gate.limit}
    by_item = sums.gated
    decided = [] if gate.limit is None else list(_contrasts(plan, mp, by_item, gate.limit, system=system))
    if gate.limit is None or not any(each.found.n_assessed for each in decided):
        planned = int((by_item.planned[system] > 0).sum())
        return row | undecided(by_item, system, limit=gate.limit, n=planned)
    worst = min(decided, key=lambda each: (_RANK[each.state], -each.farthest, each.name))
    far_up = abs(worst.found.upper) >= abs(worst.found.lower)
    return row | {
        "contrast": worst.name or None,
        "observed": worst.found.upper if far_up else worst.found.lower,
        "value": worst.found.value,
        "lower": worst.found.lower if far_up else worst.found.upper,
        "n": worst.found.n,
        "n_assessed": worst.found.n_assessed,
        "n_effective": worst.found.n_effective,
        "n_needed": needed_pairs(plan, mp, gate.limit),
        "n_events": worst.n_discordant,
        "open_flags": 0,
        "icc": worst.found.icc,
        "state": worst.state.value,
        "reasons": [reason.value for reason in worst.reasons],
    }


@dataclass(frozen=True, slots=True)
class _Decided:
    """One contrast with its state."""

    name: str
    found: Compared
    n_discordant: int
    state: State
    reasons: list[Reason]

    @property
    def farthest(self) -> float:
        return max(abs(self.found.lower), abs(self.found.upper))


_RANK = {State.not_met: 0, State.not_demonstrated: 1, State.met: 2}


def _contrasts(plan: Plan, mp: MetricPlan, by_item: ItemSums, limit: float, *, system: int) -> Iterator[_Decided]:
    for contrast in mp.pairs.contrasts if mp.pairs is not None else ():
        items = contrast.items & (by_item.planned[system] > 0)
        if not items.any():
            continue
        gaps = [pair_gaps(plan, by_item, fill, system=system, items=items) for fill in (OBSERVED, LOWEST, HIGHEST)]
        found = compared(plan, *gaps)
        n_discordant = int((items & (by_item.failed[system] > 0)).sum())
        state, reasons = decide_margin(plan, mp, found, limit)
        yield _Decided(contrast.name, found, n_discordant, state, reasons)


def decide_margin(plan: Plan, mp: MetricPlan, found: Compared, limit: float) -> tuple[State, list[Reason]]:
    """State and reasons of one contrast, from its numbers.

    Args:
        plan: the plan.
        mp: the metric.
        found: limits and counts.
        limit: the margin.
    """
    if (found.lower > limit or found.upper < -limit) and mp.n_sampled_out == 0:
        return State.not_met, []
    if found.value is None:
        return State.not_demonstrated, [Reason.missing_evidence]
    inside = -limit <= found.lower and found.upper <= limit
    reasons = why_not_within(plan, mp, found, limit=limit, inside=inside, beyond=abs(found.value) > limit)
    return (State.not_demonstrated, reasons) if reasons else (State.met, [])
