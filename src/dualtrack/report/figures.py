"""How each kind of number is written: which rounding, which unit, which axis, by what a row shows.

May import ``render`` and ``report.document``. Only ``render.numbers`` makes text of a number; this module chooses how.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dualtrack.render import Cell, numbers
from dualtrack.render.chart import Axis, axis_over
from dualtrack.report.rows import Estimate
from dualtrack.report.words import Words

__all__ = ["Form", "axis_of", "estimate_text", "form_of", "show_words", "span_text", "undefined_text", "value_cell"]


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of number is written.

    ``decimals`` of a value and its denominator, then the text of a value and of an interval with these decimals;
    ``within`` is the least and greatest value of its kind, ``tick`` the text of a place on its axis.
    """

    decimals: Callable[[float, int | None], int]
    value: Callable[[float, int], str]
    span: Callable[[float, float, int], str]
    within: tuple[float, float]
    tick: Callable[[float], str]


def _tick(place: float) -> str:
    return numbers.level(round(place * 100, 6))


SHARE = Form(
    numbers.percent_decimals,
    lambda value, decimals: numbers.percent(value, decimals=decimals),
    lambda lower, upper, decimals: numbers.percent_span(lower, upper, decimals=decimals),
    (0.0, 1.0),
    lambda place: f"{_tick(place)}\N{NO-BREAK SPACE}%",
)
INDEX = Form(
    lambda _value, _n: numbers.INDEX_DECIMALS,
    lambda value, decimals: numbers.index(value, decimals=decimals),
    lambda lower, upper, decimals: numbers.index_span(lower, upper, decimals=decimals),
    (0.0, 1.0),
    _tick,
)
DIFFERENCE = Form(
    lambda value, _n: numbers.difference_decimals(value),
    lambda value, decimals: numbers.difference(value, decimals=decimals),
    lambda lower, upper, decimals: numbers.difference_span(lower, upper, decimals=decimals),
    (-1.0, 1.0),
    lambda place: numbers.difference(place, decimals=0) if place else "0",
)
ERROR = Form(
    lambda _value, _n: 3,
    lambda value, decimals: numbers.plain(value, decimals=decimals),
    lambda lower, upper, decimals: numbers.plain_span(lower, upper, decimals=decimals),
    (0.0, 1.0),
    numbers.level,
)
NATIVE = Form(
    lambda _value, _n: 1,
    lambda value, decimals: numbers.plain(value, decimals=decimals),
    lambda lower, upper, decimals: numbers.plain_span(lower, upper, decimals=decimals),
    (-1e9, 1e9),
    numbers.level,
)
FORMS = {
    "failure_rate": SHARE,
    "success_rate": SHARE,
    "share_at_least": SHARE,
    "level": SHARE,
    "overconfident_wrong": SHARE,
    "mean_value": INDEX,
    "score": INDEX,
    "unweighted_mean": INDEX,
    "difference": DIFFERENCE,
    "brier": ERROR,
    "ece": ERROR,
    "ece_by_chance": ERROR,
    "check_say": SHARE,
    "discordant": SHARE,
    "discordant_repeats": SHARE,
    "same_on_repeat": SHARE,
    "within_item_sd": INDEX,
    "high_risk_difference": DIFFERENCE,
    "share_of_cells": SHARE,
    "missing_share": SHARE,
}


def form_of(show: str) -> Form:
    """How a number is written, by what it shows; an unknown kind is written in its own unit.

    Args:
        show: as in the results, ``share_at_least:4`` included.

    Example:
        >>> form_of("share_at_least:4") is SHARE
        True
    """
    return FORMS.get(show.partition(":")[0], NATIVE)


def show_words(words: Words, show: str, part: str, *, unit: str | None = None) -> str:
    """The title, short title or reading of what a row shows.

    Args:
        words: the sentences.
        show: as in the results.
        part: ``title``, ``short`` or ``reading``.
        unit: unit of a native mean.
    """
    kind, _, detail = show.partition(":")
    known = kind if words.known("shows", kind) else "other"
    return words.say(f"shows.{known}.{part}", part=detail, show=show, unit=unit or words.say("shows.no_unit"))


def undefined_text(words: Words, reason: str | None) -> str:
    """Why there is no number, as a phrase; never empty."""
    if reason is None:
        return words.say("metrics.undefined", reason=words.say("metrics.unknown_reason"))
    return words.say("metrics.undefined", reason=words.say(f"reasons.{reason}.short"))


def estimate_text(words: Words, row: Estimate, *, like: str | None = None) -> str:
    """A value with its interval, or why either is not there.

    Args:
        words: the sentences.
        row: the estimate.
        like: what it is written like, where that is not what it shows: the worst of several is written as the metric.
    """
    if row.value is None:
        return undefined_text(words, row.reason)
    form = form_of(like or row.show)
    decimals = form.decimals(row.value, row.n_items)
    value = form.value(row.value, decimals)
    if row.lower is not None and row.upper is not None:
        return words.say("metrics.estimate", value=value, interval=form.span(row.lower, row.upper, decimals))
    if row.interval_reason is None:
        return value
    reason = words.say(f"reasons.{row.interval_reason}.short")
    return words.say("metrics.estimate", value=value, interval=words.say("metrics.no_interval", reason=reason))


def span_text(words: Words, row: Estimate | None, worst: Estimate | None, best: Estimate | None) -> str:
    """The same number with missing values at their worst and at their best; words where nothing is missing.

    Args:
        words: the sentences.
        row: the observed estimate, which gives the decimals.
        worst: the estimate with missing values at their worst.
        best: the estimate with missing values at their best.
    """
    if worst is None or best is None or worst.value is None or best.value is None:
        return words.say("metrics.not_computed")
    if worst.value == best.value and row is not None and row.coverage == 1:
        return words.say("metrics.nothing_missing")
    form = form_of(worst.show)
    shown = worst.value if row is None or row.value is None else row.value
    return form.span(worst.value, best.value, form.decimals(shown, worst.n_items))


def axis_of(rows: list[Estimate], form: Form) -> Axis | None:
    """The axis that all plots of one kind share; None where the kind has no bounds or there is nothing to draw.

    Args:
        rows: every estimate that will be drawn.
        form: their form.
    """
    values = [value for row in rows for value in (row.value, row.lower, row.upper) if value is not None]
    if form is NATIVE or not values:
        return None
    return axis_over(values, form.tick, within=form.within)


def value_cell(words: Words, row: Estimate | None) -> Cell:
    """The number of a row alone, or why there is none.

    Args:
        words: the sentences.
        row: the row; None where the results have none.
    """
    if row is None or row.value is None:
        return Cell(undefined_text(words, None if row is None else row.reason), muted=True)
    return Cell(estimate_text(words, row))
