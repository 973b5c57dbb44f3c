"""The whole power calculation: rows of every table, from a plan and what is assumed.

May import terms, stats, rubric, records and the scoring ground. Pure: no file, no clock, no chance.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dualtrack.errors import Place, PlanningError, Problem
from dualtrack.rubric.gate import LimitGate, MinNGate, VetoGate
from dualtrack.scoring.estimate import Row, of_track
from dualtrack.scoring.power.changes import change_rows, hours_of, needed_rows
from dualtrack.scoring.power.design import Basis, GateDesign, gate_designs
from dualtrack.scoring.power.differences import SeenErrors, difference_rows, planned_pairs
from dualtrack.scoring.power.hours import SECONDS, hour_rows
from dualtrack.scoring.power.states import (
    Chances,
    Truth,
    gate_chances,
    limit_range,
    needed_of,
    parts_as_cases,
)
from dualtrack.scoring.power.wishes import N_SCENARIOS, Wishes
from dualtrack.stats.chances import joint_chance
from dualtrack.terms import Reason, State, Track

__all__ = ["Seen", "power_tables", "true_rates"]

FACTORS = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the data of a study tell a planner; all empty before there are any.

    Attributes:
        errors: standard errors of differences.
        detection: gate id -> share of seeded harms that the panel found.
        seconds: median seconds of a rating.
    """

    errors: SeenErrors = field(default_factory=dict)
    detection: Mapping[str, float] = field(default_factory=dict)
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class _Gate:
    """One gate with its true rates and the chances at each."""

    design: GateDesign
    truths: tuple[Truth, ...]
    chances: tuple[Chances | None, ...]

    @property
    def first_met(self) -> float:
        """Chance of met at the first true rate; 1 where it is not known, so that it binds nothing."""
        first = self.chances[0]
        return 1.0 if first is None else first[State.met]


def true_rates(design: GateDesign, wishes: Wishes) -> tuple[float, ...]:
    """The three true rates of a gate: as asked for, or half its limit, its limit and twice its limit.

    Twice a limit above one half would be no share; then it is halfway between the limit and 1.

    Args:
        design: the gate.
        wishes: what is assumed.
    """
    if isinstance(design.gate, VetoGate):
        return wishes.veto_rates
    if isinstance(design.gate, MinNGate):
        return (0.0,) * N_SCENARIOS
    if isinstance(design.gate, LimitGate) and wishes.rates is not None:
        return wishes.rates
    limit = design.gate.failure_limit if isinstance(design.gate, LimitGate) else design.gate.limit
    limit = 0.0 if limit is None else limit
    return tuple(min(factor * limit, (1 + limit) / 2) for factor in FACTORS)


def power_tables(basis: Basis, seen: Seen | None = None) -> dict[str, list[Row]]:
    """Every table of a power calculation.

    Args:
        basis: plan and assumptions, from ``basis_of``.
        seen: what data there are tell.

    Returns:
        Rows by table name, as ``POWER_TABLES`` specifies; the same for the same arguments.

    Raises:
        PlanningError: PWR004 there is no gate and no difference to plan for.
    """
    seen = seen or Seen()
    gates = [_computed(basis, design, seen) for design in gate_designs(basis)]
    if not gates and not planned_pairs(basis.plan):
        raise PlanningError(
            Problem(
                "PWR004",
                "there is nothing to plan for",
                Place("study.yaml"),
                found="no gate in scope and no pair of systems to compare",
                expected="at least one of the two",
                fix="choose a rubric or a profile with gates, or name the systems to compare",
            )
        )
    seconds = basis.wishes.seconds or seen.seconds or SECONDS
    hours = list(hour_rows(basis, seconds))
    cost = hours_of(basis.plan, float(hours[-1]["hours"]), basis.n_items, seconds=seconds)
    tracks = [track for track in Track if of_track(basis.plan, track)]
    by_track = {track: [gate for gate in gates if gate.design.mp.metric.track is track] for track in tracks}
    binding = {track: _binding(basis, mine) for track, mine in by_track.items()}
    return {
        "power_plan": [_plan_row(basis, gate) for gate in gates],
        "power_chances": [row for gate in gates for row in _chance_rows(gate)],
        "power_tracks": [row for track in tracks for row in _track_rows(basis, track, by_track[track], binding[track])],
        "power_needed": [row for gate in gates for row in needed_rows(basis, gate.design, gate.truths[0])],
        "power_changes": [
            row
            for gate in binding.values()
            if gate is not None
            for row in change_rows(basis, gate.design, gate.truths[0], cost)
        ],
        "power_differences": list(difference_rows(basis, seen.errors)),
        "power_hours": hours,
        "power_assumptions": list(_assumptions(basis, seen, seconds)),
    }


