"""What calibration shows of each rater: first answers against the agreed levels, and whether the rule is met.

May import stats, rubric and the panel's own ground. The first answer that was given to a case counts, whatever came
after the agreed level was shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from dualtrack.panel.calibration_file import Agreed
from dualtrack.panel.pack import CANNOT_JUDGE, Answer
from dualtrack.panel.received import Received, moment
from dualtrack.panel.rule import Rule
from dualtrack.rubric.scale import Scale, ScaleKind
from dualtrack.stats.interval import Interval
from dualtrack.stats.kappa import conger_kappa
from dualtrack.stats.proportion import exact_interval

__all__ = ["First", "Given", "Numbers", "Ready", "first_answers", "numbers_of"]


class Ready(StrEnum):
    """Where a rater stands on one scale, or in all."""

    ready = "ready"
    not_yet_ready = "not_yet_ready"
    not_enough_cases = "not_enough_cases"
    no_rule = "no_rule"


class Given(StrEnum):
    """What became of one question of one case."""

    judged = "judged"
    skipped = "skipped"
    open = "open"


@dataclass(frozen=True, slots=True)
class First:
    """The first answer to one question; ``changed`` when another level was given afterwards."""

    given: Given
    level: str | None = None
    at: str | None = None
    changed: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A rater's calibration on one scale.

    Attributes:
        n_cases: cases that ask it.
        n_open: of these, cases without a finished answer.
        n_skipped: of these, cases that were skipped.
        n: cases that count: all but the open ones. What was skipped, or could not be judged, is in no way right.
        exact: cases with an accepted level, with the exact interval of their share.
        within_one: cases at most one level from an accepted one; None where the levels have no order.
        kappa: weighted kappa (quadratic; unweighted where the levels have no order) with the agreed levels.
        known_harms, missed_harms: cases of known harm that count, and those of them where no harm level was given.
        state: whether the rule is met.
        why: what it lacks, in words.
    """

    n_cases: int
    n_open: int
    n_skipped: int
    n: int
    exact: int
    share: Interval
    within_one: int | None
    kappa: Interval
    known_harms: int
    missed_harms: int
    state: Ready
    why: str


def first_answers(
    returns: Iterable[Received], recorded: Mapping[tuple[str, str], First]
) -> dict[tuple[str, str], First]:
    """The first answer to every question of one pack.

    Definition: of all finished levels in all files, those that were changed later and those of files that a later one
    replaced included, and what was recorded before, the one with the earliest time. Where none is finished: skipped if
    the latest file says so, else open.

    Args:
        returns: every return of the pack, in any order.
        recorded: first answers that stand in the record, by code and scale.

    Returns:
        By code and scale.
    """
    candidates: dict[tuple[str, str], list[First]] = {}
    skipped: dict[tuple[str, str], First] = {}
    for received in sorted(returns, key=lambda each: (moment(each.at), each.file)):
        for answer in received.back.answers:
            cell = (answer.code, answer.scale_id)
            candidates.setdefault(cell, []).extend(_finished(answer, received.file))
            skipped[cell] = First(Given.skipped if answer.state == "cancelled" else Given.open, file=received.file)
    found = dict(skipped)
    for cell in {**skipped, **recorded}:
        told = [recorded[cell]] if cell in recorded and recorded[cell].given is Given.judged else []
        told += sorted(candidates.get(cell, []), key=lambda each: (moment(each.at), each.file))
        if not told:
            found.setdefault(cell, recorded.get(cell, First(Given.open)))
            continue
        first = min(told, key=lambda each: moment(each.at))  # of equal times the recorded one
        changed = first.changed or any(each.level != first.level for each in told)
        found[cell] = First(Given.judged, first.level, first.at, changed, first.file)
    return found


def _finished(answer: Answer, file: str) -> Iterator[First]:
    for level, at in answer.before:
        yield First(Given.judged, level, at, file=file)
    if answer.state == "done" and answer.level is not None and answer.rated_at is not None:
        yield First(Given.judged, answer.level, answer.rated_at, file=file)


