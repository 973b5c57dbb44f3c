"""What the words around an amount make of it: advice, a ceiling or neither, its role, its routes, its frequency.

Why it exists: ``dosing`` finds the amounts of a medicine, and here each becomes a dose. Words are data
(``dosing.yaml``). May import the checks' own ground floor.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from dualtrack.checks.base import Span
from dualtrack.checks.dose_amounts import Amount
from dualtrack.checks.quantities import Quantity
from dualtrack.checks.schedule import Mark, Times, cue, dosing_words

__all__ = ["Dose", "Draft", "State", "finished", "judge_words", "known_routes", "route_of", "routes_in", "with_sum"]

State = Literal["advised", "doubtful", "ceiling", "negated", "informational", "historical"]
"""How a dose is meant: to be taken, to be taken or not (two readings differ), not to be exceeded, not to be taken,
mentioned only, taken in the past."""

Role = Literal["usual", "loading", "initial"]

_NEAR = 26
_AHEAD = 48
_TWO = 2


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose as stated.

    Args:
        state: how it is meant.
        role: a usual, a loading or a first dose.
        amounts: the same amount in different units; empty when only the frequency or the route is stated.
        total_over: the days over which ``amounts`` is the sum; None when it is one dose.
        times: how often, None when that is not said.
        as_needed: it is taken when needed.
        each: it is said to be the amount of one dose.
        routes: routes named with it, as in ``dosing.yaml``.
        duration: for how many days, None when that is not said.
        span: where it stands in the folded text.
    """

    state: State
    role: Role
    amounts: tuple[Quantity, ...]
    total_over: float | None
    times: Times | None
    as_needed: bool
    each: bool
    routes: frozenset[str]
    duration: float | None
    span: Span


@dataclass(slots=True)
class Draft:
    """A dose in the making: an amount, and what has been found to belong to it."""

    amount: Amount | None
    span: Span
    name: Span | None = None
    state: State = "advised"
    role: Role = "usual"
    each: bool = False
    soft: bool = False
    skipped: bool = False
    marks: list[Mark] = field(default_factory=list)
    routes: set[str] = field(default_factory=set)


def route_of(name: str) -> str:
    """The route that a name or an abbreviation stands for.

    Example:
        >>> route_of("IV"), route_of("oral")
        ('intravenous', 'oral')
    """
    lower = " ".join(name.lower().split())
    return str(dosing_words()["route_names"].get(lower, lower))


@cache
def known_routes() -> frozenset[str]:
    """The routes that can be read in an answer, and those that stand for several ("injection").

    Example:
        >>> {"oral", "injection"} <= known_routes()
        True
    """
    data = dosing_words()
    return frozenset(data["routes"]) | frozenset(data["route_names"].values())


def judge_words(draft: Draft, before: str, after: str) -> None:
    """Set the state and the role of a draft by the words around its amount.

    Args:
        draft: is changed.
        before: words before the amount, back to the amount before it.
        after: words after it.

    Example:
        >>> draft = Draft(None, (0, 1))
        >>> judge_words(draft, "take no more than ", "")
        >>> draft.state
        'ceiling'
    """
    draft.soft = _says("soft", before)
    draft.each = _says("each", before[-_NEAR:] + after[:_AHEAD])
    draft.skipped = _says("increment", before)
    draft.state = next((state for state, said in _readings(before, after) if said), draft.state)
    if _says("maintenance", before):
        draft.role = "usual"
    elif _says("loading", before):
        draft.role = "loading"
    elif _says("initial", before):
        draft.role = "initial"


def _readings(before: str, after: str) -> Iterator[tuple[State, bool]]:
    """States and whether the words say so, in the order in which they count."""
    yield "informational", _follows("above", after) or _follows("strength", after)
    yield "ceiling", _says("ceiling", before) or _follows("ceiling", after)
    yield "negated", _says("negated", before)
    yield "informational", _says("above", before) or _says("strength", before)
    yield "historical", _says("historical", before) or _follows("historical", after)
    yield "doubtful", _follows("doubtful", after)


