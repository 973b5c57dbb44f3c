r"""Declared changes to the responses as raters see them, the same for every system.

May import the panel's settings. A response can be known by its markup, its links or its way to cite. panel.yaml says
which of these are taken away; nothing is taken away by default, and nothing else ever.
"""

import re
from collections.abc import Callable, Sequence

__all__ = ["displayed"]

_BOLD = re.compile(r"(\*\*|__)(?=\S)([^\n*_]{1,400})(?<=\S)\1")
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])([^\n*]{1,400})(?<=[^\s*])\*(?![\w*])")
_HEADING = re.compile(r"(?m)^#{1,6}[ \t]+")
_TICKS = re.compile(r"`{1,3}")
_BULLET = re.compile(r"(?m)^([ \t]{0,20})[*+\u2022][ \t]+")
_RULE = re.compile(r"(?m)^[ \t]{0,3}(?:-{3,}|\*{3,}|_{3,})[ \t]*$")
_NAMED_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(\s{0,3}(?:https?://|www\.)[^\s()]{1,2000}\)", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\")\]]{1,2000}", re.IGNORECASE)
_CITED = re.compile(r"[ \t]?\[\d{1,3}(?:\s?[,;\u2013-]\s?\d{1,3}){0,20}\]")  # raised digits stay: m\u00b2 is a unit


def displayed(text: str, rules: Sequence[str]) -> str:
    """A response as raters see it.

    Definition: ``plain_marks`` takes away signs of bold, italics, headings, code and rules, and writes every bullet as
    a hyphen; ``no_links`` leaves the words of a link and writes ``[link]`` for an address; ``no_citations`` takes away
    numbers of references in square brackets. Words and other numbers stay as they are.

    Args:
        text: the response.
        rules: names of the rules, in the order of panel.yaml; they are always applied in the same order.

    Example:
        >>> displayed("**Rest** [1], see https://example.org/a.", ("plain_marks", "no_links", "no_citations"))
        'Rest, see [link]'
        >>> displayed("**Rest**", ())
        '**Rest**'
    """
    for name, rule in _RULES.items():
        if name in rules:
            text = rule(text)
    return text


def _without_links(text: str) -> str:
    return _LINK.sub("[link]", _NAMED_LINK.sub(r"\1", text))


def _without_citations(text: str) -> str:
    return _CITED.sub("", text)


def _without_marks(text: str) -> str:
    text = _RULE.sub("", _HEADING.sub("", text))
    text = _BULLET.sub(r"\1- ", text)
    return _TICKS.sub("", _ITALIC.sub(r"\1", _BOLD.sub(r"\2", text)))


_RULES: dict[str, Callable[[str], str]] = {
    "no_links": _without_links,
    "no_citations": _without_citations,
    "plain_marks": _without_marks,
}
