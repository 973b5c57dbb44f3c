"""The order in which one rater meets the responses, and which of them come a second time.

May import numpy and the panel's own ground.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dualtrack.panel.work import Block, Response, generator_of

__all__ = ["Turn", "ordered", "repeats_of"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One response in the order of a rater; ``occasion`` 2 is the same response a second time."""

    response: Response
    occasion: int = 1


def ordered(blocks: Sequence[Block], *, repeats: float, seed: int, stream: int) -> tuple[Turn, ...]:
    """Order the responses of one rater's blocks.

    Definition: in rounds. In each round every item comes once at most, in an order drawn anew, so that the answers to
    one item lie far apart. Which system's answer comes in which round goes round from item to item (a Latin square on
    items in an order drawn), so each system comes early and late equally often. Repeats are drawn from the first third
    and spread over the last, so each comes at least a third of all responses after its first time.

    Args:
        blocks: the blocks of this rater.
        repeats: share of the rater's responses that come a second time, 0..1.
        seed: the panel's seed.
        stream: number of the rater, so that each has a draw of their own.

    Returns:
        The turns in order.

    Example:
        >>> answers = [Block(f"q{n}", (Response(f"q{n}", "a"), Response(f"q{n}", "b")), 1) for n in range(2)]
        >>> turns = ordered(answers, repeats=0, seed=1, stream=0)
        >>> len({turn.response.item_id for turn in turns[:2]}), len(turns)
        (2, 4)

    Source: balanced order by cyclic Latin squares: Bradley 1958, Journal of the American Statistical Association
        53:525-528, of which the cyclic square without neighbours is the simple form.
    """
    generator = generator_of(seed, 2, stream)
    rounds: dict[int, list[Response]] = {}
    for shift, place in enumerate(generator.permutation(len(blocks)).tolist()):
        block = blocks[place]
        for number, response in enumerate(block.responses):
            rounds.setdefault((number + shift) % block.size, []).append(response)
    first = [
        Turn(mine[place]) for _, mine in sorted(rounds.items()) for place in generator.permutation(len(mine)).tolist()
    ]
    return _with_repeats(first, repeats_of(len(first), repeats), generator)


def repeats_of(n_responses: int, share: float) -> int:
    """How many of a rater's responses come a second time: the share, rounded up, of at most a third.

    Args:
        n_responses: responses of the rater.
        share: share that is wished for.

    Example:
        >>> repeats_of(150, 0.05)
        8
    """
    return min(math.ceil(round(n_responses * share, 9)), n_responses // 3)


def _with_repeats(first: list[Turn], n_repeats: int, generator: np.random.Generator) -> tuple[Turn, ...]:
    if not n_repeats:
        return tuple(first)
    third = len(first) // 3
    again = sorted(generator.choice(third, size=n_repeats, replace=False).tolist())
    gaps = sorted(generator.choice(np.arange(2 * third, len(first) + 1), size=n_repeats, replace=True).tolist())
    turns: list[Turn] = []
    waiting = list(zip(gaps, again, strict=True))
    for place in range(len(first) + 1):
        while waiting and waiting[0][0] == place:
            turns.append(Turn(first[waiting.pop(0)[1]].response, occasion=2))
        turns += first[place : place + 1]
    return tuple(turns)