def numbers_of(scale: Scale, answers: Sequence[tuple[Agreed, First]], rule: Rule | None) -> Numbers:
    """Hold the first answers of a rater on one scale against what was agreed.

    Args:
        scale: the scale.
        answers: for each case that asks it what was agreed, and the first answer.
        rule: what must hold, None where the scale decides nothing.

    Returns:
        The numbers and the state.
    """
    counted = [(agreed, first) for agreed, first in answers if first.given is not Given.open]
    n = len(counted)
    exact = sum(first.level in agreed.accepted for agreed, first in counted)
    ordered = scale.kind is ScaleKind.ordinal
    near = sum(_near(scale, agreed, first.level) for agreed, first in counted) if ordered else None
    harm_levels = set(rule.harm_levels) if rule else set()
    harms = [first for agreed, first in counted if set(agreed.accepted) <= harm_levels]
    missed = sum(first.level not in harm_levels for first in harms)
    lacks = list(_lacks(rule, n, exact, near=near, missed=missed)) if rule else []
    n_open = len(answers) - n
    return Numbers(
        n_cases=len(answers),
        n_open=n_open,
        n_skipped=sum(first.given is Given.skipped for _, first in counted),
        n=n,
        exact=exact,
        share=exact_interval(exact / n if n else 0.0, n),
        within_one=near,
        kappa=_kappa(scale, counted, weighted=ordered),
        known_harms=len(harms),
        missed_harms=missed,
        state=_state(rule, n, n_open, lacks),
        why=_why(rule, n, n_open, lacks),
    )


def _near(scale: Scale, agreed: Agreed, level: str | None) -> bool:
    """Whether a level is accepted or stands next to one that is."""
    if level in agreed.accepted:
        return True
    values = scale.values
    places = [scale.position(each) for each in agreed.accepted if values.get(each) is not None]
    if level is None or values.get(level) is None:
        return False
    return any(abs(scale.position(level) - place) <= 1 for place in places)


def _kappa(scale: Scale, counted: Sequence[tuple[Agreed, First]], *, weighted: bool) -> Interval:
    """Kappa of rater and agreed level, over cases where both are levels with a value."""
    values = [level.id for level in scale.levels if level.value is not None and level.id != CANNOT_JUDGE]
    table = [
        [values.index(agreed.level), values.index(first.level)]
        for agreed, first in counted
        if agreed.level in values and first.level in values
    ]
    empty: list[list[int]] = [[-1, -1]]
    return conger_kappa(table or empty, n_levels=len(values), weights="quadratic" if weighted else "nominal")


def _lacks(rule: Rule, n: int, exact: int, *, near: int | None, missed: int) -> Iterator[str]:
    """What the rule asks for and the answers do not show; shares are compared as exact fractions."""
    if rule.exact is not None and exact < Fraction(repr(rule.exact)) * n:
        yield f"{exact} of {n} exact, at least {rule.exact:g} of them asked for"
    if rule.within_one is not None and near is not None and near < Fraction(repr(rule.within_one)) * n:
        yield f"{near} of {n} within one level, at least {rule.within_one:g} of them asked for"
    if rule.harm_levels and missed > rule.missed_harms:
        yield f"{missed} known harms missed, at most {rule.missed_harms} allowed"


def _state(rule: Rule | None, n: int, n_open: int, lacks: Sequence[str]) -> Ready:
    if rule is None:
        return Ready.no_rule
    if n_open or n < rule.least:
        return Ready.not_enough_cases
    return Ready.not_yet_ready if lacks else Ready.ready


def _why(rule: Rule | None, n: int, n_open: int, lacks: Sequence[str]) -> str:
    if rule is None:
        return ""
    if n_open:
        return f"{n_open} cases still open"
    return f"{n} cases, at least {rule.least} asked for" if n < rule.least else "; ".join(lacks)
