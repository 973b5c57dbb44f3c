"""Limit gates where a plan left some responses unrated on purpose (VERDICTS, Gate limits and Joins).

May import terms, stats, rubric and the scoring ground. Clinicians by themselves: exact limits in strata of one chance.
Helped by a check (``prediction_powered``): a t limit, which a rating that is taken away could move the wrong way. So
it decides only where nothing that the plan owes is missing, and there is no second way to ``met`` beside it: otherwise
evidence could be withheld until the other way opens.
"""

from dataclasses import dataclass, replace

import numpy as np

from dualtrack.rubric.gate import LimitGate
from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray
from dualtrack.scoring.draw import JOINED_ON_DRAWN, Draw
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.gates import ALPHA, few_clusters, gate_items, gate_row, least_items, panels_are_equal, undecided
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.sums import MetricSums, gate_threshold
from dualtrack.scoring.weighted import Chosen, chosen
from dualtrack.stats.prediction import prediction_powered_mean
from dualtrack.stats.proportion import effective_n, intraclass_correlation, least_n
from dualtrack.stats.strata import Stratum, stratified_lower, stratified_upper
from dualtrack.terms import Combine, Reason, State

__all__ = ["drawn_gate"]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a gate is decided on: limits (None where none is admitted), share, reasons why no limit decides."""

    value: float | None
    upper: float | None
    lower: float | None
    blocked: tuple[Reason, ...] = ()
    n_open: int = 0


def drawn_gate(plan: Plan, mp: MetricPlan, sums: MetricSums, gate: LimitGate, *, system: int) -> Row | None:
    """Decide one limit gate of a metric of which only a sample was rated, with known chances.

    Definition: strata are the responses of this system that were drawn with one chance; what was not drawn had the one
    chance below 1 that the assignments state. Limits as in ``stratified_upper`` and ``stratified_lower`` over the items
    of the gate, missing filled as failing for the upper and as succeeding for the lower one. Where either side flags
    (``either_flags_then_adjudicate``), each response that was not drawn and that the check did not clear counts as
    failing on top. With ``prediction_powered`` and responses left out, the limits are those of
    ``prediction_powered_mean`` on the failing share; admitted with at least 50 failing and 50 passing rated items in 30
    clusters and nothing missing.

    Args:
        plan: the plan.
        mp: the metric.
        sums: its sums.
        gate: the gate.
        system: index of the system.

    Returns:
        The row; None where nothing was left out, or where the design does not say how the drawn stand for all. Such a
        gate is then decided on the drawn alone, which never meets it.
    """
    draw, about = mp.draw, gate_items(plan, gate.stratum)
    found = chosen(plan, mp, sums, system=system, items=about)
    if draw is None or found is None or mp.metric.combine not in JOINED_ON_DRAWN or not panels_are_equal(mp):
        return None
    left_out = draw.left_out & (draw.system == system)
    left_out &= about[plan.item_of(np.arange(left_out.size, dtype=np.int64))]
    powered = mp.metric.combine is Combine.prediction_powered and bool(left_out.any())
    if not powered and not draw.one_rest[system]:
        return None
    place = _items_of(plan, draw, about, system=system)
    n = int(np.unique(place).size)
    row = gate_row(plan, mp, gate.id, gate.kind, system=system)
    limit = gate.failure_limit
    if not found.rated.any():
        return row | undecided(sums.gated, system, limit=limit, n=n)
    threshold = gate_threshold(mp, gate)
    if powered:
        numbers = _powered(plan, found, threshold)
    else:
        numbers = _in_strata(plan, mp, found, left_out, threshold=threshold, place=place)
    return row | _row(plan, mp, gate, found, numbers=numbers, n=n, threshold=threshold)


def _items_of(plan: Plan, draw: Draw, about: BoolArray, *, system: int) -> IntArray:
    """The item of each response of one system, drawn or left out, among some items."""
    item = plan.item_of(np.flatnonzero((draw.drawn | draw.left_out) & (draw.system == system)))
    return item[about[item]]


def _in_strata(
    plan: Plan,
    mp: MetricPlan,
    found: Chosen,
    left_out: BoolArray,
    *,
    threshold: int,
    place: IntArray,
) -> _Found:
    """Exact limits in strata; responses count as parts of their item, so that repeats are no new cases."""
    rho0 = plan.study.plan.rho0.value
    repeats = int(np.bincount(place).max())
    sizes = np.bincount(plan.cluster[np.unique(place)])
    n_items = int(sizes.sum())
    deff = n_items / effective_n(sizes, rho0)
    made = {
        fill: list(_strata(found, left_out, values < threshold, rho0=rho0, repeats=repeats, deff=deff))
        for fill, values in (("worst", found.worst), ("best", found.best))
    }
    n_open = 0
    if mp.metric.combine is Combine.either_flags_then_adjudicate:
        n_open = int((~found.drawn & (found.said != TOP)).sum())
    value = _share(found, threshold)
    if None in made["worst"]:  # nothing was drawn of a stratum that is there
        return _Found(value, 1.0, 0.0, n_open=n_open)
    worst, best = ([each for each in made[fill] if each is not None] for fill in ("worst", "best"))
    upper = min(1.0, stratified_upper(worst, alpha=ALPHA) + n_open / (repeats * n_items))
    return _Found(value, upper, stratified_lower(best, alpha=ALPHA), n_open=n_open)


def _strata(
    found: Chosen, left_out: BoolArray, fails: BoolArray, *, rho0: float, repeats: int, deff: float
) -> list[Stratum | None]:
    """One stratum per chance that was drawn, in parts of items; None for one that was not."""
    n_rest = int(left_out.sum())
    chances = sorted(set(found.chance[found.drawn].tolist()))
    strata: list[Stratum | None] = []
    for chance in chances:
        inside = found.drawn & (found.chance == chance)
        n = int(inside.sum())
        cases = n + (n_rest if chance < 1 else 0)
        squares = float((np.bincount(found.cluster[inside]) ** 2).sum())
        own = 1.0 + max(0.0, squares / (n * repeats) - 1.0) * rho0
        most = 1.0 + (deff - 1.0) * n / cases
        strata.append(
            Stratum(
                failing=int((fails & inside).sum()) / repeats,
                drawn=n / repeats,
                cases=cases / repeats,
                design_effect=own,
                greatest_effect=max(own, most),
            )
        )
    if n_rest and chances[0] == 1:
        strata.append(None)
    return strata


def _share(found: Chosen, threshold: int) -> float:
    """Failing share of all, from the rated ones weighted by 1 / chance."""
    rated = found.rated
    weight = 1.0 / found.chance[rated]
    return float((weight * (found.observed[rated] < threshold)).sum() / weight.sum())


def _powered(plan: Plan, found: Chosen, threshold: int) -> _Found:
    whole = (found.worst < threshold) == (found.best < threshold)
    complete = (found.rated & whole)[found.drawn].all() and (found.said != NONE).all()
    why_not = found.why_not_powered(threshold)
    blocked: tuple[Reason, ...] = () if why_not is None else (why_not,)
    if not complete:
        blocked += (Reason.missing_evidence,)
    if blocked:
        return _Found(_share(found, threshold), None, None, blocked)
    mean = prediction_powered_mean(
        1.0 - np.maximum(found.said, 0) / TOP,
        np.where(found.rated, (found.observed < threshold).astype(np.float64), np.nan),
        found.chance,
        found.cluster,
        confidence=1.0 - 2 * ALPHA,
        floor=plan.cluster_floor,
    ).interval
    reasons = () if mean.reason is None else (mean.reason,)
    return _Found(mean.value, mean.upper, mean.lower, reasons)


def _row(plan: Plan, mp: MetricPlan, gate: LimitGate, found: Chosen, *, numbers: _Found, n: int, threshold: int) -> Row:
    """Numbers and state of the gate; what is counted in items is counted in rated ones."""
    rated, limit = found.rated, gate.failure_limit
    fails = found.observed < threshold
    items = np.unique(found.item[rated])
    drawn = np.unique(found.item[found.drawn])
    n_eff = effective_n(np.bincount(plan.cluster[drawn]), plan.study.plan.rho0.value)
    needed: int | None = None
    state, reasons = State.not_assessed, [Reason.no_threshold]
    if limit is not None:
        needed = max(least_n(limit, alpha=ALPHA), least_items(plan, mp, gate.stratum))
        few = items.size < needed or n_eff * items.size / drawn.size < needed
        missing = bool(((found.worst < threshold) != (found.best < threshold))[found.drawn].any())
        if Reason.too_few_clusters not in numbers.blocked:
            numbers = replace(numbers, blocked=(*numbers.blocked, *few_clusters(plan, drawn.size, n_eff)))
        state, reasons = _decide(plan, numbers, limit=limit, few=few, missing=missing)
    return {
        "limit": limit,
        "observed": numbers.upper,
        "value": numbers.value,
        "lower": numbers.lower,
        "n": n,
        "n_assessed": items.size,
        "n_effective": n_eff,
        "n_needed": needed,
        "n_events": int(np.unique(found.item[rated & fails]).size),
        "open_flags": numbers.n_open if gate.stratum is None else None,
        "icc": intraclass_correlation(fails[rated].astype(np.float64), found.cluster[rated]),
        "state": state.value,
        "reasons": [reason.value for reason in reasons],
    }


def _decide(plan: Plan, numbers: _Found, *, limit: float, few: bool, missing: bool) -> tuple[State, list[Reason]]:
    """State and reasons, first match (VERDICTS, "Gates")."""
    if numbers.lower is not None and numbers.lower > limit:
        return State.not_met, []
    reasons = [Reason.too_few] if few and Reason.too_few not in numbers.blocked else []
    reasons += numbers.blocked
    if numbers.upper is not None and numbers.upper > limit:
        beyond = numbers.value is not None and numbers.value > limit
        reasons.append(Reason.estimate_beyond if beyond else Reason.straddles)
        if missing:
            reasons.append(Reason.missing_evidence)
        if numbers.n_open:
            reasons.append(Reason.flags_pending)
    elif numbers.upper is None and not numbers.blocked:
        reasons.append(Reason.no_evidence)
    if not plan.pre_specified:
        reasons.append(Reason.retrospective)
    return (State.not_demonstrated, reasons) if reasons else (State.met, [])
