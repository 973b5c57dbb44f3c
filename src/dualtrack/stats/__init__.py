"""Numbers from arrays: exact limits, intervals by cluster, resamples, joined ratings.

Knows nothing of rubrics or tables. May import numpy, scipy, ``dualtrack.errors`` and ``dualtrack.terms``.
"""

from dualtrack.stats.calibration import binned_calibration_error, calibration_error_by_chance
from dualtrack.stats.cluster import ScoreInterval, linearised_ratio, weighted_score
from dualtrack.stats.detection import cohen_kappa, detection_interval, detection_lower, gwet_ac1
from dualtrack.stats.difference import difference_interval, linearised_difference
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.stats.labels import LatentLabels, latent_labels
from dualtrack.stats.ordered import Aggregated, aggregate
from dualtrack.stats.paired import least_pairs, tango_interval, tango_lower, tango_upper
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
from dualtrack.stats.severity import RaterSeverity, connected_raters, rater_severity
from dualtrack.stats.two_way import are_crossed, two_way_mean

__all__ = [
    "Aggregated",
    "Interval",
    "LatentLabels",
    "Method",
    "RaterSeverity",
    "ResampledScores",
    "ScoreInterval",
    "aggregate",
    "are_crossed",
    "binned_calibration_error",
    "calibration_error_by_chance",
    "cases_needed",
    "cohen_kappa",
    "connected_raters",
    "detection_interval",
    "detection_lower",
    "difference_interval",
    "effective_n",
    "exact_interval",
    "exact_lower",
    "exact_upper",
    "gwet_ac1",
    "intraclass_correlation",
    "latent_labels",
    "least_n",
    "least_pairs",
    "linearised_difference",
    "linearised_ratio",
    "rater_severity",
    "resampled_scores",
    "resampling_weights",
    "tail_probability",
    "tango_interval",
    "tango_lower",
    "tango_upper",
    "two_way_mean",
    "weighted_score",
]
