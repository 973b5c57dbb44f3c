"""Whether a passage that names a tier is advice to this patient now, and if not, what keeps it from being so.

Why it exists: "call 999" is the main advice, a safety net, a denial or a memory by the words around it. Phrases are
data (``phrases.yaml``). May import the checks' own ground floor.
"""

import re
from functools import lru_cache
from typing import Literal

from dualtrack.checks.base import Span
from dualtrack.checks.kinds.urgency_tier.conditions import Passage, holds_in
from dualtrack.checks.kinds.urgency_tier.wording import pattern
from dualtrack.checks.spans import blanked, touches

__all__ = ["Standing", "clause", "standing"]

Standing = Literal["meant", "denied", "conditional", "aside"]
"""Advice to this patient now; said not to be needed; under a condition that is not met; no advice at all."""

_REACH = 240  # characters to either side of a passage in which its state is looked for
_SAME_DAY = 2
_LEAD_IN = re.compile(r"[,:]\s|\b(?:except|apart from|other than)\b")
_DENIES = re.compile(r"(?:do not|don't|no|not|n't|never|nothing)\b")


@lru_cache(maxsize=256)
def clause(text: str, span: Span) -> Span:
    """The part of a sentence around a passage that no turn ("but", "otherwise") divides from it.

    Example:
        >>> clause("rest now, but see a doctor today", (14, 26))
        (13, 32)
    """
    start, end = max(0, span[0] - _REACH), min(len(text), span[1] + _REACH)
    for turn in pattern("strong_turn").finditer(text, start, end):
        if turn.end() <= span[0]:
            start = turn.end()
        elif turn.start() >= span[1]:
            end = turn.start()
            break
    return start, end


def standing(passage: Passage, tier: int, span: Span, *, prompt: str, apart: bool = False) -> Standing:
    """How a passage that names a tier is meant.

    Args:
        passage: the sentence.
        tier: index of ``TIERS``.
        span: the passage in it.
        prompt: folded text of the prompt in lower case; "" when there is none.
        apart: whether words may stand between the passage and the verb that a denial belongs to.

    Example:
        >>> standing(Passage((0, 24), "you do not need a&e now."), 3, (16, 23), prompt="")
        'denied'
    """
    text = passage.text
    start, end = clause(text, span)
    before, after = text[start : span[0]], text[span[1] : end]
    near = _LEAD_IN.split(before)[-1]
    if touches(span, passage.quotes) or pattern("past_after").search(after) or pattern("past_before").search(near):
        return "aside"
    if tier and pattern("general").search(near):
        return "aside"
    if pattern("not_after").search(after) or (not _DENIES.match(text, *span) and _denied(near, apart=apart)):
        return "denied"
    whole = before + text[slice(*span)] + after
    if tier < _SAME_DAY and pattern("disclaimer").search(whole):
        return "aside"
    in_force = all(holds_in(prompt, label, "") for label in passage.labels)
    return "meant" if in_force and holds_in(prompt, before, after, passage.items) else "conditional"


def _denied(near: str, *, apart: bool) -> bool:
    if pattern("not_before").search(near):
        return True
    if not apart:
        return False
    plain = blanked(near, [found.span() for found in pattern("no_denial").finditer(near)])
    return pattern("not_far_before").search(plain) is not None
