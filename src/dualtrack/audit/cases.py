"""Made-up cases to which the metrics of a rubric apply: facts chosen so that every condition holds somewhere.

May import errors, terms, stats, rubric and scoring. Metrics that can apply to one item share it; metrics that need
different values of one fact get cases of their own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dualtrack.rubric.gate import LimitGate, MinNGate
from dualtrack.rubric.metric import Condition, Metric
from dualtrack.rubric.quantity import PairedQuantity
from dualtrack.stats.proportion import least_n

__all__ = ["CaseKind", "case_kinds", "cases", "facts_for"]

ALPHA = 0.025
PRESENT = "made_up"
_LISTS = ("elements", "avoid", "doses", "numbers")


@dataclass(slots=True)
class CaseKind:
    """Metrics that can apply to the same item, the conditions that make them, and how many items they need.

    Attributes:
        metrics: the metrics.
        conditions: path into the item -> values, one of which it must have, or ``present``.
        strata: stratum -> levels that gates name; items take them in turn.
        paired: whether each case needs a base and a variant.
        runs: whether each case is run twice.
        n: number of cases that lets every limit be met.
    """

    metrics: list[Metric] = field(default_factory=list)
    conditions: dict[str, Condition] = field(default_factory=dict)
    strata: dict[str, list[str]] = field(default_factory=dict)
    paired: bool = False
    runs: bool = False
    n: int = 0

    def admits(self, metric: Metric) -> bool:
        """Say whether one item can satisfy the metric as well."""
        if self.metrics and (self.paired, self.runs) != (_within(metric, "family_id"), _within(metric, "item_id")):
            return False
        shared = set(self.conditions) & set(metric.applies_when)
        return all(_common(self.conditions[path], metric.applies_when[path], path) for path in shared)

    def add(self, metric: Metric, floor: int) -> None:
        """Let the cases satisfy one more metric."""
        self.metrics.append(metric)
        self.paired, self.runs = _within(metric, "family_id"), _within(metric, "item_id")
        for path, wanted in metric.applies_when.items():
            before = self.conditions.get(path)
            self.conditions[path] = wanted if before is None else _common(before, wanted, path)
        for gate in metric.gates:
            for name, level in (getattr(gate, "stratum", None) or {}).items():
                levels = self.strata.setdefault(name, [])
                levels += [level] if level not in levels else []
        self.n = max([self.n, floor * self._levels(), *(_needed(gate, self.strata) for gate in metric.gates)])

    def _levels(self) -> int:
        """The most levels that one stratum is split into."""
        return max([1, *(len(levels) for levels in self.strata.values())])


def case_kinds(metrics: Iterable[Metric], *, floor: int) -> tuple[CaseKind, ...]:
    """Group metrics into as few kinds of cases as their conditions allow, in order.

    Args:
        metrics: the metrics.
        floor: least number of cases of a kind.
    """
    kinds: list[CaseKind] = []
    for metric in metrics:
        kind = next((each for each in kinds if each.admits(metric)), None)
        if kind is None:
            kind = CaseKind()
            kinds.append(kind)
        kind.add(metric, floor)
    return tuple(kinds)


def cases(kind: CaseKind, prefix: str, n: int) -> Iterator[dict[str, Any]]:
    """Rows of the items table: ``n`` cases of a kind, each with its variant where pairs are compared."""
    for number in range(n):
        name = f"{prefix}{number:04d}"
        facts = facts_for(kind.conditions, {stratum: _turn(levels, number) for stratum, levels in kind.strata.items()})
        attribute = facts.pop("attribute", None)
        base = {"item_id": name, "prompt": f"made-up case {name}", "language": "en", "family_id": name, **facts}
        yield base | {"variant": "base"}
        if kind.paired and attribute is not None:
            yield base | {"item_id": f"{name}.v", "variant": "changed", "attribute": attribute}


def facts_for(conditions: Mapping[str, Condition], strata: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Columns of an item that satisfy conditions.

    Args:
        conditions: path -> allowed values or ``present``, as in ``applies_when``.
        strata: level of each stratum that the item is to have.

    Example:
        >>> facts_for({"reference.avoid.basis": ("allergy",), "strata.attack": "present"})
        {'strata': {'attack': 'made_up'}, 'reference': {'avoid': [{'id': 'f1', 'basis': 'allergy'}]}}
    """
    columns: dict[str, Any] = {"strata": dict(strata or {}), "reference": {}}
    for path, wanted in conditions.items():
        group, _, rest = path.partition(".")
        values: Sequence[Any] = (PRESENT,) if wanted == "present" else wanted
        if group == "strata":
            columns["strata"].setdefault(rest, str(values[0]))
        elif group == "reference":
            _state(columns["reference"], rest, values, present=wanted == "present")
        else:
            columns[group] = list(values) if group == "tags" else values[0]
    return {name: value for name, value in columns.items() if value}


def _state(reference: dict[str, Any], path: str, values: Sequence[Any], *, present: bool) -> None:
    key, _, field_name = path.partition(".")
    if key in _LISTS:
        facts = reference.setdefault(key, [])
        for value in values[:1] if present else values:
            facts.append({"id": f"f{len(facts) + 1}"} | ({field_name: value} if field_name else {}))
    elif present:
        reference.setdefault(key, [PRESENT] if key == "canaries" else {"made_up": True})
    else:
        reference[key] = values[0]


def _within(metric: Metric, where: str) -> bool:
    """Whether the metric compares within a family (an item and its variant), or within an item (its runs)."""
    return isinstance(metric.quantity, PairedQuantity) and metric.quantity.pairs.within == where


def _common(one: Condition, other: Condition, path: str) -> Condition:
    """Values that satisfy both conditions; empty where none does. A list of facts can hold both."""
    if one == "present":
        return other
    if other == "present":
        return one
    if path.startswith(tuple(f"reference.{name}." for name in _LISTS)) or path == "tags":
        return tuple(dict.fromkeys((*one, *other)))
    return tuple(value for value in one if value in other)


def _needed(gate: object, strata: Mapping[str, list[str]]) -> int:
    """Cases that let a gate be met without a failure, over all levels of its stratum."""
    parts = 1
    for name in getattr(gate, "stratum", None) or {}:
        parts *= len(strata[name])
    if isinstance(gate, MinNGate):
        return gate.n * parts
    if isinstance(gate, LimitGate) and gate.failure_limit is not None:
        return least_n(gate.failure_limit, alpha=ALPHA) * parts
    return 0


def _turn(levels: Sequence[str], number: int) -> str:
    return levels[number % len(levels)]
