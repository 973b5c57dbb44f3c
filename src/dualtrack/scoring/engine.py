"""The engine: from rubric and study tables to the tables of results.

May import everything up to scoring. Pure: no file is opened, no clock is read; what maps the stages over partitions
is an argument.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dualtrack.checks.memory import Store
from dualtrack.errors import Problem
from dualtrack.records.study import StudyFile
from dualtrack.rubric.header import Rubric
from dualtrack.scoring.arrays import BoolArray
from dualtrack.scoring.check_jobs import Map, check_findings
from dualtrack.scoring.check_proof import proof_rows, shown_metrics, with_shown
from dualtrack.scoring.contested import contested_cases, dispute_tables, rows_without, without_items
from dualtrack.scoring.controls import without_controls
from dualtrack.scoring.findings import all_findings, imported_findings, rating_findings
from dualtrack.scoring.first_ratings import FirstRatings, first_ratings
from dualtrack.scoring.observe import Observed, observe
from dualtrack.scoring.panel_tables import panel_tables
from dualtrack.scoring.plan import Plan, make_plan
from dualtrack.scoring.rater_tables import Clinicians, clinicians_of
from dualtrack.scoring.result_rows import result_tables
from dualtrack.scoring.standing import UNCHANGED, Changed, standing_of_proofs
from dualtrack.scoring.sums import merge, reduce
from dualtrack.terms import Proof

__all__ = ["Scored", "partitions", "score_findings", "score_tables"]


Progress = Callable[[str], None]

ROWS_PER_PARTITION = 500_000


@dataclass(frozen=True, slots=True)
class Scored:
    """What scoring gives.

    Attributes:
        plan: the plan.
        tables: every result table except ``texts``, by name.
        broken: a problem for each response on which a check broke; its finding says ``error``.
    """

    plan: Plan
    tables: Mapping[str, pd.DataFrame]
    broken: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One partition: which items, and the findings about them."""

    items: BoolArray
    findings: pd.DataFrame


def score_tables(
    rubric: Rubric,
    study: StudyFile,
    tables: Mapping[str, pd.DataFrame],
    *,
    pre_specified: bool = False,
    late_margins: frozenset[str] = frozenset(),
    changed: Changed = UNCHANGED,
    map_: Map[Any, Any] = map,
    store: Store | None = None,
    progress: Progress = lambda _stage: None,
) -> Scored:
    """Score a study: plan, findings, observations, estimates, gates, verdicts, comparisons, accountability.

    Args:
        rubric: the loaded rubric.
        study: the study file.
        tables: the input tables by name, typed as the specification says.
        pre_specified: whether rubric, plan and thresholds were sealed before the responses were seen; without it
            no gate and no track is met.
        late_margins: metrics and tracks whose margin was set or changed after that; it decides nothing.
        changed: what was changed after the seal, or looked at before; it is not pre-specified.
        map_: maps a pure function over partitions; the built-in ``map`` by default. Any order and any executor gives
            the same bytes.
        store: keeps what the checks said for the next run; with it and without it, the bytes are the same.
        progress: told the name of each stage as it begins.

    Returns:
        The plan and the result tables.

    Raises:
        ScoringError: rubric and study do not fit together (SCO001...).
        CheckError: a check kind is unknown or wrongly set up (CHK...).
    """
    progress("plan")
    clinicians = clinicians_of(rubric, study, tables)
    study, tables = without_controls(study, tables)
    late = late_margins | changed.differences
    given = _Given(rubric, study, tables, clinicians, pre_specified, changed, late, map_)
    plan = given.plan()
    progress("checks")
    checked, broken = check_findings(plan, tables, map_, store)
    findings = all_findings(
        [
            *checked,
            rating_findings(tables["ratings"], rubric.scales),
            imported_findings(tables["scores"], rubric.scales),
        ]
    )
    scored = given.scored(plan, findings, progress)
    progress("disputes")
    about_panel = panel_tables(plan, tables, clinicians.first, late_margins=late)
    more = {**given.disputed(plan, findings, scored), **about_panel}
    return replace(scored, broken=broken, tables={**scored.tables, **more})


