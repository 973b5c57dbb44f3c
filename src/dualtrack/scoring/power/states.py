"""The state of a gate for each thing that a study may see, and the chance of each state.

May import terms, stats, rubric and the scoring ground. What decides here are the functions that decide the gates of a
scored study. Repeats of an item count as alike: an item fails in all of them or in none.
"""

import functools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from dualtrack.rubric.gate import LimitGate, MarginGate, MinNGate, VetoGate
from dualtrack.scoring.arrays import IntArray
from dualtrack.scoring.gap_gates import Compared, decide_margin, needed_pairs
from dualtrack.scoring.gates import ALPHA, LimitNumbers, decide_limit, decide_min_n, least_items
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.power.design import GateDesign, Part, thinned
from dualtrack.scoring.relative_gate import decide_relative
from dualtrack.scoring.veto_gate import decide_veto, veto_needed
from dualtrack.stats.chances import count_chances
from dualtrack.stats.paired import tango_lower, tango_upper
from dualtrack.stats.proportion import effective_n, exact_lower, exact_upper, least_n
from dualtrack.terms import Reason, State

__all__ = [
    "Cases",
    "Chances",
    "Truth",
    "certain",
    "gate_chances",
    "limit_decision",
    "limit_range",
    "missing_of",
    "needed_of",
    "parts_as_cases",
]

Chances = Mapping[State, float]
NEGLIGIBLE = 1e-8


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true in one scenario: the rate or difference, the correlation, and for pairs the discordant share."""

    rate: float
    icc: float
    discordant: float = 0.0
    detection: float = 1.0


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases as they will be seen: planned cluster sizes, those of the cases with a value, effective number."""

    planned: IntArray
    seen: IntArray
    n_effective: float

    @classmethod
    def of(cls, sizes: IntArray, *, missing: float, rho0: float, n_effective: float | None = None) -> "Cases":
        """Cases of which a share goes missing.

        Args:
            sizes: planned cluster sizes.
            missing: share without a value, rounded to whole cases.
            rho0: intra-cluster correlation that the gate assumes.
            n_effective: effective number, where it is not that of the sizes.
        """
        n_effective = effective_n(sizes, rho0) if n_effective is None else n_effective
        return cls(sizes, thinned(sizes, missing_of(int(sizes.sum()), missing)), n_effective)

    @property
    def n(self) -> int:
        """Planned."""
        return int(self.planned.sum())

    @property
    def n_seen(self) -> int:
        """With a value."""
        return int(self.seen.sum())

    @property
    def n_effective_seen(self) -> float:
        """Those with a value in independent ones, with the design effect of the planned."""
        return self.n_effective * self.n_seen / self.n if self.n else 0.0


def missing_of(n: int, missing: float) -> int:
    """Whole cases that go missing."""
    return math.floor(missing * n + 0.5)


def certain(state: State) -> Chances:
    """A state that nothing can change."""
    return {each: float(each is state) for each in State}


def needed_of(plan: Plan, design: GateDesign) -> int | None:
    """Least number of cases of a gate, in items and again in effective ones; None without a threshold."""
    mp, gate = design.mp, design.gate
    if isinstance(gate, MinNGate):
        return gate.n
    if isinstance(gate, VetoGate):
        return veto_needed(plan, mp, gate)
    if isinstance(gate, LimitGate):
        limit = gate.failure_limit
        return None if limit is None else max(least_n(limit, alpha=ALPHA), least_items(plan, mp, gate.stratum))
    return None if gate.limit is None else needed_pairs(plan, mp, gate.limit)


def gate_chances(plan: Plan, design: GateDesign, cases: tuple[Cases, ...], truth: Truth) -> Chances | None:
    """Chance of each state of one gate.

    Args:
        plan: the plan.
        design: the gate.
        cases: its cases, one entry for each part.
        truth: what is true.

    Returns:
        Chances that add up to 1; None where this version computes none.
    """
    gate = design.gate
    if design.unknown is not None:
        return None
    if design.evidence is not None or not any(each.n_seen for each in cases):
        shows = design.evidence is Reason.screening_only and any(each.n for each in cases)
        return certain(State.not_demonstrated if shows else State.not_assessed)
    if isinstance(gate, MinNGate):
        return certain(decide_min_n(plan, gate, cases[0].n_seen, cases[0].n_effective_seen)[0])
    if isinstance(gate, VetoGate):
        return _veto(plan, design, cases[0], truth)
    if isinstance(gate, LimitGate):
        return _limit(plan, design, cases[0], truth)
    rule = decide_margin if isinstance(gate, MarginGate) else decide_relative
    decide = functools.partial(_decided, rule=rule, plan=plan, mp=design.mp, limit=gate.limit or 0.0)
    return _worst([_pairs(decide, each, truth) for each in cases])


def limit_range(plan: Plan, design: GateDesign, cases: Cases) -> tuple[int, int]:
    """Greatest number of failing items with which a limit gate is met, and least with which it is not met.

    Args:
        plan: the plan.
        design: a limit gate with a threshold.
        cases: its cases.

    Returns:
        -1 where no number is enough to be met, one more than the cases where none is enough to be not met.
    """
    decide = limit_decision(plan, design)

    def state(n_failing: int) -> State:
        return decide(n_failing, cases.n, cases.n_seen, cases.n_effective)

    top = cases.n_seen + 1
    most = _first(lambda x: state(x) is not State.met, top) - 1
    return most, _first(lambda x: state(x) is State.not_met, top)


