"""How ratings and checks of one response become one value: the rules that a metric may declare.

May import terms and the scoring ground. Each rule keeps to one law: taking evidence away never raises ``worst`` and
never lowers ``best``. A check that has not been shown against clinicians is screening only: it gives no value, but
what it flags, and what it did not look at, keeps ``worst`` at failing where the rule says that flags are
adjudicated.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dualtrack.scoring.arrays import NONE, TOP, BoolArray, IntArray
from dualtrack.scoring.evidence import REASONS, Evidence
from dualtrack.terms import Combine, Reason

__all__ = ["JOINS", "Sources", "join"]


@dataclass(frozen=True, slots=True)
class Sources:
    """What there is to join.

    Attributes:
        ratings: the clinicians, with an adjudicator's rulings in their place.
        checks: the automated checks.
        ruled: per cell, whether an adjudicator ruled.
        fails_below: value in millionths below which a joined rating is a flag.
        checks_drive: whether the checks may drive a value (they are the definition, or proved themselves).
    """

    ratings: Evidence | None
    checks: Evidence | None
    ruled: BoolArray
    fails_below: int
    checks_drive: bool


def join(rule: Combine, sources: Sources) -> Evidence:
    """Join the sources of one metric by its declared rule.

    Args:
        rule: the metric's ``combine``.
        sources: evidence per source over the same cells.

    Returns:
        The primary evidence.

    Raises:
        KeyError: the rule is not one that this version computes.
    """
    return JOINS[rule](sources)


def _clinician_only(sources: Sources) -> Evidence:
    return _some(sources.ratings)


def _check_only(sources: Sources) -> Evidence:
    checks = _some(sources.checks)
    if sources.checks_drive:
        return checks
    every = np.ones(checks.cells.size, dtype=np.bool_)
    return replace(checks.missing(Reason.screening_only, every), has_raw=~every)


def _clinician_overrides(sources: Sources) -> Evidence:
    """The clinicians where they rated; the check elsewhere, inside the clinicians' own bounds."""
    ratings, checks = _some(sources.ratings), _some(sources.checks)
    unrated = ratings.observed == NONE
    if not sources.checks_drive:
        return ratings
    use = unrated & (checks.observed != NONE)
    return replace(
        ratings,
        observed=np.where(use, checks.observed, ratings.observed),
        raw=checks.raw,
        has_raw=checks.has_raw,
        reason=np.where(use, NONE, ratings.reason),
        gaps=ratings.gaps if ratings.gaps is None or checks.gaps is None else ratings.gaps.taking(use, checks.gaps),
    )


def _prediction_powered(sources: Sources) -> Evidence:
    """The clinicians, response by response; what the check adds, it adds to their mean (see ``weighted``)."""
    return _some(sources.ratings)


def _either_flags(sources: Sources) -> Evidence:
    """A flag from either side stays open until an adjudicator rules; unflagged means that both sides looked."""
    ratings, checks = _some(sources.ratings), _some(sources.checks)
    clear = checks.observed == TOP
    check_flag = checks.observed == 0
    rating_flag = (ratings.observed != NONE) & (ratings.observed < sources.fails_below)
    pending = ~sources.ruled & (rating_flag | check_flag if sources.checks_drive else rating_flag)
    joined = replace(
        ratings,
        worst=np.where(sources.ruled | clear, ratings.worst, 0),
        best=ratings.best,
        raw=checks.raw,
        has_raw=checks.has_raw,
    )
    return joined.missing(Reason.disputed, pending)


def _worst_of(sources: Sources) -> Evidence:
    """The lower of both sides; nothing while a side that counts is missing."""
    ratings, checks = _some(sources.ratings), _some(sources.checks)
    if not sources.checks_drive:
        return replace(ratings, worst=np.where(checks.observed == TOP, ratings.worst, 0))
    both = (ratings.observed != NONE) & (checks.observed != NONE)
    return replace(
        ratings,
        observed=np.where(both, np.minimum(ratings.observed, checks.observed), NONE),
        worst=np.minimum(ratings.worst, checks.worst),
        best=np.minimum(ratings.best, checks.best),
        n_failed=np.maximum(ratings.n_failed, checks.n_failed),
        raw=checks.raw,
        has_raw=checks.has_raw,
        reason=_first_reason(both, ratings.reason, checks.reason),
    )


def _first_reason(both: BoolArray, first: IntArray, second: IntArray) -> IntArray:
    stated = np.where(first != NONE, first, second)
    stated = np.where(stated == NONE, REASONS.index(Reason.no_evidence), stated)
    return np.where(both, NONE, stated)


def _some(evidence: Evidence | None) -> Evidence:
    if evidence is None:
        raise ValueError("the rubric loader admits no joining rule without its evidence")
    return evidence


JOINS: dict[Combine, Callable[[Sources], Evidence]] = {
    Combine.clinician_only: _clinician_only,
    Combine.check_only: _check_only,
    Combine.clinician_overrides: _clinician_overrides,
    Combine.either_flags_then_adjudicate: _either_flags,
    Combine.worst_of: _worst_of,
    Combine.prediction_powered: _prediction_powered,
}
