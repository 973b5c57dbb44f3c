"""The bases of a metric: its joined evidence, and that of each source by itself.

May import terms and the scoring ground. A source speaks of responses; for a metric of pairs it is brought to pairs
before anything is joined, so that one source is never compared with another.
"""

from dataclasses import dataclass

from dualtrack.scoring.arrays import BoolArray, IntArray
from dualtrack.scoring.evidence import Evidence, fails_below
from dualtrack.scoring.joins import Sources, join
from dualtrack.scoring.pair_evidence import Native, PairPlaces, pair_checks, pair_ratings
from dualtrack.scoring.plan import MetricPlan
from dualtrack.terms import Combine

__all__ = ["CHECK_ONLY", "CLINICIAN_ONLY", "GATED", "PRIMARY", "UNADJUDICATED", "Said", "bases"]

PRIMARY, UNADJUDICATED, CLINICIAN_ONLY, CHECK_ONLY = (
    "primary",
    "unadjudicated",
    "clinician_only",
    "check_only",
)
GATED = "gated"
"""What gates read where it is not the primary evidence: a check that proved itself gives a value, but no gate."""

ADDING = (Combine.check_only, Combine.clinician_overrides)
"""Rules in which a check that proved itself adds a value. In others a flag takes one away, or both sides are needed:
there its standing changes nothing, or else evidence withheld until the check loses its standing would give values back.
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What every source says of the same cells.

    Attributes:
        cells: the responses, or the second response of each pair.
        ratings, unadjudicated: the clinicians with and without what was settled afterwards: an adjudicator's rulings in
            their place, a third rater's answer beside theirs.
        checks: the automated checks together.
        imported: imported sources by basis.
        ruled: per cell, whether an adjudicator ruled.
        third: whether a third rater was asked anywhere.
    """

    cells: IntArray
    ratings: Evidence | None
    unadjudicated: Evidence | None
    checks: Evidence | None
    imported: dict[str, Evidence]
    ruled: BoolArray
    third: bool = False

    def in_pairs(self, places: PairPlaces, native: Native | None) -> "Said":
        """The same brought to pairs; the checks only where one of them is what is compared."""

        def brought(evidence: Evidence | None) -> Evidence | None:
            return None if evidence is None else pair_ratings(places, evidence)

        return Said(
            places.cells,
            brought(self.ratings),
            brought(self.unadjudicated),
            pair_checks(places, self.checks, native) if self.checks is not None and native is not None else None,
            {name: pair_ratings(places, evidence) for name, evidence in self.imported.items()},
            self.ruled[places.first] | self.ruled[places.second],
            self.third,
        )


def bases(mp: MetricPlan, said: Said) -> dict[str, Evidence]:
    """The joined evidence of a metric, and that of each source beside it.

    Args:
        mp: the metric.
        said: what its sources say.

    Returns:
        Evidence by basis; ``primary`` always. ``gated`` where checks drive the value because they proved themselves:
        the same as if they were screening only. Checks alone drive no verdict unless they are the definition.
    """
    drive = mp.checks_define or (mp.checks_shown and mp.metric.combine in ADDING)

    def joined(checks_drive: bool) -> Evidence:  # noqa: FBT001 -- the one thing that differs
        return join(mp.metric.combine, Sources(said.ratings, said.checks, said.ruled, fails_below(mp), checks_drive))

    by_basis = {PRIMARY: joined(drive)}
    if drive and not mp.checks_define:
        by_basis[GATED] = joined(checks_drive=False)
    if (said.ruled.any() or said.third) and said.unadjudicated is not None:
        by_basis[UNADJUDICATED] = said.unadjudicated
    if said.ratings is not None and said.checks is not None:
        by_basis[CLINICIAN_ONLY] = said.ratings
    if said.checks is not None and not (mp.metric.combine is Combine.check_only and drive):
        by_basis[CHECK_ONLY] = said.checks
    return by_basis | said.imported