@dataclass(frozen=True, slots=True)
class _Given:
    """What a study is scored from, so that it can be scored again on fewer cases in the same way."""

    rubric: Rubric
    study: StudyFile
    tables: Mapping[str, pd.DataFrame]
    clinicians: Clinicians
    pre_specified: bool
    changed: Changed
    late_margins: frozenset[str]
    map_: Map[Any, Any]

    def plan(self) -> Plan:
        plan = make_plan(self.rubric, self.study, self.tables, pre_specified=self.pre_specified)
        return replace(plan, changed=self.changed)

    def scored(
        self, plan: Plan, findings: pd.DataFrame, progress: Callable[[str], None] = lambda _stage: None
    ) -> Scored:
        return score_findings(
            plan,
            findings,
            self.tables["dispositions"],
            first=self.clinicians.first,
            clinicians=self.clinicians,
            late_margins=self.late_margins,
            map_=self.map_,
            progress=progress,
        )

    def disputed(self, plan: Plan, findings: pd.DataFrame, scored: Scored) -> dict[str, pd.DataFrame]:
        """The tables about contested cases; scored again without them, the checks' findings being what they are."""
        contested = contested_cases(self.tables["disputes"])
        again: dict[str, Mapping[str, pd.DataFrame]] = {}
        for basis, items in contested.without.items():
            fewer = without_items(self.tables, items)
            if fewer["items"].empty:
                continue  # every case is contested, and there is nothing to score without them
            heard = replace(self.clinicians, tables=fewer, first=first_ratings(fewer, self.rubric.scales))
            other = replace(self, tables=fewer, clinicians=heard)
            again[basis] = other.scored(other.plan(), rows_without(findings, items)).tables
        rule_sealed = plan.pre_specified and self.study.plan.disputes is not None and not self.changed.disputes
        return dispute_tables(contested, scored.tables, again, rule_sealed=rule_sealed)


def score_findings(
    plan: Plan,
    findings: pd.DataFrame,
    dispositions: pd.DataFrame,
    *,
    first: FirstRatings | None = None,
    clinicians: Clinicians | None = None,
    late_margins: frozenset[str] = frozenset(),
    map_: Map[Any, Any] = map,
    progress: Progress = lambda _stage: None,
) -> Scored:
    """Score judgements that are there already: observations, estimates, gates, verdicts and what follows.

    Args:
        plan: the plan.
        findings: one row per judgement, as the findings table specifies.
        dispositions: what named persons decided.
        first: the clinicians' first ratings, which checks are measured against; without them none is shown.
        clinicians: who rated, and what they were given; without it nothing is said of raters.
        late_margins: as in ``score_tables``.
        map_: maps a pure function over partitions.
        progress: told the name of each stage as it begins.

    Returns:
        The plan and the result tables.
    """
    proofs = [] if first is None else standing_of_proofs(plan.changed, proof_rows(plan, findings, first))
    plan, findings = _promoted(plan, findings, shown_metrics(proofs))
    progress("observations")
    parts = [_Part(items, _rows_of(plan, findings, items)) for items in partitions(plan, len(findings))]
    observed = list(map_(_Observe(plan), parts))
    sums = merge(reduce(plan, each) for each in observed)
    progress("estimates")
    tables = result_tables(
        plan,
        findings,
        observed,
        sums,
        dispositions=dispositions,
        proofs=proofs,
        clinicians=clinicians,
        late_margins=late_margins,
    )
    return Scored(plan, tables)


def _promoted(plan: Plan, findings: pd.DataFrame, shown: frozenset[str]) -> tuple[Plan, pd.DataFrame]:
    """Plan and findings with the checks that proved themselves marked as shown."""
    if not shown:
        return plan, findings
    probe = findings["probe_id"].astype("str")
    proven = probe.str.partition(".")[0].isin(shown) & probe.str.contains(".", regex=False)
    screening = (findings["proof"].astype("str") == Proof.screening.value).to_numpy()
    proof = findings["proof"].astype("object").where(~(proven.to_numpy() & screening), Proof.shown.value)
    return with_shown(plan, shown), findings.assign(proof=proof.astype("category"))


def partitions(plan: Plan, n_rows: int, *, rows_per_partition: int = ROWS_PER_PARTITION) -> Iterator[BoolArray]:
    """Split the items into groups of whole clusters; how many depends on the data alone.

    Args:
        plan: the plan.
        n_rows: number of findings.
        rows_per_partition: about how many findings a partition holds.

    Yields:
        One boolean per item for each partition; together they hold every item once.
    """
    n_parts = max(1, min(len(plan.clusters), -(-n_rows // rows_per_partition)))
    part_of_cluster = np.arange(len(plan.clusters), dtype=np.int64) * n_parts // max(1, len(plan.clusters))
    for part in range(n_parts):
        yield part_of_cluster[plan.cluster] == part


@dataclass(frozen=True, slots=True)
class _Observe:
    """The observe stage with its plan, so that any executor can send it to another process."""

    plan: Plan

    def __call__(self, part: _Part) -> tuple[Observed, ...]:
        return observe(self.plan, part.items, part.findings)


def _rows_of(plan: Plan, findings: pd.DataFrame, items: BoolArray) -> pd.DataFrame:
    if items.all():
        return findings
    category = findings["item_id"].cat
    place = {name: index for index, name in enumerate(plan.items)}
    wanted = np.array([items[place[str(name)]] if str(name) in place else False for name in category.categories])
    return findings[wanted[category.codes.to_numpy()]]
