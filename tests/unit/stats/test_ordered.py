import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.stats import aggregate
from dualtrack.terms import Aggregate

TOP = 1_000_000
RULES = list(Aggregate)
levels = st.integers(0, TOP) | st.sampled_from([0, 250_000, 333_333, 500_000, 666_667, 750_000, TOP])


@st.composite
def panels(draw, max_cells=6):
    """(cell, value) pairs in any order, and at least as many owed per cell as there are."""
    present = draw(st.lists(st.lists(levels, max_size=5), min_size=1, max_size=max_cells))
    owed = [len(ratings) + draw(st.integers(0, 3)) for ratings in present]
    pairs = [(cell, value) for cell, ratings in enumerate(present) for value in ratings]
    return draw(st.permutations(pairs)), owed


def join(pairs, owed, rule):
    cells, values = zip(*pairs, strict=True) if pairs else ((), ())
    return aggregate(values, cells, owed, rule)


def half_up(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


def literal(ratings, rule):
    """One cell, by the book: sorted, filled lists."""
    ordered = sorted(ratings)
    if not ordered:
        return -1
    n = len(ordered)
    match rule:
        case Aggregate.worst:
            return ordered[0]
        case Aggregate.mean:
            return half_up(sum(ordered), n)
        case Aggregate.majority:
            return ordered[(n - 1) // 2]
        case Aggregate.median:
            return ordered[n // 2] if n % 2 else half_up(ordered[n // 2 - 1] + ordered[n // 2], 2)


@pytest.mark.parametrize("rule", RULES)
@given(panel=panels())
def test_values_are_those_of_a_slow_literal_twin(rule, panel):
    pairs, owed = panel
    joined = join(pairs, owed, rule)
    for cell, n_owed in enumerate(owed):
        ratings = [value for c, value in pairs if c == cell]
        missing = n_owed - len(ratings)
        assert joined.n[cell] == len(ratings)
        assert joined.observed[cell] == literal(ratings, rule)
        assert joined.worst[cell] == literal(ratings + [0] * missing, rule)
        assert joined.best[cell] == literal(ratings + [TOP] * missing, rule)


@pytest.mark.parametrize("rule", RULES)
@given(panel=panels())
def test_observed_lies_between_its_bounds_and_meets_them_when_nothing_is_missing(rule, panel):
    joined = join(*panel, rule)
    rated = joined.n > 0
    assert (joined.worst <= joined.best).all()
    assert (joined.worst <= joined.observed)[rated].all()
    assert (joined.observed <= joined.best)[rated].all()
    complete = joined.n == panel[1]
    assert (joined.worst == joined.observed)[complete].all()
    assert (joined.best == joined.observed)[complete].all()


@pytest.mark.parametrize("rule", RULES)
@given(panel=panels(), data=st.data())
def test_no_value_falls_when_a_rating_rises(rule, panel, data):
    pairs, owed = panel
    if not pairs:
        return
    place = data.draw(st.integers(0, len(pairs) - 1))
    cell, value = pairs[place]
    raised = [*pairs[:place], (cell, data.draw(st.integers(value, TOP))), *pairs[place + 1 :]]
    before, after = join(pairs, owed, rule), join(raised, owed, rule)
    for name in ("observed", "worst", "best"):
        assert (getattr(after, name) >= getattr(before, name)).all()


@pytest.mark.parametrize("rule", RULES)
@given(panel=panels(), data=st.data())
def test_withholding_ratings_never_raises_worst_nor_lowers_best(rule, panel, data):
    pairs, owed = panel
    kept = [pair for pair in pairs if data.draw(st.booleans())]
    before, after = join(pairs, owed, rule), join(kept, owed, rule)
    assert (after.worst <= before.worst).all()
    assert (after.best >= before.best).all()


@pytest.mark.parametrize("rule", RULES)
@given(panel=panels(), random=st.randoms())
def test_order_of_ratings_has_no_meaning(rule, panel, random):
    pairs, owed = panel
    first, again = join(pairs, owed, rule), join(random.sample(pairs, len(pairs)), owed, rule)
    for name in ("observed", "worst", "best", "n"):
        assert np.array_equal(getattr(first, name), getattr(again, name))


@pytest.mark.parametrize("rule", RULES)
def test_a_cell_that_nobody_rated_is_open_between_the_extremes(rule):
    joined = aggregate([], [], [2, 0], rule)
    assert joined.observed.tolist() == [-1, -1]
    assert joined.worst.tolist() == [0, -1]
    assert joined.best.tolist() == [TOP, -1]


@pytest.mark.parametrize("rule", RULES)
def test_no_cells_give_no_values(rule):
    assert aggregate([], [], [], rule).observed.shape == (0,)


def test_a_tie_counts_as_the_worse_and_a_half_is_rounded_up():
    ratings, cells, owed = [0, TOP, 1, 2], [0, 0, 1, 1], [2, 2]
    assert aggregate(ratings, cells, owed, Aggregate.majority).observed.tolist() == [0, 1]
    assert aggregate(ratings, cells, owed, Aggregate.median).observed.tolist() == [500_000, 2]
    assert aggregate(ratings, cells, owed, Aggregate.mean).observed.tolist() == [500_000, 2]


@pytest.mark.parametrize("rule", RULES)
def test_arguments_are_left_as_they_were(rule):
    values, cells, owed = np.array([3, 1, 2]), np.array([1, 0, 1]), np.array([1, 2])
    aggregate(values, cells, owed, rule, top=4)
    assert (values.tolist(), cells.tolist(), owed.tolist()) == ([3, 1, 2], [1, 0, 1], [1, 2])


@pytest.mark.parametrize(
    ("values", "cells", "owed", "top", "message"),
    [
        ([1, 2], [0, 0], [1], TOP, "cell 0 has 2 ratings and is owed 1"),
        ([1], [0], [-1], TOP, "cell 0 has 1 ratings and is owed -1"),
        ([-1], [0], [1], TOP, "values must lie"),
        ([TOP + 1], [0], [1], TOP, "values must lie"),
        ([1], [1], [1], TOP, "cells must lie"),
        ([1], [-1], [1], TOP, "cells must lie"),
        ([1, 2], [0], [1], TOP, "length"),
        ([0.5], [0], [1], TOP, "whole numbers"),
        ([1], [0], [1.0], TOP, "whole numbers"),
        ([[1]], [[0]], [1], TOP, "dimension"),
        ([0], [0], [1], 0, "top must"),
        ([0], [0], [1], 2**62, "64 bits"),
    ],
)
def test_impossible_panels_are_refused(values, cells, owed, top, message):
    with pytest.raises(ValueError, match=message):
        aggregate(values, cells, owed, Aggregate.median, top=top)


@pytest.mark.parametrize("rule", RULES)
def test_a_million_ratings_are_joined_in_a_moment(rule):
    generator = np.random.default_rng(1)
    cells = generator.permutation(np.repeat(np.arange(370_000), 3))
    values = generator.choice([0, 250_000, 500_000, 750_000, TOP], cells.size)
    started = time.perf_counter()
    joined = aggregate(values, cells, np.full(370_000, 4), rule)
    assert time.perf_counter() - started < 2.0  # some 0.1 s when nothing else runs
    assert joined.n.sum() == 1_110_000
