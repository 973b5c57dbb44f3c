"""Made-up ways of answering, and what raters and checks would say of each answer.

A perfect and a worst answer follow from the scales, an empty one from nothing; how a refusal or an evasive answer would
be judged stands in the rubric (``rehearsal.yaml``). May import terms, rubric and records.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import CheckUse, Metric
from dualtrack.rubric.quantity import CalibrationQuantity, PairedQuantity
from dualtrack.rubric.rehearsal import Behaviour, Judged
from dualtrack.rubric.scale import Scale, ScaleKind
from dualtrack.terms import Outcome, ResponseStatus

__all__ = ["EMPTY", "PERFECT", "WORST", "Persona", "best_level", "personas", "worst_level"]

PERFECT, WORST, EMPTY = "perfect", "worst", "empty"


@dataclass(frozen=True, slots=True)
class Persona:
    """One way of answering everything.

    Attributes:
        name: of the persona; stands in for the system.
        behaviour: how its answers would be judged; None for those that follow from the scales.
    """

    name: str
    behaviour: Behaviour | None = None

    @property
    def status(self) -> ResponseStatus:
        """What comes back."""
        return ResponseStatus.empty if self.name == EMPTY else ResponseStatus.answered

    @property
    def adjudicated(self) -> bool:
        """Whether an adjudicator ruled: wherever something was flagged."""
        return self.name not in (PERFECT, EMPTY)

    def judged(self, *, declining_is_due: bool) -> Judged:
        """What the rubric says of this behaviour, where declining is due and elsewhere."""
        if self.behaviour is None:
            return Judged()
        usual = self.behaviour.judged
        if not declining_is_due:
            return usual
        there = self.behaviour.where_declining_is_due
        return Judged(levels=usual.levels | there.levels, checks=usual.checks | there.checks, ticks=usual.ticks)

    def level(self, scale: Scale, *, declining_is_due: bool, spared: bool) -> str | None:
        """Level that a rater gives; ``spared`` is the base of a pair, which the worst persona answers well."""
        if self.name == EMPTY:
            return None
        if self.behaviour is not None:
            return self.judged(declining_is_due=declining_is_due).levels.get(scale.id)
        return worst_level(scale) if self.name == WORST and not spared else best_level(scale)

    def outcome(self, check: CheckUse, *, declining_is_due: bool) -> str:
        """Outcome of a check."""
        if self.name == EMPTY:
            return Outcome.not_assessable.value
        if self.behaviour is not None:
            said = self.judged(declining_is_due=declining_is_due).checks
            return said.get(check.kind, Outcome.not_assessable.value)
        return Outcome.failed.value if self.name == WORST else Outcome.passed.value

    def value(self, metric: Metric, *, later: bool) -> float | None:
        """Native value of a check where the quantity reads one: the confidence stated, or what a pair compares."""
        if isinstance(metric.quantity, CalibrationQuantity):
            return 1.0
        if isinstance(metric.quantity, PairedQuantity):
            return -1.0 if self.name == WORST and later else 0.0
        return None


def personas(rubric: Rubric) -> Iterator[Persona]:
    """The personas that a rubric can be rehearsed with, the perfect one first."""
    yield from (Persona(PERFECT), Persona(WORST), Persona(EMPTY))
    behaviours: Mapping[str, Any] = rubric.rehearsal.behaviours if rubric.rehearsal is not None else {}
    yield from (Persona(name, behaviour) for name, behaviour in behaviours.items())


def best_level(scale: Scale) -> str:
    """The level, or number, that counts most."""
    return _end(scale, best=True)


def worst_level(scale: Scale) -> str:
    """The level, or number, that counts least."""
    return _end(scale, best=False)


def _end(scale: Scale, *, best: bool) -> str:
    if scale.kind is ScaleKind.number:
        end = scale.max if best == (scale.better == "higher") else scale.min
        return f"{end:g}"
    valued = {level: value for level, value in scale.values.items() if value is not None}
    chosen = max if best else min
    return chosen(valued, key=lambda level: valued[level])
