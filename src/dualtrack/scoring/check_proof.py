"""A check proves itself (DESIGN, law 6): every check and imported source against the clinicians' first ratings.

May import terms, stats, rubric and the scoring ground. What is decided here:

- A check is shown where, on every system of the study, the lower limit of its sensitivity reaches the rubric's floor
  with everything missing counted against it, at least 30 units surely fail and 30 surely pass, the study was sealed
  beforehand and every rater is recorded as blinded. Taking evidence away only lowers that limit and those numbers, so
  it never promotes a check. A system on which the check was not shown would otherwise be scored by an unproven check.
- What joins the metric is its checks together, so they are promoted together, by the row of ``check_only``.
- A shown check may give a value and enter the score and its coverage, where it stands alone or fills in what no
  clinician rated. It drives no gate: gates are decided as if it were screening only (VERDICTS: checks alone may not
  drive a verdict), and an open flag still holds a veto. Where a flag takes a value away until somebody rules, or where
  both sides are needed, the standing changes nothing.
- Imported sources are measured in the same way and drive nothing, whatever their row says.
- Predictive values stand only where the rated units stand for all: every unit was to be rated or drawn with one
  chance (``equal``), or with known chances that the weights undo (``weighted``).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dualtrack.scoring.arrays import NONE, TOP, BoolArray, FloatArray, IntArray
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.first_ratings import FirstRatings
from dualtrack.scoring.plan import MetricPlan, Plan
from dualtrack.scoring.proof_cases import Panel, check_says, clinicians_say, failing_rule, sources_say
from dualtrack.stats.calibration import binned_calibration_error, calibration_error_by_chance
from dualtrack.stats.detection import cohen_kappa, detection_interval, detection_lower, gwet_ac1
from dualtrack.stats.interval import Interval
from dualtrack.stats.proportion import effective_n
from dualtrack.terms import Proof, Reason

__all__ = ["ALL_SYSTEMS", "LEAST", "proof_rows", "shown_metrics", "with_shown"]

ALL_SYSTEMS = ""
LEAST = 30
"""Least number of failing, and of passing, units (issue and VERDICTS: at least 30 of each)."""
TOGETHER = "check_only"
BINS = 10
_DENOMINATORS = ("n", "n_missing", "n_items", "n_clusters", "n_raters")


@dataclass(frozen=True, slots=True)
class _Pairing:
    """One source beside the panel: what it says of each unit, and what it states as a probability of passing."""

    basis: str
    panel: Panel
    said: IntArray
    stated: IntArray | None = None


def proof_rows(plan: Plan, findings: pd.DataFrame, first: FirstRatings) -> list[Row]:
    """Rows of the check_proof table: every metric, source and system, and all systems together.

    Args:
        plan: the plan.
        findings: one row per judgement, of checks and imported sources among others.
        first: the clinicians' first ratings.

    Returns:
        The rows, of single responses only: metrics of pairs and of calibration compare no response with a rating.
    """
    rows: list[Row] = []
    probes = {str(name): rows_of for name, rows_of in findings.groupby("probe_id", observed=True)}
    nothing = findings.iloc[:0]
    for mp in plan.metrics:
        if mp.pairs is not None or mp.correct is not None:
            continue
        mine = {check.id: probes.get(f"{mp.metric.id}.{check.id}", nothing) for check in mp.metric.checks}
        scored = probes.get(mp.scale.id, nothing) if mp.scale is not None else nothing
        for pairing in _pairings(plan, mp, mine, scored, first=first):
            of_systems = [_row(plan, mp, pairing, first, system=system) for system in range(len(plan.systems))]
            rows += [*of_systems, _of_all(_row(plan, mp, pairing, first, system=None), of_systems)]
        rows += _silent(plan, mp, scored, first)
    return rows


def shown_metrics(rows: Sequence[Row]) -> frozenset[str]:
    """Metrics whose checks proved themselves: the row of their checks together is shown over all systems.

    Args:
        rows: rows of the check_proof table.
    """
    return frozenset(
        str(row["metric_id"])
        for row in rows
        if (row["basis"], row["system_id"], row["proof"]) == (TOGETHER, ALL_SYSTEMS, Proof.shown.value)
    )


def with_shown(plan: Plan, shown: frozenset[str]) -> Plan:
    """The plan with the checks of some metrics marked as shown.

    Args:
        plan: the plan.
        shown: ids of the metrics.
    """
    return replace(plan, metrics=tuple(replace(mp, checks_shown=mp.metric.id in shown) for mp in plan.metrics))


def _pairings(
    plan: Plan, mp: MetricPlan, checks: dict[str, pd.DataFrame], scored: pd.DataFrame, *, first: FirstRatings
) -> Iterator[_Pairing]:
    """Each source of the metric beside the panel; none where no rating can fail."""
    rule = failing_rule(mp)
    if rule is None:
        return
    panel = clinicians_say(plan, mp, first, fails_under=rule[0])
    for basis, frame in _check_sources(mp, checks):
        said, whole = check_says(plan, mp, frame)
        yield _Pairing(basis, panel.by_response(plan.n_responses) if whole else panel, said)
    for source, said, stated in sources_say(plan, mp, scored, fails_under=rule[0]):
        yield _Pairing(f"score:{source}", panel, said, stated if (stated != NONE).any() else None)


def _check_sources(mp: MetricPlan, checks: dict[str, pd.DataFrame]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Checks that have something to prove, one by one where there are several, then all of the metric together."""
    if mp.checks_define:
        return
    if len(checks) > 1:
        for check in mp.metric.checks:
            if check.proof == "clinicians":
                yield f"check:{check.id}", checks[check.id]
    yield TOGETHER, pd.concat(list(checks.values()))


