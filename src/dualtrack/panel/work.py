"""What there is to rate: blocks of responses that go to a rater together, and how many ratings each is to get.

May import the panel's settings. A block is an item with the answers of every system to it, so that whoever rates one
rates all and differences between systems are free of the raters' severity; or a single response where the panel is not
crossed. Whole blocks are rated by several or by one, drawn or left out.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from dualtrack.panel.settings import Audit, Overlap, PanelFile

__all__ = ["Block", "Response", "blocks_of", "generator_of", "items_for_agreement"]

Z = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True, slots=True, order=True)
class Response:
    """One response to be rated."""

    item_id: str
    system_id: str
    sample: int = 1


@dataclass(frozen=True, slots=True)
class Block:
    """Responses that are rated by the same people.

    Attributes:
        item_id: the item that they answer.
        responses: in the order of their systems and samples.
        ratings: how many people rate them; 0 where sampling left them out.
        probability: chance with which the block was drawn; 1 where nothing was drawn.
    """

    item_id: str
    responses: tuple[Response, ...]
    ratings: int
    probability: float = 1.0

    @property
    def size(self) -> int:
        """Number of responses."""
        return len(self.responses)


def blocks_of(
    settings: PanelFile, responses: Collection[Response], flagged: Collection[Response] | None = None
) -> tuple[Block, ...]:
    """Put the responses into blocks and say how many ratings each gets.

    Definition: blocks in the order of their ids. With an audit, blocks with a flagged response are drawn for certain,
    the others each with the stated share; what is not drawn gets no rating. Of those drawn, the overlap is drawn at
    random and gets ``ratings_per_response`` ratings, the others get one.

    Args:
        settings: the panel.
        responses: every response that could be rated.
        flagged: those that a check flagged; needed with an audit.

    Returns:
        The blocks, also those that were not drawn (0 ratings), with the chance of each.

    Raises:
        ValueError: an audit without flags.

    Example:
        >>> from dualtrack.panel.settings import Member
        >>> panel = PanelFile(
        ...     schema="dualtrack.panel/1", members=(Member(rater_id="r1", load=4),), seed=1, contact="x", data_use="x"
        ... )
        >>> [block.size for block in blocks_of(panel, [Response("q1", "a"), Response("q1", "b"), Response("q2", "a")])]
        [2, 1]
    """
    whole = _together(sorted(responses), crossed=settings.crossed)
    chance = np.ones(len(whole))
    if settings.audit is not None:
        if flagged is None:
            raise ValueError("an audit needs to know what the checks flagged")
        chance = _chances(whole, settings.audit, frozenset(flagged))
    generator = generator_of(settings.seed, 0)
    drawn = generator.random(len(whole)) < chance
    several = _several(settings.overlap, np.flatnonzero(drawn), generator)
    ratings = np.where(drawn, 1, 0)
    ratings[several] = settings.ratings_per_response
    return tuple(
        Block(mine[0].item_id, mine, int(n), float(p)) for mine, n, p in zip(whole, ratings, chance, strict=True)
    )


def items_for_agreement(agreement: float, half_width: float) -> int:
    """Number of items that must be rated twice so that raw agreement is known to plus or minus ``half_width``.

    Definition: z^2 p (1 - p) / half_width^2, rounded up, for a two-sided 95 % interval, counting items as independent
    and the answers to one item as one: answers to the same item agree or differ together, so fewer items would promise
    too much.

    Args:
        agreement: raw agreement that is expected, 0..1.
        half_width: half the width of the interval.

    Returns:
        The number of items.

    Example:
        >>> items_for_agreement(0.8, 0.1)
        62

    Source: the normal approximation of a proportion; Cochran 1977, Sampling Techniques, section 4.4.
    """
    return math.ceil(round(Z**2 * agreement * (1 - agreement) / half_width**2, 9))


def generator_of(seed: int, *stream: int) -> np.random.Generator:
    """The random numbers of one step of the plan.

    Args:
        seed: the panel's seed.
        stream: numbers of the step, so that no two steps share their numbers.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *stream])))


def _together(responses: Sequence[Response], *, crossed: bool) -> list[tuple[Response, ...]]:
    if not crossed:
        return [(each,) for each in responses]
    by_item: dict[str, list[Response]] = {}
    for each in responses:
        by_item.setdefault(each.item_id, []).append(each)
    return [tuple(mine) for _, mine in sorted(by_item.items())]


def _chances(whole: Sequence[tuple[Response, ...]], audit: Audit, flagged: frozenset[Response]) -> np.ndarray:
    return np.array([1.0 if flagged.intersection(mine) else audit.share for mine in whole])


def _several(overlap: Overlap, drawn: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Which of the drawn blocks several people rate."""
    n = math.ceil(round(overlap.share * drawn.size, 9))
    if overlap.agreement is not None and overlap.half_width is not None:
        n = min(drawn.size, items_for_agreement(overlap.agreement, overlap.half_width))
    chosen: np.ndarray = generator.permutation(drawn)[:n]
    return chosen
