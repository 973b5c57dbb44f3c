"""Packs of adjudication: to persons who rated nothing of the response, each response to one of them, blind to why."""

import pandas as pd
import pytest

from dualtrack.errors import PanelError
from dualtrack.panel.key import read_key
from dualtrack.panel.raters import Item, Person, System
from dualtrack.panel.settings import PanelFile
from dualtrack.panel.settling import settling
from dualtrack.panel_pack_verb import panel_pack
from dualtrack.verbs import score
from tests.unit.panel.studies import write_panel, write_rows, write_study

PANEL = PanelFile.model_validate_json(
    '{"schema": "dualtrack.panel/1", "seed": 3, "contact": "x", "data_use": "x",'
    ' "members": [{"rater_id": "r1", "load": 9}, {"rater_id": "r2", "load": 9}]}'
)


def open_rows(n, may=("r1", "r2"), **changes):
    row = {
        "system_id": "a",
        "sample": 1,
        "unit_id": "",
        "scale_id": "harm",
        "may_adjudicate": list(may),
        "settled": False,
    }
    return pd.DataFrame([row | {"item_id": f"q{i}"} | changes for i in range(n)])


def settled(rows, *people):
    who = people or (Person("r1", 9, {}), Person("r2", 9, {}))
    items = {name: Item(name, "en", {}) for name in rows["item_id"]}
    return settling(PANEL, who, rows, items=items, systems={"a": System("a", "A", "Acme")})


def test_each_response_goes_to_one_and_the_work_is_spread():
    found = settled(open_rows(9))
    assert sorted(len(mine.turns) for mine in found.owed.values()) == [4, 5]
    assert len({turn.response for mine in found.owed.values() for turn in mine.turns}) == 9
    assert settled(open_rows(9)) == found


def test_only_who_may_and_has_no_conflict_and_room():
    assert set(settled(open_rows(3, may=["r2", "outside"])).owed) == {"r2"}
    away = Person("r1", 9, {}, conflicts=("acme",))
    assert set(settled(open_rows(3), away, Person("r2", 9, {})).owed) == {"r2"}
    found = settled(open_rows(3), Person("r1", 1, {}), Person("r2", 1, {}))
    assert len(found.left) == 1


def test_what_is_settled_or_about_parts_is_not_asked():
    assert settled(open_rows(2, settled=True)).owed == {}
    found = settled(open_rows(2, unit_id="s1"))
    assert (found.owed, found.n_parts) == ({}, 2)


def test_all_open_questions_of_a_response_go_to_the_same_person():
    rows = pd.concat([open_rows(1, may=["r1", "r2"]), open_rows(1, may=["r2"], scale_id="other")])
    found = settled(rows)
    (mine,) = found.owed["r2"].scales.values()
    assert mine == {"harm", "other"}


@pytest.fixture
def disputed(tmp_path):
    """A study on the core rubric in which two raters differ widely about harm, and a third rated nothing."""
    folder = write_study(tmp_path / "study", items=4, rubric="core", study={"scope": {"profile": "patient_chat"}})
    items = [{"item_id": f"q{n:03d}", "prompt": "What now?", "language": "en"} for n in range(4)]
    write_rows(folder / "items.jsonl", items)
    rows = [
        {"system_id": system, "item_id": f"q{n:03d}", "scale_id": "harm_extent", "rater_id": rater, "level": level}
        for n in range(4)
        for system in ("aster", "birch")
        for rater, level in (("r00", "H0"), ("r01", "H3"))
    ]
    write_rows(folder / "ratings.jsonl", rows)
    score(folder).save(tmp_path / "results")
    return folder


def test_packs_of_what_the_results_leave_open(disputed, tmp_path):
    packed = panel_pack(disputed, tmp_path / "packs", tmp_path / "key", adjudicate=tmp_path / "results")
    (made,) = packed.made
    assert (made.pack.rater_id, made.pack.purpose) == ("r02", "adjudication")
    assert len(made.pack.tasks) == 8
    assert all(task.questions == ("harm_extent",) for task in made.pack.tasks)
    assert made.pack.modes
    assert "levels_apart" not in made.pack.model_dump_json()
    assert len(read_key(tmp_path / "key")) == 8


def test_nobody_who_may_is_a_problem(disputed, tmp_path):
    write_panel(disputed, members=[{"rater_id": "r00", "load": 9}])
    with pytest.raises(PanelError) as caught:
        panel_pack(disputed, tmp_path / "packs", tmp_path / "key", adjudicate=tmp_path / "results")
    assert caught.value.code == "PAN033"
    assert not (tmp_path / "key").exists()