def _silent(plan: Plan, mp: MetricPlan, scored: pd.DataFrame, first: FirstRatings) -> Iterator[Row]:
    """Rows of sources that cannot be compared: nobody rates the metric, or nothing says which ratings fail."""
    if failing_rule(mp) is not None:
        return
    nobody = np.zeros(mp.owed.size, dtype=np.int64) + NONE
    said_by = [] if mp.checks_define else [(TOGETHER, nobody)]
    panel = None
    if mp.scale is not None and mp.metric.ratings is not None:
        panel = clinicians_say(plan, mp, first, fails_under=TOP)
        said_by += [(f"score:{source}", said) for source, said, _ in sources_say(plan, mp, scored, fails_under=TOP)]
    reason = (Reason.no_evidence if panel is None else Reason.no_threshold).value
    for basis, said in said_by:
        for system, system_id in enumerate((*plan.systems, ALL_SYSTEMS)):
            counted: Row = dict.fromkeys(_DENOMINATORS, 0)
            if panel is not None:
                mine = panel.owed & ((system_id == ALL_SYSTEMS) | (plan.system_of(panel.response) == system))
                both = mine & (panel.fails != NONE) & (said != NONE)
                every = _counts(plan, panel, said, mine=mine, both=both)
                counted = {name: every[name] for name in _DENOMINATORS}
            yield (
                _names(plan, mp, basis, system_id)
                | counted
                | {
                    "state": "undefined",
                    "reason": reason,
                    "unit": mp.units.grain.value,
                    "proof": Proof.screening.value,
                    "reasons": [reason],
                }
            )


def _names(plan: Plan, mp: MetricPlan, basis: str, system_id: str) -> Row:
    return {
        "metric_id": mp.metric.id,
        "basis": basis,
        "system_id": system_id,
        "track": mp.metric.track.value,
        "n_needed": LEAST,
        "floor": plan.rubric.header.floors.check_sensitivity,
    }


