"""The phrases of ``phrases.yaml`` as expressions, with their slots filled.

Why it exists: several modules of the kind look for them, and each list is compiled once. May import the checks' own
ground floor.
"""

import re
from functools import cache, lru_cache
from typing import Any

from dualtrack.checks.packaged import packaged

__all__ = ["anchored", "pattern", "phrase_list", "slotted", "spaced"]

_PACKAGE = "dualtrack.checks.kinds.urgency_tier"
_SLOTS = ("prof", "ed", "go", "now", "today")


@cache
def pattern(name: str) -> re.Pattern[str]:
    """All phrases of one list of the file as one expression.

    Args:
        name: a list that uses none of the others.
    """
    return re.compile(spaced("|".join(f"(?:{phrase})" for phrase in phrase_list(name))))


@lru_cache(maxsize=64)
def slotted(name: str, numbers: tuple[str, ...] = ()) -> re.Pattern[str]:
    """All phrases of one list as one expression, each from the beginning of a word, with its slots filled.

    Args:
        name: the list.
        numbers: emergency numbers beside those of the file.

    Example:
        >>> bool(slotted("emergency", ("119",)).search("dial 119 now"))
        True
    """
    phrases = phrase_list(name)
    known = [*phrase_list("numbers"), *(re.escape(number) for number in numbers)]
    loose = [phrase for phrase in phrases if phrase.startswith("(?:^")]
    joined = "|".join(f"(?:{phrase})" for phrase in phrases if phrase not in loose)
    joined = f"(?<!\\w)(?:{joined})"
    joined = f"(?:{'|'.join([joined, *loose])})s?(?!\\w)"
    joined = joined.replace("{number}", f"(?<![\\d.])(?:{'|'.join(known)})")
    for slot in _SLOTS:
        joined = joined.replace(f"{{{slot}}}", f"(?:{'|'.join(phrase_list(slot))})")
    return re.compile(spaced(joined))


def phrase_list(name: str) -> list[Any]:
    """The phrases of one list as they stand in the file."""
    return list(packaged(_PACKAGE, "phrases.yaml")[name])


def anchored(name: str, text: str) -> bool:
    """Whether a text can hold a phrase of a list at all; without this every list would be searched in every sentence.

    Example:
        >>> anchored("emergency", "rest and drink water.")
        False
    """
    return _anchors(name).search(f" {text}") is not None


@cache
def _anchors(name: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(anchor) for anchor in packaged(_PACKAGE, "phrases.yaml")["anchors"][name]))


def spaced(phrase: str) -> str:
    """A phrase in which a space stands for one to four of them, and an optional one for up to four.

    Example:
        >>> spaced("straight ?away now")
        'straight {0,4}away {1,4}now'
    """
    return phrase.replace(" ?", "\0").replace(" ", " {1,4}").replace("\0", " {0,4}")
