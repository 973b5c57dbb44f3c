"""Blocks to raters: everybody within their load, every block its ratings, every pair of raters about as often together.

May import numpy, scipy and the panel's own ground. Whether it can be done at all, and who gets how much, is a linear
programme (HiGHS, through scipy); which raters meet is then evened out by exchanging raters between blocks, which leaves
every load as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from dualtrack.panel.raters import BoolArray
from dualtrack.panel.work import Block, generator_of

__all__ = ["Shortage", "assign", "meetings"]

IntArray = npt.NDArray[np.int64]
IDLE_ROUNDS = 10  # rounds of exchanges without any gain after which the search stops
GAP = 0.005  # how near to the smallest greatest share the search stops; a limit of time would not be reproducible


@dataclass(frozen=True, slots=True)
class Shortage(Exception):  # noqa: N818 -- it ends a search; the caller turns it into a Problem
    """No assignment exists: what is asked for, what the raters can give, and blocks with too few raters."""

    asked: int
    given: int
    lonely: tuple[Block, ...]


def assign(blocks: Sequence[Block], may: BoolArray, loads: IntArray, *, seed: int) -> BoolArray:
    """Choose the raters of each block.

    Definition: each block gets as many different raters as it is to have, none beyond what is allowed, each rater at
    most their load. The greatest share of a load that is used is as small as can be, to within half a per cent, and
    blocks are handed over while that brings two raters closer, so that the work is spread evenly. Among such choices
    one is drawn at random. Raters are then exchanged between blocks of equal size until every pair of raters meets
    about as often as any other, or ten rounds of exchanges bring nothing more.

    Args:
        blocks: what there is to rate; those with 0 ratings get nobody.
        may: who may rate what, shape (blocks, raters).
        loads: responses that each rater takes at most, shape (raters,).
        seed: of the draw.

    Returns:
        Booleans, shape (blocks, raters).

    Raises:
        Shortage: the raters cannot give what is asked.

    Example:
        >>> from dualtrack.panel.work import Response
        >>> blocks = [Block(f"q{n}", (Response(f"q{n}", "a"),), 2) for n in range(3)]
        >>> chosen = assign(blocks, np.ones((3, 3), dtype=np.bool_), np.array([2, 2, 2]), seed=1)
        >>> chosen.sum(axis=0), chosen.sum(axis=1)
        (array([2, 2, 2]), array([2, 2, 2]))
    """
    sizes = np.array([block.size for block in blocks], dtype=np.int64)
    wanted = np.array([block.ratings for block in blocks], dtype=np.int64)
    asked = int((sizes * wanted).sum())
    lonely = tuple(block for block, n in zip(blocks, may.sum(axis=1), strict=True) if n < block.ratings)
    if lonely or asked > int(loads.sum()):
        raise Shortage(asked, int(loads.sum()), lonely)
    generator = generator_of(seed, 1)
    chosen = _levelled(_feasible(sizes, wanted, may, loads, generator=generator), sizes, may, loads)
    return _evened(chosen, sizes, may, generator)


def meetings(chosen: BoolArray) -> IntArray:
    """How many blocks each pair of raters rates together.

    Args:
        chosen: the raters of each block, shape (blocks, raters).

    Returns:
        Counts, shape (raters, raters); on the diagonal each rater's own blocks.
    """
    each = chosen.astype(np.int64)
    together: IntArray = each.T @ each
    return together


def _feasible(
    sizes: IntArray, wanted: IntArray, may: BoolArray, loads: IntArray, *, generator: np.random.Generator
) -> BoolArray:
    """A linear programme: one yes or no for each allowed pair, and the greatest share of a load that is used."""
    block, rater = np.nonzero(may)
    n, n_blocks, n_raters = block.size, len(sizes), len(loads)
    column = np.arange(n)
    given = csr_array((np.ones(n), (block, column)), shape=(n_blocks, n + 1))
    share = csr_array((sizes[block] / loads[rater], (rater, column)), shape=(n_raters, n + 1))
    greatest = csr_array((np.ones(n_raters), (np.arange(n_raters), np.full(n_raters, n))), shape=share.shape)
    below = np.full(n_raters, -np.inf)
    rows = LinearConstraint(
        vstack([given, share - greatest]), np.concatenate([wanted, below]), np.concatenate([wanted, np.zeros(n_raters)])
    )
    # The greatest share comes first; the small costs draw one of the many equal answers at random.
    cost = np.append(generator.random(n) / (1000.0 * max(n, 1)), 1.0)
    whole = np.append(np.ones(n), 0.0)
    found = milp(cost, constraints=rows, integrality=whole, bounds=Bounds(0, 1), options={"mip_rel_gap": GAP})
    if found.x is None:
        raise Shortage(int((sizes * wanted).sum()), int(loads.sum()), ())
    chosen = np.zeros(may.shape, dtype=np.bool_)
    chosen[block, rater] = found.x[:n] > 0.5  # noqa: PLR2004 -- halfway between no and yes
    return chosen


def _levelled(chosen: BoolArray, sizes: IntArray, may: BoolArray, loads: IntArray) -> BoolArray:
    """Hand blocks from raters who use much of their load to raters who use little, while that brings them closer."""
    chosen = chosen.copy()
    while True:
        used = (chosen * sizes[:, None]).sum(axis=0)
        busy_first, idle_first = np.argsort(-used / loads, kind="stable"), np.argsort(used / loads, kind="stable")
        for busy, idle in ((busy, idle) for busy in busy_first for idle in idle_first if busy != idle):
            # Whole numbers, and so the sum of used^2 / load falls with every step, and the steps come to an end.
            fits = sizes * (loads[busy] + loads[idle]) < 2 * (used[busy] * loads[idle] - used[idle] * loads[busy])
            fits &= chosen[:, busy] & ~chosen[:, idle] & may[:, idle]
            if fits.any():
                block = int(np.flatnonzero(fits)[0])
                chosen[block, [busy, idle]] = [False, True]
                break
        else:
            return chosen


def _evened(chosen: BoolArray, sizes: IntArray, may: BoolArray, generator: np.random.Generator) -> BoolArray:
    """Exchange raters between blocks of equal size while that brings the meetings of pairs closer to each other."""
    chosen = chosen.copy()
    shared = np.flatnonzero(chosen.sum(axis=1) > 1)
    together = meetings(chosen[shared])
    np.fill_diagonal(together, 0)
    pairs = ~np.eye(together.shape[0], dtype=np.bool_)
    idle = 0
    while shared.size and idle < IDLE_ROUNDS and np.ptp(together[pairs]) > 1:
        before = together.copy()
        for first, second in zip(shared.tolist(), generator.permutation(shared).tolist(), strict=True):
            if first == second or sizes[first] != sizes[second]:
                continue
            leaving = np.flatnonzero(chosen[first] & ~chosen[second] & may[second])
            coming = np.flatnonzero(chosen[second] & ~chosen[first] & may[first])
            if leaving.size and coming.size:
                out = int(leaving[generator.integers(leaving.size)])
                into = int(coming[generator.integers(coming.size)])
                _exchange(chosen, together, (first, out), (second, into))
        idle = idle + 1 if np.array_equal(before, together) else 0
    return chosen


def _exchange(chosen: BoolArray, together: IntArray, here: tuple[int, int], there: tuple[int, int]) -> None:
    """Let two raters change places where the sum of squares of the meetings falls by it."""
    (first, out), (second, into) = here, there
    with_out, with_into = chosen[first].copy(), chosen[second].copy()
    with_out[out] = with_into[into] = False
    # `out` loses the others of the first block and gains those of the second; `into` the other way round.
    change = with_into.astype(np.int64) - with_out.astype(np.int64)
    before = (together[out] ** 2 + together[into] ** 2).sum()
    after = ((together[out] + change) ** 2 + (together[into] - change) ** 2).sum()
    if after >= before:
        return
    together[out] += change
    together[:, out] += change
    together[into] -= change
    together[:, into] -= change
    chosen[first, [out, into]] = [False, True]
    chosen[second, [out, into]] = [True, False]
