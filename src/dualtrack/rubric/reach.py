"""What a change of a rubric reaches: which values, scores, gates, in words.

May import terms and the rubric schemas.
"""

from collections.abc import Iterable, Iterator

from dualtrack.rubric.effects import Effect, Place
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Metric

__all__ = ["NOTHING", "UNREAD", "movement"]

NOTHING = "can move nothing: words only"
UNREAD = "can move nothing: words only, or no metric reads it"


def movement(versions: tuple[Rubric, Rubric], place: Place, effect: Effect) -> str:
    """What one change can move, as a clause.

    Args:
        versions: the rubric before and after; what either of them has is reached.
        place: where the change stands.
        effect: what a change there can move.

    Returns:
        A clause: "can move …".
    """
    metrics = [metric for metric in _touched(versions, place) if not _counts_levels(versions, metric, place)]
    if effect is Effect.words:
        return NOTHING if place[0] not in ("scale", "lexicon") else UNREAD
    if effect is Effect.floors:
        return _FLOORS[place[-1]]
    if effect is Effect.gate:
        return _gate(metrics[0], place[3])
    if effect in _SIMPLE:
        track = metrics[0].track.value if metrics else ""
        return _SIMPLE[effect].format(names=_values(metrics), track=track)
    if not metrics:
        return "can move no value: every metric that reads it counts which levels fail, and its gates do as well"
    return _LEADS[effect].format(codes=_codes(metrics)) + _through(versions, metrics, place, effect)


_SIMPLE = {
    Effect.risk: "can move risk levels that people look up for a hazard; no value, no score, no gate",
    Effect.beside: "can move the figures that stand beside {names}; no value, no score, no gate",
    Effect.weight: (
        "can move the {track} score and the coverage of the {track} track, and the verdict where that coverage is too "
        "low; no gate"
    ),
}
_LEADS = {
    Effect.scope: "can move which answers count for {codes}, and with that ",
    Effect.value: "can move ",
    Effect.raters: "can move what raters answer, and with that ",
}
_FLOORS = {
    "coverage": "can move the verdict of both tracks, where less was assessed than the floor asks for",
    "items": "can move gates of both tracks, where there are few items",
    "clusters": "can move gates and intervals of both tracks, where there are few clusters",
    "check_sensitivity": "can move values and scores of both tracks that rest on checks shown by clinicians; no gate",
}
_COVERED = {"checks", "missing", "combine", "applies_when", "lifecycle", "track"}  # what an answer is missing for
_SAME_NUMBER = {"fail_when", "attributed"}  # what changes which answers fail, never how many are judged


def _touched(versions: tuple[Rubric, Rubric], place: Place) -> list[Metric]:
    """Every metric that reads what changed, in the order of the newer version."""
    kind, name, *inside = place
    found: dict[str, Metric] = {}
    for rubric in reversed(versions):
        for metric in rubric.metrics:
            reads = {
                "metric": metric.id == name,
                "scale": metric.ratings is not None and metric.ratings.scale == name,
                "lexicon": any(name in check.lexicons for check in metric.checks),
                "profile": metric.id in inside[1:] if inside else _in_profile(versions, name, metric),
            }
            if reads.get(kind, False):
                found.setdefault(metric.id, metric)
    return list(found.values())


def _counts_levels(versions: tuple[Rubric, Rubric], metric: Metric, place: Place) -> bool:
    """Whether a metric only asks which levels fail, so that the value of a level that has one does not reach it."""
    if place[0] != "scale" or place[-1] != "value" or metric.ratings is None or metric.ratings.fail_when is None:
        return False
    values = [rubric.scales[place[1]].values.get(place[3]) for rubric in versions if place[1] in rubric.scales]
    averaged = metric.quantity.type == "ordinal" or any(also.show == "share_at_least" for also in metric.quantity.also)
    return None not in values and not averaged


def _in_profile(versions: tuple[Rubric, Rubric], name: str, metric: Metric) -> bool:
    return any(name in rubric.profiles and metric.id in rubric.profiles[name].metrics for rubric in versions)


def _gate(metric: Metric, gate: str) -> str:
    return f"can move the state of gate {metric.code}.{gate}, and with it the {metric.track} verdict; no score"


def _through(versions: tuple[Rubric, Rubric], metrics: list[Metric], place: Place, effect: Effect) -> str:
    """What metrics reach: their own values, those that derive from them, scores, gates and verdicts."""
    behind = list(_derived(versions, {metric.id for metric in metrics}))
    reached = _all_of(versions, {metric.id for metric in [*metrics, *behind]})
    parts = [f"{_values(behind)}, derived from it"] if behind else []
    covered = effect is Effect.scope or bool(_COVERED & set(place))
    score = "the {} score and the coverage of its track" if covered else "the {} score"
    parts += [score.format(track) for track in _tracks(metric for metric in reached if metric.weight.value)]
    gates = _gates(reached, counts=not _SAME_NUMBER & set(place))
    if gates:
        named = [f"{code} ({', '.join(ids)})" for code, ids in gates.items()]
        parts.append(f"the gates of {_listed(named)}")
        parts += [f"the {track} verdict" for track in _tracks(metric for metric in reached if metric.code in gates)]
    where = "" if place[0] != "profile" else f", in studies that use the profile {place[1]}"
    if not parts:
        return f"{_values(metrics)}{where}; no score, no gate"
    return f"{_values(metrics)}, and so {'; '.join(parts)}{where}"


def _gates(metrics: Iterable[Metric], *, counts: bool) -> dict[str, list[str]]:
    """Gates by the code of their metric; those on the number of cases only where that number can change."""
    found: dict[str, list[str]] = {}
    for metric in metrics:
        for gate in metric.gates:
            if (counts or gate.kind != "min_n") and gate.id not in found.get(metric.code, []):
                found.setdefault(metric.code, []).append(gate.id)
    return found


def _derived(versions: tuple[Rubric, Rubric], ids: set[str]) -> Iterator[Metric]:
    seen = set(ids)
    for rubric in reversed(versions):
        for _round in rubric.metrics:  # a chain is at most as long as the rubric
            for metric in rubric.metrics:
                if metric.id not in seen and seen & set(metric.derives_from.values()):
                    seen.add(metric.id)
                    yield metric


def _all_of(versions: tuple[Rubric, Rubric], ids: set[str]) -> list[Metric]:
    """Both versions of each metric, the newer first."""
    return [metric for rubric in reversed(versions) for metric in rubric.metrics if metric.id in ids]


def _tracks(metrics: Iterable[Metric]) -> list[str]:
    return list(dict.fromkeys(metric.track.value for metric in metrics))


def _values(metrics: list[Metric]) -> str:
    return f"the value{'s' if len(metrics) > 1 else ''} of {_codes(metrics)}"


def _codes(metrics: list[Metric]) -> str:
    return _listed([metric.code for metric in metrics]) or "no metric"


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
