"""Which raters meet: groups, their names, and what is never pooled."""

import numpy as np
import pytest

from dualtrack.ratings.panels import Panel, panels_of
from dualtrack.stats.severity import connected_raters
from dualtrack.terms import Reason

NAMES = ("ann", "ben", "cai", "dee", "eve")


def panels(groups, **stated):
    return {(each.name, "".join(NAMES[k][0] for k in each.raters), each.reason) for each in panels_of(
        NAMES[: len(groups)], np.array(groups), stated)}  # fmt: skip


def test_raters_who_share_a_thing_meet_also_through_others():
    rater, thing = np.array([0, 1, 1, 2, 3, 4]), np.array([0, 0, 1, 1, 2, 3])
    assert connected_raters(rater, thing, n_raters=5).tolist() == [0, 0, 0, 1, 2]


def test_a_rater_without_a_rating_meets_nobody():
    assert connected_raters(np.array([0, 2]), np.array([0, 0]), n_raters=3).tolist() == [0, 1, 0]


def test_groups_are_numbered_by_their_first_rater():
    assert connected_raters(np.array([3, 0, 1, 2]), np.array([0, 1, 0, 1]), n_raters=4).tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("groups", "stated", "expected"),
    [
        ([0, 0, 0], {}, {("", "abc", None)}),
        ([0, 0, 0], {"ann": "A", "ben": "A", "cai": "A"}, {("", "abc", None)}),
        ([0, 0, 1], {}, {("", "ab", None)}),
        ([0], {}, {("", "a", Reason.one_rater)}),
        ([0, 1], {}, {("", "ab", Reason.no_overlap)}),
        ([0, 0, 1, 1], {}, {("", "abcd", Reason.no_overlap), ("ann+ben", "ab", None), ("cai+dee", "cd", None)}),
        (
            [0, 0, 1, 1],
            {"ann": "A", "ben": "A", "cai": "B", "dee": "B"},
            {("", "abcd", Reason.no_overlap), ("A", "ab", None), ("B", "cd", None)},
        ),
        (
            [0, 0, 1, 1],
            {"ann": "A", "ben": "A", "cai": "A", "dee": "A"},
            {("", "abcd", Reason.no_overlap), ("ann+ben", "ab", None), ("cai+dee", "cd", None)},
        ),
        (
            [0, 0, 0, 0, 0],
            {"ann": "A", "ben": "A", "cai": "B", "dee": "B", "eve": "C"},
            {("", "abcde", None), ("A", "ab", None), ("B", "cd", None)},
        ),
        (
            [0, 0, 0, 1, 1],
            {"ann": "A", "ben": "A", "dee": "A", "eve": "A"},
            {
                ("", "abcde", Reason.no_overlap), ("ann+ben+cai", "abc", None), ("A", "de", None),
                ("A: ann+ben", "ab", None),
            },
        ),
    ],
)  # fmt: skip
def test_what_is_reported(groups, stated, expected):
    assert panels(groups, **stated) == expected


def test_many_raters_are_named_by_the_first():
    names = tuple("abcdefgh")
    found = panels_of(names, np.array([0, 0, 0, 0, 0, 1, 1, 1]), {})
    assert found[1:] == [Panel("a+b+c+2", (0, 1, 2, 3, 4)), Panel("f+g+h", (5, 6, 7))]