def _computed(basis: Basis, design: GateDesign, seen: Seen) -> _Gate:
    detection = basis.wishes.detection
    detection = seen.detection.get(design.gate_id, 1.0) if detection is None else detection
    truths = tuple(
        Truth(rate, basis.icc, basis.wishes.discordant, detection) for rate in true_rates(design, basis.wishes)
    )
    cases = parts_as_cases(design.parts, missing=basis.wishes.missing, rho0=basis.rho0)
    return _Gate(design, truths, tuple(gate_chances(basis.plan, design, cases, truth) for truth in truths))


def _plan_row(basis: Basis, gate: _Gate) -> Row:
    design, mp = gate.design, gate.design.mp
    fewest = min(design.parts, key=lambda part: part.n_effective(basis.rho0), default=None)
    needed = needed_of(basis.plan, design)
    row: Row = {
        "gate_id": design.gate_id,
        "metric_id": mp.metric.id,
        "track": mp.metric.track.value,
        "kind": design.gate.kind,
        "system_id": basis.plan.systems[design.system],
        "limit": _limit(design),
        "n_needed": needed,
        "rho0": basis.rho0,
        "icc": basis.icc,
        "reason": next((reason.value for reason in (design.unknown, design.evidence) if reason is not None), None),
    }
    if fewest is None or (design.unknown is Reason.not_planned):
        return row | {"n": 0 if design.unknown is None else None}
    n_effective = fewest.n_effective(basis.rho0)
    cases = parts_as_cases((fewest,), missing=basis.wishes.missing, rho0=basis.rho0)[0]
    row |= {
        "contrast": fewest.contrast or None,
        "n": fewest.n,
        "n_clusters": int(fewest.sizes.size),
        "n_effective": n_effective,
        "n_missing": cases.n - cases.n_seen,
    }
    if needed is not None and n_effective:
        row["n_needed_items"] = max(needed, round(needed * fewest.n / n_effective))
    if isinstance(design.gate, LimitGate) and design.unknown is None and design.evidence is None and cases.n_seen:
        most, least = limit_range(basis.plan, design, cases)
        row |= {
            "most_failures": most if most >= 0 else None,
            "least_failures": least if least <= cases.n_seen else None,
        }
    return row


def _limit(design: GateDesign) -> float | None:
    gate = design.gate
    if isinstance(gate, LimitGate):
        return gate.failure_limit
    if isinstance(gate, VetoGate):
        return 0.0
    return float(gate.n) if isinstance(gate, MinNGate) else gate.limit


def _chance_rows(gate: _Gate) -> Iterator[Row]:
    for place, (truth, chances) in enumerate(zip(gate.truths, gate.chances, strict=True)):
        yield {
            "gate_id": gate.design.gate_id,
            "scenario": place + 1,
            "track": gate.design.mp.metric.track.value,
            "rate": None if isinstance(gate.design.gate, MinNGate) else truth.rate,
            **({} if chances is None else {f"p_{state}": chances[state] for state in State}),
        }


def _binding(basis: Basis, gates: Sequence[_Gate]) -> _Gate | None:
    """The gate least likely to be met at the first true rate; of several, the one with the least of what it needs."""

    def share(gate: _Gate) -> float:
        needed = needed_of(basis.plan, gate.design) or 1
        have = min((part.n_effective(basis.rho0) for part in gate.design.parts), default=0.0)
        return have / needed

    def movable(gate: _Gate) -> bool:
        """A design can add cases to a gate; it cannot make events of a veto rarer."""
        return not isinstance(gate.design.gate, VetoGate) or gate.first_met == 0

    chosen = [gate for gate in gates if movable(gate)]

    def order(gate: _Gate) -> tuple[float, bool, float, str]:
        return gate.first_met, not isinstance(gate.design.gate, LimitGate), share(gate), gate.design.gate_id

    return min(chosen, key=order, default=None)


