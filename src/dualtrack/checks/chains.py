"""Joins the triggers around a mention into one state, from the innermost outward.

Why it exists: "do not stop taking" is three triggers, and only their order says what is meant. Pure functions on
triggers and text; may import the checks' own ground floor.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from dualtrack.checks.triggers import Trigger, listed

__all__ = ["Assertion", "chain_of", "joined_state", "reversed_state"]


class Assertion(StrEnum):
    """What an answer says about something it mentions."""

    advised = "advised"
    negated = "negated"
    conditional = "conditional"
    stopped = "stopped"
    historical = "historical"
    quoted = "quoted"
    other_person = "other_person"
    informational = "informational"


_FLIPPED = {
    None: Assertion.negated,
    Assertion.advised: Assertion.negated,
    Assertion.conditional: Assertion.negated,
    Assertion.negated: Assertion.advised,
    Assertion.stopped: Assertion.advised,
}
_VERBS = frozenset({"take", "stop", "avoid"})
_HEADS = frozenset({"not", "avoid", "stop", "take", "may", "ask", "switch", "limit"})
_ABSORBING = {
    "fact": Assertion.informational,
    "about": Assertion.informational,
    "past": Assertion.historical,
    "other": Assertion.other_person,
    "said": Assertion.quoted,
}
_FLIPS = frozenset({"not", "avoid", "instead", "close"})
_JOINER = re.compile(
    r"(?:(?P<or>\b(?:or|nor|and/or))|[,;:(/]|\b(?:and|then)|\s-)(?:\s+(?:to|please|then|also|just|simply|even|instead))*[\s*_\"']*\Z"
)
# A clause of its own, up to where its "not" stands: ", you do" (not), ": do" (not).
_NEW_CLAUSE = re.compile(
    r"[,:]\s+(?:(?:so|then|please)\s+)?(?:(?:i|you|he|she|it|they|we)\s+)?"
    r"(?:do|does|did|is|are|should|must|can|could|may|might|need|will|would)\s+\Z"
)
_WORD = re.compile(r"[a-z0-9]+")
_ONTO = re.compile(r"\S\s+(?:to|with|for|by)\b")
_CLOSEST = 16  # characters between a trigger that needs nearness and its word
_LOOK_BACK = 40


def reversed_state(state: Assertion | None) -> Assertion | None:
    """What a negation makes of a state; states that are no advice stay.

    Example:
        >>> reversed_state(Assertion.stopped), reversed_state(Assertion.quoted)
        (<Assertion.advised: 'advised'>, <Assertion.quoted: 'quoted'>)
    """
    return _FLIPPED.get(state, state)


def joined_state(chain: Sequence[str], inner: Assertion | None = None) -> Assertion | None:
    """Assertion of what a chain of triggers bears on.

    Args:
        chain: kinds of trigger, outermost first.
        inner: state to begin with; None when nothing is said yet.

    Example:
        >>> joined_state(["not", "stop", "take"])
        <Assertion.advised: 'advised'>
        >>> joined_state(["may", "avoid"])
        <Assertion.negated: 'negated'>
    """
    state = inner
    for kind in reversed(chain):
        state = _applied(kind, state)
    return state


def _applied(kind: str, state: Assertion | None) -> Assertion | None:
    if kind in _ABSORBING:
        return _ABSORBING[kind]
    if kind in _FLIPS:
        return reversed_state(state)
    if kind in {"stop", "switch"}:
        return (
            Assertion.advised
            if state is Assertion.negated
            else Assertion.stopped
            if state in {None, Assertion.advised}
            else state
        )
    if kind in {"take", "may", "limit"}:
        return Assertion.advised if state is None else state
    if kind == "ask":
        return Assertion.conditional if state in {None, Assertion.advised} else state
    return state


def chain_of(text: str, found: Sequence[Trigger], start: int, end: int) -> list[Trigger]:
    """Triggers to the left of a mention that bear on it, outermost first.

    Args:
        text: folded text in lower case.
        found: triggers between ``start`` and ``end``, in order.
        start: where the clause begins.
        end: where the mention begins.
    """
    chain: list[Trigger] = []
    done = start
    for trigger in found:
        kind = trigger.right
        if kind is None or kind in {"none", "if", "unless", "approval"} or _is_aside(text, trigger):
            continue
        gap = text[done : trigger.start]
        if kind == "end" or ";" in gap:
            chain = []
        if kind in _HEADS:
            chain = _with_head(chain, trigger, gap, word=text[trigger.start : trigger.end].split(maxsplit=1)[0])
        elif kind != "end":
            chain.append(trigger)
        done = trigger.end
    if ";" in text[done:end]:
        return []
    return _moved_on(text, chain, end)


def _is_aside(text: str, trigger: Trigger) -> bool:
    """Whether a terminator stands between commas and ends nothing ("do not, however, take it")."""
    commas = text[max(0, trigger.start - 2) : trigger.start].rstrip()[-1:], text[trigger.end : trigger.end + 1]
    return trigger.right == "end" and commas == (",", ",")


def _with_head(chain: list[Trigger], trigger: Trigger, gap: str, *, word: str) -> list[Trigger]:
    """A chain to which a trigger is added that may begin a clause of its own."""
    joiner = _JOINER.search(gap[-_LOOK_BACK:])
    empty = listed("empty")
    filled = any(word not in empty for word in _WORD.findall(gap))
    verb, gerund = trigger.right in _VERBS, word.endswith("ing")
    if word == "nor" and chain and chain[-1].right == "not":
        return [*chain[:-1], trigger]
    if joiner is None:
        if trigger.right == "not" and _denies(chain) and _NEW_CLAUSE.search(gap[-_LOOK_BACK:]):
            return [trigger]
        restarts = filled and trigger.right in {"may", "take"} and any(each.right == "instead" for each in chain)
        return [trigger] if restarts else [*chain, trigger]
    if joiner.group("or") or gerund or (not filled and verb):
        while chain and chain[-1].right not in {"not", "may", "ask", "said", "switch", "past", "other"}:
            if not verb or (gerund and chain[-1].right == "avoid"):
                break
            chain = chain[:-1]
        return [*chain, trigger]
    return [trigger]


def _denies(chain: list[Trigger]) -> bool:
    """Whether a chain already holds a denial; a second one in a clause of its own does not take it back."""
    return any(each.right == "not" for each in chain)


def _moved_on(text: str, chain: list[Trigger], end: int) -> list[Trigger]:
    """The chain without triggers that have found their object before the mention."""
    if chain and chain[-1].right == "switch":
        onto = _ONTO.search(text, chain[-1].end, end)
        if onto:
            return [Trigger(chain[-1].start, onto.end(), "take", None, close=False)]
    if chain and chain[-1].right == "instead" and "," in text[chain[-1].end : end]:
        return chain[:-1]
    return chain
