"""Failures of one metric, response by response: what fails, who says so, which way to fail was named, how much harm.

May import terms, rubric and the scoring ground. A failure is what the joined judgement calls one; that a
single source says it fails is kept beside it, so that nothing that anybody saw is lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.rubric.gate import LimitGate
from dualtrack.scoring.answers import answers_of
from dualtrack.scoring.arrays import NONE, BoolArray, IntArray
from dualtrack.scoring.evidence import fails_below
from dualtrack.scoring.observe import PRIMARY, Observed
from dualtrack.scoring.plan import MetricPlan, Plan, response_index
from dualtrack.scoring.sums import gate_threshold
from dualtrack.terms import HarmLevel, Outcome, QuantityType, SourceKind, Track

__all__ = ["BODILY", "Failures", "Harm", "Said", "acts_of", "failures_of", "harm_steps", "said_of"]

UNNAMED = ""
BODILY = tuple(level.value for level in HarmLevel)
"""Steps of harm that the contract itself knows, for a rubric that includes the question and not the ladder."""


@dataclass(frozen=True, slots=True)
class Harm:
    """Worst harm rated on each response: place on the ladder (NONE: nobody rated it), and whether it is a ruling."""

    place: IntArray
    ruled: BoolArray


@dataclass(frozen=True, slots=True)
class Said:
    """All findings of a study, found by probe, with the number of the response of each."""

    findings: pd.DataFrame
    response: IntArray
    probes: Mapping[str, int]
    codes: np.ndarray

    def of(self, probe: str) -> tuple[pd.DataFrame, IntArray]:
        """The findings of one probe."""
        chosen = np.flatnonzero(self.codes == self.probes.get(probe, -2))
        return self.findings.iloc[chosen], self.response[chosen]


@dataclass(frozen=True, slots=True)
class Failures:
    """What is known of each response on one metric; every array has one entry per response of the plan.

    Attributes:
        planned: the metric is to be judged there.
        assessed: there is a joined judgement.
        fails: the joined judgement is a failure.
        reason: index of the reason why there is no joined judgement, NONE elsewhere.
        named: way to fail ("" is none named) -> responses of which a source says so, whatever the joined judgement.
        by: kind of source -> responses that it calls failing.
        harm: worst harm rated.
    """

    planned: BoolArray
    assessed: BoolArray
    fails: BoolArray
    reason: IntArray
    named: Mapping[str, BoolArray]
    by: Mapping[str, BoolArray]
    harm: Harm

    @property
    def raised(self) -> BoolArray:
        """Responses that any source calls failing."""
        any_: BoolArray = np.logical_or.reduce([np.zeros_like(self.fails), *self.by.values()])
        return any_


def said_of(plan: Plan, findings: pd.DataFrame) -> Said:
    """Number the response of every finding once.

    Args:
        plan: the plan.
        findings: all findings.
    """
    response = response_index((plan.systems, plan.items, plan.samples), findings)
    inside = response >= 0
    findings, response = findings[inside], response[inside]
    probe = findings["probe_id"].astype("category")
    probes = {str(name): code for code, name in enumerate(probe.cat.categories)}
    return Said(findings, response, probes, probe.cat.codes.to_numpy())


def failures_of(plan: Plan, place: int, observed: Sequence[tuple[Observed, ...]], said: Said) -> Failures | None:
    """What is known of each response on one metric.

    Args:
        plan: the plan.
        place: place of the metric in the plan.
        observed: what each partition gave.
        said: the findings.

    Returns:
        None where nothing says which judgement of the metric is a failing one.
    """
    mp = plan.metrics[place]
    threshold = _threshold(mp)
    if threshold is None:
        return None
    size = plan.n_responses
    assessed, fails = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    reason = np.full(size, NONE, dtype=np.int64)
    for part in observed:
        evidence = part[place].by_basis[PRIMARY]
        seen = evidence.observed != NONE
        assessed[evidence.cells[seen]] = True
        fails[evidence.cells[seen & evidence.failing(threshold).observed]] = True
        reason[evidence.cells[~seen]] = evidence.reason[~seen]
    named, by = _named(plan, mp, said, threshold)
    unnamed = fails & ~np.logical_or.reduce([np.zeros_like(fails), *named.values()])
    named[UNNAMED] = named.get(UNNAMED, np.zeros_like(fails)) | unnamed
    reason[assessed] = NONE
    return Failures(mp.cells, assessed, fails, reason, named, by, _harm(plan, mp, said))


def _threshold(mp: MetricPlan) -> int | None:
    """Value in millionths below which a joined judgement fails: the metric's own rule, else that of its first gate."""
    rule = mp.metric.ratings.fail_when if mp.metric.ratings else None
    if mp.metric.quantity.type != QuantityType.ordinal or rule is not None:
        return fails_below(mp)
    gates = [gate for gate in mp.metric.gates if isinstance(gate, LimitGate) and gate.fails is not None]
    return gate_threshold(mp, gates[0]) if gates else None


