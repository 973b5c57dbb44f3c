"""Reads how soon an answer sends its reader to care: passages that name a tier, and what keeps one from being meant.

Phrases are data (``phrases.yaml``). A passage counts as the main advice unless it is negated, in the past, a question,
quoted, a general caveat, or bound to a condition that is not the patient's state. May import the checks' own ground
floor.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dualtrack.checks.base import Span
from dualtrack.checks.folding import Folded
from dualtrack.checks.kinds.urgency_tier.conditions import Passage, passages
from dualtrack.checks.kinds.urgency_tier.implied import implied
from dualtrack.checks.kinds.urgency_tier.standing import standing
from dualtrack.checks.kinds.urgency_tier.urged import how_soon, urged
from dualtrack.checks.kinds.urgency_tier.wording import anchored, slotted

__all__ = ["TIERS", "Advice", "main_advice"]

TIERS = ("self_care", "routine", "same_day", "emergency")
"""From the least urgent to the most urgent."""

_MARKS = str.maketrans({"\n": " ", "\t": " ", "*": " ", "_": " ", "`": " ", "#": " "})


@dataclass(frozen=True, slots=True)
class Advice:
    """The tier that an answer gives as its main advice, as an index of ``TIERS``, and the sentence that says so."""

    tier: int
    sentence: Span


def main_advice(folded: Folded, prompt: str, numbers: tuple[str, ...] = ()) -> Advice | None:
    """The most urgent tier that the answer advises without a condition, or under one that the prompt already meets.

    Args:
        folded: the answer.
        prompt: folded text of the prompt in lower case; "" when there is none.
        numbers: emergency numbers beside those of the file.

    Returns:
        The tier with the first sentence that gives it, in the folded text; None when no tier is found.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> main_advice(fold("Rest at home. Call 999 if you cannot breathe."), "")
        Advice(tier=0, sentence=(0, 13))
    """
    best: Advice | None = None
    found = _distinct(passages(folded, folded.lower.translate(_MARKS)))
    for passage in found:
        if best is not None and best.tier == len(TIERS) - 1:
            break
        if passage.aside:
            continue
        for tier, span, apart in _named(passage, numbers, above=-1 if best is None else best.tier):
            better = best is None or tier > best.tier
            if better and standing(passage, tier, span, prompt=prompt, apart=apart) == "meant":
                best = Advice(tier, passage.sentence)
    if best is not None:
        return best
    weak = implied(found, prompt, numbers)
    return None if weak is None else Advice(*weak)


def _distinct(found: list[Passage]) -> list[Passage]:
    """The sentences without later ones that say the same in the same place; a response may repeat itself for ever."""
    first: dict[tuple[object, ...], Passage] = {}
    for each in found:
        first.setdefault((each.text, each.labels, each.items, each.aside), each)
    return list(first.values())


def _named(passage: Passage, numbers: tuple[str, ...], *, above: int) -> Iterator[tuple[int, Span, bool]]:
    """Tier and place of each passage of a sentence that names a tier above one, and whether it stands apart.

    Lists that the sentence cannot match are not searched.
    """
    text = passage.text
    for tier, name in enumerate(TIERS):
        extra = numbers if name == "emergency" else ()
        if tier > above and (anchored(name, text) or any(number in text for number in extra)):
            yield from ((tier, found.span(), False) for found in slotted(name, extra).finditer(text))
    if above < TIERS.index("same_day") and anchored("contact", text):
        for found in slotted("contact").finditer(text):
            yield how_soon(text, found.span()), found.span(), False
    yield from ((tier, span, True) for tier, span in urged(text, numbers, above=above, least=1))
