"""What a change after the seal takes away: from a place and its class to gates, values, scores and verdicts.

May import scoring and its own package. Read from the two contents alone, so that what an older rubric read counts too.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dualtrack.ledger.changes import Change
from dualtrack.ledger.content import ALL, DIFFERENCES, DISPUTES, LIMITS, SYSTEM, Content
from dualtrack.rubric.effects import Effect, Place
from dualtrack.scoring.standing import Changed
from dualtrack.terms import GateKind, Track

__all__ = ["Reach", "reach", "track_of"]

_BOTH = tuple(track.value for track in Track)
_OF_METRIC = 2
_OF_GATE = 4
_SAME_LEAST_N = {  # kind of the changed gate -> kinds whose least number of cases reads it
    GateKind.min_n.value: frozenset(GateKind),
    GateKind.failure_at_most.value: frozenset({GateKind.veto}),
    GateKind.success_at_least.value: frozenset({GateKind.veto}),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """What all changes together take away; ``everything`` leaves nothing pre-specified."""

    everything: bool
    changed: Changed


@dataclass(slots=True)
class _Taken:
    """What is taken away, while it is being collected."""

    everything: bool = False
    gates: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    proofs: set[str] = field(default_factory=set)
    differences: set[str] = field(default_factory=set)
    scores: set[str] = field(default_factory=set)
    verdicts: set[str] = field(default_factory=set)
    systems: set[str] = field(default_factory=set)
    weights: dict[str, float] = field(default_factory=dict)
    disputes: bool = False


@dataclass(frozen=True, slots=True)
class _Both:
    """The sealed content and the present one, asked together."""

    old: Content
    new: Content

    def value(self, *place: str) -> object:
        """Present value of a place, else the sealed one."""
        return (self.new.get(place) or self.old.get(place) or ("", None))[1]

    def values(self, *place: str) -> list[object]:
        """Both values of a place."""
        return [content[place][1] for content in (self.old, self.new) if place in content]

    def below(self, *place: str) -> list[str]:
        """Words that follow a place in either content."""
        size = len(place)
        found = (key[size] for key in (*self.old, *self.new) if key[:size] == place and len(key) > size)
        return sorted(set(found))

    def metrics(self) -> list[str]:
        """Ids of all metrics of either content."""
        return self.below("metric")


def reach(changes: Sequence[Change], old: Content, new: Content, *, looks: int = 1) -> Reach:
    """What the changes since the seal take away.

    Args:
        changes: as ``differences`` gives them.
        old: the sealed content.
        new: the present one.
        looks: looks at these items, this one included.

    Returns:
        What is no longer pre-specified.
    """
    both, taken = _Both(old, new), _Taken()
    for change in changes:
        _TAKES.get(change.effect, _nothing)(change, both, taken)
    changed = Changed(
        gates=frozenset(taken.gates),
        values=frozenset(taken.values),
        proofs=frozenset(taken.proofs),
        differences=frozenset(taken.differences),
        scores=frozenset(taken.scores),
        verdicts=frozenset(taken.verdicts),
        systems=frozenset(taken.systems),
        weights=taken.weights,
        disputes=taken.disputes,
        looks=looks,
    )
    return Reach(taken.everything, changed)


def track_of(place: Place, old: Content, new: Content) -> str | None:
    """The track that a change is about; None where it concerns both.

    Args:
        place: of the change.
        old: the content before.
        new: the content after.
    """
    both = _Both(old, new)
    if place[0] == "metric":
        return str(both.value("metric", place[1], "track"))
    if place[0] in ("scale", "lexicon"):
        tracks = {both.value("metric", metric, "track") for metric in _readers(place, both)}
        return str(tracks.pop()) if len(tracks) == 1 else None
    if place[:4] == ("study", "plan", "comparisons", "margins"):
        subject = place[4]
        return subject if subject in _BOTH else str(both.value("metric", subject, "track") or "") or None
    return None


def _everything(_change: Change, _both: _Both, taken: _Taken) -> None:
    taken.everything = True


def _nothing(_change: Change, _both: _Both, _taken: _Taken) -> None:
    """Figures beside what counts, and risk levels: listed, and nothing rests on them."""


def _gate(change: Change, both: _Both, taken: _Taken) -> None:
    metric, gate = change.place[1], change.place[3]
    taken.gates |= {f"{metric}.{name}" for name in _same_gates(metric, gate, both)}
    if len(change.place) == _OF_GATE and change.new is None:
        taken.verdicts.add(str(both.value("metric", metric, "track")))


def _same_gates(metric: str, gate: str, both: _Both) -> Iterator[str]:
    """The gate and those of its metric, on the same part of the items, whose least number of cases reads it."""
    yield gate
    kinds: set[GateKind] = set()
    for kind in both.values("metric", metric, "gates", gate, "kind"):
        kinds |= _SAME_LEAST_N.get(str(kind), frozenset())
    strata = both.values("metric", metric, "gates", gate, "stratum")
    for other in both.below("metric", metric, "gates"):
        same = both.value("metric", metric, "gates", other, "stratum") in strata
        if same and both.value("metric", metric, "gates", other, "kind") in kinds:
            yield other


def _weight(change: Change, both: _Both, taken: _Taken) -> None:
    metric = change.place[1]
    taken.scores.add(str(both.value("metric", metric, "track")))
    if isinstance(change.old, int | float):
        taken.weights[metric] = float(change.old)


def _values(change: Change, both: _Both, taken: _Taken) -> None:
    metrics = _derived(_readers(change.place, both), both)
    for metric in metrics:
        track = str(both.value("metric", metric, "track"))
        taken.values.add(metric)
        taken.proofs.add(metric)
        taken.scores.add(track)
        taken.gates |= {f"{metric}.{gate}" for gate in both.below("metric", metric, "gates")}
        whole = change.place[0] == "metric" and len(change.place) == _OF_METRIC
        if (whole and change.new is None) or change.place[-1] == "track":
            taken.verdicts |= {str(each) for each in both.values("metric", metric, "track")}


def _readers(place: Place, both: _Both) -> list[str]:
    """Metrics that read what stands at a place."""
    kind, name = place[:2]
    if kind == "metric":
        return [name]
    if kind == "scale":
        return [each for each in both.metrics() if name in both.values("metric", each, "ratings", "scale")]
    if kind == "lexicon":
        return [each for each in both.metrics() if name in _words_of(each, both)]
    return both.metrics()


def _words_of(metric: str, both: _Both) -> set[object]:
    lists = (
        both.values("metric", metric, "checks", check, "lexicons") for check in both.below("metric", metric, "checks")
    )
    return {name for each in lists for value in each if isinstance(value, list) for name in value}


def _derived(metrics: list[str], both: _Both) -> list[str]:
    """The metrics and all that derive from them."""
    found = list(metrics)
    for _round in both.metrics():  # a chain is at most as long as the rubric
        for metric in both.metrics():
            sources = both.values("metric", metric, "derives_from")
            if metric not in found and any(
                isinstance(each, dict) and set(each.values()) & set(found) for each in sources
            ):
                found.append(metric)
    return found


def _floors(change: Change, both: _Both, taken: _Taken) -> None:
    floor = change.place[-1]
    if floor == "coverage":
        taken.verdicts |= set(_BOTH)
    elif floor == "check_sensitivity":
        taken.proofs |= set(both.metrics())
        taken.values |= set(both.metrics())
        taken.scores |= set(_BOTH)
    else:
        taken.everything = True


def _limits(_change: Change, both: _Both, taken: _Taken) -> None:
    taken.values |= set(both.metrics())
    taken.scores |= set(_BOTH)


def _differences(change: Change, both: _Both, taken: _Taken) -> None:
    if change.place[:4] == ("study", "plan", "comparisons", "margins"):
        taken.differences.add(change.place[4])
        return
    taken.differences |= {*both.metrics(), *_BOTH}
    if change.place[-1] == "baseline":
        relative = (GateKind.not_worse_than.value,)
        taken.gates |= {
            f"{metric}.{gate}"
            for metric in both.metrics()
            for gate in both.below("metric", metric, "gates")
            if both.value("metric", metric, "gates", gate, "kind") in relative
        }


def _disputes(_change: Change, _both: _Both, taken: _Taken) -> None:
    taken.disputes = True


def _system(change: Change, both: _Both, taken: _Taken) -> None:
    system = change.place[2]
    taken.systems.add(system)
    for metric in both.metrics():  # a gate against this comparator rests on it as well
        for gate in both.below("metric", metric, "gates"):
            if system in both.values("metric", metric, "gates", gate, "comparator"):
                taken.gates.add(f"{metric}.{gate}")


_Taking = Callable[[Change, _Both, _Taken], None]
_TAKES: Mapping[str, _Taking] = {
    ALL: _everything,
    LIMITS: _limits,
    DIFFERENCES: _differences,
    DISPUTES: _disputes,
    SYSTEM: _system,
    Effect.scope.value: _values,
    Effect.value.value: _values,
    Effect.raters.value: _values,
    Effect.gate.value: _gate,
    Effect.weight.value: _weight,
    Effect.floors.value: _floors,
}
