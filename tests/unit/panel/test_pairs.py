"""Packs of preferences: every pair of systems, both sides equally often, nobody who has declared a conflict."""

from collections import Counter

import pytest

from dualtrack.errors import PanelError
from dualtrack.panel.key import read_key
from dualtrack.panel_pack_verb import panel_pack
from tests.unit.panel.studies import rows_of, write_rows, write_study

SYSTEMS = [{"id": f"s{n}", "name": f"System {n}", "kind": "other"} for n in range(3)]


def compared(tmp_path, **how):
    folder = write_study(tmp_path / "study", systems=SYSTEMS, rubric="pocqi", items=12, load=60, **how)
    return folder, lambda: panel_pack(folder, tmp_path / "packs", tmp_path / "key", preferences=True)


def test_every_pair_is_compared_and_each_system_stands_left_and_right_equally_often(tmp_path):
    _, pack = compared(tmp_path)
    made = pack().made
    key = read_key(tmp_path / "key")
    sides = {(row.code, row.side): row for row in key}
    seen = Counter()
    for each in made:
        assert each.pack.purpose == "preferences"
        left = Counter()
        for task in each.pack.tasks:
            a, b = sides[task.code, "a"], sides[task.code, "b"]
            assert a.item_id == b.item_id
            assert a.system_id != b.system_id
            assert f"Answer** {int(a.item_id[1:])} " in task.sides[0].text
            left[a.system_id, b.system_id] += 1
            seen[a.item_id, frozenset((a.system_id, b.system_id))] += 1
        assert all(abs(left[one, other] - left[other, one]) <= 1 for one, other in list(left))
        assert {choice.id for choice in each.pack.questions[0].choices} == {
            "a_much", "a_slightly", "tie", "b_slightly", "b_much",
        }  # fmt: skip
    assert set(seen.values()) == {2}
    assert len(seen) == 12 * 3


def test_with_a_baseline_every_other_system_is_compared_with_it(tmp_path):
    plan = {"ratings_per_unit": {"default": 2}, "comparisons": {"pairs": "baseline"}}
    _, pack = compared(tmp_path, study={"baseline": "s1", "plan": plan})
    pack()
    pairs = {}
    for row in read_key(tmp_path / "key"):
        pairs.setdefault(row.code, set()).add(row.system_id)
    assert {frozenset(pair) for pair in pairs.values()} == {frozenset({"s0", "s1"}), frozenset({"s1", "s2"})}


def test_a_conflict_with_either_of_two_keeps_a_rater_away(tmp_path):
    folder, pack = compared(tmp_path)
    people = rows_of(folder / "raters.jsonl")
    people[0]["conflicts"] = ["system 2"]
    write_rows(folder / "raters.jsonl", people)
    assert [made.pack.rater_id for made in pack().made] == ["r01", "r02"]


def test_a_rubric_that_compares_nothing_is_refused(tmp_path):
    folder = write_study(tmp_path / "study")
    with pytest.raises(PanelError) as caught:
        panel_pack(folder, tmp_path / "packs", tmp_path / "key", preferences=True)
    assert caught.value.code == "PAN032"
