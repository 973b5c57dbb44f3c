"""Which metrics are in scope, with the values that the study replaces.

May import errors, terms, rubric and records.
"""

from dualtrack.records.study import Override, StudyFile
from dualtrack.rubric.gate import LimitGate, MarginGate, RelativeGate
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.profile import LeftOut

__all__ = ["left_out", "metrics_in_scope"]


def metrics_in_scope(rubric: Rubric, study: StudyFile) -> tuple[Metric, ...]:
    """Metrics of the rubric that the study and its profile keep, retired ones left out, overrides applied.

    Args:
        rubric: the loaded rubric.
        study: the study file; ``scope.out`` and ``overrides`` name metrics that exist (checked beforehand).

    Returns:
        The metrics in the rubric's order. The rubric itself is left as it is, so both values can be shown.
    """
    out = {each.metric for each in study.scope.out} | {each.metric for each in left_out(rubric, study)}
    kept = [metric for metric in rubric.metrics if metric.id not in out and metric.lifecycle != "retired"]
    return tuple(_overridden(metric, study.overrides) for metric in kept)


def left_out(rubric: Rubric, study: StudyFile) -> tuple[LeftOut, ...]:
    """Metrics that the profile of the study leaves out, with its reasons; none for the profile ``all``."""
    profile = rubric.profiles.get(study.scope.profile)
    return () if profile is None else profile.out


def _overridden(metric: Metric, overrides: tuple[Override, ...]) -> Metric:
    for override in overrides:
        if override.metric != metric.id:
            continue
        if override.field == "weight.value":
            weight = metric.weight.model_copy(update={"value": override.value})
            metric = metric.model_copy(update={"weight": weight})
        else:
            gate_id = override.field.removeprefix("gates.").removesuffix(".limit")
            gates = tuple(
                gate.model_copy(update={"limit": override.value})
                if gate.id == gate_id and isinstance(gate, LimitGate | MarginGate | RelativeGate)
                else gate
                for gate in metric.gates
            )
            metric = metric.model_copy(update={"gates": gates})
    return metric
