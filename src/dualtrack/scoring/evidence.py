"""Evidence: what ratings, checks or an imported source say about each planned response of one metric.

May import terms, stats, rubric. Each source gives three values per response: observed (what is there), worst (what is
owed and missing filled as failing) and best (filled as succeeding).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dualtrack.rubric.gate import FailWhen
from dualtrack.rubric.scale import Scale, ScaleKind
from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray, group_sum, rounded_ratio
from dualtrack.scoring.fills import Fails, Gaps
from dualtrack.scoring.plan import STATUSES, MetricPlan, Plan
from dualtrack.stats.ordered import Aggregated, aggregate
from dualtrack.terms import Outcome, QuantityType, Reason, ResponseStatus

__all__ = [
    "REASONS",
    "Evidence",
    "Judgements",
    "about_metric",
    "check_evidence",
    "failing_levels",
    "fails_below",
    "joined_units",
    "level_threshold",
    "metric_values",
    "rating_evidence",
]

REASONS: tuple[Reason, ...] = tuple(Reason)
_SHARES = (QuantityType.proportion, QuantityType.ordinal)
_NO_TEXT = {
    ResponseStatus.not_run: Reason.no_response,
    ResponseStatus.error: Reason.no_response,
    ResponseStatus.empty: Reason.empty,
    ResponseStatus.refused: Reason.refused,
}


@dataclass(frozen=True, slots=True)
class Judgements:
    """Findings of one metric as arrays, one entry per finding: response, unit, value in millionths or NONE, source.

    ``about`` says whether the finding counts against this metric at all: not where its ratings are attributed and the
    rater ticked failure modes of other metrics alone.
    """

    response: IntArray
    unit: IntArray
    value: IntArray
    source: IntArray
    level: IntArray
    about: BoolArray

    def chosen(self, where: BoolArray) -> "Judgements":
        """The entries at some places."""
        return Judgements(
            self.response[where],
            self.unit[where],
            self.value[where],
            self.source[where],
            self.level[where],
            self.about[where],
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """Per planned response (``cells``): observed, worst and best value in millionths, and what they rest on.

    ``observed`` is NONE where there is no value and ``reason`` then holds the index of the reason in ``REASONS``
    (NONE elsewhere). ``raw`` is the native quantity in millionths, valid where ``has_raw``: the stated confidence of a
    calibration metric, the gap as it is of a pair. ``gaps`` stands for pairs alone; ``fails`` says what a limit gate
    counts where that is not a value below a threshold.
    """

    cells: IntArray
    observed: IntArray
    worst: IntArray
    best: IntArray
    n_units: IntArray
    n_failed: IntArray
    n_ratings: IntArray
    raw: IntArray
    has_raw: BoolArray
    reason: IntArray
    gaps: Gaps | None = None
    fails: Fails | None = None

    def missing(self, reason: Reason, where: BoolArray) -> "Evidence":
        """The same with the observed value taken away at some responses, for a stated reason; bounds wide open."""
        return replace(
            self,
            observed=np.where(where, NONE, self.observed),
            worst=np.where(where, 0, self.worst),
            best=np.where(where, TOP, self.best),
            reason=np.where(where, REASONS.index(reason), self.reason),
            gaps=None if self.gaps is None else self.gaps.missing(where),
            fails=None if self.fails is None else self.fails.missing(where),
        )

    def at(self, where: BoolArray) -> "Evidence":
        """The same on some of the responses; not for pairs and what derives from another metric."""
        names = [name for name in Evidence.__slots__ if name not in ("gaps", "fails")]
        return replace(self, **{name: getattr(self, name)[where] for name in names})

    def failing(self, threshold: int) -> Fails:
        """Which responses fail a limit gate: those whose value is below a threshold, or what ``fails`` says."""
        if self.fails is not None:
            return self.fails
        seen = self.observed != NONE
        return Fails(seen & (self.observed < threshold), self.worst < threshold, self.best < threshold)


def failing_levels(rule: FailWhen, scale: Scale) -> frozenset[str]:
    """Ids of the levels of a scale that a rule names, following the order of the scale file."""
    ordered = [level.id for level in scale.levels if level.value is not None]
    if rule.any_of is not None:
        return frozenset(rule.any_of)
    if rule.at_least is not None:
        return frozenset(ordered[scale.position(rule.at_least) :])
    if rule.at_most is not None:
        return frozenset(ordered[: scale.position(rule.at_most) + 1])
    return frozenset()


def level_threshold(rule: FailWhen, scale: Scale) -> int:
    """Value in millionths below which a joined value fails.

    It is the least value among the levels that do not fail, so a value between a failing and a passing level fails.
    """
    failing = failing_levels(rule, scale)
    passing = [value for level, value in scale.values.items() if value is not None and level not in failing]
    return round(min(passing) * TOP) if passing else TOP + 1


def fails_below(mp: MetricPlan) -> int:
    """Value in millionths below which a joined value of this metric fails; ``TOP`` where any failing unit counts."""
    rule = mp.metric.ratings.fail_when if mp.metric.ratings else None
    if mp.metric.quantity.type != QuantityType.ordinal or rule is None or mp.scale is None:
        return TOP
    return level_threshold(rule, mp.scale)


def about_metric(ticked: pd.Series, mp: MetricPlan) -> BoolArray:
    """Whether each rating counts against this metric, given the failure modes that its rater ticked.

    Args:
        ticked: failure modes of each finding, with spaces between; empty where none was ticked.
        mp: the metric.

    Returns:
        One boolean per finding: true unless the metric's ratings are attributed and only modes of others were ticked.
    """
    if mp.metric.ratings is None or not mp.metric.ratings.attributed:
        return np.ones(len(ticked), dtype=np.bool_)
    own = {mode.id for mode in mp.metric.failure_modes}
    words = ticked.astype("category")
    counts = [bool(own & set(str(word).split())) for word in words.cat.categories]
    return np.array([*counts, True], dtype=np.bool_)[words.cat.codes.to_numpy()]


def metric_values(level_value: np.ndarray, levels: pd.Series, mp: MetricPlan, about: BoolArray) -> IntArray:
    """Value of each rating for this metric, in millionths: the mapped level, or 0 and TOP for failing and passing.

    Args:
        level_value: value of each finding (mapped level, or the number on a number scale); NaN says nothing.
        levels: level id of each finding.
        mp: the metric and its scale.
        about: whether each finding counts against this metric; one that does not is worth the best.

    Returns:
        int64 per finding, NONE where the finding says nothing.
    """
    scale, rule = mp.scale, mp.metric.ratings.fail_when if mp.metric.ratings else None
    silent = np.isnan(level_value)
    filled = np.where(silent, 0.0, level_value)
    if mp.metric.quantity.type == QuantityType.ordinal or rule is None or scale is None:
        mapped = _scaled(filled, scale)
    elif scale.kind is ScaleKind.number:
        fails = filled < rule.below if rule.below is not None else filled > (rule.above or 0.0)
        mapped = np.where(fails, 0, TOP)
    else:
        mapped = np.where(levels.astype("str").isin(failing_levels(rule, scale)).to_numpy(), 0, TOP)
    return np.where(silent, NONE, np.where(about, mapped, TOP))


def _scaled(value: np.ndarray, scale: Scale | None) -> IntArray:
    if scale is not None and scale.kind is ScaleKind.number and scale.min is not None and scale.max is not None:
        share = (value - scale.min) / (scale.max - scale.min)
        value = share if scale.better == "higher" else 1 - share
    millionths: IntArray = np.rint(value * TOP).astype(np.int64)
    return millionths


def rating_evidence(
    plan: Plan, mp: MetricPlan, cells: IntArray, judged: Judgements, *, ruling: Judgements | None = None
) -> Evidence:
    """Join the ratings of each planned response by the metric's rule.

    A value is observed where more than half of the ratings owed to a unit are there; the bounds use every rating and
    fill the rest. Several units of one response: the worst one for a binary metric, their mean otherwise.

    Args:
        plan: the plan.
        mp: the metric.
        cells: planned responses of this partition, ascending.
        judged: the ratings; those of units that are owed nothing are ignored.
        ruling: what an adjudicator decided about single units; it stands in place of their ratings.

    Returns:
        Evidence for ``cells``.
    """
    joined = joined_units(mp, judged)
    observed, worst, best = joined.observed, joined.worst, joined.best
    if ruling is not None:
        decided = (ruling.unit >= 0) & (ruling.value != NONE)
        for values in (observed, worst, best):
            values[ruling.unit[decided]] = ruling.value[decided]
    evidence = _by_response(plan, mp, cells, (observed, worst, best, joined.n))
    silent = (judged.unit >= 0) & (mp.owed[judged.unit] > 0) & (judged.value == NONE)
    n_silent = np.bincount(judged.response[silent], minlength=plan.n_responses)[cells]
    reason = _rating_reasons(plan, evidence, n_silent)
    return replace(evidence, reason=np.where(evidence.observed == NONE, reason, NONE))


def joined_units(mp: MetricPlan, judged: Judgements) -> Aggregated:
    """Join the ratings of each unit by the metric's rule, one entry per unit.

    Args:
        mp: the metric.
        judged: the ratings; those of units that are owed nothing are ignored.

    Returns:
        Values in millionths: observed where more than half of the ratings owed are there, NONE elsewhere; worst and
        best with the rest filled; number of ratings.
    """
    owed = mp.owed
    heard = (judged.unit >= 0) & (owed[judged.unit] > 0) & (judged.value != NONE)
    given = np.bincount(judged.unit[heard], minlength=owed.size)  # a tie-break may come on top of what is owed
    joined = aggregate(judged.value[heard], judged.unit[heard], np.maximum(owed, given), mp.metric.aggregate)
    due = owed > 0
    return Aggregated(
        observed=np.where(2 * joined.n > owed, joined.observed, NONE),
        worst=np.where(due, joined.worst, 0),
        best=np.where(due, joined.best, TOP),
        n=joined.n,
    )


def _by_response(
    plan: Plan, mp: MetricPlan, cells: IntArray, units: tuple[IntArray, IntArray, IntArray, IntArray]
) -> Evidence:
    """Bring unit values to responses."""
    observed, worst, best, n = units
    response, size = mp.units.response, plan.n_responses
    n_units = np.bincount(response, minlength=size).astype(np.int64)
    seen = observed != NONE
    n_seen = np.bincount(response[seen], minlength=size).astype(np.int64)
    enough = 2 * n_seen > n_units
    if mp.metric.quantity.type == QuantityType.binary:
        whole = _least(response[seen], observed[seen], size)
        low, high = _least(response, worst, size), _least(response, best, size)
    else:
        whole = rounded_ratio(group_sum(response[seen], observed[seen], size), n_seen)
        low = rounded_ratio(group_sum(response, worst, size), n_units)
        high = rounded_ratio(group_sum(response, best, size), n_units)
    failed = seen & (observed < TOP) & (mp.metric.quantity.type != QuantityType.ordinal)
    return Evidence(
        cells=cells,
        observed=np.where(enough, whole, NONE)[cells],
        worst=np.where(n_units > 0, low, 0)[cells],
        best=np.where(n_units > 0, high, TOP)[cells],
        n_units=n_units[cells],
        n_failed=np.bincount(response[failed], minlength=size).astype(np.int64)[cells],
        n_ratings=group_sum(response, n, size)[cells],
        raw=np.zeros(cells.size, dtype=np.int64),
        has_raw=np.zeros(cells.size, dtype=np.bool_),
        reason=np.full(cells.size, NONE, dtype=np.int64),
    )


def _least(groups: IntArray, values: IntArray, size: int) -> IntArray:
    least = np.full(size, TOP, dtype=np.int64)
    np.minimum.at(least, groups, values)
    return least


def _rating_reasons(plan: Plan, evidence: Evidence, n_silent: IntArray) -> IntArray:
    """Why there is no joined rating: the response first, then the raters."""
    status = plan.status[evidence.cells]
    reason = np.full(evidence.cells.size, REASONS.index(Reason.no_evidence), dtype=np.int64)
    reason[evidence.n_units == 0] = REASONS.index(Reason.not_recorded)
    reason[evidence.n_ratings > 0] = REASONS.index(Reason.too_few_ratings)
    reason[(n_silent > 0) & (evidence.n_ratings == 0)] = REASONS.index(Reason.cannot_judge)
    unheard = (evidence.n_ratings == 0) & (n_silent == 0)
    for word, why in _NO_TEXT.items():
        reason[unheard & (status == STATUSES.index(word))] = REASONS.index(why)
    return reason


def check_evidence(
    plan: Plan, mp: MetricPlan, cells: IntArray, *, findings: pd.DataFrame, response: IntArray
) -> Evidence:
    """Join the checks of one metric on each planned response.

    Definition: where failures are counted, one failing judgement fails the response and all must have passed for it to
    pass; elsewhere the value is the share that passed, and it needs every judgement. What does not apply to the item
    does not count.

    Args:
        plan: the plan.
        mp: the metric with its checks.
        cells: planned responses of this partition, ascending.
        findings: findings of this metric's checks.
        response: number of the response of each finding.

    Returns:
        Evidence for ``cells``; a check that could not assess a response leaves it missing, with the check's reason.
    """
    size = plan.n_responses
    outcome = findings["outcome"].astype("str").to_numpy()
    count = _counter(response, size)
    passed, failed = count(outcome == Outcome.passed.value), count(outcome == Outcome.failed.value)
    undecided = count((outcome == Outcome.not_assessable.value) | (outcome == Outcome.error.value))
    observed, worst, best = _joined_checks(mp, passed, failed, undecided)
    raw = np.zeros(size, dtype=np.int64)
    has_raw = np.zeros(size, dtype=np.bool_)
    value = findings["value"].to_numpy(dtype=np.float64)
    told = ~np.isnan(value)
    raw[response[told]] = np.rint(value[told] * TOP).astype(np.int64)
    has_raw[response[told]] = True
    reason = np.full(size, REASONS.index(Reason.no_evidence), dtype=np.int64)
    for word, why in _NO_TEXT.items():
        reason[plan.status == STATUSES.index(word)] = REASONS.index(why)
    for place, stated in zip(response, findings["reason"], strict=True):
        if isinstance(stated, str):
            reason[place] = REASONS.index(Reason(stated))
    return Evidence(
        cells=cells,
        observed=observed[cells],
        worst=worst[cells],
        best=best[cells],
        n_units=np.maximum(passed + failed + undecided, 1)[cells],
        n_failed=failed[cells],
        n_ratings=np.zeros(cells.size, dtype=np.int64),
        raw=raw[cells],
        has_raw=has_raw[cells],
        reason=np.where(observed == NONE, reason, NONE)[cells],
    )


def _joined_checks(
    mp: MetricPlan, passed: IntArray, failed: IntArray, undecided: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Observed, worst and best value of each response from the numbers of judgements."""
    every = passed + failed + undecided
    if mp.metric.quantity.type in _SHARES:
        observed = np.where((undecided == 0) & (every > 0), rounded_ratio(passed * TOP, every), NONE)
        worst = np.where(every > 0, rounded_ratio(passed * TOP, every), 0)
        return observed, worst, np.where(every > 0, rounded_ratio((passed + undecided) * TOP, every), TOP)
    observed = np.where(failed > 0, 0, np.where((passed > 0) & (undecided == 0), TOP, NONE))
    return observed, np.where(observed == TOP, TOP, 0), np.where(observed == 0, 0, TOP)


def _counter(response: IntArray, size: int) -> Callable[[BoolArray], IntArray]:
    return lambda chosen: np.bincount(response[chosen], minlength=size).astype(np.int64)
