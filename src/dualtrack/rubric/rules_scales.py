"""Rules on the scale that a metric reads: it is there, has the named levels and asks about the same thing.

May import errors and the rubric schemas.
"""

from collections.abc import Iterator

from dualtrack.rubric.gate import FailWhen
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.rule import Flaw, MetricRule, fail_rules, has_file, named_levels, scale_of
from dualtrack.rubric.scale import Grain, Scale, ScaleKind
from dualtrack.rubric.validate import meant

__all__ = ["SCALE_RULES"]


def unknown_scale(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB040: the metric reads a scale that the rubric does not have."""
    if metric.ratings is None or metric.ratings.scale in rubric.scales:
        return
    name = metric.ratings.scale
    if has_file(rubric, f"/scales/{name}.yaml"):
        return
    known = sorted(rubric.scales)
    yield Flaw(
        of=metric,
        at=("ratings", "scale"),
        code="RUB040",
        what=f"unknown scale {name!r}",
        expected=", ".join(known),
        fix=meant(name, known) or f"add scales/{name}.yaml",
    )


def unknown_level(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB041: a level is named that the scale lacks, or that has no value where an order is needed."""
    scale = scale_of(metric, rubric)
    if scale is None or scale.kind in (ScaleKind.number, ScaleKind.preference):
        return
    valued = [level.id for level in scale.levels if level.value is not None]
    everything = [level.id for level in scale.levels]
    for at, level, ordered in named_levels(metric):
        known = valued if ordered else everything
        if level not in known:
            yield Flaw(
                of=metric,
                at=at,
                code="RUB041",
                what=f"the level is not on the scale {scale.id}",
                found=repr(level),
                expected=", ".join(known),
                fix=meant(level, known),
            )


def level_without_order(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB052: a rule needs an order of levels or a number, and the scale has none."""
    scale = scale_of(metric, rubric)
    if scale is None:
        return
    for at, rule in fail_rules(metric):
        key = next(name for name in FailWhen.model_fields if getattr(rule, name) is not None)
        if key not in _fitting_keys(scale):
            yield Flaw(
                of=metric,
                at=(*at, key),
                code="RUB052",
                what=f"{key} does not fit a scale of kind {scale.kind}",
                expected=" or ".join(_fitting_keys(scale)),
            )
    if scale.kind in (ScaleKind.number, ScaleKind.nominal):
        for at, _level, ordered in named_levels(metric):
            if ordered and at[0] != "ratings" and "fails" not in at:
                what = f"a scale of kind {scale.kind} has no order of levels"
                yield Flaw(of=metric, at=at, code="RUB052", what=what, fix="use a binary or ordinal scale")


def _fitting_keys(scale: Scale) -> tuple[str, ...]:
    if scale.kind is ScaleKind.number:
        return ("below", "above")
    return ("any_of",) if scale.kind is ScaleKind.nominal else ("at_least", "at_most", "any_of")


def grain_mismatch(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB050: the metric counts something that its scale is not asked about."""
    scale = scale_of(metric, rubric)
    if scale is None:
        return
    # Raters of pairs still answer the question about one response at a time.
    asked = Grain.response if metric.quantity.type == "paired_difference" else metric.quantity.per
    if asked not in scale.applies_to:
        yield Flaw(
            of=metric,
            at=("quantity", "per"),
            code="RUB050",
            what=f"the scale {scale.id} is not asked per {metric.quantity.per}",
            found=str(metric.quantity.per),
            expected=", ".join(scale.applies_to),
            fix=f"count per what is rated, or add {asked} to applies_to of the scale",
        )


def scale_without_values(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB056: ratings on the scale carry no value; a preference is a choice between two responses."""
    scale = scale_of(metric, rubric)
    if scale is not None and scale.kind is ScaleKind.preference:
        what = f"the scale {scale.id} compares two responses and rates none"
        yield Flaw(of=metric, at=("ratings", "scale"), code="RUB056", what=what, fix="read a rating scale")


SCALE_RULES: tuple[MetricRule, ...] = (
    unknown_scale,
    unknown_level,
    level_without_order,
    grain_mismatch,
    scale_without_values,
)
