"""The checks of a study as jobs: which are run together on which responses, and what came of them.

May import checks, rubric and the scoring ground. Pure: what maps over the jobs, and what remembers answers, are
arguments.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from dualtrack.checks import BoundCheck, run_checks
from dualtrack.checks.fit import bind_check
from dualtrack.checks.memory import Answers, Memory, Store, check_digest
from dualtrack.checks.registry import origin_of
from dualtrack.errors import CheckError, Problem
from dualtrack.scoring.plan import Plan

__all__ = ["Map", "bound_checks", "check_findings", "check_jobs"]

In = TypeVar("In")
Out = TypeVar("Out")
Map = Callable[[Callable[[In], Out], Iterable[In]], Iterable[Out]]

RESPONSES_PER_JOB = 2_000


@dataclass(frozen=True, slots=True)
class CheckJob:
    """Some responses and the checks to run on them; ``names`` and ``known`` are what a memory is made of.

    A job has many checks, so that a text is read once for all of them; ``scope`` says which items each is for.
    """

    bound: tuple[BoundCheck, ...]
    responses: pd.DataFrame
    items: pd.DataFrame
    scope: Mapping[str, frozenset[str]]
    language: str | None
    names: Mapping[str, str]
    known: Mapping[str, Answers]


@dataclass(frozen=True, slots=True)
class _Checked:
    """What came of one job: its findings, the answers that were not known, and where a check broke."""

    findings: pd.DataFrame
    fresh: Mapping[str, Answers]
    broken: tuple[Problem, ...]


def _run(job: CheckJob) -> _Checked:
    memory, broken = Memory(job.known, job.names) if job.names else None, list[Problem]()
    findings = run_checks(
        job.bound,
        job.responses,
        job.items,
        default_language=job.language,
        on_error=broken.append,
        memory=memory,
        scope=job.scope,
    )
    return _Checked(findings, {} if memory is None else memory.fresh, tuple(broken))


def check_findings(
    plan: Plan, tables: Mapping[str, pd.DataFrame], map_: Map[Any, Any], store: Store | None
) -> tuple[list[pd.DataFrame], tuple[Problem, ...]]:
    """Run every check of a plan.

    Args:
        plan: the plan.
        tables: the input tables by name.
        map_: maps a pure function over jobs.
        store: keeps what the checks said for the next run.

    Returns:
        Findings of each job, and a problem for each response on which a check broke.
    """
    checked: list[_Checked] = list(map_(_run, check_jobs(plan, tables["responses"], tables["items"], store)))
    fresh: dict[str, Answers] = {}
    for job in checked:
        for name, each in job.fresh.items():
            fresh.setdefault(name, {}).update(each)
    if store is not None:
        for name, each in fresh.items():
            store.add(name, each)
    return [job.findings for job in checked], tuple(problem for job in checked for problem in job.broken)


def bound_checks(plan: Plan) -> dict[str, tuple[BoundCheck, ...]]:
    """The checks of each metric in scope, with their parameters validated.

    Args:
        plan: the plan.

    Returns:
        Metric id -> its checks, ready to run; metrics without a check are left out.

    Raises:
        CheckError: every unknown kind and wrong parameter of every metric, at once (CHK...).
    """
    bound: dict[str, tuple[BoundCheck, ...]] = {}
    problems: list[Problem] = []
    for mp in plan.metrics:
        checks: list[BoundCheck] = []
        for check in mp.metric.checks:
            try:
                checks.append(bind_check(mp.metric, check, plan.rubric))
            except CheckError as error:
                problems += error.problems
        if checks:
            bound[mp.metric.id] = tuple(checks)
    if problems:
        raise CheckError(problems)
    return bound


def check_jobs(plan: Plan, responses: pd.DataFrame, items: pd.DataFrame, store: Store | None) -> Iterator[CheckJob]:
    """Some responses at a time with all of our checks, each for the items to which its metric applies.

    Responses to one item are kept together: what is looked for in them is made ready once. Checks of other packages
    have jobs of their own, one metric at a time: one that takes its process down costs no other metric a finding.

    Args:
        plan: the plan.
        responses: the answers to be judged.
        items: the cases.
        store: knows what the checks said before.

    Yields:
        The jobs, ready to be sent to another process.
    """
    languages = plan.study.context.languages
    language = languages[0] if len(languages) == 1 else None
    bound = bound_checks(plan)
    groups: dict[str, list[BoundCheck]] = {}
    for metric, checks in bound.items():
        for check in checks:
            groups.setdefault("" if origin_of(check.kind) is None else metric, []).append(check)
    item_ids = items["item_id"].astype("str").to_numpy()
    put_to = {mp.metric.id: frozenset(item_ids[mp.applies].tolist()) for mp in plan.metrics if mp.metric.id in bound}
    scope = {check.probe_id: put_to[metric] for metric, checks in bound.items() for check in checks}
    answered = responses["item_id"].astype("str").to_numpy()
    in_order = np.argsort(answered, kind="stable")
    for group in groups.values():
        digests = {} if store is None else {check.probe_id: check_digest(check) for check in group}
        names = {probe: digest for probe, digest in digests.items() if digest is not None}
        known = {} if store is None else {name: store.read(name) for name in names.values()}
        wanted = frozenset().union(*(scope[check.probe_id] for check in group))
        asked = in_order[np.isin(answered[in_order], sorted(wanted))]
        for first in range(0, len(asked), RESPONSES_PER_JOB):
            places = asked[first : first + RESPONSES_PER_JOB]
            here = frozenset(answered[places].tolist())
            about = items[np.isin(item_ids, sorted(here))]
            within = {check.probe_id: scope[check.probe_id] & here for check in group}
            yield CheckJob(tuple(group), responses.iloc[places], about, within, language, names, known)
