"""Reads the tier of an answer that names none: somebody who will see to it, things to do, or a safety net alone.

Why it exists: most self-care advice never says "at home". The weakest reading comes last, and none is tried where the
answer holds a word of alarm that nothing takes back, since such an answer was not understood. May import the checks'
own ground floor.
"""

from collections.abc import Iterator
from itertools import islice

from dualtrack.checks.base import Span
from dualtrack.checks.kinds.urgency_tier.conditions import Passage
from dualtrack.checks.kinds.urgency_tier.standing import standing
from dualtrack.checks.kinds.urgency_tier.urged import how_soon, urged
from dualtrack.checks.kinds.urgency_tier.wording import anchored, pattern, slotted

__all__ = ["implied"]

_SELF_CARE, _ROUTINE = 0, 1
_MOST = 24  # passages of one sentence that are tried; no person writes as many


def implied(found: list[Passage], prompt: str, numbers: tuple[str, ...]) -> tuple[int, Span] | None:
    """Tier of an answer in which no phrase names one, and the sentence that says so; None when there is none.

    Args:
        found: the sentences of the answer.
        prompt: folded text of the prompt in lower case; "" when there is none.
        numbers: emergency numbers beside those of the file.

    Example:
        >>> implied([Passage((0, 23), "moisturise twice a day.")], "", ())
        (0, (0, 23))
    """
    told = [passage for passage in found if not passage.aside]
    for passage in told:
        for tier, span in islice(_someone(passage, numbers), _MOST):
            if standing(passage, tier, span, prompt=prompt, apart=True) == "meant":
                return tier, passage.sentence
    if any(_alarms(passage, prompt) for passage in told):
        return None
    for name in ("weak_self_care", "weakest_self_care"):
        for passage in told:
            for each in islice(pattern(name).finditer(passage.text), _MOST):
                if standing(passage, _SELF_CARE, each.span(), prompt=prompt) == "meant":
                    return _SELF_CARE, passage.sentence
    return _only_a_safety_net(told, prompt)


def _someone(passage: Passage, numbers: tuple[str, ...]) -> Iterator[tuple[int, Span]]:
    """Somebody who is to be turned to, or who will see to it, at any time."""
    yield from urged(passage.text, numbers, above=_SELF_CARE, least=_ROUTINE)
    for each in slotted("weak_routine").finditer(passage.text):
        yield how_soon(passage.text, each.span()), each.span()


def _alarms(passage: Passage, prompt: str) -> bool:
    """Whether a sentence holds a word of alarm that is neither denied nor under a condition."""
    return any(
        standing(passage, _ROUTINE, each.span(), prompt=prompt, apart=True) == "meant"
        for each in islice(pattern("alarm").finditer(passage.text), _MOST)
    )


def _only_a_safety_net(told: list[Passage], prompt: str) -> tuple[int, Span] | None:
    """Self-care, where the answer only says when to turn to somebody later, should things not go well."""
    for passage in told:
        if not anchored("contact", passage.text) and not anchored("emergency", passage.text):
            continue
        for each in islice(pattern("worsening").finditer(passage.text), _MOST):
            if standing(passage, _SELF_CARE, each.span(), prompt=prompt) in {"meant", "conditional"}:
                return _SELF_CARE, passage.sentence
    return None