def _track_rows(basis: Basis, track: Track, gates: Sequence[_Gate], binding: _Gate | None) -> Iterator[Row]:
    covered = _coverage(basis, track) >= basis.plan.coverage_floor and basis.wishes.sealed
    for place in range(N_SCENARIOS):
        known = [chances for gate in gates if (chances := gate.chances[place]) is not None]
        row: Row = {
            "track": track.value,
            "scenario": place + 1,
            "n_gates": len(gates),
            "n_unknown": len(gates) - len(known),
            "binding_gate": binding.design.gate_id if binding is not None else None,
            "correlation": basis.wishes.correlation,
        }
        yield row | _joined(known, n_gates=len(gates), covered=covered, correlation=basis.wishes.correlation)


def _joined(known: Sequence[Chances], *, n_gates: int, covered: bool, correlation: float) -> Row:
    """States of a track from those of its gates, as ``track_verdict`` joins them."""
    if not n_gates:
        return {f"p_{state}": float(state is State.not_assessed) for state in State}
    met, met_low, met_high = joint_chance([each[State.met] for each in known], correlation)
    none, none_low, none_high = joint_chance([1 - each[State.not_met] for each in known], correlation)
    nothing = all(each[State.not_assessed] == 1 for each in known)
    row: Row = {"p_not_met": 1 - none, "not_met_low": 1 - none_high, "not_met_high": 1 - none_low}
    if len(known) < n_gates:
        return row  # a gate without chances leaves open whether the others are all that counts
    if not covered:
        met = met_low = met_high = 0.0
    unassessed = float(nothing)
    return row | {
        "p_met": met,
        "met_low": met_low,
        "met_high": met_high,
        "p_not_assessed": unassessed,
        "p_not_demonstrated": max(0.0, none - met - unassessed),
    }


def _coverage(basis: Basis, track: Track) -> float:
    """Share of the weight of a track that will be assessed."""
    evidence = {
        gate.mp.metric.id: gate.evidence for gate in gate_designs(basis) if gate.evidence is not Reason.no_threshold
    }
    assessed = weight = 0.0
    for place in of_track(basis.plan, track):
        mp = basis.plan.metrics[place]
        if mp.cells.any() or not basis.items_known:
            weight += mp.metric.weight.value
            assessed += mp.metric.weight.value * (evidence.get(mp.metric.id) is None)
    return assessed / weight * (1 - basis.wishes.missing) if weight else 0.0


def _assumptions(basis: Basis, seen: Seen, seconds: float) -> Iterator[Row]:
    wishes, default = basis.wishes, Wishes()
    of_seconds = "option" if wishes.seconds else "data" if seen.seconds else "default"
    of_detection = "option" if wishes.detection is not None else "data" if seen.detection else "default"
    found = wishes.detection if wishes.detection is not None else min(seen.detection.values(), default=1.0)

    def option(name: str) -> str:
        return "default" if getattr(wishes, name) == getattr(default, name) else "option"

    rates = "half the limit, the limit, twice the limit" if wishes.rates is None else _listed(wishes.rates)
    items = "study" if basis.items_known and wishes.items is None else "option"
    for name, text, source in (
        ("items", f"{basis.n_items}", items),
        ("clusters", f"{basis.n_clusters}", "option" if wishes.clusters is not None else items),
        ("rates", rates, option("rates")),
        ("veto_rates", _listed(wishes.veto_rates), option("veto_rates")),
        ("rho0", f"{basis.rho0:g}", "study"),
        ("icc", f"{basis.icc:g}", "study" if wishes.icc is None else "option"),
        ("missing", f"{wishes.missing:g}", option("missing")),
        ("detection", f"{found:g}", of_detection),
        ("discordant", f"{wishes.discordant:g}", option("discordant")),
        ("correlation", f"{wishes.correlation:g}", option("correlation")),
        ("seconds", f"{seconds:g}", of_seconds),
        ("sealed", "yes" if wishes.sealed else "no", option("sealed")),
        ("samples", f"{basis.plan.samples}", "study"),
        ("applies", "as the items say" if basis.items_known else "every metric to every item", items),
    ):
        yield {"name": name, "text": text, "source": source}


def _listed(rates: Sequence[float]) -> str:
    return ", ".join(f"{rate:g}" for rate in rates)