def _follows(name: str, after: str) -> bool:
    return cue("cues_after", name).search(after) is not None


def _says(name: str, before: str) -> bool:
    return cue("cues_before", name).search(before) is not None


def routes_in(text: str, start: int, end: int) -> set[str]:
    """Routes that a passage names, without those that it excludes.

    Args:
        text: folded text in lower case.
        start: where the passage begins.
        end: where it ends.

    Example:
        >>> routes_in("give it im, never iv", 0, 20)
        {'intramuscular'}
    """
    found = set()
    for match in _route_pattern().finditer(text, start, end):
        if not cue("not_this_route").search(text[max(start, match.start() - _NEAR) : match.start()]):
            found.add(str(match.lastgroup))
    return found


def with_sum(drafts: list[Draft]) -> list[Draft]:
    """Drafts of one sentence, with the dose of the day that doses at different parts of the day add up to.

    Example:
        >>> with_sum([])
        []
    """
    told = [draft for draft in drafts if draft.state == "advised" and not draft.skipped and draft.amount is not None]
    timed = [draft for draft in told if {mark.kind for mark in draft.marks} == {"slot"}]
    if len(timed) < _TWO or timed != told:
        return drafts
    first = [draft.amount.readings[-1] for draft in timed if draft.amount is not None]
    shared = [same for quantity in first if (same := quantity.within(first[0].unit)) is not None]
    if len(shared) < len(first):
        return drafts
    span = (timed[0].span[0], timed[-1].span[1])
    whole = Quantity(sum(each.low for each in shared), sum(each.high for each in shared), shared[0].unit, span)
    n = float(sum(len({mark.number for mark in draft.marks}) for draft in timed))
    marks = [Mark("often", span, Times(n, n))]
    for draft in timed:
        draft.marks, draft.each = [], True
    return [*drafts, Draft(Amount([whole], span, "substance", days=1.0), span, timed[0].name, marks=marks)]


def finished(draft: Draft) -> Dose:
    """The dose that a draft has become.

    Example:
        >>> finished(Draft(None, (0, 9))).state
        'advised'
    """
    amount = draft.amount
    marks = {mark.kind: mark for mark in reversed(draft.marks)}
    total = None if amount is None else amount.days
    sums_up = "divided" in marks or ("daily" in marks and not {"often", "slot"} & set(marks))
    if total is None and sums_up and not draft.each:
        total = 1.0
    parts = marks["divided"].number if "divided" in marks else None
    readings = () if amount is None else tuple(amount.readings)
    if draft.soft:
        readings = tuple(replace(each, low=0.0) for each in readings)
    spans = [draft.span, *(mark.span for mark in draft.marks)]
    return Dose(
        draft.state,
        draft.role,
        readings,
        total,
        Times(parts, parts) if parts else _times(draft.marks),
        "as_needed" in marks,
        draft.each,
        frozenset(draft.routes),
        marks["duration"].number if "duration" in marks else None,
        (min(span[0] for span in spans), max(span[1] for span in spans)),
    )


def _times(marks: Sequence[Mark]) -> Times | None:
    stated = [mark.times for mark in marks if mark.kind == "often" and mark.times is not None]
    if stated:
        # The first says how often; a later one without a least number ("up to 4 doses a day") bounds it.
        high = min([stated[0].high, *(each.high for each in stated[1:] if not each.low)])
        return Times(min(high, stated[0].low), high)
    n_slots = len({mark.number for mark in marks if mark.kind == "slot"})
    return Times(float(n_slots), float(n_slots)) if n_slots else None


@cache
def _route_pattern() -> re.Pattern[str]:
    routes = dosing_words()["routes"]
    joined = "|".join(f"(?P<{name}>{'|'.join(f'(?:{each})' for each in listed)})" for name, listed in routes.items())
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)".replace(" ", r"\s"))