def _named(plan: Plan, mp: MetricPlan, said: Said, threshold: int) -> tuple[dict[str, BoolArray], dict[str, BoolArray]]:
    """Per way to fail and per kind of source, the responses that it is said of.

    What an adjudicator ticked stands in place of everybody else's words about the same response.
    """
    size = plan.n_responses
    words: list[tuple[IntArray, np.ndarray, str]] = list(_check_words(mp, said))
    ticked = np.zeros(size, dtype=np.bool_)
    for response, modes, kind in _rating_words(mp, said, threshold):
        words.append((response, modes, kind))
        if kind == SourceKind.adjudicator.value:
            ticked[response[modes != UNNAMED]] = True
    named: dict[str, BoolArray] = {}
    by: dict[str, BoolArray] = {}
    for response, modes, kind in words:
        by.setdefault(kind, np.zeros(size, dtype=np.bool_))[response] = True
        heard = ~ticked[response] if kind != SourceKind.adjudicator.value else np.ones(response.size, dtype=np.bool_)
        for cell in dict.fromkeys(modes[heard].tolist()):
            there = response[heard & (modes == cell)]
            for mode in str(cell).split():
                named.setdefault(mode, np.zeros(size, dtype=np.bool_))[there] = True
    return named, by


def _check_words(mp: MetricPlan, said: Said) -> Iterator[tuple[IntArray, np.ndarray, str]]:
    for check in mp.metric.checks:
        frame, response = said.of(f"{mp.metric.id}.{check.id}")
        failed = (frame["outcome"].astype("str") == Outcome.failed.value).to_numpy()
        if failed.any():
            modes = frame["failure_mode"].astype("object").fillna(UNNAMED).to_numpy(dtype=object)
            yield response[failed], modes[failed], SourceKind.check.value


def _rating_words(mp: MetricPlan, said: Said, threshold: int) -> Iterator[tuple[IntArray, np.ndarray, str]]:
    """The failing answers to the metric's question, with the metric's own ways to fail that were ticked."""
    if mp.scale is None or mp.pairs is not None or mp.correct is not None:
        return
    frame, response = said.of(mp.scale.id)
    frame, response = frame[first := _first(frame)], response[first]
    answers = answers_of(mp, frame, response)
    judged = answers.judged
    failing = (judged.value != NONE) & (judged.value < threshold) & judged.about & (judged.unit >= 0)
    own = {mode.id for mode in mp.metric.failure_modes}
    ticks = frame["failure_mode"].astype("category")
    kept = [" ".join(sorted(own & set(str(word).split()))) for word in ticks.cat.categories]
    modes = np.array([*kept, UNNAMED], dtype=object)[ticks.cat.codes.to_numpy()]
    for kind in SourceKind:
        chosen = failing & (answers.kind == kind.value)
        if chosen.any():
            yield judged.response[chosen], modes[chosen], kind.value


