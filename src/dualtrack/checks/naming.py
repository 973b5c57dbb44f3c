"""All the names under which something that an item mentions may stand in an answer.

Why it exists: an item says "NSAID" and an answer says "Advil"; which names belong together is data (lexicons). May
import the lexicons of the rubric and the checks' own ground floor.
"""

from collections.abc import Mapping
from functools import lru_cache

from dualtrack.checks.matching import plain_words
from dualtrack.checks.triggers import listed
from dualtrack.rubric.lexicon import Entry, Lexicon

__all__ = ["is_action", "names_for"]

_ALLERGY = "cross_reactivity"
_SYNONYMS = "medicine_names"


class _Held:
    """A lexicon as a key: two are equal when they are one object, and a held one is never replaced by another."""

    __slots__ = ("by_name", "lexicon")

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.by_name = _by_name(lexicon)


_HELD: dict[int, _Held] = {}
_MOST_HELD = 256


def is_action(words: str, basis: str = "") -> bool:
    """Whether an item's phrase is something to do rather than the name of a thing.

    Args:
        words: the phrase.
        basis: why it is to be avoided; ``action`` says that it is something to do.

    Example:
        >>> is_action("stop your insulin"), is_action("insulin"), is_action("rapid correction", "action")
        (True, False, True)
    """
    parts = plain_words(words.lower()).split()
    return basis == "action" or (len(parts) > 1 and parts[0] in listed("verbs"))


def names_for(
    wanted: tuple[str, ...], basis: str, lexicons: Mapping[str, Lexicon], class_only: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Names that mean one of the wanted things.

    Definition: the wanted names; where one of them is the id, the title or a term of an entry of a lexicon, all terms
    of that entry; then synonyms and brands of all of these. Entries of the allergy lexicon count only for an allergy,
    and only where their fact ``use`` is ``avoid`` or absent. In a lexicon of ``class_only`` a term alone does not
    stand for its entry.

    Args:
        wanted: names as the item writes them.
        basis: the item's reason.
        lexicons: by id.
        class_only: ids of lexicons.

    Returns:
        Names in order, each once.

    Example:
        >>> names_for(("ibuprofen",), "condition", {})
        ('ibuprofen',)
    """
    if not wanted:
        return ()
    if not lexicons:
        return wanted
    held = tuple(_held(lexicon) for _, lexicon in sorted(lexicons.items()))
    return _names(wanted, held, class_only, allergy=basis == "allergy")


def _held(lexicon: Lexicon) -> _Held:
    known = _HELD.get(id(lexicon))
    if known is None or known.lexicon is not lexicon:
        if len(_HELD) >= _MOST_HELD:
            _HELD.clear()
        known = _HELD[id(lexicon)] = _Held(lexicon)
    return known


@lru_cache(maxsize=4096)
def _names(
    wanted: tuple[str, ...], held: tuple[_Held, ...], class_only: tuple[str, ...], *, allergy: bool
) -> tuple[str, ...]:
    synonyms = [each for each in held if each.lexicon.id == _SYNONYMS]
    groups = [each for each in held if each.lexicon.id != _SYNONYMS and (allergy or each.lexicon.id != _ALLERGY)]
    own = _widened(wanted, synonyms, ())
    members = _widened(own, groups, class_only)
    return _widened(members, synonyms, ())


def _widened(names: tuple[str, ...], held: list[_Held], class_only: tuple[str, ...]) -> tuple[str, ...]:
    found = dict.fromkeys(names)
    for each in held:
        for name in names:
            key = _key(name)
            for entry in each.by_name.get(key, ()):
                if each.lexicon.id not in class_only or key in {_key(entry.id), _key(entry.title)}:
                    found.update(dict.fromkeys(entry.terms))
    return tuple(found)


def _by_name(lexicon: Lexicon) -> dict[str, list[Entry]]:
    index: dict[str, list[Entry]] = {}
    for entry in lexicon.entries:
        if entry.facts.get("use", "avoid") != "avoid":
            continue
        for key in dict.fromkeys(map(_key, (entry.id, entry.title, *entry.terms))):
            index.setdefault(key, []).append(entry)
    return index


def _key(name: str) -> str:
    words = " ".join(plain_words(name.lower()).split())
    return words.removesuffix("s")
