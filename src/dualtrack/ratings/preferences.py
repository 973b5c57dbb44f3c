"""What choices between two answers say: win differences, strengths, pairs, parity, and the judges' own consistency.

A preference is an instrument of its own. It says which answer somebody would rather have; it never becomes a score,
feeds no gate and stands in neither track. Each judge is summarised apart, and the mean of all judges gives each of them
the same weight. May import errors, terms, ``stats`` and ``records``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from dualtrack.ratings.comparisons import RATERS, SOURCES, Choices, Instrument, choices_of, instruments
from dualtrack.ratings.estimated import Estimated, Settings, Summary
from dualtrack.stats import comparisons_needed, equivalence, linearised_ratio
from dualtrack.terms import Reason

__all__ = ["Settings", "preference_rows"]

Row = dict[str, Any]
IN_POINTS = ("win_difference", "win_difference_equal_pairs", "pair")


@dataclass(frozen=True, slots=True)
class _Context:
    """What all rows of one instrument share."""

    settings: Settings
    instrument: Instrument

    @property
    def margin(self) -> float | None:
        margin = self.settings.margins.get(self.instrument.scale_id)
        return margin or None


def preference_rows(
    preferences: pd.DataFrame, systems: tuple[str, ...], clusters: Mapping[str, int], settings: Settings
) -> Iterator[Row]:
    """Rows of the table preference_estimates.

    Definition: for each question, instrument and condition: (wins - losses) / comparisons of each system, ties 0; the
    mean of the same over its opponents; Bradley-Terry log strengths, ties half a win; (wins - losses) / comparisons of
    each pair; and how often the same judge said the same when asked the same again.

    Args:
        preferences: the preferences table, typed as its specification says.
        systems: ids of the systems of the study.
        clusters: index of the cluster of each item.
        settings: margins, confidence, resamples and whose ids are those of single persons.

    Yields:
        One mapping per row; what is undefined has a reason.

    Source: Feng and others 2026, arXiv:2606.28960 (one against the rest, questions as clusters).
    """
    if preferences.empty:
        return
    for instrument in instruments(choices_of(preferences, systems, clusters)):
        context = _Context(settings, instrument)
        present = _present(instrument.members)
        summary = Summary([each.judged for each in instrument.members], present, settings)
        yield from _differences(context, summary, present, systems)
        yield from _pairs(context, summary, present, systems)
        yield from _against_itself(context, systems)
        if instrument.name != SOURCES and instrument.items == "all":
            yield _consistency(context)


def _differences(context: _Context, summary: Summary, present: list[int], systems: tuple[str, ...]) -> Iterator[Row]:
    """One against the rest, for each system that was compared at all."""
    members = context.instrument.members
    for show in ("win_difference", "win_difference_equal_pairs", "bradley_terry"):
        for place, number in zip(present, summary.against_the_rest(show), strict=True):
            chosen = tuple(each.where(each.about(place)) for each in members)
            yield _row(context, show, systems[place], "", chosen=chosen, found=number)


def _pairs(context: _Context, summary: Summary, present: list[int], systems: tuple[str, ...]) -> Iterator[Row]:
    """Every pair of systems that the instrument met, also those that never met each other."""
    for a, b in combinations(present, 2):
        chosen = tuple(each.where(each.about(a) & each.about(b)) for each in context.instrument.members)
        yield _row(context, "pair", systems[a], systems[b], chosen=chosen, found=summary.pair(a, b))


def _present(members: tuple[Choices, ...]) -> list[int]:
    """Systems that were compared with another one."""
    between = [each.where(each.a != each.b) for each in members]
    return sorted({int(place) for each in between for place in (*each.a, *each.b)})


def _against_itself(context: _Context, systems: tuple[str, ...]) -> Iterator[Row]:
    """Choices between two samples of one system: counted, and no evidence about any difference."""
    own = tuple(each.itself for each in context.instrument.members)
    for place in sorted({int(each) for part in own for each in part.a}):
        chosen = tuple(part.where(part.a == place) for part in own)
        n = sum(part.a.size for part in chosen)
        yield _names(context, "pair", systems[place], systems[place]) | {
            "state": "undefined",
            "reason": Reason.not_applicable.value,
            "n": n,
            "n_items": len({item for part in chosen for item in part.item}),
        }


def _names(context: _Context, show: str, a: str, b: str) -> Row:
    instrument = context.instrument
    return {
        "scale_id": instrument.scale_id,
        "instrument": instrument.name,
        "condition": instrument.condition,
        "items": instrument.items,
        "show": show,
        "system_a": a,
        "system_b": b,
    }


def _row(context: _Context, show: str, a: str, b: str, *, chosen: tuple[Choices, ...], found: Estimated) -> Row:
    judged = [each.judged for each in chosen]
    n, n_ties = sum(each.a.size for each in judged), sum(int((each.outcome == 0).sum()) for each in judged)
    n_cannot = sum(each.undecidable.a.size for each in chosen)
    reason = found.reason
    if n == 0 and n_cannot:
        reason = Reason.cannot_judge
    authors = {author for each in judged for author in each.author}
    row = _names(context, show, a, b) | {
        "state": "undefined" if found.value is None else "defined",
        "reason": reason.value if reason else None,
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "method": found.method,
        "confidence": context.settings.confidence,
        "n": n,
        "n_items": len({item for each in judged for item in each.item}),
        "n_clusters": len({int(cluster) for each in judged for cluster in each.cluster}),
        "n_ties": n_ties,
        "tie_share": n_ties / n if n else None,
        "n_cannot_judge": n_cannot,
        "n_raters": None if "" in authors else len(authors),
    }
    return row | (_parity(context, found, n=n, n_ties=n_ties) if show in IN_POINTS else {})


def _parity(context: _Context, found: Estimated, *, n: int, n_ties: int) -> Row:
    """What the interval says about the margin, and how many comparisons would be needed at least."""
    margin = context.margin
    if margin is None or found.value is None:
        return {"margin": margin}
    needed = None
    if n > n_ties:
        alone = (1 - n_ties / n - found.value**2) / n
        effect = found.standard_error**2 / alone if found.standard_error and alone > 0 else 1.0
        confidence = context.settings.confidence
        needed = comparisons_needed(margin, tie_share=n_ties / n, design_effect=effect, confidence=confidence)
    sealed = context.instrument.scale_id in context.settings.sealed
    return {"margin": margin, "margin_pre_specified": sealed, "n_needed": needed} | _decided(
        found, margin, sealed=sealed
    )


def _decided(found: Estimated, margin: float, *, sealed: bool) -> Row:
    """The word against the margin, as for differences: none is given where the margin was not sealed beforehand."""
    word = equivalence(found.lower, found.upper, margin)
    reasons = []
    if word == "not_demonstrated":
        reasons.append(Reason.straddles if found.lower is not None else found.reason or Reason.too_few_clusters)
    if not sealed:
        word = "not_demonstrated"
        reasons.append(Reason.retrospective)
    return {"decision": word, "reasons": [reason.value for reason in reasons]}


def _consistency(context: _Context) -> Row:
    """How often the same judge chose the same when shown the same pair of answers again."""
    settings, (choices,) = context.settings, context.instrument.members
    judged = choices.judged
    row = _names(context, "self_consistency", "", "") | {"confidence": settings.confidence, "state": "undefined"}
    if not judged.a.size or (context.instrument.name == RATERS and "" in judged.author):
        reason = Reason.not_recorded if judged.a.size else Reason.no_evidence
        return row | {"reason": reason.value, "n": 0}
    sums, counts, items = _repeats(judged)
    if not counts.size:
        return row | {"reason": Reason.no_evidence.value, "n": 0}
    interval = linearised_ratio(sums, counts, confidence=settings.confidence, floor=settings.floor)
    return row | {
        "state": "defined",
        "reason": interval.reason.value if interval.reason else None,
        "value": interval.value,
        "lower": interval.lower,
        "upper": interval.upper,
        "method": interval.method.value,
        "n": int(counts.sum()),
        "n_items": items,
        "n_clusters": int(counts.size),
        "n_raters": len(set(judged.author)),
    }


def _repeats(judged: Choices) -> tuple[np.ndarray, np.ndarray, int]:
    """Per cluster, the pairs of choices of one judge about the same two answers that agree, and all of them."""
    swap = judged.a > judged.b
    frame = pd.DataFrame(
        {
            "author": judged.author,
            "item": judged.item,
            "cluster": judged.cluster,
            "one": np.where(swap, judged.b, judged.a),
            "other": np.where(swap, judged.a, judged.b),
            "sample_one": np.where(swap, judged.samples[:, 1], judged.samples[:, 0]),
            "sample_other": np.where(swap, judged.samples[:, 0], judged.samples[:, 1]),
            "outcome": np.where(swap, -judged.outcome, judged.outcome),
        }
    )
    key = ["cluster", "author", "item", "one", "other", "sample_one", "sample_other"]
    n = frame.groupby(key, sort=True).size()
    same = frame.groupby([*key, "outcome"], sort=True).size()
    pairs = (n * (n - 1) // 2)[n > 1]
    agree = (same * (same - 1) // 2).groupby(level=key).sum().loc[pairs.index]
    counts, sums = pairs.groupby(level="cluster").sum(), agree.groupby(level="cluster").sum()
    return (
        sums.to_numpy(dtype=np.int64),
        counts.to_numpy(dtype=np.int64),
        pairs.index.get_level_values("item").nunique(),
    )