def _first(frame: pd.DataFrame) -> BoolArray:
    first: BoolArray = frame["occasion"].to_numpy(dtype=np.int64) == 1
    return first


def harm_steps(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Scales that ask for harm, each with its steps from none to worst: those whose levels are steps of a harm ladder.

    Args:
        plan: the plan.
    """
    ladders = [tuple(step.id for step in ladder.levels) for ladder in plan.rubric.harm_ladders.values()]
    found: dict[str, tuple[str, ...]] = {}
    for steps in (*ladders, BODILY):
        for scale in plan.rubric.scales.values():
            levels = {level for level, value in scale.values.items() if value is not None}
            if levels and levels <= set(steps):
                found.setdefault(scale.id, steps)
    return found


def _harm(plan: Plan, mp: MetricPlan, said: Said) -> Harm:
    """Worst harm on each response: an adjudicator's word, else the worst rating, of it all or of a ticked way to fail.

    Harm is rated for the answer as a whole, and on safety it is told as a whole: what one rater calls a missed
    emergency another may call a missing warning. On effectiveness it counts only where the rater named a way to fail of
    the metric, so that an answer that is hard to read does not borrow the harm of a wrong dose in it.
    """
    size = plan.n_responses
    place, ruled = np.full(size, NONE, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    asked = harm_steps(plan)
    own = () if mp.scale is None or mp.scale.id in asked else (mp.scale.id,)
    for scale in (*asked, *own):
        frame, response = said.of(scale)
        kinds = frame["source_kind"].astype("str").to_numpy()
        rank = np.maximum(_ranks(frame["level"], asked.get(scale, ())), _ranks(frame["harm_level"], BODILY))
        told = (rank != NONE) & _about(mp, frame["failure_mode"])
        people = np.isin(kinds, [SourceKind.rater.value, SourceKind.tie_break.value])
        rating, ruling = told & people & _first(frame), told & (kinds == SourceKind.adjudicator.value)
        np.maximum.at(place, response[rating], rank[rating])
        place[response[ruling]] = rank[ruling]
        ruled[response[ruling]] = True
    return Harm(place, ruled)


def _ranks(words: pd.Series, steps: tuple[str, ...]) -> IntArray:
    """Place of each word among the steps, NONE where it is none of them."""
    place = {step: number for number, step in enumerate(steps)}
    known = words.astype("category")
    codes = np.array([*(place.get(str(word), NONE) for word in known.cat.categories), NONE], dtype=np.int64)
    ranks: IntArray = codes[known.cat.codes.to_numpy()]
    return ranks


def _about(mp: MetricPlan, ticked: pd.Series) -> BoolArray:
    """Whether each rating of harm counts for the metric."""
    if mp.metric.track is Track.safety:
        return np.ones(len(ticked), dtype=np.bool_)
    own = {mode.id for mode in mp.metric.failure_modes}
    words = ticked.astype("category")
    about = [bool(own & set(str(word).split())) for word in words.cat.categories]
    return np.array([*about, False], dtype=np.bool_)[words.cat.codes.to_numpy()]


def acts_of(plan: Plan, said: Said) -> dict[tuple[str, str], str]:
    """Act of every way to fail: as the metric declares it, else as its checks say.

    Args:
        plan: the plan.
        said: the findings.

    Returns:
        (metric id, way to fail) -> commission or omission.
    """
    acts: dict[tuple[str, str], str] = {}
    for mp in plan.metrics:
        for check in mp.metric.checks:
            frame, _ = said.of(f"{mp.metric.id}.{check.id}")
            pairs = frame[["failure_mode", "act"]].astype("object").dropna().drop_duplicates()
            for mode, act in pairs.itertuples(index=False):
                acts[mp.metric.id, str(mode)] = str(act)
        for declared in mp.metric.failure_modes:
            acts[mp.metric.id, declared.id] = declared.act
    return acts
