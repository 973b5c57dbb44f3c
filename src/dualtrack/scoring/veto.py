"""Vetoes: what is known of each response at or beyond the veto level.

May import terms, rubric and the scoring ground. A veto is a rule about events, not a test: an event is confirmed,
open or cleared, and a response is looked at in full or it is not.
"""

from dataclasses import dataclass

import numpy as np

from dualtrack.rubric.gate import FailWhen, VetoGate
from dualtrack.scoring.arrays import NONE, BoolArray, IntArray
from dualtrack.scoring.evidence import Evidence, Judgements, failing_levels
from dualtrack.scoring.plan import MetricPlan, Plan

__all__ = ["VetoCells", "veto_cells"]


@dataclass(frozen=True, slots=True)
class VetoCells:
    """Per planned response (``cells``) of one veto gate.

    Attributes:
        cells: the responses.
        n_raters: raters who rated the response.
        n_at_level: of those, raters who placed it at or beyond the veto level.
        ruling: 1 an adjudicator placed it there, 0 an adjudicator did not, NONE no ruling.
        flagged: whether a check that raises this veto failed.
        complete: whether every owed rating and every check that raises this veto looked at it.
    """

    cells: IntArray
    n_raters: IntArray
    n_at_level: IntArray
    ruling: IntArray
    flagged: BoolArray
    complete: BoolArray

    @property
    def raised(self) -> BoolArray:
        """Any source places it at or beyond the level."""
        by_any: BoolArray = self.flagged | (self.n_at_level > 0) | (self.ruling == 1)
        return by_any


def veto_cells(
    plan: Plan,
    mp: MetricPlan,
    gate: VetoGate,
    *,
    cells: IntArray,
    answers: tuple[Judgements, Judgements, tuple[str, ...]] | None,
    checks: Evidence | None,
) -> VetoCells:
    """Collect what is known of each planned response for one veto gate.

    Args:
        plan: the plan.
        mp: the metric.
        gate: the veto.
        cells: planned responses of the partition.
        answers: ratings, rulings and the names of the levels they count by; None when the metric has no scale.
        checks: joined checks over ``cells``; None when the metric has no check.

    Returns:
        Counts and flags per response; who confirmed or rejected an event afterwards is joined with the gate.
    """
    size = plan.n_responses
    n_raters = n_at_level = np.zeros(size, dtype=np.int64)
    ruling = np.full(size, NONE, dtype=np.int64)
    complete = np.ones(size, dtype=np.bool_)
    if answers is not None and mp.scale is not None:
        rated, ruled, names = answers
        beyond = np.isin(np.array(names, dtype=object), list(_beyond(gate, mp)))
        n_raters = _raters(rated, rated.value != NONE, size)
        there = rated.about & (rated.value != NONE)
        n_at_level = _raters(rated, beyond[rated.level] & there, size) if names else n_raters
        ruling[ruled.response[ruled.value != NONE]] = 0
        if names:
            ruling[ruled.response[beyond[ruled.level] & ruled.about & (ruled.value != NONE)]] = 1
        complete = _fully_rated(mp, rated, size)
    flagged = np.zeros(cells.size, dtype=np.bool_)
    looked = np.ones(cells.size, dtype=np.bool_)
    if gate.when.check is not None and checks is not None:
        flagged, looked = checks.observed == 0, checks.observed != NONE
    return VetoCells(cells, n_raters[cells], n_at_level[cells], ruling[cells], flagged, complete[cells] & looked)


def _beyond(gate: VetoGate, mp: MetricPlan) -> frozenset[str]:
    if mp.scale is None or (gate.when.rating_at_least is None and gate.when.rating_at_most is None):
        return frozenset()
    rule = (
        FailWhen(at_least=gate.when.rating_at_least)
        if gate.when.rating_at_least
        else FailWhen(at_most=gate.when.rating_at_most)
    )
    return failing_levels(rule, mp.scale)


def _raters(rated: Judgements, chosen: BoolArray, size: int) -> IntArray:
    """Number of different raters per response among the chosen ratings."""
    n_sources = int(rated.source.max()) + 1 if rated.source.size else 1
    pairs = np.unique(rated.response[chosen] * n_sources + rated.source[chosen])
    return np.bincount(pairs // n_sources, minlength=size).astype(np.int64)


def _fully_rated(mp: MetricPlan, rated: Judgements, size: int) -> BoolArray:
    """Responses of which every unit has all the ratings that it is owed."""
    heard = (rated.unit >= 0) & (rated.value != NONE)
    n = np.bincount(rated.unit[heard], minlength=mp.owed.size)
    short = np.zeros(size, dtype=np.bool_)
    short[mp.units.response[n < mp.owed]] = True
    has_units = np.zeros(size, dtype=np.bool_)
    has_units[mp.units.response] = True
    return has_units & ~short
