"""Whether the order of the systems of one track depends on the weights of its metrics.

May import terms, stats and the scoring ground. Metrics without weight stay without; a track that has another would be
another rubric. Weights of one track alone: none is ever moved to the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dualtrack.scoring.arrays import FloatArray
from dualtrack.scoring.estimate import Row
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.track_evidence import TrackEvidence, compared_pairs, track_seed
from dualtrack.stats.interval import Method, tail_probability
from dualtrack.stats.rank_sets import rank_shares
from dualtrack.stats.weight_change import dirichlet_weights, dominance_share, smallest_shift, turning_factors
from dualtrack.terms import Reason, Role, Track

__all__ = ["CONCENTRATIONS", "robustness_rows"]

CONCENTRATIONS = {"uniform": None, "50": 50.0, "200": 200.0}
"""How close drawn weights are to those of the rubric. Uniform weights over many metrics are all but equal and hide how
much a few weights matter, so the others stand beside."""
HALF = 0.5
LEVEL = 1e-12
"""A difference of two means that is smaller is rounding."""
ALWAYS = ("as_weighted", "equal_weights", "smallest_change", "dominance")
"""What a pair that cannot be compared says, with its reason."""


def robustness_rows(plan: Plan, evidence: TrackEvidence, track: Track) -> Iterator[Row]:
    """Rows of the robustness table for one track.

    Definition: with d_m the difference of two systems on metric m and w_m its weight, sum w d / sum w under the weights
    of the rubric, equal ones, and each weight halved and half as much again, with percentile limits; what one weight
    must be multiplied by, and the least change of all weights together, for the difference to be 0; who dominates; and
    in which share of drawn weights a system is ahead, on the data and joined with resamples.

    Args:
        plan: the plan.
        evidence: scores on common ground.
        track: the track.

    Yields:
        Rows of each pair that the plan compares, then one for each system and concentration; none where the plan asks
        for no comparison.

    Source: ``smallest_shift``, ``turning_factors``, ``dirichlet_weights``, ``dominance_share``.
    """
    pairs = list(compared_pairs(plan))
    drawn = _drawn_weights(plan, evidence, track) if pairs else {}
    common: Row = {
        "track": track.value,
        "metric_id": "",
        "concentration": "",
        "role": Role.exploratory.value,
        "state": "defined",
    }
    for a, b in pairs:
        named = common | {"system_a": plan.systems[a], "system_b": plan.systems[b]}
        places = evidence.place(a), evidence.place(b)
        if places[0] is None or places[1] is None:
            yield from (named | _undefined(show, evidence.why_refused(a, b)) for show in ALWAYS)
            continue
        named |= _counts(evidence)
        pair = _Pair(plan, evidence, places[0], places[1])
        for row in (*_changed(pair), *_turning(pair), *_dominance(pair), *_leading(pair, drawn)):
            yield named | row
        yield named | {"system_a": named["system_b"], "system_b": named["system_a"]} | _dominated(pair, 1)
    yield from (common | _counts(evidence) | row for row in _firsts(plan, evidence, drawn))


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two compared systems, by their places among those that are compared."""

    plan: Plan
    evidence: TrackEvidence
    a: int
    b: int

    @property
    def gaps(self) -> FloatArray:
        """Difference a less b on each metric, in the data."""
        found: FloatArray = self.evidence.values[self.a] - self.evidence.values[self.b]
        return found

    @property
    def drawn_gaps(self) -> FloatArray | None:
        """The same in each resample; None where there are none to read."""
        drawn = self.evidence.drawn_values
        return None if drawn is None else drawn[:, self.a] - drawn[:, self.b]

    @property
    def weights(self) -> tuple[float, ...]:
        """Weights of the shared metrics."""
        return self.evidence.ground.weights

    def metric_id(self, place: int) -> str:
        """Id of a shared metric."""
        return self.plan.metrics[self.evidence.ground.metrics[place]].metric.id


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Scores that drawn weights of one concentration give, on the data and with a resample each (None without)."""

    alone: FloatArray
    scores: FloatArray | None


def _counts(evidence: TrackEvidence) -> Row:
    ground = evidence.ground
    items = int(ground.items.sum())
    return {"n_metrics": len(ground.metrics), "n_items": items, "n_clusters": ground.n_clusters}


def _undefined(show: str, reason: Reason) -> Row:
    return {"show": show, "state": "undefined", "reason": reason.value}


def _leads(value: float) -> str:
    if abs(value) <= LEVEL:
        return "tie"
    return "a" if value > 0 else "b"


# ---------------------------------------------------------------- other weights


def _changed(pair: _Pair) -> Iterator[Row]:
    """The difference under the weights of the rubric, equal ones, and each weight changed by half of itself."""
    values = _differences(pair.gaps[None, :], pair.weights)[0]
    names = [("as_weighted", ""), ("equal_weights", "")]
    n_metrics = len(pair.weights)
    for show in ("weight_less", "weight_more"):
        names += [(show, pair.metric_id(m)) for m in range(n_metrics)]
    drawn = pair.drawn_gaps
    limits = None if drawn is None else _limits(_differences(drawn, pair.weights), pair.plan)
    for place, (show, metric_id) in enumerate(names):
        value = float(values[place])
        row: Row = {"show": show, "metric_id": metric_id, "value": value, "leads": _leads(value)}
        equal = tuple(1.0 for _ in pair.weights) if show == "equal_weights" else None
        yield row | (_linearised(pair, equal) if not metric_id and _flat(limits, place) else _resampled(limits, place))


def _differences(gaps: FloatArray, weights: tuple[float, ...]) -> FloatArray:
    """Weighted difference of each draw: rubric, equal, each weight halved, each half as much again.

    Sums go one metric after the other, so that the order of additions is ours and not that of a library.
    """
    n_metrics = len(weights)
    lead, even = np.zeros(len(gaps)), np.zeros(len(gaps))
    for m in range(n_metrics):
        lead += weights[m] * gaps[:, m]
        even += gaps[:, m]
    total = sum(weights)
    columns = [lead / total, even / n_metrics]
    for sign in (-HALF, HALF):
        for m in range(n_metrics):
            step = sign * weights[m]
            columns.append((lead + step * gaps[:, m]) / (total + step))
    return np.stack(columns, axis=1)


def _limits(differences: FloatArray, plan: Plan) -> tuple[FloatArray, FloatArray]:
    """Percentile limits of each column; swapping the systems swaps the limits and their signs, to the bit."""
    tail = tail_probability(plan.study.plan.interval.confidence)
    place = tail * (len(differences) - 1)
    low = int(place)
    high = min(low + 1, len(differences) - 1)
    mirrored = len(differences) - 1 - low, len(differences) - 1 - high
    ordered = np.partition(differences, sorted({low, high, *mirrored}), axis=0)
    lower = ordered[low] + (place - low) * (ordered[high] - ordered[low])
    upper = ordered[mirrored[0]] - (place - low) * (ordered[mirrored[0]] - ordered[mirrored[1]])
    return lower, upper


def _flat(limits: tuple[FloatArray, FloatArray] | None, place: int) -> bool:
    return limits is None or limits[0][place] == limits[1][place]


def _resampled(limits: tuple[FloatArray, FloatArray] | None, place: int) -> Row:
    if limits is None:
        return {"reason": Reason.too_few_clusters.value}
    if _flat(limits, place):
        return {"reason": Reason.no_variation.value}
    lower, upper = float(limits[0][place]), float(limits[1][place])
    return {"lower": lower, "upper": upper, "method": Method.resampled.value}


def _linearised(pair: _Pair, weights: tuple[float, ...] | None) -> Row:
    found = pair.evidence.linearised(pair.plan, pair.a, pair.b, weights)
    if found.reason is not None:
        return {"reason": found.reason.value}
    return {"lower": found.lower, "upper": found.upper, "method": found.method.value}


def _turning(pair: _Pair) -> Iterator[Row]:
    """What makes the two level: one weight multiplied, or the least change of all."""
    gaps = pair.gaps.tolist()
    for m, factor in enumerate(turning_factors(gaps, pair.weights)):
        row: Row = {"show": "turning_factor", "metric_id": pair.metric_id(m), "value": factor}
        yield row if factor is not None else row | _undefined("turning_factor", Reason.order_holds)
    shift = smallest_shift(gaps, pair.weights)
    if shift is None:
        yield _undefined("smallest_change", Reason.order_holds)
    else:
        yield {"show": "smallest_change", "value": shift.moved}


# ---------------------------------------------------------------- dominance


def _dominance(pair: _Pair) -> Iterator[Row]:
    """Who dominates in the data, and how often a dominates b in resamples."""
    of_a, of_b = dominance_share(pair.gaps[None, :])
    level = bool((np.abs(pair.gaps) <= LEVEL).all())
    leads = "tie" if level else "a" if of_a else "b" if of_b else None
    yield {"show": "dominance", "value": max(of_a, of_b), "leads": leads}
    yield _dominated(pair, 0)


def _dominated(pair: _Pair, side: int) -> Row:
    drawn = pair.drawn_gaps
    if drawn is None:
        return _undefined("dominance_share", Reason.too_few_clusters)
    return {"show": "dominance_share", "value": dominance_share(drawn)[side], "method": Method.resampled.value}


# ---------------------------------------------------------------- drawn weights


def _drawn_weights(plan: Plan, evidence: TrackEvidence, track: Track) -> dict[str, _Drawn]:
    """Weights drawn at each concentration, each with a stream of its own; draw k goes with resample k."""
    if not evidence.ground.systems:
        return {}
    found = {}
    for number, (name, concentration) in enumerate(CONCENTRATIONS.items(), start=1):
        shares = dirichlet_weights(
            evidence.ground.weights,
            concentration=concentration,
            resamples=plan.study.plan.interval.resamples,
            seed=track_seed(plan, track, number),
        )
        values = evidence.drawn_values
        scores = None if values is None else _weighted(shares[evidence.defined], values)
        found[name] = _Drawn(_weighted(shares, evidence.values[None]), scores)
    return found


def _weighted(shares: FloatArray, values: FloatArray) -> FloatArray:
    """Score of every system in every draw: shares (draws, metrics), values (draws or 1, systems, metrics)."""
    scores = np.zeros((len(shares), values.shape[1]))
    for m in range(shares.shape[1]):
        scores += shares[:, m, None] * values[:, :, m]
    return scores


def _leading(pair: _Pair, drawn: dict[str, _Drawn]) -> Iterator[Row]:
    """Share of drawn weights with which a is ahead, ties half."""
    for name, each in drawn.items():
        row: Row = {"concentration": name, "method": None}
        yield row | {"show": "weights_share", "value": _share_ahead(each.alone[:, pair.a] - each.alone[:, pair.b])}
        if each.scores is None:
            yield row | _undefined("dirichlet_share", Reason.too_few_clusters)
        else:
            share = _share_ahead(each.scores[:, pair.a] - each.scores[:, pair.b])
            yield row | {"show": "dirichlet_share", "value": share, "method": Method.resampled.value}


def _share_ahead(differences: FloatArray) -> float:
    ahead, level = int((differences > LEVEL).sum()), int((np.abs(differences) <= LEVEL).sum())
    return (2 * ahead + level) / (2 * len(differences))


def _firsts(plan: Plan, evidence: TrackEvidence, drawn: dict[str, _Drawn]) -> Iterator[Row]:
    """Share of drawn weights and resamples in which each system comes first of all."""
    for name, each in drawn.items():
        shares = None if each.scores is None else rank_shares(each.scores)[:, 0]
        for place, system in enumerate(evidence.ground.systems):
            row: Row = {"concentration": name, "system_a": plan.systems[system], "system_b": ""}
            if shares is None:
                yield row | _undefined("dirichlet_first", Reason.too_few_clusters)
            else:
                first = {"show": "dirichlet_first", "value": float(shares[place])}
                yield row | first | {"method": Method.resampled.value}
