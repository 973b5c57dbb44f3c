"""The plane: crosses stand where their numbers say, and names never stand on one another."""

from hypothesis import given
from hypothesis import strategies as st

from dualtrack.render.plane import LETTER, LINE, Point, plane

WORDS = ("title", "text", "across", "up")
TICKS = [(0.0, "0"), (0.5, "50"), (1.0, "100")]
SHARES = st.floats(0, 1)


def test_more_is_further_right_and_higher():
    low, high = Point("low", 0.2, 0.2, (0.1, 0.3), None), Point("high", 0.9, 0.8)
    made = {cross.label: cross for cross in plane("p", [low, high], words=WORDS, ticks=TICKS).crosses}
    assert float(made["high"].x) > float(made["low"].x)
    assert float(made["high"].y) < float(made["low"].y)
    assert float(made["low"].x_low) < float(made["low"].x) < float(made["low"].x_high)
    assert made["low"].y_low == made["high"].x_low == ""


@given(st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=8))
def test_names_never_stand_on_one_another(places):
    points = [Point(f"System {n}", x, y) for n, (x, y) in enumerate(places)]
    boxes = []
    for cross in plane("p", points, words=WORDS, ticks=TICKS).crosses:
        width = LETTER * len(cross.label)
        left = float(cross.label_x) - (width if cross.label_end else 0)
        boxes.append((left, left + width, float(cross.label_y)))
    for n, (left, right, y) in enumerate(boxes):
        for begin, end, other in boxes[:n]:
            assert abs(y - other) > LINE - 0.2 or right <= begin + 0.2 or end <= left + 0.2
