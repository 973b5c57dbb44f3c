"""Keys as numbers against a slow literal version."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.keys import combine, match, row_keys
from dualtrack.records.typed import Codes, Numbers, Typed

TABLE = Table(
    "things",
    "input",
    "a thing",
    tuple(Column(name, kind, "", key=True) for name, kind in (("a", Kind.name), ("n", Kind.integer), ("b", Kind.name))),
)
NAMES = ("a", "n", "b")
ROWS = st.lists(st.tuples(st.sampled_from("xyz"), st.integers(-3, 10**17), st.sampled_from(["", "p", "q", "r"])))


def codes(words):
    ordered = tuple(sorted(set(words)))
    return Codes(np.array([ordered.index(word) for word in words], dtype=np.int32), ordered)


def typed(rows):
    a, n, b = zip(*rows, strict=True) if rows else ((), (), ())
    numbers = Numbers(np.array(n, dtype=np.int64), np.zeros(len(rows), dtype=np.bool_))
    return Typed(TABLE, "things.csv", len(rows), {"a": codes(a), "n": numbers, "b": codes(b)}, lambda _rows: [])


@given(rows=ROWS)
def test_row_keys_sort_and_compare_like_the_cells(rows):
    key = row_keys(typed(rows))
    assert [rows[place] for place in np.argsort(key, kind="stable")] == sorted(rows)
    assert len(set(key.tolist())) == len(set(rows))


@given(ours=ROWS, theirs=ROWS.map(lambda rows: list(dict.fromkeys(rows))))
def test_match_finds_the_row_with_the_same_cells(ours, theirs):
    place = {row: position for position, row in enumerate(theirs)}
    found = match(typed(ours), NAMES, typed(theirs), NAMES)
    assert found.tolist() == [place.get(row, -1) for row in ours]


def test_keys_of_many_wide_columns_do_not_overflow():
    rng = np.random.default_rng(7)
    columns = [(rng.integers(0, 2**20, 500), 2**20) for _ in range(7)]
    key, _ = combine(columns)
    cells = list(zip(*(values.tolist() for values, _ in columns), strict=True))
    assert [cells[place] for place in np.argsort(key, kind="stable")] == sorted(cells)
    assert (key >= 0).all()
