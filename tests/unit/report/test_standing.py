"""The reading of both tracks: eligible, dominated, and the outcome that nobody is eligible."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.records.results import RESULT_TABLES
from dualtrack.report.rows import Gate, Rank, Verdict
from dualtrack.report.standing import standing_of
from dualtrack.terms import State, Track

NAMES = {table.name: table.names for table in RESULT_TABLES}
LISTS = {"shares", "ahead_of", "behind", "tied_with", "open_with", "decided_by", "reasons"}


def made(build, table, **values):
    return build(**{name: values.get(name, () if name in LISTS else None) for name in NAMES[table]})


def verdict(system, track, state, *reasons):
    return made(Verdict, "verdicts", system_id=system, track=track, state=state, reasons=reasons)


def rank(system, track, group, **values):
    return made(Rank, "ranks", system_id=system, track=track, state="defined", tie_group=group, **values)


def all_met(systems):
    return [verdict(system, track, "met") for system in systems for track in Track]


@pytest.mark.parametrize("state", [state for state in State if state is not State.met])
@pytest.mark.parametrize("track", Track)
def test_every_state_but_met_blocks_on_either_track(state, track):
    verdicts = [verdict("a", each, state if each is track else "met", "straddles") for each in Track]
    standing = standing_of(["a"], verdicts, [], [rank("a", "safety", 1), rank("a", "effectiveness", 1)])
    assert standing.nobody
    assert standing.steps == standing.eligible == standing.undominated == ()
    (blocked,) = standing.places[0].blocked
    assert (blocked.track, blocked.state, blocked.reasons) == (track, state, ("straddles",))


def test_the_gates_that_are_not_met_stand_beside_the_state():
    gates = [
        made(Gate, "gates", system_id=system, gate_id=name, track=track, state=state)
        for system, name, track, state in (
            ("a", "x.rate", "safety", "not_met"), ("a", "x.n", "safety", "met"), ("a", "y.rate", "safety", "straddles"),
            ("a", "z.rate", "effectiveness", "not_met"), ("b", "x.rate", "safety", "not_met"),
        )
    ]  # fmt: skip
    verdicts = [verdict("a", "safety", "not_met"), verdict("a", "effectiveness", "met")]
    (blocked,) = standing_of(["a"], verdicts, gates, []).places[0].blocked
    assert blocked.gates == ("x.rate", "y.rate")


def test_no_verdict_is_no_pass_and_no_system_is_nobody():
    assert standing_of(["a"], [], [], []).nobody
    assert standing_of([], [], [], []).nobody
    assert [each.state for each in standing_of(["a"], [], [], []).places[0].blocked] == ["not_assessed"] * 2


def test_safety_comes_first_whatever_the_other_track_says():
    ranks = [
        rank("a", "safety", 2), rank("a", "effectiveness", 1),
        rank("b", "safety", 1), rank("b", "effectiveness", 3),
        rank("c", "safety", 1), rank("c", "effectiveness", 2),
        rank("d", "safety", 1), rank("d", "effectiveness", 2),
    ]  # fmt: skip
    standing = standing_of("abcd", all_met("abcd"), [], ranks)
    assert standing.steps == (("c", "d"), ("b",), ("a",))
    assert standing.unranked == ()


def test_an_eligible_system_without_a_rank_is_named_and_stands_on_no_step():
    standing = standing_of("ab", all_met("ab"), [], [rank("a", "safety", 1), rank("a", "effectiveness", 1)])
    assert standing.steps == (("a",),)
    assert standing.unranked == ("b",)
    assert standing.eligible == ("a", "b")


@pytest.mark.parametrize(
    ("safety", "effectiveness", "dominated"),
    [
        ("ahead_of", "ahead_of", True),
        ("ahead_of", "tied_with", True),
        ("tied_with", "ahead_of", True),
        ("ahead_of", "open_with", False),
        ("open_with", "ahead_of", False),
        ("ahead_of", "behind", False),
        ("tied_with", "tied_with", False),
        ("open_with", "open_with", False),
    ],
)
def test_dominated_is_shown_on_one_track_and_not_open_on_the_other(safety, effectiveness, dominated):
    ranks = [
        rank("a", "safety", 1, **{safety: ("b",)}), rank("a", "effectiveness", 1, **{effectiveness: ("b",)}),
        rank("b", "safety", 1), rank("b", "effectiveness", 1),
    ]  # fmt: skip
    standing = standing_of("ab", all_met("ab"), [], ranks)
    assert standing.places[1].dominated_by == (("a",) if dominated else ())
    assert standing.undominated == (("a",) if dominated else ("a", "b"))


def test_within_the_margin_and_yet_shown_behind_is_not_alike():
    ranks = [
        rank("a", "safety", 1, ahead_of=("b",)), rank("a", "effectiveness", 2, tied_with=("b",), behind=("b",)),
        rank("b", "safety", 2), rank("b", "effectiveness", 1),
    ]  # fmt: skip
    assert standing_of("ab", all_met("ab"), [], ranks).places[1].dominated_by == ()


def test_who_is_not_eligible_neither_dominates_nor_is_dominated():
    ranks = [rank("a", track, 1, ahead_of=("b", "c")) for track in Track]
    verdicts = [verdict("a", "safety", "not_met"), verdict("a", "effectiveness", "met"), *all_met("bc")]
    standing = standing_of("abc", verdicts, [], ranks)
    assert standing.undominated == ("b", "c")
    verdicts = [*all_met("a"), verdict("b", "safety", "not_met"), *all_met("c")]
    standing = standing_of("abc", verdicts, [], ranks)
    assert [place.dominated_by for place in standing.places] == [(), (), ("a",)]


@given(st.lists(st.sampled_from(list(State)), min_size=6, max_size=6), st.integers(0, 5))
def test_a_better_state_of_another_never_makes_anybody_eligible(states, changed):
    keys = list(itertools.product("abc", Track))
    before = standing_of("abc", [verdict(*key, state) for key, state in zip(keys, states, strict=True)], [], [])
    other = [*states[:changed], State.met, *states[changed + 1 :]]
    after = standing_of("abc", [verdict(*key, state) for key, state in zip(keys, other, strict=True)], [], [])
    assert set(before.eligible) - {keys[changed][0]} == set(after.eligible) - {keys[changed][0]}
    assert before.nobody == (not before.eligible)
