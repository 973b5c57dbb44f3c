"""The palette as people see it who mix up colours; symbol and word carry every state beside it all the same."""

from itertools import combinations

import pytest

from tests.unit.render.palette import DARK, EYES, LIGHT, apart, seen

STATES = ("good", "open", "bad", "none")
LEAST = 10.0
"""Delta E 76 that two colours of small marks need; about 2 can just be seen on large fields side by side."""
BESIDE = [
    ("bad", "text"),  # the line of a limit across an interval
    ("text", "extent"),  # an interval on its band
    ("bad", "extent"),
    ("extent", "page"),
    ("link", "text"),
    ("link", "muted"),
    ("none", "text"),
    *((f"shade-{step}", f"shade-{step + 1}") for step in range(1, 4)),
]
SOFT = [("extent", "hair"), ("shade-0", "shade-1")]
"""Neighbours that mean little more when they are told apart: a band over a grid line, and the two lowest classes."""


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def tokens(request):
    return request.param


@pytest.mark.parametrize("eye", EYES)
def test_no_two_states_look_alike_to_any_eye(tokens, eye):
    near = {pair: apart(tokens[pair[0]], tokens[pair[1]], eye) for pair in combinations(STATES, 2)}
    assert {pair: value for pair, value in near.items() if value < LEAST} == {}


@pytest.mark.parametrize("eye", EYES)
def test_marks_that_lie_beside_each_other_stay_apart(tokens, eye):
    assert [pair for pair in BESIDE if apart(tokens[pair[0]], tokens[pair[1]], eye) < LEAST] == []
    assert [pair for pair in SOFT if apart(tokens[pair[0]], tokens[pair[1]], eye) < LEAST * 0.8] == []


@pytest.mark.parametrize("eye", EYES)
def test_shades_grow_in_one_direction_of_lightness(tokens, eye):
    lightness = [seen(tokens[f"shade-{step}"], eye)[0] for step in range(5)]
    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))


def test_the_simulation_knows_a_pair_that_red_green_blind_people_mix_up():
    """Ishihara colours: clearly apart to most eyes, nearly one to a deuteranope."""
    assert apart("#b5a642", "#d29145", "usual") > 2 * apart("#b5a642", "#d29145", "deuteranopia")
    assert apart("#7a4b00", "#a3200f", "deuteranopia") < 3  # the two that this test made us part


def test_grey_stays_grey_to_every_eye():
    for eye in EYES:
        _, red_green, blue_yellow = seen("#808080", eye)
        assert abs(red_green) < 0.1
        assert abs(blue_yellow) < 0.1
