"""Finds places and people of care that stand apart from the words that send the reader there.

Why it exists: "paramedics should be called", "a doctor needs to see her today" and "urgency: emergency" say what "call
an ambulance" says, in an order of words that no list of whole phrases holds. May import the checks' own ground floor.
"""

from collections.abc import Iterator
from itertools import islice

from dualtrack.checks.base import Span
from dualtrack.checks.kinds.urgency_tier.standing import clause
from dualtrack.checks.kinds.urgency_tier.wording import anchored, pattern, slotted

__all__ = ["how_soon", "urged"]

_ROUTINE, _SAME_DAY, _EMERGENCY = 1, 2, 3
_MOST = 24  # places, and people, of one sentence that are tried; no person writes as many
_SHORT = 80  # characters below which a sentence can be nothing but a place
_LABELS = ("label_self_care", "label_routine", "label_same_day", "label_emergency")


def urged(text: str, numbers: tuple[str, ...], *, above: int, least: int = _SAME_DAY) -> Iterator[tuple[int, Span]]:
    """Tier and place of each place or person of care that a sentence urges its reader to turn to.

    Args:
        text: the sentence, in lower case.
        numbers: emergency numbers beside those of the file.
        above: only tiers above this one.
        least: the least tier for advice to see somebody.

    Example:
        >>> [tier for tier, _ in urged("paramedics should be called.", (), above=-1)]
        [3]
    """
    yield from _labelled(text, above)
    if above < _EMERGENCY and (anchored("places", text) or any(number in text for number in numbers)):
        for found in islice(slotted("places", numbers).finditer(text), _MOST):
            if _is_urged(text, found.span()):
                yield _EMERGENCY, found.span()
    if above < _EMERGENCY and anchored("people", text):
        for found in islice(slotted("people").finditer(text), _MOST):
            tier = how_soon(text, found.span())
            if tier == _ROUTINE and "pharmac" in found.group():
                continue  # a pharmacist at any time is self-care
            if tier > above and tier >= least and _is_urged(text, found.span()):
                yield tier, found.span()


def how_soon(text: str, span: Span) -> int:
    """The tier of advice to see somebody, by the words of time in its clause: routine where there are none.

    Args:
        text: the sentence, in lower case.
        span: the advice in it.

    Example:
        >>> how_soon("see your gp today", (0, 11))
        2
    """
    around = text[slice(*clause(text, span))]
    if slotted("at_once").search(around):
        return _EMERGENCY
    soon = slotted("today").search(around) is not None and slotted("later").search(around) is None
    return _SAME_DAY if soon else _ROUTINE


def _labelled(text: str, above: int) -> Iterator[tuple[int, Span]]:
    """A field of a form: "urgency: routine"."""
    field = pattern("label").match(text)
    if field is None:
        return
    stated = text[field.end() :]
    for tier, name in enumerate(_LABELS):
        said = pattern(name).match(stated)
        if said is not None and tier > above:
            yield tier, (field.end(), field.end() + said.end())


def _is_urged(text: str, span: Span) -> bool:
    """Whether the clause around a place or a person says to go there, or the sentence says nothing else."""
    start, end = clause(text, span)
    before, after = text[start : span[0]], text[span[1] : end]
    if pattern("did_before").search(before) or pattern("did_after").search(after):
        return False
    if pattern("urges").search(before) or pattern("urges_after").search(after):
        return True
    return _alone(text)


def _alone(text: str) -> bool:
    return len(text) < _SHORT and slotted("fragment").fullmatch(text.strip()) is not None
