"""What a planner assumes: true rates, correlation, what will be missing, what a rating takes.

May import errors. Everything has a default, and every value that was used is printed.
"""

from dataclasses import dataclass

from dualtrack.errors import Place, PlanningError, Problem

__all__ = ["N_SCENARIOS", "TARGETS", "Wishes"]

N_SCENARIOS = 3
TARGETS = (0.8, 0.9)
"""Chances of met that the search for more items aims at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Assumptions of a power calculation.

    Attributes:
        items, clusters: numbers of items and clusters in place of those of the items table.
        rates: three true failing shares for every limit gate, the most favourable first; None is half the limit, the
            limit and twice the limit.
        veto_rates: three true shares of items with an event.
        icc: true intra-cluster correlation; None is the rho0 of the plan.
        missing: share of planned items that will have no value.
        detection: share of events that the panel finds and confirms; None is what controls showed, or all of them.
        discordant: share of cases on which two systems, or two variants, differ by a whole unit.
        correlation: of the causes of any two gates of a track; 0 is independence.
        seconds: that one rating takes; None is the median of those recorded, or ``SECONDS``.
        sealed: whether rubric, plan and thresholds will be sealed before the responses are seen.
    """

    items: int | None = None
    clusters: int | None = None
    rates: tuple[float, ...] | None = None
    veto_rates: tuple[float, ...] = (0.001, 0.005, 0.01)
    icc: float | None = None
    missing: float = 0.0
    detection: float | None = None
    discordant: float = 0.1
    correlation: float = 0.0
    seconds: float | None = None
    sealed: bool = True

    def refuse_impossible(self) -> None:
        """Name every value that cannot be.

        Raises:
            PlanningError: PWR001 a value outside its range, PWR003 more clusters than items, or clusters without items.
        """
        problems = [
            _outside(name, found, expected)
            for name, found, expected, holds in self._demands()
            if found is not None and not holds
        ]
        if self.clusters is not None and (self.items is None or self.clusters > self.items):
            problems.append(
                Problem(
                    "PWR003",
                    "these clusters cannot be filled",
                    Place(column="clusters"),
                    found=f"{self.clusters:,} clusters, {self.items or 'no number of'} items",
                    expected="a number of items, and at most as many clusters",
                    fix="give items and clusters together, with at least one item for each cluster",
                )
            )
        if problems:
            raise PlanningError(problems)

    def _demands(self) -> tuple[tuple[str, object, str, bool], ...]:
        def rising(rates: tuple[float, ...] | None) -> bool:
            given = rates or ()
            inside = len(given) == N_SCENARIOS and all(0 <= rate < 1 for rate in given)
            return inside and list(given) == sorted(given)

        def share(value: float | None) -> bool:
            return value is not None and 0 <= value <= 1

        three = "three shares from 0 to below 1, the lowest first"
        return (
            ("items", self.items, "a whole number above 0", self.items is not None and self.items >= 1),
            ("clusters", self.clusters, "a whole number above 0", self.clusters is not None and self.clusters >= 1),
            ("rates", self.rates, three, rising(self.rates)),
            ("veto_rates", self.veto_rates, three, rising(self.veto_rates)),
            ("icc", self.icc, "a share from 0 to 1", share(self.icc)),
            ("missing", self.missing, "a share from 0 to below 1", 0 <= self.missing < 1),
            ("detection", self.detection, "a share from 0 to 1", share(self.detection)),
            ("discordant", self.discordant, "a share above 0, at most 1", 0 < self.discordant <= 1),
            ("between_gates", self.correlation, "a correlation from 0 to below 1", 0 <= self.correlation < 1),
            ("seconds", self.seconds, "a number above 0", self.seconds is not None and self.seconds > 0),
        )


def _outside(name: str, found: object, expected: str) -> Problem:
    shown = ", ".join(f"{each:g}" for each in found) if isinstance(found, tuple) else f"{found}"
    return Problem(
        "PWR001",
        "an assumption is outside its range",
        Place(column=name),
        found=shown,
        expected=expected,
        fix="correct the number; shares are written as 0.02 for 2 %",
    )
