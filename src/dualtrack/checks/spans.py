"""Passages of a text as pairs of numbers: joining, finding and blanking them.

Imports nothing of dualtrack but the type of a span.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from dualtrack.checks.base import Span

__all__ = ["blanked", "joined", "touches"]


def joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans in order, overlapping ones as one.

    Args:
        spans: in any order, each with start < end.

    Example:
        >>> list(joined([(8, 9), (0, 4), (2, 6), (6, 7)]))
        [(0, 6), (6, 7), (8, 9)]
    """
    ordered = iter(sorted(spans))
    start, end = next(ordered, (0, 0))
    if start == end:
        return
    for each_start, each_end in ordered:
        if each_start >= end:
            yield start, end
            start, end = each_start, each_end
        end = max(end, each_end)
    yield start, end


def touches(span: Span, among: Sequence[Span]) -> bool:
    """Whether a span shares a character with one of several.

    Args:
        span: start < end.
        among: joined spans, in order.

    Example:
        >>> touches((3, 5), [(0, 3), (4, 9)]), touches((3, 4), [(0, 3), (4, 9)])
        (True, False)
    """
    place = bisect_left(among, (span[1], 0)) - 1
    return place >= 0 and among[place][1] > span[0]


def blanked(text: str, spans: Iterable[Span]) -> str:
    """The text with passages replaced by the letter x, character for character.

    Args:
        text: any text.
        spans: joined spans, in order.

    Example:
        >>> blanked("PMID 30638234, see", [(0, 13)])
        'xxxxxxxxxxxxx, see'
    """
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], "x" * (end - start)]
        done = end
    return "".join(parts) + text[done:] if parts else text
