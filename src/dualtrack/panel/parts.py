"""The files that the rating form is put together from: its words, its style sheet, its script.

It exists so that one module opens them; all belong to the package, none to a study. May import pyyaml.
"""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

import yaml

__all__ = ["SCRIPTS", "form_script", "form_style", "form_words", "pack_words"]

SCRIPTS = ("digest", "text", "state", "file", "draw", "mark", "question", "task", "places", "end", "keys", "start")
"""Parts of the script in the order in which they stand in the page; all share one scope."""


@functools.cache
def form_words(language: str) -> Mapping[str, str]:
    """All sentences of a language, by dotted name.

    Args:
        language: its code, as ``en``.

    Returns:
        Dotted name -> sentence; ``{places}`` in it are filled by whoever prints it.

    Raises:
        FileNotFoundError: no such language ships.

    Example:
        >>> form_words("en")["task.states.done"]
        'done'
    """
    name = f"{language}.yaml" if language.replace("-", "").isalnum() else ""
    file = resources.files("dualtrack.panel").joinpath("words", name)
    if not name or not file.is_file():
        raise FileNotFoundError(f"the rating form has no words in {language!r}; add panel/words/{language}.yaml")
    return dict(_flat("", yaml.safe_load(file.read_text(encoding="utf-8"))))


@functools.cache
def pack_words(language: str) -> Mapping[str, Any]:
    """The words of a pack beside its form: how to open it, choices between two responses, workbook and tasks.

    Args:
        language: BCP 47 tag of a catalogue that ships.

    Raises:
        FileNotFoundError: no words ship in that language.
    """
    name = f"pack.{language}.yaml" if language.replace("-", "").isalnum() else ""
    file = resources.files("dualtrack.panel").joinpath("words", name)
    if not name or not file.is_file():
        raise FileNotFoundError(f"a pack has no words in {language!r}; add panel/words/pack.{language}.yaml")
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


@functools.cache
def form_style() -> str:
    """The style sheet of the form; it follows the common one of all pages and uses its colours."""
    return _static("form.css")


@functools.cache
def form_script() -> str:
    """The whole script of the form, in a scope of its own.

    Raises:
        ValueError: a part holds something that would end the script element early.
    """
    script = "(() => {\n'use strict';\n" + "".join(_static(f"{name}.js") for name in SCRIPTS) + "})();\n"
    if "</" in script or "<!--" in script:
        raise ValueError("the script must hold neither a closing tag nor the start of a comment")
    return script


def _static(name: str) -> str:
    return resources.files("dualtrack.panel").joinpath("static", name).read_text(encoding="utf-8")


def _flat(path: str, branch: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in branch.items():
        name = f"{path}.{key}" if path else key
        found += _flat(name, value) if isinstance(value, Mapping) else [(name, " ".join(value.split()))]
    return found
