"""What no single file of a rubric can say about itself: that its parts fit together.

A rubric that breaks one of these rules is refused when it is loaded, since its numbers would mean nothing.
May import errors and the rubric schemas.
"""

from collections.abc import Iterator, Mapping

from dualtrack.errors import Problem
from dualtrack.rubric.header import KeyPath, Rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.rule import Flaw, MetricRule, RubricRule, apply_rules, has_file
from dualtrack.rubric.rules_evidence import EVIDENCE_RULES
from dualtrack.rubric.rules_scales import SCALE_RULES
from dualtrack.rubric.validate import meant

__all__ = ["incoherences"]

ITEM_FACTS = ("language", "attribute", "variant", "task_source", "known_to_vendor", "tags")
ITEM_FACT_GROUPS = ("reference", "strata")
# First words of paths that lead to a response, to who gave it, or to what was judged of it.
RESPONSE_WORDS = (
    *("response", "responses", "status", "text", "answer", "confidence", "seconds", "asked_at", "sample"),
    *("system", "system_id", "unit", "units", "rating", "ratings", "score", "scores", "finding", "findings"),
    *("check", "checks", "level", "value"),
)


def incoherences(rubric: Rubric) -> tuple[Problem, ...]:
    """All that makes a loaded rubric contradict itself (codes RUB034 and RUB040 to RUB062).

    Args:
        rubric: metrics and scales that are valid one by one.

    Returns:
        Problems sorted by file and line, none for a rubric that may be used.
    """
    return apply_rules(rubric, METRIC_RULES, RUBRIC_RULES)


def foreign_condition(metric: Metric, _rubric: Rubric) -> Iterator[Flaw]:
    """RUB042, RUB043: whether a metric applies must depend on the item alone."""
    known = [*ITEM_FACTS, *(f"{group}." for group in ITEM_FACT_GROUPS)]
    for path in metric.applies_when:
        group, _, rest = path.partition(".")
        if (group in ITEM_FACT_GROUPS and rest) or (path in ITEM_FACTS):
            continue
        at: KeyPath = ("applies_when", path)
        if group in RESPONSE_WORDS:
            yield Flaw(
                of=metric,
                at=at,
                code="RUB043",
                what="whether the metric applies depends on the response",
                found=path,
                expected=", ".join(known),
                fix="state the fact on the item; a system must not choose its own cases",
            )
        else:
            fix = meant(path, [*ITEM_FACTS, *ITEM_FACT_GROUPS])
            what = f"{path!r} is no fact of an item"
            yield Flaw(of=metric, at=at, code="RUB042", what=what, expected=", ".join(known), fix=fix)


def derivation(metric: Metric, rubric: Rubric) -> Iterator[Flaw]:
    """RUB044, RUB045, RUB046: a metric derives from a known one of its own track, and never from itself."""
    by_id = {each.id: each for each in rubric.metrics}
    for key, name in metric.derives_from.items():
        at: KeyPath = ("derives_from", key)
        other = by_id.get(name)
        if other is None and has_file(rubric, f"/{name}.yaml"):
            continue
        if other is None:
            fix = meant(name, sorted(by_id))
            yield Flaw(of=metric, at=at, code="RUB044", what=f"unknown metric {name!r}", fix=fix)
        elif other.track is not metric.track:
            yield Flaw(
                of=metric,
                at=at,
                code="RUB045",
                what="a metric derives from one of the other track",
                found=f"{name} ({other.track})",
                expected=f"a metric of {metric.track}",
                fix="the tracks never mix; define the quantity in this track",
            )
        elif _leads_back(metric.id, name, by_id):
            yield Flaw(of=metric, at=at, code="RUB046", what="metrics derive from each other in a circle", found=name)


def _leads_back(start: str, name: str, by_id: Mapping[str, Metric]) -> bool:
    seen: set[str] = set()
    open_names = [name]
    while open_names:
        here = open_names.pop()
        if here == start:
            return True
        if here not in seen and here in by_id:
            seen.add(here)
            open_names += by_id[here].derives_from.values()
    return False


def same_code(rubric: Rubric) -> Iterator[Flaw]:
    """RUB034: two metrics have the same code, so a page could not tell them apart."""
    first: dict[str, Metric] = {}
    for metric in rubric.metrics:
        other = first.setdefault(metric.code, metric)
        if other is not metric:
            what = f"two metrics have the code {metric.code}"
            fix = "give each its own"
            yield Flaw(of=metric, at=("code",), code="RUB034", what=what, found=f"also {other.id}", fix=fix)


def profile_does_not_fit(rubric: Rubric) -> Iterator[Flaw]:
    """RUB061: a profile names a metric that the rubric does not have, or is silent about one."""
    known = [metric.id for metric in rubric.metrics]
    for profile in rubric.profiles.values():
        named = [(("metrics", number), name) for number, name in enumerate(profile.metrics)]
        named += [(("out", number), each.metric) for number, each in enumerate(profile.out)]
        for at, name in named:
            if name not in known and not has_file(rubric, f"/{name}.yaml"):
                what, fix = f"the rubric has no metric {name!r}", meant(name, known)
                yield Flaw(of=profile, at=at, code="RUB061", what=what, fix=fix)
        silent = sorted(set(known) - {name for _, name in named})
        if silent:
            what, found = "the profile says nothing about some metrics", ", ".join(silent)
            fix = "put each in scope, or leave it out with the reason"
            yield Flaw(of=profile, at=("metrics",), code="RUB061", what=what, found=found, fix=fix)


def rehearsal_does_not_fit(rubric: Rubric) -> Iterator[Flaw]:
    """RUB062: the rehearsal names a scale, a level or a failure mode that the rubric does not have."""
    if rubric.rehearsal is None:
        return
    modes = {mode.id for metric in rubric.metrics for mode in metric.failure_modes}
    for name, behaviour in rubric.rehearsal.behaviours.items():
        for key in ("judged", "where_declining_is_due"):
            judged = getattr(behaviour, key)
            known = {scale.id: list(scale.values) for scale in rubric.scales.values()}
            wrong = [scale for scale, level in judged.levels.items() if level not in known.get(scale, [])]
            wrong += [mode for mode in judged.ticks if mode not in modes]
            for word in wrong:
                what, fix = f"the rehearsal names {word}, which the rubric does not have so", "correct it"
                at: KeyPath = ("behaviours", name, key)
                yield Flaw(of=rubric.rehearsal, at=at, code="RUB062", what=what, fix=fix)


METRIC_RULES: tuple[MetricRule, ...] = (*SCALE_RULES, foreign_condition, derivation, *EVIDENCE_RULES)
RUBRIC_RULES: tuple[RubricRule, ...] = (same_code, profile_does_not_fit, rehearsal_does_not_fit)
