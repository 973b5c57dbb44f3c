"""The questions of a pack, from the scales of the rubric and the metrics that read them.

May import rubric and the panel's own ground.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from dualtrack.panel.pack import CANNOT_JUDGE, Choice, Mode, Question
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.scale import Level, Scale, ScaleKind
from dualtrack.terms import HarmLevel

__all__ = ["modes_of", "questions_of", "severities_of"]


def questions_of(rubric: Rubric, metrics: Sequence[Metric], scales: Iterable[str]) -> tuple[Question, ...]:
    """The questions of some scales, in the order in which the metrics of the rubric read them.

    Args:
        rubric: the rubric.
        metrics: the metrics in scope, in their order.
        scales: ids of the scales that are asked.

    Returns:
        One question for each scale. After a failing level it asks for the failure modes of those metrics that read the
        scale and whose ratings are attributed by them; a scale without such a metric asks for none.
    """
    wanted = set(scales)
    read = {metric.ratings.scale: None for metric in metrics if metric.ratings is not None}
    order = [*read, *(name for name in rubric.scales if name not in read)]
    return tuple(_question(rubric.scales[name], _attributed(metrics, name)) for name in order if name in wanted)


def modes_of(metrics: Sequence[Metric], questions: Sequence[Question]) -> tuple[Mode, ...]:
    """The failure modes that some questions name, in the order of the metrics.

    Args:
        metrics: the metrics in scope.
        questions: the questions of the pack.
    """
    asked = {name for question in questions for name in question.modes}
    found: dict[str, Mode] = {}
    for mode in (mode for metric in metrics for mode in metric.failure_modes):
        if mode.id in asked and mode.id not in found:
            title = mode.title or mode.id.replace("_", " ").capitalize()
            found[mode.id] = Mode(id=mode.id, title=title, act=mode.act)
    return tuple(found.values())


def severities_of(rubric: Rubric, questions: Sequence[Question]) -> tuple[Choice, ...]:
    """What a rater may say of how bad a ticked failure mode is, from mildest to worst.

    Args:
        rubric: the rubric.
        questions: the questions of the pack.

    Returns:
        The levels of the first scale of the rubric whose levels are the harm levels, with its anchors. None where no
        question asks for failure modes or the rubric has no such scale; then nothing is asked.
    """
    if not any(question.asks_modes and question.modes for question in questions):
        return ()
    for scale in rubric.scales.values():
        anchors = {level.id: level.anchor for level in scale.levels if level.id != CANNOT_JUDGE}
        if anchors.keys() == set(HarmLevel):
            return tuple(Choice(id=level.value, anchor=anchors[level]) for level in HarmLevel)
    return ()


def _attributed(metrics: Sequence[Metric], scale: str) -> list[Metric]:
    return [each for each in metrics if each.ratings and each.ratings.scale == scale and each.ratings.attributed]


def _question(scale: Scale, attributed: Sequence[Metric]) -> Question:
    levels = [level for level in _best_first(scale) if level.id != CANNOT_JUDGE]
    cannot = next((level for level in scale.levels if level.id == CANNOT_JUDGE), None)
    failing = {level for metric in attributed for level in _failing(metric, scale)}
    return Question(
        scale_id=scale.id,
        title=scale.title,
        ask=scale.ask,
        choices=tuple(Choice(id=level.id, anchor=level.anchor) for level in levels),
        cannot_judge=None if cannot is None else Choice(id=cannot.id, anchor=cannot.anchor),
        asks_modes=tuple(level.id for level in levels if level.id in failing),
        modes=tuple(dict.fromkeys(mode.id for metric in attributed for mode in metric.failure_modes)),
        least=scale.min,
        most=scale.max,
    )


def _best_first(scale: Scale) -> list[Level]:
    """The levels of an ordered scale from best to worst; those of any other in the order of the file."""
    valued = [level.value for level in scale.levels if level.value is not None]
    rising = scale.kind is ScaleKind.ordinal and all(one <= other for one, other in pairwise(valued))
    if not rising:
        return list(scale.levels)
    unvalued = [level for level in scale.levels if level.value is None]
    return [level for level in reversed(scale.levels) if level.value is not None] + unvalued


def _failing(metric: Metric, scale: Scale) -> set[str]:
    """Levels that count as failing for a metric."""
    when = metric.ratings.fail_when if metric.ratings is not None else None
    if when is None or scale.kind is ScaleKind.number:
        return set()
    if when.any_of is not None:
        return set(when.any_of)
    valued = [level.id for level in scale.levels if level.value is not None]
    if when.at_least is not None:
        return set(valued[scale.position(when.at_least) :])
    return set(valued[: scale.position(when.at_most) + 1]) if when.at_most is not None else set()
