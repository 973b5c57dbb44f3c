"""What a rule about a rubric is, and how what it finds gets its file and line.

The rules that refuse a rubric and those that warn about it are tuples of small functions. Adding a rule is
adding one function to a tuple. May import errors and the rubric schemas.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dualtrack.errors import Place, Problem
from dualtrack.rubric.gate import FailWhen, VetoGate
from dualtrack.rubric.header import KeyPath, Rubric
from dualtrack.rubric.lexicon import Lexicon
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.profile import Profile
from dualtrack.rubric.rehearsal import Rehearsal
from dualtrack.rubric.scale import Scale
from dualtrack.rubric.yaml_source import dotted, nearest_line

__all__ = [
    "Definition",
    "Flaw",
    "MetricRule",
    "RubricRule",
    "apply_rules",
    "fail_rules",
    "has_file",
    "named_levels",
    "place_in",
    "scale_of",
]


Definition = Metric | Scale | Profile | Lexicon | Rehearsal


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What a rule found: a problem whose place is a key path inside one definition."""

    of: Definition
    at: KeyPath
    code: str
    what: str
    found: str = ""
    expected: str = ""
    fix: str = ""


MetricRule = Callable[[Metric, Rubric], Iterator[Flaw]]
RubricRule = Callable[[Rubric], Iterator[Flaw]]


def apply_rules(
    rubric: Rubric, metric_rules: Sequence[MetricRule], rubric_rules: Sequence[RubricRule]
) -> tuple[Problem, ...]:
    """All that the rules find, as problems sorted by file, line, code and place."""
    flaws = [flaw for rule in metric_rules for metric in rubric.metrics for flaw in rule(metric, rubric)]
    flaws += [flaw for rule in rubric_rules for flaw in rule(rubric)]
    return tuple(sorted((_problem(rubric, flaw) for flaw in flaws), key=_order))


def scale_of(metric: Metric, rubric: Rubric) -> Scale | None:
    """The scale that a metric reads, null when it reads none or an unknown one."""
    return None if metric.ratings is None else rubric.scales.get(metric.ratings.scale)


def has_file(rubric: Rubric, ending: str) -> bool:
    """Say whether a file was there, whatever became of it: its own problems say more than its absence."""
    return any(file.endswith(ending) for file in rubric.files)


def fail_rules(metric: Metric) -> Iterator[tuple[KeyPath, FailWhen]]:
    """All rules of a metric that say which answers fail, with their place."""
    if metric.ratings is not None and metric.ratings.fail_when is not None:
        yield ("ratings", "fail_when"), metric.ratings.fail_when
    for number, gate in enumerate(metric.gates):
        fails = getattr(gate, "fails", None)
        if isinstance(fails, FailWhen):
            yield ("gates", number, "fails"), fails


def failing_levels(rule: FailWhen, scale: Scale) -> tuple[str, ...]:
    """Levels of a scale that a rule fails, in the order of the scale; none for a rule on numbers."""
    valued = [level.id for level in scale.levels if level.value is not None]
    if rule.any_of is not None:
        return tuple(level for level in valued if level in rule.any_of)
    if rule.at_least in valued:
        return tuple(valued[valued.index(rule.at_least) :])
    return tuple(valued[: valued.index(rule.at_most) + 1]) if rule.at_most in valued else ()


def named_levels(metric: Metric) -> Iterator[tuple[KeyPath, str, bool]]:
    """Every level that a metric names, with its place, and whether the order of levels matters there."""
    for at, rule in fail_rules(metric):
        ends = {"at_least": rule.at_least, "at_most": rule.at_most}
        yield from (((*at, key), level, True) for key, level in ends.items() if level is not None)
        yield from (((*at, "any_of", number), level, True) for number, level in enumerate(rule.any_of or ()))
    for number, also in enumerate(metric.quantity.also):
        if also.show == "share_at_least":
            yield ("quantity", "also", number, "level"), also.level, True
    for number, gate in enumerate(metric.gates):
        if isinstance(gate, VetoGate):
            at = ("gates", number, "when")
            ends = {"rating_at_least": gate.when.rating_at_least, "rating_at_most": gate.when.rating_at_most}
            yield from (((*at, key), level, True) for key, level in ends.items() if level is not None)
    for number, example in enumerate(metric.examples):
        at = ("examples", number, "evidence", "ratings")
        for case, levels in enumerate(example.evidence.ratings):
            yield from (((*at, case, rating), level, False) for rating, level in enumerate(levels))


_FOLDERS: dict[type, str] = {Scale: "scales", Profile: "profiles", Lexicon: "lexicons"}


def place_in(rubric: Rubric, definition: Definition, at: KeyPath) -> Place:
    """Place of a key or entry of a definition, for messages."""
    file = _file(rubric, definition)
    return Place(file, line=nearest_line(rubric.lines.get(file, {}), at), column=dotted(at) or None)


def _problem(rubric: Rubric, flaw: Flaw) -> Problem:
    return Problem(flaw.code, flaw.what, place_in(rubric, flaw.of, flaw.at), flaw.found, flaw.expected, flaw.fix)


def _file(rubric: Rubric, definition: Definition) -> str:
    """Name of the defining file as the rubric lists it, or would list it."""
    if isinstance(definition, Rehearsal):
        return f"{rubric.header.id}/rehearsal.yaml"
    folder = f"metrics/{definition.track}" if isinstance(definition, Metric) else _FOLDERS[type(definition)]
    ending = f"/{folder}/{definition.id}.yaml"
    return next((file for file in rubric.files if file.endswith(ending)), rubric.header.id + ending)


def _order(problem: Problem) -> tuple[str, int, str, str]:
    place = problem.place
    return place.file, place.line or 0, problem.code, place.column or ""
