"""Numbers from arrays: exact limits, intervals by cluster, resamples, joined ratings.

Knows nothing of rubrics or tables. May import numpy, scipy, ``dualtrack.errors`` and ``dualtrack.terms``.
"""

from dualtrack.stats.cluster import ScoreInterval, linearised_ratio, weighted_score
from dualtrack.stats.difference import difference_interval, linearised_difference
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.stats.ordered import Aggregated, aggregate
from dualtrack.stats.proportion import (
    cases_needed,
    effective_n,
    exact_interval,
    exact_lower,
    exact_upper,
    intraclass_correlation,
    least_n,
)
from dualtrack.stats.resample import ResampledScores, resampled_scores, resampling_weights

__all__ = [
    "Aggregated",
    "Interval",
    "Method",
    "ResampledScores",
    "ScoreInterval",
    "aggregate",
    "cases_needed",
    "difference_interval",
    "effective_n",
    "exact_interval",
    "exact_lower",
    "exact_upper",
    "intraclass_correlation",
    "least_n",
    "linearised_difference",
    "linearised_ratio",
    "resampled_scores",
    "resampling_weights",
    "tail_probability",
    "weighted_score",
]
