"""What the order of the systems of one track rests on: their scores on common ground, in the data and in resamples.

May import terms, stats and the scoring ground. Ranks and robustness to the weights read the same numbers, so that they
cannot tell two stories. Nothing here reads two tracks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dualtrack.scoring.arrays import TOP, FloatArray, IntArray
from dualtrack.scoring.comparable import Ground, common_ground
from dualtrack.scoring.plan import Plan
from dualtrack.scoring.sides import matches
from dualtrack.scoring.sums import MetricSums
from dualtrack.stats.difference import linearised_difference
from dualtrack.stats.interval import Interval
from dualtrack.stats.resample import ResampledScores, resampled_scores, resampling_weights
from dualtrack.terms import Reason, Track

__all__ = [
    "LEAST_CLUSTERS",
    "TrackEvidence",
    "compared_pairs",
    "evidence_on",
    "track_draws",
    "track_evidence",
    "track_seed",
]

LEAST_CLUSTERS = 30
"""Below it quantiles of resamples under-cover (reference simulation); closed forms take their place."""
MOST_UNDEFINED = 0.01
"""Share of draws in which some metric has no case; beyond it the draws that are left no longer stand for all."""


@dataclass(frozen=True, slots=True)
class TrackEvidence:
    """Scores of the systems that share a ground.

    Attributes:
        ground: systems, metrics and sums.
        values: of each system and metric, in the data, shape (systems, metrics).
        scores: of each system, in the data.
        drawn_values, drawn_scores: the same in each resample, first axis; None below 30 clusters and where too many
            draws are undefined.
        defined: of the planned resamples, which of them these are.
    """

    ground: Ground
    values: FloatArray
    scores: FloatArray
    drawn_values: FloatArray | None
    drawn_scores: FloatArray | None
    defined: np.ndarray

    def place(self, system: int) -> int | None:
        """Place of a system of the plan among those that are compared; None where it is not."""
        return self.ground.systems.index(system) if system in self.ground.systems else None

    def why_refused(self, a: int, b: int) -> Reason:
        """Why two systems of the plan are not compared.

        Args:
            a: one system.
            b: the other; which is which has no part in the answer.
        """
        reasons = {self.ground.refused[system] for system in (a, b) if system in self.ground.refused}
        return next((reason for reason in Reason if reason in reasons), Reason.no_overlap)

    def linearised(self, plan: Plan, a: int, b: int, weights: tuple[float, ...] | None = None) -> Interval:
        """Difference of two compared systems with t limits.

        Args:
            plan: the plan.
            a: place of one among the compared systems.
            b: place of the other.
            weights: of the metrics; those of the rubric where None.
        """
        pair = [a, b]
        return linearised_difference(
            self.ground.sums[pair],
            self.ground.counts[pair],
            self.ground.weights if weights is None else weights,
            confidence=plan.study.plan.interval.confidence,
            floor=plan.cluster_floor,
            scale=TOP,
        )


def track_seed(plan: Plan, track: Track, *more: int) -> list[int]:
    """Seed of a random stream of one track.

    Args:
        plan: the plan, with the seed of the study.
        track: the track.
        more: numbers above 0 that tell the streams of a track apart; none for its resamples.
    """
    return [plan.study.plan.interval.seed, list(Track).index(track), *more]


def track_draws(plan: Plan, track: Track) -> IntArray:
    """Resampling weights of the clusters for everything of one track, shape (resamples, clusters).

    Args:
        plan: the plan.
        track: the track; its random stream is its own.
    """
    resamples = plan.study.plan.interval.resamples
    return resampling_weights(len(plan.clusters), resamples=resamples, seed=track_seed(plan, track))


def track_evidence(plan: Plan, sums: tuple[MetricSums, ...], track: Track, draws: IntArray) -> TrackEvidence:
    """Scores of the systems of a track, in the data and in the resamples that its comparisons use.

    Args:
        plan: the plan.
        sums: item sums per metric.
        track: the track.
        draws: of the track, as ``track_draws`` gives them.
    """
    return evidence_on(plan, common_ground(plan, sums, track), draws)


def evidence_on(plan: Plan, ground: Ground, draws: IntArray) -> TrackEvidence:
    """The same on a ground that is known.

    Args:
        plan: the plan.
        ground: systems, metrics and their sums.
        draws: resampling weights of the clusters.
    """
    if not ground.systems:
        nothing = np.zeros((0, 0))
        return TrackEvidence(ground, nothing, nothing[:, 0:0].ravel(), None, None, np.zeros(0, dtype=np.bool_))
    data = _scores(ground, np.ones((1, len(plan.clusters)), dtype=np.int64))
    values, scores = data.metric_values[0], data.scores[0]
    undefined = np.zeros(len(draws), dtype=np.bool_)
    if ground.n_clusters < LEAST_CLUSTERS:
        return TrackEvidence(ground, values, scores, None, None, undefined)
    drawn = _scores(ground, draws)
    if drawn.n_undefined > MOST_UNDEFINED * len(draws):
        return TrackEvidence(ground, values, scores, None, None, undefined)
    kept = drawn.score_defined
    return TrackEvidence(ground, values, scores, drawn.metric_values[kept], drawn.scores[kept], kept)


def _scores(ground: Ground, draws: np.ndarray) -> ResampledScores:
    return resampled_scores(draws, ground.sums, ground.counts, ground.weights, scale=TOP)


def compared_pairs(plan: Plan) -> Iterator[tuple[int, int]]:
    """The pairs of systems that the plan asks to compare, both in the order of the plan.

    Args:
        plan: the plan.
    """
    pairs = (match.systems for match in matches(plan) if match.kind == "pair")
    yield from sorted((min(pair), max(pair)) for pair in pairs)
