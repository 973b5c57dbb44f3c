"""Where a response names the product that wrote it, so that a rater is no longer blind to it.

One of the places where files are read (its list of names ships beside it). May import the study schema. Nothing is
changed: what is found is listed, and the study office decides.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable
from importlib import resources

import yaml

from dualtrack.records.study import System

__all__ = ["leaks_in", "own_names"]

_SHORTEST = 3
_PERSON = "human"
_JOINS = re.compile(r"[\s_-]{1,5}")


def own_names(system: System) -> tuple[str, ...]:
    """Names that would tell who wrote a response: product, vendor, family, and those of the listed family.

    A person's name in study.yaml is a word for a profession ("Physician") and tells nothing.

    Args:
        system: the system as study.yaml describes it.

    Example:
        >>> own_names(System(id="s1", name="Aster Health", kind="specialised", vendor="Aster"))
        ('Aster', 'Aster Health', 's1')
    """
    if system.kind == _PERSON:
        return ()
    stated = {each for each in (system.id, system.name, system.vendor, system.family) if each and each != "unknown"}
    words = {_plain(each) for each in stated} | {part for each in stated for part in _plain(each).split()}
    for family in _families():
        if words & {_plain(name) for name in family}:
            stated |= set(family)
    once = {_plain(each): each for each in sorted(stated, reverse=True)}
    return tuple(once[name] for name in sorted(once))


def leaks_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Names that stand in a text as words of their own, whatever their capitals, hyphens and hidden characters.

    Args:
        text: the response as raters see it.
        names: those of its system.

    Returns:
        The names found, longest first.

    Example:
        >>> leaks_in("As ChatGPT I cannot say; a meta-analysis might.", ["ChatGPT", "Meta"])
        ('ChatGPT',)
    """
    folded = _plain(text)
    found = [name for name in names if len(name) >= _SHORTEST and _pattern(name).search(folded)]
    return tuple(sorted(found, key=lambda name: (-len(name), name)))


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in _plain(name).split()]
    return re.compile(r"(?<![a-z0-9])" + "[ ]?".join(parts) + r"(?![a-z0-9])(?! (?:analy|regress)[a-z])")


def _plain(text: str) -> str:
    """Without capitals, hidden characters and full-width forms; hyphens and blanks alike."""
    shown = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf")
    return _JOINS.sub(" ", shown.casefold())


@functools.cache
def _families() -> tuple[tuple[str, ...], ...]:
    file = resources.files("dualtrack.panel").joinpath("leaks.yaml")
    return tuple(tuple(each) for each in yaml.safe_load(file.read_text(encoding="utf-8")))
