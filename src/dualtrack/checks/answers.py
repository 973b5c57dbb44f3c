"""What an answer to a question says: yes, no, a tick, a cross, and what the question asked.

Why it exists: "Stop before surgery? No" means to go on. Pure functions on text; may import the
checks' own ground floor.
"""

from dualtrack.checks.chains import Assertion
from dualtrack.checks.triggers import shape

__all__ = ["asked_state", "signed", "yes_or_no"]


def asked_state(asked: Assertion | None, *, agreed: bool) -> Assertion:
    """The state that an answer gives to what a question, or the head of a column, asks about.

    Args:
        asked: what it asks: None or advised whether to take it, stopped or negated whether not to.
        agreed: whether the answer is yes.

    Example:
        >>> asked_state(Assertion.stopped, agreed=False)
        <Assertion.advised: 'advised'>
    """
    against = asked if asked in {Assertion.stopped, Assertion.negated} else None
    if agreed:
        return against or Assertion.advised
    return Assertion.advised if against else Assertion.negated


def signed(text: str) -> Assertion | None:
    """What a sign such as a tick or a cross says; None without one.

    Example:
        >>> signed("\u2705 paracetamol")
        <Assertion.advised: 'advised'>
    """
    if shape("sign_no").search(text):
        return Assertion.negated
    return Assertion.advised if shape("sign_yes").search(text) else None


def yes_or_no(text: str, *, whole: bool = True) -> bool | None:
    """Whether an answer says yes or no; None when it says neither.

    Args:
        text: folded text in lower case that begins with the answer.
        whole: whether the word must stand by itself, as in the cell of a table.

    Example:
        >>> yes_or_no("no, not now"), yes_or_no("paracetamol")
        (False, None)
    """
    if whole and not shape("answer_word").match(text):
        return None
    if shape("yes").match(text):
        return True
    return False if shape("no").match(text) else None
