"""Limits by stratum: against the plain exact limits, in one direction only, and what is refused."""

import pytest

from dualtrack.stats import Stratum, exact_lower, exact_upper, stratified_lower, stratified_upper


def strata(failing=(2, 1), drawn=(40, 90), cases=(40, 180), effects=(1.0, 1.0)):
    return [
        Stratum(failing=x, drawn=n, cases=all_, design_effect=effect, greatest_effect=effect)
        for x, n, all_, effect in zip(failing, drawn, cases, effects, strict=True)
    ]


def test_one_stratum_seen_in_full_is_the_plain_exact_limit():
    whole = [Stratum(failing=3, drawn=200, cases=200, design_effect=2, greatest_effect=2)]
    assert stratified_upper(whole) == exact_upper(3 / 200, 100)
    assert stratified_lower(whole) == exact_lower(3 / 200, 100)


def test_the_limit_is_never_below_that_of_the_strata_with_their_shares():
    """VERDICTS: sum of W_h u_h, each at 0.025 / H."""
    plain = 40 / 220 * exact_upper(2 / 40, 40, alpha=0.0125) + 180 / 220 * exact_upper(1 / 90, 90, alpha=0.0125)
    assert stratified_upper(strata()) >= plain
    low = 40 / 220 * exact_lower(2 / 40, 40, alpha=0.0125) + 180 / 220 * exact_lower(1 / 90, 90, alpha=0.0125)
    assert stratified_lower(strata()) <= low


def test_a_perfect_check_does_not_make_its_flags_the_limit():
    """All 20 flagged fail, none of the rest: the share of flags is itself a draw, as it would be without strata."""
    found = strata(failing=(20, 0), drawn=(20, 180), cases=(20, 180))
    assert stratified_upper(found) > exact_upper(0.1, 200)


@pytest.mark.parametrize("place", [0, 1])
def test_more_failing_never_lowers_a_limit(place):
    ups, lows = [], []
    for x in range(41):
        failing = [2, 1]
        failing[place] = x
        ups.append(stratified_upper(strata(failing, effects=(1.0, 2.5))))
        lows.append(stratified_lower(strata(failing, effects=(1.0, 2.5))))
    assert ups == sorted(ups)
    assert lows == sorted(lows)


def test_nothing_excludes_nothing():
    assert (stratified_upper([]), stratified_lower([])) == (1.0, 0.0)


@pytest.mark.parametrize(
    "changes", [{"failing": 41}, {"failing": -1}, {"drawn": 0, "failing": 0}, {"cases": 30}, {"design_effect": 0.5}]
)
def test_impossible_numbers_are_refused(changes):
    with pytest.raises(ValueError, match="impossible"):
        Stratum(**({"failing": 1, "drawn": 40, "cases": 40} | changes))


def test_an_impossible_error_is_refused():
    with pytest.raises(ValueError, match="alpha"):
        stratified_upper(strata(), alpha=0)
