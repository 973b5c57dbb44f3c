"""The sentences of the pages: found by name, filled with finished text.

It exists so that wording is data that a clinician can amend and a translator can take over. May import ``render`` and
pyyaml; reads a file of its own package and nothing else.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import yaml

from dualtrack.render.style import prose

__all__ = ["Words", "load_words"]

_PLACE = re.compile(r"\{([a-z_0-9]+)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """All sentences of one language, by dotted name."""

    language: str
    sentences: Mapping[str, str]

    def say(self, name: str, /, **facts: str) -> str:
        """One sentence, with its places filled.

        What is filled in is never read as a sentence with places of its own.

        Args:
            name: dotted name, as ``states.met.word``.
            **facts: finished text for the ``{places}``.

        Returns:
            The sentence.

        Raises:
            KeyError: no such sentence, or a place without its fact.
        """
        return _PLACE.sub(lambda place: facts[place[1]], prose(self.sentences[name]))

    def known(self, group: str, name: str) -> bool:
        """Whether a group has a sentence (or sentences) of that name."""
        whole = f"{group}.{name}"
        return whole in self.sentences or any(each.startswith(f"{whole}.") for each in self.sentences)

    def word(self, group: str, name: str, /, **facts: str) -> str:
        """The sentence of a word of an open list, or that of ``other`` where the list has grown beyond it.

        Args:
            group: dotted name of the list, as ``methods``.
            name: the word, as ``exact``.
            **facts: finished text for the ``{places}``.
        """
        return self.say(f"{group}.{name if self.known(group, name) else 'other'}", **facts)


@functools.cache
def load_words(language: str = "en", *catalogues: str) -> Words:
    """The sentences of a language that ships.

    Args:
        language: its code, as ``en``.
        *catalogues: further files of sentences, each for pages of its own, as ``rubric``.

    Returns:
        The sentences.

    Raises:
        FileNotFoundError: no such language ships.

    Example:
        >>> load_words().say("states.not_met.word")
        'not met'
    """
    names = (f"{language}.yaml", f"cases.{language}.yaml", f"record.{language}.yaml")
    files = [*names, *(f"{catalogue}.{language}.yaml" for catalogue in catalogues)]
    sentences: dict[str, str] = {}
    for file in files:
        sentences |= _catalogue(file)
    return Words(language, sentences)


@functools.cache
def _catalogue(file: str) -> Mapping[str, str]:
    """One file of sentences; read once, since several pages share the common one."""
    text = resources.files("dualtrack.report").joinpath("words", file).read_text(encoding="utf-8")
    return dict(_flat("", yaml.safe_load(text)))


def _flat(path: str, branch: Mapping[object, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in branch.items():
        if not isinstance(key, str):
            raise TypeError(f"{path}: the name {key!r} must be text; a bare yes or no is none")
        name = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            found += _flat(name, value)
        elif isinstance(value, str):
            found.append((name, " ".join(value.split())))
        else:
            raise TypeError(f"{name} must be text; write it in quotes")
    return found
