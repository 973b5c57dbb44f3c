"""What is said of a thing after it, and under which condition.

Why it exists: "ibuprofen is not safe", "ibuprofen: avoid" and "ibuprofen, unless you have an ulcer" judge it from the
right. Pure functions on triggers and text; may import the checks' own ground floor.
"""

import re
from collections.abc import Sequence
from typing import Literal

from dualtrack.checks.base import Span
from dualtrack.checks.chains import Assertion, reversed_state
from dualtrack.checks.triggers import Trigger, listed, shape

__all__ = ["Verdict", "conditions", "first_predicate", "is_close", "under", "with_condition", "without_subject"]

Verdict = Literal["good", "bad", "halted", "was", "maybe"]

_NEAR_ENOUGH = 12  # characters between "is a" and a word of approval
_CLOSE = len(" the your ")
_JOINS = re.compile(r"(?:\b(?:and|but|or|then)|;)\s*,?\s*\Z")
_WORD = re.compile(r"\w")
_LOOK_BACK = 8
_CONDITIONS = frozenset({"if", "unless", "approval"})


def first_predicate(text: str, right: Sequence[Trigger], start: int, end: int) -> tuple[Verdict | None, bool]:
    """The first thing said of what stands to the left, turned where it is denied, and whether it only informs.

    Args:
        text: folded text in lower case.
        right: triggers between ``start`` and ``end``, in order.
        start: where the thing ends.
        end: where the clause ends.

    Example:
        >>> found = [Trigger(13, 16, "not", "not", close=False), Trigger(17, 21, None, "good", close=False)]
        >>> first_predicate("ibuprofen is not safe", found, 9, 21)
        ('bad', False)
    """
    denied, informed, done = False, end, start
    for trigger in right:
        kind = trigger.left
        if kind == "end":
            break
        if kind == "not":
            denied, done = not denied, trigger.end
        elif kind in {"was", "maybe"} and not denied and informed == end:
            return ("was" if kind == "was" else "maybe"), False
        elif kind in {"bad", "halted"} or (kind == "good" and trigger.start - informed <= _NEAR_ENOUGH):
            return _turned(kind, denied=denied), False
        elif trigger.right == "take" and not _WORD.search(text, trigger.end, end):
            return ("bad" if denied else "good"), False
        elif kind == "info":
            informed = trigger.end
    informs = informed < end
    if denied and not informs and not _WORD.search(text, done, end):
        return "bad", False
    return None, informs


def _turned(kind: str, *, denied: bool) -> Verdict:
    if kind == "good":
        return "bad" if denied else "good"
    if denied:
        return "good"
    return "bad" if kind == "bad" else "halted"


def under(verdict: Verdict, state: Assertion | None) -> Assertion | None:
    """A state once a verdict is given on it: "stopping it" is stopped, "stopping it is not safe" is advised.

    Example:
        >>> under("bad", Assertion.stopped)
        <Assertion.advised: 'advised'>
    """
    if verdict == "good":
        return Assertion.advised if state is None else state
    if verdict == "bad":
        return reversed_state(state)
    if verdict == "halted":
        return Assertion.stopped
    return Assertion.conditional if verdict == "maybe" else Assertion.historical


def conditions(text: str, left: Sequence[Trigger], start: int, end: int) -> tuple[Assertion | None, bool, int]:
    """What conditions before a mention do to it.

    Args:
        text: folded text in lower case.
        left: triggers between ``start`` and ``end``, in order.
        start: where the sentence begins.
        end: where the mention begins.

    Returns:
        The state of a mention inside an if-clause, or None; whether a condition stands before the main clause; where
        that clause begins.
    """
    condition, begin = False, start
    for trigger in left:
        if trigger.start < begin:
            continue
        if trigger.right == "end":
            condition = False
        if trigger.right == "approval":
            condition = True
        if trigger.right not in {"if", "unless"} or _demands(text, trigger, left):
            continue
        comma, then = text.find(",", trigger.end, end), text.find(" then ", trigger.end, end)
        ends = [place for place in (comma, then) if place >= 0]
        if not ends:
            meant = shape("must").search(text, trigger.end, end) or any(each.right == "ask" for each in left)
            return (Assertion.conditional if meant else Assertion.informational), False, begin
        condition, begin = True, min(ends)
    return None, condition, begin


def _demands(text: str, trigger: Trigger, left: Sequence[Trigger]) -> bool:
    """Whether a condition asks for what it denies ("as long as you avoid alcohol")."""
    words = " ".join(text[trigger.start : trigger.end].split())
    comma = text.find(",", trigger.end)
    later = [each.right for each in left if each.start >= trigger.end and not 0 <= comma < each.start]
    return words in listed("demands") and ("avoid" in later or ("not" in later and "take" in later))


def with_condition(
    text: str, state: Assertion | None, right: Sequence[Trigger], *, before: bool, denied: bool, after: int
) -> Assertion | None:
    """The state once conditions on either side are counted.

    Args:
        text: folded text in lower case.
        state: without conditions.
        right: triggers to the right of the mention, in order.
        before: whether a condition stands before it.
        denied: whether a plain "not" bears on it; a limit of how or how long then makes it conditional.
        after: where the mention ends.
    """
    later = False
    for trigger in right:
        if trigger.left in _CONDITIONS:
            joins = _JOINS.search(text[max(after, trigger.start - _LOOK_BACK) : trigger.start])
            later = later or not joins
        elif trigger.left == "manner" and state is Assertion.negated and denied:
            return Assertion.conditional
    return Assertion.conditional if state is Assertion.advised and (before or later) else state


def without_subject(text: str, chain: list[Trigger], span: Span) -> list[Trigger]:
    """No chain, where the mention is the subject of a clause of its own ("avoid this, paracetamol is fine")."""
    if not chain or not shape("finite").match(text, span[1]):
        return chain
    between = text[chain[-1].end : span[0]]
    joiner = shape("subject").search(between)
    return [] if joiner and between[: joiner.start()].strip() else chain


def is_close(trigger: Trigger, span: Span) -> bool:
    """Whether a trigger that needs nearness stands right before a mention."""
    return trigger.close and trigger.right is None and span[0] - trigger.end <= _CLOSE
