"""What clinicians and an automated source say of the same units, side by side.

May import terms, rubric and the scoring ground. A unit is what one rating is about; where a check speaks of whole
responses and clinicians of parts, the parts are brought to the response.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.rubric.gate import LimitGate, RelativeGate
from dualtrack.rubric.scale import Grain, ScaleKind
from dualtrack.scoring.answers import Answers, answers_of
from dualtrack.scoring.arrays import NONE, TOP, BoolArray, FloatArray, IntArray
from dualtrack.scoring.evidence import fails_below, joined_units, level_threshold
from dualtrack.scoring.first_ratings import FirstRatings, chances
from dualtrack.scoring.plan import MetricPlan, Plan, response_index
from dualtrack.scoring.sums import share_threshold
from dualtrack.terms import Outcome, QuantityType, SourceKind

__all__ = ["Panel", "check_says", "clinicians_say", "failing_rule", "sources_say"]

FLAGGED, CLEAR = 1, 0


@dataclass(frozen=True, slots=True)
class Panel:
    """The clinicians on each unit (or response) of one metric.

    Attributes:
        grain: what a unit is.
        response: response of each unit.
        owed: whether it was to be rated.
        fails: 1 failing, 0 passing, NONE without enough first ratings.
        could_fail, surely_fails: the same with every owed and missing rating at its worst, and at its best.
        weight, planned_weight: 1 / inclusion probability as stated anywhere, and as the plan states it.
        stated: whether a probability is stated.
        raters: number of the rater and unit of each rating used, two arrays.
    """

    grain: str
    response: IntArray
    owed: BoolArray
    fails: IntArray
    could_fail: BoolArray
    surely_fails: BoolArray
    weight: FloatArray
    planned_weight: FloatArray
    stated: BoolArray
    raters: tuple[IntArray, IntArray]

    def by_response(self, n_responses: int) -> "Panel":
        """The same for whole responses: one failing part fails it, and it passes when every owed part does."""
        size, at = n_responses, self.response

        def any_of(chosen: BoolArray) -> BoolArray:
            return np.bincount(at[chosen & self.owed], minlength=size) > 0

        def greatest(values: FloatArray) -> FloatArray:
            top = np.ones(size, dtype=np.float64)
            np.maximum.at(top, at, values)
            return top

        failing, unknown = any_of(self.fails == 1), any_of(self.fails == NONE)
        fails = np.where(failing, 1, np.where(unknown, NONE, 0))
        return Panel(
            Grain.response.value, np.arange(size, dtype=np.int64), any_of(self.owed), fails,
            any_of(self.could_fail), any_of(self.surely_fails), greatest(self.weight), greatest(self.planned_weight),
            any_of(self.stated), (self.raters[0], at[self.raters[1]]),
        )  # fmt: skip


def failing_rule(mp: MetricPlan) -> tuple[int, str] | None:
    """Which joined ratings fail, from what the rubric states and from nothing else.

    Args:
        mp: the metric.

    Returns:
        Value in millionths below which a unit fails, and what says so: the metric's ``fail_when``, else the ``fails``
        of its first gate that has one, else the level of a share that it prints. None where nothing does.
    """
    if mp.metric.ratings is None or mp.scale is None:
        return None
    ordinal = mp.metric.quantity.type == QuantityType.ordinal
    if mp.metric.ratings.fail_when is not None and (not ordinal or mp.scale.kind is not ScaleKind.number):
        return fails_below(mp), "fail_when"
    if not ordinal or mp.scale.kind is ScaleKind.number:
        return None
    for gate in mp.metric.gates:
        if isinstance(gate, LimitGate | RelativeGate) and gate.fails is not None:
            return level_threshold(gate.fails, mp.scale), f"gate:{gate.id}"
    for also in mp.metric.quantity.also:
        if also.show == "share_at_least":
            return share_threshold(mp, also.level), f"share_at_least:{also.level}"
    return None


def clinicians_say(plan: Plan, mp: MetricPlan, first: FirstRatings, *, fails_under: int) -> Panel:
    """Join the first ratings of each unit by the metric's rule.

    Args:
        plan: the plan.
        mp: the metric with its scale.
        first: the first ratings.
        fails_under: value in millionths below which a unit fails.
    """
    judged = _answers(plan, mp, first.findings)[0].of(SourceKind.rater)
    joined = joined_units(mp, judged)
    used = (judged.unit >= 0) & (mp.owed[judged.unit] > 0) & (judged.value != NONE)
    weights = chances(plan, mp, first)
    return Panel(
        mp.units.grain.value, mp.units.response, mp.owed > 0,
        np.where(joined.observed == NONE, NONE, (joined.observed < fails_under).astype(np.int64)),
        joined.worst < fails_under, joined.best < fails_under, weights.weight, weights.planned, weights.stated,
        (judged.source[used], judged.unit[used]),
    )  # fmt: skip


def check_says(plan: Plan, mp: MetricPlan, findings: pd.DataFrame) -> tuple[IntArray, bool]:
    """What checks say of each unit: flagged when one judgement fails, clear when all passed.

    Args:
        plan: the plan.
        mp: the metric.
        findings: findings of the checks that are to be read together.

    Returns:
        1 flagged, 0 clear, NONE not assessed; and whether it is about whole responses although clinicians rate parts,
        which is so unless the findings name the parts.
    """
    response = response_index((plan.systems, plan.items, plan.samples), findings)
    place, size = response, plan.n_responses
    whole = mp.units.grain is not Grain.response
    if whole:
        unit = mp.units.find(response, findings["unit_id"])
        if (unit >= 0).any():
            place, size, whole = unit, mp.owed.size, False
    inside = place >= 0
    outcome = findings["outcome"].astype("str").to_numpy()

    def has(*words: Outcome) -> BoolArray:
        return np.bincount(place[inside & np.isin(outcome, list(words))], minlength=size) > 0

    failed, passed = has(Outcome.failed), has(Outcome.passed)
    undecided = has(Outcome.not_assessable, Outcome.error)
    said = np.where(failed, FLAGGED, np.where(passed & ~undecided, CLEAR, NONE))
    return said.astype(np.int64), whole


def sources_say(
    plan: Plan, mp: MetricPlan, findings: pd.DataFrame, *, fails_under: int
) -> Iterator[tuple[str, IntArray, IntArray]]:
    """What each imported source says of each unit, by the clinicians' own threshold.

    Args:
        plan: the plan.
        mp: the metric with its scale.
        findings: findings whose probe is that scale.
        fails_under: value in millionths below which a unit fails.

    Yields:
        Id of the source; 1 flagged, 0 clear, NONE silent per unit; its value in millionths where the scale is a
        number from 0 to 1, which reads as a probability of passing (NONE elsewhere).
    """
    answers, rows = _answers(plan, mp, findings)
    given = answers.of(SourceKind.score)
    scale = mp.scale
    probable = scale is not None and scale.kind is ScaleKind.number and (scale.min, scale.max) == (0, 1)
    native = np.rint(rows["value"].fillna(0).to_numpy(dtype=np.float64) * TOP).astype(np.int64)
    for code in np.unique(given.source):
        heard = (answers.kind == SourceKind.score.value) & (answers.judged.source == code)
        heard &= (answers.judged.unit >= 0) & (answers.judged.value != NONE)
        unit, said = answers.judged.unit[heard], np.full(mp.owed.size, NONE, dtype=np.int64)
        stated = said.copy()
        said[unit] = answers.judged.value[heard] < fails_under
        if probable and scale is not None:
            stated[unit] = native[heard] if scale.better == "higher" else TOP - native[heard]
        yield answers.sources[int(code)], said, stated


def _answers(plan: Plan, mp: MetricPlan, findings: pd.DataFrame) -> tuple[Answers, pd.DataFrame]:
    """Answers of the first occasion inside the plan, and their rows, one for each."""
    probe = findings["probe_id"] == (mp.scale.id if mp.scale is not None else "")
    rows = findings[probe.to_numpy() & (findings["occasion"].to_numpy(dtype=np.int64) == 1)]
    response = response_index((plan.systems, plan.items, plan.samples), rows)
    inside = response >= 0
    return answers_of(mp, rows[inside], response[inside]), rows[inside]
