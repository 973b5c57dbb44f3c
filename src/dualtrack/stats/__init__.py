"""Numbers from arrays: exact limits, intervals by cluster, resamples, joined ratings.

Knows nothing of rubrics or tables. May import numpy, scipy, ``dualtrack.errors`` and ``dualtrack.terms``.
"""

from dualtrack.stats._agreement import agreement_weights
from dualtrack.stats.agreement import gwet_ac, krippendorff_alpha, level_tally, raw_agreement
from dualtrack.stats.blinding import blinding_index
from dualtrack.stats.bradley_terry import Strengths, bradley_terry, resampled_strengths, strength_influences
from dualtrack.stats.calibration import binned_calibration_error, calibration_error_by_chance
from dualtrack.stats.chances import (
    count_chances,
    detectable_difference,
    difference_chance,
    equivalence_chance,
    joint_chance,
)
from dualtrack.stats.cluster import ScoreInterval, linearised_ratio, weighted_score
from dualtrack.stats.detection import cohen_kappa, detection_interval, detection_lower, gwet_ac1
from dualtrack.stats.difference import difference_interval, linearised_difference
from dualtrack.stats.equivalence import clustered_interval, comparisons_needed, equivalence
from dualtrack.stats.icc import interval_alpha, intraclass, number_tally, same_number
from dualtrack.stats.interval import Interval, Method, tail_probability
from dualtrack.stats.kappa import brennan_prediger, conger_kappa, fleiss_kappa
from dualtrack.stats.labels import LatentLabels, latent_labels
from dualtrack.stats.multiple import benjamini_hochberg, holm, step_down_max
from dualtrack.stats.operating import any_unfit_passes, veto_strikes
from dualtrack.stats.ordered import Aggregated, aggregate
from dualtrack.stats.paired import least_pairs, tango_interval, tango_lower, tango_upper
from dualtrack.stats.paired_tests import SignedRank, mcnemar_exact, signed_rank
from dualtrack.stats.prediction import PoweredMean, prediction_powered_mean
from dualtrack.stats.preference import (
    DrawnDifferences,
    Tallies,
    as_comparisons,
    difference_influences,
    resampled_preferences,
    win_differences,
)
from dualtrack.stats.proportion import (
    cases_needed,
    effective_n,
    exact_interval,
    exact_lower,
    exact_upper,
    intraclass_correlation,
    least_n,
)
from dualtrack.stats.rank_sets import RankSets, rank_sets, rank_shares, tie_groups
from dualtrack.stats.repeats import repeats_alike, worst_of_repeats
from dualtrack.stats.resample import ResampledScores, resampled_scores, resampling_weights
from dualtrack.stats.severity import RaterSeverity, connected_raters, rater_severity
from dualtrack.stats.shrinkage import Shrunken, shrunken_means
from dualtrack.stats.strata import Stratum, stratified_lower, stratified_upper
from dualtrack.stats.two_way import are_crossed, two_way_mean
from dualtrack.stats.weight_change import (
    TurningShift,
    dirichlet_weights,
    dominance_share,
    smallest_shift,
    turning_factors,
)

__all__ = [
    "Aggregated",
    "DrawnDifferences",
    "Interval",
    "LatentLabels",
    "Method",
    "PoweredMean",
    "RankSets",
    "RaterSeverity",
    "ResampledScores",
    "ScoreInterval",
    "Shrunken",
    "SignedRank",
    "Stratum",
    "Strengths",
    "Tallies",
    "TurningShift",
    "aggregate",
    "agreement_weights",
    "any_unfit_passes",
    "are_crossed",
    "as_comparisons",
    "benjamini_hochberg",
    "binned_calibration_error",
    "blinding_index",
    "bradley_terry",
    "brennan_prediger",
    "calibration_error_by_chance",
    "cases_needed",
    "clustered_interval",
    "cohen_kappa",
    "comparisons_needed",
    "conger_kappa",
    "connected_raters",
    "count_chances",
    "detectable_difference",
    "detection_interval",
    "detection_lower",
    "difference_chance",
    "difference_influences",
    "difference_interval",
    "dirichlet_weights",
    "dominance_share",
    "effective_n",
    "equivalence",
    "equivalence_chance",
    "exact_interval",
    "exact_lower",
    "exact_upper",
    "fleiss_kappa",
    "gwet_ac",
    "gwet_ac1",
    "holm",
    "interval_alpha",
    "intraclass",
    "intraclass_correlation",
    "joint_chance",
    "krippendorff_alpha",
    "latent_labels",
    "least_n",
    "least_pairs",
    "level_tally",
    "linearised_difference",
    "linearised_ratio",
    "mcnemar_exact",
    "number_tally",
    "prediction_powered_mean",
    "rank_sets",
    "rank_shares",
    "rater_severity",
    "raw_agreement",
    "repeats_alike",
    "resampled_preferences",
    "resampled_scores",
    "resampled_strengths",
    "resampling_weights",
    "same_number",
    "shrunken_means",
    "signed_rank",
    "smallest_shift",
    "step_down_max",
    "stratified_lower",
    "stratified_upper",
    "strength_influences",
    "tail_probability",
    "tango_interval",
    "tango_lower",
    "tango_upper",
    "tie_groups",
    "turning_factors",
    "two_way_mean",
    "veto_strikes",
    "weighted_score",
    "win_differences",
    "worst_of_repeats",
]
