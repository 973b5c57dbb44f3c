"""Rows of the agreement table: every scale, panel by panel, from first ratings alone.

May import numpy, pandas, stats, rubric and terms. What is decided here:

- Each coefficient is computed from what at least two raters of the panel rated, so that all of a panel rest on the same
  ratings. "Cannot judge" is no level.
- Binary and nominal scales get what takes levels as same or not. Ordinal scales get that as well, since publications
  print it, and first of all what knows that neighbours differ less; their values enter where distances count (interval
  alpha, intraclass correlation), since scores average these. Number scales get what takes numbers.
- A position may be several people, and raters who change from case to case are no fixed raters: then nothing is
  computed that needs to know whose a rating is (Cohen's and Conger's kappa, the intraclass correlations of form 2).
  Raters count as fixed where every one rated at least half of what any two rated.
- ``note`` says skew where one level holds at least four fifths of the ratings, and Gwet's coefficient lies at least a
  fifth above alpha: the width of one class of the usual verbal labels, so that a reader would use another word.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from dualtrack.ratings.panels import Panel, panels_of
from dualtrack.ratings.scale_table import ScaleTable, grains_of, scale_table
from dualtrack.rubric.scale import Scale, ScaleKind
from dualtrack.stats import (
    Interval,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    interval_alpha,
    intraclass,
    krippendorff_alpha,
    level_tally,
    number_tally,
    raw_agreement,
    same_number,
)
from dualtrack.stats.severity import connected_raters
from dualtrack.terms import Reason

__all__ = ["COEFFICIENTS", "agreement_rows"]

Row = dict[str, Any]

_SAME_OR_NOT = (("raw", ""), ("alpha", "nominal"), ("ac", "nominal"), ("fleiss", "nominal"), ("cohen", "nominal"))
_BY_VALUE = (("alpha", "interval"), ("icc1", ""), ("icc2_1", ""), ("icc2_k", ""))
_BY_ORDER = (("alpha", "ordinal"), ("ac", "quadratic"), ("cohen", "quadratic"))
COEFFICIENTS: Mapping[ScaleKind, tuple[tuple[str, str], ...]] = {
    ScaleKind.binary: _SAME_OR_NOT,
    ScaleKind.nominal: _SAME_OR_NOT,
    ScaleKind.ordinal: (*_BY_ORDER, *_SAME_OR_NOT, *_BY_VALUE),
    ScaleKind.number: (("raw", ""), *_BY_VALUE),
}
"""Coefficient and weights for each kind of scale; a preference is no place on a scale and has none."""
FIXED = frozenset({"cohen", "icc2_1", "icc2_k"})
"""Coefficients that must know whose a rating is."""
FORMS = {"icc1": "1_1", "icc2_1": "2_1", "icc2_k": "2_k"}
PREVALENT = 0.8
APART = 0.2


def agreement_rows(
    first: pd.DataFrame,
    raters: pd.DataFrame,
    asked: Mapping[tuple[str, str], Scale],
    *,
    units: pd.DataFrame,
    cluster_of: Mapping[str, int],
    confidence: float = 0.95,
    floor: int = 8,
) -> Iterator[Row]:
    """Agreement of first ratings on each scale, of each grain.

    Args:
        first: first ratings as findings (see ``scale_table``): role primary, occasion 1.
        raters: the raters table, for ``kind`` and ``panel``; a rater who is not in it counts as a person of no panel.
        asked: the scales to report, by id and grain (what one judgement is about).
        units: the units table, for the grain of each rating.
        cluster_of: item id -> number of its cluster.
        confidence: two-sided confidence of intervals.
        floor: least number of clusters for an interval.

    Yields:
        Rows of the agreement table; none for what nobody rated.
    """
    kind, panel = _stated(raters, "kind"), _stated(raters, "panel")
    known, asked_of = pd.factorize(grains_of(first, units))
    probes, probe_of = pd.factorize(first["probe_id"])
    for (name, grain), scale in sorted(asked.items(), key=lambda each: each[0]):
        if scale.kind not in COEFFICIENTS or name not in probe_of or grain not in asked_of:
            continue
        mine = (probes == probe_of.get_loc(name)) & (known == np.flatnonzero(asked_of == grain)[0])
        table = scale_table(first[mine], scale, cluster_of)
        if not table.unit.size:
            continue
        groups = connected_raters(table.rater, table.unit, n_raters=len(table.raters))
        for each in panels_of(table.raters, groups, panel):
            positions = any(kind.get(table.raters[rater]) == "position" for rater in each.raters)
            ratings = _PanelRatings(table.of_raters(each.raters), positions, confidence, floor)
            yield from _panel_rows(ratings, each, grain)


@dataclass(frozen=True)
class _PanelRatings:
    """The ratings of one panel, counted once for all coefficients."""

    table: ScaleTable
    positions: bool
    confidence: float
    floor: int

    @cached_property
    def anonymous(self) -> dict[str, Any]:
        return {"ratings": level_tally(self.table.packed(self.table.code), **self._of_levels)} | self._common

    @cached_property
    def numbers(self) -> dict[str, Any]:
        values = self.table.packed(self.table.value)
        return {"values": number_tally(values, present=values >= 0, clusters=self.table.cluster)} | self._limits

    @cached_property
    def fixed(self) -> dict[str, Any]:
        return {"ratings": level_tally(self.table.by_rater(self.table.code), **self._of_levels)} | self._common

    @cached_property
    def fixed_numbers(self) -> dict[str, Any]:
        values = self.table.by_rater(self.table.value)
        return {"values": number_tally(values, present=values >= 0, clusters=self.table.cluster)} | self._limits

    @cached_property
    def not_fixed(self) -> Reason | None:
        """Why nothing may depend on whose a rating is."""
        if self.positions:
            return Reason.rater_positions
        return None if self.table.crossed() else Reason.raters_differ

    @property
    def _of_levels(self) -> dict[str, Any]:
        return {"n_levels": max(2, len(self.table.levels)), "clusters": self.table.cluster}

    @property
    def _limits(self) -> dict[str, Any]:
        return {"confidence": self.confidence, "floor": self.floor}

    @property
    def _common(self) -> dict[str, Any]:
        return {"n_levels": max(2, len(self.table.levels))} | self._limits


def _panel_rows(mine: _PanelRatings, panel: Panel, grain: str) -> Iterator[Row]:
    table = mine.table
    common = _counted(table, pooled=panel.reason is None) | {
        "scale_id": table.scale.id,
        "grain": grain,
        "panel": panel.name,
        "raters": list(table.raters),
        "n_raters": len(table.raters),
        "confidence": mine.confidence,
    }
    found: dict[tuple[str, str], Interval | Reason] = {}
    for coefficient, weights in COEFFICIENTS[table.scale.kind]:
        reason = panel.reason or (None if table.n_units else Reason.no_overlap)
        if reason is None and coefficient in FIXED:
            reason = mine.not_fixed
        found[coefficient, weights] = reason or _computed(mine, coefficient, weights)
    note = _note(found, common)
    for (coefficient, weights), interval in found.items():
        yield common | {"coefficient": coefficient, "weights": weights, "note": note} | _written(interval)


def _counted(table: ScaleTable, *, pooled: bool) -> Row:
    """Denominators, and the level that most ratings are on; of equally common ones the first of the scale."""
    counted: Row = {
        "n_units": table.n_units,
        "n_ratings": table.unit.size,
        "n_clusters": np.unique(table.cluster).size,
    }
    if not table.unit.size or not pooled:
        return counted
    levels = np.bincount(table.code, minlength=len(table.levels))
    common = int(levels.argmax())
    return counted | {"prevalence": int(levels[common]) / table.unit.size, "prevalent_level": table.levels[common]}


def _computed(mine: _PanelRatings, coefficient: str, weights: str) -> Interval:
    if coefficient == "raw":
        return (
            same_number(**mine.numbers)
            if mine.table.scale.kind is ScaleKind.number
            else raw_agreement(**mine.anonymous)
        )
    if coefficient == "alpha":
        if weights == "interval":
            return interval_alpha(**mine.numbers)
        return krippendorff_alpha(**mine.anonymous, metric=weights)
    if coefficient in FORMS:
        return intraclass(**(mine.numbers if coefficient == "icc1" else mine.fixed_numbers), form=FORMS[coefficient])
    if coefficient == "cohen":
        return conger_kappa(**mine.fixed, weights=weights)
    kinds = {"ac": gwet_ac, "fleiss": fleiss_kappa}
    return kinds[coefficient](**mine.anonymous, weights=weights)


def _written(interval: Interval | Reason) -> Row:
    if isinstance(interval, Reason):
        return {"state": "undefined", "reason": interval.value}
    if interval.value is None:
        return {"state": "undefined", "reason": (interval.reason or Reason.no_evidence).value}
    row: Row = {"state": "defined", "value": interval.value}
    if interval.reason is not None:
        return row | {"interval_reason": interval.reason.value}
    return row | {"lower": interval.lower, "upper": interval.upper, "method": interval.method.value}


def _note(found: Mapping[tuple[str, str], Interval | Reason], counted: Row) -> str | None:
    """Why raw agreement, alpha and Gwet's coefficient of this panel say different things."""
    values = {name: each.value for name, each in found.items() if isinstance(each, Interval)}
    prevalence = counted.get("prevalence") or 0.0
    if prevalence == 1 and values.get(("raw", "")) is not None:
        return "one_level"
    alpha = next((value for (kind, _), value in values.items() if kind == "alpha" and value is not None), None)
    gwet = next((value for (kind, _), value in values.items() if kind == "ac" and value is not None), None)
    if alpha is None or gwet is None or prevalence < PREVALENT:
        return None
    return "skew" if gwet - alpha >= APART else None


def _stated(raters: pd.DataFrame, name: str) -> dict[str, str]:
    if name not in raters.columns:
        return {}
    known = raters[raters[name].notna()]
    return dict(zip(known["rater_id"].astype("str"), known[name].astype("str"), strict=True))
