"""Chances that ``dualtrack power`` prints, beside the shares of simulated studies that end so.

Run: python benchmarks/power_simulation.py [--studies 10000] [--write FILE]. Made-up studies from a fixed seed; minutes
on one core. Cases fail by chance (clusters with a failing rate of their own, or whole clusters together); what is
simulated then goes through the functions that decide the gates, tracks and differences of a scored study, and the
calculation never sees it. Target: every chance within one point.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

import numpy as np
import pandas as pd

from dualtrack.records.made import made_tables
from dualtrack.records.study import StudyFile
from dualtrack.rubric.gate import LimitGate, RelativeGate, VetoGate
from dualtrack.rubric.header import Header, Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.scoring.arrays import NONE, TOP
from dualtrack.scoring.bases import PRIMARY
from dualtrack.scoring.compare import comparison_rows
from dualtrack.scoring.evidence import REASONS
from dualtrack.scoring.observe import NO_RATERS
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.power import Wishes, power_tables
from dualtrack.scoring.power.design import Basis, basis_of
from dualtrack.scoring.sums import ItemSums, MetricSums, gate_threshold
from dualtrack.scoring.track_evidence import track_draws
from dualtrack.scoring.verdicts import gate_rows, verdict_rows
from dualtrack.scoring.veto import VetoCells
from dualtrack.terms import Track

SEED = 20261124
STATES = ("met", "not_demonstrated", "not_met", "not_assessed")
NO_LEVELS = pd.DataFrame({"system": [], "level": [], "n": []})
NO_DISPOSITIONS = pd.DataFrame()
ONE_BY_ONE = 300
BOTH_FAIL = 0.15  # share of cases on which both systems of a comparison fail
Drawn = tuple[np.ndarray, ...]
"""Which items fail, have an event, or go up and down: one array each."""


@dataclass(frozen=True, slots=True)
class World:
    """One design: what is made up, and what is assumed of it."""

    name: str
    gates: tuple[dict[str, Any], ...]
    sizes: tuple[int, ...]
    rho0: float
    wishes: Wishes = field(default_factory=Wishes)
    kind: str = "binary"
    n_metrics: int = 1


def uneven(clusters: int, cases: int) -> tuple[int, ...]:
    """Cluster sizes of which the largest has six times the cases of the smallest."""
    shape = np.linspace(2.0, 12.0, clusters)
    return tuple(np.maximum(1, np.rint(shape * cases / shape.sum())).astype(int).tolist())


def at_most(limit: float) -> dict[str, Any]:
    """A gate on a failing share."""
    return {"id": "rate", "kind": "failure_at_most", "limit": limit}


VETO = {"id": "veto", "kind": "veto", "when": {"check": "fail"}, "confirm": "two_raters_or_adjudicator"}
NOT_WORSE = {"id": "relative", "kind": "not_worse_than", "limit": 0.05, "comparator": "b"}
WITHIN = {"id": "gap", "kind": "difference_within", "limit": 0.05}

WORLDS = (
    World("400 independent cases", (at_most(0.02),), (1,) * 400, 0.0),
    World("60 uneven clusters, 240 cases", (at_most(0.05),), uneven(60, 240), 0.3),
    World("the same, truly less alike", (at_most(0.05),), uneven(60, 240), 0.3, Wishes(icc=0.1)),
    World("whole clusters alike", (at_most(0.10),), (3,) * 80, 1.0),
    World("2 % of cases missing", (at_most(0.10),), uneven(60, 240), 0.2, Wishes(missing=0.02)),
    World("8 clusters of 20", (at_most(0.20),), (20,) * 8, 0.05),
    World("at least 80 % succeed", ({"id": "rate", "kind": "success_at_least", "limit": 0.8},), (1,) * 120, 1.0),
    World("veto, panel finds 80 %", (VETO,), uneven(60, 240), 0.3, Wishes(detection=0.8)),
    World("three rates and a veto, one track", (at_most(0.05),), uneven(100, 300), 0.1, n_metrics=3),
    World("not worse than b, clusters", (NOT_WORSE,), uneven(80, 400), 0.1, Wishes(discordant=0.05)),
    World("difference within, two contrasts", (WITHIN,), (2,) * 200, 1.0, Wishes(discordant=0.02), kind="pairs"),
)


def metric_of(world: World, number: int) -> Metric:
    """A metric that one check decides by definition, so that nothing but chance decides its states."""
    quantity: dict[str, Any] = {"type": "binary", "per": "response", "show": "failure_rate"}
    if world.kind == "pairs":
        pairs = {"within": "family_id", "base": "base", "by": "variant"}
        quantity = {
            "type": "paired_difference", "per": "pair", "show": "difference", "pairs": pairs, "of": {"check": "said"},
        }  # fmt: skip
    gates = (VETO,) if number and number == world.n_metrics else world.gates
    made = {
        "schema": "dualtrack.metric/1", "id": f"metric-{number}".replace("-", "_"), "code": f"S{number + 1:02d}",
        "track": "safety", "title": "t", "definition": "d", "does_not_show": "n", "lifecycle": "draft",
        "quantity": quantity, "combine": "check_only", "weight": {"value": 1, "why": "w"}, "gates": list(gates),
        "checks": [{"id": "said", "kind": "numbers", "params": {}, "proof": "by_construction", "why": "made up"}],
    }  # fmt: skip
    return Metric.model_validate_json(json.dumps(made))


def basis(world: World) -> Basis:
    """The plan of a world, as the calculation and the simulation both use it."""
    extra = 1 if world.n_metrics > 1 else 0
    metrics = tuple(metric_of(world, number) for number in range(world.n_metrics + extra))
    header = Header.model_validate_json(
        json.dumps(
            {
                "schema": "dualtrack.rubric/1", "id": "test", "version": "0.1.0", "title": "t", "about": "a",
                "licence": "CC0-1.0", "floors": {"coverage": 0, "items": 1, "clusters": 2},
            }
        )
    )  # fmt: skip
    rubric = Rubric(header=header, metrics=metrics, scales={}, sha256="0" * 64, files={})
    paired = any(gate["kind"] == "not_worse_than" for gate in world.gates) or world.name == ""
    systems = ("a", "b") if paired else ("a",)
    plan = {
        "ratings_per_unit": {"default": 2}, "interval": {"resamples": 500}, "rho0": {"value": world.rho0, "why": "w"},
        "cluster": "family_id" if world.kind == "pairs" else "conversation_id",
    }  # fmt: skip
    study = {
        "schema": "dualtrack.study/1", "id": "made-up", "title": "Made up", "data_kind": "synthetic",
        "data_class": "synthetic", "context": {"use": "u", "users": "v", "setting": "s"}, "rubric": {"name": "test"},
        "systems": [{"id": each, "name": each, "kind": "general_llm"} for each in systems], "plan": plan,
    }  # fmt: skip
    tables = made_tables({"items": list(items_of(world))})
    own = tables["items"]["item_id"].astype("str")
    tables["items"]["family_id"] = (
        tables["items"]["family_id"].astype("object").where(tables["items"]["family_id"].notna(), own)
    )
    return basis_of(rubric, StudyFile.model_validate_json(json.dumps(study)), tables, world.wishes)


def items_of(world: World) -> Iterator[dict[str, Any]]:
    """Items in clusters; of pairs, a base and as many variants as the cluster has pairs."""
    number = 0
    for cluster, size in enumerate(world.sizes):
        variants = ["base", *(f"v{n}" for n in range(size))] if world.kind == "pairs" else [None] * size
        for variant in variants:
            row = {"item_id": f"i{number:05d}", "prompt": "-", "conversation_id": f"c{cluster:04d}"}
            yield row | ({} if variant is None else {"family_id": f"f{cluster:04d}", "variant": variant})
            number += 1


def failing(draw: np.random.Generator, cluster: np.ndarray, rate: float, icc: float) -> np.ndarray:
    """Which cases fail: each cluster has a rate of its own."""
    n = int(cluster.max()) + 1
    if icc == 0:
        own = np.full(n, rate)
    elif icc == 1:
        own = (draw.random(n) < rate).astype(np.float64)
    else:
        own = draw.beta(rate * (1 - icc) / icc, (1 - rate) * (1 - icc) / icc, n)
    return draw.random(cluster.size) < own[cluster]


def missing_items(cluster: np.ndarray, share: float) -> np.ndarray:
    """Which cases have no value: so many, spread evenly over the clusters as the calculation assumes."""
    n_missing = int(np.floor(share * cluster.size + 0.5))
    gone = np.zeros(cluster.size, dtype=np.bool_)
    place = ((np.arange(n_missing) + 0.5) * cluster.size / max(n_missing, 1)).astype(np.int64)
    gone[np.argsort(cluster, kind="stable")[place]] = True
    return gone


def sums_of(plan: Plan, mp: MetricPlan, fails: np.ndarray, *, gone: np.ndarray, at: np.ndarray) -> MetricSums:
    """The item sums of one metric: failing and missing per system and item, at the items that are assessed."""
    shape = (len(plan.systems), plan.n_items)
    planned = np.broadcast_to(at.astype(np.int64), shape)
    seen = planned * ~gone
    bad = seen * fails
    missing = planned - seen
    below = {
        gate_threshold(mp, gate): (bad, bad + missing, bad)
        for gate in mp.metric.gates
        if isinstance(gate, LimitGate | RelativeGate)
    }
    nothing, no_gap = np.zeros(shape, dtype=np.int64), np.zeros((3, 0, 0), dtype=np.int64)
    by_item = ItemSums(
        planned=planned, assessed=seen, observed=(seen - bad) * TOP, worst=(seen - bad) * TOP,
        best=(planned - bad) * TOP, units=seen, failed=bad, units_planned=planned, ratings=nothing, raw=nothing,
        n_raw=nothing, below=below, reasons=np.zeros((shape[0], len(REASONS)), dtype=np.int64), gap_up=no_gap,
        gap_down=no_gap, n_partial=no_gap[0],
    )  # fmt: skip
    return MetricSums({PRIMARY: by_item}, NO_RATERS, NO_LEVELS)


def with_gaps(sums: MetricSums, up: np.ndarray, down: np.ndarray) -> MetricSums:
    """The same with gaps of a whole unit, which the single system has."""
    both = [np.repeat(each[None, None].astype(np.int64) * TOP, 3, axis=0) for each in (up, down)]
    none = np.zeros((1, up.size), dtype=np.int64)
    by_item = replace(sums.by_basis[PRIMARY], gap_up=both[0], gap_down=both[1], n_partial=none)
    return replace(sums, by_basis={PRIMARY: by_item})


class Decided:
    """States of simulated studies. Gates rest on counts alone, so studies with the same counts are decided once.

    The first ``ONE_BY_ONE`` studies of a row are all decided, and must come out as their counts did before.
    """

    def __init__(self, base: Basis, world: World, rates: dict[str, float]) -> None:
        self._base, self._world, self._rates = base, world, rates
        self._known: dict[tuple[int, ...], dict[str, str]] = {}
        self._n = 0

    def one_study(self, draw: np.random.Generator) -> dict[str, str]:
        """States of every gate and of the track of one simulated study."""
        plan = self._base.plan
        gone = missing_items(plan.cluster, self._world.wishes.missing)
        drawn = [drawn_of(draw, self._base, mp, wishes=self._world.wishes, rates=self._rates) for mp in plan.metrics]
        key = tuple(
            count
            for mp, each in zip(plan.metrics, drawn, strict=True)
            for part in parts_of(mp)
            for fails in each
            for count in ((fails & part & ~gone).sum(),)
        )
        self._n += 1
        if key in self._known and self._n > ONE_BY_ONE:
            return self._known[key]
        states = self._decide(drawn, gone)
        if self._known.setdefault(key, states) != states:
            raise AssertionError("studies with the same counts end in different states")
        return states

    def _decide(self, drawn: list[Drawn], gone: np.ndarray) -> dict[str, str]:
        plan = self._base.plan
        made = [metric_sums(plan, mp, each, gone) for mp, each in zip(plan.metrics, drawn, strict=True)]
        sums, vetoes = tuple(each for each, _ in made), [known for _, known in made]
        gates = [row for row in gate_rows(plan, sums, vetoes, NO_DISPOSITIONS) if row["system_id"] == "a"]
        verdict = next(row for row in verdict_rows(plan, sums, gates) if row["system_id"] == "a")
        return {row["gate_id"]: row["state"] for row in gates} | {"safety": verdict["state"]}


def parts_of(mp: MetricPlan) -> tuple[np.ndarray, ...]:
    """Items whose counts decide: all of them, or those of each contrast."""
    if mp.pairs is None:
        return (np.ones_like(mp.applies),)
    return tuple(contrast.items for contrast in mp.pairs.contrasts)


def drawn_of(
    draw: np.random.Generator, base: Basis, mp: MetricPlan, *, wishes: Wishes, rates: dict[str, float]
) -> Drawn:
    """What happens to the items of one metric; a metric here has one gate that chance decides."""
    plan, gate = base.plan, mp.metric.gates[0]
    rate = rates[f"{mp.metric.id}.{gate.id}"]
    if isinstance(gate, VetoGate):
        return (failing(draw, plan.cluster, rate * (wishes.detection or 1.0), base.icc),)
    if isinstance(gate, LimitGate):
        return (failing(draw, plan.cluster, rate, base.icc),)
    up, down = (np.zeros(plan.n_items, dtype=np.bool_) for _ in range(2))
    for part in parts_of(mp):  # contrasts each by themselves, as the calculation assumes
        ups, downs = gaps_of(draw, plan.cluster, difference=rate, discordant=wishes.discordant, icc=base.icc)
        up, down = up | (ups & part), down | (downs & part)
    return up, down


def metric_sums(plan: Plan, mp: MetricPlan, drawn: Drawn, gone: np.ndarray) -> tuple[MetricSums, dict[str, Any]]:
    """Item sums and veto cells of one metric, as scoring would make them."""
    gate, every = mp.metric.gates[0], np.ones(plan.n_items, dtype=np.bool_)
    if isinstance(gate, VetoGate):
        return sums_of(plan, mp, drawn[0] & False, gone=gone, at=every), {
            gate.id: veto_of(plan, drawn[0] & ~gone, gone)
        }
    if mp.pairs is None:
        return sums_of(plan, mp, np.array(drawn), gone=gone, at=every), {}
    at = np.logical_or.reduce(parts_of(mp))
    return with_gaps(sums_of(plan, mp, drawn[0] | drawn[1], gone=gone, at=at), *drawn), {}


def gaps_of(
    draw: np.random.Generator, cluster: np.ndarray, *, difference: float, discordant: float, icc: float
) -> tuple[np.ndarray, np.ndarray]:
    """Which pairs go up and which go down."""
    share = max(discordant, difference)
    differs = failing(draw, cluster, share, icc)
    upward = draw.random(cluster.size) < (1 + difference / share) / 2
    return differs & upward, differs & ~upward


def veto_of(plan: Plan, events: np.ndarray, gone: np.ndarray) -> tuple[VetoCells, np.ndarray]:
    """What is known of each response when every event that the panel finds is confirmed."""
    cells = np.arange(plan.n_responses, dtype=np.int64)
    event, missing = (each[plan.item_of(cells)] for each in (events, gone))
    ruling = np.where(event, 1, NONE)
    nobody = np.zeros(cells.size, dtype=np.int64)
    return VetoCells(cells, nobody, nobody, ruling, event, ~missing), ruling


def compare(
    world: World, place: int, studies: int
) -> Iterator[tuple[str, str, str, dict[str, float], dict[str, float]]]:
    """Per gate, track and scenario: what the calculation says, and what the simulated studies do."""
    base = basis(world)
    rows = power_tables(base)
    for scenario in (1, 2, 3):
        said = {row["gate_id"]: row for row in rows["power_chances"] if row["scenario"] == scenario}
        rates = {gate: float(row["rate"] or 0.0) for gate, row in said.items()}
        said["safety"] = next(row for row in rows["power_tracks"] if row["scenario"] == scenario)
        draw = np.random.default_rng([SEED, place, scenario])
        states: dict[str, dict[str, int]] = {}
        decided = Decided(base, world, rates)
        for _ in range(studies):
            for subject, state in decided.one_study(draw).items():
                states.setdefault(subject, dict.fromkeys(STATES, 0))[state] += 1
        for subject, found in states.items():
            if subject == "safety" and world.n_metrics == 1:
                continue
            shown = "" if subject == "safety" else f"{rates[subject]:.2%}"
            chances = {state: float(said[subject][f"p_{state}"]) for state in STATES}
            yield world.name, subject, shown, chances, {state: n / studies for state, n in found.items()}


def difference_study(studies: int) -> Iterator[str]:
    """Superiority, no inferiority and equivalence of a metric with a margin, through the comparisons of a study."""
    for place, (clusters, size) in enumerate(((12, 10), (40, 5))):
        world = World("", (at_most(0.2),), (size,) * clusters, 0.2)  # without a name: two systems
        base = basis(world)
        margin, icc = 0.10, 0.1
        share = 0.15  # share of cases on which the two differ
        for truth, columns in ((0.0, ("p_not_inferior", "p_equivalent")), (margin, ("p_superior",))):
            draw = np.random.default_rng([SEED, 99, place, int(truth * 100)])
            limits = np.array([_limits(draw, base, truth=truth, share=share, icc=icc) for _ in range(studies)])
            found = {
                "p_not_inferior": float((limits[:, 0] > -margin).mean()),
                "p_equivalent": float(((limits[:, 0] > -margin) & (limits[:, 1] < margin)).mean()),
                "p_superior": float((limits[:, 0] > 0).mean()),
            }
            said = _said(base, margin, share, icc)
            for column in columns:
                yield (
                    f"| {clusters} clusters of {size} | {column.removeprefix('p_').replace('_', ' ')} | {truth:.2f} "
                    f"| {said[column]:.2%} | {found[column]:.2%} | {100 * (said[column] - found[column]):+.2f} |"
                )


def _limits(
    draw: np.random.Generator, base: Basis, *, truth: float, share: float, icc: float
) -> tuple[float, float, float]:
    """Limits and value of the difference b fails minus a fails: above 0 where a is better."""
    plan = base.plan
    own = draw.dirichlet(
        np.array([share + truth, share - truth, 2 - 2 * share]) / 2 * (1 - icc) / icc, plan.cluster.max() + 1
    )
    lot = draw.random(plan.n_items)
    up = lot < own[plan.cluster, 0]
    down = ~up & (lot < own[plan.cluster, :2].sum(axis=1))
    both = ~up & ~down & (lot > 1 - BOTH_FAIL)  # cases on which both fail
    gone = np.zeros(plan.n_items, dtype=np.bool_)
    sums = (sums_of(plan, plan.metrics[0], np.array([down | both, up | both]), gone=gone, at=~gone),)
    row = next(iter(comparison_rows(plan, sums, Track.safety, track_draws(plan, Track.safety))))
    return row["lower"], row["upper"], row["value"]


def _said(base: Basis, margin: float, share: float, icc: float) -> dict[str, float]:
    study = base.plan.study
    margins = study.plan.comparisons.model_copy(update={"margins": {"metric_0": margin}})
    planned = study.model_copy(update={"plan": study.plan.model_copy(update={"comparisons": margins})})
    wishes = replace(base.wishes, discordant=share, icc=icc)
    rows = power_tables(replace(base, plan=replace(base.plan, study=planned), wishes=wishes))["power_differences"]
    return next(row for row in rows if row["subject_id"] == "metric_0")


def lines(studies: int) -> Iterator[str]:
    """The tables, line by line."""
    names = ("dualtrack", "numpy", "scipy", "pandas", "statsmodels")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    yield f"{studies:,} simulated studies a row; Python {python_version()}, {versions}. Chances in per cent."
    yield ""
    heads = " | ".join(f"{state}: said | found" for state in ("met", "not demonstrated", "not met"))
    yield f"| design | gate or track | true rate | {heads} |"
    yield "|---|---|---|---|---|---|---|---|---|"
    worst = 0.0
    for place, world in enumerate(WORLDS):
        for name, subject, shown, said, found in compare(world, place, studies):
            worst = max(worst, *(abs(said[state] - found[state]) for state in STATES))
            cells = " | ".join(f"{100 * said[state]:.2f} | {100 * found[state]:.2f}" for state in STATES[:3])
            yield f"| {name} | {subject} | {shown} | {cells} |"
    yield ""
    error = 50 / studies**0.5
    found = f"Largest distance of any chance: {100 * worst:.2f} points"
    yield f"{found}; one standard error of a share of one half: {error:.2f}."
    yield ""
    yield "| comparison of two systems | shown | truth | said | found | points apart |"
    yield "|---|---|---|---|---|---|"
    yield from difference_study(studies)


def main() -> None:
    """Print the tables, and write them where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=10_000)
    parser.add_argument("--write", type=Path, help="file to write the tables into as well")
    asked = parser.parse_args()
    told = []
    for line in lines(asked.studies):
        print(line, flush=True)
        told.append(line)
    if asked.write is not None:
        asked.write.parent.mkdir(parents=True, exist_ok=True)
        asked.write.write_text("\n".join(["# Power: said and simulated", "", *told]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
