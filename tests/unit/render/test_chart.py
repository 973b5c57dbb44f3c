"""Coordinates of small charts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.render import axis_over, interval_bar
from dualtrack.render.chart import LEFT, MOST_STEPS, SPAN

values = st.lists(st.floats(min_value=0, max_value=1, allow_nan=False), max_size=8)


@given(values)
def test_an_axis_covers_what_is_drawn_stays_within_what_can_exist_and_has_few_ticks(drawn):
    axis = axis_over(drawn, str, within=(0, 1))
    assert -1e-9 <= axis.low < axis.high <= 1 + 1e-9
    assert all(axis.low - 1e-6 <= value <= axis.high + 1e-6 for value in drawn)
    assert 2 <= len(axis.ticks) <= MOST_STEPS + 1


@pytest.mark.parametrize(
    ("drawn", "ends"),
    [
        ([], (0, 1)),
        ([0.5], (0.5, 0.501)),
        ([1.0], (0.999, 1.0)),
        ([0.0], (0.0, 0.001)),
        ([0.0, 1.0], (0, 1)),
        ([-5, 7], (0, 1)),
    ],
)
def test_an_axis_never_has_no_width(drawn, ends):
    axis = axis_over(drawn, str, within=(0, 1))
    assert (axis.low, axis.high) == pytest.approx(ends)


def test_an_axis_around_zero_has_zero_in_the_middle():
    axis = axis_over([-0.18, 0.18], lambda place: f"{place:.1f}", within=(-1, 1))
    assert [tick.label for tick in axis.ticks] == ["-0.2", "-0.1", "0.0", "0.1", "0.2"]
    assert axis.ticks[2].x == f"{LEFT + SPAN / 2:g}"


def test_a_bar_places_everything_in_order_and_bounds_from_either_side():
    axis = axis_over([0, 1], str, within=(0, 1))
    bar = interval_bar(axis, 0.5, interval=(0.4, 0.6), bounds=(0.8, 0.2), limit=0.9, zero=0.0)
    places = [float(x) for x in (bar.zero, bar.floor, bar.lower, bar.point, bar.upper, bar.limit)]
    assert places == sorted(places)
    assert float(bar.extent) == pytest.approx(0.6 * SPAN, abs=0.1)


def test_what_does_not_exist_is_not_drawn_and_what_lies_outside_stands_at_the_end():
    axis = axis_over([0, 0.1], str, within=(0, 1))
    empty, beyond = interval_bar(axis, None), interval_bar(axis, 0.7)
    assert (empty.point, empty.lower, empty.extent, empty.limit, empty.zero) == ("", "", "", "", "")
    assert beyond.point == axis.ticks[-1].x
