"""The failure-mode catalogue and the list of failing responses, as rows of the result tables.

May import terms, stats, rubric, records and the scoring ground. A rate here is a share of the cases assessed, with
exact limits on the effective number of cases, as every share of items. It describes; no gate and no verdict reads it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.scoring.arrays import NONE, BoolArray, IntArray
from dualtrack.scoring.estimate import Row, Slice, how, slices
from dualtrack.scoring.evidence import REASONS
from dualtrack.scoring.failures import BODILY, UNNAMED, Failures, acts_of, failures_of, harm_steps, said_of
from dualtrack.scoring.observe import Observed
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.stats.proportion import effective_n, exact_interval
from dualtrack.terms import Reason

__all__ = ["failure_tables", "with_strata"]

_RANK = ("confirmed", "open", "failing", "cleared", "flagged", "missing")
"""States of a failing response, the gravest first."""


@dataclass(frozen=True, slots=True)
class _Known:
    """One metric with its failures, the acts of its ways to fail and the words of the harm ladder."""

    plan: Plan
    mp: MetricPlan
    failures: Failures
    acts: Mapping[tuple[str, str], str]
    steps: tuple[str, ...]

    def act(self, mode: str) -> str | None:
        return self.acts.get((self.mp.metric.id, mode))

    def harm(self, response: int) -> tuple[str | None, str | None]:
        """Worst harm of a response in words, and where it comes from."""
        place = int(self.failures.harm.place[response])
        if place == NONE:
            return None, None
        return self.steps[place], "ruling" if self.failures.harm.ruled[response] else "rating"


def failure_tables(
    plan: Plan, observed: Sequence[tuple[Observed, ...]], findings: pd.DataFrame, cases: Sequence[Row]
) -> dict[str, list[Row]]:
    """Rows of the tables about failures.

    Args:
        plan: the plan.
        observed: what each partition gave.
        findings: all findings.
        cases: rows of the gate_cases table.

    Returns:
        Rows of ``failure_modes`` and ``failures``.
    """
    said = said_of(plan, findings)
    acts = acts_of(plan, said)
    steps = next(iter(harm_steps(plan).values()), BODILY)
    behind = _behind(plan, cases)
    modes: list[Row] = []
    listed: list[Row] = []
    for place, mp in enumerate(plan.metrics):
        failures = failures_of(plan, place, observed, said)
        if failures is None:
            continue
        known = _Known(plan, mp, failures, acts, steps)
        modes += _mode_rows(known)
        listed += _listed(known, behind.get(mp.metric.id, {}))
    return {"failure_modes": modes, "failures": listed}


def with_strata(plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """The list of failing responses with the strata that the study reports or calls high risk as columns.

    Args:
        plan: the plan.
        frame: the failures table.
    """
    asked = [*plan.study.plan.strata.report, *(key.removeprefix("strata.") for key in plan.study.plan.strata.high_risk)]
    names = [name for name in dict.fromkeys(asked) if name in plan.strata]
    levels = {name: dict(zip(plan.items, plan.strata[name], strict=True)) for name in names}
    items = frame["item_id"].astype("str")
    return frame.assign(**{f"strata.{name}": items.map(levels[name]) for name in names})


def _mode_rows(known: _Known) -> Iterator[Row]:
    """Every declared way to fail, also one that never occurs, and those that only the findings know."""
    declared = [mode.id for mode in known.mp.metric.failure_modes]
    found = [mode for mode, where in known.failures.named.items() if where.any()]
    for mode in sorted({*declared, *found}):
        for system in range(len(known.plan.systems)):
            everything, *parts = slices(known.plan)
            overall = _mode_row(known, mode, system, everything)
            yield overall
            if overall["n_events"]:
                rows = (_mode_row(known, mode, system, part) for part in parts)
                yield from (row for row in rows if row["n_items"])


def _mode_row(known: _Known, mode: str, system: int, part: Slice) -> Row:
    plan, failures = known.plan, known.failures
    nowhere = np.zeros(plan.n_responses, dtype=np.bool_)
    named = failures.named.get(mode, nowhere)
    every = np.arange(plan.n_responses, dtype=np.int64)
    mine = (plan.system_of(every) == system) & part.items[plan.item_of(every)] & failures.planned
    event = mine & named & failures.fails
    opened = mine & named & ~failures.assessed
    n_assessed = np.bincount(plan.item_of(every[mine & failures.assessed]), minlength=plan.n_items)
    n_event = np.bincount(plan.item_of(every[event]), minlength=plan.n_items)
    several = (n_event > 0) & (n_assessed > 1)
    worst = _worst(known, every[event])
    harm, harm_from = (None, None) if worst is None else known.harm(worst)
    return {
        "system_id": plan.systems[system],
        "metric_id": known.mp.metric.id,
        "failure_mode": mode,
        "stratum": part.stratum,
        "stratum_level": part.level,
        "track": known.mp.metric.track.value,
        "act": known.act(mode),
        "n_items": int((n_assessed > 0).sum()),
        "n_events": int((n_event > 0).sum()),
        **_rate(known, n_event, n_assessed),
        "n_open": int(opened.sum()),
        "n_repeats": int(several.sum()),
        "n_repeated": int((several & (n_event > 1)).sum()),
        "worst_harm": harm,
        "worst_harm_from": harm_from,
        "exemplar_item": None if worst is None else plan.items[int(plan.item_of(np.array([worst]))[0])],
        "exemplar_sample": None if worst is None else int(plan.sample_of(np.array([worst]))[0]),
    }


def _rate(known: _Known, n_event: IntArray, n_assessed: IntArray) -> Row:
    """Mean share with its exact limits; where only a sample was rated on purpose, counts stand alone."""
    seen = n_assessed > 0
    if not seen.any() or known.mp.draw is not None:
        reason = Reason.sampled if seen.any() else Reason.nothing_assessed
        return {"state": "undefined", "reason": reason.value, "value": None, "lower": None, "upper": None}
    plan = known.plan
    share = float(np.mean(n_event[seen] / n_assessed[seen]))
    sizes = np.bincount(plan.cluster[seen])
    n_eff = effective_n(sizes[sizes > 0], plan.study.plan.rho0.value)
    interval = exact_interval(share, n_eff, confidence=plan.study.plan.interval.confidence)
    named = {name: value for name, value in how(interval).items() if name != "covers"}
    limits = {"value": interval.value, "lower": interval.lower, "upper": interval.upper}
    return {"state": "defined", "reason": None, **limits, **named}


def _worst(known: _Known, responses: IntArray) -> int | None:
    """The response with the worst harm; of equals the first."""
    if not responses.size:
        return None
    return int(responses[np.argmax(known.failures.harm.place[responses])])


def _behind(plan: Plan, cases: Sequence[Row]) -> dict[str, dict[int, list[tuple[str, str]]]]:
    """Per metric and response, the gates that it stands behind and why."""
    systems = {name: place for place, name in enumerate(plan.systems)}
    items = {name: place for place, name in enumerate(plan.items)}
    found: dict[str, dict[int, list[tuple[str, str]]]] = {}
    for row in cases:
        gate, why = str(row["gate_id"]), str(row["why"])
        place = systems[row["system_id"]] * plan.n_items + items[row["item_id"]]
        response = place * plan.samples + int(row["sample"]) - 1
        found.setdefault(gate.partition(".")[0], {}).setdefault(response, []).append((gate, why))
    return found


def _listed(known: _Known, behind: Mapping[int, list[tuple[str, str]]]) -> Iterator[Row]:
    """Every response that fails, is said to fail, or stands behind a gate."""
    plan, failures = known.plan, known.failures
    raised = failures.raised & failures.planned
    chosen = failures.fails | raised
    chosen[list(behind)] = True
    responses = np.flatnonzero(chosen)
    high = _high_risk(plan)
    named = [(mode, where) for mode, where in sorted(failures.named.items()) if mode != UNNAMED]
    for response, system, item, sample in zip(
        responses.tolist(),
        plan.system_of(responses).tolist(),
        plan.item_of(responses).tolist(),
        plan.sample_of(responses).tolist(),
        strict=True,
    ):
        gates = behind.get(response, [])
        modes = [mode for mode, where in named if where[response]]
        harm, harm_from = known.harm(response)
        reason = int(failures.reason[response])
        yield {
            "system_id": plan.systems[system],
            "item_id": plan.items[item],
            "sample": sample,
            "metric_id": known.mp.metric.id,
            "track": known.mp.metric.track.value,
            "state": _state(gates, bool(failures.fails[response]), raised=bool(raised[response])),
            "reason": None if reason == NONE else REASONS[reason].value,
            "failure_modes": " ".join(modes) or None,
            "acts": " ".join(sorted({act for mode in modes if (act := known.act(mode)) is not None})) or None,
            "harm": harm,
            "harm_from": harm_from,
            "sources": " ".join(sorted(kind for kind, where in failures.by.items() if where[response])) or None,
            "gates": " ".join(sorted({gate for gate, _ in gates})) or None,
            "high_risk": bool(high[item]),
        }


def _state(gates: Sequence[tuple[str, str]], fails: bool, *, raised: bool) -> str:  # noqa: FBT001 -- what is known
    """The gravest of what gates and the joined judgement say.

    A response that a source calls failing, and that a gate counts as missing until somebody rules, is open; a source
    that nobody followed only flags.
    """
    said = {why for _, why in gates}
    if fails:
        said.add("failing")
    if raised and "missing" in said:
        said.add("open")
    return next((state for state in _RANK if state in said), "flagged")


def _high_risk(plan: Plan) -> BoolArray:
    """Per item, whether it is in a stratum that the study calls high risk."""
    high = np.zeros(plan.n_items, dtype=np.bool_)
    for key, levels in plan.study.plan.strata.high_risk.items():
        wanted = set(levels)
        of_item = plan.strata.get(key.removeprefix("strata."), ("",) * plan.n_items)
        high |= np.array([level in wanted for level in of_item], dtype=np.bool_)
    return high
