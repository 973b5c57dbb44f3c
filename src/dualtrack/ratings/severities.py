"""Severity, drift and averages of each panel of raters who share cases.

May import terms, stats, rubric and its own package.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dualtrack.ratings.rows import PANEL, Row, number_columns, numbered, share_columns
from dualtrack.rubric.scale import Scale, ScaleKind
from dualtrack.stats.severity import RaterSeverity, connected_raters, rater_severity
from dualtrack.terms import Reason

__all__ = ["LevelsOf", "severity_rows"]

ORDERED = (ScaleKind.binary, ScaleKind.ordinal)
EARLIER, LATER = 0, 1


@dataclass(frozen=True, slots=True)
class LevelsOf:
    """The levels of a scale from the worst value to the best; levels of one value are one."""

    scale: Scale

    @property
    def ordered(self) -> bool:
        """Whether one level can be worse than another."""
        return self.scale.kind in ORDERED

    @property
    def values(self) -> list[float]:
        """Values of the levels, ascending."""
        return sorted({value for value in self.scale.values.values() if value is not None})


def severity_rows(levels: LevelsOf, mine: pd.DataFrame, confidence: float, floor: int) -> Iterator[Row]:
    """Severity and drift of each rater, raw and fair averages of each system.

    Args:
        levels: the levels of the scale.
        mine: the first ratings and repeats of one scale, in plain columns.
        confidence: two-sided confidence.
        floor: least number of clusters for limits.

    Yields:
        Rows without the scale; no averages where there are several panels, since panels that never met are not pooled.
    """
    raters = numbered(mine["rater"])[0]
    judged = mine[(mine["place"] >= 0).to_numpy()]
    first = judged[(judged["occasion"] == 1).to_numpy()]
    if not levels.ordered or first.empty:
        reason = Reason.cannot_judge if levels.ordered else Reason.not_applicable
        for rater in raters:
            for show in ("severity", "drift"):
                yield {"rater_id": rater, "show": show} | number_columns(None, 0, reason=reason)
        return
    who, number = numbered(first["rater"])
    things = np.unique(first["thing"].to_numpy(), return_inverse=True)[1]
    panel_of = dict(zip(who, (connected_raters(number, things) + 1).tolist(), strict=True))
    n_panels = max(panel_of.values())
    for panel in range(1, n_panels + 1):
        members = judged["rater"].isin([rater for rater, of in panel_of.items() if of == panel])
        one = _Panel(levels, judged[members.to_numpy()], panel, confidence, floor)
        yield from one.severities()
        yield from one.drifts()
        yield from one.averages(alone=n_panels == 1)
    for rater in raters:
        if rater not in panel_of:
            for show in ("severity", "drift"):
                yield {"rater_id": rater, "show": show} | number_columns(None, 0, reason=Reason.cannot_judge)


@dataclass(frozen=True)
class _Panel:
    """The judged ratings of one panel on one scale."""

    levels: LevelsOf
    ratings: pd.DataFrame
    panel: int
    confidence: float
    floor: int

    @cached_property
    def first(self) -> pd.DataFrame:
        """Ratings of the first occasion."""
        return self.ratings[(self.ratings["occasion"] == 1).to_numpy()]

    @cached_property
    def whole(self) -> RaterSeverity:
        """The model of the first ratings."""
        return self.fit(self.first, numbered(self.first["rater"])[1])

    def fit(self, ratings: pd.DataFrame, who: np.ndarray) -> RaterSeverity:
        """The model, with entries for ``who`` in place of raters."""
        systems = numbered(ratings["system"])[1]
        return rater_severity(
            ratings["place"].to_numpy(),
            who,
            systems,
            ratings["cluster"].to_numpy(),
            values=self.levels.values,
            confidence=self.confidence,
            floor=self.floor,
        )

    def severities(self) -> Iterator[Row]:
        """Severity of each rater relative to the panel's mean rater."""
        names, who = numbered(self.first["rater"])
        n = np.bincount(who)
        for place, rater in enumerate(names):
            yield self._named(rater, "severity") | share_columns(self.whole.severity[place], int(n[place]))

    def drifts(self) -> Iterator[Row]:
        """Change of severity between the halves of a rater's ratings by time, or else between occasions."""
        names, who = numbered(self.ratings["rater"])
        timed = self.ratings["rated_at"].notna().to_numpy() & (self.ratings["occasion"] == 1).to_numpy()
        compared = "rated_at" if timed.any() else "occasion"
        half = self._halves(who, timed) if timed.any() else (self.ratings["occasion"] > 1).to_numpy(dtype=np.int64)
        used = timed if timed.any() else np.ones(len(self.ratings), dtype=np.bool_)
        both = {rater: np.bincount(half[used & (who == rater)], minlength=2) for rater in range(len(names))}
        split = [rater for rater, n in both.items() if n.min() > 0]
        entry = np.where(np.isin(who, split), len(names) + who, who) * (half == LATER) + who * (half == EARLIER)
        fit = self.fit(self.ratings[used], entry[used]) if split else None
        for place, rater in enumerate(names):
            row = self._named(rater, "drift")
            if fit is None or place not in split:
                yield row | number_columns(None, 0, reason=Reason.not_recorded)
            else:
                change = fit.change(place, len(names) + place)
                yield row | {"compared": compared} | share_columns(change, int(both[place].sum()))

    def _halves(self, who: np.ndarray, timed: np.ndarray) -> np.ndarray:
        """0 for the earlier half of each rater's timed ratings, 1 for the later; one moment is never split."""
        half = np.zeros(len(self.ratings), dtype=np.int64)
        moment = pd.to_datetime(self.ratings["rated_at"], utc=True, format="ISO8601", errors="coerce")
        when = moment.to_numpy(dtype="datetime64[us]").astype(np.int64)
        for rater in np.unique(who[timed]):
            mine = timed & (who == rater)
            half[mine] = when[mine] > np.sort(when[mine])[(int(mine.sum()) - 1) // 2]
        return half

    def averages(self, *, alone: bool) -> Iterator[Row]:
        """Mean rating of each system as it is and at mean severity; of several panels none, since they never met."""
        if not alone:
            return
        first = self.first
        names, system = numbered(first["system"])
        value = np.array(self.levels.values)[first["place"].to_numpy()]
        for place, name in enumerate(names):
            mine = system == place
            row = {"rater_id": PANEL, "system_id": name}
            raw = float(np.sort(value[mine]).mean())
            yield row | {"show": "raw_average"} | number_columns(raw, int(mine.sum()))
            yield row | {"show": "fair_average"} | share_columns(self.whole.fair[place], int(mine.sum()))

    def _named(self, rater: str, show: str) -> Row:
        return {"rater_id": rater, "show": show, "panel": self.panel}
