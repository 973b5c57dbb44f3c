"""The plan: what is to be judged, fixed before anything is computed.

May import errors, terms, stats, rubric, records and checks. The plan joins rubric, study file, items and the list of
responses; it never looks at a judgement, so that what is owed cannot depend on what was found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dualtrack.records.study import StudyFile
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.quantity import PairedQuantity
from dualtrack.rubric.scale import Grain, Scale
from dualtrack.scoring.applies import applicable
from dualtrack.scoring.arrays import BoolArray, IntArray
from dualtrack.scoring.draw import Draw, chance_of_units, make_draw
from dualtrack.scoring.families import cluster_names
from dualtrack.scoring.overrides import metrics_in_scope
from dualtrack.scoring.pairing import PairList, pair_list, repeats
from dualtrack.scoring.refuse import refuse_what_cannot_be_scored
from dualtrack.scoring.standing import UNCHANGED, Changed
from dualtrack.scoring.strata import strata_of_items
from dualtrack.terms import ResponseStatus

__all__ = ["MetricPlan", "Plan", "UnitList", "make_plan", "questions_per_item", "response_index"]

STATUSES: tuple[ResponseStatus, ...] = tuple(ResponseStatus)


@dataclass(frozen=True, slots=True)
class UnitList:
    """Units of one grain: the response that each belongs to, and their ids; a response is its own unit."""

    grain: Grain
    response: IntArray
    names: tuple[str, ...]

    def find(self, response: IntArray, names: pd.Series) -> IntArray:
        """Index of each (response, unit_id), -1 where the list has no such unit."""
        if self.grain is Grain.response:
            return np.where((names == "").to_numpy(), response, -1)
        known = pd.MultiIndex.from_arrays([self.response, pd.Index(self.names, dtype="str")])
        asked = pd.MultiIndex.from_arrays([response, names.astype("str")])
        return known.get_indexer(asked).astype(np.int64)


@dataclass(frozen=True, slots=True)
class MetricPlan:
    """One metric in scope: where it applies and how many ratings each unit is owed.

    Attributes:
        metric: the metric, with the study's overrides applied.
        scale: the scale that its ratings answer, if any.
        units: what one judgement is about (the responses themselves for grain ``response``).
        applies: per item, decided by the item alone.
        owed: per unit, the ratings that the plan asks for; 0 where sampling left it out.
        cells: per response, whether the metric is to be assessed there; pairs stand at their second response.
        judged: per response, whether it is to be judged: the cells, or both sides of every pair.
        n_sampled_out: responses to which the metric applies and that sampling left unrated on purpose.
        pairs: what is compared, for a metric of pairs.
        repeats: pairs of repeats of the same response, which a metric of variants prints beside its own.
        checks_shown: whether checks that are no definition proved themselves against clinicians in this study.
        correct: place in the plan of the metric that says whether a response was right, for a calibration metric.
        draw: which responses were drawn for rating and with which chance, where some were left out on purpose.
    """

    metric: Metric
    scale: Scale | None
    units: UnitList
    applies: BoolArray
    owed: IntArray
    cells: BoolArray
    judged: BoolArray
    n_sampled_out: int = 0
    pairs: PairList | None = None
    repeats: PairList | None = None
    correct: int | None = None
    checks_shown: bool = False
    draw: Draw | None = None

    @property
    def checks_define(self) -> bool:
        """Whether every check of the metric is the definition, so that it may drive a gate."""
        return all(check.proof == "by_construction" for check in self.metric.checks)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a study owes. Responses are numbered (system * n_items + item) * samples + sample - 1.

    Attributes:
        systems, items: ids in lexical order.
        samples: planned repeats per system and item.
        planned, status: per response, whether it is owed and what came back (index into ``STATUSES``).
        cluster: per item, the index of its cluster; ``clusters`` holds their names.
        strata: name of each stratum of the items, and of those that are made -> level per item ("" where it has none).
        metrics: the metrics in scope, in the order of the rubric.
        pre_specified: whether rubric, plan and thresholds were sealed before the responses were seen.
        rubric: as loaded, for what checks read of it; the values to use are those of ``metrics``.
        changed: what was changed after the seal, or looked at before.
    """

    systems: tuple[str, ...]
    items: tuple[str, ...]
    samples: int
    planned: BoolArray
    status: IntArray
    cluster: IntArray
    clusters: tuple[str, ...]
    strata: Mapping[str, tuple[str, ...]]
    metrics: tuple[MetricPlan, ...]
    study: StudyFile
    coverage_floor: float
    pre_specified: bool
    rubric: Rubric
    changed: Changed = UNCHANGED

    @property
    def cluster_floor(self) -> int:
        """Least number of clusters for an interval: the rubric's, which a study may raise."""
        return max(self.rubric.header.floors.clusters, self.study.plan.floors.clusters)

    @property
    def n_items(self) -> int:
        """Number of planned items."""
        return len(self.items)

    @property
    def n_responses(self) -> int:
        """Number of places for responses: systems x items x samples."""
        return len(self.systems) * len(self.items) * self.samples

    def item_of(self, responses: IntArray) -> IntArray:
        """Item index of each response."""
        return (responses // self.samples) % self.n_items

    def system_of(self, responses: IntArray) -> IntArray:
        """System index of each response."""
        return responses // (self.samples * self.n_items)

    def sample_of(self, responses: IntArray) -> IntArray:
        """Sample number of each response, from 1."""
        return responses % self.samples + 1


def questions_per_item(plan: Plan) -> IntArray:
    """Number of questions that one response to each item asks of a rater, by the metrics that apply to it.

    Returns:
        int64 per item; parts of a response that are rated singly are not counted.
    """
    asked: dict[str, BoolArray] = {}
    for mp in plan.metrics:
        if mp.scale is None or mp.units.grain is not Grain.response:
            continue
        owed = np.zeros(plan.n_items, dtype=np.bool_)
        owed[plan.item_of(np.flatnonzero(mp.owed > 0))] = True
        asked[mp.scale.id] = asked.get(mp.scale.id, np.zeros(plan.n_items, dtype=np.bool_)) | owed
    total = np.zeros(plan.n_items, dtype=np.int64)
    for each in asked.values():
        total += each
    return total


def response_index(plan_ids: tuple[tuple[str, ...], tuple[str, ...], int], frame: pd.DataFrame) -> IntArray:
    """Number of the response that each row of a table is about.

    Args:
        plan_ids: systems, items and samples of the plan.
        frame: a table with columns ``system_id``, ``item_id`` and ``sample``.

    Returns:
        int64 per row; -1 where the row names a response outside the plan.
    """
    systems, items, samples = plan_ids
    system = _codes(frame["system_id"], systems)
    item = _codes(frame["item_id"], items)
    sample = frame["sample"].to_numpy(dtype=np.int64)
    inside = (system >= 0) & (item >= 0) & (sample >= 1) & (sample <= samples)
    return np.where(inside, (system * len(items) + item) * samples + sample - 1, -1)


def make_plan(
    rubric: Rubric, study: StudyFile, tables: Mapping[str, pd.DataFrame], *, pre_specified: bool = False
) -> Plan:
    """Join rubric and study into the list of what is owed.

    Args:
        rubric: the loaded rubric.
        study: the study file.
        tables: input tables by name, as ``read_study`` returns them.
        pre_specified: whether rubric, plan and thresholds were sealed before the responses were seen.

    Returns:
        The plan; it depends on items, units, assignments and the list of responses, never on a judgement.

    Raises:
        ScoringError: everything unknown, unused or contradictory, named before anything is computed (SCO001...).
    """
    refuse_what_cannot_be_scored(rubric, study, tables)
    frame = tables["items"]
    systems = tuple(sorted(system.id for system in study.systems))
    items = tuple(str(each) for each in frame["item_id"])
    ids = (systems, items, study.plan.samples)
    planned, status = _responses(ids, study, tables["responses"])
    clusters, cluster = _clusters(frame, study.plan.cluster)
    metrics = tuple(
        _metric_plan(metric, rubric, study, tables=tables, ids=ids, planned=planned)
        for metric in metrics_in_scope(rubric, study)
    )
    return Plan(
        systems=systems,
        items=items,
        samples=study.plan.samples,
        planned=planned,
        status=status,
        cluster=cluster,
        clusters=clusters,
        strata=strata_of_items(frame, study),
        metrics=_derived(metrics),
        study=study,
        coverage_floor=max(study.plan.floors.coverage, rubric.header.floors.coverage),
        pre_specified=pre_specified,
        rubric=rubric,
    )


def _codes(column: pd.Series, names: tuple[str, ...]) -> IntArray:
    """Position of each cell in a sorted tuple of names, -1 when it is not there."""
    category = column.astype("category")
    position = {name: place for place, name in enumerate(names)}
    table = np.array([position.get(str(each), -1) for each in category.cat.categories] + [-1], dtype=np.int64)
    return table[category.cat.codes.to_numpy()]


def _responses(
    ids: tuple[tuple[str, ...], tuple[str, ...], int], study: StudyFile, frame: pd.DataFrame
) -> tuple[BoolArray, IntArray]:
    """Which responses are owed and what came back; without a table of responses all count as withheld."""
    size = len(ids[0]) * len(ids[1]) * ids[2]
    listed = frame.empty is False
    absent = ResponseStatus.not_run if listed else ResponseStatus.withheld
    status = np.full(size, STATUSES.index(absent), dtype=np.int64)
    place = response_index(ids, frame)
    words = frame["status"].astype("str").map({word.value: code for code, word in enumerate(STATUSES)})
    status[place] = words.to_numpy(dtype=np.int64)
    planned = np.ones(size, dtype=np.bool_)
    if study.plan.responses == "as_listed":
        planned = np.zeros(size, dtype=np.bool_)
        planned[place] = True
    return planned, status


def _clusters(frame: pd.DataFrame, rule: str) -> tuple[tuple[str, ...], IntArray]:
    """Names of the clusters in lexical order, and the cluster of each item."""
    names = cluster_names(frame, rule)
    ordered = tuple(sorted(set(names)))
    position = {name: place for place, name in enumerate(ordered)}
    return ordered, np.array([position[name] for name in names], dtype=np.int64)


def _metric_plan(
    metric: Metric,
    rubric: Rubric,
    study: StudyFile,
    *,
    tables: Mapping[str, pd.DataFrame],
    ids: tuple[tuple[str, ...], tuple[str, ...], int],
    planned: BoolArray,
) -> MetricPlan:
    applies = applicable(metric, tables["items"])
    paired = isinstance(metric.quantity, PairedQuantity)
    units = _units(Grain.response if paired else Grain(metric.quantity.per), tables["units"], ids)
    item = (np.arange(planned.size) // ids[2]) % len(ids[1])
    judged = planned & applies[item]
    pairs = _pairs(metric, tables["items"], planned=planned, applies=applies, samples=ids[2])
    if pairs is not None:
        judged = _both_sides(pairs, planned.size)
        applies = np.bincount(item, weights=judged, minlength=len(ids[1])) > 0
    scale = rubric.scales[metric.ratings.scale] if metric.ratings is not None else None
    owed = np.zeros(units.response.size, dtype=np.int64)
    if scale is not None:
        owed = _owed(scale, units, study, assignments=tables["assignments"], ids=ids)
    owed = np.where(judged[units.response], owed, 0)
    draw = None
    if scale is not None and not paired and not tables["assignments"].empty:
        unit, asked = _assigned(scale, units, tables["assignments"], ids=ids)
        chance = chance_of_units(unit, asked, units.response.size)
        system = np.arange(planned.size) // (ids[2] * len(ids[1]))
        draw = make_draw(units.response, owed, chance, judged=judged, system=system)
    unrated = judged & _left_out(units, owed, planned.size) if scale is not None else np.zeros_like(judged)
    if not metric.checks:
        judged = judged & ~unrated
    plan = MetricPlan(metric, scale, units, applies, owed, judged, judged, int(unrated.sum()), draw=draw)
    return plan if pairs is None else _paired(plan, pairs, tables["items"], samples=ids[2])


def _pairs(
    metric: Metric, items: pd.DataFrame, *, planned: BoolArray, applies: BoolArray, samples: int
) -> PairList | None:
    if not isinstance(metric.quantity, PairedQuantity):
        return None
    return pair_list(metric.quantity, items, planned=planned, applies=applies, samples=samples)


def _both_sides(pairs: PairList, n_responses: int) -> BoolArray:
    either = np.zeros(n_responses, dtype=np.bool_)
    either[pairs.first] = either[pairs.second] = True
    return either


def _paired(plan: MetricPlan, pairs: PairList, items: pd.DataFrame, *, samples: int) -> MetricPlan:
    """The plan of a metric of pairs; a pair of which sampling left out one side is left out."""
    kept = pairs.chosen(plan.judged[pairs.first] & plan.judged[pairs.second])
    cells = np.zeros(plan.judged.size, dtype=np.bool_)
    cells[kept.second] = True
    quantity = plan.metric.quantity
    variants = isinstance(quantity, PairedQuantity) and quantity.pairs.within == "family_id"
    again = repeats(items, judged=plan.judged, samples=samples) if variants and samples > 1 else None
    return replace(plan, cells=cells, pairs=kept, repeats=again)


def _derived(metrics: tuple[MetricPlan, ...]) -> tuple[MetricPlan, ...]:
    """The same metrics; one that derives from another is assessed where both are."""
    place = {mp.metric.id: number for number, mp in enumerate(metrics)}
    linked = []
    for mp in metrics:
        if "correct" in mp.metric.derives_from:
            number = place[mp.metric.derives_from["correct"]]
            both = mp.cells & metrics[number].cells
            mp = replace(mp, cells=both, judged=both, correct=number)  # noqa: PLW2901 -- the same metric, linked
        linked.append(mp)
    return tuple(linked)


def _left_out(units: UnitList, owed: IntArray, n_responses: int) -> BoolArray:
    """Responses that have units, none of which is owed a rating: sampling left them out on purpose."""
    has_units = np.zeros(n_responses, dtype=np.bool_)
    has_units[units.response] = True
    rated = np.zeros(n_responses, dtype=np.bool_)
    rated[units.response[owed > 0]] = True
    return has_units & ~rated


def _units(grain: Grain, frame: pd.DataFrame, ids: tuple[tuple[str, ...], tuple[str, ...], int]) -> UnitList:
    """The units of one grain; a response is its own unit."""
    size = len(ids[0]) * len(ids[1]) * ids[2]
    if grain is Grain.response or frame.empty:
        every = np.arange(size, dtype=np.int64) if grain is Grain.response else np.zeros(0, dtype=np.int64)
        return UnitList(grain, every, ())
    chosen = frame[frame["kind"].astype("str") == grain.value]
    return UnitList(grain, response_index(ids, chosen), tuple(chosen["unit_id"].astype("str")))


def _owed(
    scale: Scale,
    units: UnitList,
    study: StudyFile,
    *,
    assignments: pd.DataFrame,
    ids: tuple[tuple[str, ...], tuple[str, ...], int],
) -> IntArray:
    """Ratings owed per unit: the assignments where there are any, else the number that the plan states."""
    if assignments.empty:
        rule = study.plan.ratings_per_unit
        return np.full(units.response.size, rule.get(scale.id, rule.get("default", 0)), dtype=np.int64)
    unit, _ = _assigned(scale, units, assignments, ids=ids)
    return np.bincount(unit, minlength=units.response.size).astype(np.int64)


def _assigned(
    scale: Scale,
    units: UnitList,
    assignments: pd.DataFrame,
    *,
    ids: tuple[tuple[str, ...], tuple[str, ...], int],
) -> tuple[IntArray, pd.DataFrame]:
    """The unit of each assignment of first ratings on a scale, and the assignments themselves."""
    asked = (assignments["scale_id"].astype("str") == scale.id).to_numpy() & (assignments["occasion"] == 1).to_numpy()
    mine = assignments[asked]
    unit = units.find(response_index(ids, mine), mine["unit_id"])
    return unit[unit >= 0], mine[unit >= 0]
