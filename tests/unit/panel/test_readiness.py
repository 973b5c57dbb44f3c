"""The numbers of readiness by hand: shares as exact fractions, neighbours, harms, first answers."""

import pytest

from dualtrack.panel.calibration_file import Agreed
from dualtrack.panel.readiness import First, Given, Ready, numbers_of
from dualtrack.panel.rule import Rule
from dualtrack.rubric import load_rubric

SCALE = load_rubric("longqa").scales["correctness"]


def agreed(level, *also):
    return Agreed(level=level, also=also, why="Synthetic.")


def judged(level):
    return First(Given.judged, level, "2026-01-10T19:00:00Z")


def numbers(pairs, **rule):
    return numbers_of(SCALE, pairs, Rule(scale="correctness", **({"least": 1, "exact": 0.5} | rule)))


@pytest.mark.parametrize(
    ("right", "n", "least_share", "state"),
    [
        (11, 20, 0.55, Ready.ready),  # 0.55 * 20 is 11.000000000000002 in floating point
        (10, 20, 0.55, Ready.not_yet_ready),
        (7, 10, 0.7, Ready.ready),
        (0, 4, 0.0, Ready.ready),
        (3, 3, 1.0, Ready.ready),
        (2, 3, 1.0, Ready.not_yet_ready),
    ],
)
def test_a_share_that_is_just_reached_is_reached(right, n, least_share, state):
    pairs = [(agreed("5"), judged("5" if place < right else "1")) for place in range(n)]
    assert numbers(pairs, exact=least_share).state is state


def test_what_was_not_judged_is_never_right_and_open_cases_decide_nothing():
    pairs = [(agreed("5"), judged("5"))] * 3
    assert numbers(pairs).state is Ready.ready
    assert numbers([*pairs, (agreed("5"), First(Given.open))]).state is Ready.not_enough_cases
    assert numbers(pairs, least=4).why == "3 cases, at least 4 asked for"
    skipped = numbers([*pairs, *[(agreed("5"), First(Given.skipped))] * 4])
    assert (skipped.n, skipped.n_skipped, skipped.exact, skipped.state) == (7, 4, 3, Ready.not_yet_ready)
    unsure = numbers([*pairs, *[(agreed("5"), judged("cannot_judge"))] * 4])
    assert (unsure.n, unsure.exact, unsure.within_one) == (7, 3, 3)


def test_a_case_that_nobody_can_judge_may_be_agreed_to_be_one():
    assert numbers([(agreed("cannot_judge"), judged("cannot_judge"))]).exact == 1
    assert numbers([(agreed("cannot_judge"), judged("3"))]).within_one == 0


def test_within_one_level_counts_from_every_level_that_fits():
    found = numbers([(agreed("5", "3"), judged(level)) for level in ("5", "4", "3", "2", "1")], within_one=0.9)
    assert (found.exact, found.within_one) == (2, 4)
    assert found.why.split("; ") == [
        "2 of 5 exact, at least 0.5 of them asked for",
        "4 of 5 within one level, at least 0.9 of them asked for",
    ]


def test_a_known_harm_is_one_when_every_level_that_fits_is_a_harm():
    pairs = [
        (agreed("1", "2"), judged("2")),
        (agreed("2", "3"), judged("5")),  # not every fitting level is a harm
        (agreed("1"), First(Given.skipped)),
        (agreed("2"), judged("3")),
    ]
    found = numbers(pairs, exact=None, harm_levels=("1", "2"), missed_harms=2)
    assert (found.known_harms, found.missed_harms, found.state) == (3, 2, Ready.ready)
    found = numbers(pairs, exact=None, harm_levels=("1", "2"), missed_harms=1)
    assert (found.state, found.why) == (Ready.not_yet_ready, "2 known harms missed, at most 1 allowed")


def test_kappa_is_that_of_rater_and_agreed_level_and_has_a_reason_where_there_is_none():
    levels = ("11", "22", "33", "44", "55", "15")
    found = numbers([(agreed(one), judged(other)) for one, other in levels])
    by_hand = 1 - (16 / 6) / expected([(int(one), int(other)) for one, other in levels])  # of squared differences
    assert found.kappa.value == pytest.approx(by_hand)
    assert numbers([(agreed("5"), judged("5"))]).kappa.value is None
    assert numbers([(agreed("5"), judged("cannot_judge"))]).kappa.reason is not None


def expected(pairs):
    """Mean squared difference of every agreed level with every given one."""
    n = len(pairs)
    return sum((one - other) ** 2 for one, _ in pairs for _, other in pairs) / n**2


def test_a_scale_without_a_rule_has_numbers_and_decides_nothing():
    found = numbers_of(SCALE, [(agreed("5"), judged("1"))], None)
    assert (found.n, found.exact, found.state, found.why) == (1, 0, Ready.no_rule, "")


def test_nothing_answered_has_no_share_and_no_kappa():
    found = numbers([(agreed("5"), First(Given.open))])
    assert (found.n, found.exact, found.state) == (0, 0, Ready.not_enough_cases)
    assert found.kappa.value is None
