"""Resampling of whole clusters by one matrix of integer weights, shared by all systems and metrics.

Scores are functions of sums over clusters, so a resample is a product of integers: exact in double precision,
the same whatever the order of rows, the number of threads or the processor. Limits from it are for display,
differences and ranks; never for gates.
May import numpy and its own package.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats, Integers, as_fractions, as_integers, as_sums_and_counts

__all__ = ["ResampledScores", "resampled_scores", "resampling_weights"]

exact_limit = 2**53  # whole numbers up to here are exact in double precision, in any order of addition
block_values = 2**22  # values converted to double precision at a time, so that memory does not grow with resamples


@dataclass(frozen=True, slots=True, eq=False)
class ResampledScores:
    """Metric values and scores of every system in every draw.

    ``metric_values``: shape (resamples, systems, metrics). ``scores``: shape (resamples, systems).
    ``metric_defined``: shape (resamples, metrics), whether all systems had a count of the metric in that
    draw. ``score_defined``: shape (resamples,), whether that holds for all metrics that the score needs.
    Where not defined, the value is a 0 without meaning, for all systems alike, so that differences stay
    paired.
    """

    metric_values: Floats
    scores: Floats
    metric_defined: npt.NDArray[np.bool_]
    score_defined: npt.NDArray[np.bool_]

    @property
    def n_undefined(self) -> int:
        """Number of draws in which some metric that the score needs had no count in some system."""
        return int(np.count_nonzero(~self.score_defined))


def resampling_weights(n_clusters: int, *, resamples: int, seed: int | Sequence[int]) -> Integers:
    """How often each cluster is drawn in each resample.

    Definition: every row is multinomial(n_clusters, 1 / n_clusters) and sums to n_clusters. Clusters are
    drawn as bounded whole numbers from PCG64 and counted, so that no floating-point function of the platform
    has a part.

    Args:
        n_clusters: number of clusters, at least 1.
        resamples: number of rows, at least 1. Memory is 8 bytes times resamples times n_clusters.
        seed: one whole number or several, such as study seed and number of the track, so that the tracks
            share no random stream.

    Returns:
        int64 array, shape (resamples, n_clusters).

    Raises:
        ValueError: fewer than one cluster or resample, or a negative seed.

    Example:
        >>> resampling_weights(4, resamples=2, seed=[20250101, 0]).sum(axis=1)
        array([4, 4])

    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 6.2, with clusters as units:
    Davison and Hinkley 1997, Bootstrap Methods and their Application, section 3.8; generator O'Neill 2014,
    HMC-CS-2014-0905.
    """
    if n_clusters < 1 or resamples < 1:
        raise ValueError(f"at least one cluster and one resample are needed, got {n_clusters!r} and {resamples!r}")
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    drawn = generator.integers(0, n_clusters, size=(resamples, n_clusters), dtype=np.int64)
    drawn += n_clusters * np.arange(resamples, dtype=np.int64)[:, None]
    counted = np.bincount(drawn.ravel(), minlength=resamples * n_clusters)
    return counted.reshape(resamples, n_clusters).astype(np.int64, copy=False)


def resampled_scores(
    weights_matrix: npt.ArrayLike,
    sums: npt.ArrayLike,
    counts: npt.ArrayLike,
    metric_weights: Sequence[float],
    *,
    scale: int = 1,
) -> ResampledScores:
    """Metric values and track scores of all systems, recomputed in every resample.

    Definition: in draw b with cluster weights C_b, v_m = sum_c C_bc S_mc / sum_c C_bc n_mc and
    score = sum w_m v_m / sum w_m over the metrics with weight that have a count in the data. One row of ones
    in weights_matrix gives the point estimates. A metric without a count in every system leaves the score;
    one that some systems have and others lack leaves every score undefined: pass the metrics that all systems
    share.

    Args:
        weights_matrix: whole numbers, at least 0, shape (resamples, clusters), from ``resampling_weights``.
        sums: sum of the values (0..1) of each system, metric and cluster, whole numbers in units of 1 /
            scale, shape (systems, metrics, clusters).
        counts: number of cases behind each sum, same shape.
        metric_weights: weight of each metric, at least 0, shape (metrics,).
        scale: units per 1.0 in sums; 1_000_000 for millionths.

    Returns:
        ResampledScores; holds no NaN, marks what is undefined and counts such draws.

    Raises:
        ValueError: arrays that are not whole numbers, do not fit together or are impossible for values in
            0..1; a weight that is negative or not finite; products beyond 2^53, which would not be exact.

    Undefined when: a draw gives a metric no count (marked in ``metric_defined`` and ``score_defined``).

    Example:
        >>> result = resampled_scores([[1, 1], [2, 0], [0, 2]], [[[1, 0], [2, 0]]], [[[1, 1], [2, 0]]], [1, 1])
        >>> result.scores[:, 0], result.n_undefined
        (array([0.75, 1.  , 0.  ]), 1)

    Source: as ``resampling_weights``; one matrix for all systems keeps them paired: Miller 2024,
    arXiv:2411.00640.
    """
    matrix = as_integers("resampling weights", weights_matrix, n_dimensions=2)
    sums, counts = as_sums_and_counts(sums, counts, n_dimensions=3, scale=scale)
    n_systems, n_metrics, n_clusters = counts.shape
    if matrix.shape[1] != n_clusters or np.any(matrix < 0):
        raise ValueError(f"{n_clusters} clusters need as many resampling weights, none negative: {matrix.shape}")
    weights = [float(weight) for weight in as_fractions(metric_weights, n_metrics=n_metrics)]
    numerators = _exact_products(matrix, sums.reshape(-1, n_clusters))
    denominators = _exact_products(matrix, counts.reshape(-1, n_clusters))
    shape = (len(matrix), n_systems, n_metrics)
    numerators, denominators = numerators.reshape(shape), denominators.reshape(shape)
    metric_defined = denominators.min(axis=1) > 0
    values = np.divide(numerators, scale * denominators, out=np.zeros(shape), where=metric_defined[:, None, :])
    has_count = counts.max(axis=(0, 2), initial=0) > 0
    needed = [m for m in range(n_metrics) if weights[m] > 0 and has_count[m]]
    score_defined = np.full(len(matrix), bool(needed))
    scores = np.zeros((len(matrix), n_systems))
    for m in needed:  # one metric after another: the order of additions is ours, not that of a library
        scores += weights[m] * values[:, :, m]
        score_defined &= metric_defined[:, m]
    scores /= sum(weights[m] for m in needed) or 1.0
    scores[~score_defined] = 0.0
    return ResampledScores(values, scores, metric_defined, score_defined)


def _exact_products(matrix: Integers, rows: Integers) -> Floats:
    """Return matrix @ rows.T, exact as whole numbers below 2^53, multiplied block by block."""
    n_resamples, n_clusters = matrix.shape
    greatest = int(matrix.sum(axis=1).max(initial=0)) * int(rows.max(initial=0))
    if greatest >= exact_limit:
        raise ValueError(f"products of resampling weights and sums reach {greatest}, beyond 2^53")
    products = np.empty((n_resamples, len(rows)))
    columns = rows.T.astype(np.float64)
    step = max(1, block_values // max(1, n_clusters))
    for start in range(0, n_resamples, step):
        products[start : start + step] = matrix[start : start + step].astype(np.float64) @ columns
    return products
