"""What is missing, system by system: the share of owed cells without a value, and whether it differs between systems.

May import terms, stats and the scoring ground. A comparison of what is there favours whoever has less missing where it
would hurt; so the shares stand beside it, with a flag where they differ by more than chance.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import binomtest

from dualtrack.scoring.arrays import IntArray, group_sum
from dualtrack.scoring.estimate import Row, of_track, plain_row
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.sides import PLANNED, matches
from dualtrack.scoring.sums import MetricSums
from dualtrack.stats.difference import linearised_difference
from dualtrack.stats.interval import Interval
from dualtrack.stats.multiple import benjamini_hochberg
from dualtrack.stats.proportion import effective_n, exact_interval
from dualtrack.terms import Fill, Reason, Role, Track

__all__ = ["MISSING_SHARE", "missing_comparisons", "missing_rows"]

MISSING_SHARE = "missing_share"
DIFFERS, NOT_SHOWN = "differs", "no_difference_shown"


def missing_rows(plan: Plan, sums: tuple[MetricSums, ...], track: Track) -> Iterator[Row]:
    """Rows of the estimates table: the share of owed cells without a value, per metric and over the track.

    Args:
        plan: the plan.
        sums: item sums per metric.
        track: the track.

    Yields:
        One row per system for each metric and for the track; ``n_planned`` cells are owed, ``n_events`` missing.
    """
    for about in _subjects(plan, sums, track):
        for system in range(len(plan.systems)):
            yield _share(plan, about, system)


def missing_comparisons(plan: Plan, sums: tuple[MetricSums, ...], track: Track) -> Iterator[Row]:
    """Rows of the comparisons table: the share missing of A minus that of B, over the items owed by both.

    Definition: limits linearised by cluster; p from the exact sign test over clusters in which more is missing of one
    system than of the other (McNemar's test where a cluster is one cell), corrected over the metrics and pairs of the
    track by Benjamini and Hochberg, over its pairs for the track as a whole. The decision is ``differs`` where the
    corrected p is at most 1 - confidence.

    Args:
        plan: the plan.
        sums: item sums per metric.
        track: the track.

    Source: McNemar 1947, Psychometrika 12:153-157; Benjamini and Hochberg 1995, J R Stat Soc B 57:289-300.
    """
    of_metrics: list[Row] = []
    of_whole: list[Row] = []
    for about in _subjects(plan, sums, track):
        rows = of_metrics if about.is_metric else of_whole
        rows += [_difference(plan, about, pair) for pair in _pairs(plan)]
    yield from _corrected(plan, of_metrics, f"{track}.{MISSING_SHARE}")
    yield from _corrected(plan, of_whole, f"{track}.{MISSING_SHARE}.overall")


@dataclass(frozen=True, slots=True)
class _About:
    """Missing and planned cells by system and item, of one metric or of all of a track together."""

    track: Track
    subject: str
    missing: IntArray
    planned: IntArray

    @property
    def is_metric(self) -> bool:
        """Whether it is one metric."""
        return self.subject != self.track.value


def _subjects(plan: Plan, sums: tuple[MetricSums, ...], track: Track) -> Iterator[_About]:
    shape = (len(plan.systems), plan.n_items)
    all_missing, all_planned = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for place in of_track(plan, track):
        by_item = sums[place].by_basis[PRIMARY]
        missing = by_item.planned - by_item.assessed
        all_missing += missing
        all_planned += by_item.planned
        yield _About(track, plan.metrics[place].metric.id, missing, by_item.planned)
    yield _About(track, track.value, all_missing, all_planned)


def _pairs(plan: Plan) -> Iterator[tuple[int, int]]:
    """The pairs of systems that the plan compares, the baseline second as in every comparison."""
    for match in matches(plan):
        if match.kind == "pair":
            yield match.a[0], match.b[0]


def _by_cluster(plan: Plan, values: IntArray) -> IntArray:
    return group_sum(plan.cluster, values, len(plan.clusters))


def _share(plan: Plan, about: _About, system: int) -> Row:
    missing, planned = about.missing[system], about.planned[system]
    n, n_missing = int(planned.sum()), int(missing.sum())
    sizes = _by_cluster(plan, planned)
    n_eff = effective_n(sizes[sizes > 0], plan.study.plan.rho0.value)
    confidence = plan.study.plan.interval.confidence
    interval = exact_interval(n_missing / n if n else 0.0, n_eff, confidence=confidence)
    row = plain_row(MISSING_SHARE, interval)
    if not n:
        row["reason"] = Reason.not_planned.value
    return row | {
        "subject": "metric" if about.is_metric else "track",
        "subject_id": about.subject,
        "system_id": plan.systems[system],
        "stratum": "",
        "stratum_level": "",
        "basis": PRIMARY,
        "missing": Fill.observed.value,
        "track": about.track.value,
        "role": Role.exploratory.value,
        "n_planned": n,
        "n_items": int((planned > 0).sum()),
        "n_clusters": int((sizes > 0).sum()),
        "n_effective": n_eff,
        "n_units": n - n_missing,
        "n_events": n_missing,
        "n_raters": 0,
        "coverage": 1 - n_missing / n if n else None,
    }


def _difference(plan: Plan, about: _About, pair: tuple[int, int]) -> Row:
    planned = about.planned
    both = (planned[pair[0]] > 0) & (planned[pair[1]] > 0)
    lost = [_by_cluster(plan, np.where(both, about.missing[system], 0)) for system in pair]
    owed = [_by_cluster(plan, np.where(both, planned[system], 0)) for system in pair]
    interval = linearised_difference(
        np.array([[each] for each in lost]),
        np.array([[each] for each in owed]),
        [1.0],
        confidence=plan.study.plan.interval.confidence,
        floor=plan.cluster_floor,
    )
    here = owed[0] > 0
    more = lost[0] * owed[1] - lost[1] * owed[0]  # sign of the difference of shares within each cluster
    up, down = int((here & (more > 0)).sum()), int((here & (more < 0)).sum())
    p = None
    if interval.value is not None:
        p = float(binomtest(up, up + down, 0.5).pvalue) if up + down else 1.0
    return _numbers(interval) | {
        "track": about.track.value,
        "subject_id": about.subject,
        "system_a": plan.systems[pair[0]],
        "system_b": plan.systems[pair[1]],
        "stratum": "",
        "stratum_level": "",
        "show": MISSING_SHARE,
        "basis": PLANNED,
        "comparison_kind": "pair",
        "p_method": "sign_test",
        "n_items": int(both.sum()),
        "n_clusters": int(here.sum()),
        "n_a": int((planned[pair[0]] > 0).sum()),
        "n_b": int((planned[pair[1]] > 0).sum()),
        "p": p,
        "role": Role.exploratory.value,
    }


def _numbers(interval: Interval) -> Row:
    if interval.value is None:
        return {"state": "undefined", "reason": Reason.no_overlap.value}
    known = interval if interval.reason is not Reason.one_level_only else replace(interval, reason=Reason.no_variation)
    return {
        "state": "defined",
        "reason": known.reason.value if known.reason else None,
        "value": known.value,
        "lower": known.lower,
        "upper": known.upper,
        "method": known.method.value,
    }


def _corrected(plan: Plan, rows: list[Row], family: str) -> Iterator[Row]:
    tested = [row["p"] for row in rows if row["p"] is not None]
    adjusted = iter(benjamini_hochberg(tested))
    alpha = 1 - plan.study.plan.interval.confidence
    for row in rows:
        if row["p"] is None:
            yield row
            continue
        p = next(adjusted)
        yield row | {"p_adjusted": p, "family": family, "decision": DIFFERS if p <= alpha else NOT_SHOWN}