def _row(plan: Plan, mp: MetricPlan, pairing: _Pairing, first: FirstRatings, *, system: int | None) -> Row:
    panel, said, rule = pairing.panel, pairing.said, failing_rule(mp)
    mine = panel.owed if system is None else panel.owed & (plan.system_of(panel.response) == system)
    both = mine & (panel.fails != NONE) & (said != NONE)
    decided = _decided(plan, panel, said, mine)
    reasons = _reasons(plan, first, decided)
    system_id = ALL_SYSTEMS if system is None else plan.systems[system]
    row = _names(plan, mp, pairing.basis, system_id) | _counts(plan, panel, said, mine=mine, both=both)
    row |= {
        "fails_from": rule[1] if rule is not None else None,
        "unit": panel.grain,
        "decided_on": decided.sensitivity,
        "alarms_at_most": decided.alarms,
        "proof": (Proof.screening if reasons else Proof.shown).value,
        "reasons": [reason.value for reason in reasons],
        "state": "defined",
    }
    if not both.any():
        return row | {"state": "undefined", "reason": Reason.no_evidence.value}
    row |= _rates(plan, mp, panel, said, both=both)
    return row | (_calibration(panel, pairing.stated, both) if pairing.stated is not None else {})


def _of_all(row: Row, of_systems: Sequence[Row]) -> Row:
    """The row over all systems stands where each of them does: its reasons are those of any system."""
    planned = [each for each in of_systems if each["n"] or each["n_missing"]]
    if not planned:
        return row
    found = {Reason(word) for each in planned for word in each["reasons"]}
    reasons = sorted(found, key=list(Reason).index)
    proof = Proof.screening if reasons else Proof.shown
    return row | {"proof": proof.value, "reasons": [reason.value for reason in reasons]}


def _counts(plan: Plan, panel: Panel, said: IntArray, *, mine: BoolArray, both: BoolArray) -> Row:
    items = np.unique(plan.item_of(panel.response[both]))
    rater, unit = panel.raters
    failing, flagged = both & (panel.fails == 1), both & (said == 1)
    return {
        "n": int(both.sum()),
        "n_missing": int((mine & ~both).sum()),
        "n_items": items.size,
        "n_clusters": np.unique(plan.cluster[items]).size,
        "n_raters": np.unique(rater[both[unit]]).size,
        "n_failing": int(failing.sum()),
        "n_passing": int((both & ~failing).sum()),
        "n_flagged": int(flagged.sum()),
        "n_hits": int((failing & flagged).sum()),
        "n_false_alarms": int((flagged & ~failing).sum()),
        "n_unflagged": int((both & ~flagged).sum()),
        "n_cleared": int((both & ~flagged & ~failing).sum()),
    }


@dataclass(frozen=True, slots=True)
class _Decided:
    """What the standing rests on, with doubt counted against the source.

    Attributes:
        sensitivity: its lower limit; None where nothing could fail.
        alarms: upper limit of the share of passing units that are flagged; 1 where nothing surely passes.
        n_sure: the lesser of the numbers of units that surely fail and surely pass.
    """

    sensitivity: float | None
    alarms: float
    n_sure: int


def _decided(plan: Plan, panel: Panel, said: IntArray, mine: BoolArray) -> _Decided:
    """The limits that decide.

    Found: flagged, and failing whatever the missing ratings would say. Missed: not flagged (or not assessed), and
    failing if the missing ratings said so. Left alone: not flagged, and surely passing. False alarm: flagged (or not
    assessed), and passing if the missing ratings said so. Weights and design effect are those of the plan.
    """
    if not mine.any():
        return _Decided(None, 1.0, 0)
    sizes = np.bincount(plan.cluster[plan.item_of(panel.response[mine])])
    design_effect = max(1.0, int(mine.sum()) / effective_n(sizes[sizes > 0], plan.study.plan.rho0.value))
    share = panel.planned_weight / panel.planned_weight[mine].max()

    def lower(right: BoolArray, doubtful: BoolArray) -> float | None:
        numbers = [math.fsum(np.sort(share[mine & each]).tolist()) for each in (right, doubtful)]
        return detection_lower(numbers[0], numbers[1], design_effect=design_effect)

    sensitivity = lower((said == 1) & panel.surely_fails, (said != 1) & panel.could_fail)
    alone = lower((said == 0) & ~panel.could_fail, (said != 0) & ~panel.surely_fails)
    heard = mine & (said != NONE)
    n_sure = min(int((heard & panel.surely_fails).sum()), int((heard & ~panel.could_fail).sum()))
    return _Decided(sensitivity, 1.0 - (alone or 0.0), n_sure)


