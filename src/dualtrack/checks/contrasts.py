"""What a sentence takes back: what would be in another case, a report that is denied, an exception from a rule.

Why it exists: "normally I would suggest ibuprofen, but ..." and "some say that ibuprofen is harmless; that is wrong"
hold advice and are none. Pure functions on text and triggers; may import the checks' own ground floor.
"""

from collections.abc import Sequence

from dualtrack.checks.base import Span
from dualtrack.checks.chains import Assertion, joined_state, reversed_state
from dualtrack.checks.predicates import Verdict, under
from dualtrack.checks.triggers import Trigger, shape

__all__ = ["attributed", "excepted", "is_unreal", "main_clause", "own_clause", "reported", "weighed"]

_CLOSE_BY = 14  # characters between a mention and what is said of it
_AFTER = 90  # characters after a sentence in which a report may be taken back


def is_unreal(text: str, span: Span, passage: Span, *, strict: bool = False) -> bool:
    """Whether advice is given for another case than this one.

    Definition: in one part of the sentence with "were it not for", "had she not been", "would have suggested"; or with
    "normally ... would", "is usually used", where a contrast with a reason against it follows.

    Args:
        text: folded text in lower case.
        span: the mention.
        passage: its sentence.
        strict: whether only what is said close by the mention counts.

    Example:
        >>> text = "normally i would suggest ibuprofen, but not with your kidneys."
        >>> is_unreal(text, (25, 34), (0, len(text)))
        True
    """
    start, end = passage
    return any(
        _is_joined(text, span, found.span())
        and (not strict or _distance(span, found.span()) <= _CLOSE_BY)
        and (name == "unreal" or _is_taken_back(text, max(span[1], found.end()), end))
        for name in ("unreal", "usual")
        if (found := shape(name).search(text, start, end))
    )


def _distance(one: Span, other: Span) -> int:
    return max(other[0] - one[1], one[0] - other[1])


def _is_joined(text: str, span: Span, other: Span) -> bool:
    """Whether no contrast stands between a mention and another passage."""
    return shape("contrast").search(text, min(span[1], other[1]), max(span[0], other[0])) is None


def _is_taken_back(text: str, start: int, end: int) -> bool:
    turn = shape("contrast").search(text, start, end) or shape("contrast_next").match(text, end)
    return turn is not None and shape("reason_against").search(text, turn.end(), turn.end() + _AFTER) is not None


def reported(text: str, chain: Sequence[Trigger], span: Span, end: int, *, said: Assertion | None) -> Assertion | None:
    """The state of what somebody is reported to say, where the answer denies the report; else None.

    Args:
        text: folded text in lower case.
        chain: triggers to its left, outermost first.
        span: the mention.
        end: where its sentence ends.
        said: what the report says of it after it, or None.

    Example:
        >>> text = "the claim that aspirin is harmless is false; that is wrong."
        >>> chain = [Trigger(4, 14, "said", None, close=False)]
        >>> reported(text, chain, (15, 22), len(text), said=Assertion.advised)
        <Assertion.negated: 'negated'>
    """
    place = max((k for k, each in enumerate(chain) if each.right == "said"), default=None)
    if place is None or not shape("refuted").search(text, span[1], end + _AFTER):
        return None
    inner = joined_state([each.right or "" for each in chain[place + 1 :]], said)
    return reversed_state(inner)


def excepted(
    text: str, chain: Sequence[Trigger], span: Span, passage: Span, *, verdict: Verdict | None
) -> Assertion | None:
    """The state of what is excepted from a rule ("all painkillers except paracetamol are unsafe"); None elsewhere.

    Args:
        text: folded text in lower case.
        chain: triggers to its left, outermost first.
        span: the mention.
        passage: its sentence.
        verdict: what is said of the rest, after the mention.

    Example:
        >>> text = "all painkillers other than paracetamol are unsafe"
        >>> chain = [Trigger(16, 26, "avoid", None, close=False)]
        >>> excepted(text, chain, (27, 38), (0, 49), verdict="bad")
        <Assertion.advised: 'advised'>
    """
    start, end = passage
    if not chain or chain[-1].right != "avoid" or not shape("except").search(text[start : span[0]]):
        return None
    if any(each.right != "not" for each in chain[:-1]):
        return None
    if verdict is not None:
        state = under(verdict, None)
        return reversed_state(state) if len(chain) % 2 else state
    if chain[-1].start == start:
        return Assertion.advised if shape("nothing").search(text, span[1], end) else Assertion.informational
    return None


def weighed(text: str, chain: Sequence[Trigger], right: Sequence[Trigger]) -> Verdict | None:
    """What the balance of its benefits and risks says of a thing ("the risks of X outweigh the benefits").

    Args:
        text: folded text in lower case.
        chain: triggers to its left, outermost first.
        right: triggers to its right, in order.

    Example:
        >>> weighed("the risks of x outweigh the benefits", [], [])
    """
    if not chain or chain[-1].right != "about":
        return None
    for trigger in right:
        if trigger.left in {"good", "bad"} and text.startswith("outweigh", trigger.start):
            return "good" if trigger.left == "good" else "bad"
    return None


def attributed(text: str, chain: Sequence[Trigger]) -> bool:
    """Whether a chain only says whose or how old a thing is ("your old prescription"), which a verdict overrules.

    Args:
        text: folded text in lower case.
        chain: triggers to its left, outermost first.

    Example:
        >>> attributed("your old tramadol", [Trigger(0, 8, "past", None, close=False)])
        True
    """
    return len(chain) == 1 and chain[0].right == "past" and shape("owner").match(text, chain[0].start) is not None


def main_clause(text: str, begin: int, end: int) -> int:
    """Where the clause of a mention begins that a subordinate clause stands before ("because ..., stop X").

    Args:
        text: folded text in lower case.
        begin: where the sentence begins.
        end: where the mention begins.

    Example:
        >>> main_clause("as you cannot eat, stop insulin", 0, 24)
        19
    """
    if not shape("fronted").match(text, begin, end):
        return begin
    found = shape("main").search(text, begin, end)
    return found.end() if found else begin


def own_clause(text: str, chain: list[Trigger], start: int) -> list[Trigger]:
    """No chain, where an instruction begins a clause that the chain does not reach ("no need to rush: wait").

    Args:
        text: folded text in lower case.
        chain: triggers to its left, outermost first.
        start: where the instruction begins.

    Example:
        >>> own_clause("no need to rush: wait", [Trigger(0, 10, "not", "not", close=False)], 17)
        []
    """
    if not chain:
        return chain
    gap = text[chain[-1].end : start]
    lead, colon, _ = gap.rpartition(":")
    if colon and lead.strip():
        return []
    return [] if chain[0].right == "instead" and "," in gap else chain
