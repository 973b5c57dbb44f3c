"""The known sources of a study, as lexicons state them, made ready to be looked up.

May import the lexicons of the rubric and the checks' own ground floor.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from dualtrack.checks.base import Lexicons
from dualtrack.checks.folding import fold
from dualtrack.checks.kinds.citations.forms import Found, identifiers
from dualtrack.rubric.lexicon import Entry, Lexicon

__all__ = ["Known", "known_sources"]

_SHORTEST_TITLE = 12  # letters and spaces; a shorter title is a common word, which any entry would contain
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Known:
    """Identifiers in their one way of writing, and titles as plain words, by their first word."""

    values: frozenset[str]
    titles: Mapping[str, tuple[str, ...]]

    def has(self, found: Found) -> bool:
        """Whether an identifier is one of a known source."""
        return found.value in self.values

    def has_title_in(self, text: str) -> bool:
        """Whether a passage contains the title of a known source, word by word."""
        plain = _plain(text)
        padded = f" {plain} "
        candidates = (title for word in dict.fromkeys(plain.split()) for title in self.titles.get(word, ()))
        return any(f" {title} " in padded for title in candidates)


def known_sources(lexicons: Lexicons) -> Known | None:
    """All known sources of the lexicons that a check was given; None where it was given none.

    Definition: a source is known by every identifier in its terms and its facts, by a term as a whole, and by its
    titles of at least twelve characters. A fact is read as if its name stood before it ("doi": "10.1056/..."), since a
    term may hold no brackets and a fact may.

    Args:
        lexicons: lexicons by id.
    """
    if not lexicons:
        return None
    return _joined(tuple(_Same(lexicon) for _, lexicon in sorted(lexicons.items())))


class _Same:
    """A lexicon as a key by identity: its content cannot be hashed, and comparing thousands of terms takes time."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __hash__(self) -> int:
        return id(self.lexicon)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.lexicon is self.lexicon


@lru_cache(maxsize=16)
def _joined(lexicons: tuple[_Same, ...]) -> Known:
    values: set[str] = set()
    titles: dict[str, dict[str, None]] = {}
    for entry in (entry for same in lexicons for entry in same.lexicon.entries):
        for text in _texts(entry):
            values |= {found.value for found in identifiers(text) if found.sound}
        values |= {fold(term).lower.replace(" ", "") for term in entry.terms}
        for plain in map(_plain, (entry.title, *entry.terms)):
            if _is_title(plain):
                titles.setdefault(plain.split()[0], {})[plain] = None
    return Known(frozenset(values), {word: tuple(each) for word, each in titles.items()})


def _texts(entry: Entry) -> list[str]:
    return [fold(text).text for text in (*entry.terms, *(f"{name}: {fact}" for name, fact in entry.facts.items()))]


def _is_title(plain: str) -> bool:
    return len(plain) >= _SHORTEST_TITLE and " " in plain


def _plain(text: str) -> str:
    return _NO_WORD.sub(" ", fold(text).lower).strip()