def _reasons(plan: Plan, first: FirstRatings, decided: _Decided) -> list[Reason]:
    found, limit = [], decided.sensitivity
    if decided.n_sure < LEAST:
        found.append(Reason.too_few)
    if not plan.pre_specified:
        found.append(Reason.retrospective)
    if first.blinded is False:
        found.append(Reason.not_blinded)
    if limit is None or limit < plan.rubric.header.floors.check_sensitivity:
        found.append(Reason.below_floor)
    if limit is None or limit <= decided.alarms:
        found.append(Reason.no_better_than_chance)
    if first.blinded is None:
        found.append(Reason.blinding_not_recorded)
    return found


def _rates(plan: Plan, mp: MetricPlan, panel: Panel, said: IntArray, *, both: BoolArray) -> Row:
    fails, flagged = panel.fails == 1, said == 1
    planned = plan.study.plan

    def share(right: BoolArray, among: BoolArray) -> Interval:
        return detection_interval(
            right[among].astype(np.int64),
            panel.weight[among],
            plan.cluster[plan.item_of(panel.response[among])],
            rho0=planned.rho0.value,
            confidence=planned.interval.confidence,
            floor=planned.floors.clusters,
        )

    sampling = _sampling(mp, panel, both)
    rates = {
        "sensitivity": share(flagged, both & fails),
        "specificity": share(~flagged, both & ~fails),
        "agreement": share(fails == flagged, both),
    }
    if sampling != "unknown":
        rates |= {"ppv": share(fails, both & flagged), "npv": share(~fails, both & ~flagged)}
    row: Row = {"sampling": sampling, "confidence": planned.interval.confidence, **_how(list(rates.values()))}
    for name, interval in rates.items():
        row |= {name: interval.value, f"{name}_lower": interval.lower, f"{name}_upper": interval.upper}
    cells = _weights(panel.weight, both, (fails & flagged, fails & ~flagged, ~fails & flagged, ~fails & ~flagged))
    return row | {"kappa": cohen_kappa(*cells), "ac1": gwet_ac1(*cells)}


def _how(rates: list[Interval]) -> Row:
    """The method of the intervals of a row, and why one of them is missing although its value is there."""
    methods = sorted({rate.method.value for rate in rates if rate.value is not None})
    lacking = [rate.reason for rate in rates if rate.value is not None and rate.reason is not None]
    return {"method": methods[-1], "interval_reason": lacking[0].value if lacking else None}


def _weights(weight: FloatArray, both: BoolArray, cells: tuple[BoolArray, ...]) -> tuple[float, float, float, float]:
    yes_yes, yes_no, no_yes, no_no = (math.fsum(np.sort(weight[both & cell]).tolist()) for cell in cells)
    return yes_yes, yes_no, no_yes, no_no


def _sampling(mp: MetricPlan, panel: Panel, both: BoolArray) -> str:
    """Whether the rated units stand for all units: by equal chances, by known ones, or not."""
    stated = panel.stated[both]
    if not stated.any():
        return "unknown" if mp.n_sampled_out else "equal"
    if not stated.all():
        return "unknown"
    weight = panel.weight[both]
    return "equal" if weight.min() == weight.max() else "weighted"


def _calibration(panel: Panel, stated: IntArray, both: BoolArray) -> Row:
    """Brier score and binned error of what a source states as a probability of passing; unweighted, so equal only."""
    if np.unique(panel.weight[both]).size > 1:
        return {}
    value, passes = stated[both], (panel.fails[both] == 0).astype(np.int64)
    distance = (value - passes * TOP).astype(object)  # squares of millionths do not fit into 64 bits when added up
    return {
        "brier": int((distance * distance).sum()) / (value.size * TOP * TOP),
        "ece": binned_calibration_error(value, passes, bins=BINS, top=TOP),
        "ece_by_chance": calibration_error_by_chance(value, bins=BINS, top=TOP),
    }