def _first(holds: Callable[[int], bool], top: int) -> int:
    """The least number below ``top`` from which on something holds; ``top`` where it never does."""
    low, high = 0, top
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def limit_decision(plan: Plan, design: GateDesign) -> Callable[[int, int, int, float], State]:
    """The state of a limit gate as a function of failing, planned and seen items and the effective number of planned.

    Args:
        plan: the plan.
        design: a limit gate with a threshold.
    """
    limit, needed = _limit_of(design), needed_of(plan, design) or 0

    def decide(n_failing: int, n: int, n_seen: int, n_effective: float) -> State:
        numbers = LimitNumbers(
            value=n_failing / n_seen,
            upper=exact_upper((n_failing + n - n_seen) / n, n_effective, alpha=ALPHA),
            lower=exact_lower(n_failing / n, n_effective, alpha=ALPHA),
            n=n,
            n_assessed=n_seen,
            n_fully=n_seen,
            n_effective=n_effective,
            n_effective_assessed=n_effective * n_seen / n,
            n_events=n_failing,
            n_open=0,
            icc=None,
        )
        return decide_limit(plan, design.mp, numbers, limit=limit, needed=needed)[0]

    return decide


def _limit_of(design: GateDesign) -> float:
    limit = design.gate.failure_limit if isinstance(design.gate, LimitGate) else None
    if limit is None:
        raise ValueError("a limit gate with a threshold is wanted")
    return limit


def _limit(plan: Plan, design: GateDesign, cases: Cases, truth: Truth) -> Chances:
    most, least = limit_range(plan, design, cases)
    counts = count_chances(cases.seen, truth.rate, truth.icc)
    met, not_met = float(counts[: most + 1].sum()), float(counts[least:].sum())
    return _rest(met, not_met)


def _veto(plan: Plan, design: GateDesign, cases: Cases, truth: Truth) -> Chances:
    """One confirmed event fails it; without one the state is that of a study that found nothing."""
    none = min(float(count_chances(cases.seen, truth.rate * truth.detection, truth.icc)[0]), 1.0)
    nothing = np.zeros(cases.n, dtype=np.bool_)
    complete = np.arange(cases.n) < cases.n_seen
    quiet = decide_veto(
        plan,
        looked=complete,
        confirmed=nothing,
        opened=nothing,
        complete=complete,
        assessed=cases.n_seen,
        needed=needed_of(plan, design) or 0,
    )[0]
    return {state: none * (state is quiet) + (1 - none) * (state is State.not_met) for state in State}


def _pairs(decide: Callable[[Cases, int, int], State], cases: Cases, truth: Truth) -> dict[State, float]:
    """Gaps of a whole unit: how many pairs differ is correlated within clusters, which way is not."""
    share = max(truth.discordant, abs(truth.rate))
    up = (1 + truth.rate / share) / 2 if share else 0.5
    chances = dict.fromkeys(State, 0.0)
    differing = count_chances(cases.seen, share, truth.icc)
    for n_up, n_down, chance in _likely(differing, up):
        chances[decide(cases, n_up, n_down)] += chance
    total = math.fsum(chances.values())
    return {state: chance / total for state, chance in chances.items()}


def _likely(differing: np.ndarray, up: float) -> Iterator[tuple[int, int, float]]:
    for n in np.flatnonzero(differing > NEGLIGIBLE).tolist():
        each = binom.pmf(np.arange(n + 1), n, up)
        for n_up in np.flatnonzero(each > NEGLIGIBLE).tolist():
            yield n_up, n - n_up, float(differing[n] * each[n_up])


def _decided(
    cases: Cases,
    n_up: int,
    n_down: int,
    *,
    rule: Callable[..., tuple[State, list[Reason]]],
    plan: Plan,
    mp: MetricPlan,
    limit: float,
) -> State:
    lower, upper = _gap_limits(n_up, n_down, cases.n - cases.n_seen, (cases.n, cases.n_effective))
    found = Compared(
        value=(n_up - n_down) / cases.n_seen if cases.n_seen else None,
        lower=lower,
        upper=upper,
        n=cases.n,
        n_assessed=cases.n_seen,
        n_fully=cases.n_seen,
        n_effective=cases.n_effective,
        n_effective_assessed=cases.n_effective_seen,
        icc=None,
    )
    return rule(plan, mp, found, limit=limit)[0]


@functools.lru_cache(maxsize=1 << 17)  # the three true rates meet the same counts
def _gap_limits(n_up: int, n_down: int, n_missing: int, cases: tuple[int, float]) -> tuple[float, float]:
    n, n_effective = cases
    unit = n_effective / n
    lower = tango_lower(n_up * unit, (n_down + n_missing) * unit, n_effective, alpha=ALPHA)
    return lower, tango_upper((n_up + n_missing) * unit, n_down * unit, n_effective, alpha=ALPHA)


def _worst(parts: list[dict[State, float]]) -> Chances:
    """The worst of several contrasts decides; contrasts as if they were independent."""
    met = math.prod(part[State.met] for part in parts)
    not_met = 1 - math.prod(1 - part[State.not_met] for part in parts)
    return _rest(met, not_met)


def _rest(met: float, not_met: float) -> Chances:
    met, not_met = min(met, 1.0), min(not_met, 1.0)
    between = max(1 - met - not_met, 0.0)
    return {State.met: met, State.not_met: not_met, State.not_demonstrated: between, State.not_assessed: 0.0}


def parts_as_cases(parts: tuple[Part, ...], *, missing: float, rho0: float) -> tuple[Cases, ...]:
    """The cases of every part of a gate."""
    return tuple(Cases.of(part.sizes, missing=missing, rho0=rho0) for part in parts)
