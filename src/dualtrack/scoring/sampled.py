"""What is kept of single responses where a plan left some of them unrated on purpose.

May import terms and the scoring ground. Sums by item do not say with which chance a response was drawn; limits by
stratum and weighted means need that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dualtrack.scoring.arrays import NONE, IntArray
from dualtrack.scoring.bases import CHECK_ONLY, CLINICIAN_ONLY, PRIMARY, UNADJUDICATED
from dualtrack.scoring.draw import JOINED_ON_DRAWN
from dualtrack.scoring.evidence import REASONS, Evidence
from dualtrack.scoring.plan import MetricPlan
from dualtrack.terms import Reason

__all__ = ["UNASKED", "Sampled", "merge_sampled", "on_drawn", "sampled_of"]

UNASKED = -2
"""What a check says where the item gives it nothing to look for: that is no missing word, and it cannot be withheld."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """The primary evidence of single responses (``cells``), and what the checks say of them.

    Checks that should have spoken and did not say NONE; where the item gives them nothing to look for, UNASKED.

    Values in millionths. Of what was not drawn, ``observed`` is NONE; its fills are not read.
    """

    cells: IntArray
    observed: IntArray
    worst: IntArray
    best: IntArray
    said: IntArray


def sampled_of(mp: MetricPlan, by_basis: dict[str, Evidence]) -> Sampled | None:
    """What to keep of single responses; None where nothing was left out, or the rule does not rest on clinicians.

    Args:
        mp: the metric.
        by_basis: its evidence over all responses, drawn or not.
    """
    if mp.draw is None or mp.pairs is not None or mp.correct is not None or mp.metric.combine not in JOINED_ON_DRAWN:
        return None
    primary, checks = by_basis[PRIMARY], by_basis.get(CHECK_ONLY)
    drawn = mp.draw.drawn[primary.cells]
    said = np.full(primary.cells.size, NONE, dtype=np.int64)
    if checks is not None:
        unasked = (checks.observed == NONE) & (checks.reason == REASONS.index(Reason.not_applicable))
        said = np.where(unasked, UNASKED, checks.observed)
    observed = np.where(drawn, primary.observed, NONE)
    return Sampled(primary.cells, observed, primary.worst, primary.best, said)


def on_drawn(mp: MetricPlan, by_basis: dict[str, Evidence]) -> dict[str, Evidence]:
    """The same evidence on the drawn responses alone, where they stand for all.

    What sampling left out on purpose is not missing, so it enters neither bounds nor coverage.

    Args:
        mp: the metric.
        by_basis: its evidence over all responses.
    """
    if mp.draw is None or not mp.draw.all_known:
        return by_basis
    rest_on_clinicians = (PRIMARY, CLINICIAN_ONLY, UNADJUDICATED)
    drawn = mp.draw.drawn
    return {
        basis: evidence.at(drawn[evidence.cells]) if basis in rest_on_clinicians else evidence
        for basis, evidence in by_basis.items()
    }


def merge_sampled(parts: Sequence[Sampled]) -> Sampled | None:
    """Put the responses of partitions together, in their order; None without any part.

    Args:
        parts: what the partitions kept.
    """
    if not parts:
        return None
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Sampled.__slots__}
    order = np.argsort(joined["cells"], kind="stable")
    return replace(parts[0], **{name: values[order] for name, values in joined.items()})
