"""How many cases each gate will have, and how they are grouped: from the items, or from a number of items alone.

May import terms, stats, rubric, records and the scoring ground.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.records.made import made_tables
from dualtrack.records.study import StudyFile
from dualtrack.rubric.gate import Gate, MarginGate, MinNGate, RelativeGate, VetoGate
from dualtrack.rubric.header import Rubric
from dualtrack.scoring.arrays import BoolArray, IntArray
from dualtrack.scoring.gates import gate_items
from dualtrack.scoring.plan import MetricPlan, Plan, make_plan
from dualtrack.scoring.power.wishes import Wishes
from dualtrack.scoring.relative_gate import comparator_of
from dualtrack.stats.proportion import effective_n
from dualtrack.terms import Combine, Reason

__all__ = ["Basis", "GateDesign", "Part", "basis_of", "cells_at", "gate_designs", "spread", "thinned"]


@dataclass(frozen=True, slots=True)
class Basis:
    """A plan to compute with, and what is known of its items.

    Attributes:
        plan: the plan, with made-up items where only their number is known.
        items_known: whether the items are those of the study.
        n_items, n_clusters: numbers to plan with.
        wishes: what is assumed.
    """

    plan: Plan
    items_known: bool
    n_items: int
    n_clusters: int
    wishes: Wishes

    @property
    def rho0(self) -> float:
        """Intra-cluster correlation that the gates assume."""
        return self.plan.study.plan.rho0.value

    @property
    def icc(self) -> float:
        """Intra-cluster correlation that the chances assume."""
        return self.rho0 if self.wishes.icc is None else self.wishes.icc

    def sizes(self, items: BoolArray) -> IntArray:
        """Cluster sizes of some items of the plan, brought to the numbers that were asked for."""
        counts = np.bincount(self.plan.cluster[items], minlength=1)
        counts = counts[counts > 0]
        n = int(counts.sum())
        if not n or (n_of(self.plan) == (self.n_items, self.n_clusters)):
            return counts
        n_asked = max(1, round(n * self.n_items / self.plan.n_items))
        n_groups = max(1, round(counts.size * self.n_clusters / len(self.plan.clusters)))
        return spread(n_asked, min(n_asked, n_groups))


@dataclass(frozen=True, slots=True)
class Part:
    """The cases of a gate, or of one contrast of a gate on pairs: their cluster sizes."""

    contrast: str
    sizes: IntArray

    @property
    def n(self) -> int:
        """Number of cases."""
        return int(self.sizes.sum())

    def n_effective(self, rho0: float) -> float:
        """Effective number of cases."""
        return effective_n(self.sizes, rho0)


@dataclass(frozen=True, slots=True)
class GateDesign:
    """One gate of one metric with the cases that it will have.

    Attributes:
        mp, gate: the metric and its gate.
        system: index of the system with the fewest effective cases.
        parts: its cases; several for a gate on the contrasts of pairs.
        unknown: why no chance is computed, or None.
        evidence: what will be there to decide with: None, or the reason why there is nothing.
    """

    mp: MetricPlan
    gate: Gate
    system: int
    parts: tuple[Part, ...]
    unknown: Reason | None = None
    evidence: Reason | None = None

    @property
    def gate_id(self) -> str:
        """Name of the gate in every table."""
        return f"{self.mp.metric.id}.{self.gate.id}"


def basis_of(rubric: Rubric, study: StudyFile, tables: Mapping[str, pd.DataFrame] | None, wishes: Wishes) -> Basis:
    """The plan to compute with.

    Args:
        rubric: the loaded rubric.
        study: the study file.
        tables: the input tables; None where only a number of items is known.
        wishes: what is assumed; ``items`` must be given without tables.

    Returns:
        The plan as if it were sealed (unless the wishes say no), with its numbers of items and clusters.

    Raises:
        ScoringError: rubric and study do not fit together (SCO001...).
    """
    if tables is None:
        n, k = wishes.items or 0, wishes.clusters or wishes.items or 0
        study = study.model_copy(
            update={"plan": study.plan.model_copy(update=_BARE | {"strata": type(study.plan.strata)()})}
        )
        plan = make_plan(rubric, study, _made(n, k), pre_specified=wishes.sealed)
        return Basis(plan, items_known=False, n_items=n, n_clusters=k, wishes=wishes)
    if tables["responses"].empty:
        study = study.model_copy(update={"plan": study.plan.model_copy(update={"responses": "all_pairs"})})
    plan = make_plan(rubric, study, tables, pre_specified=wishes.sealed)
    n = wishes.items or plan.n_items
    by_share = max(1, round(len(plan.clusters) * n / max(plan.n_items, 1)))
    n_clusters = wishes.clusters or min(n, by_share)
    return Basis(plan, items_known=True, n_items=n, n_clusters=n_clusters, wishes=wishes)


def gate_designs(basis: Basis) -> Iterator[GateDesign]:
    """Every gate of every metric in scope, with its cases.

    Args:
        basis: plan and assumptions.

    Yields:
        The gates in the order of the rubric, each for the system with the fewest effective cases.
    """
    for mp in basis.plan.metrics:
        for gate in mp.metric.gates:
            yield _design(basis, mp, gate)


def spread(n: int, groups: int) -> IntArray:
    """Sizes of so many groups of n cases, as equal as they can be.

    >>> spread(10, 4).tolist()
    [3, 3, 2, 2]
    """
    sizes = np.full(groups, n // groups, dtype=np.int64)
    sizes[: n % groups] += 1
    return sizes


def thinned(sizes: IntArray, n_missing: int) -> IntArray:
    """Cluster sizes after so many cases, spread evenly over all of them, have gone missing.

    >>> thinned(np.array([3, 3, 2]), 2).tolist()
    [2, 3, 1]
    """
    n = int(sizes.sum())
    place = ((np.arange(n_missing) + 0.5) * n / max(n_missing, 1)).astype(np.int64)
    cluster = np.repeat(np.arange(sizes.size), sizes)
    return sizes - np.bincount(cluster[place], minlength=sizes.size).astype(np.int64)


def cells_at(plan: Plan, mp: MetricPlan, system: int) -> BoolArray:
    """Items at which a metric is to be assessed for one system."""
    cells = np.flatnonzero(mp.cells)
    at = np.zeros(plan.n_items, dtype=np.bool_)
    at[plan.item_of(cells[plan.system_of(cells) == system])] = True
    return at


def n_of(plan: Plan) -> tuple[int, int]:
    """Items and clusters of a plan."""
    return plan.n_items, len(plan.clusters)


_BARE = {"cluster": "conversation_id", "responses": "all_pairs"}


def _made(n: int, k: int) -> dict[str, pd.DataFrame]:
    cluster = np.repeat(np.arange(k), spread(n, k)) if n else ()
    rows = [
        {"item_id": f"item-{place + 1:06d}", "prompt": "-", "conversation_id": f"group-{group + 1:06d}"}
        for place, group in enumerate(cluster)
    ]
    tables = made_tables({"items": rows})
    tables["items"]["family_id"] = tables["items"]["item_id"].astype("str")
    return tables


def _design(basis: Basis, mp: MetricPlan, gate: Gate) -> GateDesign:
    candidates = [
        GateDesign(mp, gate, system, tuple(_parts(basis, mp, gate, system)), *_standing(basis, mp, gate))
        for system in range(len(basis.plan.systems))
        if not (isinstance(gate, RelativeGate) and comparator_of(basis.plan, gate) == system)
    ]
    rho0 = basis.rho0
    return min(candidates, key=lambda each: min((part.n_effective(rho0) for part in each.parts), default=0.0))


def _parts(basis: Basis, mp: MetricPlan, gate: Gate, system: int) -> Iterator[Part]:
    plan = basis.plan
    if not basis.items_known:
        yield Part("", basis.sizes(np.ones(plan.n_items, dtype=np.bool_)))
        return
    at = cells_at(plan, mp, system)
    if isinstance(gate, MarginGate):
        for contrast in mp.pairs.contrasts if mp.pairs is not None else ():
            if (contrast.items & at).any():
                yield Part(contrast.name, basis.sizes(contrast.items & at))
        return
    if isinstance(gate, RelativeGate):
        other = comparator_of(plan, gate)
        at = at & cells_at(plan, mp, other) if other is not None else at & False
    else:
        at = at & gate_items(plan, gate.stratum)
    if mp.pairs is not None and not isinstance(gate, MinNGate):
        families = np.zeros_like(at)
        families[mp.pairs.family[at]] = True
        at = families
    yield Part("", basis.sizes(at))


def _standing(basis: Basis, mp: MetricPlan, gate: Gate) -> tuple[Reason | None, Reason | None]:
    """Why no chance is computed, and why there will be nothing to decide with."""
    if isinstance(gate, RelativeGate) and comparator_of(basis.plan, gate) is None:
        return None, Reason.no_comparator
    if not isinstance(gate, VetoGate | MinNGate) and gate.limit is None:
        return None, Reason.no_threshold
    if not basis.items_known and (getattr(gate, "stratum", None) or mp.metric.quantity.type == "paired_difference"):
        return Reason.not_planned, None
    if mp.metric.combine is Combine.check_only:
        screening = not mp.checks_define and not isinstance(gate, VetoGate)
        return None, Reason.screening_only if screening else None
    if not _ratings_owed(basis, mp):
        return None, Reason.nothing_assessed
    return (Reason.sampled if mp.n_sampled_out and basis.items_known else None), None


def _ratings_owed(basis: Basis, mp: MetricPlan) -> bool:
    if mp.scale is None:
        return False
    if basis.items_known:
        return bool(mp.owed.any()) or not mp.applies.any()
    rule = basis.plan.study.plan.ratings_per_unit
    return rule.get(mp.scale.id, rule.get("default", 0)) > 0
