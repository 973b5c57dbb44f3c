"""Reads how soon an answer sends its reader to care: passages that name a tier, and what keeps one from being meant.

Phrases are data (``phrases.yaml``). A passage counts as the main advice unless it is negated, in the past, a question,
quoted, a general caveat, or bound to a condition that is not the patient's state. May import the checks' own ground
floor.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dualtrack.checks.base import Span
from dualtrack.checks.folding import Folded
from dualtrack.checks.kinds.urgency_tier.conditions import Passage, holds_in, passages, pattern, spaced
from dualtrack.checks.packaged import packaged
from dualtrack.checks.spans import touches

__all__ = ["TIERS", "Advice", "main_advice"]

TIERS = ("self_care", "routine", "same_day", "emergency")
"""From the least urgent to the most urgent."""

_PACKAGE = "dualtrack.checks.kinds.urgency_tier"
_REACH = 240  # characters to either side of a passage in which its state is looked for
_SLOTS = ("prof", "ed", "go", "now", "today")
_MARKS = str.maketrans({"\n": " ", "\t": " ", "*": " ", "_": " ", "`": " ", "#": " "})
_LEAD_IN = re.compile(r"[,:]\s|\b(?:except|apart from|other than)\b")
_DENIES = re.compile(r"(?:do not|don't|no|not|n't|never|nothing)\b")


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
        numbers: emergency numbers beside 999, 112 and 911.

    Returns:
        The tier with the first sentence that gives it, in the folded text; None when no tier is found.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> main_advice(fold("Rest at home. Call 999 if you cannot breathe."), "")
        Advice(tier=0, sentence=(0, 13))
    """
    best: Advice | None = None
    found = passages(folded, folded.lower.translate(_MARKS))
    for passage in found:
        if best is not None and best.tier == len(TIERS) - 1:
            break
        if passage.aside:
            continue
        for tier, span in _named(passage, numbers, above=-1 if best is None else best.tier):
            if (best is None or tier > best.tier) and _meant(passage, tier, span, prompt=prompt):
                best = Advice(tier, passage.sentence)
    return best or _implied(found, prompt)


def _implied(found: list[Passage], prompt: str) -> Advice | None:
    """What is advised without saying so: a doctor who will see to it, or things to do and nothing of where to go."""
    for tier, weak in ((1, _tier_pattern("weak_routine")), (0, pattern("weak_self_care"))):
        for passage in found:
            for each in () if passage.aside else weak.finditer(passage.text):
                if _meant(passage, tier, each.span(), prompt=prompt):
                    return Advice(tier, passage.sentence)
    return None


def _named(passage: Passage, numbers: tuple[str, ...], *, above: int) -> Iterator[tuple[int, Span]]:
    """Tier and place of each passage of a sentence that names a tier above one; lists that cannot are not searched."""
    text = passage.text
    for tier, name in enumerate(TIERS):
        extra = numbers if name == "emergency" else ()
        if tier > above and (_anchored(name, text) or any(number in text for number in extra)):
            yield from ((tier, found.span()) for found in _tier_pattern(name, extra).finditer(text))
    if above < TIERS.index("same_day") and _anchored("contact", text):
        for found in _tier_pattern("contact").finditer(text):
            yield _how_soon(text, found.span()), found.span()


def _anchored(name: str, text: str) -> bool:
    """Whether a text can hold a phrase of a list at all."""
    return any(anchor in f" {text}" for anchor in packaged(_PACKAGE, "phrases.yaml")["anchors"][name])


def _how_soon(text: str, span: Span) -> int:
    """Same day or routine, for advice to see somebody: by the words of time in its clause."""
    clause = text[slice(*_clause(text, span))]
    soon = _tier_pattern("today").search(clause) is not None and _tier_pattern("later").search(clause) is None
    return TIERS.index("same_day" if soon else "routine")


def _clause(text: str, span: Span) -> Span:
    start, end = max(0, span[0] - _REACH), min(len(text), span[1] + _REACH)
    for turn in pattern("strong_turn").finditer(text, start, end):
        if turn.end() <= span[0]:
            start = turn.end()
        elif turn.start() >= span[1]:
            end = turn.start()
            break
    return start, end


def _meant(passage: Passage, tier: int, span: Span, *, prompt: str) -> bool:
    """Whether a passage is advice to this patient now."""
    text = passage.text
    start, end = _clause(text, span)
    before, after = text[start : span[0]], text[span[1] : end]
    near = _LEAD_IN.split(before)[-1]
    if touches(span, passage.quotes) or pattern("not_after").search(after) or pattern("past_after").search(after):
        return False
    if pattern("past_before").search(near) or (tier and pattern("general").search(near)):
        return False
    if not _DENIES.match(text, *span) and pattern("not_before").search(near):
        return False
    if tier < TIERS.index("same_day") and pattern("disclaimer").search(before + text[slice(*span)] + after):
        return False
    in_force = all(holds_in(prompt, label, "") for label in passage.labels)
    return in_force and holds_in(prompt, before, after, passage.items)


@lru_cache(maxsize=64)
def _tier_pattern(name: str, numbers: tuple[str, ...] = ()) -> re.Pattern[str]:
    """All phrases of one tier as one expression, each from the beginning of a word."""
    data = packaged(_PACKAGE, "phrases.yaml")
    known = [*data["numbers"], *(re.escape(number) for number in numbers)]
    loose = [phrase for phrase in data[name] if phrase.startswith("(?:^")]
    joined = "|".join(f"(?:{phrase})" for phrase in data[name] if phrase not in loose)
    joined = f"(?<!\\w)(?:{joined})"
    joined = f"(?:{'|'.join([joined, *loose])})s?(?!\\w)"
    joined = joined.replace("{number}", f"(?<![\\d.])(?:{'|'.join(known)})")
    for slot in _SLOTS:
        joined = joined.replace(f"{{{slot}}}", f"(?:{'|'.join(data[slot])})")
    return re.compile(spaced(joined))
