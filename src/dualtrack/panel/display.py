r"""Declared changes to the responses as raters see them, the same for every system.

May import the panel's settings. A response can be known by its markup, its links or its way to cite. panel.yaml says
which of these are taken away; nothing is taken away by default, and nothing else ever.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Shown", "displayed", "shown_of"]

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
    return shown_of(text, rules).text


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as raters see it, and where each part of it comes from.

    Attributes:
        text: what is shown.
        starts, ends: of each code point shown, the first code point of the response behind it and the one after the
            last; None where nothing was changed. What was written in place of a passage stands for all of it.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def passage(self, start: int, end: int) -> tuple[int, int]:
        """The passage of the response behind a passage that is shown.

        Args:
            start: first code point, from 0.
            end: code point after the last; behind ``start`` and within the text.

        Returns:
            The shortest passage of the response that holds everything behind it, as start and end.

        Example:
            >>> shown = shown_of("**Rest** today", ("plain_marks",))
            >>> shown.text[0:4], shown.passage(0, 4)
            ('Rest', (2, 6))
        """
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def shown_of(text: str, rules: Sequence[str]) -> Shown:
    """A response as raters see it, with the way back to the response.

    Args:
        text: the response.
        rules: as ``displayed``.

    Returns:
        The text of ``displayed``; the way back is exact, since all that is ever done is to take passages away and to
        write a few signs in place of others.
    """
    shown = Shown(text)
    for name, steps in _RULES.items():
        for pattern, kept, put in steps if name in rules else ():
            shown = _changed(shown, pattern, kept, put)
    return shown


def _changed(shown: Shown, pattern: re.Pattern[str], kept: int | None, put: str) -> Shown:
    """One step: of each match one group is kept, or nothing, and some signs are put after it."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    came = (range(len(shown.text)), range(1, len(shown.text) + 1))
    was = came if shown.starts is None or shown.ends is None else (shown.starts, shown.ends)
    for start, end, instead in _pieces(shown.text, pattern, kept, put):
        pieces.append(shown.text[start:end] if instead is None else instead)
        if instead is None:
            starts += was[0][start:end]
            ends += was[1][start:end]
        else:
            starts += [was[0][start]] * len(instead)
            ends += [was[1][end - 1]] * len(instead)
    text = "".join(pieces)
    return shown if text == shown.text else Shown(text, tuple(starts), tuple(ends))


def _pieces(text: str, pattern: re.Pattern[str], kept: int | None, put: str) -> Iterator[tuple[int, int, str | None]]:
    """Passages that stay (with None), and passages in whose place something else is written."""
    after = 0
    for match in pattern.finditer(text):
        yield after, match.start(), None
        inner = (match.start(), match.start()) if kept is None else match.span(kept)
        yield *inner, None
        if put:
            yield inner[1], match.end(), put
        after = match.end()
    yield after, len(text), None


_Step = tuple[re.Pattern[str], int | None, str]
_RULES: dict[str, tuple[_Step, ...]] = {
    "no_links": ((_NAMED_LINK, 1, ""), (_LINK, None, "[link]")),
    "no_citations": ((_CITED, None, ""),),
    "plain_marks": (
        (_HEADING, None, ""),
        (_RULE, None, ""),
        (_BULLET, 1, "- "),
        (_BOLD, 2, ""),
        (_ITALIC, 1, ""),
        (_TICKS, None, ""),
    ),
}
