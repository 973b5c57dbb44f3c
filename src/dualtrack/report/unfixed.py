"""Versions that name no product: "latest", "unknown", or nothing at all.

May import report. A result holds for what was tested. Where a study does not say which version that was, every page
says so, since the version on offer may be another one.
"""

import re

from dualtrack.render import Fact
from dualtrack.report.document import Study, System
from dualtrack.report.words import Words

__all__ = ["is_fixed", "version_facts"]

PEOPLE = "human"
MOVING = frozenset({"latest", "newest", "current", "unknown", "tbd", "nightly", "none", "na"})
"""Words that stand for another version tomorrow, or for none. They miss names such as \"pro\" that a vendor moves."""


def is_fixed(version: str | None) -> bool:
    """Whether a version can be found again.

    Args:
        version: as the study states it; None where it does not.

    Example:
        >>> [is_fixed(each) for each in ("4.2", "4o-latest", "Unknown", "?", None)]
        [True, False, False, False, False]
    """
    words = re.findall(r"\w+", (version or "").casefold())
    return bool(words) and not MOVING.intersection(part for word in words for part in (word, *word.split("_")))


def version_facts(study: Study, words: Words, *, only: str | None = None) -> tuple[Fact, ...]:
    """One fact that names every tested product without a fixed version; none where all have one.

    Args:
        study: what was tested.
        words: the sentences.
        only: id of the one system that the page may name; None for a page that may name all.
    """
    mine = [system for system in study.systems if only in (None, system.id)]
    loose = [system for system in mine if system.kind != PEOPLE and not is_fixed(system.version)]
    if not loose:
        return ()
    named = "; ".join(_named(system, words) for system in loose)
    return (Fact(words.say("facts.version"), words.say("facts.unfixed", systems=named)),)


def _named(system: System, words: Words) -> str:
    stated = words.say("overview.not_stated") if system.version is None else system.version
    return words.say("facts.unfixed_one", system=system.name, version=stated)
